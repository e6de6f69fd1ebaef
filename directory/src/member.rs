//! What a signed-in person may see and do for themself.

use serde_json::json;

use crate::address::Address;
use crate::error::{Error, Result};
use crate::model::consent::ACCEPT;
use crate::model::event::{Actor, Code, Target};
use crate::model::id::UserId;
use crate::model::membership::Membership;
use crate::model::session::OpenSession;
use crate::model::user::User;
use crate::secret::Hashing;
use crate::store::db::{Db, Tx};
use crate::store::identities::Account;
use crate::store::{
    consents, events, identities, people, rosters, sessions, sign_in_methods, users,
};

/// Agrees to the transfer of what is theirs; `typed` is what they typed for it (U13). Who is not asked, or has agreed
/// before, changes nothing.
///
/// # Errors
/// `Invalid` where something else was typed, `Blocked` where their time is over, `Forbidden` where they are locked.
pub async fn consent(db: &Db, id: &UserId, typed: &str) -> Result<User> {
    if typed != ACCEPT {
        let sentence = format!("Type {ACCEPT}, exactly so, with a capital letter.");
        return Err(Error::invalid("typed", sentence));
    }
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let user = users::find(&mut tx, id).await?.filter(User::may_sign_in);
    let user = user.ok_or_else(|| {
        Error::Forbidden("Your account is locked. Contact your administrator.".to_owned())
    })?;
    if user.is_blocked(tx.now()) {
        return Err(Error::Blocked);
    }
    if consents::accept(&mut tx, id).await? {
        record(&mut tx, &user, Code::ConsentAccepted).await?;
    }
    let user = users::find(&mut tx, id).await?;
    let user = user.ok_or(Error::NotFound("This person"))?;
    tx.commit().await?;
    Ok(user)
}

/// Their places in teams, pending ones with the reason.
pub async fn teams(db: &Db, user: &User) -> Result<Vec<Membership>> {
    let mut tx = db.read().await?;
    rosters::of_user(&mut tx, &user.id).await
}

/// Connects an account at an identity provider to the person who is signed in and proved it too: the
/// way of administrators, whom nothing connects by their address (OID-3).
///
/// # Errors
/// `Conflict` where the account belongs to somebody else, `Forbidden` where the method is of another node or not
/// on, or their sessions were ended meanwhile.
pub async fn connect(db: &Db, user: &User, account: Account<'_>) -> Result<()> {
    let mut tx = db.write().await?;
    // Their sessions may have been ended while the provider was asked.
    people::hold(&mut tx, &user.id).await?;
    let now = users::find(&mut tx, &user.id).await?;
    if !now.is_some_and(|now| now.may_sign_in() && now.session_epoch == user.session_epoch) {
        return Err(Error::Forbidden(
            "You are signed out. Sign in, then connect the account again.".to_owned(),
        ));
    }
    if let Some(method) = sign_in_methods::find(&mut tx, &account.provider.into()).await? {
        let theirs = sign_in_methods::for_node(&mut tx, user.node_id).await?;
        if !method.is_on() || theirs.is_none_or(|theirs| theirs.id != method.id) {
            return Err(Error::Forbidden(
                "This way in is not for the people of your node.".to_owned(),
            ));
        }
    }
    if identities::insert(&mut tx, account, &user.id).await? {
        let actor = Actor::user(user);
        let target = Target::new("user", &user.id, &user.label);
        let details = json!({ "issuer": account.issuer }).to_string();
        events::record(
            &mut tx,
            &actor,
            Code::IdentityLinked,
            Some(user.node_id),
            target,
            details,
        )
        .await?;
    } else if identities::find(&mut tx, account).await?.as_ref() != Some(&user.id) {
        return Err(Error::Conflict(
            "This account is connected to somebody else.".to_owned(),
        ));
    }
    tx.commit().await
}

/// The browsers in which they are signed in; `this` is the hash of the session that asks.
pub async fn open_sessions(db: &Db, user: &User, this: &str) -> Result<Vec<OpenSession>> {
    open_of(&mut db.read().await?, &user.id, this).await
}

/// The browsers in which somebody is signed in, the one used last first.
pub(crate) async fn open_of(tx: &mut Tx, user: &UserId, this: &str) -> Result<Vec<OpenSession>> {
    let mut open = Vec::new();
    for session in sessions::of(tx, user).await? {
        let method = session.method.unwrap_or_default();
        let of_node = sign_in_methods::find(tx, &method.as_str().into()).await?;
        open.push(OpenSession {
            is_this: session.id_hash == this,
            id: session.id_hash,
            method,
            method_name: of_node.map(|method| method.name),
            since: session.created_at,
            seen: session.seen_at,
            ip: session.ip,
            agent: session.agent,
        });
    }
    Ok(open)
}

/// Ends every session of theirs, this one too (SES-7).
pub async fn sign_out_everywhere(db: &Db, user: &User) -> Result<()> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, &user.id).await?;
    users::end_sessions(&mut tx, &user.id).await?;
    record(&mut tx, user, Code::SessionsEnded).await?;
    tx.commit().await
}

/// Whether they sign in with a passphrase of their own here.
pub async fn has_passphrase(db: &Db, user: &User) -> Result<bool> {
    Ok(passphrase(&mut db.read().await?, user).await?.is_some())
}

/// Gives them another passphrase. Every session ends with the old one (SES-3).
///
/// # Errors
/// `Invalid` for `current` where it is not theirs, and for `passphrase` where it does not keep the rules (PWD-2);
/// `Conflict` where they have none, or changed it elsewhere in the same moment.
pub async fn change_passphrase(
    db: &Db,
    hashing: &Hashing,
    user: &User,
    current: &str,
    new: &str,
) -> Result<User> {
    let old = passphrase(&mut db.read().await?, user).await?;
    let is_right = hashing.verify_passphrase(current, old.as_deref()).await?;
    let old = old.ok_or_else(|| {
        let sentence = "You sign in with your identity provider, and have no passphrase here.";
        Error::Conflict(sentence.to_owned())
    })?;
    if !is_right {
        return Err(Error::invalid("current", "This is not your passphrase."));
    }
    let hash = hashing.hash_passphrase(new).await?;
    let mut tx = db.write().await?;
    people::hold(&mut tx, &user.id).await?;
    if !people::replace_passphrase(&mut tx, &user.id, &old, &hash).await? {
        let sentence = "Your passphrase was changed in the same moment in another browser.";
        return Err(Error::Conflict(sentence.to_owned()));
    }
    users::end_sessions(&mut tx, &user.id).await?;
    record(&mut tx, user, Code::PassphraseChanged).await?;
    let changed = users::find(&mut tx, &user.id).await?;
    let changed = changed.ok_or(Error::NotFound("This person"))?;
    tx.commit().await?;
    Ok(changed)
}

async fn passphrase(tx: &mut Tx, user: &User) -> Result<Option<String>> {
    let Some(address) = Address::parse(&user.login) else {
        return Ok(None);
    };
    let found = people::passphrase_of(tx, &address.key).await?;
    Ok(found.and_then(|(_, hash)| hash))
}

async fn record(tx: &mut Tx, user: &User, code: Code) -> Result<()> {
    let target = Target::new("user", &user.id, &user.label);
    let (actor, node) = (Actor::user(user), Some(user.node_id));
    events::record(tx, &actor, code, node, target, "{}".to_owned()).await
}
