//! Many locks and removals by one connection within a short time, gathered so that they can be undone (DEL-2 to DEL-5).

use super::id::{ConnectionId, NodeId, StormId, TeamId, UserId};
use super::node::Node;
use super::text::words;
use super::timestamp::{DAY, Timestamp};

/// How long a storm can be undone.
pub const UNDOABLE: i64 = 30 * DAY;

words!(
    /// What happens to the further locks and removals of a storm (DEL-4).
    StormGuard {
        /// They are carried out at once, and gathered to be undone.
        Apply = "apply",
        /// They are refused until an administrator lets them through.
        Hold = "hold",
    }
);

words!(
    /// How far a storm has come.
    StormState {
        /// Somebody has to look at it.
        Open = "open",
        /// It was meant.
        Kept = "kept",
        /// All of it was taken back.
        Undone = "undone",
    }
);

words!(
    /// What was lost.
    LossKind {
        /// A person was deactivated.
        UserLocked = "user_locked",
        /// A person was deleted: locked and hidden.
        UserDeleted = "user_deleted",
        /// A membership ended.
        MembershipRemoved = "membership_removed",
        /// A team was removed.
        TeamRemoved = "team_removed",
    }
);

words!(
    /// What an undo made of a loss.
    Outcome {
        /// It is as it was before.
        Restored = "restored",
        /// It had changed since, so it was left alone.
        Left = "left",
    }
);

/// A storm, with how much it took away.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Storm {
    /// Which.
    pub id: StormId,
    /// Whose.
    pub connection_id: ConnectionId,
    /// What the console calls that connection.
    pub connection_name: String,
    /// The node it keeps.
    pub node_id: NodeId,
    /// The name of that node.
    pub node_name: String,
    /// How far it has come.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: StormState,
    /// When it was noticed.
    pub opened_at: Timestamp,
    /// When the first of its losses happened.
    pub since: Timestamp,
    /// When the last one did.
    pub last_at: Timestamp,
    /// Its further locks and removals were held back.
    pub held: bool,
    /// They still are.
    pub holds: bool,
    /// How many requests were held back.
    pub held_requests: i64,
    /// Who let them through.
    pub released_by: Option<String>,
    /// When it was undone, or said to be meant.
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<String>,
    /// People it locked or deleted.
    pub users: i64,
    /// Memberships it ended.
    pub memberships: i64,
    /// Teams it removed.
    pub teams: i64,
    /// Of all these, what an undo left alone.
    pub left_alone: i64,
}

impl Storm {
    /// How much it took away.
    pub fn losses(&self) -> i64 {
        self.users + self.memberships + self.teams
    }

    /// Until when it can be undone.
    pub fn undoable_until(&self) -> Timestamp {
        self.opened_at.plus(UNDOABLE)
    }

    /// Whether it can be undone at this instant.
    pub fn is_undoable(&self, now: Timestamp) -> bool {
        self.state != StormState::Undone && now < self.undoable_until()
    }
}

/// One thing a storm took away.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Loss {
    /// When.
    pub at: Timestamp,
    /// What.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub kind: LossKind,
    /// Whom it happened to.
    pub user_id: Option<UserId>,
    /// What the console calls them.
    pub user_label: Option<String>,
    /// The team.
    pub team_id: Option<TeamId>,
    /// Its name.
    pub team_name: Option<String>,
    /// What an undo made of it, a word of [`Outcome`].
    pub outcome: Option<String>,
}

/// A storm with what its page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StormDetail {
    /// The storm.
    pub storm: Storm,
    /// The nodes above that the administrator may see and the node itself, the highest first.
    pub path: Vec<Node>,
    /// What it took away, the oldest first; a first part of it where it is long.
    pub losses: Vec<Loss>,
}

/// What an undo gave back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Undone {
    /// People who are as they were.
    pub users: i64,
    /// Memberships that are back.
    pub memberships: i64,
    /// Teams that are back.
    pub teams: i64,
    /// What had changed since and was left alone.
    pub left_alone: i64,
}

/// How a connection is guarded: what its page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Guarding {
    /// What happens to a storm's further locks and removals.
    pub guard: StormGuard,
    /// How much may be lost within an hour before it is a storm.
    pub allowed: i64,
    /// Its storms, the newest first: those to be looked at, and others of late.
    pub storms: Vec<Storm>,
}
