//! What happened, newest first.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// What stands before an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// A thing or an action.
    Icon(&'static str),
    /// A state that was reached.
    Glyph(Tone, &'static str),
    /// An action in the colour of a state, such as a token revoked.
    Toned(Tone, &'static str),
}

/// A list of entries; inside [`TimelineDay`]s and [`TimelineEntry`]s.
#[component]
pub fn Timeline(children: Children) -> impl IntoView {
    view! { <ol class="timeline">{children()}</ol> }
}

/// The day of the entries below it.
#[component]
pub fn TimelineDay(#[prop(into)] words: String) -> impl IntoView {
    view! { <li class="day">{words}</li> }
}

/// One thing that happened; inside what, with links.
#[component]
pub fn TimelineEntry(
    sign: Sign,
    /// When, and by whom.
    #[prop(into)]
    when: ViewFn,
    children: Children,
) -> impl IntoView {
    let (tone, picture) = match sign {
        Sign::Icon(name) => (None, view! { <Icon name /> }.into_any()),
        Sign::Glyph(tone, name) => (Some(tone.name()), view! { <Glyph name /> }.into_any()),
        Sign::Toned(tone, name) => (Some(tone.name()), view! { <Icon name /> }.into_any()),
    };
    view! {
        <li data-tone=tone>
            {picture} <span class="what">{children()}</span> <span class="when">{when.run()}</span>
        </li>
    }
}
