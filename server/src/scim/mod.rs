//! The SCIM service of a node: its routes, its content type, and who may come in.

mod auth;
mod body;
mod bulk;
mod condition;
mod cursor;
mod discovery;
mod error;
pub mod forget;
mod gate;
mod groups;
mod limits;
mod lists;
pub mod log;
mod resource;
mod users;

use std::ops::Deref;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use directory::secret::{Hashing, Secrets};
use directory::store::db::Db;

use crate::scim::error::Refused;
pub use limits::Limits;

/// Where the service of a node lies, below the public URL.
pub const PATH: &str = "/api/rest/scim/v2/{node_id}";

/// Where the service of any node is described, for whoever writes a client.
pub const DESCRIPTION: &str = "/api/rest/scim/v2/openapi.json";

/// What the SCIM handlers share. Cheap to clone: axum does it at every step of every request.
#[derive(Clone)]
pub struct Service(Arc<Parts>);

/// What the service is made of.
pub struct Parts {
    /// The directory.
    pub db: Db,
    /// For the digests of tokens.
    pub secrets: Arc<Secrets>,
    /// For the passwords of the connections that take them.
    pub hashing: Hashing,
    /// Where this server is reached, without a slash at the end.
    pub public_url: Arc<str>,
    /// Where every request is noted.
    pub log: log::Log,
    /// How much a client may ask for.
    pub limits: Arc<Limits>,
}

impl Service {
    /// The service made of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Service {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Every SCIM URL. All below a node need its token (behaviour.md 6 #69), also those that lead nowhere.
pub fn routes(service: Service) -> Router {
    let gate = middleware::from_fn_with_state(service.clone(), gate::pass);
    Router::new()
        .nest(PATH, below_a_node(service.clone()))
        .route(
            DESCRIPTION,
            get(discovery::description_of_any).with_state(service.clone()),
        )
        // Nesting leaves this one out.
        .route(
            &format!("{PATH}/"),
            get(lists::list)
                .fallback(wrong_method)
                .layer(gate)
                .with_state(service),
        )
}

/// The URLs of people and groups below [`PATH`].
fn resources() -> Router<Service> {
    Router::new()
        .route("/Users", get(users::list).post(users::create))
        .route("/Users/", get(users::list).post(users::create))
        .route("/Users/.search", post(users::search))
        .route("/Users/{id}", one_user())
        .route("/Users/{id}/", one_user())
        .route("/Groups", get(groups::list).post(groups::create))
        .route("/Groups/", get(groups::list).post(groups::create))
        .route("/Groups/.search", post(groups::search))
        .route("/Groups/{id}", one_group())
        .route("/Groups/{id}/", one_group())
}

fn one_user() -> MethodRouter<Service> {
    get(users::find)
        .put(users::replace)
        .patch(users::patch)
        .delete(users::remove)
}

fn one_group() -> MethodRouter<Service> {
    get(groups::find)
        .put(groups::replace)
        .patch(groups::patch)
        .delete(groups::remove)
}

/// The URLs below [`PATH`].
fn below_a_node(service: Service) -> Router {
    resources()
        .route(
            bulk::PATH,
            post(bulk::run).layer(Extension(bulk::Singles::new(&service))),
        )
        .route(
            "/ServiceProviderConfig",
            get(discovery::service_provider_config),
        )
        .route(
            "/ServiceProviderConfig/",
            get(discovery::service_provider_config),
        )
        .route("/ResourceTypes", get(discovery::resource_types))
        .route("/ResourceTypes/", get(discovery::resource_types))
        .route("/ResourceTypes/{id}", get(discovery::resource_type))
        .route("/Schemas", get(discovery::schemas))
        .route("/Schemas/", get(discovery::schemas))
        .route("/Schemas/{id}", get(discovery::schema))
        .route("/openapi.json", get(discovery::description))
        .route("/Me", axum::routing::any(not_implemented))
        .route("/.search", post(lists::search))
        .route("/", get(lists::list))
        // Named, because a wider address of the console would take what is left to the fallback.
        .route("/{*path}", axum::routing::any(unknown))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(service.clone(), gate::pass))
        .with_state(service)
}

async fn unknown() -> Refused {
    Refused(scim::error::Error::not_found(
        "There is nothing at this address. Users are at /Users, groups at /Groups.",
    ))
}

async fn wrong_method() -> Refused {
    Refused(scim::error::Error::new(
        StatusCode::METHOD_NOT_ALLOWED.as_u16(),
        "This address does not take this method; see Allow.",
    ))
}

async fn not_implemented() -> Refused {
    Refused(scim::error::Error::not_implemented(
        "This service does not offer it; see /ServiceProviderConfig.",
    ))
}
