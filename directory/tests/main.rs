//! Every verb of the directory on both databases: done, refused, repeated, raced, and told by its event.
#![expect(clippy::unwrap_used, reason = "a failed expectation is the message")]

mod support;

mod access;
mod alerts;
mod approvals;
mod audit;
mod begin;
mod bin;
mod bootstrap;
mod connections;
mod consent;
mod db;
mod delivery;
mod ended_sessions;
mod events;
mod import;
mod invitations;
mod locks;
mod many;
mod member;
mod nodes;
mod onboarding;
mod outbox;
mod policies;
mod provisioning_teams;
mod provisioning_users;
mod removal;
mod requests;
mod roles;
mod saved_views;
mod search;
mod second_factor;
mod sessions;
mod set_up;
mod sign_in;
mod sign_in_methods;
mod single_sign_on;
mod storms;
mod teams;
mod tokens;
mod users;
mod verify;
