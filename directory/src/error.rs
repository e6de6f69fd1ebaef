//! What can go wrong in the directory, named for what the caller can do about it.

use crate::model::id::UserId;

/// Why a verb was refused, or could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such thing within the caller's authority. What lies elsewhere looks the same (AUZ-3).
    #[error("{0} was not found.")]
    NotFound(&'static str),
    /// It would collide with something that is there: the sentence says what.
    #[error("{0}")]
    Conflict(String),
    /// The input cannot be taken: the field (empty for the whole), and a sentence that says what to do.
    #[error("{message}")]
    Invalid {
        /// The field of the form or of the resource that is wrong.
        field: &'static str,
        /// What is wrong and what to do.
        message: String,
    },
    /// The field may not be changed, by this caller or at all: the sentence says which.
    #[error("{0}")]
    Fixed(String),
    /// The caller may not do this: the sentence names what is missing.
    #[error("{0}")]
    Forbidden(String),
    /// Nobody would be left who can administer; nothing was changed.
    #[error(
        "This person is the last administrator who can sign in. Give somebody else the role first."
    )]
    LastAdministrator,
    /// The time of this person to consent is over (U15). An administrator can give them more.
    #[error("Your time to accept is over. Ask your administrator to extend it.")]
    Blocked,
    /// The passphrase is right, and the code of their second factor is still to come.
    #[error("Type the code of your authenticator app.")]
    CodeWanted(Half),
    /// An administrator has paused the connection; nothing was changed. Asking again later helps.
    #[error("{0}")]
    Paused(String),
    /// The connection holds back many locks and removals; nothing was changed. Asking again later helps.
    #[error("{0}")]
    Held(String),
    /// The database failed; nothing was changed. Logged once, where it becomes an answer.
    #[error("The database could not be used: {0}")]
    Store(String),
    /// Others change the same at this moment, or there are too many of them; nothing was changed. Asking again helps.
    #[error("Others are changing the same at this moment; nothing was changed. Try again.")]
    Busy,
    /// The database has no room; nothing was changed.
    #[error("Storage is full; nothing was changed.")]
    Full,
}

impl Error {
    /// An [`Error::Invalid`] for one field.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            message: message.into(),
        }
    }
}

/// Somebody whose passphrase was right, and who has shown nothing else: they are nobody yet.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Half {
    /// Who.
    pub user: UserId,
    /// The epoch of their sessions then: what ends these ends this, too.
    pub epoch: i64,
}

/// What every function of the directory returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;
