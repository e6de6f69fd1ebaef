//! People, as an administrator lists, adds, invites and locks them (behaviour.md 2.2, 3.6).

pub(super) mod deeds;

use serde_json::json;

use super::roles::holders;
use crate::access::Admin;
use crate::address::Address;
use crate::error::{Error, Result};
use crate::model::event::{Code, Event, Target};
use crate::model::id::{NodeId, UserId};
use crate::model::invitation::Reason;
use crate::model::many::{Deed, Left};
use crate::model::query::{ListQuery, Listed};
use crate::model::role::{Privilege, Reach};
use crate::model::user::{
    AttributeValue, CreatedVia, Leaf, Profile, StatusCounts, User, UserInList, UserState,
};
use crate::policies;
use crate::store::db::{Db, Tx};
use crate::store::users::NewUser;
use crate::store::{
    connections, events, invitations, nodes, people, removed, roles, rosters, users,
};
use crate::text;

pub use crate::model::user::UserDetail;

const THIS: Error = Error::NotFound("This person");
pub(super) const TAKEN: &str =
    "Somebody with this address is here already, on this node or on another.";
/// How many events the page of a person shows.
const EVENTS: i64 = 20;

/// A page of the people the administrator manages.
pub async fn list(db: &Db, admin: &Admin, query: &ListQuery) -> Result<Listed<UserInList>> {
    admin.require_somewhere(Privilege::ManageUsers)?;
    let mut tx = db.read().await?;
    let (total, all) =
        people::count(&mut tx, &admin.user_id, Privilege::ManageUsers, query).await?;
    let rows = people::list(&mut tx, &admin.user_id, Privilege::ManageUsers, query).await?;
    Ok(Listed { rows, total, all })
}

/// How many of the people the administrator manages have which status; at a node and below, or everywhere.
pub async fn counts(db: &Db, admin: &Admin, node: Option<NodeId>) -> Result<StatusCounts> {
    admin.require_somewhere(Privilege::ManageUsers)?;
    let mut tx = db.read().await?;
    people::counts(&mut tx, &admin.user_id, Privilege::ManageUsers, node).await
}

/// A person with what their page shows.
pub async fn get(db: &Db, admin: &Admin, id: &UserId) -> Result<UserDetail> {
    let mut tx = db.read().await?;
    let user = managed(&mut tx, admin, id).await?;
    let path = nodes::path(&mut tx, user.node_id).await?;
    let node = path.last().cloned().ok_or(THIS)?;
    let kept_by = connections::find(&mut tx, user.node_id)
        .await?
        .filter(|_| user.linked)
        .map(|connection| connection.name);
    let left_by = removed::left_by(&mut tx, id).await?;
    let memberships = rosters::of_user(&mut tx, id).await?;
    let held = roles::held_by(&mut tx, id).await?;
    let roles = holders::marked(&mut tx, admin, &user, held).await?;
    let policies = policies::of(&mut tx, id).await?;
    let events = events_of(&mut tx, admin, &user).await?;
    let invitation = invitations::latest(&mut tx, id).await?;
    let may_extend = user.must_consent()
        && user.consent_expires_at.is_some()
        && admin.may(Privilege::TransferConsent, user.node_id);
    Ok(UserDetail {
        may_extend,
        user,
        node,
        path: admin.path(path),
        kept_by,
        left_by,
        memberships,
        roles,
        policies,
        events,
        invitation,
    })
}

/// What happened to somebody where the administrator may read it. Somebody who was moved left events behind that are of
/// the other node (AUZ-2); those of nodes that are gone are for whoever reads everywhere, as in the list of events.
async fn events_of(tx: &mut Tx, admin: &Admin, user: &User) -> Result<Vec<Event>> {
    const READ: Privilege = Privilege::ReadEvents;
    if !admin.may(READ, user.node_id) {
        return Ok(Vec::new());
    }
    let reads_all = admin.reaches(READ, NodeId::ROOT, Reach::Below);
    let mut found = events::of(tx, user.id.as_str(), EVENTS).await?;
    found.retain(|event| {
        let node = event.node_id.map(NodeId);
        reads_all || node.is_none_or(|node| admin.may(READ, node))
    });
    Ok(found)
}

/// Adds somebody by hand: invited, kept by no connection, and without a mail until somebody sends one.
pub async fn add(db: &Db, admin: &Admin, node: NodeId, name: &str, email: &str) -> Result<User> {
    admin.require(Privilege::ManageUsers, node)?;
    let new = NewPerson::of(name, email)?;
    let mut tx = db.write().await?;
    nodes::find(&mut tx, node)
        .await?
        .ok_or(Error::NotFound("This node"))?;
    let id = add_to(&mut tx, admin, node, &new).await?;
    let user = users::find(&mut tx, &id).await?.ok_or(THIS)?;
    tx.commit().await?;
    Ok(user)
}

/// Somebody who is to be added by hand: what they are called, and where they are reached.
pub(crate) struct NewPerson {
    /// What they are called.
    pub name: String,
    /// What they sign in with.
    pub address: Address,
}

impl NewPerson {
    /// As it was typed, or stands in a file.
    pub fn of(name: &str, email: &str) -> Result<Self> {
        Ok(Self {
            name: text::name("name", name)?,
            address: address(email)?,
        })
    }
}

