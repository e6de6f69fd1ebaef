//! What OpenAPI says of the service is what the service does.

use std::collections::BTreeSet;

use scim::schema::{Attribute, Mutability, Resource};
use serde_json::{Value, json};

use crate::support::scim_client::{ScimClient, group, user};
use crate::support::{Console, databases};

#[tokio::test]
async fn whatever_is_described_is_there_and_nothing_else() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let described = client.get("/openapi.json").await.is(200);
        assert_eq!(described.header("content-type"), "application/json");
        assert_eq!(described.body["openapi"], "3.1.0");
        assert_eq!(
            described.body["servers"][0]["url"],
            json!(console.scim(node))
        );
        for (path, operations) in described.body["paths"].as_object().unwrap() {
            let path = path.replace("{id}", "nobody");
            let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
            for method in methods {
                let is_described = operations.get(method.to_lowercase()).is_some();
                let answer = client.send(method, &path, "{}").await;
                assert_eq!(
                    answer.status != 405,
                    is_described,
                    "{method} {path}: {answer}"
                );
                if is_described {
                    let known = &operations[method.to_lowercase()]["responses"];
                    let status = answer.status.to_string();
                    assert!(known.get(&status).is_some(), "{method} {path}: {answer}");
                }
            }
        }
        console.verify().await;
    }
}

#[tokio::test]
async fn the_description_needs_no_token_where_it_names_no_node() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let stranger = ScimClient::new(console.url(), "").without("authorization");
        let any = stranger.get(server::scim::DESCRIPTION).await.is(200);
        let url = any.body["servers"][0]["url"].as_str().unwrap();
        let number = node.to_string();
        assert_eq!(url.replace("{node_id}", &number), console.scim(node));
        let client = ScimClient::new(console.scim(node), &token);
        let here = client.get("/openapi.json").await.is(200);
        assert_eq!(here.body["paths"], any.body["paths"]);
        let here = stranger.at(console.scim(node)).get("/openapi.json").await;
        here.refuses(401, "-");
        console.verify().await;
    }
}

/// The names in an answer, each with those it stands in.
fn names(value: &Value, before: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let name = format!("{before}/{name}");
                names(value, &name, found);
                found.insert(name);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, before, found)),
        _ => {}
    }
}

fn described(schema: &Value, before: &str, found: &mut BTreeSet<String>) {
    let one = if schema["type"] == "array" {
        &schema["items"]
    } else {
        schema
    };
    for (name, schema) in one["properties"].as_object().into_iter().flatten() {
        let name = format!("{before}/{name}");
        described(schema, &name, found);
        found.insert(name);
    }
}

#[tokio::test]
async fn whatever_is_answered_is_described() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let schemas =
            client.get("/openapi.json").await.is(200).body["components"]["schemas"].clone();
        let mut full = user("grace@acme.example");
        let enterprise = Resource::User.extension().unwrap();
        fill(&mut full, Resource::User.attributes());
        full[enterprise.name] = json!({});
        fill(&mut full[enterprise.name], enterprise.parts);
        let grace = client.post("/Users", &full).await.is(201).id();
        let ops = client.group("Ops", &[&grace]).await;
        for (name, path) in [
            ("User", format!("/Users/{grace}")),
            ("Group", format!("/Groups/{ops}")),
        ] {
            let shown = client.get(&path).await.is(200).body;
            let (mut answered, mut known) = (BTreeSet::new(), BTreeSet::new());
            names(&shown, "", &mut answered);
            described(&schemas[name], "", &mut known);
            let missing = answered.difference(&known).collect::<Vec<_>>();
            assert!(missing.is_empty(), "{name}: {missing:?}");
            assert!(answered.len() > 10);
        }
        client.post("/Groups", &group("x", &[])).await.is(201);
        console.verify().await;
    }
}

/// Gives a value to every attribute that has none and can be written.
fn fill(body: &mut Value, attributes: &'static [Attribute]) {
    for attribute in attributes {
        if attribute.mutability == Mutability::ReadOnly || body.get(attribute.name).is_some() {
            continue;
        }
        let mut one = match attribute.kind {
            scim::schema::Type::Boolean => json!(true),
            scim::schema::Type::DateTime => json!("2026-01-01T00:00:00Z"),
            scim::schema::Type::Complex => json!({}),
            _ => json!("AQID"),
        };
        if one.is_object() {
            fill(&mut one, attribute.parts);
        }
        body[attribute.name] = if attribute.multi_valued {
            json!([one])
        } else {
            one
        };
    }
}
