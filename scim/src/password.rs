//! A person's password, for the connections that take one (RFC 7643 §4.1.1): read, never written anywhere.

use crate::error::Error;
use crate::urn;
use serde_json::Value;
use std::fmt;

/// Whether a connection takes passwords (PWD-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passwords {
    /// They are read, and `/Schemas` declares them.
    Taken,
    /// They are ignored with a remark, and a PATCH that names one is refused (behaviour.md 6 #90).
    Ignored,
}

/// A password as a client sent it. It cannot be shown by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password itself, for the one who hashes it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Reads a value; nothing is no password.
    pub(crate) fn read(value: Value) -> Result<Option<Self>, Error> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            Value::String(text) => Ok(Some(Self(text))),
            _ => Err(Error::invalid_value("Send password as a text.")),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Whether a name or a path means the password: by its name in any case, also below the URN of a person.
pub(crate) fn is_meant(name: &str) -> bool {
    let name = name.trim();
    let own = match name.rsplit_once(':') {
        Some((urn, own)) if urn::is(urn, urn::USER) => own,
        _ => name,
    };
    own.eq_ignore_ascii_case("password")
}
