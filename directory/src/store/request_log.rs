//! The log of requests and answers: written in batches, read a page at a time by the order of arrival, forgotten in portions.

use super::db::{Arg, Tx};
use super::search;
use crate::error::Result;
use crate::model::id::{ConnectionId, NodeId, TeamId, TokenId, UserId};
use crate::model::request::{Client, LogQuery, Request};
use crate::model::timestamp::Timestamp;
use crate::text::literally;

/// How many requests one page of a search looks through.
pub const WINDOW: i64 = 20_000;
/// Among how many of the latest requests the clients are looked for that one can choose from.
const CLIENTS_AMONG: i64 = 2_000;

/// A line to be added, with what is kept beside it as JSON.
pub struct NewRequest {
    /// The line.
    pub line: Request,
    /// What is kept beside it.
    pub kept: Option<String>,
}

/// Adds requests to the log.
pub async fn insert(tx: &mut Tx, requests: Vec<NewRequest>) -> Result<()> {
    let rows = requests.into_iter().map(row).collect();
    tx.insert_many::<(i64,)>(
        "INSERT INTO requests (id, connection_id, token_id, at, method, path, status, scim_type, detail, took_us, agent, ip,
                               client, cause, subject_kind, subject_id, said, changed, kept) VALUES",
        "",
        rows,
    )
    .await?;
    Ok(())
}

fn row(NewRequest { line, kept }: NewRequest) -> Vec<Arg> {
    vec![
        line.id.into(),
        line.connection_id.0.into(),
        line.token_id.map(|id| id.0).into(),
        line.at.into(),
        line.method.into(),
        line.path.into(),
        line.status.into(),
        line.scim_type.into(),
        line.detail.into(),
        line.took_us.into(),
        line.agent.into(),
        line.ip.into(),
        line.client.as_str().into(),
        line.cause.into(),
        line.subject_kind.into(),
        line.subject_id.into(),
        line.said.into(),
        line.changed.into(),
        kept.into(),
    ]
}

/// Whether a connection is still there to have a log.
pub async fn has_log(tx: &mut Tx, connection: &ConnectionId) -> Result<bool> {
    let sql = "SELECT count(*) FROM connections WHERE id = $1 AND removed_at IS NULL";
    Ok(tx.number(sql, [connection.into()]).await? > 0)
}

/// A token, and the connection it belongs to, as far as it explains a refusal.
#[derive(Debug, sqlx::FromRow)]
pub struct KnownToken {
    /// Its connection.
    pub connection_id: ConnectionId,
    /// HMAC-SHA-256 of the whole token, hex.
    pub digest: String,
    /// How far it has come.
    pub state: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// How far its connection has come.
    pub connection_state: String,
}

/// A token of any connection, by its public part.
pub async fn known_token(tx: &mut Tx, id: &TokenId) -> Result<Option<KnownToken>> {
    tx.first(
        "SELECT t.connection_id, t.digest, t.state, t.expires_at, c.state AS connection_state
         FROM tokens t JOIN connections c ON c.id = t.connection_id WHERE t.id = $1",
        [id.into()],
    )
    .await
}

macro_rules! line {
    () => {
        "r.id, r.connection_id, r.token_id, r.at, r.method, r.path, r.status, r.scim_type, r.detail, r.took_us, r.agent, r.ip,
         r.client, r.cause, r.subject_kind, r.subject_id, r.said, r.changed"
    };
}

/// What a line must be like: `$4` an outcome, `$5` a client, `$6` a kind, `$7` the text as it was typed, `$8` its
/// pattern in small letters, `$9` the same as a path spells it.
macro_rules! matches {
    () => {
        " WHERE ($4 = '' OR ($4 = 'refused' AND r.status >= 400) OR ($4 = 'answered' AND r.status < 400)
                 OR ($4 = 'changed' AND r.changed > 0) OR ($4 = 'unchanged' AND r.changed = 0 AND r.status < 400 AND r.method NOT IN ('GET', '')))
           AND ($5 = '' OR r.client = $5)
           AND ($6 = '' OR ($6 = 'reads' AND r.method = 'GET') OR ($6 = 'writes' AND r.method NOT IN ('GET', ''))
                 OR ($6 = 'people' AND substr(r.path, 1, 6) = '/Users') OR ($6 = 'groups' AND substr(r.path, 1, 7) = '/Groups')
                 OR ($6 = 'setup' AND substr(r.path, 1, 6) <> '/Users' AND substr(r.path, 1, 7) <> '/Groups'))
           AND ($7 = '' OR r.id = $7 OR r.subject_id = $7 OR r.ip = $7 OR lower(r.said) LIKE $8 ESCAPE '\\'
                 OR lower(r.detail) LIKE $8 ESCAPE '\\' OR lower(r.path) LIKE $8 ESCAPE '\\' OR lower(r.path) LIKE $9 ESCAPE '\\')"
    };
}

