//! `bulkId:…`: a resource that another operation of the same request creates (RFC 7644 §3.7.2).

use super::Operation;
use crate::error::Error;
use crate::urn;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};

const PREFIX: &str = "bulkId:";

/// Bulk ids that something names.
pub type Names = BTreeSet<String>;

/// The ids of what was created, by bulk id; none where it was refused.
pub type Known = HashMap<String, Option<String>>;

/// The bulk ids that an operation names.
pub(super) fn named(operation: &Operation) -> Names {
    let mut names = Names::new();
    names.extend(operation.path.split('/').filter_map(name_of));
    if let Some(data) = &operation.data {
        collect(data, &mut names);
    }
    names
}

fn name_of(text: &str) -> Option<String> {
    text.strip_prefix(PREFIX).map(str::to_owned)
}

fn collect(value: &Value, names: &mut Names) {
    match value {
        Value::String(text) => names.extend(name_of(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(map) => map.values().for_each(|value| collect(value, names)),
        _ => {}
    }
}

/// The data with ids in the place of what it names.
pub fn resolve(data: Value, known: &Known) -> Result<Value, Error> {
    Ok(match data {
        Value::String(text) => Value::String(resolve_text(text, known)?),
        Value::Array(items) => {
            let items = items.into_iter().map(|item| resolve(item, known));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Object(map) => {
            let members = map
                .into_iter()
                .map(|(name, value)| Ok((name, resolve(value, known)?)));
            Value::Object(members.collect::<Result<Map<_, _>, Error>>()?)
        }
        other => other,
    })
}

/// The path with the id in the place of what it names.
pub fn resolve_path(path: &str, known: &Known) -> Result<String, Error> {
    let parts = path
        .split('/')
        .map(|part| resolve_text(part.to_owned(), known));
    Ok(parts.collect::<Result<Vec<_>, _>>()?.join("/"))
}

fn resolve_text(text: String, known: &Known) -> Result<String, Error> {
    let Some(name) = name_of(&text) else {
        return Ok(text);
    };
    match known.get(&name) {
        Some(Some(id)) => Ok(id.clone()),
        Some(None) => Err(Error::new(
            409,
            "The operation that creates what this one names was refused; see its response.",
        )),
        None => Err(Error::invalid_value(
            "This operation names a bulkId that no POST of this request creates.",
        )),
    }
}

/// Splits data into what can be created now, and the PATCH that adds what names these bulk ids once they are there.
pub fn later(data: Value, names: &Names) -> (Value, Option<Value>) {
    let Value::Object(map) = data else {
        return (data, None);
    };
    let mut operations = Vec::new();
    let now = part(map, "", names, &mut operations);
    let patch = (!operations.is_empty())
        .then(|| json!({ "schemas": [urn::PATCH_OP], "Operations": operations }));
    (Value::Object(now), patch)
}

fn part(
    map: Map<String, Value>,
    before: &str,
    names: &Names,
    operations: &mut Vec<Value>,
) -> Map<String, Value> {
    let mut now = Map::new();
    for (name, value) in map {
        let path = format!("{before}{name}");
        match value {
            value if !names_any(&value, names) => {
                now.insert(name, value);
            }
            Value::Array(items) => {
                let (late, early) = items
                    .into_iter()
                    .partition::<Vec<_>, _>(|item| names_any(item, names));
                now.insert(name, Value::Array(early));
                operations.push(json!({ "op": "add", "path": path, "value": late }));
            }
            Value::Object(inner) if name.starts_with("urn:") => {
                let inner = part(inner, &format!("{name}:"), names, operations);
                now.insert(name, Value::Object(inner));
            }
            value => operations.push(json!({ "op": "add", "path": path, "value": value })),
        }
    }
    now
}

fn names_any(value: &Value, names: &Names) -> bool {
    let mut found = Names::new();
    collect(value, &mut found);
    !found.is_disjoint(names)
}
