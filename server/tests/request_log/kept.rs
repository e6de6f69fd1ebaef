//! What is kept of a request: what it changed, whom it touched, its bodies; and never a secret.

use directory::admin::requests;
use directory::model::id::NodeId;
use directory::model::request::{Client, LogQuery, Part};
use serde_json::json;

use super::Log;
use crate::support::databases;
use crate::support::scim_client::{ScimClient, group, patch, user};

/// The changes of the newest request: attribute, before, after.
async fn changes(log: &Log) -> Vec<(String, Option<String>, Option<String>)> {
    let latest = log.latest().await;
    assert_eq!(
        usize::try_from(latest.request.changed).unwrap(),
        latest.kept.changes.len(),
        "{latest:?}"
    );
    let changes = latest.kept.changes.into_iter();
    changes
        .map(|change| (change.attribute, change.before, change.after))
        .collect()
}

fn change(attribute: &str, before: &str, after: &str) -> (String, Option<String>, Option<String>) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (attribute.to_owned(), some(before), some(after))
}

#[tokio::test]
async fn what_a_request_changed_is_told_attribute_by_attribute() {
    for database in databases().await {
        let log = Log::start(database).await;
        let client = &log.client;
        let mut grace = user("grace@acme.example");
        grace["title"] = json!("Admiral");
        grace["emails"] =
            json!([{ "value": "grace@acme.example", "type": "work", "primary": true }]);
        let id = client.post("/Users", &grace).await.is(201).id();
        let created = [
            change("active", "", "true"),
            change("emails[work].primary", "", "true"),
            change("emails[work].type", "", "work"),
            change("emails[work].value", "", "grace@acme.example"),
            change("title", "", "Admiral"),
            change("userName", "", "grace@acme.example"),
        ];
        assert_eq!(changes(&log).await, created);
        let path = format!("/Users/{id}");
        let locks = patch(&json!([
            { "op": "replace", "path": "active", "value": "False" },
            { "op": "Remove", "path": "title" },
            { "op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Navy" },
        ]));
        client.patch(&path, &locks).await.is(200);
        let changed = [
            change("active", "true", "false"),
            change("department", "", "Navy"),
            change("title", "Admiral", ""),
        ];
        assert_eq!(changes(&log).await, changed);
        client.patch(&path, &locks).await.is(200);
        assert_eq!(changes(&log).await, [], "sent again, it changes nothing");
        let ops = client
            .post("/Groups", &group("Ops", &[&id]))
            .await
            .is(201)
            .id();
        assert_eq!(
            changes(&log).await,
            [
                change("displayName", "", "Ops"),
                change("members", "", "grace@acme.example")
            ]
        );
        let rename = patch(
            &json!([{ "op": "replace", "value": { "displayName": "Operations", "members": [] } }]),
        );
        client
            .patch(&format!("/Groups/{ops}"), &rename)
            .await
            .is(204);
        assert_eq!(
            changes(&log).await,
            [
                change("displayName", "Ops", "Operations"),
                change("members", "grace@acme.example", "")
            ]
        );
        let join = patch(&json!([{ "op": "add", "path": "groups", "value": [{ "value": ops }] }]));
        client.patch(&path, &join).await.is(200);
        assert_eq!(changes(&log).await, [change("groups", "", "Operations")]);
        client.delete(&path).await.is(204);
        let hidden = "false, hidden from the identity provider";
        assert_eq!(changes(&log).await, [change("active", "true", hidden)]);
        client.delete(&format!("/Groups/{ops}")).await.is(204);
        assert_eq!(
            changes(&log).await,
            [change("displayName", "Operations", "")]
        );
        client.get("/Users/nobody").await.is(404);
        assert_eq!(changes(&log).await, []);
        log.console.verify().await;
    }
}

