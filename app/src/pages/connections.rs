//! Every connection, and the choice with which one begins.

use crate::components::badge::State;
use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::empty_state::{EmptyState, Way};
use crate::components::form::{Field, FieldGroup, FormErrors, Radio, Select, Tick};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::{Href, Query};
use crate::components::panel::{Panel, PanelBody};
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::frame::{AgoOrNever, Page, again, node_choices, of_path, shown};
use crate::pages::nodes::all_nodes;
use crate::words::{counted, figure, of_connection};
use directory::model::connection::ConnectionInList;
use directory::model::id::NodeId;
use directory::model::node::NodeInTree;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn ConnectionsPage() -> impl IntoView {
    shown(Section::Connections, list_connections(), |connections| {
        let lead = match connections.len() {
            0 => "No identity provider sends people here yet.".to_owned(),
            count => format!(
                "{}, each keeping the people and teams of one node.",
                counted(
                    i64::try_from(count).unwrap_or_default(),
                    "connection",
                    "connections"
                )
            ),
        };
        let is_empty = connections.is_empty();
        view! {
            <Page title="Connections" section=Section::Connections crumbs=vec![Crumb::here("Connections")]>
                <PageHead title="Connections" lead>
                    {(!is_empty)
                        .then(|| {
                            view! {
                                <ButtonLink href="/connections/new" kind=Kind::Primary icon="plus">
                                    "Add connection"
                                </ButtonLink>
                            }
                        })}
                </PageHead>
                {if is_empty { view! { <NoConnections /> }.into_any() } else { view! { <Connections connections /> }.into_any() }}
            </Page>
        }
    })
}

#[component]
fn NoConnections() -> impl IntoView {
    let way = |icon, title: &str, words: &str, act: &str, href: &str| Way {
        icon,
        title: title.to_owned(),
        words: words.to_owned(),
        act: act.to_owned(),
        href: Href::internal(href),
    };
    let ways = vec![
        way(
            "connections",
            "Connect by SCIM",
            "Okta, Entra ID, or any other client of SCIM 2.0. People and groups arrive and stay up to date.",
            "Add connection",
            "/connections/new",
        ),
        way(
            "nodes",
            "Choose the place first",
            "Each connection keeps one node. Add the node it will fill.",
            "Show nodes",
            "/nodes",
        ),
    ];
    view! {
        <EmptyState
            title="Nothing is connected"
            words="A connection lets an identity provider create people and push groups into one node. It has an address and a token of its own."
            ways
        />
    }
}

#[component]
fn Connections(connections: Vec<ConnectionInList>) -> impl IntoView {
    let columns = vec![
        Column::named("Connection"),
        Column::named("State"),
        Column::number("Users"),
        Column::number("Teams"),
        Column::number("Last request"),
    ];
    let rows = connections
        .into_iter()
        .map(|connection| view! { <Row connection /> })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
}

#[component]
fn Row(connection: ConnectionInList) -> impl IntoView {
    let (state, next) = of_connection(connection.state);
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/nodes/{}/connection", connection.node_id)>
                    {connection.name}
                </a>
                <span class="sub">"SCIM, keeps " {connection.node_name}</span>
            </th>
            <td data-label="State">
                <State of=state next=next.map(str::to_owned) />
            </td>
            <td class="number" data-label="Users">
                {figure(connection.users)}
            </td>
            <td class="number" data-label="Teams">
                {figure(connection.teams)}
            </td>
            <td class="number" data-label="Last request">
                <AgoOrNever at=connection.last_request_at />
            </td>
        </tr>
    }
}

