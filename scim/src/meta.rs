//! Versions, instants and preconditions (RFC 7643 §3.1, RFC 7644 §3.14).

use crate::error::Error;

pub use crate::filter::instant::{read as read_instant, write as instant};

/// The entity tag of a version, `W/"3"`: weak, because the same version can be written in several
/// ways, for example with and without its members.
pub fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// The entity tags of an `If-Match` or `If-None-Match` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tags {
    /// `*`: any version at all.
    Any,
    /// These, without the `W/` and the quotes.
    These(Vec<String>),
}

impl Tags {
    /// Reads the header (RFC 9110 §8.8.3, §13.1).
    pub fn read(header: &str) -> Result<Self, Error> {
        let header = header.trim();
        if header == "*" {
            return Ok(Self::Any);
        }
        tags(header).map(Self::These).ok_or_else(|| {
            Error::invalid_vers(
                "Send versions as they stand in meta.version, separated by commas, or *.",
            )
        })
    }

    /// Whether one of them is this version. Weak and strong tags are the same here, as SCIM's own
    /// examples use weak ones in `If-Match`.
    pub fn matches(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|tag| *tag == version.to_string()),
        }
    }
}

fn tags(mut rest: &str) -> Option<Vec<String>> {
    let mut tags = Vec::new();
    loop {
        let quoted = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let (tag, after) = quoted.split_once('"')?;
        if !tag
            .chars()
            .all(|c| c == '!' || ('#'..='~').contains(&c) || c >= '\u{80}')
        {
            return None;
        }
        tags.push(tag.to_owned());
        let after = after.trim_start();
        if after.is_empty() {
            return Some(tags);
        }
        rest = after.strip_prefix(',')?.trim_start();
    }
}
