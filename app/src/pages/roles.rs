//! Roles: searched, filtered by kind and node, sorted; and the way to a new one.

mod new;

pub use new::NewRolePage;

use crate::components::badge::Tag;
use crate::components::button::{ButtonLink, Kind};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Chip, Chips, Choice, Filter, Select, Width};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::table::{Column, DataTable, List, ListFoot};
use crate::components::tabs::{Tab, Tabs};
use crate::error::AppError;
use crate::pages::frame::{Page, asked_of, lead_of, node_choices_with, part_of, shown};
use crate::pages::nodes::all_nodes;
use crate::words::figure;
use directory::model::id::NodeId;
use directory::model::node::NodeInTree;
use directory::model::query::{ListQuery, Listed};
use directory::model::role::{Privilege, RoleInList, RoleKind};
use leptos::prelude::*;

/// What the list of roles was asked for, and what was found.
#[derive(Clone)]
struct Found {
    here: Query,
    asked: ListQuery,
    roles: Listed<RoleInList>,
    nodes: Vec<NodeInTree>,
}

#[component]
pub fn RolesPage() -> impl IntoView {
    let here = Query::current();
    let asked = asked_of(&here);
    let finding = async move {
        Ok(Found {
            roles: list_roles(asked.clone()).await?,
            nodes: all_nodes().await?,
            asked,
            here,
        })
    };
    shown(Section::Roles, finding, |found| {
        let lead = lead_of(&found.roles, "role", "roles");
        view! {
            <Page title="Roles" section=Section::Roles crumbs=vec![Crumb::here("Roles")]>
                <PageHead title="Roles" lead>
                    <ButtonLink href="/roles/new" kind=Kind::Primary icon="plus">
                        "Add role"
                    </ButtonLink>
                </PageHead>
                <RoleList found />
            </Page>
        }
    })
}

#[component]
fn RoleList(found: Found) -> impl IntoView {
    let Found {
        here,
        asked,
        roles,
        nodes,
    } = found;
    let part = part_of(&roles, &asked, &here);
    let chips = chips(&asked, &here, &nodes);
    let is_empty = roles.rows.is_empty();
    view! {
        <div class="stack tight">
            <Tabs tabs=tabs(&asked, &here) label="Kind" />
            <RoleFilter asked nodes />
            <Chips chips clear=here.plain() />
        </div>
        {if is_empty {
            view! {
                <EmptyState title="No role matches" words="Search for a part of a name, or show every role.">
                    <ButtonLink href=here.plain()>"Show all roles"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <List>
                    <RoleTable rows=roles.rows here />
                    <ListFoot part />
                </List>
            }
            .into_any()
        }}
    }
}

fn tabs(asked: &ListQuery, here: &Query) -> Vec<Tab> {
    let tab = |words: &str, kind: RoleKind| {
        Tab::new(words, here.with("state", kind.as_str())).shown_if(asked.state == kind.as_str())
    };
    vec![
        Tab::new("All", here.without("state")).shown_if(asked.state.is_empty()),
        tab("Administrative", RoleKind::Administrative),
        tab("Ordinary", RoleKind::Ordinary),
    ]
}

fn chips(asked: &ListQuery, here: &Query, nodes: &[NodeInTree]) -> Vec<Chip> {
    let searched = (!asked.q.is_empty()).then(|| Chip {
        what: "search".to_owned(),
        by: asked.q.clone(),
        without: here.without("q"),
    });
    let at = asked
        .node
        .and_then(|id| nodes.iter().find(|node| node.id == id));
    let node = at.map(|node| Chip {
        what: "node".to_owned(),
        by: node.name.clone(),
        without: here.without("node"),
    });
    searched.into_iter().chain(node).collect()
}

#[component]
fn RoleFilter(asked: ListQuery, nodes: Vec<NodeInTree>) -> impl IntoView {
    let mut choices = vec![Choice::new("", "Any node")];
    choices.extend(node_choices_with(&nodes, Privilege::ManageRoles));
    let state = asked.state.clone();
    view! {
        <Filter searched=Some(asked.q) label="Name or id">
            <Select
                choices
                chosen=asked.node.map(|node| node.to_string())
                width=Width::Content
                attr:name="node"
                attr:aria-label="Node and below"
            />
            {(!state.is_empty()).then(|| view! { <input type="hidden" name="state" value=state /> })}
        </Filter>
    }
}

#[component]
fn RoleTable(rows: Vec<RoleInList>, here: Query) -> impl IntoView {
    let columns = vec![
        Column::named("Role").sorted_by("name"),
        Column::named("Kind"),
        Column::named("Node").sorted_by("node"),
        Column::number("Users"),
        Column::number("Teams"),
    ];
    let rows = rows
        .into_iter()
        .map(|row| view! { <Row row /> })
        .collect_view();
    view! {
        <DataTable columns here usual_sort="name">
            {rows}
        </DataTable>
    }
}

#[component]
fn Row(row: RoleInList) -> impl IntoView {
    let is_administrative = row.kind == RoleKind::Administrative;
    let reach = match (row.for_new_users, row.visible_below) {
        (true, true) => "New users here and below",
        (true, false) => "New users",
        (false, true) => "Nodes below may use it",
        (false, false) => "",
    };
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/roles/{}", row.id)>
                    {row.name}
                </a>
                <span class="sub">{reach}</span>
            </th>
            <td class="solo">
                {if is_administrative {
                    view! { <Tag>"Administrative"</Tag> }.into_any()
                } else {
                    view! { <span class="muted">"Ordinary"</span> }.into_any()
                }}
            </td>
            <td class="brief">{row.node_name}</td>
            <td class="number" data-label="Users">
                {figure(row.users)}
            </td>
            <td class="number" data-label="Teams">
                {figure(row.teams)}
            </td>
        </tr>
    }
}

#[server(endpoint = "roles/list")]
pub async fn list_roles(query: ListQuery) -> Result<Listed<RoleInList>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::roles::list(&db, &admin, &query).await?)
}

/// The roles that may be given at a node; none where the administrator does not manage roles.
#[server(endpoint = "roles/usable")]
pub async fn usable_roles(node: NodeId) -> Result<Vec<RoleInList>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::roles::usable(&db, &admin, node).await?)
}
