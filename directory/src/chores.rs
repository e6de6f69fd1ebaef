//! What the clock brings about: tokens whose end is near are told of, and what can no longer be undone is forgotten.

use crate::admin::plans;
use crate::error::Result;
use crate::model::id::NodeId;
use crate::model::letter::{Letter, Way, plain_name};
use crate::model::role::Privilege;
use crate::model::timestamp::{DAY, Timestamp};
use crate::provisioning::guard;
use crate::store::db::Db;
use crate::store::{connections, consents, outbox};

/// So many days before its end a token is told of by mail (TOK-5).
const WARNINGS: [i64; 3] = [1, 7, 30];
/// The kind of that mail.
pub const ENDING_TOKEN: &str = "ending_token";

/// What is to be done about every hour. Several servers may do it at once: each thing is done once.
///
/// # Errors
/// Where the database could not be used.
pub async fn hourly(db: &Db) -> Result<()> {
    // One that cannot be done keeps none of the others from being done.
    let done = [
        warn_of_ending_tokens(db).await,
        guard::forget(db).await.map(|_| ()),
        settle_consents(db).await,
        plans::forget(db).await,
    ];
    done.into_iter().collect()
}

/// Asks those who slipped through: a role began to ask in the same moment as somebody came to hold it.
async fn settle_consents(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    consents::settle_all(&mut tx).await?;
    tx.commit().await
}

/// Tells the administrators of a connection that its token ends: a month, a week and a day before.
async fn warn_of_ending_tokens(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    let longest = WARNINGS.iter().copied().max().unwrap_or_default();
    let until = tx.now().plus(longest * DAY);
    for (token, node, name, ends_at) in connections::ending_tokens(&mut tx, until).await? {
        let left = ends_at.0 - tx.now().0;
        let Some(days) = WARNINGS.into_iter().find(|days| left <= days * DAY) else {
            continue;
        };
        if !connections::warned(&mut tx, &token, days).await? {
            continue;
        }
        let letter = letter(&name, node, days, ends_at);
        for to in outbox::administrators(&mut tx, node, Privilege::ManageConnections).await? {
            outbox::tell(&mut tx, &to, ENDING_TOKEN, &letter).await?;
        }
    }
    tx.commit().await
}

fn letter(name: &str, node: NodeId, days: i64, ends_at: Timestamp) -> Letter {
    let name = plain_name(name, "A connection");
    let within = if days == 1 {
        "a day".to_owned()
    } else {
        format!("{days} days")
    };
    let subject = format!("The token of {name} ends within {within}");
    let end = ends_at.rfc3339();
    let end = end.split('T').next().unwrap_or_default();
    Letter {
        heading: subject.clone(),
        subject,
        paragraphs: vec![format!(
            "It is good until {end}. From then on every request of the identity provider is refused. Generate another \
             and paste it there: the old one stays good for three days beside it, so no request is lost."
        )],
        way: Some(Way {
            words: "Generate another".to_owned(),
            page: format!("/nodes/{node}/connection"),
        }),
        note: "You get this mail because you manage this connection.".to_owned(),
    }
}
