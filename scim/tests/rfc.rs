//! Every sample of RFC 7643 and RFC 7644 reads, and is written back, as printed there.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use scim::error::Error;
use scim::filter::Filter;
use scim::group::Group;
use scim::list::ListResponse;
use scim::password::Passwords;
use scim::projection::Projection;
use scim::query::Query;
use scim::schema::Resource;
use scim::user::User;
use scim::{discovery, urn};
use serde_json::{Value, json};
use support::{bytes, fixture, without};

/// A sample without what only a server writes: that is read and left aside.
fn asserted(sample: &Value) -> Value {
    let mut map = without(sample, &["id", "meta", "groups", "password"]);
    if let Some(manager) = map
        .get_mut(urn::ENTERPRISE)
        .and_then(|e| e.get_mut("manager"))
    {
        manager.as_object_mut().unwrap().remove("displayName");
    }
    let enterprise = map.contains_key(urn::ENTERPRISE);
    map.retain(|_, value| value != &json!([]));
    map.insert(
        "schemas".into(),
        if enterprise {
            json!([urn::USER, urn::ENTERPRISE])
        } else {
            json!([urn::USER])
        },
    );
    Value::Object(map)
}

#[test]
fn every_user_of_the_rfcs_is_written_back_as_it_was_read() {
    for name in [
        "rfc/7643-8.1-minimal-user",
        "rfc/7643-8.2-full-user",
        "rfc/7643-8.3-enterprise-user",
        "rfc/7644-3.3-create-user",
        "rfc/7644-3.4.1-retrieved-user",
        "rfc/7644-3.5.1-replace-user",
    ] {
        let sample = fixture(name);
        let user = User::read(&bytes(&sample), Passwords::Ignored)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(Value::Object(user.to_json()), asserted(&sample), "{name}");
    }
}

#[test]
fn the_full_user_names_the_groups_and_the_password_is_ignored_with_a_remark() {
    let user = User::read(
        &bytes(&fixture("rfc/7643-8.2-full-user")),
        Passwords::Ignored,
    )
    .unwrap();
    assert_eq!(user.groups.len(), 3);
    assert_eq!(user.groups[0], "e9e30dba-f08f-4109-8486-d5c6a331660a");
    assert_eq!(
        user.emails(),
        [("bjensen@example.com", true), ("babs@jensen.org", false)]
    );
    assert_eq!(
        (user.given_name(), user.family_name()),
        (Some("Barbara"), Some("Jensen"))
    );
    assert_eq!(user.display_name(), Some("Babs Jensen"));
    assert_eq!(
        user.warnings,
        ["Ignored password: this connection does not take passwords."]
    );
}

#[test]
fn the_group_of_the_rfc_is_written_back_as_it_was_read() {
    let sample = fixture("rfc/7643-8.4-group");
    let group = Group::read(&bytes(&sample)).unwrap();
    assert_eq!(group.display_name, "Tour Guides");
    let mut expected = Value::Object(without(&sample, &["id", "meta"]));
    for member in expected["members"].as_array_mut().unwrap() {
        member.as_object_mut().unwrap().remove("$ref");
    }
    assert_eq!(Value::Object(group.to_json()), expected);
}

#[test]
fn lists_have_the_members_of_the_rfcs_samples() {
    for (name, start_index) in [
        ("rfc/7644-3.4.2-list-response", 1),
        ("rfc/7644-3.4.2.4-page", 1),
    ] {
        let sample = fixture(name);
        let resources = sample["Resources"].as_array().unwrap().clone();
        let total = sample["totalResults"].as_i64().unwrap();
        let written = ListResponse::new(total, start_index, resources).to_json();
        for (member, value) in sample.as_object().unwrap() {
            assert_eq!(&written[member], value, "{name}: {member}");
        }
    }
}

#[test]
fn the_search_of_the_rfc_is_read() {
    let body = bytes(&fixture("rfc/7644-3.4.3-search-request"));
    let query = Query::read_search(&body, Resource::User).unwrap();
    let filter = Filter::parse("displayName sw \"smith\"", Resource::User).unwrap();
    assert_eq!(query.filter, Some(filter));
    assert_eq!((query.page.start_index, query.page.count), (1, 10));
    let wanted = Projection::read(Some("displayName,userName"), None, Resource::User).unwrap();
    assert_eq!(query.projection, wanted);
}

#[test]
fn errors_are_written_as_in_the_rfc() {
    let samples = fixture("rfc/7644-3.12-errors");
    let not_found = Error::not_found("Resource 2819c223-7f76-453a-919d-413861904646 not found");
    assert_eq!(not_found.to_json(), samples[0]);
    assert_eq!(
        Error::mutability("Attribute 'id' is readOnly").to_json(),
        samples[1]
    );
}

