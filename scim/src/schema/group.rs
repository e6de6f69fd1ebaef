//! The core schema of Group (RFC 7643 §4.2).

use super::Attribute;

const MEMBER: &[Attribute] = &[
    Attribute::text("value", "The id of the member.")
        .exact()
        .immutable(),
    Attribute::reference("$ref", &["User"], "The URI of the member.").immutable(),
    Attribute::text("display", "The member's name.").read_only(),
    Attribute::text("type", "The kind of member.")
        .canonical(&["User"])
        .immutable(),
];

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute::text("displayName", "The name of the group.").required(),
    Attribute::complex("members", MEMBER, "The people in the group.").many(),
];
