//! An invitation: what a node says in it, what became of it, and what the page behind its link shows.

use super::letter::{Letter, Way, is_like_a_link, plain_name};
use super::settings::Switch;
use super::text::words;
use super::timestamp::{DAY, Timestamp};

/// How long the link of an invitation is good after its mail has left (INV-1).
pub const LIFE: i64 = 7 * DAY;
/// How often a mail is tried before it is given up.
pub const MOST_TRIES: i64 = 10;
/// How many invitations somebody gets without anybody asking for them: the first, and those sent again by themselves.
pub const MOST_BY_ITSELF: i64 = 4;

words!(
    /// Whether an invitation can be accepted.
    InvitationState {
        /// It can.
        Open = "open",
        /// It was.
        Accepted = "accepted",
        /// No longer.
        Ended = "ended",
    }
);

words!(
    /// Why an invitation can be accepted no longer.
    Reason {
        /// A newer one was written.
        Superseded = "superseded",
        /// Its person was locked, deleted, or given another address.
        Withdrawn = "withdrawn",
        /// By an administrator.
        Cancelled = "cancelled",
        /// Its time is over.
        Expired = "expired",
    }
);

/// The latest invitation of a person, and how its mail fares.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "store", derive(sqlx::FromRow))]
pub struct Invitation {
    /// Which.
    pub id: String,
    /// Whether it can be accepted.
    #[cfg_attr(feature = "store", sqlx(try_from = "String"))]
    pub state: InvitationState,
    /// Why not: a word of [`Reason`].
    pub reason: Option<String>,
    /// To which address.
    pub recipient: String,
    /// When it was written.
    pub written_at: Timestamp,
    /// When its mail left.
    pub sent_at: Option<Timestamp>,
    /// When its mail was given up.
    pub failed_at: Option<Timestamp>,
    /// How often its mail was tried in vain.
    pub tries: i64,
    /// When it is tried again.
    pub next_at: Timestamp,
    /// Why the last try failed.
    pub trouble: Option<String>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

impl Invitation {
    /// Whether its link works at an instant.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.state == InvitationState::Open && self.expires_at.is_none_or(|end| end > now)
    }
}

/// What the page behind the link of an invitation shows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Invited {
    /// What the organisation is called.
    pub organisation: String,
    /// The node they are invited to.
    pub node: String,
    /// Their address, as good as hidden: `g•••@acme.example`.
    pub masked: String,
    /// The line above the text.
    pub heading: String,
    /// The text.
    pub message: String,
    /// What the button says.
    pub button: String,
    /// Where they prove who they are; none where they choose a passphrase.
    pub way: Option<(String, String)>,
}

/// What one node says of its own; what is none is as the node above has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wording {
    /// The line people see in their mailbox.
    pub subject: Option<String>,
    /// The line above the text.
    pub heading: Option<String>,
    /// The text.
    pub message: Option<String>,
    /// What the button says.
    pub button: Option<String>,
    /// Whether invitations are sent when an identity provider brings somebody.
    pub sends: Option<Switch>,
    /// After how many days they are sent again by themselves; 0 is never.
    pub again_after_days: Option<i64>,
}

/// What holds at a node, with all that the nodes above say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Words {
    /// The line people see in their mailbox.
    pub subject: String,
    /// The line above the text.
    pub heading: String,
    /// The text.
    pub message: String,
    /// What the button says.
    pub button: String,
    /// Whether invitations are sent when an identity provider brings somebody.
    pub sends: Switch,
    /// After how many days they are sent again by themselves; 0 is never.
    pub again_after_days: i64,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            subject: "{organisation} invites you to Muster".to_owned(),
            heading: "Hello {name},".to_owned(),
            message:
                "{organisation} has added you to its directory. Accept the invitation to come in."
                    .to_owned(),
            button: "Accept the invitation".to_owned(),
            sends: Switch::On,
            again_after_days: 0,
        }
    }
}

impl Words {
    /// What holds where one more node has its say.
    #[must_use]
    pub fn with(self, own: &Wording) -> Self {
        let said = |own: &Option<String>, above: String| own.clone().unwrap_or(above);
        Self {
            subject: said(&own.subject, self.subject),
            heading: said(&own.heading, self.heading),
            message: said(&own.message, self.message),
            button: said(&own.button, self.button),
            sends: own.sends.unwrap_or(self.sends),
            again_after_days: own.again_after_days.unwrap_or(self.again_after_days),
        }
    }
}

/// What a node says of its own, and what would hold if it said nothing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NodeWording {
    /// What the organisation is called.
    pub organisation: String,
    /// What the node is called.
    pub node: String,
    /// What it says.
    pub own: Wording,
    /// What the nodes above say.
    pub above: Words,
}

