//! Reading a body strictly: what two readers could understand differently is refused.

use crate::error::Error;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// How deep arrays and objects may be nested.
pub const MAX_DEPTH: usize = 32;
/// How many bytes one string may have.
pub const MAX_STRING: usize = 64 * 1024;

/// Reads a body that must be one JSON object (RFC 8259, UTF-8, no byte order mark).
///
/// Members whose names differ only by case are duplicates, because SCIM's attribute names are
/// compared without it (RFC 7643 §2.1).
pub fn read(body: &[u8]) -> Result<Map<String, Value>, Error> {
    read_with(body, MAX_STRING)
}

/// As [`read`], with texts of any length: for a body whose texts have limits of their own.
pub(crate) fn read_long(body: &[u8]) -> Result<Map<String, Value>, Error> {
    read_with(body, usize::MAX)
}

fn read_with(body: &[u8], max_string: usize) -> Result<Map<String, Value>, Error> {
    let refusal = Cell::new(None);
    let reader = Reader {
        refusal: &refusal,
        depth: 0,
        max_string,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = reader
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| refused(&error, refusal.take()))?;
    match value {
        Value::Object(map) => Ok(map),
        _ => Err(Error::invalid_syntax("Send a JSON object as the body.")),
    }
}

#[derive(Clone, Copy)]
enum Refusal {
    Depth,
    Duplicate,
    LongString,
    Nul,
}

fn refused(error: &serde_json::Error, refusal: Option<Refusal>) -> Error {
    match refusal {
        Some(Refusal::Depth) => Error::invalid_syntax(format!(
            "Nest arrays and objects in the body at most {MAX_DEPTH} deep."
        )),
        Some(Refusal::Duplicate) => Error::invalid_syntax(format!(
            "Send each member of an object once; names that differ only by case are the same (line {}, column {}).",
            error.line(),
            error.column()
        )),
        Some(Refusal::LongString) => {
            Error::invalid_value(format!("Send texts of at most {MAX_STRING} bytes."))
        }
        Some(Refusal::Nul) => Error::invalid_value("Send texts without the character U+0000."),
        // serde_json has no category of its own for this case.
        None if error.to_string().starts_with("number out of range") => {
            Error::invalid_value("Send numbers that a 64-bit number can hold.")
        }
        None => Error::invalid_syntax(format!(
            "Send the body as JSON in UTF-8; it cannot be read at line {}, column {}.",
            error.line(),
            error.column()
        )),
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    refusal: &'a Cell<Option<Refusal>>,
    depth: usize,
    max_string: usize,
}

impl Reader<'_> {
    fn refuse<E: serde::de::Error>(self, refusal: Refusal) -> E {
        self.refusal.set(Some(refusal));
        E::custom("refused")
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(Refusal::Depth));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn text<E: serde::de::Error>(self, text: String) -> Result<String, E> {
        if text.len() > self.max_string {
            return Err(self.refuse(Refusal::LongString));
        }
        if text.contains('\0') {
            return Err(self.refuse(Refusal::Nul));
        }
        Ok(text)
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.text(value).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        let mut names = Names::default();
        while let Some(name) = access.next_key::<String>()? {
            let name = self.text(name)?;
            if !names.is_new(&map, &name) {
                return Err(self.refuse(Refusal::Duplicate));
            }
            let value = access.next_value_seed(inner)?;
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

/// The names of an object seen so far. Small objects, which most are, need no set of their own.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    fn is_new(&mut self, map: &Map<String, Value>, name: &str) -> bool {
        if map.len() < 16 {
            return !map.keys().any(|known| same(known, name));
        }
        if self.0.is_empty() {
            self.0 = map.keys().map(|known| known.to_lowercase()).collect();
        }
        self.0.insert(name.to_lowercase())
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || (!one.is_ascii() && !other.is_ascii() && one.to_lowercase() == other.to_lowercase())
}
