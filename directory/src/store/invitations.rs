//! Invitations: the way in that a mail offers, one open at a time for each person; and what a node says in them.

use super::db::{Arg, Tx};
use super::outbox;
use crate::error::Result;
use crate::model::id::{NodeId, UserId};
use crate::model::invitation::{Invitation, LIFE, Reason, Wording};
use crate::model::settings::Switch;
use crate::model::timestamp::Timestamp;

/// A person who may accept an invitation now.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Invitee {
    /// Who.
    pub user_id: UserId,
    /// Where they belong.
    pub node_id: NodeId,
    /// The address they sign in with.
    pub login: String,
    /// What the console calls them.
    pub label: String,
}

/// Somebody whose invitation was sent a while ago.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// Who.
    pub user_id: UserId,
    /// Where they belong.
    pub node_id: NodeId,
    /// Their latest invitation.
    pub invitation: String,
    /// What the console calls them.
    pub label: String,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// What is true of somebody (`u`) who may accept an invitation (`i`) at instant `$2`: it is theirs as they are now,
/// it is in time, and nothing keeps them out (INV-1).
macro_rules! may_accept {
    () => {
        "i.state = 'open' AND (i.expires_at IS NULL OR i.expires_at > $2)
         AND u.generation = i.generation AND u.login_key = i.login_key AND u.state = 'invited'
         AND NOT u.locked_by_admin AND NOT u.locked_by_idp AND u.recycled_at IS NULL"
    };
}

/// Offers somebody a way in, by a mail to the address they have now. One that was offered before is superseded.
pub async fn offer(tx: &mut Tx, user: &UserId) -> Result<()> {
    end(tx, user, Reason::Superseded).await?;
    let Some(to) = outbox::recipient(tx, user).await? else {
        return Ok(());
    };
    let id = outbox::write(tx, &to, outbox::INVITATION, None).await?;
    tx.run(
        "INSERT INTO invitations (id, user_id, generation, login_key, state, created_at)
         SELECT $1, id, generation, login_key, 'open', $3 FROM users WHERE id = $2",
        [(&id).into(), user.into(), tx.now().into()],
    )
    .await?;
    Ok(())
}

/// Ends the open invitation of somebody, whether its mail has left or not; whether there was one.
pub async fn end(tx: &mut Tx, user: &UserId, reason: Reason) -> Result<bool> {
    let now = tx.now();
    let ended = tx
        .run(
            "UPDATE invitations SET state = 'ended', reason = $2, closed_at = $3 WHERE user_id = $1 AND state = 'open'",
            [user.into(), reason.as_str().into(), now.into()],
        )
        .await?;
    outbox::withdraw(tx, user).await?;
    Ok(ended > 0)
}

/// The open invitation of somebody who has come in another way is accepted by that.
pub async fn consume(tx: &mut Tx, user: &UserId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE invitations SET state = 'accepted', closed_at = $2 WHERE user_id = $1 AND state = 'open'",
        [user.into(), now.into()],
    )
    .await?;
    outbox::withdraw(tx, user).await
}

/// Who may accept an invitation now, if anybody.
pub async fn invitee(tx: &mut Tx, id: &str) -> Result<Option<Invitee>> {
    let now = tx.now();
    tx.first(
        concat!(
            "SELECT u.id AS user_id, u.node_id, u.login, u.label FROM invitations i JOIN users u ON u.id = i.user_id
             WHERE i.id = $1 AND ",
            may_accept!()
        ),
        [id.into(), now.into()],
    )
    .await
}

/// Accepts an invitation; whether it could be. Of two at once one does.
pub async fn accept(tx: &mut Tx, id: &str) -> Result<bool> {
    let now = tx.now();
    let accepted = tx
        .run(
            concat!(
                "UPDATE invitations AS i SET state = 'accepted', closed_at = $2
                 WHERE i.id = $1 AND EXISTS (SELECT 1 FROM users u WHERE u.id = i.user_id AND ",
                may_accept!(),
                ")"
            ),
            [id.into(), now.into()],
        )
        .await?;
    Ok(accepted > 0)
}

/// The latest invitation of somebody, and how its mail fares.
pub async fn latest(tx: &mut Tx, user: &UserId) -> Result<Option<Invitation>> {
    tx.first(
        "SELECT i.id, i.state, i.reason, o.recipient, o.created_at AS written_at, o.sent_at, o.failed_at, o.tries,
                o.next_at, o.trouble, i.expires_at
         FROM invitations i JOIN outbox o ON o.id = i.id
         WHERE i.id = (SELECT max(id) FROM invitations WHERE user_id = $1)",
        [user.into()],
    )
    .await
}

/// The mail of an invitation has left: its time begins.
pub async fn left(tx: &mut Tx, id: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE invitations SET expires_at = $2 WHERE id = $1 AND state = 'open' AND expires_at IS NULL",
        [id.into(), now.plus(LIFE).into()],
    )
    .await?;
    Ok(())
}

/// Ends the invitations whose time is over, so many at the most; whose they were.
pub async fn expire(tx: &mut Tx, limit: i64) -> Result<Vec<(UserId,)>> {
    let now = tx.now();
    tx.all(
        "UPDATE invitations SET state = 'ended', reason = 'expired', closed_at = $1
         WHERE state = 'open' AND id IN (SELECT id FROM invitations WHERE state = 'open' AND expires_at <= $1 ORDER BY id LIMIT $2)
         RETURNING user_id",
        [now.into(), limit.into()],
    )
    .await
}

