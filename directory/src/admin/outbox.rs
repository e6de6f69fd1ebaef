//! The mails that wait to be sent, for an administrator to read.

use crate::access::Admin;
use crate::delivery::{About, letter_of};
use crate::error::Result;
use crate::model::id::NodeId;
use crate::model::letter::Letter;
use crate::model::role::Privilege;
use crate::secret::Secrets;
use crate::store::db::Db;
use crate::store::outbox::{self, Mail};

/// The latest mails to anybody with what they say, the newest first.
pub async fn latest(
    db: &Db,
    admin: &Admin,
    secrets: &Secrets,
    limit: i64,
) -> Result<Vec<(Mail, Letter)>> {
    admin.require(Privilege::ManageUsers, NodeId::ROOT)?;
    let mut tx = db.read().await?;
    let mut written = Vec::new();
    for mail in outbox::latest(&mut tx, limit.clamp(1, 1_000)).await? {
        let about = About {
            id: &mail.id,
            letter: mail.letter.as_deref(),
            recipient: &mail.recipient,
            label: &mail.label,
            node: mail.node_id,
        };
        let letter = letter_of(&mut tx, secrets, about).await?;
        written.push((mail, letter));
    }
    Ok(written)
}
