//! How two identity providers word the same wishes, as their documentation and published suites show it.

use http::Method;
use scim::urn;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use super::staff::Somebody;

/// Whose manner of asking is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// Operations without a path, filters with `%20`.
    #[default]
    Okta,
    /// Capital operations with paths, booleans as text, filters with `+`.
    Entra,
}

/// One request, to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub method: Method,
    /// Below the base URL, with its query.
    pub path: String,
    pub body: Option<Value>,
}

/// Entra ID sends it with every group.
const ENTRA_GROUP: &str =
    "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
/// Entra ID looks for a person of this name when a connection is tested: nobody has it.
const NOBODY: &str = "7f2f3c1e-6a0e-4f0a-9f52-6d2b2f1d8a11";

impl Style {
    /// Reads the word of a form.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "okta" => Some(Self::Okta),
            "entra" => Some(Self::Entra),
            _ => None,
        }
    }

    /// The word of a form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Entra => "entra",
        }
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Okta => "Okta",
            Self::Entra => "Entra ID",
        }
    }

    /// What the request log shows as the client.
    pub fn agent(self) -> &'static str {
        match self {
            Self::Okta => "Muster demo, as Okta asks",
            Self::Entra => "Muster demo, as Entra ID asks",
        }
    }

    /// The connection test.
    pub fn test(self) -> Vec<Call> {
        match self {
            Self::Okta => vec![
                get("/Users?startIndex=1&count=2".to_owned()),
                get("/Groups?startIndex=1&count=100".to_owned()),
            ],
            Self::Entra => vec![self.find_person(NOBODY)],
        }
    }

    /// Whether somebody is there already.
    pub fn find_person(self, user_name: &str) -> Call {
        let filter = self.filter("userName", user_name);
        get(match self {
            Self::Okta => format!("/Users?filter={filter}&startIndex=1&count=100"),
            Self::Entra => format!("/Users?filter={filter}"),
        })
    }

    /// Creates somebody.
    pub fn create_person(self, person: &Somebody) -> Call {
        let body = match self {
            Self::Okta => json!({
                "schemas": [urn::USER],
                "userName": person.address(),
                "name": { "givenName": person.given, "familyName": person.family },
                "emails": [{ "primary": true, "value": person.address(), "type": "work" }],
                "displayName": person.name(),
                "locale": "en-US",
                "externalId": person.external_id(),
                "groups": [],
                "active": true,
            }),
            Self::Entra => json!({
                "schemas": [urn::USER, urn::ENTERPRISE],
                "externalId": person.external_id(),
                "userName": person.address(),
                "active": "True",
                "displayName": person.name(),
                "emails": [{ "primary": "True", "type": "work", "value": person.address() }],
                "meta": { "resourceType": "User" },
                "name": { "givenName": person.given, "familyName": person.family },
                "roles": [],
                "title": null,
                urn::ENTERPRISE: { "department": person.groups.first() },
            }),
        };
        send(Method::POST, "/Users".to_owned(), body)
    }

    /// Locks somebody.
    pub fn deactivate(self, id: &str) -> Call {
        let operation = match self {
            Self::Okta => json!({ "op": "replace", "value": { "active": false } }),
            Self::Entra => json!({ "op": "Replace", "path": "active", "value": "False" }),
        };
        patch(format!("/Users/{id}"), &[operation])
    }

    /// Whether a group is there already.
    pub fn find_group(self, name: &str) -> Call {
        let filter = self.filter("displayName", name);
        get(match self {
            Self::Okta => format!("/Groups?filter={filter}&startIndex=1&count=100"),
            Self::Entra => format!("/Groups?excludedAttributes=members&filter={filter}"),
        })
    }

    /// Creates a group with nobody in it.
    pub fn create_group(self, name: &str) -> Call {
        let body = match self {
            Self::Okta => json!({ "schemas": [urn::GROUP], "displayName": name, "members": [] }),
            Self::Entra => json!({
                "schemas": [urn::GROUP, ENTRA_GROUP],
                "externalId": format!("demo-{}", name.to_lowercase().replace(' ', "-")),
                "displayName": name,
                "meta": { "resourceType": "Group" },
            }),
        };
        send(Method::POST, "/Groups".to_owned(), body)
    }

    /// Puts people, by id and address, into a group.
    pub fn add_members(self, id: &str, people: &[(String, String)]) -> Call {
        let members: Vec<Value> = people
            .iter()
            .map(|(id, address)| match self {
                Self::Okta => json!({ "value": id, "display": address }),
                Self::Entra => json!({ "$ref": null, "value": id }),
            })
            .collect();
        let operation = match self {
            Self::Okta => json!({ "op": "add", "path": "members", "value": members }),
            Self::Entra => json!({ "op": "Add", "path": "members", "value": members }),
        };
        patch(format!("/Groups/{id}"), &[operation])
    }

    /// Gives a group another name.
    pub fn rename_group(self, id: &str, name: &str) -> Call {
        let operation = match self {
            Self::Okta => {
                json!({ "op": "replace", "value": { "id": id, "displayName": name } })
            }
            Self::Entra => json!({ "op": "Replace", "path": "displayName", "value": name }),
        };
        patch(format!("/Groups/{id}"), &[operation])
    }

    fn filter(self, attribute: &str, value: &str) -> String {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        let filter: String =
            byte_serialize(format!("{attribute} eq \"{value}\"").as_bytes()).collect();
        match self {
            Self::Okta => filter.replace('+', "%20"),
            Self::Entra => filter,
        }
    }
}

fn get(path: String) -> Call {
    Call {
        method: Method::GET,
        path,
        body: None,
    }
}

fn send(method: Method, path: String, body: Value) -> Call {
    Call {
        method,
        path,
        body: Some(body),
    }
}

fn patch(path: String, operations: &[Value]) -> Call {
    let body = json!({ "schemas": [urn::PATCH_OP], "Operations": operations });
    send(Method::PATCH, path, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_quoted_and_its_spaces_are_those_of_each_client() {
        assert_eq!(
            Style::Okta.find_person("a@b").path,
            "/Users?filter=userName%20eq%20%22a%40b%22&startIndex=1&count=100"
        );
        assert_eq!(
            Style::Entra.find_group("A \"B\"").path,
            "/Groups?excludedAttributes=members&filter=displayName+eq+%22A+%5C%22B%5C%22%22"
        );
    }

    #[test]
    fn each_client_locks_in_its_own_words() {
        let value = |call: Call| call.body.unwrap_or_default()["Operations"][0].clone();
        assert_eq!(
            value(Style::Okta.deactivate("1")),
            json!({ "op": "replace", "value": { "active": false } })
        );
        assert_eq!(
            value(Style::Entra.deactivate("1")),
            json!({ "op": "Replace", "path": "active", "value": "False" })
        );
    }

    #[test]
    fn a_style_is_known_by_its_word() {
        for style in [Style::Okta, Style::Entra] {
            assert_eq!(Style::of(style.word()), Some(style));
        }
        assert_eq!(Style::of("other"), None);
    }
}
