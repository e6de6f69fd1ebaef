//! Every verb of the directory on both databases: done, refused, repeated, raced, and told by its event.
#![expect(clippy::unwrap_used, reason = "a failed expectation is the message")]

mod support;

mod access;
mod approvals;
mod bootstrap;
mod connections;
mod db;
mod events;
mod nodes;
mod set_up;
mod sign_in;
mod teams;
mod users;
mod verify;
