//! The key `/` leads to the search of the top bar.

use leptos::ev::keydown;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Shows the key, and listens for it.
#[island]
pub fn SearchShortcut() -> impl IntoView {
    Effect::new(|| {
        let listener = window_event_listener(keydown, |event| go_to_search(&event));
        on_cleanup(move || listener.remove());
    });
    view! {
        <kbd class="needs-script" aria-hidden="true">
            "/"
        </kbd>
    }
}

fn go_to_search(event: &KeyboardEvent) {
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    if event.key() != "/" || has_modifier || is_writing() {
        return;
    }
    let search = document()
        .get_element_by_id("search")
        .and_then(|found| found.dyn_into::<HtmlElement>().ok());
    if let Some(search) = search {
        event.prevent_default();
        // Fails only for an element that cannot take the focus; an input can.
        let _ = search.focus();
    }
}

/// Whether the key is meant for a field.
fn is_writing() -> bool {
    document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}
