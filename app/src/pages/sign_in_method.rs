//! Single sign-on of a node: what to copy, what to fill in, and the way from a draft to a method that is on.

mod form;
mod guide;
mod progress;
mod removal;

pub use removal::RemoveMethodPage;

use crate::components::badge::StateChip;
use crate::components::button::ButtonLink;
use crate::components::copy::Copy;
use crate::components::layout::{Crumb, Fact, PageHead, Section};
use crate::components::menu::{Menu, MenuButton, MenuLink};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{Panel, PanelBody};
use crate::error::AppError;
use crate::pages::frame::{Page, crumbs_of, node_of_path, shown};
use crate::visit::visit;
use crate::words::counted;
use crate::words::sign_in::of_method;
use directory::model::id::{MethodId, NodeId};
use directory::model::settings::Switch;
use directory::model::sign_in_method::{Method, MethodDetail, MethodState};
use form::MethodForm;
use guide::GuidePanel;
use leptos::prelude::*;
use progress::{SwitchMethod, Way};
use server_fn::ServerFn;

/// Where a provider leads people back to.
pub fn redirect_uri(id: &MethodId) -> String {
    format!("{}/sign-in/{id}/callback", visit().public_url)
}

/// Where a provider sends people who begin there.
pub fn initiate_uri(id: &MethodId) -> String {
    format!("{}/sign-in/{id}", visit().public_url)
}

/// Where a provider leads people back to who have signed out there.
fn sign_out_uri() -> String {
    format!("{}/sign-out/done", visit().public_url)
}

/// The page of a method.
pub fn method_page(node: NodeId) -> String {
    format!("/nodes/{node}/sign-in")
}

#[component]
pub fn SignInMethodPage() -> impl IntoView {
    shown(Section::Nodes, one_method(node_of_path()), |detail| {
        let method = detail.method.clone();
        let mut crumbs = vec![Crumb::above("Nodes", "/nodes")];
        crumbs.extend(crumbs_of(&detail.path));
        crumbs.push(Crumb::here(method.name.clone()));
        view! {
            <Page title=method.name.clone() section=Section::Nodes crumbs>
                <Head detail=detail.clone() />
                <NoDomain detail=detail.clone() />
                <div class="columns">
                    <div class="stack">
                        <Addresses method=method.clone() />
                        <MethodForm method=method.clone() node=detail.node.name.clone() />
                    </div>
                    <div class="stack">
                        <Way detail=detail.clone() />
                        <GuidePanel method />
                    </div>
                </div>
            </Page>
        }
    })
}

#[component]
fn Head(detail: MethodDetail) -> impl IntoView {
    let method = detail.method;
    let node = method.node_id;
    let (standing, _) = of_method(method.state);
    let reach = match (detail.node.name, method.below) {
        (name, true) => format!("{name}, and nodes beneath without a method of their own"),
        (name, false) => name,
    };
    let connected = counted(detail.connected, "account", "accounts");
    let facts = move || {
        let (reach, connected) = (reach.clone(), connected.clone());
        view! {
            <Fact icon="nodes">
                <span>"Signs in the people of " <a href=format!("/nodes/{node}")>{reach}</a></span>
            </Fact>
            <Fact icon="link">{connected} " connected"</Fact>
        }
    };
    let is_on = method.state == MethodState::On;
    view! {
        <PageHead title=method.name.clone() beside=move || view! { <StateChip of=standing /> } facts>
            <Menu id="more" label=format!("More actions for {}", method.name)>
                {is_on
                    .then(|| {
                        view! {
                            <form method="post" action=SwitchMethod::url()>
                                <input type="hidden" name="node" value=node.to_string() />
                                <input type="hidden" name="to" value=Switch::Off.as_str() />
                                <MenuButton icon="clock">"Switch off"</MenuButton>
                            </form>
                        }
                    })}
                <MenuLink icon="trash" href=format!("{}/remove", method_page(node))>
                    "Remove single sign-on"
                </MenuLink>
            </Menu>
        </PageHead>
    }
}

/// Without a verified domain nobody is connected or created by their address.
#[component]
fn NoDomain(detail: MethodDetail) -> impl IntoView {
    if detail.verified_domains > 0 || detail.method.state == MethodState::Draft {
        return ().into_any();
    }
    let buttons = || view! { <ButtonLink href="/settings/domains">"Add domain"</ButtonLink> };
    view! {
        <Notice sign=NoticeSign::WAIT title="No domain is verified yet" buttons>
            <p>
                "A provider may speak for an address only where the domain is shown to be yours. Until then nobody is connected or created at their first sign-in. An administrator of the node at the top adds domains."
            </p>
        </Notice>
    }
    .into_any()
}

#[component]
fn Addresses(method: Method) -> impl IntoView {
    view! {
        <Panel id="addresses" title="Addresses for the provider" lead="The first two belong to this method alone.">
            <PanelBody>
                <div class="field">
                    <span class="label">"Redirect URI"</span>
                    <Copy value=redirect_uri(&method.id) what="redirect URI" />
                    <p class="hint">"Also called callback or reply URL. The provider leads nobody anywhere else."</p>
                </div>
                <div class="field">
                    <span class="label">"Sign-in address"</span>
                    <Copy value=initiate_uri(&method.id) what="sign-in address" />
                    <p class="hint">"Also called initiate login URI. A tile in the provider's portal leads here."</p>
                </div>
                <div class="field">
                    <span class="label">"Sign-out redirect URI"</span>
                    <Copy value=sign_out_uri() what="sign-out redirect URI" />
                    <p class="hint">"Also called post-logout redirect URI. Whoever signs out here signs out there too, and comes back."</p>
                </div>
            </PanelBody>
        </Panel>
    }
}

#[server(endpoint = "sign_in_methods/one")]
pub async fn one_method(node: NodeId) -> Result<MethodDetail, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::sign_in_methods::get(&db, &admin, node).await?)
}
