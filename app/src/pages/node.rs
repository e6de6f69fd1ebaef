//! One node: what lies in it, what lies below it, and how people get in.

mod invitations;
mod settings;

use crate::components::badge::State;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::form::FormErrors;
use crate::components::icon::Icon;
use crate::components::layout::{Crumb, Fact, PageHead, PageSection, Section};
use crate::components::panel::{Panel, PanelBody};
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::connection::RemovedNotice;
use crate::pages::frame::{AgoOrNever, Page, again, crumbs_of, node_of_path, shown};
use crate::pages::nodes::{AddNode, counted_if};
use crate::pages::sign_in_method::method_page;
use crate::words::sign_in::of_method;
use crate::words::{counted, of_connection};
use directory::model::connection::{Connection, ConnectionState};
use directory::model::id::NodeId;
use directory::model::invitation::NodeWording;
use directory::model::node::{NodeDetail, NodeInTree};
use directory::model::role::Privilege;
use directory::model::sign_in_method::{Method, MethodState};
use invitations::{Invitations, read_wording};
use leptos::prelude::*;
use server_fn::ServerFn;
use settings::NodeSettings;

#[component]
pub fn NodePage() -> impl IntoView {
    let id = node_of_path();
    let asked = async move { Ok((one_node(id).await?, read_wording(id).await?)) };
    shown(
        Section::Nodes,
        asked,
        |(found, wording): (NodeDetail, NodeWording)| {
            let name = found.node.name.clone();
            let mut crumbs = vec![Crumb::above("Nodes", "/nodes")];
            crumbs.extend(crumbs_of(&found.path[..found.path.len().saturating_sub(1)]));
            crumbs.push(Crumb::here(name.clone()));
            let (users, teams, id) = (found.users, found.teams, found.node.id);
            let sees_users = found.lets(Privilege::ManageUsers);
            let sees_teams = found.lets(Privilege::ManageTeams);
            let sees_roles = found.lets(Privilege::ManageRoles);
            let changes = found.lets(Privilege::ManageNodes);
            let provides = found.lets(Privilege::ManageConnections);
            let facts = move || {
                view! {
                    {sees_users
                        .then(|| {
                            view! {
                                <Fact icon="users">
                                    <a href=format!("/users?node={id}")>{counted(users, "user", "users")}</a>
                                </Fact>
                            }
                        })}
                    {sees_teams
                        .then(|| {
                            view! {
                                <Fact icon="teams">
                                    <a href=format!("/teams?node={id}")>{counted(teams, "team", "teams")}</a>
                                </Fact>
                            }
                        })}
                    {sees_roles
                        .then(|| {
                            view! {
                                <Fact icon="roles">
                                    <a href=format!("/roles?node={id}")>"Roles"</a>
                                </Fact>
                            }
                        })}
                    <Fact icon="id">"Number " {id.0} " in SCIM addresses"</Fact>
                }
            };
            view! {
                <Page title=name.clone() section=Section::Nodes crumbs>
                    <PageHead title=name facts>
                        {sees_users
                            .then(|| {
                                view! {
                                    <ButtonLink href=format!("/users/new?node={id}") icon="plus">
                                        "Add user"
                                    </ButtonLink>
                                }
                            })}
                    </PageHead>
                    {found.removed.clone().map(|removed| view! { <RemovedNotice removed /> })}
                    <div class="columns">
                        <div class="stack">
                            {provides.then(|| view! { <Provisioning node=found.clone() /> })}
                            <Below node=found.clone() />
                            {changes.then(|| view! { <Invitations id wording /> })}
                        </div>
                        {changes.then(|| view! { <NodeSettings node=found /> })}
                    </div>
                </Page>
            }
        },
    )
}

/// How people get into this node.
#[component]
fn Provisioning(node: NodeDetail) -> impl IntoView {
    let is_root = node.node.parent_id.is_none();
    let is_empty = node.connection.is_none() && node.sign_in.is_none();
    let can_add = !is_root && (node.connection.is_none() || node.sign_in.is_none());
    let href = format!("/nodes/{}/methods/new", node.node.id);
    let words = if is_root {
        format!(
            "{} is the node at the top and cannot have a method. Add a node below it, and give that one the method.",
            node.node.name
        )
    } else {
        format!(
            "No method yet. An identity provider can keep the people and teams of {} up to date by SCIM, and sign them in.",
            node.node.name
        )
    };
    let kind = if is_empty { Kind::Primary } else { Kind::Plain };
    let add = move || {
        can_add.then(|| {
            view! {
                <ButtonLink href=href.clone() kind size=Size::Small icon="plus">
                    "Add method"
                </ButtonLink>
            }
        })
    };
    view! {
        <Panel id="provisioning" title="Provisioning" end=add>
            {if is_empty {
                view! { <PanelBody><p class="muted">{words}</p></PanelBody> }.into_any()
            } else {
                view! { <Methods node /> }.into_any()
            }}
        </Panel>
    }
}

