//! A provisioning method of kind SCIM, its tokens, and the requests that came in by it.

use super::id::{ConnectionId, NodeId, TokenId};
use super::node::Node;
use super::storm::{Guarding, StormGuard};
use super::text::words;
use super::timestamp::{DAY, Timestamp};

words!(
    /// How far a connection has come (behaviour.md 2.4).
    ConnectionState {
        /// The URL is known, nothing was saved: every request is refused.
        Draft = "draft",
        /// Saved, never used.
        Inactive = "inactive",
        /// Has been used.
        Active = "active",
        /// Stopped by an administrator: reads and locks only.
        Paused = "paused",
    }
);

words!(
    /// How far a token has come.
    TokenState {
        /// Shown, not saved: refused with "press Save".
        Draft = "draft",
        /// Good.
        Active = "active",
        /// No longer good.
        Revoked = "revoked",
    }
);

words!(
    /// Whether a node may have two teams of one name (behaviour.md 6 #29).
    UniqueNames {
        /// A second team of the same name is refused.
        On = "on",
        /// Names may repeat.
        Off = "off",
    }
);

words!(
    /// What becomes of a password that the identity provider sends (PWD-3).
    Passwords {
        /// It is left out.
        Ignored = "ignored",
        /// The person can sign in with it.
        Taken = "taken",
    }
);

words!(
    /// What becomes of the people of a connection that is removed.
    Fate {
        /// They stay as they are, and the next connection of the node takes them over.
        Keep = "keep",
        /// They are locked, until an administrator unlocks them.
        Lock = "lock",
        /// They stay as they are, and are kept by hand from now on.
        Unlink = "unlink",
    }
);

/// A connection that was removed, as long as none has taken its place.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct RemovedConnection {
    /// Which.
    pub id: ConnectionId,
    /// The node it kept.
    pub node_id: NodeId,
    /// The name of that node.
    pub node_name: String,
    /// What the console called it.
    pub name: String,
    /// When it was removed.
    pub removed_at: Timestamp,
    /// By whom.
    pub removed_by: String,
    /// What became of its people.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub fate: Fate,
}

/// How long the removal of a connection can be taken back.
pub const RESTORABLE: i64 = 30 * DAY;

impl RemovedConnection {
    /// Until when its removal can be taken back.
    pub fn restorable_until(&self) -> Timestamp {
        self.removed_at.plus(RESTORABLE)
    }
}

/// Whom the removal of a connection touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Kept {
    /// People it keeps.
    pub users: i64,
    /// Of them: may sign in.
    pub active: i64,
    /// Have not come in yet.
    pub invited: i64,
    /// Are locked, by whomever.
    pub locked: i64,
    /// Of the locked: were deleted by the identity provider.
    pub deleted: i64,
    /// Hold an administrative role: they are never locked by a removal.
    pub administrators: i64,
    /// Teams it keeps.
    pub teams: i64,
}

/// A connection. Its URL is `{public_url}/api/rest/scim/v2/{node_id}`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Connection {
    /// Which.
    pub id: ConnectionId,
    /// The node whose people and teams it keeps.
    pub node_id: NodeId,
    /// What the console calls it: "Okta", "Entra ID", or "SCIM".
    pub name: String,
    /// How far it has come.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: ConnectionState,
    /// A second team of the same name is refused.
    pub unique_team_names: bool,
    /// What happens to many locks and removals at once.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub storm_guard: StormGuard,
    /// What becomes of passwords.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub passwords: Passwords,
    /// When the wizard was opened.
    pub created_at: Timestamp,
    /// When it was saved.
    pub saved_at: Option<Timestamp>,
    /// When the first request with a good token came.
    pub first_request_at: Option<Timestamp>,
    /// When the last one came; written at most once a minute.
    pub last_request_at: Option<Timestamp>,
    /// The client's User-Agent then.
    pub last_agent: Option<String>,
}

/// A token as the console may show it: never the secret.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Token {
    /// The public part; shown as `scimc_<id>…`.
    pub id: TokenId,
    /// What the administrator called it.
    pub name: String,
    /// How far it has come.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: TokenState,
    /// When it was generated.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was used last; written at most once a minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked, or found to have ended.
    pub revoked_at: Option<Timestamp>,
    /// From where.
    pub last_used_ip: Option<String>,
    /// By which client.
    pub last_used_agent: Option<String>,
}

/// The token that is in use: the good one that came last; where none was used, the one that is good longest.
pub fn in_use(tokens: &[Token]) -> Option<&Token> {
    tokens
        .iter()
        .filter(|token| token.state == TokenState::Active)
        .max_by_key(|token| (token.last_used_at, token.expires_at))
}

/// A connection with what it keeps, for lists and its page.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct ConnectionInList {
    /// Which.
    pub id: ConnectionId,
    /// The node it keeps.
    pub node_id: NodeId,
    /// The name of that node.
    pub node_name: String,
    /// What the console calls it.
    pub name: String,
    /// How far it has come.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: ConnectionState,
    /// People it keeps.
    pub users: i64,
    /// Teams it keeps.
    pub teams: i64,
    /// When it was used last.
    pub last_request_at: Option<Timestamp>,
    /// When the token that is in use ends; where none was used, the one that is good longest. None without a good one.
    pub token_ends_at: Option<Timestamp>,
}

/// A connection with what its page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ConnectionDetail {
    /// The connection.
    pub connection: Connection,
    /// The node it keeps.
    pub node: Node,
    /// The nodes above that the administrator may see and the node itself, the highest first.
    pub path: Vec<Node>,
    /// Its tokens, the newest first; revoked ones too.
    pub tokens: Vec<Token>,
    /// How it is guarded against mistakes.
    pub guarding: Guarding,
    /// People it keeps.
    pub users: i64,
    /// Teams it keeps.
    pub teams: i64,
}

/// How a connection is doing right now: what the live panel of its page asks for again and again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Live {
    /// How far it has come.
    pub state: ConnectionState,
    /// When the last request with a good token came.
    pub last_request_at: Option<Timestamp>,
    /// The client's User-Agent then.
    pub last_agent: Option<String>,
    /// The status and the instant of the latest requests, the newest first.
    pub recent: Vec<(i64, Timestamp)>,
}
