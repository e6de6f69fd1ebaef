//! A list as somebody wants to see it again: its filter and its order under a name of their own.

use super::text::words;

words!(
    /// A list that views are saved of.
    ListShown {
        /// People.
        Users = "users",
        /// Teams.
        Teams = "teams",
        /// What happened.
        Events = "events",
    }
);

/// How many views somebody may save of one list.
pub const MOST: i64 = 20;
/// How long the name of one may be, in characters.
pub const LONGEST_NAME: usize = 60;
/// How long its query may be, in bytes.
pub const LONGEST_QUERY: usize = 1_000;

/// A view somebody saved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct SavedView {
    /// Its id.
    pub id: String,
    /// What they call it.
    pub name: String,
    /// What the list is narrowed and sorted by: a query string that begins with `?`.
    pub query: String,
}
