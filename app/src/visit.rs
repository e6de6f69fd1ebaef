//! What a page knows of the visit it answers: who looks and when, and what the last form said.

use directory::model::id::UserId;
use directory::model::role::Privilege;
use directory::model::timestamp::Timestamp;
use leptos::prelude::use_context;

/// The visit. The server provides one for each page it renders; in the browser there is none.
#[derive(Clone)]
pub struct Visit {
    /// The instant of the request: "12 s ago" counts from here.
    pub now: Timestamp,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// What the form before this page left to be said, once.
    pub flash: Flash,
    /// The name of the organisation.
    pub organisation: String,
    /// What waits for an approval, for the number beside *Approvals*.
    pub approvals: i64,
    /// The address people and identity providers use, without a slash at the end.
    pub public_url: String,
    /// The identity providers a person can sign in with.
    pub ways: Vec<Way>,
    /// The line above every page of the demo.
    pub banner: Option<BannerText>,
    /// A token that was just made, to be shown this once.
    pub revealed: Option<Revealed>,
    /// Recovery codes that were just made, to be shown this once.
    pub recovery_codes: Vec<String>,
    /// Where mail leaves; without it mail waits.
    pub leaves: Option<Leaves>,
}

impl Default for Visit {
    fn default() -> Self {
        Self {
            now: Timestamp(0),
            viewer: None,
            flash: Flash::default(),
            organisation: String::new(),
            approvals: 0,
            public_url: String::new(),
            ways: Vec::new(),
            banner: None,
            revealed: None,
            recovery_codes: Vec::new(),
            leaves: None,
        }
    }
}

/// The line above every page of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BannerText {
    /// What this is.
    pub words: String,
    /// The demo's own pages: the words of each link, and its address.
    pub links: Vec<(String, String)>,
}

/// The visit this page answers.
pub fn visit() -> Visit {
    use_context().unwrap_or_default()
}

/// The person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub id: UserId,
    /// Their name, or their address.
    pub name: String,
    /// The address they sign in with.
    pub login: String,
    /// They hold a privilege somewhere: the console is for them.
    pub is_administrator: bool,
    /// The privileges they hold anywhere: what their navigation offers.
    pub privileges: Vec<Privilege>,
    /// Why the console is closed to them from where they are.
    pub closed: Option<String>,
}

/// An identity provider a person can sign in with, at `/sign-in/{id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Its word in the address.
    pub id: String,
    /// What the button calls it.
    pub name: String,
    /// Whom it proves: the people of these domains sign in there, and nowhere else.
    pub domains: Vec<String>,
}

impl Way {
    /// Whether it proves whoever has this address.
    pub fn is_for(&self, login: &str) -> bool {
        let domain = login.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domains
            .iter()
            .any(|own| own.eq_ignore_ascii_case(domain))
    }
}

/// Where mail leaves.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Leaves {
    /// The mail server: `mail.acme.example:587`.
    pub by: String,
    /// Whom the mails are from.
    pub from: String,
    /// Whether nobody on the way can read them.
    pub encrypted: bool,
}

/// A secret that is shown once. Never printed, kept or sent anywhere but into the page.
#[derive(Clone)]
pub struct Revealed {
    /// The token's public part.
    pub id: String,
    /// The whole token.
    pub secret: String,
}

/// What a form leaves for the next page, read once.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Flash {
    /// The notices at the bottom of the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub toasts: Vec<Toast>,
    /// The form that was refused, with what was typed into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// A notice at the bottom of the page.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Toast {
    /// Whether it is good news.
    pub kind: ToastKind,
    /// What happened, in one sentence.
    pub text: String,
    /// Where there is more: an address of the console, and the words of the link.
    pub more: Option<(String, String)>,
}

/// Whether a notice is good news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToastKind {
    /// It was done.
    Done,
    /// Some of it still waits.
    Waiting,
    /// It was not done.
    Failed,
}

impl From<Toast> for Flash {
    fn from(toast: Toast) -> Self {
        Self {
            toasts: vec![toast],
            refused: None,
        }
    }
}

impl Toast {
    /// It was not done, and why.
    pub fn failed(why: impl Into<String>) -> Self {
        Self {
            kind: ToastKind::Failed,
            text: why.into(),
            more: None,
        }
    }
}

/// Among the values of a form that comes back just as it was sent: boxes that were not ticked are among what it says.
pub const WHOLE: &str = "(whole)";

/// A form that was refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refused {
    /// Which form of the page.
    pub form: String,
    /// What was typed, by field; never a secret.
    pub values: Vec<(String, String)>,
    /// What is wrong, by field; an empty name means the whole form.
    pub errors: Vec<(String, String)>,
}

impl Flash {
    /// What was typed into a field of a form that was refused.
    pub fn value(&self, form: &str, field: &str) -> Option<String> {
        self.of(form)
            .and_then(|refused| find(&refused.values, field))
    }

    /// What is wrong with a field of a form that was refused; with an empty name, with the whole of it.
    pub fn error(&self, form: &str, field: &str) -> Option<String> {
        self.of(form)
            .and_then(|refused| find(&refused.errors, field))
    }

    /// Nothing is left to be said.
    pub fn is_empty(&self) -> bool {
        self.toasts.is_empty() && self.refused.is_none()
    }

    fn of(&self, form: &str) -> Option<&Refused> {
        self.refused.as_ref().filter(|refused| refused.form == form)
    }
}

fn find(pairs: &[(String, String)], name: &str) -> Option<String> {
    pairs
        .iter()
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.clone())
}
