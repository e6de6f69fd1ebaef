//! What is noted of requests: when a token was used last, and every refusal with its reason.

use directory::admin::{connections, requests};
use directory::model::request::LogQuery;
use serde_json::json;

use super::{berlin, run};
use crate::support::databases;
use crate::support::scim_client::user;

#[tokio::test]
async fn the_last_use_is_noted_at_most_once_a_minute() {
    for database in databases().await {
        let (console, node, _, client) = berlin(database).await;
        let client = client.with("user-agent", "Okta SCIM Client 1.0.0");
        let ada = console.ada().await;
        let used = async || {
            console.state.scim_log.flush().await;
            let detail = connections::get(&console.db, &ada, node).await.unwrap();
            (
                detail.tokens[0].last_used_at,
                detail.connection.last_request_at,
            )
        };
        let first = used().await;
        assert!(first.0.is_some() && first.1.is_some(), "TOK-7");
        for _ in 0..20 {
            client.get("/Users?count=1").await.is(200);
        }
        assert_eq!(used().await, first, "TOK-7: no write for each request");
        run(
            &console,
            "UPDATE tokens SET last_used_at = last_used_at - 61000",
            [],
        )
        .await;
        client.get("/Users?count=1").await.is(200);
        let later = used().await;
        assert!(later.0 >= first.0 && later != (None, None), "TOK-7");
        let detail = connections::get(&console.db, &ada, node).await.unwrap();
        assert_eq!(
            detail.connection.last_agent.as_deref(),
            Some("Okta SCIM Client 1.0.0")
        );
        assert_eq!(detail.tokens[0].last_used_ip.as_deref(), Some("127.0.0.1"));
        let requests = requests::list(&console.db, &ada, node, &LogQuery::default())
            .await
            .unwrap()
            .rows;
        assert_eq!(requests.len(), 22, "every request is in the log");
        let latest = &requests[0];
        assert_eq!((latest.method.as_str(), latest.status), ("GET", 200));
        assert!(
            latest.path.ends_with("/Users?count=1") && latest.took_us > 0,
            "{latest:?}"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_refusal_is_in_the_log_with_its_reason() {
    for database in databases().await {
        let (console, node, _, client) = berlin(database).await;
        client
            .post("/Users", &user("Grace@acme.example"))
            .await
            .is(409);
        client.get("/Users?filter=nonsense").await.is(400);
        client
            .post("/Users", &json!({ "userName": "x", "password": "S3cret" }))
            .await
            .is(400);
        client
            .clone()
            .without("authorization")
            .get("/Users")
            .await
            .is(401);
        console.state.scim_log.flush().await;
        let ada = console.ada().await;
        let requests = requests::list(&console.db, &ada, node, &LogQuery::default())
            .await
            .unwrap()
            .rows;
        let noted = requests
            .iter()
            .rev()
            .map(|one| (one.status, one.scim_type.as_deref()))
            .collect::<Vec<_>>();
        let expected = [
            (201, None),
            (409, Some("uniqueness")),
            (400, Some("invalidFilter")),
            (400, Some("invalidSyntax")),
            (401, None),
        ];
        assert_eq!(noted, expected);
        assert!(requests.iter().take(4).all(|one| one.detail.is_some()));
        assert!(!format!("{requests:?}").contains("S3cret"), "LOG-1");
        console.verify().await;
    }
}
