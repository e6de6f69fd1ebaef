//! The first administrator of a new deployment: made once, by whoever holds the code that was printed.

use serde_json::json;
use subtle::ConstantTimeEq;

use crate::admin::nodes::HIGHEST;
use crate::admin::users::{address, by_hand};
use crate::bootstrap::administrator as administrator_at_the_top;
use crate::error::{Error, Result};
use crate::model::event::{Actor, ActorKind, Code, Target};
use crate::model::id::{NodeId, RoleId, UserId};
use crate::model::node::Node;
use crate::model::role::{ADMINISTRATOR, Privilege, Reach};
use crate::model::timestamp::{MINUTE, Timestamp};
use crate::model::user::{CreatedVia, User};
use crate::secret::{self, Hashing};
use crate::store::db::{Db, Tx};
use crate::store::users::NewUser;
use crate::store::{events, holders, nodes, people, roles, settings, users};
use crate::text;

/// The setting that keeps the code: its SHA-256 and when it ends.
const CODE: &str = "set_up_code";
/// How long a code is good.
const CODE_LIFE: i64 = 60 * MINUTE;
const DONE: &str = "This installation has been set up already.";

/// Makes the code that opens the set-up page, and ends the one before; none once there is an administrator.
pub async fn new_code(db: &Db) -> Result<Option<String>> {
    let mut tx = db.write().await?;
    if has_administrator(&mut tx).await? {
        return Ok(None);
    }
    let code = secret::new_code();
    let kept = format!("{} {}", secret::sha256(&code), tx.now().plus(CODE_LIFE).0);
    settings::put(&mut tx, CODE, &kept).await?;
    tx.commit().await?;
    Ok(Some(code))
}

/// Whether nobody administers this deployment yet.
pub async fn is_open(db: &Db) -> Result<bool> {
    let mut tx = db.read().await?;
    Ok(!has_administrator(&mut tx).await?)
}

/// Whether a code opens the set-up page now.
pub async fn check(db: &Db, code: &str) -> Result<bool> {
    let mut tx = db.read().await?;
    Ok(!has_administrator(&mut tx).await? && is_code(&mut tx, code).await?)
}

/// Creates the first administrator, and the root node where it is missing. Of two at once one wins.
///
/// # Errors
/// `Conflict` where there is an administrator; `NotFound` for a wrong code; `Invalid` for a field.
pub async fn create_first_administrator(
    db: &Db,
    hashing: &Hashing,
    code: &str,
    organisation: &str,
    name: &str,
    email: &str,
    passphrase: &str,
) -> Result<User> {
    if !check(db, code).await? {
        return Err(refusal(db).await?);
    }
    let (organisation, name, address) = (
        text::name("organisation", organisation)?,
        text::name("name", name)?,
        address(email)?,
    );
    let hash = hashing.hash_passphrase(passphrase).await?;
    let mut tx = db.write().await?;
    ensure_root(&mut tx, &organisation).await?;
    roles::hold(&mut tx, &administrator()).await?;
    if has_administrator(&mut tx).await? {
        return Err(Error::Conflict(DONE.to_owned()));
    }
    if !is_code(&mut tx, code).await? {
        return Err(NO_CODE);
    }
    let profile = by_hand(&name, &address);
    let new = administrator_at_the_top(&address, &profile, CreatedVia::SetUp);
    let id = insert_administrator(&mut tx, new, &hash).await?;
    settings::remove(&mut tx, CODE).await?;
    let actor = Actor {
        kind: ActorKind::User,
        id: Some(id.0.clone()),
        name: name.clone(),
    };
    let details = json!({ "organisation": organisation }).to_string();
    events::record(
        &mut tx,
        &actor,
        Code::SetUp,
        Some(NodeId::ROOT),
        Target::new("user", &id, &name),
        details,
    )
    .await?;
    let user = users::find(&mut tx, &id).await?.ok_or(NO_CODE)?;
    tx.commit().await?;
    Ok(user)
}

const NO_CODE: Error = Error::NotFound("This page");

async fn refusal(db: &Db) -> Result<Error> {
    Ok(if is_open(db).await? {
        NO_CODE
    } else {
        Error::Conflict(DONE.to_owned())
    })
}

async fn has_administrator(tx: &mut Tx) -> Result<bool> {
    Ok(holders::number(tx, &administrator()).await? > 0)
}

async fn is_code(tx: &mut Tx, code: &str) -> Result<bool> {
    let kept = settings::get(tx, CODE).await?.unwrap_or_default();
    let (digest, ends) = kept.split_once(' ').unwrap_or_default();
    let typed = secret::sha256(&secret::normal_code(code));
    let is_good = Timestamp(ends.parse().unwrap_or_default()) > tx.now();
    Ok(bool::from(typed.as_bytes().ct_eq(digest.as_bytes())) && is_good)
}

/// The built-in role that may do everything everywhere.
pub(crate) fn administrator() -> RoleId {
    RoleId::from(ADMINISTRATOR)
}

/// Adds the node at the top and the built-in role unless they are there; two at once add them once.
pub(crate) async fn ensure_root(tx: &mut Tx, organisation: &str) -> Result<()> {
    settings::hold(tx, HIGHEST, "1").await?;
    if nodes::root(tx).await?.is_none() {
        let root = Node {
            id: NodeId::ROOT,
            parent_id: None,
            name: organisation.to_owned(),
            created_at: tx.now(),
        };
        nodes::insert(tx, &root).await?;
        let target = Target::new("node", root.id, organisation);
        events::record(
            tx,
            &Actor::system(),
            Code::NodeAdded,
            Some(root.id),
            target,
            "{}".to_owned(),
        )
        .await?;
    }
    roles::add_built_in(tx, &administrator(), NodeId::ROOT, "Administrator").await?;
    for privilege in Privilege::ALL {
        roles::grant(tx, &administrator(), NodeId::ROOT, *privilege, Reach::Below).await?;
    }
    Ok(())
}

/// Adds somebody who may do everything, and has come in.
pub(crate) async fn insert_administrator(
    tx: &mut Tx,
    new: NewUser<'_>,
    passphrase_hash: &str,
) -> Result<UserId> {
    let id = match users::insert(tx, new).await {
        Err(Error::Conflict(_)) => {
            return Err(Error::Conflict(
                "Somebody with this address is here already: use another.".to_owned(),
            ));
        }
        other => other?,
    };
    people::set_passphrase(tx, &id, passphrase_hash).await?;
    holders::give(tx, &administrator(), &id).await?;
    Ok(id)
}
