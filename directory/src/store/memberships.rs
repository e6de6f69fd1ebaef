//! Who is in which team, as provisioning sees it.

use super::db::{Arg, Tx};
use super::losses::EndedMembership;
use super::search;
use crate::error::Result;
use crate::model::id::{TeamId, UserId};

/// The columns of an [`EndedMembership`].
macro_rules! ended {
    () => {
        "team_id, user_id, state, source, requested_at, decided_at, decided_by, decided_via"
    };
}

/// Asks for memberships; those that are new. Denied and decided ones stay as they are.
pub async fn request(tx: &mut Tx, pairs: &[(TeamId, UserId)]) -> Result<Vec<(TeamId, UserId)>> {
    let now = tx.now();
    let rows = pairs
        .iter()
        .map(|(team, user)| {
            vec![
                Arg::from(team),
                user.into(),
                "pending".into(),
                "scim".into(),
                now.into(),
            ]
        })
        .collect();
    tx.insert_many(
        "INSERT INTO memberships (team_id, user_id, state, source, requested_at) VALUES",
        "ON CONFLICT (team_id, user_id) DO NOTHING RETURNING team_id, user_id",
        rows,
    )
    .await
}

/// Ends memberships of a team; those that were there, as they were.
pub async fn remove(tx: &mut Tx, team: &TeamId, users: &[UserId]) -> Result<Vec<EndedMembership>> {
    let mut removed = Vec::new();
    for chunk in users.chunks(search::CHUNK) {
        let rows = search::among(
            tx,
            "DELETE FROM memberships WHERE team_id = $1 AND user_id IN",
            concat!("RETURNING ", ended!()),
            vec![team.into()],
            chunk,
        )
        .await?;
        removed.extend(rows);
    }
    Ok(removed)
}

/// Ends every membership of somebody; those that were there, as they were.
pub async fn remove_all_of(tx: &mut Tx, user: &UserId) -> Result<Vec<EndedMembership>> {
    tx.all(
        concat!(
            "DELETE FROM memberships WHERE user_id = $1 RETURNING ",
            ended!()
        ),
        [user.into()],
    )
    .await
}

/// How many memberships a team has, decided or not.
pub async fn count(tx: &mut Tx, team: &TeamId) -> Result<i64> {
    tx.number(
        "SELECT count(*) FROM memberships WHERE team_id = $1",
        [team.into()],
    )
    .await
}

/// The members of a team that a connection may see: id and name, in the order of the ids.
pub async fn of_team(tx: &mut Tx, team: &TeamId) -> Result<Vec<(UserId, String)>> {
    tx.all(
        "SELECT u.id, u.label FROM memberships m JOIN users u ON u.id = m.user_id
         WHERE m.team_id = $1 AND NOT u.hidden_from_connection AND u.recycled_at IS NULL ORDER BY u.id",
        [team.into()],
    )
    .await
}

/// The members of these teams that a connection may see: team, id and name.
pub async fn of_teams(tx: &mut Tx, teams: &[TeamId]) -> Result<Vec<(TeamId, UserId, String)>> {
    let mut found = Vec::new();
    for chunk in teams.chunks(search::CHUNK) {
        found.extend(
            search::among(
                tx,
                "SELECT m.team_id, u.id, u.label FROM memberships m JOIN users u ON u.id = m.user_id
                 WHERE NOT u.hidden_from_connection AND u.recycled_at IS NULL AND m.team_id IN",
                "ORDER BY m.team_id, u.id",
                vec![],
                chunk,
            )
            .await?,
        );
    }
    Ok(found)
}
