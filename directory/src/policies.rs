//! What holds for somebody by their roles, wherever it acts: the strictest of their roles decides (behaviour.md 2.6).

use std::net::IpAddr;

use crate::error::Result;
use crate::model::id::UserId;
use crate::model::policy::{Effective, Policy, allows, effective};
use crate::model::settings::Switch;
use crate::store::db::Tx;
use crate::store::policies;

/// All that holds for somebody.
pub(crate) async fn of(tx: &mut Tx, user: &UserId) -> Result<Vec<Effective>> {
    Ok(effective(&policies::of_person(tx, user).await?))
}

async fn one(tx: &mut Tx, user: &UserId, policy: Policy) -> Result<Option<Effective>> {
    let held = of(tx, user).await?;
    Ok(held.into_iter().find(|one| one.policy == policy))
}

/// Whether an invitation is sent to somebody by itself; none where no role says (07.4, behaviour.md 6 #53).
pub(crate) async fn invitation_mail(tx: &mut Tx, user: &UserId) -> Result<Option<Switch>> {
    let held = one(tx, user, Policy::InvitationMail).await?;
    Ok(held.and_then(|held| Switch::of(held.value())))
}

/// After how many days an invitation is sent to somebody again by itself, 0 is never; none where no role says.
pub(crate) async fn resend_after(tx: &mut Tx, user: &UserId) -> Result<Option<i64>> {
    let held = one(tx, user, Policy::ResendInvitations).await?;
    Ok(held.and_then(|held| held.value().parse().ok()))
}

/// Whether the address somebody signs in with stays as it is.
pub(crate) async fn keeps_address(tx: &mut Tx, user: &UserId) -> Result<bool> {
    Ok(one(tx, user, Policy::KeepAddress).await?.is_some())
}

/// Whether somebody who signs in with a passphrase must show a second factor beside it.
pub(crate) async fn wants_second_factor(tx: &mut Tx, user: &UserId) -> Result<bool> {
    Ok(one(tx, user, Policy::SecondFactor).await?.is_some())
}

/// Why the console is closed to somebody from an address; none where it is open.
///
/// # Errors
/// Where the database could not be used.
pub async fn closed_from(tx: &mut Tx, user: &UserId, from: IpAddr) -> Result<Option<String>> {
    let asked = policies::of_person(tx, user).await?;
    let refuses = asked
        .iter()
        .filter(|one| one.policy == Policy::AllowedAddresses)
        .find(|one| !allows(&one.value, from));
    Ok(refuses.map(|one| {
        format!(
            "From {from} the console is closed to you: the role {} allows other addresses.",
            one.role_name
        )
    }))
}
