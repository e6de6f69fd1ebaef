//! Connections that were removed: what becomes of their people, and what they were like before.

use super::db::Tx;
use crate::error::Result;
use crate::model::connection::{Fate, Kept, RemovedConnection};
use crate::model::id::{ConnectionId, NodeId, UserId};
use crate::model::role::Privilege;
use crate::model::user::LeftBehind;

/// The columns and tables of a [`RemovedConnection`].
macro_rules! removed {
    () => {
        "SELECT c.id, c.node_id, n.name AS node_name, c.name, c.removed_at, c.removed_by, c.fate
         FROM connections c JOIN nodes n ON n.id = c.node_id WHERE c.removed_at IS NOT NULL"
    };
}

/// The removed connection of a node.
pub async fn find(tx: &mut Tx, node: NodeId) -> Result<Option<RemovedConnection>> {
    tx.first(concat!(removed!(), " AND c.node_id = $1"), [node.into()])
        .await
}

/// As [`find`], and nobody else restores it, or puts another in its place, before this unit ends.
pub async fn hold(tx: &mut Tx, node: NodeId) -> Result<Option<RemovedConnection>> {
    tx.run(
        "UPDATE connections SET name = name WHERE node_id = $1 AND removed_at IS NOT NULL",
        [node.into()],
    )
    .await?;
    find(tx, node).await
}

/// The removed connections at the nodes where a person has a privilege, the latest first.
pub async fn list(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
) -> Result<Vec<RemovedConnection>> {
    tx.all(
        concat!(
            "WITH RECURSIVE seen (id, cascades) AS (
                 SELECT rp.node_id, rp.cascades FROM role_users ru JOIN role_privileges rp ON rp.role_id = ru.role_id
                 WHERE ru.user_id = $1 AND rp.privilege = $2
                 UNION
                 SELECT n.id, TRUE FROM nodes n JOIN seen ON n.parent_id = seen.id WHERE seen.cascades
             ) ",
            removed!(),
            " AND c.node_id IN (SELECT id FROM seen) ORDER BY c.removed_at DESC, c.id"
        ),
        [admin.into(), privilege.as_str().into()],
    )
    .await
}

/// Whom the removal of a node's connection touches.
pub async fn kept(tx: &mut Tx, node: NodeId) -> Result<Kept> {
    let found = tx
        .first(
            "SELECT count(*) AS users,
                    count(CASE WHEN u.state = 'active' AND NOT u.locked_by_admin AND NOT u.locked_by_idp THEN 1 END) AS active,
                    count(CASE WHEN u.state = 'invited' AND NOT u.locked_by_admin AND NOT u.locked_by_idp THEN 1 END) AS invited,
                    count(CASE WHEN u.locked_by_admin OR u.locked_by_idp THEN 1 END) AS locked,
                    count(CASE WHEN u.hidden_from_connection THEN 1 END) AS deleted,
                    count(CASE WHEN u.id IN (SELECT h.user_id FROM role_users h JOIN roles r ON r.id = h.role_id
                                             WHERE r.kind = 'administrative') THEN 1 END) AS administrators,
                    (SELECT count(*) FROM teams WHERE node_id = $1 AND linked AND recycled_at IS NULL) AS teams
             FROM users u WHERE u.node_id = $1 AND u.linked AND u.recycled_at IS NULL",
            [node.into()],
        )
        .await?;
    Ok(found.unwrap_or_default())
}

/// Removes a connection: nothing sees it any more.
pub async fn remove(tx: &mut Tx, id: &ConnectionId, by: &str, fate: Fate) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE connections SET removed_at = $2, removed_by = $3, fate = $4 WHERE id = $1",
        [id.into(), now.into(), by.into(), fate.as_str().into()],
    )
    .await?;
    Ok(())
}

