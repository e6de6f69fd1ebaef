//! What wakes the islands: Leptos' own scripts, with the nonce only where it belongs.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos::tachys::html::InertElement;

/// The part of the head that loads script and wasm.
///
/// Leptos writes the nonce into `crossorigin` of two links, where a selector of a stylesheet could read it, and not
/// onto the `modulepreload` link, which the policy then refuses. Both are put right here.
pub fn head(options: LeptosOptions) -> impl IntoView {
    let html = view! { <HydrationScripts options islands=true /> }.to_html();
    InertElement::new(match use_nonce() {
        Some(nonce) => move_nonce(&html, &nonce.to_string()),
        None => html,
    })
}

fn move_nonce(html: &str, nonce: &str) -> String {
    html.replace(&format!(" crossorigin=\"{nonce}\""), " crossorigin=\"\"")
        .replace(
            "<link rel=\"modulepreload\"",
            &format!("<link rel=\"modulepreload\" nonce=\"{nonce}\""),
        )
}
