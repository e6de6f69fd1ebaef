//! The choice with which a connection begins: the method, the identity provider, and the node it keeps.

use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::checklist::{ListedStep, StepState, Steps};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Field, FieldGroup, FormErrors, Radio, Select, Tick};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelBody};
use crate::error::AppError;
use crate::pages::frame::{Page, again, crumbs_of, node_choices, node_of_path, shown};
use crate::pages::node::one_node;
use crate::pages::nodes::all_nodes;
use directory::model::id::NodeId;
use directory::model::node::NodeInTree;
use directory::model::role::Privilege;
use leptos::prelude::*;
use server_fn::ServerFn;

/// How people get into one node (`/nodes/{id}/methods/new`).
#[component]
pub fn AddMethodPage() -> impl IntoView {
    shown(Section::Nodes, one_node(node_of_path()), |found| {
        let node = found.node.id;
        let mut crumbs = vec![Crumb::above("Nodes", "/nodes")];
        crumbs.extend(crumbs_of(&found.path));
        crumbs.push(Crumb::here("Add method"));
        let lead = format!("How people and teams get into {}.", found.node.name);
        let (has_scim, has_sign_in) = (found.connection.is_some(), found.sign_in.is_some());
        view! {
            <Page title="Add method" section=Section::Nodes crumbs>
                <PageHead title="Add method" lead />
                <div class="stack">
                    {(!has_scim).then(|| view! { <Choose place=Place::Node(node) /> })}
                    {(!has_sign_in).then(|| view! { <ChooseSignIn node has_scim /> })}
                </div>
            </Page>
        }
    })
}

/// The same where the node is still to be chosen (`/connections/new`).
#[component]
pub fn NewConnectionPage() -> impl IntoView {
    let asked = Query::current().value("node");
    shown(Section::Connections, all_nodes(), move |mut nodes| {
        nodes.retain(|node| {
            let is_free = node.parent_id.is_some() && node.connection.is_empty();
            is_free && node.lets(Privilege::ManageConnections)
        });
        let choose = if nodes.is_empty() {
            view! { <NoPlace /> }.into_any()
        } else {
            view! { <Choose place=Place::OneOf(nodes, asked) /> }.into_any()
        };
        view! {
            <Page
                title="Add connection"
                section=Section::Connections
                crumbs=vec![Crumb::above("Connections", "/connections"), Crumb::here("Add connection")]
            >
                <PageHead title="Add connection" lead="Which node to fill, and by which identity provider." />
                {choose}
            </Page>
        }
    })
}

/// Which node the connection will keep.
#[derive(Clone)]
enum Place {
    Node(NodeId),
    /// One of these, and the one that the address names.
    OneOf(Vec<NodeInTree>, Option<String>),
}

#[component]
fn NoPlace() -> impl IntoView {
    view! {
        <EmptyState
            title="No node is free"
            words="Each connection keeps one node below the top, and a node has one connection. Add a node, then give it the connection."
        >
            <ButtonLink href="/nodes" kind=Kind::Primary icon="plus">
                "Add node"
            </ButtonLink>
        </EmptyState>
    }
}

/// Identity providers whose own words the guide knows: what the connection will be called, how it is shown here, and
/// what it is there. The last stands for every other client.
const PROVIDERS: [(&str, &str, &str); 6] = [
    (
        "Okta",
        "Okta",
        "An application with SCIM provisioning, groups by Push Groups",
    ),
    (
        "Entra ID",
        "Entra ID",
        "An enterprise application with automatic provisioning",
    ),
    (
        "JumpCloud",
        "JumpCloud",
        "A custom application with Identity Management",
    ),
    (
        "Google Workspace",
        "Google Workspace",
        "An application with Autoprovisioning: people, no groups",
    ),
    (
        "OneLogin",
        "OneLogin",
        "The SCIM Provisioner, groups by rules",
    ),
    ("SCIM", "Another client", "Whatever speaks SCIM 2.0"),
];

#[component]
fn Choose(place: Place) -> impl IntoView {
    let again = again("start-connection");
    let from = match &place {
        Place::Node(node) => format!("/nodes/{node}/methods/new"),
        Place::OneOf(..) => "/connections/new".to_owned(),
    };
    view! {
        <div class="columns">
            <Panel
                id="scim"
                title="SCIM (System for Cross-domain Identity Management)"
                lead="The identity provider creates, changes and locks people, and pushes groups as teams."
            >
                <PanelBody>
                    <form class="stack" method="post" action=StartConnection::url()>
                        <FormErrors errors=again.errors() />
                        <input type="hidden" name="from" value=from />
                        <NodeField place />
                        <Providers />
                        <div class="buttons">
                            <Button kind=Kind::Primary icon="connections">
                                "Add SCIM"
                            </Button>
                        </div>
                    </form>
                </PanelBody>
            </Panel>
            <Next />
        </div>
    }
}

#[component]
fn NodeField(place: Place) -> impl IntoView {
    let again = again("start-connection");
    match place {
        Place::Node(node) => {
            view! { <input type="hidden" name="node" value=node.to_string() /> }.into_any()
        }
        Place::OneOf(nodes, asked) => view! {
            <Field name="node" label="Node" hint="Its people and teams are kept by the connection." error=again.error("node")>
                <Select choices=node_choices(&nodes) chosen=again.value("node").or(asked) />
            </Field>
        }
        .into_any(),
    }
}

