//! Bulk requests: read whole, put in order, their references replaced (RFC 7644 §3.7).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use scim::bulk::{Bulk, Known, Method, Operation, later, order, resolve, resolve_path};
use scim::error::ScimType;
use serde_json::{Value, json};

const REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

fn body(operations: &Value) -> Vec<u8> {
    json!({ "schemas": [REQUEST], "Operations": operations })
        .to_string()
        .into_bytes()
}

fn read(operations: &Value) -> Vec<Operation> {
    Bulk::read(&body(operations)).unwrap().operations
}

/// A creation that others call `id`, and that names these.
fn creation(id: &str, names: &[&str]) -> Value {
    let members = names
        .iter()
        .map(|name| json!({ "value": format!("bulkId:{name}") }))
        .collect::<Vec<_>>();
    json!({ "method": "POST", "path": "/Groups", "bulkId": id, "data": { "members": members } })
}

#[test]
fn a_bulk_request_is_read() {
    let text = json!({
        "SCHEMAS": [REQUEST], "failOnErrors": 2,
        "operations": [
            { "method": "post", "path": "/Users", "bulkId": "a", "data": { "userName": "ada@acme.example" } },
            { "method": "DELETE", "path": "/Users/1", "version": "W/\"3\"", "data": null },
        ],
    });
    let bulk = Bulk::read(text.to_string().as_bytes()).unwrap();
    assert_eq!(bulk.fail_on_errors, Some(2));
    assert_eq!(bulk.operations[0].method, Method::Post);
    assert_eq!(bulk.operations[0].bulk_id.as_deref(), Some("a"));
    assert_eq!(bulk.operations[1].version.as_deref(), Some("W/\"3\""));
    assert_eq!(bulk.operations[1].data, None);
}

#[test]
fn what_cannot_be_understood_whole_is_refused_whole() {
    let post = json!({ "method": "POST", "path": "/Users", "bulkId": "a" });
    for operations in [
        json!([]),
        json!({}),
        json!([5]),
        json!([{ "path": "/Users" }]),
        json!([{ "method": "GET", "path": "/Users" }]),
        json!([{ "method": "POST", "path": "/Users" }]),
        json!([{ "method": "DELETE" }]),
        json!([{ "method": "DELETE", "path": 5 }]),
        json!([post, post]),
    ] {
        let error = Bulk::read(&body(&operations)).unwrap_err();
        assert_eq!(
            (error.status, error.scim_type),
            (400, Some(ScimType::InvalidSyntax)),
            "{operations}"
        );
    }
    let others = json!({ "schemas": ["urn:other"], "Operations": [post] });
    assert!(Bulk::read(others.to_string().as_bytes()).is_err());
    for most in [json!(0), json!(-1), json!("1")] {
        let text = json!({ "failOnErrors": most, "Operations": [post] });
        let error = Bulk::read(text.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue), "{most}");
    }
}

#[test]
fn too_many_operations_are_told_the_limits() {
    let one = json!({ "method": "DELETE", "path": "/Users/1" });
    assert_eq!(read(&json!(vec![one.clone(); 1_000])).len(), 1_000);
    let error = Bulk::read(&body(&json!(vec![one; 1_001]))).unwrap_err();
    assert_eq!(error.status, 413);
    assert!(error.detail.contains("1000") && error.detail.contains("1048576"));
}

#[test]
fn what_is_named_runs_before_what_names_it() {
    let operations = read(&json!([
        creation("a", &["c"]),
        creation("b", &[]),
        creation("c", &["d"]),
        creation("d", &["nobody"]),
    ]));
    let steps = order(&operations);
    let indices = steps.iter().map(|step| step.index).collect::<Vec<_>>();
    assert_eq!(indices, [3, 2, 0, 1], "otherwise in the order of the body");
    assert!(steps.iter().all(|step| step.later.is_empty()));
}

#[test]
fn of_a_circle_one_is_made_without_the_other() {
    let operations = read(&json!([creation("a", &["b"]), creation("b", &["a", "b"])]));
    let steps = order(&operations);
    assert_eq!(steps[0].index, 1);
    let later_names = steps[0]
        .later
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>();
    assert_eq!(later_names, ["a", "b"], "itself as well");
    assert_eq!((steps[1].index, steps[1].later.len()), (0, 0));
}

#[test]
fn a_long_chain_is_put_in_order() {
    let chain = (0..1_000)
        .map(|n| creation(&n.to_string(), &[&(n + 1).to_string()]))
        .collect::<Vec<_>>();
    let steps = order(&read(&json!(chain)));
    assert!(steps.iter().map(|step| step.index).eq((0..1_000).rev()));
}

#[test]
fn names_become_ids() {
    let known = Known::from([("a".into(), Some("1".into())), ("b".into(), None)]);
    let data = json!({ "members": [{ "value": "bulkId:a" }, { "value": "7" }], "n": 1 });
    assert_eq!(
        resolve(data, &known).unwrap(),
        json!({ "members": [{ "value": "1" }, { "value": "7" }], "n": 1 })
    );
    assert_eq!(
        resolve_path("/Groups/bulkId:a", &known).unwrap(),
        "/Groups/1"
    );
    assert_eq!(resolve(json!("bulkId:b"), &known).unwrap_err().status, 409);
    assert_eq!(resolve(json!("bulkId:c"), &known).unwrap_err().status, 400);
}

#[test]
fn what_names_others_that_are_not_there_yet_is_added_by_a_patch() {
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let data = json!({
        "userName": "ada@acme.example",
        "groups": [{ "value": "bulkId:g" }, { "value": "7" }],
        enterprise: { "department": "Tools", "manager": { "value": "bulkId:m" } },
    });
    let names = ["g", "m"].map(str::to_owned).into();
    let (now, patch) = later(data.clone(), &names);
    assert_eq!(
        now,
        json!({ "userName": "ada@acme.example", "groups": [{ "value": "7" }], enterprise: { "department": "Tools" } })
    );
    assert_eq!(
        patch.unwrap()["Operations"],
        json!([
            { "op": "add", "path": "groups", "value": [{ "value": "bulkId:g" }] },
            { "op": "add", "path": format!("{enterprise}:manager"), "value": { "value": "bulkId:m" } },
        ])
    );
    assert_eq!(later(data.clone(), &["x".to_owned()].into()), (data, None));
}
