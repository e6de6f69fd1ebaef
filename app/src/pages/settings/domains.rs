//! Domains of the organisation: the record that shows whose each is, and where its addresses lead.

use crate::components::badge::State;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::copy::Copy;
use crate::components::form::{Choice, Field, FormErrors, Input, Select};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::{Ago, Page, again, shown};
use crate::words::sign_in::of_domain;
use directory::model::sign_in_method::{Domain, DomainState, MethodInList};
use leptos::prelude::*;
use server_fn::ServerFn;

/// Where the domains stand.
const PAGE: &str = "/settings/domains";

/// On the page of the settings.
#[component]
pub fn DomainsLink() -> impl IntoView {
    view! {
        <Panel id="domains" title="Domains" lead="Shown to be yours by a TXT record; people of them are led to single sign-on.">
            <PanelFoot words="For administrators of the node at the top.">
                <ButtonLink href=PAGE>"Open domains"</ButtonLink>
            </PanelFoot>
        </Panel>
    }
}

#[component]
pub fn DomainsPage() -> impl IntoView {
    let asked = async { Ok((read_domains().await?, read_methods().await?)) };
    shown(
        Section::Settings,
        asked,
        |(domains, methods): (Vec<Domain>, Vec<MethodInList>)| {
            let panels = domains
                .into_iter()
                .map(|domain| view! { <OneDomain domain methods=methods.clone() /> })
                .collect_view();
            view! {
                <Page
                    title="Domains"
                    section=Section::Settings
                    crumbs=vec![Crumb::above("Settings", "/settings"), Crumb::here("Domains")]
                >
                    <PageHead title="Domains" lead="Shown to be yours by a TXT record; people of them are led to single sign-on." />
                    <div class="columns">
                        <div class="stack">{panels}<Add /></div>
                        <Meaning />
                    </div>
                </Page>
            }
        },
    )
}

#[component]
fn Add() -> impl IntoView {
    let again = again("add-domain");
    view! {
        <form method="post" action=AddDomain::url()>
            <Panel id="add" title="Add domain">
                <PanelBody>
                    <Field
                        name="domain"
                        label="Domain"
                        hint="What stands behind the @ of your addresses. Domains where anybody gets an address are refused."
                        error=again.error("domain")
                    >
                        <Input
                            value=again.value("domain")
                            placeholder="acme.example"
                            attr:required=true
                            attr:maxlength="253"
                            attr:autocomplete="off"
                            attr:spellcheck="false"
                        />
                    </Field>
                </PanelBody>
                <PanelFoot words="It counts for nothing before its record is found.">
                    <Button kind=Kind::Primary icon="plus">
                        "Add domain"
                    </Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[component]
fn Meaning() -> impl IntoView {
    view! {
        <Panel id="meaning" title="What a verified domain does">
            <PanelBody>
                <div class="stack tight">
                    <p>"On the sign-in page an address of it leads to the method you choose. Every address of a domain leads to the same place, so nobody learns who has an account."</p>
                    <p>"A provider may connect or create people with addresses of your verified domains alone, and only in its own node."</p>
                    <p>"Administrators keep their passphrase for the day when the provider is down, and are never connected by an address: they do that on their account page."</p>
                </div>
            </PanelBody>
        </Panel>
    }
}

#[component]
fn OneDomain(domain: Domain, methods: Vec<MethodInList>) -> impl IntoView {
    let again = again("check-domain");
    let (standing, next) = of_domain(&domain);
    let is_verified = domain.state == DomainState::Verified;
    let heading = format!("domain-{}", domain.name);
    let labelled = heading.clone();
    let name = domain.name.clone();
    // The errors of a form belong to the domain it was about.
    let errors = if again.value("name").as_ref() == Some(&name) {
        again.errors()
    } else {
        Vec::new()
    };
    view! {
        <section class="panel" aria-labelledby=labelled>
            <header>
                <h2 id=heading>{name.clone()}</h2>
                <span class="end">
                    <State of=standing />
                </span>
                {next.map(|next| view! { <p>{crate::words::sentence(next)} "."</p> })}
            </header>
            <div class="body">
                <FormErrors errors />
                {if is_verified {
                    view! { <Lead domain=domain.clone() methods /> }.into_any()
                } else {
                    view! { <Record domain=domain.clone() /> }.into_any()
                }}
            </div>
            <footer>
                <span>
                    {match domain.checked_at {
                        Some(at) => view! { "Looked up " <Ago at /> }.into_any(),
                        None => "Not looked up yet".into_any(),
                    }}
                </span>
                <span class="end">
                    <form method="post" action=RemoveDomain::url()>
                        <input type="hidden" name="name" value=name.clone() />
                        <Button size=Size::Small icon="trash">"Remove domain"</Button>
                    </form>
                    <form method="post" action=CheckDomain::url()>
                        <input type="hidden" name="name" value=name />
                        <Button size=Size::Small icon="sync">"Look up now"</Button>
                    </form>
                </span>
            </footer>
        </section>
    }
}

/// What to enter at the name server.
#[component]
fn Record(domain: Domain) -> impl IntoView {
    view! {
        <div class="field">
            <span class="label">"Name of the TXT record"</span>
            <Copy value=domain.record_name() what="name of the record" />
        </div>
        <div class="field">
            <span class="label">"Its value"</span>
            <Copy value=domain.record() what="value of the record" />
            <p class="hint">"Enter both where your domain is managed. It can take an hour until the record is seen everywhere."</p>
        </div>
    }
}

/// Where the addresses of a verified domain lead.
#[component]
fn Lead(domain: Domain, methods: Vec<MethodInList>) -> impl IntoView {
    let mut choices = vec![Choice::new("", "Nowhere: people type their passphrase")];
    choices.extend(methods.into_iter().map(|method| {
        let (standing, _) = crate::words::sign_in::of_method(method.state);
        let words = format!(
            "{} of {} ({})",
            method.name, method.node_name, standing.word
        );
        Choice::new(method.id.0, words)
    }));
    let chosen = domain.method_id.map(|id| id.0).unwrap_or_default();
    let id = format!("method-{}", domain.name);
    view! {
        <form class="stack tight" method="post" action=RouteDomain::url()>
            <input type="hidden" name="name" value=domain.name />
            <div class="field">
                <label for=id.clone()>"Its addresses lead to"</label>
                <Select choices chosen attr:name="method" attr:id=id />
            </div>
            <div class="buttons">
                <Button>"Save where it leads"</Button>
            </div>
        </form>
    }
}

#[server(endpoint = "domains/list")]
pub async fn read_domains() -> Result<Vec<Domain>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::domains::list(&db, &admin).await?)
}

