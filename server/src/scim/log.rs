//! Every SCIM request and its answer, for the administrator to read: noted at once, written in batches.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::Response;
use directory::model::id::NodeId;
use directory::provisioning::connections::{self, Arrived, Authenticated};
use directory::store::db::{self, Db};
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::error::Refused;

/// How many requests are written together at the most.
const BATCH: usize = 256;
/// How long a request waits for others to be written with.
const WAIT: Duration = Duration::from_millis(200);
/// How many may wait to be written; a request beyond them is answered all the same, and not noted.
const WAITING: usize = 16_384;

/// Where requests are noted. Cheap to clone.
#[derive(Clone)]
pub struct Log(mpsc::Sender<Entry>);

enum Entry {
    Arrived(Box<Arrived>),
    Flush(oneshot::Sender<()>),
}

/// What is noted of a request before it is handled.
pub struct Note {
    method: Method,
    path: String,
    agent: Option<String>,
}

impl Note {
    /// Of a request: its path with the query, never a header but the client's name, never a body.
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
            method: request.method.clone(),
            path: cut(path, 2_000),
            agent: agent.map(|agent| cut(agent, 200)),
        }
    }
}

impl Log {
    /// Starts to write what is noted. Ends when every clone is gone; what was noted before is written then.
    pub fn start(db: Db) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), write(db, receiver))
    }

    /// Notes a request and its answer.
    pub fn note(
        &self,
        asked: Note,
        node: Option<NodeId>,
        caller: Option<&Authenticated>,
        ip: Option<IpAddr>,
        answer: &Response,
        took: Duration,
    ) {
        let refused = answer.extensions().get::<Refused>();
        let arrived = Arrived {
            caller: caller.cloned(),
            node,
            at: db::now(),
            method: asked.method.to_string(),
            path: asked.path,
            status: i64::from(answer.status().as_u16()),
            scim_type: refused
                .and_then(|refused| refused.0.scim_type)
                .map(|word| word.as_str().to_owned()),
            detail: refused.map(|refused| refused.0.detail.clone()),
            took_us: i64::try_from(took.as_micros()).unwrap_or(i64::MAX),
            agent: asked.agent,
            ip: ip.map(|ip| ip.to_string()),
        };
        if self.0.try_send(Entry::Arrived(Box::new(arrived))).is_err() {
            tracing::warn!("the request log is full; a request was answered and not noted");
        }
    }

    /// Returns when everything noted so far is written.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.0.send(Entry::Flush(done)).await.is_ok() {
            // The writer has gone: nothing is left to wait for.
            let _ = written.await;
        }
    }
}

async fn write(db: Db, mut entries: mpsc::Receiver<Entry>) {
    while let Some(first) = entries.recv().await {
        let mut batch = Vec::new();
        let mut waiting = Vec::new();
        take(first, &mut batch, &mut waiting);
        let until = Instant::now() + WAIT;
        while batch.len() < BATCH && waiting.is_empty() {
            match timeout_at(until, entries.recv()).await {
                Ok(Some(entry)) => take(entry, &mut batch, &mut waiting),
                Ok(None) | Err(_) => break,
            }
        }
        if let Err(error) = connections::note(&db, &batch).await {
            tracing::error!(%error, lost = batch.len(), "requests could not be written to the log");
        }
        for done in waiting {
            let _ = done.send(());
        }
    }
}

fn take(entry: Entry, batch: &mut Vec<Arrived>, waiting: &mut Vec<oneshot::Sender<()>>) {
    match entry {
        Entry::Arrived(arrived) => batch.push(*arrived),
        Entry::Flush(done) => waiting.push(done),
    }
}

fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}
