//! Lists as an administrator takes them away: all that match, a portion at a time, and an event that says so (EXP-2).

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Code, Event, Target};
use crate::model::id::UserId;
use crate::model::query::ListQuery;
use crate::model::role::Privilege;
use crate::model::text::words;
use crate::model::user::UserInList;
use crate::store::db::{Db, Tx};
use crate::store::{events, people, users};

/// More rows than this leave only with a fresh proof of who takes them.
const MANY: i64 = 1_000;
/// How many rows are read at once.
const PORTION: i64 = 500;

words!(
    /// A list that can be taken away.
    List {
        /// People.
        Users = "users",
        /// What happened.
        Events = "events",
    }
);

impl List {
    /// What one must have somewhere to read it.
    pub fn privilege(self) -> Privilege {
        match self {
            Self::Users => Privilege::ManageUsers,
            Self::Events => Privilege::ReadEvents,
        }
    }
}

/// Says that a list is taken away, before any of it leaves: `file` is what it is called there.
///
/// # Errors
/// `Forbidden` without the privilege; `NotFound` for a node they know nothing of.
pub async fn begin(
    db: &Db,
    admin: &Admin,
    list: List,
    query: &ListQuery,
    file: &str,
) -> Result<()> {
    admin.require_somewhere(list.privilege())?;
    if query.node.is_some_and(|node| !admin.sees(node)) {
        return Err(Error::NotFound("This node"));
    }
    let mut tx = db.write().await?;
    let details = json!({ "q": query.q, "state": query.state, "node": query.node }).to_string();
    let target = Target::new("export", file, file);
    events::record(
        &mut tx,
        &admin.actor(),
        Code::Exported,
        query.node,
        target,
        details,
    )
    .await?;
    tx.commit().await
}

/// Whether more rows match than leave without a fresh proof of who takes them (AUZ-6).
///
/// # Errors
/// `Forbidden` without the privilege.
pub async fn is_large(db: &Db, admin: &Admin, list: List, query: &ListQuery) -> Result<bool> {
    let privilege = list.privilege();
    admin.require_somewhere(privilege)?;
    let mut tx = db.read().await?;
    let (total, _) = match list {
        List::Users => people::count(&mut tx, &admin.user_id, privilege, query).await?,
        List::Events => events::count(&mut tx, &admin.user_id, privilege, query).await?,
    };
    Ok(total > MANY)
}

/// The people who match after one of them, or the first of them; none after the last. In the order they were added.
///
/// # Errors
/// `Forbidden` without the privilege, and for whoever was locked meanwhile.
pub async fn users(
    db: &Db,
    admin: &Admin,
    query: &ListQuery,
    after: Option<&UserId>,
) -> Result<Vec<UserInList>> {
    admin.require_somewhere(Privilege::ManageUsers)?;
    let mut tx = db.read().await?;
    require_in(&mut tx, admin).await?;
    people::after(
        &mut tx,
        &admin.user_id,
        Privilege::ManageUsers,
        query,
        after,
        PORTION,
    )
    .await
}

/// The events that match after one of them, or the first of them; none after the last. The oldest first.
///
/// # Errors
/// `Forbidden` without the privilege, and for whoever was locked meanwhile.
pub async fn events(
    db: &Db,
    admin: &Admin,
    query: &ListQuery,
    after: Option<&str>,
) -> Result<Vec<Event>> {
    admin.require_somewhere(Privilege::ReadEvents)?;
    let mut tx = db.read().await?;
    require_in(&mut tx, admin).await?;
    events::after(
        &mut tx,
        &admin.user_id,
        Privilege::ReadEvents,
        query,
        after,
        PORTION,
    )
    .await
}

/// A list takes its time: whoever was locked meanwhile gets no more of it.
async fn require_in(tx: &mut Tx, admin: &Admin) -> Result<()> {
    let user = users::find(tx, &admin.user_id).await?;
    if user.is_some_and(|user| user.may_sign_in()) {
        Ok(())
    } else {
        let sentence = "You can no longer come in: the list ends here.";
        Err(Error::Forbidden(sentence.to_owned()))
    }
}
