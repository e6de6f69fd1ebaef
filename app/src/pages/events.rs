//! What happened, for people to read: searched, narrowed to one kind, the newest first.

use crate::components::button::ButtonLink;
use crate::components::empty_state::EmptyState;
use crate::components::export::Export;
use crate::components::form::{Chip, Chips, Choice, Filter, Select, Width};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::table::ListFoot;
use crate::components::time::{ClockTime, day};
use crate::components::timeline::{Timeline, TimelineDay, TimelineEntry};
use crate::error::AppError;
use crate::pages::frame::{Ago, Page, asked_of, lead_of, part_of, shown};
use crate::pages::views::SavedViews;
use crate::visit::visit;
use crate::words::happened::{Part, Told, name, told_all};
use directory::model::event::{Code, Event};
use directory::model::query::{ListQuery, Listed};
use directory::model::saved_view::ListShown;
use leptos::prelude::*;

#[component]
pub fn EventsPage() -> impl IntoView {
    let here = Query::current();
    let asked = asked_of(&here);
    shown(Section::Events, list_events(asked.clone()), move |found| {
        let exported = here.clone();
        view! {
            <Page title="Events" section=Section::Events crumbs=vec![Crumb::here("Events")]>
                <PageHead title="Events" lead=lead_of(&found, "event", "events")>
                    <SavedViews of=ListShown::Events here=exported.clone() />
                    <Export list="events" here=exported />
                </PageHead>
                <div class="stack tight">
                    <EventFilter asked=asked.clone() />
                    <Chips chips=chips(&asked, &here) clear=here.plain() />
                </div>
                <EventList found asked here />
            </Page>
        }
    })
}

#[component]
fn EventFilter(asked: ListQuery) -> impl IntoView {
    let mut codes = vec![Choice::new("", "Any event")];
    codes.extend(
        Code::ALL
            .iter()
            .map(|code| Choice::new(code.as_str(), name(*code))),
    );
    view! {
        <Filter searched=Some(asked.q) label="Person, team, node or id">
            <Select
                choices=codes
                chosen=Some(asked.state)
                width=Width::Content
                attr:name="state"
                attr:aria-label="Kind of event"
            />
        </Filter>
    }
}

fn chips(asked: &ListQuery, here: &Query) -> Vec<Chip> {
    let searched = (!asked.q.is_empty()).then(|| Chip {
        what: "search".to_owned(),
        by: asked.q.clone(),
        without: here.without("q"),
    });
    let kind = Code::of(&asked.state).map(|code| Chip {
        what: "event".to_owned(),
        by: name(code),
        without: here.without("state"),
    });
    searched.into_iter().chain(kind).collect()
}

#[component]
fn EventList(found: Listed<Event>, asked: ListQuery, here: Query) -> impl IntoView {
    if found.rows.is_empty() {
        return view! {
            <EmptyState title="No event matches" words="Search for another name, or show every kind of event.">
                <ButtonLink href=here.plain()>"Show all events"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let part = part_of(&found, &asked, &here);
    view! {
        <EventDays events=found.rows />
        <ListFoot part />
    }
    .into_any()
}

/// Events under the day they happened on, each with its hour.
#[component]
pub fn EventDays(events: Vec<Event>) -> impl IntoView {
    let now = visit().now.0;
    let mut last = String::new();
    let entries = told_all(&events)
        .into_iter()
        .map(|(at, told)| {
            let today = day(at.0, now);
            let heading = (today != last).then(|| view! { <TimelineDay words=today.clone() /> });
            last = today;
            view! {
                {heading}
                <EventEntry told when=ViewFn::from(move || view! { <ClockTime at=at.0 /> " UTC" }) />
            }
        })
        .collect_view();
    view! { <Timeline>{entries}</Timeline> }
}

/// Events, each with how long ago it was.
#[component]
pub fn EventTimeline(events: Vec<Event>) -> impl IntoView {
    let entries = told_all(&events)
        .into_iter()
        .map(|(at, told)| view! { <EventEntry told when=ViewFn::from(move || view! { <Ago at /> }) /> })
        .collect_view();
    view! { <Timeline>{entries}</Timeline> }
}

#[component]
fn EventEntry(told: Told, when: ViewFn) -> impl IntoView {
    let sentence = told
        .parts
        .into_iter()
        .map(|part| match part {
            Part::Words(words) => words.into_any(),
            Part::Link(words, href) => view! { <a href=href.as_text()>{words}</a> }.into_any(),
        })
        .collect_view();
    view! {
        <TimelineEntry sign=told.sign when>
            {sentence}
        </TimelineEntry>
    }
}

#[server(endpoint = "events/list")]
pub async fn list_events(asked: ListQuery) -> Result<Listed<Event>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::events::list(&db, &admin, &asked).await?)
}
