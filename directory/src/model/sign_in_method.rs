//! A provisioning method of kind single sign-on: an `OpenID` Connect provider of a node, and the domains that lead to it.

use super::id::{MethodId, NodeId};
use super::node::Node;
use super::settings::Switch;
use super::text::words;
use super::timestamp::Timestamp;

words!(
    /// How far a method has come.
    MethodState {
        /// Nobody has signed in with it yet: it is good for that one sign-in alone.
        Draft = "draft",
        /// An administrator has signed in with it once.
        Verified = "verified",
        /// People sign in with it.
        On = "on",
        /// It was on; nobody signs in with it now.
        Off = "off",
    }
);

words!(
    /// A signature that an ID token may bear (OID-1): public keys only.
    Algorithm {
        /// RSA with SHA-256.
        Rs256 = "RS256",
        /// ECDSA on P-256.
        Es256 = "ES256",
        /// Ed25519.
        EdDsa = "EdDSA",
    }
);

words!(
    /// What a test of the connection found: the first thing that is wrong.
    TestResult {
        /// Nobody has tested it.
        Untested = "untested",
        /// The provider can be used.
        Fine = "fine",
        /// Its address leads where the server must not call (NET-1).
        NotAllowed = "not_allowed",
        /// Its name is unknown.
        NoSuchName = "no_such_name",
        /// Nobody listens there.
        Refused = "refused",
        /// Its certificate is not good.
        Tls = "tls",
        /// It did not answer in time.
        TooSlow = "too_slow",
        /// It knows no such address.
        NotFound = "not_found",
        /// It leads on to another address.
        Elsewhere = "elsewhere",
        /// It answered with another error.
        Failed = "failed",
        /// Its answer is too long.
        TooLong = "too_long",
        /// Its answer is no JSON.
        NotJson = "not_json",
        /// It calls itself otherwise.
        OtherIssuer = "other_issuer",
        /// It names no address to sign in at, to fetch a token from, or to read its keys from.
        NoEndpoint = "no_endpoint",
        /// It signs with none of the allowed algorithms.
        NoAlgorithm = "no_algorithm",
        /// Its keys cannot be read.
        NoKeys = "no_keys",
        /// The connection broke in another way.
        Unreachable = "unreachable",
    }
);

words!(
    /// How far a domain has come.
    DomainState {
        /// Its TXT record is waited for.
        Requested = "requested",
        /// Its TXT record was found.
        Verified = "verified",
    }
);

words!(
    /// What the last look at the TXT record of a domain found.
    Finding {
        /// Nobody has looked.
        Unchecked = "unchecked",
        /// The record is there.
        Found = "found",
        /// There is no TXT record.
        Missing = "missing",
        /// There are TXT records, and none of them is ours.
        Other = "other",
        /// The name server did not answer.
        Unreachable = "unreachable",
    }
);

/// The scopes a method asks for unless somebody says otherwise.
pub const USUAL_SCOPES: &str = "openid email profile";

/// A method as the console may show it: never its secret (SEC-2).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the page"
)]
pub struct Method {
    /// Which; also its word in the addresses `/sign-in/{id}` and `/sign-in/{id}/callback`.
    pub id: MethodId,
    /// The node whose people sign in with it.
    pub node_id: NodeId,
    /// What the console and the sign-in page call it.
    pub name: String,
    /// What people may type instead of their address.
    pub word: Option<String>,
    /// The provider, exactly as it names itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// It gave us a secret.
    pub has_secret: bool,
    /// What is asked for, with a space between.
    pub scopes: String,
    /// Words of [`Algorithm`], with a space between.
    pub algorithms: String,
    /// Whoever is unknown is created at their first sign-in.
    pub just_in_time: bool,
    /// Also for the nodes beneath that have no method of their own.
    pub below: bool,
    /// An address counts as verified where the provider does not say.
    pub trusts_addresses: bool,
    /// How far it has come.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: MethodState,
    /// Grows with every change.
    pub revision: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When somebody signed in to verify it.
    pub verified_at: Option<Timestamp>,
    /// Whom the provider proved then.
    pub verified_as: Option<String>,
    /// When the connection was tested last.
    pub tested_at: Option<Timestamp>,
    /// What that found.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub test_result: TestResult,
    /// More of it: what the provider answered.
    pub test_detail: String,
}

impl Method {
    /// The algorithms an ID token may be signed with.
    pub fn allowed(&self) -> Vec<Algorithm> {
        self.algorithms
            .split_whitespace()
            .filter_map(Algorithm::of)
            .collect()
    }

    /// Whether people can sign in with it now.
    pub fn is_on(&self) -> bool {
        self.state == MethodState::On
    }
}

/// A method with what its page shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MethodDetail {
    /// The method.
    pub method: Method,
    /// Its node.
    pub node: Node,
    /// The nodes above that the administrator may see and the node itself, the highest first.
    pub path: Vec<Node>,
    /// How many people have an account of the provider connected.
    pub connected: i64,
    /// The verified domains that lead to it.
    pub domains: Vec<String>,
    /// How many domains of the organisation are verified at all.
    pub verified_domains: i64,
}

/// A method in a list of those to choose from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct MethodInList {
    /// Which.
    pub id: MethodId,
    /// Its node.
    pub node_id: NodeId,
    /// The name of that node.
    pub node_name: String,
    /// What the console calls it.
    pub name: String,
    /// How far it has come.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: MethodState,
}

/// What an administrator wants a method to be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WantedMethod {
    /// What the console calls it.
    pub name: String,
    /// What people may type instead of their address; none where it is empty.
    pub word: String,
    /// The provider, exactly as it names itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// The secret it gave us; empty keeps the one that is there.
    pub client_secret: String,
    /// What is asked for; [`USUAL_SCOPES`] where it is empty.
    pub scopes: String,
    /// The signatures that are taken.
    pub algorithms: Vec<Algorithm>,
    /// Whether whoever is unknown is created.
    pub just_in_time: Switch,
    /// Whether the nodes beneath without a method sign in with it too.
    pub below: Switch,
    /// Whether an address counts as verified where the provider does not say.
    pub trusts_addresses: Switch,
}

/// A domain of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Domain {
    /// In its ASCII form.
    pub name: String,
    /// What its TXT record must say.
    pub token: String,
    /// How far it has come.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: DomainState,
    /// The method its addresses lead to.
    pub method_id: Option<MethodId>,
    /// What that is called.
    pub method_name: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
    /// When its record was found.
    pub verified_at: Option<Timestamp>,
    /// When somebody looked last.
    pub checked_at: Option<Timestamp>,
    /// What that found.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub finding: Finding,
}

impl Domain {
    /// The name of the TXT record that shows whose the domain is.
    pub fn record_name(&self) -> String {
        format!("_muster.{}", self.name)
    }

    /// What that record must say.
    pub fn record(&self) -> String {
        format!("muster-domain={}", self.token)
    }
}
