//! A SCIM filter and order, as a condition and order of our lists.

use directory::model::query::{Case, Comparison, Condition, Field, Order, Slice, Value};
use scim::filter::{Filter, Operator};
use scim::query::Query;
use scim::schema::{AttributePath, Resource};

/// The part of a list that a query asks for.
pub fn slice(query: &Query, resource: Resource) -> Slice {
    Slice {
        condition: query
            .filter
            .as_ref()
            .map(|filter| condition(filter, resource)),
        sort: query.sort.map(|sort| {
            let order = match sort.order {
                scim::query::Order::Ascending => Order::Ascending,
                scim::query::Order::Descending => Order::Descending,
            };
            (field(&sort.by, resource), order)
        }),
        skip: query.page.offset(),
        take: query.page.count,
    }
}

fn condition(filter: &Filter, resource: Resource) -> Condition {
    match filter {
        Filter::And(all) => {
            Condition::All(all.iter().map(|one| condition(one, resource)).collect())
        }
        Filter::Or(any) => Condition::Any(any.iter().map(|one| condition(one, resource)).collect()),
        Filter::Not(not) => Condition::Not(Box::new(condition(not, resource))),
        Filter::Compare {
            path,
            operator,
            value,
        } => Condition::Compare(
            field(path, resource),
            comparison(*operator),
            value_of(value),
        ),
        Filter::Present(path) => present(path, resource),
        // One and the same member is a member: its id is all that is kept of it.
        Filter::Item { path, filter } if is_membership(path) => condition(filter, resource),
        Filter::Item { path, filter } => Condition::Item(path.name(), Box::new(inner(filter))),
    }
}

/// The filter inside `[…]`, whose fields are parts of the item.
fn inner(filter: &Filter) -> Condition {
    match filter {
        Filter::And(all) => Condition::All(all.iter().map(inner).collect()),
        Filter::Or(any) => Condition::Any(any.iter().map(inner).collect()),
        Filter::Not(not) => Condition::Not(Box::new(inner(not))),
        Filter::Compare {
            path,
            operator,
            value,
        } => Condition::Compare(part(path), comparison(*operator), value_of(value)),
        Filter::Present(path) => Condition::Present(part(path)),
        Filter::Item { filter, .. } => inner(filter),
    }
}

fn part(path: &AttributePath) -> Field {
    Field::Part(
        path.part.map_or("", |part| part.name).to_owned(),
        case(path),
    )
}

/// A complex attribute is there when any of its parts is.
fn present(path: &AttributePath, resource: Resource) -> Condition {
    if path.is_extension() {
        let any = path
            .attribute
            .parts
            .iter()
            .filter_map(|part| path.with_part(part.name));
        return Condition::Any(any.map(|path| present(&path, resource)).collect());
    }
    if path.part.is_none()
        && !path.attribute.parts.is_empty()
        && !is_membership(path)
        && path.attribute.name != "meta"
    {
        let any = path
            .attribute
            .parts
            .iter()
            .filter_map(|part| path.with_part(part.name));
        return Condition::Any(
            any.map(|path| Condition::Present(field(&path, resource)))
                .collect(),
        );
    }
    Condition::Present(field(path, resource))
}

fn is_membership(path: &AttributePath) -> bool {
    path.extension.is_none() && matches!(path.attribute.name, "members" | "groups")
}

fn field(path: &AttributePath, resource: Resource) -> Field {
    let name = path.attribute.name;
    let part = path.part.map(|part| part.name);
    match (resource, name, part) {
        _ if path.extension.is_some() => attribute(path),
        (_, "id", _) => Field::Id,
        (_, "externalId", _) => Field::ExternalId,
        (_, "meta", Some("created")) => Field::Created,
        (_, "meta", Some("lastModified") | None) => Field::Updated,
        (Resource::User, "userName", _) => Field::UserName,
        (Resource::User, "active", _) => Field::Active,
        (Resource::User, "groups", Some("value") | None)
        | (Resource::Group, "members", Some("value") | None) => Field::Members,
        (Resource::Group, "displayName", _) => Field::Name,
        _ => attribute(path),
    }
}

fn attribute(path: &AttributePath) -> Field {
    Field::Attribute(
        path.whole().name(),
        path.part.map_or("", |part| part.name).to_owned(),
        case(path),
    )
}

fn case(path: &AttributePath) -> Case {
    if path.leaf().case_exact {
        Case::Exact
    } else {
        Case::Folded
    }
}

fn comparison(operator: Operator) -> Comparison {
    match operator {
        Operator::Eq => Comparison::Equal,
        Operator::Ne => Comparison::NotEqual,
        Operator::Co => Comparison::Contains,
        Operator::Sw => Comparison::StartsWith,
        Operator::Ew => Comparison::EndsWith,
        Operator::Gt => Comparison::Greater,
        Operator::Ge => Comparison::GreaterOrEqual,
        Operator::Lt => Comparison::Less,
        Operator::Le => Comparison::LessOrEqual,
    }
}

fn value_of(value: &scim::filter::Value) -> Value {
    match value {
        scim::filter::Value::Text(text) => Value::Text(text.clone()),
        scim::filter::Value::Bool(flag) => Value::Flag(*flag),
        scim::filter::Value::Instant(instant) => Value::Instant(*instant),
        scim::filter::Value::Null => Value::Null,
    }
}
