//! Mail about what an identity provider did to somebody's way in, or wanted to do.

use serde_json::json;

use crate::address::Address;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::event::{Code, Target};
use crate::model::letter::{Letter, Way, plain_name};
use crate::model::role::Privilege;
use crate::model::timestamp::HOUR;
use crate::model::user::{User, UserState};
use crate::store::db::{Db, Tx};
use crate::store::outbox::{self, Recipient};
use crate::store::{events, users};

/// The kind of mail that tells somebody at their old address that they have another one now.
const MOVED: &str = "address_moved";
/// The kind of mail that tells the administrators that one of them was locked.
const LOCKED: &str = "administrator_locked";
/// The kind of mail that tells the administrators that the last of them was to be locked.
const LAST: &str = "last_administrator";

/// Tells somebody who can sign in, at the address they had, that a connection gave them another one (B-35).
pub(super) async fn address_moved(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    address: &Address,
) -> Result<()> {
    let Some(mut to) = outbox::recipient(tx, &user.id).await? else {
        return Ok(());
    };
    if user.state != UserState::Active {
        return Ok(());
    }
    to.login.clone_from(&user.login);
    let letter = Letter {
        subject: "You sign in with another address now".to_owned(),
        heading: format!("Hello {},", plain_name(&user.label, "there")),
        paragraphs: vec![
            format!(
                "{} changed the address you sign in with. It is no longer the one this mail was sent to.",
                plain_name(&connection.name, "An identity provider")
            ),
            "If you did not expect this, tell an administrator at once.".to_owned(),
        ],
        way: None,
        note: format!(
            "You get this mail because the change was made to your account. The new address begins with “{}”.",
            beginning(&address.text)
        ),
    };
    outbox::tell(tx, &to, MOVED, &letter).await?;
    Ok(())
}

/// Tells the administrators of people that one who may administer was locked by a connection (B-40).
pub(super) async fn locked(tx: &mut Tx, connection: &Connection, user: &User) -> Result<()> {
    if !users::is_administrator(tx, &user.id).await? {
        return Ok(());
    }
    let subject = format!(
        "{} locked the administrator {}",
        plain_name(&connection.name, "An identity provider"),
        plain_name(&user.label, "of an organisation")
    );
    let letter = Letter {
        heading: subject.clone(),
        subject,
        paragraphs: vec![
            "They are signed out everywhere and cannot sign in until the identity provider activates them again."
                .to_owned(),
        ],
        way: Some(page_of(user)),
        note: NOTE.to_owned(),
    };
    for to in administrators(tx, connection).await? {
        outbox::tell(tx, &to, LOCKED, &letter).await?;
    }
    Ok(())
}

/// Gives up a unit of work that was refused. Where it would have locked the last administrator, it leaves an event and a
/// mail, both once an hour at the most (B-41). Passes the refusal on.
pub(super) async fn given_up(
    db: &Db,
    tx: Tx,
    connection: &Connection,
    user: Option<&User>,
    refusal: Error,
) -> Error {
    drop(tx);
    if let (Error::LastAdministrator, Some(user)) = (&refusal, user)
        && let Err(error) = last_administrator(db, connection, user).await
    {
        tracing::error!(%error, "nobody was told that the last administrator was to be locked");
    }
    refusal
}

async fn last_administrator(db: &Db, connection: &Connection, user: &User) -> Result<()> {
    let mut tx = db.write().await?;
    let all = administrators(&mut tx, connection).await?;
    let hour_ago = tx.now().plus(-HOUR);
    let mut untold = Vec::new();
    for to in all {
        if !outbox::was_told(&mut tx, &to.id, LAST, hour_ago).await? {
            untold.push(to);
        }
    }
    if untold.is_empty() {
        return Ok(());
    }
    events::record(
        &mut tx,
        &super::actor(connection),
        Code::LastAdministratorKept,
        Some(connection.node_id),
        Target::new("user", &user.id, &user.label),
        json!({}).to_string(),
    )
    .await?;
    let subject = format!(
        "{} wanted to lock the last administrator",
        plain_name(&connection.name, "An identity provider")
    );
    let letter = Letter {
        heading: subject.clone(),
        subject,
        paragraphs: vec![
            format!(
                "{} is the last administrator who can sign in, so they stay as they are and the identity provider was refused.",
                plain_name(&user.label, "This person")
            ),
            "If they are to leave, give somebody else the role first. If not, assign them again in the identity provider."
                .to_owned(),
        ],
        way: Some(page_of(user)),
        note: NOTE.to_owned(),
    };
    for to in untold {
        outbox::tell(&mut tx, &to, LAST, &letter).await?;
    }
    tx.commit().await
}

const NOTE: &str = "You get this mail because you manage users here.";

async fn administrators(tx: &mut Tx, connection: &Connection) -> Result<Vec<Recipient>> {
    outbox::administrators(tx, connection.node_id, Privilege::ManageUsers).await
}

fn page_of(user: &User) -> Way {
    Way {
        words: "Look at this person".to_owned(),
        page: format!("/users/{}", user.id),
    }
}

/// Enough of an address for its owner to know it, too little for anybody else; no mail program makes a link of it.
fn beginning(address: &str) -> String {
    let name = address.split('@').next().unwrap_or_default();
    plain_name(&name.chars().take(2).collect::<String>(), "…") + "…"
}
