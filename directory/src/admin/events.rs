//! What happened, as an administrator reads it.

use crate::access::Admin;
use crate::error::Result;
use crate::model::event::Event;
use crate::model::query::{ListQuery, Listed};
use crate::model::role::Privilege;
use crate::store::db::Db;
use crate::store::events;

/// A page of the events at the nodes where the administrator may read them, the newest first.
pub async fn list(db: &Db, admin: &Admin, query: &ListQuery) -> Result<Listed<Event>> {
    admin.require_somewhere(Privilege::ReadEvents)?;
    let mut tx = db.read().await?;
    let (total, all) = events::count(&mut tx, &admin.user_id, Privilege::ReadEvents, query).await?;
    let rows = events::list(&mut tx, &admin.user_id, Privilege::ReadEvents, query).await?;
    Ok(Listed { rows, total, all })
}
