//! Teams and memberships, as the console lists them.

use super::db::{Arg, Tx};
use super::people::shown;
use crate::error::Result;
use crate::model::id::{TeamId, UserId};
use crate::model::membership::Membership;
use crate::model::query::ListQuery;
use crate::model::role::Privilege;
use crate::model::team::{Team, TeamInList};
use crate::text::anywhere;

/// The columns of a [`Team`], of the table called `t`.
macro_rules! team {
    () => {
        "t.id, t.node_id, t.name, t.external_id, t.state, t.linked, t.version, t.created_at, t.updated_at, \
         t.decided_at, t.decided_by, t.decided_via"
    };
}

/// The columns and tables of a [`TeamInList`].
macro_rules! team_in_list {
    () => {
        "SELECT t.id, t.name, t.node_id, n.name AS node_name, t.state, CASE WHEN t.linked THEN c.name END AS kept_by,
                (SELECT count(*) FROM memberships m WHERE m.team_id = t.id AND m.state = 'approved') AS members,
                (SELECT count(*) FROM memberships m WHERE m.team_id = t.id AND m.state = 'pending') AS pending, t.created_at
         FROM teams t JOIN nodes n ON n.id = t.node_id LEFT JOIN connections c ON c.node_id = t.node_id "
    };
}
pub(super) use team_in_list;

/// The columns of a [`Membership`].
macro_rules! of_membership {
    () => {
        "SELECT m.team_id, t.name AS team_name, t.state AS team_state, m.user_id, u.label AS user_label, u.login,
                u.state AS user_state, u.locked_by_admin, u.locked_by_idp, u.consent, u.consent_expires_at, m.state,
                CASE WHEN m.source = 'scim' THEN coalesce(c.name, 'SCIM') END AS asked_by,
                m.requested_at, m.decided_at, m.decided_by, m.decided_via "
    };
}
pub(super) use of_membership;

/// The tables of a [`Membership`], from whichever side it is looked for.
macro_rules! joined {
    () => {
        "FROM memberships m JOIN teams t ON t.id = m.team_id JOIN users u ON u.id = m.user_id
         LEFT JOIN connections c ON c.node_id = t.node_id "
    };
}

/// The teams of the shown nodes that match: `$4` is the text as it was typed, `$5` its pattern, `$6` a state.
macro_rules! matching {
    () => {
        " WHERE t.node_id IN (SELECT id FROM shown) AND t.recycled_at IS NULL
           AND ($4 = '' OR t.name_key LIKE $5 ESCAPE '\\' OR t.id = $4 OR t.external_id = $4)
           AND ($6 = '' OR t.state = $6)"
    };
}

/// A page of teams in one order.
macro_rules! page {
    ($order:literal) => {
        concat!(
            shown!(),
            team_in_list!(),
            "WHERE t.id IN (SELECT t.id FROM teams t JOIN nodes n ON n.id = t.node_id",
            matching!(),
            " ORDER BY ",
            $order,
            " LIMIT $7 OFFSET $8) ORDER BY ",
            $order
        )
    };
}

/// A page of the teams at the nodes where a person has a privilege.
pub async fn list(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<Vec<TeamInList>> {
    let sql = match query.sort.as_str() {
        "-name" => page!("t.name_key DESC, t.id DESC"),
        "node" => page!("n.name, n.id, t.name_key, t.id"),
        "-node" => page!("n.name DESC, n.id DESC, t.name_key DESC, t.id DESC"),
        "status" | "state" => page!("t.state, t.name_key, t.id"),
        "-status" | "-state" => page!("t.state DESC, t.name_key DESC, t.id DESC"),
        "members" => page!(
            "(SELECT count(*) FROM memberships m WHERE m.team_id = t.id AND m.state = 'approved'), t.id"
        ),
        "-members" => page!(
            "(SELECT count(*) FROM memberships m WHERE m.team_id = t.id AND m.state = 'approved') DESC, t.id DESC"
        ),
        "created" => page!("t.created_at, t.id"),
        "-created" => page!("t.created_at DESC, t.id DESC"),
        _ => page!("t.name_key, t.id"),
    };
    let mut args = narrowed(admin, privilege, query);
    args.extend([query.limit().into(), query.offset().into()]);
    tx.all(sql, args).await
}

/// How many teams match, and how many there are without the filter.
pub async fn count(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<(i64, i64)> {
    let sql = concat!(shown!(), "SELECT count(*) FROM teams t", matching!());
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

/// A team that was not removed, wherever it is.
pub async fn find(tx: &mut Tx, id: &TeamId) -> Result<Option<Team>> {
    tx.first(
        concat!(
            "SELECT ",
            team!(),
            " FROM teams t WHERE t.id = $1 AND t.recycled_at IS NULL"
        ),
        [id.into()],
    )
    .await
}

/// As [`find`], and nobody else changes the team or its members before this unit of work ends.
pub async fn hold(tx: &mut Tx, id: &TeamId) -> Result<Option<Team>> {
    tx.run(
        "UPDATE teams SET version = version WHERE id = $1",
        [id.into()],
    )
    .await?;
    find(tx, id).await
}

/// The memberships of a team, by name.
pub async fn of_team(tx: &mut Tx, team: &TeamId) -> Result<Vec<Membership>> {
    let sql = concat!(
        of_membership!(),
        joined!(),
        "WHERE m.team_id = $1 AND u.recycled_at IS NULL ORDER BY u.label_key, u.id"
    );
    tx.all(sql, [team.into()]).await
}

/// The memberships of a person, by the name of the team.
pub async fn of_user(tx: &mut Tx, user: &UserId) -> Result<Vec<Membership>> {
    let sql = concat!(
        of_membership!(),
        joined!(),
        "WHERE m.user_id = $1 AND t.recycled_at IS NULL ORDER BY t.name_key, t.id"
    );
    tx.all(sql, [user.into()]).await
}

/// One membership.
pub async fn membership(tx: &mut Tx, team: &TeamId, user: &UserId) -> Result<Option<Membership>> {
    let sql = concat!(
        of_membership!(),
        joined!(),
        "WHERE m.team_id = $1 AND m.user_id = $2 AND t.recycled_at IS NULL AND u.recycled_at IS NULL"
    );
    tx.first(sql, [team.into(), user.into()]).await
}
