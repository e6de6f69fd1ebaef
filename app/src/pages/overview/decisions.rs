//! Connections that somebody has to look at: not saved, never used, or refused the last time.

use crate::components::badge::Tone;
use crate::components::button::{ButtonLink, Size};
use crate::components::checklist::{Decision, Steps};
use crate::components::layout::PageSection;
use crate::visit::visit;
use crate::words::requests::is_refused;
use crate::words::tokens::token_ending;
use directory::model::connection::ConnectionState;
use directory::model::overview::LiveConnection;
use directory::model::timestamp::Timestamp;
use leptos::prelude::*;

/// One thing to decide, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    icon: &'static str,
    tone: Tone,
    title: String,
    words: String,
    act: &'static str,
    href: String,
}

/// What is open about the connections, in their order.
pub fn open_questions(connections: &[LiveConnection]) -> Vec<Question> {
    connections
        .iter()
        .flat_map(|one| [token_question(one, visit().now), question(one)])
        .flatten()
        .collect()
}

/// A token that ends soon.
fn token_question(one: &LiveConnection, now: Timestamp) -> Option<Question> {
    let connection = &one.connection;
    if connection.state == ConnectionState::Draft {
        return None;
    }
    let ending = token_ending(&connection.name, connection.token_ends_at, now)?;
    Some(Question {
        icon: "warn",
        tone: ending.tone,
        title: ending.title,
        words: format!(
            "Generate another for {}; the old one stays good beside it.",
            connection.node_name
        ),
        act: "Open connection",
        href: format!("/nodes/{}/connection#address", connection.node_id),
    })
}

fn question(one: &LiveConnection) -> Option<Question> {
    let connection = &one.connection;
    let (name, node) = (&connection.name, &connection.node_name);
    let href = format!("/nodes/{}/connection", connection.node_id);
    let was_refused = one
        .live
        .recent
        .first()
        .is_some_and(|(status, _)| is_refused(*status));
    match connection.state {
        ConnectionState::Draft => Some(Question {
            icon: "connections",
            tone: Tone::None,
            title: format!("{name} of {node} is not saved"),
            words: "A test from the identity provider fails until it is.".to_owned(),
            act: "Finish set-up",
            href,
        }),
        ConnectionState::Inactive => Some(Question {
            icon: "clock",
            tone: Tone::None,
            title: format!("{name} of {node} waits for its first request"),
            words: "Start the connection test in the identity provider.".to_owned(),
            act: "Open connection",
            href,
        }),
        ConnectionState::Paused => Some(Question {
            icon: "suspended",
            tone: Tone::Wait,
            title: format!("{name} of {node} is paused"),
            words: "It reads and locks; everything else waits until somebody resumes it."
                .to_owned(),
            act: "Open connection",
            href,
        }),
        ConnectionState::Active if was_refused => Some(Question {
            icon: "warn",
            tone: Tone::Stop,
            title: format!("The last request of {name} was refused"),
            words: "The log of its requests says why, and what to do.".to_owned(),
            act: "Show requests",
            href: format!("{href}#requests"),
        }),
        ConnectionState::Active => None,
    }
}

#[component]
pub fn Decisions(questions: Vec<Question>) -> impl IntoView {
    let listed = questions
        .into_iter()
        .map(|one| {
            view! {
                <Decision icon=one.icon tone=one.tone title=one.title words=one.words>
                    <ButtonLink href=one.href size=Size::Small>
                        {one.act}
                    </ButtonLink>
                </Decision>
            }
        })
        .collect_view();
    view! {
        <PageSection id="decisions" title="Needs a decision">
            <div class="panel quiet">
                <Steps>{listed}</Steps>
            </div>
        </PageSection>
    }
}
