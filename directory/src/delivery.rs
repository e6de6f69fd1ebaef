//! The outbox on its way out: which mail is next, and what became of it. Whoever sends mail calls these.

use std::collections::HashMap;

use serde_json::json;

use crate::error::{Error, Result};
use crate::invitation::{page_of, words_at};
use crate::model::event::{Actor, Code, Target};
use crate::model::id::{NodeId, UserId};
use crate::model::invitation::{MOST_BY_ITSELF, MOST_TRIES, Names, letter};
use crate::model::letter::Letter;
use crate::model::timestamp::{DAY, HOUR, MINUTE};
use crate::policies;
use crate::secret::Secrets;
use crate::store::db::{Db, Tx};
use crate::store::{events, invitations, nodes, outbox, people, settings, users};

/// How long a server may take to send a mail before another one takes over.
const CLAIM: i64 = 2 * MINUTE;
/// What is tidied in one go.
const CHUNK: i64 = 500;
/// The setting that holds who tidies, so that two servers take turns.
const TIDIED: &str = "invitations_tidied";
/// The setting that says why no mail leaves.
pub(crate) const TROUBLE: &str = "mail_trouble";

/// A mail that is to leave now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// The same for each try: the `Message-ID` is made of it.
    pub id: String,
    /// To whom.
    pub recipient: String,
    /// What it says.
    pub letter: Letter,
    tries: i64,
}

/// Takes back what the server before had claimed, if it was killed: where this server is the only one there can be. Others
/// that share a database may be sending it, so there a claim ends by its time alone.
pub async fn take_over(db: &Db) -> Result<()> {
    if db.is_shared() {
        return Ok(());
    }
    let mut tx = db.write().await?;
    outbox::release(&mut tx).await?;
    tx.commit().await
}

/// Whether any mail is to be sent now.
pub async fn is_due(db: &Db) -> Result<bool> {
    let mut tx = db.read().await?;
    outbox::is_due(&mut tx).await
}

/// Claims the next mail; no other server sends it meanwhile. None where none is due, or others took them.
pub async fn next(db: &Db, secrets: &Secrets) -> Result<Option<Leaving>> {
    let mut tx = db.write().await?;
    let until = tx.now().plus(CLAIM);
    let Some(claimed) = outbox::claim(&mut tx, until).await? else {
        return Ok(None);
    };
    let about = About {
        id: &claimed.id,
        letter: claimed.letter.as_deref(),
        recipient: &claimed.recipient,
        label: &claimed.label,
        node: claimed.node_id,
    };
    let letter = letter_of(&mut tx, secrets, about).await?;
    tx.commit().await?;
    Ok(Some(Leaving {
        id: claimed.id,
        recipient: claimed.recipient,
        letter,
        tries: claimed.tries,
    }))
}

/// The mail server has taken a mail: an invitation's time begins.
pub async fn sent(db: &Db, mail: &Leaving) -> Result<()> {
    let mut tx = db.write().await?;
    if outbox::sent(&mut tx, &mail.id).await? {
        invitations::left(&mut tx, &mail.id).await?;
    }
    tx.commit().await
}

/// The mail server does not take a mail now: it is tried again, later each time, and given up in the end.
pub async fn later(db: &Db, mail: &Leaving, trouble: &str) -> Result<()> {
    if mail.tries + 1 >= MOST_TRIES {
        return never(db, mail, trouble).await;
    }
    let mut tx = db.write().await?;
    let again = tx.now().plus(pause(mail.tries));
    outbox::put_off(&mut tx, &mail.id, again, trouble).await?;
    tx.commit().await
}

/// The mail server refuses a mail for good: it is given up, until somebody sends it again by hand.
pub async fn never(db: &Db, mail: &Leaving, trouble: &str) -> Result<()> {
    let mut tx = db.write().await?;
    if let Some((user, kind)) = outbox::give_up(&mut tx, &mail.id, trouble).await?
        && kind == outbox::INVITATION
    {
        // It may have arrived all the same: then its time ends as if it had left now.
        invitations::left(&mut tx, &mail.id).await?;
        let details = json!({ "trouble": trouble }).to_string();
        tell(&mut tx, Code::InvitationFailed, &user, details).await?;
    }
    tx.commit().await
}

