//! The log of a connection: filtered, searched, paged by the order of arrival; live while it is open.

use super::live::{LiveRequests, NoRequestYet};
use super::requests::RequestRows;
use super::{Head, Sections, live_connection, one_connection};
use crate::components::button::ButtonLink;
use crate::components::empty_state::EmptyState;
use crate::components::form::{Chip, Chips, Choice, Filter, Select, Width};
use crate::components::layout::{Crumb, PageSection, Section};
use crate::components::link::Query;
use crate::components::table::WayFoot;
use crate::error::AppError;
use crate::pages::frame::{Ago, Page, crumbs_of, node_of_path, shown};
use crate::words::counted;
use crate::words::requests::client_choice;
use directory::model::connection::{ConnectionDetail, Live};
use directory::model::id::NodeId;
use directory::model::request::{Client, LogPage, LogQuery, Request};
use leptos::prelude::*;

/// The outcomes one can choose, with their words.
const OUTCOMES: [(&str, &str); 4] = [
    ("refused", "Refused"),
    ("answered", "Answered"),
    ("changed", "Changed something"),
    ("unchanged", "Asserted once more"),
];
/// The kinds one can choose, with their words.
const KINDS: [(&str, &str); 5] = [
    ("writes", "Changes"),
    ("reads", "Reads"),
    ("people", "About people"),
    ("groups", "About groups"),
    ("setup", "About the service"),
];

/// What the page shows: the connection, how it does, a page of its log, and the clients to choose from.
type Shown = (ConnectionDetail, Live, LogPage, Vec<Client>);

#[component]
pub fn RequestsPage() -> impl IntoView {
    let node = node_of_path();
    let here = Query::current();
    let asked = asked_of(&here);
    let query = asked.clone();
    let found = async move {
        let detail = one_connection(node).await?;
        let live = live_connection(node).await?;
        let page = list_requests(node, query).await?;
        Ok((detail, live, page, request_clients(node).await?))
    };
    shown(Section::Connections, found, move |found: Shown| {
        let (detail, live, page, clients) = found;
        let name = detail.connection.name.clone();
        let mut crumbs = crumbs_of(&detail.path);
        crumbs.push(Crumb::above(
            name.clone(),
            format!("/nodes/{node}/connection"),
        ));
        crumbs.push(Crumb::here("Requests"));
        let lead = format!(
            "Every request of the last {} with its answer, masked where it holds a secret.",
            counted(page.days, "day", "days")
        );
        view! {
            <Page title=format!("Requests of {name}") section=Section::Connections crumbs>
                <Head detail=detail.clone() live=live.clone() />
                <Sections detail shown="requests" />
                <PageSection id="requests" title="Requests" lead>
                    <div class="stack tight">
                        <LogFilter asked=asked.clone() clients />
                        <Chips chips=chips(&asked, &page, &here) clear=here.plain() />
                    </div>
                    <Found node name live page asked here />
                </PageSection>
            </Page>
        }
    })
}

#[component]
fn LogFilter(asked: LogQuery, clients: Vec<Client>) -> impl IntoView {
    let choices = |any: &str, known: &[(&str, &str)]| {
        let mut choices = vec![Choice::new("", any)];
        choices.extend(
            known
                .iter()
                .map(|(value, words)| Choice::new(*value, *words)),
        );
        choices
    };
    let named: Vec<_> = clients
        .iter()
        .map(|client| (client.as_str(), client_choice(*client)))
        .collect();
    let about = (!asked.about.is_empty())
        .then(|| view! { <input type="hidden" name="about" value=asked.about.clone() /> });
    view! {
        <Filter searched=Some(asked.q) label="Name, address, path or id">
            {about}
            <Select
                choices=choices("Any outcome", &OUTCOMES)
                chosen=Some(asked.outcome)
                width=Width::Content
                attr:name="outcome"
                attr:aria-label="Outcome"
            />
            <Select
                choices=choices("Any kind", &KINDS)
                chosen=Some(asked.kind)
                width=Width::Content
                attr:name="kind"
                attr:aria-label="Kind"
            />
            <Select
                choices=choices("Any client", &named)
                chosen=Some(asked.client)
                width=Width::Content
                attr:name="client"
                attr:aria-label="Client"
            />
        </Filter>
    }
}

