//! `/Bulk` over HTTP on both databases: each operation is answered as it would be alone (RFC 7644 §3.7).

use serde_json::{Value, json};
use server::config::Config;

use crate::support::scim_client::{Answer, ScimClient, group, patch, user};
use crate::support::{Console, databases};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn each(story: impl AsyncFn(&Console, ScimClient)) {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        story(&console, ScimClient::new(console.scim(node), &token)).await;
        console.verify().await;
    }
}

fn request(operations: &Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations })
}

async fn bulk(client: &ScimClient, operations: &Value) -> Answer {
    let answer = client.post("/Bulk", &request(operations)).await.is(200);
    assert_eq!(
        answer.body["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"])
    );
    answer
}

/// The statuses of the operations, in their order.
fn statuses(answer: &Answer) -> Vec<&str> {
    let operations = answer.body["Operations"].as_array().unwrap();
    operations
        .iter()
        .map(|operation| operation["status"].as_str().unwrap())
        .collect()
}

/// The id at the end of an operation's location.
#[track_caller]
fn id(answer: &Answer, index: usize) -> String {
    let location = answer.body["Operations"][index]["location"].as_str();
    location.unwrap().rsplit('/').next().unwrap().to_owned()
}

fn create(path: &str, bulk_id: &str, data: &Value) -> Value {
    json!({ "method": "POST", "path": path, "bulkId": bulk_id, "data": data })
}

#[tokio::test]
async fn people_and_a_group_that_names_them_are_created_in_any_order() {
    each(async |_, client| {
        let config = client.get("/ServiceProviderConfig").await.is(200);
        assert_eq!(
            config.body["bulk"],
            json!({ "supported": true, "maxOperations": 1_000, "maxPayloadSize": 1_048_576 })
        );
        let operations = json!([
            create(
                "/Groups",
                "ops",
                &group("Ops", &["bulkId:grace", "bulkId:ben"])
            ),
            create("/Users", "grace", &user("grace@acme.example")),
            create("/Users", "ben", &user("ben@acme.example")),
        ]);
        let answer = bulk(&client, &operations).await;
        assert_eq!(statuses(&answer), ["201", "201", "201"], "{answer}");
        for (index, name) in ["ops", "grace", "ben"].into_iter().enumerate() {
            let operation = &answer.body["Operations"][index];
            assert_eq!(operation["bulkId"], name);
            assert_eq!(operation["method"], "POST");
            let place = ["Groups", "Users", "Users"][index];
            let shown = client
                .get(&format!("/{place}/{}", id(&answer, index)))
                .await
                .is(200);
            assert!(operation["version"].as_str().unwrap().starts_with("W/"));
            assert_eq!(operation["location"], shown.body["meta"]["location"]);
            assert!(operation.get("response").is_none());
        }
        let mut members = client.members(&id(&answer, 0)).await;
        let mut expected = vec![id(&answer, 1), id(&answer, 2)];
        members.sort();
        expected.sort();
        assert_eq!(members, expected);
    })
    .await;
}

#[tokio::test]
async fn each_operation_is_answered_as_it_would_be_alone() {
    each(async |_, client| {
        let grace = client.user("grace@acme.example").await;
        let path = format!("/Users/{grace}");
        let version = client.get(&path).await.is(200).header("etag").to_owned();
        let lock = patch(&json!([{ "op": "replace", "value": { "active": false } }]));
        let bad = patch(&json!([{ "op": "replace", "path": "nothing", "value": 1 }]));
        let operations = json!([
            create("/Users", "again", &user("grace@acme.example")),
            { "method": "PATCH", "path": path, "version": version, "data": lock },
            { "method": "PATCH", "path": path, "version": version, "data": lock },
            { "method": "PATCH", "path": path, "data": bad },
            { "method": "PUT", "path": path, "data": user("hopper@acme.example") },
            { "method": "DELETE", "path": "/Users/nobody" },
            { "method": "PUT", "path": "/Users", "data": user("x@acme.example") },
            { "method": "DELETE", "path": "/ServiceProviderConfig" },
            { "method": "POST", "path": "/Bulk", "bulkId": "inner", "data": request(&json!([])) },
            { "method": "DELETE", "path": "/Users/a b" },
            { "method": "PATCH", "path": "/Users/bulkId:again", "data": lock },
            { "method": "DELETE", "path": path },
        ]);
        let answer = bulk(&client, &operations).await;
        let expected = [
            "409", "200", "412", "400", "200", "404", "405", "404", "404", "400", "409", "204",
        ];
        assert_eq!(statuses(&answer), expected, "{answer}");
        let done = answer.body["Operations"].as_array().unwrap();
        assert_eq!(done[0]["response"]["scimType"], "uniqueness");
        assert_eq!(done[3]["response"]["scimType"], "invalidPath");
        assert!(done[0].get("location").is_none(), "RFC 7644 3.7.3");
        assert_eq!(
            done[11]["location"],
            json!(format!("{}{path}", client.base)),
            "RFC 7644 3.7.3"
        );
        client.get(&path).await.is(404);
    })
    .await;
}

