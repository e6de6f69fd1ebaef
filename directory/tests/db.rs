//! Units of work: what is acknowledged is kept, what is refused leaves nothing, and nobody waits for ever.

use std::sync::Arc;
use std::time::Duration;

use directory::Error;
use directory::store::db::{Db, Tx};
use directory::store::settings;
use futures::future::join_all;
use tokio::time::{sleep, timeout};

use crate::support::{Database, databases, postgres, sqlite};

/// Longer than anything here takes, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(20);

/// One unit of work that adds a row; it may be refused after that.
pub async fn unit(db: &Db, key: &str, refused: bool) -> Result<(), Error> {
    let mut tx = db.write().await?;
    settings::put(&mut tx, key, "x").await?;
    if refused {
        return Err(Error::invalid("", "refused"));
    }
    tx.commit().await
}

pub async fn is_there(database: &Database, key: &str) -> bool {
    let mut tx = database.db.read().await.unwrap();
    settings::get(&mut tx, key).await.unwrap().is_some()
}

async fn word(tx: &mut Tx, sql: &'static str) -> String {
    tx.first::<(String,)>(sql, []).await.unwrap().unwrap().0
}

#[tokio::test]
async fn sqlite_is_durable_checks_references_and_is_new_enough() {
    let database = sqlite().await;
    for mut tx in [
        database.db.write().await.unwrap(),
        database.db.read().await.unwrap(),
    ] {
        assert_eq!(
            word(&mut tx, "SELECT journal_mode FROM pragma_journal_mode").await,
            "wal"
        );
        assert_eq!(
            tx.number("SELECT synchronous FROM pragma_synchronous", [])
                .await,
            Ok(2),
            "FULL"
        );
        assert_eq!(
            tx.number("SELECT foreign_keys FROM pragma_foreign_keys", [])
                .await,
            Ok(1)
        );
        let version: Vec<u32> = word(&mut tx, "SELECT sqlite_version()")
            .await
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect();
        assert!(
            version >= vec![3, 51, 3],
            "{version:?} can lose what a checkpoint resets"
        );
    }
    let mut tx = database.db.read().await.unwrap();
    assert!(
        settings::put(&mut tx, "a", "b").await.is_err(),
        "a reader does not write"
    );
    drop(tx);
    database.check().await;
}

