//! The views people saved of lists.

use super::db::Tx;
use crate::error::Result;
use crate::model::id::UserId;
use crate::model::saved_view::{ListShown, SavedView};

/// Those of one list, by name.
pub async fn of(tx: &mut Tx, user: &UserId, list: ListShown) -> Result<Vec<SavedView>> {
    tx.all(
        "SELECT id, name, query FROM saved_views WHERE user_id = $1 AND list = $2 ORDER BY name, id",
        [user.into(), list.as_str().into()],
    )
    .await
}

/// Keeps one; one of the same name takes the new query.
pub async fn keep(
    tx: &mut Tx,
    user: &UserId,
    list: ListShown,
    name: &str,
    query: &str,
) -> Result<()> {
    let id = tx.new_id();
    tx.run(
        "INSERT INTO saved_views (id, user_id, list, name, query) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id, list, name) DO UPDATE SET query = excluded.query",
        [
            id.into(),
            user.into(),
            list.as_str().into(),
            name.into(),
            query.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Forgets one of somebody's, if it is there.
pub async fn forget(tx: &mut Tx, user: &UserId, id: &str) -> Result<()> {
    let sql = "DELETE FROM saved_views WHERE user_id = $1 AND id = $2";
    tx.run(sql, [user.into(), id.into()]).await?;
    Ok(())
}
