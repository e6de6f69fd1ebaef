//! The line above every page of a demo: what this is, and where its own pages are.

use crate::components::link::Href;
use crate::visit::BannerText;
use leptos::prelude::*;

#[component]
pub fn Banner(banner: BannerText) -> impl IntoView {
    let links = banner
        .links
        .into_iter()
        .map(|(words, page)| view! { <li><a href=Href::from(page).as_text()>{words}</a></li> })
        .collect_view();
    view! {
        <aside class="banner" aria-label="Demo">
            <p>{banner.words}</p>
            <ul class="row">{links}</ul>
        </aside>
    }
}
