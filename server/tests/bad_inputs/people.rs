//! People who cannot be taken or changed so.

use serde_json::{Value, json};

use super::{Refused, Taken, World, check, post_user, row};
use crate::support::databases;
use crate::support::scim_client::{patch, user};

#[tokio::test]
async fn people_who_cannot_be_taken() {
    check(|world| {
        let named = |name: &str| user(name);
        let value = |id, name: &str| post_user(id, &named(name), Refused(400, "invalidValue"));
        let taken = |id, body: &Value| post_user(id, body, Refused(409, "uniqueness"));
        let with = |name: &str, key: &str, value: Value| {
            let mut body = user(name);
            body[key] = value;
            body
        };
        let mut no_name = user("");
        no_name.as_object_mut().unwrap().remove("userName");
        vec![
            post_user("B-25", &no_name, Refused(400, "invalidValue")),
            value("B-25", ""),
            value("B-25", "   "),
            post_user("B-25", &with("x", "userName", Value::Null), Refused(400, "invalidValue")),
            value("B-26", "jdoe"),
            post_user("B-26", &with("jdoe", "emails", json!([])), Refused(400, "invalidValue")),
            post_user("B-26", &with("jdoe", "emails", json!([{ "value": "nonsense" }, { "type": "work" }])), Refused(400, "invalidValue")),
            value("B-27", &format!("{}@acme.example", "a".repeat(250))),
            value("B-27", &format!("{}@acme.example", "a".repeat(65))),
            value("B-27", "a@b"),
            value("B-27", "a@[127.0.0.1]"),
            value("B-27", "\"x y\"@d.example"),
            value("B-27", "a@d."),
            value("B-27", "a\r\nBcc:x@y.example@d.example"),
            value("B-28", "аdmin@corp.com"),
            value("B-28", "ada\u{200d}@acme.example"),
            taken("B-29", &named("Bob@Corp.com")),
            value("B-29", "ＢＯＢ@corp.com"),
            taken("B-31", &with("somebody@acme.example", "externalId", json!("e-ben"))),
            taken("B-33", &named("elsewhere@acme.example")),
            taken("B-33", &named("Elsewhere@ACME.example")),
            taken("B-33", &with("other name", "emails", json!([{ "value": "elsewhere@acme.example" }]))),
            row("B-34", "PATCH", format!("/Users/{}", world.ada), patch(&json!([{ "op": "replace", "path": "userName", "value": "bob@corp.com" }])).to_string(), Refused(409, "uniqueness")),
            row("B-34", "PATCH", format!("/Users/{}", world.ada), patch(&json!([{ "op": "replace", "path": "userName", "value": "elsewhere@acme.example" }])).to_string(), Refused(409, "uniqueness")),
            row("B-34", "PUT", format!("/Users/{}", world.ada), named("elsewhere@acme.example").to_string(), Refused(409, "uniqueness")),
            row("B-31", "PUT", format!("/Users/{}", world.ada), with("lovelace@acme.example", "externalId", json!("e-ben")).to_string(), Refused(409, "uniqueness")),
            row("B-36", "PATCH", format!("/Users/{}", world.ada), patch(&json!([{ "op": "replace", "path": "password", "value": "S3cret" }])).to_string(), Refused(400, "invalidPath")),
            row("72", "PUT", format!("/Users/{}", world.ada), named("ada").to_string(), Refused(400, "invalidValue")),
            row("72", "PATCH", format!("/Users/{}", world.ada), patch(&json!([{ "op": "replace", "value": { "userName": "ada" } }])).to_string(), Refused(400, "invalidValue")),
        ]
    })
    .await;
}

#[tokio::test]
async fn an_external_id_is_a_word_and_nothing_else() {
    for database in databases().await {
        let world = World::on(database).await;
        for (n, external_id) in [
            "1",
            "0",
            "-1",
            &world.ada.clone(),
            "admin",
            &world.elsewhere.clone(),
        ]
        .into_iter()
        .enumerate()
        {
            let mut body = user(&format!("b30-{n}@acme.example"));
            body["externalId"] = json!(external_id);
            let answer = world.client.post("/Users", &body).await.is(201);
            assert!(
                answer.id() != world.ada
                    && answer.id() != world.elsewhere
                    && answer.id().len() == 36,
                "B-30: {answer}"
            );
        }
        world.client.get("/Users/1").await.refuses(404, "-");
        let mut odd = user("rtl@acme.example");
        odd["displayName"] = json!("\u{202e}gnp.exe");
        world.client.post("/Users", &odd).await.is(201);
        world.console.verify().await;
    }
}

