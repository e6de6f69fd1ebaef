//! A second factor beside the passphrase: set up, asked for at the sign-in, and removed by whoever it belongs to.

use serde_json::json;

use crate::error::{Error, Result};
use crate::model::event::{Actor, Code, Target};
use crate::model::id::UserId;
use crate::model::second_factor::{Offer, Standing};
use crate::model::timestamp::{HOUR, MINUTE};
use crate::model::user::User;
use crate::policies;
use crate::secret::{
    DIGITS, Place, Secrets, matching_step, new_recovery_codes, new_totp_secret, normal_totp,
    totp_address,
};
use crate::store::db::{Db, Tx};
use crate::store::second_factors::{self as kept, Kept};
use crate::store::{events, nodes, people, users};

/// So long an offer can be confirmed.
const OFFERED: i64 = 15 * MINUTE;
/// So many wrong codes in a row within an hour, and none is looked at until it is over: whoever sends them knows the
/// passphrase, so nobody else is kept out by it.
pub const MOST_WRONG: i64 = 10;

/// What somebody hears whose code is not right, whatever is wrong with it.
pub const WRONG_CODE: &str =
    "This code is not right, or was used already. Wait for the next one, and type that.";
const TOO_MANY: &str =
    "Too many wrong codes. Wait an hour, or ask an administrator to remove your second factor.";
const NO_PASSPHRASE: &str =
    "You sign in with your identity provider, which asks for a second factor itself.";

/// What was shown beside the passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A code of the app.
    Code,
    /// A recovery code, which is used up.
    Recovery,
    /// Neither.
    Wrong,
}

impl Shown {
    /// The word of it in events.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Recovery => "recovery_code",
            Self::Wrong => "wrong",
        }
    }
}

/// Where somebody stands: what is on, or what they were offered and can still confirm.
///
/// # Errors
/// Where the database could not be used.
pub async fn standing(db: &Db, secrets: &Secrets, user: &User) -> Result<Standing> {
    let mut tx = db.read().await?;
    if people::passphrase(&mut tx, &user.id).await?.is_none() {
        return Ok(Standing::Elsewhere);
    }
    if let Some(factor) = kept::shown(&mut tx, &user.id).await? {
        return Ok(Standing::On(factor));
    }
    let now = tx.now();
    let found = kept::find(&mut tx, &user.id).await?;
    let Some(found) = found.filter(|found| found.offered_at.plus(OFFERED) > now) else {
        return Ok(Standing::Off);
    };
    let secret = secrets.opened(place(&user.id), &found.secret)?;
    let root = nodes::root(&mut tx).await?;
    let issuer = root.map_or_else(|| "Muster".to_owned(), |root| root.name);
    Ok(Standing::Offered(Offer {
        address: totp_address(&secret, &issuer, &user.login),
        secret,
    }))
}

/// Offers somebody a secret for their app. It is asked for nowhere until they confirm it.
///
/// # Errors
/// `Conflict` where they have one already, or no passphrase.
pub async fn offer(db: &Db, secrets: &Secrets, user: &User) -> Result<()> {
    let mut tx = db.write().await?;
    current(&mut tx, user).await?;
    if people::passphrase(&mut tx, &user.id).await?.is_none() {
        return Err(Error::Conflict(NO_PASSPHRASE.to_owned()));
    }
    let sealed = secrets.sealed(place(&user.id), &new_totp_secret())?;
    if !kept::offer(&mut tx, &user.id, &sealed).await? {
        let sentence = "You have a second factor already. Remove it before you set up another.";
        return Err(Error::Conflict(sentence.to_owned()));
    }
    tx.commit().await
}

