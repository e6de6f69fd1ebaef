//! Steps of a guide, or of the first hour. What is done is computed from the data, never ticked by hand.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    /// The one to take now, by its number.
    Now(u8),
    /// One to come, by its number.
    Later(u8),
}

/// A list of steps or of things that need a decision; inside [`ListedStep`]s or [`Decision`]s.
#[component]
pub fn Steps(children: Children) -> impl IntoView {
    view! { <ol class="steps">{children()}</ol> }
}

/// One step; inside what to do, shown below its title.
#[component]
pub fn ListedStep(
    state: StepState,
    #[prop(into)] title: String,
    /// At the end of the line, such as who did it.
    #[prop(optional_no_strip, into)]
    end: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (is_done, current, number) = match state {
        StepState::Done => (Some(""), None, None),
        StepState::Now(number) => (None, Some("step"), Some(number)),
        StepState::Later(number) => (None, None, Some(number)),
    };
    let sign = match number {
        Some(number) => view! { <span class="number">{number}</span> }.into_any(),
        None => view! { <Glyph name="active" /> }.into_any(),
    };
    view! {
        <li data-done=is_done aria-current=current>
            {sign}
            <div class="what">
                <h3>
                    {title}
                    {is_done.map(|_| view! { <span class="visually-hidden">" (done)"</span> })}
                </h3>
                {children.map(|children| children())}
            </div>
            {end.map(|end| view! { <span class="faint">{end}</span> })}
        </li>
    }
    .into_any()
}

/// One thing that needs a decision; inside the button that leads to it.
#[component]
pub fn Decision(
    /// A picture of what it is about, or a glyph with its tone when it is a state.
    icon: &'static str,
    #[prop(optional)] tone: Tone,
    #[prop(into)] title: String,
    #[prop(into)] words: String,
    children: Children,
) -> impl IntoView {
    let (tone, picture) = if tone == Tone::None {
        (None, view! { <Icon name=icon /> }.into_any())
    } else {
        (Some(tone.name()), view! { <Glyph name=icon /> }.into_any())
    };
    view! {
        <li data-tone=tone>
            {picture} <div class="what">
                <h3>{title}</h3>
                <p>{words}</p>
            </div> {children()}
        </li>
    }
    .into_any()
}
