//! Buttons, and links that look like them. A button is a verb and a noun; one primary per page.

use super::icon::Icon;
use super::link::Href;
use leptos::prelude::*;

/// What pressing it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    #[default]
    Plain,
    /// The one thing to do on this page.
    Primary,
    /// Leads to something that takes away.
    Danger,
    /// Takes away: the confirm button of a dialog.
    Sure,
    /// Hardly there.
    Quiet,
}

/// How large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    Small,
    #[default]
    Normal,
    Large,
    /// Large, as wide as the card it stands in.
    Wide,
}

pub(super) fn class(kind: Kind, size: Size) -> String {
    let kind = match kind {
        Kind::Plain => "",
        Kind::Primary => " primary",
        Kind::Danger => " danger",
        Kind::Sure => " danger sure",
        Kind::Quiet => " quiet",
    };
    let size = match size {
        Size::Small => " small",
        Size::Normal => "",
        Size::Large => " large",
        Size::Wide => " large wide",
    };
    format!("button{kind}{size}")
}

/// A button that sends its form. Other attributes by `attr:`, such as `attr:name="act" attr:value="lock"`,
/// `attr:popovertarget="menu" attr:type="button"` or `attr:disabled=true`.
#[component]
pub fn Button(
    #[prop(optional)] kind: Kind,
    #[prop(optional)] size: Size,
    #[prop(optional)] icon: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <button class=class(kind, size)>
            {icon.map(|name| view! { <Icon name /> })} {children()}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: Href,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] size: Size,
    #[prop(optional)] icon: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=class(kind, size) href=href.as_text()>
            {icon.map(|name| view! { <Icon name /> })}
            {children()}
        </a>
    }
}

/// A button with a picture alone; its label is for those who do not see it.
#[component]
pub fn IconButton(
    icon: &'static str,
    #[prop(into)] label: String,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] size: Size,
) -> impl IntoView {
    view! {
        <button class=format!("{} only-icon", class(kind, size)) aria-label=label>
            <Icon name=icon />
        </button>
    }
}

/// Buttons that stand together.
#[component]
pub fn Buttons(children: Children) -> impl IntoView {
    view! { <div class="buttons">{children()}</div> }
}
