//! Every SCIM request and its answer, for the administrator to read: noted at once, written behind, in batches.

mod exchange;
mod mask;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::words::causes::{self, Seen};
use axum::http::StatusCode;
use axum::response::Response;
use directory::Error;
use directory::model::id::NodeId;
use directory::model::request::{Body, Kept, Part};
use directory::model::timestamp::Timestamp;
use directory::outcome::Outcome;
use directory::provisioning::connections::Authenticated;
use directory::provisioning::requests::{self, Arrived, Presented};
use directory::secret::shortened;
use directory::store::db::Db;
use scim::error::ScimType;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::timeout;

use super::error::Refused;
pub use exchange::{Heard, Note, answered, listen};

/// How many requests are written together at the most.
const BATCH: usize = 2_048;
/// How long a request waits for others to be written with.
const WAIT: Duration = Duration::from_millis(200);
/// How many may wait to be written; a request beyond them is answered all the same, and counted as not noted.
const WAITING: usize = 16_384;
/// How many bytes of bodies may wait to be written; beyond them only lines are noted.
const BYTES_WAITING: usize = 32 * 1024 * 1024;
/// Of how many reads a second the bodies are kept; of those beyond them only the line.
const READS_A_SECOND: u64 = 50;
/// How often a batch is tried again that found the database busy.
const TRIES: u32 = 3;

/// Where requests are noted. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    entries: mpsc::Sender<Entry>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Bytes of bodies that wait to be written.
    bytes: AtomicUsize,
    /// The second of the latest reads, and how many of them had their bodies kept.
    reads: AtomicU64,
    /// Requests that were answered and could not be noted, by node.
    lost: Mutex<HashMap<NodeId, u64>>,
    /// Told when a batch is full, or somebody waits for it.
    hurry: Notify,
}

enum Entry {
    Arrived(Box<Noted>),
    Flush(oneshot::Sender<()>),
}

/// A request as it was noted: its bodies are masked where it is written, not where it is answered.
struct Noted {
    arrived: Arrived,
    asked: Heard,
    answered: Heard,
}

/// How much of a request is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noting {
    /// With its headers and bodies.
    Whole,
    /// Its line.
    Line,
}

/// What became of a request.
pub struct Became<'a> {
    /// Who it was, if they had a good token.
    pub caller: Option<&'a Authenticated>,
    /// What it came with otherwise.
    pub presented: Presented,
    /// The node of the address.
    pub node: Option<NodeId>,
    /// From where.
    pub ip: Option<IpAddr>,
    /// What its verbs told.
    pub outcome: Outcome,
    /// The body of the request.
    pub asked: Heard,
    /// The answer, and its body.
    pub answer: &'a Response,
    /// The body of the answer.
    pub answered: Heard,
    /// How much of it is noted.
    pub part: Noting,
    /// How long it took.
    pub took: Duration,
}

impl Log {
    /// Starts to write what is noted. Ends when every clone is gone; what was noted before is written then.
    pub fn start(db: Db) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (entries, receiver) = mpsc::channel(WAITING);
        let shared = Arc::new(Shared::default());
        let log = Self {
            entries,
            shared: Arc::clone(&shared),
        };
        (log, write(db, receiver, shared))
    }

    /// How much of a request is noted that is answered like this: of most reads of a crowd the line alone.
    pub fn noting(&self, line: &Note, status: StatusCode) -> Noting {
        let is_answered_read = line.is_read() && status.as_u16() < 400;
        if is_answered_read && !self.shared.has_room_for_a_read(line.at()) {
            Noting::Line
        } else {
            Noting::Whole
        }
    }

    /// Notes a request and its answer.
    pub fn note(&self, line: Note, became: Became<'_>) {
        let node = became.node;
        let (asked, answered) = (became.asked.clone(), became.answered.clone());
        let size = asked.kept_bytes() + answered.kept_bytes();
        let keeps_bodies = became.part == Noting::Whole && self.shared.takes(size);
        let mut noted = Noted {
            arrived: arrived(line, became),
            asked,
            answered,
        };
        if !keeps_bodies {
            noted.asked = Heard::default();
            noted.answered = Heard::default();
            noted.arrived.kept = None;
        }
        if self
            .entries
            .try_send(Entry::Arrived(Box::new(noted)))
            .is_err()
        {
            if keeps_bodies {
                self.shared.bytes.fetch_sub(size, Ordering::Relaxed);
            }
            self.shared.lose(node, 1);
        }
        if self.entries.max_capacity() - self.entries.capacity() >= BATCH {
            self.shared.hurry.notify_one();
        }
    }

    /// Returns when everything noted so far is written.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.entries.send(Entry::Flush(done)).await.is_ok() {
            self.shared.hurry.notify_one();
            // The writer has gone: nothing is left to wait for.
            let _ = written.await;
        }
    }
}

impl Shared {
    /// Whether the body of one more read of this second is kept.
    fn has_room_for_a_read(&self, at: Timestamp) -> bool {
        let second = u64::try_from(at.0 / 1_000).unwrap_or_default() << 16;
        let before = self.reads.load(Ordering::Relaxed);
        let (now, count) = if before & !0xffff == second {
            (before + 1, before & 0xffff)
        } else {
            (second + 1, 0)
        };
        if count >= READS_A_SECOND {
            return false;
        }
        // Of two at once one may go uncounted: the bound is no exact one.
        self.reads.store(now, Ordering::Relaxed);
        true
    }

