//! Lists that go on after a cursor (RFC 9865), and people and groups in one list (RFC 7644 §3.4.2.1, §3.4.3).

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use directory::model::connection::Connection;
use directory::model::query::{Search, Sought, Start};
use directory::provisioning::search::{self, View};
use directory::provisioning::teams::Members;
use directory::store::db;
use scim::list::{ListResponse, Place};
use scim::query::Query;
use scim::schema::{Resource, Scope};

use super::cursor::List;
use super::error::Refused;
use super::resource::{self, base};
use super::{Service, body, condition};

/// What is asked of each kind of resource; of both the same page, order and projection.
pub struct Asked {
    /// Of people; nothing where only groups are listed.
    pub users: Option<Query>,
    /// Of groups; nothing where only people are listed.
    pub groups: Option<Query>,
}

/// `GET /`: people, then groups.
pub async fn list(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refused> {
    let query = query.unwrap_or_default();
    let read = |first| {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Query::read(pairs, Scope::All(first))
    };
    let asked = Asked {
        users: Some(read(Resource::User)?),
        groups: Some(read(Resource::Group)?),
    };
    page(&service, &connection, asked).await
}

/// `POST /.search`: people, then groups.
pub async fn search(
    State(service): State<Service>,
    Extension(connection): Extension<Arc<Connection>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let body = body::read(&headers, body, body::LIMIT).await?;
    let read = |first| Query::read_search(&body, Scope::All(first));
    let asked = Asked {
        users: Some(read(Resource::User)?),
        groups: Some(read(Resource::Group)?),
    };
    page(&service, &connection, asked).await
}

/// A page of a list.
///
/// # Errors
/// 400 for a cursor that is not of this list, and for attributes that cannot be searched or sorted by.
pub async fn page(
    service: &Service,
    connection: &Connection,
    asked: Asked,
) -> Result<Response, Refused> {
    let base = base(&service.public_url, connection);
    let sought = |query: &Option<Query>, resource| -> Result<Option<Sought>, Refused> {
        let sought = query
            .as_ref()
            .map(|query| condition::sought(query, resource, &base));
        Ok(sought.transpose()?)
    };
    let (people, teams) = (
        sought(&asked.users, Resource::User)?,
        sought(&asked.groups, Resource::Group)?,
    );
    let cursors = List {
        secrets: &service.secrets,
        query: name(connection, &asked),
        now: db::now(),
    };
    let query = asked.users.or(asked.groups).unwrap_or_default();
    let start = match &query.cursor {
        Some(cursor) => Start::After(cursors.read(cursor)?),
        None => Start::Skip(query.page.offset()),
    };
    let search = Search {
        people,
        teams,
        order: condition::order(&query),
        start,
        take: query.page.count,
    };
    let members = if query.projection.excludes("members") {
        Members::Excluded
    } else {
        Members::Shown
    };
    let part = search::find(&service.db, connection, &search, members).await?;
    let resources = part.views.iter().map(|view| {
        let mut value = match view {
            View::Person(view) => resource::user(view, &base).value,
            View::Team(view) => resource::group(view, &base).value,
        };
        query.projection.apply(&mut value);
        value
    });
    let list = ListResponse {
        total_results: part.total,
        resources: resources.collect(),
        place: match query.cursor {
            Some(_) => Place::Next(part.next.map(|next| cursors.write(next))),
            None => Place::Index(query.page.start_index),
        },
    };
    Ok(body::answer(StatusCode::OK, &list.to_json()))
}

/// What tells a list from every other one.
fn name(connection: &Connection, asked: &Asked) -> String {
    let of = |query: &Option<Query>| {
        query.as_ref().map(|query| {
            let filter = query.filter.as_ref().map(ToString::to_string);
            let sort = query.sort.map(|sort| (sort.by.name(), sort.order));
            (filter, sort)
        })
    };
    format!(
        "{}\n{:?}\n{:?}",
        connection.id,
        of(&asked.users),
        of(&asked.groups)
    )
}
