//! How a connection is doing right now: asked every two seconds, so that the page turns to *Connected* by itself.

use super::live_connection;
use super::log::latest_requests;
use super::requests::{RowLine, address, tone};
use crate::components::badge::{State, StateChip};
use crate::components::checklist::{ListedStep, StepState, Steps};
use crate::components::empty_state::EmptyState;
use crate::components::panel::{Panel, PanelBody};
use crate::components::roll::{RequestRoll, RollWidth};
use crate::components::time::relative;
use crate::pages::overview::answers;
use crate::words::of_live;
use directory::model::connection::{ConnectionState, Live};
use directory::model::id::NodeId;
use directory::model::request::{LogQuery, Request};
use directory::model::timestamp::Timestamp;
use leptos::prelude::*;
use std::cell::Cell;
use std::time::Duration;
use web_sys::js_sys::Date;

/// How often the panel asks.
const EACH: Duration = Duration::from_secs(2);

thread_local! {
    /// What was asked for last and when, for every island of the page. Written in the browser alone.
    static LATEST: ArcRwSignal<Option<(Live, Timestamp)>> = ArcRwSignal::new(None);
    /// Whether an island of the page asks already: one is enough.
    static ASKS: Cell<bool> = const { Cell::new(false) };
}

/// What was asked for last, or what the page was made with.
fn latest(start: &Live) -> Live {
    LATEST
        .with(ArcRwSignal::get)
        .map_or_else(|| start.clone(), |(live, _)| live)
}

/// When it was asked for, or when the page was made.
fn asked_at(made: Timestamp) -> Timestamp {
    LATEST.with(ArcRwSignal::get).map_or(made, |(_, at)| at)
}

/// Keeps [`latest`] up to date as long as the page is open.
fn keep_asking(node: NodeId) {
    Effect::new(move || {
        if !ASKS.replace(true) {
            // The page keeps its islands until it is left, and the timer ends with it.
            set_interval(move || ask(node), EACH);
        }
    });
}

/// How far the set-up has come without the identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Milestones {
    /// The address can be copied.
    AddressKnown,
    /// A token was made too.
    TokenGenerated,
}

/// Which connection it is, and how far its set-up has come.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    pub node: NodeId,
    pub name: String,
    pub milestones: Milestones,
}

/// The state of a connection beside its title.
#[island]
pub fn LiveChip(start: Live) -> impl IntoView {
    move || view! { <StateChip of=of_live(latest(&start).state) /> }
}

/// What stands where the log of requests will be, until the first one comes.
#[island]
pub fn NoRequestYet(node: NodeId, start: Live) -> impl IntoView {
    keep_asking(node);
    move || {
        let news = came(&start);
        let (title, words) = match news {
            News::None => (
                "No request came yet",
                "Start the connection test in your identity provider. Each request is noted here with its answer, and with what to do where it was refused.",
            ),
            News::Requests => (
                "The first request came",
                "Each is noted with its answer, and with what to do where it was refused.",
            ),
        };
        view! {
            <EmptyState title words>
                {(news == News::Requests).then(|| view! { <ShowRequests node /> })}
            </EmptyState>
        }
    }
}

/// The way to the requests that came meanwhile.
#[component]
fn ShowRequests(node: NodeId) -> impl IntoView {
    view! { <a href=format!("/nodes/{node}/connection/requests")>"Show the new requests"</a> }
}

