//! Requests as rows: each opens to say what happened, why, and what to do.

use super::live::NoRequestYet;
use crate::components::icon::{Glyph, Icon};
use crate::components::time::{ClockSeconds, day};
use crate::visit::visit;
use crate::words::requests::{cause, client, is_refused, readable, said, took};
use directory::model::connection::Live;
use directory::model::id::NodeId;
use directory::model::request::{Mention, Request};
use leptos::prelude::*;

/// The latest requests of a connection, on its page.
#[component]
pub fn RequestLog(
    node: NodeId,
    connection: String,
    start: Live,
    requests: Vec<Request>,
) -> impl IntoView {
    if requests.is_empty() {
        return view! { <NoRequestYet node start /> }.into_any();
    }
    view! { <RequestRows node connection requests /> }.into_any()
}

/// Requests, the newest first, under the days they came on.
#[component]
pub fn RequestRows(node: NodeId, connection: String, requests: Vec<Request>) -> impl IntoView {
    let now = visit().now.0;
    let mut last = day(now, now);
    let rows = requests
        .into_iter()
        .map(|request| {
            let on = day(request.at.0, now);
            let heading = (on != last).then(|| view! { <p class="requests-day">{on.clone()}</p> });
            last = on;
            view! {
                {heading}
                <Row node connection=connection.clone() request />
            }
        })
        .collect_view();
    view! { <div class="requests">{rows}</div> }
}

/// What identity providers said about somebody: each row opens like those of the log.
#[component]
pub fn Mentions(mentions: Vec<Mention>) -> impl IntoView {
    let now = visit().now.0;
    let mut last = day(now, now);
    let rows = mentions
        .into_iter()
        .map(|mention| {
            let on = day(mention.request.at.0, now);
            let heading = (on != last).then(|| view! { <p class="requests-day">{on.clone()}</p> });
            last = on;
            view! {
                {heading}
                <Row node=mention.node connection=mention.connection_name request=mention.request />
            }
        })
        .collect_view();
    view! { <div class="requests">{rows}</div> }
}

#[component]
fn Row(node: NodeId, connection: String, request: Request) -> impl IntoView {
    let (tone, glyph) = tone(&request);
    view! {
        <details class="request" data-tone=tone>
            <summary>
                <RowLine request=request.clone() glyph />
            </summary>
            <div class="request-open">
                <Diagnosis connection=connection.clone() request=request.clone() />
                <RowFoot node connection request />
            </div>
        </details>
    }
}

/// How a request stands out: refused, answered with something worth knowing, or simply answered.
pub fn tone(request: &Request) -> (&'static str, &'static str) {
    match request.cause.as_deref() {
        _ if is_refused(request.status) => ("stop", "failed"),
        Some("admin_lock_stays" | "addresses_differ" | "not_noted") => ("wait", "warn"),
        _ => ("good", "active"),
    }
}

/// The line of a request: when, how it was answered, what it asked, what came of it, how long it took.
#[component]
pub fn RowLine(request: Request, glyph: &'static str) -> impl IntoView {
    let is_told = request.status == 0;
    view! {
        <span class="when num muted">
            <ClockSeconds at=request.at.0 />
        </span>
        <span class="status">
            <Glyph name=glyph />
            {(!is_told).then_some(request.status)}
        </span>
        <span class="method">{request.method.clone()}</span>
        <span class="path-of mono">{readable(&request.path)}</span>
        <span class="said">{said(&request)}</span>
        <span class="ms">{(!is_told).then(|| took(&request))}</span>
        <Icon name="chevron" />
    }
}

/// What happened, why, and what to do; for an answer that was no refusal, what is worth knowing of it.
#[component]
pub fn Diagnosis(connection: String, request: Request) -> impl IntoView {
    let name = client(&request, &connection);
    let Some(cause) = cause(&request) else {
        return ().into_any();
    };
    let steps = cause
        .cure(request.client, &name)
        .into_iter()
        .map(|step| view! { <li>{step}</li> })
        .collect::<Vec<_>>();
    if !is_refused(request.status) && steps.is_empty() {
        return view! { <p class="request-note muted">{cause.why(&name)}</p> }.into_any();
    }
    view! {
        <div class="diagnosis">
            <div>
                <h3>"What happened"</h3>
                <p>{said(&request)}</p>
            </div>
            <div>
                <h3>"Why"</h3>
                <p>{cause.why(&name)}</p>
            </div>
            <div>
                <h3>"What to do"</h3>
                {if steps.len() == 1 {
                    view! { <ul>{steps}</ul> }.into_any()
                } else {
                    view! { <ol>{steps}</ol> }.into_any()
                }}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn RowFoot(node: NodeId, connection: String, request: Request) -> impl IntoView {
    if request.status == 0 {
        return ().into_any();
    }
    let from = match &request.ip {
        Some(ip) => format!("From {}, {ip}.", client(&request, &connection)),
        None => format!("From {}.", client(&request, &connection)),
    };
    let changed = match request.changed {
        0 => None,
        1 => Some("It changed 1 attribute.".to_owned()),
        count => Some(format!("It changed {count} attributes.")),
    };
    view! {
        <p class="request-foot">
            <span class="muted">{from} " " {changed}</span>
            <a href=address(node, &request.id)>"Request and answer"</a>
        </p>
    }
    .into_any()
}

/// The page of one request.
pub fn address(node: NodeId, id: &str) -> String {
    format!("/nodes/{node}/connection/requests/{id}")
}
