//! What must hold whatever comes in. The corpus beside it runs through the same as an ordinary test.

use directory::secret;
use scim::bulk::{self, Bulk};
use scim::error::Error;
use scim::filter::Filter;
use scim::group::Group;
use scim::password::Passwords;
use scim::patch::{GroupPatch, UserPatch};
use scim::path::Path;
use scim::query::Query;
use scim::schema::{Resource, Scope};
use scim::user::User;
use serde_json::{Value, json};

const SCOPES: [Scope; 4] = [
    Scope::One(Resource::User),
    Scope::One(Resource::Group),
    Scope::All(Resource::User),
    Scope::All(Resource::Group),
];

/// A filter is refused in a sentence that repeats nothing of it, or it is read, printed and read again the same.
pub fn filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let person = person();
    for scope in SCOPES {
        match Filter::parse(text, scope) {
            Ok(filter) => {
                filter.matches(&person);
                let printed = filter.to_string();
                // What is printed may be longer than what was read, and so too long.
                if printed.len() <= scim::filter::MAX_LENGTH {
                    assert_eq!(Filter::parse(&printed, scope), Ok(filter), "{printed}");
                }
            }
            Err(error) => refused(&error, 400),
        }
    }
    let _read = Query::read([("filter", text), ("sortBy", text)], Resource::User);
}

/// A path of a PATCH is read or refused.
pub fn path(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for resource in [Resource::User, Resource::Group] {
        match Path::parse(text, resource) {
            Ok(path) => assert!(path.attribute.belongs_to(resource)),
            Err(error) => refused(&error, 400),
        }
    }
}

/// A PATCH is read or refused, and applied whole or not at all; so is every other body.
pub fn patch(data: &[u8]) {
    let Ok(mut changed) = User::read(person().to_string().as_bytes(), Passwords::Ignored) else {
        unreachable!("the person is good");
    };
    let before = changed.clone();
    match UserPatch::read(data, Passwords::Ignored) {
        Ok(patch) => match patch.apply(&mut changed) {
            Ok(()) => {
                let once = changed.clone();
                // Applied to what it made, it is read the same way, whatever it says.
                let _again = patch.apply(&mut changed);
                assert!(once.user_name.is_some(), "userName cannot be taken away");
            }
            Err(error) => {
                refused(&error, 400);
                assert_eq!(changed, before, "refused, it changes nothing");
            }
        },
        Err(error) => assert!(matches!(error.status, 400 | 413)),
    }
    for read in [
        GroupPatch::read(data).err(),
        User::read(data, Passwords::Ignored).err(),
        Group::read(data).err(),
    ] {
        assert!(read.is_none_or(|error| matches!(error.status, 400 | 413)));
    }
    if let Ok(bulk) = Bulk::read(data) {
        let steps = bulk::order(&bulk.operations);
        assert_eq!(steps.len(), bulk.operations.len(), "each runs once");
    }
}

/// A header names at most one token, and a token has one spelling.
pub fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let token = secret::bearer(text).unwrap_or(text);
    if let Some(id) = secret::parse_token(token) {
        assert_eq!(id.as_str().len(), 12);
        let mut mistyped = token.to_owned();
        let last = if mistyped.pop() == Some('0') {
            '1'
        } else {
            '0'
        };
        mistyped.push(last);
        assert_eq!(secret::parse_token(&mistyped), None, "the sum tells");
    }
}

#[track_caller]
fn refused(error: &Error, status: u16) {
    assert_eq!(error.status, status);
    assert!(error.scim_type.is_some() && error.detail.ends_with('.'));
}

/// Somebody with values of every kind.
fn person() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "grace@acme.example",
        "externalId": "00u1",
        "active": true,
        "name": { "givenName": "Grace", "familyName": "Hopper" },
        "emails": [
            { "value": "grace@acme.example", "type": "work", "primary": true },
            { "value": "grace@home.example", "type": "home" },
        ],
        "phoneNumbers": [{ "value": "+1", "type": "mobile" }],
        "meta": { "resourceType": "User", "created": "2026-01-01T00:00:00Z" },
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Tools",
            "manager": { "value": "1" },
        },
    })
}
