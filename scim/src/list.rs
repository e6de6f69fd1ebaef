//! Lists: which part of one is asked for, and how it is answered (RFC 7644 §3.4.2, §3.4.2.4; RFC 9865).

use crate::error::Error;
use crate::urn;
use serde_json::{Value, json};

/// How many entries one page has at most, and where the client names no number.
pub const MAX_COUNT: i64 = 1_000;

/// How many seconds a cursor is good for.
pub const CURSOR_TIMEOUT: i64 = 3_600;

/// One page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The position of the first entry, from 1.
    pub start_index: i64,
    /// How many entries at most; 0 asks only how many there are.
    pub count: i64,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            start_index: 1,
            count: MAX_COUNT,
        }
    }
}

impl Page {
    /// Reads `startIndex` and `count` of a query. Positions below 1 mean 1, counts below 0 mean 0.
    pub fn read(start_index: Option<&str>, count: Option<&str>) -> Result<Self, Error> {
        let start_index = start_index
            .map(|text| number("startIndex", text))
            .transpose()?;
        let count = count.map(|text| number("count", text)).transpose()?;
        Ok(Self::new(start_index, count))
    }

    /// The page that these two numbers mean.
    pub fn new(start_index: Option<i64>, count: Option<i64>) -> Self {
        Self {
            start_index: start_index.unwrap_or(1).max(1),
            count: count.unwrap_or(MAX_COUNT).clamp(0, MAX_COUNT),
        }
    }

    /// How many entries come before the page.
    pub fn offset(&self) -> i64 {
        self.start_index - 1
    }
}

/// Whole numbers, `1e9` among them; those beyond 64 bits count as the largest, because they mean the
/// same here.
fn number(name: &str, text: &str) -> Result<i64, Error> {
    let text = text.trim();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let whole = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !whole(digits) || !whole(exponent) {
        return Err(Error::invalid_value(format!(
            "Send {name} as a whole number."
        )));
    }
    let beyond = if text.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    };
    let power = exponent
        .parse()
        .ok()
        .and_then(|exponent| 10_i64.checked_pow(exponent));
    let number = mantissa.parse::<i64>().ok().zip(power);
    Ok(number
        .and_then(|(mantissa, power)| mantissa.checked_mul(power))
        .unwrap_or(beyond))
}

/// The answer to a query: one page of resources, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListResponse {
    /// How many resources there are on all pages together.
    pub total_results: i64,
    /// Where the page lies in the list.
    pub place: Place,
    /// The resources of this page.
    pub resources: Vec<Value>,
}

/// Where a page lies in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The position of the first resource of this page, as it was asked for.
    Index(i64),
    /// The cursor of the next page; none on the last one.
    Next(Option<String>),
}

impl ListResponse {
    /// A page of resources.
    pub fn new(total_results: i64, start_index: i64, resources: Vec<Value>) -> Self {
        Self {
            total_results,
            place: Place::Index(start_index),
            resources,
        }
    }

    /// The body of the answer. `Resources` is always there, because clients look for it.
    pub fn to_json(self) -> Value {
        let mut body = json!({
            "schemas": [urn::LIST_RESPONSE],
            "totalResults": self.total_results,
            "itemsPerPage": self.resources.len(),
            "Resources": self.resources,
        });
        match self.place {
            Place::Index(start_index) => body["startIndex"] = json!(start_index),
            Place::Next(Some(cursor)) => body["nextCursor"] = json!(cursor),
            Place::Next(None) => {}
        }
        body
    }
}