/// Notes what the people and teams of a connection are like.
pub async fn note(tx: &mut Tx, id: &ConnectionId, node: NodeId) -> Result<()> {
    tx.run(
        "INSERT INTO left_behind (connection_id, kind, subject_id, external_id, hidden, locked_by_idp, locked_by, locked_now)
         SELECT $1, 'user', u.id, u.external_id, u.hidden_from_connection, u.locked_by_idp, u.locked_by, FALSE
         FROM users u WHERE u.node_id = $2 AND u.linked",
        [id.into(), node.into()],
    )
    .await?;
    tx.run(
        "INSERT INTO left_behind (connection_id, kind, subject_id, external_id, hidden, locked_by_idp, locked_by, locked_now)
         SELECT $1, 'team', t.id, t.external_id, FALSE, FALSE, NULL, FALSE FROM teams t WHERE t.node_id = $2 AND t.linked",
        [id.into(), node.into()],
    )
    .await?;
    Ok(())
}

/// Locks whoever a connection keeps and is not locked by it, but administrators. Their sessions end, and what waits to
/// be mailed to them does not leave. Who was locked: id and name.
pub async fn lock(
    tx: &mut Tx,
    id: &ConnectionId,
    node: NodeId,
    name: &str,
) -> Result<Vec<(UserId, String)>> {
    let now = tx.now();
    let locked = tx
        .all(
            "UPDATE users SET locked_by_idp = TRUE, locked_by = $2, session_epoch = session_epoch + 1,
                    version = version + 1, updated_at = $3
             WHERE node_id = $1 AND linked AND NOT locked_by_idp AND recycled_at IS NULL
               AND id NOT IN (SELECT h.user_id FROM role_users h JOIN roles r ON r.id = h.role_id WHERE r.kind = 'administrative')
             RETURNING id, label",
            [node.into(), name.into(), now.into()],
        )
        .await?;
    tx.run(
        "UPDATE left_behind SET locked_now = TRUE WHERE connection_id = $1 AND kind = 'user' AND NOT locked_by_idp
           AND subject_id IN (SELECT id FROM users WHERE node_id = $2 AND locked_by_idp)",
        [id.into(), node.into()],
    )
    .await?;
    tx.run(
        "DELETE FROM sessions WHERE user_id IN (SELECT subject_id FROM left_behind WHERE connection_id = $1 AND locked_now)",
        [id.into()],
    )
    .await?;
    tx.run(
        "UPDATE invitations SET state = 'ended', reason = 'withdrawn', closed_at = $2 WHERE state = 'open'
           AND user_id IN (SELECT subject_id FROM left_behind WHERE connection_id = $1 AND locked_now)",
        [id.into(), now.into()],
    )
    .await?;
    tx.run(
        "UPDATE outbox SET withdrawn_at = $2 WHERE kind = 'invitation' AND sent_at IS NULL AND withdrawn_at IS NULL
           AND user_id IN (SELECT subject_id FROM left_behind WHERE connection_id = $1 AND locked_now)",
        [id.into(), now.into()],
    )
    .await?;
    Ok(locked)
}

/// Nobody keeps the people and teams of a node any more. Whoever an identity provider had deleted can be seen again.
pub async fn unlink(tx: &mut Tx, node: NodeId) -> Result<(u64, u64)> {
    let now = tx.now();
    let users = tx
        .run(
            "UPDATE users SET linked = FALSE, hidden_from_connection = FALSE, external_id = NULL, version = version + 1, updated_at = $2
             WHERE node_id = $1 AND linked",
            [node.into(), now.into()],
        )
        .await?;
    let teams = tx
        .run(
            "UPDATE teams SET linked = FALSE, external_id = NULL, version = version + 1, updated_at = $2 WHERE node_id = $1 AND linked",
            [node.into(), now.into()],
        )
        .await?;
    Ok((users, teams))
}

