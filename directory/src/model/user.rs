//! A person of the directory: their fields, their status, and the rules about addresses.

use super::connection::Fate;
use super::consent::{self, Consent};
use super::event::Event;
use super::id::{NodeId, UserId};
use super::invitation::Invitation;
use super::membership::Membership;
use super::node::Node;
use super::onboarding::Onboarding;
use super::policy::Effective;
use super::role::HeldRole;
use super::text::words;
use super::timestamp::Timestamp;

words!(
    /// Whether a person has come in yet.
    UserState {
        /// Waits for the person to accept.
        Invited = "invited",
        /// Has signed in.
        Active = "active",
    }
);

words!(
    /// What the console shows of a person: the first rule that matches (behaviour.md 2.2).
    Status {
        /// Waits for the person to accept.
        Invited = "invited",
        /// Must accept something first.
        Pending = "pending",
        /// May sign in.
        Active = "active",
        /// By an administrator or by the identity provider.
        Locked = "locked",
    }
);

words!(
    /// How a person came to be here.
    CreatedVia {
        /// The first administrator.
        SetUp = "set_up",
        /// Added by hand.
        Console = "console",
        /// Named in the bootstrap file.
        Bootstrap = "bootstrap",
        /// Created by a connection.
        Scim = "scim",
        /// Just in time, at their first sign-in.
        SignIn = "sign_in",
    }
);

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "separate facts: two locks, hidden, linked (behaviour.md 2.2)"
)]
pub struct User {
    /// Stable for ever, also across deletion and revival over SCIM.
    pub id: UserId,
    /// Where they belong.
    pub node_id: NodeId,
    /// The address they sign in with.
    pub login: String,
    /// What the identity provider calls them, as it was sent.
    pub user_name: Option<String>,
    /// The identity provider's own id for them; unique within the node.
    pub external_id: Option<String>,
    /// `displayName` as it was sent.
    pub display_name: Option<String>,
    /// `name.givenName` as it was sent.
    pub given_name: Option<String>,
    /// `name.familyName` as it was sent.
    pub family_name: Option<String>,
    /// What the console calls them: a name, or the address.
    pub label: String,
    /// Whether they have come in.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: UserState,
    /// Locked in the console.
    pub locked_by_admin: bool,
    /// Locked by the identity provider.
    pub locked_by_idp: bool,
    /// The name of who locked them last.
    pub locked_by: Option<String>,
    /// Deleted over SCIM: locked here, not there any more.
    pub hidden_from_connection: bool,
    /// Created or claimed by the connection of their node.
    pub linked: bool,
    /// When an administrator deleted them.
    pub recycled_at: Option<Timestamp>,
    /// Grows when they come back after a deletion over SCIM.
    pub generation: i64,
    /// Sessions with an older epoch are void.
    pub session_epoch: i64,
    /// Grows with every change: the `ETag`.
    pub version: i64,
    /// Everything else the identity provider asserted: one JSON object.
    pub attributes: String,
    /// How they came to be here.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub created_via: CreatedVia,
    /// When they were added.
    pub created_at: Timestamp,
    /// When something about them changed last.
    pub updated_at: Timestamp,
    /// When they signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// When the identity provider handed over the passphrase that they have; none where they chose it, or have none.
    pub password_received_at: Option<Timestamp>,
    /// Whether they have agreed to what a role of theirs asks.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub consent: Consent,
    /// Until when they have to; none where no time is counted.
    pub consent_expires_at: Option<Timestamp>,
    /// When they agreed.
    pub consented_at: Option<Timestamp>,
    /// How far they are with what their first sign-in begins.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub onboarding: Onboarding,
}

/// By which removed connection somebody was left behind.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct LeftBehind {
    /// What the console called the connection.
    pub name: String,
    /// When it was removed.
    pub removed_at: Timestamp,
    /// By whom.
    pub removed_by: String,
    /// What became of its people.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub fate: Fate,
    /// Locked by the removal itself.
    pub locked_now: bool,
}

impl User {
    /// What the badge says.
    pub fn status(&self) -> Status {
        status(
            self.state,
            self.locked_by_admin,
            self.locked_by_idp,
            self.consent,
        )
    }

    /// Whether they must agree before they go on.
    pub fn must_consent(&self) -> bool {
        self.consent == Consent::NotAccepted
    }

    /// Whether their time to agree is over: no way in lets them pass (U15).
    pub fn is_blocked(&self, now: Timestamp) -> bool {
        consent::is_over(self.consent, self.consent_expires_at, now)
    }

    /// SCIM `active`: neither lock is set; invited people are active (behaviour.md 6 #16).
    pub fn is_unlocked(&self) -> bool {
        !self.locked_by_admin && !self.locked_by_idp
    }

    /// Whether a passphrase lets them in: who waits for an invitation has none but what the identity provider handed over.
    pub fn may_come_in(&self) -> bool {
        let has_come = self.state == UserState::Active || self.password_received_at.is_some();
        has_come && self.is_unlocked() && self.recycled_at.is_none()
    }

