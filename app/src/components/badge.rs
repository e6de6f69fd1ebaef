//! Three things that look alike elsewhere and must not here: what something is, who owns a value, and how many.

use super::icon::{Glyph, Icon};
use super::text::thousands;
use leptos::prelude::*;

/// The colour of a state. Never used for anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Active, connected, approved.
    Good,
    /// Invited, new.
    Info,
    /// Pending, paused.
    Wait,
    /// Locked, blocked, failing.
    Stop,
    /// Draft, inactive.
    #[default]
    None,
}

impl Tone {
    /// The value of `data-tone`, and the class in a roll.
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Info => "info",
            Self::Wait => "wait",
            Self::Stop => "stop",
            Self::None => "none",
        }
    }
}

/// A state as a person sees it: glyph, word and tone, which always go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub tone: Tone,
    pub glyph: &'static str,
    pub word: &'static str,
}

impl Standing {
    const fn new(tone: Tone, glyph: &'static str, word: &'static str) -> Self {
        Self { tone, glyph, word }
    }
}

pub const ACTIVE: Standing = Standing::new(Tone::Good, "active", "Active");
pub const APPROVED: Standing = Standing::new(Tone::Good, "active", "Approved");
pub const CONNECTED: Standing = Standing::new(Tone::Good, "active", "Connected");
pub const INVITED: Standing = Standing::new(Tone::Info, "invited", "Invited");
pub const NEW: Standing = Standing::new(Tone::Info, "invited", "New");
pub const PENDING: Standing = Standing::new(Tone::Wait, "pending", "Pending");
pub const PAUSED: Standing = Standing::new(Tone::Wait, "suspended", "Paused");
pub const LOCKED: Standing = Standing::new(Tone::Stop, "locked", "Locked");
pub const LOCKED_BY_IDP: Standing = Standing::new(Tone::Stop, "lockedidp", "Locked by IdP");
pub const BLOCKED: Standing = Standing::new(Tone::Stop, "blocked", "Blocked");
pub const SUSPENDED: Standing = Standing::new(Tone::Stop, "suspended", "Suspended");
pub const FAILING: Standing = Standing::new(Tone::Stop, "warn", "Failing");
pub const REFUSED: Standing = Standing::new(Tone::Stop, "failed", "Refused");
pub const INACTIVE: Standing = Standing::new(Tone::None, "later", "Inactive");
pub const DRAFT: Standing = Standing::new(Tone::None, "invited", "Draft");

/// A state in a list, with what happens next below it.
#[component]
pub fn State(
    of: Standing,
    /// Another word than the usual one, such as *Grace to accept*.
    #[prop(optional, into)]
    word: Option<String>,
    /// What happens next, or why.
    #[prop(optional_no_strip, into)]
    next: Option<String>,
) -> impl IntoView {
    let word = word.unwrap_or_else(|| of.word.to_owned());
    let state = view! {
        <span class="state" data-tone=of.tone.name()>
            <Glyph name=of.glyph />
            {word}
        </span>
    };
    match next {
        Some(next) => view! {
            <span class="stated">
                {state} <span class="next">{next}</span>
            </span>
        }
        .into_any(),
        None => state.into_any(),
    }
}

/// A state beside the title of a page. Nowhere else is a state a chip.
#[component]
pub fn StateChip(of: Standing) -> impl IntoView {
    view! {
        <span class="state chip" data-tone=of.tone.name()>
            <Glyph name=of.glyph />
            {of.word}
        </span>
    }
}

/// Who owns a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An identity provider, by the name of its connection.
    Idp(String),
    /// A person in this console.
    Here,
    /// The defaults of a node, in words such as *Default of Berlin*.
    Node(String),
    /// What was said at sign-in.
    SignIn,
}

/// Says who owns a value: dashed where it is set here, solid where it comes from outside.
#[component]
pub fn Provenance(from: Source) -> impl IntoView {
    let (kind, icon, words) = match from {
        Source::Idp(name) => ("idp", "connections", name),
        Source::Here => ("here", "pencil", "Set here".to_owned()),
        Source::Node(words) => ("node", "nodes", words),
        Source::SignIn => ("sso", "sso", "Sign-in".to_owned()),
    };
    view! {
        <span class="provenance" data-from=kind>
            <Icon name=icon />
            {words}
        </span>
    }
}

/// How many.
#[component]
pub fn Count(of: u64) -> impl IntoView {
    view! { <span class="count">{thousands(of)}</span> }
}

/// How many wait for the person; nothing at zero.
#[component]
pub fn CountToDo(
    of: u64,
    /// The whole sentence, such as *17 can be approved now*.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    (of > 0).then(|| {
        view! {
            <span class="count todo" title=title>
                {thousands(of)}
            </span>
        }
    })
}

/// What kind.
#[component]
pub fn Tag(children: Children) -> impl IntoView {
    view! { <span class="tag">{children()}</span> }
}
