//! Whoever holds an invitation: what they may see of it, how they prove who they are, and how they come in.

use directory::error::Error;
use directory::invitation;
use directory::model::invitation::Invited;
use directory::sign_in;

use super::{console, enter, parts, told, who};
use crate::error::AppError;

/// The invitation of a token, with the way its person proves who they are; and their address.
///
/// # Errors
/// [`AppError::Gone`] whatever is wrong with it (B-100).
pub async fn invited(token: &str) -> Result<(Invited, String), AppError> {
    let console = console()?;
    let looked = invitation::look(&console.db, &console.secrets, token)
        .await
        .map_err(gone)?;
    let way = console.ways.iter().find(|way| way.is_for(&looked.login));
    let way = match way {
        Some(way) => Some((way.id.clone(), way.name.clone())),
        None => sign_in::way_in(&console.db, looked.node, &looked.login)
            .await?
            .map(|method| (method.id.0, method.name)),
    };
    let invited = Invited {
        way,
        ..looked.invited
    };
    Ok((invited, looked.login))
}

/// Whether whoever asks may accept an invitation with a passphrase.
///
/// # Errors
/// [`AppError::Forbidden`] where an identity provider proves its person (B-105), or somebody is signed in (B-103).
pub async fn may_accept(invited: &Invited) -> Result<(), AppError> {
    if let Some((_, name)) = &invited.way {
        let sentence = format!("You sign in with {name}, and need no passphrase here.");
        return Err(told(AppError::Forbidden(sentence)));
    }
    let asking = super::ask(&console()?.db, &who::session(&parts()?)?).await?;
    match asking {
        Some(asking) => {
            let sentence = format!(
                "You are signed in as {}. Sign out to accept.",
                asking.user.label
            );
            Err(told(AppError::Forbidden(sentence)))
        }
        None => Ok(()),
    }
}

/// Accepts an invitation with a passphrase, and starts the session.
///
/// # Errors
/// [`AppError::Gone`], or what is wrong with the passphrase.
pub async fn accept(token: &str, passphrase: &str) -> Result<(), AppError> {
    let console = console()?;
    let (db, secrets, hashing) = (&console.db, &console.secrets, &console.hashing);
    let user = invitation::accept(db, secrets, hashing, token, passphrase)
        .await
        .map_err(gone)?;
    enter(&user, "invitation").await
}

/// Notes what failed after the answer was given.
pub fn failed_later(error: &Error) {
    tracing::warn!(%error, "an invitation that was asked for could not be sent");
}

fn gone(error: Error) -> AppError {
    match error {
        Error::NotFound(_) => told(AppError::Gone),
        other => other.into(),
    }
}
