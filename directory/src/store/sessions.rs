//! Browser sessions: a row under the hash of the cookie, good as long as its person may sign in (SES-1 to SES-6).

use super::db::Tx;
use crate::error::Result;
use crate::model::id::UserId;
use crate::model::timestamp::{MINUTE, Timestamp};

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// SHA-256 of the cookie, in hexadecimal ([`crate::secret::sha256`]).
    pub id_hash: String,
    /// Whose; nobody's before they sign in.
    pub user_id: Option<UserId>,
    /// The epoch of the person when they signed in; 0 for nobody.
    pub epoch: i64,
    /// What the server remembers, as JSON.
    pub data: String,
    /// How they signed in: `passphrase`, `identity_provider`.
    pub method: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// The latest instant it was used at.
    pub seen_at: Timestamp,
    /// When it ends if it is not used before.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// The client's address when it began.
    pub ip: Option<String>,
    /// The client's name when it began.
    pub agent: Option<String>,
    /// When they proved last who they are; none for nobody.
    pub proved_at: Option<Timestamp>,
    /// A role asks for a second factor, and they had none when they came in.
    pub owes_second_factor: bool,
}

/// Adds a session. An id that is taken is a conflict.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<()> {
    tx.run(
        "INSERT INTO sessions (id_hash, user_id, epoch, data, method, created_at, seen_at, idle_expires_at, expires_at, ip, agent,
            proved_at, owes_second_factor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        [
            (&session.id_hash).into(),
            session.user_id.as_ref().map(UserId::as_str).into(),
            session.epoch.into(),
            (&session.data).into(),
            (&session.method).into(),
            session.created_at.into(),
            session.seen_at.into(),
            session.idle_expires_at.into(),
            session.expires_at.into(),
            (&session.ip).into(),
            (&session.agent).into(),
            session.proved_at.into(),
            session.owes_second_factor.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Keeps other data in a session that is still there, of this epoch; whether it is. Never an upsert:
/// a session that was ended stays ended (SES-4).
pub async fn update(tx: &mut Tx, id_hash: &str, epoch: i64, data: &str) -> Result<bool> {
    let sql = "UPDATE sessions SET data = $3 WHERE id_hash = $1 AND epoch = $2";
    Ok(tx
        .run(sql, [id_hash.into(), epoch.into(), data.into()])
        .await?
        > 0)
}

/// Notes that a session is used, at most once a minute, and moves its idle end to `idle` milliseconds
/// after now; whether that was due. A clock that jumps back moves nothing (SES-6).
pub async fn touch(tx: &mut Tx, id_hash: &str, epoch: i64, idle: i64) -> Result<bool> {
    let now = tx.now();
    let touched = tx
        .run(
            "UPDATE sessions SET seen_at = $3, idle_expires_at = $4 WHERE id_hash = $1 AND epoch = $2 AND seen_at <= $5",
            [id_hash.into(), epoch.into(), now.into(), now.plus(idle).into(), now.plus(-MINUTE).into()],
        )
        .await?;
    Ok(touched > 0)
}

/// A session that is good now: not expired, and nobody's, or of a person who may sign in and whose
/// sessions have not been ended since (SES-2), asked in one query.
pub async fn load(tx: &mut Tx, id_hash: &str) -> Result<Option<Session>> {
    let now = tx.now();
    tx.first(
        "SELECT s.id_hash, s.user_id, s.epoch, s.data, s.method, s.created_at, s.seen_at, s.idle_expires_at, s.expires_at, s.ip, s.agent,
                s.proved_at, s.owes_second_factor
         FROM sessions s LEFT JOIN users u ON u.id = s.user_id
         WHERE s.id_hash = $1 AND s.idle_expires_at > $2 AND s.expires_at > $2
           AND s.idle_expires_at > s.seen_at AND s.expires_at > s.seen_at
           AND (s.user_id IS NULL
                OR (u.session_epoch = s.epoch AND u.state = 'active' AND NOT u.locked_by_admin AND NOT u.locked_by_idp
                    AND (u.consent <> 'not_accepted' OR coalesce(u.consent_expires_at > $2, TRUE)) AND u.recycled_at IS NULL))",
        [id_hash.into(), now.into()],
    )
    .await
}

/// The sessions of somebody that are good now, the one used last first.
pub async fn of(tx: &mut Tx, user: &UserId) -> Result<Vec<Session>> {
    let now = tx.now();
    tx.all(
        "SELECT s.id_hash, s.user_id, s.epoch, s.data, s.method, s.created_at, s.seen_at, s.idle_expires_at, s.expires_at, s.ip, s.agent,
                s.proved_at, s.owes_second_factor
         FROM sessions s JOIN users u ON u.id = s.user_id AND u.session_epoch = s.epoch
         WHERE s.user_id = $1 AND s.idle_expires_at > $2 AND s.expires_at > $2
           AND s.idle_expires_at > s.seen_at AND s.expires_at > s.seen_at
         ORDER BY s.seen_at DESC, s.id_hash",
        [user.into(), now.into()],
    )
    .await
}

/// Ends a session; whether it was there.
pub async fn delete(tx: &mut Tx, id_hash: &str) -> Result<bool> {
    Ok(tx
        .run("DELETE FROM sessions WHERE id_hash = $1", [id_hash.into()])
        .await?
        > 0)
}

/// Ends a session of somebody; whether it was there.
pub async fn delete_of(tx: &mut Tx, user: &UserId, id_hash: &str) -> Result<bool> {
    let sql = "DELETE FROM sessions WHERE id_hash = $1 AND user_id = $2";
    Ok(tx.run(sql, [id_hash.into(), user.into()]).await? > 0)
}

/// Forgets the sessions that have ended by themselves; how many.
pub async fn delete_expired(tx: &mut Tx) -> Result<u64> {
    let now = tx.now();
    tx.run(
        "DELETE FROM sessions WHERE expires_at <= $1 OR idle_expires_at <= $1",
        [now.into()],
    )
    .await
}

/// Ends every session of a person; how many. Whoever calls it makes their epoch grow in the same unit of work.
pub async fn end_all(tx: &mut Tx, user: &UserId) -> Result<u64> {
    tx.run("DELETE FROM sessions WHERE user_id = $1", [user.into()])
        .await
}
