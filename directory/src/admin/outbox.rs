//! The mails that wait to be sent, for an administrator to read.

use crate::access::Admin;
use crate::error::Result;
use crate::model::id::NodeId;
use crate::model::role::Privilege;
use crate::store::db::Db;
use crate::store::outbox::{self, Mail};

/// The latest mails to anybody, the newest first.
pub async fn latest(db: &Db, admin: &Admin, limit: i64) -> Result<Vec<Mail>> {
    admin.require(Privilege::ManageUsers, NodeId::ROOT)?;
    let mut tx = db.read().await?;
    outbox::latest(&mut tx, limit.clamp(1, 1_000)).await
}
