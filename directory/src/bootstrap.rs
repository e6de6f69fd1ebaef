//! An unattended installation: everything a bootstrap file names, in one unit of work.

mod check;

use std::collections::HashMap;

use serde_json::json;

use crate::address::Address;
use crate::admin::connections::draft_token;
use crate::admin::nodes::HIGHEST;
use crate::admin::users;
use crate::error::{Error, Result};
use crate::model::connection::UniqueNames;
use crate::model::event::{Actor, Code, Target};
use crate::model::id::{ConnectionId, NodeId};
use crate::model::node::Node;
use crate::model::user::{CreatedVia, Profile, UserState};
use crate::secret::{self, Hashing, Secrets};
use crate::set_up::{ensure_root, insert_administrator};
use crate::store::db::{Db, Tx};
use crate::store::users::NewUser;
use crate::store::{connections, events, nodes, settings};

pub use check::check;

/// What a bootstrap file asks for.
#[derive(Clone)]
pub struct Plan {
    /// The name of the node at the top.
    pub organisation: String,
    /// The nodes below it, in any order.
    pub nodes: Vec<PlannedNode>,
    /// Who may do everything.
    pub administrators: Vec<PlannedAdministrator>,
    /// People added by hand: invited, without a mail.
    pub people: Vec<PlannedPerson>,
    /// Connections that are saved and ready.
    pub connections: Vec<PlannedConnection>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedNode {
    /// The number in its SCIM URL; none takes the next.
    pub id: Option<i64>,
    /// Its name; no other node of the file bears it.
    pub name: String,
    /// The name of the node above.
    pub parent: String,
}

/// An administrator.
#[derive(Clone)]
pub struct PlannedAdministrator {
    /// The address they sign in with.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Their passphrase, as it was read.
    pub passphrase: String,
}

/// Somebody added by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPerson {
    /// The address they sign in with.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// The name of their node.
    pub node: String,
}

/// A connection.
#[derive(Clone)]
pub struct PlannedConnection {
    /// The name of its node.
    pub node: String,
    /// What the console calls it.
    pub name: String,
    /// Its first token, from [`secret::new_token`]: written to its file before this is applied.
    pub token: String,
}

/// A mistake of a plan, for whoever knows the line it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The table of the file: `organisation`, `node`, `administrator`, `person`, `connection`.
    pub table: &'static str,
    /// Which of them, from 0.
    pub index: usize,
    /// The key that is wrong.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// What became of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// All of it is there now.
    Done,
    /// There was a person or a node already, so nothing was touched.
    NotEmpty,
}

/// Whether a database holds no person and no node.
pub async fn is_empty(db: &Db) -> Result<bool> {
    let mut tx = db.read().await?;
    is_empty_now(&mut tx).await
}

/// Fills an empty database with a plan that [`check`] found no mistake in.
///
/// # Errors
/// `Invalid` for a plan with a mistake; nothing is written then.
pub async fn apply(db: &Db, secrets: &Secrets, hashing: &Hashing, plan: &Plan) -> Result<Applied> {
    if let Some(mistake) = check(plan).into_iter().next() {
        return Err(Error::invalid(mistake.field, mistake.message));
    }
    let mut hashes = Vec::new();
    for administrator in &plan.administrators {
        hashes.push(hashing.hash_passphrase(&administrator.passphrase).await?);
    }
    let mut tx = db.write().await?;
    // Two servers that start at once take turns here.
    settings::hold(&mut tx, HIGHEST, "1").await?;
    if !is_empty_now(&mut tx).await? {
        return Ok(Applied::NotEmpty);
    }
    fill(&mut tx, secrets, plan, &hashes).await?;
    tx.commit().await?;
    Ok(Applied::Done)
}

async fn fill(tx: &mut Tx, secrets: &Secrets, plan: &Plan, hashes: &[String]) -> Result<()> {
    let organisation = plan.organisation.trim();
    ensure_root(tx, organisation).await?;
    let placed = add_nodes(tx, plan).await?;
    for (administrator, hash) in plan.administrators.iter().zip(hashes) {
        add_administrator(tx, administrator, hash).await?;
    }
    for person in &plan.people {
        let (name, address) = (person.name.trim(), users::address(&person.email)?);
        let node = place(&placed, &person.node)?;
        let id = users::insert(tx, node, name, &address, CreatedVia::Bootstrap).await?;
        record(tx, Code::UserAdded, node, Target::new("user", id, name)).await?;
    }
    for connection in &plan.connections {
        add_connection(tx, secrets, connection, place(&placed, &connection.node)?).await?;
    }
    let target = Target::new("node", NodeId::ROOT, organisation);
    record(tx, Code::Bootstrapped, NodeId::ROOT, target).await
}

