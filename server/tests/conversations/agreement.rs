//! What holds after every conversation: people and groups agree, and a typed client understands everybody.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::scim_client::{Answer, ScimClient};

/// `groups` of people and `members` of groups say the same, and nobody is shown with anything /Schemas does not declare.
pub async fn check(provider: &ScimClient, title: &str) {
    let (people, groups) = (
        provider.get("/Users").await.is(200),
        provider.get("/Groups").await.is(200),
    );
    let by_people = pairs(&people, "groups")
        .into_iter()
        .collect::<BTreeSet<_>>();
    let by_groups = pairs(&groups, "members")
        .into_iter()
        .map(|(group, person)| (person, group))
        .collect();
    assert_eq!(by_people, by_groups, "{title}: people and groups disagree");
    let schemas = provider.get("/Schemas").await.is(200);
    for resource in resources(&people).iter().chain(resources(&groups)) {
        let problem = undeclared(resource, &schemas.body);
        assert_eq!(
            problem, None,
            "{title}: a typed client would refuse\n{resource:#}"
        );
    }
}

fn resources(list: &Answer) -> &[Value] {
    list.body["Resources"]
        .as_array()
        .unwrap_or_else(|| panic!("no Resources: {list}"))
}

/// The ids of resources, each with the ids in one of its lists.
fn pairs(list: &Answer, name: &str) -> Vec<(String, String)> {
    let of = |one: &Value| {
        let others = one[name].as_array().cloned().unwrap_or_default();
        others
            .into_iter()
            .map(|other| (one["id"].to_string(), other["value"].to_string()))
            .collect::<Vec<_>>()
    };
    resources(list).iter().flat_map(of).collect()
}

/// The first thing of a resource that the schemas it names do not declare, or declare otherwise.
fn undeclared(resource: &Value, schemas: &Value) -> Option<String> {
    let schema = |urn: &Value| {
        schemas["Resources"]
            .as_array()?
            .iter()
            .find(|schema| schema["id"] == *urn)
    };
    let urns = resource["schemas"].as_array().unwrap();
    let core = &schema(&urns[0]).unwrap()["attributes"];
    let common = ["schemas", "id", "externalId", "meta"];
    resource
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !common.contains(&name.as_str()))
        .find_map(|(name, value)| {
            if urns[1..].contains(&Value::from(name.as_str())) {
                return of_another_type(
                    value,
                    &schema(&Value::from(name.as_str())).unwrap()["attributes"],
                    name,
                );
            }
            undeclared_attribute(name, value, core, "")
        })
}

fn undeclared_attribute(
    name: &str,
    value: &Value,
    declared: &Value,
    place: &str,
) -> Option<String> {
    let place = format!("{place}/{name}");
    let Some(attribute) = declared
        .as_array()?
        .iter()
        .find(|attribute| attribute["name"] == name)
    else {
        return Some(format!("{place} is not declared"));
    };
    let items = match (attribute["multiValued"] == true, value) {
        (true, Value::Array(items)) => items.iter().collect::<Vec<_>>(),
        (false, one) if !one.is_array() => vec![one],
        _ => return Some(format!("{place} is a list or should be one")),
    };
    items
        .into_iter()
        .find_map(|item| match (attribute["type"].as_str()?, item) {
            ("complex", Value::Object(_)) => {
                of_another_type(item, &attribute["subAttributes"], &place)
            }
            ("reference", Value::String(_))
                if attribute["referenceTypes"]
                    .as_array()
                    .is_none_or(Vec::is_empty) =>
            {
                Some(format!("{place} does not say what it refers to"))
            }
            ("boolean", Value::Bool(_))
            | ("string" | "reference" | "binary" | "dateTime", Value::String(_)) => None,
            (kind, item) => Some(format!("{place} is {item} and should be a {kind}")),
        })
}

fn of_another_type(object: &Value, declared: &Value, place: &str) -> Option<String> {
    object
        .as_object()?
        .iter()
        .find_map(|(name, value)| undeclared_attribute(name, value, declared, place))
}
