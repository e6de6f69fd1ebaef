//! The recycle bin: people whom an administrator deleted, as they were, until they are restored or erased (decision 92).

use super::db::{Arg, Tx};
use super::people::shown;
use crate::error::Result;
use crate::model::id::UserId;
use crate::model::many::Recycled;
use crate::model::query::ListQuery;
use crate::model::role::Privilege;
use crate::store::users;
use crate::text::anywhere;

/// The people in the bin of the shown nodes who match: `$4` is the text as it was typed, `$5` its pattern.
macro_rules! binned {
    () => {
        " FROM users u JOIN nodes n ON n.id = u.node_id
          WHERE u.recycled_at IS NOT NULL AND u.node_id IN (SELECT id FROM shown)
            AND ($4 = '' OR u.label_key LIKE $5 ESCAPE '\\' OR u.login_key LIKE $5 ESCAPE '\\' OR u.id = $4)"
    };
}

/// Puts somebody into the bin; whether they were not in it before. Their sessions end.
pub async fn recycle(tx: &mut Tx, id: &UserId, by: &str) -> Result<bool> {
    let now = tx.now();
    let recycled = tx
        .run(
            "UPDATE users SET recycled_at = $3, recycled_by = $2, version = version + 1, updated_at = $3
             WHERE id = $1 AND recycled_at IS NULL",
            [id.into(), by.into(), now.into()],
        )
        .await?;
    if recycled > 0 {
        users::end_sessions(tx, id).await?;
    }
    Ok(recycled > 0)
}

/// Takes somebody out of the bin; whether they were in it.
pub async fn restore(tx: &mut Tx, id: &UserId) -> Result<bool> {
    let now = tx.now();
    let restored = tx
        .run(
            "UPDATE users SET recycled_at = NULL, recycled_by = NULL, version = version + 1, updated_at = $2
             WHERE id = $1 AND recycled_at IS NOT NULL",
            [id.into(), now.into()],
        )
        .await?;
    Ok(restored > 0)
}

/// Somebody in the bin.
pub async fn find(tx: &mut Tx, id: &UserId) -> Result<Option<Recycled>> {
    tx.first(
        "SELECT u.id, u.label, u.login, u.node_id, n.name AS node_name, u.linked, u.recycled_at,
                coalesce(u.recycled_by, '') AS recycled_by
         FROM users u JOIN nodes n ON n.id = u.node_id WHERE u.id = $1 AND u.recycled_at IS NOT NULL",
        [id.into()],
    )
    .await
}

/// Erases somebody, and what the events say of them beside their id. What a removed connection remembers of them goes too.
pub async fn erase(tx: &mut Tx, id: &UserId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "INSERT INTO erasures (user_id, at) VALUES ($1, $2)",
        [id.into(), now.into()],
    )
    .await?;
    for sql in [
        "UPDATE events SET target_name = '', details = '{}' WHERE target_id = $1 AND target_kind = 'user'",
        "UPDATE events SET actor_name = '' WHERE actor_id = $1 AND actor_kind = 'user'",
        "DELETE FROM left_behind WHERE kind = 'user' AND subject_id = $1",
        "DELETE FROM users WHERE id = $1",
    ] {
        tx.run(sql, [id.into()]).await?;
    }
    Ok(())
}

/// A page of the people in the bin at the nodes where a person has a privilege, the last deleted first.
pub async fn list(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<Vec<Recycled>> {
    let mut args = narrowed(admin, privilege, query);
    args.extend([query.limit().into(), query.offset().into()]);
    tx.all(
        concat!(
            shown!(),
            "SELECT u.id, u.label, u.login, u.node_id, n.name AS node_name, u.linked, u.recycled_at,
                    coalesce(u.recycled_by, '') AS recycled_by",
            binned!(),
            " ORDER BY u.recycled_at DESC, u.id DESC LIMIT $6 OFFSET $7"
        ),
        args,
    )
    .await
}

/// How many people in the bin match, and how many there are in all.
pub async fn count(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<(i64, i64)> {
    const SQL: &str = concat!(shown!(), "SELECT count(*)", binned!());
    let total = tx.number(SQL, narrowed(admin, privilege, query)).await?;
    let everything = ListQuery::default();
    let all = tx
        .number(SQL, narrowed(admin, privilege, &everything))
        .await?;
    Ok((total, all))
}

fn narrowed(admin: &UserId, privilege: Privilege, query: &ListQuery) -> Vec<Arg> {
    let typed = query.q.trim();
    vec![
        admin.into(),
        privilege.as_str().into(),
        query.node.into(),
        typed.into(),
        anywhere(typed).into(),
    ]
}
