//! Bodies of POST and PUT: what is taken, what is ignored, and what is refused by which kind.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use scim::error::{Error, ScimType};
use scim::group::Group;
use scim::json;
use scim::password::Passwords;
use scim::urn;
use scim::user::User;
use serde_json::{Value, json};
use support::bytes;

fn user(more: &Value) -> Result<User, Error> {
    let mut body = json!({ "schemas": [urn::USER], "userName": "ada@acme.example" });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    User::read(&bytes(&body), Passwords::Ignored)
}

fn attributes(more: &Value) -> Value {
    Value::Object(user(more).unwrap().attributes)
}

fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> ScimType {
    let error = result.unwrap_err();
    assert_eq!(error.status, 400, "{error}");
    error.scim_type.unwrap()
}

#[test]
fn json_that_two_readers_could_understand_differently_is_refused() {
    let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(json::read(deep(31).as_bytes()).is_ok());
    let many: Vec<_> = (0..40).map(|i| format!("\"k{i}\":1")).collect();
    for body in [
        &br#"{"userName":"a@x","userName":"b@x"}"#[..],
        br#"{"userName":"a@x","USERNAME":"b@x"}"#,
        br#"{"name":{"givenName":"a","GivenName":"b"}}"#,
        "{\"Ünknown\":1,\"ünknown\":2}".as_bytes(),
        format!("{{{},\"K7\":2}}", many.join(",")).as_bytes(),
        br#"{"userName":"a@x""#,
        br#"{"userName":"a@x"} x"#,
        br#"{"userName":"a@x"}{}"#,
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"{\x00}\x00",
        b"{\"a\":\"\xc3\x28\"}",
        br#"{"a":"\ud800"}"#,
        br#"{"a":"\ud800x"}"#,
        br#"{"a":"\udc00"}"#,
        b"{'a':1}",
        b"{\"a\":1,}",
        b"{\"a\":NaN}",
        b"{\"a\":01}",
        b"{\"a\":\"line\nbreak\"}",
        deep(32).as_bytes(),
        deep(200).as_bytes(),
        deep(100_000).as_bytes(),
        "{\"a\":".repeat(100_000).as_bytes(),
        b"[]",
        b"1",
        b"null",
        b"\"x\"",
        b"",
        b"   ",
    ] {
        let text = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let error = json::read(body).expect_err(&text);
        assert_eq!(error.scim_type, Some(ScimType::InvalidSyntax), "{text}");
        assert_eq!(error.status, 400);
    }
}

