//! Databases to test on, and an organisation with people in it.

mod database;
mod story;

pub use database::{Database, SERVER, databases, postgres, sqlite};
pub use story::{PASSPHRASE, Story, address_of, admin_of, by_passphrase_of_ada, hashing, profile};

/// The rows of a list on one page.
pub fn everything() -> directory::model::query::ListQuery {
    directory::model::query::ListQuery {
        rows: 250,
        ..Default::default()
    }
}
