//! Create, link, replace, patch, deactivate and delete people, as an identity provider asks.

mod addresses;
mod administrators;
mod told;

use super::alerts::given_up;
use super::guard::{self, Losses};
use super::inviting::{give_login, invite};
use super::{alerts, joining, passwords, refuse_paused};
use crate::address::Address;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::event::{Code, Target};
use crate::model::id::{TeamId, UserId};
use crate::model::invitation::Reason;
use crate::model::query::Slice;
use crate::model::storm::LossKind;
use crate::model::user::{CreatedVia, Profile, User, UserState};
use crate::outcome::{self, Done, How};
use crate::store::db::{Db, Tx};
use crate::store::users::NewUser;
use crate::store::{consents, events, invitations, memberships, teams, users};
use addresses::{moves, sign_in_address};
use administrators::{check_administrator_keeps_names, check_not_last};
use told::{as_told, before_joining, tell};

/// A person as SCIM shows them: with the teams they were put into, approved or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserView {
    /// The person.
    pub user: User,
    /// Their teams: id and name.
    pub teams: Vec<(TeamId, String)>,
}

/// Which teams a person is to be put into and taken out of (03.4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamRevision {
    /// Into.
    pub granted: Vec<TeamId>,
    /// Out of.
    pub revoked: Vec<TeamId>,
}

/// What an address that is taken is answered with, wherever it is taken (behaviour.md 6 #20).
const TAKEN: &str = "Somebody with this userName, address or externalId exists already. \
    An administrator finds in the console who it is.";

/// What a person who was never linked is protected by (behaviour.md 6 #22).
const BY_HAND: &str = "This person was added by hand and is not managed by this connection yet. \
    Assign them in your identity provider first.";

/// Creates a person; or links one who was added by hand to this node; or revives one this
/// connection deleted (behaviour.md 6 #22, B-43). Their memberships in `granted` teams are pending.
///
/// # Errors
/// `Conflict` where the address, userName or externalId is taken; `Invalid` where there is no
/// address, or a team is not of this node.
pub async fn create(
    db: &Db,
    connection: &Connection,
    profile: Profile,
    granted: Vec<TeamId>,
) -> Result<UserView> {
    refuse_paused(connection)?;
    let address = sign_in_address(&profile)?;
    let mut tx = db.write().await?;
    let mut losses = Losses::default();
    let there = users::find_by_names(&mut tx, &address, &profile.user_name).await?;
    let before = match there.first() {
        Some(user) => Some(as_told(&mut tx, user).await?),
        None => None,
    };
    let id = match there.as_slice() {
        [] => add(&mut tx, connection, &profile, &address).await,
        [user] => claim(&mut tx, connection, user, &profile, &mut losses)
            .await
            .inspect_err(|_| outcome::touched("user", user.id.as_str(), "")),
        _ => Err(taken()),
    };
    let id = match id {
        Ok(id) => id,
        Err(refusal) => return Err(given_up(db, tx, connection, there.first(), refusal).await),
    };
    let revision = TeamRevision {
        granted,
        revoked: Vec::new(),
    };
    joining::revise(&mut tx, connection, &id, &revision, &mut losses).await?;
    let view = view(&mut tx, connection, &id).await?;
    guard::commit(db, tx, connection, &losses).await?;
    let how = match &before {
        None => How::Created,
        Some(person) if person.user.hidden_from_connection => How::Revived,
        Some(_) => How::Linked,
    };
    tell(how, before, &view, &profile);
    Ok(view)
}

/// A person of the connection's node.
///
/// # Errors
/// `NotFound` where there is none the connection may see.
pub async fn get(db: &Db, connection: &Connection, id: &UserId) -> Result<UserView> {
    let mut tx = db.read().await?;
    let view = view(&mut tx, connection, id).await?;
    outcome::touched("user", id.as_str(), &view.user.label);
    Ok(view)
}

/// People of the connection's node, and how many match.
pub async fn list(db: &Db, connection: &Connection, slice: &Slice) -> Result<(Vec<UserView>, i64)> {
    let mut tx = db.read().await?;
    let (people, total) = users::slice(&mut tx, connection.node_id, slice).await?;
    let views = views(&mut tx, people).await?;
    outcome::found(total);
    if let [one] = views.as_slice() {
        outcome::touched("user", one.user.id.as_str(), &one.user.label);
    }
    Ok((views, total))
}

