//! The box in the head of a list that chooses every row of the page. Without script it is not shown.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

/// Ticks or clears every box of its table.
#[island]
pub fn ChooseAll(label: String) -> impl IntoView {
    view! {
        <label class="needs-script">
            <input class="check" type="checkbox" aria-label=label on:change=|event| choose_all(&event) />
        </label>
    }
}

fn choose_all(event: &Event) {
    let Some(all) = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
    else {
        return;
    };
    let Ok(Some(table)) = all.closest("table") else {
        return;
    };
    for row in boxes(&table) {
        row.set_checked(all.checked());
    }
}

/// The boxes of the rows.
fn boxes(table: &Element) -> Vec<HtmlInputElement> {
    let Ok(found) = table.query_selector_all("tbody .pick input") else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|place| found.item(place)?.dyn_into().ok())
        .collect()
}
