//! `/Bulk`: each operation goes the way that the same request goes alone (RFC 7644 §3.7).

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use axum::{Extension, Router};
use directory::model::connection::Connection;
use directory::provisioning::connections;
use scim::bulk::{self, Bulk, Known, Operation, Outcome, Step};
use scim::error::Error;
use serde_json::Value;
use tower::ServiceExt;

use super::error::Refused;
use super::resource::base;
use super::{Service, body, gate, resources};

/// Where bulk requests go.
pub const PATH: &str = "/Bulk";

/// The routes of single requests, behind the gate: who is asking was found out for all operations at once.
#[derive(Clone)]
pub struct Singles(Router);

impl Singles {
    /// Those of this service.
    pub fn new(service: &Service) -> Self {
        let resources = resources()
            .fallback(super::unknown)
            .method_not_allowed_fallback(super::wrong_method);
        Self(
            Router::new()
                .nest(super::PATH, resources)
                .with_state(service.clone()),
        )
    }
}

/// `POST /Bulk`: one operation after the other, each of them whole or not at all.
pub async fn run(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Extension(singles): Extension<Singles>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let body = body::read(&headers, body, bulk::MAX_PAYLOAD).await;
    let body = body.map_err(|refused| match refused.0.status {
        413 => bulk::too_large().into(),
        _ => refused,
    })?;
    let bulk = Bulk::read(&body);
    // It counts as what it asks for; one that cannot be read asks for itself.
    let requests = match &bulk {
        Ok(bulk) => bulk.operations.iter().map(request_of).collect(),
        Err(_) => vec![(Method::POST, PATH, Vec::new())],
    };
    if let Err(seconds) = service.limits.admit_all(&connection.id, &requests) {
        return Ok(gate::too_many(seconds));
    }
    let bulk = bulk?;
    let run = Run {
        service: &service,
        singles: &singles,
        base: base(&service.public_url, &connection),
        connection: &connection,
        bulk: &bulk,
        known: Known::new(),
        outcomes: vec![None; bulk.operations.len()],
        refused: 0,
    };
    let outcomes = run.all().await;
    let mut answer = body::answer(StatusCode::OK, &bulk::response(&outcomes));
    if let Some(summary) = summary(&outcomes) {
        answer.extensions_mut().insert(summary);
    }
    Ok(answer)
}

fn request_of(operation: &Operation) -> (Method, &str, Vec<u8>) {
    let data = operation.data.as_ref().map(ToString::to_string);
    (
        method(operation),
        operation.path.as_str(),
        data.unwrap_or_default().into_bytes(),
    )
}

fn method(operation: &Operation) -> Method {
    match operation.method {
        bulk::Method::Post => Method::POST,
        bulk::Method::Put => Method::PUT,
        bulk::Method::Patch => Method::PATCH,
        bulk::Method::Delete => Method::DELETE,
    }
}

/// For the request log: how many operations were refused, and why the first of them.
fn summary(outcomes: &[Outcome]) -> Option<Refused> {
    let refused = outcomes.iter().filter(|outcome| outcome.is_refused());
    let first = refused.clone().next()?;
    let why = first
        .response
        .as_ref()
        .and_then(|response| response["detail"].as_str())
        .unwrap_or_default();
    let (count, all) = (refused.count(), outcomes.len());
    Some(Refused(Error::new(
        first.status,
        format!("{count} of {all} operations were refused; the first because: {why}"),
    )))
}

/// A bulk request while it runs.
struct Run<'a> {
    service: &'a Service,
    singles: &'a Singles,
    connection: &'a Connection,
    /// The address of the service.
    base: String,
    bulk: &'a Bulk,
    known: Known,
    /// By the position of the operation in the body.
    outcomes: Vec<Option<Outcome>>,
    refused: u64,
}

/// What has to be added to a resource once everything it names is there.
struct Rest {
    index: usize,
    path: String,
    patch: Value,
}

