//! One search over people, teams, roles and nodes.

use crate::components::badge::State;
use crate::components::button::Button;
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::layout::{Crumb, PageHead, PageSection, Section};
use crate::components::link::Query;
use crate::components::table::{Column, DataTable, List, Who};
use crate::pages::frame::{Page, may_somewhere, shown};
use crate::pages::nodes::{all_nodes, counted_if};
use crate::pages::roles::list_roles;
use crate::pages::teams::list_teams;
use crate::pages::users::list_users;
use crate::words::{counted, figure, of_decision, of_row};
use directory::model::node::NodeInTree;
use directory::model::query::{ListQuery, Listed};
use directory::model::role::{Privilege, RoleInList};
use directory::model::team::TeamInList;
use directory::model::user::UserInList;
use leptos::prelude::*;

/// How many of each kind are shown; the lists have the rest.
const SHOWN: i64 = 8;

/// What was found, each kind where the administrator may look.
struct Found {
    users: Listed<UserInList>,
    teams: Listed<TeamInList>,
    roles: Listed<RoleInList>,
    nodes: Vec<NodeInTree>,
}

impl Found {
    fn count(&self) -> i64 {
        let nodes = i64::try_from(self.nodes.len()).unwrap_or_default();
        self.users.total + self.teams.total + self.roles.total + nodes
    }
}

#[component]
pub fn SearchPage() -> impl IntoView {
    let words = Query::current().value("q").unwrap_or_default();
    let searched = words.clone();
    let finding = async move {
        let asked = ListQuery {
            q: words.clone(),
            rows: SHOWN,
            ..ListQuery::default()
        };
        // An administrator without one of the privileges still finds what the others give.
        let users = if may_somewhere(Privilege::ManageUsers) {
            list_users(asked.clone()).await?
        } else {
            nothing()
        };
        let teams = if may_somewhere(Privilege::ManageTeams) {
            list_teams(asked.clone()).await?
        } else {
            nothing()
        };
        let roles = if may_somewhere(Privilege::ManageRoles) {
            list_roles(asked).await?
        } else {
            nothing()
        };
        let wanted = words.to_lowercase();
        let mut nodes = all_nodes().await?;
        nodes.retain(|node| {
            node.name.to_lowercase().contains(&wanted) || node.id.to_string() == wanted
        });
        Ok(Found {
            users,
            teams,
            roles,
            nodes,
        })
    };
    shown(Section::Elsewhere, finding, move |found| {
        let count = found.count();
        let (title, lead) = match (searched.is_empty(), count) {
            (true, _) => (
                "Search".to_owned(),
                "People, teams, roles and nodes, by a part of a name or address, or by a whole id."
                    .to_owned(),
            ),
            (false, 0) => (
                format!("Nothing found for “{searched}”"),
                "Searched people, teams, roles and nodes.".to_owned(),
            ),
            (false, _) => (
                format!("Search: {searched}"),
                format!("{}.", counted(count, "result", "results")),
            ),
        };
        let has_searched = !searched.is_empty();
        view! {
            <Page title=title.clone() section=Section::Elsewhere crumbs=vec![Crumb::here("Search")]>
                <PageHead title lead />
                <SearchAgain searched=searched.clone() />
                {has_searched.then(|| view! { <Results searched found /> })}
            </Page>
        }
    })
}

/// The words that were searched for, to be changed.
#[component]
fn SearchAgain(searched: String) -> impl IntoView {
    view! {
        <form class="filter" method="get" action="/search">
            <div class="search">
                <Icon name="search" />
                <input type="search" name="q" value=searched aria-label="Name, address or id" placeholder="Name, address or id" />
            </div>
            <Button>"Search"</Button>
        </form>
    }
}

/// What may not be asked for has no results.
fn nothing<T>() -> Listed<T> {
    Listed {
        rows: Vec::new(),
        total: 0,
        all: 0,
    }
}

#[component]
fn Results(searched: String, found: Found) -> impl IntoView {
    if found.count() == 0 {
        return view! { <EmptyState title="Nothing matches" words="Try a part of the name, the whole address, or an id as it stands in a log." /> }.into_any();
    }
    view! {
        <Users found=found.users searched=searched.clone() />
        <Teams found=found.teams searched=searched.clone() />
        <Roles found=found.roles searched />
        <Nodes nodes=found.nodes />
    }
    .into_any()
}

/// The link to the list that has all of them.
fn all(page: &str, searched: &str, total: i64) -> impl IntoView + use<> {
    let href = Query::of(page).with("q", searched);
    (total > SHOWN).then(|| view! { <a href=href.as_text()>{format!("All {}", figure(total))}</a> })
}

#[component]
fn Users(found: Listed<UserInList>, searched: String) -> impl IntoView {
    if found.rows.is_empty() {
        return ().into_any();
    }
    let total = found.total;
    let rows = found
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">
                        <Who name=row.label.clone() href=format!("/users/{}", row.id) second=row.login.clone() />
                    </th>
                    <td class="solo">
                        <State of=of_row(&row) />
                    </td>
                    <td class="brief">{row.node_name}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageSection id="users" title="Users" end=move || all("/users", &searched, total)>
            <List>
                <DataTable columns=vec![Column::named("User"), Column::named("State"), Column::named("Node")]>{rows}</DataTable>
            </List>
        </PageSection>
    }
    .into_any()
}

#[component]
fn Teams(found: Listed<TeamInList>, searched: String) -> impl IntoView {
    if found.rows.is_empty() {
        return ().into_any();
    }
    let total = found.total;
    let rows = found
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">
                        <a class="name" href=format!("/teams/{}", row.id)>
                            {row.name}
                        </a>
                    </th>
                    <td class="solo">
                        <State of=of_decision(row.state) />
                    </td>
                    <td class="brief">{row.node_name}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageSection id="teams" title="Teams" end=move || all("/teams", &searched, total)>
            <List>
                <DataTable columns=vec![Column::named("Team"), Column::named("State"), Column::named("Node")]>{rows}</DataTable>
            </List>
        </PageSection>
    }
    .into_any()
}

#[component]
fn Roles(found: Listed<RoleInList>, searched: String) -> impl IntoView {
    if found.rows.is_empty() {
        return ().into_any();
    }
    let total = found.total;
    let rows = found
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">
                        <a class="name" href=format!("/roles/{}", row.id)>
                            {row.name}
                        </a>
                    </th>
                    <td class="brief">{row.node_name}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageSection id="roles" title="Roles" end=move || all("/roles", &searched, total)>
            <List>
                <DataTable columns=vec![Column::named("Role"), Column::named("Node")]>{rows}</DataTable>
            </List>
        </PageSection>
    }
    .into_any()
}

#[component]
fn Nodes(nodes: Vec<NodeInTree>) -> impl IntoView {
    if nodes.is_empty() {
        return ().into_any();
    }
    let rows = nodes
        .into_iter()
        .map(|node| {
            view! {
                <tr>
                    <th scope="row">
                        <a class="name" href=format!("/nodes/{}", node.id)>
                            {node.name.clone()}
                        </a>
                    </th>
                    <td class="number" data-label="Users">
                        {counted_if(&node, Privilege::ManageUsers, node.users)}
                    </td>
                    <td class="number" data-label="Teams">
                        {counted_if(&node, Privilege::ManageTeams, node.teams)}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageSection id="nodes" title="Nodes">
            <List>
                <DataTable columns=vec![Column::named("Node"), Column::number("Users"), Column::number("Teams")]>{rows}</DataTable>
            </List>
        </PageSection>
    }
    .into_any()
}
