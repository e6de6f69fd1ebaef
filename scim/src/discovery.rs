//! What this service can do and which attributes it knows (RFC 7643 §5 to §8, RFC 7644 §4).
//!
//! `base` is the address of the service, without a slash at its end.

use crate::bulk;
use crate::list::{CURSOR_TIMEOUT, ListResponse, MAX_COUNT};
use crate::password::Passwords;
use crate::schema::{Attribute, PASSWORD, Resource, Type};
use crate::urn;
use serde_json::{Map, Value, json};

const RESOURCES: [Resource; 2] = [Resource::User, Resource::Group];

/// The body of `/ServiceProviderConfig`.
pub fn service_provider_config(base: &str, passwords: Passwords) -> Value {
    json!({
        "schemas": [urn::SERVICE_PROVIDER_CONFIG],
        "patch": { "supported": true },
        "bulk": { "supported": true, "maxOperations": bulk::MAX_OPERATIONS, "maxPayloadSize": bulk::MAX_PAYLOAD },
        "filter": { "supported": true, "maxResults": MAX_COUNT },
        "pagination": {
            "cursor": true,
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": MAX_COUNT,
            "maxPageSize": MAX_COUNT,
            "cursorTimeout": CURSOR_TIMEOUT,
        },
        "changePassword": { "supported": passwords == Passwords::Taken },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token generated in the console, sent as Authorization: Bearer.",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base}/ServiceProviderConfig"),
        },
    })
}

/// The body of `/ResourceTypes`.
pub fn resource_types(base: &str) -> Value {
    list(
        RESOURCES
            .iter()
            .map(|resource| resource_type_of(base, *resource))
            .collect(),
    )
}

/// The body of `/ResourceTypes/{id}`, where there is one.
pub fn resource_type(base: &str, id: &str) -> Option<Value> {
    let found = RESOURCES
        .into_iter()
        .find(|resource| resource.name() == id)?;
    Some(resource_type_of(base, found))
}

/// The body of `/Schemas`.
pub fn schemas(base: &str, passwords: Passwords) -> Value {
    list(all(passwords).map(|schema| schema.to_json(base)).collect())
}

/// The body of `/Schemas/{id}`, where there is one.
pub fn schema(base: &str, id: &str, passwords: Passwords) -> Option<Value> {
    all(passwords)
        .find(|schema| urn::is(id, schema.urn))
        .map(|schema| schema.to_json(base))
}

fn list(resources: Vec<Value>) -> Value {
    let total = i64::try_from(resources.len()).unwrap_or(i64::MAX);
    ListResponse::new(total, 1, resources).to_json()
}

fn resource_type_of(base: &str, resource: Resource) -> Value {
    let (name, description) = match resource {
        Resource::User => ("User", "A person"),
        Resource::Group => ("Group", "A group of people"),
    };
    let mut body = json!({
        "schemas": [urn::RESOURCE_TYPE],
        "id": name,
        "name": name,
        "description": description,
        "endpoint": format!("/{}", resource.endpoint()),
        "schema": resource.urn(),
        "meta": {
            "resourceType": "ResourceType",
            "location": format!("{base}/ResourceTypes/{name}"),
        },
    });
    if let Some(extension) = resource.extension() {
        body["schemaExtensions"] = json!([{ "schema": extension.name, "required": false }]);
    }
    body
}

struct Schema {
    urn: &'static str,
    name: &'static str,
    description: &'static str,
    attributes: Vec<Attribute>,
}

fn all(passwords: Passwords) -> impl Iterator<Item = Schema> {
    let core = RESOURCES.into_iter().map(move |resource| Schema {
        urn: resource.urn(),
        name: resource.name(),
        description: match resource {
            Resource::User => "A person",
            Resource::Group => "A group of people",
        },
        attributes: declared(resource, passwords),
    });
    let extensions = RESOURCES
        .into_iter()
        .filter_map(Resource::extension)
        .map(|extension| Schema {
            urn: extension.name,
            name: "EnterpriseUser",
            description: extension.description,
            attributes: extension.parts.to_vec(),
        });
    core.chain(extensions)
}

fn declared(resource: Resource, passwords: Passwords) -> Vec<Attribute> {
    let mut attributes = resource.attributes().to_vec();
    if resource == Resource::User && passwords == Passwords::Taken {
        attributes.push(PASSWORD);
    }
    attributes
}

impl Schema {
    fn to_json(&self, base: &str) -> Value {
        json!({
            "schemas": [urn::SCHEMA],
            "id": self.urn,
            "name": self.name,
            "description": self.description,
            "attributes": self.attributes.iter().map(attribute).collect::<Vec<_>>(),
            "meta": {
                "resourceType": "Schema",
                "location": format!("{base}/Schemas/{}", self.urn),
            },
        })
    }
}

/// One attribute; characteristics that mean nothing for its type are left out (RFC 7643 §7).
fn attribute(attribute: &Attribute) -> Value {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
    put("name", attribute.name.into());
    put("type", attribute.kind.as_str().into());
    put("multiValued", attribute.multi_valued.into());
    put("description", attribute.description.into());
    put("required", attribute.required.into());
    put("mutability", attribute.mutability.as_str().into());
    put("returned", attribute.returned.as_str().into());
    if attribute.kind != Type::Complex && attribute.kind != Type::Boolean {
        put("caseExact", attribute.case_exact.into());
    }
    if attribute.kind != Type::Boolean {
        put("uniqueness", attribute.uniqueness.as_str().into());
    }
    if !attribute.canonical_values.is_empty() {
        put("canonicalValues", attribute.canonical_values.into());
    }
    if !attribute.reference_types.is_empty() {
        put("referenceTypes", attribute.reference_types.into());
    }
    if !attribute.parts.is_empty() {
        put(
            "subAttributes",
            attribute.parts.iter().map(self::attribute).collect(),
        );
    }
    Value::Object(map)
}
