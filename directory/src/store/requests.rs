//! The tokens that SCIM requests come with, and when they were used.

use super::db::{Db, Known, Tx};
use crate::error::Result;
use crate::model::connection::{Connection, TokenState};
use crate::model::id::{ConnectionId, NodeId, TokenId};
use crate::model::timestamp::Timestamp;

/// A token with the connection it belongs to, to be checked.
#[derive(Clone, sqlx::FromRow)]
pub struct TokenToCheck {
    /// HMAC-SHA-256 of the whole token, hex.
    pub digest: String,
    /// How far it has come.
    #[sqlx(try_from = "String")]
    pub token_state: TokenState,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Its connection.
    #[sqlx(flatten)]
    pub connection: Connection,
}

/// A token of a node's connection, by its public part; from memory where nobody can have changed it since.
pub async fn find_token(db: &Db, node: NodeId, id: &str) -> Result<Option<TokenToCheck>> {
    if let Some(token) = db.known().and_then(|known| known.get(node, id)) {
        return Ok(Some(token));
    }
    let changes = db.known().map_or(0, Known::changes);
    let found = read_token(&mut db.read().await?, node, id).await?;
    if let (Some(known), Some(token)) = (db.known(), &found) {
        known.keep(changes, node, id, token.clone());
    }
    Ok(found)
}

async fn read_token(tx: &mut Tx, node: NodeId, id: &str) -> Result<Option<TokenToCheck>> {
    tx.first(
        "SELECT t.digest, t.state AS token_state, t.expires_at, c.id, c.node_id, c.name, c.state, c.unique_team_names,
            c.storm_guard, c.passwords, c.created_at, c.saved_at, c.first_request_at, c.last_request_at, c.last_agent
         FROM tokens t JOIN connections c ON c.id = t.connection_id WHERE t.id = $1 AND c.node_id = $2 AND c.removed_at IS NULL",
        [id.into(), node.into()],
    )
    .await
}

/// The connection of a node, if it has one.
pub async fn connection_of(tx: &mut Tx, node: NodeId) -> Result<Option<ConnectionId>> {
    let row = tx
        .first::<(ConnectionId,)>(
            "SELECT id FROM connections WHERE node_id = $1 AND removed_at IS NULL",
            [node.into()],
        )
        .await?;
    Ok(row.map(|row| row.0))
}

/// Makes a connection active; whether it was inactive before.
pub async fn activate(tx: &mut Tx, id: &ConnectionId) -> Result<bool> {
    let changed = tx
        .run(
            "UPDATE connections SET state = 'active', first_request_at = $2, last_request_at = $2
             WHERE id = $1 AND state = 'inactive'",
            [id.into(), tx.now().into()],
        )
        .await?;
    Ok(changed > 0)
}

/// Notes when a token, and its connection, were used last, unless that was noted since `before`.
pub async fn used(
    tx: &mut Tx,
    token: &TokenId,
    at: Timestamp,
    before: Timestamp,
    ip: Option<&str>,
    agent: Option<&str>,
) -> Result<()> {
    let changed = tx
        .run(
            "UPDATE tokens SET last_used_at = $2, last_used_ip = $4, last_used_agent = $5
             WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $3)",
            [
                token.into(),
                at.into(),
                before.into(),
                ip.into(),
                agent.into(),
            ],
        )
        .await?;
    if changed > 0 {
        tx.run(
            "UPDATE connections SET last_request_at = $2, last_agent = $3
             WHERE id = (SELECT connection_id FROM tokens WHERE id = $1)",
            [token.into(), at.into(), agent.into()],
        )
        .await?;
    }
    Ok(())
}
