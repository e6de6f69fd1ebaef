//! Storms, as an administrator looks at them: said to be meant, let through, or undone (DEL-2 to DEL-5).

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Code, Target};
use crate::model::id::{NodeId, RoleId, StormId, TeamId, UserId};
use crate::model::role::Privilege;
use crate::model::storm::{Guarding, Storm, StormDetail, StormGuard, StormState, Undone};
use crate::provisioning::guard::allowed_of;
use crate::store::db::{Db, Tx};
use crate::store::{connections, consents, events, losses, nodes, storms};

const THIS: Error = Error::NotFound("This");
/// How many storms the page of a connection shows.
const LATEST: i64 = 5;
/// How much of a storm its page shows.
const SHOWN: i64 = 200;

/// A storm of a node's connection, with what it took away.
pub async fn get(db: &Db, admin: &Admin, node: NodeId, id: &StormId) -> Result<StormDetail> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.read().await?;
    let storm = storms::find(&mut tx, node, id).await?.ok_or(THIS)?;
    let path = nodes::path(&mut tx, node).await?;
    let losses = storms::losses(&mut tx, id, SHOWN).await?;
    Ok(StormDetail {
        storm,
        path: admin.path(path),
        losses,
    })
}

/// How the connection of a node is guarded.
pub(crate) async fn guarding(tx: &mut Tx, node: NodeId, guard: StormGuard) -> Result<Guarding> {
    Ok(Guarding {
        guard,
        allowed: allowed_of(losses::people(tx, node).await?),
        storms: storms::latest(tx, node, LATEST).await?,
    })
}

/// Sets what happens to many locks and removals at once (DEL-4).
pub async fn set_guard(db: &Db, admin: &Admin, node: NodeId, guard: StormGuard) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let connection = connections::hold(&mut tx, node)
        .await?
        .ok_or(Error::NotFound("This SCIM connection"))?;
    if connections::set_storm_guard(&mut tx, &connection.id, guard).await? {
        events::record(
            &mut tx,
            &admin.actor(),
            Code::ConnectionChanged,
            Some(node),
            Target::new("connection", &connection.id, &connection.name),
            json!({ "storm_guard": guard.as_str() }).to_string(),
        )
        .await?;
    }
    tx.commit().await
}

/// Says that a storm was meant: what it took away stays so, and what else comes within the hour belongs to it.
pub async fn keep(db: &Db, admin: &Admin, node: NodeId, id: &StormId) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let storm = hold(&mut tx, node, id).await?;
    match storm.state {
        StormState::Open => {}
        StormState::Kept => return Ok(()),
        StormState::Undone => return Err(undone_already(&storm)),
    }
    let open = [StormState::Open, StormState::Open];
    if storms::close(&mut tx, id, open, StormState::Kept, &admin.name).await? {
        let_go(&mut tx, &storm).await?;
        record(&mut tx, admin, Code::StormKept, &storm, json!({})).await?;
    }
    tx.commit().await
}

/// Lets through what a storm holds back: the identity provider sends it again, and it is carried out.
pub async fn release(db: &Db, admin: &Admin, node: NodeId, id: &StormId) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let storm = hold(&mut tx, node, id).await?;
    if storm.state == StormState::Undone {
        return Err(undone_already(&storm));
    }
    if storms::release(&mut tx, id, &admin.name).await? {
        let_go(&mut tx, &storm).await?;
        record(&mut tx, admin, Code::StormReleased, &storm, json!({})).await?;
    }
    tx.commit().await
}

/// A storm, after its connection's guard is held: whoever takes something away holds that first, too.
async fn hold(tx: &mut Tx, node: NodeId, id: &StormId) -> Result<Storm> {
    let connection = found(tx, node, id).await?.connection_id;
    losses::hold(tx, &connection).await?;
    found(tx, node, id).await
}

/// Takes a storm back: locks, deletions, memberships, teams and their roles are exactly as they were before it. What has
/// changed since is left alone, and counted (DEL-3).
///
/// # Errors
/// `Conflict` where it was undone already, or began too long ago.
pub async fn undo(db: &Db, admin: &Admin, node: NodeId, id: &StormId) -> Result<Undone> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let connection = found(&mut tx, node, id).await?.connection_id;
    // In the order in which everybody holds them: people, teams, the guard. Then nothing more joins the storm.
    storms::hold_subjects(&mut tx, id).await?;
    losses::hold(&mut tx, &connection).await?;
    let storm = found(&mut tx, node, id).await?;
    if storm.state == StormState::Undone {
        return Err(undone_already(&storm));
    }
    if !storm.is_undoable(tx.now()) {
        return Err(Error::Conflict(
            "This began more than 30 days ago and can no longer be undone.".to_owned(),
        ));
    }
    let from = [StormState::Open, StormState::Kept];
    if !storms::close(&mut tx, id, from, StormState::Undone, &admin.name).await? {
        return Err(undone_already(&storm));
    }
    let mut undone = Undone {
        teams: restore_teams(&mut tx, admin, &storm).await?,
        users: restore_people(&mut tx, admin, &storm).await?,
        memberships: restore_memberships(&mut tx, admin, &storm).await?,
        left_alone: 0,
    };
    storms::touch_teams(&mut tx, id).await?;
    storms::restore_mail(&mut tx, id).await?;
    undone.left_alone = storms::note_rest(&mut tx, id).await?;
    forget_recent(&mut tx, &storm).await?;
    record(&mut tx, admin, Code::StormUndone, &storm, json!(undone)).await?;
    tx.commit().await?;
    Ok(undone)
}

