//! Passwords, for a connection that takes them: read wherever clients put them, shown nowhere.

use scim::discovery;
use scim::error::Error;
use scim::password::{Password, Passwords};
use scim::patch::UserPatch;
use scim::urn;
use scim::user::User;
use serde_json::{Value, json};

fn user(password: &Value) -> Result<User, Error> {
    let body =
        json!({ "schemas": [urn::USER], "userName": "ada@acme.example", "password": password });
    User::read(body.to_string().as_bytes(), Passwords::Taken)
}

fn patch(operations: &Value) -> Result<UserPatch, Error> {
    let body = json!({ "schemas": [urn::PATCH_OP], "Operations": operations });
    UserPatch::read(body.to_string().as_bytes(), Passwords::Taken)
}

#[test]
fn a_password_is_read_and_shown_nowhere() {
    let read = user(&json!("correct horse battery")).unwrap();
    let password = read.password.as_ref().map(Password::reveal);
    assert_eq!(password, Some("correct horse battery"));
    assert!(!format!("{read:?}").contains("horse"));
    assert!(!json!(read.to_json()).to_string().contains("horse"));
    assert!(read.warnings.is_empty());
    for nothing in [json!(null), json!("")] {
        assert_eq!(user(&nothing).unwrap().password, None);
    }
    for other in [json!(1), json!(["a"]), json!({ "value": "a" })] {
        assert_eq!(user(&other).unwrap_err().status, 400, "{other}");
    }
}

#[test]
fn a_patch_sets_a_password_wherever_clients_put_it() {
    let urn = format!("{}:Password", urn::USER);
    for operations in [
        json!([{ "op": "replace", "path": "password", "value": "correct horse battery" }]),
        json!([{ "op": "Add", "path": "PASSWORD", "value": "correct horse battery" }]),
        json!([{ "op": "replace", "path": urn, "value": "correct horse battery" }]),
        json!([{ "op": "replace", "value": { "password": "correct horse battery", "title": "Ms" } }]),
        json!([
            { "op": "replace", "path": "password", "value": "the first of two" },
            { "op": "replace", "path": "password", "value": "correct horse battery" },
        ]),
    ] {
        let patch = patch(&operations).unwrap();
        let password = patch.password().map(Password::reveal);
        assert_eq!(password, Some("correct horse battery"), "{operations}");
        assert!(!patch.only_deactivates());
    }
}

#[test]
fn a_password_is_not_taken_away() {
    let error = patch(&json!([
        { "op": "replace", "path": "title", "value": "Ms" },
        { "op": "remove", "path": "password" },
    ]))
    .unwrap_err();
    assert_eq!(error.status, 400);
    assert!(error.detail.starts_with("Operations[1]"), "{error:?}");
    assert_eq!(
        patch(&json!([{ "op": "replace", "path": "password" }]))
            .unwrap_err()
            .status,
        400
    );
    assert_eq!(
        patch(&json!([{ "op": "replace", "path": "password", "value": 7 }]))
            .unwrap_err()
            .status,
        400
    );
}

#[test]
fn only_a_connection_that_takes_passwords_says_so() {
    let base = "https://muster.example/scim/v2/2";
    for (passwords, supported) in [(Passwords::Taken, true), (Passwords::Ignored, false)] {
        let config = discovery::service_provider_config(base, passwords);
        assert_eq!(config["changePassword"]["supported"], supported);
        let schema = discovery::schema(base, urn::USER, passwords).unwrap();
        let declared = schema["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == "password");
        assert_eq!(declared.is_some(), supported);
        if let Some(password) = declared {
            assert_eq!(password["mutability"], "writeOnly");
            assert_eq!(password["returned"], "never");
        }
    }
}