/// The lines of a connection on one side of `$2`, at most `$3` of them looked through, in one order.
macro_rules! page {
    ($side:literal, $more:literal, $order:literal) => {
        concat!(
            "SELECT ",
            line!(),
            " FROM (SELECT * FROM requests r WHERE r.connection_id = $1 AND ($2 = '' OR r.id ",
            $side,
            " $2)",
            $more,
            " ORDER BY r.id ",
            $order,
            " LIMIT $3) r",
            matches!(),
            " ORDER BY r.id ",
            $order,
            " LIMIT $10"
        )
    };
}

/// Narrowed to whatever a person or a team was in: `$11`.
macro_rules! about {
    () => {
        " AND r.id IN (SELECT e.act FROM events e WHERE e.target_id = $11
                       UNION SELECT s.id FROM requests s WHERE s.subject_id = $11 AND s.method <> 'GET')"
    };
}

/// Which way a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the newest to older ones.
    Back,
    /// From older ones to the newest.
    Forth,
}

/// The lines that match, at most so many, in the direction of reading.
pub async fn page(
    tx: &mut Tx,
    connection: &ConnectionId,
    query: &LogQuery,
    direction: Direction,
    limit: i64,
) -> Result<Vec<Request>> {
    let is_about = !query.about.is_empty();
    let is_refused = query.outcome == "refused";
    let sql = match (direction, is_about, is_refused) {
        (Direction::Back, true, _) => concat!(
            "SELECT ",
            line!(),
            " FROM requests r",
            matches!(),
            " AND r.connection_id = $1 AND ($2 = '' OR r.id < $2) AND $3 > 0",
            about!(),
            " ORDER BY r.id DESC LIMIT $10"
        ),
        (Direction::Forth, true, _) => concat!(
            "SELECT ",
            line!(),
            " FROM requests r",
            matches!(),
            " AND r.connection_id = $1 AND ($2 = '' OR r.id > $2) AND $3 > 0",
            about!(),
            " ORDER BY r.id LIMIT $10"
        ),
        (Direction::Back, false, true) => page!("<", " AND r.status >= 400", "DESC"),
        (Direction::Forth, false, true) => page!(">", " AND r.status >= 400", ""),
        (Direction::Back, false, false) => page!("<", "", "DESC"),
        (Direction::Forth, false, false) => page!(">", "", ""),
    };
    let place = match direction {
        Direction::Back => &query.before,
        Direction::Forth => &query.after,
    };
    // Without a search nothing is looked through in vain.
    let window = if query.is_plain() { limit } else { WINDOW };
    let typed = query.q.trim();
    let small = typed.to_ascii_lowercase();
    let spelt = small
        .replace('@', "%40")
        .replace(' ', "%20")
        .replace('"', "%22");
    let mut args: Vec<Arg> = vec![
        connection.into(),
        place.into(),
        window.into(),
        (&query.outcome).into(),
        (&query.client).into(),
        (&query.kind).into(),
        typed.into(),
        literally(&small).into(),
        literally(&spelt).into(),
        limit.into(),
    ];
    if is_about {
        args.push((&query.about).into());
    }
    tx.all(sql, args).await
}

/// The line at the far end of what one page of a search looks through; none where the log ends before it.
pub async fn window_end(
    tx: &mut Tx,
    connection: &ConnectionId,
    before: &str,
) -> Result<Option<(String, Timestamp)>> {
    tx.first(
        "SELECT id, at FROM requests WHERE connection_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT 1 OFFSET $3",
        [connection.into(), before.into(), (WINDOW - 1).into()],
    )
    .await
}

