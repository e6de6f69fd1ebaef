//! The service as OpenAPI 3.1 describes it, made from the same table as `/Schemas`, so that neither can say more.

mod attributes;
mod paths;

use crate::urn;
use serde_json::{Value, json};

/// The description of a service at this address.
pub fn description(server: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "SCIM service",
            "version": "2.0",
            "summary": "Users and groups of one node, for its identity provider.",
            "description": "SCIM 2.0 as in RFC 7643 and RFC 7644, with the cursors of RFC 9865. Names of attributes count in any case; \
                what identity providers are known to spell differently is taken as they mean it.",
        },
        "servers": [server],
        "security": [{ "token": [] }],
        "tags": [
            { "name": "Users" }, { "name": "Groups" }, { "name": "Both" },
            { "name": "Discovery", "description": "What the service can do and which attributes it knows." },
        ],
        "paths": paths::all(),
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "The token of the node's connection." },
            },
            "schemas": schemas(),
        },
    })
}

fn schemas() -> Value {
    let mut schemas = attributes::schemas();
    schemas["ListResponse"] = list();
    schemas["SearchRequest"] = search();
    schemas["PatchOp"] = patch();
    schemas["BulkRequest"] = bulk_request();
    schemas["BulkResponse"] = bulk_response();
    schemas["Error"] = error();
    schemas
}

/// `schemas` of a message.
fn of(urn: &str) -> Value {
    json!({ "type": "array", "items": { "const": urn }, "minItems": 1, "maxItems": 1 })
}

fn list() -> Value {
    json!({
        "type": "object",
        "required": ["schemas", "totalResults", "itemsPerPage", "Resources"],
        "additionalProperties": false,
        "properties": {
            "schemas": of(urn::LIST_RESPONSE),
            "totalResults": { "type": "integer", "minimum": 0 },
            "startIndex": { "type": "integer", "minimum": 1 },
            "itemsPerPage": { "type": "integer", "minimum": 0 },
            "nextCursor": { "type": "string" },
            "Resources": { "type": "array", "items": { "type": "object" } },
        },
    })
}

fn search() -> Value {
    json!({
        "type": "object",
        "required": ["schemas"],
        "properties": {
            "schemas": of(urn::SEARCH_REQUEST),
            "filter": { "type": "string", "format": "scim-filter" },
            "sortBy": { "enum": ["id", "externalId", "displayName", "meta.created", "meta.lastModified"] },
            "sortOrder": { "enum": ["ascending", "descending"] },
            "startIndex": { "type": "integer", "format": "int64" },
            "count": { "type": "integer", "format": "int64" },
            "attributes": { "type": "array", "items": { "type": "string" } },
        },
    })
}

fn patch() -> Value {
    json!({
        "type": "object",
        "required": ["schemas", "Operations"],
        "properties": {
            "schemas": of(urn::PATCH_OP),
            "Operations": {
                "type": "array",
                "minItems": 1,
                "maxItems": 1_000,
                "items": {
                    "type": "object",
                    "required": ["op", "path", "value"],
                    "properties": {
                        "op": { "enum": ["add", "replace"] },
                        "path": { "enum": ["displayName"], "description": "An attribute, perhaps with a filter of its items and a part." },
                        "value": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "\\S", "description": "A value of the attribute's type." },
                    },
                },
            },
        },
    })
}

fn bulk_request() -> Value {
    json!({
        "type": "object",
        "required": ["schemas", "Operations"],
        "properties": {
            "schemas": of(urn::BULK_REQUEST),
            "failOnErrors": { "type": "integer", "minimum": 1 },
            "Operations": {
                "type": "array",
                "minItems": 1,
                "maxItems": crate::bulk::MAX_OPERATIONS,
                "items": {
                    "type": "object",
                    "required": ["method", "path"],
                    "properties": {
                        "method": { "enum": ["PUT", "PATCH", "DELETE"], "description": "Or POST, with a bulkId." },
                        "version": { "type": "string", "pattern": "^W/\"[0-9]{1,9}\"$" },
                        "path": { "type": "string", "pattern": "^/(Users|Groups)/[a-z0-9-]{1,36}$" },
                        "data": { "type": "object" },
                    },
                },
            },
        },
    })
}

fn bulk_response() -> Value {
    json!({
        "type": "object",
        "required": ["schemas", "Operations"],
        "additionalProperties": false,
        "properties": {
            "schemas": of(urn::BULK_RESPONSE),
            "Operations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["method", "status"],
                    "additionalProperties": false,
                    "properties": {
                        "method": { "enum": ["POST", "PUT", "PATCH", "DELETE"] },
                        "bulkId": { "type": "string" },
                        "location": { "type": "string" },
                        "version": { "type": "string" },
                        "status": { "type": "string", "pattern": "^[2-5][0-9]{2}$" },
                        "response": { "$ref": "#/components/schemas/Error" },
                    },
                },
            },
        },
    })
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["schemas", "status", "detail"],
        "additionalProperties": false,
        "properties": {
            "schemas": of(urn::ERROR),
            "status": { "type": "string", "pattern": "^[4-5][0-9]{2}$" },
            "scimType": { "type": "string" },
            "detail": { "type": "string", "minLength": 1 },
        },
    })
}