#[component]
fn Providers() -> impl IntoView {
    let picked = again("start-connection").value("name");
    let picked = picked.unwrap_or_else(|| PROVIDERS[0].0.to_owned());
    let providers = PROVIDERS
        .into_iter()
        .map(|(name, shown, words)| {
            view! {
                <Radio name="name" value=name tick=Tick::from(name == picked)>
                    {shown}
                    " "
                    <span class="muted">{words}</span>
                </Radio>
            }
        })
        .collect_view();
    view! { <FieldGroup label="Identity provider">{providers}</FieldGroup> }
}

/// What comes after the choice, so that nobody has to keep it in mind.
#[component]
fn Next() -> impl IntoView {
    let steps = [
        (
            "Copy the address and a token",
            "Both stand on the next page. The token is shown only once.",
        ),
        (
            "Save the connection",
            "Until then every request is refused, also a test.",
        ),
        (
            "Test it from the identity provider",
            "The page turns to Connected with the first request.",
        ),
    ];
    view! { <WhatComesNext id="next" steps=steps.to_vec() /> }
}

#[component]
fn WhatComesNext(id: &'static str, steps: Vec<(&'static str, &'static str)>) -> impl IntoView {
    let steps = (1..)
        .zip(steps)
        .map(|(number, (title, words))| {
            view! {
                <ListedStep state=StepState::Later(number) title>
                    <p>{words}</p>
                </ListedStep>
            }
        })
        .collect_view();
    view! {
        <Panel id title="What comes next">
            <Steps>{steps}</Steps>
        </Panel>
    }
}

/// Providers whose guide for single sign-on we know, and how each is set up there.
const SIGN_IN_PROVIDERS: [(&str, &str, &str); 6] = [
    ("Okta", "Okta", "A web application with OpenID Connect"),
    ("Entra ID", "Entra ID", "An app registration of one tenant"),
    (
        "Google Workspace",
        "Google Workspace",
        "An OAuth client for your organisation alone",
    ),
    ("JumpCloud", "JumpCloud", "A custom application with OIDC"),
    ("Keycloak", "Keycloak", "A confidential client of a realm"),
    (
        "Single sign-on",
        "Another provider",
        "Whatever speaks OpenID Connect",
    ),
];

/// Single sign-on beside SCIM, or alone.
#[component]
fn ChooseSignIn(node: NodeId, has_scim: bool) -> impl IntoView {
    let again = again("start-method");
    let picked = again.value("name");
    let picked = picked.unwrap_or_else(|| SIGN_IN_PROVIDERS[0].0.to_owned());
    let providers = SIGN_IN_PROVIDERS
        .into_iter()
        .map(|(name, shown, words)| {
            view! {
                <Radio name="name" value=name tick=Tick::from(name == picked)>
                    {shown}
                    " "
                    <span class="muted">{words}</span>
                </Radio>
            }
        })
        .collect_view();
    // One primary button: the first panel's.
    let kind = if has_scim { Kind::Primary } else { Kind::Plain };
    view! {
        <div class="columns">
            <Panel
                id="sso"
                title="Single sign-on (OpenID Connect)"
                lead="People sign in at your identity provider. Whoever is new is created just in time, if you want."
            >
                <PanelBody>
                    <form class="stack" method="post" action=StartMethod::url()>
                        <FormErrors errors=again.errors() />
                        <input type="hidden" name="node" value=node.to_string() />
                        <FieldGroup label="Identity provider">{providers}</FieldGroup>
                        <div class="buttons">
                            <Button kind icon="sso">
                                "Add single sign-on"
                            </Button>
                        </div>
                    </form>
                </PanelBody>
            </Panel>
            <NextOfSignIn />
        </div>
    }
}

#[component]
fn NextOfSignIn() -> impl IntoView {
    let steps = [
        (
            "Copy the redirect URI",
            "It stands on the next page, and belongs to this method alone.",
        ),
        (
            "Fill in issuer, client ID and secret",
            "And test the connection: it says what is wrong.",
        ),
        (
            "Sign in once to verify",
            "You see what the provider says of you. Nothing is created.",
        ),
        (
            "Switch it on",
            "From then on the people of the node sign in with it.",
        ),
    ];
    view! { <WhatComesNext id="next-of-sso" steps=steps.to_vec() /> }
}

#[server(endpoint = "sign_in_methods/start")]
pub async fn start_method(node: NodeId, name: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let form = Form::new("start-method", format!("/nodes/{node}/methods/new")).keeps("name", &name);
    let started = directory::admin::sign_in_methods::start(&db, &admin, node, &name).await;
    answer(
        form,
        started.map(|_| Done::at(crate::pages::sign_in_method::method_page(node))),
    )
    .await
}

#[server(endpoint = "connections/start")]
pub async fn start_connection(node: NodeId, name: String, from: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let form = Form::new("start-connection", from)
        .keeps("name", &name)
        .keeps("node", &node.to_string());
    let started = directory::admin::connections::start(&db, &admin, node, &name).await;
    answer(
        form,
        started.map(|_| Done::at(format!("/nodes/{node}/connection"))),
    )
    .await
}
