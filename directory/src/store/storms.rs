//! Storms: opened, looked at, kept, let through, and taken back.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::{ConnectionId, NodeId, RoleId, StormId, TeamId, UserId};
use crate::model::storm::{Loss, Storm, StormState};
use crate::model::timestamp::Timestamp;

/// The columns and tables of a [`Storm`].
macro_rules! storm {
    ($condition:literal) => {
        concat!(
            "SELECT s.id, s.connection_id, c.name AS connection_name, c.node_id, n.name AS node_name, s.state, s.opened_at,
                    coalesce((SELECT min(l.at) FROM losses l WHERE l.storm_id = s.id), s.opened_at) AS since,
                    coalesce((SELECT max(l.at) FROM losses l WHERE l.storm_id = s.id), s.opened_at) AS last_at,
                    s.held, s.held AND s.state = 'open' AND s.released_at IS NULL AND c.storm_guard = 'hold' AS holds,
                    s.held_requests, s.released_by, s.closed_at, s.closed_by,
                    (SELECT count(DISTINCT l.user_id) FROM losses l
                     WHERE l.storm_id = s.id AND l.kind IN ('user_locked', 'user_deleted')) AS users,
                    (SELECT count(*) FROM losses l WHERE l.storm_id = s.id AND l.kind = 'membership_removed') AS memberships,
                    (SELECT count(*) FROM losses l WHERE l.storm_id = s.id AND l.kind = 'team_removed') AS teams,
                    (SELECT count(*) FROM losses l WHERE l.storm_id = s.id AND l.outcome = 'left') AS left_alone
             FROM storms s JOIN connections c ON c.id = s.connection_id JOIN nodes n ON n.id = c.node_id
             WHERE c.removed_at IS NULL AND ",
            $condition
        )
    };
}

/// A storm of a node's connection.
pub async fn find(tx: &mut Tx, node: NodeId, id: &StormId) -> Result<Option<Storm>> {
    tx.first(
        storm!("s.id = $1 AND c.node_id = $2"),
        [id.into(), node.into()],
    )
    .await
}

/// The latest storms of a node's connection, the newest first.
pub async fn latest(tx: &mut Tx, node: NodeId, limit: i64) -> Result<Vec<Storm>> {
    tx.all(
        storm!("c.node_id = $1 ORDER BY s.id DESC LIMIT $2"),
        [node.into(), limit.into()],
    )
    .await
}

/// The storms of a node's connection that somebody has to look at.
pub async fn open(tx: &mut Tx, node: NodeId) -> Result<Vec<Storm>> {
    tx.all(
        storm!("c.node_id = $1 AND s.state = 'open' ORDER BY s.id DESC"),
        [node.into()],
    )
    .await
}

/// What a storm took away, the oldest first.
pub async fn losses(tx: &mut Tx, id: &StormId, limit: i64) -> Result<Vec<Loss>> {
    tx.all(
        "SELECT l.at, l.kind, l.user_id, u.label AS user_label, l.team_id, t.name AS team_name, l.outcome
         FROM losses l LEFT JOIN users u ON u.id = l.user_id LEFT JOIN teams t ON t.id = l.team_id
         WHERE l.storm_id = $1 ORDER BY l.id LIMIT $2",
        [id.into(), limit.into()],
    )
    .await
}

