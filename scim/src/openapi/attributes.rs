//! Attributes as JSON Schema: as they are answered, and as they may be sent.

use crate::group::MAX_DISPLAY_NAME;
use crate::schema::{Attribute, Mutability, Resource, Type};
use crate::urn;
use crate::user::{MAX_EXTERNAL_ID, MAX_USER_NAME};
use serde_json::{Map, Value, json};

/// Which way an attribute goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To the client, who takes nothing that was not declared.
    Out,
    /// From the client, who may leave out what is not required.
    In,
}

/// How long a text may be that is sent, so that it is taken whatever its letters are.
const SAFE_LENGTH: usize = 500;

/// `User` and `Group` as they are answered, `UserInput` and `GroupInput` as they may be sent.
pub(super) fn schemas() -> Value {
    let mut all = Map::new();
    for resource in [Resource::User, Resource::Group] {
        all.insert(resource.name().to_owned(), answered(resource));
        all.insert(format!("{}Input", resource.name()), sent(resource));
    }
    Value::Object(all)
}

fn answered(resource: Resource) -> Value {
    let mut properties = parts(resource.attributes(), Way::Out);
    extend(&mut properties, resource, Way::Out);
    properties["id"] = json!({ "type": "string", "readOnly": true });
    properties["schemas"] =
        json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
    properties["meta"] = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "resourceType": { "const": resource.name() },
            "created": { "type": "string", "format": "date-time" },
            "lastModified": { "type": "string", "format": "date-time" },
            "location": { "type": "string" },
            "version": { "type": "string" },
        },
    });
    // Whatever else is left out when `attributes` or `excludedAttributes` says so (RFC 7644, section 3.9).
    json!({
        "type": "object",
        "required": ["schemas", "id"],
        "additionalProperties": false,
        "properties": properties,
    })
}

fn sent(resource: Resource) -> Value {
    let mut properties = parts(resource.attributes(), Way::In);
    extend(&mut properties, resource, Way::In);
    properties["schemas"] = super::of(resource.urn());
    let name = match resource {
        Resource::User => {
            properties["userName"]["format"] = json!("email");
            properties["userName"]["maxLength"] = json!(MAX_USER_NAME);
            "userName"
        }
        Resource::Group => {
            let name = &mut properties["displayName"];
            (name["minLength"], name["maxLength"]) = (json!(1), json!(MAX_DISPLAY_NAME));
            name["pattern"] = json!("\\S");
            "displayName"
        }
    };
    json!({
        "type": "object",
        "required": ["schemas", name],
        "properties": properties,
    })
}

/// Adds what stands in no table of the core schema.
fn extend(properties: &mut Value, resource: Resource, way: Way) {
    properties["externalId"] = match way {
        Way::Out => json!({ "type": "string" }),
        Way::In => json!({ "type": "string", "maxLength": MAX_EXTERNAL_ID }),
    };
    if let Some(extension) = resource.extension() {
        properties[urn::ENTERPRISE] = object(extension.parts, way);
    }
}

fn parts(attributes: &'static [Attribute], way: Way) -> Value {
    let sent = attributes
        .iter()
        .filter(|attribute| way == Way::Out || attribute.mutability != Mutability::ReadOnly);
    let named = sent.map(|attribute| (attribute.name.to_owned(), property(attribute, way)));
    Value::Object(named.collect())
}

fn object(attributes: &'static [Attribute], way: Way) -> Value {
    let mut object = json!({ "type": "object", "properties": parts(attributes, way) });
    if way == Way::Out {
        object["additionalProperties"] = json!(false);
    }
    object
}

fn property(attribute: &'static Attribute, way: Way) -> Value {
    let mut one = match attribute.kind {
        Type::Complex => object(attribute.parts, way),
        Type::Boolean => json!({ "type": "boolean" }),
        Type::DateTime => json!({ "type": "string", "format": "date-time" }),
        Type::String | Type::Binary | Type::Reference => json!({ "type": "string" }),
    };
    if way == Way::In && one["type"] == "string" {
        one["maxLength"] = json!(SAFE_LENGTH);
    }
    if attribute.name == "members" {
        if way == Way::In {
            one["required"] = json!(["value"]);
        }
        one["properties"]["value"]["format"] = json!("scim-user-id");
    }
    let mut property = if attribute.multi_valued {
        json!({ "type": "array", "items": one })
    } else {
        one
    };
    property["description"] = json!(attribute.description);
    if attribute.mutability == Mutability::ReadOnly {
        property["readOnly"] = json!(true);
    }
    property
}
