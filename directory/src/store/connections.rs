//! Connections and their tokens.

use crate::error::Result;
use crate::model::connection::{Connection, ConnectionInList, Passwords, Token, UniqueNames};
use crate::model::id::{ConnectionId, NodeId, TokenId, UserId};
use crate::model::role::Privilege;
use crate::model::storm::StormGuard;
use crate::model::timestamp::Timestamp;
use crate::store::db::Tx;

/// A token as it is kept, for whoever checks one.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptToken {
    /// The public part.
    pub id: TokenId,
    /// The connection it opens.
    pub connection_id: ConnectionId,
    /// The keyed hash of the whole token.
    pub digest: String,
    /// A word of [`crate::model::connection::TokenState`].
    pub state: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

/// The connection of a node.
pub async fn find(tx: &mut Tx, node: NodeId) -> Result<Option<Connection>> {
    tx.first(
        "SELECT id, node_id, name, state, unique_team_names, storm_guard, passwords, created_at, saved_at, first_request_at, last_request_at, last_agent
         FROM connections WHERE node_id = $1 AND removed_at IS NULL",
        [node.into()],
    )
    .await
}

/// The connection of a node, held until the end of the unit of work: a second unit that changes it waits.
pub async fn hold(tx: &mut Tx, node: NodeId) -> Result<Option<Connection>> {
    tx.first(
        "UPDATE connections SET name = name WHERE node_id = $1 AND removed_at IS NULL
         RETURNING id, node_id, name, state, unique_team_names, storm_guard, passwords, created_at, saved_at, first_request_at, last_request_at, last_agent",
        [node.into()],
    )
    .await
}

/// The connections at the nodes where a person has a privilege, by the name of the node.
pub async fn list(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
) -> Result<Vec<ConnectionInList>> {
    tx.all(
        "WITH RECURSIVE seen (id, cascades) AS (
             SELECT rp.node_id, rp.cascades FROM role_users ru JOIN role_privileges rp ON rp.role_id = ru.role_id
             WHERE ru.user_id = $1 AND rp.privilege = $2
             UNION
             SELECT n.id, TRUE FROM nodes n JOIN seen ON n.parent_id = seen.id WHERE seen.cascades
         )
         SELECT c.id, c.node_id, n.name AS node_name, c.name, c.state, c.last_request_at,
                (SELECT count(*) FROM users u WHERE u.node_id = c.node_id AND u.linked AND u.recycled_at IS NULL) AS users,
                (SELECT count(*) FROM teams t WHERE t.node_id = c.node_id AND t.linked AND t.recycled_at IS NULL) AS teams,
                (SELECT t.expires_at FROM tokens t WHERE t.connection_id = c.id AND t.state = 'active'
                 ORDER BY t.last_used_at DESC NULLS LAST, t.expires_at DESC LIMIT 1) AS token_ends_at
         FROM connections c JOIN nodes n ON n.id = c.node_id
         WHERE c.node_id IN (SELECT id FROM seen) AND c.removed_at IS NULL ORDER BY n.name, c.node_id",
        [admin.into(), privilege.as_str().into()],
    )
    .await
}

/// How many people and teams a connection keeps.
pub async fn kept(tx: &mut Tx, node: NodeId) -> Result<(i64, i64)> {
    let found = tx
        .first(
            "SELECT (SELECT count(*) FROM users WHERE node_id = $1 AND linked AND recycled_at IS NULL),
                    (SELECT count(*) FROM teams WHERE node_id = $1 AND linked AND recycled_at IS NULL)",
            [node.into()],
        )
        .await?;
    Ok(found.unwrap_or_default())
}

/// Adds a draft unless the node has a connection; whether it did.
pub async fn insert_draft(
    tx: &mut Tx,
    id: &ConnectionId,
    node: NodeId,
    name: &str,
    by: &str,
) -> Result<bool> {
    let now = tx.now();
    let added = tx
        .run(
            "INSERT INTO connections (id, node_id, name, state, unique_team_names, created_at, created_by)
             VALUES ($1, $2, $3, 'draft', FALSE, $4, $5) ON CONFLICT (node_id) DO NOTHING",
            [id.into(), node.into(), name.into(), now.into(), by.into()],
        )
        .await?;
    Ok(added > 0)
}

