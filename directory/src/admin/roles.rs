//! Roles, as an administrator of their node adds, changes and removes them.
//!
//! Nobody gives a power they do not have: a role that gives more than the administrator has is not theirs to change,
//! to give or to take (AUZ-4, AUZ-5).

pub mod holders;
pub mod policies;
pub mod privileges;
pub mod teams;

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Code, Event, Target};
use crate::model::id::{NodeId, RoleId};
use crate::model::query::{ListQuery, Listed};
use crate::model::role::{Hand, Privilege, Role, RoleInList, RoleKind};
use crate::model::settings::Switch;
use crate::store::db::{Db, Tx};
use crate::store::{consents, events, holders as held, nodes, roles};
use crate::text;

pub use crate::model::role::RoleDetail;

const THIS: Error = Error::NotFound("This role");
/// How many events the page of a role shows.
const EVENTS: i64 = 20;
const TAKEN: &str = "This node has a role of that name already.";
const STAYS: &str = "The role Administrator came with the installation and stays as it is.";
const MORE_THAN_YOURS: &str = "This role gives more than you have yourself: only an administrator who has all of it can do this.";
const NOBODY_BY_ITSELF: &str = "Nobody becomes an administrator by themself: a role that gives privileges cannot be for new users.";

/// What a role is called, and whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// 1 to 255 characters, once at a node.
    pub name: String,
    /// Whether the nodes below may use it too.
    pub visible_below: Switch,
    /// Whether new people hold it from the beginning.
    pub for_new_users: Switch,
}

/// A page of the roles the administrator may use: those of the nodes where they manage roles, and the visible ones above.
pub async fn list(db: &Db, admin: &Admin, query: &ListQuery) -> Result<Listed<RoleInList>> {
    admin.require_somewhere(Privilege::ManageRoles)?;
    let mut tx = db.read().await?;
    let (total, all) = roles::count(&mut tx, &admin.user_id, Privilege::ManageRoles, query).await?;
    let rows = roles::list(&mut tx, &admin.user_id, Privilege::ManageRoles, query).await?;
    Ok(Listed { rows, total, all })
}

/// The roles that may be given at a node; none where the administrator does not manage roles.
pub async fn usable(db: &Db, admin: &Admin, node: NodeId) -> Result<Vec<RoleInList>> {
    usable_at(&mut db.read().await?, admin, node).await
}

async fn usable_at(tx: &mut Tx, admin: &Admin, node: NodeId) -> Result<Vec<RoleInList>> {
    if !admin.may(Privilege::ManageRoles, node) {
        return Ok(Vec::new());
    }
    let query = ListQuery {
        node: Some(node),
        rows: 250,
        ..ListQuery::default()
    };
    roles::list(tx, &admin.user_id, Privilege::ManageRoles, &query).await
}

/// A role with what its page shows; `query` is of the people who hold it.
pub async fn get(db: &Db, admin: &Admin, id: &RoleId, query: &ListQuery) -> Result<RoleDetail> {
    let mut tx = db.read().await?;
    let role = seen(&mut tx, admin, id).await?;
    let path = nodes::path(&mut tx, role.node_id).await?;
    let node = path.last().cloned().ok_or(THIS)?;
    let given = roles::given(&mut tx, id).await?;
    let total = held::count(&mut tx, &admin.user_id, Privilege::ManageRoles, id).await?;
    let mut rows = held::list(&mut tx, &admin.user_id, Privilege::ManageRoles, id, query).await?;
    for one in &mut rows {
        one.is_open = admin.may(Privilege::ManageUsers, one.node_id);
    }
    let mut teams = held::teams(&mut tx, &admin.user_id, Privilege::ManageRoles, id).await?;
    for one in &mut teams {
        one.is_open = admin.may(Privilege::ManageTeams, one.node_id);
    }
    let events = events_of(&mut tx, admin, &role).await?;
    let hand = hand(admin, &role, admin.covers(&given));
    let candidates = teams::candidates(&mut tx, admin, &role).await?;
    let managed = privileges::managed(&mut tx, admin, &given).await?;
    let asked = crate::store::policies::of_role(&mut tx, id).await?;
    let grantable = match hand {
        Hand::Change if !role.built_in => privileges::grantable(&mut tx, admin).await?,
        _ => Vec::new(),
    };
    Ok(RoleDetail {
        role,
        node,
        path: admin.path(path),
        hand,
        managed,
        policies: asked,
        grantable,
        users: Listed {
            rows,
            total,
            all: total,
        },
        teams,
        candidates,
        events,
    })
}

/// Adds a role to a node. It gives nothing yet.
///
/// # Errors
/// `Conflict` where the node has one of that name.
pub async fn add(db: &Db, admin: &Admin, node: NodeId, wanted: Wanted) -> Result<Role> {
    admin.require(Privilege::ManageRoles, node)?;
    let name = text::name("name", &wanted.name)?;
    let mut tx = db.write().await?;
    nodes::find(&mut tx, node)
        .await?
        .ok_or(Error::NotFound("This node"))?;
    let role = Role {
        id: RoleId(tx.new_id()),
        node_id: node,
        name,
        kind: RoleKind::Ordinary,
        built_in: false,
        visible_below: wanted.visible_below == Switch::On,
        for_new_users: wanted.for_new_users == Switch::On,
        created_at: tx.now(),
    };
    roles::insert(&mut tx, &role).await.map_err(or_taken)?;
    record(&mut tx, admin, Code::RoleAdded, &role, "{}".to_owned()).await?;
    tx.commit().await?;
    Ok(role)
}

