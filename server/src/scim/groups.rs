//! `/Groups`, our teams: list, get, create, replace, patch, remove (behaviour.md 1.4, 1.5).

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use directory::model::connection::Connection;
use directory::model::id::{TeamId, UserId};
use directory::provisioning::teams::{self, Members, NewTeam, Revision, TeamChange};
use scim::group::Group;
use scim::list::ListResponse;
use scim::patch::GroupPatch;
use scim::projection::Projection;
use scim::query::Query;
use scim::schema::Resource;

use super::error::Refused;
use super::lists::{self, Asked};
use super::resource::{self, base};
use super::{Service, body, condition};

/// `GET /Groups`.
pub async fn list(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    page(&service, &connection, read_query(query.as_deref())?).await
}

/// `POST /Groups/.search`.
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
        Query::read_search(&body, Resource::Group)?,
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
            groups: Some(query),
            users: None,
        };
        return lists::page(service, connection, asked).await;
    }
    let base = base(&service.public_url, connection);
    let slice = condition::slice(&query, Resource::Group, &base)?;
    let (views, total) =
        teams::list(&service.db, connection, &slice, members(&query.projection)).await?;
    let resources = views.iter().map(|view| {
        let mut value = resource::group(view, &base).value;
        query.projection.apply(&mut value);
        value
    });
    let list = ListResponse::new(total, query.page.start_index, resources.collect());
    Ok(body::answer(StatusCode::OK, &list.to_json()))
}

/// `GET /Groups/{id}`.
pub async fn find(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let query = read_query(query.as_deref())?;
    let view = teams::get(
        &service.db,
        &connection,
        &TeamId(id),
        members(&query.projection),
    )
    .await?;
    resource::respond_if_new(
        &headers,
        resource::group(&view, &base(&service.public_url, &connection)),
        &query.projection,
    )
}

/// `POST /Groups`: a pending team with pending members (04.3, 6 #28).
pub async fn create(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let query = read_query(query.as_deref())?;
    let group = Group::read(&body::read(&headers, body, body::GROUP_LIMIT).await?)?;
    directory::outcome::ignored(group.warnings.clone());
    let view = teams::create(&service.db, &connection, new_team(group)).await?;
    let shown = resource::group(&view, &base(&service.public_url, &connection));
    Ok(resource::respond(
        StatusCode::CREATED,
        shown,
        &query.projection,
    ))
}

/// `PUT /Groups/{id}`: without members the team is emptied (behaviour.md 6 #77).
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
    let group = Group::read(&body::read(&headers, body, body::GROUP_LIMIT).await?)?;
    directory::outcome::ignored(group.warnings.clone());
    let new = new_team(group);
    let change = TeamChange {
        name: Some(new.name),
        external_id: Some(new.external_id),
        members: Some(Revision::Replace(new.members)),
    };
    let check = |team: &directory::model::team::Team| {
        resource::check_version(tags.as_ref(), &scim::meta::etag(team.version))
    };
    let view = teams::patch(
        &service.db,
        &connection,
        &TeamId(id),
        change,
        members(&query.projection),
        check,
    )
    .await?;
    let shown = resource::group(&view, &base(&service.public_url, &connection));
    Ok(resource::respond(StatusCode::OK, shown, &query.projection))
}

/// `PATCH /Groups/{id}`: all operations, or none. Answered 204, whatever the size of the team,
/// unless the client asks for attributes, or leaves some out and something else changed (6 #32, #85).
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
    let patch = GroupPatch::read(&body::read(&headers, body, body::GROUP_LIMIT).await?)?;
    let says_more = patch.display_name.is_some() || patch.external_id.is_some();
    let is_asked = match &query.projection {
        Projection::Default => false,
        Projection::Only(_) => true,
        Projection::Without(_) => says_more,
    };
    let members = if is_asked {
        members(&query.projection)
    } else {
        Members::Excluded
    };
    let check = |team: &directory::model::team::Team| {
        resource::check_version(tags.as_ref(), &scim::meta::etag(team.version))
    };
    let view = teams::patch(
        &service.db,
        &connection,
        &TeamId(id),
        change(patch),
        members,
        check,
    )
    .await?;
    if !is_asked {
        return Ok((
            StatusCode::NO_CONTENT,
            [(header::ETAG, scim::meta::etag(view.team.version))],
        )
            .into_response());
    }
    let shown = resource::group(&view, &base(&service.public_url, &connection));
    Ok(resource::respond(StatusCode::OK, shown, &query.projection))
}

/// `DELETE /Groups/{id}`: the team goes, its people stay (04.5).
pub async fn remove(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let tags = resource::tags(&headers, &header::IF_MATCH)?;
    let check = |team: &directory::model::team::Team| {
        resource::check_version(tags.as_ref(), &scim::meta::etag(team.version))
    };
    teams::remove(&service.db, &connection, &TeamId(id), check).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn new_team(group: Group) -> NewTeam {
    let members = group.members.unwrap_or_default();
    NewTeam {
        name: group.display_name,
        external_id: group.external_id,
        members: members
            .into_iter()
            .map(|member| UserId(member.value))
            .collect(),
    }
}

fn change(patch: GroupPatch) -> TeamChange {
    let ids = |ids: Vec<String>| ids.into_iter().map(UserId).collect::<Vec<_>>();
    let members = (!patch.members.is_unchanged()).then(|| match patch.members {
        scim::patch::Members::Revise { granted, revoked } => Revision::Revise {
            granted: ids(granted),
            revoked: ids(revoked),
        },
        scim::patch::Members::Replace(members) => Revision::Replace(ids(members)),
    });
    TeamChange {
        name: patch.display_name,
        external_id: patch.external_id,
        members,
    }
}

fn members(projection: &Projection) -> Members {
    if projection.excludes("members") {
        Members::Excluded
    } else {
        Members::Shown
    }
}

fn read_query(query: Option<&str>) -> Result<Query, Refused> {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    Ok(Query::read(pairs, Resource::Group)?)
}
