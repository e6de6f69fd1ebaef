//! How mail fares, as the settings page shows it.

use super::id::UserId;
use super::timestamp::Timestamp;

/// How mail fares.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MailState {
    /// Since when no mail leaves, and why.
    pub trouble: Option<(Timestamp, String)>,
    /// How many mails wait to leave.
    pub waiting: i64,
    /// When a mail left last.
    pub left_last: Option<Timestamp>,
    /// The mails that were given up lately, the latest first.
    pub failures: Vec<Failure>,
}

/// A mail that was given up.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// To whom.
    pub user_id: UserId,
    /// Their name.
    pub label: String,
    /// Their address then.
    pub recipient: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub trouble: String,
}
