//! The end of a connection: paused for a while, or removed with a word about its people, and restored (behaviour.md 2.4).

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::connection::{Connection, Fate, Kept, RemovedConnection};
use crate::model::event::{Code, Target};
use crate::model::id::NodeId;
use crate::model::role::Privilege;
use crate::store::db::{Db, Tx};
use crate::store::{connections, events, removed};

use super::connections::refuse_repeated_names;

const THIS: Error = Error::NotFound("This SCIM connection");

/// Pauses the connection of a node: it reads and locks, and nothing else, until it is resumed (C6).
pub async fn pause(db: &Db, admin: &Admin, node: NodeId) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let connection = connections::hold(&mut tx, node).await?.ok_or(THIS)?;
    if connection.saved_at.is_none() {
        let message = format!(
            "{} is not saved yet: it takes no request anyway.",
            connection.name
        );
        return Err(Error::Conflict(message));
    }
    if connections::pause(&mut tx, &connection.id).await? {
        record(
            &mut tx,
            admin,
            Code::ConnectionPaused,
            &connection,
            json!({}),
        )
        .await?;
    }
    tx.commit().await
}

/// Lets a paused connection go on where it was.
pub async fn resume(db: &Db, admin: &Admin, node: NodeId) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let connection = connections::hold(&mut tx, node).await?.ok_or(THIS)?;
    if connections::resume(&mut tx, &connection.id).await? {
        record(
            &mut tx,
            admin,
            Code::ConnectionResumed,
            &connection,
            json!({}),
        )
        .await?;
    }
    tx.commit().await
}

/// Whom the removal of a node's connection touches.
pub async fn kept(db: &Db, admin: &Admin, node: NodeId) -> Result<Kept> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.read().await?;
    connections::find(&mut tx, node).await?.ok_or(THIS)?;
    removed::kept(&mut tx, node).await
}

/// Removes a connection: its tokens are refused from now on, and its people become what was chosen for them.
/// Administrators are never locked by it. What was is noted, to be restored.
pub async fn remove(db: &Db, admin: &Admin, node: NodeId, fate: Fate) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let connection = connections::hold(&mut tx, node).await?.ok_or(THIS)?;
    let kept = removed::kept(&mut tx, node).await?;
    let mut locked = Vec::new();
    if fate != Fate::Keep {
        removed::note(&mut tx, &connection.id, node).await?;
    }
    if fate == Fate::Lock {
        locked = removed::lock(&mut tx, &connection.id, node, &connection.name).await?;
    }
    if fate != Fate::Keep {
        removed::unlink(&mut tx, node).await?;
    }
    removed::remove(&mut tx, &connection.id, &admin.name, fate).await?;
    let details = json!({
        "users": kept.users, "teams": kept.teams, "fate": fate.as_str(), "locked": locked.len(),
    });
    record(
        &mut tx,
        admin,
        Code::ConnectionRemoved,
        &connection,
        details,
    )
    .await?;
    let targets: Vec<Target> = locked
        .iter()
        .map(|(id, label)| Target::new("user", id, label))
        .collect();
    let about = json!({ "removed": connection.name }).to_string();
    events::record_all(
        &mut tx,
        &admin.actor(),
        Code::UserLocked,
        Some(node),
        &targets,
        &about,
    )
    .await?;
    tx.commit().await
}

/// The connections that were removed from the nodes the administrator manages, the latest first.
pub async fn list(db: &Db, admin: &Admin) -> Result<Vec<RemovedConnection>> {
    admin.require_somewhere(Privilege::ManageConnections)?;
    let mut tx = db.read().await?;
    removed::list(&mut tx, &admin.user_id, Privilege::ManageConnections).await
}

/// The connection that was removed from a node, if one was and none has taken its place.
pub async fn find(db: &Db, admin: &Admin, node: NodeId) -> Result<Option<RemovedConnection>> {
    if !admin.may(Privilege::ManageConnections, node) {
        return Ok(None);
    }
    let mut tx = db.read().await?;
    removed::find(&mut tx, node).await
}

/// Takes the removal of a node's connection back: its tokens are good again, and its people are what they were to it.
/// A lock that was taken back since stays taken back.
///
/// # Errors
/// `Conflict` where there is nothing to restore any more.
pub async fn restore(db: &Db, admin: &Admin, node: NodeId) -> Result<Connection> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let Some(gone) = removed::hold(&mut tx, node).await? else {
        let there = connections::find(&mut tx, node).await?.ok_or(THIS)?;
        return Err(Error::Conflict(format!(
            "There is nothing to restore: {} is the connection of this node.",
            there.name
        )));
    };
    if gone.restorable_until() <= tx.now() {
        return Err(Error::Conflict(format!(
            "{} was removed more than 30 days ago and can no longer be restored.",
            gone.name
        )));
    }
    let (users, teams) = removed::relink(&mut tx, &gone.id, &gone.name).await?;
    removed::restore(&mut tx, &gone.id).await?;
    let connection = connections::find(&mut tx, node).await?.ok_or(THIS)?;
    if connection.unique_team_names {
        refuse_repeated_names(&mut tx, node).await?;
    }
    let details = json!({ "users": users, "teams": teams });
    record(
        &mut tx,
        admin,
        Code::ConnectionRestored,
        &connection,
        details,
    )
    .await?;
    tx.commit().await?;
    Ok(connection)
}

async fn record(
    tx: &mut Tx,
    admin: &Admin,
    code: Code,
    connection: &Connection,
    details: serde_json::Value,
) -> Result<()> {
    let target = Target::new("connection", &connection.id, &connection.name);
    let node = Some(connection.node_id);
    events::record(tx, &admin.actor(), code, node, target, details.to_string()).await
}