/// Adds somebody to a node inside a unit of work, as by hand: a taken address is a conflict.
pub(crate) async fn add_to(
    tx: &mut Tx,
    admin: &Admin,
    node: NodeId,
    new: &NewPerson,
) -> Result<UserId> {
    let id = insert(tx, node, &new.name, &new.address, CreatedVia::Console).await?;
    let target = Target::new("user", &id, &new.name);
    let details = json!({ "invited": false }).to_string();
    let actor = admin.actor();
    events::record(tx, &actor, Code::UserAdded, Some(node), target, details).await?;
    Ok(id)
}

/// Puts an invitation into the outbox for somebody who has not come in yet; an older one is good no longer.
pub async fn send_invitation(db: &Db, admin: &Admin, id: &UserId) -> Result<()> {
    one(db, admin, Deed::Invite, None, id).await
}

/// Makes the open invitation of somebody good no longer; they stay invited, and can be sent another one.
pub async fn cancel_invitation(db: &Db, admin: &Admin, id: &UserId) -> Result<()> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let user = managed(&mut tx, admin, id).await?;
    if invitations::end(&mut tx, id, Reason::Cancelled).await? {
        record(&mut tx, admin, Code::InvitationCancelled, &user).await?;
    }
    tx.commit().await
}

/// Locks somebody who has come in. Their sessions end in the same moment.
pub async fn lock(db: &Db, admin: &Admin, id: &UserId) -> Result<()> {
    one(db, admin, Deed::Lock, None, id).await
}

/// Takes back the lock of an administrator. The lock of an identity provider that keeps them stays.
pub async fn unlock(db: &Db, admin: &Admin, id: &UserId) -> Result<()> {
    one(db, admin, Deed::Unlock, None, id).await
}

/// Moves somebody whom no connection keeps to another node (U18). Their places in teams, which are of the node they
/// leave, end; state and roles stay.
///
/// # Errors
/// `Conflict` for somebody whom a connection keeps; `Forbidden` and `NotFound` also for the other node.
pub async fn relocate(db: &Db, admin: &Admin, id: &UserId, to: NodeId) -> Result<()> {
    one(db, admin, Deed::Move, Some(to), id).await
}

/// Puts somebody into the recycle bin: in no list and gone over SCIM, their address still taken, for 30 days as they
/// were (decision 92). Their sessions end in the same moment.
///
/// # Errors
/// `Forbidden` for oneself and for the last administrator.
pub async fn delete(db: &Db, admin: &Admin, id: &UserId) -> Result<()> {
    one(db, admin, Deed::Delete, None, id).await
}

/// Does a deed to one person. Done again it changes nothing.
async fn one(db: &Db, admin: &Admin, deed: Deed, to: Option<NodeId>, id: &UserId) -> Result<()> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let user = managed(&mut tx, admin, id).await?;
    deeds::check_target(&mut tx, admin, deed, to).await?;
    match deeds::carry_out(&mut tx, admin, deed, to, &user).await? {
        None | Some(Left::Already) => tx.commit().await,
        Some(left) => Err(deeds::refusal(deed, left, &user)),
    }
}

/// An address to sign in with.
pub(crate) fn address(email: &str) -> Result<Address> {
    Address::parse(email).ok_or_else(|| {
        Error::invalid(
            "email",
            "Type a whole e-mail address: name@company.example.",
        )
    })
}

/// Adds somebody who is invited and whom no connection keeps.
pub(crate) async fn insert(
    tx: &mut Tx,
    node: NodeId,
    name: &str,
    address: &Address,
    via: CreatedVia,
) -> Result<UserId> {
    let profile = by_hand(name, address);
    let new = NewUser {
        node,
        address,
        profile: &profile,
        state: UserState::Invited,
        via,
        locked_by_idp: None,
    };
    match users::insert(tx, new).await {
        Err(Error::Conflict(_)) => Err(Error::Conflict(TAKEN.to_owned())),
        other => other,
    }
}

/// What is known of somebody who was typed in: what they are called, and their address as the userName.
pub(crate) fn by_hand(name: &str, address: &Address) -> Profile {
    let value = AttributeValue {
        attribute: "displayName".to_owned(),
        item: 0,
        part: String::new(),
        value: Leaf::Text(name.to_owned()),
    };
    Profile {
        user_name: address.text.clone(),
        display_name: Some(name.to_owned()),
        attributes: json!({ "displayName": name }).to_string(),
        values: vec![value],
        ..Profile::default()
    }
}

/// A person whom the administrator manages. Everybody else is not there (AUZ-3).
pub(super) async fn managed(tx: &mut Tx, admin: &Admin, id: &UserId) -> Result<User> {
    let user = users::find(tx, id)
        .await?
        .filter(|user| user.recycled_at.is_none());
    user.filter(|user| admin.may(Privilege::ManageUsers, user.node_id))
        .ok_or(THIS)
}

pub(super) async fn record(tx: &mut Tx, admin: &Admin, code: Code, user: &User) -> Result<()> {
    let target = Target::new("user", &user.id, &user.label);
    events::record(
        tx,
        &admin.actor(),
        code,
        Some(user.node_id),
        target,
        "{}".to_owned(),
    )
    .await
}
