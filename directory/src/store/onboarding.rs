//! How far people are with the steps after their first sign-in.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::UserId;
use crate::model::onboarding::{Outcome, Step};

/// Begins it for somebody who came in without having been invited.
pub async fn begin(tx: &mut Tx, user: &UserId) -> Result<()> {
    let sql = "UPDATE users SET onboarding = 'under_way' WHERE id = $1 AND onboarding = 'none'";
    tx.run(sql, [user.into()]).await?;
    Ok(())
}

/// The steps somebody has taken or skipped.
pub async fn taken(tx: &mut Tx, user: &UserId) -> Result<Vec<Step>> {
    let rows = tx
        .all::<(String,)>(
            "SELECT step FROM onboarding_steps WHERE user_id = $1 ORDER BY at, step",
            [user.into()],
        )
        .await?;
    Ok(rows.iter().filter_map(|row| Step::of(&row.0)).collect())
}

/// Notes what somebody made of a step; whether it was not noted before.
pub async fn take(tx: &mut Tx, user: &UserId, step: Step, outcome: Outcome) -> Result<bool> {
    let now = tx.now();
    let noted = tx
        .run(
            "INSERT INTO onboarding_steps (user_id, step, outcome, at) SELECT id, $2, $3, $4 FROM users
             WHERE id = $1 AND onboarding = 'under_way' ON CONFLICT (user_id, step) DO NOTHING",
            [
                user.into(),
                step.as_str().into(),
                outcome.as_str().into(),
                now.into(),
            ],
        )
        .await?;
    Ok(noted > 0)
}

/// Ends it: nothing is shown again.
pub async fn end(tx: &mut Tx, user: &UserId) -> Result<()> {
    let sql = "UPDATE users SET onboarding = 'over' WHERE id = $1 AND onboarding = 'under_way'";
    tx.run(sql, [user.into()]).await?;
    Ok(())
}
