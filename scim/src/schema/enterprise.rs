//! The enterprise extension of User (RFC 7643 §4.3).

use super::Attribute;
use crate::urn;

const MANAGER: &[Attribute] = &[
    Attribute::text("value", "The id of the manager's User.").exact(),
    Attribute::reference("$ref", &["User"], "The URI of the manager's User."),
    Attribute::text("displayName", "The manager's name.").read_only(),
];

const ATTRIBUTES: &[Attribute] = &[
    Attribute::text(
        "employeeNumber",
        "The number given to the person by the employer.",
    ),
    Attribute::text("costCenter", "The name of a cost center."),
    Attribute::text("organization", "The name of an organization."),
    Attribute::text("division", "The name of a division."),
    Attribute::text("department", "The name of a department."),
    Attribute::complex("manager", MANAGER, "The person's manager."),
];

pub(super) static EXTENSION: Attribute = Attribute::complex(
    urn::ENTERPRISE,
    ATTRIBUTES,
    "Attributes of a person in an enterprise.",
);
