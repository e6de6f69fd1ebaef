//! Bodies that cannot be read, or hold what nobody knows.

use serde_json::json;

use super::{Refused, World, check, row};
use crate::support::databases;
use crate::support::scim_client::user;

#[tokio::test]
async fn json_that_two_readers_could_understand_differently() {
    check(|_| {
        let user = |rest: &str| format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],{rest}}}"#);
        let refused = |id, body: Vec<u8>, scim_type| row(id, "POST", "/Users", body, Refused(400, scim_type));
        let syntax = |id, body: &str| refused(id, body.as_bytes().to_vec(), "invalidSyntax");
        let value = |id, rest: &str| refused(id, user(rest).into_bytes(), "invalidValue");
        let whole = user(r#""userName":"new@acme.example""#);
        let utf16 = whole.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let mut invalid_utf8 = whole.clone().into_bytes();
        let end = invalid_utf8.len() - 4;
        invalid_utf8[end] = 0xff;
        let many = format!(r#""userName":"new@acme.example","emails":[{}]"#, vec![r#"{"value":"a@b.example"}"#; 30_000].join(","));
        let urns = vec![r#""urn:x""#; 1_000].join(",");
        vec![
            syntax("B-14", &user(r#""userName":"a@x.example","userName":"b@x.example""#)),
            syntax("B-15", &user(r#""userName":"a@x.example","USERNAME":"b@x.example""#)),
            syntax("B-15", &user(r#""userName":"a@x.example","name":{"givenName":"a","GivenName":"b"}"#)),
            syntax("B-16", &whole[..whole.len() - 1]),
            syntax("B-16", &format!("{whole} x")),
            syntax("B-16", &format!("{whole}{whole}")),
            syntax("B-16", &format!("\u{feff}{whole}")),
            refused("B-16", utf16, "invalidSyntax"),
            refused("B-16", invalid_utf8, "invalidSyntax"),
            syntax("B-16", &user(r#""userName":"a\ud800@x.example""#)),
            syntax("B-17", &user(&format!(r#""userName":"a@x.example","x":{}{}"#, "[".repeat(200), "]".repeat(200)))),
            syntax("B-17", &user(&format!(r#""userName":"a@x.example","x":{}1{}"#, r#"{"a":"#.repeat(200), "}".repeat(200)))),
            syntax("B-17", &"[".repeat(500_000)),
            value("B-17", &format!(r#""userName":"a@x.example","title":"{}""#, "a".repeat(1_000_000))),
            value("B-17", &format!(r#""userName":"a@x.example","title":"{}""#, "a".repeat(10_000))),
            value("B-17", &many),
            syntax("B-18", "[]"),
            syntax("B-18", "[{}]"),
            syntax("B-18", "42"),
            syntax("B-18", "null"),
            syntax("B-18", "\"text\""),
            syntax("B-18", ""),
            syntax("B-19", r#"{"userName":"new@acme.example"}"#),
            syntax("B-19", r#"{"schemas":[],"userName":"new@acme.example"}"#),
            syntax("B-19", r#"{"schemas":"urn:ietf:params:scim:schemas:core:2.0:User","userName":"new@acme.example"}"#),
            syntax("B-19", r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"new@acme.example"}"#),
            syntax("B-19", &format!(r#"{{"schemas":[{urns}],"userName":"new@acme.example"}}"#)),
            syntax("B-19", r#"{"schemas":[5],"userName":"new@acme.example"}"#),
            value("B-22", r#""userName":5"#),
            value("B-22", r#""userName":{"value":"new@acme.example"}"#),
            value("B-22", r#""userName":"new@acme.example","emails":"x""#),
            value("B-22", r#""userName":"new@acme.example","emails":[5]"#),
            value("B-22", r#""userName":"new@acme.example","name":["a","b"]"#),
            value("B-22", r#""userName":"new@acme.example","active":{}"#),
            value("B-22", r#""userName":"new@acme.example","active":"yes""#),
            value("B-22", r#""userName":"new@acme.example","active":1"#),
            value("B-24", r#""userName":"new\u0000@acme.example""#),
            value("B-24", r#""userName":"new@acme.example","title":"a\u0000""#),
            value("B-24", r#""userName":"new@acme.example","unknown":{"x":["\u0000"]}"#),
        ]
    })
    .await;
}

#[tokio::test]
async fn what_the_service_does_not_know_is_ignored() {
    for database in databases().await {
        let world = World::on(database).await;
        let mut body = user("extra@acme.example");
        body["schemas"] = json!([
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:example:2.0:Extra"
        ]);
        body["urn:example:2.0:Extra"] = json!({ "badge": 5 });
        body["id"] = json!(world.ada);
        body["meta"] = json!({ "created": "1999-01-01T00:00:00Z", "version": "W/\"99\"", "location": "https://evil.example" });
        body["password"] = json!("S3cret-and-long");
        body["isAdmin"] = json!(true);
        body["roles"] = json!([{ "value": "Administrator" }]);
        let answer = world.client.post("/Users", &body).await.is(201);
        assert_ne!(answer.id(), world.ada, "B-21: {answer}");
        assert_ne!(answer.body["meta"]["version"], "W/\"99\"", "B-21: {answer}");
        assert_eq!(
            answer.body["meta"]["location"],
            format!("{}/Users/{}", world.client.base, answer.id())
        );
        assert!(
            !answer.text.contains("1999") && !answer.text.contains("urn:example"),
            "B-20, B-21: {answer}"
        );
        assert!(
            !answer.text.contains("S3cret") && !answer.text.contains("isAdmin"),
            "B-36: {answer}"
        );
        assert_eq!(
            answer.body["roles"],
            json!([{ "value": "Administrator" }]),
            "B-72b: {answer}"
        );
        let administrators = "SELECT count(*) FROM role_users";
        let held = world
            .console
            .db
            .read()
            .await
            .unwrap()
            .number(administrators, [])
            .await
            .unwrap();
        assert_eq!(
            held, 1,
            "B-72b: a role of the identity provider is a word here, nothing else"
        );
        world.console.verify().await;
    }
}
