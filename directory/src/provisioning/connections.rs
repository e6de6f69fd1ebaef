//! A token becomes the connection it belongs to; and what is remembered of its requests.

use std::collections::{BTreeMap, HashMap};

use crate::error::Result;
use crate::model::connection::{Connection, ConnectionState, Request, TokenState};
use crate::model::event::{Code, Target};
use crate::model::id::{ConnectionId, NodeId, TokenId};
use crate::model::timestamp::{HOUR, MINUTE, Timestamp};
use crate::secret::{self, Secrets};
use crate::store::db::{Db, Tx, new_id, now};
use crate::store::{connections, events, requests};

/// How long the older token of a connection is good beside a newer one in use (TOK-6).
const OVERLAP: i64 = 72 * HOUR;

/// A request's authority: the connection, and the token it came with.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The connection.
    pub connection: Connection,
    /// The public part of its token.
    pub token: TokenId,
}

impl Authenticated {
    /// Whether this connection was never used before.
    pub fn is_first_request(&self) -> bool {
        self.connection.state == ConnectionState::Inactive
    }
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
            connection: row.connection,
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

/// A request that came, and its answer.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Who it was, if they had a good token.
    pub caller: Option<Authenticated>,
    /// The node of the address.
    pub node: Option<NodeId>,
    /// When.
    pub at: Timestamp,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path below the node, with its query.
    pub path: String,
    /// The status of the answer.
    pub status: i64,
    /// The `scimType` of a refusal.
    pub scim_type: Option<String>,
    /// The sentence of a refusal.
    pub detail: Option<String>,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// The client's name.
    pub agent: Option<String>,
    /// The client's address.
    pub ip: Option<String>,
}

/// Writes requests to the log of their connections, and when each token was used last, at most once
/// a minute (TOK-7). A request to a node without a connection is not noted.
pub async fn note(db: &Db, arrived: &[Arrived]) -> Result<()> {
    let mut tx = db.write().await?;
    let mut of = HashMap::<NodeId, Option<ConnectionId>>::new();
    let mut rows = Vec::with_capacity(arrived.len());
    let mut used = HashMap::new();
    for one in arrived {
        let connection = match (&one.caller, one.node) {
            (Some(caller), _) => Some(caller.connection.id.clone()),
            (None, Some(node)) => match of.get(&node) {
                Some(known) => known.clone(),
                None => of
                    .entry(node)
                    .or_insert(requests::connection_of(&mut tx, node).await?)
                    .clone(),
            },
            (None, None) => None,
        };
        if let Some(caller) = &one.caller {
            used.insert(caller.token.clone(), one);
        }
        rows.extend(connection.map(|connection| row(one, connection)));
    }
    // One that was removed meanwhile has no log any more.
    let mut held = BTreeMap::new();
    for row in &rows {
        held.insert(row.connection_id.clone(), false);
    }
    for (connection, is_there) in &mut held {
        *is_there = requests::hold(&mut tx, connection).await?;
    }
    rows.retain(|row| held.get(&row.connection_id) == Some(&true));
    requests::insert(&mut tx, &rows).await?;
    for (token, last) in used {
        requests::used(
            &mut tx,
            &token,
            last.at,
            last.at.plus(-MINUTE),
            last.ip.as_deref(),
            last.agent.as_deref(),
        )
        .await?;
        retire_older(&mut tx, last).await?;
    }
    tx.commit().await
}

/// Gives the older tokens of a connection their end, once a newer one is in use (TOK-6).
async fn retire_older(tx: &mut Tx, last: &Arrived) -> Result<()> {
    let Some(Authenticated { connection, token }) = &last.caller else {
        return Ok(());
    };
    for (older, name) in connections::retire_older(tx, token, last.at.plus(OVERLAP)).await? {
        let details = serde_json::json!({ "by": token.0 }).to_string();
        let target = Target::new("token", older, name);
        events::record(
            tx,
            &super::actor(connection),
            Code::TokenReplaced,
            Some(connection.node_id),
            target,
            details,
        )
        .await?;
    }
    Ok(())
}

fn row(one: &Arrived, connection: ConnectionId) -> Request {
    Request {
        id: new_id(one.at),
        connection_id: connection,
        token_id: one.caller.as_ref().map(|caller| caller.token.clone()),
        at: one.at,
        method: one.method.clone(),
        path: one.path.clone(),
        status: one.status,
        scim_type: one.scim_type.clone(),
        detail: one.detail.clone(),
        took_us: one.took_us,
        agent: one.agent.clone(),
        ip: one.ip.clone(),
    }
}
