//! A sentence that changes what you do next.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// What stands before a notice, and its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeSign {
    /// Something waits for the person; in the accent.
    Todo(&'static str),
    /// The state of something.
    Said(Tone, &'static str),
}

impl NoticeSign {
    pub const INFO: Self = Self::Said(Tone::Info, "invited");
    pub const WAIT: Self = Self::Said(Tone::Wait, "pending");
    pub const STOP: Self = Self::Said(Tone::Stop, "warn");
    pub const GOOD: Self = Self::Said(Tone::Good, "active");
}

/// A notice with its heading; inside one or more `<p>`, or nothing.
#[component]
pub fn Notice(
    sign: NoticeSign,
    #[prop(into)] title: String,
    /// What can be done about it.
    #[prop(optional, into)]
    buttons: Option<ViewFn>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let (tone, picture) = match sign {
        NoticeSign::Todo(name) => (None, view! { <Icon name /> }.into_any()),
        NoticeSign::Said(tone, name) => (Some(tone.name()), view! { <Glyph name /> }.into_any()),
    };
    view! {
        <div class="notice" data-tone=tone>
            {picture}
            <div>
                <h2>{title}</h2>
                {children.map(|children| children())}
            </div>
            {buttons.map(|buttons| view! { <div class="buttons">{buttons.run()}</div> })}
        </div>
    }
    .into_any()
}
