//! PUT and PATCH: what they say, what they leave alone, and what leaves no trace.

use directory::model::event::Code;
use serde_json::{Value, json};

use super::{berlin, number, person, replace, told};
use crate::support::databases;
use crate::support::scim_client::{group, patch, user};

#[tokio::test]
async fn a_put_says_all_but_the_lock() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let mut body = user("grace@acme.example");
        body["externalId"] = json!("e1");
        body["title"] = json!("Admiral");
        body["name"] = json!({ "givenName": "Grace", "familyName": "Hopper" });
        let id = client.post("/Users", &body).await.is(201).id();
        let team = client.group("Ops", &[&id]).await;
        let path = format!("/Users/{id}");
        client
            .patch(&path, &replace(&json!({ "active": false })))
            .await
            .is(200);
        let mut smaller = user("grace@acme.example");
        smaller["groups"] = json!([]);
        let answer = client.put(&path, &smaller).await.is(200);
        assert_eq!(
            answer.body["active"], false,
            "6 #76: without active the lock stays"
        );
        assert!(
            answer.body.get("title").is_none()
                && answer.body.get("name").is_none()
                && answer.body.get("externalId").is_none(),
            "B-48: {answer}"
        );
        assert_eq!(
            answer.body["groups"][0]["value"],
            team.as_str(),
            "6 #78: groups are ignored"
        );
        smaller["active"] = Value::Null;
        assert_eq!(
            client.put(&path, &smaller).await.is(200).body["active"],
            false,
            "6 #76: null says nothing"
        );
        smaller["active"] = json!(true);
        smaller["externalId"] = json!("e2");
        assert_eq!(
            client.put(&path, &smaller).await.is(200).body["externalId"],
            "e2",
            "B-48"
        );
        assert_eq!(
            client
                .patch(&path, &replace(&json!({ "externalId": "e3" })))
                .await
                .is(200)
                .body["externalId"],
            "e3",
            "B-48"
        );
        assert_eq!(
            told(&console, &id).await,
            [
                Code::UserAdded,
                Code::MembershipRequested,
                Code::UserLocked,
                Code::UserChanged,
                Code::UserChanged,
                Code::UserUnlocked,
                Code::UserChanged
            ],
        );
        // What PUT takes away can be named by nobody: a person without active is active.
        assert_eq!(
            client
                .post("/Users", &{
                    let mut new = user("new@acme.example");
                    new["active"] = Value::Null;
                    new
                })
                .await
                .is(201)
                .body["active"],
            true,
            "6 #76"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn what_stands_already_leaves_no_trace() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let mut body = user("grace@acme.example");
        body["name"] = json!({ "givenName": "Grace" });
        body["emails"] =
            json!([{ "value": "grace@acme.example", "type": "work", "primary": true }]);
        let id = client.post("/Users", &body).await.is(201).id();
        let team = client.group("Ops", &[&id]).await;
        let (person, group_path) = (format!("/Users/{id}"), format!("/Groups/{team}"));
        let shown = (client.get(&person).await, client.get(&group_path).await);
        let events = "SELECT count(*) FROM events";
        let before = number(&console, events, []).await;
        client
            .patch(
                &person,
                &replace(&json!({ "active": true, "name.givenName": "Grace" })),
            )
            .await
            .is(200);
        client
            .patch(
                &person,
                &patch(&json!([{ "op": "add", "path": "groups", "value": [{ "value": team }] }])),
            )
            .await
            .is(200);
        client.patch(&person, &patch(&json!([{ "op": "add", "path": "emails", "value": [{ "value": "grace@acme.example", "type": "work", "primary": true }] }]))).await.is(200);
        client.put(&person, &shown.0.body).await.is(200);
        client.put(&group_path, &shown.1.body).await.is(200);
        for operations in [
            json!([{ "op": "add", "path": "members", "value": [{ "value": id }, { "value": id }] }]),
            json!([{ "op": "remove", "path": "members", "value": [{ "value": "nobody" }] }]),
            json!([{ "op": "remove", "path": r#"members[value eq "nobody"]"# }]),
            json!([{ "op": "replace", "value": { "displayName": "Ops", "members": [{ "value": id }] } }]),
            json!([{ "op": "remove", "path": r#"members[value eq "nobody"]"# }, { "op": "replace", "path": "externalId", "value": null }]),
        ] {
            assert!(client.patch(&group_path, &patch(&operations)).await.status < 300);
        }
        let after = (client.get(&person).await, client.get(&group_path).await);
        assert_eq!(
            (&after.0.text, &after.1.text),
            (&shown.0.text, &shown.1.text),
            "6 #86: no new version, the instant stays"
        );
        assert_eq!(
            number(&console, events, []).await,
            before,
            "6 #86: no event"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn the_last_word_about_a_member_counts() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let (ada, ben) = (
            client.user("a@acme.example").await,
            client.user("b@acme.example").await,
        );
        let team = client.group("Ops", &[&ben]).await;
        let value = |id: &str| json!([{ "value": id }]);
        let operations = json!([
            { "op": "add", "path": "members", "value": [{ "value": ada }, { "value": ada }, { "value": ada }, { "value": ada }, { "value": ada }] },
            { "op": "remove", "path": "members", "value": value(&ben) },
            { "op": "add", "path": "members", "value": value(&ben) },
            { "op": "remove", "path": format!(r#"members[value eq "{ada}"]"#) },
            { "op": "add", "path": "members", "value": value(&ada) },
        ]);
        client
            .patch(&format!("/Groups/{team}"), &patch(&operations))
            .await
            .is(204);
        assert_eq!(
            client.members(&team).await,
            [ada.clone(), ben.clone()],
            "B-65"
        );
        assert_eq!(
            told(&console, &ada).await,
            [Code::UserAdded, Code::MembershipRequested],
            "B-65: one row, one event"
        );
        assert_eq!(
            told(&console, &ben).await,
            [Code::UserAdded, Code::MembershipRequested],
            "B-65: it was there before"
        );
        client
            .patch(
                &format!("/Groups/{team}"),
                &patch(&json!([{ "op": "remove", "path": "members" }])),
            )
            .await
            .is(204);
        assert_eq!(client.members(&team).await, Vec::<String>::new());
        console.verify().await;
    }
}

#[tokio::test]
async fn projections_hold_for_every_verb() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let asked = client
            .post("/Users?attributes=userName", &user("a@acme.example"))
            .await
            .is(201);
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            keys(&asked.body),
            ["id", "schemas", "userName"],
            "6 #85: POST"
        );
        let id = asked.id();
        let path = format!("/Users/{id}");
        let answer = client
            .put(
                &format!("{path}?excludedAttributes=meta,active"),
                &user("a@acme.example"),
            )
            .await
            .is(200);
        assert_eq!(
            keys(&answer.body),
            ["id", "schemas", "userName"],
            "6 #85: PUT"
        );
        let answer = client
            .patch(
                &format!("{path}?attributes=title"),
                &replace(&json!({ "title": "x" })),
            )
            .await
            .is(200);
        assert_eq!(
            keys(&answer.body),
            ["id", "schemas", "title"],
            "6 #85: PATCH"
        );
        assert_eq!(
            keys(&client.get(&format!("{path}?attributes=nothing")).await.body),
            ["id", "schemas"]
        );

        let created = client
            .post("/Groups?excludedAttributes=members", &group("Ops", &[&id]))
            .await
            .is(201);
        assert!(created.body.get("members").is_none());
        let team = format!("/Groups/{}", created.id());
        let add = patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]));
        client
            .patch(&format!("{team}?excludedAttributes=members"), &add)
            .await
            .is(204);
        let renamed = client
            .patch(
                &format!("{team}?excludedAttributes=members"),
                &replace(&json!({ "displayName": "Design" })),
            )
            .await
            .is(200);
        assert_eq!(
            (&renamed.body["displayName"], renamed.body.get("members")),
            (&json!("Design"), None),
            "6 #32, 05.1"
        );
        let asked = client
            .patch(&format!("{team}?attributes=members"), &add)
            .await
            .is(200);
        assert_eq!(asked.body["members"][0]["value"], id.as_str(), "6 #85");
        let put = client
            .put(
                &format!("{team}?excludedAttributes=members"),
                &group("Design", &[]),
            )
            .await
            .is(200);
        assert!(put.body.get("members").is_none());
        assert_eq!(
            client.members(&created.id()).await,
            Vec::<String>::new(),
            "6 #77"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn long_and_odd_texts_are_kept_and_found() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        // As long as texts may be, and as hard to compress as they come; an index must hold them.
        let long = (0..1_000_u32)
            .map(|n| char::from_u32(0x4e00 + n * 7 % 20_000).unwrap())
            .take(600)
            .collect::<String>();
        let squared = (0..255_u32)
            .map(|n| char::from_u32(0x3300 + n * 37 % 88).unwrap())
            .collect::<String>();
        let mut body = user("odd@acme.example");
        body["displayName"] = json!(long);
        body["name"] = json!({ "givenName": long, "familyName": "\u{202e}x" });
        body["title"] = json!("Straße 100%_\\ 'x' \"y\" \r\n\t İstanbul ŉ ﬁ");
        body["photos"] =
            json!([{ "value": format!("data:image/png;base64,{}", "iVBORw0KGgo".repeat(4_000)) }]);
        body["x509Certificates"] = json!([{ "value": "MIIDQzCCAqyg".repeat(300) }]);
        body["externalId"] = json!(squared);
        let created = client.post("/Users", &body).await.is(201);
        for name in [
            "displayName",
            "name",
            "title",
            "photos",
            "x509Certificates",
            "externalId",
        ] {
            assert_eq!(created.body[name], body[name], "{name}");
        }
        for filter in [
            format!(r#"displayName eq "{long}""#),
            r#"title co "STRASSE 100%_\\""#.to_owned(),
            r#"title ew "i̇STANBUL ʼN FI""#.to_owned(),
            format!(r#"externalId eq "{squared}""#),
            r#"photos.value sw "data:image/png""#.to_owned(),
            r#"photos.value ew "GgoiVBORw0KGgo""#.to_owned(),
        ] {
            let encoded =
                url::form_urlencoded::byte_serialize(filter.as_bytes()).collect::<String>();
            assert_eq!(
                client.total(&format!("/Users?filter={encoded}")).await,
                1,
                "{filter}"
            );
        }
        // Folded, the name would be too long for an index.
        client
            .post("/Groups", &group(&squared, &[]))
            .await
            .refuses(400, "invalidValue");
        let squared = squared.chars().take(120).collect::<String>();
        let team = client.group(&squared, &[&created.id()]).await;
        assert_eq!(
            client.get(&format!("/Groups/{team}")).await.body["displayName"],
            squared.as_str()
        );
        assert_eq!(
            person(&console, &created.id()).await.label.chars().count(),
            255,
            "the console's label is short"
        );
        console.verify().await;
    }
}
