//! Where people are signed in, as whoever manages them sees and ends it (SES-7).

use super::users::{managed, record};
use crate::access::Admin;
use crate::error::Result;
use crate::member;
use crate::model::event::Code;
use crate::model::id::UserId;
use crate::model::session::OpenSession;
use crate::store::db::Db;
use crate::store::{people, sessions, users};

/// The browsers in which somebody is signed in; `this` is the hash of the session that asks.
pub async fn of(db: &Db, admin: &Admin, id: &UserId, this: &str) -> Result<Vec<OpenSession>> {
    let mut tx = db.read().await?;
    managed(&mut tx, admin, id).await?;
    member::open_of(&mut tx, id, this).await
}

/// Ends one session of somebody. One that is no more leaves no event.
pub async fn end(db: &Db, admin: &Admin, id: &UserId, session: &str) -> Result<()> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let user = managed(&mut tx, admin, id).await?;
    if sessions::delete_of(&mut tx, id, session).await? {
        record(&mut tx, admin, Code::SessionEnded, &user).await?;
    }
    tx.commit().await
}

/// Ends every session of somebody, also one that begins in this moment. Where there is none there is no event.
pub async fn end_all(db: &Db, admin: &Admin, id: &UserId) -> Result<()> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let user = managed(&mut tx, admin, id).await?;
    let is_any = !sessions::of(&mut tx, id).await?.is_empty();
    users::end_sessions(&mut tx, id).await?;
    if is_any {
        record(&mut tx, admin, Code::SessionsEnded, &user).await?;
    }
    tx.commit().await
}
