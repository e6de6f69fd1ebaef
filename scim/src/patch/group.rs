//! A PATCH of a group.

use super::operation::{self, Change, Op, required};
use crate::error::Error;
use crate::filter::{Filter, Operator, Value as FilterValue};
use crate::group::{MAX_MEMBERS, check_display_name, ids};
use crate::path::Path;
use crate::schema::{Mutability, Resource};
use crate::user::check_external_id;
use crate::values::{self, Warnings, is_nothing};
use serde_json::Value;
use std::collections::HashMap;

/// What changes about a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupPatch {
    /// The new name.
    pub display_name: Option<String>,
    /// The new `externalId`; `Some(None)` takes it away.
    pub external_id: Option<Option<String>>,
    /// What happens to the members.
    pub members: Members,
}

/// What happens to the members of a group. Every id occurs once, in the order in which the body
/// names them first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Members {
    /// Some come and some go.
    Revise {
        /// The ids of those who come.
        granted: Vec<String>,
        /// The ids of those who go.
        revoked: Vec<String>,
    },
    /// These, and nobody else.
    Replace(Vec<String>),
}

impl Default for Members {
    fn default() -> Self {
        Self::Revise {
            granted: Vec::new(),
            revoked: Vec::new(),
        }
    }
}

impl Members {
    /// Whether the patch says nothing about members.
    pub fn is_unchanged(&self) -> bool {
        *self == Self::default()
    }
}

impl GroupPatch {
    /// Reads a PATCH body.
    pub fn read(body: &[u8]) -> Result<Self, Error> {
        let mut patch = Self::default();
        let mut ledger = Ledger::default();
        for change in operation::read(body)? {
            let index = change.index;
            patch
                .take(change, &mut ledger)
                .map_err(|error| error.in_operation(index))?;
        }
        patch.members = ledger.into_members();
        Ok(patch)
    }

    fn take(&mut self, change: Change, ledger: &mut Ledger) -> Result<(), Error> {
        let path = Path::parse(&change.path, Resource::Group)?;
        if path.attribute.attribute.mutability == Mutability::ReadOnly {
            return Err(Error::mutability("This attribute is read-only."));
        }
        match path.attribute.attribute.name {
            "members" => ledger.take(&path, change),
            "displayName" => {
                let name = text(&path, change)?.ok_or_else(|| {
                    Error::mutability("displayName is required and cannot be removed.")
                })?;
                self.display_name = Some(check_display_name(name)?);
                Ok(())
            }
            _ => {
                let id = text(&path, change)?;
                self.external_id = Some(id.map(check_external_id).transpose()?);
                Ok(())
            }
        }
    }
}

/// The new value of a simple attribute; `None` takes it away.
fn text(path: &Path, change: Change) -> Result<Option<String>, Error> {
    if change.op == Op::Remove {
        return Ok(None);
    }
    let value = required(change.value)?;
    let value = values::read(path.attribute.leaf(), value, &mut Warnings::default())?;
    Ok(value.and_then(|value| value.as_str().map(str::to_owned)))
}

/// References that come and go; the last word about each counts.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    is_replaced: bool,
    named: usize,
    last: HashMap<String, (usize, Word)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Granted,
    Revoked,
}

impl Ledger {
    fn take(&mut self, path: &Path, change: Change) -> Result<(), Error> {
        if let Some(filter) = &path.filter {
            return self.take_filtered(path, filter, change.op);
        }
        if path.attribute.part.is_some() {
            return Err(Error::invalid_path(
                "Use the path members, or members[value eq \"…\"].",
            ));
        }
        match (change.op, change.value) {
            (Op::Add, value) => self.grant(required(value)?, "members"),
            (Op::Replace, value) => {
                let value = required(value)?;
                self.replace();
                self.grant(value, "members")
            }
            (Op::Remove, None | Some(Value::Null)) => {
                self.replace();
                Ok(())
            }
            (Op::Remove, Some(value)) => self.revoke(value, "members"),
        }
    }

    fn take_filtered(&mut self, path: &Path, filter: &Filter, op: Op) -> Result<(), Error> {
        if op != Op::Remove || path.attribute.part.is_some() {
            return Err(Error::mutability(
                "Members cannot be changed, only added and removed.",
            ));
        }
        self.revoke_ids(ids_of(filter, "members")?, "members")
    }

    fn replace(&mut self) {
        self.is_replaced = true;
        self.last.clear();
    }

    pub(super) fn grant(&mut self, value: Value, name: &str) -> Result<(), Error> {
        self.note(ids(name, value, MAX_MEMBERS)?, Word::Granted, name)
    }

    /// An empty text names nobody, and so does an empty list: neither empties the group.
    pub(super) fn revoke(&mut self, value: Value, name: &str) -> Result<(), Error> {
        if is_nothing(&value) {
            return Ok(());
        }
        self.revoke_ids(ids(name, value, MAX_MEMBERS)?, name)
    }

    pub(super) fn revoke_ids(&mut self, ids: Vec<String>, name: &str) -> Result<(), Error> {
        self.note(ids, Word::Revoked, name)
    }

    fn note(&mut self, ids: Vec<String>, word: Word, name: &str) -> Result<(), Error> {
        for id in ids {
            self.named += 1;
            if self.named > MAX_MEMBERS {
                return Err(Error::too_large(format!(
                    "Name at most {MAX_MEMBERS} {name} in one request."
                )));
            }
            self.last.entry(id).or_insert((self.named, word)).1 = word;
        }
        Ok(())
    }

    fn into_members(self) -> Members {
        let is_replaced = self.is_replaced;
        let (granted, revoked) = self.into_lists();
        if is_replaced {
            Members::Replace(granted)
        } else {
            Members::Revise { granted, revoked }
        }
    }

    /// Those who come and those who go.
    pub(super) fn into_lists(self) -> (Vec<String>, Vec<String>) {
        let mut named: Vec<_> = self.last.into_iter().collect();
        named.sort_by_key(|(_, (position, _))| *position);
        let of = |wanted: Word| {
            let chosen = named.iter().filter(|(_, (_, word))| *word == wanted);
            chosen.map(|(id, _)| id.clone()).collect()
        };
        (of(Word::Granted), of(Word::Revoked))
    }
}

/// The ids that a filter names: `value eq "…"`, or several of these joined by `or`.
pub(super) fn ids_of(filter: &Filter, name: &str) -> Result<Vec<String>, Error> {
    let terms = match filter {
        Filter::Or(terms) => terms.as_slice(),
        single => std::slice::from_ref(single),
    };
    let ids: Option<Vec<_>> = terms.iter().map(id_of).collect();
    ids.ok_or_else(|| {
        Error::invalid_filter(format!(
            "Select {name} by their id: {name}[value eq \"…\"], joined by or for several."
        ))
    })
}

fn id_of(term: &Filter) -> Option<String> {
    match term {
        Filter::Compare {
            path,
            operator: Operator::Eq,
            value: FilterValue::Text(id),
        } if path.leaf().name == "value" => Some(id.clone()),
        _ => None,
    }
}
