//! Roles in words: what a privilege lets somebody do, and whom a role is for.

use directory::model::policy::{Effective, Policy};
use directory::model::role::{HeldRole, ManagedNode, Privilege, Reach, Role};

/// What the console calls a privilege.
pub fn name(privilege: Privilege) -> &'static str {
    match privilege {
        Privilege::ManageNodes => "Nodes",
        Privilege::ManageUsers => "Users",
        Privilege::ManageTeams => "Teams",
        Privilege::ManageRoles => "Roles",
        Privilege::ManageConnections => "Provisioning methods",
        Privilege::ReadEvents => "Reports",
        Privilege::TransferConsent => "Transfer consent",
    }
}

/// What it lets somebody do.
pub fn meaning(privilege: Privilege) -> &'static str {
    match privilege {
        Privilege::ManageNodes => "Add, rename and remove nodes, and word their invitations.",
        Privilege::ManageUsers => "See, add, invite, lock and unlock people.",
        Privilege::ManageTeams => "See teams, approve and deny them and their members.",
        Privilege::ManageRoles => {
            "Add and change roles, give and take them: never more than one has."
        }
        Privilege::ManageConnections => {
            "Set up connections, their tokens and guards, and read their log."
        }
        Privilege::ReadEvents => "Read what happened.",
        Privilege::TransferConsent => "Give people more time to consent to transfer.",
    }
}

/// *Users, Teams* of a managed node.
pub fn powers(managed: &ManagedNode) -> String {
    let names: Vec<&str> = managed.privileges.iter().copied().map(name).collect();
    names.join(", ")
}

/// How far a privilege reaches.
pub fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Here => "This node alone",
        Reach::Below => "This node and all below",
    }
}

/// What kind of role it is.
pub fn kind(role: &Role) -> &'static str {
    if role.is_administrative() {
        "Administrative"
    } else {
        "Ordinary"
    }
}

/// How somebody comes to hold a role.
pub fn way(role: &HeldRole) -> String {
    match (&role.teams, role.is_own) {
        (Some(teams), true) => format!("Given to them, and by {teams}"),
        (Some(teams), false) => format!("By {teams}"),
        (None, _) => "Given to them".to_owned(),
    }
}

/// What the console calls a policy.
pub fn asks(policy: Policy) -> &'static str {
    match policy {
        Policy::InvitationMail => "Invitation mail",
        Policy::ResendInvitations => "Send invitations again",
        Policy::KeepAddress => "Keep the sign-in address",
        Policy::AllowedAddresses => "Allowed addresses",
        Policy::TransferConsent => "Transfer consent",
        Policy::SecondFactor => "Require a second factor",
        Policy::Onboarding => "Onboarding off",
        Policy::Tour => "Tour off",
    }
}

/// What it does and where that shows.
pub fn asks_what(policy: Policy) -> &'static str {
    match policy {
        Policy::InvitationMail => {
            "Whether whoever an identity provider adds is invited by mail. It comes before what their node says; an administrator can always send one by hand."
        }
        Policy::ResendInvitations => {
            "After so many days without a first sign-in, three times at the most; 0 is never, empty is as the node says. Of several roles, the fewest mails."
        }
        Policy::KeepAddress => {
            "An identity provider that sends another sign-in address is refused. The log of its connection says why."
        }
        Policy::AllowedAddresses => {
            "Administrators open the console from these networks alone, with spaces between them; empty is from anywhere. Each role with a list must allow the address."
        }
        Policy::TransferConsent => {
            "After signing in they agree to the transfer of what is theirs, by typing Accept, before they go on. They have seven days; then they are blocked until somebody with the privilege Transfer consent extends that."
        }
        Policy::SecondFactor => {
            "Whoever signs in with a passphrase shows a code of an authenticator app, too. Users without one set it up at their next sign-in, before anything else. Who signs in with the organisation's provider uses that provider's second factor."
        }
        Policy::Onboarding => {
            "Nothing is shown after the first sign-in. One role that says so is enough."
        }
        Policy::Tour => {
            "After the first sign-in the tour is left out. One role that says so is enough."
        }
    }
}

/// What holds, in words.
pub fn held_value(held: &Effective) -> String {
    match (held.policy, held.value()) {
        (Policy::InvitationMail, "off") => "Not sent by itself".to_owned(),
        (Policy::InvitationMail, _) => "Sent by itself".to_owned(),
        (Policy::ResendInvitations, "0") => "Never".to_owned(),
        (Policy::ResendInvitations, "1") => "After 1 day".to_owned(),
        (Policy::ResendInvitations, days) => format!("After {days} days"),
        (Policy::KeepAddress, _) => "Only changed here".to_owned(),
        (Policy::AllowedAddresses, _) => held.values.join(", and "),
        (Policy::TransferConsent, _) => "Asked for".to_owned(),
        (Policy::SecondFactor, _) => "Required".to_owned(),
        (Policy::Onboarding | Policy::Tour, _) => "Off".to_owned(),
    }
}