fn chips(asked: &LogQuery, page: &LogPage, here: &Query) -> Vec<Chip> {
    let worded = |known: &[(&str, &str)], value: &str| {
        let found = known.iter().find(|(word, _)| *word == value);
        found.map_or_else(|| value.to_owned(), |(_, words)| (*words).to_owned())
    };
    let client = Client::of(&asked.client)
        .map_or("", client_choice)
        .to_owned();
    let about = page
        .about
        .as_ref()
        .map_or_else(|| asked.about.clone(), |about| about.name.clone());
    [
        ("search", "q", &asked.q, asked.q.clone()),
        (
            "outcome",
            "outcome",
            &asked.outcome,
            worded(&OUTCOMES, &asked.outcome),
        ),
        ("kind", "kind", &asked.kind, worded(&KINDS, &asked.kind)),
        ("client", "client", &asked.client, client),
        ("about", "about", &asked.about, about),
    ]
    .into_iter()
    .filter(|(_, _, value, _)| !value.is_empty())
    .map(|(what, key, _, by)| Chip {
        what: what.to_owned(),
        by,
        without: here.without(key),
    })
    .collect()
}

#[component]
fn Found(
    node: NodeId,
    name: String,
    live: Live,
    page: LogPage,
    asked: LogQuery,
    here: Query,
) -> impl IntoView {
    let is_first = asked.before.is_empty() && asked.after.is_empty();
    if page.newest.is_none() {
        return view! { <NoRequestYet node start=live /> }.into_any();
    }
    let known = page.rows.iter().map(|request| request.id.clone()).collect();
    let live_rows = is_first.then(|| {
        let asked = asked.clone();
        view! { <LiveRequests node asked known newest=page.newest.clone().unwrap_or_default() /> }
    });
    let rows = if page.rows.is_empty() {
        view! { <NothingMatches here=here.clone() /> }.into_any()
    } else {
        view! { <RequestRows node connection=name requests=page.rows.clone() /> }.into_any()
    };
    view! {
        {live_rows}
        {rows}
        <LogFoot page here />
    }
    .into_any()
}

#[component]
fn NothingMatches(here: Query) -> impl IntoView {
    view! {
        <EmptyState
            title="No request matches"
            words="Search for another name or a part of the path, or show every request. A person is found by what was said about them: open their page, and follow the link below What was said lately."
        >
            <ButtonLink href=here.plain()>"Show all requests"</ButtonLink>
        </EmptyState>
    }
}

#[component]
fn LogFoot(page: LogPage, here: Query) -> impl IntoView {
    let newer = page.newer.map(|id| here.place("after", id));
    let older = page.older.map(|id| here.place("before", id));
    let words = counted(
        i64::try_from(page.rows.len()).unwrap_or_default(),
        "request",
        "requests",
    );
    view! {
        <WayFoot previous=("Newer", newer) next=("Older", older)>
            {words}
            {page.searched_to.map(|at| view! { ", searched back to " <Ago at /> })}
        </WayFoot>
    }
}

fn asked_of(here: &Query) -> LogQuery {
    let value = |key| here.value(key).unwrap_or_default();
    LogQuery {
        q: value("q"),
        outcome: value("outcome"),
        client: value("client"),
        kind: value("kind"),
        about: value("about"),
        before: value("before"),
        after: value("after"),
    }
}

#[server(endpoint = "requests/list")]
pub async fn list_requests(node: NodeId, asked: LogQuery) -> Result<LogPage, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::requests::list(&db, &admin, node, &asked).await?)
}

#[server(endpoint = "requests/clients")]
pub async fn request_clients(node: NodeId) -> Result<Vec<Client>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::requests::clients(&db, &admin, node).await?)
}

#[server(endpoint = "requests/latest")]
pub async fn latest_requests(node: NodeId, asked: LogQuery) -> Result<Vec<Request>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::requests::list(&db, &admin, node, &asked)
        .await?
        .rows)
}
