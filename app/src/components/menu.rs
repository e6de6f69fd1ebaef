//! Menus are popovers placed by the browser beside their button. Inside: links, forms with one button, `<hr/>`, and
//! why something cannot be done.

use super::icon::Icon;
use super::link::Href;
use leptos::prelude::*;

/// A button with the menu it opens, for the actions of a row or a page.
#[component]
pub fn Menu(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// Such as *Actions for Ada Lovelace*.
    #[prop(into)]
    label: String,
    /// Small in a row of a list.
    #[prop(default = "button only-icon")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <button class=class type="button" popovertarget=id.clone() aria-label=label>
            <Icon name="more" />
        </button>
        <div class="menu" id=id popover>
            {children()}
        </div>
    }
}

/// The class of a [`Menu`] in a row of a list.
pub const IN_A_ROW: &str = "button quiet only-icon small";

/// A link in a menu.
#[component]
pub fn MenuLink(icon: &'static str, #[prop(into)] href: Href, children: Children) -> impl IntoView {
    view! {
        <a href=href.as_text()>
            <Icon name=icon />
            {children()}
        </a>
    }
}

/// A button in a menu; it stands in a form of its own, or opens a dialog (`attr:commandfor`, `attr:popovertarget`).
#[component]
pub fn MenuButton(
    icon: &'static str,
    /// `danger` for what takes away.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <button class=(!class.is_empty()).then_some(class)>
            <Icon name=icon />
            {children()}
        </button>
    }
}

/// Why the action above cannot be done now.
#[component]
pub fn MenuWhy(children: Children) -> impl IntoView {
    view! { <p class="why">{children()}</p> }
}
