//! What a signed-in person may see and do for themself.

use serde_json::json;

use crate::error::{Error, Result};
use crate::model::event::{Actor, ActorKind, Code, Target};
use crate::model::membership::Membership;
use crate::model::user::User;
use crate::store::db::Db;
use crate::store::{events, identities, rosters};

/// Their places in teams, pending ones with the reason.
pub async fn teams(db: &Db, user: &User) -> Result<Vec<Membership>> {
    let mut tx = db.read().await?;
    rosters::of_user(&mut tx, &user.id).await
}

/// Connects an account at an identity provider to the person who is signed in and proved it too: the
/// way of administrators, whom nothing connects by their address (OID-3).
///
/// # Errors
/// `Conflict` where the account belongs to somebody else.
pub async fn connect(db: &Db, user: &User, issuer: &str, subject: &str) -> Result<()> {
    let mut tx = db.write().await?;
    if identities::insert(&mut tx, issuer, subject, &user.id).await? {
        let actor = Actor {
            kind: ActorKind::User,
            id: Some(user.id.0.clone()),
            name: user.label.clone(),
        };
        let target = Target::new("user", &user.id, &user.label);
        let details = json!({ "issuer": issuer }).to_string();
        events::record(
            &mut tx,
            &actor,
            Code::IdentityLinked,
            Some(user.node_id),
            target,
            details,
        )
        .await?;
    } else if identities::find(&mut tx, issuer, subject).await?.as_ref() != Some(&user.id) {
        return Err(Error::Conflict(
            "This account is connected to somebody else.".to_owned(),
        ));
    }
    tx.commit().await
}
