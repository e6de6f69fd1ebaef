//! What can be asked where, and how it is answered.

use crate::schema::{Attribute, Resource, Type};
use serde_json::{Map, Value, json};

const MEDIA: &str = "application/scim+json";

/// Everything the service answers at.
pub(super) fn all() -> Value {
    let mut paths = Map::new();
    for resource in [Resource::User, Resource::Group] {
        let (name, place) = (resource.name(), resource.endpoint());
        paths.insert(format!("/{place}"), collection(resource));
        paths.insert(format!("/{place}/.search"), search(place, place));
        paths.insert(format!("/{place}/{{id}}"), single(name, place));
    }
    paths.insert("/".to_owned(), json!({ "get": list("Both", &sorts(&[])) }));
    paths.insert("/.search".to_owned(), search("Both", ""));
    paths.insert("/Bulk".to_owned(), json!({ "post": bulk() }));
    for place in ["ServiceProviderConfig", "ResourceTypes", "Schemas"] {
        paths.insert(format!("/{place}"), discovery(place, false));
    }
    for place in ["ResourceTypes", "Schemas"] {
        paths.insert(format!("/{place}/{{id}}"), discovery(place, true));
    }
    Value::Object(paths)
}

fn collection(resource: Resource) -> Value {
    let (name, place) = (resource.name(), resource.endpoint());
    json!({
        "get": list(place, &sorts(resource.attributes())),
        "post": {
            "tags": [place],
            "operationId": format!("create{name}"),
            "summary": format!("Creates a {}.", name.to_lowercase()),
            "parameters": projection(),
            "requestBody": body(&format!("{name}Input")),
            "responses": responses(&[("201", &shown(name)), ("413", &refusal())]),
        },
    })
}

fn list(place: &str, sorts: &[String]) -> Value {
    let mut parameters = vec![
        query(
            "filter",
            &json!({ "type": "string", "format": "scim-filter" }),
        ),
        query(
            "startIndex",
            &json!({ "type": "integer", "format": "int64" }),
        ),
        query("count", &json!({ "type": "integer", "format": "int64" })),
        query("sortBy", &json!({ "enum": sorts })),
        query("sortOrder", &json!({ "enum": ["ascending", "descending"] })),
    ];
    parameters.extend(projection());
    json!({
        "tags": [place],
        "operationId": format!("list{place}"),
        "summary": "A page of a list.",
        "description": "With `cursor` instead of `startIndex` page after page that others who come and go do not move: \
            empty for the first page, then the `nextCursor` of the page before.",
        "parameters": parameters,
        "responses": responses(&[("200", &answer("ListResponse"))]),
    })
}

fn search(tag: &str, place: &str) -> Value {
    json!({
        "post": {
            "tags": [tag],
            "operationId": format!("search{place}"),
            "summary": "A page of a list, asked for in a body.",
            "requestBody": body("SearchRequest"),
            "responses": responses(&[("200", &answer("ListResponse")), ("413", &refusal())]),
        },
    })
}

fn single(name: &str, place: &str) -> Value {
    let operation = |verb: &str, summary: &str| {
        json!({
            "tags": [place],
            "operationId": format!("{verb}{name}"),
            "summary": summary,
        })
    };
    let with = |mut operation: Value, body: Option<&str>, done: &[(&str, &Value)]| {
        if let Some(schema) = body {
            operation["requestBody"] = self::body(schema);
        }
        operation["responses"] = responses(done);
        operation
    };
    let nothing = json!({ "description": "Done; there is nothing to be said." });
    let unchanged = json!({ "description": "It is as If-None-Match says." });
    let (shown, refused) = (shown(name), refusal());
    let mut path = json!({
        "parameters": [
            { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1, "maxLength": 64 } },
        ],
        "get": with(operation("get", "The resource as it is."), None, &[("200", &shown), ("304", &unchanged)]),
        "put": with(
            operation("replace", "Makes the resource what the body says; what is left out is cleared."),
            Some(&format!("{name}Input")),
            &[("200", &shown), ("413", &refused)],
        ),
        "patch": with(
            operation("change", "All operations of the body, or none."),
            Some("PatchOp"),
            &[("200", &shown), ("204", &nothing), ("413", &refused)],
        ),
        "delete": with(operation("remove", "Locks a person; takes a group away."), None, &[("204", &nothing)]),
    });
    for verb in ["get", "put", "patch"] {
        path[verb]["parameters"] = json!(projection());
    }
    path
}

fn bulk() -> Value {
    json!({
        "tags": ["Both"],
        "operationId": "bulk",
        "summary": "Many requests in one, each answered as it would be alone.",
        "requestBody": body("BulkRequest"),
        "responses": responses(&[("200", &answer("BulkResponse")), ("413", &refusal())]),
    })
}

fn discovery(place: &str, by_id: bool) -> Value {
    let (verb, answered) = match (place, by_id) {
        ("ServiceProviderConfig", _) | (_, true) => {
            ("get", json!({ "type": "object", "required": ["schemas"] }))
        }
        _ => (
            "list",
            json!({ "$ref": "#/components/schemas/ListResponse" }),
        ),
    };
    let answered = json!({
        "description": "What was asked for.",
        "content": { MEDIA: { "schema": answered } },
    });
    let mut path = json!({
        "get": {
            "tags": ["Discovery"],
            "operationId": format!("{verb}{place}"),
            "responses": responses(&[("200", &answered)]),
        },
    });
    if by_id {
        path["parameters"] = json!([{
            "name": "id", "in": "path", "required": true,
            "schema": { "type": "string", "minLength": 1, "maxLength": 100 },
        }]);
    }
    path
}

/// What lists can be sorted by: what has one value, or a part named `value`.
fn sorts(attributes: &'static [Attribute]) -> Vec<String> {
    let common = ["id", "externalId", "meta.created", "meta.lastModified"];
    let own = attributes.iter().filter(|one| one.kind != Type::Complex);
    let of_both = attributes.is_empty().then_some("displayName");
    let named = common.into_iter().chain(of_both);
    named
        .chain(own.map(|one| one.name))
        .map(str::to_owned)
        .collect()
}

fn projection() -> Vec<Value> {
    vec![query("attributes", &json!({ "type": "string" }))]
}

fn query(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "schema": schema })
}

fn body(schema: &str) -> Value {
    json!({ "required": true, "content": { MEDIA: { "schema": reference(schema) } } })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn answer(schema: &str) -> Value {
    json!({ "description": "What was asked for.", "content": { MEDIA: { "schema": reference(schema) } } })
}

fn shown(schema: &str) -> Value {
    let mut shown = answer(schema);
    shown["headers"] = json!({
        "ETag": { "required": true, "description": "Its version.", "schema": { "type": "string" } },
    });
    shown
}

fn refusal() -> Value {
    json!({ "description": "Refused, with the reason and what to do.", "content": { MEDIA: { "schema": reference("Error") } } })
}

/// These answers, and the refusals that every request can meet.
fn responses(done: &[(&str, &Value)]) -> Value {
    let mut responses = Map::new();
    for (status, answer) in done {
        responses.insert((*status).to_owned(), (*answer).clone());
    }
    for status in [
        "400", "401", "403", "404", "409", "412", "415", "429", "503",
    ] {
        responses.insert(status.to_owned(), refusal());
    }
    Value::Object(responses)
}
