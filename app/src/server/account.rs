//! What somebody who is signed in does about their own sessions and passphrase.

use directory::member;
use directory::secret::sha256;

use super::{arrive, console, enter, parts, told, user, who};
use crate::error::AppError;

/// The hash of the session that asks.
///
/// # Errors
/// Outside a request of the server.
pub fn this_session() -> Result<String, AppError> {
    let session = who::session(&parts()?)?;
    Ok(session
        .id()
        .map(|id| sha256(&id.to_string()))
        .unwrap_or_default())
}

/// Agrees for whoever asks, and then they are here: their coming approves what it may.
///
/// # Errors
/// What is wrong with what they typed; [`AppError::Blocked`] where their time is over.
pub async fn consent(typed: &str) -> Result<(), AppError> {
    let (db, user) = user().await?;
    let agreed = member::consent(&db, &user.id, typed).await?;
    arrive(&console()?, &parts()?, &agreed).await
}

/// Gives whoever asks another passphrase, and a new session in this browser alone.
///
/// # Errors
/// What is wrong with either passphrase; [`AppError::TooMany`] after too many attempts.
pub async fn change_passphrase(current: &str, new: &str) -> Result<(), AppError> {
    let (console, (db, user)) = (console()?, user().await?);
    if !console
        .attempts
        .is_allowed_at(&user.login, who::client(&parts()?))
    {
        return Err(told(AppError::TooMany));
    }
    let changed = member::change_passphrase(&db, &console.hashing, &user, current, new).await?;
    enter(&changed, "passphrase").await
}
