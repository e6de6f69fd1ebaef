//! The database, and a unit of work in it: the one file that knows there are two kinds.

mod known;
mod migrate;
mod unit;

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions, FromRow, Postgres, SqlSafeStr, Sqlite};

use crate::error::{Error, Result};
use crate::model::id::{ConnectionId, MethodId, NodeId, RoleId, StormId, TeamId, TokenId, UserId};
use crate::model::timestamp::Timestamp;
pub use known::Known;
use unit::{Unit, Writer};

/// A database: SQLite inside the process, or PostgreSQL for many servers. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// One file, one writer, readers on snapshots.
    Sqlite {
        /// Connections that only read.
        readers: SqlitePool,
        /// The one connection that writes, and groups commits.
        writer: Writer,
        /// What need not be asked again before the writer changes it.
        known: Arc<Known>,
    },
    /// A server.
    Postgres(PgPool),
}

/// A unit of work: reads and writes that are kept together at [`Tx::commit`], or not at all.
pub struct Tx {
    connection: Connection,
    now: Timestamp,
    act: Option<String>,
}

enum Connection {
    SqliteRead(Box<sqlx::pool::PoolConnection<Sqlite>>),
    SqliteWrite(Unit),
    PostgresRead(Box<sqlx::pool::PoolConnection<Postgres>>),
    PostgresWrite(Box<sqlx::Transaction<'static, Postgres>>),
}

/// A value bound to a statement.
#[derive(Debug, Clone)]
pub enum Arg {
    /// Text.
    Text(String),
    /// Text or NULL.
    OptText(Option<String>),
    /// A number, an instant.
    Int(i64),
    /// A number, an instant, or NULL.
    OptInt(Option<i64>),
    /// Yes or no.
    Bool(bool),
    /// Yes, no or NULL.
    OptBool(Option<bool>),
}

/// A struct that can be read from a row of either database.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// Runs one `sqlx` call on whichever connection the unit of work has.
macro_rules! on {
    ($connection:expr, $c:ident => $call:expr) => {
        match $connection {
            Connection::SqliteRead(c) => {
                let $c = &mut ***c;
                $call
            }
            Connection::SqliteWrite(unit) => {
                let $c = unit.connection()?;
                $call
            }
            Connection::PostgresRead(c) => {
                let $c = &mut ***c;
                $call
            }
            Connection::PostgresWrite(c) => {
                let $c = &mut ***c;
                $call
            }
        }
    };
}

/// Binds arguments, in order.
macro_rules! bind {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Text(v) => query.bind(v),
                Arg::OptText(v) => query.bind(v),
                Arg::Int(v) => query.bind(v),
                Arg::OptInt(v) => query.bind(v),
                Arg::Bool(v) => query.bind(v),
                Arg::OptBool(v) => query.bind(v),
            };
        }
        query
    }};
}

