//! The one writer of a SQLite database: units of work in line, committed in groups.
//!
//! Each unit is a savepoint inside one transaction. Whoever finds nobody waiting behind them (or 63
//! others before them) commits for all; everyone hears of it only then. So a flush of the disk is
//! shared, and what was acknowledged is durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection as _};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::known::Known;
use crate::error::{Error, Result};

/// How many units share one commit at the most.
const GROUP: usize = 64;

/// The writer of one database file. Cheap to clone.
#[derive(Clone)]
pub struct Writer(Arc<Shared>);

struct Shared {
    line: Arc<Mutex<Line>>,
    waiting: AtomicUsize,
    options: SqliteConnectOptions,
    known: Arc<Known>,
}

struct Line {
    /// None after a failure; opened anew by the next unit.
    connection: Option<SqliteConnection>,
    /// A transaction is open: some of its units may be waiting in `joined`.
    is_open: bool,
    joined: Vec<oneshot::Sender<Result<()>>>,
    known: Arc<Known>,
}

/// A unit of work at the head of the line. Dropped without a commit, it leaves nothing.
pub struct Unit {
    writer: Writer,
    line: Option<OwnedMutexGuard<Line>>,
}

impl Writer {
    /// Opens the writer of a file, which tells `known` of what it changes.
    pub(super) async fn open(options: SqliteConnectOptions, known: Arc<Known>) -> Result<Self> {
        let line = Line {
            connection: Some(connect(&options, &known).await?),
            is_open: false,
            joined: Vec::new(),
            known: Arc::clone(&known),
        };
        Ok(Self(Arc::new(Shared {
            line: Arc::new(Mutex::new(line)),
            waiting: AtomicUsize::new(0),
            options,
            known,
        })))
    }

    /// Waits for its turn, then opens a savepoint.
    pub(super) async fn begin(&self) -> Result<Unit> {
        let place = Place::take(self);
        let line = Arc::clone(&self.0.line).lock_owned().await;
        place.arrive();
        let mut unit = Unit {
            writer: self.clone(),
            line: Some(line),
        };
        unit.open().await?;
        Ok(unit)
    }

    pub(super) async fn close(&self) {
        let mut line = self.0.line.lock().await;
        line.settle().await;
        if let Some(connection) = line.connection.take() {
            // Closing writes nothing that was not durable before.
            let _closed = connection.close().await;
        }
    }

    fn is_last(&self) -> bool {
        self.0.waiting.load(Ordering::SeqCst) == 0
    }
}

/// A place in the line. Given up without having had a turn, it makes sure that those before it are settled.
struct Place<'a>(&'a Writer);

impl<'a> Place<'a> {
    fn take(writer: &'a Writer) -> Self {
        writer.0.waiting.fetch_add(1, Ordering::SeqCst);
        Self(writer)
    }

    fn arrive(self) {
        self.0.0.waiting.fetch_sub(1, Ordering::SeqCst);
        std::mem::forget(self);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.0.waiting.fetch_sub(1, Ordering::SeqCst);
        let writer = self.0.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let mut line = writer.0.line.lock().await;
                if writer.is_last() {
                    line.settle().await;
                }
            });
        }
    }
}

impl Unit {
    /// The connection, for the statements of this unit.
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.line
            .as_mut()
            .and_then(|line| line.connection.as_mut())
            .ok_or_else(lost)
    }

    async fn open(&mut self) -> Result<()> {
        let shared = &self.writer.0;
        let line = self.line.as_mut().ok_or_else(lost)?;
        if line.connection.is_none() {
            line.connection = Some(connect(&shared.options, &shared.known).await?);
            line.is_open = false;
        }
        let begins = if line.is_open {
            "SAVEPOINT unit"
        } else {
            "BEGIN IMMEDIATE; SAVEPOINT unit"
        };
        // Noted before it is so: whoever goes away now is rolled back like everybody else.
        line.is_open = true;
        if let Err(error) = line.execute(begins).await {
            line.fail(&error);
            return Err(error);
        }
        Ok(())
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        let mut ending = Ending(Some(self.line.take().ok_or_else(lost)?));
        let is_last = self.writer.is_last();
        if let Some(line) = ending.0.as_mut() {
            line.joined.push(answer);
            if line.joined.len() >= GROUP || is_last {
                line.finish("RELEASE unit; COMMIT").await;
            } else if let Err(error) = line.execute("RELEASE unit").await {
                line.fail(&error);
            }
        }
        drop(ending.0.take());
        answered.await.unwrap_or_else(|_| Err(lost()))
    }
}

/// The line while a transaction is being ended. Whoever goes away in the middle leaves nobody
/// waiting: what became of the transaction is unknown, so everyone in it hears that.
struct Ending(Option<OwnedMutexGuard<Line>>);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(mut line) = self.0.take() {
            line.fail(&lost());
        }
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        let Some(mut line) = self.line.take() else {
            return;
        };
        let writer = self.writer.clone();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            // Nobody is left to roll back: the connection goes, and with it what was not committed.
            line.fail(&lost());
            return;
        };
        runtime.spawn(async move {
            if line.connection.is_some() && line.is_open {
                if let Err(error) = line.execute("ROLLBACK TO unit; RELEASE unit").await {
                    line.fail(&error);
                }
                if writer.is_last() {
                    line.settle().await;
                }
            }
        });
    }
}

impl Line {
    async fn execute(&mut self, sql: &'static str) -> Result<()> {
        let connection = self.connection.as_mut().ok_or_else(lost)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "beside db.rs, the only file that talks to sqlx"
        )]
        sqlx::raw_sql(sql).execute(connection).await?;
        Ok(())
    }

    /// Commits the open transaction, if there is one.
    async fn settle(&mut self) {
        if self.is_open {
            self.finish("COMMIT").await;
        }
    }

    /// Runs the last statements of the transaction and answers everyone in it.
    async fn finish(&mut self, sql: &'static str) {
        match self.execute(sql).await {
            Ok(()) => {
                self.is_open = false;
                // Before anybody hears of it.
                self.known.settle();
                for answer in self.joined.drain(..) {
                    // Whoever went away does not need the answer.
                    let _ = answer.send(Ok(()));
                }
            }
            Err(error) => self.fail(&error),
        }
    }

    /// Nothing of the open transaction is kept: everyone in it hears so, and the connection is left.
    fn fail(&mut self, error: &Error) {
        tracing::error!(%error, "the writer's transaction failed; nothing of it is kept");
        self.connection = None;
        self.is_open = false;
        self.known.settle();
        for answer in self.joined.drain(..) {
            let _ = answer.send(Err(error.clone()));
        }
    }
}

async fn connect(options: &SqliteConnectOptions, known: &Arc<Known>) -> Result<SqliteConnection> {
    let mut connection = options.connect().await?;
    let known = Arc::clone(known);
    let mut handle = connection.lock_handle().await?;
    handle.set_update_hook(move |change| known.notice(change.table));
    drop(handle);
    Ok(connection)
}

fn lost() -> Error {
    Error::Store("the writer's connection was lost".to_owned())
}
