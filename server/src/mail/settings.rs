//! Where mail leaves: the table `mail` of the settings.

use std::path::PathBuf;

use app::visit::Leaves;
use serde::Deserialize;

/// The mail server, and whom the mails are from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Its name: the one its certificate bears.
    pub host: String,
    /// Its port; 587, 465 or 25 as `security` says where it is not named.
    pub port: Option<u16>,
    /// How the way there is kept from being read.
    #[serde(default)]
    pub security: Security,
    /// Whom it knows us as; none where it asks nobody.
    pub user: Option<String>,
    /// A file with the password, readable by the server alone.
    pub password_file: Option<PathBuf>,
    /// Whom the mails are from: `Acme <muster@acme.example>`.
    pub from: String,
    /// A file with certificates (PEM) that are trusted beside those of the system.
    pub ca_file: Option<PathBuf>,
}

/// How the way to the mail server is kept from being read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS after a plain greeting; where the server offers none, nothing is sent.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: whoever stands between reads the invitations.
    Plaintext,
}

impl Mail {
    /// The port that is named, or the usual one.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Starttls => 587,
            Security::Tls => 465,
            Security::Plaintext => 25,
        })
    }

    /// What the settings page says of it.
    pub fn leaves(&self) -> Leaves {
        Leaves {
            by: self.place(),
            from: self.from.clone(),
            encrypted: self.security != Security::Plaintext,
        }
    }

    /// The mail server in one word: `mail.acme.example:587`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port())
    }
}

/// Settings of mail on the command line.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct MailFlags {
    /// The mail server that invitations leave by [default: none, and they wait]
    #[arg(long, value_name = "NAME")]
    pub mail_host: Option<String>,
    /// Its port [default: 587, with tls 465, with plaintext 25]
    #[arg(long, value_name = "PORT")]
    pub mail_port: Option<u16>,
    /// starttls (required), tls, or plaintext [default: starttls]
    #[arg(long, value_name = "HOW")]
    pub mail_security: Option<String>,
    /// Whom it knows us as
    #[arg(long, value_name = "NAME")]
    pub mail_user: Option<String>,
    /// A file with the password
    #[arg(long, value_name = "FILE")]
    pub mail_password_file: Option<String>,
    /// Whom the mails are from: "Acme <muster@acme.example>"
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
}

impl MailFlags {
    /// The flags by the keys of the settings.
    pub fn named(&self) -> [(&'static str, Option<String>); 6] {
        [
            ("mail.host", self.mail_host.clone()),
            ("mail.port", self.mail_port.map(|port| port.to_string())),
            ("mail.security", self.mail_security.clone()),
            ("mail.user", self.mail_user.clone()),
            ("mail.password_file", self.mail_password_file.clone()),
            ("mail.from", self.mail_from.clone()),
        ]
    }
}
