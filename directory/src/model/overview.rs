//! What the first page of the console tells.

use super::connection::{ConnectionInList, Live};
use super::event::Event;
use super::membership::Synced;
use super::storm::Storm;
use super::user::StatusCounts;

/// The organisation at a glance, as far as the administrator may see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Overview {
    /// The name of the organisation.
    pub organisation: String,
    /// How many people have which status.
    pub counts: StatusCounts,
    /// How many nodes there are.
    pub nodes: i64,
    /// How many people a connection keeps.
    pub kept: i64,
    /// What a Full Sync would do now.
    pub approvals: Synced,
    /// The connections, each with its latest requests.
    pub connections: Vec<LiveConnection>,
    /// The storms of these connections that somebody has to look at.
    pub storms: Vec<Storm>,
    /// What happened, the newest first, 8 at the most.
    pub events: Vec<Event>,
    /// How far the first steps have come.
    pub steps: FirstSteps,
}

/// A connection with its latest requests.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LiveConnection {
    /// The connection.
    pub connection: ConnectionInList,
    /// How it is doing.
    pub live: Live,
}

/// Whether a first step has been taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Not yet.
    Open,
    /// Taken.
    Done,
}

/// The checklist of a new installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FirstSteps {
    /// A node below the root.
    pub node: Step,
    /// A saved SCIM connection.
    pub connection: Step,
    /// A request by it.
    pub first_request: Step,
    /// A person whom a connection keeps.
    pub first_user: Step,
    /// An approved membership.
    pub first_approval: Step,
}

impl FirstSteps {
    /// Whether nothing of it is left to do.
    pub fn are_done(&self) -> bool {
        [
            self.node,
            self.connection,
            self.first_request,
            self.first_user,
            self.first_approval,
        ]
        .iter()
        .all(|step| *step == Step::Done)
    }
}
