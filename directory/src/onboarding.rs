//! The steps after somebody's first sign-in: which is next, and what they made of it.

use serde_json::json;

use crate::error::Result;
use crate::model::event::{Actor, Code, Target};
use crate::model::onboarding::{Onboarding, Outcome, Progress, Step, steps};
use crate::model::user::User;
use crate::policies;
use crate::store::db::{Db, Tx};
use crate::store::{events, onboarding, people, roles, second_factors};

/// The step that is next for somebody; none where nothing is left, and then it is over for good: what their roles want
/// later does not bring it back.
///
/// # Errors
/// Where the database could not be used.
pub async fn next(db: &Db, user: &User) -> Result<Option<Progress>> {
    if user.onboarding != Onboarding::UnderWay {
        return Ok(None);
    }
    if let Some(progress) = progress(&mut db.read().await?, user).await? {
        return Ok(Some(progress));
    }
    let mut tx = db.write().await?;
    onboarding::end(&mut tx, &user.id).await?;
    tx.commit().await?;
    Ok(None)
}

/// Notes what somebody made of a step. What was noted before stays, and leaves no second event.
///
/// # Errors
/// Where the database could not be used.
pub async fn take(db: &Db, user: &User, step: Step, outcome: Outcome) -> Result<()> {
    let mut tx = db.write().await?;
    people::hold(&mut tx, &user.id).await?;
    if onboarding::take(&mut tx, &user.id, step, outcome).await? {
        let target = Target::new("user", &user.id, &user.label);
        let details = json!({ "step": step.as_str(), "outcome": outcome.as_str() }).to_string();
        let (actor, code) = (Actor::user(user), Code::OnboardingStep);
        events::record(&mut tx, &actor, code, Some(user.node_id), target, details).await?;
    }
    if progress(&mut tx, user).await?.is_none() {
        onboarding::end(&mut tx, &user.id).await?;
    }
    tx.commit().await
}

async fn progress(tx: &mut Tx, user: &User) -> Result<Option<Progress>> {
    let mut steps = steps(&policies::of(tx, &user.id).await?);
    if !may_want_second_factor(tx, user).await? {
        steps.retain(|step| *step != Step::SecondFactor);
    }
    let taken = onboarding::taken(tx, &user.id).await?;
    let next = steps.iter().copied().find(|step| !taken.contains(step));
    Ok(next.map(|step| Progress { step, steps }))
}

/// Whether a second factor is worth a page of its own: they administer something, and a passphrase alone lets them in.
async fn may_want_second_factor(tx: &mut Tx, user: &User) -> Result<bool> {
    Ok(roles::is_administrative(tx, &user.id).await?
        && people::passphrase(tx, &user.id).await?.is_some()
        && !second_factors::is_on(tx, &user.id).await?)
}