/// Whom an invitation is for, and to what.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// What the organisation is called.
    pub organisation: &'a str,
    /// What the node is called.
    pub node: &'a str,
    /// What the person is called.
    pub name: &'a str,
}

impl Names<'_> {
    /// Puts the names into a text, each made harmless.
    pub fn into_text(self, text: &str) -> String {
        text.replace(
            "{organisation}",
            &plain_name(self.organisation, "Your organisation"),
        )
        .replace("{node}", &plain_name(self.node, "your place"))
        .replace("{name}", &plain_name(self.name, "there"))
    }
}

/// The mail that invites somebody, leading to a page of the console.
pub fn letter(words: &Words, names: Names<'_>, login: &str, page: &str) -> Letter {
    Letter {
        subject: names.into_text(&words.subject),
        heading: names.into_text(&words.heading),
        paragraphs: vec![names.into_text(&words.message)],
        way: Some(Way {
            words: names.into_text(&words.button),
            page: page.to_owned(),
        }),
        note: format!(
            "You sign in as {login}. The link works once, for seven days. If you did not expect this, do nothing: \
             without you nothing happens."
        ),
    }
}

/// An address that tells whoever knows it that it is theirs, and nobody else whose it is.
pub fn masked(login: &str) -> String {
    let (local, domain) = login.rsplit_once('@').unwrap_or((login, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

/// What is wrong with a text of an invitation, if anything: too long, more than one line, or with a link in it (INV-3).
pub fn mistake(text: &str, longest: usize) -> Option<String> {
    if text.chars().count() > longest {
        return Some(format!("Use at most {longest} characters."));
    }
    if text.chars().any(char::is_control) {
        return Some("Use one line of letters, digits and signs.".to_owned());
    }
    let link = text
        .split_whitespace()
        .find(|word| is_like_a_link(word.trim_end_matches(['.', ',', ';', '!', '?', ':'])));
    link.map(|word| {
        format!("Take out “{word}”: the button is the only link in an invitation, so that people can trust it.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names<'_> = Names {
        organisation: "Acme",
        node: "Berlin",
        name: "Grace Hopper",
    };

    #[test]
    fn an_invitation_says_who_invites_and_leads_to_one_page() {
        let letter = letter(
            &Words::default(),
            NAMES,
            "grace@acme.example",
            "/invitation?token=t",
        );
        assert_eq!(letter.subject, "Acme invites you to Muster");
        assert_eq!(letter.heading, "Hello Grace Hopper,");
        assert_eq!(letter.paragraphs.len(), 1);
        assert_eq!(letter.way.unwrap().page, "/invitation?token=t");
        assert!(letter.note.contains("grace@acme.example"));
    }

    #[test]
    fn a_name_brings_no_link_and_no_line_into_an_invitation() {
        let names = Names {
            organisation: "Acme\r\nBcc: x@evil.example",
            name: "<a href=https://evil.example>Your account</a> http://evil.example",
            ..NAMES
        };
        let letter = letter(&Words::default(), names, "grace@acme.example", "/");
        assert_eq!(letter.subject, "Acme Bcc: invites you to Muster");
        let all = format!(
            "{}{}{}",
            letter.subject,
            letter.heading,
            letter.paragraphs.join("")
        );
        assert!(
            !all.contains("evil") && !all.contains(['<', '\r', '\n']),
            "{all}"
        );
    }

    #[test]
    fn a_node_says_what_it_wants_and_the_rest_as_the_node_above() {
        let above = Words::default().with(&Wording {
            subject: Some("Come in".to_owned()),
            sends: Some(Switch::Off),
            ..Wording::default()
        });
        let here = above.clone().with(&Wording {
            button: Some("Join {node}".to_owned()),
            ..Wording::default()
        });
        assert_eq!(
            (here.subject.as_str(), here.sends),
            ("Come in", Switch::Off)
        );
        let letter = letter(&here, NAMES, "", "/");
        assert_eq!(letter.way.unwrap().words, "Join Berlin");
        assert_eq!(here.heading, Words::default().heading);
    }

    #[test]
    fn a_text_with_a_link_or_a_second_line_is_a_mistake() {
        for text in [
            "See https://acme.example",
            "Ask help@acme.example.",
            "Two\nlines",
            "A\u{0}",
        ] {
            assert!(mistake(text, 100).is_some(), "{text:?}");
        }
        assert!(mistake(&"a".repeat(101), 100).is_some());
        assert_eq!(mistake("Welcome, {name}. It is nice here!", 100), None);
    }

    #[test]
    fn a_masked_address_keeps_its_first_letter_and_its_domain() {
        assert_eq!(masked("grace@acme.example"), "g•••@acme.example");
        assert_eq!(masked(""), "•••@");
    }
}
