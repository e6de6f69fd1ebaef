//! A query as a client sends it: parameters of a GET or the body of a `.search` (RFC 7644 §3.4.2,
//! §3.4.3, RFC 9865 §2).

use crate::error::Error;
use crate::filter::Filter;
use crate::json;
use crate::list::Page;
use crate::projection::Projection;
use crate::schema::{AttributePath, Scope};
use serde_json::Value;

/// Everything a query can say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Which resources.
    pub filter: Option<Filter>,
    /// Which page of them.
    pub page: Page,
    /// After which cursor instead of from which index; empty for the first page (RFC 9865 §2).
    pub cursor: Option<String>,
    /// In which order; the server's own where the client names none.
    pub sort: Option<Sort>,
    /// How much of each.
    pub projection: Projection,
}

/// The order a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// What is compared; of a complex attribute its `value`.
    pub by: AttributePath,
    /// Which way.
    pub order: Order,
}

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl Query {
    /// Reads decoded query parameters. Their names count in any case, unknown ones are ignored, and
    /// an empty value says nothing, except that an empty cursor asks for the first page.
    pub fn read<K: AsRef<str>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
        names: impl Into<Scope>,
    ) -> Result<Self, Error> {
        let mut given = Parameters::default();
        for (name, value) in pairs {
            let Some(slot) = given.slot(name.as_ref()) else {
                continue;
            };
            let value = value.into();
            if value.trim().is_empty() && !name.as_ref().eq_ignore_ascii_case("cursor") {
                continue;
            }
            if slot.replace(value).is_some() {
                return Err(Error::invalid_value("Send each query parameter once."));
            }
        }
        let page = Page::read(given.start_index.as_deref(), given.count.as_deref());
        let by_index = given.start_index.is_some();
        given.into_query(page, by_index, names.into())
    }

    /// Reads the body of a `POST …/.search`. A body without `schemas` is taken.
    pub fn read_search(body: &[u8], names: impl Into<Scope>) -> Result<Self, Error> {
        let mut given = Parameters::default();
        let (mut start_index, mut count) = (None, None);
        for (name, value) in json::read_long(body)? {
            match name.to_ascii_lowercase().as_str() {
                "startindex" => start_index = number("startIndex", &value)?,
                "count" => count = number("count", &value)?,
                "cursor" => given.cursor = value.as_str().map(str::to_owned),
                _ => {
                    if let Some(slot) = given.slot(&name) {
                        *slot = text(&value)?;
                    }
                }
            }
        }
        let page = Page::new(start_index, count);
        given.into_query(Ok(page), start_index.is_some(), names.into())
    }
}

#[derive(Default)]
struct Parameters {
    filter: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    attributes: Option<String>,
    excluded: Option<String>,
}

impl Parameters {
    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name.to_ascii_lowercase().as_str() {
            "filter" => Some(&mut self.filter),
            "startindex" => Some(&mut self.start_index),
            "count" => Some(&mut self.count),
            "cursor" => Some(&mut self.cursor),
            "sortby" => Some(&mut self.sort_by),
            "sortorder" => Some(&mut self.sort_order),
            "attributes" => Some(&mut self.attributes),
            "excludedattributes" => Some(&mut self.excluded),
            _ => None,
        }
    }

    fn into_query(
        self,
        page: Result<Page, Error>,
        by_index: bool,
        names: Scope,
    ) -> Result<Query, Error> {
        if self.cursor.is_some() && by_index {
            return Err(Error::invalid_value(
                "Send either cursor or startIndex, not both.",
            ));
        }
        let page = match page {
            Err(error) if self.cursor.is_some() => Err(Error::invalid_count(error.detail)),
            page => page,
        }?;
        let order = order(self.sort_order.as_deref())?;
        let by = self.sort_by.map(|name| sort_by(&name, names)).transpose()?;
        let filter = self
            .filter
            .map(|text| Filter::parse(&text, names))
            .transpose()?;
        Ok(Query {
            filter,
            page,
            cursor: self.cursor,
            sort: by.map(|by| Sort { by, order }),
            projection: Projection::read(
                self.attributes.as_deref(),
                self.excluded.as_deref(),
                names,
            )?,
        })
    }
}

fn sort_by(name: &str, names: Scope) -> Result<AttributePath, Error> {
    names
        .resolve(name)
        .filter(|path| !path.is_extension())
        .map(AttributePath::or_value)
        .ok_or_else(|| Error::invalid_value("Sort by an attribute that /Schemas declares."))
}

fn order(text: Option<&str>) -> Result<Order, Error> {
    match text {
        None => Ok(Order::Ascending),
        Some(text) if text.eq_ignore_ascii_case("ascending") => Ok(Order::Ascending),
        Some(text) if text.eq_ignore_ascii_case("descending") => Ok(Order::Descending),
        Some(_) => Err(Error::invalid_value(
            "Send sortOrder as ascending or descending.",
        )),
    }
}

/// A whole number that was written with a fraction of nothing: `16.0` is an integer to JSON Schema.
fn whole(value: &Value) -> Option<i64> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    let text = format!("{number:.0}");
    // Refused: B-23.
    (text != "-0").then(|| text.parse().ok())?
}

fn number(name: &str, value: &Value) -> Result<Option<i64>, Error> {
    match value {
        Value::Null => Ok(None),
        value => value
            .as_i64()
            .or_else(|| whole(value))
            .map(Some)
            .ok_or_else(|| {
                Error::invalid_value(format!("Send {name} as a whole number of 64 bits."))
            }),
    }
}

/// A text; a list of names becomes the list that a query parameter would hold.
fn text(value: &Value) -> Result<Option<String>, Error> {
    let refused =
        || Error::invalid_value("Send the parameters of a search as texts or lists of texts.");
    let joined = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let names: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
            names.ok_or_else(refused)?.join(",")
        }
        _ => return Err(refused()),
    };
    Ok((!joined.trim().is_empty()).then_some(joined))
}
