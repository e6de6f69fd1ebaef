//! The words of the mails: subject and text of each kind.
//!
//! A name in a mail comes from whoever pushed it, so it is cut and holds nothing that looks like a link (INV-3, B-107):
//! the only address in a mail is the one of this server's own settings.

use directory::model::letter::plain_name;

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
    fn a_long_name_is_cut_and_the_subject_stays_one_line() {
        let mail = to("Grace", &"A\n".repeat(200));
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(mail.subject.chars().count() < 94, "{}", mail.subject);
    }
}
