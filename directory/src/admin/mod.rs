//! What an administrator may do: every verb takes the administrator it acts for.

pub mod approvals;
pub mod bin;
pub mod connections;
pub mod consents;
pub mod domains;
pub mod events;
pub mod exports;
pub mod import;
pub mod invitations;
pub mod mail;
pub mod many;
pub mod nodes;
pub mod outbox;
pub mod overview;
pub(crate) mod plans;
pub mod removal;
pub mod requests;
pub mod roles;
pub mod second_factors;
pub mod sessions;
pub mod settings;
pub mod sign_in_methods;
pub mod storms;
pub mod teams;
pub mod users;
