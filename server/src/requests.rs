//! What every request goes through: a task of its own, a place at work, a line in the log, the client's address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::server::Client;
use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::nonce::Nonce;
use rand::RngExt;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::config::{Config, PublicUrl};
use crate::headers;
use crate::http::Peer;
use crate::origin::own_host;
use crate::state::AppState;
use directory::model::network::Network;

/// So many requests are at work; further ones wait (RAT-3).
const AT_WORK: usize = 512;
/// Identity providers give up after 60 seconds; then the answer must have gone out.
const ANSWER_WITHIN: Duration = Duration::from_secs(55);
/// A longer address is refused.
const LONGEST_URI: usize = 16 * 1024;

/// What the way in needs. Cheap to clone: axum does it for every request.
#[derive(Clone)]
pub struct Entrance(Arc<Shared>);

struct Shared {
    tracker: TaskTracker,
    places: Arc<Semaphore>,
    public_url: Arc<PublicUrl>,
    config: Arc<Config>,
}

impl Entrance {
    /// The way into a server.
    pub fn new(state: &AppState) -> Self {
        Self(Arc::new(Shared {
            tracker: state.tracker.clone(),
            places: Arc::new(Semaphore::new(AT_WORK)),
            public_url: state.public_url.clone(),
            config: state.config.clone(),
        }))
    }
}

/// What every request goes through before it comes to its address, and every answer on its way out. One layer, not
/// seven: each layer of axum copies all that lies below it for every request.
///
/// Each request runs in a task of its own. A client that goes away stops nothing: axum would drop the handler, and a
/// unit of work with it.
pub async fn enter(State(entrance): State<Entrance>, request: Request, next: Next) -> Response {
    let Ok(place) = entrance.0.places.clone().acquire_owned().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let shared = entrance.0.clone();
    let task = entrance.0.tracker.spawn(async move {
        let response = named(&shared, request, next).await;
        drop(place);
        response
    });
    match tokio::time::timeout(ANSWER_WITHIN, task).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => {
            tracing::error!(%error, "a request ended in a panic");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")]).into_response(),
    }
}

/// Names a request, and says in the log what came of it. Neither the query nor any header is written (LOG-1).
async fn named(shared: &Shared, request: Request, next: Next) -> Response {
    let id = format!("{:016x}", rand::rng().random::<u64>());
    let span =
        tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    let started = Instant::now();
    let mut response = secured(shared, request, next)
        .instrument(span.clone())
        .await;
    let took_us = started.elapsed().as_micros();
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, took_us, "answered with {status}"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), id);
    }
    response
}

/// Refuses what is not for us, and puts on every answer what browsers must know.
async fn secured(shared: &Shared, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let admitted = short_uri(&request).and_then(|()| own_host(&shared.public_url, &request));
    let mut response = match admitted {
        Ok(()) => {
            let client = client(&shared.config, &request);
            request.extensions_mut().insert(client);
            next.run(request).await
        }
        Err(refused) => *refused,
    };
    headers::secure(&shared.public_url, &nonce, response.headers_mut());
    response
}

/// The last resort: a panic becomes the 500 of one request.
pub fn panicked(_reason: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Refuses an address that is too long to be one of ours (RAT-3).
fn short_uri(request: &Request) -> Result<(), Box<Response>> {
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |uri| uri.as_str().len());
    if length > LONGEST_URI {
        return Err(Box::new(StatusCode::URI_TOO_LONG.into_response()));
    }
    Ok(())
}

/// Finds out the address of the client: the other end, or what a trusted proxy says of it.
fn client(config: &Config, request: &Request) -> Client {
    let peer = request
        .extensions()
        .get::<Peer>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |peer| {
            peer.0.ip().to_canonical()
        });
    Client(behind(peer, request.headers(), &config.trusted_proxies))
}

/// The nearest address that is none of the trusted proxies, read from the end: what stands before it anyone may write.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut nearest = peer;
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    for address in forwarded.collect::<Vec<_>>().into_iter().rev() {
        if !is_trusted(nearest) {
            break;
        }
        match address.trim().parse::<IpAddr>() {
            Ok(address) => nearest = address.to_canonical(),
            Err(_) => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(peer: &str, forwarded: &str, trusted: &str) -> String {
        let headers = HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            forwarded.parse().unwrap(),
        )]);
        let trusted: Vec<Network> = trusted
            .split_whitespace()
            .map(|text| Network::try_from(text.to_owned()).unwrap())
            .collect();
        behind(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_who_the_client_is() {
        assert_eq!(client_of("203.0.113.9", "198.51.100.1", ""), "203.0.113.9");
        assert_eq!(
            client_of("10.0.0.1", "198.51.100.1", "10.0.0.0/8"),
            "198.51.100.1"
        );
        assert_eq!(
            client_of("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "10.0.0.0/8"),
            "198.51.100.1"
        );
        assert_eq!(client_of("10.0.0.1", "nonsense", "10.0.0.0/8"), "10.0.0.1");
    }
}
