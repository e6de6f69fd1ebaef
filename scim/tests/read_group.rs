//! Bodies of POST and PUT of a group: what is taken, what is ignored, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use scim::error::{Error, ScimType};
use scim::group::Group;
use scim::urn;
use serde_json::{Value, json};
use support::bytes;

fn group(more: &Value) -> Result<Group, Error> {
    let mut body = json!({ "schemas": [urn::GROUP], "displayName": "Ops" });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    Group::read(&bytes(&body))
}

fn ids(group: &Group) -> Option<Vec<&str>> {
    group
        .members
        .as_ref()
        .map(|members| members.iter().map(|member| member.value.as_str()).collect())
}

#[test]
fn a_group_is_read_as_clients_send_it() {
    for schemas in [
        json!(["urn:ietf:params:scim:schemas:core:2.0:Group;"]),
        json!([
            urn::GROUP,
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
        ]),
    ] {
        assert_eq!(
            group(&json!({ "schemas": schemas })).unwrap().display_name,
            "Ops"
        );
    }
    assert_eq!(ids(&group(&json!({})).unwrap()), None);
    assert_eq!(ids(&group(&json!({ "members": null })).unwrap()), None);
    assert_eq!(
        ids(&group(&json!({ "members": [] })).unwrap()),
        Some(vec![])
    );
    assert_eq!(
        ids(&group(&json!({ "members": { "value": "u1" } })).unwrap()),
        Some(vec!["u1"])
    );
    let members = json!([{ "value": "u1", "$ref": null, "display": "ada" }, { "Value": "u2", "type": "User" }, { "value": "u1" }]);
    let read = group(
        &json!({ "members": members, "externalId": "x", "id": "y", "meta": {}, "colour": "red" }),
    )
    .unwrap();
    assert_eq!(ids(&read), Some(vec!["u1", "u2"]));
    assert_eq!(
        read.members.as_ref().unwrap()[0].display.as_deref(),
        Some("ada")
    );
    assert_eq!(read.external_id.as_deref(), Some("x"));
    assert_eq!(
        read.warnings,
        ["Ignored colour: this attribute is not known."]
    );
}

#[test]
fn a_group_without_a_usable_name_or_members_is_refused() {
    for more in [
        json!({ "displayName": "" }),
        json!({ "displayName": " " }),
        json!({ "displayName": null }),
        json!({ "displayName": 5 }),
        json!({ "displayName": "x".repeat(256) }),
        json!({ "displayName": "x".repeat(10_000) }),
        json!({ "members": "u1" }),
        json!({ "members": [{ "display": "Ada" }] }),
        json!({ "members": [{ "value": 5 }] }),
        json!({ "members": [null] }),
        json!({ "externalId": {} }),
    ] {
        assert_eq!(
            group(&more).unwrap_err().scim_type,
            Some(ScimType::InvalidValue),
            "{more}"
        );
    }
    let longest = "ü".repeat(255);
    assert_eq!(
        group(&json!({ "displayName": longest }))
            .unwrap()
            .display_name,
        longest
    );
    let markup = "</title><script>";
    assert_eq!(
        group(&json!({ "displayName": markup }))
            .unwrap()
            .display_name,
        markup
    );
}
