//! A SCIM filter and order, as a condition and order of our lists.

use directory::model::query::{Case, Comparison, Condition, Field, Order, Slice, Value};
use scim::error::Error;
use scim::filter::{Filter, Operator};
use scim::query::Query;
use scim::schema::{AttributePath, Resource};
use serde_json::json;

/// The part of a list that a query asks for.
///
/// # Errors
/// 400 for an attribute that is made when a resource is shown, and can be neither searched nor sorted by.
pub fn slice(query: &Query, resource: Resource) -> Result<Slice, Error> {
    let filter = query.filter.as_ref();
    Ok(Slice {
        condition: filter
            .map(|filter| condition(filter, resource))
            .transpose()?,
        sort: query.sort.map(|sort| order(&sort, resource)).transpose()?,
        skip: query.page.offset(),
        take: query.page.count,
    })
}

fn order(sort: &scim::query::Sort, resource: Resource) -> Result<(Field, Order), Error> {
    let refused = || Error::invalid_value("This attribute cannot be sorted by.");
    let field = field(&sort.by, resource)
        .filter(|field| *field != Field::Members)
        .ok_or_else(refused)?;
    let order = match sort.order {
        scim::query::Order::Ascending => Order::Ascending,
        scim::query::Order::Descending => Order::Descending,
    };
    Ok((field, order))
}

fn condition(filter: &Filter, resource: Resource) -> Result<Condition, Error> {
    let all = |filters: &[Filter]| {
        let conditions = filters.iter().map(|one| condition(one, resource));
        conditions.collect::<Result<Vec<_>, _>>()
    };
    Ok(match filter {
        Filter::And(filters) => Condition::All(all(filters)?),
        Filter::Or(filters) => Condition::Any(all(filters)?),
        Filter::Not(not) => Condition::Not(Box::new(condition(not, resource)?)),
        Filter::Compare { path, .. } if is_kind(path) => kind(filter, resource),
        Filter::Compare {
            path,
            operator,
            value,
        } => Condition::Compare(
            field(path, resource).ok_or_else(not_searched)?,
            comparison(*operator),
            value_of(value),
        ),
        Filter::Present(path) => present(path, resource)?,
        // There is one `meta`, so its parts can be asked for one by one.
        Filter::Item { path, filter } if is_meta(path) => condition(filter, resource)?,
        Filter::Item { path, filter } => Condition::Item(path.name(), Box::new(inner(filter)?)),
    })
}

/// The filter inside `[…]`, whose fields are parts of the item.
fn inner(filter: &Filter) -> Result<Condition, Error> {
    let all = |filters: &[Filter]| {
        let conditions = filters.iter().map(inner);
        conditions.collect::<Result<Vec<_>, _>>()
    };
    Ok(match filter {
        Filter::And(filters) => Condition::All(all(filters)?),
        Filter::Or(filters) => Condition::Any(all(filters)?),
        Filter::Not(not) => Condition::Not(Box::new(inner(not)?)),
        Filter::Compare {
            path,
            operator,
            value,
        } => Condition::Compare(part(path)?, comparison(*operator), value_of(value)),
        Filter::Present(path) => Condition::Present(part(path)?),
        Filter::Item { filter, .. } => inner(filter)?,
    })
}

fn part(path: &AttributePath) -> Result<Field, Error> {
    let name = path.part.map_or("", |part| part.name);
    if is_membership(path) && name != "value" {
        return Err(not_searched());
    }
    Ok(Field::Part(name.to_owned(), case(path)))
}

/// A complex attribute is there when any of its parts is.
fn present(path: &AttributePath, resource: Resource) -> Result<Condition, Error> {
    if is_meta(path) || path.attribute.name == "schemas" {
        return Ok(ALWAYS);
    }
    if is_membership(path) {
        return Ok(Condition::Present(Field::Members));
    }
    if path.part.is_none() && !path.attribute.parts.is_empty() {
        let parts = path.attribute.parts.iter();
        let any = parts
            .filter_map(|part| path.with_part(part.name))
            .map(|path| present(&path, resource));
        return Ok(Condition::Any(any.collect::<Result<_, _>>()?));
    }
    Ok(Condition::Present(
        field(path, resource).ok_or_else(not_searched)?,
    ))
}

/// What holds of every resource, and of none.
const ALWAYS: Condition = Condition::All(Vec::new());
const NEVER: Condition = Condition::Any(Vec::new());

/// `meta.resourceType` is the same for the whole list.
fn kind(filter: &Filter, resource: Resource) -> Condition {
    let any = json!({ "meta": { "resourceType": resource.name() } });
    if filter.matches(&any) { ALWAYS } else { NEVER }
}

fn is_kind(path: &AttributePath) -> bool {
    is_meta(path) && path.part.is_some_and(|part| part.name == "resourceType")
}

fn is_meta(path: &AttributePath) -> bool {
    path.extension.is_none() && path.attribute.name == "meta"
}

fn is_membership(path: &AttributePath) -> bool {
    path.extension.is_none() && matches!(path.attribute.name, "members" | "groups")
}

fn not_searched() -> Error {
    Error::invalid_filter(
        "The filter names an attribute that cannot be searched: use id, or a name or value.",
    )
}

/// Where an attribute is kept; nowhere, if it is made when a resource is shown.
fn field(path: &AttributePath, resource: Resource) -> Option<Field> {
    let name = path.attribute.name;
    let part = path.part.map(|part| part.name);
    Some(match (resource, name, part) {
        _ if path.extension.is_some() => attribute(path),
        (_, "id", _) => Field::Id,
        (_, "externalId", _) => Field::ExternalId,
        (_, "meta", Some("created")) => Field::Created,
        (_, "meta", Some("lastModified")) => Field::Updated,
        (Resource::User, "userName", _) => Field::UserName,
        (Resource::User, "active", _) => Field::Active,
        (Resource::User, "groups", Some("value") | None)
        | (Resource::Group, "members", Some("value") | None) => Field::Members,
        (_, "meta" | "schemas" | "groups" | "members", _) => return None,
        (Resource::Group, "displayName", _) => Field::Name,
        _ => attribute(path),
    })
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
