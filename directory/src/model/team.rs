//! A named set of users: the SCIM Group.

use super::event::Event;
use super::id::{NodeId, TeamId};
use super::membership::{Membership, Synced};
use super::node::Node;
use super::text::words;
use super::timestamp::Timestamp;

words!(
    /// Whether a team, or a membership, has been decided about.
    Decision {
        /// Asked for by an identity provider, not yet decided.
        Pending = "pending",
        /// Decided: yes.
        Approved = "approved",
        /// Decided: no.
        Denied = "denied",
    }
);

words!(
    /// By which way an approval was given.
    Via {
        /// One by one, on the approvals page.
        Approvals = "approvals",
        /// With everything that could be approved.
        FullSync = "full_sync",
        /// When somebody signed in.
        SignIn = "sign_in",
        /// From the command line.
        CommandLine = "command_line",
        /// By the automator.
        Automator = "automator",
        /// Given by an administrator, never pending.
        Console = "console",
    }
);

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Team {
    /// Stable, the same before and after the approval.
    pub id: TeamId,
    /// Where it belongs.
    pub node_id: NodeId,
    /// SCIM `displayName`; 1 to 255 characters.
    pub name: String,
    /// The identity provider's own id for it.
    pub external_id: Option<String>,
    /// Whether it has been approved.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: Decision,
    /// Created or claimed by the connection of its node.
    pub linked: bool,
    /// Grows with every change of the team or its members: the `ETag`.
    pub version: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it, or its members, changed last.
    pub updated_at: Timestamp,
    /// When it was decided about.
    pub decided_at: Option<Timestamp>,
    /// The name of who decided.
    pub decided_by: Option<String>,
    /// By which way, a word of [`Via`].
    pub decided_via: Option<String>,
}

/// A line of the list of teams.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct TeamInList {
    /// Which.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Where it belongs.
    pub node_id: NodeId,
    /// The name of that node.
    pub node_name: String,
    /// Whether it has been approved.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: Decision,
    /// The name of the connection that keeps it; none where it was added here.
    pub kept_by: Option<String>,
    /// Approved members.
    pub members: i64,
    /// Pending members.
    pub pending: i64,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A team with what its page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TeamDetail {
    /// The team.
    pub team: Team,
    /// Where it belongs.
    pub node: Node,
    /// The nodes above that the administrator may see and the node itself, the highest first.
    pub path: Vec<Node>,
    /// The name of the connection that keeps it; none where it was added here.
    pub kept_by: Option<String>,
    /// Its members, pending and denied ones too, by name.
    pub members: Vec<Membership>,
    /// What happened to it, the newest first, 20 at the most.
    pub events: Vec<Event>,
}

/// A team that waits for its approval.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PendingTeam {
    /// The team.
    pub team: TeamInList,
    /// The memberships that its approval would make approvable.
    pub ready: Vec<Membership>,
}

/// Everything that waits for approval, for the approvals page.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pending {
    /// Teams that can be approved now.
    pub ready_teams: Vec<PendingTeam>,
    /// Memberships of other teams that can be approved now.
    pub ready: Vec<Membership>,
    /// Memberships that nobody can approve yet, with their reasons.
    pub waiting: Vec<Membership>,
    /// What a Full Sync would do now.
    pub preview: Synced,
}
