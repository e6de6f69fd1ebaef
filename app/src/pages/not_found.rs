//! There is nothing at this address.

use leptos::prelude::*;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <h1>"Nothing is here"</h1> }
}
