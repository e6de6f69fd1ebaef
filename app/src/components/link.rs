//! Addresses inside the console: where a link may lead, and the query that is the only state of a list.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::params::ParamsMap;

/// An address inside the console. Text from outside can never make a link lead elsewhere or run a script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Href(String);

impl Href {
    /// Takes a path (`/users/1`), a query (`?state=active`) or a place on the page (`#log`); all else becomes `#`.
    pub fn internal(address: impl Into<String>) -> Self {
        let address = address.into();
        // A second slash or a backslash would make the browser read a host name.
        let is_path = address.starts_with('/') && !address[1..].starts_with(['/', '\\']);
        let is_safe =
            (is_path || address.starts_with(['?', '#'])) && !address.chars().any(char::is_control);
        Self(if is_safe { address } else { "#".to_owned() })
    }

    /// The address, for an `href`.
    pub fn as_text(&self) -> String {
        self.0.clone()
    }
}

impl From<&str> for Href {
    fn from(address: &str) -> Self {
        Self::internal(address)
    }
}

impl From<String> for Href {
    fn from(address: String) -> Self {
        Self::internal(address)
    }
}

/// The address of the page as its path and what its query says. A changed filter or order starts at the first page.
#[derive(Debug, Clone, Default)]
pub struct Query {
    path: String,
    values: ParamsMap,
}

/// The keys that say which part of a list is shown.
const PLACE: [&str; 3] = ["after", "before", "page"];

impl Query {
    /// The page that is being shown.
    pub fn current() -> Self {
        let path = use_location().pathname.get_untracked();
        Self {
            path,
            values: use_query_map().get_untracked(),
        }
    }

    /// A page by its path, with an empty query.
    pub fn of(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            values: ParamsMap::new(),
        }
    }

    /// The value of a key; an empty one counts as none.
    pub fn value(&self, key: &str) -> Option<String> {
        self.values
            .get(key)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// This page with one value changed, from its start.
    pub fn with(&self, key: &'static str, value: impl Into<String>) -> Href {
        let mut changed = self.at_its_start();
        changed.values.replace(key, value.into());
        changed.href()
    }

    /// This page with one value more; an empty one is left out.
    #[must_use]
    pub fn and(mut self, key: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.values.replace(key, value);
        }
        self
    }

    /// This page without one value, from its start.
    pub fn without(&self, key: &str) -> Href {
        let mut changed = self.at_its_start();
        changed.values.remove(key);
        changed.href()
    }

    /// Another part of the same list: `key` is one of `after`, `before`, `page`.
    pub fn place(&self, key: &'static str, value: impl Into<String>) -> Href {
        debug_assert!(PLACE.contains(&key), "{key} does not say a place in a list");
        self.with(key, value)
    }

    /// This page without any query.
    pub fn plain(&self) -> Href {
        Href::internal(self.path.clone())
    }

    /// Its query alone: empty, or beginning with `?`.
    pub fn query_string(&self) -> String {
        self.values.to_query_string()
    }

    /// The whole address.
    pub fn href(&self) -> Href {
        Href::internal(format!("{}{}", self.path, self.values.to_query_string()))
    }

    fn at_its_start(&self) -> Self {
        let mut changed = self.clone();
        for key in PLACE {
            changed.values.remove(key);
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_never_leaves_the_console() {
        for address in [
            "javascript:alert(1)",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "",
            "users",
            "/a\nb",
        ] {
            assert_eq!(Href::internal(address).as_text(), "#", "{address}");
        }
        for address in ["/", "/users/1?tab=teams#log", "?state=active", "#log"] {
            assert_eq!(Href::internal(address).as_text(), address);
        }
    }

    #[test]
    fn a_changed_filter_keeps_the_others_and_starts_at_the_first_page() {
        let mut here = Query::of("/users");
        here.values.insert("state", "active".to_owned());
        here.values.insert("after", "x".to_owned());
        assert_eq!(
            here.with("q", "a&b").as_text(),
            "/users?state=active&q=a%26b"
        );
        assert_eq!(here.without("state").as_text(), "/users");
        assert_eq!(
            here.place("after", "y").as_text(),
            "/users?state=active&after=y"
        );
        assert_eq!(here.plain().as_text(), "/users");
    }
}
