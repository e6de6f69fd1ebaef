//! Our things as SCIM's things, and back: the only translation.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use directory::model::connection::Connection;
use directory::model::id::{TeamId, UserId};
use directory::model::timestamp::Timestamp;
use directory::model::user::{AttributeValue, Email, Leaf, Profile};
use directory::provisioning::teams::TeamView;
use directory::provisioning::users::UserView;
use scim::meta::{Tags, instant, read_instant};
use scim::projection::Projection;
use scim::schema::{Attribute, Resource, Type};
use serde_json::{Map, Value, json};

use super::body::answer;
use super::error::Refused;

/// Where the service of a connection lies.
pub fn base(public_url: &str, connection: &Connection) -> String {
    format!("{public_url}/api/rest/scim/v2/{}", connection.node_id)
}

/// A resource as it goes out: its JSON, its version and its address.
pub struct Shown {
    /// The resource, whole.
    pub value: Value,
    /// Its entity tag.
    pub version: String,
    /// Its address.
    pub location: String,
}

/// A person as SCIM shows them.
pub fn user(view: &UserView, base: &str) -> Shown {
    let UserView { user, teams } = view;
    let location = format!("{base}/Users/{}", user.id);
    let version = user_version(view);
    let mut map = attributes_of(view);
    let mut schemas = vec![scim::urn::USER];
    if map.contains_key(scim::urn::ENTERPRISE) {
        schemas.push(scim::urn::ENTERPRISE);
    }
    map.insert("schemas".to_owned(), json!(schemas));
    map.insert("id".to_owned(), json!(user.id));
    if let Some(external_id) = &user.external_id {
        map.insert("externalId".to_owned(), json!(external_id));
    }
    map.insert("userName".to_owned(), json!(user_name(view)));
    map.insert("active".to_owned(), json!(user.is_unlocked()));
    let groups = teams
        .iter()
        .map(|(id, name)| group_of_user(id, name, base))
        .collect::<Vec<_>>();
    if !groups.is_empty() {
        map.insert("groups".to_owned(), Value::Array(groups));
    }
    map.insert(
        "meta".to_owned(),
        meta(
            "User",
            user.created_at,
            user.updated_at,
            &location,
            &version,
        ),
    );
    Shown {
        value: Value::Object(map),
        version,
        location,
    }
}

fn group_of_user(id: &TeamId, name: &str, base: &str) -> Value {
    json!({ "value": id, "$ref": format!("{base}/Groups/{id}"), "display": name, "type": "direct" })
}

/// A team as SCIM shows it; its members where they were read.
pub fn group(view: &TeamView, base: &str) -> Shown {
    let team = &view.team;
    let location = format!("{base}/Groups/{}", team.id);
    let version = scim::meta::etag(team.version);
    let mut map = Map::new();
    map.insert("schemas".to_owned(), json!([scim::urn::GROUP]));
    map.insert("id".to_owned(), json!(team.id));
    if let Some(external_id) = &team.external_id {
        map.insert("externalId".to_owned(), json!(external_id));
    }
    map.insert("displayName".to_owned(), json!(team.name));
    if let Some(members) = view.members.as_ref().filter(|members| !members.is_empty()) {
        let members = members
            .iter()
            .map(|(id, name)| member_of_group(id, name, base))
            .collect::<Vec<_>>();
        map.insert("members".to_owned(), Value::Array(members));
    }
    map.insert(
        "meta".to_owned(),
        meta(
            "Group",
            team.created_at,
            team.updated_at,
            &location,
            &version,
        ),
    );
    Shown {
        value: Value::Object(map),
        version,
        location,
    }
}

fn member_of_group(id: &UserId, name: &str, base: &str) -> Value {
    json!({ "value": id, "$ref": format!("{base}/Users/{id}"), "display": name, "type": "User" })
}

fn meta(
    kind: &str,
    created: Timestamp,
    updated: Timestamp,
    location: &str,
    version: &str,
) -> Value {
    json!({
        "resourceType": kind,
        "created": instant(created.0),
        "lastModified": instant(updated.0),
        "location": location,
        "version": version,
    })
}

/// The version of a person as SCIM shows them: it also changes with their groups, which are kept elsewhere.
pub fn user_version(view: &UserView) -> String {
    let groups = view.teams.iter().fold(0_u32, |sum, (id, name)| {
        // Any mixing will do: the same groups give the same number.
        id.as_str()
            .bytes()
            .chain(name.bytes())
            .fold(sum, |sum, byte| {
                sum.rotate_left(5) ^ sum.wrapping_mul(31) ^ u32::from(byte)
            })
    });
    match groups {
        0 => format!("W/\"{}\"", view.user.version),
        groups => format!("W/\"{}-{groups:x}\"", view.user.version),
    }
}

/// The name a client finds them by; somebody who was added by hand has none but their address.
fn user_name(view: &UserView) -> &str {
    view.user.user_name.as_deref().unwrap_or(&view.user.login)
}

fn attributes_of(view: &UserView) -> Map<String, Value> {
    serde_json::from_str(&view.user.attributes).unwrap_or_default()
}

/// What stands about a person, as a client would assert it; `active` is left out, so that only a
/// change that names it changes a lock.
pub fn asserted(view: &UserView) -> scim::user::User {
    scim::user::User {
        user_name: Some(user_name(view).to_owned()),
        external_id: view.user.external_id.clone(),
        attributes: attributes_of(view),
        ..scim::user::User::default()
    }
}

