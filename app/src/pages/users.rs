//! People: searched, filtered by state and node, sorted, chosen; and the forms that add one by hand or many from a file.

mod bin;
mod import;
mod many;
mod new;

pub use bin::BinPage;
pub use import::ImportPage;
pub use many::{ChooseUsers, ManyPage};
pub use new::NewUserPage;

use crate::components::badge::{self, Provenance, Source, Standing, State};
use crate::components::button::{ButtonLink, Kind};
use crate::components::empty_state::{EmptyState, Way};
use crate::components::export::Export;
use crate::components::form::{Chip, Chips, Choice, Filter, Select, Width};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::{Href, Query};
use crate::components::table::{Bulk, Column, DataTable, List, ListFoot, Pick, Who};
use crate::components::tabs::{Tab, Tabs};
use crate::error::AppError;
use crate::pages::frame::{AgoOrNever, Page, asked_of, lead_of, node_choices, part_of, shown};
use crate::pages::nodes::all_nodes;
use crate::pages::views::SavedViews;
use crate::words::{next_of_row, number, of_row};
use directory::model::id::NodeId;
use directory::model::node::NodeInTree;
use directory::model::query::{ListQuery, Listed};
use directory::model::saved_view::ListShown;
use directory::model::user::{StatusCounts, UserInList};
use leptos::prelude::*;
use many::{ForAll, ForChosen, NarrowedBy};
use server_fn::ServerFn;

/// What the list of people was asked for, and what was found.
#[derive(Clone)]
struct Found {
    here: Query,
    asked: ListQuery,
    users: Listed<UserInList>,
    counts: StatusCounts,
    nodes: Vec<NodeInTree>,
}

#[component]
pub fn UsersPage() -> impl IntoView {
    let here = Query::current();
    let asked = asked_of(&here);
    let finding = async move {
        Ok(Found {
            users: list_users(asked.clone()).await?,
            counts: count_users(asked.node).await?,
            nodes: all_nodes().await?,
            asked,
            here,
        })
    };
    shown(Section::Users, finding, |found| {
        let is_empty = found.users.all == 0;
        let here = found.here.clone();
        let lead = if is_empty {
            "Nobody here yet.".to_owned()
        } else {
            lead_of(&found.users, "user", "users")
        };
        view! {
            <Page title="Users" section=Section::Users crumbs=vec![Crumb::here("Users")]>
                <PageHead title="Users" lead>
                    <ButtonLink href="/users/new" kind=Kind::Primary icon="plus">
                        "Add user"
                    </ButtonLink>
                    <ButtonLink href="/users/import" icon="upload">
                        "Add from a file"
                    </ButtonLink>
                    <ButtonLink href="/users/bin" kind=Kind::Quiet icon="trash">
                        "Recycle bin"
                    </ButtonLink>
                    {(!is_empty).then(|| view! { <SavedViews of=ListShown::Users here=here.clone() /> <Export list="users" here /> })}
                </PageHead>
                {if is_empty { view! { <Nobody /> }.into_any() } else { view! { <UserList found /> }.into_any() }}
            </Page>
        }
    })
}

#[component]
fn Nobody() -> impl IntoView {
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
            "Connect an identity provider",
            "Okta, Entra ID, or any client of SCIM 2.0. People and groups arrive and stay up to date.",
            "Add connection",
            "/connections/new",
        ),
        way(
            "mail",
            "Add one person",
            "A name and an address are enough. Good for a first try.",
            "Add user",
            "/users/new",
        ),
        way(
            "upload",
            "Add many from a file",
            "A table with addresses and names, saved as CSV. You see what would happen first.",
            "Choose a file",
            "/users/import",
        ),
    ];
    view! {
        <EmptyState
            title="The line is empty"
            words="Users are the people of the organisation. An identity provider sends them here, or you add them. Each is Invited first and becomes Active with the first sign-in."
            ways
        />
    }
}

#[component]
fn UserList(found: Found) -> impl IntoView {
    let Found {
        here,
        asked,
        users,
        counts,
        nodes,
    } = found;
    let part = part_of(&users, &asked, &here);
    let chips = chips(&asked, &here, &nodes);
    let is_empty = users.rows.is_empty();
    let narrowed = asked.clone();
    let everybody = asked.clone();
    view! {
        <div class="stack tight">
            <Tabs tabs=tabs(&counts, &asked, &here) label="State" />
            <UserFilter asked nodes />
            <Chips chips clear=here.plain() />
        </div>
        {if is_empty {
            view! {
                <EmptyState title="Nobody matches" words="Search for a part of a name or address, or show everyone.">
                    <ButtonLink href=here.plain()>"Show all users"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <List>
                    <form method="post" action=ChooseUsers::url() aria-label="Users">
                        <NarrowedBy asked=narrowed />
                        <UserTable rows=users.rows here />
                        <Bulk>
                            <ForChosen />
                        </Bulk>
                        <ListFoot part />
                    </form>
                </List>
                <ForAll asked=everybody total=users.total />
            }
            .into_any()
        }}
    }
}

