//! A filter as text again; reading that text gives the same filter.

use super::{Filter, Value, instant};
use crate::schema::AttributePath;
use std::fmt::{Display, Formatter, Result};

impl Display for Filter {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        write(self, AttributePath::to_string, out)
    }
}

/// How a path is named: as a whole, or inside of an item by its part alone.
type Name = fn(&AttributePath) -> String;

fn part(path: &AttributePath) -> String {
    path.leaf().name.to_owned()
}

fn write(filter: &Filter, name: Name, out: &mut Formatter<'_>) -> Result {
    match filter {
        Filter::And(filters) => joined(filters, " and ", name, out),
        Filter::Or(filters) => joined(filters, " or ", name, out),
        Filter::Not(inner) => {
            out.write_str("not (")?;
            write(inner, name, out)?;
            out.write_str(")")
        }
        Filter::Compare {
            path,
            operator,
            value,
        } => {
            write!(out, "{} {} {value}", name(path), operator.as_str())
        }
        Filter::Present(path) => write!(out, "{} pr", name(path)),
        Filter::Item { path, filter } => {
            write!(out, "{path}[")?;
            write(filter, part, out)?;
            out.write_str("]")
        }
    }
}

fn joined(filters: &[Filter], word: &str, name: Name, out: &mut Formatter<'_>) -> Result {
    for (index, filter) in filters.iter().enumerate() {
        if index > 0 {
            out.write_str(word)?;
        }
        if matches!(filter, Filter::Or(_) | Filter::And(_)) {
            out.write_str("(")?;
            write(filter, name, out)?;
            out.write_str(")")?;
        } else {
            write(filter, name, out)?;
        }
    }
    Ok(())
}

impl Display for Value {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Self::Text(text) => serde_json::Value::from(text.as_str()).fmt(out),
            Self::Bool(value) => value.fmt(out),
            Self::Instant(millis) => write!(out, "\"{}\"", instant::write(*millis)),
            Self::Null => out.write_str("null"),
        }
    }
}
