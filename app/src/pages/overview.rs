//! The organisation at a glance: who is in which state, what waits for a decision, how the connections do.

mod connections;
mod decisions;
mod first_steps;

use crate::components::badge::{self, Standing, Tone};
use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::icon::Glyph;
use crate::components::layout::{PageHead, PageSection, Section};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::roll::Roll;
use crate::components::time::clock;
use crate::error::AppError;
use crate::pages::approvals::FullSync;
use crate::pages::connection::OpenStorms;
use crate::pages::events::EventTimeline;
use crate::pages::frame::{Page, may_somewhere, shown};
use crate::visit::visit;
use crate::words::{counted, figure, number, sentence, waiting_in_short};
pub use connections::answers;

use connections::ConnectionsAtWork;
use decisions::{Decisions, Question, open_questions};
use directory::model::event::Event;
use directory::model::membership::Synced;
use directory::model::overview::{FirstSteps, Overview};
use directory::model::role::Privilege;
use directory::model::user::StatusCounts;
use first_steps::FirstStepsPanel;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn OverviewPage() -> impl IntoView {
    shown(Section::Overview, read_overview(), |found| {
        let sees_users = may_somewhere(Privilege::ManageUsers);
        let has_connections = !found.connections.is_empty();
        let questions = open_questions(&found.connections);
        view! {
            <Page title="Overview" section=Section::Overview crumbs=Vec::new()>
                <PageHead title=found.organisation.clone() lead=lead(&found)>
                    {sees_users
                        .then(|| {
                            view! {
                                <ButtonLink href="/users/new" icon="plus">
                                    "Add user"
                                </ButtonLink>
                            }
                        })}
                </PageHead>
                <OpenStorms storms=found.storms />
                <ToApprove synced=found.approvals />
                {sees_users.then(|| view! { <People counts=found.counts /> })}
                {has_connections.then(|| view! { <ConnectionsAtWork connections=found.connections /> })}
                <ToDoAndDone steps=found.steps questions events=found.events />
            </Page>
        }
    })
}

/// What is left to do beside what happened; without anything to do the events alone.
#[component]
fn ToDoAndDone(steps: FirstSteps, questions: Vec<Question>, events: Vec<Event>) -> impl IntoView {
    // The first steps are of whoever may take every one of them.
    let takes_steps = [
        Privilege::ManageNodes,
        Privilege::ManageConnections,
        Privilege::ManageUsers,
        Privilege::ManageTeams,
    ]
    .into_iter()
    .all(may_somewhere);
    let reads = may_somewhere(Privilege::ReadEvents);
    let (has_steps, has_questions) = (takes_steps && !steps.are_done(), !questions.is_empty());
    let class = if has_steps || has_questions {
        "columns even"
    } else {
        "stack"
    };
    let to_do = (has_steps || has_questions).then(|| {
        view! {
            <div class="stack">
                {has_steps.then(|| view! { <FirstStepsPanel steps /> })}
                {has_questions.then(|| view! { <Decisions questions /> })}
            </div>
        }
    });
    view! {
        <div class=class>
            {to_do}
            {reads
                .then(|| {
                    view! {
                        <PageSection id="events" title="Events" end=|| view! { <a href="/events">"All events"</a> }>
                            <EventTimeline events />
                        </PageSection>
                    }
                })}
        </div>
    }
}

fn lead(found: &Overview) -> String {
    let nodes = counted(found.nodes, "node", "nodes");
    if !may_somewhere(Privilege::ManageUsers) {
        return format!("{nodes}. As of {} UTC.", clock(visit().now.0));
    }
    let users = counted(found.counts.all, "user", "users");
    let kept = match found.kept {
        0 => String::new(),
        kept => format!(", {} of them kept by connections", figure(kept)),
    };
    format!(
        "{users} in {nodes}{kept}. As of {} UTC.",
        clock(visit().now.0)
    )
}

