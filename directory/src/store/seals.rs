//! The seals of events: a link of a chain for each, in the order they were sealed.

use super::db::{Arg, Tx};
use super::settings;
use crate::error::Result;
use crate::model::id::UserId;

/// The setting that whoever seals holds meanwhile.
const TURN: &str = "seal_turn";

/// An event as it stands in the database: every column, as text where it is text.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Which.
    pub id: String,
    /// What belongs together.
    pub act: String,
    /// When.
    pub at: i64,
    /// What happened.
    pub code: String,
    /// Who did it.
    pub actor_kind: String,
    /// Their id.
    pub actor_id: Option<String>,
    /// Their name at the time.
    pub actor_name: String,
    /// Where.
    pub node_id: Option<i64>,
    /// What it was done to.
    pub target_kind: Option<String>,
    /// Its id.
    pub target_id: Option<String>,
    /// Its name at the time.
    pub target_name: Option<String>,
    /// More.
    pub details: String,
}

/// The link of an event.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Seal {
    /// Its place in the chain, from 1.
    pub position: i64,
    /// Which event.
    pub event_id: String,
    /// Of the actor's name.
    pub actor: String,
    /// Of the target's name and the details.
    pub target: String,
    /// Of all of it, and of the link before.
    pub link: String,
}

/// Waits for the turn to seal: nobody else seals before this unit ends.
pub async fn hold_turn(tx: &mut Tx) -> Result<()> {
    settings::hold(tx, TURN, "1").await.map(|_| ())
}

/// The last seal.
pub async fn last(tx: &mut Tx) -> Result<Option<Seal>> {
    tx.first(
        "SELECT position, event_id, actor, target, link FROM seals ORDER BY position DESC LIMIT 1",
        [],
    )
    .await
}

/// Events after an id that are not sealed, in the order of their ids.
pub async fn unsealed(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Row>> {
    tx.all(
        "SELECT e.id, e.act, e.at, e.code, e.actor_kind, e.actor_id, e.actor_name, e.node_id, e.target_kind, e.target_id,
                e.target_name, e.details
         FROM events e WHERE e.id > $1 AND NOT EXISTS (SELECT 1 FROM seals s WHERE s.event_id = e.id) ORDER BY e.id LIMIT $2",
        [after.into(), limit.into()],
    )
    .await
}

/// The ids of events before one that are not sealed, the first so many.
pub async fn unsealed_before(tx: &mut Tx, before: &str, limit: i64) -> Result<Vec<(String,)>> {
    tx.all(
        "SELECT e.id FROM events e WHERE e.id < $1 AND NOT EXISTS (SELECT 1 FROM seals s WHERE s.event_id = e.id)
         ORDER BY e.id LIMIT $2",
        [before.into(), limit.into()],
    )
    .await
}

/// Adds seals.
pub async fn insert(tx: &mut Tx, seals: &[Seal]) -> Result<()> {
    let rows = seals
        .iter()
        .map(|seal| {
            vec![
                Arg::from(seal.position),
                (&seal.event_id).into(),
                (&seal.actor).into(),
                (&seal.target).into(),
                (&seal.link).into(),
            ]
        })
        .collect();
    tx.insert_many::<(i64,)>(
        "INSERT INTO seals (position, event_id, actor, target, link) VALUES",
        "",
        rows,
    )
    .await?;
    Ok(())
}

/// The seals after a place, in order.
pub async fn after(tx: &mut Tx, position: i64, limit: i64) -> Result<Vec<Seal>> {
    tx.all(
        "SELECT position, event_id, actor, target, link FROM seals WHERE position > $1 ORDER BY position LIMIT $2",
        [position.into(), limit.into()],
    )
    .await
}

/// The events of the seals after a place up to another.
pub async fn events_of(tx: &mut Tx, after: i64, last: i64) -> Result<Vec<Row>> {
    tx.all(
        "SELECT e.id, e.act, e.at, e.code, e.actor_kind, e.actor_id, e.actor_name, e.node_id, e.target_kind, e.target_id,
                e.target_name, e.details
         FROM seals s JOIN events e ON e.id = s.event_id WHERE s.position > $1 AND s.position <= $2",
        [after.into(), last.into()],
    )
    .await
}

/// Who was deleted permanently, and whether an event tells of it.
pub async fn erasures(tx: &mut Tx) -> Result<Vec<(UserId, bool)>> {
    tx.all(
        "SELECT x.user_id, EXISTS (SELECT 1 FROM events e WHERE e.target_id = x.user_id AND e.code = 'user_erased') AS told
         FROM erasures x ORDER BY x.user_id",
        [],
    )
    .await
}
