//! People from a file: its rows, what would become of each, and what became of them.

use super::id::NodeId;
use super::text::words;

/// So many people are added from one file at the most.
pub const MOST_ROWS: usize = 5_000;

/// A row as it stands in the file: every cell is text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileRow {
    /// The line it begins on, from 1.
    pub line: i64,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The node, by its name or number; empty for the one that was chosen beside the file.
    pub node: String,
    /// Why the line itself cannot be read; empty where it can.
    #[serde(default)]
    pub fault: String,
}

words!(
    /// What becomes of a row.
    Fate {
        /// It cannot be taken.
        Refused = "refused",
        /// Somebody with this address is here already; they stay as they are.
        Exists = "exists",
        /// The person is added.
        Added = "added",
    }
);

/// A row, and what would become of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reviewed {
    /// The row.
    pub row: FileRow,
    /// What would become of it.
    pub fate: Fate,
    /// The node the person is added to, or the sentence that says why not.
    pub words: String,
}

/// How many rows become what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Are added.
    pub added: i64,
    /// Are here already.
    pub exists: i64,
    /// Are refused.
    pub refused: i64,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, fate: Fate) {
        match fate {
            Fate::Added => self.added += 1,
            Fate::Exists => self.exists += 1,
            Fate::Refused => self.refused += 1,
        }
    }
}

/// A file as it was read, and what would become of its rows now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Review {
    /// Which file: the button says it, so that no other is taken by it.
    pub plan: String,
    /// How many rows it has.
    pub all: i64,
    /// How many of them have been dealt with.
    pub position: i64,
    /// What would become of the others.
    pub tally: Tally,
    /// The first of the others, those with faults before all.
    pub rows: Vec<Reviewed>,
    /// The columns that are not read.
    pub unread: Vec<String>,
    /// The node of rows that name none.
    pub node: Option<NodeId>,
    /// What became of those that were dealt with.
    pub imported: Imported,
}

impl Review {
    /// Whether every row has been dealt with.
    pub fn is_over(&self) -> bool {
        self.position >= self.all
    }
}

/// What became of the rows of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Imported {
    /// How many.
    pub tally: Tally,
    /// The first that were not added, with why; those with faults before all.
    pub left: Vec<Reviewed>,
}

impl Imported {
    /// So many are named at the most.
    pub const NAMED: usize = 100;

    /// How many were not added and are not named.
    pub fn unnamed(&self) -> i64 {
        let named = i64::try_from(self.left.len()).unwrap_or_default();
        self.tally.exists + self.tally.refused - named
    }
}
