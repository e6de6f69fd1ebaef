//! A filter evaluated against a resource's JSON.

use super::{Filter, Operator, Value, instant};
use crate::fold::{fold, same};
use crate::schema::{Attribute, AttributePath};
use crate::values::is_nothing;
use serde_json::Value as Json;

impl Filter {
    /// Whether a resource fulfils the filter. A list fulfils a comparison if one of its values does.
    pub fn matches(&self, resource: &Json) -> bool {
        self.holds(resource, |path, resource| collect(path.steps(), resource))
    }

    /// Whether one item of a list fulfils a filter that stood in brackets.
    pub(crate) fn matches_item(&self, item: &Json) -> bool {
        self.holds(item, |path, item| {
            collect([path.leaf().name].into_iter(), item)
        })
    }

    fn holds<'a>(&self, value: &'a Json, find: Find<'a>) -> bool {
        match self {
            Self::And(filters) => filters.iter().all(|filter| filter.holds(value, find)),
            Self::Or(filters) => filters.iter().any(|filter| filter.holds(value, find)),
            Self::Not(inner) => !inner.holds(value, find),
            Self::Present(path) => !find(path, value).is_empty(),
            Self::Compare {
                path,
                operator,
                value: wanted,
            } => compare(path.leaf(), &find(path, value), *operator, wanted),
            Self::Item { path, filter } => find(path, value)
                .into_iter()
                .any(|item| filter.matches_item(item)),
        }
    }
}

/// How the values of a path are found: from the resource down, or in one item.
type Find<'a> = fn(&AttributePath, &'a Json) -> Vec<&'a Json>;

fn collect(steps: impl Iterator<Item = &'static str>, value: &Json) -> Vec<&Json> {
    let mut found = vec![value];
    for step in steps {
        found = found
            .into_iter()
            .filter_map(|value| value.get(step))
            .flat_map(each)
            .collect();
    }
    found.retain(|value| !is_nothing(value));
    found
}

fn each(value: &Json) -> &[Json] {
    match value {
        Json::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

fn compare(attribute: &Attribute, found: &[&Json], operator: Operator, wanted: &Value) -> bool {
    match (operator, wanted) {
        (Operator::Eq, Value::Null) => found.is_empty(),
        (Operator::Ne, Value::Null) => !found.is_empty(),
        (Operator::Ne, _) if found.is_empty() => true,
        _ => found
            .iter()
            .any(|value| holds(attribute, value, operator, wanted)),
    }
}

fn holds(attribute: &Attribute, found: &Json, operator: Operator, wanted: &Value) -> bool {
    match (found, wanted) {
        (Json::Bool(found), Value::Bool(wanted)) => ordered(operator, found, wanted),
        (Json::String(found), Value::Instant(wanted)) => {
            instant::read(found).is_some_and(|found| ordered(operator, &found, wanted))
        }
        (Json::String(found), Value::Text(wanted)) if attribute.case_exact => {
            text(operator, found, wanted)
        }
        (Json::String(found), Value::Text(wanted)) => match operator {
            Operator::Eq => same(found, wanted),
            Operator::Ne => !same(found, wanted),
            _ => text(operator, &fold(found), &fold(wanted)),
        },
        _ => operator == Operator::Ne,
    }
}

fn text(operator: Operator, found: &str, wanted: &str) -> bool {
    match operator {
        Operator::Co => found.contains(wanted),
        Operator::Sw => found.starts_with(wanted),
        Operator::Ew => found.ends_with(wanted),
        _ => ordered(operator, found, wanted),
    }
}

fn ordered<T: Ord + ?Sized>(operator: Operator, found: &T, wanted: &T) -> bool {
    match operator {
        Operator::Eq => found == wanted,
        Operator::Ne => found != wanted,
        Operator::Gt => found > wanted,
        Operator::Ge => found >= wanted,
        Operator::Lt => found < wanted,
        Operator::Le => found <= wanted,
        Operator::Co | Operator::Sw | Operator::Ew => false,
    }
}
