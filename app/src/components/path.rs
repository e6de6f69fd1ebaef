//! How something pending becomes approved: one line of steps, each done, now, or later.

use super::badge::{Provenance, Source, Standing, State};
use super::icon::Glyph;
use super::link::Href;
use leptos::prelude::*;

/// A step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Such as *Team approved*.
    Done(String),
    /// What is waited for, such as *Grace accepts*.
    Now(String),
    Later(String),
}

/// The steps of one membership.
#[component]
pub fn Path(steps: Vec<Step>) -> impl IntoView {
    let steps = steps
        .into_iter()
        .map(|step| match step {
            Step::Done(words) => {
                view! { <li data-done=""><Glyph name="active" />{words}</li> }.into_any()
            }
            Step::Now(words) => view! {
                <li aria-current="step" data-tone="wait">
                    <Glyph name="pending" />
                    {words}
                </li>
            }
            .into_any(),
            Step::Later(words) => view! { <li><Glyph name="later" />{words}</li> }.into_any(),
        })
        .collect_view();
    view! { <ol class="path">{steps}</ol> }.into_any()
}

/// One membership in a panel: what it is of, its state, who asked, why it waits, and the way on.
#[component]
pub fn MembershipRow(
    /// The team, or the person.
    #[prop(into)]
    name: String,
    #[prop(into)] href: Href,
    state: Standing,
    #[prop(optional_no_strip, into)] from: Option<Source>,
    /// The reason in a sentence.
    #[prop(optional_no_strip, into)]
    why: Option<String>,
    #[prop(optional)] steps: Vec<Step>,
) -> impl IntoView {
    let has_steps = !steps.is_empty();
    view! {
        <div class="team-row">
            <div class="name">
                <a href=href.as_text()>{name}</a>
                <State of=state />
            </div>
            {from.map(|from| view! { <Provenance from /> })}
            {why.map(|why| view! { <p class="why">{why}</p> })}
            {has_steps.then(|| view! { <Path steps /> })}
        </div>
    }
    .into_any()
}
