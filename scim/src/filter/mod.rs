//! Filters: read into a typed tree, printed, and evaluated against a resource (RFC 7644 §3.4.2.2).

pub(crate) mod instant;
mod lexer;
mod matching;
mod parser;
mod print;

pub(crate) use parser::path;

use crate::error::Error;
use crate::schema::{AttributePath, Scope};

/// How many bytes a filter may have.
pub const MAX_LENGTH: usize = 8 * 1024;
/// How deep parentheses and brackets may be nested.
pub const MAX_DEPTH: usize = 32;
/// How many comparisons a filter may have.
pub const MAX_TERMS: usize = 64;

/// A filter whose names are resolved and whose values have the type of their attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All of them; never fewer than two, none of them an `And`.
    And(Vec<Filter>),
    /// One of them; never fewer than two, none of them an `Or`.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// A comparison. The path ends at a simple attribute.
    Compare {
        /// What is compared.
        path: AttributePath,
        /// How.
        operator: Operator,
        /// With what.
        value: Value,
    },
    /// The attribute has a value. The path may end at a complex attribute.
    Present(AttributePath),
    /// One and the same item of a complex attribute fulfils the filter. The paths inside are whole
    /// (`emails.type`), not relative.
    Item {
        /// The complex attribute.
        path: AttributePath,
        /// What the item fulfils.
        filter: Box<Filter>,
    },
}

/// How an attribute and a value are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal. True as well where there is no value.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

/// What an attribute is compared with, in the type of the attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, as it was sent; fold it where the attribute is not `case_exact`.
    Text(String),
    /// True or false.
    Bool(bool),
    /// Milliseconds since 1970.
    Instant(i64),
    /// No value; only with `eq` and `ne`.
    Null,
}

impl Filter {
    /// Reads a filter over one kind of resource, or over all of them. A refusal names the column, counted in characters
    /// from 1, and repeats nothing of the filter.
    pub fn parse(text: &str, names: impl Into<Scope>) -> Result<Self, Error> {
        parser::filter(text, names.into())
            .map_err(|fault| Error::invalid_filter(fault.sentence("filter")))
    }

    /// How many comparisons it holds.
    pub(crate) fn terms(&self) -> usize {
        match self {
            Self::And(filters) | Self::Or(filters) => filters.iter().map(Self::terms).sum(),
            Self::Not(inner) | Self::Item { filter: inner, .. } => inner.terms(),
            Self::Compare { .. } | Self::Present(_) => 1,
        }
    }

    /// All of these.
    #[must_use]
    pub fn all(filters: Vec<Self>) -> Self {
        let flat = filters.into_iter().flat_map(|filter| match filter {
            Self::And(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::And)
    }

    /// One of these.
    #[must_use]
    pub fn any(filters: Vec<Self>) -> Self {
        let flat = filters.into_iter().flat_map(|filter| match filter {
            Self::Or(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Or)
    }
}

fn one_or(mut filters: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.pop() {
        Some(only) if filters.is_empty() => only,
        Some(last) => {
            filters.push(last);
            many(filters)
        }
        None => many(filters),
    }
}

impl Operator {
    const ALL: [Self; 9] = [
        Self::Eq,
        Self::Ne,
        Self::Co,
        Self::Sw,
        Self::Ew,
        Self::Gt,
        Self::Ge,
        Self::Lt,
        Self::Le,
    ];

    /// The word in a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    fn read(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|operator| operator.as_str().eq_ignore_ascii_case(word))
    }
}
