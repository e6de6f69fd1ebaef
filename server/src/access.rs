//! Who may do what: the one table of the console's pages and server functions.
//!
//! The edge reads from it who may come in at all; what is not in it does not answer. The directory refuses the rest,
//! and the test of this table walks every line of it for every kind of person on both databases.

use app::server::First;
use axum::http::{Method, Uri};
use directory::model::role::Privilege;
use url::form_urlencoded;

/// What a page or a server function asks of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: strangers may.
    Nothing,
    /// To be signed in, even while a second factor is still to be set up.
    Entered,
    /// To be signed in, even while a consent is missing.
    Arrived,
    /// To be signed in, with nothing that is asked first.
    Person,
    /// Any privilege anywhere; what comes back is of the nodes where they have the right one.
    Administrator,
    /// This privilege anywhere; what comes back is of the nodes where they have it.
    Somewhere(Privilege),
    /// Any privilege at the node of the thing.
    Sight,
    /// This privilege at the node of the thing; who has another one there hears what is missing.
    At(Privilege),
    /// This privilege at the node of the thing; for everybody else it is not there.
    Of(Privilege),
    /// This privilege at the top.
    Top(Privilege),
}

impl Asks {
    /// Whether it is there for somebody who must do this first.
    pub fn is_open_before(self, first: Option<First>) -> bool {
        match first {
            None => true,
            Some(First::SecondFactor) => matches!(self, Self::Nothing | Self::Entered),
            Some(First::Consent) => matches!(self, Self::Nothing | Self::Entered | Self::Arrived),
        }
    }

    /// Whether it asks for no privilege.
    pub fn is_for_everybody(self) -> bool {
        matches!(
            self,
            Self::Nothing | Self::Entered | Self::Arrived | Self::Person
        )
    }
}

use Asks::{Administrator, Arrived, At, Entered, Nothing, Of, Person, Sight, Somewhere, Top};
use Privilege::{
    ManageConnections, ManageNodes, ManageRoles, ManageTeams, ManageUsers, ReadEvents,
    TransferConsent,
};

