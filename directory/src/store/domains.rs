//! Domains of the organisation, and the method each leads to.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::MethodId;
use crate::model::sign_in_method::{Domain, Finding};

/// Every domain, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Domain>> {
    tx.all(
        "SELECT d.name, d.token, d.state, d.method_id, m.name AS method_name, d.added_at, d.verified_at, d.checked_at, d.finding
         FROM domains d LEFT JOIN sign_in_methods m ON m.id = d.method_id ORDER BY d.name",
        [],
    )
    .await
}

/// A domain.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<Domain>> {
    tx.first(
        "SELECT d.name, d.token, d.state, d.method_id, m.name AS method_name, d.added_at, d.verified_at, d.checked_at, d.finding
         FROM domains d LEFT JOIN sign_in_methods m ON m.id = d.method_id WHERE d.name = $1",
        [name.into()],
    )
    .await
}

/// Adds a domain unless it is there; whether it did.
pub async fn insert(tx: &mut Tx, name: &str, token: &str, by: &str) -> Result<bool> {
    let now = tx.now();
    let added = tx
        .run(
            "INSERT INTO domains (name, token, state, added_at, added_by) VALUES ($1, $2, 'requested', $3, $4)
             ON CONFLICT (name) DO NOTHING",
            [name.into(), token.into(), now.into(), by.into()],
        )
        .await?;
    Ok(added > 0)
}

/// Notes what a look at the record found.
pub async fn checked(tx: &mut Tx, name: &str, finding: Finding) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE domains SET checked_at = $2, finding = $3 WHERE name = $1",
        [name.into(), now.into(), finding.as_str().into()],
    )
    .await?;
    Ok(())
}

/// Makes a domain verified whose record still has this token; whether it was not before.
pub async fn verify(tx: &mut Tx, name: &str, token: &str) -> Result<bool> {
    let now = tx.now();
    let verified = tx
        .run(
            "UPDATE domains SET state = 'verified', verified_at = $3 WHERE name = $1 AND token = $2 AND state = 'requested'",
            [name.into(), token.into(), now.into()],
        )
        .await?;
    Ok(verified > 0)
}

/// Makes a domain lead to a method, or to none; whether that changed it.
pub async fn route(tx: &mut Tx, name: &str, method: Option<&MethodId>) -> Result<bool> {
    let routed = tx
        .run(
            "UPDATE domains SET method_id = $2 WHERE name = $1 AND coalesce(method_id, '') <> coalesce($2, '')",
            [name.into(), method.into()],
        )
        .await?;
    Ok(routed > 0)
}

/// Removes a domain; whether it was there.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<bool> {
    let sql = "DELETE FROM domains WHERE name = $1";
    Ok(tx.run(sql, [name.into()]).await? > 0)
}

/// Whether a domain is verified.
pub async fn is_verified(tx: &mut Tx, name: &str) -> Result<bool> {
    let sql = "SELECT count(*) FROM domains WHERE name = $1 AND state = 'verified'";
    Ok(tx.number(sql, [name.into()]).await? > 0)
}

/// How many domains are verified.
pub async fn verified(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT count(*) FROM domains WHERE state = 'verified'";
    tx.number(sql, []).await
}

/// The verified domains that lead to a method.
pub async fn of_method(tx: &mut Tx, method: &MethodId) -> Result<Vec<(String,)>> {
    tx.all(
        "SELECT name FROM domains WHERE method_id = $1 AND state = 'verified' ORDER BY name",
        [method.into()],
    )
    .await
}

/// The method that is on and that a verified domain leads to.
pub async fn method_of(tx: &mut Tx, name: &str) -> Result<Option<MethodId>> {
    let row = tx
        .first::<(MethodId,)>(
            "SELECT m.id FROM domains d JOIN sign_in_methods m ON m.id = d.method_id
             WHERE d.name = $1 AND d.state = 'verified' AND m.state = 'on'",
            [name.into()],
        )
        .await?;
    Ok(row.map(|row| row.0))
}
