//! A browser in which somebody is signed in, as they see it themself.

use super::timestamp::Timestamp;

/// A session of somebody that is good now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OpenSession {
    /// What it is called: the hash it is kept under, which opens nothing.
    pub id: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
    /// How they signed in: `passphrase`, `invitation`, `set_up`, or the word of an identity provider.
    pub method: String,
    /// What the sign-in method of a node is called, where it was one.
    pub method_name: Option<String>,
    /// When it began.
    pub since: Timestamp,
    /// When it was used last, to the minute.
    pub seen: Timestamp,
    /// The client's address when it began.
    pub ip: Option<String>,
    /// The client's name when it began.
    pub agent: Option<String>,
}