/// The server functions, by their path below `/api/`.
pub const FUNCTIONS: &[(&str, Asks)] = &[
    ("sign_in", Nothing),
    ("sign_in/ways", Nothing),
    ("sign_in/find", Nothing),
    ("sign_in/code", Nothing),
    ("set_up/check", Nothing),
    ("set_up/create", Nothing),
    ("invitation/look", Nothing),
    ("invitation/accept", Nothing),
    ("invitation/again", Nothing),
    ("me/proof", Entered),
    ("me/confirm", Entered),
    ("me/second_factor", Entered),
    ("me/offer_second_factor", Entered),
    ("me/consent", Arrived),
    ("me/accept_transfer", Arrived),
    ("me", Person),
    ("me/onboarding", Person),
    ("me/take_step", Person),
    ("me/account", Person),
    ("me/teams", Person),
    ("me/change_passphrase", Person),
    ("me/sign_out_everywhere", Person),
    ("me/views", Person),
    ("me/save_view", Person),
    ("me/remove_view", Person),
    ("me/remove_second_factor", Person),
    ("settings/appearance", Person),
    ("overview", Administrator),
    ("nodes/all", Administrator),
    ("nodes/one", Sight),
    ("nodes/invitations", Sight),
    ("nodes/add", At(ManageNodes)),
    ("nodes/rename", At(ManageNodes)),
    ("nodes/save_invitations", At(ManageNodes)),
    ("nodes/remove", At(ManageNodes)),
    ("users/list", Somewhere(ManageUsers)),
    ("users/count", Somewhere(ManageUsers)),
    ("users/choose", Somewhere(ManageUsers)),
    ("users/chosen", Somewhere(ManageUsers)),
    ("users/carry_out", Somewhere(ManageUsers)),
    ("import/review", Somewhere(ManageUsers)),
    ("import/carry_out", Somewhere(ManageUsers)),
    ("bin/list", Somewhere(ManageUsers)),
    ("bin/one", Of(ManageUsers)),
    ("bin/restore", Of(ManageUsers)),
    ("bin/erase", Of(ManageUsers)),
    ("users/one", Of(ManageUsers)),
    ("users/add", At(ManageUsers)),
    ("users/send_invitation", Of(ManageUsers)),
    ("users/cancel_invitation", Of(ManageUsers)),
    ("users/lock", Of(ManageUsers)),
    ("users/unlock", Of(ManageUsers)),
    ("users/extend_consent", At(TransferConsent)),
    ("users/sessions", Of(ManageUsers)),
    ("users/end_session", Of(ManageUsers)),
    ("users/end_sessions", Of(ManageUsers)),
    ("users/second_factor", Of(ManageUsers)),
    ("users/remove_second_factor", Of(ManageUsers)),
    ("teams/list", Somewhere(ManageTeams)),
    ("teams/one", Of(ManageTeams)),
    ("approvals/pending", Somewhere(ManageTeams)),
    ("approvals/approve_team", Of(ManageTeams)),
    ("approvals/deny_team", Of(ManageTeams)),
    ("approvals/approve_membership", Of(ManageTeams)),
    ("approvals/deny_membership", Of(ManageTeams)),
    ("approvals/full_sync", Somewhere(ManageTeams)),
    ("roles/list", Somewhere(ManageRoles)),
    ("roles/usable", Administrator),
    ("roles/of_team", Administrator),
    ("roles/one", Of(ManageRoles)),
    ("roles/preview_team", Of(ManageRoles)),
    ("roles/add", At(ManageRoles)),
    ("roles/change", Of(ManageRoles)),
    ("roles/give", Of(ManageRoles)),
    ("roles/give_here", Of(ManageRoles)),
    ("roles/take", Of(ManageRoles)),
    ("roles/give_team", Of(ManageRoles)),
    ("roles/take_team", Of(ManageRoles)),
    ("roles/save_policies", Of(ManageRoles)),
    ("roles/set_privileges", Of(ManageRoles)),
    ("roles/remove", Of(ManageRoles)),
    ("connections/list", Somewhere(ManageConnections)),
    ("connections/removed", Somewhere(ManageConnections)),
    ("connections/one", At(ManageConnections)),
    ("connections/live", At(ManageConnections)),
    ("connections/kept", At(ManageConnections)),
    ("connections/start", At(ManageConnections)),
    ("connections/save", At(ManageConnections)),
    ("connections/revoke_token", At(ManageConnections)),
    ("connections/guard", At(ManageConnections)),
    ("connections/passwords", At(ManageConnections)),
    ("connections/pause", At(ManageConnections)),
    ("connections/resume", At(ManageConnections)),
    ("requests/list", At(ManageConnections)),
    ("requests/latest", At(ManageConnections)),
    ("requests/clients", At(ManageConnections)),
    ("requests/one", At(ManageConnections)),
    ("requests/about", Administrator),
    ("storms/one", At(ManageConnections)),
    ("storms/keep", At(ManageConnections)),
    ("storms/release", At(ManageConnections)),
    ("storms/undo", At(ManageConnections)),
    ("connections/remove", At(ManageConnections)),
    ("connections/restore", At(ManageConnections)),
    ("sign_in_methods/list", Somewhere(ManageConnections)),
    ("sign_in_methods/one", At(ManageConnections)),
    ("sign_in_methods/start", At(ManageConnections)),
    ("sign_in_methods/save", At(ManageConnections)),
    ("sign_in_methods/test", At(ManageConnections)),
    ("sign_in_methods/switch", At(ManageConnections)),
    ("sign_in_methods/remove", At(ManageConnections)),
    ("domains/list", Top(ManageConnections)),
    ("domains/add", Top(ManageConnections)),
    ("domains/check", Top(ManageConnections)),
    ("domains/route", Top(ManageConnections)),
    ("domains/remove", Top(ManageConnections)),
    ("events/list", Somewhere(ReadEvents)),
    ("settings/get", Administrator),
    ("settings/request_days", Administrator),
    ("settings/mail", Administrator),
    ("settings/save", Top(ManageTeams)),
    ("settings/keep_requests", Top(ManageConnections)),
    ("settings/test_mail", Top(ManageUsers)),
];

/// The pages, as the table of routes writes them.
pub const PAGES: &[(&str, Asks)] = &[
    ("/sign-in", Nothing),
    ("/second-factor", Nothing),
    ("/signed-out", Nothing),
    ("/set-up", Nothing),
    ("/styleguide", Nothing),
    ("/invitation", Nothing),
    ("/invitation/again", Nothing),
    ("/blocked", Nothing),
    ("/confirm", Entered),
    ("/account/second-factor", Entered),
    ("/consent", Arrived),
    ("/onboarding/:step", Person),
    ("/welcome", Person),
    ("/account", Person),
    ("/", Administrator),
    ("/approvals", Somewhere(ManageTeams)),
    ("/nodes", Administrator),
    ("/nodes/:id", Sight),
    ("/nodes/:id/methods/new", Sight),
    ("/nodes/:id/connection", At(ManageConnections)),
    ("/nodes/:id/connection/remove", At(ManageConnections)),
    ("/nodes/:id/connection/storms/:storm", At(ManageConnections)),
    ("/nodes/:id/connection/requests", At(ManageConnections)),
    (
        "/nodes/:id/connection/requests/:request",
        At(ManageConnections),
    ),
    ("/nodes/:id/sign-in", At(ManageConnections)),
    ("/nodes/:id/sign-in/remove", At(ManageConnections)),
    ("/users", Somewhere(ManageUsers)),
    ("/users/new", Administrator),
    ("/users/many", Somewhere(ManageUsers)),
    ("/users/import", Somewhere(ManageUsers)),
    ("/users/bin", Somewhere(ManageUsers)),
    ("/users/:id", Of(ManageUsers)),
    ("/teams", Somewhere(ManageTeams)),
    ("/teams/:id", Of(ManageTeams)),
    ("/roles", Somewhere(ManageRoles)),
    ("/roles/new", Administrator),
    ("/roles/team", Of(ManageRoles)),
    ("/roles/:id", Of(ManageRoles)),
    ("/connections", Somewhere(ManageConnections)),
    ("/connections/new", Administrator),
    ("/events", Somewhere(ReadEvents)),
    ("/search", Administrator),
    ("/settings", Administrator),
    ("/settings/domains", Top(ManageConnections)),
    ("/help", Administrator),
];

