//! The sign an event bears in a timeline: its picture, and how serious it is.

use crate::components::badge::Tone;
use crate::components::timeline::Sign;
use directory::model::event::Code;

pub(super) fn sign(code: Code) -> Sign {
    match code {
        Code::SetUp
        | Code::RoleGiven
        | Code::RoleAdded
        | Code::RoleChanged
        | Code::RolePrivilegesChanged
        | Code::RolePoliciesChanged
        | Code::TeamRoleGiven => Sign::Icon("roles"),
        Code::RoleTaken | Code::RoleRemoved | Code::TeamRoleTaken => {
            Sign::Toned(Tone::Stop, "roles")
        }
        Code::NodeAdded | Code::NodeRenamed | Code::NodeRemoved => Sign::Icon("nodes"),
        Code::ConnectionAdded | Code::ConnectionSaved | Code::ConnectionChanged => {
            Sign::Icon("connections")
        }
        Code::ConnectionRemoved => Sign::Toned(Tone::Stop, "connections"),
        Code::ConnectionPaused => Sign::Glyph(Tone::Wait, "suspended"),
        Code::StormBegan | Code::StormHeld | Code::LastAdministratorKept => {
            Sign::Glyph(Tone::Stop, "warn")
        }
        Code::Exported => Sign::Icon("download"),
        Code::ConsentExtended => Sign::Icon("clock"),
        Code::StormUndone | Code::ConnectionRestored => Sign::Icon("undo"),
        Code::DomainRemoved => Sign::Toned(Tone::Stop, "link"),
        Code::TokenGenerated
        | Code::PassphraseChanged
        | Code::PasswordReceived
        | Code::SecondFactorSetUp
        | Code::RecoveryCodeUsed
        | Code::RecoveryCodesMade => Sign::Icon("key"),
        Code::TokenRevoked | Code::TokenReplaced | Code::SecondFactorRemoved => {
            Sign::Toned(Tone::Stop, "key")
        }
        Code::UserAdded | Code::UserRevived | Code::UserRestored => {
            Sign::Glyph(Tone::Info, "invited")
        }
        Code::UserLinked
        | Code::TeamLinked
        | Code::IdentityLinked
        | Code::DomainAdded
        | Code::DomainRouted => Sign::Icon("link"),
        Code::UserChanged | Code::TeamChanged => Sign::Icon("pencil"),
        Code::UserLocked => Sign::Glyph(Tone::Stop, "locked"),
        Code::UserDeletedByConnection => Sign::Glyph(Tone::Stop, "lockedidp"),
        Code::UserMoved => Sign::Icon("move"),
        Code::UserRecycled | Code::UserErased | Code::TeamRemoved => {
            Sign::Toned(Tone::Stop, "trash")
        }
        Code::InvitationSent | Code::MailTested => Sign::Icon("mail"),
        Code::InvitationCancelled | Code::InvitationExpired | Code::InvitationFailed => {
            Sign::Toned(Tone::Stop, "mail")
        }
        Code::SignedIn
        | Code::ProofRenewed
        | Code::MethodAdded
        | Code::MethodChanged
        | Code::MethodVerified => Sign::Icon("signin"),
        Code::SignInRefused | Code::MethodSwitchedOff | Code::MethodRemoved => {
            Sign::Toned(Tone::Stop, "signin")
        }
        Code::SignedOut | Code::SessionEnded | Code::SessionsEnded => Sign::Icon("out"),
        Code::TeamAdded | Code::MembershipRequested => Sign::Icon("teams"),
        Code::ConnectionUsed
        | Code::ConnectionResumed
        | Code::StormKept
        | Code::StormReleased
        | Code::TeamRestored
        | Code::MembershipRestored
        | Code::UserUnlocked
        | Code::ConsentAccepted
        | Code::OnboardingStep
        | Code::UserActivated
        | Code::TeamApproved
        | Code::MethodSwitchedOn
        | Code::DomainVerified
        | Code::MembershipApproved
        | Code::MembershipGiven => Sign::Glyph(Tone::Good, "active"),
        Code::TeamDenied | Code::MembershipDenied => Sign::Glyph(Tone::Stop, "blocked"),
        Code::MembershipRemoved => Sign::Toned(Tone::Stop, "teams"),
        Code::FullSync => Sign::Icon("sync"),
        Code::SettingChanged => Sign::Icon("settings"),
        Code::Bootstrapped => Sign::Icon("file"),
    }
}
