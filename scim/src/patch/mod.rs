//! PATCH: a body becomes one typed change, whole or not at all (RFC 7644 §3.5.2).
//!
//! Where several readings are possible, this is the one taken:
//!
//! * Operations apply in order; of contradicting ones about the same person and group the last wins.
//! * `add` and `replace` of an object change the parts that are named and leave the others.
//! * `null`, `""` and `[]` unassign. `active` cannot be unassigned, required attributes neither.
//! * A filter that selects nothing: `add` makes the item, with what the filter says by `eq`;
//!   `replace` is refused with `noTarget`; taking away is already done.
//! * `remove` with a `value` list takes away those values only, never the whole list.

mod apply;
mod group;
mod operation;
mod user;

pub use group::{GroupPatch, Members};
pub use user::UserPatch;
