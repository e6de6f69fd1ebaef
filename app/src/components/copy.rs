//! A value to take away: selectable text first, the button is a convenience.

use super::icon::Icon;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use std::time::Duration;
use web_sys::js_sys::Reflect;
use web_sys::js_sys::futures::JsFuture;
use web_sys::{Clipboard, Element, Event};

/// A value in a box with a button. Without script the whole value is chosen by one click.
#[component]
pub fn Copy(
    #[prop(into)] value: String,
    /// What is copied, such as *base URL*.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <div class="copy">
            <code>{value}</code>
            <CopyButton what />
        </div>
    }
}

/// A value in a line, with a small button.
#[component]
pub fn CopyInline(
    #[prop(into)] value: String,
    /// What is copied, such as *address*.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <span class="copy-inline">
            <code class="mono">{value}</code>
            <CopyIconButton what />
        </span>
    }
}

/// Something shown this once, such as a new token. The only place that is framed in the accent.
#[component]
pub fn Secret(
    /// Such as *Your new token, shown this once*.
    #[prop(into)]
    title: String,
    #[prop(into)] value: String,
    #[prop(into)] what: String,
    /// What to do with it, and the buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="secret">
            <h3>
                <Icon name="key" />
                {title}
            </h3>
            <Copy value what />
            {children()}
        </div>
    }
}

/// How a press ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Waiting,
    Copied,
    /// The browser does not let a page copy here; the value is chosen, ready for the keyboard.
    Chosen,
}

impl Outcome {
    fn words(self) -> &'static str {
        match self {
            Self::Waiting => "",
            Self::Copied => "Copied",
            Self::Chosen => "Press Ctrl C",
        }
    }
}

/// The button of a [`Copy`] box.
#[island]
fn CopyButton(what: String) -> impl IntoView {
    let outcome = RwSignal::new(Outcome::Waiting);
    let words = move || {
        if outcome.get() == Outcome::Waiting {
            "Copy"
        } else {
            outcome.get().words()
        }
    };
    view! {
        <button
            class="button needs-script"
            type="button"
            aria-label=format!("Copy {what}")
            on:click=move |event| copy(&event, outcome)
        >
            <Icon name="copy" />
            {words}
        </button>
        <span class="visually-hidden" role="status">
            {move || outcome.get().words()}
        </span>
    }
}

/// The button of a [`CopyInline`].
#[island]
fn CopyIconButton(what: String) -> impl IntoView {
    let outcome = RwSignal::new(Outcome::Waiting);
    let icon = move || {
        if outcome.get() == Outcome::Copied {
            "/icons.svg#i-check"
        } else {
            "/icons.svg#i-copy"
        }
    };
    view! {
        <button
            class="button only-icon needs-script"
            type="button"
            aria-label=format!("Copy {what}")
            on:click=move |event| copy(&event, outcome)
        >
            <svg class="icon" aria-hidden="true">
                <use_ href=icon />
            </svg>
        </button>
        <span class="visually-hidden" role="status">
            {move || outcome.get().words()}
        </span>
    }
}

/// Copies the text of the `<code>` beside the button, and says so for two seconds.
fn copy(event: &Event, outcome: RwSignal<Outcome>) {
    let button = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let Some(code) = button
        .and_then(|button| button.closest(".copy, .copy-inline").ok()?)
        .and_then(|copy| copy.query_selector("code").ok()?)
    else {
        return;
    };
    leptos::task::spawn_local(async move {
        let text = code.text_content().unwrap_or_default();
        let copied = match clipboard() {
            Some(clipboard) => JsFuture::from(clipboard.write_text(&text)).await.is_ok(),
            None => false,
        };
        if !copied {
            choose(&code);
        }
        outcome.set(if copied {
            Outcome::Copied
        } else {
            Outcome::Chosen
        });
        set_timeout(
            move || outcome.set(Outcome::Waiting),
            Duration::from_secs(2),
        );
    });
}

/// The clipboard; a page that came over plain HTTP from another machine has none.
fn clipboard() -> Option<Clipboard> {
    let navigator = window().navigator();
    let has_one = Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|found| found.is_object());
    has_one.then(|| navigator.clipboard())
}

/// Chooses the value, so that one key copies it.
fn choose(code: &Element) {
    if let Ok(Some(selection)) = window().get_selection() {
        // Fails only for a node outside the document, and this one was just found in it.
        let _ = selection.select_all_children(code);
    }
}
