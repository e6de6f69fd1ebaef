//! The words of the mails: subject and text of each kind.
//!
//! A name in a mail comes from whoever pushed it, so it is cut and holds nothing that looks like a link (INV-3, B-107):
//! the only address in a mail is the one of this server's own settings.

/// The longest a name is in a mail, in characters.
const LONGEST_NAME: usize = 64;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Whom an invitation is for, and to what.
#[derive(Debug, Clone, Copy)]
pub struct Invitation<'a> {
    /// What the organisation is called.
    pub organisation: &'a str,
    /// What the person is called.
    pub name: &'a str,
    /// The address they sign in with.
    pub login: &'a str,
    /// Where people reach the console, without a slash at the end.
    pub public_url: &'a str,
}

/// Invites somebody to sign in for the first time.
pub fn invitation(invitation: Invitation<'_>) -> Mail {
    let organisation = plain_name(invitation.organisation, "Your organisation");
    let name = plain_name(invitation.name, "there");
    let Invitation {
        login, public_url, ..
    } = invitation;
    Mail {
        subject: format!("{organisation} invites you to Muster"),
        text: format!(
            "Hello {name},\n\n\
             {organisation} has added you to its directory. Sign in as {login} to accept:\n\n\
             {public_url}/sign-in\n\n\
             If you did not expect this, do nothing: without your signing in nothing happens.\n"
        ),
    }
}

/// A name without control characters, without words that look like a link or an address, and not too long.
fn plain_name(name: &str, otherwise: &str) -> String {
    let spaced: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let kept: Vec<&str> = spaced
        .split_whitespace()
        .filter(|word| !is_like_a_link(word))
        .collect();
    let kept: String = kept
        .join(" ")
        .chars()
        .filter(|c| !matches!(c, '<' | '>'))
        .take(LONGEST_NAME)
        .collect();
    let kept = kept.trim();
    if kept.is_empty() {
        otherwise.to_owned()
    } else {
        kept.to_owned()
    }
}

/// Whether a mail program might turn a word into a link: a scheme, a slash, an `@`, or a dot within it as in `acme.example`.
fn is_like_a_link(word: &str) -> bool {
    // Full-width dots and slashes are read as the plain ones.
    let is_dot = |c: char| matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}');
    let ends = word.rsplit_once(is_dot);
    let is_host = ends.is_some_and(|(before, end)| {
        !before.is_empty() && end.chars().filter(|c| c.is_alphanumeric()).count() >= 2
    });
    let has_sign = word.contains(['/', '\\', '@', '\u{ff0f}', '\u{ff20}']) || word.contains("://");
    let scheme = word.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty() && scheme.chars().all(char::is_alphanumeric)
    });
    is_host || has_sign || scheme
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(name: &str, organisation: &str) -> Mail {
        invitation(Invitation {
            organisation,
            name,
            login: "grace@acme.example",
            public_url: "https://muster.acme.example",
        })
    }

    #[test]
    fn an_invitation_says_who_invites_and_where_to_sign_in() {
        let mail = to("Grace Hopper", "Acme");
        assert_eq!(mail.subject, "Acme invites you to Muster");
        assert!(
            mail.text
                .starts_with("Hello Grace Hopper,\n\nAcme has added you")
        );
        assert!(
            mail.text
                .contains("\nhttps://muster.acme.example/sign-in\n")
        );
    }

    #[test]
    fn a_name_brings_no_link_and_no_line_into_a_mail() {
        for (name, left) in [
            (
                "Your account is locked, see http://evil.example now",
                "Your account is locked, see now",
            ),
            ("<a href=https://evil.example>Acme</a>", "a"),
            ("Acme\r\nBcc: x@evil.example", "Acme Bcc:"),
            ("www.evil.example", "there"),
            ("evil。example", "there"),
            ("javascript:alert(1)", "there"),
            ("J. R. R. Tolkien", "J. R. R. Tolkien"),
            ("  Ada \u{0} Lovelace ", "Ada Lovelace"),
            ("", "there"),
        ] {
            assert_eq!(plain_name(name, "there"), left, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_and_the_subject_stays_one_line() {
        let mail = to("Grace", &"A\n".repeat(200));
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(
            mail.subject.chars().count() < LONGEST_NAME + 30,
            "{}",
            mail.subject
        );
    }
}
