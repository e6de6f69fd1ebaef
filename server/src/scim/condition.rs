//! A SCIM filter and order, as a condition and order of our lists.

use directory::model::query::{Case, Comparison, Condition, Field, Order, Slice, Sought, Value};
use scim::error::Error;
use scim::filter::{Filter, Operator};
use scim::query::Query;
use scim::schema::{AttributePath, Resource, resolve};
use serde_json::json;

/// The part of a list that a query asks for; `base` is the address of the service.
///
/// # Errors
/// 400 for an attribute that cannot be searched or sorted by.
pub fn slice(query: &Query, resource: Resource, base: &str) -> Result<Slice, Error> {
    let Sought { condition, sort } = sought(query, resource, base)?;
    Ok(Slice {
        condition,
        sort: sort.map(|field| (field, order(query))),
        skip: query.page.offset(),
        take: query.page.count,
    })
}

/// Which resources of a kind a query asks for, and what they are sorted by.
///
/// # Errors
/// 400 for an attribute that cannot be searched or sorted by.
pub fn sought(query: &Query, resource: Resource, base: &str) -> Result<Sought, Error> {
    let kind = Kind { resource, base };
    let filter = query.filter.as_ref();
    let sort = query.sort.map(|sort| sort.by);
    Ok(Sought {
        condition: filter.map(|filter| kind.condition(filter)).transpose()?,
        sort: sort
            .filter(|path| path.belongs_to(resource))
            .map(|path| kind.sorted_by(&path))
            .transpose()?,
    })
}

/// Which way a query sorts.
pub fn order(query: &Query) -> Order {
    match query.sort.map(|sort| sort.order).unwrap_or_default() {
        scim::query::Order::Ascending => Order::Ascending,
        scim::query::Order::Descending => Order::Descending,
    }
}

/// What holds of every resource, and of none.
const ALWAYS: Condition = Condition::All(Vec::new());
const NEVER: Condition = Condition::Any(Vec::new());

/// A kind of resource, at the address of a service.
#[derive(Clone, Copy)]
struct Kind<'a> {
    resource: Resource,
    base: &'a str,
}

