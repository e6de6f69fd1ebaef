//! Checking and coercing the values of one attribute: what comes out has the type its schema says.

use crate::error::Error;
use crate::filter::instant;
use crate::fold;
use crate::schema::{Attribute, AttributePath, Mutability, Type};
use serde_json::{Map, Value, json};

/// How many values one attribute of a user may have.
pub(crate) const MAX_VALUES: usize = 1_000;
/// How many bytes the folded text of an attribute may have: an index of PostgreSQL holds 2,704.
/// References and binaries, which may be data, have only the limit of all texts.
const MAX_TEXT: usize = 2 * 1024;
/// How many remarks about what was ignored are kept of one request.
const MAX_WARNINGS: usize = 50;
/// How many characters of a name that is not ours are repeated in a remark.
const MAX_NAME: usize = 64;

/// What was ignored in a body, for the administrator to read.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Vec<String>);

impl Warnings {
    pub(crate) fn ignored(&mut self, place: &str, name: &str, reason: &str) {
        if self.0.len() < MAX_WARNINGS {
            let name: String = name
                .chars()
                .filter(|c| !c.is_control())
                .take(MAX_NAME)
                .collect();
            let dot = if place.is_empty() { "" } else { "." };
            self.0
                .push(format!("Ignored {place}{dot}{name}: {reason}."));
        }
    }

    pub(crate) fn into_vec(self) -> Vec<String> {
        self.0
    }
}

/// Whether a value says that there is none: null, an empty text, an empty list.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Reads the value of an attribute; `None` where it says that there is none.
pub(crate) fn read(
    attribute: &Attribute,
    value: Value,
    warnings: &mut Warnings,
) -> Result<Option<Value>, Error> {
    if attribute.multi_valued {
        let items = list(attribute, value, warnings)?;
        return Ok((!items.is_empty()).then_some(Value::Array(items)));
    }
    let value = match value {
        Value::Array(mut items) if items.len() == 1 => items.remove(0),
        other => other,
    };
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        value => single(attribute, value, warnings),
    }
}

/// Reads the values of a list; one value outside of a list is a list of one.
pub(crate) fn list(
    attribute: &Attribute,
    value: Value,
    warnings: &mut Warnings,
) -> Result<Vec<Value>, Error> {
    let items = match value {
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(_) if takes_bare_text(attribute) => vec![value],
        Value::Object(_) => vec![value],
        Value::Array(items) => items,
        _ => return Err(wrong(attribute)),
    };
    if items.len() > MAX_VALUES {
        return Err(Error::invalid_value(format!(
            "Send at most {MAX_VALUES} values of {}.",
            attribute.name
        )));
    }
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        if !is_nothing(&item) {
            read.extend(single(attribute, item, warnings)?);
        }
    }
    one_primary(&mut read);
    Ok(read)
}

/// At most one value of a list is primary; the last one that says so is (RFC 7643 §2.4).
fn one_primary(items: &mut [Value]) {
    let last = items.iter().rposition(|item| item["primary"] == true);
    if let Some(last) = last {
        only_primary(items, last);
    }
}

/// Makes the value at `winner` the only one that is primary.
pub(crate) fn only_primary(items: &mut [Value], winner: usize) {
    for (index, item) in items.iter_mut().enumerate() {
        if index != winner && item["primary"] == true {
            extend(item, &json!({ "primary": false }));
        }
    }
}

/// Gives an object the parts of another one.
pub(crate) fn extend(item: &mut Value, parts: &Value) {
    if let (Value::Object(item), Value::Object(parts)) = (item, parts) {
        item.extend(parts.clone());
    }
}

/// Some clients send these two as a text instead of a list of objects.
fn takes_bare_text(attribute: &Attribute) -> bool {
    matches!(attribute.name, "roles" | "entitlements")
}

