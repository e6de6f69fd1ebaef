//! Who is who and what they may do: nodes, users, teams, roles, and the database they live in.
//!
//! Read in this order: [`model`] says what things are, `store` how they are kept (all the SQL),
//! `admin`, `provisioning`, `member` and `sign_in` what may be done, and by whom: every verb takes
//! its authority as an argument, is one unit of work, and leaves one event for each thing it changed.
#![warn(missing_docs)]

pub mod error;
pub mod model;

#[cfg(feature = "store")]
pub mod access;
#[cfg(feature = "store")]
pub mod address;
#[cfg(feature = "store")]
pub mod admin;
#[cfg(feature = "store")]
pub mod audit;
#[cfg(feature = "store")]
pub mod bootstrap;
#[cfg(feature = "store")]
pub mod chores;
#[cfg(feature = "store")]
pub mod delivery;
#[cfg(feature = "store")]
pub mod invitation;
#[cfg(feature = "store")]
pub mod member;
#[cfg(feature = "store")]
pub mod onboarding;
#[cfg(feature = "store")]
pub mod outcome;
#[cfg(feature = "store")]
pub mod policies;
#[cfg(feature = "store")]
pub mod provisioning;
#[cfg(feature = "store")]
pub mod saved_views;
#[cfg(feature = "store")]
pub mod second_factor;
#[cfg(feature = "store")]
pub mod secret;
#[cfg(feature = "store")]
pub mod set_up;
#[cfg(feature = "store")]
pub mod sign_in;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "store")]
pub mod text;
#[cfg(feature = "store")]
pub mod verify;

pub use error::{Error, Result};
