//! What administrators are about to do to many, and how far it has come.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::{NodeId, UserId};
use crate::model::timestamp::Timestamp;

/// What is kept of a plan.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Plan {
    /// Which.
    pub id: String,
    /// Whom or what it concerns, as JSON; empty once it is done.
    pub content: String,
    /// How many there are.
    pub total: i64,
    /// How many have been dealt with.
    pub position: i64,
    /// Where to.
    pub node_id: Option<NodeId>,
    /// What became of those, as JSON.
    pub outcome: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The kind of a plan about people who were chosen.
pub const PEOPLE: &str = "people";
/// The kind of a plan about people who are to be added.
pub const IMPORT: &str = "import";

/// Keeps a plan in the place of the one of its kind that was there.
pub async fn keep(
    tx: &mut Tx,
    user: &UserId,
    kind: &str,
    content: &str,
    total: i64,
) -> Result<String> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.run(
        "INSERT INTO plans (user_id, kind, id, content, total, created_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (user_id, kind) DO UPDATE SET id = excluded.id, content = excluded.content, total = excluded.total,
             position = 0, node_id = NULL, outcome = '{}', created_at = excluded.created_at",
        [
            user.into(),
            kind.into(),
            (&id).into(),
            content.into(),
            total.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// The plan of a kind, if there is one.
pub async fn find(tx: &mut Tx, user: &UserId, kind: &str) -> Result<Option<Plan>> {
    tx.first(
        "SELECT id, content, total, position, node_id, outcome, created_at FROM plans WHERE user_id = $1 AND kind = $2",
        [user.into(), kind.into()],
    )
    .await
}

/// How far a plan has come and what became of it; nobody else moves it before this unit ends. None where another has
/// taken its place.
pub async fn hold(
    tx: &mut Tx,
    user: &UserId,
    kind: &str,
    id: &str,
) -> Result<Option<(i64, Option<NodeId>, String)>> {
    tx.first(
        "UPDATE plans SET position = position WHERE user_id = $1 AND kind = $2 AND id = $3 RETURNING position, node_id, outcome",
        [user.into(), kind.into(), id.into()],
    )
    .await
}

/// Notes how far a plan has come, what became of it, and where to. One that is done keeps nothing but that.
pub async fn advance(
    tx: &mut Tx,
    (user, kind): (&UserId, &str),
    position: i64,
    node: Option<NodeId>,
    outcome: &str,
) -> Result<()> {
    tx.run(
        "UPDATE plans SET position = $3, node_id = $4, outcome = $5, content = CASE WHEN $3 >= total THEN '' ELSE content END
         WHERE user_id = $1 AND kind = $2",
        [
            user.into(),
            kind.into(),
            position.into(),
            node.into(),
            outcome.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Forgets what was planned before an instant.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    tx.run("DELETE FROM plans WHERE created_at < $1", [before.into()])
        .await
}
