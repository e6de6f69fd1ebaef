//! The log of requests: each a row; opened, it says what happened, why, and what to do.

use super::live::NoRequestYet;
use crate::components::icon::{Glyph, Icon};
use crate::components::time::ClockSeconds;
use crate::pages::frame::Ago;
use crate::words::requests::{Advice, advice, is_refused, said, took};
use directory::model::connection::{Live, Request};
use directory::model::id::NodeId;
use leptos::prelude::*;

#[component]
pub fn RequestLog(node: NodeId, start: Live, requests: Vec<Request>) -> impl IntoView {
    if requests.is_empty() {
        return view! { <NoRequestYet node start /> }.into_any();
    }
    let rows = requests
        .into_iter()
        .map(|request| view! { <Row request /> })
        .collect_view();
    view! { <div class="requests">{rows}</div> }.into_any()
}

#[component]
fn Row(request: Request) -> impl IntoView {
    let refused = is_refused(request.status);
    let (tone, glyph) = if refused {
        ("stop", "failed")
    } else {
        ("good", "active")
    };
    view! {
        <details class="request" data-tone=tone>
            <summary>
                <span class="when num muted">
                    <ClockSeconds at=request.at.0 />
                </span>
                <span class="status">
                    <Glyph name=glyph />
                    {request.status}
                </span>
                <span class="method">{request.method.clone()}</span>
                <span class="path-of mono">{readable(&request.path)}</span>
                <span class="said">{said(&request)}</span>
                <span class="ms">{took(&request)}</span>
                <Icon name="chevron" />
            </summary>
            <div class="request-open">
                {advice(&request).map(|advice| view! { <Diagnosis request=request.clone() advice /> })}
                <Proof request />
            </div>
        </details>
    }
}

#[component]
fn Diagnosis(request: Request, advice: Advice) -> impl IntoView {
    let steps = advice
        .steps
        .iter()
        .map(|step| view! { <li>{*step}</li> })
        .collect_view();
    view! {
        <div class="diagnosis">
            <div>
                <h3>"What happened"</h3>
                <p>{said(&request)}</p>
            </div>
            <div>
                <h3>"Why"</h3>
                <p>{advice.why}</p>
            </div>
            <div>
                <h3>"What to do"</h3>
                <ol>{steps}</ol>
            </div>
        </div>
    }
}

/// The request and its answer as they were noted.
#[component]
fn Proof(request: Request) -> impl IntoView {
    let from = [request.ip.clone(), request.agent.clone()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    let token = request
        .token_id
        .map_or_else(|| "no good token".to_owned(), |id| format!("scimc_{id}…"));
    let answer = [
        request.scim_type.map(|kind| format!("scimType: {kind}")),
        request.detail.map(|detail| format!("detail: {detail}")),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join("\n");
    let answer = if answer.is_empty() {
        "The body is not kept.".to_owned()
    } else {
        answer
    };
    view! {
        <div class="bodies">
            <div class="body-of">
                <h3>"Request " <span>{from}</span></h3>
                <pre tabindex="0">{format!("{} {}\nAuthorization: Bearer {token}", request.method, request.path)}</pre>
            </div>
            <div class="body-of">
                <h3>"Answer " <span>{request.status} ", " <Ago at=request.at /></span></h3>
                <pre tabindex="0">{answer}</pre>
            </div>
        </div>
    }
}

/// A path as a person reads it: the few escapes that filters carry are undone, for showing alone.
fn readable(path: &str) -> String {
    path.replace("%20", " ")
        .replace('+', " ")
        .replace("%22", "\"")
        .replace("%40", "@")
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn a_filter_is_read_without_escapes() {
        assert_eq!(
            readable("/Users?filter=userName%20eq%20%22ada%40acme.example%22"),
            "/Users?filter=userName eq \"ada@acme.example\""
        );
    }
}
