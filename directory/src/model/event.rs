//! Something that happened, by whom, to what: for people to read.

use super::text::words;
use super::timestamp::Timestamp;
use super::user::User;

words!(
    /// What happened. One event for each thing that changed; a repeated request leaves none (AUD-1).
    Code {
        /// The first administrator was created.
        SetUp = "set_up",
        /// A node was added.
        NodeAdded = "node_added",
        /// A node was renamed.
        NodeRenamed = "node_renamed",
        /// A node was removed.
        NodeRemoved = "node_removed",
        /// A connection was added to a node.
        ConnectionAdded = "connection_added",
        /// A connection was saved.
        ConnectionSaved = "connection_saved",
        /// The first request with a good token came.
        ConnectionUsed = "connection_used",
        /// A connection's name or options changed.
        ConnectionChanged = "connection_changed",
        /// A connection was removed.
        ConnectionRemoved = "connection_removed",
        /// The removal of a connection was taken back.
        ConnectionRestored = "connection_restored",
        /// A connection was paused.
        ConnectionPaused = "connection_paused",
        /// A paused connection goes on.
        ConnectionResumed = "connection_resumed",
        /// Many locks and removals came within a short time.
        StormBegan = "storm_began",
        /// Many locks and removals came within a short time, and were held back.
        StormHeld = "storm_held",
        /// A list was taken away as a file.
        Exported = "exported",
        /// The last administrator was to be locked, which was refused.
        LastAdministratorKept = "last_administrator_kept",
        /// An administrator said that a storm was meant.
        StormKept = "storm_kept",
        /// An administrator let through what was held back.
        StormReleased = "storm_released",
        /// An administrator took a storm back.
        StormUndone = "storm_undone",
        /// A token was generated.
        TokenGenerated = "token_generated",
        /// A token was revoked.
        TokenRevoked = "token_revoked",
        /// A token was given its end, because a newer one is in use.
        TokenReplaced = "token_replaced",
        /// A person was added.
        UserAdded = "user_added",
        /// A person who was here already was claimed by a connection.
        UserLinked = "user_linked",
        /// A person's attributes changed.
        UserChanged = "user_changed",
        /// A person was locked.
        UserLocked = "user_locked",
        /// A person was unlocked.
        UserUnlocked = "user_unlocked",
        /// A person agreed to what a role of theirs asks (`accept_transfer`).
        ConsentAccepted = "consent_accepted",
        /// A person took or skipped a step after their first sign-in.
        OnboardingStep = "onboarding_step",
        /// A person was given more time to agree.
        ConsentExtended = "consent_extended",
        /// A person was deleted over SCIM: locked here, gone there.
        UserDeletedByConnection = "user_deleted_by_connection",
        /// A person who was deleted over SCIM came back.
        UserRevived = "user_revived",
        /// An administrator deleted a person; restorable.
        UserRecycled = "user_recycled",
        /// An administrator moved a person to another node.
        UserMoved = "user_moved",
        /// An administrator deleted a person permanently: what was known of them is erased.
        UserErased = "user_erased",
        /// An administrator restored a person, or took back what an identity provider did to them.
        UserRestored = "user_restored",
        /// An invitation was put into the outbox.
        InvitationSent = "invitation_sent",
        /// An administrator cancelled an invitation.
        InvitationCancelled = "invitation_cancelled",
        /// The time of an invitation is over.
        InvitationExpired = "invitation_expired",
        /// The mail of an invitation was given up.
        InvitationFailed = "invitation_failed",
        /// An administrator asked for a mail to themself.
        MailTested = "mail_tested",
        /// An invited person signed in for the first time.
        UserActivated = "user_activated",
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// Somebody whom an identity provider proved was refused: locked, or deleted.
        SignInRefused = "sign_in_refused",
        /// Somebody signed out.
        SignedOut = "signed_out",
        /// An administrator ended a session of somebody.
        SessionEnded = "session_ended",
        /// Every session of somebody was ended, by themself or by an administrator.
        SessionsEnded = "sessions_ended",
        /// Somebody chose another passphrase.
        PassphraseChanged = "passphrase_changed",
        /// Somebody proved anew who they are.
        ProofRenewed = "proof_renewed",
        /// Somebody set up a second factor.
        SecondFactorSetUp = "second_factor_set_up",
        /// The second factor of somebody was removed, by themself or by an administrator.
        SecondFactorRemoved = "second_factor_removed",
        /// Somebody came in by a recovery code, which is used up.
        RecoveryCodeUsed = "recovery_code_used",
        /// Somebody made new recovery codes; the old ones are good no longer.
        RecoveryCodesMade = "recovery_codes_made",
        /// The identity provider handed over a password.
        PasswordReceived = "password_received",
        /// An identity provider's account was connected to a person.
        IdentityLinked = "identity_linked",
        /// Single sign-on was added to a node.
        MethodAdded = "method_added",
        /// A sign-in method was changed.
        MethodChanged = "method_changed",
        /// An administrator signed in with a method to verify it.
        MethodVerified = "method_verified",
        /// A sign-in method was switched on.
        MethodSwitchedOn = "method_switched_on",
        /// A sign-in method was switched off.
        MethodSwitchedOff = "method_switched_off",
        /// A sign-in method was removed.
        MethodRemoved = "method_removed",
        /// A domain was added.
        DomainAdded = "domain_added",
        /// The TXT record of a domain was found.
        DomainVerified = "domain_verified",
        /// A domain leads to another method, or to none.
        DomainRouted = "domain_routed",
        /// A domain was removed.
        DomainRemoved = "domain_removed",
        /// A team was added.
        TeamAdded = "team_added",
        /// A team was claimed by a connection.
        TeamLinked = "team_linked",
        /// A team was renamed, or its external id changed.
        TeamChanged = "team_changed",
        /// A team was removed.
        TeamRemoved = "team_removed",
        /// A removed team is back.
        TeamRestored = "team_restored",
        /// A team was approved.
        TeamApproved = "team_approved",
        /// A team was denied.
        TeamDenied = "team_denied",
        /// A membership was asked for.
        MembershipRequested = "membership_requested",
        /// A membership was given in the console.
        MembershipGiven = "membership_given",
        /// A membership was approved.
        MembershipApproved = "membership_approved",
        /// A membership was denied.
        MembershipDenied = "membership_denied",
        /// A membership ended.
        MembershipRemoved = "membership_removed",
        /// A membership that had ended is back.
        MembershipRestored = "membership_restored",
        /// A role was given to a person.
        RoleGiven = "role_given",
        /// A role was taken from somebody.
        RoleTaken = "role_taken",
        /// A role was added.
        RoleAdded = "role_added",
        /// A role was renamed, or is for others now.
        RoleChanged = "role_changed",
        /// A role was removed.
        RoleRemoved = "role_removed",
        /// What a role gives at a node changed.
        RolePrivilegesChanged = "role_privileges_changed",
        /// What a role asks of those who hold it changed.
        RolePoliciesChanged = "role_policies_changed",
        /// A role was given to a team.
        TeamRoleGiven = "team_role_given",
        /// A role was taken from a team.
        TeamRoleTaken = "team_role_taken",
        /// Full Sync was run.
        FullSync = "full_sync",
        /// A setting was changed.
        SettingChanged = "setting_changed",
        /// The database was filled from a bootstrap file.
        Bootstrapped = "bootstrapped",
    }
);

