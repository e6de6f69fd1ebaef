//! The tree of nodes, as an administrator shapes it.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Code, Target};
use crate::model::id::NodeId;
use crate::model::node::{Node, NodeInTree};
use crate::model::role::Privilege;
use crate::store::db::{Db, Tx};
use crate::store::{connections, events, nodes, removed, settings, sign_in_methods};
use crate::text;

pub use crate::model::node::NodeDetail;

const THIS: Error = Error::NotFound("This node");
const NOT_EMPTY: &str = "You must first delete or move the objects on this node.";
/// The setting that counts node ids, so that none is ever used again: a URL names its node for ever.
pub(crate) const HIGHEST: &str = "highest_node";

/// The nodes the administrator may see: a parent before its children, siblings by name.
pub async fn tree(db: &Db, admin: &Admin) -> Result<Vec<NodeInTree>> {
    tree_of(&mut db.read().await?, admin).await
}

/// As [`tree`], within a unit of work: each node with what the administrator may do and may count there.
pub(crate) async fn tree_of(tx: &mut Tx, admin: &Admin) -> Result<Vec<NodeInTree>> {
    let mut found = nodes::in_tree(tx).await?;
    found.retain(|node| admin.sees(node.id));
    for node in &mut found {
        narrow(admin, node);
    }
    Ok(depth_first(found))
}

/// Leaves of a node what the administrator's privileges there show.
fn narrow(admin: &Admin, node: &mut NodeInTree) {
    let all = Privilege::ALL.iter().copied();
    node.may = all.filter(|one| admin.may(*one, node.id)).collect();
    if !node.lets(Privilege::ManageUsers) {
        node.users = 0;
    }
    if !node.lets(Privilege::ManageTeams) {
        node.teams = 0;
    }
    if !node.lets(Privilege::ManageConnections) {
        node.connection.clear();
    }
}

/// A node with what its page shows.
pub async fn get(db: &Db, admin: &Admin, id: NodeId) -> Result<NodeDetail> {
    let mut tx = db.read().await?;
    let node = seen(&mut tx, admin, id).await?;
    let path = admin.path(nodes::path(&mut tx, id).await?);
    let tree = tree_of(&mut tx, admin).await?;
    let here = tree.iter().find(|one| one.id == id).ok_or(THIS)?.clone();
    let (connection, sign_in, removed) = if here.lets(Privilege::ManageConnections) {
        (
            connections::find(&mut tx, id).await?,
            sign_in_methods::of_node(&mut tx, id).await?,
            removed::find(&mut tx, id).await?,
        )
    } else {
        (None, None, None)
    };
    let children = tree
        .into_iter()
        .filter(|child| child.parent_id == Some(id))
        .collect();
    Ok(NodeDetail {
        node,
        path,
        children,
        users: here.users,
        teams: here.teams,
        may: here.may,
        connection,
        sign_in,
        removed,
    })
}

/// Adds a node below another.
pub async fn add(db: &Db, admin: &Admin, parent: NodeId, name: &str) -> Result<Node> {
    admin.require(Privilege::ManageNodes, parent)?;
    let name = text::name("name", name)?;
    let mut tx = db.write().await?;
    let id = next_id(&mut tx).await?;
    nodes::find(&mut tx, parent).await?.ok_or(THIS)?;
    let node = Node {
        id,
        parent_id: Some(parent),
        name,
        created_at: tx.now(),
    };
    nodes::insert(&mut tx, &node).await?;
    let target = Target::new("node", id, &node.name);
    events::record(
        &mut tx,
        &admin.actor(),
        Code::NodeAdded,
        Some(id),
        target,
        json!({ "parent": parent.0 }).to_string(),
    )
    .await?;
    tx.commit().await?;
    admin.learn(node.id, parent);
    Ok(node)
}

/// Gives a node another name; the root bears the organisation's.
pub async fn rename(db: &Db, admin: &Admin, id: NodeId, name: &str) -> Result<()> {
    admin.require(Privilege::ManageNodes, id)?;
    let name = text::name("name", name)?;
    let mut tx = db.write().await?;
    let before = nodes::find(&mut tx, id).await?.ok_or(THIS)?;
    if nodes::rename(&mut tx, id, &name).await? {
        let target = Target::new("node", id, &name);
        let details = json!({ "before": before.name }).to_string();
        events::record(
            &mut tx,
            &admin.actor(),
            Code::NodeRenamed,
            Some(id),
            target,
            details,
        )
        .await?;
    }
    tx.commit().await
}

/// Removes a node on which nothing lies; never the root.
pub async fn remove(db: &Db, admin: &Admin, id: NodeId) -> Result<()> {
    admin.require(Privilege::ManageNodes, id)?;
    let mut tx = db.write().await?;
    let node = nodes::find(&mut tx, id).await?.ok_or(THIS)?;
    let Some(parent) = node.parent_id else {
        return Err(Error::Conflict(
            "The node at the top stands for the organisation and stays.".to_owned(),
        ));
    };
    removed::forget(&mut tx, id).await?;
    match nodes::remove_empty(&mut tx, id).await {
        Ok(true) => {}
        // The second: somebody put something there at this moment.
        Ok(false) | Err(Error::NotFound(_)) => return Err(Error::Conflict(NOT_EMPTY.to_owned())),
        Err(error) => return Err(error),
    }
    let target = Target::new("node", id, &node.name);
    // Told at the node above: this one is no longer anybody's.
    events::record(
        &mut tx,
        &admin.actor(),
        Code::NodeRemoved,
        Some(parent),
        target,
        "{}".to_owned(),
    )
    .await?;
    tx.commit().await
}

/// A node the administrator knows of.
pub(crate) async fn seen(tx: &mut Tx, admin: &Admin, id: NodeId) -> Result<Node> {
    if !admin.sees(id) {
        return Err(THIS);
    }
    nodes::find(tx, id).await?.ok_or(THIS)
}

/// One more than the highest there ever was; two units of work that ask at once take turns.
pub(crate) async fn next_id(tx: &mut Tx) -> Result<NodeId> {
    let counted = settings::hold(tx, HIGHEST, "1")
        .await?
        .parse()
        .unwrap_or(1_i64);
    let next = counted.max(nodes::highest(tx).await?) + 1;
    settings::put(tx, HIGHEST, &next.to_string()).await?;
    Ok(NodeId(next))
}

/// Puts every node behind its parent and siblings in the order of their names.
fn depth_first(found: Vec<NodeInTree>) -> Vec<NodeInTree> {
    let known: HashSet<NodeId> = found.iter().map(|node| node.id).collect();
    let mut below: HashMap<Option<NodeId>, Vec<NodeInTree>> = HashMap::new();
    for node in found {
        // A node whose parent is out of sight stands at the top.
        below
            .entry(node.parent_id.filter(|parent| known.contains(parent)))
            .or_default()
            .push(node);
    }
    for siblings in below.values_mut() {
        // The last is taken first.
        siblings.sort_by_cached_key(|node| Reverse((text::fold(&node.name), node.id)));
    }
    let mut waiting = below.remove(&None).unwrap_or_default();
    let mut ordered = Vec::with_capacity(known.len());
    while let Some(node) = waiting.pop() {
        waiting.extend(below.remove(&Some(node.id)).unwrap_or_default());
        ordered.push(node);
    }
    ordered
}
