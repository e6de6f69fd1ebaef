//! PATCH bodies as clients send them, and what they do.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use scim::error::{Error, ScimType};
use scim::password::Passwords;
use scim::patch::{GroupPatch, Members, UserPatch};
use scim::urn;
use scim::user::User;
use serde_json::{Value, json};
use support::{bytes, fixtures, operations};

fn user(assertion: &Value) -> User {
    let mut body = assertion.as_object().unwrap().clone();
    body.insert("schemas".into(), json!([urn::USER, urn::ENTERPRISE]));
    User::read(&bytes(&Value::Object(body)), Passwords::Ignored).unwrap()
}

fn change(patch: &Value, before: &Value) -> Result<User, Error> {
    let mut changed = user(before);
    UserPatch::read(&bytes(patch), Passwords::Ignored)?.apply(&mut changed)?;
    Ok(changed)
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(|id| id.as_str().unwrap())
        .collect()
}

fn check_user(name: &str, case: &Value) {
    let before = &case["before"];
    let result = change(&case["patch"], before);
    if let Some(refused) = case.get("refused") {
        let error = result.err().unwrap_or_else(|| panic!("{name} was taken"));
        assert_eq!(error.status, refused["status"], "{name}");
        assert_eq!(
            error.scim_type.unwrap().as_str(),
            refused["scimType"],
            "{name}"
        );
        let place = format!("Operations[{}]: ", refused["operation"]);
        assert!(error.detail.starts_with(&place), "{name}: {error}");
        return;
    }
    let changed = result.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(changed.to_json(), user(&case["after"]).to_json(), "{name}");
    let patch = UserPatch::read(&bytes(&case["patch"]), Passwords::Ignored).unwrap();
    assert_eq!(patch.groups_granted(), ids(&case["granted"]), "{name}");
    assert_eq!(patch.groups_revoked(), ids(&case["revoked"]), "{name}");
    let deactivates = case["onlyDeactivates"].as_bool().unwrap_or(false);
    assert_eq!(patch.only_deactivates(), deactivates, "{name}");
}

fn written(patch: &GroupPatch) -> Value {
    let mut written = match &patch.members {
        Members::Revise { granted, revoked } => json!({ "granted": granted, "revoked": revoked }),
        Members::Replace(members) => json!({ "members": members }),
    };
    if let Some(name) = &patch.display_name {
        written["displayName"] = json!(name);
    }
    if let Some(id) = &patch.external_id {
        written["externalId"] = json!(id);
    }
    written
}

#[test]
fn every_recorded_patch_does_what_its_client_means() {
    let mut seen = 0;
    for directory in ["rfc", "okta", "entra", "keeper", "others"] {
        for (name, case) in fixtures(directory) {
            match case["resource"].as_str() {
                Some("User") => check_user(&name, &case),
                Some("Group") => {
                    let patch = GroupPatch::read(&bytes(&case["patch"]));
                    let patch = patch.unwrap_or_else(|error| panic!("{name}: {error}"));
                    assert_eq!(written(&patch), case["change"], "{name}");
                }
                _ => continue,
            }
            seen += 1;
        }
    }
    assert!(seen >= 48, "only {seen} cases were found");
}

#[test]
fn a_repeated_patch_changes_nothing() {
    for directory in ["rfc", "okta", "entra", "keeper", "others"] {
        for (name, case) in fixtures(directory) {
            if case["resource"] != "User" || case.get("after").is_none() {
                continue;
            }
            let once = change(&case["patch"], &case["before"]).unwrap();
            let mut twice = once.clone();
            UserPatch::read(&bytes(&case["patch"]), Passwords::Ignored)
                .unwrap()
                .apply(&mut twice)
                .unwrap();
            assert_eq!(twice, once, "{name}");
        }
    }
}

#[test]
fn active_takes_booleans_and_their_words_and_nothing_else() {
    let active = |op: &str, value: Value| {
        let body = json!({ "Operations": [{ "op": op, "path": "active", "value": value }] });
        change(
            &body,
            &json!({ "userName": "ada@acme.example", "active": true }),
        )
    };
    for value in [
        json!(false),
        json!("False"),
        json!("false"),
        json!("FALSE"),
        json!([false]),
    ] {
        assert_eq!(
            active("replace", value.clone()).unwrap().active,
            Some(false),
            "{value}"
        );
    }
    for value in [
        json!(" FALSE "),
        json!("maybe"),
        json!(0),
        json!(null),
        json!(""),
        json!([]),
        json!({}),
    ] {
        for op in ["add", "replace"] {
            let error = active(op, value.clone()).unwrap_err();
            assert_eq!(
                error.scim_type,
                Some(ScimType::InvalidValue),
                "{op} {value}"
            );
        }
    }
}

