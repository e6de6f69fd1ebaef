//! What its holders may do, given at a node.

use super::consent::Consent;
use super::event::Event;
use super::id::{NodeId, RoleId, TeamId, UserId};
use super::node::Node;
use super::policy::RolePolicy;
use super::query::Listed;
use super::team::Decision;
use super::text::words;
use super::timestamp::Timestamp;
use super::user::UserState;

words!(
    /// One administrative power of a role at a node (behaviour.md 2.5).
    Privilege {
        /// Add, rename and remove nodes.
        ManageNodes = "manage_nodes",
        /// Add, invite, lock and delete people.
        ManageUsers = "manage_users",
        /// Approve, deny and change teams and memberships.
        ManageTeams = "manage_teams",
        /// Give and take roles.
        ManageRoles = "manage_roles",
        /// Add and change connections and their tokens.
        ManageConnections = "manage_connections",
        /// Read the events.
        ReadEvents = "read_events",
        /// Give people more time to consent to transfer.
        TransferConsent = "transfer_consent",
    }
);

impl Privilege {
    /// What the page of a refused administrator calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::ManageNodes => "Manage nodes",
            Self::ManageUsers => "Manage users",
            Self::ManageTeams => "Manage teams",
            Self::ManageRoles => "Manage roles",
            Self::ManageConnections => "Manage connections",
            Self::ReadEvents => "Read events",
            Self::TransferConsent => "Transfer consent",
        }
    }
}

/// The id of the built-in role that has every privilege at the root and below.
pub const ADMINISTRATOR: &str = "administrator";

words!(
    /// What a role gives besides what it asks.
    RoleKind {
        /// No power over anything.
        Ordinary = "ordinary",
        /// Privileges at nodes. No team ever holds one (AUZ-4).
        Administrative = "administrative",
    }
);

words!(
    /// How far a privilege reaches.
    Reach {
        /// The node alone.
        Here = "here",
        /// The node and all that lies below it.
        Below = "below",
    }
);

impl From<bool> for Reach {
    fn from(cascades: bool) -> Self {
        if cascades { Self::Below } else { Self::Here }
    }
}

impl Reach {
    /// As the database keeps it.
    pub fn cascades(self) -> bool {
        self == Self::Below
    }
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Role {
    /// Which.
    pub id: RoleId,
    /// Where it belongs.
    pub node_id: NodeId,
    /// 1 to 255 characters, once at a node.
    pub name: String,
    /// Whether it gives privileges.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub kind: RoleKind,
    /// Made with the installation: it stays as it is.
    pub built_in: bool,
    /// The nodes below may use it too.
    pub visible_below: bool,
    /// New people hold it from the beginning.
    pub for_new_users: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Role {
    /// Whether it gives any privilege.
    pub fn is_administrative(&self) -> bool {
        self.kind == RoleKind::Administrative
    }
}

/// A row of the list of roles. Holders are counted where the administrator manages roles.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct RoleInList {
    /// Which.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// Where it belongs.
    pub node_id: NodeId,
    /// What that node is called.
    pub node_name: String,
    /// Whether it gives privileges.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub kind: RoleKind,
    /// Made with the installation.
    pub built_in: bool,
    /// The nodes below may use it too.
    pub visible_below: bool,
    /// New people hold it from the beginning.
    pub for_new_users: bool,
    /// People who hold it themselves.
    pub users: i64,
    /// Teams that hold it.
    pub teams: i64,
}

/// Somebody who holds a role themself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Holder {
    /// Who.
    pub id: UserId,
    /// What the console calls them.
    pub label: String,
    /// The address they sign in with.
    pub login: String,
    /// Where they belong.
    pub node_id: NodeId,
    /// What their node is called.
    pub node_name: String,
    /// How far they are.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: UserState,
    /// Locked by an administrator.
    pub locked_by_admin: bool,
    /// Locked by an identity provider.
    pub locked_by_idp: bool,
    /// Whether they have agreed to what a role of theirs asks.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub consent: Consent,
    /// Until when they have to; none where no time is counted.
    pub consent_expires_at: Option<Timestamp>,
    /// The administrator may open their page.
    #[cfg_attr(feature = "store", sqlx(skip))]
    pub is_open: bool,
}

/// A team that holds a role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct HolderTeam {
    /// Which.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Where it belongs.
    pub node_id: NodeId,
    /// What its node is called.
    pub node_name: String,
    /// Whether it has been approved: until then nobody holds the role by it.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: Decision,
    /// Its approved members.
    pub members: i64,
    /// The administrator may open its page.
    #[cfg_attr(feature = "store", sqlx(skip))]
    pub is_open: bool,
}

/// A node that a role manages, and how.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ManagedNode {
    /// Which.
    pub node_id: NodeId,
    /// What it is called.
    pub node_name: String,
    /// Whether what lies below is managed too.
    pub reach: Reach,
    /// What may be done there.
    pub privileges: Vec<Privilege>,
}

/// What an administrator may do with a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Hand {
    /// Change it.
    Change,
    /// Give it to people and teams below it, no more: it belongs to a node above.
    Give,
    /// Look at it: it gives more than they have themselves.
    Look,
}

/// A role with what its page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RoleDetail {
    /// The role.
    pub role: Role,
    /// Its node.
    pub node: Node,
    /// The nodes above that the administrator may see and the node itself, the highest first.
    pub path: Vec<Node>,
    /// What the administrator may do with it.
    pub hand: Hand,
    /// The nodes it manages, as far as the administrator sees them.
    pub managed: Vec<ManagedNode>,
    /// What it asks of those who hold it.
    pub policies: Vec<RolePolicy>,
    /// What the administrator may give on, and where.
    pub grantable: Vec<ManagedNode>,
    /// A page of who holds it themself, where the administrator manages roles.
    pub users: Listed<Holder>,
    /// The teams that hold it, where the administrator manages roles.
    pub teams: Vec<HolderTeam>,
    /// Teams that could come to hold it, the first of them by name; none for an administrative role.
    pub candidates: Vec<HolderTeam>,
    /// What happened to it, where the administrator may read events; the newest first.
    pub events: Vec<Event>,
}

/// What would change for whom if a team held a role, or held it no longer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TeamPreview {
    /// The role.
    pub role: Role,
    /// The team.
    pub team: HolderTeam,
    /// Whether the team holds the role now.
    pub is_held: bool,
    /// The members who would come to hold it, or hold it no longer: the first of them by name.
    pub first: Vec<String>,
    /// How many they are.
    pub changed: i64,
    /// The members who hold the role in another way too: nothing changes for them.
    pub unchanged: i64,
    /// The members who wait for their approval.
    pub pending: i64,
}

/// A role a person holds, for their page.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct HeldRole {
    /// Which.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// Where it belongs.
    pub node_id: NodeId,
    /// What that node is called; none where the administrator may not know.
    pub node_name: Option<String>,
    /// Whether it gives privileges.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub kind: RoleKind,
    /// They hold it themself.
    pub is_own: bool,
    /// The teams it comes with, by name; none where they hold it only themself.
    pub teams: Option<String>,
    /// The administrator may open its page.
    #[cfg_attr(feature = "store", sqlx(skip))]
    pub is_open: bool,
    /// The administrator may take it from them.
    #[cfg_attr(feature = "store", sqlx(skip))]
    pub is_theirs_to_take: bool,
}
