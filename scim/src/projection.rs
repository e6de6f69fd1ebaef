//! `attributes` and `excludedAttributes`: how much of a resource is answered (RFC 7644 §3.9).

use crate::error::Error;
use crate::schema::{Attribute, AttributePath, Resource, Returned, Scope, resolve};
use serde_json::{Map, Value};

/// How much of a resource is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Projection {
    /// All that is returned by default.
    #[default]
    Default,
    /// Only these, and what is always returned.
    Only(Vec<AttributePath>),
    /// All but these.
    Without(Vec<AttributePath>),
}

impl Projection {
    /// Reads the two parameters, each a list of names separated by commas. Unknown names are ignored,
    /// so `attributes` with none that is known leaves `id` and `schemas`.
    pub fn read(
        attributes: Option<&str>,
        excluded: Option<&str>,
        of: impl Into<Scope>,
    ) -> Result<Self, Error> {
        let of = of.into();
        let given = |names: Option<&str>| names.is_some_and(|names| !names.trim().is_empty());
        match (
            attributes.filter(|_| given(attributes)),
            excluded.filter(|_| given(excluded)),
        ) {
            (Some(_), Some(_)) => Err(Error::invalid_value(
                "Send either attributes or excludedAttributes, not both.",
            )),
            (Some(names), None) => Ok(Self::Only(paths(names, of))),
            (None, Some(names)) => Ok(Self::Without(paths(names, of))),
            (None, None) => Ok(Self::Default),
        }
    }

    /// Whether everything is answered that is returned by default.
    pub fn is_default(&self) -> bool {
        *self == Self::Default
    }

    /// Whether nothing of this attribute is answered, so that it need not be read at all.
    pub fn excludes(&self, attribute: &str) -> bool {
        let names = |path: &AttributePath| path.steps().next() == Some(attribute);
        match self {
            _ if is_always_answered(attribute) => false,
            Self::Default => false,
            Self::Only(paths) => !paths.iter().any(names),
            Self::Without(paths) => paths.iter().any(|path| names(path) && path.part.is_none()),
        }
    }

    /// Leaves of a resource what is to be answered.
    pub fn apply(&self, resource: &mut Value) {
        let Value::Object(map) = resource else { return };
        match self {
            Self::Default => {}
            Self::Only(paths) => keep(map, paths),
            Self::Without(paths) => {
                for path in paths.iter().filter(|path| !is_always(path.attribute)) {
                    let steps: Vec<_> = path.steps().collect();
                    remove(map, &steps);
                }
            }
        }
    }
}

fn paths(names: &str, of: Scope) -> Vec<AttributePath> {
    names
        .split(',')
        .filter_map(|name| of.resolve(name))
        .collect()
}

fn is_always(attribute: &Attribute) -> bool {
    attribute.returned == Returned::Always
}

/// The same ones for every kind of resource: they are common attributes.
fn is_always_answered(name: &str) -> bool {
    resolve(Resource::User, name).is_some_and(|path| is_always(path.attribute))
}

fn keep(map: &mut Map<String, Value>, paths: &[AttributePath]) {
    let wanted: Vec<Vec<&str>> = paths.iter().map(|path| path.steps().collect()).collect();
    let all = std::mem::take(map);
    for (name, value) in all {
        if is_always_answered(&name) {
            map.insert(name, value);
        } else if let Some(value) = select(&name, value, &wanted) {
            map.insert(name, value);
        }
    }
}

/// What the wanted paths leave of a value; `None` where none of them names it.
fn select(name: &str, value: Value, wanted: &[Vec<&str>]) -> Option<Value> {
    let inner: Vec<Vec<&str>> = wanted
        .iter()
        .filter(|steps| steps.first() == Some(&name))
        .map(|steps| steps.get(1..).unwrap_or_default().to_vec())
        .collect();
    if inner.is_empty() {
        return None;
    }
    if inner.iter().any(Vec::is_empty) {
        return Some(value);
    }
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items
                .into_iter()
                .filter_map(|item| select_parts(item, &inner))
                .collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        value => select_parts(value, &inner),
    }
}

fn select_parts(value: Value, wanted: &[Vec<&str>]) -> Option<Value> {
    let Value::Object(parts) = value else {
        return None;
    };
    let parts: Map<String, Value> = parts
        .into_iter()
        .filter_map(|(name, value)| Some((name.clone(), select(&name, value, wanted)?)))
        .collect();
    (!parts.is_empty()).then_some(Value::Object(parts))
}

/// Removes what the steps lead to, and what becomes empty on the way.
fn remove(map: &mut Map<String, Value>, steps: &[&str]) {
    let Some((first, rest)) = steps.split_first() else {
        return;
    };
    if rest.is_empty() {
        map.remove(*first);
        return;
    }
    let is_empty = match map.get_mut(*first) {
        Some(Value::Object(inner)) => {
            remove(inner, rest);
            inner.is_empty()
        }
        Some(Value::Array(items)) => {
            items
                .iter_mut()
                .filter_map(Value::as_object_mut)
                .for_each(|item| remove(item, rest));
            items.retain(|item| item.as_object().is_none_or(|item| !item.is_empty()));
            items.is_empty()
        }
        _ => false,
    };
    if is_empty {
        map.remove(*first);
    }
}