/// Saves a connection: a draft becomes inactive.
pub async fn save(tx: &mut Tx, id: &ConnectionId, name: &str, unique: UniqueNames) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE connections SET name = $2, unique_team_names = $3, saved_at = coalesce(saved_at, $4),
                state = CASE WHEN state = 'draft' THEN 'inactive' ELSE state END
         WHERE id = $1",
        [id.into(), name.into(), (unique == UniqueNames::On).into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Pauses a connection that was saved; whether it went before.
pub async fn pause(tx: &mut Tx, id: &ConnectionId) -> Result<bool> {
    let sql =
        "UPDATE connections SET state = 'paused' WHERE id = $1 AND state IN ('inactive', 'active')";
    Ok(tx.run(sql, [id.into()]).await? > 0)
}

/// Lets a paused connection go on where it was; whether it was paused.
pub async fn resume(tx: &mut Tx, id: &ConnectionId) -> Result<bool> {
    let resumed = tx
        .run(
            "UPDATE connections SET state = CASE WHEN first_request_at IS NULL THEN 'inactive' ELSE 'active' END
             WHERE id = $1 AND state = 'paused'",
            [id.into()],
        )
        .await?;
    Ok(resumed > 0)
}

/// Sets what happens to many locks and removals at once; whether that changed it.
pub async fn set_storm_guard(tx: &mut Tx, id: &ConnectionId, guard: StormGuard) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE connections SET storm_guard = $2 WHERE id = $1 AND storm_guard <> $2",
            [id.into(), guard.as_str().into()],
        )
        .await?;
    Ok(changed > 0)
}

/// Sets what becomes of passwords; whether it was something else.
pub async fn set_passwords(tx: &mut Tx, id: &ConnectionId, passwords: Passwords) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE connections SET passwords = $2 WHERE id = $1 AND passwords <> $2",
            [id.into(), passwords.as_str().into()],
        )
        .await?;
    Ok(changed > 0)
}

/// Names that more than one team of a node bears.
pub async fn repeated_team_names(tx: &mut Tx, node: NodeId) -> Result<Vec<(String,)>> {
    tx.all(
        "SELECT min(name) FROM teams WHERE node_id = $1 AND recycled_at IS NULL
         GROUP BY name_key HAVING count(*) > 1 ORDER BY min(name_key) LIMIT 10",
        [node.into()],
    )
    .await
}

/// The tokens of a connection, the newest first.
pub async fn tokens(tx: &mut Tx, id: &ConnectionId) -> Result<Vec<Token>> {
    tx.all(
        "SELECT id, name, state, created_at, expires_at, last_used_at, revoked_at, last_used_ip, last_used_agent
         FROM tokens WHERE connection_id = $1 ORDER BY created_at DESC, id",
        [id.into()],
    )
    .await
}

/// A token by its public part.
pub async fn find_token(tx: &mut Tx, id: &TokenId) -> Result<Option<KeptToken>> {
    let sql = "SELECT id, connection_id, digest, state, expires_at, last_used_at FROM tokens WHERE id = $1";
    tx.first(sql, [id.into()]).await
}

/// How many tokens of a connection are good now.
pub async fn active_tokens(tx: &mut Tx, id: &ConnectionId) -> Result<i64> {
    let now = tx.now();
    let sql = "SELECT count(*) FROM tokens WHERE connection_id = $1 AND state = 'active' AND expires_at > $2";
    tx.number(sql, [id.into(), now.into()]).await
}

