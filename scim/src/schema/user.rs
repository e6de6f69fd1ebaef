//! The core schema of User (RFC 7643 §4.1).
//!
//! `password` stands apart: only a connection that takes passwords declares it.

use super::Attribute;

const NAME: &[Attribute] = &[
    Attribute::text("formatted", "The whole name, as it is shown."),
    Attribute::text("familyName", "The family name."),
    Attribute::text("givenName", "The given name."),
    Attribute::text("middleName", "The middle names."),
    Attribute::text("honorificPrefix", "A title before the name."),
    Attribute::text("honorificSuffix", "A suffix after the name."),
];

const DISPLAY: Attribute = Attribute::text("display", "The value, as it is shown.");
const PRIMARY: Attribute = Attribute::boolean(
    "primary",
    "Whether this is the preferred value. At most one is.",
);

const fn label(canonical: &'static [&'static str]) -> Attribute {
    Attribute::text("type", "What the value is for.").canonical(canonical)
}

const EMAIL: &[Attribute] = &[
    Attribute::text("value", "The e-mail address."),
    DISPLAY,
    label(&["work", "home", "other"]),
    PRIMARY,
];
const PHONE_NUMBER: &[Attribute] = &[
    Attribute::text("value", "The telephone number."),
    DISPLAY,
    label(&["work", "home", "mobile", "fax", "pager", "other"]),
    PRIMARY,
];
const IM: &[Attribute] = &[
    Attribute::text("value", "The instant messaging address."),
    DISPLAY,
    label(&["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"]),
    PRIMARY,
];
const PHOTO: &[Attribute] = &[
    Attribute::reference("value", &["external"], "The URI of the picture."),
    DISPLAY,
    label(&["photo", "thumbnail"]),
    PRIMARY,
];
const ADDRESS: &[Attribute] = &[
    Attribute::text("formatted", "The whole address, as it is shown."),
    Attribute::text("streetAddress", "Street, house and floor."),
    Attribute::text("locality", "The city."),
    Attribute::text("region", "The state or region."),
    Attribute::text("postalCode", "The postal code."),
    Attribute::text("country", "The country, by ISO 3166-1 alpha 2."),
    label(&["work", "home", "other"]),
    PRIMARY,
];
const GROUP: &[Attribute] = &[
    Attribute::text("value", "The id of the group.")
        .exact()
        .read_only(),
    Attribute::reference("$ref", &["Group"], "The URI of the group.").read_only(),
    Attribute::text("display", "The group's name.").read_only(),
    Attribute::text("type", "How the person belongs to it.")
        .canonical(&["direct"])
        .read_only(),
];
const ENTITLEMENT: &[Attribute] = &[
    Attribute::text("value", "The entitlement."),
    DISPLAY,
    label(&[]),
    PRIMARY,
];
const ROLE: &[Attribute] = &[
    Attribute::text("value", "The role's name in the identity provider."),
    DISPLAY,
    label(&[]),
    PRIMARY,
];
const CERTIFICATE: &[Attribute] = &[
    Attribute::binary("value", "The certificate, DER in base64."),
    DISPLAY,
    label(&[]),
    PRIMARY,
];

/// The password, where it is taken.
pub const PASSWORD: Attribute = Attribute::text(
    "password",
    "A password to sign in with. It is hashed at once and shown to nobody.",
)
.secret();

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute::text(
        "userName",
        "The name by which the identity provider knows the person.",
    )
    .required()
    .unique(),
    Attribute::complex("name", NAME, "The parts of the person's name."),
    Attribute::text("displayName", "The name that is shown."),
    Attribute::text("nickName", "The casual name."),
    Attribute::reference("profileUrl", &["external"], "The URI of the person's page."),
    Attribute::text("title", "The job title."),
    Attribute::text("userType", "How the person belongs to the organisation."),
    Attribute::text("preferredLanguage", "Languages, as in Accept-Language."),
    Attribute::text("locale", "Language and region, for example en-US."),
    Attribute::text("timezone", "The time zone, for example Europe/Berlin."),
    Attribute::boolean(
        "active",
        "Whether the person may sign in. False locks the account.",
    ),
    Attribute::complex("emails", EMAIL, "E-mail addresses.").many(),
    Attribute::complex("phoneNumbers", PHONE_NUMBER, "Telephone numbers.").many(),
    Attribute::complex("ims", IM, "Instant messaging addresses.").many(),
    Attribute::complex("photos", PHOTO, "Pictures of the person.").many(),
    Attribute::complex("addresses", ADDRESS, "Postal addresses.").many(),
    Attribute::complex(
        "groups",
        GROUP,
        "The groups the person is in. A PATCH may add and remove them by path; PUT ignores them.",
    )
    .many()
    .read_only(),
    Attribute::complex(
        "entitlements",
        ENTITLEMENT,
        "Entitlements, kept as data; they grant nothing here.",
    )
    .many(),
    Attribute::complex(
        "roles",
        ROLE,
        "Roles, kept as data; they grant nothing here.",
    )
    .many(),
    Attribute::complex(
        "x509Certificates",
        CERTIFICATE,
        "The person's certificates.",
    )
    .many(),
];