impl Kind<'_> {
    fn sorted_by(self, path: &AttributePath) -> Result<Field, Error> {
        self.field(path)
            .filter(|field| !matches!(field, Field::Address(_)) && !is_membership(path))
            .ok_or_else(|| Error::invalid_value("This attribute cannot be sorted by."))
    }

    fn condition(self, filter: &Filter) -> Result<Condition, Error> {
        let all = |filters: &[Filter]| {
            let conditions = filters.iter().map(|one| self.condition(one));
            conditions.collect::<Result<Vec<_>, _>>()
        };
        Ok(match filter {
            Filter::And(filters) => Condition::All(all(filters)?),
            Filter::Or(filters) => Condition::Any(all(filters)?),
            Filter::Not(not) => Condition::Not(Box::new(self.condition(not)?)),
            Filter::Compare { path, .. } if self.is_constant(path) => self.constant(filter)?,
            Filter::Compare {
                path,
                operator,
                value,
            } => Condition::Compare(
                self.field(path).ok_or_else(not_searched)?,
                comparison(*operator),
                value_of(value),
            ),
            Filter::Present(path) => self.present(path)?,
            Filter::Item { path, .. } if !path.belongs_to(self.resource) => NEVER,
            // There is one `meta`, so its parts can be asked for one by one.
            Filter::Item { path, filter } if is_meta(path) => self.condition(filter)?,
            Filter::Item { path, filter } => {
                Condition::Item(path.name(), Box::new(self.inner(filter)?))
            }
        })
    }

    /// The filter inside `[…]`, whose fields are parts of the item.
    fn inner(self, filter: &Filter) -> Result<Condition, Error> {
        let all = |filters: &[Filter]| {
            let conditions = filters.iter().map(|one| self.inner(one));
            conditions.collect::<Result<Vec<_>, _>>()
        };
        Ok(match filter {
            Filter::And(filters) => Condition::All(all(filters)?),
            Filter::Or(filters) => Condition::Any(all(filters)?),
            Filter::Not(not) => Condition::Not(Box::new(self.inner(not)?)),
            Filter::Compare {
                path,
                operator,
                value,
            } => Condition::Compare(self.part(path)?, comparison(*operator), value_of(value)),
            Filter::Present(path) => Condition::Present(self.part(path)?),
            Filter::Item { filter, .. } => self.inner(filter)?,
        })
    }

    fn part(self, path: &AttributePath) -> Result<Field, Error> {
        if is_membership(path) {
            return self.membership(path).ok_or_else(not_searched);
        }
        let name = path.part.map_or("", |part| part.name);
        Ok(Field::Part(name.to_owned(), case(path)))
    }

    /// A complex attribute is there when any of its parts is.
    fn present(self, path: &AttributePath) -> Result<Condition, Error> {
        if !path.belongs_to(self.resource) {
            return Ok(NEVER);
        }
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
                .map(|path| self.present(&path));
            return Ok(Condition::Any(any.collect::<Result<_, _>>()?));
        }
        Ok(Condition::Present(
            self.field(path).ok_or_else(not_searched)?,
        ))
    }

    /// Whether an attribute has few values, which follow from the kind of resource and its extension.
    fn is_constant(self, path: &AttributePath) -> bool {
        let is_kind = is_meta(path) && path.part.is_some_and(|part| part.name == "resourceType");
        is_kind || path.attribute.name == "schemas" || !path.belongs_to(self.resource)
    }

    /// What a comparison of such an attribute says of those without the extension, and of those with it.
    fn constant(self, filter: &Filter) -> Result<Condition, Error> {
        let mut any = json!({
            "schemas": [self.resource.urn()],
            "meta": { "resourceType": self.resource.name() },
        });
        let without = filter.matches(&any);
        let Some(extension) = self.resource.extension() else {
            return Ok(if without { ALWAYS } else { NEVER });
        };
        any["schemas"] = json!([self.resource.urn(), extension.name]);
        let with = filter.matches(&any);
        let extension = resolve(self.resource, extension.name).ok_or_else(not_searched)?;
        Ok(match (without, with) {
            (true, true) => ALWAYS,
            (false, false) => NEVER,
            (false, true) => self.present(&extension)?,
            (true, false) => Condition::Not(Box::new(self.present(&extension)?)),
        })
    }

    /// Where an attribute is kept; nowhere, if it is made when a resource is shown and follows from nothing else.
    fn field(self, path: &AttributePath) -> Option<Field> {
        let name = path.attribute.name;
        let part = path.part.map(|part| part.name);
        Some(match (self.resource, name, part) {
            _ if path.extension.is_some() => attribute(path),
            (_, "id", _) => Field::Id,
            (_, "externalId", _) => Field::ExternalId,
            (_, "meta", Some("created")) => Field::Created,
            (_, "meta", Some("lastModified")) => Field::Updated,
            (_, "meta", Some("location")) => {
                Field::Address(format!("{}/{}/", self.base, self.resource.endpoint()))
            }
            (Resource::User, "userName", _) => Field::UserName,
            (Resource::User, "active", _) => Field::Active,
            (_, "meta" | "schemas", _) => return None,
            (Resource::User, "groups", _) | (Resource::Group, "members", _) => {
                return self.membership(path);
            }
            (Resource::Group, "displayName", _) => Field::Name,
            _ => attribute(path),
        })
    }

    /// Where a part of `groups` or `members` is kept.
    fn membership(self, path: &AttributePath) -> Option<Field> {
        let (other, word) = match self.resource {
            Resource::User => (Resource::Group, "direct"),
            Resource::Group => (Resource::User, "User"),
        };
        Some(match path.part.map(|part| part.name) {
            Some("value") | None => Field::Members,
            Some("display") => Field::MemberNames,
            Some("type") => Field::MemberWord(word.to_owned()),
            Some("$ref") => Field::MemberAddresses(format!("{}/{}/", self.base, other.endpoint())),
            Some(_) => return None,
        })
    }
}

fn is_meta(path: &AttributePath) -> bool {
    path.extension.is_none() && path.attribute.name == "meta"
}

fn is_membership(path: &AttributePath) -> bool {
    path.extension.is_none() && matches!(path.attribute.name, "members" | "groups")
}

fn not_searched() -> Error {
    Error::invalid_filter(
        "The filter names an attribute that cannot be searched: compare versions by If-Match instead.",
    )
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