/// Adds a token that is not good before the connection is saved.
pub async fn insert_draft_token(
    tx: &mut Tx,
    connection: &ConnectionId,
    token: &Token,
    digest: &str,
    by: &str,
) -> Result<()> {
    tx.run(
        "INSERT INTO tokens (id, connection_id, name, digest, state, created_at, created_by, expires_at)
         VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7)",
        [
            (&token.id).into(),
            connection.into(),
            (&token.name).into(),
            digest.into(),
            token.created_at.into(),
            by.into(),
            token.expires_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Ends the tokens whose time is over: they take no place beside the good ones any more.
pub async fn end_expired(tx: &mut Tx, id: &ConnectionId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE tokens SET state = 'revoked', revoked_at = expires_at WHERE connection_id = $1 AND state = 'active' AND expires_at <= $2",
        [id.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The tokens in use that end between now and then: id, connection, its node and name, and when they end.
pub async fn ending_tokens(
    tx: &mut Tx,
    until: Timestamp,
) -> Result<Vec<(TokenId, NodeId, String, Timestamp)>> {
    let now = tx.now();
    tx.all(
        "SELECT t.id, c.node_id, c.name, t.expires_at FROM tokens t JOIN connections c ON c.id = t.connection_id
         WHERE c.removed_at IS NULL AND t.state = 'active' AND t.expires_at > $1 AND t.expires_at <= $2
           AND t.id = (SELECT o.id FROM tokens o WHERE o.connection_id = c.id AND o.state = 'active'
                       ORDER BY o.last_used_at DESC NULLS LAST, o.expires_at DESC, o.id LIMIT 1)
         ORDER BY t.id",
        [now.into(), until.into()],
    )
    .await
}

/// Notes that the end of a token was told so many days before; whether it was not told as urgently before.
pub async fn warned(tx: &mut Tx, id: &TokenId, days: i64) -> Result<bool> {
    let noted = tx
        .run(
            "UPDATE tokens SET warned_days = $2 WHERE id = $1 AND (warned_days IS NULL OR warned_days > $2)",
            [id.into(), days.into()],
        )
        .await?;
    Ok(noted > 0)
}

/// Forgets tokens that were shown and never saved; how many.
pub async fn remove_draft_tokens(tx: &mut Tx, id: &ConnectionId) -> Result<u64> {
    tx.run(
        "DELETE FROM tokens WHERE connection_id = $1 AND state = 'draft'",
        [id.into()],
    )
    .await
}

/// Makes the drafts good; which.
pub async fn activate_tokens(tx: &mut Tx, id: &ConnectionId) -> Result<Vec<(TokenId, String)>> {
    let sql = "UPDATE tokens SET state = 'active' WHERE connection_id = $1 AND state = 'draft' RETURNING id, name";
    tx.all(sql, [id.into()]).await
}

/// Ends a token; its name if it was not ended before.
pub async fn revoke_token(
    tx: &mut Tx,
    connection: &ConnectionId,
    token: &TokenId,
) -> Result<Option<(String,)>> {
    let now = tx.now();
    tx.first(
        "UPDATE tokens SET state = 'revoked', revoked_at = $3 WHERE id = $2 AND connection_id = $1 AND state <> 'revoked' RETURNING name",
        [connection.into(), token.into(), now.into()],
    )
    .await
}

/// Ends the tokens that are older than one which is in use: at `until`, unless they end before; which.
pub async fn retire_older(
    tx: &mut Tx,
    token: &TokenId,
    until: Timestamp,
) -> Result<Vec<(TokenId, String)>> {
    tx.all(
        "UPDATE tokens SET expires_at = $2 WHERE state = 'active' AND expires_at > $2 AND id <> $1
           AND EXISTS (SELECT 1 FROM tokens newer WHERE newer.id = $1 AND newer.connection_id = tokens.connection_id
                         AND newer.created_at > tokens.created_at AND newer.last_used_at IS NOT NULL)
         RETURNING id, name",
        [token.into(), until.into()],
    )
    .await
}

/// The status and the instant of the latest requests, the newest first.
pub async fn recent(tx: &mut Tx, id: &ConnectionId, limit: i64) -> Result<Vec<(i64, Timestamp)>> {
    tx.all(
        "SELECT status, at FROM requests WHERE connection_id = $1 AND status > 0 ORDER BY id DESC LIMIT $2",
        [id.into(), limit.into()],
    )
    .await
}

/// The nodes that have a connection.
pub async fn nodes(tx: &mut Tx) -> Result<Vec<(NodeId,)>> {
    tx.all(
        "SELECT node_id FROM connections WHERE removed_at IS NULL",
        [],
    )
    .await
}
