//! People and teams looked for together, or page after page by a position that holds.

use std::collections::HashMap;

use super::teams::{self, Members, TeamView};
use super::users::{self, UserView};
use crate::error::Result;
use crate::model::connection::Connection;
use crate::model::id::{TeamId, UserId};
use crate::model::query::{Kind, Position, Search};
use crate::store;
use crate::store::db::Db;

/// A person or a team, as SCIM shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// A person.
    Person(UserView),
    /// A team.
    Team(TeamView),
}

/// A part of what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What is in it, in order.
    pub views: Vec<View>,
    /// How many match in all.
    pub total: i64,
    /// Where the next part begins; none where this is the last.
    pub next: Option<Position>,
}

/// A part of what a connection may see of its node.
pub async fn find(
    db: &Db,
    connection: &Connection,
    search: &Search,
    members: Members,
) -> Result<Part> {
    let mut tx = db.read().await?;
    let found = store::search::find(&mut tx, connection.node_id, search).await?;
    let of = |kind: Kind| {
        let ours = found.ids.iter().filter(move |(other, _)| *other == kind);
        ours.map(|(_, id)| id.clone())
    };
    let (people, groups) = (
        of(Kind::Person).map(UserId).collect::<Vec<_>>(),
        of(Kind::Team).map(TeamId).collect::<Vec<_>>(),
    );
    let people = store::users::visible(&mut tx, connection.node_id, &people).await?;
    let groups = store::teams::visible(&mut tx, connection.node_id, &groups).await?;
    let mut views = HashMap::new();
    for view in users::views(&mut tx, people).await? {
        views.insert(view.user.id.0.clone(), View::Person(view));
    }
    for view in teams::views(&mut tx, groups, members).await? {
        views.insert(view.team.id.0.clone(), View::Team(view));
    }
    Ok(Part {
        views: found
            .ids
            .iter()
            .filter_map(|(_, id)| views.remove(id))
            .collect(),
        total: found.total,
        next: found.next,
    })
}
