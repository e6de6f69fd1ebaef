//! Paging, sorting, projections and versions, as tables.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use scim::error::{Error, ScimType};
use scim::list::{ListResponse, Page};
use scim::meta::{Tags, etag, instant};
use scim::projection::Projection;
use scim::query::{Order, Query};
use scim::schema::{Resource, resolve};
use scim::urn;
use serde_json::{Value, json};
use support::bytes;

#[test]
fn pages_are_clamped_and_never_refused_for_being_odd() {
    for (start_index, count, expected) in [
        (None, None, (1, 1_000)),
        (Some("1"), Some("100"), (1, 100)),
        (Some("101"), Some("100"), (101, 100)),
        (Some("-5"), Some("2"), (1, 2)),
        (Some("0"), Some("5"), (1, 5)),
        (
            Some("1000000000000000000"),
            None,
            (1_000_000_000_000_000_000, 1_000),
        ),
        (Some("1e18"), None, (1_000_000_000_000_000_000, 1_000)),
        (Some("99999999999999999999999999"), None, (i64::MAX, 1_000)),
        (Some("9e99"), None, (i64::MAX, 1_000)),
        (None, Some("-1"), (1, 0)),
        (None, Some("0"), (1, 0)),
        (None, Some("1e9"), (1, 1_000)),
        (None, Some("1000000000"), (1, 1_000)),
        (None, Some("-99999999999999999999999999"), (1, 0)),
        (Some(" 6 "), Some("+5"), (6, 5)),
    ] {
        let page = Page::read(start_index, count).unwrap();
        assert_eq!(
            (page.start_index, page.count),
            expected,
            "{start_index:?} {count:?}"
        );
        assert_eq!(page.offset(), page.start_index - 1);
    }
    for text in [
        "abc", "1.5", "", "-", "0x10", "1e", "e5", "NaN", "inf", "１",
    ] {
        for result in [Page::read(Some(text), None), Page::read(None, Some(text))] {
            assert_eq!(
                result.unwrap_err().scim_type,
                Some(ScimType::InvalidValue),
                "{text}"
            );
        }
    }
}

#[test]
fn a_list_says_what_it_holds_even_when_that_is_nothing() {
    let empty = ListResponse::new(0, 1, Vec::new()).to_json();
    assert_eq!(
        empty,
        json!({
            "schemas": [urn::LIST_RESPONSE], "totalResults": 0, "startIndex": 1,
            "itemsPerPage": 0, "Resources": [],
        })
    );
    let page = ListResponse::new(1_500, 1_001, vec![json!({}); 500]).to_json();
    assert_eq!(
        (&page["itemsPerPage"], &page["startIndex"]),
        (&json!(500), &json!(1_001))
    );
}

fn query(pairs: &[(&str, &str)]) -> Result<Query, Error> {
    Query::read(pairs.iter().copied(), Resource::User)
}

#[test]
fn parameters_count_in_any_case_and_unknown_ones_are_ignored() {
    let read = query(&[
        ("aadOptscim062020", ""),
        ("FILTER", "userName eq \"x\""),
        ("startindex", "6"),
        ("Count", "5"),
        ("sortBy", "EMAILS"),
        ("sortorder", "Descending"),
        ("attributes", "userName"),
        ("excludedAttributes", ""),
    ])
    .unwrap();
    assert_eq!(read.filter.unwrap().to_string(), "userName eq \"x\"");
    assert_eq!((read.page.start_index, read.page.count), (6, 5));
    let sort = read.sort.unwrap();
    assert_eq!(
        (sort.by.name().as_str(), sort.order),
        ("emails.value", Order::Descending)
    );
    assert!(!read.projection.is_default());
    assert_eq!(query(&[]).unwrap(), Query::default());
    assert_eq!(
        query(&[("filter", " "), ("count", "")]).unwrap(),
        Query::default()
    );
}

#[test]
fn parameters_that_mean_nothing_are_refused() {
    for pairs in [
        &[("sortBy", "passwordHash")][..],
        &[("sortBy", "password")],
        &[("sortBy", urn::ENTERPRISE)],
        &[("sortBy", "userName"), ("sortOrder", "up")],
        &[("sortOrder", "up")],
        &[("startIndex", "abc")],
        &[("count", "abc")],
        &[("count", "1"), ("COUNT", "2")],
        &[("attributes", "userName"), ("excludedAttributes", "emails")],
    ] {
        let error = query(pairs).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue), "{pairs:?}");
    }
    let error = query(&[("filter", "shoeSize pr")]).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::InvalidFilter));
}

