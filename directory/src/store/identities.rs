//! Which person an identity provider's account belongs to (OID-2): by provider, issuer and subject, never by address.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::UserId;

/// An account at an identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account<'a> {
    /// Our word for the provider: the id of a method, or the word of the provider of the server's settings.
    pub provider: &'a str,
    /// What the provider calls itself: `iss`.
    pub issuer: &'a str,
    /// What it calls the person: `sub`.
    pub subject: &'a str,
}

/// The person of an account.
pub async fn find(tx: &mut Tx, account: Account<'_>) -> Result<Option<UserId>> {
    let sql = "SELECT user_id FROM identities WHERE provider = $1 AND issuer = $2 AND subject = $3";
    let args = [
        account.provider.into(),
        account.issuer.into(),
        account.subject.into(),
    ];
    Ok(tx.first::<(UserId,)>(sql, args).await?.map(|row| row.0))
}

/// How many accounts are connected to a person.
pub async fn count_of(tx: &mut Tx, user: &UserId) -> Result<i64> {
    tx.number(
        "SELECT count(*) FROM identities WHERE user_id = $1",
        [user.into()],
    )
    .await
}

/// The providers where somebody has an account that is connected.
pub async fn providers_of(tx: &mut Tx, user: &UserId) -> Result<Vec<(String,)>> {
    tx.all(
        "SELECT DISTINCT provider FROM identities WHERE user_id = $1 ORDER BY provider",
        [user.into()],
    )
    .await
}

/// Connects an account to a person unless it belongs to somebody; whether it did.
pub async fn insert(tx: &mut Tx, account: Account<'_>, user: &UserId) -> Result<bool> {
    let now = tx.now();
    let added = tx
        .run(
            "INSERT INTO identities (provider, issuer, subject, user_id, linked_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (provider, issuer, subject) DO NOTHING",
            [
                account.provider.into(),
                account.issuer.into(),
                account.subject.into(),
                user.into(),
                now.into(),
            ],
        )
        .await?;
    Ok(added > 0)
}

/// How many people have an account of a provider connected.
pub async fn connected(tx: &mut Tx, provider: &str) -> Result<i64> {
    tx.number(
        "SELECT count(DISTINCT user_id) FROM identities WHERE provider = $1",
        [provider.into()],
    )
    .await
}

/// Disconnects every account of a provider; whose they were.
pub async fn remove_all(tx: &mut Tx, provider: &str) -> Result<Vec<UserId>> {
    let rows = tx
        .all::<(UserId,)>(
            "DELETE FROM identities WHERE provider = $1 RETURNING user_id",
            [provider.into()],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