/// Gives the people and teams of a removed connection back what they were to it, as far as they are still there. A lock
/// that was taken back since stays taken back. How many people and teams.
pub async fn relink(tx: &mut Tx, id: &ConnectionId, name: &str) -> Result<(u64, u64)> {
    let now = tx.now();
    let users = tx
        .run(
            "UPDATE users SET linked = TRUE, external_id = b.external_id,
                    hidden_from_connection = (b.hidden AND users.locked_by_idp),
                    locked_by_idp = (users.locked_by_idp AND b.locked_by_idp),
                    locked_by = CASE WHEN NOT b.locked_now THEN users.locked_by
                                     WHEN users.locked_by_admin AND users.locked_by <> $2 THEN users.locked_by
                                     WHEN users.locked_by_admin THEN b.locked_by END,
                    version = version + 1, updated_at = $3
             FROM left_behind b JOIN connections c ON c.id = b.connection_id
             WHERE b.connection_id = $1 AND b.kind = 'user' AND b.subject_id = users.id AND users.node_id = c.node_id
               AND users.recycled_at IS NULL",
            [id.into(), name.into(), now.into()],
        )
        .await?;
    let teams = tx
        .run(
            "UPDATE teams SET linked = TRUE, external_id = b.external_id, version = version + 1, updated_at = $2
             FROM left_behind b JOIN connections c ON c.id = b.connection_id
             WHERE b.connection_id = $1 AND b.kind = 'team' AND b.subject_id = teams.id AND teams.node_id = c.node_id
               AND teams.recycled_at IS NULL",
            [id.into(), now.into()],
        )
        .await?;
    tx.run(
        "UPDATE invitations SET state = 'open', reason = NULL, closed_at = NULL
         FROM left_behind b JOIN connections c ON c.id = b.connection_id JOIN users u ON u.id = b.subject_id
         WHERE b.connection_id = $1 AND b.locked_now AND invitations.user_id = b.subject_id
           AND invitations.closed_at = c.removed_at AND invitations.reason = 'withdrawn'
           AND invitations.generation = u.generation AND invitations.login_key = u.login_key
           AND u.state = 'invited' AND NOT u.locked_by_admin AND NOT u.locked_by_idp
           AND NOT EXISTS (SELECT 1 FROM invitations o WHERE o.user_id = b.subject_id AND o.state = 'open')",
        [id.into()],
    )
    .await?;
    tx.run(
        "UPDATE outbox SET withdrawn_at = NULL
         FROM left_behind b JOIN connections c ON c.id = b.connection_id
              JOIN invitations i ON i.user_id = b.subject_id AND i.state = 'open'
         WHERE b.connection_id = $1 AND b.locked_now AND outbox.id = i.id AND outbox.withdrawn_at = c.removed_at
           AND outbox.sent_at IS NULL",
        [id.into()],
    )
    .await?;
    Ok((users, teams))
}

/// Takes the removal of a connection back; whether it was removed.
pub async fn restore(tx: &mut Tx, id: &ConnectionId) -> Result<bool> {
    let restored = tx
        .run(
            "UPDATE connections SET removed_at = NULL, removed_by = NULL, fate = NULL WHERE id = $1 AND removed_at IS NOT NULL",
            [id.into()],
        )
        .await?;
    tx.run(
        "DELETE FROM left_behind WHERE connection_id = $1",
        [id.into()],
    )
    .await?;
    Ok(restored > 0)
}

/// Forgets the removed connection of a node, because another takes its place or the node goes.
pub async fn forget(tx: &mut Tx, node: NodeId) -> Result<()> {
    tx.run(
        "DELETE FROM connections WHERE node_id = $1 AND removed_at IS NOT NULL",
        [node.into()],
    )
    .await?;
    Ok(())
}

/// By which removed connection somebody was left behind, if by any.
pub async fn left_by(tx: &mut Tx, user: &UserId) -> Result<Option<LeftBehind>> {
    tx.first(
        "SELECT c.name, c.removed_at, c.removed_by, c.fate, coalesce(b.locked_now, FALSE) AS locked_now
         FROM users u JOIN connections c ON c.node_id = u.node_id
         LEFT JOIN left_behind b ON b.connection_id = c.id AND b.kind = 'user' AND b.subject_id = u.id
         WHERE u.id = $1 AND c.removed_at IS NOT NULL AND (u.linked OR b.subject_id IS NOT NULL)",
        [user.into()],
    )
    .await
}
