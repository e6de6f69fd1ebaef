//! The attributes that every resource has (RFC 7643 §3, §3.1). They stand in no schema.

use super::Attribute;

const META: &[Attribute] = &[
    Attribute::text("resourceType", "The kind of resource.")
        .exact()
        .read_only(),
    Attribute::date_time("created", "When it came into being.").read_only(),
    Attribute::date_time("lastModified", "When it last changed.").read_only(),
    Attribute::reference("location", &["uri"], "Where it is found.").read_only(),
    Attribute::text("version", "Its entity tag.")
        .exact()
        .read_only(),
];

pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute::reference("schemas", &["uri"], "The schemas of the resource.")
        .many()
        .required()
        .read_only()
        .always(),
    Attribute::text("id", "The identifier given by this server.")
        .exact()
        .required()
        .read_only()
        .always()
        .unique(),
    Attribute::text("externalId", "The identifier given by the client.").exact(),
    Attribute::complex("meta", META, "What this server knows about the resource.").read_only(),
];
