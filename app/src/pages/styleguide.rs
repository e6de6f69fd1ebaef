//! Every component in every state.

use crate::components::copy::Copy;
use leptos::prelude::*;

#[component]
pub fn StyleGuidePage() -> impl IntoView {
    view! { <h1>"Style guide"</h1> <Copy value="x" what="token"/> }
}