words!(
    /// Who did it.
    ActorKind {
        /// A person.
        User = "user",
        /// A connection, for an identity provider.
        Connection = "connection",
        /// Muster itself.
        System = "system",
    }
);

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Event {
    /// Which, in the order they happened.
    pub id: String,
    /// What belongs together: the events of one act share it.
    pub act: String,
    /// When.
    pub at: Timestamp,
    /// What happened.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub code: Code,
    /// Who did it.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub actor_kind: ActorKind,
    /// Their id.
    pub actor_id: Option<String>,
    /// Their name at the time.
    pub actor_name: String,
    /// Where.
    pub node_id: Option<i64>,
    /// What it was done to: `user`, `team`, `node`, `connection`, …
    pub target_kind: Option<String>,
    /// Its id.
    pub target_id: Option<String>,
    /// Its name at the time.
    pub target_name: Option<String>,
    /// More, as one JSON object.
    pub details: String,
}

/// Who acts, as the events will name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A person, a connection, or Muster itself.
    pub kind: ActorKind,
    /// Their id; none for Muster itself.
    pub id: Option<String>,
    /// Their name now.
    pub name: String,
}

impl Actor {
    /// A person.
    pub fn user(user: &User) -> Self {
        Self {
            kind: ActorKind::User,
            id: Some(user.id.0.clone()),
            name: user.label.clone(),
        }
    }

    /// Muster itself: a bootstrap file, the clock.
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            name: "Muster".to_owned(),
        }
    }
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `user`, `team`, `node`, `connection`, `token`, `setting`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name now.
    pub name: String,
}

impl Target {
    /// Something, by its kind, id and name.
    pub fn new(kind: &'static str, id: impl std::fmt::Display, name: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.to_string(),
            name: name.into(),
        }
    }
}
