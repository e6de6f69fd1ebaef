//! A PATCH of a person.

use super::apply::{Step, apply};
use super::group::{Ledger, ids_of};
use super::operation::{self, Change, Op, required};
use crate::error::Error;
use crate::password::{self, Password, Passwords};
use crate::path::Path;
use crate::schema::{Attribute, AttributePath, Mutability, Resource};
use crate::user::{User, check_external_id, check_user_name};
use crate::values::{self, Warnings};
use serde_json::Value;

/// How many values and comparisons one request may hold over lists: each looks at every item of its
/// list, and lists are long enough for the product to matter.
const MAX_LOOKS: usize = 4_000;

/// What changes about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPatch {
    steps: Vec<Step>,
    granted: Vec<String>,
    revoked: Vec<String>,
    password: Option<Password>,
}

impl UserPatch {
    /// Reads a PATCH body; every path is known and every value has its type when this succeeds.
    pub fn read(body: &[u8], passwords: Passwords) -> Result<Self, Error> {
        let (mut steps, mut password) = (Vec::new(), None);
        let mut groups = Ledger::default();
        for change in operation::read(body)? {
            let index = change.index;
            if passwords == Passwords::Taken && password::is_meant(&change.path) {
                password = new_password(change).map_err(|error| error.in_operation(index))?;
                continue;
            }
            let path = Path::parse(&change.path, Resource::User);
            path.and_then(|path| {
                if path.attribute.attribute.name == "groups" {
                    return change_groups(&path, change, &mut groups);
                }
                read_change(path, change, &mut steps)
            })
            .map_err(|error| error.in_operation(index))?;
        }
        if steps.iter().map(Step::looks).sum::<usize>() > MAX_LOOKS {
            return Err(Error::too_large(format!(
                "Send at most {MAX_LOOKS} values and comparisons over lists in one request."
            )));
        }
        let (granted, revoked) = groups.into_lists();
        Ok(Self {
            steps,
            granted,
            revoked,
            password,
        })
    }

    /// Whether somebody who is active would not be afterwards.
    pub fn deactivates(&self) -> bool {
        let active = User {
            active: Some(true),
            ..User::default()
        };
        let mut map = active.into_map();
        for step in &self.steps {
            // What concerns other attributes may find nothing on somebody of whom nothing else is known.
            let _ = apply(step, &mut map);
        }
        User::from_map(map).active == Some(false)
    }

    /// Changes a person, or leaves them as they are and says why. Groups are not part of this: see
    /// [`Self::groups_granted`] and [`Self::groups_revoked`].
    pub fn apply(&self, user: &mut User) -> Result<(), Error> {
        let mut map = user.clone().into_map();
        for step in &self.steps {
            apply(step, &mut map).map_err(|error| error.in_operation(step.index))?;
        }
        let changed = User::from_map(map);
        user.user_name = changed.user_name;
        user.external_id = changed.external_id;
        user.active = changed.active;
        user.attributes = changed.attributes;
        Ok(())
    }

    /// The ids of the groups that the person joins.
    pub fn groups_granted(&self) -> &[String] {
        &self.granted
    }

    /// The ids of the groups that the person leaves.
    pub fn groups_revoked(&self) -> &[String] {
        &self.revoked
    }

    /// The new password, where the connection takes one.
    pub fn password(&self) -> Option<&Password> {
        self.password.as_ref()
    }

    /// Whether the patch does nothing but set `active` to false.
    pub fn only_deactivates(&self) -> bool {
        let deactivates = |step: &Step| step.sets("active", &Value::Bool(false));
        !self.steps.is_empty()
            && self.steps.iter().all(deactivates)
            && self.granted.is_empty()
            && self.revoked.is_empty()
            && self.password.is_none()
    }
}

/// A password can be set and never taken away.
fn new_password(change: Change) -> Result<Option<Password>, Error> {
    match change.op {
        Op::Remove => Err(Error::mutability("A password cannot be removed.")),
        Op::Add | Op::Replace => Password::read(required(change.value)?),
    }
}

/// `groups` is read-only in RFC 7643; here a PATCH may add and remove, because clients rely on it.
fn change_groups(path: &Path, change: Change, groups: &mut Ledger) -> Result<(), Error> {
    if path.attribute.part.is_some() {
        return Err(Error::mutability(
            "Use the path groups, or groups[value eq \"…\"].",
        ));
    }
    match (change.op, &path.filter, change.value) {
        (Op::Add, None, value) => groups.grant(required(value)?, "groups"),
        (Op::Remove, Some(filter), _) => groups.revoke_ids(ids_of(filter, "groups")?, "groups"),
        (Op::Remove, None, Some(value)) if !value.is_null() => groups.revoke(value, "groups"),
        _ => Err(Error::mutability(
            "Groups can be added and removed, each named by its id.",
        )),
    }
}

