//! People, as the console lists and changes them.

use super::db::{Arg, Tx};
use crate::error::Result;
use crate::model::id::{NodeId, UserId};
use crate::model::query::ListQuery;
use crate::model::role::Privilege;
use crate::model::user::{StatusCounts, UserInList};
use crate::store::users;
use crate::text::anywhere;

/// Before a statement: `shown` are the nodes where person `$1` has privilege `$2`, at or below node
/// `$3` where one is given.
macro_rules! shown {
    () => {
        "WITH RECURSIVE seen (id, cascades) AS (
             SELECT rp.node_id, rp.cascades FROM role_users ru JOIN role_privileges rp ON rp.role_id = ru.role_id
             WHERE ru.user_id = $1 AND rp.privilege = $2
             UNION
             SELECT n.id, TRUE FROM nodes n JOIN seen ON n.parent_id = seen.id WHERE seen.cascades
         ), below (id) AS (
             SELECT CAST($3 AS BIGINT)
             UNION
             SELECT n.id FROM nodes n JOIN below ON n.parent_id = below.id
         ), shown (id) AS (
             SELECT id FROM seen WHERE $3 IS NULL OR id IN (SELECT id FROM below)
         ) "
    };
}
pub(super) use shown;

/// The people of the shown nodes.
macro_rules! there {
    () => {
        "u.node_id IN (SELECT id FROM shown) AND u.recycled_at IS NULL"
    };
}

/// The one status somebody is counted and found under: who locked them comes before how far they are.
macro_rules! status {
    () => {
        "CASE WHEN u.locked_by_admin THEN 'locked' WHEN u.locked_by_idp THEN 'locked_by_idp'
              WHEN u.consent = 'not_accepted' THEN 'pending' ELSE u.state END"
    };
}