/// These people with their teams, in their order.
pub(super) async fn views(tx: &mut Tx, people: Vec<User>) -> Result<Vec<UserView>> {
    let ids = people
        .iter()
        .map(|user| user.id.clone())
        .collect::<Vec<_>>();
    let mut of = std::collections::HashMap::<UserId, Vec<(TeamId, String)>>::new();
    for (user, team, name) in users::teams_of(tx, &ids).await? {
        of.entry(user).or_default().push((team, name));
    }
    let views = people.into_iter().map(|user| UserView {
        teams: of.remove(&user.id).unwrap_or_default(),
        user,
    });
    Ok(views.collect())
}

/// Changes a person: `change` is given them as they are, and says what the identity provider asserts now.
/// Nothing happens where that is what stands already.
///
/// # Errors
/// `NotFound`; whatever `change` refuses; `Conflict` where something is taken; `Fixed` where the
/// address of an administrator would change; `LastAdministrator`; `Forbidden` where somebody who was never
/// linked would be locked.
pub async fn revise<E: From<Error>>(
    db: &Db,
    connection: &Connection,
    id: &UserId,
    change: impl FnOnce(&UserView) -> Result<(Profile, TeamRevision), E> + Send,
) -> Result<UserView, E> {
    let mut tx = db.write().await?;
    users::hold_visible(&mut tx, connection.node_id, id)
        .await?
        .ok_or(Error::NotFound("The person"))?;
    let current = view(&mut tx, connection, id).await?;
    let (profile, revision) = change(&current)?;
    let mut losses = Losses::default();
    if let Err(refusal) = apply(&mut tx, connection, &current.user, &profile, &mut losses).await {
        let refusal = given_up(db, tx, connection, Some(&current.user), refusal).await;
        return Err(refusal.into());
    }
    let joined = joining::revise(&mut tx, connection, id, &revision, &mut losses).await?;
    let changed = view(&mut tx, connection, id).await?;
    if changed != current && !losses.locks() {
        refuse_paused(connection)?;
    }
    guard::commit(db, tx, connection, &losses).await?;
    tell(
        How::Revised,
        Some(before_joining(current, &changed, &joined)),
        &changed,
        &profile,
    );
    Ok(changed)
}

/// Locks a person and hides them from the connection, after `check` has seen them as they are: what a
/// DELETE means (03.7, DEL-1).
///
/// # Errors
/// `NotFound`; whatever `check` refuses; `LastAdministrator`; `Forbidden` for somebody who was never linked.
pub async fn remove<E: From<Error>>(
    db: &Db,
    connection: &Connection,
    id: &UserId,
    check: impl FnOnce(&UserView) -> Result<(), E> + Send,
) -> Result<(), E> {
    let mut tx = db.write().await?;
    users::hold_visible(&mut tx, connection.node_id, id)
        .await?
        .ok_or(Error::NotFound("The person"))?;
    let current = view(&mut tx, connection, id).await?;
    check(&current)?;
    let UserView { user, teams } = current;
    if !user.linked {
        return Err(Error::Forbidden(BY_HAND.to_owned()).into());
    }
    if let Err(refusal) = check_not_last(&mut tx, id).await {
        let refusal = given_up(db, tx, connection, Some(&user), refusal).await;
        return Err(refusal.into());
    }
    if users::set_idp_lock(&mut tx, id, Some(&connection.name)).await? {
        alerts::locked(&mut tx, connection, &user).await?;
    }
    users::hide(&mut tx, id).await?;
    users::touch(&mut tx, id).await?;
    for (team, _) in &teams {
        teams::touch(&mut tx, team).await?;
    }
    invitations::end(&mut tx, id, Reason::Withdrawn).await?;
    record(
        &mut tx,
        connection,
        Code::UserDeletedByConnection,
        &user,
        "{}".to_owned(),
    )
    .await?;
    let mut losses = Losses::default();
    losses.person(connection, &user, LossKind::UserDeleted);
    guard::commit(db, tx, connection, &losses).await?;
    outcome::did(Done::PersonRemoved(Box::new(user)));
    Ok(())
}

