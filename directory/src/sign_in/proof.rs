//! What comes after a right passphrase, and how somebody who is signed in proves anew who they are (AUZ-6).

use serde_json::json;

use super::{come_in, record, routing};
use crate::error::{Error, Half, Result};
use crate::model::event::Code;
use crate::model::sign_in_method::Method;
use crate::model::user::User;
use crate::second_factor::{self, Shown, WRONG_CODE};
use crate::secret::{Hashing, Secrets};
use crate::store::db::{Db, Tx};
use crate::store::identities::Account;
use crate::store::{identities, people, second_factors, sign_in_methods, users};

/// What somebody hears who does not prove anew who they are, whatever of it is wrong.
const NOT_PROVED: &str =
    "That is not right. Type your passphrase again, and a code you have not used.";
const START_AGAIN: &str = "This sign-in is no longer valid. Start again.";

/// Lets in whoever has shown the passphrase and now shows the code (or a recovery code).
///
/// # Errors
/// `Invalid` for a code that is not right, `Forbidden` after too many of them, or where what was shown is void.
pub async fn by_code(db: &Db, secrets: &Secrets, half: &Half, typed: &str) -> Result<User> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, &half.user).await?;
    let user = users::find(&mut tx, &half.user)
        .await?
        .filter(|user| user.may_come_in() && user.session_epoch == half.epoch)
        .ok_or_else(|| Error::Forbidden(START_AGAIN.to_owned()))?;
    if user.is_blocked(tx.now()) {
        return Err(Error::Blocked);
    }
    if routing::is_proved_elsewhere(&mut tx, &user.id).await? {
        return Err(Error::Forbidden(START_AGAIN.to_owned()));
    }
    let shown = second_factor::shown(&mut tx, secrets, &user.id, typed).await?;
    if shown == Shown::Wrong {
        tx.commit().await?;
        return Err(Error::invalid("code", WRONG_CODE));
    }
    come_in(&mut tx, &user).await?;
    second_factor::note_recovery(&mut tx, &user, shown).await?;
    let details = json!({ "method": "passphrase", "second": shown.word() }).to_string();
    record(&mut tx, &user, Code::SignedIn, details).await?;
    let user = users::find(&mut tx, &user.id)
        .await?
        .ok_or_else(|| Error::Forbidden(START_AGAIN.to_owned()))?;
    tx.commit().await?;
    Ok(user)
}

/// How somebody who is signed in can prove anew who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// By their passphrase.
    pub passphrase: bool,
    /// By a code beside it.
    pub code: bool,
    /// At these providers: our words for them.
    pub providers: Vec<String>,
}

/// The ways that are open to somebody: those by which they could sign in.
///
/// # Errors
/// Where the database could not be used.
pub async fn ways(db: &Db, user: &User) -> Result<Ways> {
    let mut tx = db.read().await?;
    let has_passphrase = people::passphrase(&mut tx, &user.id).await?.is_some()
        && !routing::is_proved_elsewhere(&mut tx, &user.id).await?;
    let known = identities::providers_of(&mut tx, &user.id).await?;
    let mut providers = Vec::new();
    for (word,) in known {
        if is_open(&mut tx, &word, user).await? {
            providers.push(word);
        }
    }
    Ok(Ways {
        passphrase: has_passphrase,
        code: has_passphrase && second_factors::is_on(&mut tx, &user.id).await?,
        providers,
    })
}

/// Whether a provider lets somebody in now: the one of the settings, or a method of their node that is on.
async fn is_open(tx: &mut Tx, word: &str, user: &User) -> Result<bool> {
    let Some(method) = sign_in_methods::find(tx, &word.into()).await? else {
        return Ok(true);
    };
    let theirs = sign_in_methods::for_node(tx, user.node_id).await?;
    Ok(method.is_on() && theirs.is_some_and(|theirs: Method| theirs.id == method.id))
}

/// Takes the passphrase, and the code of whoever has a second factor, for a fresh proof.
///
/// # Errors
/// `Invalid` where either is not right; `Forbidden` where they have no passphrase, or are signed out meanwhile.
pub async fn again_by_passphrase(
    db: &Db,
    secrets: &Secrets,
    hashing: &Hashing,
    user: &User,
    passphrase: &str,
    code: &str,
) -> Result<User> {
    let hash = people::passphrase(&mut db.read().await?, &user.id).await?;
    let is_right = hashing
        .verify_passphrase(passphrase, hash.as_deref())
        .await?;
    let wrong = || Error::invalid("passphrase", NOT_PROVED);
    if !is_right {
        return Err(wrong());
    }
    let mut tx = db.write().await?;
    let user = second_factor::current(&mut tx, user).await?;
    let is_still = people::passphrase(&mut tx, &user.id).await? == hash;
    if !is_still || routing::is_proved_elsewhere(&mut tx, &user.id).await? {
        return Err(wrong());
    }
    let mut second = "none";
    if second_factors::is_on(&mut tx, &user.id).await? {
        let shown = second_factor::shown(&mut tx, secrets, &user.id, code).await?;
        if shown == Shown::Wrong {
            tx.commit().await?;
            return Err(wrong());
        }
        second_factor::note_recovery(&mut tx, &user, shown).await?;
        second = shown.word();
    }
    let details = json!({ "method": "passphrase", "second": second }).to_string();
    record(&mut tx, &user, Code::ProofRenewed, details).await?;
    tx.commit().await?;
    Ok(user)
}

/// Takes what a provider has proved just now for a fresh proof, where the account is theirs and lets them in.
///
/// # Errors
/// `Forbidden` where it is another's account, or does not let them in any more.
pub async fn again_by_identity(db: &Db, user: &User, account: Account<'_>) -> Result<User> {
    let mut tx = db.write().await?;
    let user = second_factor::current(&mut tx, user).await?;
    let is_theirs = identities::find(&mut tx, account).await?.as_ref() == Some(&user.id);
    if !is_theirs || !is_open(&mut tx, account.provider, &user).await? {
        let sentence = "That is the account of somebody else. Choose yours there.";
        return Err(Error::Forbidden(sentence.to_owned()));
    }
    let details =
        json!({ "method": "identity_provider", "provider": account.provider }).to_string();
    record(&mut tx, &user, Code::ProofRenewed, details).await?;
    tx.commit().await?;
    Ok(user)
}