/// The lists that can be taken away as files.
pub const EXPORTS: &[(&str, Asks)] = &[
    ("/exports/users.csv", Somewhere(ManageUsers)),
    ("/exports/users.json", Somewhere(ManageUsers)),
    ("/exports/events.csv", Somewhere(ReadEvents)),
    ("/exports/events.json", Somewhere(ReadEvents)),
];

/// What takes power away or gives it: a form that is sent here needs a proof of who somebody is that is at most ten
/// minutes old (AUZ-6). Beside each, the form of its page that comes back filled in once they have given it.
pub const SENSITIVE: &[(&str, &str)] = &[
    ("/nodes/:id/connection/token", ""),
    ("/api/connections/passwords", ""),
    ("/api/sign_in_methods/save", "save-method"),
    ("/api/sign_in_methods/switch", ""),
    ("/api/sign_in_methods/remove", ""),
    ("/api/domains/add", "add-domain"),
    ("/api/domains/route", ""),
    ("/api/domains/remove", ""),
    ("/api/roles/give", "give-role"),
    ("/api/roles/give_here", ""),
    ("/api/roles/give_team", ""),
    ("/api/roles/take", ""),
    ("/api/roles/take_team", ""),
    ("/api/roles/change", ""),
    ("/api/roles/remove", ""),
    ("/api/roles/set_privileges", "privileges"),
    ("/api/roles/save_policies", "policies"),
    ("/api/storms/undo", ""),
    ("/api/users/remove_second_factor", ""),
    ("/api/bin/erase", "erase"),
    ("/api/me/change_passphrase", ""),
    ("/api/me/offer_second_factor", ""),
    ("/api/me/remove_second_factor", ""),
    ("/account/second-factor", ""),
    ("/account/second-factor/codes", ""),
];

/// Connecting an account gives another way in: `?for=connect` at this address needs such a proof, too.
const LEAVING: &str = "/sign-in/:provider";

/// The form of a sensitive act; none where a request is no such act.
pub fn sensitive(method: &Method, uri: &Uri) -> Option<&'static str> {
    if *method == Method::POST {
        let mut lines = SENSITIVE.iter();
        return lines
            .find(|(act, _)| is_at(act, uri.path()))
            .map(|(_, form)| *form);
    }
    let connects = is_at(LEAVING, uri.path())
        && form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .any(|(key, value)| key == "for" && value == "connect");
    connects.then_some("")
}

/// What a server function asks; none is declared for this path.
pub fn of_function(path: &str) -> Option<Asks> {
    let name = path.strip_prefix("/api/")?;
    let line = FUNCTIONS.iter().find(|(function, _)| *function == name);
    line.map(|(_, asks)| *asks)
}

/// What a page or an export asks; `path` is its address. An address that is no page's asks for an administrator.
pub fn of_page(path: &str) -> Asks {
    let mut lines = PAGES.iter().chain(EXPORTS);
    let line = lines.find(|(page, _)| is_at(page, path));
    line.map_or(Administrator, |(_, asks)| *asks)
}

fn is_at(page: &str, path: &str) -> bool {
    let (mut page, mut path) = (page.split('/'), path.split('/'));
    loop {
        match (page.next(), path.next()) {
            (None, None) => return true,
            (Some(step), Some(here)) if step == here || step.starts_with(':') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_finds_its_line_and_a_stranger_to_the_table_is_for_administrators() {
        assert_eq!(of_page("/sign-in"), Nothing);
        assert_eq!(of_page("/users/new"), Administrator);
        assert_eq!(of_page("/users/123"), Of(ManageUsers));
        assert_eq!(of_page("/nowhere"), Administrator);
        assert_eq!(of_function("/api/me"), Some(Person));
        assert_eq!(of_function("/api/nowhere"), None);
    }
}