/// Changes what a role is called and whom it is for. Whoever holds it keeps it.
///
/// # Errors
/// `Conflict` for the built-in role, a name that is taken, and an administrative role for new people.
pub async fn change(db: &Db, admin: &Admin, id: &RoleId, wanted: Wanted) -> Result<()> {
    let mut tx = db.write().await?;
    let before = held_to_change(&mut tx, admin, id).await?;
    let role = Role {
        name: text::name("name", &wanted.name)?,
        visible_below: wanted.visible_below == Switch::On,
        for_new_users: wanted.for_new_users == Switch::On,
        ..before.clone()
    };
    if role.is_administrative() && role.for_new_users {
        return Err(Error::Conflict(NOBODY_BY_ITSELF.to_owned()));
    }
    if role != before {
        roles::update(&mut tx, &role).await.map_err(or_taken)?;
        let details = json!({
            "before": { "name": before.name, "visible_below": before.visible_below, "for_new_users": before.for_new_users },
            "after": { "name": role.name, "visible_below": role.visible_below, "for_new_users": role.for_new_users },
        });
        record(
            &mut tx,
            admin,
            Code::RoleChanged,
            &role,
            details.to_string(),
        )
        .await?;
    }
    tx.commit().await
}

/// Removes a role. Whoever holds it, holds it no longer, with what it gave and what it asked.
///
/// # Errors
/// `Conflict` for the built-in role; `Forbidden` for an administrative one they hold themself.
pub async fn remove(db: &Db, admin: &Admin, id: &RoleId) -> Result<()> {
    let mut tx = db.write().await?;
    let role = held_to_change(&mut tx, admin, id).await?;
    refuse_own(&mut tx, admin, &role).await?;
    if role.is_administrative() {
        privileges::end_sessions(&mut tx, admin, id).await?;
    }
    roles::remove(&mut tx, id).await?;
    consents::settle_all(&mut tx).await?;
    record(&mut tx, admin, Code::RoleRemoved, &role, "{}".to_owned()).await?;
    tx.commit().await
}

/// A role the administrator knows of. Every other is not there (AUZ-3).
async fn seen(tx: &mut Tx, admin: &Admin, id: &RoleId) -> Result<Role> {
    let found = roles::find(tx, id).await?;
    found.filter(|role| sees(admin, role)).ok_or(THIS)
}

/// Whether the administrator knows of a role: they manage roles at its node, or below it where it is visible.
pub(crate) fn sees(admin: &Admin, role: &Role) -> bool {
    admin.may(Privilege::ManageRoles, role.node_id)
        || (role.visible_below
            && admin
                .nodes(Privilege::ManageRoles)
                .iter()
                .any(|node| admin.is_below(*node, role.node_id)))
}

/// Whether a role may be given to somebody, or to a team, of a node.
fn is_for(admin: &Admin, role: &Role, node: NodeId) -> bool {
    admin.may(Privilege::ManageRoles, role.node_id)
        || (role.visible_below && admin.is_below(node, role.node_id))
}

fn hand(admin: &Admin, role: &Role, covers: bool) -> Hand {
    match (
        covers || !role.is_administrative(),
        admin.may(Privilege::ManageRoles, role.node_id),
    ) {
        (true, true) => Hand::Change,
        (true, false) => Hand::Give,
        (false, _) => Hand::Look,
    }
}

/// As [`held_role`], but not the one that came with the installation.
async fn held_to_change(tx: &mut Tx, admin: &Admin, id: &RoleId) -> Result<Role> {
    let role = held_role(tx, admin, id).await?;
    if role.built_in {
        return Err(Error::Conflict(STAYS.to_owned()));
    }
    Ok(role)
}

/// A role that is held until the end of the unit of work, and that the administrator may change.
async fn held_role(tx: &mut Tx, admin: &Admin, id: &RoleId) -> Result<Role> {
    roles::hold(tx, id).await?;
    let role = seen(tx, admin, id).await?;
    admin.require(Privilege::ManageRoles, role.node_id)?;
    refuse_above(tx, admin, &role).await?;
    Ok(role)
}

/// Refuses a role that gives more than the administrator has.
async fn refuse_above(tx: &mut Tx, admin: &Admin, role: &Role) -> Result<()> {
    if role.is_administrative() && !admin.covers(&roles::given(tx, &role.id).await?) {
        return Err(Error::Forbidden(MORE_THAN_YOURS.to_owned()));
    }
    Ok(())
}

/// Refuses that an administrator loses a power by their own hand.
async fn refuse_own(tx: &mut Tx, admin: &Admin, role: &Role) -> Result<()> {
    if role.is_administrative() && held::is_held(tx, &role.id, &admin.user_id).await? {
        return Err(Error::Forbidden(
            "You hold this role yourself and would lock yourself out: ask another administrator."
                .to_owned(),
        ));
    }
    Ok(())
}

fn or_taken(error: Error) -> Error {
    match error {
        Error::Conflict(_) => Error::invalid("name", TAKEN),
        other => other,
    }
}

async fn events_of(tx: &mut Tx, admin: &Admin, role: &Role) -> Result<Vec<Event>> {
    if admin.may(Privilege::ReadEvents, role.node_id) {
        events::of(tx, role.id.as_str(), EVENTS).await
    } else {
        Ok(Vec::new())
    }
}

async fn record(
    tx: &mut Tx,
    admin: &Admin,
    code: Code,
    role: &Role,
    details: String,
) -> Result<()> {
    let target = Target::new("role", &role.id, &role.name);
    let node = Some(role.node_id);
    events::record(tx, &admin.actor(), code, node, target, details).await
}

/// What the event of somebody, or of a team, says of the role.
fn details(role: &Role) -> String {
    json!({ "role": role.id, "role_name": role.name }).to_string()
}
