//! What its holders may do, given at a node.

use super::id::{NodeId, RoleId};
use super::text::words;

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
        }
    }
}

/// The id of the built-in role that has every privilege at the root and below.
pub const ADMINISTRATOR: &str = "administrator";

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
    /// `ordinary` or `administrative`.
    pub kind: String,
}