#[server(endpoint = "sign_in_methods/list")]
pub async fn read_methods() -> Result<Vec<MethodInList>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::sign_in_methods::list(&db, &admin).await?)
}

#[server(endpoint = "domains/add")]
pub async fn add_domain(domain: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let form = Form::new("add-domain", PAGE).keeps("domain", &domain);
    let added = directory::admin::domains::add(&db, &admin, &domain).await;
    answer(form, added.map(|_| Done::at(PAGE))).await
}

#[server(endpoint = "domains/check")]
pub async fn check_domain(name: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer, console};
    use crate::visit::ToastKind;
    use directory::model::sign_in_method::Finding;
    let (db, admin) = admin().await?;
    let form = Form::new("check-domain", PAGE).keeps("name", &name);
    let checked = async {
        let domain = directory::admin::domains::get(&db, &admin, &name).await?;
        let records = console()?.outside.txt(domain.record_name()).await;
        let checked =
            directory::admin::domains::check(&db, &admin, &domain, records.as_deref()).await?;
        Ok::<_, AppError>(match checked.finding {
            Finding::Found => Done::at(PAGE).says(format!("{name} is verified.")),
            Finding::Other => Done::at(PAGE).notes(
                ToastKind::Waiting,
                "There is a TXT record, and it says something else.",
            ),
            Finding::Unreachable => {
                Done::at(PAGE).notes(ToastKind::Failed, "The name server did not answer.")
            }
            _ => Done::at(PAGE).notes(ToastKind::Waiting, "There is no such TXT record yet."),
        })
    };
    answer(form, checked.await).await
}

#[server(endpoint = "domains/route")]
pub async fn route_domain(name: String, method: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    use directory::model::id::MethodId;
    let (db, admin) = admin().await?;
    let form = Form::new("check-domain", PAGE).keeps("name", &name);
    let method = Some(MethodId(method)).filter(|id| !id.0.is_empty());
    let routed = directory::admin::domains::route(&db, &admin, &name, method.as_ref()).await;
    let done = |_| Done::at(PAGE).says("Where the domain leads was saved.");
    answer(form, routed.map(done)).await
}

#[server(endpoint = "domains/remove")]
pub async fn remove_domain(name: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let removed = directory::admin::domains::remove(&db, &admin, &name).await;
    let done = |()| Done::at(PAGE).says(format!("The domain {name} was removed."));
    answer(Form::button(PAGE), removed.map(done)).await
}
