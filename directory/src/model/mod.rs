//! What things are: plain data and rules, without a clock, a database or a network.

pub mod connection;
pub mod consent;
pub mod event;
pub mod id;
pub mod invitation;
pub mod letter;
pub mod mail;
pub mod membership;
pub mod network;
pub mod node;
pub mod onboarding;
pub mod overview;
pub mod policy;
pub mod query;
pub mod request;
pub mod role;
pub mod second_factor;
pub mod session;
pub mod settings;
pub mod sign_in_method;
pub mod storm;
pub mod team;
pub mod text;
pub mod timestamp;
pub mod user;