/// What a client asserts about a person, in our words.
pub fn profile(user: &scim::user::User) -> Profile {
    let emails = user.emails().into_iter();
    Profile {
        user_name: user.user_name.clone().unwrap_or_default(),
        external_id: user.external_id.clone(),
        active: user.active,
        display_name: user.display_name().map(str::to_owned),
        given_name: user.given_name().map(str::to_owned),
        family_name: user.family_name().map(str::to_owned),
        emails: emails
            .map(|(value, primary)| Email {
                value: value.to_owned(),
                primary,
            })
            .collect(),
        attributes: Value::Object(user.attributes.clone()).to_string(),
        values: values(&user.attributes),
        password: None,
    }
}

/// Whether a connection takes passwords.
pub fn passwords(connection: &Connection) -> scim::password::Passwords {
    match connection.passwords {
        directory::model::connection::Passwords::Taken => scim::password::Passwords::Taken,
        directory::model::connection::Passwords::Ignored => scim::password::Passwords::Ignored,
    }
}

/// The leaves of a person's attributes.
fn values(attributes: &Map<String, Value>) -> Vec<AttributeValue> {
    let mut leaves = Vec::new();
    for (name, value) in attributes {
        if name == scim::urn::ENTERPRISE {
            let extension = Resource::User.extension();
            for (part, value) in value.as_object().into_iter().flatten() {
                if let Some(attribute) = extension.and_then(|extension| extension.part(part)) {
                    collect(
                        &format!("{}:{}", scim::urn::ENTERPRISE, attribute.name),
                        attribute,
                        value,
                        &mut leaves,
                    );
                }
            }
        } else if let Some(attribute) = Resource::User
            .attributes()
            .iter()
            .find(|known| known.name == name)
        {
            collect(name, attribute, value, &mut leaves);
        }
    }
    leaves
}

fn collect(
    name: &str,
    attribute: &'static Attribute,
    value: &Value,
    leaves: &mut Vec<AttributeValue>,
) {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    for (item, value) in (0_i64..).zip(items) {
        let mut push = |part: &str, kind: &'static Attribute, value: &Value| {
            if let Some(value) = leaf(kind, value) {
                leaves.push(AttributeValue {
                    attribute: name.to_owned(),
                    item,
                    part: part.to_owned(),
                    value,
                });
            }
        };
        match value {
            Value::Object(parts) => {
                for (part, value) in parts {
                    if let Some(kind) = attribute.part(part) {
                        push(kind.name, kind, value);
                    }
                }
            }
            simple => push("", attribute, simple),
        }
    }
}

fn leaf(attribute: &Attribute, value: &Value) -> Option<Leaf> {
    match (attribute.kind, value) {
        (_, Value::Bool(flag)) => Some(Leaf::Flag(*flag)),
        (Type::DateTime, Value::String(text)) => read_instant(text).map(Leaf::Instant),
        (_, Value::String(text)) => Some(Leaf::Text(text.clone())),
        (_, Value::Number(number)) => Some(Leaf::Text(number.to_string())),
        _ => None,
    }
}

/// Answers with a resource: as much of it as was asked for, with its version and address.
pub fn respond(status: StatusCode, mut shown: Shown, projection: &Projection) -> Response {
    projection.apply(&mut shown.value);
    let mut response = answer(status, &shown.value);
    let headers = response.headers_mut();
    if let Ok(version) = HeaderValue::from_str(&shown.version) {
        headers.insert(header::ETAG, version);
    }
    if let Ok(location) = HeaderValue::from_str(&shown.location) {
        headers.insert(
            if status == StatusCode::CREATED {
                header::LOCATION
            } else {
                header::CONTENT_LOCATION
            },
            location,
        );
    }
    response
}

/// Answers a GET: 304 where the client has this version already.
pub fn respond_if_new(
    headers: &HeaderMap,
    shown: Shown,
    projection: &Projection,
) -> Result<Response, Refused> {
    if let Some(tags) = tags(headers, &header::IF_NONE_MATCH)?
        && has(&tags, &shown.version)
    {
        let version =
            HeaderValue::from_str(&shown.version).unwrap_or(HeaderValue::from_static("*"));
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, version)]).into_response());
    }
    Ok(respond(StatusCode::OK, shown, projection))
}

/// What a client says in `If-Match` or `If-None-Match`.
///
/// # Errors
/// 400 `invalidVers` where it cannot be read.
pub fn tags(headers: &HeaderMap, name: &header::HeaderName) -> Result<Option<Tags>, Refused> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let value = value.to_str().unwrap_or_default();
    Ok(Some(Tags::read(value)?))
}

/// Refuses a change of another version than the client names (SCM-9).
///
/// # Errors
/// 412 where the version is another one.
pub fn check_version(tags: Option<&Tags>, version: &str) -> Result<(), Refused> {
    match tags {
        Some(tags) if !has(tags, version) => {
            let detail = "This resource was changed meanwhile. Read it again, then send the change with its new version.";
            Err(scim::error::Error::precondition_failed(detail).into())
        }
        _ => Ok(()),
    }
}

fn has(tags: &Tags, version: &str) -> bool {
    match tags {
        Tags::Any => true,
        Tags::These(tags) => tags
            .iter()
            .any(|tag| version.trim_start_matches("W/").trim_matches('"') == tag),
    }
}
