//! The keys of the console: `/` to search, `g` and a letter to go somewhere, Ctrl or Cmd with `K` to choose a command.

use super::palette;
use leptos::ev::{input, keydown};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use web_sys::{Document, Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement};

/// How long a `g` waits for its letter, in milliseconds.
const WAITS: f64 = 1_500.0;

/// Listens for the keys, and shows the one that leads to the search. Single letters can be switched off (WCAG 2.1.4).
#[island]
pub fn Keys() -> impl IntoView {
    Effect::new(|| {
        let begun = StoredValue::new(0.0);
        let pressed = window_event_listener(keydown, move |event| {
            if let Some(handled) = press(&event, begun)
                && handled
            {
                event.prevent_default();
            }
        });
        let typed = window_event_listener(input, |event| {
            narrow(&event);
        });
        on_cleanup(move || {
            pressed.remove();
            typed.remove();
        });
    });
    view! {
        <kbd class="needs-script" aria-hidden="true">
            "/"
        </kbd>
    }
}

/// Whether the key did something; none where the page lacks what it needs.
fn press(event: &KeyboardEvent, begun: StoredValue<f64>) -> Option<bool> {
    let document = document();
    let palette = document
        .get_element_by_id(palette::ID)?
        .dyn_into::<HtmlDialogElement>()
        .ok()?;
    let (key, has_modifier) = (event.key(), event.ctrl_key() || event.meta_key());
    if has_modifier && !event.alt_key() && key.eq_ignore_ascii_case("k") {
        return Some(open(&palette));
    }
    if is_shown(&palette) {
        return move_in(&palette, &key);
    }
    if has_modifier || event.alt_key() || is_writing(&document) || are_off(&document) {
        return Some(false);
    }
    let now = event.time_stamp();
    let follows = now - begun.get_value() < WAITS;
    begun.set_value(if key == "g" { now } else { f64::MIN });
    match key.as_str() {
        "/" => Some(focus(&document.get_element_by_id("search")?)),
        "?" => Some(open(&palette)),
        letter if follows && letter.len() == 1 && letter.is_ascii() => {
            let selector = format!("a[data-key='{}']", letter.replace(['\'', '\\'], ""));
            let link = palette.query_selector(&selector).ok()??;
            Some(follow(&link))
        }
        _ => Some(false),
    }
}

/// As a dialog, or as the popover that a browser without commands makes of it.
fn is_shown(palette: &HtmlDialogElement) -> bool {
    palette.open() || palette.matches(":popover-open").unwrap_or(false)
}

fn open(palette: &HtmlDialogElement) -> bool {
    is_shown(palette) || palette.show_modal().is_ok()
}

/// The arrows go from the field through what is left, and Enter in the field takes the first of it.
fn move_in(palette: &HtmlDialogElement, key: &str) -> Option<bool> {
    let left = commands(palette, "li:not([hidden]) a");
    let here = document().active_element()?;
    let is_field = here.tag_name() == "INPUT";
    let place = left.iter().position(|link| *link == here);
    match key {
        "ArrowDown" => Some(focus(left.get(place.map_or(0, |place| place + 1))?)),
        "ArrowUp" if place == Some(0) => Some(focus(&palette.query_selector("input").ok()??)),
        "ArrowUp" => Some(focus(left.get(place?.checked_sub(1)?)?)),
        "Enter" if is_field && !text(palette).is_empty() => Some(follow(left.first()?)),
        _ => Some(false),
    }
}

/// Leaves the commands that have every word that was typed.
fn narrow(event: &Event) -> Option<()> {
    let field = event.target()?.dyn_into::<Element>().ok()?;
    let palette = field.closest(&format!("#{}", palette::ID)).ok()??;
    // The commands are plain English: no tables of all the world's letters are sent to the browser for them.
    let typed = text(&palette).to_ascii_lowercase();
    let mut left = 0;
    for row in commands(&palette, "li") {
        let words = row.text_content().unwrap_or_default().to_ascii_lowercase();
        let matches = typed.split(' ').all(|word| words.contains(word));
        left += usize::from(matches);
        row.toggle_attribute_with_force("hidden", !matches).ok()?;
    }
    let said = match left {
        0 => "No command: Enter searches".to_owned(),
        1 => "1 command".to_owned(),
        _ => format!("{left} commands"),
    };
    palette
        .query_selector("[role=status]")
        .ok()??
        .set_text_content(Some(&said));
    Some(())
}

fn text(palette: &Element) -> String {
    let field = palette.query_selector("input").ok().flatten();
    field
        .and_then(|field| field.dyn_into::<HtmlInputElement>().ok())
        .map(|field| field.value().trim_ascii().to_owned())
        .unwrap_or_default()
}

fn commands(palette: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = palette.query_selector_all(selector) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|place| found.item(place)?.dyn_into().ok())
        .collect()
}

fn focus(element: &Element) -> bool {
    element
        .dyn_ref::<HtmlElement>()
        .is_some_and(|element| element.focus().is_ok())
}

fn follow(link: &Element) -> bool {
    let link = link.dyn_ref::<HtmlElement>();
    link.inspect(|link| link.click()).is_some()
}

/// Whether the key is meant for a field.
fn is_writing(document: &Document) -> bool {
    document.active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}

/// Whether the person wants no single letters to do anything.
fn are_off(document: &Document) -> bool {
    let root = document.document_element();
    root.is_some_and(|root| root.get_attribute("data-shortcuts").is_some())
}
