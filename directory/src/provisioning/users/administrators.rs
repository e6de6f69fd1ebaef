//! What an identity provider may not do to an administrator, nor to somebody whose role keeps their address.

use super::addresses::{moves, sign_in_address};
use crate::error::{Error, Result};
use crate::model::id::UserId;
use crate::model::user::{Profile, User};
use crate::policies;
use crate::store::db::Tx;
use crate::store::users;

/// An identity provider changes neither the userName nor the address of an administrator (AUZ-5), nor an address that a
/// role keeps.
pub(super) async fn check_administrator_keeps_names(
    tx: &mut Tx,
    user: &User,
    profile: &Profile,
) -> Result<()> {
    let address = sign_in_address(profile)?;
    let moves = moves(user, &address);
    let renames = user
        .user_name
        .as_ref()
        .is_some_and(|name| crate::text::fold(name) != crate::text::fold(&profile.user_name));
    if moves && policies::keeps_address(tx, &user.id).await? {
        let message = "A role of this person keeps the address they sign in with as it is. An administrator changes the role, or gives them another.";
        return Err(Error::Fixed(message.to_owned()));
    }
    if (moves || renames) && users::is_administrator(tx, &user.id).await? {
        let message = "This person is an administrator here: their userName and sign-in address can only be changed in the console.";
        return Err(Error::Fixed(message.to_owned()));
    }
    Ok(())
}

pub(super) async fn check_not_last(tx: &mut Tx, id: &UserId) -> Result<()> {
    if users::is_last_administrator(tx, id).await? {
        return Err(Error::LastAdministrator);
    }
    Ok(())
}
