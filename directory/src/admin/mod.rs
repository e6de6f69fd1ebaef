//! What an administrator may do: every verb takes the administrator it acts for.

pub mod connections;
pub mod nodes;
