//! An identity that was proved becomes a person who is signed in, or does not.

mod identity;
mod proof;
mod routing;

use serde_json::json;

use crate::access;
use crate::address::Address;
use crate::admin::{approvals as decisions, settings};
use crate::error::{Error, Half, Result};
use crate::model::event::{Actor, Code, Target};
use crate::model::id::UserId;
use crate::model::membership::Synced;
use crate::model::role::Privilege;
use crate::model::settings::Switch;
use crate::model::team::Via;
use crate::model::user::User;
use crate::secret::Hashing;
use crate::store::db::{Db, Tx};
use crate::store::{
    approvals, consents, events, invitations, people, second_factors, sessions, users,
};

pub use identity::{By, Identity, Verified, by_identity};
pub use proof::{Ways, again_by_identity, again_by_passphrase, by_code, ways};
pub use routing::{Lead, Routes, connectable, lead, named, routes, way_in};

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// Whether this was the first time: they were invited before.
    pub activated: Activated,
}

/// Whether a sign-in made somebody active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activated {
    /// They were invited before.
    Now,
    /// They had come in before.
    Before,
}

/// What everybody hears who is not let in by a passphrase (AUTH-1).
pub const WRONG: &str = "The address or the passphrase is not right.";

/// Signs in by address and passphrase. Every answer takes one hash, and every refusal is the same (AUTH-1).
///
/// # Errors
/// `Forbidden`: wrong, unknown, invited, locked and deleted alike; `Blocked` for whoever proved themself, too late;
/// `CodeWanted` for whoever has a second factor, which is still to be shown: they are not signed in.
pub async fn by_passphrase(
    db: &Db,
    hashing: &Hashing,
    login: &str,
    passphrase: &str,
) -> Result<User> {
    let found = match Address::parse(login) {
        Some(address) => people::passphrase_of(&mut db.read().await?, &address.key).await?,
        None => None,
    };
    let (id, hash) = found.unzip();
    let hash = hash.flatten();
    let is_right = hashing
        .verify_passphrase(passphrase, hash.as_deref())
        .await?;
    let id = id
        .filter(|_| is_right)
        .ok_or_else(|| Error::Forbidden(WRONG.to_owned()))?;
    let mut tx = db.write().await?;
    people::hold(&mut tx, &id).await?;
    // Theirs may have become another one while this one was looked at.
    let is_still = people::passphrase(&mut tx, &id).await? == hash;
    if routing::is_proved_elsewhere(&mut tx, &id).await? {
        return Err(Error::Forbidden(WRONG.to_owned()));
    }
    // Who was asked by mistake is not kept out by it.
    consents::settle(&mut tx, std::slice::from_ref(&id)).await?;
    let user = users::find(&mut tx, &id)
        .await?
        .filter(|user| is_still && user.may_come_in())
        .ok_or_else(|| Error::Forbidden(WRONG.to_owned()))?;
    if user.is_blocked(tx.now()) {
        let why = json!({ "why": "blocked" }).to_string();
        record(&mut tx, &user, Code::SignInRefused, why).await?;
        tx.commit().await?;
        return Err(Error::Blocked);
    }
    if second_factors::is_on(&mut tx, &id).await? {
        tx.commit().await?;
        return Err(Error::CodeWanted(Half {
            user: id,
            epoch: user.session_epoch,
        }));
    }
    come_in(&mut tx, &user).await?;
    record(
        &mut tx,
        &user,
        Code::SignedIn,
        json!({ "method": "passphrase" }).to_string(),
    )
    .await?;
    let user = users::find(&mut tx, &id)
        .await?
        .ok_or_else(|| Error::Forbidden(WRONG.to_owned()))?;
    tx.commit().await?;
    Ok(user)
}

/// Notes that somebody signed in, who becomes active if they were invited; whether they were.
async fn come_in(tx: &mut Tx, user: &User) -> Result<bool> {
    let now = tx.now();
    let activated = users::sign_in(tx, &user.id, now).await?;
    if activated {
        invitations::consume(tx, &user.id).await?;
        record(tx, user, Code::UserActivated, "{}".to_owned()).await?;
    }
    Ok(activated)
}

/// Somebody whose session is of this epoch, if they may sign in now (SES-2).
pub async fn who(db: &Db, id: &UserId, epoch: i64) -> Result<Option<User>> {
    let mut tx = db.read().await?;
    let now = tx.now();
    Ok(users::find(&mut tx, id)
        .await?
        .filter(|user| user.may_sign_in() && !user.is_blocked(now))
        .filter(|user| user.session_epoch == epoch))
}

/// Ends the session under this hash, and leaves an event of it.
pub async fn out(db: &Db, user: &User, id_hash: &str) -> Result<()> {
    let mut tx = db.write().await?;
    if sessions::delete(&mut tx, id_hash).await? {
        record(&mut tx, user, Code::SignedOut, "{}".to_owned()).await?;
    }
    tx.commit().await
}

/// Approves what this person may approve by signing in (behaviour.md 6 #34): an administrator what
/// waits at the nodes they manage, where the setting says so; a member the others who wait for their
/// teams. Never anything of their own.
pub async fn approve_at_sign_in(db: &Db, user: &User) -> Result<Synced> {
    let mut tx = db.write().await?;
    let admin = access::admin(&mut tx, user).await?;
    let mut done = Synced::default();
    if settings::read(&mut tx).await?.approve_at_sign_in == Switch::On {
        let teams = approvals::teams_to_decide(&mut tx, &user.id, Privilege::ManageTeams).await?;
        done = decisions::approve(&mut tx, &admin.actor(), Via::SignIn, &teams, Some(&user.id))
            .await?;
    }
    let own = approvals::teams_to_let_in(&mut tx, &user.id).await?;
    done.memberships +=
        decisions::approve(&mut tx, &admin.actor(), Via::SignIn, &own, Some(&user.id))
            .await?
            .memberships;
    tx.commit().await?;
    Ok(done)
}

async fn record(tx: &mut Tx, user: &User, code: Code, details: String) -> Result<()> {
    events::record(
        tx,
        &Actor::user(user),
        code,
        Some(user.node_id),
        Target::new("user", &user.id, &user.label),
        details,
    )
    .await
}