#[tokio::test]
async fn active_is_true_or_false() {
    check(|world| {
        let set = |value: Value, expected| {
            row(
                "B-39",
                "PATCH",
                format!("/Users/{}", world.ada),
                patch(&json!([{ "op": "Replace", "path": "active", "value": value }])).to_string(),
                expected,
            )
        };
        vec![
            set(json!("False"), Taken(200)),
            set(json!("true"), Taken(200)),
            set(json!("false"), Taken(200)),
            set(json!(" FALSE "), Refused(400, "invalidValue")),
            set(json!("maybe"), Refused(400, "invalidValue")),
            set(json!(0), Refused(400, "invalidValue")),
            set(json!(null), Refused(400, "invalidValue")),
            set(json!([]), Refused(400, "invalidValue")),
            set(json!(""), Refused(400, "invalidValue")),
            row(
                "B-39",
                "PATCH",
                format!("/Users/{}", world.ada),
                patch(&json!([{ "op": "remove", "path": "active" }])).to_string(),
                Refused(400, "invalidValue"),
            ),
        ]
    })
    .await;
}

#[tokio::test]
async fn people_that_cannot_be_patched_so() {
    check(|world| {
        let refused = |id, operations: Value, scim_type| row(id, "PATCH", format!("/Users/{}", world.ben), patch(&operations).to_string(), Refused(400, scim_type));
        vec![
            refused("B-72", json!([{ "op": "replace", "path": "isAdmin", "value": true }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "urn:example:internal", "value": true }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "__proto__", "value": {} }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "generation", "value": 1 }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "membership", "value": "active" }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "locked_by_admin", "value": false }]), "invalidPath"),
            refused("79", json!([{ "op": "replace", "value": { "displayName": "x", "unknown": 1 } }]), "invalidPath"),
            refused("81", json!([{ "op": "replace", "path": "id", "value": "x" }]), "mutability"),
            refused("81", json!([{ "op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z" }]), "mutability"),
            refused("81", json!([{ "op": "replace", "path": "schemas", "value": [] }]), "mutability"),
            refused("82", json!([{ "op": "remove", "path": "userName" }]), "mutability"),
            refused("82", json!([{ "op": "replace", "value": { "userName": null } }]), "mutability"),
            refused("B-76", json!([{ "op": "add", "path": "groups", "value": [{ "value": world.team_elsewhere }] }]), "invalidValue"),
            refused("B-76", json!([{ "op": "add", "path": "groups", "value": [{ "value": world.ops }, { "value": "nothing" }] }]), "invalidValue"),
            refused("B-76", json!([{ "op": "remove", "path": "groups", "value": [{ "value": world.team_elsewhere }] }]), "invalidValue"),
            refused("B-22", json!([{ "op": "replace", "path": "emails", "value": "x" }]), "invalidValue"),
            refused("B-22", json!([{ "op": "replace", "path": "name", "value": "x" }]), "invalidValue"),
            refused("B-22", json!([{ "op": "add", "path": "title" }]), "invalidValue"),
            refused("B-22", json!([{ "op": "replace", "path": 5, "value": "x" }]), "invalidPath"),
            refused("B-68", json!([{ "op": "replace", "path": r#"emails[type eq "work"#, "value": "x" }]), "invalidPath"),
            refused("B-68", json!([{ "op": "replace", "path": "emails[type]", "value": "x" }]), "invalidFilter"),
            refused("B-17", json!([{ "op": "replace", "path": "title", "value": "a".repeat(10_000) }]), "invalidValue"),
            refused(
                "B-75",
                json!([
                    { "op": "replace", "path": "active", "value": false },
                    { "op": "replace", "path": "displayName", "value": "Renamed" },
                    { "op": "add", "path": "groups", "value": [{ "value": world.ops }] },
                    { "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x@acme.example" },
                    { "op": "replace", "path": "title", "value": "x" },
                ]),
                "noTarget",
            ),
        ]
    })
    .await;
}
