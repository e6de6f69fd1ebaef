//! The demo's own pages: plain documents with the product's stylesheet, whole without script.

use std::sync::Arc;

use app::components::banner::Banner;
use app::components::icon::{Mark, Wordmark};
use app::components::roll::LineOfPeople;
use app::visit::BannerText;
use axum::response::{Html, IntoResponse, Response};
use leptos::config::LeptosOptions;
use leptos::prelude::*;

/// What all of them share. Cheap to clone.
#[derive(Clone)]
pub struct Document {
    public_url: Arc<str>,
    stylesheet: Arc<str>,
    banner: Arc<BannerText>,
}

impl Document {
    /// Documents of this server.
    pub fn new(public_url: &str, options: &LeptosOptions, banner: Arc<BannerText>) -> Self {
        let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
        Self {
            public_url: public_url.into(),
            stylesheet: stylesheet.into(),
            banner,
        }
    }

    /// Where the console is reached.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// One card before a line of people, as the console's own door.
    pub fn door(&self, title: &str, card: impl IntoView) -> Response {
        self.html(
            title,
            view! {
                <div class="door">
                    <main id="main" tabindex="-1">
                        <span class="brand large">
                            <Mark />
                            <Wordmark />
                            <span class="visually-hidden">"Muster"</span>
                        </span>
                        {card}
                    </main>
                    <LineOfPeople />
                </div>
            },
        )
    }

    /// A page that is longer than a card.
    pub fn page(&self, title: &str, lead: &str, content: impl IntoView) -> Response {
        self.html(
            title,
            view! {
                <header class="topbar">
                    <div>
                        <a class="brand" href="/" aria-label="Muster, overview">
                            <Mark />
                            <Wordmark />
                        </a>
                    </div>
                </header>
                <main id="main" tabindex="-1">
                    <div class="page">
                        <header class="page-head">
                            <div class="titles">
                                <h1>{title.to_owned()}</h1>
                                <p class="lead">{lead.to_owned()}</p>
                            </div>
                        </header>
                        {content}
                    </div>
                </main>
            },
        )
    }

    fn html(&self, title: &str, body: impl IntoView) -> Response {
        let banner = BannerText::clone(&self.banner);
        let document = Owner::new_root(None).with(|| {
            view! {
                <!DOCTYPE html>
                <html lang="en">
                    <head>
                        <meta charset="utf-8" />
                        <meta name="viewport" content="width=device-width, initial-scale=1" />
                        <meta name="color-scheme" content="light dark" />
                        <title>{format!("{title} · Muster")}</title>
                        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                        <link rel="stylesheet" href=self.stylesheet.to_string() />
                    </head>
                    <body>
                        <a class="skip visually-hidden" href="#main">"Skip to content"</a>
                        <Banner banner />
                        {body}
                    </body>
                </html>
            }
            .to_html()
        });
        Html(document).into_response()
    }
}
