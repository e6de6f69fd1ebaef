//! `/Users`: list, get, create, replace, patch, remove (behaviour.md 1.3).

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use directory::model::connection::Connection;
use directory::model::id::{TeamId, UserId};
use directory::model::user::{NewPassword, Profile};
use directory::outcome;
use directory::provisioning::passwords;
use directory::provisioning::users::{self, TeamRevision};
use scim::list::ListResponse;
use scim::password::Password;
use scim::patch::UserPatch;
use scim::query::Query;
use scim::schema::Resource;
use scim::user::User;

use super::error::Refused;
use super::lists::{self, Asked};
use super::resource::{self, base};
use super::{Service, body, condition};

/// `GET /Users`.
pub async fn list(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    page(&service, &connection, read_query(query.as_deref())?).await
}

/// `POST /Users/.search`.
pub async fn search(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let body = body::read(&headers, body, body::LIMIT).await?;
    page(
        &service,
        &connection,
        Query::read_search(&body, Resource::User)?,
    )
    .await
}

async fn page(
    service: &Service,
    connection: &Connection,
    query: Query,
) -> Result<Response, Refused> {
    if query.cursor.is_some() {
        let asked = Asked {
            users: Some(query),
            groups: None,
        };
        return lists::page(service, connection, asked).await;
    }
    let base = base(&service.public_url, connection);
    let slice = condition::slice(&query, Resource::User, &base)?;
    let (views, total) = users::list(&service.db, connection, &slice).await?;
    let resources = views.iter().map(|view| {
        let mut value = resource::user(view, &base).value;
        query.projection.apply(&mut value);
        value
    });
    let list = ListResponse::new(total, query.page.start_index, resources.collect());
    Ok(body::answer(StatusCode::OK, &list.to_json()))
}

/// `GET /Users/{id}`.
pub async fn find(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let query = read_query(query.as_deref())?;
    let view = users::get(&service.db, &connection, &UserId(id)).await?;
    resource::respond_if_new(
        &headers,
        resource::user(&view, &base(&service.public_url, &connection)),
        &query.projection,
    )
}

/// `POST /Users`.
pub async fn create(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let query = read_query(query.as_deref())?;
    let body = body::read(&headers, body, body::LIMIT).await?;
    let user = User::read(&body, resource::passwords(&connection))?;
    let teams = user.groups.iter().map(|id| TeamId(id.clone())).collect();
    let profile = profile(&service, &connection, None, user).await?;
    let view = users::create(&service.db, &connection, profile, teams).await?;
    let shown = resource::user(&view, &base(&service.public_url, &connection));
    Ok(resource::respond(
        StatusCode::CREATED,
        shown,
        &query.projection,
    ))
}

/// `PUT /Users/{id}`: what is not sent is cleared; `groups` is left alone (behaviour.md 6 #78).
pub async fn replace(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let query = read_query(query.as_deref())?;
    let tags = resource::tags(&headers, &header::IF_MATCH)?;
    let body = body::read(&headers, body, body::LIMIT).await?;
    let user = User::read_replacement(&body, resource::passwords(&connection))?;
    let id = UserId(id);
    let profile = profile(&service, &connection, Some(&id), user).await?;
    let change = |current: &users::UserView| {
        resource::check_version(tags.as_ref(), &resource::user_version(current))?;
        Ok::<_, Refused>((profile, TeamRevision::default()))
    };
    let view = users::revise(&service.db, &connection, &id, change).await?;
    let shown = resource::user(&view, &base(&service.public_url, &connection));
    Ok(resource::respond(StatusCode::OK, shown, &query.projection))
}

/// `PATCH /Users/{id}`: all operations, or none (SCM-5); `groups` joins and leaves teams (03.4).
pub async fn patch(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let query = read_query(query.as_deref())?;
    let tags = resource::tags(&headers, &header::IF_MATCH)?;
    let body = body::read(&headers, body, body::LIMIT).await?;
    let patch = UserPatch::read(&body, resource::passwords(&connection))?;
    let id = UserId(id);
    let password = new_password(&service, &connection, Some(&id), patch.password()).await?;
    let revision = TeamRevision {
        granted: patch
            .groups_granted()
            .iter()
            .map(|id| TeamId(id.clone()))
            .collect(),
        revoked: patch
            .groups_revoked()
            .iter()
            .map(|id| TeamId(id.clone()))
            .collect(),
    };
    let change = |current: &users::UserView| {
        resource::check_version(tags.as_ref(), &resource::user_version(current))?;
        let mut user = resource::asserted(current);
        patch.apply(&mut user)?;
        let mut profile = resource::profile(&user);
        profile.password = password;
        Ok::<_, Refused>((profile, revision))
    };
    let view = users::revise(&service.db, &connection, &id, change).await?;
    let shown = resource::user(&view, &base(&service.public_url, &connection));
    Ok(resource::respond(StatusCode::OK, shown, &query.projection))
}

/// `DELETE /Users/{id}`: locks the person and hides them from the connection (03.7, DEL-1).
pub async fn remove(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let tags = resource::tags(&headers, &header::IF_MATCH)?;
    let check = |current: &users::UserView| {
        resource::check_version(tags.as_ref(), &resource::user_version(current))
    };
    users::remove(&service.db, &connection, &UserId(id), check).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What a client asserts, with the hash of its password; what was left out is told to the log.
async fn profile(
    service: &Service,
    connection: &Connection,
    of: Option<&UserId>,
    user: User,
) -> Result<Profile, Refused> {
    let mut profile = resource::profile(&user);
    profile.password = new_password(service, connection, of, user.password.as_ref()).await?;
    outcome::ignored(user.warnings);
    Ok(profile)
}

async fn new_password(
    service: &Service,
    connection: &Connection,
    of: Option<&UserId>,
    password: Option<&Password>,
) -> Result<Option<NewPassword>, Refused> {
    let Some(password) = password else {
        return Ok(None);
    };
    let hash = passwords::hash(
        &service.db,
        &service.hashing,
        connection,
        of,
        password.reveal(),
    );
    Ok(hash.await?)
}

fn read_query(query: Option<&str>) -> Result<Query, Refused> {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    Ok(Query::read(pairs, Resource::User)?)
}