#[test]
fn values_that_cannot_be_kept_are_refused() {
    for body in [
        br#"{"a":1e400}"#.to_vec(),
        br#"{"a":"\u0000"}"#.to_vec(),
        br#"{"a":{"b":["x\u0000y"]}}"#.to_vec(),
        br#"{"\u0000":1}"#.to_vec(),
        format!("{{\"a\":\"{}\"}}", "x".repeat(64 * 1024 + 1)).into_bytes(),
        format!("{{\"a\":\"{}\"}}", "x".repeat(1024 * 1024)).into_bytes(),
    ] {
        assert_eq!(kind(json::read(&body)), ScimType::InvalidValue);
    }
    let longest = format!("{{\"a\":\"{}\"}}", "x".repeat(64 * 1024));
    assert!(json::read(longest.as_bytes()).is_ok());
    assert_eq!(
        json::read(br#"{"a":18446744073709551615,"b":-0,"c":1.5}"#)
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn schemas_must_name_the_resource() {
    let read = |schemas: Value| {
        User::read(
            &bytes(&json!({ "schemas": schemas, "userName": "a@x.example" })),
            Passwords::Ignored,
        )
    };
    for schemas in [
        json!([]),
        json!(null),
        json!("x"),
        json!(urn::USER),
        json!([urn::GROUP]),
        json!([urn::ENTERPRISE]),
        json!([5]),
        json!([urn::USER, 5]),
        json!([null]),
        json!(vec![urn::USER; 1_000]),
    ] {
        assert_eq!(
            kind(read(schemas.clone())),
            ScimType::InvalidSyntax,
            "{schemas}"
        );
    }
    assert_eq!(
        kind(User::read(
            br#"{"userName":"a@x.example"}"#,
            Passwords::Ignored
        )),
        ScimType::InvalidSyntax
    );
    assert_eq!(
        kind(Group::read(&bytes(&json!({ "displayName": "x" })))),
        ScimType::InvalidSyntax
    );
    for schemas in [
        json!([urn::USER]),
        json!([urn::ENTERPRISE, urn::USER, "urn:acme:thing"]),
        json!(["urn:ietf:params:scim:schemas:core:2.0:User;"]),
        json!(["URN:ietf:params:scim:schemas:core:2.0:USER"]),
    ] {
        assert!(read(schemas.clone()).is_ok(), "{schemas}");
    }
}

#[test]
fn values_of_the_wrong_type_are_refused() {
    for more in [
        json!({ "userName": 5 }),
        json!({ "userName": ["a", "b"] }),
        json!({ "userName": "" }),
        json!({ "userName": null }),
        json!({ "userName": "   " }),
        json!({ "userName": "x".repeat(255) }),
        json!({ "userName": "a\r\nBcc:x@y.example@acme.example" }),
        json!({ "emails": "x" }),
        json!({ "emails": 5 }),
        json!({ "emails": [5] }),
        json!({ "emails": [["x"]] }),
        json!({ "emails": [{ "value": 5 }] }),
        json!({ "emails": [{ "value": "x", "primary": "perhaps" }] }),
        json!({ "emails": vec![json!({ "value": "x" }); 1_001] }),
        json!({ "name": [] }),
        json!({ "name": "Ada" }),
        json!({ "name": [{}, {}] }),
        json!({ "name": { "givenName": 5 } }),
        json!({ "active": {} }),
        json!({ "active": 1 }),
        json!({ "active": " FALSE " }),
        json!({ "active": "maybe" }),
        json!({ "externalId": 5 }),
        json!({ "externalId": "x".repeat(256) }),
        json!({ "groups": "g1" }),
        json!({ "groups": [{ "display": "x" }] }),
        json!({ urn::ENTERPRISE: "x" }),
        json!({ urn::ENTERPRISE: { "department": {} } }),
        json!({ urn::ENTERPRISE: { "manager": 5 } }),
    ] {
        let name = more.as_object().unwrap().keys().next().unwrap().clone();
        let result = user(&more);
        assert!(result.is_err(), "{name}");
        assert_eq!(kind(result), ScimType::InvalidValue, "{name}");
    }
    assert_eq!(
        kind(User::read(
            &bytes(&json!({ "schemas": [urn::USER] })),
            Passwords::Ignored
        )),
        ScimType::InvalidValue,
        "userName is missing"
    );
}

#[test]
fn null_and_empty_say_that_there_is_nothing() {
    let read = user(&json!({
        "active": null, "externalId": "", "displayName": "", "title": null, "roles": [], "groups": [],
        "emails": [{ "value": "" }, null, { "type": null }], "name": { "givenName": "", "familyName": null },
        "department": null, "manager": null, urn::ENTERPRISE: { "division": "", "manager": { "value": "" } },
    }))
    .unwrap();
    assert_eq!((read.active, read.external_id.as_deref()), (None, None));
    assert!(read.attributes.is_empty(), "{:?}", read.attributes);
    assert!(read.groups.is_empty() && read.warnings.is_empty());
}

#[test]
fn booleans_come_as_words_in_any_case() {
    for (sent, active) in [
        (json!("True"), true),
        (json!("false"), false),
        (json!("FALSE"), false),
        (json!(true), true),
    ] {
        assert_eq!(
            user(&json!({ "active": sent })).unwrap().active,
            Some(active)
        );
    }
}

#[test]
fn a_creation_with_keys_in_any_case_gives_canonical_names() {
    let read = User::read(&bytes(&json!({
        "schemas": [urn::USER, urn::ENTERPRISE],
        "externalId": "x1", "UserName": "ada@acme.example", "Active": "True",
        "DisplayName": "Ada", "NAME": { "GivenName": "Ada", "familyname": "Lovelace" },
        "emails": [{ "Primary": "True", "Type": "work", "Value": "ada@acme.example" }],
        "meta": { "resourceType": "User" }, "roles": [], "department": null, "manager": null,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user": { "Department": "Ops", "Manager.Value": "m1" },
    })), Passwords::Ignored)
    .unwrap();
    assert_eq!(read.user_name.as_deref(), Some("ada@acme.example"));
    assert_eq!(read.external_id.as_deref(), Some("x1"));
    assert_eq!(read.active, Some(true));
    assert_eq!(
        Value::Object(read.attributes.clone()),
        json!({
            "displayName": "Ada", "name": { "givenName": "Ada", "familyName": "Lovelace" },
            "emails": [{ "primary": true, "type": "work", "value": "ada@acme.example" }],
            urn::ENTERPRISE: { "department": "Ops", "manager": { "value": "m1" } },
        })
    );
    assert_eq!(read.schemas(), [urn::USER, urn::ENTERPRISE]);
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
}

#[test]
fn what_only_the_server_writes_is_ignored_without_a_remark() {
    let read = user(&json!({ "id": "x", "meta": { "created": "yesterday" } })).unwrap();
    assert!(read.attributes.is_empty() && read.warnings.is_empty());
}

#[test]
fn what_is_not_known_is_ignored_with_a_remark() {
    let read = user(&json!({
        "isAdmin": true, "urn:acme:User": { "shoeSize": 43 }, "password": "secret-word", "__proto__": {},
        "emails": [{ "value": "a@x.example", "verified": true }],
        urn::ENTERPRISE: { "shoeSize": 43, "manager": { "value": "m1", "displayName": "Grace" } },
        "bad\u{7}name": 1,
    }))
    .unwrap();
    assert_eq!(
        Value::Object(read.attributes),
        json!({ "emails": [{ "value": "a@x.example" }], urn::ENTERPRISE: { "manager": { "value": "m1" } } })
    );
    let all = read.warnings.join("\n");
    for word in [
        "isAdmin",
        "urn:acme:User",
        "password",
        "__proto__",
        "emails.verified",
        "shoeSize",
        "manager.displayName",
        "badname",
    ] {
        assert!(all.contains(word), "{word} in {all}");
    }
    assert!(!all.contains("secret-word"), "values are not repeated");
    let many: serde_json::Map<_, _> = (0..200)
        .map(|i| (format!("{}{i}", "x".repeat(500)), json!(1)))
        .collect();
    let warnings = user(&Value::Object(many)).unwrap().warnings;
    assert!(warnings.len() <= 50 && warnings.iter().all(|warning| warning.len() < 200));
}

#[test]
fn one_value_and_a_list_of_one_are_the_same() {
    assert_eq!(
        attributes(&json!({ "name": [{ "givenName": "Ada" }] })),
        json!({ "name": { "givenName": "Ada" } })
    );
    assert_eq!(
        attributes(&json!({ "title": ["Countess"] })),
        json!({ "title": "Countess" })
    );
    assert_eq!(
        attributes(&json!({ "emails": { "value": "a" } })),
        json!({ "emails": [{ "value": "a" }] })
    );
    assert_eq!(
        attributes(&json!({ "emails": ["a"] })),
        json!({ "emails": [{ "value": "a" }] })
    );
    assert_eq!(
        attributes(&json!({ "roles": "admin" })),
        json!({ "roles": [{ "value": "admin" }] })
    );
    assert_eq!(
        attributes(&json!({ urn::ENTERPRISE: { "manager": "m1" } })),
        json!({ urn::ENTERPRISE: { "manager": { "value": "m1" } } })
    );
}

#[test]
fn enterprise_attributes_are_found_without_their_urn_and_the_urn_wins() {
    assert_eq!(
        attributes(
            &json!({ "department": "Ops", "division": "EU", urn::ENTERPRISE: { "department": "Design" } })
        ),
        json!({ urn::ENTERPRISE: { "department": "Design", "division": "EU" } })
    );
    assert_eq!(
        attributes(
            &json!({ format!("{}:costCenter", urn::ENTERPRISE): "7", "name.givenName": "Ada" })
        ),
        json!({ urn::ENTERPRISE: { "costCenter": "7" }, "name": { "givenName": "Ada" } })
    );
}

#[test]
fn only_the_last_primary_value_is_primary() {
    let email = |value: &str, primary: bool| json!({ "value": value, "primary": primary });
    assert_eq!(
        attributes(&json!({ "emails": [email("a", true), email("b", true), email("c", false)] })),
        json!({ "emails": [email("a", false), email("b", true), email("c", false)] })
    );
}

#[test]
fn groups_of_a_new_person_are_their_ids() {
    let read = user(
        &json!({ "groups": [{ "value": "g1", "$ref": null }, { "value": "g2" }, { "value": "g1" }] }),
    );
    assert_eq!(read.unwrap().groups, ["g1", "g2"]);
}

#[test]
fn roles_and_entitlements_are_kept_as_data() {
    let more = json!({ "roles": [{ "value": "owner", "primary": true }], "entitlements": [{ "value": "all" }] });
    assert_eq!(attributes(&more), more);
}

#[test]
fn no_refusal_repeats_what_was_sent() {
    let canary = "canary-4711";
    for error in [
        user(&json!({ "userName": [canary, canary] })).unwrap_err(),
        user(&json!({ "active": canary })).unwrap_err(),
        user(&json!({ "emails": canary })).unwrap_err(),
        json::read(format!("{{\"{canary}\":1,\"{canary}\":2}}").as_bytes()).unwrap_err(),
        json::read(canary.as_bytes()).unwrap_err(),
    ] {
        assert!(!error.detail.contains(canary), "{error}");
        assert!(error.detail.ends_with('.'), "{error}");
    }
}
