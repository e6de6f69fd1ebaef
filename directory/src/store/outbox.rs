//! Mail that waits to be sent: written in the unit of work it tells of, at most one of a kind for each
//! turn of a person's life (INV-4).

use super::db::Tx;
use crate::error::Result;
use crate::model::id::{NodeId, UserId};
use crate::model::letter::Letter;
use crate::model::role::Privilege;
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
    /// What it is: [`INVITATION`], or another word of whoever wrote it.
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

/// Whom a mail is for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Recipient {
    /// Who.
    pub id: UserId,
    /// Which turn of their life.
    pub generation: i64,
    /// Their address.
    pub login: String,
}

/// Puts an invitation into the outbox; an older one that has not left is taken back.
pub async fn invite(tx: &mut Tx, user: &UserId, generation: i64, recipient: &str) -> Result<()> {
    withdraw(tx, user).await?;
    let to = Recipient {
        id: user.clone(),
        generation,
        login: recipient.to_owned(),
    };
    write(tx, &to, INVITATION, None).await?;
    Ok(())
}

/// Puts a mail of another kind than an invitation into the outbox: an alert, a test.
pub async fn tell(tx: &mut Tx, to: &Recipient, kind: &str, letter: &Letter) -> Result<String> {
    let json = serde_json::to_string(letter)
        .map_err(|error| crate::error::Error::Store(error.to_string()))?;
    write(tx, to, kind, Some(json)).await
}

/// Who may be told of what happens at a node: those with the privilege there who may sign in.
pub async fn administrators(
    tx: &mut Tx,
    node: NodeId,
    privilege: Privilege,
) -> Result<Vec<Recipient>> {
    tx.all(
        "WITH RECURSIVE up (id, height) AS (
             SELECT id, CAST(0 AS BIGINT) FROM nodes WHERE id = $1
             UNION ALL
             SELECT n.parent_id, up.height + 1 FROM up JOIN nodes n ON n.id = up.id WHERE n.parent_id IS NOT NULL
         )
         SELECT DISTINCT u.id, u.generation, u.login FROM up
         JOIN role_privileges rp ON rp.node_id = up.id AND (rp.cascades OR up.height = 0)
         JOIN role_users ru ON ru.role_id = rp.role_id
         JOIN users u ON u.id = ru.user_id
         WHERE rp.privilege = $2 AND u.state = 'active' AND NOT u.locked_by_admin AND NOT u.locked_by_idp
           AND u.recycled_at IS NULL
         ORDER BY u.id",
        [node.into(), privilege.as_str().into()],
    )
    .await
}

async fn write(tx: &mut Tx, to: &Recipient, kind: &str, letter: Option<String>) -> Result<String> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.run(
        "INSERT INTO outbox (id, user_id, generation, kind, transition, recipient, created_at, letter)
         SELECT $1, $2, $3, $4, coalesce(max(transition), 0) + 1, $5, $6, $7 FROM outbox
         WHERE user_id = $2 AND generation = $3 AND kind = $4",
        [
            (&id).into(),
            (&to.id).into(),
            to.generation.into(),
            kind.into(),
            (&to.login).into(),
            now.into(),
            letter.into(),
        ],
    )
    .await?;
    Ok(id)
}

/// Takes back an invitation that has not left for somebody.
pub async fn withdraw(tx: &mut Tx, user: &UserId) -> Result<()> {
    tx.run(
        "UPDATE outbox SET withdrawn_at = $2
         WHERE user_id = $1 AND kind = 'invitation' AND sent_at IS NULL AND withdrawn_at IS NULL",
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
