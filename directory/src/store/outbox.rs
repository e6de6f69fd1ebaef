//! Mail that waits to be sent: written in the unit of work it tells of, at most one of a kind for each
//! turn of a person's life (INV-4).

use super::db::Tx;
use super::search;
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
    /// When it was given up.
    pub failed_at: Option<Timestamp>,
    /// What it says, as JSON; none for an invitation.
    pub letter: Option<String>,
    /// Where its person belongs.
    pub node_id: NodeId,
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

/// A mail that a server is about to send.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Claimed {
    /// Which.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// To which address.
    pub recipient: String,
    /// What it says, as JSON; none for an invitation.
    pub letter: Option<String>,
    /// How often it was tried in vain.
    pub tries: i64,
    /// Where its person belongs.
    pub node_id: NodeId,
    /// What its person is called.
    pub label: String,
}

/// A mail that was given up.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GivenUp {
    /// Which.
    pub id: String,
    /// To whom.
    pub user_id: UserId,
    /// What it is.
    pub kind: String,
    /// Their address then.
    pub recipient: String,
    /// Their name.
    pub label: String,
    /// When.
    pub failed_at: Timestamp,
    /// Why.
    pub trouble: String,
}

/// What is true of a mail that waits to leave.
macro_rules! waits {
    () => {
        "sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL"
    };
}

/// Somebody as the recipient of a mail, with the address they have now.
pub async fn recipient(tx: &mut Tx, user: &UserId) -> Result<Option<Recipient>> {
    tx.first(
        "SELECT id, generation, login FROM users WHERE id = $1",
        [user.into()],
    )
    .await
}

/// Puts a mail of another kind than an invitation into the outbox: an alert, a test.
pub async fn tell(tx: &mut Tx, to: &Recipient, kind: &str, letter: &Letter) -> Result<String> {
    let json = serde_json::to_string(letter)
        .map_err(|error| crate::error::Error::Store(error.to_string()))?;
    write(tx, to, kind, Some(json)).await
}

