//! What every SCIM request passes: its token, its limits, and the request log.

use std::net::IpAddr;
use std::time::Instant;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use directory::model::id::NodeId;
use directory::outcome;
use directory::provisioning::connections::{self, Authenticated};
use directory::provisioning::requests::Presented;

use super::error::Refused;
use super::log::{self, Became, Heard, Note, Noting};
use super::{Service, auth};
use app::server::Client;

/// Lets a request pass with its connection as an extension, and notes what became of it.
pub async fn pass(
    State(service): State<Service>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let (mut parts, body) = request.into_parts();
    let line = Note::of(&parts);
    let (body, asked) = log::listen(&parts.method, body);
    // A path that cannot be read is of no node, so nobody has a token for it.
    let node = params
        .iter()
        .flatten()
        .find(|(name, _)| *name == "node_id")
        .and_then(|(_, id)| id.parse().ok())
        .map(NodeId);
    let ip = parts.extensions.get::<Client>().map(|ip| ip.0);
    let wants_json = wants_plain_json(&parts);
    let mut presented = Presented::Nothing;
    let work = async {
        match enter(&service, node, &parts, ip).await {
            Ok(caller) => {
                let connection = caller.connection.clone();
                let limits = &service.limits;
                let path = parts.uri.path();
                let admitted = limits.admit(&connection.id, &parts.method, path, body);
                let answer = match admitted.await {
                    Ok(body) => {
                        parts.extensions.insert(connection);
                        next.run(Request::from_parts(parts, body)).await
                    }
                    Err(seconds) => too_many(seconds),
                };
                (Some(caller), answer)
            }
            Err(Stopped { caller, answer }) => {
                if caller.is_none() {
                    presented = auth::presented(&service, &parts.headers);
                }
                (caller, answer)
            }
        }
    };
    let ((caller, mut answer), outcome) = Box::pin(outcome::gather(line.act(), work)).await;
    if wants_json && answer.headers().contains_key(header::CONTENT_TYPE) {
        answer.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    let part = service.log.noting(&line, answer.status());
    let (answer, answered) = match part {
        Noting::Whole => log::answered(answer).await,
        Noting::Line => (answer, Heard::default()),
    };
    let became = Became {
        caller: caller.as_ref(),
        presented,
        node,
        ip,
        outcome,
        asked,
        answer: &answer,
        answered,
        part,
        took: begun.elapsed(),
    };
    service.log.note(line, became);
    answer
}

/// A request that is answered here: whose it is, if it had a good token, and the answer.
struct Stopped {
    caller: Option<Authenticated>,
    answer: Response,
}

async fn enter(
    service: &Service,
    node: Option<NodeId>,
    request: &Parts,
    ip: Option<IpAddr>,
) -> Result<Authenticated, Stopped> {
    let caller = match auth::caller(service, node, &request.headers).await {
        Ok(caller) => caller,
        Err(refused) => {
            let is_wrong = refused.0.status == StatusCode::UNAUTHORIZED.as_u16();
            let wait = ip
                .filter(|_| is_wrong)
                .and_then(|ip| service.limits.wrong_token(ip));
            let answer = wait.map_or_else(|| refused.into_response(), too_many);
            return Err(Stopped {
                caller: None,
                answer,
            });
        }
    };
    if caller.is_first_request()
        && let Err(error) = connections::used_first(&service.db, &caller).await
    {
        return Err(Stopped {
            caller: Some(caller),
            answer: Refused::from(error).into_response(),
        });
    }
    Ok(caller)
}

/// 429, and how long to wait.
pub fn too_many(seconds: u64) -> Response {
    let detail = "Too many requests at once. Wait as long as Retry-After says, then go on.";
    let refused = scim::error::Error::new(StatusCode::TOO_MANY_REQUESTS.as_u16(), detail)
        .retry_after(seconds);
    Refused(refused).into_response()
}

/// Whether the client takes `application/json` and nothing else (OneLogin).
fn wants_plain_json(request: &Parts) -> bool {
    let accept = request
        .headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept.contains("application/json") && !accept.contains("scim+json") && !accept.contains("*/*")
}