#[test]
fn groups_of_a_person_are_granted_and_revoked_by_path() {
    let patch = UserPatch::read(
        &operations(&json!([
            { "op": "add", "path": "groups", "value": [{ "value": "g1" }, { "value": "g2" }] },
            { "op": "remove", "path": "groups[value eq \"g2\"]" },
            { "op": "remove", "path": "groups", "value": [{ "value": "g3" }] },
            { "op": "add", "value": { "groups": [{ "value": "g3" }] } },
            { "op": "replace", "path": "active", "value": false },
        ])),
        Passwords::Ignored,
    )
    .unwrap();
    assert_eq!(patch.groups_granted(), ["g1", "g3"]);
    assert_eq!(patch.groups_revoked(), ["g2"]);
    assert!(!patch.only_deactivates());
}

#[test]
fn lists_are_changed_by_value_by_part_and_as_a_whole() {
    let before = json!({ "userName": "ada", "emails": [
        { "value": "a@x.example", "type": "work", "primary": true }, { "value": "b@x.example", "type": "home" },
    ]});
    let after = |operation: Value| {
        let changed = change(&json!({ "Operations": [operation] }), &before).unwrap();
        changed
            .attributes
            .get("emails")
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(
        after(json!({ "op": "remove", "path": "emails", "value": [{ "value": "A@X.example" }] })),
        json!([{ "value": "b@x.example", "type": "home" }])
    );
    assert_eq!(
        after(json!({ "op": "remove", "path": "emails[type eq \"work\"].value" })),
        json!([{ "value": "b@x.example", "type": "home" }]),
        "an address without its address is none"
    );
    assert_eq!(
        after(json!({ "op": "remove", "path": "emails[type eq \"home\"].type" })),
        json!([{ "value": "a@x.example", "type": "work", "primary": true }, { "value": "b@x.example" }])
    );
    assert_eq!(
        after(
            json!({ "op": "replace", "path": "emails[type eq \"home\"].primary", "value": "True" })
        ),
        json!([
            { "value": "a@x.example", "type": "work", "primary": false },
            { "value": "b@x.example", "type": "home", "primary": true },
        ])
    );
    assert_eq!(
        after(
            json!({ "op": "replace", "path": "emails[type eq \"work\"]", "value": { "value": "c@x.example" } })
        ),
        json!([{ "value": "c@x.example", "type": "work" }, { "value": "b@x.example", "type": "home" }])
    );
    assert_eq!(
        after(json!({ "op": "replace", "path": "emails", "value": [] })),
        Value::Null
    );
    assert_eq!(
        after(json!({ "op": "remove", "path": "emails" })),
        Value::Null
    );
    assert_eq!(
        after(json!({ "op": "add", "path": "emails", "value": [] })),
        before["emails"]
    );
    assert_eq!(
        after(json!({ "op": "replace", "path": "emails[type eq \"fax\"].value", "value": "" })),
        before["emails"],
        "what is not there is already unassigned"
    );
}

#[test]
fn the_extension_can_be_changed_as_an_object_and_removed_as_a_whole() {
    let before =
        json!({ "userName": "ada", urn::ENTERPRISE: { "department": "Ops", "division": "EU" } });
    let patch = |operation: Value| change(&json!({ "Operations": [operation] }), &before).unwrap();
    let value = json!({ urn::ENTERPRISE: { "department": null, "costCenter": "7", "manager": { "value": "m1" } } });
    assert_eq!(
        patch(json!({ "op": "replace", "value": value })).attributes[urn::ENTERPRISE],
        json!({ "division": "EU", "costCenter": "7", "manager": { "value": "m1" } })
    );
    assert!(
        patch(json!({ "op": "remove", "path": urn::ENTERPRISE }))
            .attributes
            .is_empty()
    );
}
