//! What is done to many people at once: the deed, whom it concerns, and why somebody is left as they are.

use super::id::{NodeId, UserId};
use super::text::words;
use super::timestamp::{DAY, Timestamp};

words!(
    /// What an administrator does to a person, or to many.
    Deed {
        /// Locks them.
        Lock = "lock",
        /// Takes the lock of an administrator back.
        Unlock = "unlock",
        /// Sends them an invitation.
        Invite = "invite",
        /// Moves them to another node.
        Move = "move",
        /// Puts them into the recycle bin.
        Delete = "delete",
    }
);

words!(
    /// Why somebody is left as they are.
    Left {
        /// They are not there any more, or lie where the administrator may no longer act.
        Gone = "gone",
        /// It is the administrator themself.
        Yourself = "yourself",
        /// Nobody would be left who can administer.
        LastAdministrator = "last_administrator",
        /// They are as the deed would make them.
        Already = "already",
        /// They have not come in yet.
        NotComeIn = "not_come_in",
        /// They have come in already.
        ComeIn = "come_in",
        /// They are locked.
        Locked = "locked",
        /// Their lock is the identity provider's.
        LockedThere = "locked_there",
        /// An identity provider keeps them.
        Kept = "kept",
        /// They were invited too often within the hour.
        TooOften = "too_often",
    }
);

/// Deleting more than so many people at once asks for their number.
pub const FEW: i64 = 5;

/// How many are left as they are, by why.
pub type Reasons = Vec<(Left, i64)>;

/// What an administrator chose, and what it would do now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Chosen {
    /// Which choice: the button says it, so that nothing else is done by it.
    pub plan: String,
    /// What is to be done.
    pub deed: Deed,
    /// Where to, if that is asked and was said.
    pub to: Option<NodeId>,
    /// How many were chosen.
    pub all: i64,
    /// How many of them have been dealt with.
    pub position: i64,
    /// How many of the others it would be done to.
    pub will: i64,
    /// Why it would not be done to the rest of them.
    pub left: Reasons,
    /// The first of those it would be done to, by name.
    pub names: Vec<String>,
    /// What became of those who were dealt with.
    pub outcome: Outcome,
    /// When they were chosen.
    pub chosen_at: Timestamp,
}

impl Chosen {
    /// Whether everybody has been dealt with.
    pub fn is_over(&self) -> bool {
        self.position >= self.all
    }

    /// The number that has to be typed first, if one has to.
    pub fn must_type(&self) -> Option<i64> {
        (self.deed == Deed::Delete && self.will > FEW).then_some(self.will)
    }
}

/// What became of those who were dealt with.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// What was done, once it has begun.
    pub deed: Option<Deed>,
    /// To how many it was done.
    pub done: i64,
    /// Why it was not done to the others.
    pub left: Reasons,
    /// The first of these: who, and why.
    pub named: Vec<(String, Left)>,
}

impl Outcome {
    /// So many are named at the most.
    pub const NAMED: usize = 50;

    /// Counts somebody who was left as they are.
    pub fn leave(&mut self, name: &str, why: Left) {
        add(&mut self.left, why);
        if self.named.len() < Self::NAMED && !name.is_empty() {
            self.named.push((name.to_owned(), why));
        }
    }

    /// How many were left as they are.
    pub fn left_in_all(&self) -> i64 {
        self.left.iter().map(|(_, count)| count).sum()
    }
}

/// Counts one more with this reason.
pub fn add(reasons: &mut Reasons, why: Left) {
    match reasons.iter_mut().find(|(known, _)| *known == why) {
        Some((_, count)) => *count += 1,
        None => reasons.push((why, 1)),
    }
}

/// Somebody in the recycle bin.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Recycled {
    /// Who.
    pub id: UserId,
    /// Their name, or their address.
    pub label: String,
    /// The address they signed in with; it stays taken.
    pub login: String,
    /// Where they belong.
    pub node_id: NodeId,
    /// The name of that node.
    pub node_name: String,
    /// A connection kept them.
    pub linked: bool,
    /// When they were deleted.
    pub recycled_at: Timestamp,
    /// By whom.
    pub recycled_by: String,
}

/// For so long somebody can be restored.
pub const RESTORABLE: i64 = 30 * DAY;

impl Recycled {
    /// Until when they can be restored.
    pub fn until(&self) -> Timestamp {
        self.recycled_at.plus(RESTORABLE)
    }
}