#[tokio::test]
async fn what_came_of_a_request_is_told_in_one_sentence() {
    for database in databases().await {
        let log = Log::start(database).await;
        let client = &log.client;
        let said = async || app::words::requests::said(&log.all().await[0]);
        client.get("/ServiceProviderConfig").await.is(200);
        assert_eq!(said().await, "Read what this service supports");
        client
            .get("/Users?filter=userName eq \"grace@acme.example\"")
            .await
            .is(200);
        assert_eq!(said().await, "Found nobody");
        let grace = client.user("grace@acme.example").await;
        assert_eq!(said().await, "Created grace@acme.example");
        client
            .get("/Users?filter=userName eq \"grace@acme.example\"")
            .await
            .is(200);
        assert_eq!(said().await, "Found grace@acme.example");
        let ben = client.user("ben@acme.example").await;
        client.get("/Users?startIndex=1&count=1").await.is(200);
        assert_eq!(said().await, "Listed 2 people");
        let ops = client.group("Ops", &[&grace]).await;
        assert_eq!(said().await, "Created the team Ops with 1 person, pending");
        let both = patch(&json!([
            { "op": "add", "path": "members", "value": [{ "value": ben }] },
            { "op": "remove", "path": format!("members[value eq \"{grace}\"]") },
        ]));
        client.patch(&format!("/Groups/{ops}"), &both).await.is(204);
        assert_eq!(
            said().await,
            "Added ben@acme.example to Ops, pending; Removed grace@acme.example from Ops"
        );
        let off = patch(&json!([{ "op": "replace", "value": { "active": false } }]));
        client.patch(&format!("/Users/{grace}"), &off).await.is(200);
        assert_eq!(said().await, "Locked grace@acme.example");
        client.patch(&format!("/Users/{grace}"), &off).await.is(200);
        assert_eq!(
            said().await,
            "Asserted grace@acme.example once more, nothing changed"
        );
        client.delete(&format!("/Users/{grace}")).await.is(204);
        assert_eq!(
            said().await,
            "Deleted grace@acme.example: locked here, nothing is lost"
        );
        client.user("grace@acme.example").await;
        assert_eq!(said().await, "Brought back grace@acme.example");
        let latest = log.latest().await;
        assert_eq!(latest.request.client, Client::Okta);
        assert_eq!(latest.subjects[0].id, grace, "a link to the person");
        assert_eq!(latest.token_name.as_deref(), Some("Test"));
        log.console.verify().await;
    }
}

