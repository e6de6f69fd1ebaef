//! The tree of nodes.

use crate::error::Result;
use crate::model::id::NodeId;
use crate::model::node::{Node, NodeInTree};
use crate::store::db::Tx;

/// The root, once it has been set up.
pub async fn root(tx: &mut Tx) -> Result<Option<Node>> {
    tx.first(
        "SELECT id, parent_id, name, created_at FROM nodes WHERE parent_id IS NULL",
        [],
    )
    .await
}

/// A node.
pub async fn find(tx: &mut Tx, id: NodeId) -> Result<Option<Node>> {
    tx.first(
        "SELECT id, parent_id, name, created_at FROM nodes WHERE id = $1",
        [id.into()],
    )
    .await
}

/// Every node and its name.
pub async fn names(tx: &mut Tx) -> Result<Vec<(NodeId, String)>> {
    tx.all("SELECT id, name FROM nodes ORDER BY id", []).await
}

/// Every node and the one above it.
pub async fn parents(tx: &mut Tx) -> Result<Vec<(NodeId, Option<NodeId>)>> {
    tx.all("SELECT id, parent_id FROM nodes", []).await
}

/// A node and all above it, the root first.
pub async fn path(tx: &mut Tx, id: NodeId) -> Result<Vec<Node>> {
    tx.all(
        "WITH RECURSIVE up (id, height) AS (
             SELECT id, CAST(0 AS BIGINT) FROM nodes WHERE id = $1
             UNION ALL
             SELECT n.parent_id, up.height + 1 FROM up JOIN nodes n ON n.id = up.id WHERE n.parent_id IS NOT NULL
         )
         SELECT n.id, n.parent_id, n.name, n.created_at FROM up JOIN nodes n ON n.id = up.id ORDER BY up.height DESC",
        [id.into()],
    )
    .await
}

/// Every node with what lies directly in it, in no order.
pub async fn in_tree(tx: &mut Tx) -> Result<Vec<NodeInTree>> {
    tx.all(
        "WITH RECURSIVE tree (id, depth) AS (
             SELECT id, CAST(0 AS BIGINT) FROM nodes WHERE parent_id IS NULL
             UNION ALL
             SELECT n.id, tree.depth + 1 FROM tree JOIN nodes n ON n.parent_id = tree.id
         )
         SELECT n.id, n.parent_id, n.name, tree.depth,
                coalesce(p.number, 0) AS users, coalesce(t.number, 0) AS teams, coalesce(c.state, '') AS connection
         FROM tree JOIN nodes n ON n.id = tree.id
         LEFT JOIN (SELECT node_id, count(*) AS number FROM users WHERE recycled_at IS NULL GROUP BY node_id) p ON p.node_id = n.id
         LEFT JOIN (SELECT node_id, count(*) AS number FROM teams WHERE recycled_at IS NULL GROUP BY node_id) t ON t.node_id = n.id
         LEFT JOIN connections c ON c.node_id = n.id AND c.removed_at IS NULL",
        [],
    )
    .await
}

/// The highest id of a node that is there now, 0 where there is none.
pub async fn highest(tx: &mut Tx) -> Result<i64> {
    tx.number("SELECT coalesce(max(id), 0) FROM nodes", [])
        .await
}

/// Adds a node.
pub async fn insert(tx: &mut Tx, node: &Node) -> Result<()> {
    tx.run(
        "INSERT INTO nodes (id, parent_id, name, created_at) VALUES ($1, $2, $3, $4)",
        [
            node.id.into(),
            node.parent_id.into(),
            (&node.name).into(),
            node.created_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Gives a node another name; whether that changed it.
pub async fn rename(tx: &mut Tx, id: NodeId, name: &str) -> Result<bool> {
    Ok(tx
        .run(
            "UPDATE nodes SET name = $2 WHERE id = $1 AND name <> $2",
            [id.into(), name.into()],
        )
        .await?
        > 0)
}

/// Holds a node until the end of the unit of work: nobody else changes what hangs on it.
pub async fn hold(tx: &mut Tx, id: NodeId) -> Result<()> {
    tx.run("UPDATE nodes SET name = name WHERE id = $1", [id.into()])
        .await?;
    Ok(())
}

/// Removes a node that holds nothing, not even someone in the recycle bin; whether it did.
pub async fn remove_empty(tx: &mut Tx, id: NodeId) -> Result<bool> {
    let removed = tx
        .run(
            "DELETE FROM nodes WHERE id = $1 AND parent_id IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM nodes below WHERE below.parent_id = $1)
               AND NOT EXISTS (SELECT 1 FROM users WHERE node_id = $1)
               AND NOT EXISTS (SELECT 1 FROM teams WHERE node_id = $1)
               AND NOT EXISTS (SELECT 1 FROM roles WHERE node_id = $1)
               AND NOT EXISTS (SELECT 1 FROM role_privileges WHERE node_id = $1)
               AND NOT EXISTS (SELECT 1 FROM connections WHERE node_id = $1)
               AND NOT EXISTS (SELECT 1 FROM sign_in_methods WHERE node_id = $1)",
            [id.into()],
        )
        .await?;
    Ok(removed > 0)
}

/// Whether there is no person at all.
pub async fn has_no_people(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM users) THEN 1 ELSE 0 END AS BIGINT)";
    Ok(tx.number(sql, []).await? == 0)
}
