//! Teams: searched, filtered by state and node, sorted.

use crate::components::badge::{Provenance, Source, Standing, State};
use crate::components::button::ButtonLink;
use crate::components::empty_state::{EmptyState, Way};
use crate::components::form::{Chips, Choice, Filter, Select, Width};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::{Href, Query};
use crate::components::table::{Column, DataTable, List, ListFoot};
use crate::components::tabs::{Tab, Tabs};
use crate::error::AppError;
use crate::pages::frame::{Ago, Page, asked_of, lead_of, node_choices, part_of, shown};
use crate::pages::nodes::all_nodes;
use crate::pages::users::chips;
use crate::pages::views::SavedViews;
use crate::words::{figure, of_decision};
use directory::model::node::NodeInTree;
use directory::model::query::{ListQuery, Listed};
use directory::model::saved_view::ListShown;
use directory::model::team::{Decision, TeamInList};
use leptos::prelude::*;

/// What the list of teams was asked for, and what was found.
#[derive(Clone)]
struct Found {
    here: Query,
    asked: ListQuery,
    teams: Listed<TeamInList>,
    nodes: Vec<NodeInTree>,
}

#[component]
pub fn TeamsPage() -> impl IntoView {
    let here = Query::current();
    let asked = asked_of(&here);
    let finding = async move {
        Ok(Found {
            teams: list_teams(asked.clone()).await?,
            nodes: all_nodes().await?,
            asked,
            here,
        })
    };
    shown(Section::Teams, finding, |found| {
        let is_empty = found.teams.all == 0;
        let here = found.here.clone();
        let lead = if is_empty {
            "No team yet.".to_owned()
        } else {
            lead_of(&found.teams, "team", "teams")
        };
        view! {
            <Page title="Teams" section=Section::Teams crumbs=vec![Crumb::here("Teams")]>
                <PageHead title="Teams" lead>
                    {(!is_empty).then(|| view! { <SavedViews of=ListShown::Teams here /> })}
                </PageHead>
                {if is_empty { view! { <NoTeam /> }.into_any() } else { view! { <TeamList found /> }.into_any() }}
            </Page>
        }
    })
}

#[component]
fn NoTeam() -> impl IntoView {
    let ways = vec![
        Way {
            icon: "connections",
            title: "Push a group".to_owned(),
            words: "In the identity provider, push a group to a connection. It arrives here as a pending team.".to_owned(),
            act: "Show connections".to_owned(),
            href: Href::internal("/connections"),
        },
        Way {
            icon: "approvals",
            title: "Approve it".to_owned(),
            words: "You decide about each team, or about all of them with Full Sync. Then its members can join.".to_owned(),
            act: "Review approvals".to_owned(),
            href: Href::internal("/approvals"),
        },
    ];
    view! {
        <EmptyState
            title="No team has been pushed"
            words="Teams are groups of users. An identity provider pushes them; nobody is a member before an administrator approved it."
            ways
        />
    }
}

#[component]
fn TeamList(found: Found) -> impl IntoView {
    let Found {
        here,
        asked,
        teams,
        nodes,
    } = found;
    let part = part_of(&teams, &asked, &here);
    let chips = chips(&asked, &here, &nodes);
    let is_empty = teams.rows.is_empty();
    view! {
        <div class="stack tight">
            <Tabs tabs=tabs(&asked, &here) label="State" />
            <TeamFilter asked nodes />
            <Chips chips clear=here.plain() />
        </div>
        {if is_empty {
            view! {
                <EmptyState title="No team matches" words="Search for a part of a name, or show every team.">
                    <ButtonLink href=here.plain()>"Show all teams"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <List>
                    <TeamTable rows=teams.rows here />
                    <ListFoot part />
                </List>
            }
            .into_any()
        }}
    }
}

fn tabs(asked: &ListQuery, here: &Query) -> Vec<Tab> {
    let tab = |decision: Decision| {
        let of: Standing = of_decision(decision);
        Tab::of(of, here.with("state", decision.as_str()))
            .shown_if(asked.state == decision.as_str())
    };
    vec![
        Tab::new("All", here.without("state")).shown_if(asked.state.is_empty()),
        tab(Decision::Approved),
        tab(Decision::Pending),
        tab(Decision::Denied),
    ]
}

#[component]
fn TeamFilter(asked: ListQuery, nodes: Vec<NodeInTree>) -> impl IntoView {
    let mut choices = vec![Choice::new("", "Any node")];
    choices.extend(node_choices(&nodes));
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
fn TeamTable(rows: Vec<TeamInList>, here: Query) -> impl IntoView {
    let columns = vec![
        Column::named("Team").sorted_by("name"),
        Column::named("State").sorted_by("status"),
        Column::named("Node").sorted_by("node"),
        Column::number("Members").sorted_by("members"),
        Column::number("Pending"),
        Column::named("Kept by"),
        Column::number("Added").sorted_by("created"),
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
fn Row(row: TeamInList) -> impl IntoView {
    let next = (row.state == Decision::Pending).then(|| "waits for an approval".to_owned());
    let from = row.kept_by.map_or(Source::Here, Source::Idp);
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/teams/{}", row.id)>
                    {row.name}
                </a>
            </th>
            <td class="solo">
                <State of=of_decision(row.state) next />
            </td>
            <td class="brief">{row.node_name}</td>
            <td class="number" data-label="Members">
                <Number of=row.members />
            </td>
            <td class="number" data-label="Pending">
                <Number of=row.pending />
            </td>
            <td class="wide">
                <Provenance from />
            </td>
            <td class="number" data-label="Added">
                <Ago at=row.created_at />
            </td>
        </tr>
    }
}

/// A number; a zero hardly shows.
#[component]
fn Number(of: i64) -> impl IntoView {
    if of == 0 {
        return view! { <span class="none">"0"</span> }.into_any();
    }
    figure(of).into_any()
}

#[server(endpoint = "teams/list")]
pub async fn list_teams(asked: ListQuery) -> Result<Listed<TeamInList>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::teams::list(&db, &admin, &asked).await?)
}