/// The choice of a method for a node (`/nodes/{id}/methods/new`), or of a node as well (`/connections/new`).
#[component]
pub fn NewConnectionPage() -> impl IntoView {
    let of_node = of_path("id").parse().ok().map(NodeId);
    let asked = Query::current()
        .value("node")
        .and_then(|node| node.parse().ok())
        .map(NodeId);
    let section = if of_node.is_some() {
        Section::Nodes
    } else {
        Section::Connections
    };
    shown(section, all_nodes(), move |nodes| {
        let chosen = nodes.iter().find(|node| Some(node.id) == of_node).cloned();
        let title = if of_node.is_some() {
            "Add method"
        } else {
            "Add connection"
        };
        let crumbs = match &chosen {
            Some(node) => vec![
                Crumb::above("Nodes", "/nodes"),
                Crumb::above(node.name.clone(), format!("/nodes/{}", node.id)),
                Crumb::here(title),
            ],
            None => vec![
                Crumb::above("Connections", "/connections"),
                Crumb::here(title),
            ],
        };
        let free: Vec<NodeInTree> = nodes
            .into_iter()
            .filter(|node| node.parent_id.is_some() && node.connection.is_empty())
            .collect();
        let lead = match &chosen {
            Some(node) => format!("How people and teams get into {}.", node.name),
            None => "Which node to fill, and by which identity provider.".to_owned(),
        };
        view! {
            <Page title section crumbs>
                <PageHead title lead />
                {if free.is_empty() && chosen.is_none() {
                    view! { <NoPlace /> }.into_any()
                } else {
                    view! { <Choose chosen free asked /> }.into_any()
                }}
            </Page>
        }
    })
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

/// Identity providers whose own words the guide knows; the last stands for every other client.
pub const PROVIDERS: [(&str, &str); 3] = [
    (
        "Okta",
        "Application with SCIM provisioning, groups by Push Groups",
    ),
    (
        "Entra ID",
        "Enterprise application with automatic provisioning",
    ),
    ("SCIM", "Any other client of SCIM 2.0"),
];

#[component]
fn Choose(
    chosen: Option<NodeInTree>,
    free: Vec<NodeInTree>,
    asked: Option<NodeId>,
) -> impl IntoView {
    let again = again("start-connection");
    let picked = again
        .value("name")
        .unwrap_or_else(|| PROVIDERS[0].0.to_owned());
    let node = again.value("node").or(asked.map(|node| node.to_string()));
    let node_field = match chosen {
        Some(node) => {
            view! { <input type="hidden" name="node" value=node.id.to_string() /> }.into_any()
        }
        None => view! {
            <Field name="node" label="Node" hint="Its people and teams are kept by the connection.">
                <Select choices=node_choices(&free) chosen=node />
            </Field>
        }
        .into_any(),
    };
    let providers = PROVIDERS
        .into_iter()
        .map(|(name, words)| {
            let tick = Tick::from(name == picked);
            let shown = if name == "SCIM" {
                "Another client"
            } else {
                name
            };
            view! {
                <Radio name="name" value=name tick>
                    {shown}
                    " "
                    <span class="muted">{words}</span>
                </Radio>
            }
        })
        .collect_view();
    view! {
        <Panel
            id="scim"
            title="SCIM (System for Cross-domain Identity Management)"
            lead="The identity provider creates, changes and locks people, and pushes groups as teams. Nothing is created before you save."
        >
            <PanelBody>
                <form class="stack" method="post" action=StartConnection::url()>
                    <FormErrors errors=again.errors() />
                    {node_field}
                    <FieldGroup label="Identity provider">{providers}</FieldGroup>
                    <div class="buttons">
                        <Button kind=Kind::Primary icon="connections">
                            "Add SCIM"
                        </Button>
                    </div>
                </form>
            </PanelBody>
        </Panel>
    }
}

#[server(endpoint = "connections/list")]
pub async fn list_connections() -> Result<Vec<ConnectionInList>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::connections::list(&db, &admin).await?)
}

#[server(endpoint = "connections/start")]
pub async fn start_connection(node: NodeId, name: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let form =
        Form::new("start-connection", format!("/nodes/{node}/methods/new")).keeps("name", &name);
    let started = directory::admin::connections::start(&db, &admin, node, &name).await;
    let done = |connection: directory::model::connection::Connection| {
        Done::at(format!("/nodes/{}/connection", connection.node_id))
    };
    answer(form, started.map(done)).await
}
