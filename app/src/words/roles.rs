//! Roles in words: what a privilege lets somebody do, and whom a role is for.

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