#[tokio::test]
async fn what_was_acknowledged_is_there_and_what_was_refused_is_not() {
    for database in databases().await {
        let db = &database.db;
        for round in 0..4 {
            let keys: Vec<String> = (0..32).map(|n| format!("{round}-{n}")).collect();
            // Every third is refused, and so is the last in the line.
            let is_refused = |n: usize| n.is_multiple_of(3) || n == 31;
            let done = join_all(
                keys.iter()
                    .enumerate()
                    .map(|(n, key)| unit(db, key, is_refused(n))),
            );
            let done = timeout(PATIENCE, done).await.unwrap();
            for (n, (key, answer)) in keys.iter().zip(&done).enumerate() {
                assert_eq!(answer.is_ok(), !is_refused(n), "{key}");
                assert_eq!(is_there(&database, key).await, answer.is_ok(), "{key}");
            }
        }
        database.check().await;
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_the_database_is_opened_anew() {
    for database in databases().await {
        let keys: Vec<String> = (0..32).map(|n| format!("key-{n}")).collect();
        join_all(keys.iter().map(|key| unit(&database.db, key, false)))
            .await
            .into_iter()
            .for_each(Result::unwrap);
        let database = database.reopened().await;
        for key in &keys {
            assert!(is_there(&database, key).await, "{key}");
        }
        database.check().await;
    }
}

#[tokio::test]
async fn a_unit_that_fails_in_a_statement_leaves_its_neighbours_alone() {
    for database in databases().await {
        let db = &database.db;
        let broken = async |key: &str| -> Result<(), Error> {
            let mut tx = db.write().await?;
            settings::put(&mut tx, key, "x").await?;
            tx.run(
                "INSERT INTO nodes (id, parent_id, name, created_at) VALUES (9, 8, 'x', 0)",
                [],
            )
            .await?;
            tx.commit().await
        };
        let keys: Vec<String> = (0..16).map(|n| format!("key-{n}")).collect();
        let all = keys.iter().enumerate().map(async |(n, key)| {
            if n % 2 == 0 {
                broken(key).await
            } else {
                unit(db, key, false).await
            }
        });
        for (n, answer) in timeout(PATIENCE, join_all(all))
            .await
            .unwrap()
            .into_iter()
            .enumerate()
        {
            assert_eq!(answer.is_ok(), n % 2 == 1, "{answer:?}");
            assert_eq!(is_there(&database, &keys[n]).await, n % 2 == 1);
        }
        database.check().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_up_waiting_leaves_nobody_else_waiting() {
    for database in databases().await {
        for round in 0..16_u64 {
            let first = database.db.write().await.unwrap();
            let waiters: Vec<_> = (0..9)
                .map(|n| {
                    let (db, key) = (database.db.clone(), format!("{round}-{n}"));
                    tokio::spawn(async move { unit(&db, &key, false).await })
                })
                .collect();
            sleep(Duration::from_millis(2)).await;
            // Some before the line moves, some while it moves, the last one too.
            for n in [0, 4] {
                waiters[n].abort();
            }
            first.commit().await.unwrap();
            sleep(Duration::from_micros(200 * (round % 4))).await;
            for n in [1, 5, 8] {
                waiters[n].abort();
            }
            for (n, waiter) in waiters.into_iter().enumerate() {
                match timeout(PATIENCE, waiter)
                    .await
                    .expect("nobody waits for ever")
                {
                    Ok(answer) => {
                        answer.unwrap();
                        assert!(is_there(&database, &format!("{round}-{n}")).await);
                    }
                    Err(gone) => assert!(gone.is_cancelled()),
                }
            }
        }
        timeout(PATIENCE, unit(&database.db, "after", false))
            .await
            .unwrap()
            .unwrap();
        database.check().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_goes_away_in_the_middle_of_anything_leaves_the_others_what_they_were_promised() {
    for database in databases().await {
        let acknowledged = Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut workers = Vec::new();
        for worker in 0..6 {
            let (db, acknowledged) = (database.db.clone(), Arc::clone(&acknowledged));
            workers.push(tokio::spawn(async move {
                for n in 0..40_u64 {
                    let key = format!("{worker}-{n}");
                    // Every other worker loses patience at an instant that wanders through the whole unit.
                    let limit = if worker % 2 == 0 {
                        PATIENCE
                    } else {
                        Duration::from_micros(37 * n)
                    };
                    if let Ok(Ok(())) = timeout(limit, unit(&db, &key, n % 7 == 3)).await {
                        acknowledged.lock().unwrap().push(key);
                    }
                }
            }));
        }
        for worker in workers {
            timeout(PATIENCE, worker)
                .await
                .expect("nobody waits for ever")
                .unwrap();
        }
        let acknowledged = acknowledged.lock().unwrap().clone();
        assert!(acknowledged.len() >= 60, "{}", acknowledged.len());
        let database = database.reopened().await;
        for key in &acknowledged {
            assert!(is_there(&database, key).await, "{key} was acknowledged");
        }
        let refused = "SELECT count(*) FROM settings WHERE key LIKE '%-3' AND length(key) = 3";
        assert_eq!(database.number(refused).await, 0, "refused is refused");
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_goes_away_while_they_commit_leaves_nobody_without_an_answer() {
    let database = sqlite().await;
    let db = &database.db;
    let mut first = db.write().await.unwrap();
    settings::put(&mut first, "first", "x").await.unwrap();
    let mut second = Box::pin(db.write());
    assert!(
        futures::poll!(&mut second).is_pending(),
        "it waits behind the first"
    );
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    settings::put(&mut second, "second", "x").await.unwrap();
    {
        let mut last = Box::pin(second.commit());
        assert!(
            futures::poll!(&mut last).is_pending(),
            "it commits for both"
        );
    }
    let answer = timeout(PATIENCE, first)
        .await
        .expect("nobody waits for ever")
        .unwrap();
    unit(db, "after", false).await.unwrap();
    let database = database.reopened().await;
    assert!(is_there(&database, "first").await || answer.is_err());
    assert!(is_there(&database, "after").await);
    database.check().await;
}

#[tokio::test]
async fn whoever_goes_away_while_they_begin_costs_the_next_one_nothing() {
    let database = sqlite().await;
    for n in 0..40 {
        {
            // Gone before it has begun, or right after: whichever the machine makes of it.
            let mut gone = Box::pin(database.db.write());
            let _ = futures::poll!(&mut gone);
        }
        unit(&database.db, &format!("key-{n}"), false)
            .await
            .unwrap();
        assert!(is_there(&database, &format!("key-{n}")).await);
    }
    database.check().await;
}

#[tokio::test]
async fn of_two_units_that_wait_for_each_other_one_is_told_to_try_again() {
    let Some(database) = postgres().await else {
        return;
    };
    for key in ["a", "b"] {
        unit(&database.db, key, false).await.unwrap();
    }
    let mut one = database.db.write().await.unwrap();
    let mut other = database.db.write().await.unwrap();
    settings::put(&mut one, "a", "1").await.unwrap();
    settings::put(&mut other, "b", "2").await.unwrap();
    let (crossed, back) = futures::join!(
        settings::put(&mut one, "b", "1"),
        settings::put(&mut other, "a", "2"),
    );
    let refused = match (crossed, back) {
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => error,
        both => panic!("one of the two goes on: {both:?}"),
    };
    assert_eq!(refused, Error::Busy);
    drop((one, other));
    database.close().await;
}

#[tokio::test]
async fn a_full_disk_refuses_and_keeps_what_was_acknowledged() {
    let database = sqlite().await;
    let db = &database.db;
    unit(db, "before", false).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let pages = tx
        .number("SELECT page_count FROM pragma_page_count", [])
        .await
        .unwrap();
    assert!(pages < 400, "{pages}");
    tx.number("PRAGMA max_page_count = 400", []).await.unwrap();
    tx.commit().await.unwrap();
    let filler = "x".repeat(40_000);
    let fill = async |n: i32| -> Result<(), Error> {
        let mut tx = db.write().await?;
        settings::put(&mut tx, &format!("fill-{n}"), &filler).await?;
        tx.commit().await
    };
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for round in 0..20 {
        for (n, answer) in join_all((0..8).map(|n| fill(round * 8 + n)))
            .await
            .into_iter()
            .enumerate()
        {
            match answer {
                Ok(()) => {
                    acknowledged.push(format!("fill-{}", round * 8 + i32::try_from(n).unwrap()));
                }
                Err(error) => {
                    assert!(matches!(error, Error::Full | Error::Store(_)), "{error:?}");
                    refused += i32::from(error == Error::Full);
                }
            }
        }
        if refused > 0 {
            break;
        }
    }
    assert!(refused > 0, "the disk was never full");
    for key in &acknowledged {
        assert!(is_there(&database, key).await, "{key}");
    }
    assert_eq!(
        database
            .number("SELECT count(*) FROM settings WHERE key LIKE 'fill-%'")
            .await,
        i64::try_from(acknowledged.len()).unwrap()
    );
    // Reading goes on; and so does writing once there is room, without a restart.
    let mut tx = db.write().await.unwrap();
    tx.number("PRAGMA max_page_count = 100000", [])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    unit(db, "after", false).await.unwrap();
    let database = database.reopened().await;
    assert!(is_there(&database, "before").await && is_there(&database, "after").await);
    assert_eq!(
        database
            .number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'")
            .await,
        1
    );
    database.check().await;
}
