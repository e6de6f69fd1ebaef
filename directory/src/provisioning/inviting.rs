//! Invitations of the people a connection brings: sent, and ended, with what it says of them.

use super::alerts;
use super::users::or_taken;
use crate::address::Address;
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::id::UserId;
use crate::model::invitation::Reason;
use crate::model::settings::Switch;
use crate::model::user::User;
use crate::policies;
use crate::store::db::Tx;
use crate::store::{invitations, users};

/// Gives somebody another sign-in address. An invitation to the old one ends, and one to the new address takes its place.
pub(super) async fn give_login(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    address: &Address,
) -> Result<()> {
    users::update_login(tx, &user.id, address)
        .await
        .map_err(or_taken)?;
    alerts::address_moved(tx, connection, user, address).await?;
    if invitations::end(tx, &user.id, Reason::Withdrawn).await? {
        invite(tx, connection, &user.id).await?;
    }
    Ok(())
}

/// Invites somebody whom the connection brought, unless one of their roles, or else their node, sends no invitations by
/// itself (07.4); whether it did.
pub(super) async fn invite(tx: &mut Tx, connection: &Connection, id: &UserId) -> Result<bool> {
    let by_role = policies::invitation_mail(tx, id).await?;
    let sends = match by_role {
        Some(said) => said,
        None => invitations::sends(tx, connection.node_id).await?,
    };
    let sends = sends == Switch::On;
    if sends {
        invitations::offer(tx, id).await?;
    }
    Ok(sends)
}
