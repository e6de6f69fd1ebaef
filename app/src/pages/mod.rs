//! The pages, one per file: what is shown, then what it asks of the server.

pub mod account;
pub mod approvals;
pub mod connection;
pub mod connections;
pub mod events;
pub mod frame;
pub mod help;
pub mod invitation;
pub mod node;
pub mod nodes;
pub mod not_found;
pub mod overview;
pub mod role;
pub mod roles;
pub mod search;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod sign_in_method;
pub mod storm;
pub mod styleguide;
pub mod team;
pub mod teams;
pub mod user;
pub mod users;
pub mod welcome;
