//! More time to consent, as an administrator gives it (U14).

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::consent::Consent;
use crate::model::event::{Code, Target};
use crate::model::id::UserId;
use crate::model::role::Privilege;
use crate::model::timestamp::Timestamp;
use crate::model::user::User;
use crate::store::db::Db;
use crate::store::{consents, events, people, users};

/// Gives somebody seven days more to consent; until when. Each time is seven days more.
///
/// # Errors
/// `NotFound` for somebody the administrator knows nothing of, `Forbidden` without the privilege; `Conflict` where
/// nothing is asked of them, or no time is counted.
pub async fn extend(db: &Db, admin: &Admin, id: &UserId) -> Result<Timestamp> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, id).await?;
    let found = users::find(&mut tx, id).await?;
    let user = found
        .filter(|user| user.recycled_at.is_none() && admin.sees(user.node_id))
        .ok_or(Error::NotFound("This person"))?;
    admin.require(Privilege::TransferConsent, user.node_id)?;
    let end = consents::extend(&mut tx, id)
        .await?
        .ok_or_else(|| Error::Conflict(why_not(&user)))?;
    let target = Target::new("user", &user.id, &user.label);
    let details = json!({ "until": end }).to_string();
    let (actor, code) = (admin.actor(), Code::ConsentExtended);
    events::record(&mut tx, &actor, code, Some(user.node_id), target, details).await?;
    tx.commit().await?;
    Ok(end)
}

fn why_not(user: &User) -> String {
    let name = &user.label;
    match user.consent {
        Consent::Undefined => format!("No role asks {name} to consent."),
        Consent::Accepted => format!("{name} has consented already."),
        Consent::NotAccepted => format!("No time is counted for {name} yet."),
    }
}
