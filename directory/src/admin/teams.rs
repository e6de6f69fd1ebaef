//! Teams, as an administrator lists them.

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::Event;
use crate::model::id::TeamId;
use crate::model::query::{ListQuery, Listed};
use crate::model::role::Privilege;
use crate::model::team::{Team, TeamInList};
use crate::store::db::{Db, Tx};
use crate::store::{connections, events, nodes, rosters};

pub use crate::model::team::TeamDetail;

const THIS: Error = Error::NotFound("This team");
/// How many events the page of a team shows.
const EVENTS: i64 = 20;

/// A page of the teams the administrator manages.
pub async fn list(db: &Db, admin: &Admin, query: &ListQuery) -> Result<Listed<TeamInList>> {
    admin.require_somewhere(Privilege::ManageTeams)?;
    let mut tx = db.read().await?;
    let (total, all) =
        rosters::count(&mut tx, &admin.user_id, Privilege::ManageTeams, query).await?;
    let rows = rosters::list(&mut tx, &admin.user_id, Privilege::ManageTeams, query).await?;
    Ok(Listed { rows, total, all })
}

/// A team with what its page shows.
pub async fn get(db: &Db, admin: &Admin, id: &TeamId) -> Result<TeamDetail> {
    let mut tx = db.read().await?;
    let team = managed(admin, rosters::find(&mut tx, id).await?)?;
    let path = nodes::path(&mut tx, team.node_id).await?;
    let node = path.last().cloned().ok_or(THIS)?;
    let kept_by = connections::find(&mut tx, team.node_id)
        .await?
        .filter(|_| team.linked)
        .map(|connection| connection.name);
    let members = rosters::of_team(&mut tx, id).await?;
    let events = events_of(&mut tx, admin, &team).await?;
    Ok(TeamDetail {
        team,
        node,
        path: admin.path(path),
        kept_by,
        members,
        events,
    })
}

/// A team that the administrator manages. Every other is not there (AUZ-3).
pub(crate) fn managed(admin: &Admin, found: Option<Team>) -> Result<Team> {
    found
        .filter(|team| admin.may(Privilege::ManageTeams, team.node_id))
        .ok_or(THIS)
}

async fn events_of(tx: &mut Tx, admin: &Admin, team: &Team) -> Result<Vec<Event>> {
    if admin.may(Privilege::ReadEvents, team.node_id) {
        events::of(tx, team.id.as_str(), EVENTS).await
    } else {
        Ok(Vec::new())
    }
}