/// Whether any node, or any role, has invitations sent again by themselves.
pub async fn any_again(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT (SELECT count(*) FROM invitation_words WHERE again_after_days > 0)
                    + (SELECT count(*) FROM role_policies WHERE policy = 'resend_invitations' AND value <> '0')";
    Ok(tx.number(sql, []).await? > 0)
}

/// Those who have not come in although they were invited before an instant, less than so many times.
pub async fn waiting_since(tx: &mut Tx, before: Timestamp, most: i64) -> Result<Vec<Waiting>> {
    tx.all(
        "SELECT i.id AS invitation, i.user_id, u.node_id, u.label, o.sent_at
         FROM invitations i JOIN outbox o ON o.id = i.id JOIN users u ON u.id = i.user_id
         WHERE i.id = (SELECT max(l.id) FROM invitations l WHERE l.user_id = i.user_id)
           AND (i.state = 'open' OR i.reason = 'expired') AND o.sent_at <= $1
           AND u.state = 'invited' AND NOT u.locked_by_admin AND NOT u.locked_by_idp AND u.recycled_at IS NULL
           AND (SELECT count(*) FROM invitations c WHERE c.user_id = i.user_id AND c.generation = u.generation) < $2
         ORDER BY i.id",
        [before.into(), most.into()],
    )
    .await
}

/// Whether somebody, who is held, still waits with this invitation as their latest.
pub async fn waits(tx: &mut Tx, user: &UserId, invitation: &str) -> Result<bool> {
    let found = tx
        .number(
            "SELECT count(*) FROM users u
             WHERE u.id = $1 AND u.state = 'invited' AND NOT u.locked_by_admin AND NOT u.locked_by_idp AND u.recycled_at IS NULL
               AND $2 = (SELECT max(l.id) FROM invitations l WHERE l.user_id = u.id)
               AND EXISTS (SELECT 1 FROM invitations i WHERE i.id = $2 AND (i.state = 'open' OR i.reason = 'expired'))",
            [user.into(), invitation.into()],
        )
        .await?;
    Ok(found > 0)
}

/// Whether invitations are sent by themselves at a node: what it says, else the next node above that says anything.
pub async fn sends(tx: &mut Tx, node: NodeId) -> Result<Switch> {
    let said = tx
        .first::<(String,)>(
            "WITH RECURSIVE up (id, height) AS (
                 SELECT CAST($1 AS BIGINT), CAST(0 AS BIGINT)
                 UNION ALL
                 SELECT n.parent_id, up.height + 1 FROM up JOIN nodes n ON n.id = up.id WHERE n.parent_id IS NOT NULL
             )
             SELECT w.sends FROM up JOIN invitation_words w ON w.node_id = up.id WHERE w.sends IS NOT NULL
             ORDER BY up.height LIMIT 1",
            [node.into()],
        )
        .await?;
    Ok(said
        .and_then(|row| Switch::of(&row.0))
        .unwrap_or(Switch::On))
}

#[derive(sqlx::FromRow)]
struct Row {
    node_id: NodeId,
    subject: Option<String>,
    heading: Option<String>,
    message: Option<String>,
    button: Option<String>,
    sends: Option<String>,
    again_after_days: Option<i64>,
}

/// What a node and those above it say, the root first.
pub async fn said_by(tx: &mut Tx, node: NodeId) -> Result<Vec<(NodeId, Wording)>> {
    let rows = tx
        .all::<Row>(
            "WITH RECURSIVE up (id, height) AS (
                 SELECT CAST($1 AS BIGINT), CAST(0 AS BIGINT)
                 UNION ALL
                 SELECT n.parent_id, up.height + 1 FROM up JOIN nodes n ON n.id = up.id WHERE n.parent_id IS NOT NULL
             )
             SELECT w.node_id, w.subject, w.heading, w.message, w.button, w.sends, w.again_after_days
             FROM up JOIN invitation_words w ON w.node_id = up.id ORDER BY up.height DESC",
            [node.into()],
        )
        .await?;
    let said = rows.into_iter().map(|row| {
        let wording = Wording {
            subject: row.subject,
            heading: row.heading,
            message: row.message,
            button: row.button,
            sends: row.sends.and_then(|word| Switch::of(&word)),
            again_after_days: row.again_after_days,
        };
        (row.node_id, wording)
    });
    Ok(said.collect())
}

/// Sets what a node says of its own.
pub async fn say(tx: &mut Tx, node: NodeId, wording: &Wording) -> Result<()> {
    tx.run(
        "INSERT INTO invitation_words (node_id, subject, heading, message, button, sends, again_after_days)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (node_id) DO UPDATE SET subject = excluded.subject, heading = excluded.heading,
             message = excluded.message, button = excluded.button, sends = excluded.sends,
             again_after_days = excluded.again_after_days",
        [
            Arg::from(node),
            (&wording.subject).into(),
            (&wording.heading).into(),
            (&wording.message).into(),
            (&wording.button).into(),
            wording.sends.map(Switch::as_str).into(),
            wording.again_after_days.into(),
        ],
    )
    .await?;
    Ok(())
}