/// Those who match: `$4` is the text as it was typed, `$5` its pattern, `$6` a status.
macro_rules! matching {
    () => {
        concat!(
            " AND ($4 = '' OR u.label_key LIKE $5 ESCAPE '\\' OR u.login_key LIKE $5 ESCAPE '\\' OR u.id = $4 OR u.external_id = $4)
              AND ($6 = '' OR $6 = ",
            status!(),
            ")"
        )
    };
}

/// A page of people: the wide rows are read for the page alone. In an order that an index has, the
/// index is followed (`+` keeps the databases from sorting everybody of the nodes first).
macro_rules! page {
    (after) => {
        page!("FROM users u WHERE u.id > $8 AND +", "u.id", " LIMIT $7")
    };
    (indexed $order:expr) => {
        page!("FROM users u WHERE +", $order, " LIMIT $7 OFFSET $8")
    };
    (sorted $order:expr) => {
        page!("FROM users u JOIN nodes n ON n.id = u.node_id WHERE ", $order, " LIMIT $7 OFFSET $8")
    };
    ($from:literal, $order:expr, $part:literal) => {
        concat!(
            shown!(),
            "SELECT u.id, u.label, u.login, u.node_id, n.name AS node_name, u.state, u.locked_by_admin, u.locked_by_idp, u.locked_by,
                    CASE WHEN u.linked THEN c.name END AS kept_by,
                    (SELECT string_agg(t.name, ', ' ORDER BY t.name_key) FROM memberships m JOIN teams t ON t.id = m.team_id
                     WHERE m.user_id = u.id AND m.state = 'approved' AND t.recycled_at IS NULL) AS teams,
                    (SELECT count(*) FROM memberships m JOIN teams t ON t.id = m.team_id
                     WHERE m.user_id = u.id AND m.state = 'pending' AND t.recycled_at IS NULL) AS pending,
                    u.last_sign_in_at, u.consent, u.consent_expires_at
             FROM users u JOIN nodes n ON n.id = u.node_id LEFT JOIN connections c ON c.node_id = u.node_id
             WHERE u.id IN (SELECT u.id ",
            $from,
            there!(),
            matching!(),
            " ORDER BY ",
            $order,
            $part,
            ") ORDER BY ",
            $order
        )
    };
}

/// The people at the nodes where a person has a privilege who match after one of them, in the order they were added.
pub async fn after(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
    after: Option<&UserId>,
    limit: i64,
) -> Result<Vec<UserInList>> {
    let typed = query.q.trim();
    let mut args = narrowed(admin, privilege, query.node);
    args.extend([typed.into(), anywhere(typed).into(), (&query.state).into()]);
    args.extend([limit.into(), after.map_or("", UserId::as_str).into()]);
    tx.all(page!(after), args).await
}

/// A page of the people at the nodes where a person has a privilege.
pub async fn list(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<Vec<UserInList>> {
    let sql = match query.sort.as_str() {
        "-name" => page!(indexed "u.label_key DESC, u.id DESC"),
        "login" => page!(indexed "u.login_key, u.id"),
        "-login" => page!(indexed "u.login_key DESC, u.id DESC"),
        "node" => page!(sorted "n.name, n.id, u.label_key, u.id"),
        "-node" => page!(sorted "n.name DESC, n.id DESC, u.label_key DESC, u.id DESC"),
        "status" => {
            page!(sorted concat!(status!(), ", u.label_key, u.id"))
        }
        "-status" => {
            page!(sorted concat!(status!(), " DESC, u.label_key DESC, u.id DESC"))
        }
        "last_sign_in" => page!(sorted "coalesce(u.last_sign_in_at, 0), u.id"),
        "-last_sign_in" => page!(sorted "coalesce(u.last_sign_in_at, 0) DESC, u.id DESC"),
        "created" => page!(sorted "u.created_at, u.id"),
        "-created" => page!(sorted "u.created_at DESC, u.id DESC"),
        _ => page!(indexed "u.label_key, u.id"),
    };
    let typed = query.q.trim();
    let mut args = narrowed(admin, privilege, query.node);
    args.extend([typed.into(), anywhere(typed).into(), (&query.state).into()]);
    args.extend([query.limit().into(), query.offset().into()]);
    tx.all(sql, args).await
}

/// How many people match, and how many there are without the filter. Only a search for text reads the people.
pub async fn count(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<(i64, i64)> {
    const ALL: &str = concat!(shown!(), "SELECT count(*) FROM users u WHERE ", there!());
    const OF_STATUS: &str = concat!(
        shown!(),
        "SELECT count(*) FROM users u WHERE ",
        there!(),
        " AND $4 = ",
        status!()
    );
    const MATCHING: &str = concat!(
        shown!(),
        "SELECT count(*) FROM users u WHERE ",
        there!(),
        matching!()
    );
    let all = tx.number(ALL, narrowed(admin, privilege, None)).await?;
    let typed = query.q.trim();
    let mut args = narrowed(admin, privilege, query.node);
    let total = match (typed, query.state.as_str(), query.node) {
        ("", "", None) => all,
        ("", "", Some(_)) => tx.number(ALL, args).await?,
        ("", status, _) => {
            args.push(status.into());
            tx.number(OF_STATUS, args).await?
        }
        _ => {
            args.extend([typed.into(), anywhere(typed).into(), (&query.state).into()]);
            tx.number(MATCHING, args).await?
        }
    };
    Ok((total, all))
}

fn narrowed(admin: &UserId, privilege: Privilege, node: Option<NodeId>) -> Vec<Arg> {
    vec![admin.into(), privilege.as_str().into(), node.into()]
}

/// How many people have which status at the nodes where a person has a privilege.
pub async fn counts(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    node: Option<NodeId>,
) -> Result<StatusCounts> {
    let found = tx
        .first(
            concat!(
                shown!(),
                "SELECT count(*) AS \"all\",
                        count(CASE WHEN status = 'active' THEN 1 END) AS active, count(CASE WHEN status = 'invited' THEN 1 END) AS invited,
                        count(CASE WHEN status = 'pending' THEN 1 END) AS pending, count(CASE WHEN status = 'locked' THEN 1 END) AS locked,
                        count(CASE WHEN status = 'locked_by_idp' THEN 1 END) AS locked_by_idp
                 FROM (SELECT ",
                status!(),
                " AS status FROM users u WHERE ",
                there!(),
                ") statuses"
            ),
            narrowed(admin, privilege, node),
        )
        .await?;
    Ok(found.unwrap_or_default())
}

/// How many people a connection keeps, at the nodes where a person has a privilege.
pub async fn kept(tx: &mut Tx, admin: &UserId, privilege: Privilege) -> Result<i64> {
    tx.number(
        concat!(
            shown!(),
            "SELECT count(*) FROM users u WHERE u.linked AND u.node_id IN (SELECT id FROM shown) AND u.recycled_at IS NULL"
        ),
        [admin.into(), privilege.as_str().into(), None::<NodeId>.into()],
    )
    .await
}

/// Holds a person until the end of the unit of work: nobody else changes them.
pub async fn hold(tx: &mut Tx, id: &UserId) -> Result<()> {
    tx.run(
        "UPDATE users SET version = version WHERE id = $1",
        [id.into()],
    )
    .await?;
    Ok(())
}

/// Locks somebody for an administrator; whether they were not locked so before. Their sessions end.
pub async fn lock(tx: &mut Tx, id: &UserId, by: &str) -> Result<bool> {
    let now = tx.now();
    let locked = tx
        .run(
            "UPDATE users SET locked_by_admin = TRUE, locked_by = $2, version = version + 1, updated_at = $3
             WHERE id = $1 AND NOT locked_by_admin AND state = 'active' AND recycled_at IS NULL",
            [id.into(), by.into(), now.into()],
        )
        .await?;
    if locked > 0 {
        users::end_sessions(tx, id).await?;
    }
    Ok(locked > 0)
}

/// Whether a connection keeps a person now: one that was removed does not.
macro_rules! kept {
    () => {
        "(linked AND EXISTS (SELECT 1 FROM connections k WHERE k.node_id = users.node_id AND k.removed_at IS NULL))"
    };
}

/// Takes back the lock of an administrator, and one that an identity provider left which keeps them
/// no longer; whether there was one.
pub async fn unlock(tx: &mut Tx, id: &UserId) -> Result<bool> {
    let now = tx.now();
    let unlocked = tx
        .run(
            concat!(
                "UPDATE users SET locked_by_admin = FALSE, locked_by_idp = locked_by_idp AND ",
                kept!(),
                ", hidden_from_connection = hidden_from_connection AND ",
                kept!(),
                ", locked_by = CASE WHEN locked_by_idp AND ",
                kept!(),
                " THEN coalesce((SELECT c.name FROM connections c WHERE c.node_id = users.node_id), locked_by) END,
                    version = version + 1, updated_at = $2
                 WHERE id = $1 AND (locked_by_admin OR (locked_by_idp AND NOT ",
                kept!(),
                "))"
            ),
            [id.into(), now.into()],
        )
        .await?;
    Ok(unlocked > 0)
}

/// The people at the nodes where a person has a privilege who match, in the order they were added; so many at the most.
pub async fn matching(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
    limit: i64,
) -> Result<Vec<(UserId,)>> {
    let typed = query.q.trim();
    let mut args = narrowed(admin, privilege, query.node);
    args.extend([typed.into(), anywhere(typed).into(), (&query.state).into()]);
    args.push(limit.into());
    tx.all(
        concat!(
            shown!(),
            "SELECT u.id FROM users u WHERE ",
            there!(),
            matching!(),
            " ORDER BY u.id LIMIT $7"
        ),
        args,
    )
    .await
}

/// Moves somebody to another node, where no connection keeps them yet.
pub async fn relocate(tx: &mut Tx, id: &UserId, to: NodeId) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE users SET node_id = $2, linked = FALSE, external_id = NULL, hidden_from_connection = FALSE,
            version = version + 1, updated_at = $3 WHERE id = $1",
        [id.into(), to.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The person of an address, and the hash of their passphrase.
pub async fn passphrase_of(
    tx: &mut Tx,
    login_key: &str,
) -> Result<Option<(UserId, Option<String>)>> {
    tx.first(
        "SELECT id, passphrase_hash FROM users WHERE login_key = $1",
        [login_key.into()],
    )
    .await
}

/// Puts another hash in the place of the one that was there; whether it was there still.
pub async fn replace_passphrase(tx: &mut Tx, id: &UserId, old: &str, new: &str) -> Result<bool> {
    let sql = "UPDATE users SET passphrase_hash = $3, password_received_at = NULL WHERE id = $1 AND passphrase_hash = $2";
    Ok(tx.run(sql, [id.into(), old.into(), new.into()]).await? > 0)
}

/// Sets the hash of a passphrase that the identity provider handed over.
pub async fn receive_passphrase(tx: &mut Tx, id: &UserId, hash: &str) -> Result<()> {
    let now = tx.now();
    tx.run(
        "UPDATE users SET passphrase_hash = $2, password_received_at = $3 WHERE id = $1",
        [id.into(), hash.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The hash of somebody's passphrase, if they have one.
pub async fn passphrase(tx: &mut Tx, id: &UserId) -> Result<Option<String>> {
    let found = tx
        .first::<(Option<String>,)>(
            "SELECT passphrase_hash FROM users WHERE id = $1",
            [id.into()],
        )
        .await?;
    Ok(found.and_then(|row| row.0))
}

/// Sets the hash of a passphrase that somebody chose.
pub async fn set_passphrase(tx: &mut Tx, id: &UserId, hash: &str) -> Result<()> {
    tx.run(
        "UPDATE users SET passphrase_hash = $2, password_received_at = NULL WHERE id = $1",
        [id.into(), hash.into()],
    )
    .await?;
    Ok(())
}
