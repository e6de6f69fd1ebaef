//! What a role may do at which nodes, as an administrator says who has all of it themself (behaviour.md 2.5).

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use super::teams::{HELD_BY_TEAMS, or_other_kind};
use super::{NOBODY_BY_ITSELF, held_to_change, record, refuse_own};
use crate::access::Admin;
use crate::admin::nodes::{seen, tree_of};
use crate::error::{Error, Result};
use crate::model::event::Code;
use crate::model::id::{NodeId, RoleId};
use crate::model::node::Node;
use crate::model::role::{ManagedNode, Privilege, Reach, Role, RoleKind};
use crate::store::db::{Db, Tx};
use crate::store::roles::Given;
use crate::store::{holders, roles, users};

/// Sets what a role may do at a node; nothing at all takes the node from it. Any privilege makes it administrative.
///
/// # Errors
/// `Forbidden` for what the administrator does not have themself, and where they would lose something by their own hand;
/// `Conflict` where a team, somebody invited, or new users hold the role.
pub async fn set(
    db: &Db,
    admin: &Admin,
    id: &RoleId,
    node: NodeId,
    wanted: &[Privilege],
    reach: Reach,
) -> Result<()> {
    let mut tx = db.write().await?;
    let role = held_to_change(&mut tx, admin, id).await?;
    let place = seen(&mut tx, admin, node).await?;
    refuse_more_than_own(admin, &place, wanted, reach)?;
    let before = roles::given(&mut tx, id).await?;
    let there: Vec<Given> = wanted
        .iter()
        .map(|privilege| Given {
            node_id: node,
            privilege: privilege.as_str().to_owned(),
            cascades: reach.cascades(),
        })
        .collect();
    let is_same = |one: &Given| before.contains(one);
    let had = before.iter().filter(|one| one.node_id == node).count();
    if had == there.len() && there.iter().all(is_same) {
        return tx.commit().await;
    }
    if before
        .iter()
        .any(|one| one.node_id == node && !keeps(&there, one))
    {
        refuse_own(&mut tx, admin, &role).await?;
    }
    if !wanted.is_empty() {
        refuse_to_become_administrative(&mut tx, &role).await?;
        let made = roles::set_kind(&mut tx, id, RoleKind::Administrative).await;
        made.map_err(|error| or_other_kind(error, HELD_BY_TEAMS))?;
    }
    roles::revoke(&mut tx, id, node).await?;
    for privilege in wanted {
        roles::grant(&mut tx, id, node, *privilege, reach).await?;
    }
    if roles::given(&mut tx, id).await?.is_empty() {
        roles::set_kind(&mut tx, id, RoleKind::Ordinary).await?;
    }
    end_sessions(&mut tx, admin, id).await?;
    let details = json!({ "node": node, "node_name": place.name, "reach": reach.as_str(),
        "before": words(&before, node), "after": words(&there, node) });
    let code = Code::RolePrivilegesChanged;
    record(&mut tx, admin, code, &role, details.to_string()).await?;
    tx.commit().await
}

/// The nodes a role manages, as far as the administrator sees them, in the order of their ids.
pub(super) async fn managed(
    tx: &mut Tx,
    admin: &Admin,
    given: &[Given],
) -> Result<Vec<ManagedNode>> {
    let each = given.iter().filter_map(|one| {
        let privilege = Privilege::of(&one.privilege)?;
        Some((one.node_id, privilege, Reach::from(one.cascades)))
    });
    named(tx, admin, each).await
}

/// What the administrator may give on: at the nodes their roles name and at those below.
pub(super) async fn grantable(tx: &mut Tx, admin: &Admin) -> Result<Vec<ManagedNode>> {
    let nodes = tree_of(tx, admin).await?;
    let places = nodes.into_iter().map(|node| {
        let may = |reach| {
            let all = Privilege::ALL.iter().copied();
            all.filter(|one| admin.reaches(*one, node.id, reach))
                .collect::<Vec<_>>()
        };
        let below = may(Reach::Below);
        let reach = Reach::from(!below.is_empty());
        ManagedNode {
            node_id: node.id,
            node_name: node.name,
            reach,
            privileges: if below.is_empty() {
                may(Reach::Here)
            } else {
                below
            },
        }
    });
    Ok(places.filter(|one| !one.privileges.is_empty()).collect())
}

/// Ends the sessions of everybody who holds a role, but of the administrator who acts (SES-3).
pub(super) async fn end_sessions(tx: &mut Tx, admin: &Admin, role: &RoleId) -> Result<()> {
    for (user,) in holders::people(tx, role).await? {
        if user != admin.user_id {
            users::end_sessions(tx, &user).await?;
        }
    }
    Ok(())
}

async fn named(
    tx: &mut Tx,
    admin: &Admin,
    each: impl Iterator<Item = (NodeId, Privilege, Reach)>,
) -> Result<Vec<ManagedNode>> {
    let mut at: BTreeMap<NodeId, (Reach, Vec<Privilege>)> = BTreeMap::new();
    for (node, privilege, reach) in each.filter(|(node, ..)| admin.sees(*node)) {
        let (_, privileges) = at.entry(node).or_insert((reach, Vec::new()));
        privileges.push(privilege);
    }
    let names: HashMap<NodeId, String> = tree_of(tx, admin)
        .await?
        .into_iter()
        .map(|node| (node.id, node.name))
        .collect();
    let managed = at.into_iter().map(|(node_id, (reach, mut privileges))| {
        privileges.sort_unstable();
        ManagedNode {
            node_id,
            node_name: names.get(&node_id).cloned().unwrap_or_default(),
            reach,
            privileges,
        }
    });
    Ok(managed.collect())
}

fn keeps(after: &[Given], one: &Given) -> bool {
    after
        .iter()
        .any(|kept| kept.privilege == one.privilege && (kept.cascades || !one.cascades))
}

fn words(given: &[Given], node: NodeId) -> Vec<&str> {
    let there = given.iter().filter(|one| one.node_id == node);
    there.map(|one| one.privilege.as_str()).collect()
}

fn refuse_more_than_own(
    admin: &Admin,
    place: &Node,
    wanted: &[Privilege],
    reach: Reach,
) -> Result<()> {
    let missing = wanted
        .iter()
        .find(|one| !admin.reaches(**one, place.id, reach));
    match missing {
        None => Ok(()),
        Some(privilege) => {
            let below = match reach {
                Reach::Here => "",
                Reach::Below => " and below",
            };
            Err(Error::Forbidden(format!(
                "You can give only what you have yourself, and you do not have {} at {}{below}.",
                privilege.label(),
                place.name
            )))
        }
    }
}

async fn refuse_to_become_administrative(tx: &mut Tx, role: &Role) -> Result<()> {
    if holders::has_teams(tx, &role.id).await? {
        return Err(Error::Conflict(HELD_BY_TEAMS.to_owned()));
    }
    if role.for_new_users {
        return Err(Error::Conflict(NOBODY_BY_ITSELF.to_owned()));
    }
    match holders::invited(tx, &role.id).await? {
        0 => Ok(()),
        _ => Err(Error::Conflict(
            "Somebody who holds this role has not come in yet. A role with privileges is for people who have.".to_owned(),
        )),
    }
}