impl Run<'_> {
    /// What became of the operations that were begun, in the order of the body.
    async fn all(mut self) -> Vec<Outcome> {
        let mut rests = Vec::new();
        for step in bulk::order(&self.bulk.operations) {
            if self.is_over() {
                break;
            }
            rests.extend(self.step(step).await);
        }
        for rest in rests {
            self.finish(rest).await;
        }
        self.outcomes.into_iter().flatten().collect()
    }

    /// Whether as many operations were refused as the client allows.
    fn is_over(&self) -> bool {
        self.bulk
            .fail_on_errors
            .is_some_and(|most| self.refused >= most)
    }

    /// Runs an operation; what is left to be done for it at the end.
    async fn step(&mut self, step: Step) -> Option<Rest> {
        let operation = &self.bulk.operations[step.index];
        let (now, rest) = match operation.data.clone() {
            Some(data) => {
                let (now, rest) = bulk::later(data, &step.later);
                (Some(now), rest)
            }
            None => (None, None),
        };
        let outcome = match self.resolved(operation, now) {
            Ok((path, data)) => self.send(operation, &path, data).await,
            Err(error) => refusal(operation, &error),
        };
        let created = outcome
            .location
            .as_deref()
            .filter(|_| !outcome.is_refused())
            .and_then(|location| location.rsplit('/').next())
            .map(str::to_owned);
        let path = created
            .as_ref()
            .map(|id| format!("{}/{id}", operation.path));
        if operation.method == bulk::Method::Post
            && let Some(bulk_id) = &operation.bulk_id
        {
            self.known.insert(bulk_id.clone(), created);
        }
        self.refused += u64::from(outcome.is_refused());
        self.outcomes[step.index] = Some(outcome);
        Some(Rest {
            index: step.index,
            path: path?,
            patch: rest?,
        })
    }

    fn resolved(
        &self,
        operation: &Operation,
        data: Option<Value>,
    ) -> Result<(String, Option<Value>), Error> {
        let path = bulk::resolve_path(&operation.path, &self.known)?;
        let data = data.map(|data| bulk::resolve(data, &self.known));
        Ok((path, data.transpose()?))
    }

    /// Adds to a resource what named others that came after it. Refused, it is the operation that is.
    async fn finish(&mut self, rest: Rest) {
        let operation = &self.bulk.operations[rest.index];
        let patch = Operation {
            method: bulk::Method::Patch,
            version: None,
            ..operation.clone()
        };
        let done = match bulk::resolve(rest.patch, &self.known) {
            Ok(data) => self.send(&patch, &rest.path, Some(data)).await,
            Err(error) => refusal(&patch, &error),
        };
        self.refused += u64::from(done.is_refused());
        let Some(outcome) = &mut self.outcomes[rest.index] else {
            return;
        };
        if done.is_refused() {
            outcome.status = done.status;
            outcome.response = done.response;
        } else {
            outcome.version = done.version;
        }
    }

    /// Sends an operation as the request that it stands for.
    async fn send(&self, operation: &Operation, path: &str, data: Option<Value>) -> Outcome {
        let now = connections::again(&self.service.db, self.connection).await;
        let request = now
            .map_err(|error| Refused::from(error).0)
            .and_then(|connection| request_for(connection, operation, path, data));
        let request = match request {
            Ok(request) => request,
            Err(error) => return refusal(operation, &error),
        };
        let answer = match self.singles.0.clone().oneshot(request).await {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let outcome = outcome(operation, answer).await;
        if operation.method == bulk::Method::Post {
            return outcome;
        }
        let location = Some(format!("{}{path}", self.base));
        Outcome {
            location,
            ..outcome
        }
    }
}

/// The request that an operation stands for, by a connection as it is now.
fn request_for(
    connection: Connection,
    operation: &Operation,
    path: &str,
    data: Option<Value>,
) -> Result<Request<Body>, Error> {
    let node = connection.node_id.to_string();
    let below = super::PATH.replace("{node_id}", &node);
    let mut request = Request::builder()
        .method(method(operation))
        .uri(format!("{below}{path}"))
        .header(header::CONTENT_TYPE, body::SCIM_JSON)
        .extension(Arc::new(connection));
    if let Some(version) = &operation.version {
        request = request.header(header::IF_MATCH, version);
    }
    let data = data.map_or_else(Body::empty, |data| Body::from(data.to_string()));
    request.body(data).map_err(|_| {
        Error::invalid_value("This path or version cannot be sent as part of a request.")
    })
}

/// What became of an operation, from the answer its request had.
async fn outcome(operation: &Operation, answer: Response) -> Outcome {
    let (parts, body) = answer.into_parts();
    let text = |name| {
        let value = parts.headers.get(name)?;
        Some(value.to_str().ok()?.to_owned())
    };
    let response = if parts.status.is_success() {
        None
    } else {
        let body = to_bytes(body, bulk::MAX_PAYLOAD).await.unwrap_or_default();
        serde_json::from_slice(&body).ok()
    };
    Outcome {
        method: operation.method,
        bulk_id: operation.bulk_id.clone(),
        location: text(header::LOCATION),
        version: text(header::ETAG),
        status: parts.status.as_u16(),
        response,
    }
}

/// An operation that is refused before it is a request.
fn refusal(operation: &Operation, error: &Error) -> Outcome {
    Outcome {
        method: operation.method,
        bulk_id: operation.bulk_id.clone(),
        location: None,
        version: None,
        status: error.status,
        response: Some(error.to_json()),
    }
}
