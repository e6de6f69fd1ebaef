//! PATCH bodies that are refused: by which kind, naming which operation, and changing nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use scim::error::{Error, ScimType};
use scim::password::Passwords;
use scim::patch::{GroupPatch, UserPatch};
use scim::urn;
use scim::user::User;
use serde_json::{Value, json};
use support::{bytes, operations};

fn refused_user(body: &Value) -> Error {
    let ada = json!({
        "schemas": [urn::USER], "userName": "ada@acme.example", "active": true,
        "emails": [{ "value": "ada@acme.example", "type": "work" }],
    });
    let mut ada = User::read(&bytes(&ada), Passwords::Ignored).unwrap();
    let before = ada.clone();
    let refused = UserPatch::read(&operations(body), Passwords::Ignored)
        .and_then(|patch| patch.apply(&mut ada));
    assert_eq!(ada, before, "a refused patch changes nothing");
    refused.unwrap_err()
}

fn refused_group(body: &Value) -> Error {
    GroupPatch::read(&operations(body)).unwrap_err()
}

fn of_a_user_refuses(kind: ScimType, operations: Value) {
    refuses(refused_user, kind, operations);
}

fn of_a_group_refuses(kind: ScimType, operations: Value) {
    refuses(refused_group, kind, operations);
}

fn refuses(refused: fn(&Value) -> Error, kind: ScimType, operations: Value) {
    let Value::Array(operations) = operations else {
        panic!("a list of operations")
    };
    for operation in operations {
        let error = refused(&json!([operation]));
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(kind)),
            "{operation}: {error}"
        );
        assert!(
            error.detail.starts_with("Operations[0]: "),
            "{operation}: {error}"
        );
    }
}

#[test]
fn an_operation_that_is_none_is_invalid_syntax_of_a_user() {
    of_a_user_refuses(
        ScimType::InvalidSyntax,
        json!([
            { "op": "move", "path": "title", "value": "x" },
            { "op": "test", "path": "title", "value": "x" },
            { "op": "", "path": "title", "value": "x" },
            { "path": "title", "value": "x" },
            "replace",
        ]),
    );
}

#[test]
fn an_operation_that_selects_nothing_has_no_target_of_a_user() {
    of_a_user_refuses(
        ScimType::NoTarget,
        json!([
            { "op": "remove" },
            { "op": "remove", "value": { "title": "x" } },
            { "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x" },
            { "op": "replace", "path": "emails[type eq \"home\"]", "value": { "value": "x" } },
            { "op": "add", "path": "emails[not (type eq \"work\")].value", "value": "x" },
        ]),
    );
}

#[test]
fn what_may_not_change_is_a_matter_of_mutability_of_a_user() {
    of_a_user_refuses(
        ScimType::Mutability,
        json!([
            { "op": "replace", "path": "id", "value": "x" },
            { "op": "replace", "path": "meta.created", "value": "x" },
            { "op": "remove", "path": "meta" },
            { "op": "remove", "path": "userName" },
            { "op": "replace", "path": "userName", "value": "" },
            { "op": "replace", "path": "userName", "value": null },
            { "op": "replace", "value": { "userName": null } },
            { "op": "replace", "path": "groups", "value": [{ "value": "g1" }] },
            { "op": "remove", "path": "groups" },
            { "op": "replace", "path": format!("{}:manager.displayName", urn::ENTERPRISE), "value": "x" },
        ]),
    );
}

#[test]
fn a_path_that_leads_nowhere_is_an_invalid_path_of_a_user() {
    of_a_user_refuses(
        ScimType::InvalidPath,
        json!([
            { "op": "replace", "path": "isAdmin", "value": true },
            { "op": "replace", "path": "urn:acme:internal", "value": true },
            { "op": "replace", "path": "__proto__", "value": {} },
            { "op": "replace", "path": "generation", "value": 1 },
            { "op": "replace", "path": "membership", "value": [] },
            { "op": "replace", "path": "password", "value": "x" },
            { "op": "remove", "path": "password" },
            { "op": "replace", "path": 5, "value": "x" },
            { "op": "replace", "path": "name.shoeSize", "value": "x" },
            { "op": "replace", "path": "name", "value": { "shoeSize": "x" } },
            { "op": "replace", "path": "title[value eq \"x\"]", "value": "x" },
            { "op": "replace", "path": "name[givenName eq \"x\"].givenName", "value": "x" },
            { "op": "replace", "path": "emails[type eq \"work\"", "value": "x" },
            { "op": "replace", "path": "emails[type eq \"work].value", "value": "x" },
            { "op": "replace", "value": { "isAdmin": true } },
            { "op": "add", "value": { "password": "x" } },
        ]),
    );
}