/// The requests that came since the page of the log was made, above the others.
#[island]
pub fn LiveRequests(
    node: NodeId,
    asked: LogQuery,
    /// Those that the page shows already.
    known: Vec<String>,
    /// The newest when the page was made, whatever was asked for.
    newest: String,
) -> impl IntoView {
    let came = RwSignal::new(Vec::<Request>::new());
    Effect::new(move || {
        let (asked, known, newest) = (asked.clone(), known.clone(), newest.clone());
        let look = move || look(node, asked.clone(), known.clone(), newest.clone(), came);
        if let Ok(timer) = set_interval_with_handle(look, EACH) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <p class="live needs-script" role="status">
            <i></i>
            {move || match came.get().len() {
                0 => "Live: new requests appear here.".to_owned(),
                1 => "1 new request.".to_owned(),
                count => format!("{count} new requests."),
            }}
        </p>
        <noscript>
            <p class="muted">
                <a href="">"Look for new requests"</a>
            </p>
        </noscript>
        <div class="requests fresh">
            <For each=move || came.get() key=|request| request.id.clone() let:request>
                <LiveRow node request />
            </For>
        </div>
    }
}

/// A request that came a moment ago: its page says the rest.
#[component]
fn LiveRow(node: NodeId, request: Request) -> impl IntoView {
    let (tone, glyph) = tone(&request);
    let page = address(node, &request.id);
    view! {
        <a class="request" data-tone=tone href=page>
            <span class="summary">
                <RowLine request glyph />
            </span>
        </a>
    }
}

/// Asks for the latest requests, and keeps those that are new.
fn look(
    node: NodeId,
    asked: LogQuery,
    known: Vec<String>,
    newest: String,
    came: RwSignal<Vec<Request>>,
) {
    if document().hidden() {
        return;
    }
    leptos::task::spawn_local(async move {
        // The next question comes by itself; until then the page says what it knew.
        if let Ok(mut latest) = latest_requests(node, asked).await {
            latest.retain(|request| request.id > newest && !known.contains(&request.id));
            if latest
                .iter()
                .map(|one| &one.id)
                .ne(came.get_untracked().iter().map(|one| &one.id))
            {
                came.set(latest);
            }
        }
    });
}

/// The state of a connection, its last requests, and the steps until it is connected.
#[island]
pub fn LivePanel(progress: Progress, start: Live, now: Timestamp) -> impl IntoView {
    let node = progress.node;
    keep_asking(node);
    let is_set_up = matches!(
        start.state,
        ConnectionState::Active | ConnectionState::Paused
    );
    let (name, milestones, at_first) = (progress.name, progress.milestones, start.clone());
    view! {
        <Panel id="live" title="Live">
            <PanelBody>
                {move || view! { <Now node name=name.clone() live=latest(&start) clock=asked_at(now).0 came=came(&start) /> }}
            </PanelBody>
            {(!is_set_up).then_some(move || view! { <SetUpSteps reached=reached(milestones, latest(&at_first).state) /> })}
        </Panel>
    }
}

/// Whether requests came after the page was made.
fn came(start: &Live) -> News {
    if latest(start).recent.first() == start.recent.first() {
        News::None
    } else {
        News::Requests
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    None,
    Requests,
}

fn ask(node: NodeId) {
    if document().hidden() {
        return;
    }
    leptos::task::spawn_local(async move {
        // The next question comes by itself; until then the page says what it knew.
        if let Ok(live) = live_connection(node).await {
            // Milliseconds since 1970 have no fraction worth keeping.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "milliseconds since 1970 fit"
            )]
            let now = Timestamp(Date::now() as i64);
            LATEST.with(|latest| latest.set(Some((live, now))));
        }
    });
}

#[component]
fn Now(node: NodeId, name: String, live: Live, clock: i64, came: News) -> impl IntoView {
    let words = match live.state {
        ConnectionState::Draft => {
            "Not saved yet: a test from your identity provider will fail.".to_owned()
        }
        ConnectionState::Inactive => format!(
            "Saved. Test it from {name} now: this page turns to Connected with the first request."
        ),
        ConnectionState::Active => match live.last_request_at {
            Some(at) => format!("The last request came {}.", relative(at.0, clock)),
            None => "Ready.".to_owned(),
        },
        ConnectionState::Paused => "Paused: requests may read and lock, nothing else.".to_owned(),
    };
    let agent = live
        .last_agent
        .clone()
        .filter(|_| live.state == ConnectionState::Active);
    let roll = answers(&live);
    view! {
        <p role="status">
            <State of=of_live(live.state) next=words />
        </p>
        <RequestRoll answers=roll width=RollWidth::Full />
        {agent.map(|agent| view! { <p class="muted">"It calls itself " <code>{agent}</code> "."</p> })}
        {(came == News::Requests).then(|| view! { <p><ShowRequests node /></p> })}
    }
}

/// The steps of the set-up, until the first request has come.
#[component]
fn SetUpSteps(reached: u8) -> impl IntoView {
    let titles = [
        "Copy the SCIM base URL",
        "Generate a token and copy it",
        "Save the connection",
        "Test it from the identity provider",
    ];
    let steps = (1..)
        .zip(titles)
        .map(|(number, title)| {
            let state = match number {
                number if number < reached => StepState::Done,
                number if number == reached => StepState::Now(number),
                number => StepState::Later(number),
            };
            view! { <ListedStep state title /> }
        })
        .collect_view();
    view! { <Steps>{steps}</Steps> }
}

/// The number of the step to take now; one more than there are when all are taken.
fn reached(milestones: Milestones, state: ConnectionState) -> u8 {
    match (state, milestones) {
        (ConnectionState::Draft, Milestones::AddressKnown) => 1,
        (ConnectionState::Draft, Milestones::TokenGenerated) => 3,
        (ConnectionState::Inactive, _) => 4,
        (ConnectionState::Active | ConnectionState::Paused, _) => 5,
    }
}
