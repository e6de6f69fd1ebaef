//! A user's place in a team, and why it may still be pending.

use super::consent::Consent;
use super::id::{TeamId, UserId};
use super::team::Decision;
use super::text::words;
use super::timestamp::Timestamp;
use super::user::{Status, UserState, status};

words!(
    /// Why a membership is pending: the first that holds (behaviour.md 6 #91).
    Reason {
        /// The team waits for approval.
        TeamPending = "team_pending",
        /// The team was denied.
        TeamDenied = "team_denied",
        /// The person has not accepted their invitation.
        PersonInvited = "person_invited",
        /// The person is locked.
        PersonLocked = "person_locked",
        /// The person must accept something first.
        ConsentMissing = "consent_missing",
        /// Nothing is in the way: it can be approved now.
        Ready = "ready",
    }
);

/// A membership with the names and states that are shown beside it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Membership {
    /// The team.
    pub team_id: TeamId,
    /// Its name.
    pub team_name: String,
    /// Whether the team is approved.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub team_state: Decision,
    /// The person.
    pub user_id: UserId,
    /// Their name, or their address.
    pub user_label: String,
    /// The address they sign in with.
    pub login: String,
    /// Whether they have come in.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub user_state: UserState,
    /// Locked in the console.
    pub locked_by_admin: bool,
    /// Locked by the identity provider.
    pub locked_by_idp: bool,
    /// Whether they have agreed to what a role of theirs asks.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub consent: Consent,
    /// Until when they have to; none where no time is counted.
    pub consent_expires_at: Option<Timestamp>,
    /// Whether the membership is approved.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: Decision,
    /// The name of the connection that asked for it; none where it was given here.
    pub asked_by: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it was decided about.
    pub decided_at: Option<Timestamp>,
    /// The name of who decided.
    pub decided_by: Option<String>,
    /// By which way, a word of [`super::team::Via`].
    pub decided_via: Option<String>,
}

impl Membership {
    /// What the badge of the person says.
    pub fn user_status(&self) -> Status {
        status(
            self.user_state,
            self.locked_by_admin,
            self.locked_by_idp,
            self.consent,
        )
    }

    /// Why it is pending; none where it is decided.
    pub fn reason(&self) -> Option<Reason> {
        (self.state == Decision::Pending).then(|| self.reason_of_pending())
    }

    fn reason_of_pending(&self) -> Reason {
        match (self.team_state, self.user_status()) {
            (Decision::Pending, _) => Reason::TeamPending,
            (Decision::Denied, _) => Reason::TeamDenied,
            // Invited comes before locked in the order of the reasons, so the state is asked, not the badge.
            _ if self.user_state == UserState::Invited => Reason::PersonInvited,
            (_, Status::Locked) => Reason::PersonLocked,
            (_, Status::Pending) => Reason::ConsentMissing,
            _ => Reason::Ready,
        }
    }

    /// The reason as a sentence, with the person's name (behaviour.md 6 #91).
    pub fn reason_text(&self) -> Option<String> {
        let name = &self.user_label;
        Some(match self.reason()? {
            Reason::TeamPending => "the team waits for approval".to_owned(),
            Reason::TeamDenied => "the team was denied".to_owned(),
            Reason::PersonInvited => format!("waits for {name} to accept the invitation"),
            Reason::PersonLocked => format!("waits for {name} to be unlocked"),
            Reason::ConsentMissing => format!("waits for {name} to give consent"),
            Reason::Ready => "can be approved now: Full Sync".to_owned(),
        })
    }
}

/// What a Full Sync did and what it left, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Synced {
    /// Teams that were approved now.
    pub teams: i64,
    /// Memberships that were approved now.
    pub memberships: i64,
    /// Memberships that still wait, by reason, without those that are 0.
    pub waiting: Vec<(Reason, i64)>,
}

impl Synced {
    /// How many memberships still wait.
    pub fn still_waiting(&self) -> i64 {
        self.waiting.iter().map(|(_, count)| count).sum()
    }
}
