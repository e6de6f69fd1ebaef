//! A panel frames one decision or one thing to read. Lists are not framed.

use super::badge::{Provenance, Source};
use leptos::prelude::*;

/// A panel with its heading. Inside: a [`PanelBody`], a [`Facts`], a list, steps, or rows.
#[component]
pub fn Panel(
    /// Unique on the page; also where a link can lead (`#id`).
    id: &'static str,
    #[prop(into)] title: String,
    /// One sentence below the heading.
    #[prop(optional, into)]
    lead: Option<String>,
    /// At the end of the heading's line.
    #[prop(optional, into)]
    end: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-heading");
    view! {
        <section class="panel" id=id aria-labelledby=heading>
            <header>
                <h2 id=heading.clone()>{title}</h2>
                {end.map(|end| view! { <span class="end">{end.run()}</span> })}
                {lead.map(|lead| view! { <p>{lead}</p> })}
            </header>
            {children()}
        </section>
    }
    .into_any()
}

/// The padded inside of a panel.
#[component]
pub fn PanelBody(children: Children) -> impl IntoView {
    view! { <div class="body">{children()}</div> }
}

/// The foot of a panel: a sentence, and its buttons at the end.
#[component]
pub fn PanelFoot(
    #[prop(optional, into)] words: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <footer>
            {words.map(|words| view! { <span>{words}</span> })}
            {children.map(|children| view! { <span class="end">{children()}</span> })}
        </footer>
    }
}

/// Names and values; inside [`FactRow`]s.
#[component]
pub fn Facts(children: Children) -> impl IntoView {
    view! { <dl class="facts-table">{children()}</dl> }
}

/// One value with its name, and who owns it.
#[component]
pub fn FactRow(
    #[prop(into)] name: String,
    #[prop(optional_no_strip, into)] from: Option<Source>,
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{children()}</dd>
            {from.map(|from| view! { <dd><Provenance from /></dd> })}
        </div>
    }
}

/// A list of settings; inside [`Setting`]s.
#[component]
pub fn Settings(children: Children) -> impl IntoView {
    view! { <div class="settings">{children()}</div> }
}

/// One setting: what it does on the left, its control on the right.
#[component]
pub fn Setting(
    #[prop(into)] name: String,
    #[prop(into)] hint: String,
    #[prop(optional_no_strip, into)] from: Option<Source>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="setting">
            <div class="name">{name} {from.map(|from| view! { <Provenance from /> })}</div>
            <p class="hint">{hint}</p>
            <div class="control">{children()}</div>
        </div>
    }
}
