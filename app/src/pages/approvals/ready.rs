//! What can be approved now: pending teams, and the memberships of approved ones, by team.

use super::{ApproveTeam, DenyTeam};
use crate::components::badge::{Provenance, Source};
use crate::components::button::{Button, Kind, Size};
use crate::components::layout::PageSection;
use crate::components::table::{Column, DataTable, List};
use crate::pages::frame::Ago;
use crate::words::{counted, first_of};
use directory::model::id::TeamId;
use directory::model::membership::{Membership, Synced};
use directory::model::team::PendingTeam;
use directory::model::timestamp::Timestamp;
use leptos::prelude::*;
use server_fn::ServerFn;

/// How many names a row shows.
const NAMES: usize = 3;

/// What was asked for about one team.
struct AskedFor {
    team: TeamId,
    name: String,
    about: String,
    kind: Kinds,
    people: Vec<String>,
    by: Option<String>,
    since: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kinds {
    TeamToo,
    MembershipsAlone,
}

#[component]
pub fn Ready(
    teams: Vec<PendingTeam>,
    memberships: Vec<Membership>,
    synced: Synced,
) -> impl IntoView {
    let mut asked: Vec<AskedFor> = teams.into_iter().map(of_team).collect();
    asked.extend(by_team(memberships));
    if asked.is_empty() {
        return ().into_any();
    }
    let lead = format!(
        "{}, {}",
        counted(synced.teams, "team", "teams"),
        counted(synced.memberships, "membership", "memberships")
    );
    let columns = vec![
        Column::named("Team"),
        Column::named("Asked for"),
        Column::named("By"),
        Column::number("Since"),
        Column::act(),
    ];
    let rows = asked
        .into_iter()
        .map(|asked| view! { <Row asked /> })
        .collect_view();
    view! {
        <PageSection id="ready" title="Can be approved now" lead>
            <List>
                <DataTable columns>{rows}</DataTable>
            </List>
        </PageSection>
    }
    .into_any()
}

fn of_team(pending: PendingTeam) -> AskedFor {
    AskedFor {
        team: pending.team.id,
        name: pending.team.name,
        about: format!("{}, new team", pending.team.node_name),
        kind: Kinds::TeamToo,
        people: pending
            .ready
            .into_iter()
            .map(|one| one.user_label)
            .collect(),
        by: pending.team.kept_by,
        since: pending.team.created_at,
    }
}

/// Memberships of approved teams, put together where they follow each other: they come in the order of the teams.
fn by_team(memberships: Vec<Membership>) -> Vec<AskedFor> {
    let mut asked: Vec<AskedFor> = Vec::new();
    for one in memberships {
        match asked.last_mut() {
            Some(last) if last.team == one.team_id => {
                last.since = last.since.min(one.requested_at);
                last.people.push(one.user_label);
            }
            _ => asked.push(AskedFor {
                team: one.team_id,
                name: one.team_name,
                about: "approved team".to_owned(),
                kind: Kinds::MembershipsAlone,
                people: vec![one.user_label],
                by: one.asked_by,
                since: one.requested_at,
            }),
        }
    }
    asked
}

#[component]
fn Row(asked: AskedFor) -> impl IntoView {
    let count = i64::try_from(asked.people.len()).unwrap_or_default();
    let memberships = counted(count, "membership", "memberships");
    let (what, names) = match (asked.kind, count) {
        (Kinds::TeamToo, 0) => (
            "The team, no membership yet".to_owned(),
            "An empty team can be approved".to_owned(),
        ),
        (Kinds::TeamToo, _) => (
            format!("The team and {memberships}"),
            first_of(&asked.people, NAMES),
        ),
        (Kinds::MembershipsAlone, _) => (memberships, first_of(&asked.people, NAMES)),
    };
    let from = asked.by.map_or(Source::Here, Source::Idp);
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/teams/{}", asked.team)>
                    {asked.name.clone()}
                </a>
                <span class="sub">{asked.about}</span>
            </th>
            <td data-label="Asked for">
                <span>{what} <span class="sub">{names}</span></span>
            </td>
            <td data-label="By">
                <Provenance from />
            </td>
            <td class="number" data-label="Since">
                <Ago at=asked.since />
            </td>
            <td class="act">
                <Decide team=asked.team name=asked.name kind=asked.kind />
            </td>
        </tr>
    }
}

#[component]
fn Decide(team: TeamId, name: String, kind: Kinds) -> impl IntoView {
    let id = team.to_string();
    let deny = id.clone();
    view! {
        <div class="buttons">
            {(kind == Kinds::TeamToo)
                .then(|| {
                    view! {
                        <form method="post" action=DenyTeam::url()>
                            <input type="hidden" name="team" value=deny />
                            <input type="hidden" name="from" value="/approvals" />
                            <Button kind=Kind::Quiet size=Size::Small attr:aria-label=format!("Deny {name}")>
                                "Deny"
                            </Button>
                        </form>
                    }
                })}
            <form method="post" action=ApproveTeam::url()>
                <input type="hidden" name="team" value=id />
                <input type="hidden" name="from" value="/approvals" />
                <Button size=Size::Small attr:aria-label=format!("Approve {name}")>
                    "Approve"
                </Button>
            </form>
        </div>
    }
}
