//! A place in the organisation tree; every user, team, role and connection belongs to one.

use super::connection::{Connection, RemovedConnection};
use super::id::NodeId;
use super::role::Privilege;
use super::sign_in_method::Method;
use super::timestamp::Timestamp;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Node {
    /// The number in the SCIM URL; the root has 1.
    pub id: NodeId,
    /// The node above; only the root has none.
    pub parent_id: Option<NodeId>,
    /// 1 to 255 characters, not unique.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A node of the tree with what lies directly in it, in the order of the tree (a parent before its children).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct NodeInTree {
    /// The number in the SCIM URL.
    pub id: NodeId,
    /// The node above.
    pub parent_id: Option<NodeId>,
    /// Its name.
    pub name: String,
    /// How far below the root: 0 for the root.
    pub depth: i64,
    /// People directly in it.
    pub users: i64,
    /// Teams directly in it.
    pub teams: i64,
    /// The state of its SCIM connection, or empty where there is none.
    pub connection: String,
    /// What the administrator may do there. What they may not know of is 0 or empty above.
    #[cfg_attr(feature = "store", sqlx(skip))]
    pub may: Vec<Privilege>,
}

impl NodeInTree {
    /// Whether the administrator has a privilege there.
    pub fn lets(&self, privilege: Privilege) -> bool {
        self.may.contains(&privilege)
    }
}

/// A node with what its page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NodeDetail {
    /// The node.
    pub node: Node,
    /// The nodes above that the administrator may see and the node itself, the highest first.
    pub path: Vec<Node>,
    /// The nodes directly below.
    pub children: Vec<NodeInTree>,
    /// People directly in it.
    pub users: i64,
    /// Teams directly in it.
    pub teams: i64,
    /// What the administrator may do there. What they may not know of is 0 or none.
    pub may: Vec<Privilege>,
    /// Its SCIM connection, if it has one.
    pub connection: Option<Connection>,
    /// How its people sign in, if it has a method of its own.
    pub sign_in: Option<Method>,
    /// The connection that was removed from it, as long as it can be restored and the administrator may do so.
    pub removed: Option<RemovedConnection>,
}

impl NodeDetail {
    /// Whether the administrator has a privilege there.
    pub fn lets(&self, privilege: Privilege) -> bool {
        self.may.contains(&privilege)
    }
}
