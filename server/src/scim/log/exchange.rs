//! What is heard of a request and its answer while they pass: the line, the headers that explain, the bodies' beginnings.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use axum::response::Response;
use directory::model::request::{self, Part};
use directory::model::timestamp::Timestamp;
use directory::secret::shortened;
use directory::store::db;
use http_body_util::BodyExt;

use super::mask;

/// The most of a body that is listened to: what is longer cannot be searched for secrets as a whole.
const HEARD: usize = 64 * 1024;
/// The most of a body that is kept.
const KEPT: usize = 16 * 1024;

/// The headers that explain something. Never one that proves who somebody is.
const EXPLAINING: [HeaderName; 13] = [
    header::ACCEPT,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::ETAG,
    header::LOCATION,
    header::CONTENT_LOCATION,
    header::RETRY_AFTER,
    header::ALLOW,
    header::WWW_AUTHENTICATE,
];

/// What is noted of a request before it is handled.
pub struct Note {
    pub(super) at: Timestamp,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) agent: Option<String>,
    pub(super) headers: HeaderMap,
}

impl Note {
    /// Of a request: its path with the query, the client's name, and its headers.
    pub fn of(request: &Parts) -> Self {
        let path = request
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let agent = request
            .headers
            .get(header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok());
        Self {
            at: db::now(),
            method: request.method.clone(),
            path: cut(&mask::path(path), 2_000),
            agent: agent.map(|agent| cut(&shortened(agent), 200)),
            headers: request.headers.clone(),
        }
    }

    /// The id that everything this request does will share.
    pub fn act(&self) -> String {
        db::new_id(self.at)
    }

    pub(super) fn at(&self) -> Timestamp {
        self.at
    }

    pub(super) fn is_read(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// The headers that explain something, with their values.
pub fn explaining(headers: &HeaderMap) -> Vec<(String, String)> {
    let known = headers.iter().filter(|(name, _)| EXPLAINING.contains(name));
    known
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), cut(&shortened(&value), 300))
        })
        .collect()
}

/// A body as far as it was heard. Cheap to clone; empty where nothing was.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Ear>>);

#[derive(Default)]
struct Ear {
    beginning: Vec<u8>,
    bytes: usize,
}

impl Heard {
    /// A body that is there as a whole.
    fn of(body: &Bytes) -> Self {
        let heard = Self::default();
        heard.hear(body);
        heard
    }

    fn hear(&self, data: &[u8]) {
        let mut ear = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = HEARD - ear.beginning.len();
        ear.bytes += data.len();
        ear.beginning
            .extend_from_slice(&data[..data.len().min(room)]);
    }

    /// How many bytes are held here.
    pub fn kept_bytes(&self) -> usize {
        let ear = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ear.beginning.len()
    }

    /// As it is stored: nothing secret in it, and no longer than it may be.
    pub fn masked(&self) -> request::Body {
        let mut ear = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let beginning = std::mem::take(&mut ear.beginning);
        let bytes = i64::try_from(ear.bytes).unwrap_or(i64::MAX);
        let is_whole = beginning.len() == ear.bytes;
        let text = String::from_utf8_lossy(&beginning).replace('\0', "\u{fffd}");
        let Some(text) = mask::body(&text, is_whole) else {
            return request::Body {
                text: String::new(),
                bytes,
                kept: Part::Sensitive,
            };
        };
        let end = text.floor_char_boundary(KEPT);
        request::Body {
            kept: if is_whole && end == text.len() {
                Part::Whole
            } else {
                Part::Beginning
            },
            text: text[..end].to_owned(),
            bytes,
        }
    }
}

/// Listens to the body of a request while its handler reads it.
pub fn listen(method: &Method, body: Body) -> (Body, Heard) {
    let heard = Heard::default();
    if matches!(*method, Method::GET | Method::HEAD) {
        return (body, heard);
    }
    let ear = heard.clone();
    let body = body.map_frame(move |frame| {
        if let Some(data) = frame.data_ref() {
            ear.hear(data);
        }
        frame
    });
    (Body::new(body), heard)
}

/// The body of an answer. One that is made piece by piece is let go unheard.
pub async fn answered(answer: Response) -> (Response, Heard) {
    let (parts, body) = answer.into_parts();
    if body.size_hint().exact().is_none() {
        return (Response::from_parts(parts, body), Heard::default());
    }
    match body.collect().await {
        Ok(body) => {
            let bytes = body.to_bytes();
            let heard = Heard::of(&bytes);
            (Response::from_parts(parts, Body::from(bytes)), heard)
        }
        // A body that is there as a whole does not fail.
        Err(_) => (Response::from_parts(parts, Body::empty()), Heard::default()),
    }
}

fn cut(text: &str, limit: usize) -> String {
    let end = text
        .char_indices()
        .nth(limit)
        .map_or(text.len(), |(at, _)| at);
    text[..end].to_owned()
}
