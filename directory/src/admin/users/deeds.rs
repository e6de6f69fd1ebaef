//! What an administrator does to a person, inside a unit of work that is open: the same for one as for one of many.

use serde_json::json;

use super::record;
use crate::access::Admin;
use crate::error::{Error, Result};
use crate::invitation::AN_HOUR;
use crate::model::event::{Code, Target};
use crate::model::id::NodeId;
use crate::model::invitation::Reason;
use crate::model::many::{Deed, Left};
use crate::model::role::Privilege;
use crate::model::timestamp::HOUR;
use crate::model::user::{User, UserState};
use crate::store::db::Tx;
use crate::store::{
    bin, connections, consents, events, invitations, losses, memberships, nodes, outbox, people,
    users,
};

const THIS_NODE: Error = Error::NotFound("This node");

/// Why a deed leaves somebody as they are, as far as they themselves tell it; `is_kept` is whether a connection keeps
/// them now.
pub(crate) fn stays(
    admin: &Admin,
    deed: Deed,
    to: Option<NodeId>,
    user: &User,
    is_kept: bool,
) -> Option<Left> {
    let when = |is_so: bool, why: Left| is_so.then_some(why);
    let is_self = user.id == admin.user_id;
    let is_invited = user.state == UserState::Invited;
    match deed {
        Deed::Lock => when(is_self, Left::Yourself)
            .or(when(is_invited, Left::NotComeIn))
            .or(when(user.locked_by_admin, Left::Already)),
        Deed::Unlock if user.locked_by_admin => None,
        Deed::Unlock => {
            when(!user.locked_by_idp, Left::Already).or(when(is_kept, Left::LockedThere))
        }
        Deed::Invite => when(!is_invited, Left::ComeIn).or(when(!user.is_unlocked(), Left::Locked)),
        Deed::Move => when(to == Some(user.node_id), Left::Already).or(when(is_kept, Left::Kept)),
        Deed::Delete => when(is_self, Left::Yourself),
    }
}

/// Whether a connection keeps somebody now, where a deed asks: one that was removed does not.
async fn is_kept(tx: &mut Tx, deed: Deed, user: &User) -> Result<bool> {
    let asks = matches!(deed, Deed::Unlock | Deed::Move) && user.linked;
    Ok(asks && connections::find(tx, user.node_id).await?.is_some())
}

/// Does a deed to somebody who is held and whom the administrator manages; why they were left as they are, if they were.
pub(crate) async fn carry_out(
    tx: &mut Tx,
    admin: &Admin,
    deed: Deed,
    to: Option<NodeId>,
    user: &User,
) -> Result<Option<Left>> {
    let is_kept = is_kept(tx, deed, user).await?;
    if let Some(left) = stays(admin, deed, to, user, is_kept) {
        return Ok(Some(left));
    }
    match deed {
        Deed::Lock => lock(tx, admin, user).await,
        Deed::Unlock => unlock(tx, admin, user).await,
        Deed::Invite => invite(tx, admin, user).await,
        Deed::Move => relocate(tx, admin, user, to.ok_or(THIS_NODE)?).await,
        Deed::Delete => recycle(tx, admin, user).await,
    }
}

/// Refuses to move people to a node where the administrator may not, or that is not there.
pub(crate) async fn check_target(
    tx: &mut Tx,
    admin: &Admin,
    deed: Deed,
    to: Option<NodeId>,
) -> Result<()> {
    if deed != Deed::Move {
        return Ok(());
    }
    let to = to.ok_or_else(|| Error::invalid("to", "Choose the node they move to."))?;
    admin.require(Privilege::ManageUsers, to)?;
    nodes::find(tx, to).await?.ok_or(THIS_NODE)?;
    Ok(())
}

async fn lock(tx: &mut Tx, admin: &Admin, user: &User) -> Result<Option<Left>> {
    if users::is_last_administrator(tx, &user.id).await? {
        return Ok(Some(Left::LastAdministrator));
    }
    if !people::lock(tx, &user.id, &admin.name).await? {
        return Ok(Some(Left::Already));
    }
    record(tx, admin, Code::UserLocked, user).await?;
    Ok(None)
}

