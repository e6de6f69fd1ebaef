//! Passwords that an identity provider hands over, for a connection that takes them (PWD-3, behaviour.md 6 #58).

use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::event::{Code, Target};
use crate::model::id::UserId;
use crate::model::user::{NewPassword, User};
use crate::outcome;
use crate::secret::Hashing;
use crate::store::db::{Db, Tx};
use crate::store::{events, identities, people, users};

/// What becomes of a password that nobody could sign in with.
const BY_SSO: &str = "Ignored password: this person signs in with their identity provider.";

/// The hash of a password for somebody of the connection's node, or for somebody new; none where it is theirs already,
/// or where they sign in with their identity provider. Computed before the unit of work, because it takes a while.
///
/// # Errors
/// `Invalid` where it breaks the rules for passphrases (PWD-2); `NotFound`; `Forbidden` for an administrator.
pub async fn hash(
    db: &Db,
    hashing: &Hashing,
    connection: &Connection,
    of: Option<&UserId>,
    password: &str,
) -> Result<Option<NewPassword>> {
    let Some(id) = of else {
        return Ok(Some(NewPassword(hashing.hash_passphrase(password).await?)));
    };
    let kept = {
        let mut tx = db.read().await?;
        users::find_visible(&mut tx, connection.node_id, id)
            .await?
            .ok_or(Error::NotFound("The person"))?;
        if !may_have_one(&mut tx, id).await? {
            return Ok(None);
        }
        people::passphrase(&mut tx, id).await?
    };
    // Hashed first: what breaks the rules is refused, also where it is theirs.
    let hash = hashing.hash_passphrase(password).await?;
    let is_theirs = hashing.verify_passphrase(password, kept.as_deref()).await?;
    Ok((!is_theirs).then_some(NewPassword(hash)))
}

/// Gives somebody the password; their sessions end with the old one.
pub(super) async fn keep(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    password: &NewPassword,
) -> Result<()> {
    if !may_have_one(tx, &user.id).await? {
        return Ok(());
    }
    people::receive_passphrase(tx, &user.id, &password.0).await?;
    users::end_sessions(tx, &user.id).await?;
    events::record(
        tx,
        &super::actor(connection),
        Code::PasswordReceived,
        Some(connection.node_id),
        Target::new("user", &user.id, &user.label),
        "{}".to_owned(),
    )
    .await
}

/// Says that a password was not taken over with a person who was here before (PWD-3: never on link).
pub(super) fn leave() {
    outcome::ignored(["Ignored password: this person was here before the connection.".to_owned()]);
}

async fn may_have_one(tx: &mut Tx, id: &UserId) -> Result<bool> {
    if users::is_administrator(tx, id).await? {
        let message = "This person is an administrator here: their passphrase can only be changed by themself.";
        return Err(Error::Forbidden(message.to_owned()));
    }
    let by_sso = identities::count_of(tx, id).await? > 0;
    if by_sso {
        outcome::ignored([BY_SSO.to_owned()]);
    }
    Ok(!by_sso)
}
