//! What the plans for many people and for a file share: their texts, their portions, and who carries them out.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::access::{self, Admin};
use crate::error::{Error, Result};
use crate::model::id::{NodeId, UserId};
use crate::model::timestamp::DAY;
use crate::store::db::{Db, Tx};
use crate::store::{plans, users};

/// So many people are dealt with in one unit of work.
pub(super) const PORTION: usize = 200;
/// So many are dealt with before an answer: what is left is done when asked again.
pub(super) const PER_REQUEST: usize = 5_000;
/// How often a portion is tried when others change the same people at that moment.
const TRIES: usize = 4;

/// How far a portion has brought a plan.
pub(super) struct Step<T> {
    /// What became of everybody so far.
    pub outcome: T,
    /// Whether nobody is left.
    pub is_over: bool,
}

/// What is refused when the plan is not the one that was looked at.
pub(super) fn replaced() -> Error {
    Error::Conflict(
        "What you looked at is no longer what is chosen: it was replaced, or a day has passed. Choose again.".to_owned(),
    )
}

/// How far a plan has come, held until the end of the unit; and what became of it so far.
pub(super) async fn hold<T: DeserializeOwned>(
    tx: &mut Tx,
    (user, kind): (&UserId, &str),
    plan: &str,
    to: Option<NodeId>,
) -> Result<(i64, T)> {
    let held = plans::hold(tx, user, kind, plan).await?;
    let (position, node, outcome) = held.ok_or_else(replaced)?;
    // Once it has begun it leads to one node.
    if position > 0 && node != to {
        return Err(replaced());
    }
    Ok((position, read(&outcome)?))
}

/// The administrator with the powers of this moment: a long plan outlives none that are taken away (AUZ-7).
pub(super) async fn as_now(tx: &mut Tx, admin: &Admin) -> Result<Admin> {
    let user = users::find(tx, &admin.user_id).await?;
    match user.filter(crate::model::user::User::may_sign_in) {
        Some(user) => access::admin(tx, &user).await,
        None => Err(Error::Forbidden(
            "You may no longer sign in. What was done stays done.".to_owned(),
        )),
    }
}

/// How often a portion was tried when others were changing the same people, or adding the same ones, at that moment.
#[derive(Default)]
pub(super) struct Patience(usize);

impl Patience {
    /// Whether a portion is to be tried again after this.
    pub(super) fn tries_again<T>(&mut self, portion: &Result<T>) -> bool {
        let again = matches!(portion, Err(Error::Busy)) && self.0 < TRIES;
        self.0 = if again { self.0 + 1 } else { 0 };
        again
    }
}

/// Where a plan goes on.
pub(super) fn place(position: i64) -> usize {
    usize::try_from(position).unwrap_or_default()
}

pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Store(error.to_string()))
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Store(error.to_string()))
}

/// What a plan is about; none once it is done.
pub(super) fn content<T: DeserializeOwned>(text: &str) -> Result<Option<T>> {
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some)
}

/// Forgets what was planned more than a day ago.
pub(crate) async fn forget(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    let yesterday = tx.now().plus(-DAY);
    plans::forget(&mut tx, yesterday).await?;
    tx.commit().await
}
