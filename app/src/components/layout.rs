//! The frame of every page: sidebar, top bar, page head, toasts; and the door before it.

use super::badge::CountToDo;
use super::icon::{Icon, Mark, Monogram, MonogramSize, Wordmark};
use super::keys::Keys;
use super::link::Href;
use super::palette::{self, Palette};
use super::section::GROUPS;
pub use super::section::Section;
use super::time::LocalTimes;
use super::toast::{ToastText, Toasts};
use leptos::prelude::*;
use leptos_meta::Title;

/// What the frame says of the organisation and the person in front of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    pub organisation: String,
    /// The name of the person who is signed in.
    pub person: String,
    /// Their own page.
    pub person_page: Href,
    /// What can be approved now.
    pub to_approve: u64,
    /// The parts of the console this person may open, in any order.
    pub sections: Vec<Section>,
    /// What just happened, read once.
    pub toasts: Vec<ToastText>,
}

/// One step of the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    words: String,
    href: Option<Href>,
}

impl Crumb {
    /// A page above this one.
    pub fn above(words: impl Into<String>, href: impl Into<Href>) -> Self {
        Self {
            words: words.into(),
            href: Some(href.into()),
        }
    }

    /// This page.
    pub fn here(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            href: None,
        }
    }
}

/// A page of the console: everything around what is inside. Inside stand a [`PageHead`] and sections.
#[component]
pub fn Shell(
    frame: Frame,
    /// The title of the tab; *· Muster* is added.
    #[prop(into)]
    title: String,
    /// The part of the console this page belongs to.
    section: Section,
    crumbs: Vec<Crumb>,
    children: Children,
) -> impl IntoView {
    let (toasts, sections) = (frame.toasts.clone(), frame.sections.clone());
    view! {
        <Title text=format!("{title} · Muster") />
        <SkipLink />
        <div class="shell">
            <Sidebar frame section />
            <div>
                <TopBar crumbs />
                <main id="main" tabindex="-1">
                    <div class="page">{children()}</div>
                </main>
            </div>
        </div>
        <Palette sections />
        <Toasts toasts />
        <LocalTimes />
    }
    .into_any()
}

/// The pages before the console: the brand, one card, a line of people.
#[component]
pub fn Door(
    /// The title of the tab; *· Muster* is added.
    #[prop(into)]
    title: String,
    /// Where this is, such as the host's name.
    #[prop(optional, into)]
    place: Option<String>,
    /// The card: usually `<form class="card" method="post">`.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} · Muster") />
        <SkipLink />
        <div class="door">
            <main id="main" tabindex="-1">
                <span class="brand large">
                    <Mark />
                    <Wordmark />
                    <span class="visually-hidden">"Muster"</span>
                </span>
                {children()}
            </main>
            <super::roll::LineOfPeople />
            <footer>{place.map(|place| view! { <span>{place}</span> })}</footer>
        </div>
    }
    .into_any()
}

#[component]
fn SkipLink() -> impl IntoView {
    view! {
        <a class="skip visually-hidden" href="#main">
            "Skip to content"
        </a>
    }
}

#[component]
fn Sidebar(frame: Frame, section: Section) -> impl IntoView {
    let groups = GROUPS
        .into_iter()
        .filter_map(|(heading, sections)| {
            let shown: Vec<Section> = sections
                .iter()
                .copied()
                .filter(|one| frame.sections.contains(one))
                .collect();
            (!shown.is_empty()).then(
                || view! { <NavGroup heading shown here=section to_approve=frame.to_approve /> },
            )
        })
        .collect_view();
    let settings = frame.sections.contains(&Section::Settings);
    view! {
        <nav class="sidebar" id="sidebar" popover aria-label="Main">
            <Brand />
            <div class="nav">{groups}</div>
            <div class="nav sidebar-foot">
                <ul>
                    {settings.then(|| view! { <NavLink to=Section::Settings here=section to_approve=0 /> })}
                    <Person name=frame.person page=frame.person_page />
                </ul>
            </div>
        </nav>
    }
    .into_any()
}

#[component]
fn NavGroup(
    heading: &'static str,
    shown: Vec<Section>,
    here: Section,
    to_approve: u64,
) -> impl IntoView {
    let id = (!heading.is_empty()).then(|| format!("nav-{}", heading.to_lowercase()));
    let links = shown
        .into_iter()
        .map(|to| view! { <NavLink to here to_approve /> })
        .collect_view();
    view! {
        <div>
            {id.clone().map(|id| view! { <h2 id=id>{heading}</h2> })}
            <ul aria-labelledby=id>{links}</ul>
        </div>
    }
    .into_any()
}

#[component]
fn NavLink(to: Section, here: Section, to_approve: u64) -> impl IntoView {
    let to_do = (to == Section::Approvals).then(|| {
        view! { <CountToDo of=to_approve title=format!("{to_approve} can be approved now") /> }
    });
    view! {
        <li>
            <a href=to.path() aria-current=(to == here).then_some("page")>
                <Icon name=to.icon() />
                {to.words()}
                {to_do}
            </a>
        </li>
    }
    .into_any()
}