fn read_change(path: Path, change: Change, steps: &mut Vec<Step>) -> Result<(), Error> {
    let Change {
        index, op, value, ..
    } = change;
    let read_only = |attribute: &Attribute| attribute.mutability == Mutability::ReadOnly;
    if read_only(path.attribute.attribute) || read_only(path.attribute.leaf()) {
        return Err(Error::mutability("This attribute is read-only."));
    }
    if path.filter.is_some() && !path.attribute.attribute.multi_valued {
        return Err(Error::invalid_path(
            "Use a filter only after an attribute that is a list.",
        ));
    }
    match op {
        Op::Remove => {
            let selects = path.filter.is_some() || path.attribute.part.is_some();
            let value = value.filter(|value| !value.is_null());
            match value {
                Some(value) if path.attribute.attribute.multi_valued && !selects => {
                    steps.push(take_away(index, path, value)?);
                }
                _ => steps.push(unassign(index, path)?),
            }
            Ok(())
        }
        Op::Add | Op::Replace => assign(index, op, path, required(value)?, steps),
    }
}

/// `remove` with a list of values, as one client removes them.
fn take_away(index: usize, path: Path, value: Value) -> Result<Step, Error> {
    let items = values::list(path.attribute.attribute, value, &mut Warnings::default())?;
    Ok(Step::take_away(index, path, items))
}

fn unassign(index: usize, path: Path) -> Result<Step, Error> {
    let attribute = path.attribute.leaf();
    if path.attribute.part.is_none() && attribute.required {
        return Err(Error::mutability(format!(
            "{} is required and cannot be removed.",
            attribute.name
        )));
    }
    if attribute.name == "active" {
        return Err(Error::invalid_value(
            "Send active as true or false; it cannot be removed.",
        ));
    }
    Ok(Step::clear(index, path))
}

fn assign(
    index: usize,
    op: Op,
    path: Path,
    value: Value,
    steps: &mut Vec<Step>,
) -> Result<(), Error> {
    let attribute = path.attribute.leaf();
    let value = match value {
        Value::Array(mut items) if items.len() == 1 && attribute.is_single_complex() => {
            items.remove(0)
        }
        value => value,
    };
    match value {
        Value::Object(object) if attribute.is_single_complex() => {
            // `value` first: setting it takes away the `$ref` of the old one.
            let mut parts: Vec<_> = object.into_iter().collect();
            parts.sort_by_key(|(name, _)| !name.eq_ignore_ascii_case("value"));
            for (name, value) in parts {
                assign_part(index, op, &path, &name, value, steps)?;
            }
            Ok(())
        }
        value => {
            steps.push(step(index, op, path, value)?);
            Ok(())
        }
    }
}

/// One part of a complex value; each can also be unassigned, which is why they are taken apart.
/// There are three levels at most, so this ends. A whole extension may come with the `schemas` it was written with.
fn assign_part(
    index: usize,
    op: Op,
    path: &Path,
    name: &str,
    value: Value,
    steps: &mut Vec<Step>,
) -> Result<(), Error> {
    if name.eq_ignore_ascii_case("schemas") {
        return Ok(());
    }
    let known = name
        .split('.')
        .try_fold(path.attribute, AttributePath::with_part);
    let Some(attribute) = known else {
        return Err(Error::invalid_path(
            "Name only attributes that /Schemas declares.",
        ));
    };
    if attribute.leaf().mutability == Mutability::ReadOnly {
        return Ok(());
    }
    assign(
        index,
        op,
        Path {
            attribute,
            filter: None,
        },
        value,
        steps,
    )
}

fn step(index: usize, op: Op, path: Path, value: Value) -> Result<Step, Error> {
    let attribute = path.attribute.leaf();
    let is_whole_list = attribute.multi_valued && path.filter.is_none();
    let is_empty_list = is_whole_list && value == Value::Array(Vec::new());
    if value.is_null() || value == "" || is_empty_list {
        return match op {
            Op::Add if attribute.name != "active" => Ok(Step::nothing(index, path)),
            _ => unassign(index, path),
        };
    }
    let mut warnings = Warnings::default();
    if is_whole_list {
        let items = values::list(attribute, value, &mut warnings)?;
        return Ok(match op {
            Op::Add => Step::append(index, path, items),
            _ => Step::set(index, path, Value::Array(items)),
        });
    }
    let one = Attribute {
        multi_valued: false,
        ..*attribute
    };
    let Some(value) = values::read(&one, value, &mut warnings)? else {
        return Ok(Step::nothing(index, path));
    };
    let value = check(attribute.name, value)?;
    Ok(match op {
        Op::Add => Step::set_or_make(index, path, value),
        _ => Step::set(index, path, value),
    })
}

/// The limits that hold for two attributes beyond their type.
fn check(name: &str, value: Value) -> Result<Value, Error> {
    match (name, value) {
        ("userName", Value::String(text)) => check_user_name(text).map(Value::String),
        ("externalId", Value::String(text)) => check_external_id(text).map(Value::String),
        (_, value) => Ok(value),
    }
}