#[test]
fn a_search_body_says_the_same_as_a_query() {
    let search = |body: Value| Query::read_search(&bytes(&body), Resource::User);
    let read = search(json!({
        "schemas": [urn::SEARCH_REQUEST], "Filter": "userName eq \"x\"", "startIndex": 6, "count": 5,
        "sortBy": "userName", "sortOrder": "ascending", "attributes": ["userName", "emails"],
        "excludedAttributes": [], "unknown": {},
    }))
    .unwrap();
    let same = query(&[
        ("filter", "userName eq \"x\""),
        ("startIndex", "6"),
        ("count", "5"),
        ("sortBy", "userName"),
        ("attributes", "userName,emails"),
    ]);
    assert_eq!(read, same.unwrap());
    assert_eq!(search(json!({})).unwrap(), Query::default());
    assert_eq!(
        search(json!({ "count": null, "filter": null })).unwrap(),
        Query::default()
    );
    assert_eq!(
        search(json!({ "startIndex": -3, "count": -1 }))
            .unwrap()
            .page,
        Page::new(None, Some(0))
    );
    // The same numbers, as some languages write them.
    let same = search(json!({ "startIndex": 6.0, "count": 5e0 })).unwrap();
    assert_eq!(same.page, Page::new(Some(6), Some(5)));
}

#[test]
fn a_search_body_with_odd_numbers_is_refused() {
    for body in [
        r#"{"count":1e400}"#,
        r#"{"count":-0}"#,
        r#"{"count":18446744073709551616}"#,
        r#"{"count":18446744073709551615}"#,
        r#"{"startIndex":1.5}"#,
        r#"{"startIndex":"1"}"#,
        r#"{"filter":5}"#,
        r#"{"attributes":[5]}"#,
        r#"{"sortBy":{}}"#,
    ] {
        let error = Query::read_search(body.as_bytes(), Resource::User).unwrap_err();
        assert_eq!(error.scim_type, Some(ScimType::InvalidValue), "{body}");
    }
}

fn ada() -> Value {
    json!({
        "schemas": [urn::USER, urn::ENTERPRISE], "id": "1", "userName": "ada", "active": true,
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "emails": [{ "value": "a", "type": "work" }, { "value": "b" }],
        urn::ENTERPRISE: { "department": "Ops", "manager": { "value": "m1", "$ref": "../Users/m1" } },
        "groups": [{ "value": "g1" }], "meta": { "created": "2026-03-01T12:00:00.000Z" },
    })
}

fn projected(attributes: Option<&str>, excluded: Option<&str>) -> Value {
    let mut resource = ada();
    Projection::read(attributes, excluded, Resource::User)
        .unwrap()
        .apply(&mut resource);
    let map = resource.as_object_mut().unwrap();
    assert!(
        map.remove("schemas").is_some() && map.remove("id").is_some(),
        "always answered"
    );
    resource
}

#[test]
fn attributes_leave_what_is_named() {
    for (names, expected) in [
        ("userName", json!({ "userName": "ada" })),
        (
            " USERNAME , active ",
            json!({ "userName": "ada", "active": true }),
        ),
        ("name.givenName", json!({ "name": { "givenName": "Ada" } })),
        (
            "name.givenName,name",
            json!({ "name": { "givenName": "Ada", "familyName": "Lovelace" } }),
        ),
        ("emails.type", json!({ "emails": [{ "type": "work" }] })),
        (
            "urn:ietf:params:scim:schemas:core:2.0:User:userName",
            json!({ "userName": "ada" }),
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            json!({ urn::ENTERPRISE: { "department": "Ops" } }),
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
            json!({ urn::ENTERPRISE: { "manager": { "value": "m1" } } }),
        ),
        (
            urn::ENTERPRISE,
            json!({ urn::ENTERPRISE: ada()[urn::ENTERPRISE].clone() }),
        ),
        ("id", json!({})),
        ("password", json!({})),
        ("nonsense", json!({})),
        ("nickName", json!({})),
        (
            "meta.created",
            json!({ "meta": { "created": "2026-03-01T12:00:00.000Z" } }),
        ),
    ] {
        assert_eq!(projected(Some(names), None), expected, "{names}");
    }
}

