//! One step of a PATCH carried out on a person's attributes.

use crate::error::Error;
use crate::filter::{Filter, Operator, Value as FilterValue};
use crate::fold::same;
use crate::path::Path;
use crate::schema::{Attribute, AttributePath};
use crate::values::{self, MAX_VALUES, extend, only_primary};
use serde_json::{Map, Value};

/// What one operation does at one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The position of the operation in the body.
    pub index: usize,
    path: Path,
    action: Action,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    /// Adds nothing.
    Nothing,
    /// Sets what is selected; refused where a filter selects nothing.
    Set(Value),
    /// Sets what is selected, or makes it.
    SetOrMake(Value),
    /// Adds values to a list.
    Append(Vec<Value>),
    /// Takes these values out of a list.
    TakeAway(Vec<Value>),
    /// Unassigns what is selected.
    Clear,
}

impl Step {
    pub(super) fn nothing(index: usize, path: Path) -> Self {
        Self {
            index,
            path,
            action: Action::Nothing,
        }
    }

    pub(super) fn set(index: usize, path: Path, value: Value) -> Self {
        Self {
            index,
            path,
            action: Action::Set(value),
        }
    }

    pub(super) fn set_or_make(index: usize, path: Path, value: Value) -> Self {
        Self {
            index,
            path,
            action: Action::SetOrMake(value),
        }
    }

    pub(super) fn append(index: usize, path: Path, items: Vec<Value>) -> Self {
        Self {
            index,
            path,
            action: Action::Append(items),
        }
    }

    pub(super) fn take_away(index: usize, path: Path, items: Vec<Value>) -> Self {
        Self {
            index,
            path,
            action: Action::TakeAway(items),
        }
    }

    pub(super) fn clear(index: usize, path: Path) -> Self {
        Self {
            index,
            path,
            action: Action::Clear,
        }
    }

    /// Whether the step sets this core attribute to this value.
    pub(super) fn sets(&self, name: &str, wanted: &Value) -> bool {
        let is_set = match &self.action {
            Action::Set(value) | Action::SetOrMake(value) => value == wanted,
            _ => false,
        };
        is_set && self.path.attribute.name() == name
    }

    /// How often each item of a list is looked at.
    pub(super) fn looks(&self) -> usize {
        let filter = self.path.filter.as_ref().map_or(0, Filter::terms);
        match &self.action {
            Action::Append(items) | Action::TakeAway(items) => filter + items.len(),
            _ => filter,
        }
    }

    /// Whether the step is about items of a list and not about the whole attribute.
    fn is_about_items(&self) -> bool {
        let path = &self.path.attribute;
        path.attribute.multi_valued && (self.path.filter.is_some() || path.part.is_some())
    }
}

pub(super) fn apply(step: &Step, map: &mut Map<String, Value>) -> Result<(), Error> {
    let path = step.path.attribute;
    match &step.action {
        Action::Nothing => Ok(()),
        Action::Append(_) | Action::TakeAway(_) => in_list(step, map),
        _ if step.is_about_items() => in_list(step, map),
        Action::Set(value) | Action::SetOrMake(value) => {
            set(map, path, value.clone());
            Ok(())
        }
        Action::Clear => {
            values::clear(map, &path);
            Ok(())
        }
    }
}

/// Sets a whole attribute or a part of a single one. A new `value` makes the `$ref` beside it wrong.
fn set(map: &mut Map<String, Value>, path: AttributePath, value: Value) {
    if path.leaf().name == "value" {
        if let Some(reference) = path.whole().with_part("$ref") {
            values::clear(map, &reference);
        }
    } else if path.leaf().is_single_complex() {
        values::clear(map, &path);
    }
    values::put(map, &path, value);
}

fn in_list(step: &Step, map: &mut Map<String, Value>) -> Result<(), Error> {
    let attribute = step.path.attribute.attribute;
    let mut items = match map.remove(attribute.name) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    match &step.action {
        Action::Append(more) => more
            .iter()
            .for_each(|item| append(attribute, &mut items, item)),
        Action::TakeAway(gone) => {
            items.retain(|item| !gone.iter().any(|gone| is_meant(attribute, gone, item)));
        }
        Action::Set(value) => write(&step.path, &mut items, value, Missing::Refuse)?,
        Action::SetOrMake(value) => write(&step.path, &mut items, value, Missing::Make)?,
        Action::Clear => erase(&step.path, &mut items),
        Action::Nothing => {}
    }
    if items.len() > MAX_VALUES {
        return Err(Error::invalid_value(format!(
            "Keep to {MAX_VALUES} values of {}.",
            attribute.name
        )));
    }
    if !items.is_empty() {
        map.insert(attribute.name.to_owned(), Value::Array(items));
    }
    Ok(())
}

