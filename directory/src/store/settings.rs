//! What the deployment remembers about itself: a few words by key.

use crate::error::Result;
use crate::store::db::Tx;

/// The value of a setting.
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<String>> {
    let row = tx
        .first::<(String,)>("SELECT value FROM settings WHERE key = $1", [key.into()])
        .await?;
    Ok(row.map(|row| row.0))
}

/// Sets a setting; whether that changed it.
pub async fn put(tx: &mut Tx, key: &str, value: &str) -> Result<bool> {
    let changed = tx
        .run(
            "INSERT INTO settings (key, value) VALUES ($1, $2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE settings.value <> excluded.value",
            [key.into(), value.into()],
        )
        .await?;
    Ok(changed > 0)
}

/// Sets a setting unless it is set; whether it was this call that set it.
pub async fn put_first(tx: &mut Tx, key: &str, value: &str) -> Result<bool> {
    let sql = "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    Ok(tx.run(sql, [key.into(), value.into()]).await? > 0)
}

/// Reads a setting, first set to `first` where it was not there, and holds it until the end of the
/// unit: a second unit of work that does the same waits.
pub async fn hold(tx: &mut Tx, key: &str, first: &str) -> Result<String> {
    let row = tx
        .first::<(String,)>(
            "INSERT INTO settings (key, value) VALUES ($1, $2)
             ON CONFLICT (key) DO UPDATE SET value = settings.value RETURNING value",
            [key.into(), first.into()],
        )
        .await?;
    Ok(row.map_or_else(|| first.to_owned(), |row| row.0))
}

/// Removes a setting; whether it was there.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<bool> {
    Ok(tx
        .run("DELETE FROM settings WHERE key = $1", [key.into()])
        .await?
        > 0)
}
