//! Teams, as provisioning sees them.

use super::consents;
use super::db::{Arg, Tx};
use super::search::{self, Table};
use crate::error::Result;
use crate::model::id::{ConnectionId, NodeId, TeamId};
use crate::model::query::Slice;
use crate::model::team::Team;
use crate::text::fold;

/// The columns of a [`Team`], of the table called `t`.
macro_rules! columns {
    () => {
        "t.id, t.node_id, t.name, t.external_id, t.state, t.linked, t.version, t.created_at, t.updated_at, \
         t.decided_at, t.decided_by, t.decided_via"
    };
}

/// Adds a pending team of a connection. A taken externalId is a conflict of the database.
pub async fn insert_pending(
    tx: &mut Tx,
    node: NodeId,
    name: &str,
    external_id: Option<&str>,
) -> Result<TeamId> {
    let id = TeamId(tx.new_id());
    tx.run(
        "INSERT INTO teams (id, node_id, name, name_key, external_id, state, linked, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 'pending', TRUE, $6, $6)",
        [Arg::from(&id), node.into(), name.into(), fold(name.trim()).into(), external_id.into(), tx.now().into()],
    )
    .await?;
    Ok(id)
}

/// A team a connection may see.
pub async fn find_visible(tx: &mut Tx, node: NodeId, id: &TeamId) -> Result<Option<Team>> {
    tx.first(
        concat!(
            "SELECT ",
            columns!(),
            " FROM teams t WHERE t.id = $1 AND t.node_id = $2 AND t.recycled_at IS NULL"
        ),
        [id.into(), node.into()],
    )
    .await
}

/// As [`find_visible`], and nobody else changes the team or its members before this unit ends.
pub async fn hold_visible(tx: &mut Tx, node: NodeId, id: &TeamId) -> Result<Option<Team>> {
    // The portable row lock: an UPDATE that changes nothing.
    tx.run(
        "UPDATE teams SET version = version WHERE id = $1 AND node_id = $2",
        [id.into(), node.into()],
    )
    .await?;
    find_visible(tx, node, id).await
}

/// A slice of the teams a connection may see, and how many match.
pub async fn slice(tx: &mut Tx, node: NodeId, slice: &Slice) -> Result<(Vec<Team>, i64)> {
    search::slice(tx, Table::Teams, columns!(), node, slice).await
}

/// Those of these teams that a connection may see.
pub async fn visible(tx: &mut Tx, node: NodeId, ids: &[TeamId]) -> Result<Vec<Team>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(search::CHUNK) {
        let head = concat!(
            "SELECT ",
            columns!(),
            " FROM teams t WHERE t.node_id = $1 AND t.recycled_at IS NULL AND t.id IN"
        );
        found.extend(search::among(tx, head, "", vec![node.into()], chunk).await?);
    }
    Ok(found)
}

/// Renames a team.
pub async fn rename(tx: &mut Tx, id: &TeamId, name: &str) -> Result<()> {
    tx.run(
        "UPDATE teams SET name = $2, name_key = $3 WHERE id = $1",
        [id.into(), name.into(), fold(name.trim()).into()],
    )
    .await?;
    Ok(())
}

/// Changes the identity provider's own id for a team.
pub async fn set_external_id(tx: &mut Tx, id: &TeamId, external_id: Option<&str>) -> Result<()> {
    tx.run(
        "UPDATE teams SET external_id = $2 WHERE id = $1",
        [id.into(), external_id.into()],
    )
    .await?;
    Ok(())
}

/// Makes it kept by the connection; whether it was not before.
pub async fn link(tx: &mut Tx, id: &TeamId) -> Result<bool> {
    Ok(tx
        .run(
            "UPDATE teams SET linked = TRUE WHERE id = $1 AND NOT linked",
            [id.into()],
        )
        .await?
        > 0)
}

/// Counts a change of the team or its members.
pub async fn touch(tx: &mut Tx, id: &TeamId) -> Result<()> {
    tx.run(
        "UPDATE teams SET version = version + 1, updated_at = $2 WHERE id = $1",
        [id.into(), tx.now().into()],
    )
    .await?;
    Ok(())
}

/// Takes a team away: no list, no page and no connection shows it, its roles are gone.
pub async fn recycle(tx: &mut Tx, id: &TeamId) -> Result<()> {
    tx.run(
        "UPDATE teams SET recycled_at = $2 WHERE id = $1",
        [id.into(), tx.now().into()],
    )
    .await?;
    tx.run("DELETE FROM role_teams WHERE team_id = $1", [id.into()])
        .await?;
    consents::settle_team(tx, id).await
}

/// Holds the names of a node's teams until this unit ends, and tells whether another team has this one.
pub async fn holds_name(
    tx: &mut Tx,
    connection: &ConnectionId,
    node: NodeId,
    name: &str,
    except: Option<&TeamId>,
) -> Result<bool> {
    tx.run(
        "UPDATE connections SET name = name WHERE id = $1",
        [connection.into()],
    )
    .await?;
    let others = tx
        .number(
            "SELECT count(*) FROM teams WHERE node_id = $1 AND name_key = $2 AND recycled_at IS NULL AND id <> $3",
            [node.into(), fold(name.trim()).into(), except.map_or("", TeamId::as_str).into()],
        )
        .await?;
    Ok(others > 0)
}