/// No mail can leave at the moment, and why: for the administrators to read.
pub async fn no_way(db: &Db, trouble: &str) -> Result<()> {
    let mut tx = db.write().await?;
    let said = settings::get(&mut tx, TROUBLE).await?;
    let since = said.as_deref().and_then(|said| said.split_once(' '));
    if since.is_none_or(|(_, said)| said != trouble) {
        let now = tx.now().0;
        settings::put(&mut tx, TROUBLE, &format!("{now} {trouble}")).await?;
    }
    tx.commit().await
}

/// Mail leaves again.
pub async fn way_is_open(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    settings::remove(&mut tx, TROUBLE).await?;
    tx.commit().await
}

/// Ends invitations whose time is over, and sends them again where a node wants that. Of two servers at once one does.
pub async fn tidy(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    settings::hold(&mut tx, TIDIED, "").await?;
    for (user,) in invitations::expire(&mut tx, CHUNK).await? {
        tell(&mut tx, Code::InvitationExpired, &user, "{}".to_owned()).await?;
    }
    if invitations::any_again(&mut tx).await? {
        send_again(&mut tx).await?;
    }
    tx.commit().await
}

async fn send_again(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    let waiting = invitations::waiting_since(tx, now.plus(-DAY), MOST_BY_ITSELF).await?;
    let mut sent = 0;
    let mut days_at: HashMap<NodeId, i64> = HashMap::new();
    for one in waiting {
        let by_role = policies::resend_after(tx, &one.user_id).await?;
        let days = if let Some(days) = by_role {
            days
        } else if let Some(days) = days_at.get(&one.node_id) {
            *days
        } else {
            let days = words_at(tx, one.node_id).await?.again_after_days;
            days_at.insert(one.node_id, days);
            days
        };
        if sent < CHUNK && days > 0 && one.sent_at.plus(days * DAY) <= now {
            people::hold(tx, &one.user_id).await?;
            if !invitations::waits(tx, &one.user_id, &one.invitation).await? {
                continue;
            }
            sent += 1;
            invitations::offer(tx, &one.user_id).await?;
            let details = json!({ "by_itself": true }).to_string();
            tell(tx, Code::InvitationSent, &one.user_id, details).await?;
        }
    }
    Ok(())
}

/// What is known of a mail.
pub(crate) struct About<'a> {
    pub(crate) id: &'a str,
    pub(crate) letter: Option<&'a str>,
    pub(crate) recipient: &'a str,
    pub(crate) label: &'a str,
    pub(crate) node: NodeId,
}

/// What a mail says: an invitation what its node says now.
pub(crate) async fn letter_of(tx: &mut Tx, secrets: &Secrets, mail: About<'_>) -> Result<Letter> {
    if let Some(json) = mail.letter {
        return serde_json::from_str(json).map_err(|error| Error::Store(error.to_string()));
    }
    let root = nodes::root(tx).await?.ok_or(Error::NotFound("The root"))?;
    let node = nodes::find(tx, mail.node).await?;
    let words = words_at(tx, mail.node).await?;
    let names = Names {
        organisation: &root.name,
        node: node.as_ref().map_or("", |node| &node.name),
        name: mail.label,
    };
    let page = page_of(secrets, mail.id);
    Ok(letter(&words, names, mail.recipient, &page))
}

/// How long to wait after so many tries in vain: a minute, two, four, and at the most an hour.
fn pause(tries: i64) -> i64 {
    let doubled = u32::try_from(tries.clamp(0, 6)).map_or(0, |tries| MINUTE << tries);
    doubled.min(HOUR)
}

async fn tell(tx: &mut Tx, code: Code, user: &UserId, details: String) -> Result<()> {
    let Some(user) = users::find(tx, user).await? else {
        return Ok(());
    };
    let target = Target::new("user", &user.id, &user.label);
    let node = Some(user.node_id);
    events::record(tx, &Actor::system(), code, node, target, details).await
}

#[cfg(test)]
mod tests {
    use super::{HOUR, MINUTE, pause};

    #[test]
    fn a_mail_waits_longer_each_time_but_never_more_than_an_hour() {
        assert_eq!([0, 1, 2].map(pause), [MINUTE, 2 * MINUTE, 4 * MINUTE]);
        assert_eq!([6, 9, 1_000].map(pause), [HOUR; 3]);
    }
}
