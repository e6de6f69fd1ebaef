//! What to do at the identity provider, step by step, with the values of this connection filled in.

use super::set_up::base_url;
use crate::components::copy::Copy;
use crate::components::icon::{Glyph, Icon};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelFoot};
use directory::model::connection::{ConnectionDetail, ConnectionState};
use leptos::prelude::*;

/// When a step is known to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// The first request has come.
    Connected,
    /// A user has come.
    Users,
    /// A team has come.
    Teams,
}

/// A value to copy beside the words of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    None,
    BaseUrl,
}

struct Step {
    title: &'static str,
    words: &'static str,
    value: Value,
    proof: Proof,
}

const fn step(proof: Proof, value: Value, title: &'static str, words: &'static str) -> Step {
    Step {
        title,
        words,
        value,
        proof,
    }
}

/// A guide by its word in the address.
struct Guide {
    word: &'static str,
    name: &'static str,
    steps: &'static [Step],
}

const GUIDES: [Guide; 3] = [
    Guide {
        word: "okta",
        name: "Okta",
        steps: &[
            step(
                Proof::Connected,
                Value::None,
                "Create the application",
                "Applications › Create App Integration. Any sign-in method will do. Then General › App Settings › Edit: choose SCIM as provisioning.",
            ),
            step(
                Proof::Connected,
                Value::BaseUrl,
                "Enter the base URL",
                "Provisioning › Integration › Edit. SCIM connector base URL is this address. The unique identifier field for users is userName.",
            ),
            step(
                Proof::Connected,
                Value::None,
                "Paste the token",
                "Authentication Mode is HTTP Header. Paste the token into Authorization, without the word Bearer.",
            ),
            step(
                Proof::Connected,
                Value::None,
                "Test the connector",
                "Save the connection here first. Then press Test Connector Configuration, and Save in Okta.",
            ),
            step(
                Proof::Users,
                Value::None,
                "Turn on provisioning to the application",
                "Provisioning › To App › Edit: Create Users, Update User Attributes, Deactivate Users. Then assign people or groups under Assignments.",
            ),
            step(
                Proof::Teams,
                Value::None,
                "Push groups",
                "Push Groups › Push Groups by name. Assign the members first: a group can only have members of this node. Each group arrives as a pending team.",
            ),
        ],
    },
    Guide {
        word: "entra",
        name: "Entra ID",
        steps: &[
            step(
                Proof::Connected,
                Value::None,
                "Create the application",
                "Enterprise applications › New application › Create your own application, not found in the gallery.",
            ),
            step(
                Proof::Connected,
                Value::BaseUrl,
                "Enter the tenant URL",
                "Provisioning › New configuration. The tenant URL is this address.",
            ),
            step(
                Proof::Connected,
                Value::None,
                "Paste the token",
                "Secret token is the token of this connection.",
            ),
            step(
                Proof::Connected,
                Value::None,
                "Test the connection",
                "Save the connection here first. Then press Test connection, and create the configuration.",
            ),
            step(
                Proof::Users,
                Value::None,
                "Assign people and start",
                "Users and groups › Add user or group. Then Start provisioning. The first cycle may take 40 minutes; Provision on demand takes seconds.",
            ),
            step(
                Proof::Teams,
                Value::None,
                "Provision groups",
                "Assign groups to the application and leave the group mapping on. Each group arrives as a pending team.",
            ),
        ],
    },
    Guide {
        word: "other",
        name: "Another client",
        steps: &[
            step(
                Proof::Connected,
                Value::BaseUrl,
                "Enter the base URL",
                "SCIM 2.0, RFC 7643 and RFC 7644. Users and Groups stand below this address.",
            ),
            step(
                Proof::Connected,
                Value::None,
                "Send the token with each request",
                "Header Authorization: Bearer, followed by the token. Bodies are application/scim+json.",
            ),
            step(
                Proof::Connected,
                Value::None,
                "Test the connection",
                "Save the connection here first. Then ask for /ServiceProviderConfig, or for /Users with a filter on userName.",
            ),
            step(
                Proof::Users,
                Value::None,
                "Create people",
                "The userName is an e-mail address. People are matched by userName and externalId; a DELETE locks them.",
            ),
            step(
                Proof::Teams,
                Value::None,
                "Push groups",
                "Members are ids of people of this node. Each group arrives as a pending team, its members as pending memberships.",
            ),
        ],
    },
];

/// The guide that the address asks for, or that fits the name of the connection.
fn chosen(asked: Option<&str>, name: &str) -> &'static Guide {
    let name = name.to_lowercase();
    let by_name = match () {
        () if name.contains("okta") => "okta",
        () if name.contains("entra") || name.contains("azure") || name.contains("microsoft") => {
            "entra"
        }
        () => "other",
    };
    let find = |word: &str| GUIDES.iter().find(|guide| guide.word == word);
    asked
        .and_then(find)
        .or_else(|| find(by_name))
        .unwrap_or(&GUIDES[2])
}

#[component]
pub fn GuidePanel(detail: ConnectionDetail) -> impl IntoView {
    let node = detail.connection.node_id;
    let guide = chosen(
        Query::current().value("guide").as_deref(),
        &detail.connection.name,
    );
    let is_done = |proof| match proof {
        Proof::Connected => matches!(
            detail.connection.state,
            ConnectionState::Active | ConnectionState::Paused
        ),
        Proof::Users => detail.users > 0,
        Proof::Teams => detail.teams > 0,
    };
    let now = guide.steps.iter().position(|step| !is_done(step.proof));
    let steps = (0..)
        .zip(guide.steps)
        .map(|(place, step)| {
            let standing = match is_done(step.proof) {
                true => Standing::Done,
                false if now == Some(place) => Standing::Now,
                false => Standing::Later,
            };
            let url = (step.value == Value::BaseUrl).then(|| base_url(node));
            view! { <OneStep number=place + 1 step standing url /> }
        })
        .collect_view();
    let others = GUIDES
        .iter()
        .filter(|other| other.word != guide.word)
        .map(|other| view! { <a href=format!("/nodes/{node}/connection?guide={}#guide", other.word)>{other.name}</a> })
        .collect_view();
    view! {
        <Panel id="guide" title=format!("In {}", guide.name)>
            <ol class="steps">{steps}</ol>
            <PanelFoot words="Another provider:">{others}</PanelFoot>
        </Panel>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Done,
    Now,
    Later,
}

#[component]
fn OneStep(
    number: usize,
    step: &'static Step,
    standing: Standing,
    url: Option<String>,
) -> impl IntoView {
    let sign = match standing {
        Standing::Done => view! { <Glyph name="active" /> }.into_any(),
        _ => view! { <span class="number">{number}</span> }.into_any(),
    };
    view! {
        <li data-done=(standing == Standing::Done).then_some("") aria-current=(standing == Standing::Now).then_some("step")>
            {sign}
            <div class="what">
                <details open=standing == Standing::Now>
                    <summary>
                        <h3>{step.title}</h3>
                        <Icon name="chevron" />
                    </summary>
                    <p>{step.words}</p>
                    {url.map(|value| view! { <Copy value what="base URL" /> })}
                </details>
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guide_fits_the_name_of_the_connection_unless_another_is_asked_for() {
        assert_eq!(chosen(None, "Okta Berlin").word, "okta");
        assert_eq!(chosen(None, "Microsoft Entra ID").word, "entra");
        assert_eq!(chosen(None, "SCIM").word, "other");
        assert_eq!(chosen(Some("entra"), "Okta").word, "entra");
        assert_eq!(chosen(Some("nonsense"), "Okta").word, "okta");
    }
}