/// Teams first: memberships need them.
async fn restore_teams(tx: &mut Tx, admin: &Admin, storm: &Storm) -> Result<i64> {
    let mut restored = 0;
    for (team, name, roles) in storms::removed_teams(tx, &storm.id).await? {
        if !storms::restore_team(tx, &team).await? {
            continue;
        }
        let roles: Vec<RoleId> = serde_json::from_str(&roles).unwrap_or_default();
        for role in &roles {
            storms::restore_role(tx, role, &team).await?;
        }
        consents::settle_team(tx, &team).await?;
        storms::note_team(tx, &storm.id, &team).await?;
        restored += 1;
        let target = Target::new("team", &team, name);
        let (actor, details) = (admin.actor(), told(storm));
        events::record(
            tx,
            &actor,
            Code::TeamRestored,
            Some(storm.node_id),
            target,
            details,
        )
        .await?;
    }
    Ok(restored)
}

async fn restore_people(tx: &mut Tx, admin: &Admin, storm: &Storm) -> Result<i64> {
    storms::mark_people(tx, &storm.id).await?;
    let people = storms::restore_people(tx, &storm.id).await?;
    let targets: Vec<Target> = people
        .iter()
        .map(|(id, label)| Target::new("user", id, label))
        .collect();
    let (actor, node) = (admin.actor(), Some(storm.node_id));
    events::record_all(tx, &actor, Code::UserRestored, node, &targets, &told(storm)).await?;
    Ok(i64::try_from(people.len()).unwrap_or(i64::MAX))
}

async fn restore_memberships(tx: &mut Tx, admin: &Admin, storm: &Storm) -> Result<i64> {
    storms::mark_memberships(tx, &storm.id).await?;
    let restored = storms::restore_memberships(tx, &storm.id).await?;
    let mut of = std::collections::BTreeMap::<TeamId, Vec<UserId>>::new();
    for (team, user) in &restored {
        of.entry(team.clone()).or_default().push(user.clone());
    }
    let actor = admin.actor();
    for (team, people) in of {
        consents::settle(tx, &people).await?;
        let code = Code::MembershipRestored;
        events::record_memberships(tx, &actor, code, storm.node_id, &team, &people).await?;
    }
    Ok(i64::try_from(restored.len()).unwrap_or(i64::MAX))
}

/// What comes now is carried out again.
async fn let_go(tx: &mut Tx, storm: &Storm) -> Result<()> {
    if let Some(mut guard) = losses::hold(tx, &storm.connection_id).await?
        && guard.storm_id.as_ref() == Some(&storm.id)
    {
        guard.holds = false;
        guard.last_at = tx.now();
        losses::keep(tx, &storm.connection_id, &guard).await?;
    }
    Ok(())
}

/// What was taken back no longer counts: the next loss begins anew.
async fn forget_recent(tx: &mut Tx, storm: &Storm) -> Result<()> {
    if let Some(mut guard) = losses::hold(tx, &storm.connection_id).await?
        && guard.storm_id.as_ref() == Some(&storm.id)
    {
        "[]".clone_into(&mut guard.recent);
        guard.storm_id = None;
        guard.holds = false;
        losses::keep(tx, &storm.connection_id, &guard).await?;
    }
    Ok(())
}

async fn found(tx: &mut Tx, node: NodeId, id: &StormId) -> Result<Storm> {
    storms::find(tx, node, id).await?.ok_or(THIS)
}

fn undone_already(storm: &Storm) -> Error {
    let by = storm.closed_by.as_deref().unwrap_or("somebody");
    Error::Conflict(format!("This was undone already, by {by}."))
}

fn told(storm: &Storm) -> String {
    json!({ "storm": storm.id }).to_string()
}

async fn record(
    tx: &mut Tx,
    admin: &Admin,
    code: Code,
    storm: &Storm,
    more: serde_json::Value,
) -> Result<()> {
    let target = Target::new("connection", &storm.connection_id, &storm.connection_name);
    let details = json!({ "storm": storm.id, "given_back": more }).to_string();
    events::record(
        tx,
        &admin.actor(),
        code,
        Some(storm.node_id),
        target,
        details,
    )
    .await
}
