//! The pages, one per file: what is shown, then what it asks of the server.

pub mod not_found;
pub mod styleguide;
