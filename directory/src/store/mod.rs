//! How things are kept: SQL, and nothing that decides.

pub mod db;

pub mod approvals;
pub mod bin;
pub mod checks;
pub mod connections;
pub mod consents;
pub mod domains;
pub mod events;
pub mod holders;
pub mod identities;
pub mod invitations;
pub mod losses;
pub mod memberships;
pub mod nodes;
pub mod onboarding;
pub mod outbox;
pub mod people;
pub mod plans;
pub mod policies;
pub mod removed;
pub mod request_log;
pub mod requests;
pub mod roles;
pub mod rosters;
pub mod saved_views;
pub mod seals;
pub mod search;
pub mod second_factors;
pub mod sessions;
pub mod settings;
pub mod sign_in_methods;
pub mod storms;
pub mod teams;
pub mod users;
