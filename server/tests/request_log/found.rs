//! The log as it is searched: by outcome, kind, client, person and words, a page at a time.

use directory::admin::{removal, requests};
use directory::model::connection::Fate;
use directory::model::request::{Client, LogQuery};

use super::Log;
use crate::support::databases;
use crate::support::scim_client::ScimClient;

#[tokio::test]
async fn the_log_is_found_by_outcome_kind_client_person_and_words() {
    for database in databases().await {
        let log = Log::start(database).await;
        let client = &log.client;
        let grace = client.user("grace@acme.example").await;
        let ben = client.user("ben@acme.example").await;
        let ops = client.group("Ops", &[&grace, &ben]).await;
        client
            .get("/Users?filter=userName eq \"nobody@acme.example\"")
            .await
            .is(200);
        client
            .clone()
            .with("user-agent", "curl/8.9")
            .get("/Schemas")
            .await
            .is(200);
        client.get("/Users/gone").await.is(404);
        client.get(&format!("/Users/{grace}")).await.is(200);
        let paths = async |query: LogQuery| {
            let rows = log.asked(&query).await.into_iter();
            rows.map(|row| {
                format!(
                    "{} {} {}",
                    row.method,
                    row.path.split('?').next().unwrap(),
                    row.status
                )
            })
            .collect::<Vec<_>>()
        };
        let all = paths(LogQuery::default()).await;
        assert_eq!(all.len(), 7);
        let with = |change: fn(&mut LogQuery)| {
            let mut query = LogQuery::default();
            change(&mut query);
            query
        };
        let cases: [(LogQuery, &[&str]); 6] = [
            (
                with(|q| q.outcome = "refused".into()),
                &["GET /Users/gone 404"],
            ),
            (with(|q| q.client = "tool".into()), &["GET /Schemas 200"]),
            (with(|q| q.kind = "groups".into()), &["POST /Groups 201"]),
            (with(|q| q.kind = "setup".into()), &["GET /Schemas 200"]),
            (with(|q| q.q = "NOBODY@acme".into()), &["GET /Users 200"]),
            (with(|q| q.q = "100%_".into()), &[]),
        ];
        for (query, found) in cases {
            assert_eq!(paths(query.clone()).await, found, "{query:?}");
        }
        let changed = with(|q| q.outcome = "changed".into());
        assert_eq!(paths(changed).await.len(), 3);
        let about = paths(LogQuery {
            about: grace.clone(),
            ..LogQuery::default()
        })
        .await;
        assert_eq!(
            about,
            ["POST /Groups 201", "POST /Users 201"],
            "what was said of Grace, also by way of her team"
        );
        let mentions = requests::about(&log.console.db, &log.ada, &ops)
            .await
            .unwrap();
        assert_eq!(mentions.len(), 1);
        let clients = requests::clients(&log.console.db, &log.ada, log.node)
            .await
            .unwrap();
        assert_eq!(clients, [Client::Okta, Client::Tool]);
        log.console.verify().await;
    }
}

#[tokio::test]
async fn pages_of_the_log_follow_each_other_in_both_directions() {
    for database in databases().await {
        let log = Log::start(database).await;
        for n in 0..121 {
            log.client.get(&format!("/Users?count={n}")).await.is(200);
        }
        let page = async |query: LogQuery| {
            log.console.state.scim_log.flush().await;
            requests::list(&log.console.db, &log.ada, log.node, &query)
                .await
                .unwrap()
        };
        let first = page(LogQuery::default()).await;
        assert_eq!(
            (first.rows.len(), first.newer.is_none(), first.days),
            (50, true, 30)
        );
        let second = page(LogQuery {
            before: first.older.clone().unwrap(),
            ..LogQuery::default()
        })
        .await;
        let third = page(LogQuery {
            before: second.older.clone().unwrap(),
            ..LogQuery::default()
        })
        .await;
        assert_eq!(
            (second.rows.len(), third.rows.len(), third.older.is_none()),
            (50, 21, true)
        );
        let paths = [&first, &second, &third].map(|page| {
            page.rows
                .iter()
                .map(|row| row.path.clone())
                .collect::<Vec<_>>()
        });
        let expected = (0..121)
            .rev()
            .map(|n| format!("/Users?count={n}"))
            .collect::<Vec<_>>();
        assert_eq!(paths.concat(), expected, "nothing twice, nothing missing");
        let back = page(LogQuery {
            after: third.newer.clone().unwrap(),
            ..LogQuery::default()
        })
        .await;
        assert_eq!(back.rows, second.rows);
        let top = page(LogQuery {
            after: back.newer.clone().unwrap(),
            ..LogQuery::default()
        })
        .await;
        assert_eq!((top.rows, top.newer), (first.rows, None));
        log.console.verify().await;
    }
}

#[tokio::test]
async fn a_batch_keeps_its_other_lines_when_a_connection_goes() {
    for database in databases().await {
        let log = Log::start(database).await;
        let (paris, token) = log.console.connection("Paris").await;
        let ada = log.console.ada().await;
        log.client.get("/Users").await.is(200);
        ScimClient::new(log.console.scim(paris), &token)
            .get("/Users")
            .await
            .is(200);
        removal::remove(&log.console.db, &ada, paris, Fate::Keep)
            .await
            .unwrap();
        log.client.get("/Groups").await.is(200);
        assert_eq!(log.all().await.len(), 2, "the others are there");
        log.console.verify().await;
    }
}
