//! What connections take away, with what was before; and how much of it there was lately.

use super::db::{Arg, Tx};
use crate::error::Result;
use crate::model::id::{ConnectionId, NodeId, RoleId, StormId, TeamId, UserId};
use crate::model::storm::LossKind;
use crate::model::timestamp::Timestamp;

/// A membership as it was before it ended.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EndedMembership {
    /// The team.
    pub team_id: TeamId,
    /// Whose.
    pub user_id: UserId,
    /// A word of [`crate::model::team::Decision`].
    pub state: String,
    /// Who had asked for it: `scim` or `console`.
    pub source: String,
    /// When.
    pub requested_at: Timestamp,
    /// When it was decided about.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<String>,
    /// By which way.
    pub decided_via: Option<String>,
}

/// What was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// The lock of a person whom the connection could see.
    Person {
        /// Who.
        user: UserId,
        /// The identity provider's lock.
        locked_by_idp: bool,
        /// Who had locked them.
        locked_by: Option<String>,
        /// Who does now.
        locked_by_now: String,
        /// What happens to them: a lock, or a deletion.
        kind: LossKind,
    },
    /// A membership.
    Membership(EndedMembership),
    /// A team with the roles it had.
    Team {
        /// Which.
        team: TeamId,
        /// Its roles.
        roles: Vec<RoleId>,
    },
}

/// Forgets what was taken away from somebody who leaves the node.
pub async fn forget_person(tx: &mut Tx, user: &UserId) -> Result<()> {
    tx.run("DELETE FROM losses WHERE user_id = $1", [user.into()])
        .await?;
    Ok(())
}

/// Adds losses, to a storm where there is one.
pub async fn insert(
    tx: &mut Tx,
    connection: &ConnectionId,
    storm: Option<&StormId>,
    losses: &[Before],
) -> Result<()> {
    let rows = losses
        .iter()
        .map(|loss| {
            let mut row: Vec<Arg> = vec![
                tx.new_id().into(),
                connection.into(),
                storm.map(StormId::as_str).into(),
                tx.now().into(),
            ];
            row.extend(before(loss));
            row
        })
        .collect();
    tx.insert_many::<(i64,)>(
        "INSERT INTO losses (id, connection_id, storm_id, at, kind, user_id, team_id, locked_by_idp, locked_by, locked_by_now,
            state, source, requested_at, decided_at, decided_by, decided_via, roles) VALUES",
        "",
        rows,
    )
    .await?;
    Ok(())
}

/// The columns after the first four.
fn before(loss: &Before) -> Vec<Arg> {
    let none = || Arg::OptText(None);
    let no_number = || Arg::OptInt(None);
    match loss {
        Before::Person {
            user,
            locked_by_idp,
            locked_by,
            locked_by_now,
            kind,
        } => vec![
            kind.as_str().into(),
            user.into(),
            none(),
            Some(*locked_by_idp).into(),
            locked_by.into(),
            locked_by_now.into(),
            none(),
            none(),
            no_number(),
            no_number(),
            none(),
            none(),
            none(),
        ],
        Before::Membership(ended) => vec![
            LossKind::MembershipRemoved.as_str().into(),
            (&ended.user_id).into(),
            (&ended.team_id).into(),
            Arg::OptBool(None),
            none(),
            none(),
            (&ended.state).into(),
            (&ended.source).into(),
            Some(ended.requested_at).into(),
            ended.decided_at.into(),
            (&ended.decided_by).into(),
            (&ended.decided_via).into(),
            none(),
        ],
        Before::Team { team, roles } => vec![
            LossKind::TeamRemoved.as_str().into(),
            none(),
            team.into(),
            Arg::OptBool(None),
            none(),
            none(),
            none(),
            none(),
            no_number(),
            no_number(),
            none(),
            none(),
            serde_json::json!(roles).to_string().into(),
        ],
    }
}

/// Forgets losses that belong to no storm and are too old to become part of one; and those of storms that can no
/// longer be undone.
pub async fn forget(tx: &mut Tx, loose_before: Timestamp, stormy_before: Timestamp) -> Result<u64> {
    let loose = tx
        .run(
            "DELETE FROM losses WHERE storm_id IS NULL AND at < $1",
            [loose_before.into()],
        )
        .await?;
    let of_storms = tx
        .run(
            "DELETE FROM losses WHERE storm_id IN (SELECT id FROM storms WHERE opened_at < $1)",
            [stormy_before.into()],
        )
        .await?;
    Ok(loose + of_storms)
}

/// The storm that took a person away and was not undone, if there was one.
pub async fn storm_that_deleted(tx: &mut Tx, user: &UserId) -> Result<Option<StormId>> {
    let row = tx
        .first::<(StormId,)>(
            "SELECT s.id FROM losses l JOIN storms s ON s.id = l.storm_id
             WHERE l.user_id = $1 AND l.kind = 'user_deleted' AND s.state <> 'undone' ORDER BY l.id DESC LIMIT 1",
            [user.into()],
        )
        .await?;
    Ok(row.map(|row| row.0))
}

/// How much a connection lost lately.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Guard {
    /// How much may be lost within an hour without a storm.
    pub allowed: i64,
    /// When that was counted.
    pub counted_at: Timestamp,
    /// One JSON list of pairs: a minute, and how much was lost in it.
    pub recent: String,
    /// The storm that further losses join.
    pub storm_id: Option<StormId>,
    /// When the last one did.
    pub last_at: Timestamp,
    /// It holds back what comes.
    pub holds: bool,
}

/// What is remembered of a connection's losses, held until this unit ends.
pub async fn hold(tx: &mut Tx, connection: &ConnectionId) -> Result<Option<Guard>> {
    tx.first(
        "INSERT INTO guards (connection_id) VALUES ($1)
         ON CONFLICT (connection_id) DO UPDATE SET connection_id = excluded.connection_id
         RETURNING allowed, counted_at, recent, storm_id, last_at, holds",
        [connection.into()],
    )
    .await
}

/// Keeps what is to be remembered.
pub async fn keep(tx: &mut Tx, connection: &ConnectionId, guard: &Guard) -> Result<()> {
    tx.run(
        "UPDATE guards SET allowed = $2, counted_at = $3, recent = $4, storm_id = $5, last_at = $6, holds = $7 WHERE connection_id = $1",
        [
            connection.into(),
            guard.allowed.into(),
            guard.counted_at.into(),
            (&guard.recent).into(),
            guard.storm_id.as_ref().map(StormId::as_str).into(),
            guard.last_at.into(),
            guard.holds.into(),
        ],
    )
    .await?;
    Ok(())
}

/// How many people a connection keeps.
pub async fn people(tx: &mut Tx, node: NodeId) -> Result<i64> {
    tx.number(
        "SELECT count(*) FROM users WHERE node_id = $1 AND linked AND recycled_at IS NULL",
        [node.into()],
    )
    .await
}
