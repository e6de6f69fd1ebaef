//! Who holds a role: people themselves, and teams for their members.

use super::db::{Arg, Tx};
use super::people::shown;
use crate::error::Result;
use crate::model::id::{NodeId, RoleId, TeamId, UserId};
use crate::model::query::ListQuery;
use crate::model::role::{Holder, HolderTeam, Privilege};

/// What the roles of somebody new ask before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// To consent.
    Consent,
    /// Nothing.
    Nothing,
}

/// Gives a role to a person; whether they did not hold it.
pub async fn give(tx: &mut Tx, role: &RoleId, user: &UserId) -> Result<bool> {
    let sql = "INSERT INTO role_users (role_id, user_id) VALUES ($1, $2) ON CONFLICT (role_id, user_id) DO NOTHING";
    Ok(tx.run(sql, [role.into(), user.into()]).await? > 0)
}

/// How many people hold a role.
pub async fn number(tx: &mut Tx, role: &RoleId) -> Result<i64> {
    tx.number(
        "SELECT count(*) FROM role_users WHERE role_id = $1",
        [role.into()],
    )
    .await
}

/// Takes a role from a person; whether they held it.
pub async fn take(tx: &mut Tx, role: &RoleId, user: &UserId) -> Result<bool> {
    let sql = "DELETE FROM role_users WHERE role_id = $1 AND user_id = $2";
    Ok(tx.run(sql, [role.into(), user.into()]).await? > 0)
}

/// Whether a person holds a role themself.
pub async fn is_held(tx: &mut Tx, role: &RoleId, user: &UserId) -> Result<bool> {
    let sql = "SELECT count(*) FROM role_users WHERE role_id = $1 AND user_id = $2";
    Ok(tx.number(sql, [role.into(), user.into()]).await? > 0)
}

/// The people who hold a role themselves.
pub async fn people(tx: &mut Tx, role: &RoleId) -> Result<Vec<(UserId,)>> {
    tx.all(
        "SELECT user_id FROM role_users WHERE role_id = $1 ORDER BY user_id",
        [role.into()],
    )
    .await
}

/// How many of them have not come in yet.
pub async fn invited(tx: &mut Tx, role: &RoleId) -> Result<i64> {
    tx.number(
        "SELECT count(*) FROM role_users h JOIN users u ON u.id = h.user_id WHERE h.role_id = $1 AND u.state = 'invited'",
        [role.into()],
    )
    .await
}

/// A page of who holds a role themself, at the nodes where a person has a privilege.
pub async fn list(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    role: &RoleId,
    query: &ListQuery,
) -> Result<Vec<Holder>> {
    let mut args = narrowed(admin, privilege, role);
    args.extend([query.limit().into(), query.offset().into()]);
    tx.all(
        concat!(
            shown!(),
            "SELECT u.id, u.label, u.login, u.node_id, n.name AS node_name, u.state, u.locked_by_admin, u.locked_by_idp,
                    u.consent, u.consent_expires_at
             FROM role_users h JOIN users u ON u.id = h.user_id JOIN nodes n ON n.id = u.node_id
             WHERE h.role_id = $4 AND u.recycled_at IS NULL AND u.node_id IN (SELECT id FROM shown)
             ORDER BY u.label_key, u.id LIMIT $5 OFFSET $6"
        ),
        args,
    )
    .await
}

/// How many they are.
pub async fn count(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    role: &RoleId,
) -> Result<i64> {
    tx.number(
        concat!(
            shown!(),
            "SELECT count(*) FROM role_users h JOIN users u ON u.id = h.user_id
             WHERE h.role_id = $4 AND u.recycled_at IS NULL AND u.node_id IN (SELECT id FROM shown)"
        ),
        narrowed(admin, privilege, role),
    )
    .await
}

fn narrowed(admin: &UserId, privilege: Privilege, role: &RoleId) -> Vec<Arg> {
    vec![
        admin.into(),
        privilege.as_str().into(),
        None::<NodeId>.into(),
        role.into(),
    ]
}

/// The columns and tables of a [`HolderTeam`].
macro_rules! holder_team {
    () => {
        "SELECT t.id, t.name, t.node_id, n.name AS node_name, t.state,
                (SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id
                 WHERE m.team_id = t.id AND m.state = 'approved' AND u.recycled_at IS NULL) AS members
         FROM teams t JOIN nodes n ON n.id = t.node_id "
    };
}

/// The teams that hold a role, at the nodes where a person has a privilege, by name.
pub async fn teams(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    role: &RoleId,
) -> Result<Vec<HolderTeam>> {
    tx.all(
        concat!(
            shown!(),
            holder_team!(),
            "WHERE t.id IN (SELECT team_id FROM role_teams WHERE role_id = $4) AND t.recycled_at IS NULL
               AND t.node_id IN (SELECT id FROM shown) ORDER BY t.name_key, t.id"
        ),
        narrowed(admin, privilege, role),
    )
    .await
}

