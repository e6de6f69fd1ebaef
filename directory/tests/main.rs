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
mod provisioning_teams;
mod provisioning_users;
mod search;
mod set_up;
mod sign_in;
mod teams;
mod users;
mod verify;