#[component]
fn Methods(node: NodeDetail) -> impl IntoView {
    let columns = vec![
        Column::named("Method"),
        Column::named("State"),
        Column::named("Last request"),
        Column::act(),
    ];
    let (users, teams) = (node.users, node.teams);
    view! {
        <List>
            <DataTable columns>
                {node.sign_in.map(|method| view! { <SignInRow method /> })}
                {node.connection.map(|connection| view! { <ScimRow connection users teams /> })}
            </DataTable>
        </List>
    }
}

#[component]
fn SignInRow(method: Method) -> impl IntoView {
    let (state, next) = of_method(method.state);
    let act = if method.state == MethodState::Draft {
        "Continue set-up"
    } else {
        "Open single sign-on"
    };
    let href = method_page(method.node_id);
    let sub = if method.just_in_time {
        "Single sign-on, creates people just in time"
    } else {
        "Single sign-on"
    };
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=href.clone()>
                    {method.name}
                </a>
                <span class="sub">{sub}</span>
            </th>
            <td data-label="State">
                <State of=state next=next.map(str::to_owned) />
            </td>
            <td data-label="Last request">
                <span class="none">"none"</span>
            </td>
            <td class="act">
                <ButtonLink href size=Size::Small>
                    {act}
                </ButtonLink>
            </td>
        </tr>
    }
}

#[component]
fn ScimRow(connection: Connection, users: i64, teams: i64) -> impl IntoView {
    let (state, next) = of_connection(connection.state);
    let act = if connection.state == ConnectionState::Draft {
        "Continue set-up"
    } else {
        "Open connection"
    };
    let href = format!("/nodes/{}/connection", connection.node_id);
    let sub = format!(
        "SCIM, for {} and {}",
        counted(users, "user", "users"),
        counted(teams, "team", "teams")
    );
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=href.clone()>
                    {connection.name}
                </a>
                <span class="sub">{sub}</span>
            </th>
            <td data-label="State">
                <State of=state next=next.map(str::to_owned) />
            </td>
            <td data-label="Last request">
                <AgoOrNever at=connection.last_request_at />
            </td>
            <td class="act">
                <ButtonLink href size=Size::Small>
                    {act}
                </ButtonLink>
            </td>
        </tr>
    }
}

/// The nodes directly below, and the form that adds one.
#[component]
fn Below(node: NodeDetail) -> impl IntoView {
    let (id, can_add) = (node.node.id, node.lets(Privilege::ManageNodes));
    let lead = match node.children.len() {
        0 => format!("None below {} yet.", node.node.name),
        count => format!("{count} directly below {}.", node.node.name),
    };
    view! {
        <PageSection id="below" title="Nodes below" lead=lead>
            <div class="stack">
                {(!node.children.is_empty()).then(|| view! { <Children nodes=node.children.clone() /> })}
                {can_add.then(|| view! { <AddBelow id name=node.node.name.clone() /> })}
            </div>
        </PageSection>
    }
}

#[component]
fn AddBelow(id: NodeId, name: String) -> impl IntoView {
    let again = again("add-node");
    view! {
        <form class="stack tight" method="post" action=AddNode::url()>
            <FormErrors errors=again.errors() />
            <input type="hidden" name="parent" value=id.to_string() />
            <input type="hidden" name="from" value=format!("/nodes/{id}") />
            <div class="filter">
                <div class="search">
                    <Icon name="nodes" />
                    <input
                        type="text"
                        name="name"
                        required
                        maxlength="255"
                        autocomplete="off"
                        value=again.value("name")
                        aria-label=format!("Name of a node below {name}")
                        placeholder="Name of a new node"
                    />
                </div>
                <Button icon="plus">"Add node"</Button>
            </div>
        </form>
    }
}

#[component]
fn Children(nodes: Vec<NodeInTree>) -> impl IntoView {
    let columns = vec![
        Column::named("Node"),
        Column::named("Connection"),
        Column::number("Users"),
        Column::number("Teams"),
    ];
    let rows = nodes
        .into_iter()
        .map(|node| {
            let state = ConnectionState::of(&node.connection).map(of_connection);
            let users = counted_if(&node, Privilege::ManageUsers, node.users);
            let teams = counted_if(&node, Privilege::ManageTeams, node.teams);
            view! {
                <tr>
                    <th scope="row">
                        <a class="name" href=format!("/nodes/{}", node.id)>
                            {node.name}
                        </a>
                    </th>
                    <td data-label="Connection">
                        {match state {
                            Some((state, _)) => view! { <State of=state /> }.into_any(),
                            None => view! { <span class="none">"none"</span> }.into_any(),
                        }}
                    </td>
                    <td class="number" data-label="Users">
                        {users}
                    </td>
                    <td class="number" data-label="Teams">
                        {teams}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
}

#[server(endpoint = "nodes/one")]
pub async fn one_node(id: NodeId) -> Result<NodeDetail, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::nodes::get(&db, &admin, id).await?)
}
