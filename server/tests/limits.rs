//! How much a client may ask for at once (RAT-1): the rest waits, what locks people never does, and wrong tokens are
//! counted by where they come from.

use std::time::Instant;

use futures::future::join_all;
use serde_json::json;
use server::config::Config;

use crate::support::scim_client::{ScimClient, patch};
use crate::support::{Console, databases};

#[tokio::test]
async fn a_flood_waits_and_a_lock_passes() {
    for database in databases().await {
        let config = Config {
            scim_rate_limit: 1,
            scim_rate_burst: 6,
            auth_rate_limit: 0,
            ..Config::default()
        };
        let console = Console::with(database, config, |_| Vec::new()).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let grace = client.user("grace@acme.example").await;
        let begun = Instant::now();
        let answers = join_all((0..60).map(|_| client.get("/Users?count=1"))).await;
        let refilled = usize::try_from(begun.elapsed().as_secs()).unwrap() + 1;
        let (served, refused): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status == 200);
        assert!(
            !served.is_empty() && served.len() <= 5 + refilled,
            "B-13: {} of 60 were answered",
            served.len()
        );
        assert!(!refused.is_empty());
        for answer in refused {
            let answer = answer.refuses(429, "-");
            let seconds: u64 = answer.header("retry-after").parse().unwrap();
            assert!((1..=60).contains(&seconds), "B-13: {answer}");
        }
        let lock = patch(&json!([{ "op": "replace", "value": { "active": false } }]));
        let path = format!("/Users/{grace}");
        assert_eq!(
            client.patch(&path, &lock).await.is(200).body["active"],
            false,
            "B-13: a deactivation passes"
        );
        // What changes something else of a person waits like the rest.
        let rename = patch(&json!([{ "op": "replace", "path": "title", "value": "Admiral" }]));
        let renamed = join_all((0..40).map(|_| client.patch(&path, &rename))).await;
        assert!(
            renamed.iter().any(|answer| answer.status == 429),
            "only what locks has a bucket of its own"
        );
        client.delete(&path).await.is(204);
        // Another connection has a bucket of its own.
        let (paris, other) = console.connection("Paris").await;
        ScimClient::new(console.scim(paris), &other)
            .get("/Users")
            .await
            .is(200);
        console.verify().await;
    }
}

#[tokio::test]
async fn wrong_tokens_wait_and_a_good_one_from_the_same_place_does_not() {
    for database in databases().await {
        let config = Config {
            scim_rate_limit: 0,
            auth_rate_limit: 2,
            ..Config::default()
        };
        let console = Console::with(database, config, |_| Vec::new()).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let wrong = client.clone().with("authorization", "Bearer wrong");
        let begun = Instant::now();
        let answers = join_all((0..40).map(|_| wrong.get("/Users"))).await;
        let refilled = 2 * (usize::try_from(begun.elapsed().as_secs()).unwrap() + 1);
        let told = answers.iter().filter(|answer| answer.status == 401).count();
        let waits = answers.iter().filter(|answer| answer.status == 429).count();
        assert_eq!(told + waits, 40);
        assert!(
            told >= 1 && told <= 2 + refilled,
            "{told} of 40 were looked at"
        );
        client.get("/Users").await.is(200);
        console.verify().await;
    }
}
