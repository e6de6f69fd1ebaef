//! Wakes the islands of the console in the browser.

// Without this name the linker would drop every island.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