    /// Whether so many bytes may wait, too.
    fn takes(&self, bytes: usize) -> bool {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes <= BYTES_WAITING {
            return true;
        }
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
        false
    }

    fn lose(&self, node: Option<NodeId>, count: u64) {
        tracing::warn!(
            count,
            "requests were answered and could not be noted in their log"
        );
        if let Some(node) = node {
            let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
            *lost.entry(node).or_default() += count;
        }
    }

    fn take_lost(&self) -> HashMap<NodeId, u64> {
        std::mem::take(&mut self.lost.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn arrived(note: Note, became: Became<'_>) -> Arrived {
    let refused = became.answer.extensions().get::<Refused>();
    let status = became.answer.status().as_u16();
    let scim_type = refused.and_then(|refused| refused.0.scim_type);
    let cause = causes::word_of(&Seen {
        status,
        scim_type: scim_type.map(ScimType::as_str),
        method: note.method.as_str(),
        path: &note.path,
        has_good_token: became.caller.is_some(),
        refusal: became.outcome.refusal.as_ref(),
        remark: became.outcome.remark,
    });
    let kept = (became.part == Noting::Whole).then(|| Kept {
        headers: exchange::explaining(&note.headers),
        answer_headers: exchange::explaining(became.answer.headers()),
        ..Kept::default()
    });
    Arrived {
        id: became.outcome.act.clone(),
        caller: became.caller.cloned(),
        presented: became.presented,
        node: became.node,
        at: note.at,
        method: note.method.to_string(),
        path: note.path,
        status: i64::from(status),
        scim_type: scim_type.map(|word| word.as_str().to_owned()),
        detail: refused.map(|refused| shortened(&refused.0.detail)),
        took_us: i64::try_from(became.took.as_micros()).unwrap_or(i64::MAX),
        agent: note.agent,
        ip: became.ip.map(|ip| ip.to_string()),
        cause: cause.map(str::to_owned),
        outcome: became.outcome,
        kept,
    }
}

async fn write(db: Db, mut entries: mpsc::Receiver<Entry>, shared: Arc<Shared>) {
    while let Some(first) = entries.recv().await {
        let mut batch = Vec::new();
        let mut waiting = Vec::new();
        take(first, &mut batch, &mut waiting);
        take_all(&mut entries, &mut batch, &mut waiting);
        // Nothing is received meanwhile: to be woken for every line costs more than to write it. Few batches are written,
        // because after each of them every connection reads its pages of the database anew.
        if batch.len() < BATCH && waiting.is_empty() && !entries.is_closed() {
            let _ = timeout(WAIT, shared.hurry.notified()).await;
            take_all(&mut entries, &mut batch, &mut waiting);
        }
        let bytes = batch
            .iter()
            .map(|noted| noted.asked.kept_bytes() + noted.answered.kept_bytes());
        shared.bytes.fetch_sub(bytes.sum(), Ordering::Relaxed);
        let mut batch: Vec<Arrived> = batch.into_iter().map(masked).collect();
        keep(&db, &mut batch, &shared).await;
        tell_lost(&db, &shared).await;
        for done in waiting {
            let _ = done.send(());
        }
    }
}

/// What has come by now, as much as one batch holds.
fn take_all(
    entries: &mut mpsc::Receiver<Entry>,
    batch: &mut Vec<Noted>,
    waiting: &mut Vec<oneshot::Sender<()>>,
) {
    while batch.len() < BATCH
        && let Ok(entry) = entries.try_recv()
    {
        take(entry, batch, waiting);
    }
}

fn take(entry: Entry, batch: &mut Vec<Noted>, waiting: &mut Vec<oneshot::Sender<()>>) {
    match entry {
        Entry::Arrived(noted) => batch.push(*noted),
        Entry::Flush(done) => waiting.push(done),
    }
}

/// A request as it is stored: nothing secret in it.
fn masked(noted: Noted) -> Arrived {
    let mut arrived = noted.arrived;
    if let Some(kept) = &mut arrived.kept {
        kept.asked = noted.asked.masked();
        kept.answered = noted.answered.masked();
        if arrived.caller.is_none() {
            // The body of a stranger is never read.
            kept.asked = Body {
                kept: Part::Unread,
                ..Body::default()
            };
        }
    }
    arrived
}

/// Writes a batch. One that finds the database busy is tried again; one that cannot be written as a whole is written
/// line by line, so that one bad line takes no other with it.
async fn keep(db: &Db, batch: &mut [Arrived], shared: &Shared) {
    for attempt in 1..=TRIES {
        match requests::note(db, batch).await {
            Ok(()) => return,
            Err(Error::Busy | Error::Full) => tokio::time::sleep(WAIT * attempt).await,
            Err(error) => {
                tracing::warn!(%error, "a batch of the request log is written line by line");
                break;
            }
        }
    }
    for one in batch {
        let node = one.node;
        if let Err(error) = requests::note(db, std::slice::from_mut(one)).await {
            tracing::error!(%error, "a request could not be written to the log");
            shared.lose(node, 1);
        }
    }
}

/// Says in each log how many requests are missing there.
async fn tell_lost(db: &Db, shared: &Shared) {
    for (node, count) in shared.take_lost() {
        if let Err(error) = requests::note_lost(db, node, count).await {
            tracing::error!(%error, count, "requests are missing in a log, and it does not say so");
        }
    }
}
