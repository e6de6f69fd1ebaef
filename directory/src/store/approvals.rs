//! Teams and memberships that wait for a decision, and the decisions.

use super::db::{Arg, Tx};
use super::people::shown;
use super::rosters::{of_membership, team_in_list};
use crate::error::Result;
use crate::model::id::{NodeId, TeamId, UserId};
use crate::model::membership::Membership;
use crate::model::role::Privilege;
use crate::model::team::{Decision, TeamInList, Via};

/// The tables of a [`Membership`], team by team in the order of their names: where only the first of
/// very many are shown, nothing is sorted (SQLite keeps the order of a CROSS JOIN).
macro_rules! team_by_team {
    () => {
        "FROM teams t CROSS JOIN memberships m CROSS JOIN users u LEFT JOIN connections c ON c.node_id = t.node_id
         WHERE m.team_id = t.id AND u.id = m.user_id AND m.state = 'pending' AND t.recycled_at IS NULL
           AND u.recycled_at IS NULL AND +t.node_id IN (SELECT id FROM shown) "
    };
}

/// A person `u` whose membership can be approved.
macro_rules! may_join {
    () => {
        " u.state = 'active' AND NOT u.locked_by_admin AND NOT u.locked_by_idp AND u.consent <> 'not_accepted' \
          AND u.recycled_at IS NULL "
    };
}

/// The pending teams at the nodes where a person has a privilege, by name.
pub async fn pending_teams(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    limit: i64,
) -> Result<Vec<TeamInList>> {
    tx.all(
        concat!(
            shown!(),
            team_in_list!(),
            "WHERE t.state = 'pending' AND t.recycled_at IS NULL AND t.node_id IN (SELECT id FROM shown)
             ORDER BY t.name_key, t.id LIMIT $4"
        ),
        [admin.into(), privilege.as_str().into(), None::<NodeId>.into(), limit.into()],
    )
    .await
}

/// The pending memberships of teams that are pending or approved, whose people may join, by team.
pub async fn ready(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    limit: i64,
) -> Result<Vec<Membership>> {
    tx.all(
        concat!(
            shown!(),
            of_membership!(),
            team_by_team!(),
            "AND t.state <> 'denied' AND",
            may_join!(),
            "ORDER BY t.name_key, t.id, m.user_id LIMIT $4"
        ),
        queue(admin, privilege, limit),
    )
    .await
}

/// The pending memberships that nobody can approve yet, by team.
pub async fn waiting(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    limit: i64,
) -> Result<Vec<Membership>> {
    tx.all(
        concat!(
            shown!(),
            of_membership!(),
            team_by_team!(),
            "AND NOT (t.state <> 'denied' AND",
            may_join!(),
            ") ORDER BY t.name_key, t.id, m.user_id LIMIT $4"
        ),
        queue(admin, privilege, limit),
    )
    .await
}

fn queue(admin: &UserId, privilege: Privilege, limit: i64) -> [Arg; 4] {
    [
        admin.into(),
        privilege.as_str().into(),
        None::<NodeId>.into(),
        limit.into(),
    ]
}

/// How many pending memberships there are by reason, were every pending team approved: words of
/// [`crate::model::membership::Reason`].
pub async fn reasons(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
) -> Result<Vec<(String, i64)>> {
    tx.all(
        concat!(
            shown!(),
            "SELECT reason, count(*) FROM (
                 SELECT CASE WHEN t.state = 'denied' THEN 'team_denied'
                             WHEN u.state = 'invited' THEN 'person_invited'
                             WHEN u.locked_by_admin OR u.locked_by_idp THEN 'person_locked'
                             WHEN u.consent = 'not_accepted' THEN 'consent_missing'
                             ELSE 'ready' END AS reason
                 FROM memberships m JOIN teams t ON t.id = m.team_id JOIN users u ON u.id = m.user_id
                 WHERE m.state = 'pending' AND t.recycled_at IS NULL AND u.recycled_at IS NULL AND t.node_id IN (SELECT id FROM shown)
             ) waiting GROUP BY reason"
        ),
        [admin.into(), privilege.as_str().into(), None::<NodeId>.into()],
    )
    .await
}

/// How many teams are pending, and how many memberships of approved teams can be approved now.
pub async fn can_be_approved(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
) -> Result<(i64, i64)> {
    let found = tx
        .first(
            concat!(
                shown!(),
                "SELECT (SELECT count(*) FROM teams t
                         WHERE t.state = 'pending' AND t.recycled_at IS NULL AND t.node_id IN (SELECT id FROM shown)),
                        (SELECT count(*) FROM memberships m JOIN teams t ON t.id = m.team_id JOIN users u ON u.id = m.user_id
                         WHERE m.state = 'pending' AND t.state <> 'denied' AND t.recycled_at IS NULL
                           AND t.node_id IN (SELECT id FROM shown) AND",
                may_join!(),
                ")"
            ),
            [admin.into(), privilege.as_str().into(), None::<NodeId>.into()],
        )
        .await?;
    Ok(found.unwrap_or_default())
}

