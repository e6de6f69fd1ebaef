//! Tabs are links to addresses, never script.

use super::badge::Standing;
use super::icon::Glyph;
use super::link::Href;
use super::text::thousands;
use leptos::prelude::*;

/// One tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    words: String,
    href: Href,
    count: Option<u64>,
    standing: Option<Standing>,
    current: Option<&'static str>,
}

impl Tab {
    pub fn new(words: impl Into<String>, href: impl Into<Href>) -> Self {
        Self {
            words: words.into(),
            href: href.into(),
            count: None,
            standing: None,
            current: None,
        }
    }

    /// A tab that filters a list by a state.
    pub fn of(standing: Standing, href: impl Into<Href>) -> Self {
        Self {
            standing: Some(standing),
            ..Self::new(standing.word, href)
        }
    }

    /// How many are behind it.
    #[must_use]
    pub fn counting(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// The tab that is shown, when `is_shown`.
    #[must_use]
    pub fn shown_if(mut self, is_shown: bool) -> Self {
        self.current = is_shown.then_some("page");
        self
    }
}

/// A line of tabs.
#[component]
pub fn Tabs(
    tabs: Vec<Tab>,
    /// What they divide, such as *State* or the name of the object.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let tabs = tabs
        .into_iter()
        .map(|tab| {
            let glyph = tab.standing.map(|standing| view! { <Glyph name=standing.glyph /> });
            let count = tab.count.map(|count| view! { " " <span class="n">{thousands(count)}</span> });
            view! {
                <a href=tab.href.as_text() aria-current=tab.current data-tone=tab.standing.map(|standing| standing.tone.name())>
                    {glyph}
                    {tab.words}
                    {count}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label=label>
            {tabs}
        </nav>
    }
    .into_any()
}
