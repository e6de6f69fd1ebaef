//! Connections and their tokens, as an administrator sets them up (behaviour.md 2.4, 3.3).

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::connection::{
    Connection, ConnectionInList, ConnectionState, Passwords, Token, TokenState, UniqueNames,
};
use crate::model::event::{Code, Target};
use crate::model::id::{ConnectionId, NodeId, TokenId};
use crate::model::role::Privilege;
use crate::model::timestamp::DAY;
use crate::secret::{Secrets, new_token};
use crate::store::db::{Db, Tx};
use crate::store::{connections, events, nodes, removed};

use super::storms::guarding;
use crate::text;

pub use crate::model::connection::{ConnectionDetail, Live};

const THIS: Error = Error::NotFound("This SCIM connection");
/// For how many days a token is good, unless somebody says otherwise; and the most they may say (TOK-5).
pub const USUAL_DAYS: i64 = 365;
/// See [`USUAL_DAYS`].
pub const MOST_DAYS: i64 = 730;
/// How many tokens of a connection are good at once: the old one and the new one of a rotation (TOK-6).
const TOKENS: i64 = 2;
/// How many requests the live panel shows.
const RECENT: i64 = 40;

/// What a token is to be called, and for how many days it is to be good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its name; "Token" where it is empty.
    pub name: String,
    /// 1 to [`MOST_DAYS`].
    pub days: i64,
}

impl From<&str> for NewToken {
    fn from(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            days: USUAL_DAYS,
        }
    }
}

/// A token that was made a moment ago: the only time its secret is known.
#[derive(Clone, PartialEq, Eq)]
pub struct GeneratedToken {
    /// What is kept of it.
    pub token: Token,
    /// The whole of it, to be shown once (TOK-4).
    pub secret: String,
}

impl std::fmt::Debug for GeneratedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GeneratedToken")
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// The connections the administrator may change, by the name of their node.
pub async fn list(db: &Db, admin: &Admin) -> Result<Vec<ConnectionInList>> {
    admin.require_somewhere(Privilege::ManageConnections)?;
    let mut tx = db.read().await?;
    connections::list(&mut tx, &admin.user_id, Privilege::ManageConnections).await
}

/// The connection of a node with what its page shows.
pub async fn get(db: &Db, admin: &Admin, node: NodeId) -> Result<ConnectionDetail> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.read().await?;
    let connection = connections::find(&mut tx, node).await?.ok_or(THIS)?;
    let path = nodes::path(&mut tx, node).await?;
    let tokens = connections::tokens(&mut tx, &connection.id).await?;
    let (users, teams) = connections::kept(&mut tx, node).await?;
    let guarding = guarding(&mut tx, node, connection.storm_guard).await?;
    let node = path.last().cloned().ok_or(THIS)?;
    Ok(ConnectionDetail {
        connection,
        node,
        path: admin.path(path),
        tokens,
        guarding,
        users,
        teams,
    })
}

/// Opens the wizard: a draft, whose URL is known and refuses everything. Opening it again finds the draft.
pub async fn start(db: &Db, admin: &Admin, node: NodeId, name: &str) -> Result<Connection> {
    admin.require(Privilege::ManageConnections, node)?;
    let name = text::name("name", if name.trim().is_empty() { "SCIM" } else { name })?;
    let mut tx = db.write().await?;
    let place = nodes::find(&mut tx, node)
        .await?
        .ok_or(Error::NotFound("This node"))?;
    if place.parent_id.is_none() {
        return Err(Error::Conflict(format!(
            "{} is the node at the top and cannot have a SCIM connection. Add a node below it, and give that one the connection.",
            place.name
        )));
    }
    // A removed one can be restored until another takes its place.
    removed::forget(&mut tx, node).await?;
    let id = ConnectionId(tx.new_id());
    if connections::insert_draft(&mut tx, &id, node, &name, &admin.name).await? {
        let target = Target::new("connection", &id, &name);
        events::record(
            &mut tx,
            &admin.actor(),
            Code::ConnectionAdded,
            Some(node),
            target,
            "{}".to_owned(),
        )
        .await?;
    }
    let connection = connections::find(&mut tx, node).await?.ok_or(THIS)?;
    if connection.state != ConnectionState::Draft {
        return Err(Error::Conflict(
            "This node has a SCIM connection already: its URL names the node, so there is one."
                .to_owned(),
        ));
    }
    tx.commit().await?;
    Ok(connection)
}

/// Makes a token that becomes good when the connection is saved. One that was never saved is replaced.
pub async fn generate_token(
    db: &Db,
    admin: &Admin,
    secrets: &Secrets,
    node: NodeId,
    new: impl Into<NewToken>,
) -> Result<GeneratedToken> {
    admin.require(Privilege::ManageConnections, node)?;
    let new = checked(&new.into())?;
    let mut tx = db.write().await?;
    let connection = connections::hold(&mut tx, node).await?.ok_or(THIS)?;
    connections::end_expired(&mut tx, &connection.id).await?;
    let replaced = connections::remove_draft_tokens(&mut tx, &connection.id).await?;
    if connections::active_tokens(&mut tx, &connection.id).await? >= TOKENS {
        return Err(Error::Conflict(
            "Two tokens are good already. Revoke one of them, then generate another.".to_owned(),
        ));
    }
    let (id, secret) = new_token();
    let token = draft_token(&tx, id, new);
    connections::insert_draft_token(
        &mut tx,
        &connection.id,
        &token,
        &secrets.token_digest(&secret),
        &admin.name,
    )
    .await?;
    let target = Target::new("token", &token.id, &token.name);
    let details = json!({ "connection": connection.id.0, "replaced": replaced }).to_string();
    events::record(
        &mut tx,
        &admin.actor(),
        Code::TokenGenerated,
        Some(node),
        target,
        details,
    )
    .await?;
    tx.commit().await?;
    Ok(GeneratedToken { token, secret })
}