async fn is_empty_now(tx: &mut Tx) -> Result<bool> {
    Ok(nodes::root(tx).await?.is_none() && nodes::has_no_people(tx).await?)
}

/// Adds the nodes, a parent before its children; given ids first, the others count up from the highest.
async fn add_nodes(tx: &mut Tx, plan: &Plan) -> Result<HashMap<String, NodeId>> {
    let mut highest = plan
        .nodes
        .iter()
        .filter_map(|node| node.id)
        .max()
        .unwrap_or(NodeId::ROOT.0)
        .max(NodeId::ROOT.0);
    let mut placed = HashMap::from([(plan.organisation.clone(), NodeId::ROOT)]);
    let mut numbered = Vec::new();
    for node in &plan.nodes {
        let id = node.id.unwrap_or_else(|| {
            highest += 1;
            highest
        });
        numbered.push((node, NodeId(id)));
    }
    while !numbered.is_empty() {
        let (ready, later): (Vec<_>, Vec<_>) = numbered
            .into_iter()
            .partition(|(node, _)| placed.contains_key(&node.parent));
        if ready.is_empty() {
            return Err(Error::invalid("parent", "A node lies below itself."));
        }
        for (node, id) in ready {
            let parent_id = placed.get(&node.parent).copied();
            let name = node.name.trim().to_owned();
            nodes::insert(
                tx,
                &Node {
                    id,
                    parent_id,
                    name: name.clone(),
                    created_at: tx.now(),
                },
            )
            .await?;
            record(tx, Code::NodeAdded, id, Target::new("node", id, name)).await?;
            placed.insert(node.name.clone(), id);
        }
        numbered = later;
    }
    settings::put(tx, HIGHEST, &highest.to_string()).await?;
    Ok(placed)
}

async fn add_administrator(tx: &mut Tx, planned: &PlannedAdministrator, hash: &str) -> Result<()> {
    let (name, address) = (planned.name.trim(), users::address(&planned.email)?);
    let profile = users::by_hand(name, &address);
    let id = insert_administrator(
        tx,
        administrator(&address, &profile, CreatedVia::Bootstrap),
        hash,
    )
    .await?;
    record(
        tx,
        Code::UserAdded,
        NodeId::ROOT,
        Target::new("user", &id, name),
    )
    .await?;
    record(
        tx,
        Code::RoleGiven,
        NodeId::ROOT,
        Target::new("user", &id, name),
    )
    .await
}

/// Somebody who has come in already and belongs to the node at the top.
pub(crate) fn administrator<'a>(
    address: &'a Address,
    profile: &'a Profile,
    via: CreatedVia,
) -> NewUser<'a> {
    NewUser {
        node: NodeId::ROOT,
        address,
        profile,
        state: UserState::Active,
        via,
        locked_by_idp: None,
    }
}

async fn add_connection(
    tx: &mut Tx,
    secrets: &Secrets,
    planned: &PlannedConnection,
    node: NodeId,
) -> Result<()> {
    let (id, name, by) = (
        ConnectionId(tx.new_id()),
        planned.name.trim(),
        Actor::system().name,
    );
    let token = secret::parse_token(&planned.token)
        .ok_or_else(|| Error::invalid("token", "This is no token."))?;
    connections::insert_draft(tx, &id, node, name, &by).await?;
    let token = draft_token(tx, token, "Bootstrap".into());
    connections::insert_draft_token(tx, &id, &token, &secrets.token_digest(&planned.token), &by)
        .await?;
    connections::activate_tokens(tx, &id).await?;
    connections::save(tx, &id, name, UniqueNames::Off).await?;
    record(
        tx,
        Code::ConnectionAdded,
        node,
        Target::new("connection", &id, name),
    )
    .await?;
    record(
        tx,
        Code::TokenGenerated,
        node,
        Target::new("token", &token.id, &token.name),
    )
    .await?;
    record(
        tx,
        Code::ConnectionSaved,
        node,
        Target::new("connection", &id, name),
    )
    .await
}

fn place(placed: &HashMap<String, NodeId>, name: &str) -> Result<NodeId> {
    placed
        .get(name)
        .copied()
        .ok_or_else(|| Error::invalid("node", format!("There is no node {name:?} in this file.")))
}

async fn record(tx: &mut Tx, code: Code, node: NodeId, target: Target) -> Result<()> {
    let details = json!({ "by": "bootstrap" }).to_string();
    events::record(tx, &Actor::system(), code, Some(node), target, details).await
}