/// The kind of each member, as far down as the sample goes.
fn same_shape(sample: &Value, written: &Value, place: &str) {
    match (sample, written) {
        (Value::Object(sample), Value::Object(_)) => {
            for (name, value) in sample {
                // Optional, and nothing here would be true.
                let left_out = ["documentationUri", "created", "lastModified", "version"];
                if !left_out.contains(&name.as_str()) {
                    same_shape(value, &written[name], &format!("{place}.{name}"));
                }
            }
        }
        (Value::Array(sample), Value::Array(written)) => {
            same_shape(&sample[0], &written[0], &format!("{place}[0]"));
        }
        _ => assert_eq!(
            std::mem::discriminant(sample),
            std::mem::discriminant(written),
            "{place}: {written}"
        ),
    }
}

#[test]
fn the_service_provider_config_has_the_shape_of_the_rfcs_and_tells_the_truth() {
    let written =
        discovery::service_provider_config("https://muster.example/scim/v2/2", Passwords::Ignored);
    same_shape(
        &fixture("rfc/7643-8.5-service-provider-config"),
        &written,
        "",
    );
    let supported = |name: &str| written[name]["supported"].as_bool().unwrap();
    for name in ["patch", "bulk", "filter", "sort", "etag"] {
        assert!(supported(name), "{name}");
    }
    assert!(!supported("changePassword"));
    assert_eq!(written["filter"]["maxResults"], 1000);
    assert_eq!(
        written["meta"]["location"],
        "https://muster.example/scim/v2/2/ServiceProviderConfig"
    );
}

#[test]
fn the_resource_types_have_the_shape_of_the_rfcs() {
    let samples = fixture("rfc/7643-8.6-resource-types");
    let base = "https://example.com/v2";
    let written = discovery::resource_types(base);
    assert_eq!(written["totalResults"], 2);
    for (index, name) in ["User", "Group"].iter().enumerate() {
        same_shape(&samples[index], &written["Resources"][index], name);
        assert_eq!(
            written["Resources"][index]["schema"],
            samples[index]["schema"]
        );
        assert_eq!(written["Resources"][index]["meta"], samples[index]["meta"]);
        assert_eq!(
            discovery::resource_type(base, name).unwrap(),
            written["Resources"][index]
        );
    }
    assert_eq!(discovery::resource_type(base, "Device"), None);
}

/// Every attribute of the sample has the same characteristics in what we declare.
fn same_attributes(sample: &Value, written: &Value, place: &str) {
    let written = written.as_array().unwrap();
    for attribute in sample.as_array().unwrap() {
        let name = attribute["name"].as_str().unwrap();
        let place = format!("{place}.{name}");
        let ours = written.iter().find(|ours| ours["name"] == name);
        let ours = ours.unwrap_or_else(|| panic!("{place} is not declared"));
        for characteristic in ["type", "multiValued", "mutability"] {
            assert_eq!(ours[characteristic], attribute[characteristic], "{place}");
        }
        if attribute.get("subAttributes").is_some() {
            same_attributes(&attribute["subAttributes"], &ours["subAttributes"], &place);
        }
    }
}

#[test]
fn the_schemas_declare_every_attribute_of_the_rfcs() {
    let base = "https://example.com/v2";
    let all = discovery::schemas(base, Passwords::Ignored);
    assert_eq!(all["totalResults"], 3);
    for name in ["user", "group", "enterprise"] {
        let sample = fixture(&format!("rfc/7643-8.7.1-{name}-schema"));
        let urn = sample["id"].as_str().unwrap();
        let schema = discovery::schema(base, urn, Passwords::Ignored).unwrap();
        assert_eq!(schema["name"], sample["name"]);
        assert_eq!(schema["meta"]["location"], format!("{base}/Schemas/{urn}"));
        same_attributes(&sample["attributes"], &schema["attributes"], name);
        assert!(all["Resources"].as_array().unwrap().contains(&schema));
    }
    assert_eq!(
        discovery::schema(
            base,
            "urn:ietf:params:scim:schemas:core:2.0:Device",
            Passwords::Ignored
        ),
        None
    );
}

#[test]
fn discovery_holds_no_null_and_no_password() {
    let base = "https://example.com/v2";
    for body in [
        discovery::service_provider_config(base, Passwords::Ignored),
        discovery::resource_types(base),
        discovery::schemas(base, Passwords::Ignored),
    ] {
        let text = body.to_string();
        assert!(!text.contains("null"));
        assert!(!text.contains("\"password\""));
    }
    let user = discovery::schema(base, urn::USER, Passwords::Ignored).unwrap();
    let attributes = user["attributes"].as_array().unwrap();
    let groups = attributes
        .iter()
        .find(|attribute| attribute["name"] == "groups")
        .unwrap();
    assert_eq!(groups["mutability"], "readOnly");
    assert!(groups["description"].as_str().unwrap().contains("PATCH"));
}