#[test]
fn a_filter_that_cannot_be_used_is_an_invalid_filter_of_a_user() {
    of_a_user_refuses(
        ScimType::InvalidFilter,
        json!([
            { "op": "replace", "path": "emails[type equals \"work\"].value", "value": "x" },
            { "op": "replace", "path": "emails[shoe eq \"work\"].value", "value": "x" },
            { "op": "remove", "path": "groups[display eq \"Ops\"]" },
        ]),
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_an_invalid_value_of_a_user() {
    of_a_user_refuses(
        ScimType::InvalidValue,
        json!([
            { "op": "replace", "path": "title" },
            { "op": "replace", "path": "title", "value": 5 },
            { "op": "replace", "path": "title", "value": { "a": 1 } },
            { "op": "replace", "path": "title", "value": ["a", "b"] },
            { "op": "replace", "value": "x" },
            { "op": "add", "value": null },
            { "op": "replace", "path": "userName", "value": " " },
            { "op": "replace", "path": "emails", "value": "x@acme.example" },
            { "op": "replace", "path": "emails", "value": [5] },
            { "op": "remove", "path": "emails", "value": 5 },
            { "op": "add", "path": "groups", "value": [{ "display": "Ops" }] },
            { "op": "remove", "path": "active" },
        ]),
    );
}

#[test]
fn an_operation_that_is_none_is_invalid_syntax_of_a_group() {
    of_a_group_refuses(
        ScimType::InvalidSyntax,
        json!([
            { "op": "move", "path": "members", "value": [] },
        ]),
    );
}

#[test]
fn an_operation_that_selects_nothing_has_no_target_of_a_group() {
    of_a_group_refuses(
        ScimType::NoTarget,
        json!([
            { "op": "remove" },
        ]),
    );
}

#[test]
fn what_may_not_change_is_a_matter_of_mutability_of_a_group() {
    of_a_group_refuses(
        ScimType::Mutability,
        json!([
            { "op": "remove", "path": "displayName" },
            { "op": "replace", "path": "displayName", "value": "" },
            { "op": "replace", "value": { "displayName": null } },
            { "op": "replace", "path": "id", "value": "x" },
            { "op": "replace", "path": "members[value eq \"u1\"].display", "value": "x" },
            { "op": "add", "path": "members[value eq \"u1\"]", "value": {} },
        ]),
    );
}

#[test]
fn a_path_that_leads_nowhere_is_an_invalid_path_of_a_group() {
    of_a_group_refuses(
        ScimType::InvalidPath,
        json!([
            { "op": "remove", "path": "members[value eq \"x\"" },
            { "op": "remove", "path": "members.value" },
            { "op": "replace", "path": "isAdmin", "value": true },
            { "op": "replace", "value": { "isAdmin": true } },
        ]),
    );
}

#[test]
fn a_filter_that_cannot_be_used_is_an_invalid_filter_of_a_group() {
    of_a_group_refuses(
        ScimType::InvalidFilter,
        json!([
            { "op": "remove", "path": "members[display eq \"Ada\"]" },
            { "op": "remove", "path": "members[not (value eq \"u1\")]" },
            { "op": "remove", "path": "members[value sw \"u\"]" },
            { "op": "remove", "path": "members[value eq \"u1\" and value eq \"u2\"]" },
        ]),
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_an_invalid_value_of_a_group() {
    of_a_group_refuses(
        ScimType::InvalidValue,
        json!([
            { "op": "replace", "path": "displayName", "value": " " },
            { "op": "replace", "path": "displayName", "value": "x".repeat(256) },
            { "op": "replace", "path": "displayName", "value": 5 },
            { "op": "replace", "path": "externalId", "value": "x".repeat(256) },
            { "op": "add", "path": "members" },
            { "op": "add", "path": "members", "value": [{ "display": "Ada" }] },
            { "op": "add", "path": "members", "value": [{ "value": 5 }] },
            { "op": "remove", "path": "members", "value": [{ "value": "" }] },
            { "op": "remove", "path": "members", "value": 5 },
        ]),
    );
}

#[test]
fn a_patch_that_searches_long_lists_again_and_again_is_too_large() {
    let values: Vec<_> = (0..1_000)
        .map(|i| json!({ "value": i.to_string() }))
        .collect();
    let add = json!({ "op": "add", "path": "emails", "value": values });
    let many = |operation: &Value, count| {
        UserPatch::read(
            &operations(&Value::Array(vec![operation.clone(); count])),
            Passwords::Ignored,
        )
    };
    assert!(many(&add, 4).is_ok());
    assert_eq!(many(&add, 5).unwrap_err().status, 413);
    let filter = ["value eq \"x\""; 5].join(" or ");
    let remove = json!({ "op": "remove", "path": format!("emails[{filter}]") });
    assert!(many(&remove, 800).is_ok());
    assert_eq!(many(&remove, 801).unwrap_err().status, 413);
}

#[test]
fn a_fourth_of_five_operations_that_is_wrong_undoes_the_others() {
    let step = |title: &str| json!({ "op": "replace", "path": "title", "value": title });
    let wrong = json!({ "op": "replace", "path": "emails[type eq \"fax\"].value", "value": "x" });
    let error = refused_user(&json!([step("a"), step("b"), step("c"), wrong, step("d")]));
    assert!(error.detail.starts_with("Operations[3]: "), "{error}");
}

#[test]
fn operations_must_be_a_list_that_is_neither_empty_nor_endless() {
    for body in [
        json!({}),
        json!({ "Operations": [] }),
        json!({ "Operations": {} }),
        json!({ "Operations": null }),
    ] {
        for error in [
            UserPatch::read(&bytes(&body), Passwords::Ignored).unwrap_err(),
            GroupPatch::read(&bytes(&body)).unwrap_err(),
        ] {
            assert_eq!(error.scim_type, Some(ScimType::InvalidSyntax), "{body}");
        }
    }
    let step = json!({ "op": "replace", "path": "displayName", "value": "x" });
    let many = |count| operations(&Value::Array(vec![step.clone(); count]));
    assert!(UserPatch::read(&many(1_000), Passwords::Ignored).is_ok());
    assert_eq!(
        UserPatch::read(&many(1_001), Passwords::Ignored)
            .unwrap_err()
            .status,
        413
    );
    assert_eq!(GroupPatch::read(&many(1_001)).unwrap_err().status, 413);
}