async fn unlock(tx: &mut Tx, admin: &Admin, user: &User) -> Result<Option<Left>> {
    if !people::unlock(tx, &user.id).await? {
        return Ok(Some(Left::Already));
    }
    record(tx, admin, Code::UserUnlocked, user).await?;
    Ok(None)
}

async fn invite(tx: &mut Tx, admin: &Admin, user: &User) -> Result<Option<Left>> {
    let hour_ago = tx.now().plus(-HOUR);
    if outbox::written_since(tx, &user.id, outbox::INVITATION, hour_ago).await? >= AN_HOUR {
        return Ok(Some(Left::TooOften));
    }
    invitations::offer(tx, &user.id).await?;
    record(tx, admin, Code::InvitationSent, user).await?;
    Ok(None)
}

/// Their places in teams end, which are of the node they leave; state and roles stay (U18).
async fn relocate(tx: &mut Tx, admin: &Admin, user: &User, to: NodeId) -> Result<Option<Left>> {
    let who = std::slice::from_ref(&user.id);
    for ended in memberships::remove_all_of(tx, &user.id).await? {
        let code = Code::MembershipRemoved;
        events::record_memberships(tx, &admin.actor(), code, user.node_id, &ended.team_id, who)
            .await?;
    }
    // What could be taken back of them was their old node's.
    losses::forget_person(tx, &user.id).await?;
    people::relocate(tx, &user.id, to).await?;
    consents::settle(tx, who).await?;
    let from = nodes::find(tx, user.node_id).await?;
    let to_name = nodes::find(tx, to).await?.ok_or(THIS_NODE)?.name;
    let details = json!({
        "from": user.node_id, "from_name": from.map(|node| node.name), "to_name": to_name,
    });
    let target = Target::new("user", &user.id, &user.label);
    let actor = admin.actor();
    events::record(
        tx,
        &actor,
        Code::UserMoved,
        Some(to),
        target,
        details.to_string(),
    )
    .await?;
    Ok(None)
}

/// Sessions end and the invitation is taken back; roles and places in teams are kept for a return (decision 92).
async fn recycle(tx: &mut Tx, admin: &Admin, user: &User) -> Result<Option<Left>> {
    if users::is_last_administrator(tx, &user.id).await? {
        return Ok(Some(Left::LastAdministrator));
    }
    if !bin::recycle(tx, &user.id, &admin.name).await? {
        return Ok(Some(Left::Gone));
    }
    invitations::end(tx, &user.id, Reason::Withdrawn).await?;
    record(tx, admin, Code::UserRecycled, user).await?;
    Ok(None)
}

/// Why one person alone was left as they are, in a sentence.
pub(crate) fn refusal(deed: Deed, left: Left, user: &User) -> Error {
    let name = &user.label;
    match left {
        Left::Gone => Error::NotFound("This person"),
        Left::Yourself => Error::Forbidden(format!(
            "You cannot {} yourself: ask another administrator.",
            deed.as_str()
        )),
        Left::LastAdministrator => Error::Forbidden(format!(
            "{name} is the last administrator who can sign in. Give somebody else the role first."
        )),
        Left::Already => Error::Conflict(format!("{name} is so already.")),
        Left::NotComeIn => Error::Conflict(format!(
            "{name} has not come in yet, and only people who have can be locked."
        )),
        Left::ComeIn => Error::Conflict(format!("{name} has come in already.")),
        Left::Locked => Error::Conflict(format!(
            "{name} is locked, so there is nothing to invite them to."
        )),
        Left::LockedThere => {
            let by = user.locked_by.as_deref().unwrap_or("the identity provider");
            Error::Conflict(format!("{name} was locked by {by}: unlock them there."))
        }
        Left::Kept => Error::Conflict(format!(
            "{name} is kept by the identity provider of their node: assign them elsewhere there, or remove the connection first."
        )),
        Left::TooOften => Error::Conflict(format!(
            "{name} was invited {AN_HOUR} times within the hour. Wait a while: the last invitation is good."
        )),
    }
}
