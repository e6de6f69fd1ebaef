//! The operations of a PATCH body, as clients spell them.

use crate::body::member;
use crate::error::Error;
use crate::json;
use serde_json::{Map, Value};

/// How many operations one request may hold.
const MAX_OPERATIONS: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Replace,
    Remove,
}

/// One change at one path. A pathless operation has become one of these for each of its keys.
#[derive(Debug)]
pub(super) struct Change {
    /// The position of the operation in the body, from 0.
    pub index: usize,
    pub op: Op,
    pub path: String,
    /// The value; `None` where the operation has none, which is not the same as null.
    pub value: Option<Value>,
}

/// Reads all operations of a body. The names of members count in any case and unknown ones are
/// ignored, as one client sends a `name` with each operation.
pub(super) fn read(body: &[u8]) -> Result<Vec<Change>, Error> {
    let operations = match take(&mut json::read(body)?, "Operations") {
        Some(Value::Array(operations)) if !operations.is_empty() => operations,
        _ => {
            return Err(Error::invalid_syntax(
                "Send Operations as a list with at least one operation.",
            ));
        }
    };
    if operations.len() > MAX_OPERATIONS {
        return Err(Error::too_large(format!(
            "Send at most {MAX_OPERATIONS} operations."
        )));
    }
    let mut changes = Vec::new();
    for (index, operation) in operations.into_iter().enumerate() {
        changes.extend(changes_of(index, operation).map_err(|error| error.in_operation(index))?);
    }
    Ok(changes)
}

fn changes_of(index: usize, operation: Value) -> Result<Vec<Change>, Error> {
    let Value::Object(mut operation) = operation else {
        return Err(Error::invalid_syntax("Send each operation as an object."));
    };
    let op = op(&operation)?;
    let value = take(&mut operation, "value");
    if let Some(path) = path(&operation)? {
        return Ok(vec![Change {
            index,
            op,
            path,
            value,
        }]);
    }
    match (op, value) {
        (Op::Remove, _) => Err(Error::no_target(
            "Send a path that says what this operation removes.",
        )),
        (_, Some(Value::Object(object))) => Ok(object
            .into_iter()
            .filter(|(name, _)| !is_kept_by_the_server(name))
            .map(|(path, value)| Change {
                index,
                op,
                path,
                value: Some(value),
            })
            .collect()),
        _ => Err(Error::invalid_value(
            "Send a path, or an object of attributes as the value.",
        )),
    }
}

/// Takes a member out of an object, by its name in any case.
fn take(map: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let name = map
        .keys()
        .find(|key| key.eq_ignore_ascii_case(name))?
        .clone();
    map.remove(&name)
}

fn op(operation: &Map<String, Value>) -> Result<Op, Error> {
    let word = member(operation, "op")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match word.to_ascii_lowercase().as_str() {
        "add" => Ok(Op::Add),
        "replace" => Ok(Op::Replace),
        "remove" => Ok(Op::Remove),
        _ => Err(Error::invalid_syntax("Send op as add, replace or remove.")),
    }
}

fn path(operation: &Map<String, Value>) -> Result<Option<String>, Error> {
    match member(operation, "path") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(path)) if path.trim().is_empty() => Ok(None),
        Some(Value::String(path)) => Ok(Some(path.clone())),
        Some(_) => Err(Error::invalid_path("Send the path as a text.")),
    }
}

/// Clients send these along with what they mean to change.
fn is_kept_by_the_server(name: &str) -> bool {
    ["id", "schemas", "meta"]
        .iter()
        .any(|kept| kept.eq_ignore_ascii_case(name))
}

/// The value of an operation that cannot do without one.
pub(super) fn required(value: Option<Value>) -> Result<Value, Error> {
    value.ok_or_else(|| Error::invalid_value("Send a value with add and replace."))
}
