//! What this service supports, said truthfully (RFC 7644 §4).

use std::sync::Arc;

use axum::Extension;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use directory::model::connection::Connection;
use serde_json::json;

use super::body::answer;
use super::error::Refused;
use super::resource::{base, passwords};
use super::{PATH, Service};

/// `GET /ServiceProviderConfig`.
pub async fn service_provider_config(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
) -> Response {
    answer(
        StatusCode::OK,
        &scim::discovery::service_provider_config(
            &base(&service.public_url, &connection),
            passwords(&connection),
        ),
    )
}

/// `GET /ResourceTypes`.
pub async fn resource_types(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
) -> Response {
    answer(
        StatusCode::OK,
        &scim::discovery::resource_types(&base(&service.public_url, &connection)),
    )
}

/// `GET /ResourceTypes/{id}`.
pub async fn resource_type(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let found = scim::discovery::resource_type(&base(&service.public_url, &connection), &id);
    let value = found.ok_or_else(|| {
        scim::error::Error::not_found("There is no such resource type; see /ResourceTypes.")
    })?;
    Ok(answer(StatusCode::OK, &value))
}

/// `GET /Schemas`.
pub async fn schemas(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
) -> Response {
    answer(
        StatusCode::OK,
        &scim::discovery::schemas(
            &base(&service.public_url, &connection),
            passwords(&connection),
        ),
    )
}

/// `GET /Schemas/{id}`.
pub async fn schema(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let found = scim::discovery::schema(
        &base(&service.public_url, &connection),
        &id,
        passwords(&connection),
    );
    let value = found
        .ok_or_else(|| scim::error::Error::not_found("There is no such schema; see /Schemas."))?;
    Ok(answer(StatusCode::OK, &value))
}

/// `GET /openapi.json`: this node's service, as OpenAPI describes it.
pub async fn description(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
) -> Response {
    let server = json!({ "url": base(&service.public_url, &connection) });
    Json(scim::openapi::description(&server)).into_response()
}

/// The same for any node, whose number is left to be filled in. It tells nothing of anybody, so it needs no token.
pub async fn description_of_any(State(service): State<Service>) -> Response {
    let server = json!({
        "url": format!("{}{PATH}", service.public_url),
        "variables": { "node_id": { "default": "2", "description": "The number of the connection's node." } },
    });
    Json(scim::openapi::description(&server)).into_response()
}
