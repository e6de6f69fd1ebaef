//! Roles, who holds them, and the privileges they give at nodes.

use super::db::{Arg, Tx};
use super::people::shown;
use crate::error::Result;
use crate::model::id::{NodeId, RoleId, TeamId, UserId};
use crate::model::query::ListQuery;
use crate::model::role::{HeldRole, Privilege, Reach, Role, RoleInList, RoleKind};
use crate::text::{anywhere, fold};

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

/// The roles of a person, their own and those of their teams, by name.
pub async fn held_by(tx: &mut Tx, user: &UserId) -> Result<Vec<HeldRole>> {
    tx.all(
        "WITH by_team (role_id, teams) AS (
             SELECT rt.role_id, string_agg(t.name, ', ' ORDER BY t.name_key)
             FROM memberships m JOIN teams t ON t.id = m.team_id JOIN role_teams rt ON rt.team_id = t.id
             WHERE m.user_id = $1 AND m.state = 'approved' AND t.state = 'approved' AND t.recycled_at IS NULL
             GROUP BY rt.role_id
         )
         SELECT r.id, r.name, r.node_id, n.name AS node_name, r.kind,
                EXISTS (SELECT 1 FROM role_users ru WHERE ru.role_id = r.id AND ru.user_id = $1) AS is_own, b.teams
         FROM roles r JOIN nodes n ON n.id = r.node_id LEFT JOIN by_team b ON b.role_id = r.id
         WHERE b.role_id IS NOT NULL OR r.id IN (SELECT role_id FROM role_users WHERE user_id = $1)
         ORDER BY r.name_key, r.id",
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
        "INSERT INTO roles (id, node_id, name, name_key, kind, built_in, created_at)
         VALUES ($1, $2, $3, $4, 'administrative', TRUE, $5) ON CONFLICT (id) DO NOTHING",
        [
            role.into(),
            node.into(),
            name.into(),
            fold(name).into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Gives a privilege to an administrative role at a node, unless it has it.
pub async fn grant(
    tx: &mut Tx,
    role: &RoleId,
    node: NodeId,
    privilege: Privilege,
    reach: Reach,
) -> Result<()> {
    tx.run(
        "INSERT INTO role_privileges (role_id, node_id, privilege, cascades) VALUES ($1, $2, $3, $4)
         ON CONFLICT (role_id, node_id, privilege) DO NOTHING",
        [
            role.into(),
            node.into(),
            privilege.as_str().into(),
            reach.cascades().into(),
        ],
    )
    .await?;
    Ok(())
}

/// What a role gives, and where.
pub async fn given(tx: &mut Tx, role: &RoleId) -> Result<Vec<Given>> {
    tx.all(
        "SELECT node_id, privilege, cascades FROM role_privileges WHERE role_id = $1 ORDER BY node_id, privilege",
        [role.into()],
    )
    .await
}

/// Takes every privilege at a node from a role.
pub async fn revoke(tx: &mut Tx, role: &RoleId, node: NodeId) -> Result<()> {
    tx.run(
        "DELETE FROM role_privileges WHERE role_id = $1 AND node_id = $2",
        [role.into(), node.into()],
    )
    .await?;
    Ok(())
}

/// Makes a role give privileges, or none. The database refuses the first for a role that a team holds (AUZ-4).
pub async fn set_kind(tx: &mut Tx, role: &RoleId, kind: RoleKind) -> Result<()> {
    tx.run(
        "UPDATE roles SET kind = $2 WHERE id = $1 AND kind <> $2",
        [role.into(), kind.as_str().into()],
    )
    .await?;
    Ok(())
}

/// The columns of a [`Role`].
macro_rules! role {
    () => {
        "SELECT id, node_id, name, kind, built_in, visible_below, for_new_users, created_at FROM roles"
    };
}

/// A role, wherever it is.
pub async fn find(tx: &mut Tx, id: &RoleId) -> Result<Option<Role>> {
    tx.first(concat!(role!(), " WHERE id = $1"), [id.into()])
        .await
}

/// Adds an ordinary role.
///
/// # Errors
/// `Conflict` where its node has one of that name.
pub async fn insert(tx: &mut Tx, role: &Role) -> Result<()> {
    tx.run(
        "INSERT INTO roles (id, node_id, name, name_key, kind, built_in, visible_below, for_new_users, created_at)
         VALUES ($1, $2, $3, $4, 'ordinary', FALSE, $5, $6, $7)",
        [
            Arg::from(&role.id),
            role.node_id.into(),
            (&role.name).into(),
            fold(&role.name).into(),
            role.visible_below.into(),
            role.for_new_users.into(),
            role.created_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Changes what a role is called and whom it is for.
///
/// # Errors
/// `Conflict` where its node has another of that name.
pub async fn update(tx: &mut Tx, role: &Role) -> Result<()> {
    tx.run(
        "UPDATE roles SET name = $2, name_key = $3, visible_below = $4, for_new_users = $5 WHERE id = $1",
        [
            Arg::from(&role.id),
            (&role.name).into(),
            fold(&role.name).into(),
            role.visible_below.into(),
            role.for_new_users.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Removes a role, and with it that anybody holds it.
pub async fn remove(tx: &mut Tx, id: &RoleId) -> Result<bool> {
    for sql in [
        "DELETE FROM role_privileges WHERE role_id = $1",
        "DELETE FROM role_teams WHERE role_id = $1",
    ] {
        tx.run(sql, [id.into()]).await?;
    }
    let sql = "DELETE FROM roles WHERE id = $1 AND NOT built_in";
    Ok(tx.run(sql, [id.into()]).await? > 0)
}

/// Before a statement, after `shown`: the roles that may be used at a shown node, which are its own and the visible
/// ones of the nodes above.
macro_rules! usable {
    () => {
        ", above (id) AS (
             SELECT n.parent_id FROM nodes n JOIN shown ON shown.id = n.id WHERE n.parent_id IS NOT NULL
             UNION
             SELECT n.parent_id FROM nodes n JOIN above ON above.id = n.id WHERE n.parent_id IS NOT NULL
         ), usable (id) AS (
             SELECT r.id FROM roles r WHERE r.node_id IN (SELECT id FROM shown)
                OR (r.visible_below AND r.node_id IN (SELECT id FROM above))
         ) "
    };
}

/// Those that match: `$4` is the text as it was typed, `$5` its pattern, `$6` a kind.
macro_rules! matching {
    () => {
        "r.id IN (SELECT id FROM usable) AND ($4 = '' OR r.name_key LIKE $5 ESCAPE '\\' OR r.id = $4)
         AND ($6 = '' OR r.kind = $6)"
    };
}

/// A page of roles in one order.
macro_rules! page {
    ($order:literal) => {
        concat!(
            shown!(),
            usable!(),
            "SELECT r.id, r.name, r.node_id, n.name AS node_name, r.kind, r.built_in, r.visible_below, r.for_new_users,
                    (SELECT count(*) FROM role_users h JOIN users u ON u.id = h.user_id
                     WHERE h.role_id = r.id AND u.recycled_at IS NULL AND u.node_id IN (SELECT id FROM seen)) AS users,
                    (SELECT count(*) FROM role_teams h JOIN teams t ON t.id = h.team_id
                     WHERE h.role_id = r.id AND t.recycled_at IS NULL AND t.node_id IN (SELECT id FROM seen)) AS teams
             FROM roles r JOIN nodes n ON n.id = r.node_id WHERE ",
            matching!(),
            " ORDER BY ",
            $order,
            " LIMIT $7 OFFSET $8"
        )
    };
}

/// A page of the roles that may be used at the nodes where a person has a privilege.
pub async fn list(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<Vec<RoleInList>> {
    let sql = match query.sort.as_str() {
        "-name" => page!("r.name_key DESC, r.id DESC"),
        "node" => page!("n.name, n.id, r.name_key, r.id"),
        "-node" => page!("n.name DESC, n.id DESC, r.name_key DESC, r.id DESC"),
        _ => page!("r.name_key, r.id"),
    };
    let mut args = narrowed(admin, privilege, query);
    args.extend([query.limit().into(), query.offset().into()]);
    tx.all(sql, args).await
}

/// How many roles match, and how many there are without the filter.
pub async fn count(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<(i64, i64)> {
    let sql = concat!(
        shown!(),
        usable!(),
        "SELECT count(*) FROM roles r WHERE ",
        matching!()
    );
    let total = tx.number(sql, narrowed(admin, privilege, query)).await?;
    let all = tx
        .number(sql, narrowed(admin, privilege, &ListQuery::default()))
        .await?;
    Ok((total, all))
}

fn narrowed(admin: &UserId, privilege: Privilege, query: &ListQuery) -> Vec<Arg> {
    let typed = query.q.trim();
    vec![
        admin.into(),
        privilege.as_str().into(),
        query.node.into(),
        typed.into(),
        anywhere(typed).into(),
        (&query.state).into(),
    ]
}

/// Holds a role until the end of the unit of work: two units that decide about its last holder take turns.
pub async fn hold(tx: &mut Tx, role: &RoleId) -> Result<()> {
    tx.run("UPDATE roles SET name = name WHERE id = $1", [role.into()])
        .await?;
    Ok(())
}