/// What can be decided now, with the button that decides it.
#[component]
fn ToApprove(synced: Synced) -> impl IntoView {
    let ready = synced.teams + synced.memberships;
    let waiting = synced.still_waiting();
    if ready == 0 && waiting == 0 {
        return ().into_any();
    }
    let why = waiting_in_short(&synced);
    let rest = (waiting > 0).then(|| {
        format!(
            "{} still waiting: {why}.",
            counted(waiting, "membership is", "memberships are")
        )
    });
    if ready == 0 {
        let words = sentence(&format!(
            "{why}. Each moves up by itself when that changes."
        ));
        let title = format!(
            "{} not ready yet",
            counted(waiting, "membership is", "memberships are")
        );
        return view! {
            <Notice sign=NoticeSign::WAIT title buttons=|| view! { <ButtonLink href="/approvals">"Review approvals"</ButtonLink> }>
                <p>{words}</p>
            </Notice>
        }
        .into_any();
    }
    let title = if ready == 1 {
        "1 approval can be given now".to_owned()
    } else {
        format!("{} approvals can be given now", figure(ready))
    };
    let words = format!("{}.", what_is_ready(&synced));
    view! {
        <Notice sign=NoticeSign::Todo("approvals") title buttons=review_or_sync>
            <p>{words} " " {rest}</p>
        </Notice>
    }
    .into_any()
}

fn what_is_ready(synced: &Synced) -> String {
    let teams = counted(synced.teams, "team", "teams");
    let memberships = counted(synced.memberships, "membership", "memberships");
    match (synced.teams, synced.memberships) {
        (_, 0) => teams,
        (0, _) => memberships,
        _ => format!("{teams} and {memberships}"),
    }
}

fn review_or_sync() -> impl IntoView {
    view! {
        <ButtonLink href="/approvals">"Review approvals"</ButtonLink>
        <form method="post" action=FullSync::url()>
            <Button kind=Kind::Primary icon="sync">
                "Run Full Sync"
            </Button>
        </form>
    }
}

/// Everyone in line, and how many are in which state.
#[component]
fn People(counts: StatusCounts) -> impl IntoView {
    let mut shown = vec![
        (
            badge::ACTIVE,
            counts.active,
            "?state=active",
            "signed in at least once",
        ),
        (
            badge::INVITED,
            counts.invited,
            "?state=invited",
            "have not signed in yet",
        ),
        (
            badge::LOCKED,
            counts.locked,
            "?state=locked",
            "by an administrator",
        ),
        (
            badge::LOCKED_BY_IDP,
            counts.locked_by_idp,
            "?state=locked_by_idp",
            "by an identity provider",
        ),
    ];
    // Only where a role asks for a consent.
    if counts.pending > 0 {
        let words = "must accept a transfer";
        shown.insert(2, (badge::PENDING, counts.pending, "?state=pending", words));
    }
    let label = shown
        .iter()
        .map(|(of, count, ..)| format!("{} {}", figure(*count), of.word.to_lowercase()))
        .collect::<Vec<_>>()
        .join(", ");
    let ticks: Vec<(Tone, u64)> = shown
        .iter()
        .map(|(of, count, ..)| (of.tone, number(*count)))
        .collect();
    let lead = match counts.all {
        0 => "Nobody here yet.".to_owned(),
        1 => "One person so far.".to_owned(),
        all => format!("The line stands for all {}.", figure(all)),
    };
    view! {
        <PageSection id="people" title="Users" lead end=|| view! { <a href="/users">"All users"</a> }>
            <div class="stack tight">
                <Roll counts=ticks label />
                <nav class="legend" aria-label="Users by state">
                    {shown.into_iter().map(|(of, count, state, small)| view! { <Figure of count state small /> }).collect_view()}
                </nav>
            </div>
        </PageSection>
    }
}

#[component]
fn Figure(of: Standing, count: i64, state: &'static str, small: &'static str) -> impl IntoView {
    view! {
        <a href=format!("/users{state}")>
            <span class="state" data-tone=of.tone.name()>
                <Glyph name=of.glyph />
                {of.word}
            </span>
            <span class="value">{figure(count)}</span>
            <small>{small}</small>
        </a>
    }
}

#[server(endpoint = "overview")]
pub async fn read_overview() -> Result<Overview, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::overview::overview(&db, &admin).await?)
}
