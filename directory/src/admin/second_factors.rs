//! The second factor of somebody whose telephone is gone, as whoever manages them sees and removes it.

use super::users::{managed, record};
use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::Code;
use crate::model::id::UserId;
use crate::model::second_factor::SecondFactor;
use crate::store::db::Db;
use crate::store::{people, roles, second_factors, users};

/// The second factor of somebody; none where they have none.
pub async fn of(db: &Db, admin: &Admin, id: &UserId) -> Result<Option<SecondFactor>> {
    let mut tx = db.read().await?;
    managed(&mut tx, admin, id).await?;
    second_factors::shown(&mut tx, id).await
}

/// Removes the second factor of somebody, whose sessions end. Where there is none it changes nothing.
///
/// # Errors
/// `Forbidden` for one's own, and for that of somebody who may do more than the administrator.
pub async fn remove(db: &Db, admin: &Admin, id: &UserId) -> Result<()> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let user = managed(&mut tx, admin, id).await?;
    if user.id == admin.user_id {
        let sentence = "Your own second factor you remove on the page of your account.";
        return Err(Error::Forbidden(sentence.to_owned()));
    }
    if !admin.covers(&roles::privileges(&mut tx, id).await?) {
        let sentence = format!(
            "{} may do what you may not. Ask an administrator who may do all of it.",
            user.label
        );
        return Err(Error::Forbidden(sentence));
    }
    if second_factors::remove(&mut tx, id).await? {
        users::end_sessions(&mut tx, id).await?;
        record(&mut tx, admin, Code::SecondFactorRemoved, &user).await?;
    }
    tx.commit().await
}