/// Everything that is stored of requests and events, as text.
async fn stored(log: &Log) -> String {
    let mut tx = log.console.db.read().await.unwrap();
    let rows = tx
        .all::<(String,)>(
            "SELECT method || path || coalesce(detail, '') || coalesce(agent, '') || coalesce(said, '') || coalesce(kept, '')
               || coalesce(subject_id, '') || coalesce(cause, '') FROM requests
             UNION ALL SELECT details || coalesce(target_name, '') FROM events
             UNION ALL SELECT attributes FROM users",
            [],
        )
        .await
        .unwrap();
    rows.into_iter()
        .map(|(row,)| row)
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn no_secret_is_stored_in_whatever_shape_it_comes() {
    for database in databases().await {
        let log = Log::start(database).await;
        let token = log
            .client
            .token()
            .strip_prefix("Bearer ")
            .unwrap()
            .to_owned();
        let client = log.client.clone();
        let grace = client.user("grace@acme.example").await;
        let path = format!("/Users/{grace}");
        let mut person = user("ben@acme.example");
        person["password"] = json!("canary-1");
        client.post("/Users", &person).await.is(201);
        for operations in [
            json!([{ "op": "replace", "path": "password", "value": "canary-2" }]),
            json!([{ "op": "replace", "value": { "password": "canary-3" } }]),
            json!([{ "value": "canary-4", "op": "Add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:password" }]),
            json!([{ "op": "replace", "path": "title", "value": token }]),
        ] {
            client.patch(&path, &patch(&operations)).await;
        }
        client.put(&path, &json!({ "userName": "grace@acme.example", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "p\u{61}ssword": "canary-5" })).await;
        client
            .send(
                "POST",
                "/Users",
                r#"{"userName":"x@acme.example","p\u0061ssword":"canary-6""#,
            )
            .await;
        client
            .send(
                "POST",
                "/Users",
                format!(r#"{{"password":"canary-7","x":"{}"}}"#, "y".repeat(90_000)),
            )
            .await;
        client.get("/Users?filter=password eq \"canary-8\"").await;
        client.get("/Users?access_token=canary-9").await;
        client.get(&format!("/Users?x={token}")).await;
        client
            .clone()
            .with("user-agent", &format!("Okta {token}"))
            .get("/Users")
            .await;
        client
            .send(
                "POST",
                "/Users/.search",
                r#"{"filter":"password eq \"canary-0\""}"#,
            )
            .await;
        // Somebody without a good token, who sends one in other places.
        let stranger = client.clone().with("authorization", "Bearer canary-a");
        stranger
            .post(
                &format!("/Users?token={token}"),
                &json!({ "password": "canary-b" }),
            )
            .await
            .is(401);
        log.console.state.scim_log.flush().await;
        // A person's title may be anything; what is looked for is what the log adds.
        let stored = stored(&log)
            .await
            .replace(&format!("\"title\":\"{token}\""), "");
        for secret in ["canary", token.as_str()] {
            let found = stored
                .find(secret)
                .map(|at| &stored[at.saturating_sub(200)..at + 40]);
            assert_eq!(found, None, "on {}", log.console.db.kind());
        }
        assert!(stored.contains("•••"), "masked, not left out");
        log.console.verify().await;
    }
}

#[tokio::test]
async fn bodies_are_kept_up_to_a_size_and_say_so() {
    for database in databases().await {
        let log = Log::start(database).await;
        let client = &log.client;
        let mut person = user("grace@acme.example");
        person["title"] = json!("ä".repeat(500));
        client.post("/Users", &person).await.is(201);
        let latest = log.latest().await;
        let kept = &latest.kept;
        assert_eq!(
            (kept.asked.kept, kept.answered.kept),
            (Part::Whole, Part::Whole)
        );
        assert_eq!(kept.asked.text, person.to_string(), "as it was sent");
        assert!(
            kept.answered
                .text
                .contains(&latest.request.subject_id.unwrap())
        );
        assert!(kept.answer_headers.iter().any(|(name, _)| name == "etag"));
        let names = (0..4_000).map(|n| format!("{n:036}")).collect::<Vec<_>>();
        let members = names.iter().map(String::as_str).collect::<Vec<_>>();
        let sent = group("Everyone", &members);
        client.post("/Groups", &sent).await.is(400);
        let asked = log.latest().await.kept.asked;
        assert_eq!(asked.kept, Part::Beginning);
        assert_eq!(asked.bytes, i64::try_from(sent.to_string().len()).unwrap());
        assert!(asked.text.len() <= 16 * 1024 && sent.to_string().starts_with(&asked.text));
        client
            .send("POST", "/Users", b"{\"userName\":\"\xff\0\"}".to_vec())
            .await
            .is(400);
        assert!(
            log.latest().await.kept.asked.text.contains('\u{fffd}'),
            "what is no text is readable"
        );
        log.console.verify().await;
    }
}

#[tokio::test]
async fn a_refused_token_is_noted_without_it_and_its_body_is_never_read() {
    for database in databases().await {
        let log = Log::start(database).await;
        let stranger = ScimClient::new(log.console.scim(log.node), "no token at all");
        stranger
            .post("/Users", &user("grace@acme.example"))
            .await
            .is(401);
        let latest = log.latest().await;
        assert_eq!(
            (latest.request.status, latest.request.token_id),
            (401, None)
        );
        assert_eq!(
            (latest.kept.asked.kept, latest.kept.asked.text.as_str()),
            (Part::Unread, "")
        );
        assert!(latest.kept.answered.text.contains("\"401\""));
        let before = log.all().await.len();
        ScimClient::new(log.console.scim(NodeId(999)), "x")
            .get("/Users")
            .await
            .is(401);
        assert_eq!(
            log.all().await.len(),
            before,
            "a node that is not there has no log"
        );
        log.console.verify().await;
    }
}

#[tokio::test]
async fn a_taken_address_names_its_holder_to_those_who_may_see_them() {
    for database in databases().await {
        let log = Log::start(database).await;
        let (paris, token) = log.console.connection("Paris").await;
        let there = ScimClient::new(log.console.scim(paris), &token);
        let grace = there.user("grace@acme.example").await;
        let ada = log.console.ada().await;
        let log = Log { ada, ..log };
        log.client
            .post("/Users", &user("grace@acme.example"))
            .await
            .is(409);
        let latest = log.latest().await;
        let holder = latest.holder.unwrap();
        assert_eq!(
            (holder.who.id.as_str(), holder.node_name.as_str()),
            (grace.as_str(), "Paris")
        );
        assert!(
            !format!("{:?}", latest.request).contains("Paris"),
            "the line itself names nobody of another node"
        );
        // Somebody whose power ends at Berlin reads the same request, and hears nothing of Paris.
        let ben = crate::request_log::pages::administrator_of(&log, log.node).await;
        let heard = requests::get(&log.console.db, &ben, log.node, &latest.request.id)
            .await
            .unwrap();
        assert_eq!((heard.holder, heard.subjects), (None, vec![]));
        let elsewhere = requests::list(&log.console.db, &ben, paris, &LogQuery::default()).await;
        assert_eq!(
            elsewhere.unwrap_err(),
            directory::Error::NotFound("This node")
        );
        log.console.verify().await;
    }
}