/// Who is signed in, and the way out: a form, for leaving changes something.
#[component]
fn Person(name: String, page: Href) -> impl IntoView {
    view! {
        <li class="person">
            <a href=page.as_text()>
                <Monogram name=name.clone() size=MonogramSize::Small />
                {name}
            </a>
            <form method="post" action="/sign-out">
                <button class="button quiet only-icon small" type="submit" aria-label="Sign out">
                    <Icon name="signout" />
                </button>
            </form>
        </li>
    }
    .into_any()
}

/// The mark and the name, leading to the overview.
#[component]
fn Brand(#[prop(default = "brand")] class: &'static str) -> impl IntoView {
    view! {
        <a class=class href="/" aria-label="Muster, overview">
            <Mark />
            <Wordmark />
        </a>
    }
    .into_any()
}

#[component]
fn TopBar(crumbs: Vec<Crumb>) -> impl IntoView {
    view! {
        <header class="topbar">
            <button class="button quiet only-icon only-narrow" type="button" popovertarget="sidebar" aria-label="Open menu">
                <Icon name="menu" />
            </button>
            <Brand class="brand only-narrow" />
            <Crumbs crumbs />
            <form class="search" role="search" action="/search" method="get">
                <Icon name="search" />
                <input
                    type="search"
                    name="q"
                    id="search"
                    aria-label="Search people, teams, nodes, ids"
                    placeholder="Search or paste an id"
                />
                <Keys />
            </form>
            <a class="button quiet only-icon only-narrow" href="/search" aria-label="Search">
                <Icon name="search" />
            </a>
            <button
                class="button quiet only-icon"
                type="button"
                command="show-modal"
                commandfor=palette::ID
                popovertarget=palette::ID
                aria-label="Commands"
                aria-keyshortcuts="Control+K Meta+K"
                title="Commands (Ctrl K)"
            >
                <Icon name="terminal" />
            </button>
            <a class="button quiet only-icon" href="/help" aria-label="Help">
                <Icon name="help" />
            </a>
        </header>
    }
    .into_any()
}

#[component]
fn Crumbs(crumbs: Vec<Crumb>) -> impl IntoView {
    let steps = crumbs
        .into_iter()
        .enumerate()
        .map(|(place, crumb)| {
            let words = match crumb.href {
                Some(href) => view! { <a href=href.as_text()>{crumb.words}</a> }.into_any(),
                None => view! { <span aria-current="page">{crumb.words}</span> }.into_any(),
            };
            view! { <li>{(place > 0).then(|| view! { <Icon name="chevron" /> })} {words}</li> }
        })
        .collect_view();
    view! {
        <nav class="crumbs" aria-label="Where you are">
            <ol>{steps}</ol>
        </nav>
    }
    .into_any()
}

/// The head of a page: what it is about, and what can be done.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    /// One sentence below the title.
    #[prop(optional, into)]
    lead: Option<String>,
    /// The name whose initials stand before the title.
    #[prop(optional, into)]
    monogram: Option<String>,
    /// Beside the title: usually a [`super::badge::StateChip`].
    #[prop(optional, into)]
    beside: ViewFn,
    /// Below the title: [`Fact`]s.
    #[prop(optional, into)]
    facts: Option<ViewFn>,
    /// What can be done: buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            {monogram.map(|name| view! { <Monogram name size=MonogramSize::Large /> })}
            <div class="titles">
                <div class="title-line">
                    <h1>{title}</h1>
                    {beside.run()}
                </div>
                {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
                {facts.map(|facts| view! { <ul class="facts">{facts.run()}</ul> })}
            </div>
            {children.map(|children| view! { <div class="buttons">{children()}</div> })}
        </header>
    }
    .into_any()
}

/// One fact below a title.
#[component]
pub fn Fact(icon: &'static str, children: Children) -> impl IntoView {
    view! {
        <li>
            <Icon name=icon />
            {children()}
        </li>
    }
}

/// A section of a page with its heading.
#[component]
pub fn PageSection(
    /// Unique on the page; also where a link can lead (`#id`).
    id: &'static str,
    #[prop(into)] title: String,
    /// One sentence beside the heading.
    #[prop(optional, into)]
    lead: Option<String>,
    /// At the end of the heading's line: usually a link.
    #[prop(optional, into)]
    end: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-heading");
    view! {
        <section id=id aria-labelledby=heading>
            <div class="section-head">
                <h2 id=heading.clone()>{title}</h2>
                {lead.map(|lead| view! { <p>{lead}</p> })}
                {end.map(|end| view! { <span class="end">{end.run()}</span> })}
            </div>
            {children()}
        </section>
    }
    .into_any()
}
