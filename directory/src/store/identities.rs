//! Which person an identity provider's account belongs to (OID-2): by issuer and subject, never by address.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::UserId;

/// The person of an identity provider's account.
pub async fn find(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<UserId>> {
    let sql = "SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2";
    Ok(tx
        .first::<(UserId,)>(sql, [issuer.into(), subject.into()])
        .await?
        .map(|row| row.0))
}

/// How many accounts are connected to a person.
pub async fn count_of(tx: &mut Tx, user: &UserId) -> Result<i64> {
    tx.number(
        "SELECT count(*) FROM identities WHERE user_id = $1",
        [user.into()],
    )
    .await
}

/// Connects an account to a person unless it belongs to somebody; whether it did.
pub async fn insert(tx: &mut Tx, issuer: &str, subject: &str, user: &UserId) -> Result<bool> {
    let now = tx.now();
    let added = tx
        .run(
            "INSERT INTO identities (issuer, subject, user_id, linked_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (issuer, subject) DO NOTHING",
            [issuer.into(), subject.into(), user.into(), now.into()],
        )
        .await?;
    Ok(added > 0)
}
