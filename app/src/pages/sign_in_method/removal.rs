//! The question before single sign-on is removed from a node.

use super::{method_page, one_method};
use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::{Page, crumbs_of, node_of_path, shown};
use crate::words::counted;
use directory::model::id::NodeId;
use directory::model::sign_in_method::MethodDetail;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn RemoveMethodPage() -> impl IntoView {
    shown(Section::Nodes, one_method(node_of_path()), |detail| {
        let (name, node) = (detail.method.name.clone(), detail.method.node_id);
        let title = format!("Remove {name}?");
        let mut crumbs = vec![Crumb::above("Nodes", "/nodes")];
        crumbs.extend(crumbs_of(&detail.path));
        crumbs.push(Crumb::above(name, method_page(node)));
        crumbs.push(Crumb::here("Remove single sign-on"));
        view! {
            <Page title=title.clone() section=Section::Nodes crumbs>
                <PageHead title />
                <Question detail />
            </Page>
        }
    })
}

#[component]
fn Question(detail: MethodDetail) -> impl IntoView {
    let node = detail.method.node_id;
    let connected = counted(
        detail.connected,
        "connected account is forgotten, and its owner is signed out.",
        "connected accounts are forgotten, and their owners are signed out.",
    );
    view! {
        <form method="post" action=RemoveMethod::url()>
            <input type="hidden" name="node" value=node.to_string() />
            <Panel id="consequences" title="What happens">
                <PanelBody>
                    <Impact>
                        <ImpactLine icon="signin">"Nobody signs in with it any more."</ImpactLine>
                        <ImpactLine icon="link">{connected}</ImpactLine>
                        <ImpactLine icon="users">"The people stay, with their teams and roles. Whoever was created by it has no passphrase and comes in again only by another method."</ImpactLine>
                        <ImpactLine icon="trash">"Its addresses end: a method that is added later has others, to be entered at the provider."</ImpactLine>
                    </Impact>
                </PanelBody>
                <PanelFoot>
                    <ButtonLink href=method_page(node)>"Keep single sign-on"</ButtonLink>
                    <Button kind=Kind::Sure>"Remove single sign-on"</Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[server(endpoint = "sign_in_methods/remove")]
pub async fn remove_method(node: NodeId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let removed = directory::admin::sign_in_methods::remove(&db, &admin, node).await;
    let done =
        |()| Done::at(format!("/nodes/{node}")).says("Single sign-on was removed from this node.");
    answer(Form::button(method_page(node)), removed.map(done)).await
}
