//! The organisation as a list of lists. It opens without script; the name is a link beside the twisty, never in it.

use super::icon::Icon;
use super::link::Href;
use super::text::thousands;
use leptos::prelude::*;

/// A place in the organisation with what is below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    pub name: String,
    pub href: Href,
    /// How many users are here and below.
    pub users: u64,
    /// The name of the connection that keeps it.
    pub tag: Option<String>,
    pub place: BranchPlace,
    pub below: Vec<Branch>,
}

/// Where the reader is, as seen from a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BranchPlace {
    /// The page is about this one.
    Here,
    /// What is below is shown.
    Open,
    /// What is below opens by a press.
    #[default]
    Closed,
}

/// The tree from its root.
#[component]
pub fn NodeTree(root: Branch) -> impl IntoView {
    view! { <ul class="tree">{branch(root)}</ul> }
}

fn branch(branch: Branch) -> AnyView {
    let twisty = (!branch.below.is_empty()).then(|| {
        let label = format!("{}, nodes below", branch.name);
        view! {
            <details open=branch.place != BranchPlace::Closed>
                <summary aria-label=label>
                    <Icon name="chevron" />
                </summary>
            </details>
        }
    });
    let below = (!branch.below.is_empty()).then(|| {
        view! { <ul>{branch.below.into_iter().map(self::branch).collect_view()}</ul> }
    });
    let current = (branch.place == BranchPlace::Here).then_some("true");
    view! {
        <li>
            {twisty} <div class="node" aria-current=current>
                <a href=branch.href.as_text()>{branch.name}</a>
                {branch.tag.map(|tag| view! { <span class="tag">{tag}</span> })}
                <span class="num">{thousands(branch.users)}</span>
            </div> {below}
        </li>
    }
    .into_any()
}
