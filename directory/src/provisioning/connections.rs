//! A token becomes the connection it belongs to.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::connection::{Connection, ConnectionState, TokenState};
use crate::model::event::{Code, Target};
use crate::model::id::{NodeId, TokenId};
use crate::secret::{self, Secrets};
use crate::store::connections::find as of_node;
use crate::store::db::{Db, now};
use crate::store::{events, requests};

/// A request's authority: the connection, and the token it came with.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The connection, shared by all that is done and noted for the request.
    pub connection: Arc<Connection>,
    /// The public part of its token.
    pub token: TokenId,
}

impl Authenticated {
    /// Whether this connection was never used before.
    pub fn is_first_request(&self) -> bool {
        self.connection.state == ConnectionState::Inactive
    }
}

/// A connection as it is now, for a request that goes on for a while: an administrator may have paused or changed it.
///
/// # Errors
/// `Forbidden` where it was removed meanwhile.
pub async fn again(db: &Db, connection: &Connection) -> Result<Connection> {
    let found = of_node(&mut db.read().await?, connection.node_id).await?;
    found.filter(|now| now.id == connection.id).ok_or_else(|| {
        let message = "This connection was removed while the request was carried out; the rest of it was left out.";
        Error::Forbidden(message.to_owned())
    })
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is good, but was not saved yet (B-03).
    NotSaved,
    /// It is wrong, of another node, expired or revoked: nobody is told which.
    Unknown,
}

/// Who a token belongs to, at this node, as the database has it now (TOK-2, TOK-3, TOK-8).
pub async fn authenticate(
    db: &Db,
    secrets: &Secrets,
    node: NodeId,
    token: &str,
) -> Result<Result<Authenticated, Refusal>> {
    let id = secret::parse_token(token);
    // The row is looked up and a digest compared for any text: an unknown token costs the same work.
    let row = requests::find_token(db, node, id.as_ref().map_or("", TokenId::as_str)).await?;
    let matches = secrets.is_token(token, row.as_ref().map_or("", |row| row.digest.as_str()));
    let (Some(row), Some(token), true) = (row, id, matches) else {
        return Ok(Err(Refusal::Unknown));
    };
    let is_live = now() < row.expires_at;
    Ok(match (row.token_state, row.connection.state) {
        (TokenState::Draft, _) | (TokenState::Active, ConnectionState::Draft) => {
            Err(Refusal::NotSaved)
        }
        (TokenState::Active, _) if is_live => Ok(Authenticated {
            connection: Arc::new(row.connection),
            token,
        }),
        _ => Err(Refusal::Unknown),
    })
}

/// The first request with a good token: the connection is connected (behaviour.md 2.4, C4).
pub async fn used_first(db: &Db, caller: &Authenticated) -> Result<()> {
    let mut tx = db.write().await?;
    let connection = &caller.connection;
    if requests::activate(&mut tx, &connection.id).await? {
        let target = Target {
            kind: "connection",
            id: connection.id.0.clone(),
            name: connection.name.clone(),
        };
        let actor = super::actor(connection);
        events::record(
            &mut tx,
            &actor,
            Code::ConnectionUsed,
            Some(connection.node_id),
            target,
            "{}".to_owned(),
        )
        .await?;
    }
    tx.commit().await
}
