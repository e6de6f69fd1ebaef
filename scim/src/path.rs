//! The path of a PATCH operation: an attribute, perhaps with a filter over its items
//! (RFC 7644 §3.5.2, figure 7).

use crate::error::Error;
use crate::filter::{self, Filter};
use crate::schema::{AttributePath, Resource};

/// Where a PATCH operation applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The attribute or its part; in `emails[type eq "work"].value` this is `emails.value`.
    pub attribute: AttributePath,
    /// Which items of the attribute, where the path says so.
    pub filter: Option<Filter>,
}

impl Path {
    /// Reads a path. A bad filter between brackets is `invalidFilter`, all else `invalidPath`.
    pub fn parse(text: &str, resource: Resource) -> Result<Self, Error> {
        filter::path(text, resource).map_err(|fault| {
            let sentence = fault.sentence("path");
            if fault.is_about_a_filter() {
                Error::invalid_filter(sentence)
            } else {
                Error::invalid_path(sentence)
            }
        })
    }
}
