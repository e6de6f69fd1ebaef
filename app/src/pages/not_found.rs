//! There is nothing at this address.

use crate::components::layout::Door;
use leptos::prelude::*;

/// Says so, and leads on. The same for what does not exist and for what the person may not see.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Door title="Not found">
            <div class="card">
                <div>
                    <h1>"Nothing is here"</h1>
                    <p class="muted">
                        "The address may be old, or what was here may have been removed. Perhaps you may not see it."
                    </p>
                </div>
                <form class="search" role="search" action="/search" method="get">
                    <input type="search" name="q" aria-label="Search" placeholder="Search or paste an id" />
                </form>
                <a class="button primary large wide" href="/">
                    "Go to the overview"
                </a>
            </div>
        </Door>
    }
    .into_any()
}
