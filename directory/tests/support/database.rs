//! A SQLite file and a PostgreSQL schema of its own for each test; gone when the test is over.

use std::sync::atomic::{AtomicU64, Ordering};

use directory::model::event::Code;
use directory::store::db::Db;
use directory::verify::verify;
use sqlx::Connection as _;

/// Where the tests' PostgreSQL is: a superuser's URL on a server whose databases sort by code point.
pub const SERVER: &str = "MUSTER_TEST_POSTGRES";

/// A database of one test.
pub struct Database {
    /// The database.
    pub db: Db,
    /// Where it is.
    pub url: String,
    home: Home,
}

enum Home {
    Folder(#[expect(dead_code, reason = "removed when it is dropped")] tempfile::TempDir),
    Schema { server: String, name: String },
}

/// Every kind of database there is to test on: SQLite, and PostgreSQL where `cargo xtask test` named one.
pub async fn databases() -> Vec<Database> {
    let mut found = vec![sqlite().await];
    found.extend(postgres().await);
    found
}

/// A new SQLite file.
pub async fn sqlite() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("muster.db").display());
    Database {
        db: Db::open(&url).await.unwrap(),
        url,
        home: Home::Folder(folder),
    }
}

/// A new schema of the tests' PostgreSQL.
pub async fn postgres() -> Option<Database> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let Ok(server) = std::env::var(SERVER) else {
        eprintln!("on SQLite only: {SERVER} names no PostgreSQL (cargo xtask test starts one)");
        return None;
    };
    let name = format!(
        "t{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::SeqCst)
    );
    run(&server, &format!("CREATE SCHEMA {name}")).await;
    let separator = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{separator}options=-csearch_path%3D{name}");
    Some(Database {
        db: Db::open(&url).await.unwrap(),
        url,
        home: Home::Schema { server, name },
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "makes and drops the schema the test runs in"
)]
async fn run(server: &str, sql: &str) {
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

impl Database {
    /// One number.
    pub async fn number(&self, sql: &'static str) -> i64 {
        self.db.read().await.unwrap().number(sql, []).await.unwrap()
    }

    /// Changes something behind the back of the verbs.
    pub async fn run(&self, sql: &'static str) -> u64 {
        let mut tx = self.db.write().await.unwrap();
        let changed = tx.run(sql, []).await.unwrap();
        tx.commit().await.unwrap();
        changed
    }

    /// How many events there are.
    pub async fn events(&self) -> i64 {
        self.number("SELECT count(*) FROM events").await
    }

    /// The codes of the events after so many, in order.
    pub async fn codes_after(&self, count: i64) -> Vec<Code> {
        let mut tx = self.db.read().await.unwrap();
        let sql = "SELECT code FROM events ORDER BY id LIMIT 100000 OFFSET $1";
        let rows = tx.all::<(String,)>(sql, [count.into()]).await.unwrap();
        rows.iter().map(|(code,)| Code::of(code).unwrap()).collect()
    }

    /// The same database, as after a restart.
    pub async fn reopened(self) -> Self {
        self.db.close().await;
        let db = Db::open(&self.url).await.unwrap();
        Self { db, ..self }
    }

    /// Ends the test: every invariant holds.
    pub async fn check(self) {
        assert_eq!(
            verify(&self.db).await.unwrap(),
            Vec::<String>::new(),
            "on {}",
            self.db.kind()
        );
        self.close().await;
    }

    /// Ends the test of a database that was broken on purpose.
    pub async fn close(self) {
        self.db.close().await;
        if let Home::Schema { server, name } = &self.home {
            run(server, &format!("DROP SCHEMA {name} CASCADE")).await;
        }
    }
}
