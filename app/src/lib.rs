//! The console: the document around every page, and the table of routes.

// The type of a page is as deep as the page.
#![recursion_limit = "256"]
#![expect(
    clippy::needless_pass_by_value,
    reason = "the props of a component are its own"
)]

pub mod components;
pub mod error;
pub mod hydration;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;
pub mod theme;
pub mod visit;

use components::banner::Banner;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use pages::not_found::NotFoundPage;
use pages::styleguide::StyleGuidePage;
use theme::Theme;

/// The document. The server provides the nonce of the response (`leptos::nonce::Nonce`) and, where the person
/// chose one, their [`Theme`].
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    let theme = use_context::<Theme>().and_then(Theme::attribute);
    let banner = visit::visit()
        .banner
        .map(|banner| view! { <Banner banner /> });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=stylesheet />
                {hydration::head(options)}
                <MetaTags />
            </head>
            <body>
                {banner}
                <App />
            </body>
        </html>
    }
}

/// Every page of the console. Each waits for its data, so that it is whole without script too.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/styleguide") view=StyleGuidePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
