//! Many requests at once: each has its line, and what could not be kept says so.

use directory::model::request::{LogQuery, Part};
use directory::provisioning::requests::note_lost;
use futures::future::join_all;

use super::Log;
use crate::support::databases;
use crate::support::scim_client::user;

#[tokio::test]
async fn of_many_requests_at_once_each_has_its_line() {
    for database in databases().await {
        let log = Log::start(database).await;
        let sent = (0..400).map(|n| {
            let client = log.client.clone();
            async move {
                if n % 2 == 0 {
                    client
                        .post("/Users", &user(&format!("p{n}@acme.example")))
                        .await
                        .is(201);
                } else {
                    client.get("/Users?count=1").await.is(200);
                }
            }
        });
        join_all(sent).await;
        log.console.state.scim_log.flush().await;
        let mut tx = log.console.db.read().await.unwrap();
        let lines = tx
            .number("SELECT count(*) FROM requests", [])
            .await
            .unwrap();
        let created = tx
            .number(
                "SELECT count(*) FROM requests WHERE changed > 0 AND kept IS NOT NULL",
                [],
            )
            .await
            .unwrap();
        let ids = tx
            .number("SELECT count(DISTINCT id) FROM requests", [])
            .await
            .unwrap();
        drop(tx);
        assert_eq!(
            (lines, created, ids),
            (400, 200, 400),
            "on {}",
            log.console.db.kind()
        );
        log.console.verify().await;
    }
}

#[tokio::test]
async fn of_a_crowd_of_reads_only_the_lines_are_kept_and_their_pages_say_so() {
    for database in databases().await {
        let log = Log::start(database).await;
        join_all((0..600).map(|_| log.client.get("/Users?count=1"))).await;
        log.console.state.scim_log.flush().await;
        let mut tx = log.console.db.read().await.unwrap();
        let sql = "SELECT id FROM requests WHERE kept IS NULL LIMIT 1";
        let lean = tx.first::<(String,)>(sql, []).await.unwrap();
        drop(tx);
        // A machine that needs twelve seconds for them has no crowd.
        if let Some((id,)) = lean {
            let shown = directory::admin::requests::get(&log.console.db, &log.ada, log.node, &id)
                .await
                .unwrap();
            assert_eq!(shown.kept.answered.kept, Part::Crowded);
        }
        assert_eq!(log.asked(&LogQuery::default()).await.len(), 50);
        log.console.verify().await;
    }
}

#[tokio::test]
async fn requests_that_could_not_be_noted_are_counted_in_the_log() {
    for database in databases().await {
        let log = Log::start(database).await;
        log.client.get("/Users").await.is(200);
        note_lost(&log.console.db, log.node, 214).await.unwrap();
        let latest = log.all().await.remove(0);
        assert_eq!(
            (latest.status, latest.cause.as_deref()),
            (0, Some("not_noted"))
        );
        assert!(
            latest
                .said
                .unwrap()
                .starts_with("214 requests were answered and are missing here")
        );
        log.console.verify().await;
    }
}