fn single(
    attribute: &Attribute,
    value: Value,
    warnings: &mut Warnings,
) -> Result<Option<Value>, Error> {
    match (attribute.kind, value) {
        (Type::Complex, Value::Object(object)) => complex(attribute, object, warnings),
        (Type::Complex, Value::String(text)) => {
            let part = attribute.part("value").ok_or_else(|| wrong(attribute))?;
            let text = short(part, text)?;
            let object = Map::from_iter([(part.name.to_owned(), text)]);
            Ok(Some(Value::Object(object)))
        }
        (Type::Boolean, value) => boolean(attribute, &value).map(Some),
        (Type::DateTime, Value::String(text)) if instant::read(&text).is_none() => {
            Err(wrong(attribute))
        }
        (kind, Value::String(value)) if kind != Type::Complex => short(attribute, value).map(Some),
        _ => Err(wrong(attribute)),
    }
}

/// A text that is not too long to be found again.
fn short(attribute: &Attribute, text: String) -> Result<Value, Error> {
    let folds = !attribute.case_exact && !text.is_ascii();
    let too_long = text.len() > MAX_TEXT || (folds && fold(&text).len() > MAX_TEXT);
    if attribute.kind == Type::String && too_long {
        return Err(Error::invalid_value(format!(
            "Send {} as a text of at most {MAX_TEXT} bytes.",
            attribute.name
        )));
    }
    Ok(Value::String(text))
}

fn boolean(attribute: &Attribute, value: &Value) -> Result<Value, Error> {
    match value {
        Value::Bool(_) => Ok(value.clone()),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
        _ => Err(wrong(attribute)),
    }
}

fn complex(
    attribute: &Attribute,
    object: Map<String, Value>,
    warnings: &mut Warnings,
) -> Result<Option<Value>, Error> {
    let mut parts = Map::new();
    for (name, value) in object {
        // `Manager.Value` inside of the extension is a path, as one client writes it.
        let (first, rest) = name.split_once('.').unwrap_or((&name, ""));
        let Some(part) = attribute.part(first) else {
            warnings.ignored(attribute.name, &name, "this attribute is not known");
            continue;
        };
        if part.mutability == Mutability::ReadOnly {
            warnings.ignored(attribute.name, part.name, "it is read-only");
            continue;
        }
        let value = if rest.is_empty() {
            value
        } else {
            nested(rest, value)
        };
        if let Some(value) = read(part, value, warnings)? {
            merge(&mut parts, part.name, value);
        }
    }
    Ok((!parts.is_empty()).then_some(Value::Object(parts)))
}

fn nested(name: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}

/// Puts a value into an object; parts of a complex value join those that are there.
pub(crate) fn merge(object: &mut Map<String, Value>, name: &str, value: Value) {
    match (object.get_mut(name), value) {
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (name, value) in more {
                merge(known, &name, value);
            }
        }
        (_, value) => {
            object.insert(name.to_owned(), value);
        }
    }
}

/// Puts a value where a path points, making the objects on the way.
pub(crate) fn put(object: &mut Map<String, Value>, path: &AttributePath, value: Value) {
    let steps: Vec<_> = path.steps().collect();
    let Some((first, inner)) = steps.split_first() else {
        return;
    };
    let value = inner
        .iter()
        .rev()
        .fold(value, |value, name| nested(name, value));
    merge(object, first, value);
}

/// Takes away what a path points at, and the objects on the way that become empty.
pub(crate) fn clear(object: &mut Map<String, Value>, path: &AttributePath) {
    let steps: Vec<_> = path.steps().collect();
    clear_steps(object, &steps);
}

fn clear_steps(object: &mut Map<String, Value>, steps: &[&str]) {
    match steps {
        [] => {}
        [last] => {
            object.remove(*last);
        }
        [first, rest @ ..] => {
            let Some(Value::Object(inner)) = object.get_mut(*first) else {
                return;
            };
            clear_steps(inner, rest);
            if inner.is_empty() {
                object.remove(*first);
            }
        }
    }
}

fn wrong(attribute: &Attribute) -> Error {
    let kind = match attribute.kind {
        _ if attribute.multi_valued => "a list of objects",
        Type::Boolean => "true or false",
        Type::DateTime => "an instant as RFC 3339 writes it",
        Type::Complex => "an object",
        Type::String | Type::Binary | Type::Reference => "a text",
    };
    Error::invalid_value(format!("Send {} as {kind}.", attribute.name))
}
