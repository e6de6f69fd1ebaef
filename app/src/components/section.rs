//! The parts of the console, and where they stand in the sidebar.

/// A part of the console, as the sidebar lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Overview,
    Approvals,
    Nodes,
    Users,
    Teams,
    Roles,
    Connections,
    SignIn,
    Events,
    Settings,
    /// A page that the sidebar does not list, such as the help.
    Elsewhere,
}

impl Section {
    /// Where it is.
    pub fn path(self) -> &'static str {
        match self {
            Self::Overview | Self::Elsewhere => "/",
            Self::Approvals => "/approvals",
            Self::Nodes => "/nodes",
            Self::Users => "/users",
            Self::Teams => "/teams",
            Self::Roles => "/roles",
            Self::Connections => "/connections",
            Self::SignIn => "/sso",
            Self::Events => "/events",
            Self::Settings => "/settings",
        }
    }

    /// Its picture in the sprite.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Approvals => "approvals",
            Self::Nodes => "nodes",
            Self::Users => "users",
            Self::Teams => "teams",
            Self::Roles => "roles",
            Self::Connections => "connections",
            Self::SignIn => "sso",
            Self::Events => "events",
            Self::Settings => "settings",
            Self::Elsewhere => "search",
        }
    }

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Overview | Self::Elsewhere => "Overview",
            Self::Approvals => "Approvals",
            Self::Nodes => "Nodes",
            Self::Users => "Users",
            Self::Teams => "Teams",
            Self::Roles => "Roles",
            Self::Connections => "Connections",
            Self::SignIn => "Sign-in",
            Self::Events => "Events",
            Self::Settings => "Settings",
        }
    }
}

/// The groups of the sidebar with their headings.
pub(super) const GROUPS: [(&str, &[Section]); 4] = [
    ("", &[Section::Overview, Section::Approvals]),
    (
        "Directory",
        &[
            Section::Nodes,
            Section::Users,
            Section::Teams,
            Section::Roles,
        ],
    ),
    ("Provisioning", &[Section::Connections, Section::SignIn]),
    ("Record", &[Section::Events]),
];