impl Db {
    /// Opens `sqlite:PATH` (created where it is missing) or `postgres://…`, and brings it up to date.
    ///
    /// # Errors
    /// Where the database cannot be opened, is newer than this program, or sorts otherwise than by code point.
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url).await
        } else {
            open_sqlite(url).await
        }
    }

    /// Begins a unit of work that only reads.
    pub async fn read(&self) -> Result<Tx> {
        let connection = match self {
            Self::Sqlite { readers, .. } => {
                Connection::SqliteRead(Box::new(readers.acquire().await?))
            }
            Self::Postgres(pool) => Connection::PostgresRead(Box::new(pool.acquire().await?)),
        };
        Ok(Tx::new(connection))
    }

    /// Begins a unit of work that may write.
    pub async fn write(&self) -> Result<Tx> {
        let connection = match self {
            Self::Sqlite { writer, .. } => Connection::SqliteWrite(writer.begin().await?),
            Self::Postgres(pool) => Connection::PostgresWrite(Box::new(begin(pool.clone()).await?)),
        };
        Ok(Tx::new(connection))
    }

    /// Ends every connection, after what is under way.
    pub async fn close(&self) {
        match self {
            Self::Sqlite {
                readers, writer, ..
            } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// `SQLite` or `PostgreSQL`, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// Whether other servers may use it at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// What may be remembered between requests: nothing where other servers share the database.
    pub fn known(&self) -> Option<&Known> {
        match self {
            Self::Sqlite { known, .. } => Some(known),
            Self::Postgres(_) => None,
        }
    }
}

impl Tx {
    fn new(connection: Connection) -> Self {
        Self {
            connection,
            now: now(),
            act: None,
        }
    }

    /// The instant of this unit of work: fixed at its start.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id, in the order of creation.
    pub fn new_id(&self) -> String {
        new_id(self.now)
    }

    /// The id that the events of this unit of work share; those of one SCIM request share it too.
    pub fn act(&mut self) -> String {
        let now = self.now;
        let act = || crate::outcome::act().unwrap_or_else(|| new_id(now));
        self.act.get_or_insert_with(act).clone()
    }

    /// All rows of a query.
    pub async fn all<T: Row>(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<T>> {
        #[expect(clippy::disallowed_methods, reason = "the one file that talks to sqlx")]
        let rows =
            on!(&mut self.connection, c => bind!(sqlx::query_as(sql), args).fetch_all(c).await);
        Ok(rows?)
    }

    /// The first row of a query, if there is one.
    pub async fn first<T: Row>(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Option<T>> {
        #[expect(clippy::disallowed_methods, reason = "the one file that talks to sqlx")]
        let row = on!(&mut self.connection, c => bind!(sqlx::query_as(sql), args).fetch_optional(c).await);
        Ok(row?)
    }

    /// The one number of a query that always has a row: a count, an existence.
    pub async fn number(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<i64> {
        Ok(self
            .first::<(i64,)>(sql, args)
            .await?
            .map_or(0, |row| row.0))
    }

    /// Runs a statement; how many rows it changed.
    pub async fn run(
        &mut self,
        sql: &'static str,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<u64> {
        #[expect(clippy::disallowed_methods, reason = "the one file that talks to sqlx")]
        let done = on!(&mut self.connection, c => bind!(sqlx::query(sql), args).execute(c).await.map(|done| done.rows_affected()));
        Ok(done?)
    }

    /// Inserts many rows by one statement: `head` is `INSERT … VALUES`, `tail` what follows the rows.
    ///
    /// All rows have the same number of values. Returns what `RETURNING` in `tail` names.
    pub(crate) async fn insert_many<T: Row>(
        &mut self,
        head: &'static str,
        tail: &'static str,
        rows: Vec<Vec<Arg>>,
    ) -> Result<Vec<T>> {
        let mut returned = Vec::new();
        // SQLite looks a numbered place up among all of them, so hundreds are counted instead.
        let is_numbered = self.is_postgres();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut sql = head.to_owned();
            let mut args = Vec::new();
            // 100 rows of at most 19 values stay below every limit, and few statements are prepared.
            for row in rows.by_ref().take(100) {
                let mut before = if args.is_empty() { " (" } else { ", (" };
                for place in args.len() + 1..=args.len() + row.len() {
                    sql.push_str(before);
                    before = ",";
                    if is_numbered {
                        sql.push('$');
                        sql.push_str(&place.to_string());
                    } else {
                        sql.push('?');
                    }
                }
                sql.push(')');
                args.extend(row);
            }
            sql.push(' ');
            sql.push_str(tail);
            returned.extend(self.all_built(sql, args).await?);
        }
        Ok(returned)
    }

    /// All rows of a query that `search.rs` built of known words and placeholders.
    pub(super) async fn all_built<T: Row>(
        &mut self,
        sql: String,
        args: Vec<Arg>,
    ) -> Result<Vec<T>> {
        let sql = AssertSqlSafe(sql).into_sql_str();
        #[expect(clippy::disallowed_methods, reason = "the one file that talks to sqlx")]
        let rows =
            on!(&mut self.connection, c => bind!(sqlx::query_as(sql), args).fetch_all(c).await);
        Ok(rows?)
    }

    /// Whether this unit of work is in PostgreSQL; only `migrate.rs` and `verify.rs` may care.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(
            self.connection,
            Connection::PostgresRead(_) | Connection::PostgresWrite(_)
        )
    }

    /// Keeps what was written. Returns when it is durable.
    ///
    /// # Errors
    /// Where the database could not keep it: then nothing of this unit is kept.
    pub async fn commit(self) -> Result<()> {
        match self.connection {
            Connection::SqliteRead(_) | Connection::PostgresRead(_) => Ok(()),
            Connection::SqliteWrite(unit) => unit.commit().await,
            Connection::PostgresWrite(transaction) => Ok(transaction.commit().await?),
        }
    }
}

/// The clock: read here and nowhere else.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock; everything else asks tx.now()"
)]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A UUIDv7 of this instant, after every other one this process made for it.
pub fn new_id(now: Timestamp) -> String {
    static CONTEXT: Mutex<Option<uuid::ContextV7>> = Mutex::new(None);
    let mut context = CONTEXT.lock().unwrap_or_else(PoisonError::into_inner);
    let context = context.get_or_insert_with(uuid::ContextV7::new);
    let seconds = u64::try_from(now.0 / 1_000).unwrap_or_default();
    let nanoseconds = u32::try_from(now.0 % 1_000).unwrap_or_default() * 1_000_000;
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(&*context, seconds, nanoseconds)).to_string()
}

