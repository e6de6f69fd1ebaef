//! Roles, who holds them, and the privileges they give at nodes.

use crate::error::Result;
use crate::model::id::{NodeId, RoleId, TeamId, UserId};
use crate::model::role::{HeldRole, Privilege};
use crate::store::db::Tx;

/// A privilege a person holds at a node by one of their roles.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Given {
    /// Where.
    pub node_id: NodeId,
    /// The word of the privilege.
    pub privilege: String,
    /// Also at every node below.
    pub cascades: bool,
}

/// The privileges of a person.
pub async fn privileges(tx: &mut Tx, user: &UserId) -> Result<Vec<Given>> {
    tx.all(
        "SELECT DISTINCT rp.node_id, rp.privilege, rp.cascades
         FROM role_users ru JOIN role_privileges rp ON rp.role_id = ru.role_id
         WHERE ru.user_id = $1 ORDER BY rp.node_id, rp.privilege, rp.cascades",
        [user.into()],
    )
    .await
}

/// The roles of a person, by name.
pub async fn held_by(tx: &mut Tx, user: &UserId) -> Result<Vec<HeldRole>> {
    tx.all(
        "SELECT r.id, r.name, r.node_id, r.kind FROM role_users ru JOIN roles r ON r.id = ru.role_id
         WHERE ru.user_id = $1 ORDER BY r.name, r.id",
        [user.into()],
    )
    .await
}

/// The roles of a team.
pub async fn of_team(tx: &mut Tx, team: &TeamId) -> Result<Vec<RoleId>> {
    let rows = tx
        .all::<(RoleId,)>(
            "SELECT role_id FROM role_teams WHERE team_id = $1 ORDER BY role_id",
            [team.into()],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Whether a person holds a role that gives any administrative power (AUZ-5, OID-3).
pub async fn is_administrative(tx: &mut Tx, user: &UserId) -> Result<bool> {
    let sql = "SELECT count(*) FROM role_users ru JOIN roles r ON r.id = ru.role_id WHERE ru.user_id = $1 AND r.kind = 'administrative'";
    Ok(tx.number(sql, [user.into()]).await? > 0)
}

/// Adds a built-in administrative role unless it is there.
pub async fn add_built_in(tx: &mut Tx, role: &RoleId, node: NodeId, name: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO roles (id, node_id, name, kind, built_in, created_at) VALUES ($1, $2, $3, 'administrative', TRUE, $4)
         ON CONFLICT (id) DO NOTHING",
        [role.into(), node.into(), name.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Gives a privilege to a role at a node and below, unless it has it.
pub async fn grant(tx: &mut Tx, role: &RoleId, node: NodeId, privilege: Privilege) -> Result<()> {
    tx.run(
        "INSERT INTO role_privileges (role_id, node_id, privilege, cascades) VALUES ($1, $2, $3, TRUE)
         ON CONFLICT (role_id, node_id, privilege) DO NOTHING",
        [role.into(), node.into(), privilege.as_str().into()],
    )
    .await?;
    Ok(())
}

/// Gives a role to a person; whether they did not hold it.
pub async fn give(tx: &mut Tx, role: &RoleId, user: &UserId) -> Result<bool> {
    let sql = "INSERT INTO role_users (role_id, user_id) VALUES ($1, $2) ON CONFLICT (role_id, user_id) DO NOTHING";
    Ok(tx.run(sql, [role.into(), user.into()]).await? > 0)
}

/// How many people hold a role.
pub async fn holders(tx: &mut Tx, role: &RoleId) -> Result<i64> {
    tx.number(
        "SELECT count(*) FROM role_users WHERE role_id = $1",
        [role.into()],
    )
    .await
}

/// Holds a role until the end of the unit of work: two units that decide about its last holder take turns.
pub async fn hold(tx: &mut Tx, role: &RoleId) -> Result<()> {
    tx.run("UPDATE roles SET name = name WHERE id = $1", [role.into()])
        .await?;
    Ok(())
}

/// How many holders of a role, without this one, may sign in now.
pub async fn other_holders_who_may_sign_in(
    tx: &mut Tx,
    role: &RoleId,
    but: &UserId,
) -> Result<i64> {
    tx.number(
        "SELECT count(*) FROM role_users ru JOIN users u ON u.id = ru.user_id
         WHERE ru.role_id = $1 AND u.id <> $2 AND u.state = 'active'
           AND NOT u.locked_by_admin AND NOT u.locked_by_idp AND u.recycled_at IS NULL",
        [role.into(), but.into()],
    )
    .await
}
