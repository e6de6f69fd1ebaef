//! People who hold a role, as an administrator gives it to them and takes it from them.

use super::{details, is_for, refuse_above, seen};
use crate::access::Admin;
use crate::address::Address;
use crate::error::{Error, Result};
use crate::model::event::{Code, Target};
use crate::model::id::{RoleId, UserId};
use crate::model::role::{HeldRole, Privilege, Role};
use crate::model::user::{User, UserState};
use crate::store::db::{Db, Tx};
use crate::store::{consents, events, holders, people, roles, users};

const NOBODY: &str =
    "Nobody with this address or id is where you manage roles. Type the whole address.";

/// Gives a role to whoever has this address, or this id.
///
/// # Errors
/// `Invalid` where nobody is found at the nodes where they manage roles; else as [`give`].
pub async fn give_to(db: &Db, admin: &Admin, id: &RoleId, typed: &str) -> Result<User> {
    let nobody = || Error::invalid("person", NOBODY);
    let typed = typed.trim();
    let found = {
        let mut tx = db.read().await?;
        let by_address = match Address::parse(typed) {
            Some(address) => people::passphrase_of(&mut tx, &address.key).await?,
            None => None,
        };
        by_address.map_or_else(|| UserId::from(typed), |(id, _)| id)
    };
    match give(db, admin, id, &found).await {
        Err(Error::NotFound("This person")) => Err(nobody()),
        other => other,
    }
}

/// Gives a role to somebody. Their sessions end where it gives privileges, so that they begin anew with them (SES-3).
///
/// # Errors
/// `Forbidden` for a role that gives more than the administrator has; `Conflict` for an administrative role and
/// somebody who has not come in yet.
pub async fn give(db: &Db, admin: &Admin, id: &RoleId, user: &UserId) -> Result<User> {
    let mut tx = db.write().await?;
    let (role, user) = both(&mut tx, admin, id, user).await?;
    if role.is_administrative() && user.state == UserState::Invited {
        return Err(Error::Conflict(format!(
            "{} has not come in yet. Give them a role with privileges when they have.",
            user.label
        )));
    }
    if holders::give(&mut tx, id, &user.id).await? {
        changed(&mut tx, admin, Code::RoleGiven, &role, &user).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// Takes a role from somebody. Their sessions end where it gave privileges.
///
/// # Errors
/// `Forbidden` for a role that gives more than the administrator has, for an administrative role of their own, and for
/// the last administrator who can sign in.
pub async fn take(db: &Db, admin: &Admin, id: &RoleId, user: &UserId) -> Result<User> {
    let mut tx = db.write().await?;
    let (role, user) = both(&mut tx, admin, id, user).await?;
    if role.is_administrative() && user.id == admin.user_id {
        return Err(Error::Forbidden(
            "You cannot take a role with privileges from yourself: ask another administrator."
                .to_owned(),
        ));
    }
    if role.built_in && users::is_last_administrator(&mut tx, &user.id).await? {
        return Err(Error::Forbidden(format!(
            "{} is the last administrator who can sign in. Give somebody else the role first.",
            user.label
        )));
    }
    if holders::take(&mut tx, id, &user.id).await? {
        changed(&mut tx, admin, Code::RoleTaken, &role, &user).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// What of the roles somebody holds the administrator may open and take.
pub(crate) async fn marked(
    tx: &mut Tx,
    admin: &Admin,
    user: &User,
    found: Vec<HeldRole>,
) -> Result<Vec<HeldRole>> {
    let mut marked = Vec::new();
    for mut one in found {
        let role = roles::find(tx, &one.id).await?;
        let role = role.filter(|role| super::sees(admin, role));
        if let Some(role) = role {
            one.is_open = true;
            one.is_theirs_to_take = one.is_own
                && admin.may(Privilege::ManageRoles, user.node_id)
                && is_for(admin, &role, user.node_id)
                && refuse_above(tx, admin, &role).await.is_ok()
                && !(role.is_administrative() && user.id == admin.user_id);
        }
        one.node_name = one.node_name.filter(|_| admin.sees(one.node_id));
        marked.push(one);
    }
    Ok(marked)
}

/// Both are held until the end of the unit of work, the person first, as everywhere.
async fn both(tx: &mut Tx, admin: &Admin, id: &RoleId, user: &UserId) -> Result<(Role, User)> {
    people::hold(tx, user).await?;
    roles::hold(tx, id).await?;
    let role = seen(tx, admin, id).await?;
    let found = users::find(tx, user).await?;
    let user = found
        .filter(|user| user.recycled_at.is_none())
        .filter(|user| admin.may(Privilege::ManageRoles, user.node_id))
        .ok_or(Error::NotFound("This person"))?;
    if !is_for(admin, &role, user.node_id) {
        return Err(Error::NotFound("This person"));
    }
    refuse_above(tx, admin, &role).await?;
    Ok((role, user))
}

async fn changed(tx: &mut Tx, admin: &Admin, code: Code, role: &Role, user: &User) -> Result<()> {
    consents::settle(tx, std::slice::from_ref(&user.id)).await?;
    if role.is_administrative() && user.id != admin.user_id {
        users::end_sessions(tx, &user.id).await?;
    }
    let target = Target::new("user", &user.id, &user.label);
    let node = Some(user.node_id);
    events::record(tx, &admin.actor(), code, node, target, details(role)).await
}