async fn add(
    tx: &mut Tx,
    connection: &Connection,
    profile: &Profile,
    address: &Address,
) -> Result<UserId> {
    let locked_by_idp = (profile.active == Some(false)).then_some(connection.name.as_str());
    let new = NewUser {
        node: connection.node_id,
        address,
        profile,
        state: UserState::Invited,
        via: CreatedVia::Scim,
        locked_by_idp,
    };
    users::free_external_id(tx, connection.node_id, profile.external_id.as_deref()).await?;
    let id = users::insert(tx, new).await.map_err(or_taken)?;
    let invited = locked_by_idp.is_none() && invite(tx, connection, &id).await?;
    let target = Target {
        kind: "user",
        id: id.0.clone(),
        name: profile.label(&address.text),
    };
    let details = serde_json::json!({ "invited": invited }).to_string();
    events::record(
        tx,
        &super::actor(connection),
        Code::UserAdded,
        Some(connection.node_id),
        target,
        details,
    )
    .await?;
    if let Some(password) = &profile.password {
        let user = users::find(tx, &id)
            .await?
            .ok_or(Error::NotFound("The person"))?;
        passwords::keep(tx, connection, &user, password).await?;
    }
    Ok(id)
}

/// Takes over somebody who is here already, if this connection may.
async fn claim(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    profile: &Profile,
    losses: &mut Losses,
) -> Result<UserId> {
    if user.node_id != connection.node_id || user.recycled_at.is_some() {
        return Err(taken());
    }
    if user.hidden_from_connection {
        return revive(tx, connection, user, profile).await;
    }
    if profile.active == Some(false) {
        check_not_last(tx, &user.id).await?;
    }
    check_administrator_keeps_names(tx, user, profile).await?;
    if user.linked || !users::link(tx, &user.id).await? {
        return Err(taken());
    }
    if profile.password.is_some() {
        passwords::leave();
    }
    write_profile(tx, user, profile).await?;
    let lock_changed = set_lock(tx, connection, user, profile.active, losses).await?;
    users::touch(tx, &user.id).await?;
    let details = serde_json::json!({ "lock_changed": lock_changed }).to_string();
    record(tx, connection, Code::UserLinked, user, details).await?;
    Ok(user.id.clone())
}

/// Brings back somebody this connection deleted: the same id, the next generation, no memberships.
async fn revive(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    profile: &Profile,
) -> Result<UserId> {
    if !users::unhide(tx, &user.id).await? {
        return Err(taken());
    }
    let left = memberships::remove_all_of(tx, &user.id).await?;
    consents::settle(tx, std::slice::from_ref(&user.id)).await?;
    let back = users::find(tx, &user.id)
        .await?
        .ok_or(Error::NotFound("The person"))?;
    check_administrator_keeps_names(tx, &back, profile).await?;
    write_profile(tx, &back, profile).await?;
    move_login(tx, connection, &back, profile).await?;
    if let Some(password) = &profile.password {
        passwords::keep(tx, connection, &back, password).await?;
    }
    let active = Some(profile.active.unwrap_or(true));
    // They were locked already, so nothing is lost by this.
    set_lock(tx, connection, &back, active, &mut Losses::default()).await?;
    users::touch(tx, &user.id).await?;
    // What they were in before, for the page that offers to restore it.
    let teams: Vec<&TeamId> = left.iter().map(|ended| &ended.team_id).collect();
    let details = serde_json::json!({ "teams_before": teams }).to_string();
    guard::follow(tx, connection, user, left).await?;
    record(tx, connection, Code::UserRevived, &back, details).await?;
    Ok(user.id.clone())
}

