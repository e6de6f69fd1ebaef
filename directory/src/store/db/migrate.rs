//! Brings a database up to date: one history for both kinds, with what only one of them can say beside it.

use std::borrow::Cow;

use sqlx::migrate::{Migration, Migrator};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::Db;
use crate::error::{Error, Result};

static COMMON: Migrator = sqlx::migrate!("../migrations");
static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// Applies what is missing to a SQLite file, each step as one transaction.
///
/// # Errors
/// Where the database is newer than this program, or a step was edited after it was applied.
pub(super) async fn sqlite(connection: &mut SqliteConnection) -> Result<()> {
    history(&SQLITE).run_direct(None, connection, false).await?;
    Ok(())
}

/// Applies what is missing to a PostgreSQL database; a second server waits for the first.
///
/// # Errors
/// As [`sqlite`], and where the database sorts otherwise than by code point.
pub(super) async fn postgres(pool: &PgPool) -> Result<()> {
    check_collation(&Db::Postgres(pool.clone())).await?;
    history(&POSTGRES).run(pool).await?;
    Ok(())
}

fn history(own: &Migrator) -> Migrator {
    let steps = COMMON
        .iter()
        .map(|step| with_own(step, own))
        .collect::<Vec<_>>();
    Migrator {
        migrations: Cow::Owned(steps),
        ..Migrator::DEFAULT
    }
}

fn with_own(step: &Migration, own: &Migrator) -> Migration {
    let more = own
        .iter()
        .find(|more| more.version == step.version)
        .map_or("", |more| more.sql.as_str());
    let sql = format!("{}\n{more}", step.sql.as_str());
    Migration::new(
        step.version,
        step.description.clone(),
        step.migration_type,
        AssertSqlSafe(sql).into_sql_str(),
        step.no_tx,
    )
}

async fn check_collation(db: &Db) -> Result<()> {
    let mut tx = db.read().await?;
    let found = tx
        .first::<(String, String)>(
            "SELECT current_database()::text, datcollate::text FROM pg_database WHERE datname = current_database()",
            [],
        )
        .await?;
    match found {
        Some((_, collation))
            if matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8") =>
        {
            Ok(())
        }
        Some((name, collation)) => Err(Error::Store(format!(
            "the database {name} sorts by {collation}, Muster needs C. Create it with: \
             CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        ))),
        None => Ok(()),
    }
}
