//! An empty page: what it is, why it is empty, what to do.

use super::icon::Icon;
use super::link::Href;
use super::roll::EmptyLine;
use leptos::prelude::*;

/// One way to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub icon: &'static str,
    pub title: String,
    pub words: String,
    /// What the button says.
    pub act: String,
    pub href: Href,
}

/// An empty list. Without ways it is a filter that matches nothing: put the button that clears it inside.
#[component]
pub fn EmptyState(
    #[prop(into)] title: String,
    /// What would be here, and why nothing is.
    #[prop(into)]
    words: String,
    #[prop(optional)] ways: Vec<Way>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let has_ways = !ways.is_empty();
    let ways = ways
        .into_iter()
        .map(|way| view! { <OneWay way /> })
        .collect_view();
    view! {
        <div class="empty">
            {has_ways.then(|| view! { <EmptyLine /> })}
            <h2>{title}</h2>
            <p>{words}</p>
            {children.map(|children| view! { <div class="buttons">{children()}</div> })}
            {has_ways.then(|| view! { <ul class="ways">{ways}</ul> })}
        </div>
    }
    .into_any()
}

#[component]
fn OneWay(way: Way) -> impl IntoView {
    view! {
        <li>
            <h3>
                <Icon name=way.icon />
                {way.title}
            </h3>
            <p class="muted">{way.words}</p>
            <a class="button small" href=way.href.as_text()>
                {way.act}
            </a>
        </li>
    }
    .into_any()
}
