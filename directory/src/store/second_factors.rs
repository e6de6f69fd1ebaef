//! Second factors: secrets shared with authenticator apps, sealed, and the keyed hashes of recovery codes.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::UserId;
use crate::model::second_factor::SecondFactor;
use crate::model::timestamp::Timestamp;

/// A second factor as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    /// The secret, sealed.
    pub secret: String,
    /// When it was offered.
    pub offered_at: Timestamp,
    /// When it was confirmed; none while it is only offered.
    pub confirmed_at: Option<Timestamp>,
    /// The latest time step whose code was taken.
    pub last_step: i64,
    /// When a code was taken last.
    pub last_used_at: Option<Timestamp>,
    /// Wrong codes in a row.
    pub wrong: i64,
    /// Since when.
    pub wrong_since: Option<Timestamp>,
}

/// What is kept of somebody's second factor, confirmed or not.
pub async fn find(tx: &mut Tx, user: &UserId) -> Result<Option<Kept>> {
    tx.first(
        "SELECT secret, offered_at, confirmed_at, last_step, last_used_at, wrong, wrong_since
         FROM second_factors WHERE user_id = $1",
        [user.into()],
    )
    .await
}

/// Whether somebody has one that is asked for.
pub async fn is_on(tx: &mut Tx, user: &UserId) -> Result<bool> {
    let sql = "SELECT count(*) FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL";
    Ok(tx.number(sql, [user.into()]).await? > 0)
}

/// What people are shown of one that is asked for.
pub async fn shown(tx: &mut Tx, user: &UserId) -> Result<Option<SecondFactor>> {
    let Some(kept) = find(tx, user).await? else {
        return Ok(None);
    };
    let codes_left = tx
        .number(
            "SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL",
            [user.into()],
        )
        .await?;
    Ok(kept.confirmed_at.map(|since| SecondFactor {
        since,
        used: kept.last_used_at,
        codes_left,
    }))
}

/// Keeps another offer, in the place of one that was not confirmed; whether it did.
pub async fn offer(tx: &mut Tx, user: &UserId, secret: &str) -> Result<bool> {
    let now = tx.now();
    let offered = tx
        .run(
            "INSERT INTO second_factors (user_id, secret, offered_at) VALUES ($1, $2, $3)
             ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, offered_at = excluded.offered_at
             WHERE second_factors.confirmed_at IS NULL",
            [user.into(), secret.into(), now.into()],
        )
        .await?;
    Ok(offered > 0)
}

/// Asks for it from now on; whether it was not so before.
pub async fn confirm(tx: &mut Tx, user: &UserId) -> Result<bool> {
    let now = tx.now();
    let sql =
        "UPDATE second_factors SET confirmed_at = $2 WHERE user_id = $1 AND confirmed_at IS NULL";
    Ok(tx.run(sql, [user.into(), now.into()]).await? > 0)
}

/// Takes the code of a time step; whether none of it or a later one was taken before.
pub async fn take_step(tx: &mut Tx, user: &UserId, step: i64) -> Result<bool> {
    let now = tx.now();
    let taken = tx
        .run(
            "UPDATE second_factors SET last_step = $2, last_used_at = $3, wrong = 0, wrong_since = NULL
             WHERE user_id = $1 AND last_step < $2",
            [user.into(), step.into(), now.into()],
        )
        .await?;
    Ok(taken > 0)
}

/// Takes a recovery code; whether it was there and not taken before.
pub async fn take_code(tx: &mut Tx, user: &UserId, digest: &str) -> Result<bool> {
    let now = tx.now();
    let taken = tx
        .run(
            "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND digest = $2 AND used_at IS NULL",
            [user.into(), digest.into(), now.into()],
        )
        .await?
        > 0;
    if taken {
        let sql = "UPDATE second_factors SET wrong = 0, wrong_since = NULL WHERE user_id = $1";
        tx.run(sql, [user.into()]).await?;
    }
    Ok(taken)
}

/// Counts a wrong code; from the first again where those before it are older than `since`.
pub async fn miss(tx: &mut Tx, user: &UserId, since: Timestamp) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE second_factors
         SET wrong = CASE WHEN coalesce(wrong_since, 0) < $2 THEN 1 ELSE wrong + 1 END,
             wrong_since = CASE WHEN coalesce(wrong_since, 0) < $2 THEN $3 ELSE wrong_since END
         WHERE user_id = $1",
        [user.into(), since.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Puts these recovery codes in the place of those that were there.
pub async fn put_codes(tx: &mut Tx, user: &UserId, digests: &[String]) -> Result<()> {
    tx.run(
        "DELETE FROM recovery_codes WHERE user_id = $1",
        [user.into()],
    )
    .await?;
    for digest in digests {
        tx.run(
            "INSERT INTO recovery_codes (user_id, digest) VALUES ($1, $2)",
            [user.into(), digest.into()],
        )
        .await?;
    }
    Ok(())
}

/// Removes it with its recovery codes; whether it was asked for before.
pub async fn remove(tx: &mut Tx, user: &UserId) -> Result<bool> {
    let was_on = is_on(tx, user).await?;
    tx.run(
        "DELETE FROM second_factors WHERE user_id = $1",
        [user.into()],
    )
    .await?;
    Ok(was_on)
}
