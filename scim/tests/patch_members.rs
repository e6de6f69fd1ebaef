//! Members of groups in PATCH: the last word about each counts, and there are only so many.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use scim::group::Group;
use scim::patch::{GroupPatch, Members};
use scim::urn;
use serde_json::{Value, json};
use support::operations;

fn members(body: &Value) -> Members {
    GroupPatch::read(&operations(body)).unwrap().members
}

fn revise(granted: &[&str], revoked: &[&str]) -> Members {
    let own = |ids: &[&str]| ids.iter().map(ToString::to_string).collect();
    Members::Revise {
        granted: own(granted),
        revoked: own(revoked),
    }
}

fn replace(ids: &[&str]) -> Members {
    Members::Replace(ids.iter().map(ToString::to_string).collect())
}

#[test]
fn the_last_word_about_a_member_counts() {
    let add = |ids: &[&str]| json!({ "op": "add", "path": "members", "value": ids });
    let set = |ids: &[&str]| json!({ "op": "replace", "path": "members", "value": ids });
    let remove =
        |id: &str| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") });
    let empty = json!({ "op": "remove", "path": "members" });
    assert_eq!(
        members(&json!([add(&["a", "a", "b", "a"])])),
        revise(&["a", "b"], &[])
    );
    assert_eq!(
        members(&json!([add(&["a", "b"]), remove("a")])),
        revise(&["b"], &["a"])
    );
    assert_eq!(
        members(&json!([remove("a"), add(&["a"])])),
        revise(&["a"], &[])
    );
    assert_eq!(
        members(&json!([set(&["a"]), add(&["b"]), remove("a")])),
        replace(&["b"])
    );
    assert_eq!(members(&json!([add(&["a"]), set(&["b"])])), replace(&["b"]));
    assert_eq!(
        members(&json!([add(&["a"]), empty, add(&["b"])])),
        replace(&["b"])
    );
    assert_eq!(members(&json!([set(&["a"]), empty])), replace(&[]));
    assert!(
        members(&json!([{ "op": "replace", "path": "displayName", "value": "x" }])).is_unchanged()
    );
}

#[test]
fn several_members_leave_by_one_filter() {
    let body = json!([{ "op": "remove", "path": "members[value eq \"a\" or value eq \"b\"]" }]);
    assert_eq!(members(&body), revise(&[], &["a", "b"]));
}

#[test]
fn a_removal_that_names_nobody_does_not_empty_the_group() {
    for value in [json!([]), json!("")] {
        let body = json!([{ "op": "Remove", "path": "members", "value": value }]);
        assert_eq!(members(&body), revise(&[], &[]));
    }
}

/// A list of so many members as text, because building it as a value takes longer than the test.
fn crowd(from: usize, to: usize) -> String {
    let members: Vec<_> = (from..to).map(|id| format!("\"u{id}\"")).collect();
    format!("[{}]", members.join(","))
}

#[test]
fn more_members_than_a_request_may_name_are_too_many() {
    let add = |members: String| format!(r#"{{"op":"add","path":"members","value":{members}}}"#);
    let read = |operations: &[String]| {
        let body = format!(r#"{{"Operations":[{}]}}"#, operations.join(","));
        GroupPatch::read(body.as_bytes()).map_err(|error| error.status)
    };
    assert!(read(&[add(crowd(0, 100_000))]).is_ok());
    assert_eq!(read(&[add(crowd(0, 100_001))]), Err(413));
    assert_eq!(
        read(&[add(crowd(0, 50_001)), add(crowd(50_001, 100_001))]),
        Err(413)
    );
    let group = format!(
        r#"{{"schemas":["{}"],"displayName":"Ops","members":{}}}"#,
        urn::GROUP,
        crowd(0, 100_001)
    );
    assert_eq!(Group::read(group.as_bytes()).unwrap_err().status, 413);
}
