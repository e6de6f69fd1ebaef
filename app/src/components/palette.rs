//! Every command of the console in one dialog. Each is a link, so that it works without script too, where a browser opens it.

use super::icon::Icon;
use super::section::Section;
use leptos::prelude::*;

/// The dialog's id.
pub const ID: &str = "palette";

/// A command: where it leads, what it is called, and the letter after `g`, if any.
struct Command {
    /// The part of the console one must have to be offered it.
    of: Section,
    href: &'static str,
    words: &'static str,
    key: &'static str,
}

const fn command(
    of: Section,
    href: &'static str,
    words: &'static str,
    key: &'static str,
) -> Command {
    Command {
        of,
        href,
        words,
        key,
    }
}

/// In the order they are offered.
const COMMANDS: [Command; 19] = [
    command(Section::Overview, "/", "Go to overview", "o"),
    command(Section::Approvals, "/approvals", "Go to approvals", "a"),
    command(Section::Nodes, "/nodes", "Go to nodes", "n"),
    command(Section::Users, "/users", "Go to users", "u"),
    command(Section::Teams, "/teams", "Go to teams", "t"),
    command(Section::Roles, "/roles", "Go to roles", "r"),
    command(
        Section::Connections,
        "/connections",
        "Go to connections",
        "c",
    ),
    command(Section::SignIn, "/sso", "Go to sign-in methods", "i"),
    command(Section::Events, "/events", "Go to events", "e"),
    command(Section::Settings, "/settings", "Go to settings", "s"),
    command(
        Section::Approvals,
        "/approvals#sync",
        "Preview and run Full Sync",
        "",
    ),
    command(Section::Users, "/users/new", "Add a user", ""),
    command(Section::Users, "/users/import", "Add users from a file", ""),
    command(Section::Users, "/users/bin", "Open the recycle bin", ""),
    command(Section::Roles, "/roles/new", "Add a role", ""),
    command(
        Section::Connections,
        "/connections/new",
        "Add a connection",
        "",
    ),
    command(
        Section::Settings,
        "/settings#appearance",
        "Change theme or shortcuts",
        "",
    ),
    command(Section::Elsewhere, "/account", "Go to your account", "m"),
    command(Section::Elsewhere, "/help", "Read the help", "h"),
];

/// The dialog, with the commands of the parts this person may open.
#[component]
pub fn Palette(sections: Vec<Section>) -> impl IntoView {
    let offered = COMMANDS
        .into_iter()
        .filter(|one| one.of == Section::Elsewhere || sections.contains(&one.of))
        .map(|one| {
            let key = (!one.key.is_empty()).then_some(one.key);
            let shown = key.map(|key| {
                view! {
                    <span class="keys">
                        <kbd>"g"</kbd>
                        <kbd>{key}</kbd>
                    </span>
                }
            });
            let icon = match one.of {
                Section::Elsewhere if one.href == "/help" => "help",
                Section::Elsewhere => "id",
                of => of.icon(),
            };
            view! {
                <li>
                    <a href=one.href data-key=key>
                        <Icon name=icon />
                        {one.words}
                        {shown}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <dialog class="palette" id=ID popover aria-label="Commands">
            <form action="/search" method="get">
                <input
                    type="search"
                    name="q"
                    aria-label="Command, or whom to search"
                    placeholder="Type a command, or whom to search"
                    autocomplete="off"
                    autofocus=true
                />
            </form>
            <ul>{offered}</ul>
            <p class="visually-hidden" role="status"></p>
            <footer>
                <span>
                    <kbd>"↵"</kbd>
                    " first command, or search"
                </span>
                <span>
                    <kbd>"esc"</kbd>
                    " close"
                </span>
            </footer>
        </dialog>
    }
    .into_any()
}