    /// "May sign in" of safety.md section 4, for someone who has come in.
    pub fn may_sign_in(&self) -> bool {
        self.state == UserState::Active && self.is_unlocked() && self.recycled_at.is_none()
    }
}

/// The status that follows from the separate fields.
pub fn status(
    state: UserState,
    locked_by_admin: bool,
    locked_by_idp: bool,
    consent: Consent,
) -> Status {
    match state {
        _ if locked_by_admin || locked_by_idp => Status::Locked,
        _ if consent == Consent::NotAccepted => Status::Pending,
        UserState::Invited => Status::Invited,
        UserState::Active => Status::Active,
    }
}

/// A line of the list of people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct UserInList {
    /// Who.
    pub id: UserId,
    /// Their name, or their address.
    pub label: String,
    /// The address they sign in with.
    pub login: String,
    /// Where they belong.
    pub node_id: NodeId,
    /// The name of that node.
    pub node_name: String,
    /// Whether they have come in.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: UserState,
    /// Locked in the console.
    pub locked_by_admin: bool,
    /// Locked by the identity provider.
    pub locked_by_idp: bool,
    /// Who locked them.
    pub locked_by: Option<String>,
    /// The name of the connection that keeps them; none where they were added here.
    pub kept_by: Option<String>,
    /// Names of the teams they are an approved member of, `, ` between them.
    pub teams: Option<String>,
    /// In how many teams they wait.
    pub pending: i64,
    /// When they signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether they have agreed to what a role of theirs asks.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub consent: Consent,
    /// Until when they have to; none where no time is counted.
    pub consent_expires_at: Option<Timestamp>,
}

impl UserInList {
    /// What the badge says.
    pub fn status(&self) -> Status {
        status(
            self.state,
            self.locked_by_admin,
            self.locked_by_idp,
            self.consent,
        )
    }
}

/// A person with what their page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UserDetail {
    /// The person; what the identity provider asserted beside the plain fields is in `attributes`.
    pub user: User,
    /// Where they belong.
    pub node: Node,
    /// The nodes above that the administrator may see and the node itself, the highest first.
    pub path: Vec<Node>,
    /// The name of the connection that keeps them; none where they were added here.
    pub kept_by: Option<String>,
    /// The removed connection that kept them last, where no other does now.
    pub left_by: Option<LeftBehind>,
    /// Their places in teams, pending and denied ones too, by the name of the team.
    pub memberships: Vec<Membership>,
    /// The roles they hold.
    pub roles: Vec<HeldRole>,
    /// What holds for them by their roles, and which of these decided.
    pub policies: Vec<Effective>,
    /// What happened to them, the newest first, 20 at the most.
    pub events: Vec<Event>,
    /// The administrator may give them more time to consent.
    pub may_extend: bool,
    /// Their latest invitation, and how its mail fares.
    pub invitation: Option<Invitation>,
}

/// How many people have which status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct StatusCounts {
    /// Everyone.
    pub all: i64,
    /// Have come in.
    pub active: i64,
    /// Wait to accept.
    pub invited: i64,
    /// Must accept something first.
    pub pending: i64,
    /// Locked by an administrator, whoever else.
    pub locked: i64,
    /// Locked by the identity provider alone.
    pub locked_by_idp: i64,
}

/// An address of a person, as the identity provider sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The address.
    pub value: String,
    /// The one to be used first.
    pub primary: bool,
}

/// One leaf of a person's attributes, for filters and sorting (store table `user_values`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeValue {
    /// The attribute, with its URN where it is of an extension: `emails`.
    pub attribute: String,
    /// Which of several, from 0.
    pub item: i64,
    /// The sub-attribute, or empty: `value`.
    pub part: String,
    /// The value itself.
    pub value: Leaf,
}

/// A leaf's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// Text, compared without regard to case unless the attribute is caseExact.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// An instant, in milliseconds since 1970.
    Instant(i64),
}

/// What an identity provider asserts about a person: the whole of it, after a POST, a PUT or a PATCH.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// SCIM `userName`, as it was sent.
    pub user_name: String,
    /// SCIM `externalId`.
    pub external_id: Option<String>,
    /// SCIM `active`; none leaves the lock as it is (behaviour.md 6 #76).
    pub active: Option<bool>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `name.givenName`.
    pub given_name: Option<String>,
    /// `name.familyName`.
    pub family_name: Option<String>,
    /// `emails`, in their order.
    pub emails: Vec<Email>,
    /// Everything but `userName`, `externalId`, `active` and `groups`, as one JSON object (canonical names, sorted).
    pub attributes: String,
    /// The leaves of `attributes`.
    pub values: Vec<AttributeValue>,
    /// A password that was handed over, and is another than theirs.
    pub password: Option<NewPassword>,
}

/// The hash of a password that was handed over, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(pub String);

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

impl Profile {
    /// What the console calls them: display name, given and family name, or `otherwise`; 255 characters of it.
    pub fn label(&self, otherwise: &str) -> String {
        let full = [self.given_name.as_deref(), self.family_name.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        [
            self.display_name.as_deref().unwrap_or_default().trim(),
            full.trim(),
            otherwise,
        ]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default()
        .chars()
        .take(255)
        .collect()
    }
}
