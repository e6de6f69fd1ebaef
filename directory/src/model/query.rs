//! How a list is filtered, sorted and paged, and a condition that any list understands.

use super::id::NodeId;

/// What a console list was asked for: the query string of its page.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ListQuery {
    /// Free text: a part of a name or an address, or a whole id.
    pub q: String,
    /// A state to show alone, or empty for all.
    pub state: String,
    /// A node to show alone, with what lies below it.
    pub node: Option<NodeId>,
    /// The column to sort by; `-` before it turns the order round; empty for the list's own.
    pub sort: String,
    /// The page, from 1.
    pub page: i64,
    /// How many rows, 1 to 250; 0 for the list's own (50).
    pub rows: i64,
}

impl ListQuery {
    /// How many rows a page has.
    pub fn limit(&self) -> i64 {
        if self.rows <= 0 {
            50
        } else {
            self.rows.min(250)
        }
    }

    /// How many rows come before the page.
    pub fn offset(&self) -> i64 {
        (self.page.max(1) - 1)
            .saturating_mul(self.limit())
            .min(100_000_000)
    }
}

/// A page of a list, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Listed<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many match.
    pub total: i64,
    /// How many there are without the filter.
    pub all: i64,
}

/// What a list of people or teams is narrowed by. Depth and size are bounded by whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of them hold.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A field compares so with a value.
    Compare(Field, Comparison, Value),
    /// A field has a value.
    Present(Field),
    /// One and the same item of a multi-valued attribute meets the inner condition
    /// (whose fields are [`Field::Part`]).
    Item(String, Box<Condition>),
}

/// What can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The id, exactly.
    Id,
    /// A user's SCIM userName, without regard to case.
    UserName,
    /// The external id, exactly.
    ExternalId,
    /// A team's name, without regard to case.
    Name,
    /// Whether a user is unlocked.
    Active,
    /// When it was added.
    Created,
    /// When it changed last.
    Updated,
    /// Its address: what is given, and its id after it.
    Address(String),
    /// The ids of a user's teams, or of a team's members.
    Members,
    /// Their names, without regard to case.
    MemberNames,
    /// Their addresses: what is given, and their ids after it.
    MemberAddresses(String),
    /// What is the same of all of them, without regard to case.
    MemberWord(String),
    /// A leaf of a user's attributes: attribute and part (`emails`, `value`), compared exactly or folded.
    Attribute(String, String, Case),
    /// Within [`Condition::Item`]: a part of the item.
    Part(String, Case),
}

/// Whether case matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// It does.
    Exact,
    /// It does not.
    Folded,
}

/// How a field compares with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Not the same.
    NotEqual,
    /// Contains the value.
    Contains,
    /// Starts with the value.
    StartsWith,
    /// Ends with the value.
    EndsWith,
    /// Comes after.
    Greater,
    /// Comes after, or is the same.
    GreaterOrEqual,
    /// Comes before.
    Less,
    /// Comes before, or is the same.
    LessOrEqual,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Milliseconds since 1970.
    Instant(i64),
    /// Nothing.
    Null,
}

/// A slice of a SCIM list: what matches, in which order, from where, how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// What it is narrowed by.
    pub condition: Option<Condition>,
    /// What it is sorted by; none for the order of the ids.
    pub sort: Option<(Field, Order)>,
    /// How many come before it.
    pub skip: i64,
    /// How many it has at the most; 0 asks only for the total.
    pub take: i64,
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// What is looked for among the people and the teams of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Which people; none where nobody is asked for.
    pub people: Option<Sought>,
    /// Which teams; none where none is asked for.
    pub teams: Option<Sought>,
    /// Which way what is sorted by is sorted; what is not sorted comes in the order of the ids, people first.
    pub order: Order,
    /// Where the part that is asked for begins.
    pub start: Start,
    /// How many it has at the most; 0 asks only for the total.
    pub take: i64,
}

/// Which ones of a kind are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// What they are narrowed by.
    pub condition: Option<Condition>,
    /// What they are sorted by; of a kind that has no such field none.
    pub sort: Option<Field>,
}

/// Where a part of a list begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// After so many.
    Skip(i64),
    /// After this one, whether it is still there or not; or at the beginning.
    After(Option<Position>),
}

/// A place in a list that stays where it is when others come and go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// What the last one was sorted by, if it had a value.
    pub key: Option<String>,
    /// What the last one was.
    pub kind: Kind,
    /// Its id.
    pub id: String,
}

/// What stands in a list of people and teams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A person.
    Person,
    /// A team.
    Team,
}
