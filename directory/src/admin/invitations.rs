//! What a node says in its invitations, and whether they are sent by themselves: as an administrator sets it.

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::invitation::words_at;
use crate::model::event::{Code, Target};
use crate::model::id::NodeId;
use crate::model::invitation::{NodeWording, Wording, Words, mistake};
use crate::model::role::Privilege;
use crate::store::db::Db;
use crate::store::{events, invitations, nodes};

const THIS: Error = Error::NotFound("This node");
/// How many days may pass before invitations are sent again by themselves.
const MOST_DAYS: i64 = 90;

/// What a node says, and what would hold if it said nothing.
pub async fn wording(db: &Db, admin: &Admin, id: NodeId) -> Result<NodeWording> {
    let mut tx = db.read().await?;
    let node = nodes::find(&mut tx, id).await?;
    let node = node.filter(|_| admin.sees(id)).ok_or(THIS)?;
    let organisation = nodes::root(&mut tx).await?.ok_or(THIS)?.name;
    let mut above = Words::default();
    let mut own = Wording::default();
    for (at, said) in invitations::said_by(&mut tx, id).await? {
        if at == id {
            own = said;
        } else {
            above = above.with(&said);
        }
    }
    Ok(NodeWording {
        organisation,
        node: node.name,
        own,
        above,
    })
}

/// Sets what a node says; what is empty is as the node above has it.
///
/// # Errors
/// `Invalid` for a text that is too long or holds a link (INV-3).
pub async fn save(db: &Db, admin: &Admin, id: NodeId, wanted: Wording) -> Result<()> {
    admin.require(Privilege::ManageNodes, id)?;
    let wanted = checked(wanted)?;
    let mut tx = db.write().await?;
    let node = nodes::find(&mut tx, id).await?.ok_or(THIS)?;
    nodes::hold(&mut tx, id).await?;
    let said = invitations::said_by(&mut tx, id).await?;
    let before = said.into_iter().find(|(at, _)| *at == id);
    if before.map(|(_, own)| own).unwrap_or_default() != wanted {
        invitations::say(&mut tx, id, &wanted).await?;
        let name = format!("Invitations of {}", node.name);
        let target = Target::new("setting", format!("invitations_{id}"), name);
        let details = serde_json::to_string(&words_at(&mut tx, id).await?)
            .map_err(|error| Error::Store(error.to_string()))?;
        let actor = admin.actor();
        events::record(
            &mut tx,
            &actor,
            Code::SettingChanged,
            Some(id),
            target,
            details,
        )
        .await?;
    }
    tx.commit().await
}

fn checked(wanted: Wording) -> Result<Wording> {
    let days = wanted.again_after_days;
    if days.is_some_and(|days| !(0..=MOST_DAYS).contains(&days)) {
        return Err(Error::invalid(
            "again_after_days",
            format!("Type a number of days from 0 to {MOST_DAYS}; 0 is never."),
        ));
    }
    Ok(Wording {
        subject: text("subject", wanted.subject, 100)?,
        heading: text("heading", wanted.heading, 100)?,
        message: text("message", wanted.message, 400)?,
        button: text("button", wanted.button, 40)?,
        ..wanted
    })
}

/// A text as it is kept: none where nothing was typed.
fn text(field: &'static str, typed: Option<String>, longest: usize) -> Result<Option<String>> {
    let kept = typed
        .map(|typed| typed.trim().to_owned())
        .filter(|typed| !typed.is_empty());
    match kept.as_deref().and_then(|kept| mistake(kept, longest)) {
        Some(mistake) => Err(Error::invalid(field, mistake)),
        None => Ok(kept),
    }
}