/// Opens a storm.
pub async fn insert(
    tx: &mut Tx,
    id: &StormId,
    connection: &ConnectionId,
    held_requests: i64,
) -> Result<()> {
    tx.run(
        "INSERT INTO storms (id, connection_id, state, opened_at, held, held_requests) VALUES ($1, $2, 'open', $3, $4, $5)",
        [
            id.into(),
            connection.into(),
            tx.now().into(),
            (held_requests > 0).into(),
            held_requests.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Puts the losses of the last time that belong to no storm into one.
pub async fn gather(
    tx: &mut Tx,
    id: &StormId,
    connection: &ConnectionId,
    since: Timestamp,
) -> Result<()> {
    tx.run(
        "UPDATE losses SET storm_id = $1 WHERE connection_id = $2 AND storm_id IS NULL AND at > $3",
        [id.into(), connection.into(), since.into()],
    )
    .await?;
    Ok(())
}

/// Counts a request that was held back; whether it still is: an administrator may have decided meanwhile.
pub async fn held_one(tx: &mut Tx, id: &StormId) -> Result<bool> {
    let counted = tx
        .run(
            "UPDATE storms SET held_requests = held_requests + 1, held = TRUE
             WHERE id = $1 AND state = 'open' AND released_at IS NULL",
            [id.into()],
        )
        .await?;
    Ok(counted > 0)
}

/// Whether nobody has decided yet what becomes of a storm.
pub async fn is_undecided(tx: &mut Tx, id: &StormId) -> Result<bool> {
    let sql =
        "SELECT count(*) FROM storms WHERE id = $1 AND state = 'open' AND released_at IS NULL";
    Ok(tx.number(sql, [id.into()]).await? > 0)
}

/// Closes a storm that is in one of two states; whether it was.
pub async fn close(
    tx: &mut Tx,
    id: &StormId,
    from: [StormState; 2],
    to: StormState,
    by: &str,
) -> Result<bool> {
    let now = tx.now();
    let [one, other] = from;
    let closed = tx
        .run(
            "UPDATE storms SET state = $2, closed_at = $3, closed_by = $4 WHERE id = $1 AND (state = $5 OR state = $6)",
            [
                id.into(),
                to.as_str().into(),
                now.into(),
                by.into(),
                one.as_str().into(),
                other.as_str().into(),
            ],
        )
        .await?;
    Ok(closed > 0)
}

/// Lets through what was held back; whether it still was.
pub async fn release(tx: &mut Tx, id: &StormId, by: &str) -> Result<bool> {
    let now = tx.now();
    let released = tx
        .run(
            "UPDATE storms SET released_at = $2, released_by = $3 WHERE id = $1 AND state = 'open' AND held AND released_at IS NULL",
            [id.into(), now.into(), by.into()],
        )
        .await?;
    Ok(released > 0)
}

/// Holds every person and team of a storm until this unit ends, in the order in which everybody holds them.
pub async fn hold_subjects(tx: &mut Tx, id: &StormId) -> Result<()> {
    tx.run(
        "UPDATE users SET version = version WHERE id IN (SELECT user_id FROM losses WHERE storm_id = $1)",
        [id.into()],
    )
    .await?;
    tx.run(
        "UPDATE teams SET version = version WHERE id IN (SELECT team_id FROM losses WHERE storm_id = $1)
            OR id IN (SELECT m.team_id FROM memberships m JOIN losses l ON l.user_id = m.user_id
                      WHERE l.storm_id = $1 AND l.kind = 'user_deleted')",
        [id.into()],
    )
    .await?;
    Ok(())
}

/// Marks the people whom nothing has happened to since: they are locked, or deleted, as the storm left them. Somebody who
/// was let in again meanwhile, and locked once more, was locked for another reason.
pub async fn mark_people(tx: &mut Tx, id: &StormId) -> Result<()> {
    tx.run(
        "UPDATE losses SET outcome = 'restored' WHERE storm_id = $1 AND kind IN ('user_locked', 'user_deleted') AND user_id IN (
             SELECT u.id FROM (SELECT max(id) AS last FROM losses
                               WHERE storm_id = $1 AND kind IN ('user_locked', 'user_deleted') GROUP BY user_id) r
             JOIN losses x ON x.id = r.last JOIN users u ON u.id = x.user_id
             WHERE u.recycled_at IS NULL AND u.locked_by_idp AND u.hidden_from_connection = (x.kind = 'user_deleted')
               AND NOT EXISTS (SELECT 1 FROM events e WHERE e.target_id = u.id AND e.at > x.at
                                 AND e.code IN ('user_unlocked', 'user_revived', 'user_linked')))",
        [id.into()],
    )
    .await?;
    Ok(())
}

/// Gives the marked people back what they had before the first of their losses; who. An administrator's lock of
/// meanwhile stays.
pub async fn restore_people(tx: &mut Tx, id: &StormId) -> Result<Vec<(UserId, String)>> {
    let now = tx.now();
    tx.all(
        "UPDATE users SET hidden_from_connection = FALSE, locked_by_idp = f.locked_by_idp,
                locked_by = CASE WHEN users.locked_by_admin AND users.locked_by <> x.locked_by_now THEN users.locked_by
                                 WHEN users.locked_by_admin OR f.locked_by_idp THEN f.locked_by END,
                version = version + 1, updated_at = $2
         FROM (SELECT user_id, min(id) AS first, max(id) AS last FROM losses
               WHERE storm_id = $1 AND outcome = 'restored' AND kind IN ('user_locked', 'user_deleted') GROUP BY user_id) r
              JOIN losses f ON f.id = r.first JOIN losses x ON x.id = r.last
         WHERE users.id = r.user_id RETURNING users.id, users.label",
        [id.into(), now.into()],
    )
    .await
}

/// The teams a storm removed, with the roles they had: id, name, JSON list of roles.
pub async fn removed_teams(tx: &mut Tx, id: &StormId) -> Result<Vec<(TeamId, String, String)>> {
    tx.all(
        "SELECT t.id, t.name, l.roles FROM losses l JOIN teams t ON t.id = l.team_id
         WHERE l.storm_id = $1 AND l.kind = 'team_removed' ORDER BY l.id",
        [id.into()],
    )
    .await
}

/// Brings a removed team back, unless another has its external id, or its name where names are unique; whether it did.
pub async fn restore_team(tx: &mut Tx, team: &TeamId) -> Result<bool> {
    let now = tx.now();
    let restored = tx
        .run(
            "UPDATE teams SET recycled_at = NULL, version = version + 1, updated_at = $2
             WHERE id = $1 AND recycled_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM teams o WHERE o.node_id = teams.node_id AND o.external_id = teams.external_id
                                 AND o.id <> teams.id AND o.recycled_at IS NULL)
               AND NOT EXISTS (SELECT 1 FROM teams o JOIN connections c ON c.node_id = o.node_id
                               WHERE o.node_id = teams.node_id AND o.name_key = teams.name_key AND o.id <> teams.id
                                 AND o.recycled_at IS NULL AND c.unique_team_names)",
            [team.into(), now.into()],
        )
        .await?;
    Ok(restored > 0)
}

/// Gives a team a role back that is still there and gives no administrative power.
pub async fn restore_role(tx: &mut Tx, role: &RoleId, team: &TeamId) -> Result<()> {
    tx.run(
        "INSERT INTO role_teams (role_id, team_id) SELECT id, $2 FROM roles WHERE id = $1 AND kind = 'ordinary'
         ON CONFLICT (role_id, team_id) DO NOTHING",
        [role.into(), team.into()],
    )
    .await?;
    Ok(())
}

/// Notes that a team is back.
pub async fn note_team(tx: &mut Tx, id: &StormId, team: &TeamId) -> Result<()> {
    tx.run(
        "UPDATE losses SET outcome = 'restored' WHERE storm_id = $1 AND team_id = $2 AND kind = 'team_removed'",
        [id.into(), team.into()],
    )
    .await?;
    Ok(())
}

/// Marks the memberships that are not there again, and were not meanwhile, and whose person and team are.
pub async fn mark_memberships(tx: &mut Tx, id: &StormId) -> Result<()> {
    tx.run(
        "UPDATE losses SET outcome = 'restored' WHERE storm_id = $1 AND kind = 'membership_removed'
           AND EXISTS (SELECT 1 FROM teams t JOIN users u ON u.node_id = t.node_id
                       WHERE t.id = losses.team_id AND u.id = losses.user_id AND t.recycled_at IS NULL AND u.recycled_at IS NULL)
           AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.team_id = losses.team_id AND m.user_id = losses.user_id)
           AND NOT EXISTS (SELECT 1 FROM events e WHERE e.target_id = losses.user_id AND e.code LIKE 'membership_%'
                             AND e.at > (SELECT max(f.at) FROM losses f WHERE f.storm_id = $1 AND f.kind = 'membership_removed'
                                           AND f.team_id = losses.team_id AND f.user_id = losses.user_id)
                             AND e.details LIKE '%' || losses.team_id || '%')",
        [id.into()],
    )
    .await?;
    Ok(())
}

