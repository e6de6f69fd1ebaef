//! How mail fares, for an administrator to read; and a mail to oneself, to try it.

use crate::access::Admin;
use crate::delivery::TROUBLE;
use crate::error::{Error, Result};
use crate::model::event::{Code, Target};
use crate::model::id::NodeId;
use crate::model::letter::{Letter, Way, plain_name};
use crate::model::mail::{Failure, MailState};
use crate::model::role::Privilege;
use crate::model::timestamp::{HOUR, Timestamp};
use crate::store::db::Db;
use crate::store::{events, nodes, outbox, settings};

/// The kind of a test mail.
const TEST: &str = "test";
/// How many test mails an administrator gets within an hour.
const AN_HOUR: i64 = 3;
/// How many failures are shown.
const SHOWN: i64 = 10;

/// How mail fares now.
pub async fn state(db: &Db, admin: &Admin) -> Result<MailState> {
    admin.require(Privilege::ManageUsers, NodeId::ROOT)?;
    let mut tx = db.read().await?;
    let trouble = settings::get(&mut tx, TROUBLE).await?;
    let failures = outbox::given_up(&mut tx, SHOWN).await?;
    Ok(MailState {
        trouble: trouble.and_then(|said| {
            let (since, why) = said.split_once(' ')?;
            Some((Timestamp(since.parse().ok()?), why.to_owned()))
        }),
        waiting: outbox::waiting(&mut tx).await?,
        left_last: outbox::left_last(&mut tx).await?,
        failures: failures
            .into_iter()
            .map(|mail| Failure {
                user_id: mail.user_id,
                label: mail.label,
                recipient: mail.recipient,
                at: mail.failed_at,
                trouble: mail.trouble,
            })
            .collect(),
    })
}

/// Puts a mail to the administrator into the outbox, to see whether it arrives.
///
/// # Errors
/// `Conflict` after too many within the hour.
pub async fn send_test(db: &Db, admin: &Admin) -> Result<()> {
    admin.require(Privilege::ManageUsers, NodeId::ROOT)?;
    let mut tx = db.write().await?;
    let to = outbox::recipient(&mut tx, &admin.user_id)
        .await?
        .ok_or(Error::NotFound("This person"))?;
    let hour_ago = tx.now().plus(-HOUR);
    if outbox::written_since(&mut tx, &to.id, TEST, hour_ago).await? >= AN_HOUR {
        return Err(Error::Conflict(format!(
            "You asked for {AN_HOUR} test mails within the hour. Wait a while."
        )));
    }
    let organisation = nodes::root(&mut tx).await?.map(|root| root.name);
    outbox::tell(&mut tx, &to, TEST, &test(&organisation.unwrap_or_default())).await?;
    let target = Target::new("user", &admin.user_id, &admin.name);
    let actor = admin.actor();
    events::record(
        &mut tx,
        &actor,
        Code::MailTested,
        Some(NodeId::ROOT),
        target,
        "{}".to_owned(),
    )
    .await?;
    tx.commit().await
}

fn test(organisation: &str) -> Letter {
    let organisation = plain_name(organisation, "your organisation");
    Letter {
        subject: format!("A test mail from Muster at {organisation}"),
        heading: "Mail arrives".to_owned(),
        paragraphs: vec![
            "You asked for this mail on the settings page. Invitations and alerts leave by the same way.".to_owned(),
        ],
        way: Some(Way {
            words: "Open settings".to_owned(),
            page: "/settings".to_owned(),
        }),
        note: "Nobody else got this mail.".to_owned(),
    }
}
