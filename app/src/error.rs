//! What a person is told when something fails: a closed set of sentences, with no text from inside.

use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// Why something was not done, for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in, or no longer.
    #[error("Sign in first.")]
    SignedOut,
    /// The sentence names the privilege that is missing.
    #[error("{0}")]
    Forbidden(String),
    /// They proved who they are, but their time to consent is over: an administrator can give them more.
    #[error("Your time to accept is over. Ask your administrator to extend it.")]
    Blocked,
    /// They are signed in, but what they want to do asks for a proof of now (AUZ-6).
    #[error("Confirm that it is you first, on the page /confirm.")]
    ConfirmFirst,
    /// It is not there, or not within sight: both look the same (AUZ-3).
    #[error("This was not found.")]
    NotFound,
    /// An invitation that cannot be accepted, whatever the reason (B-100).
    #[error(
        "This invitation has expired or was already used. Ask your administrator for a new one."
    )]
    Gone,
    /// It would collide with something that is there: the sentence says what.
    #[error("{0}")]
    Conflict(String),
    /// One field is wrong: the sentence says what to do.
    #[error("{message}")]
    Invalid {
        /// The name of the field; empty for the whole form.
        field: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// What was sent is not what the form sends.
    #[error("This form could not be read. Go back and try again.")]
    Unreadable,
    /// Too many attempts in a short time.
    #[error("Too many attempts. Wait a minute and try again.")]
    TooMany,
    /// The disk is full.
    #[error("Storage is full; nothing was changed.")]
    Full,
    /// The fault is ours; the log says more.
    #[error("Something went wrong on the server; nothing was changed. Try again.")]
    Failed,
}

impl AppError {
    /// The status of an answer that says only this.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden(_) | Self::Blocked | Self::ConfirmFirst => 403,
            Self::NotFound => 404,
            Self::Conflict(_) => 409,
            Self::Gone => 410,
            Self::Invalid { .. } | Self::Unreadable => 400,
            Self::TooMany => 429,
            Self::Full => 507,
            Self::Failed => 500,
        }
    }

    /// The field it is about; empty for the whole form.
    pub fn field(&self) -> &str {
        match self {
            Self::Invalid { field, .. } => field,
            _ => "",
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What Leptos found wrong before or after a server function ran; its texts quote the input, so none is kept.
    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::Unreadable,
            _ => Self::Failed,
        }
    }
}