/// Saves a connection: the draft can be used from now on, and so can the token that was generated last.
pub async fn save(
    db: &Db,
    admin: &Admin,
    node: NodeId,
    name: &str,
    unique_team_names: UniqueNames,
) -> Result<Connection> {
    admin.require(Privilege::ManageConnections, node)?;
    let name = text::name("name", name)?;
    let mut tx = db.write().await?;
    let before = connections::hold(&mut tx, node).await?.ok_or(THIS)?;
    if unique_team_names == UniqueNames::On && !before.unique_team_names {
        refuse_repeated_names(&mut tx, node).await?;
    }
    let tokens = connections::activate_tokens(&mut tx, &before.id).await?;
    let is_draft = before.state == ConnectionState::Draft;
    if is_draft && tokens.is_empty() {
        return Err(Error::invalid(
            "token",
            "Press Generate token first: the identity provider needs one.",
        ));
    }
    connections::save(&mut tx, &before.id, &name, unique_team_names).await?;
    let after = connections::find(&mut tx, node).await?.ok_or(THIS)?;
    if is_draft || !tokens.is_empty() || before != after {
        let code = if is_draft {
            Code::ConnectionSaved
        } else {
            Code::ConnectionChanged
        };
        let tokens: Vec<&str> = tokens.iter().map(|(id, _)| id.as_str()).collect();
        let details = json!({ "before": before.name, "unique_team_names": after.unique_team_names, "tokens": tokens }).to_string();
        events::record(
            &mut tx,
            &admin.actor(),
            code,
            Some(node),
            Target::new("connection", &after.id, &after.name),
            details,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(after)
}

/// Sets what becomes of passwords that the identity provider sends (PWD-3).
pub async fn set_passwords(
    db: &Db,
    admin: &Admin,
    node: NodeId,
    passwords: Passwords,
) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let connection = connections::hold(&mut tx, node).await?.ok_or(THIS)?;
    if connections::set_passwords(&mut tx, &connection.id, passwords).await? {
        events::record(
            &mut tx,
            &admin.actor(),
            Code::ConnectionChanged,
            Some(node),
            Target::new("connection", &connection.id, &connection.name),
            json!({ "passwords": passwords.as_str() }).to_string(),
        )
        .await?;
    }
    tx.commit().await
}

/// Ends a token: the very next request with it is refused (TOK-8).
pub async fn revoke_token(db: &Db, admin: &Admin, node: NodeId, token: &TokenId) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let connection = connections::hold(&mut tx, node).await?.ok_or(THIS)?;
    let kept = connections::find_token(&mut tx, token)
        .await?
        .filter(|kept| kept.connection_id == connection.id);
    kept.ok_or(Error::NotFound("This token"))?;
    if let Some((name,)) = connections::revoke_token(&mut tx, &connection.id, token).await? {
        let details = json!({ "connection": connection.id.0 }).to_string();
        events::record(
            &mut tx,
            &admin.actor(),
            Code::TokenRevoked,
            Some(node),
            Target::new("token", token, name),
            details,
        )
        .await?;
    }
    tx.commit().await
}

/// How the connection of a node is doing now: what its page asks again and again.
pub async fn live(db: &Db, admin: &Admin, node: NodeId) -> Result<Live> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.read().await?;
    let connection = connections::find(&mut tx, node).await?.ok_or(THIS)?;
    live_of(&mut tx, &connection).await
}

/// How a connection is doing now.
pub(crate) async fn live_of(tx: &mut Tx, connection: &Connection) -> Result<Live> {
    Ok(Live {
        state: connection.state,
        last_request_at: connection.last_request_at,
        last_agent: connection.last_agent.clone(),
        recent: connections::recent(tx, &connection.id, RECENT).await?,
    })
}

/// A token that was shown and is not good before the connection is saved.
pub(crate) fn draft_token(tx: &Tx, id: TokenId, new: NewToken) -> Token {
    Token {
        id,
        name: new.name,
        state: TokenState::Draft,
        created_at: tx.now(),
        expires_at: tx.now().plus(new.days * DAY),
        revoked_at: None,
        last_used_at: None,
        last_used_ip: None,
        last_used_agent: None,
    }
}

fn checked(new: &NewToken) -> Result<NewToken> {
    let name = match new.name.trim() {
        "" => "Token",
        name => name,
    };
    if !(1..=MOST_DAYS).contains(&new.days) {
        let message = format!("A token is good for 1 to {MOST_DAYS} days.");
        return Err(Error::invalid("days", message));
    }
    Ok(NewToken {
        name: text::name("name", name)?,
        days: new.days,
    })
}

pub(crate) async fn refuse_repeated_names(tx: &mut Tx, node: NodeId) -> Result<()> {
    let repeated: Vec<String> = connections::repeated_team_names(tx, node)
        .await?
        .into_iter()
        .map(|(name,)| name)
        .collect();
    if repeated.is_empty() {
        return Ok(());
    }
    let message = format!(
        "These names are borne by more than one team of this node: {}. Rename the teams first.",
        repeated.join(", ")
    );
    Err(Error::invalid("unique_team_names", message))
}