/// The teams at the nodes where a person has a privilege that are pending, or have a member that may
/// join; in the order of their ids, so that two units of work that decide about them never wait for
/// each other in a ring.
pub async fn teams_to_decide(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
) -> Result<Vec<(TeamId,)>> {
    tx.all(
        concat!(
            shown!(),
            "SELECT t.id FROM teams t
             WHERE t.recycled_at IS NULL AND t.node_id IN (SELECT id FROM shown)
               AND (t.state = 'pending'
                    OR (t.state = 'approved' AND EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
                                                         WHERE m.team_id = t.id AND m.state = 'pending' AND",
            may_join!(),
            "))) ORDER BY t.id"
        ),
        [admin.into(), privilege.as_str().into(), None::<NodeId>.into()],
    )
    .await
}

/// The approved teams a person is an approved member of, where somebody else may join; in the order of their ids.
pub async fn teams_to_let_in(tx: &mut Tx, member: &UserId) -> Result<Vec<(TeamId,)>> {
    tx.all(
        concat!(
            "SELECT t.id FROM memberships own JOIN teams t ON t.id = own.team_id
             WHERE own.user_id = $1 AND own.state = 'approved' AND t.state = 'approved' AND t.recycled_at IS NULL
               AND EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
                           WHERE m.team_id = t.id AND m.state = 'pending' AND m.user_id <> $1 AND",
            may_join!(),
            ") ORDER BY t.id"
        ),
        [member.into()],
    )
    .await
}

/// Approves a team that is in one of two states; the team if it was.
pub async fn approve_team(
    tx: &mut Tx,
    team: &TeamId,
    from: Decision,
    or: Decision,
    by: &str,
    via: Via,
) -> Result<Option<(NodeId, String)>> {
    let now = tx.now();
    tx.first(
        "UPDATE teams SET state = 'approved', decided_at = $4, decided_by = $5, decided_via = $6
         WHERE id = $1 AND state IN ($2, $3) AND recycled_at IS NULL RETURNING node_id, name",
        [
            team.into(),
            from.as_str().into(),
            or.as_str().into(),
            now.into(),
            by.into(),
            via.as_str().into(),
        ],
    )
    .await
}

/// Denies a pending team; whether it was pending.
pub async fn deny_team(tx: &mut Tx, team: &TeamId, by: &str, via: Via) -> Result<bool> {
    let now = tx.now();
    let denied = tx
        .run(
            "UPDATE teams SET state = 'denied', decided_at = $2, decided_by = $3, decided_via = $4
             WHERE id = $1 AND state = 'pending' AND recycled_at IS NULL",
            [team.into(), now.into(), by.into(), via.as_str().into()],
        )
        .await?;
    Ok(denied > 0)
}

/// Approves the pending memberships of an approved team whose people may join, but one; who they are.
pub async fn approve_members(
    tx: &mut Tx,
    team: &TeamId,
    but: Option<&UserId>,
    by: &str,
    via: Via,
) -> Result<Vec<(UserId,)>> {
    let now = tx.now();
    tx.all(
        concat!(
            "UPDATE memberships SET state = 'approved', decided_at = $3, decided_by = $4, decided_via = $5
             WHERE team_id = $1 AND state = 'pending' AND user_id <> $2
               AND EXISTS (SELECT 1 FROM teams t WHERE t.id = $1 AND t.state = 'approved' AND t.recycled_at IS NULL)
               AND EXISTS (SELECT 1 FROM users u WHERE u.id = memberships.user_id AND",
            may_join!(),
            ") RETURNING user_id"
        ),
        [team.into(), but.map_or("", UserId::as_str).into(), now.into(), by.into(), via.as_str().into()],
    )
    .await
}

/// Approves one membership, pending or denied, of an approved team if its person may join; whether it did.
pub async fn approve_member(
    tx: &mut Tx,
    team: &TeamId,
    user: &UserId,
    by: &str,
    via: Via,
) -> Result<bool> {
    let now = tx.now();
    let approved = tx
        .run(
            concat!(
                "UPDATE memberships SET state = 'approved', decided_at = $3, decided_by = $4, decided_via = $5
                 WHERE team_id = $1 AND user_id = $2 AND state <> 'approved'
                   AND EXISTS (SELECT 1 FROM teams t WHERE t.id = $1 AND t.state = 'approved' AND t.recycled_at IS NULL)
                   AND EXISTS (SELECT 1 FROM users u WHERE u.id = $2 AND",
                may_join!(),
                ")"
            ),
            [team.into(), user.into(), now.into(), by.into(), via.as_str().into()],
        )
        .await?;
    Ok(approved > 0)
}

/// Denies a pending membership; whether it was pending.
pub async fn deny_member(
    tx: &mut Tx,
    team: &TeamId,
    user: &UserId,
    by: &str,
    via: Via,
) -> Result<bool> {
    let now = tx.now();
    let denied = tx
        .run(
            "UPDATE memberships SET state = 'denied', decided_at = $3, decided_by = $4, decided_via = $5
             WHERE team_id = $1 AND user_id = $2 AND state = 'pending'",
            [team.into(), user.into(), now.into(), by.into(), via.as_str().into()],
        )
        .await?;
    Ok(denied > 0)
}

/// Whether any membership that an identity provider asked for has been approved.
pub async fn any_approved(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT CAST(CASE WHEN EXISTS (SELECT 1 FROM memberships WHERE state = 'approved' AND source = 'scim') THEN 1 ELSE 0 END AS BIGINT)";
    Ok(tx.number(sql, []).await? > 0)
}