/// Whether a connection has requests on the far side of one.
pub async fn is_newer_than(tx: &mut Tx, connection: &ConnectionId, id: &str) -> Result<bool> {
    let sql = "SELECT count(*) FROM (SELECT id FROM requests WHERE connection_id = $1 AND id > $2 LIMIT 1) r";
    Ok(tx.number(sql, [connection.into(), id.into()]).await? > 0)
}

/// The newest request of a connection.
pub async fn newest(tx: &mut Tx, connection: &ConnectionId) -> Result<Option<String>> {
    let sql = "SELECT id FROM requests WHERE connection_id = $1 ORDER BY id DESC LIMIT 1";
    let row = tx.first::<(String,)>(sql, [connection.into()]).await?;
    Ok(row.map(|row| row.0))
}

/// The clients that were seen lately.
pub async fn clients(tx: &mut Tx, connection: &ConnectionId) -> Result<Vec<Client>> {
    let rows = tx
        .all::<(String,)>(
            "SELECT DISTINCT client FROM (SELECT client FROM requests WHERE connection_id = $1 ORDER BY id DESC LIMIT $2) r
             ORDER BY client",
            [connection.into(), CLIENTS_AMONG.into()],
        )
        .await?;
    Ok(rows.iter().filter_map(|(word,)| Client::of(word)).collect())
}

/// One line of a connection.
pub async fn find(tx: &mut Tx, connection: &ConnectionId, id: &str) -> Result<Option<Request>> {
    tx.first(
        concat!(
            "SELECT ",
            line!(),
            " FROM requests r WHERE r.connection_id = $1 AND r.id = $2"
        ),
        [connection.into(), id.into()],
    )
    .await
}

/// What is kept beside a line, as JSON.
pub async fn kept(tx: &mut Tx, id: &str) -> Result<Option<String>> {
    let row = tx
        .first::<(Option<String>,)>("SELECT kept FROM requests WHERE id = $1", [id.into()])
        .await?;
    Ok(row.and_then(|row| row.0))
}

/// A request about somebody, and the connection it came by.
#[derive(Debug, sqlx::FromRow)]
pub struct AboutRow {
    /// The line.
    #[sqlx(flatten)]
    pub request: Request,
    /// The node of the connection.
    pub node_id: NodeId,
    /// What the connection is called.
    pub connection_name: String,
}

/// The latest requests about a person or a team, by any connection, the newest first.
pub async fn about(tx: &mut Tx, id: &str, limit: i64) -> Result<Vec<AboutRow>> {
    tx.all(
        concat!(
            "SELECT ",
            line!(),
            ", c.node_id, c.name AS connection_name FROM requests r JOIN connections c ON c.id = r.connection_id
             WHERE r.id IN (SELECT act FROM (SELECT act, id FROM events WHERE target_id = $1 ORDER BY id DESC LIMIT $2) e
                            UNION SELECT id FROM (SELECT id FROM requests WHERE subject_id = $1 AND method <> 'GET'
                                                  ORDER BY id DESC LIMIT $2) s)
             ORDER BY r.id DESC LIMIT $2"
        ),
        [id.into(), limit.into()],
    )
    .await
}

/// Where people are, and what they are called.
pub async fn people(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<(String, NodeId, String)>> {
    search::among(
        tx,
        "SELECT id, node_id, label FROM users WHERE id IN",
        "",
        vec![],
        ids,
    )
    .await
}

/// Where teams are, and what they are called.
pub async fn teams(tx: &mut Tx, ids: &[TeamId]) -> Result<Vec<(String, NodeId, String)>> {
    let head = "SELECT id, node_id, name FROM teams WHERE recycled_at IS NULL AND id IN";
    search::among(tx, head, "", vec![], ids).await
}

/// Forgets at most so many of the requests before an instant, the oldest first; how many.
pub async fn forget(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    // Ids begin with their instant: they are in its order, and no other index is needed.
    let milliseconds = before.0.max(0);
    let bound = format!("{:08x}-{:04x}", milliseconds >> 16, milliseconds & 0xffff);
    tx.run(
        "DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE id < $1 ORDER BY id LIMIT $2)",
        [bound.into(), limit.into()],
    )
    .await
}
