//! What just happened: at the bottom of the screen, for eight seconds, said politely. Without script it stays.

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use super::link::Href;
use leptos::html::Button;
use leptos::prelude::*;
use std::time::Duration;
use web_sys::Element;

/// How long a toast is shown.
const SHOWN_FOR: Duration = Duration::from_secs(8);

/// How long it stays when somebody is reading it at its end.
const A_LITTLE_LONGER: Duration = Duration::from_secs(2);

/// What a toast says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToastText {
    pub tone: Tone,
    /// What happened, such as *Team approvals:*
    pub what: String,
    /// How it ended, such as *3 approved, 0 failed*.
    pub then: String,
    /// Words and address of a link to the details.
    pub details: Option<(String, Href)>,
}

/// The region of the page where toasts appear.
#[component]
pub fn Toasts(toasts: Vec<ToastText>) -> impl IntoView {
    let toasts = toasts
        .into_iter()
        .map(|text| view! { <Toast text /> })
        .collect_view();
    view! {
        <div class="toasts" role="status">
            {toasts}
        </div>
    }
    .into_any()
}

/// One toast; inside it what ends it.
#[component]
pub fn Toast(text: ToastText, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let glyph = match text.tone {
        Tone::Good => "active",
        Tone::Info => "invited",
        Tone::Wait => "pending",
        Tone::Stop => "warn",
        Tone::None => "later",
    };
    view! {
        <div class="toast" data-tone=text.tone.name()>
            <Glyph name=glyph />
            <p>
                <b>{text.what}</b>
                " "
                <span>{text.then}</span>
            </p>
            {text
                .details
                .map(|(words, href)| {
                    view! {
                        <a class="button quiet small" href=href.as_text()>
                            {words}
                        </a>
                    }
                })}
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// Takes its toast away when pressed, or after eight seconds in which nobody pointed at it.
#[island]
fn DismissToast() -> impl IntoView {
    let button = NodeRef::<Button>::new();
    Effect::new(move || {
        let toast = button
            .get()
            .and_then(|button| button.closest(".toast").ok().flatten());
        if let Some(toast) = toast {
            end(toast, SHOWN_FOR);
        }
    });
    let dismiss = move |_| {
        if let Some(toast) = button
            .get_untracked()
            .and_then(|button| button.closest(".toast").ok().flatten())
        {
            toast.remove();
        }
    };
    view! {
        <button
            class="button quiet only-icon small needs-script"
            type="button"
            aria-label="Dismiss"
            node_ref=button
            on:click=dismiss
        >
            <Icon name="x" />
        </button>
    }
}

/// Takes the toast away after a while, but never from under a pointer or the focus.
fn end(toast: Element, after: Duration) {
    set_timeout(
        move || {
            if toast.matches(":hover, :focus-within").unwrap_or(false) {
                end(toast, A_LITTLE_LONGER);
            } else {
                toast.remove();
            }
        },
        after,
    );
}
