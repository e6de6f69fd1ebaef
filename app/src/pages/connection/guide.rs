//! What to do at the identity provider, step by step, with the values of this connection filled in.

mod steps;

use super::set_up::base_url;
use crate::components::copy::Copy;
use crate::components::icon::{Glyph, Icon};
use crate::components::link::Query;
use crate::components::panel::Panel;
use directory::model::connection::{ConnectionDetail, ConnectionState};
use leptos::prelude::*;
use steps::{GUIDES, Guide, Proof, Value};

/// The guide that the address asks for, or that fits the name of the connection.
fn chosen(asked: Option<&str>, name: &str) -> &'static Guide {
    let name = name.to_lowercase();
    let asked = asked.and_then(|word| GUIDES.iter().find(|guide| guide.word == word));
    let mut fitting = GUIDES
        .iter()
        .filter(|guide| guide.fits.iter().any(|sign| name.contains(sign)));
    asked
        .or_else(|| fitting.next())
        .unwrap_or(&GUIDES[GUIDES.len() - 1])
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
            let value = match step.value {
                Value::None => None,
                Value::BaseUrl => Some((base_url(node), "base URL")),
                Value::Text(text, what) => Some((text.to_owned(), what)),
            };
            let told = (step.title, step.words, step.beware);
            view! { <OneStep number=place + 1 told standing value /> }
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
            <footer class="other-guides">
                <span>"Another provider:"</span>
                {others}
            </footer>
        </Panel>
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Done,
    Now,
    Later,
}

/// A step of a guide: its title, what to do, and where people stumble; with the value to copy and what that is called.
#[component]
pub fn OneStep(
    number: usize,
    told: (&'static str, &'static str, Option<&'static str>),
    standing: Standing,
    value: Option<(String, &'static str)>,
) -> impl IntoView {
    let (title, words, beware) = told;
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
                        <h3>{title}</h3>
                        <Icon name="chevron" />
                    </summary>
                    <p>{words}</p>
                    {value.map(|(value, what)| view! { <Copy value what /> })}
                    {beware
                        .map(|beware| {
                            view! {
                                <p class="beware">
                                    <Glyph name="warn" />
                                    <span>{beware}</span>
                                </p>
                            }
                        })}
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
        assert_eq!(chosen(None, "JumpCloud").word, "jumpcloud");
        assert_eq!(chosen(None, "Google Workspace").word, "google");
        assert_eq!(chosen(None, "OneLogin, Paris").word, "onelogin");
        assert_eq!(chosen(Some("entra"), "Okta").word, "entra");
        assert_eq!(chosen(Some("nonsense"), "Okta").word, "okta");
    }
}
