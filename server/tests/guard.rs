//! What a paused connection and one that holds back many removals answer over HTTP, and who may undo a storm.

use directory::admin::{connections, removal, storms};
use directory::model::id::NodeId;
use directory::model::storm::StormGuard;
use serde_json::json;

use crate::support::scim_client::{ScimClient, group, patch, user};
use crate::support::{Console, databases};

/// Why the last request was refused, as the log of the connection says.
async fn cause(console: &Console, node: NodeId) -> Option<String> {
    console.state.scim_log.flush().await;
    let sql = "SELECT r.cause FROM requests r JOIN connections c ON c.id = r.connection_id WHERE c.node_id = $1 ORDER BY r.id DESC LIMIT 1";
    let mut tx = console.db.read().await.unwrap();
    tx.first::<(Option<String>,)>(sql, [node.into()])
        .await
        .unwrap()
        .and_then(|row| row.0)
}

#[tokio::test]
async fn a_paused_connection_asks_to_wait_but_reads_and_locks() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let grace = client.user("grace@acme.example").await;
        let ops = client.group("Ops", &[&grace]).await;
        let ada = console.ada().await;
        removal::pause(&console.db, &ada, node).await.unwrap();
        client.get("/Users").await.is(200);
        client.get(&format!("/Groups/{ops}")).await.is(200);
        let rename =
            patch(&json!([{ "op": "replace", "path": "displayName", "value": "Operations" }]));
        let person = format!("/Users/{grace}");
        let title = patch(&json!([{ "op": "replace", "path": "title", "value": "Admiral" }]));
        for answer in [
            client.post("/Users", &user("hedy@acme.example")).await,
            client.post("/Groups", &group("Design", &[])).await,
            client.patch(&format!("/Groups/{ops}"), &rename).await,
            client.patch(&person, &title).await,
            client.delete(&format!("/Groups/{ops}")).await,
        ] {
            let answer = answer.refuses(503, "-");
            let seconds: u64 = answer.header("retry-after").parse().unwrap();
            assert!(seconds >= 60, "{answer}");
            assert!(
                answer.body["detail"].as_str().unwrap().contains("paused"),
                "{answer}"
            );
        }
        assert_eq!(cause(&console, node).await.as_deref(), Some("paused"));
        let lock = patch(&json!([{ "op": "replace", "path": "active", "value": false }]));
        assert_eq!(
            client.patch(&person, &lock).await.is(200).body["active"],
            false
        );
        client.delete(&person).await.is(204);
        removal::resume(&console.db, &ada, node).await.unwrap();
        client.user("hedy@acme.example").await;
        console.verify().await;
    }
}

#[tokio::test]
async fn a_connection_that_holds_back_asks_to_wait_until_it_is_let_through() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let mut people = Vec::new();
        for number in 0..12 {
            people.push(client.user(&format!("person{number}@acme.example")).await);
        }
        let ada = console.ada().await;
        storms::set_guard(&console.db, &ada, node, StormGuard::Hold)
            .await
            .unwrap();
        for id in &people[..10] {
            client.delete(&format!("/Users/{id}")).await.is(204);
        }
        let last = format!("/Users/{}", people[11]);
        let held = client.delete(&last).await.refuses(429, "-");
        let seconds: u64 = held.header("retry-after").parse().unwrap();
        assert!(seconds >= 60, "DEL-4: {held}");
        assert_eq!(cause(&console, node).await.as_deref(), Some("held_back"));
        client.get(&last).await.is(200);
        let detail = connections::get(&console.db, &ada, node).await.unwrap();
        let storm = &detail.guarding.storms[0];
        assert!(storm.holds);
        storms::release(&console.db, &ada, node, &storm.id)
            .await
            .unwrap();
        client.delete(&last).await.is(204);
        console.verify().await;
    }
}

#[tokio::test]
async fn the_overview_tells_of_a_pause_and_of_a_token_that_ends_soon() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, _) = console.connection("Berlin").await;
        let ada = console.ada().await;
        removal::pause(&console.db, &ada, node).await.unwrap();
        let mut browser = console.browser_of_ada().await;
        let calm = browser.get("/").await.is(200).text;
        assert!(calm.contains("Okta of Berlin is paused"), "{calm}");
        assert!(!calm.contains("The token of Okta"), "a year before its end");
        for (days, words) in [
            (30, "The token of Okta ends in 29 days"),
            (7, "The token of Okta ends in 6 days"),
            (1, "The token of Okta ends within a day"),
            (0, "The token of Okta has expired: every request is refused"),
        ] {
            let mut tx = console.db.write().await.unwrap();
            let ends_at = tx.now().plus(days * 24 * 60 * 60 * 1_000);
            tx.run("UPDATE tokens SET expires_at = $1", [ends_at.into()])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            for path in ["/".to_owned(), format!("/nodes/{node}/connection")] {
                let shown = browser.get(&path).await.is(200).text;
                assert!(shown.contains(words), "TOK-5: {path} {days} days before");
            }
        }
        console.verify().await;
    }
}

#[tokio::test]
async fn the_pages_tell_of_a_connection_that_was_removed() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let grace = client.user("grace@acme.example").await;
        let mut browser = console.browser_of_ada().await;
        let page = format!("/nodes/{node}/connection");
        let asked = browser.get(&format!("{page}/remove")).await.is(200).text;
        assert!(asked.contains("What becomes of its 1 user?"), "{asked}");
        let number = node.to_string();
        let form = [("node", number.as_str()), ("fate", "lock")];
        let place = format!("/nodes/{node}");
        browser
            .post("/api/connections/remove", &form)
            .await
            .leads_to(&place);
        client.get("/Users").await.is(401);
        browser.get(&page).await.is(404);
        for path in [place.as_str(), "/connections", &format!("/users/{grace}")] {
            let shown = browser.get(path).await.is(200).text;
            assert!(shown.contains("Okta") && shown.contains("emoved"), "{path}");
        }
        browser
            .post("/api/connections/restore", &form[..1])
            .await
            .leads_to(&page);
        client.get("/Users").await.is(200);
        console.verify().await;
    }
}

#[tokio::test]
async fn a_storm_is_shown_and_undone_in_the_console() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let mut people = Vec::new();
        for number in 0..12 {
            people.push(client.user(&format!("person{number}@acme.example")).await);
        }
        for id in &people {
            client.delete(&format!("/Users/{id}")).await.is(204);
        }
        let mut browser = console.browser_of_ada().await;
        let page = format!("/nodes/{node}/connection");
        for path in ["/", &page] {
            let shown = browser.get(path).await.is(200).text;
            assert!(shown.contains("12 users were locked"), "{path}");
            assert!(shown.contains("Undo all"), "{path}");
        }
        let ada = console.ada().await;
        let detail = connections::get(&console.db, &ada, node).await.unwrap();
        let id = detail.guarding.storms[0].id.to_string();
        let form = [("node", node.to_string()), ("storm", id.clone())];
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let storm = format!("{page}/storms/{id}");
        browser
            .post("/api/storms/undo", &form)
            .await
            .leads_to(&storm);
        let shown = browser.get(&storm).await.is(200).text;
        assert!(shown.contains("12 users given back as before"), "{shown}");
        browser
            .post("/api/storms/undo", &form)
            .await
            .leads_to(&storm);
        let again = browser.get(&storm).await.is(200).text;
        assert!(
            again.contains("This was undone already, by Ada Lovelace."),
            "B-127"
        );
        assert_eq!(client.total("/Users?count=0").await, 12);
        browser.get(&format!("{page}/storms/nothing")).await.is(404);
        console.verify().await;
    }
}