async fn open_sqlite(url: &str) -> Result<Db> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-8000")
        .statement_cache_capacity(256);
    migrate::sqlite(&mut options.connect().await?).await?;
    let known = Arc::new(Known::default());
    let writer = Writer::open(options.clone(), Arc::clone(&known)).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .min_connections(1)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(
            options
                .pragma("query_only", "on")
                .pragma("cache_size", "-4000"),
        )
        .await?;
    Ok(Db::Sqlite {
        readers,
        writer,
        known,
    })
}

async fn open_postgres(url: &str) -> Result<Db> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("muster")
        .statement_cache_capacity(256);
    let pool = PgPoolOptions::new()
        .max_connections(24)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                #[expect(clippy::disallowed_methods, reason = "the one file that talks to sqlx")]
                sqlx::raw_sql(
                    "SET statement_timeout = '10s'; SET lock_timeout = '5s';
                     SET idle_in_transaction_session_timeout = '15s'; SET client_min_messages = error",
                )
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    migrate::postgres(&pool).await?;
    Ok(Db::Postgres(pool))
}

/// Begins a transaction in a task of its own, which nobody can go away from: sqlx 0.9.0 leaves a connection inside an
/// open transaction when a caller goes away during `begin()`, and the next borrower's acknowledged write would be lost
/// (transact-rs/sqlx #4393). A ROLLBACK at each release would do too, and cost every read a round trip.
async fn begin(pool: PgPool) -> Result<sqlx::Transaction<'static, Postgres>> {
    let begun = tokio::spawn(async move { pool.begin().await }).await;
    Ok(begun.map_err(|error| Error::Store(error.to_string()))??)
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(|e| e.code().map(std::borrow::Cow::into_owned));
        match (&error, code.as_deref()) {
            (sqlx::Error::Database(e), _) if e.is_unique_violation() => {
                Self::Conflict(e.constraint().unwrap_or(e.message()).to_owned())
            }
            // What it belongs to was there a moment ago, and somebody has taken it away since.
            (sqlx::Error::Database(e), _) if e.is_foreign_key_violation() => {
                Self::NotFound("What it belongs to")
            }
            // Serialization failure, deadlock, a lock or a statement that took too long; SQLITE_BUSY.
            (_, Some("40001" | "40P01" | "55P03" | "57014" | "5" | "517"))
            | (sqlx::Error::PoolTimedOut, _) => {
                tracing::warn!(%error, "the database was busy");
                Self::Busy
            }
            // PostgreSQL keeps no text with a NUL: whatever is asked for by such a name is not there.
            (_, Some("22021")) => Self::NotFound("This"),
            // SQLITE_FULL, and PostgreSQL's disk_full.
            (_, Some("13" | "53100")) => Self::Full,
            _ => Self::Store(error.to_string()),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Store(error.to_string())
    }
}

macro_rules! arg_from {
    ($($from:ty => $variant:ident, $value:ident => $to:expr);+ $(;)?) => {
        $(impl From<$from> for Arg {
            fn from($value: $from) -> Self {
                Self::$variant($to)
            }
        })+
    };
}

arg_from!(
    &str => Text, v => v.to_owned();
    String => Text, v => v;
    &String => Text, v => v.clone();
    Option<String> => OptText, v => v;
    &Option<String> => OptText, v => v.clone();
    Option<&str> => OptText, v => v.map(str::to_owned);
    i64 => Int, v => v;
    Option<i64> => OptInt, v => v;
    bool => Bool, v => v;
    Option<bool> => OptBool, v => v;
    Timestamp => Int, v => v.0;
    Option<Timestamp> => OptInt, v => v.map(|t| t.0);
    NodeId => Int, v => v.0;
    Option<NodeId> => OptInt, v => v.map(|id| id.0);
    &UserId => Text, v => v.0.clone();
    &TeamId => Text, v => v.0.clone();
    &RoleId => Text, v => v.0.clone();
    &ConnectionId => Text, v => v.0.clone();
    &TokenId => Text, v => v.0.clone();
    &StormId => Text, v => v.0.clone();
    &MethodId => Text, v => v.0.clone();
    Option<&MethodId> => OptText, v => v.map(|id| id.0.clone());
);