/// Makes a person what the identity provider asserts now, and leaves an event for what changed.
async fn apply(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    profile: &Profile,
    losses: &mut Losses,
) -> Result<()> {
    let address = sign_in_address(profile)?;
    let profile_changed = differs(user, profile);
    let locks = profile.active == Some(false) && !user.locked_by_idp;
    if !user.linked && locks && !profile_changed {
        return Err(Error::Forbidden(BY_HAND.to_owned()));
    }
    if locks {
        check_not_last(tx, &user.id).await?;
    }
    check_administrator_keeps_names(tx, user, profile).await?;
    let linked = users::link(tx, &user.id).await?;
    if profile_changed {
        write_profile(tx, user, profile).await?;
        // The first link never writes the address a person signs in with (behaviour.md 6 #22), and what was asserted
        // then says nothing new later.
        if !linked && moves(user, &address) {
            give_login(tx, connection, user, &address).await?;
        }
        record(tx, connection, Code::UserChanged, user, "{}".to_owned()).await?;
    }
    if linked {
        record(tx, connection, Code::UserLinked, user, "{}".to_owned()).await?;
    }
    let lock_changed = set_lock(tx, connection, user, profile.active, losses).await?;
    if lock_changed {
        let code = if locks {
            Code::UserLocked
        } else {
            Code::UserUnlocked
        };
        record(tx, connection, code, user, "{}".to_owned()).await?;
    }
    match &profile.password {
        Some(_) if linked => passwords::leave(),
        Some(password) => passwords::keep(tx, connection, user, password).await?,
        None => {}
    }
    if profile_changed || linked || lock_changed {
        users::touch(tx, &user.id).await?;
    }
    Ok(())
}

/// Whether the profile says anything new; `active` aside.
fn differs(user: &User, profile: &Profile) -> bool {
    user.user_name.as_deref() != Some(&profile.user_name)
        || user.external_id != profile.external_id
        || user.attributes != profile.attributes
}

async fn write_profile(tx: &mut Tx, user: &User, profile: &Profile) -> Result<()> {
    users::free_external_id(tx, user.node_id, profile.external_id.as_deref()).await?;
    users::update_profile(tx, &user.id, profile, &profile.label(&user.login))
        .await
        .map_err(or_taken)
}

async fn move_login(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    profile: &Profile,
) -> Result<()> {
    let address = sign_in_address(profile)?;
    if Address::parse(&user.login).is_some_and(|known| known.key == address.key) {
        return Ok(());
    }
    users::update_login(tx, &user.id, &address)
        .await
        .map_err(or_taken)?;
    alerts::address_moved(tx, connection, user, &address).await
}

/// Sets or clears the lock of the identity provider; whether that changed anything. An invited
/// person's invitation ends with the lock and is sent again without it (behaviour.md 6 #13).
async fn set_lock(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    active: Option<bool>,
    losses: &mut Losses,
) -> Result<bool> {
    let Some(active) = active else {
        return Ok(false);
    };
    let locked_by = (!active).then_some(connection.name.as_str());
    if !users::set_idp_lock(tx, &user.id, locked_by).await? {
        return Ok(false);
    }
    if !active {
        losses.person(connection, user, LossKind::UserLocked);
        alerts::locked(tx, connection, user).await?;
    }
    if user.state == UserState::Invited {
        if active {
            invite(tx, connection, &user.id).await?;
        } else {
            invitations::end(tx, &user.id, Reason::Withdrawn).await?;
        }
    }
    Ok(true)
}

async fn view(tx: &mut Tx, connection: &Connection, id: &UserId) -> Result<UserView> {
    let user = users::find_visible(tx, connection.node_id, id)
        .await?
        .ok_or(Error::NotFound("The person"))?;
    let teams = users::teams_of(tx, std::slice::from_ref(id)).await?;
    Ok(UserView {
        user,
        teams: teams
            .into_iter()
            .map(|(_, team, name)| (team, name))
            .collect(),
    })
}

async fn record(
    tx: &mut Tx,
    connection: &Connection,
    code: Code,
    user: &User,
    details: String,
) -> Result<()> {
    let target = Target {
        kind: "user",
        id: user.id.0.clone(),
        name: user.label.clone(),
    };
    events::record(
        tx,
        &super::actor(connection),
        code,
        Some(connection.node_id),
        target,
        details,
    )
    .await
}

fn taken() -> Error {
    Error::Conflict(TAKEN.to_owned())
}

/// What a constraint says, as a sentence.
pub(super) fn or_taken(error: Error) -> Error {
    match error {
        Error::Conflict(_) => taken(),
        other => other,
    }
}