/// Whether somebody was told of a kind of thing since an instant.
pub async fn was_told(tx: &mut Tx, user: &UserId, kind: &str, since: Timestamp) -> Result<bool> {
    let sql = "SELECT count(*) FROM outbox WHERE user_id = $1 AND kind = $2 AND created_at > $3";
    let mails = tx
        .number(sql, [user.into(), kind.into(), since.into()])
        .await?;
    Ok(mails > 0)
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

/// Puts a mail into the outbox; its id.
pub(super) async fn write(
    tx: &mut Tx,
    to: &Recipient,
    kind: &str,
    letter: Option<String>,
) -> Result<String> {
    let (id, now) = (tx.new_id(), tx.now());
    // Of two mails to one person at once the second counts on from the first.
    while tx
        .run(
        "INSERT INTO outbox (id, user_id, generation, kind, transition, recipient, created_at, letter)
         SELECT $1, $2, $3, $4, coalesce(max(transition), 0) + 1, $5, $6, $7 FROM outbox
         WHERE user_id = $2 AND generation = $3 AND kind = $4
         ON CONFLICT (user_id, generation, kind, transition) DO NOTHING",
        [
            (&id).into(),
            (&to.id).into(),
            to.generation.into(),
            kind.into(),
            (&to.login).into(),
            now.into(),
            (&letter).into(),
        ],
    )
    .await?
        == 0
    {}
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

/// The latest mail, newest first.
pub async fn latest(tx: &mut Tx, limit: i64) -> Result<Vec<Mail>> {
    tx.all(
        "SELECT o.id, o.user_id, o.kind, o.recipient, u.label, o.created_at, o.sent_at, o.withdrawn_at, o.failed_at, o.letter, u.node_id
         FROM outbox o JOIN users u ON u.id = o.user_id ORDER BY o.id DESC LIMIT $1",
        [limit.into()],
    )
    .await
}

/// Whether any mail is to be sent now, and nobody sends it.
pub async fn is_due(tx: &mut Tx) -> Result<bool> {
    let now = tx.now();
    let sql = concat!(
        "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE ",
        waits!(),
        " AND next_at <= $1 AND claimed_until <= $1 LIMIT 1) AS due"
    );
    Ok(tx.number(sql, [now.into()]).await? > 0)
}

/// Ends every claim.
pub async fn release(tx: &mut Tx) -> Result<()> {
    tx.run(
        "UPDATE outbox SET claimed_until = 0 WHERE claimed_until > 0 AND sent_at IS NULL",
        [],
    )
    .await?;
    Ok(())
}

/// Claims the mail that is due first until an instant. None also where another server was faster.
pub async fn claim(tx: &mut Tx, until: Timestamp) -> Result<Option<Claimed>> {
    let now = tx.now();
    let claimed = tx
        .first::<(String,)>(
            concat!(
                "UPDATE outbox SET claimed_until = $2 WHERE id = (SELECT id FROM outbox WHERE ",
                waits!(),
                " AND next_at <= $1 AND claimed_until <= $1 ORDER BY next_at, id LIMIT 1) AND ",
                waits!(),
                " AND claimed_until <= $1 RETURNING id"
            ),
            [now.into(), until.into()],
        )
        .await?;
    let Some((id,)) = claimed else {
        return Ok(None);
    };
    tx.first(
        "SELECT o.id, o.kind, o.recipient, o.letter, o.tries, u.node_id, u.label
         FROM outbox o JOIN users u ON u.id = o.user_id WHERE o.id = $1",
        [id.into()],
    )
    .await
}

/// Notes that a mail has left; whether that was not known.
pub async fn sent(tx: &mut Tx, id: &str) -> Result<bool> {
    let now = tx.now();
    let sent = tx
        .run(
            "UPDATE outbox SET sent_at = $2, claimed_until = 0, trouble = NULL WHERE id = $1 AND sent_at IS NULL",
            [id.into(), now.into()],
        )
        .await?;
    Ok(sent > 0)
}

/// Notes that a mail did not leave, why, and when it is tried again.
pub async fn put_off(tx: &mut Tx, id: &str, again: Timestamp, trouble: &str) -> Result<()> {
    tx.run(
        concat!(
            "UPDATE outbox SET tries = tries + 1, next_at = $2, claimed_until = 0, trouble = $3 WHERE id = $1 AND ",
            waits!()
        ),
        [id.into(), again.into(), trouble.into()],
    )
    .await?;
    Ok(())
}

/// Notes that a mail will not leave, and why: whose it was and what, unless that was known.
pub async fn give_up(tx: &mut Tx, id: &str, trouble: &str) -> Result<Option<(UserId, String)>> {
    let now = tx.now();
    tx.first(
        concat!(
            "UPDATE outbox SET tries = tries + 1, failed_at = $2, claimed_until = 0, trouble = $3 WHERE id = $1 AND ",
            waits!(),
            " RETURNING user_id, kind"
        ),
        [id.into(), now.into(), trouble.into()],
    )
    .await
}

/// How many mails wait to leave.
pub async fn waiting(tx: &mut Tx) -> Result<i64> {
    tx.number(concat!("SELECT count(*) FROM outbox WHERE ", waits!()), [])
        .await
}

/// When a mail left last.
pub async fn left_last(tx: &mut Tx) -> Result<Option<Timestamp>> {
    let row = tx
        .first::<(Option<Timestamp>,)>("SELECT max(sent_at) FROM outbox", [])
        .await?;
    Ok(row.and_then(|row| row.0))
}

/// The mails that were given up and nobody took back, the latest first.
pub async fn given_up(tx: &mut Tx, limit: i64) -> Result<Vec<GivenUp>> {
    tx.all(
        "SELECT o.id, o.user_id, o.kind, o.recipient, u.label, o.failed_at, coalesce(o.trouble, '') AS trouble
         FROM outbox o JOIN users u ON u.id = o.user_id
         WHERE o.failed_at IS NOT NULL AND o.withdrawn_at IS NULL ORDER BY o.failed_at DESC, o.id DESC LIMIT $1",
        [limit.into()],
    )
    .await
}

/// How many mails of a kind were written for somebody since an instant.
pub async fn written_since(
    tx: &mut Tx,
    user: &UserId,
    kind: &str,
    since: Timestamp,
) -> Result<i64> {
    let sql = "SELECT count(*) FROM outbox WHERE user_id = $1 AND kind = $2 AND created_at > $3";
    tx.number(sql, [user.into(), kind.into(), since.into()])
        .await
}

/// Those of these people for whom so many mails of a kind or more were written since an instant.
pub async fn written_often(
    tx: &mut Tx,
    users: &[UserId],
    kind: &str,
    since: Timestamp,
    times: i64,
) -> Result<Vec<(UserId,)>> {
    search::among(
        tx,
        "SELECT w.user_id FROM (SELECT user_id, count(*) AS times FROM outbox WHERE kind = $1 AND created_at > $2 GROUP BY user_id) w
         WHERE w.times >= $3 AND w.user_id IN",
        "",
        vec![kind.into(), since.into(), times.into()],
        users,
    )
    .await
}