/// Confirms what was offered by one code of it; from now on it is asked for. The recovery codes, for this once.
///
/// # Errors
/// `Invalid` for a code that is not right; `Conflict` where nothing is offered, or no longer.
pub async fn confirm(db: &Db, secrets: &Secrets, user: &User, code: &str) -> Result<Vec<String>> {
    let mut tx = db.write().await?;
    let user = current(&mut tx, user).await?;
    let now = tx.now();
    let found = kept::find(&mut tx, &user.id).await?;
    let found =
        found.filter(|found| found.confirmed_at.is_none() && found.offered_at.plus(OFFERED) > now);
    let Some(found) = found else {
        let sentence = "There is nothing to confirm any more. Begin anew.";
        return Err(Error::Conflict(sentence.to_owned()));
    };
    let shown = show(&mut tx, secrets, &user.id, &found, code).await?;
    if shown != Shown::Code {
        tx.commit().await?;
        return Err(Error::invalid("code", WRONG_CODE));
    }
    kept::confirm(&mut tx, &user.id).await?;
    let codes = codes_of(&mut tx, secrets, &user.id).await?;
    record(&mut tx, &user, Code::SecondFactorSetUp, "{}".to_owned()).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Puts new recovery codes in the place of the old ones, shown this once.
///
/// # Errors
/// `Conflict` where they have no second factor.
pub async fn new_codes(db: &Db, secrets: &Secrets, user: &User) -> Result<Vec<String>> {
    let mut tx = db.write().await?;
    let user = current(&mut tx, user).await?;
    if !kept::is_on(&mut tx, &user.id).await? {
        return Err(Error::Conflict("You have no second factor.".to_owned()));
    }
    let codes = codes_of(&mut tx, secrets, &user.id).await?;
    record(&mut tx, &user, Code::RecoveryCodesMade, "{}".to_owned()).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes somebody's own second factor, and what they were offered. Where there is none it leaves no event.
///
/// # Errors
/// Where they are signed out meanwhile, or the database could not be used.
pub async fn remove(db: &Db, user: &User) -> Result<()> {
    let mut tx = db.write().await?;
    let user = current(&mut tx, user).await?;
    if kept::remove(&mut tx, &user.id).await? {
        record(&mut tx, &user, Code::SecondFactorRemoved, "{}".to_owned()).await?;
    }
    tx.commit().await
}

/// Whether somebody who came in with a passphrase has to set up a second factor before anything else.
///
/// # Errors
/// Where the database could not be used.
pub async fn is_owed(db: &Db, user: &User) -> Result<bool> {
    let mut tx = db.read().await?;
    Ok(policies::wants_second_factor(&mut tx, &user.id).await?
        && !kept::is_on(&mut tx, &user.id).await?)
}

/// What somebody shows who has a second factor. A wrong code is counted: whoever asks commits in any case.
///
/// # Errors
/// `Forbidden` after too many wrong ones.
pub(crate) async fn shown(
    tx: &mut Tx,
    secrets: &Secrets,
    user: &UserId,
    typed: &str,
) -> Result<Shown> {
    match kept::find(tx, user).await? {
        Some(found) if found.confirmed_at.is_some() => show(tx, secrets, user, &found, typed).await,
        _ => Ok(Shown::Wrong),
    }
}

async fn show(
    tx: &mut Tx,
    secrets: &Secrets,
    user: &UserId,
    found: &Kept,
    typed: &str,
) -> Result<Shown> {
    let (now, hour_ago) = (tx.now(), tx.now().plus(-HOUR));
    if found.wrong >= MOST_WRONG && found.wrong_since.is_some_and(|since| since >= hour_ago) {
        return Err(Error::Forbidden(TOO_MANY.to_owned()));
    }
    let typed = normal_totp(typed);
    let shown = if typed.len() == DIGITS {
        let secret = secrets.opened(place(user), &found.secret)?;
        let step = matching_step(&secret, &typed, now, found.last_step);
        match step {
            Some(step) if kept::take_step(tx, user, step).await? => Shown::Code,
            _ => Shown::Wrong,
        }
    } else {
        let digest = secrets.recovery_digest(user.as_str(), &typed);
        if kept::take_code(tx, user, &digest).await? {
            Shown::Recovery
        } else {
            Shown::Wrong
        }
    };
    if shown == Shown::Wrong {
        kept::miss(tx, user, hour_ago).await?;
    }
    Ok(shown)
}

async fn codes_of(tx: &mut Tx, secrets: &Secrets, user: &UserId) -> Result<Vec<String>> {
    let codes = new_recovery_codes();
    let digests: Vec<String> = codes
        .iter()
        .map(|code| secrets.recovery_digest(user.as_str(), code))
        .collect();
    kept::put_codes(tx, user, &digests).await?;
    Ok(codes)
}

/// Somebody as they are now, held; refused where their sessions were ended meanwhile.
pub(crate) async fn current(tx: &mut Tx, user: &User) -> Result<User> {
    people::hold(tx, &user.id).await?;
    let now = users::find(tx, &user.id).await?;
    now.filter(|now| now.may_sign_in() && now.session_epoch == user.session_epoch)
        .ok_or_else(|| Error::Forbidden("You are signed out. Sign in, then try again.".to_owned()))
}

fn place(user: &UserId) -> Place<'_> {
    Place {
        table: "second_factors",
        row: user.as_str(),
        column: "secret",
    }
}

/// Leaves an event of a recovery code that was used, beside the event of what it was used for.
pub(crate) async fn note_recovery(tx: &mut Tx, user: &User, shown: Shown) -> Result<()> {
    if shown != Shown::Recovery {
        return Ok(());
    }
    let left = kept::shown(tx, &user.id).await?;
    let left = left.map_or(0, |factor| factor.codes_left);
    let details = json!({ "left": left }).to_string();
    record(tx, user, Code::RecoveryCodeUsed, details).await
}

async fn record(tx: &mut Tx, user: &User, code: Code, details: String) -> Result<()> {
    let target = Target::new("user", &user.id, &user.label);
    let (actor, node) = (Actor::user(user), Some(user.node_id));
    events::record(tx, &actor, code, node, target, details).await
}
