//! What attributes there are: the one table from which reading, filters, projection and `/Schemas`
//! are derived (RFC 7643 §4, §7, §8.7).

mod attribute;
mod common;
mod enterprise;
mod group;
mod user;

pub use user::PASSWORD;

pub use attribute::{Attribute, Mutability, Returned, Type, Uniqueness};

use crate::urn;
use std::fmt;

/// The kinds of resource there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// A person.
    User,
    /// A group of people.
    Group,
}

impl Resource {
    /// `User` or `Group`, as in `meta.resourceType`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The last part of the resource's endpoint.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
        }
    }

    /// The URN of the core schema.
    pub fn urn(self) -> &'static str {
        match self {
            Self::User => urn::USER,
            Self::Group => urn::GROUP,
        }
    }

    /// The attributes of the core schema, without those that every resource has.
    pub fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::User => user::ATTRIBUTES,
            Self::Group => group::ATTRIBUTES,
        }
    }

    /// The extension as an attribute of its own: named by its URN, its attributes are its parts.
    pub fn extension(self) -> Option<&'static Attribute> {
        match self {
            Self::User => Some(&enterprise::EXTENSION),
            Self::Group => None,
        }
    }
}

/// Whose attributes a query may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those of one kind of resource.
    One(Resource),
    /// Those of every kind, looked for in this one first: a query at the root of the service (RFC 7644 §3.4.2.1).
    All(Resource),
}

impl From<Resource> for Scope {
    fn from(resource: Resource) -> Self {
        Self::One(resource)
    }
}

impl Scope {
    /// Finds an attribute by the name a client uses, as [`resolve`] does.
    pub fn resolve(self, name: &str) -> Option<AttributePath> {
        match self {
            Self::One(resource) => resolve(resource, name),
            Self::All(first) => [first, Resource::User, Resource::Group]
                .into_iter()
                .find_map(|resource| resolve(resource, name)),
        }
    }
}

/// A known attribute, or a part of one: `userName`, `name.givenName`, `urn:…:User:manager.value`.
#[derive(Debug, Clone, Copy)]
pub struct AttributePath {
    /// The extension that the attribute belongs to, if it is no core attribute.
    pub extension: Option<&'static Attribute>,
    /// The attribute; for a whole extension the extension itself.
    pub attribute: &'static Attribute,
    /// The part of a complex attribute.
    pub part: Option<&'static Attribute>,
}

impl AttributePath {
    pub(crate) fn of(attribute: &'static Attribute) -> Self {
        Self {
            extension: None,
            attribute,
            part: None,
        }
    }

    /// Whether resources of this kind have the attribute; what others alone have counts as having no value here
    /// (RFC 7644 §3.4.2.1).
    pub fn belongs_to(&self, resource: Resource) -> bool {
        let whole = self.extension.unwrap_or(self.attribute);
        if whole.is_extension() {
            return resource.extension() == Some(whole);
        }
        resource.attributes().contains(whole) || common::ATTRIBUTES.contains(whole)
    }

    /// What the path ends at.
    pub fn leaf(&self) -> &'static Attribute {
        self.part.unwrap_or(self.attribute)
    }

    /// The name as it stands in JSON, with the URN of an extension before it. Unique, so that it can
    /// be matched against text.
    pub fn name(&self) -> String {
        self.to_string()
    }

    /// Whether this is a whole extension.
    pub fn is_extension(&self) -> bool {
        self.attribute.is_extension()
    }

    /// The same path without its part.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { part: None, ..self }
    }

    /// The path to a part of this attribute, or of this extension.
    pub fn with_part(self, name: &str) -> Option<Self> {
        if self.is_extension() {
            let attribute = self.attribute.part(name)?;
            return Some(Self {
                extension: Some(self.attribute),
                attribute,
                part: None,
            });
        }
        let part = self.attribute.part(name)?;
        self.part.is_none().then_some(Self {
            part: Some(part),
            ..self
        })
    }

    /// A complex attribute without a part means its `value` where single values are compared.
    #[must_use]
    pub fn or_value(self) -> Self {
        self.with_part("value").unwrap_or(self)
    }

    /// The names to follow from the resource down.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &'static str> {
        [self.extension, Some(self.attribute), self.part]
            .into_iter()
            .flatten()
            .map(|a| a.name)
    }
}

impl PartialEq for AttributePath {
    fn eq(&self, other: &Self) -> bool {
        self.steps().eq(other.steps())
    }
}

impl Eq for AttributePath {}

impl fmt::Display for AttributePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(extension) = self.extension {
            write!(out, "{}:", extension.name)?;
        }
        out.write_str(self.attribute.name)?;
        match self.part {
            Some(part) => write!(out, ".{}", part.name),
            None => Ok(()),
        }
    }
}

/// Finds an attribute by the name a client uses: in any case, with or without its schema's URN
/// (RFC 7644 §3.10). Enterprise attributes are also found without theirs, as one client sends them.
pub fn resolve(resource: Resource, name: &str) -> Option<AttributePath> {
    let name = name.trim();
    if let Some(extension) = resource.extension() {
        let whole = AttributePath::of(extension);
        if urn::is(name, extension.name) {
            return Some(whole);
        }
        if let Some(rest) = after_urn(name, extension.name) {
            return dotted(rest, |attribute| whole.with_part(attribute));
        }
    }
    let rest = after_urn(name, resource.urn()).unwrap_or(name);
    dotted(rest, |attribute| core(resource, attribute))
}

fn after_urn<'a>(name: &'a str, urn: &str) -> Option<&'a str> {
    let start = name.get(..urn.len())?;
    let rest = name.get(urn.len()..)?.strip_prefix(':')?;
    start.eq_ignore_ascii_case(urn).then_some(rest)
}

fn dotted(name: &str, find: impl Fn(&str) -> Option<AttributePath>) -> Option<AttributePath> {
    match name.split_once('.') {
        None => find(name),
        Some((attribute, part)) => find(attribute)?.with_part(part),
    }
}

fn core(resource: Resource, name: &str) -> Option<AttributePath> {
    let named = |attribute: &&Attribute| attribute.name.eq_ignore_ascii_case(name);
    let own = resource
        .attributes()
        .iter()
        .chain(common::ATTRIBUTES)
        .find(named);
    own.map(AttributePath::of)
        .or_else(|| AttributePath::of(resource.extension()?).with_part(name))
}