/// The teams that do not hold a role, at the nodes where a person has a privilege, the first of them by name.
pub async fn candidates(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    role: &RoleId,
    limit: i64,
) -> Result<Vec<HolderTeam>> {
    let mut args = narrowed(admin, privilege, role);
    args.push(limit.into());
    tx.all(
        concat!(
            shown!(),
            holder_team!(),
            "WHERE t.id NOT IN (SELECT team_id FROM role_teams WHERE role_id = $4) AND t.recycled_at IS NULL
               AND t.node_id IN (SELECT id FROM shown) ORDER BY t.name_key, t.id LIMIT $5"
        ),
        args,
    )
    .await
}

/// A team as one that may hold a role.
pub async fn team(tx: &mut Tx, team: &TeamId) -> Result<Option<HolderTeam>> {
    tx.first(
        concat!(holder_team!(), "WHERE t.id = $1 AND t.recycled_at IS NULL"),
        [team.into()],
    )
    .await
}

/// Gives a role to a team; whether it did not hold it. The database refuses an administrative one (AUZ-4).
pub async fn give_team(tx: &mut Tx, role: &RoleId, team: &TeamId) -> Result<bool> {
    let sql = "INSERT INTO role_teams (role_id, team_id) VALUES ($1, $2) ON CONFLICT (role_id, team_id) DO NOTHING";
    Ok(tx.run(sql, [role.into(), team.into()]).await? > 0)
}

/// Takes a role from a team; whether it held it.
pub async fn take_team(tx: &mut Tx, role: &RoleId, team: &TeamId) -> Result<bool> {
    let sql = "DELETE FROM role_teams WHERE role_id = $1 AND team_id = $2";
    Ok(tx.run(sql, [role.into(), team.into()]).await? > 0)
}

/// Whether any team holds a role.
pub async fn has_teams(tx: &mut Tx, role: &RoleId) -> Result<bool> {
    let sql = "SELECT count(*) FROM role_teams WHERE role_id = $1";
    Ok(tx.number(sql, [role.into()]).await? > 0)
}

/// The approved members of a team by name, each with whether they hold a role in another way than by this team.
pub async fn members(tx: &mut Tx, role: &RoleId, team: &TeamId) -> Result<Vec<(String, bool)>> {
    tx.all(
        "SELECT u.label, (u.id IN (SELECT user_id FROM role_users WHERE role_id = $1)
                          OR u.id IN (SELECT o.user_id FROM memberships o JOIN role_teams rt ON rt.team_id = o.team_id
                                      JOIN teams t ON t.id = o.team_id
                                      WHERE rt.role_id = $1 AND o.team_id <> $2 AND o.state = 'approved'
                                        AND t.state = 'approved' AND t.recycled_at IS NULL)) AS otherwise
         FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.team_id = $2 AND m.state = 'approved' AND u.recycled_at IS NULL ORDER BY u.label_key, u.id",
        [role.into(), team.into()],
    )
    .await
}

/// How many members of a team wait.
pub async fn pending(tx: &mut Tx, team: &TeamId) -> Result<i64> {
    let sql = "SELECT count(*) FROM memberships m JOIN users u ON u.id = m.user_id
               WHERE m.team_id = $1 AND m.state = 'pending' AND u.recycled_at IS NULL";
    tx.number(sql, [team.into()]).await
}

/// Gives somebody new the roles of their node that new people hold from the beginning, and those of the nodes above
/// that are visible there (17.4); whether one of them asks for a consent.
pub async fn give_to_new(tx: &mut Tx, user: &UserId, node: NodeId) -> Result<Asks> {
    let given = tx
        .all::<(i64,)>(
        "INSERT INTO role_users (role_id, user_id)
         WITH RECURSIVE up (id, height) AS (
             SELECT CAST($2 AS BIGINT), CAST(0 AS BIGINT)
             UNION ALL
             SELECT n.parent_id, up.height + 1 FROM up JOIN nodes n ON n.id = up.id WHERE n.parent_id IS NOT NULL
         )
         SELECT r.id, $1 FROM roles r JOIN up ON up.id = r.node_id
         WHERE r.for_new_users AND r.kind = 'ordinary' AND (up.height = 0 OR r.visible_below)
         ON CONFLICT (role_id, user_id) DO NOTHING
         RETURNING CAST(CASE WHEN EXISTS (SELECT 1 FROM role_policies p WHERE p.role_id = role_users.role_id
                                            AND p.policy = 'transfer_consent') THEN 1 ELSE 0 END AS BIGINT)",
        [user.into(), node.into()],
    )
    .await?;
    Ok(if given.contains(&(1,)) {
        Asks::Consent
    } else {
        Asks::Nothing
    })
}
