//! The recycle bin as an administrator sees it: who was deleted, since when and by whom; the way back (decision 92).

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Code, Target};
use crate::model::id::UserId;
use crate::model::many::{RESTORABLE, Recycled};
use crate::model::query::{ListQuery, Listed};
use crate::model::role::Privilege;
use crate::model::user::User;
use crate::store::db::{Db, Tx};
use crate::store::{bin, consents, events, people, users};

use super::users::record;

const MANAGE: Privilege = Privilege::ManageUsers;
const THIS: Error = Error::NotFound("This person");

/// A page of the people in the bin at the nodes the administrator manages, the last deleted first.
pub async fn list(db: &Db, admin: &Admin, query: &ListQuery) -> Result<Listed<Recycled>> {
    admin.require_somewhere(MANAGE)?;
    let mut tx = db.read().await?;
    let (total, all) = bin::count(&mut tx, &admin.user_id, MANAGE, query).await?;
    let rows = bin::list(&mut tx, &admin.user_id, MANAGE, query).await?;
    Ok(Listed { rows, total, all })
}

/// Somebody in the bin.
///
/// # Errors
/// `Conflict` for somebody who is not in it.
pub async fn get(db: &Db, admin: &Admin, id: &UserId) -> Result<Recycled> {
    let mut tx = db.read().await?;
    let user = managed(&mut tx, admin, id).await?;
    bin::find(&mut tx, id)
        .await?
        .ok_or_else(|| not_in_it(&user))
}

/// Restores somebody as they were: roles, places in teams and locks included. Somebody who is not in the bin stays.
///
/// # Errors
/// `Conflict` once 30 days have passed.
pub async fn restore(db: &Db, admin: &Admin, id: &UserId) -> Result<User> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let user = managed(&mut tx, admin, id).await?;
    let Some(recycled_at) = user.recycled_at else {
        return Ok(user);
    };
    if recycled_at.plus(RESTORABLE) <= tx.now() {
        return Err(Error::Conflict(format!(
            "{} was deleted more than 30 days ago and can no longer be restored.",
            user.label
        )));
    }
    bin::restore(&mut tx, id).await?;
    consents::settle(&mut tx, std::slice::from_ref(id)).await?;
    record(&mut tx, admin, Code::UserRestored, &user).await?;
    tx.commit().await?;
    Ok(user)
}

/// Deletes somebody in the bin permanently: their row and all that hangs on it go, and the events that tell of them keep
/// their ids alone (decision 92). Their address is free again.
///
/// # Errors
/// `Invalid` where their name was not typed; `Conflict` for somebody who is not in the bin.
pub async fn erase(db: &Db, admin: &Admin, id: &UserId, typed: &str) -> Result<()> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let user = managed(&mut tx, admin, id).await?;
    if user.recycled_at.is_none() {
        return Err(not_in_it(&user));
    }
    if typed.trim() != user.label.trim() {
        let sentence = format!("Type {} to delete them permanently.", user.label);
        return Err(Error::invalid("typed", sentence));
    }
    let target = Target {
        kind: "user",
        id: id.to_string(),
        name: String::new(),
    };
    let (actor, node) = (admin.actor(), Some(user.node_id));
    events::record(
        &mut tx,
        &actor,
        Code::UserErased,
        node,
        target,
        "{}".to_owned(),
    )
    .await?;
    bin::erase(&mut tx, id).await?;
    tx.commit().await
}

fn not_in_it(user: &User) -> Error {
    Error::Conflict(format!("{} is not in the recycle bin.", user.label))
}

/// A person in the bin or out of it whom the administrator manages.
async fn managed(tx: &mut Tx, admin: &Admin, id: &UserId) -> Result<User> {
    let user = users::find(tx, id).await?;
    user.filter(|user| admin.may(MANAGE, user.node_id))
        .ok_or(THIS)
}
