//! SCIM requests and their answers, as the log keeps them; and what the log can be asked for.

use super::connection::Connection;
use super::id::{ConnectionId, TokenId};
use super::node::Node;
use super::text::words;
use super::timestamp::Timestamp;

words!(
    /// Who asks, by the name a client gives itself.
    Client {
        /// Okta.
        Okta = "okta",
        /// Microsoft Entra ID.
        Entra = "entra",
        /// JumpCloud.
        JumpCloud = "jumpcloud",
        /// Google Workspace.
        Google = "google",
        /// OneLogin.
        OneLogin = "onelogin",
        /// SailPoint.
        SailPoint = "sailpoint",
        /// `PingFederate`, `PingOne`.
        Ping = "ping",
        /// authentik.
        Authentik = "authentik",
        /// curl, Postman and the like: somebody tries by hand.
        Tool = "tool",
        /// Anything else.
        Other = "other",
    }
);

impl Client {
    /// The client that a User-Agent names (wire.md).
    pub fn of_agent(agent: &str) -> Self {
        const SIGNS: [(&str, Client); 16] = [
            ("okta", Client::Okta),
            ("azure", Client::Entra),
            ("entra", Client::Entra),
            ("microsoft", Client::Entra),
            ("aad", Client::Entra),
            ("jumpcloud", Client::JumpCloud),
            ("google", Client::Google),
            ("onelogin", Client::OneLogin),
            ("sailpoint", Client::SailPoint),
            ("ping", Client::Ping),
            ("authentik", Client::Authentik),
            ("curl/", Client::Tool),
            ("postman", Client::Tool),
            ("insomnia", Client::Tool),
            ("httpie", Client::Tool),
            ("wget/", Client::Tool),
        ];
        let agent = agent.to_ascii_lowercase();
        SIGNS
            .iter()
            .find(|(sign, _)| agent.contains(sign))
            .map_or(Self::Other, |(_, client)| *client)
    }

    /// What people call it; none for whoever is not known.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Okta => "Okta",
            Self::Entra => "Entra ID",
            Self::JumpCloud => "JumpCloud",
            Self::Google => "Google Workspace",
            Self::OneLogin => "OneLogin",
            Self::SailPoint => "SailPoint",
            Self::Ping => "Ping",
            Self::Authentik => "authentik",
            Self::Tool => "A command-line tool",
            Self::Other => return None,
        })
    }
}

words!(
    /// Why a token was refused: told to administrators alone, the answer never says which.
    TokenRefusal {
        /// There was no token.
        NoToken = "no_token",
        /// It has not the form of a token: cut off, or something else.
        NotAToken = "not_a_token",
        /// Nothing is known of it.
        UnknownToken = "unknown_token",
        /// It belongs to the connection of another node.
        OtherNode = "other_node",
        /// The connection was not saved yet.
        NotSaved = "not_saved",
        /// The connection was saved, this token not yet.
        NewTokenNotSaved = "new_token_not_saved",
        /// It was revoked.
        Revoked = "revoked",
        /// It has come to its end.
        Expired = "expired",
    }
);

words!(
    /// Something worth knowing of a request that was not refused.
    Remark {
        /// The identity provider activated somebody who stays locked by an administrator (U12).
        AdminLockStays = "admin_lock_stays",
        /// userName and primary address are two addresses (behaviour.md 6 #25).
        AddressesDiffer = "addresses_differ",
    }
);

/// One SCIM request and its answer, as a line of the log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Request {
    /// Which, in the order of arrival. The events it caused have it as their act.
    pub id: String,
    /// The connection it came by.
    pub connection_id: ConnectionId,
    /// The public part of its token; of one that was refused where it is one of this connection.
    pub token_id: Option<TokenId>,
    /// When.
    pub at: Timestamp,
    /// `GET`, `POST`, …; empty for a line that tells of requests that could not be noted.
    pub method: String,
    /// The path below the node with its query: `/Users?filter=…`.
    pub path: String,
    /// The status of the answer; 0 for a line that tells of requests that could not be noted.
    pub status: i64,
    /// The `scimType` of a refusal.
    pub scim_type: Option<String>,
    /// The sentence of a refusal.
    pub detail: Option<String>,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// The client's User-Agent.
    pub agent: Option<String>,
    /// The client's address.
    pub ip: Option<String>,
    /// The client that the User-Agent names.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub client: Client,
    /// Why it was refused, or what is worth knowing of it: a word of the table of causes.
    pub cause: Option<String>,
    /// `user` or `team`: what it was about.
    pub subject_kind: Option<String>,
    /// Who or which it was about.
    pub subject_id: Option<String>,
    /// What came of it, in words.
    pub said: Option<String>,
    /// How many attributes it changed.
    pub changed: i64,
}

