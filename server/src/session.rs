//! Sessions of browsers: kept by the directory, never brought back to life by a late save (SES-1 to SES-6).

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use app::server::SignedIn;
use async_trait::async_trait;
use directory::model::timestamp::{HOUR, MINUTE, Timestamp};
use directory::secret::sha256;
use directory::store::db::Db;
use directory::store::sessions;
use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{SessionManagerLayer, SessionStore};

use crate::state::AppState;

/// A session that is not used ends after this (SES-6).
const IDLE: i64 = 30 * MINUTE;
/// Every session ends after this.
const LONGEST: i64 = 12 * HOUR;
/// One that belongs to nobody yet: a form's errors, a sign-in under way.
const ANONYMOUS: i64 = HOUR;
/// How often ended ones are forgotten.
const EVERY: Duration = Duration::from_hours(1);

/// Sessions in the directory's database.
#[derive(Clone)]
pub struct Sessions(Db);

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// Sessions for the pages. The cookie ends with the browser; the database knows when it ends at the latest.
pub fn layer(state: &AppState) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions::new(state.db().clone()))
        .with_name(state.cookie)
        .with_secure(state.public_url.is_https())
        .with_same_site(SameSite::Lax)
        .with_path("/")
}

impl Sessions {
    /// Sessions in this database.
    pub fn new(db: Db) -> Self {
        Self(db)
    }

    async fn insert(&self, record: &Record) -> directory::Result<()> {
        let mut tx = self.0.write().await?;
        let row = row(record, tx.now());
        sessions::insert(&mut tx, &row).await?;
        tx.commit().await
    }
}

#[async_trait]
impl SessionStore for Sessions {
    /// A new session: an INSERT. A taken id, which does not happen by chance, gets another one.
    async fn create(&self, record: &mut Record) -> Result<()> {
        for _ in 0..3 {
            match self.insert(record).await {
                Err(directory::Error::Conflict(_)) => record.id = Id::default(),
                done => return done.map_err(backend),
            }
        }
        Err(Error::Backend("no free id for a session".to_owned()))
    }

    /// Keeps the data of a session that is still there. One that was ended meanwhile stays ended, and that is fine.
    async fn save(&self, record: &Record) -> Result<()> {
        let (signed_in, data) = split(record);
        let epoch = signed_in.map_or(0, |signed_in| signed_in.epoch);
        let mut tx = self.0.write().await.map_err(backend)?;
        sessions::update(&mut tx, &hash(&record.id), epoch, &data)
            .await
            .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    /// A session that is good now; its being used is noted once a minute.
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut tx = self.0.read().await.map_err(backend)?;
        let now = tx.now();
        let found = sessions::load(&mut tx, &hash(id)).await.map_err(backend)?;
        drop(tx);
        let Some(found) = found else { return Ok(None) };
        if found.user_id.is_some() && found.seen_at <= now.plus(-MINUTE) {
            let mut tx = self.0.write().await.map_err(backend)?;
            sessions::touch(&mut tx, &found.id_hash, found.epoch, IDLE)
                .await
                .map_err(backend)?;
            tx.commit().await.map_err(backend)?;
        }
        record(*id, found).map(Some)
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let mut tx = self.0.write().await.map_err(backend)?;
        sessions::delete(&mut tx, &hash(id))
            .await
            .map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}

/// Forgets sessions that have ended by themselves, and does what else is due, every hour, until the server stops.
pub async fn sweep(state: AppState) {
    while tokio::time::timeout(EVERY, state.stopping.cancelled())
        .await
        .is_err()
    {
        match forget_expired(state.db()).await {
            Ok(forgotten) => {
                tracing::debug!(forgotten, "forgot {forgotten} sessions that had ended");
            }
            Err(error) => tracing::warn!(%error, "ended sessions could not be forgotten"),
        }
        if let Err(error) = directory::chores::hourly(state.db()).await {
            tracing::warn!(%error, "what is due every hour could not be done");
        }
    }
}

async fn forget_expired(db: &Db) -> directory::Result<u64> {
    let mut tx = db.write().await?;
    let forgotten = sessions::delete_expired(&mut tx).await?;
    tx.commit().await?;
    Ok(forgotten)
}

/// The database knows only this of the cookie (SES-1).
pub(crate) fn hash(id: &Id) -> String {
    sha256(&id.to_string())
}

/// Who a session belongs to stands in columns of its own; the rest is data.
fn split(record: &Record) -> (Option<SignedIn>, String) {
    let mut data = record.data.clone();
    let signed_in = data
        .remove(SignedIn::KEY)
        .and_then(|value| serde_json::from_value(value).ok());
    (signed_in, serde_json::Value::from_iter(data).to_string())
}

fn row(record: &Record, now: Timestamp) -> sessions::Session {
    let (signed_in, data) = split(record);
    let (idle, longest) = if signed_in.is_some() {
        (IDLE, LONGEST)
    } else {
        (ANONYMOUS, ANONYMOUS)
    };
    sessions::Session {
        id_hash: hash(&record.id),
        epoch: signed_in.as_ref().map_or(0, |signed_in| signed_in.epoch),
        user_id: signed_in
            .as_ref()
            .map(|signed_in| signed_in.user_id.clone()),
        method: signed_in.as_ref().map(|signed_in| signed_in.method.clone()),
        ip: signed_in
            .as_ref()
            .and_then(|signed_in| signed_in.ip.clone()),
        proved_at: signed_in.as_ref().and_then(|signed_in| signed_in.proved_at),
        owes_second_factor: signed_in
            .as_ref()
            .is_some_and(|signed_in| signed_in.owes_second_factor),
        agent: signed_in.and_then(|signed_in| signed_in.agent),
        data,
        created_at: now,
        seen_at: now,
        idle_expires_at: now.plus(idle),
        expires_at: now.plus(longest),
    }
}

fn record(id: Id, found: sessions::Session) -> Result<Record> {
    let mut data: HashMap<String, Value> =
        serde_json::from_str(&found.data).map_err(|error| Error::Decode(error.to_string()))?;
    if let Some(user_id) = found.user_id {
        let method = found.method.unwrap_or_default();
        let signed_in = SignedIn {
            user_id,
            epoch: found.epoch,
            method,
            ip: found.ip,
            agent: found.agent,
            proved_at: found.proved_at,
            owes_second_factor: found.owes_second_factor,
        };
        let signed_in =
            serde_json::to_value(signed_in).map_err(|error| Error::Decode(error.to_string()))?;
        data.insert(SignedIn::KEY.to_owned(), signed_in);
    }
    // The database decides when it ends; what stands here is not read.
    let expiry_date = OffsetDateTime::from_unix_timestamp(found.expires_at.0 / 1_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    Ok(Record {
        id,
        data,
        expiry_date,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn backend(error: directory::Error) -> Error {
    Error::Backend(error.to_string())
}
