//! SCIM 2.0 as plain values: what a client may send, what it gets back, and every rule in between.
//!
//! No I/O, no clock, no database. A body goes in as bytes and comes out as a typed value or as one
//! [`error::Error`] that is ready to be answered.
//!
//! | RFC | module |
//! |---|---|
//! | 7643 §2, §4, §5, §7 attributes, resources and their schemas | [`schema`], [`user`], [`group`], [`discovery`] |
//! | 7643 §3.1 `meta`, 7644 §3.14 versions | [`meta`] |
//! | 7644 §3.4.2 lists, paging, sorting, filters, `.search`; 9865 cursors | [`list`], [`query`], [`filter`] |
//! | 7643 §4.1.1 passwords, for a connection that takes them | [`password`] |
//! | 7644 §3.5.2 PATCH | [`path`], [`patch`] |
//! | 7644 §3.7 Bulk | [`bulk`] |
//! | 7644 §3.9 `attributes`, `excludedAttributes` | [`projection`] |
//! | 7644 §3.12 errors | [`error`] |
//! | all of it, as OpenAPI 3.1 | [`openapi`] |
//!
//! Deliberately absent: `/Me`, and schemas defined by clients.
//!
//! Tolerated beyond the RFC, because identity providers send it: operations in any case, booleans as
//! `"True"`, keys in any case, one value where a list is due and the reverse, a `value` list in a
//! `remove` of members, `emails[type eq "work"].value eq "…"` in a filter, enterprise attributes
//! without their URN, and a schema URN followed by a semicolon.

#![warn(missing_docs)]

mod body;
pub mod bulk;
pub mod discovery;
pub mod error;
pub mod filter;
mod fold;
pub mod group;
pub mod json;
pub mod list;
pub mod meta;
pub mod openapi;
pub mod password;
pub mod patch;
pub mod path;
pub mod projection;
pub mod query;
pub mod schema;
pub mod urn;
pub mod user;
mod values;

pub use fold::fold;