/// Adds an item to a list. One that is there already, by its value and type, takes over the parts
/// of the new one, so that the same `add` twice changes nothing.
fn append(attribute: &Attribute, items: &mut Vec<Value>, item: &Value) {
    let same = |known: &Value| {
        let by_value = item.get("value").is_some()
            && same_part(attribute, "value", item, known)
            && same_part(attribute, "type", item, known);
        by_value || item == known
    };
    let index = items.iter().position(same).unwrap_or_else(|| {
        items.push(Value::Object(Map::new()));
        items.len() - 1
    });
    extend(&mut items[index], item);
    if item["primary"] == true {
        only_primary(items, index);
    }
}

/// Whether an item is one that a `remove` names: by its value, and its type where one is given;
/// where there is no value, by all that is given.
fn is_meant(attribute: &Attribute, wanted: &Value, item: &Value) -> bool {
    let Value::Object(parts) = wanted else {
        return false;
    };
    let decides =
        |name: &&String| !parts.contains_key("value") || matches!(name.as_str(), "value" | "type");
    parts
        .keys()
        .filter(decides)
        .all(|name| same_part(attribute, name, wanted, item))
}

fn same_part(attribute: &Attribute, name: &str, one: &Value, other: &Value) -> bool {
    let is_exact = attribute.part(name).is_some_and(|part| part.case_exact);
    match (&one[name], &other[name]) {
        (Value::String(one), Value::String(other)) if !is_exact => same(one, other),
        (one, other) => one == other,
    }
}

/// What becomes of a value for an item that is not there.
#[derive(Clone, Copy)]
enum Missing {
    Refuse,
    Make,
}

fn write(
    path: &Path,
    items: &mut Vec<Value>,
    value: &Value,
    missing: Missing,
) -> Result<(), Error> {
    let mut selected = select(path, items);
    if selected.is_empty() {
        items.push(make(path, missing)?);
        selected.push(items.len() - 1);
    }
    for index in selected {
        write_item(path, &mut items[index], value, missing);
        if items[index]["primary"] == true && touches_primary(path, value) {
            only_primary(items, index);
        }
    }
    Ok(())
}

fn select(path: &Path, items: &[Value]) -> Vec<usize> {
    let matches = |item: &Value| {
        path.filter
            .as_ref()
            .is_none_or(|filter| filter.matches_item(item))
    };
    (0..items.len())
        .filter(|index| matches(&items[*index]))
        .collect()
}

fn touches_primary(path: &Path, value: &Value) -> bool {
    path.attribute
        .part
        .is_some_and(|part| part.name == "primary")
        || value.get("primary").is_some()
        || path
            .filter
            .as_ref()
            .and_then(conditions)
            .is_some_and(|map| map.contains_key("primary"))
}

/// A new item with what the filter says about it. Only `eq`, joined by `and`, says what it is.
fn make(path: &Path, missing: Missing) -> Result<Value, Error> {
    let refused =
        || Error::no_target("The filter in the path selects no value; send op add to make one.");
    match (&path.filter, missing) {
        (None, _) => Ok(Value::Object(Map::new())),
        (Some(filter), Missing::Make) => conditions(filter).map(Value::Object).ok_or_else(refused),
        (Some(_), Missing::Refuse) => Err(refused()),
    }
}

/// `replace` of a whole item leaves of the old one only what selected it (RFC 7644 §3.5.2.3).
fn write_item(path: &Path, item: &mut Value, value: &Value, missing: Missing) {
    if let Some(part) = path.attribute.part {
        if let Value::Object(item) = item {
            item.insert(part.name.to_owned(), value.clone());
        }
        return;
    }
    if matches!(missing, Missing::Refuse) {
        let kept = path
            .filter
            .as_ref()
            .and_then(conditions)
            .unwrap_or_default();
        *item = Value::Object(kept);
    }
    extend(item, value);
}

fn conditions(filter: &Filter) -> Option<Map<String, Value>> {
    match filter {
        Filter::And(filters) => {
            let parts: Option<Vec<_>> = filters.iter().map(conditions).collect();
            Some(parts?.into_iter().flatten().collect())
        }
        Filter::Compare {
            path,
            operator: Operator::Eq,
            value,
        } => {
            let value = match value {
                FilterValue::Text(text) => Value::from(text.as_str()),
                FilterValue::Bool(value) => Value::Bool(*value),
                FilterValue::Instant(_) | FilterValue::Null => return None,
            };
            Some(Map::from_iter([(path.leaf().name.to_owned(), value)]))
        }
        _ => None,
    }
}

/// Takes selected items away, or a part of them. An item that is left without anything to say goes.
fn erase(path: &Path, items: &mut Vec<Value>) {
    let selected = select(path, items);
    let Some(part) = path.attribute.part else {
        let mut index = 0..;
        items.retain(|_| {
            index
                .next()
                .is_none_or(|index: usize| !selected.contains(&index))
        });
        return;
    };
    for index in selected {
        if let Value::Object(item) = &mut items[index] {
            item.remove(part.name);
        }
    }
    items.retain(|item| {
        item.as_object()
            .is_some_and(|item| item.keys().any(|name| says_something(name)))
    });
}

/// Whether a part means something by itself; these only describe the value beside them.
fn says_something(part: &str) -> bool {
    !matches!(part, "type" | "primary" | "display" | "$ref")
}
