//! A person as an identity provider describes them (RFC 7643 §4.1, §4.3).

use crate::body;
use crate::error::Error;
use crate::group;
use crate::password::{Password, Passwords};
use crate::schema::{AttributePath, Mutability, Resource};
use crate::urn;
use crate::values::{self, Warnings};
use serde_json::{Map, Value};

/// How many bytes a `userName` may have: as many as an e-mail address (RFC 5321 §4.5.3.1.3).
pub const MAX_USER_NAME: usize = 254;
/// How many characters an `externalId` may have.
pub const MAX_EXTERNAL_ID: usize = 255;

/// What a client asserts about a person. What it did not assert is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User {
    /// `userName`, as the client wrote it. [`User::read`] always finds one.
    pub user_name: Option<String>,
    /// `externalId`.
    pub external_id: Option<String>,
    /// `active`; `None` says nothing about it.
    pub active: Option<bool>,
    /// The ids in `groups`; only a POST makes use of them.
    pub groups: Vec<String>,
    /// Every other known attribute under its own name, with values of its type. The enterprise
    /// extension is one object under its URN.
    pub attributes: Map<String, Value>,
    /// The password, where the connection takes one and one was sent. It is no part of [`User::to_json`].
    pub password: Option<Password>,
    /// What was ignored, and why.
    pub warnings: Vec<String>,
}

impl User {
    /// Reads the body of a POST. Read-only attributes and unknown ones are ignored, the latter with a warning.
    pub fn read(body: &[u8], passwords: Passwords) -> Result<Self, Error> {
        Self::of(body, passwords, Groups::Read)
    }

    /// Reads the body of a PUT: the same, and whatever is said of `groups` is left alone, as it was read from here.
    pub fn read_replacement(body: &[u8], passwords: Passwords) -> Result<Self, Error> {
        Self::of(body, passwords, Groups::Ignored)
    }

    fn of(body: &[u8], passwords: Passwords, of_groups: Groups) -> Result<Self, Error> {
        let body::Members {
            known,
            password,
            mut warnings,
        } = body::read(body, Resource::User)?;
        let mut groups = Vec::new();
        let mut map = Map::new();
        for (path, value) in known {
            let are_groups = path.attribute.name == "groups";
            if are_groups && of_groups == Groups::Ignored {
                continue;
            }
            if are_groups && path.part.is_none() {
                groups = group::ids("groups", value, values::MAX_VALUES)?;
            } else {
                field(&mut map, &path, value, &mut warnings)?;
            }
        }
        let password = match (passwords, password) {
            (Passwords::Taken, Some(value)) => Password::read(value)?,
            (Passwords::Ignored, Some(_)) => {
                warnings.ignored("", "password", "this connection does not take passwords");
                None
            }
            (_, None) => None,
        };
        let mut user = Self {
            groups,
            password,
            warnings: warnings.into_vec(),
            ..Self::from_map(map)
        };
        user.user_name = Some(check_user_name(user.user_name.unwrap_or_default())?);
        user.external_id = user.external_id.map(check_external_id).transpose()?;
        Ok(user)
    }

    /// The addresses in `emails`, each with whether it is the primary one.
    pub fn emails(&self) -> Vec<(&str, bool)> {
        let emails = self.attributes.get("emails").and_then(Value::as_array);
        let email = |item: &'_ Value| item["primary"] == true;
        emails
            .into_iter()
            .flatten()
            .filter_map(|item| Some((item.get("value")?.as_str()?, email(item))))
            .collect()
    }

    /// `displayName`.
    pub fn display_name(&self) -> Option<&str> {
        self.attributes.get("displayName")?.as_str()
    }

    /// `name.givenName`.
    pub fn given_name(&self) -> Option<&str> {
        self.attributes.get("name")?.get("givenName")?.as_str()
    }

    /// `name.familyName`.
    pub fn family_name(&self) -> Option<&str> {
        self.attributes.get("name")?.get("familyName")?.as_str()
    }

    /// The URNs that belong into `schemas`: the extension's only where there is something of it.
    pub fn schemas(&self) -> Vec<&'static str> {
        let mut schemas = vec![urn::USER];
        if self.attributes.contains_key(urn::ENTERPRISE) {
            schemas.push(urn::ENTERPRISE);
        }
        schemas
    }

    /// The assertion as JSON: what a server adds (`id`, `meta`, `groups`) is not in it.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut map = self.clone().into_map();
        map.insert("schemas".into(), self.schemas().into());
        map
    }

    /// All attributes in one object, as paths and filters see them.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        let mut map = self.attributes;
        let text = |text: Option<String>| text.map(Value::String);
        let own = [
            ("userName", text(self.user_name)),
            ("externalId", text(self.external_id)),
            ("active", self.active.map(Value::Bool)),
        ];
        for (name, value) in own {
            if let Some(value) = value {
                map.insert(name.into(), value);
            }
        }
        map
    }

    /// The reverse of [`Self::into_map`].
    pub(crate) fn from_map(mut map: Map<String, Value>) -> Self {
        Self {
            user_name: take_text(&mut map, "userName"),
            external_id: take_text(&mut map, "externalId"),
            active: map.remove("active").and_then(|value| value.as_bool()),
            attributes: map,
            ..Self::default()
        }
    }
}

/// What becomes of `groups` in a body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Groups {
    Read,
    Ignored,
}

fn take_text(map: &mut Map<String, Value>, name: &str) -> Option<String> {
    match map.remove(name)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn field(
    map: &mut Map<String, Value>,
    path: &AttributePath,
    value: Value,
    warnings: &mut Warnings,
) -> Result<(), Error> {
    if [path.attribute, path.leaf()]
        .iter()
        .any(|a| a.mutability == Mutability::ReadOnly)
    {
        return Ok(());
    }
    if path.part.is_some() && path.attribute.multi_valued {
        warnings.ignored("", &path.name(), "send this attribute as a list of objects");
        return Ok(());
    }
    if let Some(value) = values::read(path.leaf(), value, warnings)? {
        values::put(map, path, value);
    }
    Ok(())
}

pub(crate) fn check_user_name(name: String) -> Result<String, Error> {
    let refused = |detail: &str| Err(Error::invalid_value(detail));
    if name.trim().is_empty() {
        return refused("Send userName; it must not be empty.");
    }
    if name.len() > MAX_USER_NAME {
        return Err(Error::invalid_value(format!(
            "Send a userName of at most {MAX_USER_NAME} bytes."
        )));
    }
    if name.chars().any(char::is_control) {
        return refused("Send a userName without line breaks and other control characters.");
    }
    Ok(name)
}

pub(crate) fn check_external_id(id: String) -> Result<String, Error> {
    if id.chars().count() > MAX_EXTERNAL_ID {
        return Err(Error::invalid_value(format!(
            "Send an externalId of at most {MAX_EXTERNAL_ID} characters."
        )));
    }
    Ok(id)
}