/// Gives the marked memberships back exactly as they were before the first time they ended; which.
pub async fn restore_memberships(tx: &mut Tx, id: &StormId) -> Result<Vec<(TeamId, UserId)>> {
    tx.all(
        "INSERT INTO memberships (team_id, user_id, state, source, requested_at, decided_at, decided_by, decided_via)
         SELECT l.team_id, l.user_id, l.state, l.source, l.requested_at, l.decided_at, l.decided_by, l.decided_via
         FROM losses l
         WHERE l.id IN (SELECT min(f.id) FROM losses f
                        WHERE f.storm_id = $1 AND f.kind = 'membership_removed' AND f.outcome = 'restored'
                        GROUP BY f.team_id, f.user_id)
         ON CONFLICT (team_id, user_id) DO NOTHING RETURNING team_id, user_id",
        [id.into()],
    )
    .await
}

/// Notes that everything that is not back was left alone; how much that was.
pub async fn note_rest(tx: &mut Tx, id: &StormId) -> Result<i64> {
    let left = tx
        .run(
            "UPDATE losses SET outcome = 'left' WHERE storm_id = $1 AND outcome IS NULL",
            [id.into()],
        )
        .await?;
    Ok(i64::try_from(left).unwrap_or(i64::MAX))
}

/// Counts a change of every team that shows other members than before: those of memberships that are back, and those
/// of people who are visible again.
pub async fn touch_teams(tx: &mut Tx, id: &StormId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE teams SET version = version + 1, updated_at = $2
         WHERE id IN (SELECT team_id FROM losses WHERE storm_id = $1 AND kind = 'membership_removed' AND outcome = 'restored')
            OR id IN (SELECT m.team_id FROM memberships m JOIN losses l ON l.user_id = m.user_id
                      WHERE l.storm_id = $1 AND l.kind = 'user_deleted' AND l.outcome = 'restored')",
        [id.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Opens the invitations again that ended with the first lock of the people of a storm, and lets those go that had not
/// left.
pub async fn restore_mail(tx: &mut Tx, id: &StormId) -> Result<()> {
    tx.run(
        "UPDATE invitations SET state = 'open', reason = NULL, closed_at = NULL
         FROM (SELECT min(id) AS first FROM losses
               WHERE storm_id = $1 AND outcome = 'restored' AND kind IN ('user_locked', 'user_deleted') GROUP BY user_id) r
              JOIN losses f ON f.id = r.first JOIN users u ON u.id = f.user_id
         WHERE invitations.user_id = f.user_id AND invitations.closed_at = f.at AND invitations.reason = 'withdrawn'
           AND invitations.generation = u.generation AND invitations.login_key = u.login_key
           AND u.state = 'invited' AND NOT u.locked_by_admin AND NOT u.locked_by_idp
           AND NOT EXISTS (SELECT 1 FROM invitations o WHERE o.user_id = f.user_id AND o.state = 'open')",
        [id.into()],
    )
    .await?;
    tx.run(
        "UPDATE outbox SET withdrawn_at = NULL
         FROM (SELECT min(id) AS first FROM losses
               WHERE storm_id = $1 AND outcome = 'restored' AND kind IN ('user_locked', 'user_deleted') GROUP BY user_id) r
              JOIN losses f ON f.id = r.first JOIN invitations i ON i.user_id = f.user_id AND i.state = 'open'
         WHERE outbox.id = i.id AND outbox.withdrawn_at = f.at AND outbox.sent_at IS NULL",
        [id.into()],
    )
    .await?;
    Ok(())
}