/// What is kept of a request beside its line. Secrets were masked before it was stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The headers that explain something, of the request and of the answer.
    pub headers: Vec<(String, String)>,
    /// The same, of the answer.
    pub answer_headers: Vec<(String, String)>,
    /// The body of the request.
    pub asked: Body,
    /// The body of the answer.
    pub answered: Body,
    /// What it changed, attribute by attribute.
    pub changes: Vec<Change>,
    /// How many changes there were beyond those.
    pub more_changes: i64,
    /// The people and teams it touched.
    pub subjects: Vec<Subject>,
    /// What was sent and left out, each with its reason.
    pub ignored: Vec<String>,
}

/// A body as far as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Body {
    /// The text, secrets masked; empty where nothing is kept.
    pub text: String,
    /// How long it was, in bytes.
    pub bytes: i64,
    /// How much of it is kept.
    pub kept: Part,
}

words!(
    /// How much of a body is kept.
    Part {
        /// All of it.
        Whole = "whole",
        /// Its beginning.
        Beginning = "beginning",
        /// Nothing: it names a secret, and is too long or too broken to find where it ends.
        Sensitive = "sensitive",
        /// Nothing: so many requests came at once that only their lines are kept.
        Crowded = "crowded",
        /// Nothing: it was never read.
        Unread = "unread",
    }
);

#[expect(
    clippy::derivable_impls,
    reason = "the macro that declares words declares no default"
)]
impl Default for Part {
    fn default() -> Self {
        Self::Whole
    }
}

/// Somebody or something that a request touched.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Subject {
    /// `user` or `team`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name then.
    pub name: String,
}

/// One attribute that a request changed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// Of whom, or of what.
    pub of: Subject,
    /// Which: `title`, `emails[0].value`, `members`, `active`.
    pub attribute: String,
    /// What it was; none where there was nothing.
    pub before: Option<String>,
    /// What it is; none where nothing is left.
    pub after: Option<String>,
}

/// What the log is asked for: the query string of its page.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogQuery {
    /// Free text: a part of a name, an address or a path, or a whole id.
    pub q: String,
    /// `refused`, `answered`, `changed`, `unchanged`, or empty.
    pub outcome: String,
    /// A client's word, or empty.
    pub client: String,
    /// `reads`, `writes`, `people`, `groups`, `setup`, or empty.
    pub kind: String,
    /// A person or a team to show alone, or empty.
    pub about: String,
    /// Only what came before this request.
    pub before: String,
    /// Only what came after this request.
    pub after: String,
}

impl LogQuery {
    /// Whether everything is asked for.
    pub fn is_plain(&self) -> bool {
        [
            &self.q,
            &self.outcome,
            &self.client,
            &self.kind,
            &self.about,
        ]
        .iter()
        .all(|value| value.is_empty())
    }
}

/// A page of the log, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LogPage {
    /// The requests.
    pub rows: Vec<Request>,
    /// Where newer ones begin, if there are any.
    pub newer: Option<String>,
    /// Where older ones begin, if there may be any.
    pub older: Option<String>,
    /// How far back was searched, where the search stopped before the end of the log.
    pub searched_to: Option<Timestamp>,
    /// The newest request there is, whatever was asked for.
    pub newest: Option<String>,
    /// For how many days requests are kept.
    pub days: i64,
    /// Whom it is narrowed to, if somebody is named.
    pub about: Option<Subject>,
}

/// A request with everything its page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RequestDetail {
    /// The line.
    pub request: Request,
    /// What is kept beside it.
    pub kept: Kept,
    /// The connection it came by.
    pub connection: Connection,
    /// The nodes above that the administrator may see and the node itself, the highest first.
    pub path: Vec<Node>,
    /// What the token is called, if it is still known.
    pub token_name: Option<String>,
    /// Who or what it touched, as far as the administrator may see them now.
    pub subjects: Vec<Subject>,
    /// Who has what the request asked for, where it was taken and the administrator may see them.
    pub holder: Option<Holder>,
}

/// Somebody who has an address already.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Holder {
    /// Who.
    pub who: Subject,
    /// The name of their node.
    pub node_name: String,
}

/// A request of the log, as the page of a person or a team shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mention {
    /// The line.
    pub request: Request,
    /// The node of the connection it came by.
    pub node: super::id::NodeId,
    /// What that connection is called.
    pub connection_name: String,
}

#[cfg(test)]
mod tests {
    use super::Client;

    #[test]
    fn a_client_is_known_by_the_name_it_gives_itself() {
        for (agent, client) in [
            ("Okta SCIM Client 1.0.0", Client::Okta),
            ("Microsoft-Azure-AD-Provisioning", Client::Entra),
            ("curl/8.9.1", Client::Tool),
            ("goauthentik.io/outpost", Client::Authentik),
            ("", Client::Other),
        ] {
            assert_eq!(Client::of_agent(agent), client, "{agent}");
        }
    }
}
