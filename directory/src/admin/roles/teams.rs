//! Teams that hold a role for their members: what that would change, and the change (behaviour.md SYS-14).

use super::{details, is_for, seen, usable_at};
use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Code, Target};
use crate::model::id::{RoleId, TeamId};
use crate::model::role::{HolderTeam, Privilege, Role, RoleInList, TeamPreview};
use crate::model::team::Team;
use crate::store::db::{Db, Tx};
use crate::store::{consents, events, holders, roles, rosters};

/// The sentence of the source (14.3).
pub const NOT_FOR_TEAMS: &str =
    "Teams cannot be assigned to roles with administrative permissions.";
/// What a role hears that teams hold (B-78).
pub const HELD_BY_TEAMS: &str = "This role is mapped to a team and cannot become administrative.";
const THIS: Error = Error::NotFound("This team");
/// How many teams are offered to choose from; a team's own page offers the roles.
const CANDIDATES: i64 = 500;
/// How many people a preview names.
const NAMED: usize = 8;

/// The roles a team holds, and those it may come to hold, as far as the administrator manages roles there; else none.
pub async fn of_team(
    db: &Db,
    admin: &Admin,
    team: &TeamId,
) -> Result<(Vec<RoleInList>, Vec<RoleInList>)> {
    let mut tx = db.read().await?;
    let found = rosters::find(&mut tx, team).await?;
    let Some(team) = found.filter(|team| admin.may(Privilege::ManageRoles, team.node_id)) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let held = roles::of_team(&mut tx, &team.id).await?;
    let usable = usable_at(&mut tx, admin, team.node_id).await?;
    Ok(usable.into_iter().partition(|one| held.contains(&one.id)))
}

/// What would change for whom if a team came to hold a role, or held it no longer. Changes nothing.
///
/// # Errors
/// As [`give`].
pub async fn preview(db: &Db, admin: &Admin, id: &RoleId, team: &TeamId) -> Result<TeamPreview> {
    let mut tx = db.read().await?;
    let (role, _) = both(&mut tx, admin, id, team).await?;
    let found = holders::team(&mut tx, team).await?.ok_or(THIS)?;
    let held = holders::teams(&mut tx, &admin.user_id, Privilege::ManageRoles, id).await?;
    let members = holders::members(&mut tx, id, team).await?;
    let (unchanged, changed): (Vec<_>, Vec<_>) =
        members.into_iter().partition(|(_, otherwise)| *otherwise);
    let count = |some: &[(String, bool)]| i64::try_from(some.len()).unwrap_or(i64::MAX);
    Ok(TeamPreview {
        is_held: held.iter().any(|one| &one.id == team),
        changed: count(&changed),
        unchanged: count(&unchanged),
        pending: holders::pending(&mut tx, team).await?,
        first: changed.into_iter().take(NAMED).map(|one| one.0).collect(),
        role,
        team: found,
    })
}

/// Gives a role to a team: its approved members hold it, as long as they are members.
///
/// # Errors
/// `Conflict` with the sentence of the source for a role with privileges (14.3).
pub async fn give(db: &Db, admin: &Admin, id: &RoleId, team: &TeamId) -> Result<()> {
    let mut tx = db.write().await?;
    roles::hold(&mut tx, id).await?;
    let (role, team) = both(&mut tx, admin, id, team).await?;
    // The database refuses it too, for whoever is quicker than this look.
    let given = holders::give_team(&mut tx, id, &team.id).await;
    if given.map_err(|error| or_other_kind(error, NOT_FOR_TEAMS))? {
        changed(&mut tx, admin, Code::TeamRoleGiven, &role, &team).await?;
    }
    tx.commit().await
}

/// Takes a role from a team: who holds it in no other way, holds it no longer.
pub async fn take(db: &Db, admin: &Admin, id: &RoleId, team: &TeamId) -> Result<()> {
    let mut tx = db.write().await?;
    roles::hold(&mut tx, id).await?;
    let (role, team) = both(&mut tx, admin, id, team).await?;
    if holders::take_team(&mut tx, id, &team.id).await? {
        changed(&mut tx, admin, Code::TeamRoleTaken, &role, &team).await?;
    }
    tx.commit().await
}

/// The teams that could come to hold a role.
pub(super) async fn candidates(tx: &mut Tx, admin: &Admin, role: &Role) -> Result<Vec<HolderTeam>> {
    if role.is_administrative() {
        return Ok(Vec::new());
    }
    let manages = Privilege::ManageRoles;
    let mut found = holders::candidates(tx, &admin.user_id, manages, &role.id, CANDIDATES).await?;
    found.retain(|team| is_for(admin, role, team.node_id));
    Ok(found)
}

/// What is not there for the database is a role of another kind.
pub(super) fn or_other_kind(error: Error, sentence: &str) -> Error {
    match error {
        Error::NotFound(_) => Error::Conflict(sentence.to_owned()),
        other => other,
    }
}

async fn both(tx: &mut Tx, admin: &Admin, id: &RoleId, team: &TeamId) -> Result<(Role, Team)> {
    let role = seen(tx, admin, id).await?;
    let team = rosters::find(tx, team)
        .await?
        .filter(|team| admin.may(Privilege::ManageRoles, team.node_id))
        .filter(|team| is_for(admin, &role, team.node_id))
        .ok_or(THIS)?;
    if role.is_administrative() {
        return Err(Error::Conflict(NOT_FOR_TEAMS.to_owned()));
    }
    Ok((role, team))
}

async fn changed(tx: &mut Tx, admin: &Admin, code: Code, role: &Role, team: &Team) -> Result<()> {
    consents::settle_team(tx, &team.id).await?;
    let target = Target::new("team", &team.id, &team.name);
    let node = Some(team.node_id);
    events::record(tx, &admin.actor(), code, node, target, details(role)).await
}
