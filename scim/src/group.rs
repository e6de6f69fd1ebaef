//! A group of people as an identity provider describes it (RFC 7643 §4.2).

use crate::body;
use crate::error::Error;
use crate::schema::{Mutability, Resource};
use crate::urn;
use crate::user::check_external_id;
use crate::values::{self, Warnings};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// How many characters a group's name may have.
pub const MAX_DISPLAY_NAME: usize = 255;
/// How many members one request may name.
pub const MAX_MEMBERS: usize = 100_000;

/// What a client asserts about a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// `displayName`, as the client wrote it.
    pub display_name: String,
    /// `externalId`.
    pub external_id: Option<String>,
    /// The members, each once; `None` where the body says nothing about them.
    pub members: Option<Vec<Member>>,
    /// What was ignored, and why.
    pub warnings: Vec<String>,
}

/// One member of a group as a client names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// The member's id.
    pub value: String,
    /// The member's name; the client's word for it, not ours.
    pub display: Option<String>,
}

impl Group {
    /// Reads the body of a POST or PUT.
    pub fn read(body: &[u8]) -> Result<Self, Error> {
        let body::Members {
            known,
            mut warnings,
            ..
        } = body::read(body, Resource::Group)?;
        let mut group = Self::default();
        for (path, value) in known {
            match (path.attribute.name, path.part) {
                ("members", None) => group.members = members("members", value, MAX_MEMBERS)?,
                ("displayName", None) => {
                    group.display_name = text(&path, value, &mut warnings)?.unwrap_or_default();
                }
                ("externalId", None) => {
                    let id = text(&path, value, &mut warnings)?;
                    group.external_id = id.map(check_external_id).transpose()?;
                }
                _ if path.attribute.mutability == Mutability::ReadOnly => {}
                _ => warnings.ignored("", &path.name(), "this attribute is not known"),
            }
        }
        group.display_name = check_display_name(group.display_name)?;
        group.warnings = warnings.into_vec();
        Ok(group)
    }

    /// The assertion as JSON: what a server adds (`id`, `meta`) is not in it.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("schemas".into(), json!([urn::GROUP]));
        map.insert("displayName".into(), json!(self.display_name));
        if let Some(id) = &self.external_id {
            map.insert("externalId".into(), json!(id));
        }
        if let Some(members) = &self.members {
            map.insert(
                "members".into(),
                members.iter().map(Member::to_json).collect(),
            );
        }
        map
    }
}

impl Member {
    fn to_json(&self) -> Value {
        match &self.display {
            Some(display) => json!({ "value": self.value, "display": display }),
            None => json!({ "value": self.value }),
        }
    }
}

fn text(
    path: &crate::schema::AttributePath,
    value: Value,
    warnings: &mut Warnings,
) -> Result<Option<String>, Error> {
    let value = values::read(path.leaf(), value, warnings)?;
    Ok(value.and_then(|value| value.as_str().map(str::to_owned)))
}

pub(crate) fn check_display_name(name: String) -> Result<String, Error> {
    if name.trim().is_empty() {
        return Err(Error::invalid_value(
            "Send displayName; it must not be empty.",
        ));
    }
    if name.chars().count() > MAX_DISPLAY_NAME {
        return Err(Error::invalid_value(format!(
            "Send a displayName of at most {MAX_DISPLAY_NAME} characters."
        )));
    }
    Ok(name)
}

/// The ids of a list of references, each once, in the order in which they are named.
pub(crate) fn ids(name: &str, value: Value, most: usize) -> Result<Vec<String>, Error> {
    let members = members(name, value, most)?.unwrap_or_default();
    Ok(members.into_iter().map(|member| member.value).collect())
}

/// Reads a list of references; one object counts as a list of one, a bare id as an object.
/// `None` where the value says that there is nothing to say, which an empty list does not.
pub(crate) fn members(name: &str, value: Value, most: usize) -> Result<Option<Vec<Member>>, Error> {
    let items = match value {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::Object(_) => vec![value],
        Value::Array(items) => items,
        _ => {
            return Err(Error::invalid_value(format!(
                "Send {name} as a list of objects."
            )));
        }
    };
    if items.len() > most {
        return Err(Error::too_large(format!(
            "Name at most {most} {name} in one request."
        )));
    }
    let mut known = HashSet::new();
    let mut members = Vec::with_capacity(items.len());
    for item in items {
        let member = member(item).ok_or_else(|| {
            Error::invalid_value(format!(
                "Give each of the {name} a value: the id, as a text."
            ))
        })?;
        if known.insert(member.value.clone()) {
            members.push(member);
        }
    }
    Ok(Some(members))
}

fn member(item: Value) -> Option<Member> {
    let mut member = match item {
        Value::String(value) => Member {
            value,
            display: None,
        },
        Value::Object(map) => Member {
            value: body::member(&map, "value")?.as_str()?.to_owned(),
            display: body::member(&map, "display")
                .and_then(Value::as_str)
                .map(str::to_owned),
        },
        _ => return None,
    };
    member.display = member.display.filter(|display| !display.is_empty());
    (!member.value.trim().is_empty()).then_some(member)
}