#[test]
fn excluded_attributes_go_and_nothing_else_does() {
    let without = |names: &str| projected(None, Some(names));
    let full = projected(None, None);
    assert_eq!(without("nonsense,id,schemas"), full);
    assert_eq!(without("GROUPS").get("groups"), None);
    assert_eq!(
        without("name.givenName")["name"],
        json!({ "familyName": "Lovelace" })
    );
    assert_eq!(without("name.givenName,name.familyName").get("name"), None);
    assert_eq!(
        without("emails.value")["emails"],
        json!([{ "type": "work" }])
    );
    assert_eq!(
        without("emails.type")["emails"],
        json!([{ "value": "a" }, { "value": "b" }])
    );
    assert_eq!(
        without("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref")
            [urn::ENTERPRISE],
        json!({ "department": "Ops", "manager": { "value": "m1" } })
    );
    assert_eq!(without(urn::ENTERPRISE).get(urn::ENTERPRISE), None);
}

#[test]
fn a_projection_knows_what_need_not_be_read() {
    let projection =
        |attributes, excluded| Projection::read(attributes, excluded, Resource::Group).unwrap();
    assert!(projection(None, Some("Members")).excludes("members"));
    assert!(!projection(None, Some("members.display")).excludes("members"));
    assert!(!projection(None, Some("members")).excludes("displayName"));
    assert!(projection(Some("displayName"), None).excludes("members"));
    assert!(!projection(Some("members.value"), None).excludes("members"));
    assert!(!projection(Some("displayName"), None).excludes("id"));
    assert!(!projection(None, Some("id")).excludes("id"));
    assert!(!projection(None, None).excludes("members"));
    assert!(projection(None, None).is_default());
    assert!(projection(Some(""), Some(" ")).is_default());
}

#[test]
fn versions_are_weak_tags_and_lists_of_them_are_read() {
    assert_eq!(etag(3), "W/\"3\"");
    for (header, version, matches) in [
        ("*", 7, true),
        (" * ", 7, true),
        ("W/\"3\"", 3, true),
        ("\"3\"", 3, true),
        ("W/\"3\"", 4, false),
        ("W/\"2\", \"3\" ,W/\"4\"", 3, true),
        ("W/\"2\",W/\"4\"", 3, false),
        ("\"abc\"", 3, false),
        ("\"\"", 0, false),
        ("\"03\"", 3, false),
    ] {
        assert_eq!(
            Tags::read(header).unwrap().matches(version),
            matches,
            "{header}"
        );
    }
    for header in [
        "",
        "3",
        "W/3",
        "w/\"3\"",
        "\"3",
        "W/\"3\" W/\"4\"",
        "W/\"3\",",
        ",\"3\"",
        "\"a b\"",
        "*,\"3\"",
        "\"3\"x",
    ] {
        assert_eq!(
            Tags::read(header).unwrap_err().scim_type,
            Some(ScimType::InvalidVers),
            "{header}"
        );
    }
}

#[test]
fn instants_are_written_with_milliseconds() {
    for (millis, text) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_772_366_400_123, "2026-03-01T12:00:00.123Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        (i64::MAX, "9999-12-31T23:59:59.999Z"),
        (i64::MIN, "0000-01-01T00:00:00.000Z"),
    ] {
        assert_eq!(instant(millis), text);
    }
}

#[test]
fn names_are_found_in_any_case_with_and_without_their_schema() {
    for (name, found) in [
        ("USERNAME", "userName"),
        (
            "urn:ietf:params:scim:schemas:core:2.0:user:NAME.GIVENNAME",
            "name.givenName",
        ),
        (
            "manager",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$REF",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref",
        ),
        ("meta.lastmodified", "meta.lastModified"),
        ("members", ""),
        ("password", ""),
        ("name.", ""),
        (
            "urn:ietf:params:scim:schemas:core:2.0:Group:displayName",
            "",
        ),
        ("ürn:ietf:params:scim:schemas:core:2.0:Üser:x", ""),
        ("", ""),
    ] {
        let path = resolve(Resource::User, name)
            .map(|path| path.name())
            .unwrap_or_default();
        assert_eq!(path, found, "{name}");
    }
    assert_eq!(
        resolve(Resource::Group, "Members.Value").unwrap().name(),
        "members.value"
    );
    assert_eq!(resolve(Resource::Group, "department"), None);
}
