//! The mark, colours, type, states, rolls.

use crate::components::badge::{
    ACTIVE, BLOCKED, CONNECTED, Count, CountToDo, DRAFT, FAILING, INACTIVE, INVITED, LOCKED,
    LOCKED_BY_IDP, PAUSED, PENDING, Provenance, SUSPENDED, Source, Standing, State, StateChip, Tag,
    Tone,
};
use crate::components::icon::{Mark, Monogram, MonogramSize, Wordmark};
use crate::components::layout::PageSection;
use crate::components::roll::{Answer, Progress, RequestRoll, Roll};
use crate::components::table::{Column, DataTable, List};
use leptos::prelude::*;

const COLOURS: [&str; 32] = [
    "canvas",
    "sunken",
    "raised",
    "hover",
    "selected",
    "line",
    "line-strong",
    "line-control",
    "text-faint",
    "text-muted",
    "text",
    "accent",
    "accent-hover",
    "accent-text",
    "accent-soft",
    "accent-line",
    "good",
    "good-text",
    "good-soft",
    "good-line",
    "info",
    "info-text",
    "info-soft",
    "info-line",
    "wait",
    "wait-text",
    "wait-soft",
    "wait-line",
    "stop",
    "stop-text",
    "stop-soft",
    "stop-line",
];

/// Every state, what may stand below it, and what it means.
const STATES: [(Standing, &str, &str); 12] = [
    (
        INVITED,
        "link expires in 5 days",
        "Waits for the user to accept.",
    ),
    (
        PENDING,
        "must accept transfer",
        "Asked for, not yet decided; or a consent is open.",
    ),
    (ACTIVE, "", "Can sign in."),
    (
        LOCKED,
        "by Grace Hopper",
        "An admin must unlock. An identity provider cannot.",
    ),
    (
        LOCKED_BY_IDP,
        "Okta, 34 min ago",
        "The identity provider must unlock.",
    ),
    (
        BLOCKED,
        "consent ended 3 days ago",
        "Extend the acceptance, or the user accepts.",
    ),
    (
        SUSPENDED,
        "directory profile",
        "Locked, in the second profile.",
    ),
    (CONNECTED, "", "Requests arrive and are answered."),
    (
        FAILING,
        "token revoked 41 min ago",
        "Every request is refused.",
    ),
    (
        PAUSED,
        "by Ada Lovelace",
        "Reads are answered, writes wait.",
    ),
    (
        INACTIVE,
        "waits for its first request",
        "Saved, never used.",
    ),
    (DRAFT, "not saved", "No request is accepted."),
];

#[component]
pub fn Marks() -> impl IntoView {
    view! {
        <PageSection id="mark" title="Mark" lead="People in line; one steps forward.">
            <div class="panel">
                <div class="body guide-pad">
                    <div class="row guide-gap">
                        <span class="brand large">
                            <Mark />
                            <Wordmark />
                        </span>
                        <span class="brand">
                            <Mark />
                            <Wordmark />
                        </span>
                        <span class="brand">
                            <Mark />
                        </span>
                    </div>
                </div>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn Colours() -> impl IntoView {
    let swatches = COLOURS
        .into_iter()
        .map(|name| {
            view! {
                <li>
                    <span class="swatch" data-c=name></span>
                    <code>{format!("--{name}")}</code>
                </li>
            }
        })
        .collect_view();
    view! {
        <PageSection id="colour" title="Colour" lead="Neutrals carry the page, one accent acts, four tones say the state.">
            <ul class="swatches">{swatches}</ul>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn Type() -> impl IntoView {
    view! {
        <PageSection
            id="type"
            title="Type"
            lead="Inter with its display cut from 20 px; JetBrains Mono for what machines read."
        >
            <div class="panel">
                <div class="body guide-pad">
                    <p class="h-like-1">"24 / 32 Everyone present"</p>
                    <h2>"16 / 24 Section of a page"</h2>
                    <h3>"14 / 20 Panel and row heading"</h3>
                    <p>"14 / 20 Body. Okta keeps 412 users of Berlin."</p>
                    <p class="muted">"14 / 20 Muted. What happens next, or why."</p>
                    <p>
                        <small>"12 / 16 Small. Table heads, hints, times."</small>
                    </p>
                    <p class="num">"0123456789 tabular: 1,284 · 14:01:48"</p>
                    <p class="mono">"12 / 20 scim_9fQ2vXk7 00u1k9fQ2xTz5LmPd357 lI1 O0"</p>
                </div>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn States() -> impl IntoView {
    let rows = STATES
        .into_iter()
        .map(|(of, next, means)| {
            let next = (!next.is_empty()).then(|| next.to_owned());
            view! {
                <tr>
                    <td data-label="In a list">
                        <State of next />
                    </td>
                    <td data-label="Title">
                        <StateChip of />
                    </td>
                    <td data-label="Means" class="muted">
                        {means}
                    </td>
                </tr>
            }
        })
        .collect_view();
    let columns = ["In a list", "Beside a title", "Means"]
        .map(Column::named)
        .to_vec();
    view! {
        <PageSection
            id="states"
            title="States"
            lead="Glyph, word, colour; then what happens next. A chip only beside a title."
        >
            <div class="panel">
                <List>
                    <DataTable columns>{rows}</DataTable>
                </List>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn SmallThings() -> impl IntoView {
    view! {
        <PageSection id="small" title="Provenance, counts, tags" lead="Who owns a value; how many; what kind.">
            <div class="row guide-gap">
                <Provenance from=Source::Idp("Okta".to_owned()) />
                <Provenance from=Source::Here />
                <Provenance from=Source::Node("Default of Berlin".to_owned()) />
                <Provenance from=Source::SignIn />
                <Count of=24 />
                <CountToDo of=17 title="17 can be approved now" />
                <Tag>"was 60"</Tag>
                <Monogram name="Ada Lovelace" />
                <Monogram name="Ada Lovelace" size=MonogramSize::Small />
                <kbd>"g"</kbd>
                <kbd>"u"</kbd>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn Rolls() -> impl IntoView {
    let counts = vec![
        (Tone::Good, 92),
        (Tone::Info, 4),
        (Tone::Wait, 2),
        (Tone::Stop, 2),
    ];
    let mut answers = vec![Answer::Accepted; 40];
    answers[11] = Answer::Refused;
    answers[12] = Answer::Refused;
    answers[31] = Answer::Refused;
    view! {
        <PageSection id="rolls" title="The roll" lead="State of many, last requests, progress. Nothing else.">
            <div class="stack tight">
                <Roll counts label="92 active, 4 invited, 2 pending, 2 locked" />
                <RequestRoll answers />
                <Progress done=17 of=21 what="approvals" />
            </div>
        </PageSection>
    }
    .into_any()
}