#[tokio::test]
async fn a_circle_of_references_is_resolved() {
    each(async |_, client| {
        let mut grace = user("grace@acme.example");
        grace["groups"] = json!([{ "value": "bulkId:ops" }]);
        grace[ENTERPRISE] = json!({ "manager": { "value": "bulkId:ben" } });
        let mut ben = user("ben@acme.example");
        ben[ENTERPRISE] = json!({ "department": "Tools", "manager": { "value": "bulkId:grace" } });
        let operations = json!([
            create("/Users", "grace", &grace),
            create(
                "/Groups",
                "ops",
                &group("Ops", &["bulkId:grace", "bulkId:ben"])
            ),
            create("/Users", "ben", &ben),
        ]);
        let answer = bulk(&client, &operations).await;
        assert_eq!(statuses(&answer), ["201", "201", "201"], "{answer}");
        let (grace, ops, ben) = (id(&answer, 0), id(&answer, 1), id(&answer, 2));
        let shown = client.get(&format!("/Users/{ben}")).await.is(200);
        assert_eq!(shown.body[ENTERPRISE]["manager"]["value"], json!(grace));
        assert_eq!(shown.body[ENTERPRISE]["department"], "Tools");
        assert_eq!(
            answer.body["Operations"][2]["version"],
            shown.header("etag"),
            "the version after everything was added"
        );
        let shown = client.get(&format!("/Users/{grace}")).await.is(200);
        assert_eq!(shown.body[ENTERPRISE]["manager"]["value"], json!(ben));
        assert_eq!(shown.body["groups"][0]["value"], json!(ops));
        assert_eq!(client.members(&ops).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn after_so_many_errors_the_rest_is_not_begun() {
    each(async |_, client| {
        let gone = |n: usize| json!({ "method": "DELETE", "path": format!("/Users/{n}") });
        let mut body = request(&json!([
            gone(1),
            create("/Users", "a", &user("a@acme.example")),
            gone(2),
            create("/Users", "b", &user("b@acme.example")),
        ]));
        body["failOnErrors"] = json!(2);
        let answer = client.post("/Bulk", &body).await.is(200);
        assert_eq!(statuses(&answer), ["404", "201", "404"]);
        assert_eq!(client.total("/Users").await, 1);
        body["failOnErrors"] = json!(3);
        let answer = client.post("/Bulk", &body).await.is(200);
        assert_eq!(statuses(&answer), ["404", "409", "404"]);
        body["failOnErrors"] = json!(4);
        let answer = client.post("/Bulk", &body).await.is(200);
        assert_eq!(statuses(&answer), ["404", "409", "404", "201"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_or_cannot_be_read_changes_nothing() {
    each(async |_, client| {
        let many = (0..1_001)
            .map(|n| create("/Users", &n.to_string(), &user(&format!("p{n}@acme.example"))))
            .collect::<Vec<_>>();
        let answer = client.post("/Bulk", &request(&json!(many))).await;
        let answer = answer.refuses(413, "-");
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains("maxOperations") && detail.contains("1048576"));
        let mut one = user("p@acme.example");
        one["title"] = json!("x".repeat(1_048_576));
        let long = request(&json!([create("/Users", "a", &one)]));
        client.post("/Bulk", &long).await.refuses(413, "-");
        let half = json!([create("/Users", "a", &user("a@acme.example")), { "method": "GET", "path": "/Users" }]);
        let answer = client.post("/Bulk", &request(&half)).await;
        let answer = answer.refuses(400, "invalidSyntax");
        assert!(answer.body["detail"].as_str().unwrap().starts_with("Operations[1]: "));
        client.get("/Bulk").await.refuses(405, "-");
        assert_eq!(client.total("/Users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_thousand_operations_are_one_request() {
    each(async |console, client| {
        let many = (0..1_000)
            .map(|n| {
                create(
                    "/Users",
                    &n.to_string(),
                    &user(&format!("p{n}@acme.example")),
                )
            })
            .collect::<Vec<_>>();
        let first = bulk(&client, &json!(many)).await;
        assert!(statuses(&first).iter().all(|status| *status == "201"));
        assert_eq!(client.total("/Users").await, 1_000);
        console.state.scim().log.flush().await;
        let again = bulk(&client, &json!(many)).await;
        assert!(statuses(&again).iter().all(|status| *status == "409"));
    })
    .await;
}

#[tokio::test]
async fn a_bulk_request_counts_as_its_operations() {
    for database in databases().await {
        let config = Config {
            scim_rate_limit: 1,
            scim_rate_burst: 10,
            ..Config::default()
        };
        let console = Console::with(database, config, |_| Vec::new()).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let create = |n: usize| {
            let name = format!("p{n}@acme.example");
            create("/Users", &n.to_string(), &user(&name))
        };
        let made = bulk(&client, &json!((0..8).map(create).collect::<Vec<_>>())).await;
        let more = request(&json!((8..14).map(create).collect::<Vec<_>>()));
        let answer = client.post("/Bulk", &more).await.refuses(429, "-");
        let seconds: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=10).contains(&seconds), "{answer}");
        let locks = (0..8)
            .map(|index| json!({ "method": "DELETE", "path": format!("/Users/{}", id(&made, index)) }))
            .collect::<Vec<_>>();
        let locked = bulk(&client, &json!(locks)).await;
        assert!(
            statuses(&locked).iter().all(|status| *status == "204"),
            "deactivations are not starved: {locked}"
        );
        console.verify().await;
    }
}