fn tabs(counts: &StatusCounts, asked: &ListQuery, here: &Query) -> Vec<Tab> {
    let tab = |of: Standing, word: &'static str, count: i64| {
        Tab::of(of, here.with("state", word))
            .counting(number(count))
            .shown_if(asked.state == word)
    };
    let mut tabs = vec![
        Tab::new("All", here.without("state"))
            .counting(number(counts.all))
            .shown_if(asked.state.is_empty()),
        tab(badge::ACTIVE, "active", counts.active),
        tab(badge::INVITED, "invited", counts.invited),
        tab(badge::LOCKED, "locked", counts.locked),
        tab(badge::LOCKED_BY_IDP, "locked_by_idp", counts.locked_by_idp),
    ];
    // Only where a role asks for a consent.
    if counts.pending > 0 || asked.state == "pending" {
        tabs.insert(3, tab(badge::PENDING, "pending", counts.pending));
    }
    tabs
}

#[component]
fn UserFilter(asked: ListQuery, nodes: Vec<NodeInTree>) -> impl IntoView {
    let mut choices = vec![Choice::new("", "Any node")];
    choices.extend(node_choices(&nodes));
    let state = asked.state.clone();
    view! {
        <Filter searched=Some(asked.q) label="Name, address or id">
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

/// The conditions of a list that can be taken away one by one.
pub fn chips(asked: &ListQuery, here: &Query, nodes: &[NodeInTree]) -> Vec<Chip> {
    let searched = (!asked.q.is_empty()).then(|| Chip {
        what: "search".to_owned(),
        by: asked.q.clone(),
        without: here.without("q"),
    });
    let node = asked.node.map(|id| Chip {
        what: "node".to_owned(),
        by: nodes
            .iter()
            .find(|node| node.id == id)
            .map_or_else(|| id.to_string(), |node| format!("{} and below", node.name)),
        without: here.without("node"),
    });
    searched.into_iter().chain(node).collect()
}

#[component]
fn UserTable(rows: Vec<UserInList>, here: Query) -> impl IntoView {
    let columns = vec![
        Column::pick("Choose all on this page"),
        Column::named("User").sorted_by("name"),
        Column::named("State").sorted_by("status"),
        Column::named("Node").sorted_by("node"),
        Column::named("Teams"),
        Column::named("Kept by"),
        Column::number("Last sign-in").sorted_by("last_sign_in"),
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
fn Row(row: UserInList) -> impl IntoView {
    let (state, next) = (of_row(&row), next_of_row(&row));
    let from = row.kept_by.map_or(Source::Here, Source::Idp);
    let choose = format!("Choose {}", row.label);
    view! {
        <tr>
            <Pick name="people[]" value=row.id.to_string() label=choose />
            <th scope="row">
                <Who name=row.label href=format!("/users/{}", row.id) second=row.login />
            </th>
            <td class="solo">
                <State of=state next />
            </td>
            <td class="brief">{row.node_name}</td>
            <td class="brief">
                <Places teams=row.teams pending=row.pending />
            </td>
            <td class="wide">
                <Provenance from />
            </td>
            <td class="number brief">
                <AgoOrNever at=row.last_sign_in_at />
            </td>
        </tr>
    }
}

/// The teams somebody is in, and in how many they wait.
#[component]
fn Places(teams: Option<String>, pending: i64) -> impl IntoView {
    let waits = (pending > 0).then(|| format!("{pending} pending"));
    match (teams, waits) {
        (Some(teams), Some(waits)) => {
            view! { {teams} <span class="muted">", " {waits}</span> }.into_any()
        }
        (Some(teams), None) => teams.into_any(),
        (None, Some(waits)) => view! { <span class="muted">{waits}</span> }.into_any(),
        (None, None) => view! { <span class="none">"none"</span> }.into_any(),
    }
}

#[server(endpoint = "users/list")]
pub async fn list_users(asked: ListQuery) -> Result<Listed<UserInList>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::users::list(&db, &admin, &asked).await?)
}

#[server(endpoint = "users/count")]
pub async fn count_users(node: Option<NodeId>) -> Result<StatusCounts, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::users::counts(&db, &admin, node).await?)
}
