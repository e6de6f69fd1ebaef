//! A question before something that cannot be taken back: title, consequence, and the same verb on the button.

use super::badge::Tone;
use super::button::{Kind, Size};
use super::icon::{Glyph, Icon};
use leptos::prelude::*;

/// A dialog that a [`DialogOpener`] opens. It needs no script: newer browsers open it by command, others as a popover.
#[component]
pub fn Dialog(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// A question with the verb, such as *Lock 3 users?*
    #[prop(into)]
    title: String,
    /// The way back, saying what stays, such as *Keep unlocked*.
    #[prop(into)]
    back: String,
    /// The confirming form: usually `<form method="post">` with one [`super::button::Button`] of `kind=Kind::Sure`.
    #[prop(into)]
    confirm: ViewFn,
    /// What happens, in sentences.
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let closes = id.clone();
    view! {
        <dialog class="dialog" id=id popover aria-labelledby=heading>
            <header>
                <h2 id=heading.clone()>{title}</h2>
            </header>
            <div class="body">{children()}</div>
            <footer>
                <button
                    class="button"
                    type="button"
                    command="close"
                    commandfor=closes.clone()
                    popovertarget=closes
                    popovertargetaction="hide"
                >
                    {back}
                </button>
                {confirm.run()}
            </footer>
        </dialog>
    }
    .into_any()
}

/// The button that opens a [`Dialog`].
#[component]
pub fn DialogOpener(
    /// The id of the dialog.
    #[prop(into)]
    dialog: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] size: Size,
    #[prop(optional)] icon: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class=super::button::class(kind, size)
            type="button"
            command="show-modal"
            commandfor=dialog.clone()
            popovertarget=dialog
        >
            {icon.map(|name| view! { <Icon name /> })}
            {children()}
        </button>
    }
}

/// Who and what is touched; inside [`ImpactLine`]s.
#[component]
pub fn Impact(children: Children) -> impl IntoView {
    view! { <ul class="impact">{children()}</ul> }
}

/// One consequence: an icon, or with a tone a glyph.
#[component]
pub fn ImpactLine(
    icon: &'static str,
    #[prop(optional)] tone: Tone,
    children: Children,
) -> impl IntoView {
    let (tone, picture) = if tone == Tone::None {
        (None, view! { <Icon name=icon /> }.into_any())
    } else {
        (Some(tone.name()), view! { <Glyph name=icon /> }.into_any())
    };
    view! {
        <li data-tone=tone>
            {picture} <span>{children()}</span>
        </li>
    }
}
