//! What somebody who holds an invitation may do with it: look, accept, and ask for another one.

use serde_json::json;

use crate::address::Address;
use crate::error::{Error, Result};
use crate::model::event::{Actor, Code, Target};
use crate::model::id::NodeId;
use crate::model::invitation::{Invited, Names, Words, masked};
use crate::model::settings::Switch;
use crate::model::timestamp::HOUR;
use crate::model::user::{User, UserState};
use crate::policies;
use crate::secret::{Hashing, Secrets};
use crate::store::db::{Db, Tx};
use crate::store::{events, invitations, nodes, outbox, people, users};

/// How many invitations somebody gets within an hour (RAT-2).
pub const AN_HOUR: i64 = 3;
/// Expired, used, superseded, unknown and mangled invitations are all the same (B-100).
const GONE: Error = Error::NotFound("This invitation");

/// An invitation that is good now: what its page shows, and whose address it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What the page shows.
    pub invited: Invited,
    /// The address they sign in with.
    pub login: String,
    /// Their node.
    pub node: NodeId,
}

/// Looks at an invitation; changes nothing, however often (INV-2).
///
/// # Errors
/// `NotFound` for every one that cannot be accepted, whatever the reason.
pub async fn look(db: &Db, secrets: &Secrets, token: &str) -> Result<Looked> {
    let id = secrets.invitation(token);
    let mut tx = db.read().await?;
    let found = invitations::invitee(&mut tx, id.as_deref().unwrap_or_default()).await?;
    let invitee = found.ok_or(GONE)?;
    let organisation = nodes::root(&mut tx).await?.ok_or(GONE)?.name;
    let node = nodes::find(&mut tx, invitee.node_id)
        .await?
        .ok_or(GONE)?
        .name;
    let words = words_at(&mut tx, invitee.node_id).await?;
    let names = Names {
        organisation: &organisation,
        node: &node,
        name: &invitee.label,
    };
    let (heading, message, button) = (
        names.into_text(&words.heading),
        names.into_text(&words.message),
        names.into_text(&words.button),
    );
    Ok(Looked {
        invited: Invited {
            masked: masked(&invitee.login),
            heading,
            message,
            button,
            way: None,
            organisation,
            node,
        },
        login: invitee.login,
        node: invitee.node_id,
    })
}

/// Accepts an invitation with a passphrase, for people whom no identity provider proves: they are active, and the
/// invitation is used up. Of two at once one wins (B-102).
///
/// # Errors
/// `NotFound` as [`look`]; `Invalid` for a passphrase that does not keep the rules (PWD-2).
pub async fn accept(
    db: &Db,
    secrets: &Secrets,
    hashing: &Hashing,
    token: &str,
    passphrase: &str,
) -> Result<User> {
    let id = secrets.invitation(token).ok_or(GONE)?;
    let invitee = invitations::invitee(&mut db.read().await?, &id).await?;
    let user = invitee.ok_or(GONE)?.user_id;
    let hash = hashing.hash_passphrase(passphrase).await?;
    let mut tx = db.write().await?;
    people::hold(&mut tx, &user).await?;
    if !invitations::accept(&mut tx, &id).await? {
        return Err(GONE);
    }
    outbox::withdraw(&mut tx, &user).await?;
    people::set_passphrase(&mut tx, &user, &hash).await?;
    let now = tx.now();
    users::sign_in(&mut tx, &user, now).await?;
    let user = users::find(&mut tx, &user).await?.ok_or(GONE)?;
    let of_themself = Actor::user(&user);
    record(
        &mut tx,
        &of_themself,
        Code::UserActivated,
        &user,
        "{}".to_owned(),
    )
    .await?;
    let method = json!({ "method": "invitation" }).to_string();
    record(&mut tx, &of_themself, Code::SignedIn, &user, method).await?;
    tx.commit().await?;
    Ok(user)
}

/// Sends another invitation to an address, if somebody waits there who was invited before. Whoever asks learns nothing
/// (B-108): the answer is the same for every address.
pub async fn ask_again(db: &Db, login: &str) -> Result<()> {
    let Some(address) = Address::parse(login) else {
        return Ok(());
    };
    let mut tx = db.write().await?;
    let Some((id, _)) = people::passphrase_of(&mut tx, &address.key).await? else {
        return Ok(());
    };
    people::hold(&mut tx, &id).await?;
    let Some(user) = users::find(&mut tx, &id).await? else {
        return Ok(());
    };
    let waits =
        user.state == UserState::Invited && user.is_unlocked() && user.recycled_at.is_none();
    let was_invited = invitations::latest(&mut tx, &id).await?.is_some();
    let sends = match policies::invitation_mail(&mut tx, &id).await? {
        Some(said) => said,
        None => invitations::sends(&mut tx, user.node_id).await?,
    };
    if !waits || !was_invited || sends == Switch::Off {
        return Ok(());
    }
    let hour_ago = tx.now().plus(-HOUR);
    if outbox::written_since(&mut tx, &id, outbox::INVITATION, hour_ago).await? >= AN_HOUR {
        return Ok(());
    }
    invitations::offer(&mut tx, &id).await?;
    record(
        &mut tx,
        &Actor::user(&user),
        Code::InvitationSent,
        &user,
        "{}".to_owned(),
    )
    .await?;
    tx.commit().await
}

/// What holds at a node, with all that the nodes above say.
pub(crate) async fn words_at(tx: &mut Tx, node: NodeId) -> Result<Words> {
    let said = invitations::said_by(tx, node).await?;
    Ok(said
        .iter()
        .fold(Words::default(), |words, (_, own)| words.with(own)))
}

/// The page behind the link of an invitation.
pub(crate) fn page_of(secrets: &Secrets, id: &str) -> String {
    format!("/invitation?token={}", secrets.invitation_token(id))
}

async fn record(
    tx: &mut Tx,
    actor: &Actor,
    code: Code,
    user: &User,
    details: String,
) -> Result<()> {
    let target = Target::new("user", &user.id, &user.label);
    events::record(tx, actor, code, Some(user.node_id), target, details).await
}
