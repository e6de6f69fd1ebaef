//! Mail that waits to be sent: written in the unit of work it tells of, at most one of a kind for each
//! turn of a person's life (INV-4).

use super::db::Tx;
use crate::error::Result;
use crate::model::id::UserId;
use crate::model::timestamp::Timestamp;

/// The kind of an invitation.
pub const INVITATION: &str = "invitation";

/// A mail of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Mail {
    /// Which, in the order of writing.
    pub id: String,
    /// To whom.
    pub user_id: UserId,
    /// What it is: [`INVITATION`].
    pub kind: String,
    /// Their address then.
    pub recipient: String,
    /// Their name.
    pub label: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it left.
    pub sent_at: Option<Timestamp>,
    /// When it was taken back before it left.
    pub withdrawn_at: Option<Timestamp>,
}

/// Puts an invitation into the outbox; an older one that has not left is taken back.
pub async fn invite(tx: &mut Tx, user: &UserId, generation: i64, recipient: &str) -> Result<()> {
    withdraw(tx, user).await?;
    tx.run(
        "INSERT INTO outbox (id, user_id, generation, kind, transition, recipient, created_at)
         SELECT $1, $2, $3, 'invitation', count(*) + 1, $4, $5 FROM outbox
         WHERE user_id = $2 AND generation = $3 AND kind = 'invitation'",
        [
            tx.new_id().into(),
            user.into(),
            generation.into(),
            recipient.into(),
            tx.now().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Takes back what has not left for somebody.
pub async fn withdraw(tx: &mut Tx, user: &UserId) -> Result<()> {
    tx.run(
        "UPDATE outbox SET withdrawn_at = $2 WHERE user_id = $1 AND sent_at IS NULL AND withdrawn_at IS NULL",
        [user.into(), tx.now().into()],
    )
    .await?;
    Ok(())
}

/// How many invitations were written for somebody since an instant.
pub async fn invitations_since(tx: &mut Tx, user: &UserId, since: Timestamp) -> Result<i64> {
    let sql = "SELECT count(*) FROM outbox WHERE user_id = $1 AND kind = 'invitation' AND created_at > $2";
    tx.number(sql, [user.into(), since.into()]).await
}

/// When somebody was invited last, if they were.
pub async fn invited_at(tx: &mut Tx, user: &UserId) -> Result<Option<Timestamp>> {
    let row = tx
        .first::<(Option<Timestamp>,)>(
            "SELECT max(created_at) FROM outbox WHERE user_id = $1 AND kind = 'invitation' AND withdrawn_at IS NULL",
            [user.into()],
        )
        .await?;
    Ok(row.and_then(|row| row.0))
}

/// The latest mail, newest first.
pub async fn latest(tx: &mut Tx, limit: i64) -> Result<Vec<Mail>> {
    tx.all(
        "SELECT o.id, o.user_id, o.kind, o.recipient, u.label, o.created_at, o.sent_at, o.withdrawn_at
         FROM outbox o JOIN users u ON u.id = o.user_id ORDER BY o.id DESC LIMIT $1",
        [limit.into()],
    )
    .await
}
