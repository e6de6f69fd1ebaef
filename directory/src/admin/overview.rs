//! The organisation at a glance: the first page after signing in.

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::connection::{ConnectionInList, ConnectionState};
use crate::model::overview::{FirstSteps, LiveConnection, Step};
use crate::model::query::ListQuery;
use crate::model::role::Privilege;
use crate::store::db::{Db, Tx};
use crate::store::{approvals, connections, events, nodes, people, storms};

pub use crate::model::overview::Overview;

use super::approvals::preview;
use super::connections::live_of;

/// How many events it shows.
const EVENTS: i64 = 8;

/// What the administrator may see of everything: each part is narrowed to the nodes of its privilege.
pub async fn overview(db: &Db, admin: &Admin) -> Result<Overview> {
    if !admin.is_administrator() {
        return Err(Error::Forbidden(
            "This page is for administrators.".to_owned(),
        ));
    }
    let mut tx = db.read().await?;
    let organisation = nodes::root(&mut tx)
        .await?
        .map(|root| root.name)
        .unwrap_or_default();
    let counts = people::counts(&mut tx, &admin.user_id, Privilege::ManageUsers, None).await?;
    let kept = people::kept(&mut tx, &admin.user_id, Privilege::ManageUsers).await?;
    let mut seen = nodes::in_tree(&mut tx).await?;
    seen.retain(|node| admin.sees(node.id));
    let approvals = preview(&mut tx, admin).await?;
    let connections = live_connections(&mut tx, admin).await?;
    let mut open = Vec::new();
    for one in &connections {
        open.extend(storms::open(&mut tx, one.connection.node_id).await?);
    }
    let latest = ListQuery {
        rows: EVENTS,
        ..ListQuery::default()
    };
    let events = events::list(&mut tx, &admin.user_id, Privilege::ReadEvents, &latest).await?;
    let steps = FirstSteps {
        node: step(seen.iter().any(|node| node.parent_id.is_some())),
        connection: step(
            connections
                .iter()
                .any(|c| c.connection.state != ConnectionState::Draft),
        ),
        first_request: step(connections.iter().any(|c| c.live.last_request_at.is_some())),
        first_user: step(kept > 0),
        first_approval: step(
            admin.privileges().contains(&Privilege::ManageTeams)
                && approvals::any_approved(&mut tx).await?,
        ),
    };
    let nodes = i64::try_from(seen.len()).unwrap_or(i64::MAX);
    Ok(Overview {
        organisation,
        counts,
        nodes,
        kept,
        approvals,
        connections,
        storms: open,
        events,
        steps,
    })
}

async fn live_connections(tx: &mut Tx, admin: &Admin) -> Result<Vec<LiveConnection>> {
    let mut found = Vec::new();
    let listed: Vec<ConnectionInList> =
        connections::list(tx, &admin.user_id, Privilege::ManageConnections).await?;
    for connection in listed {
        if let Some(whole) = connections::find(tx, connection.node_id).await? {
            let live = live_of(tx, &whole).await?;
            found.push(LiveConnection { connection, live });
        }
    }
    Ok(found)
}

fn step(is_done: bool) -> Step {
    if is_done { Step::Done } else { Step::Open }
}
