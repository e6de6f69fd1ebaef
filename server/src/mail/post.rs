//! The way to the mail server: found, encrypted, signed in; and a message handed over (NET-1, NET-2).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;
use url::Url;

use super::settings::{Mail, Security};
use crate::config::Destination;
use crate::outbound::is_public_address;

/// The longest answer of a mail server that is shown to anybody, in characters.
const LONGEST_ANSWER: usize = 200;

/// Where mail leaves. Cheap to use again: each connection is made anew.
pub struct Post {
    mail: Mail,
    /// Whom the mails are from.
    pub from: Mailbox,
    hello: ClientId,
    credentials: Option<Credentials>,
    tls: Option<TlsParameters>,
    may_be_private: bool,
    patience: Patience,
}

/// How long a mail server may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until it is ready for a mail.
    pub ready: Duration,
    /// Until it has taken one.
    pub taken: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            // Together less than a server that stops waits for what is under way.
            ready: Duration::from_secs(8),
            taken: Duration::from_secs(20),
        }
    }
}

/// Why a message was not handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// It may be taken another time.
    Now(String),
    /// It never will be.
    Ever(String),
}

impl Post {
    /// By these settings, over exactly these private ways beside the public ones.
    ///
    /// # Errors
    /// One line that says which setting is wrong.
    pub fn new(mail: &Mail, allowed: &[Destination], patience: Patience) -> Result<Self, String> {
        let from: Mailbox = mail
            .from
            .parse()
            .map_err(|error| format!("mail.from {:?} is no address: {error}", mail.from))?;
        let own = Url::parse(&format!("smtp://{}", mail.place())).map_err(|error| {
            format!("mail.host {:?} is no name of a server: {error}", mail.host)
        })?;
        let may_be_private = Destination::of(&own).is_some_and(|own| allowed.contains(&own));
        Ok(Self {
            hello: ClientId::Domain(from.email.domain().to_owned()),
            credentials: credentials(mail)?,
            tls: tls(mail)?,
            mail: mail.clone(),
            from,
            may_be_private,
            patience,
        })
    }

    /// A connection that is ready for a mail.
    ///
    /// # Errors
    /// A sentence for an administrator: what is wrong, and what to do. No mail is to blame.
    pub async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        timeout(self.patience.ready, self.make_ready())
            .await
            .unwrap_or_else(|_| Err(format!("{} does not answer in time.", self.mail.place())))
    }

    async fn make_ready(&self) -> Result<AsyncSmtpConnection, String> {
        let at = self.find().await?;
        let at_once = self
            .tls
            .clone()
            .filter(|_| self.mail.security == Security::Tls);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            at,
            Some(self.patience.ready),
            &self.hello,
            at_once,
            None,
        )
        .await
        .map_err(|error| self.explain(&error))?;
        if let (Security::Starttls, Some(tls)) = (self.mail.security, &self.tls) {
            if !connection.can_starttls() {
                connection.abort().await;
                return Err(format!(
                    "{} offers no encryption (STARTTLS), so nothing was sent. Only where security = \"plaintext\" stands \
                     in the settings does mail leave unencrypted.",
                    self.mail.place()
                ));
            }
            connection
                .starttls(tls.clone(), &self.hello)
                .await
                .map_err(|error| self.explain(&error))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(DEFAULT_MECHANISMS, credentials)
                .await
                .map_err(|error| self.refused(&error))?;
        }
        Ok(connection)
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// Whether trying again may help, and a sentence.
    pub async fn send(
        &self,
        connection: &mut AsyncSmtpConnection,
        message: &Message,
    ) -> Result<(), NotTaken> {
        let bytes = message.formatted();
        let sent = timeout(
            self.patience.taken,
            connection.send(message.envelope(), &bytes),
        )
        .await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() && is_about_the_address(&error) => {
                Err(NotTaken::Ever(format!(
                    "{} refuses the mail: {}",
                    self.mail.place(),
                    answer(&error)
                )))
            }
            Ok(Err(error)) if error.is_client() => Err(NotTaken::Ever(format!(
                "{} cannot take a mail to this address: {}",
                self.mail.place(),
                answer(&error)
            ))),
            Ok(Err(error)) => Err(NotTaken::Now(format!(
                "{} did not take the mail: {}",
                self.mail.place(),
                answer(&error)
            ))),
            Err(_) => Err(NotTaken::Now(format!(
                "{} did not take the mail in time.",
                self.mail.place()
            ))),
        }
    }

    /// The address to connect to: looked up once, and public unless the settings name this very server.
    async fn find(&self) -> Result<SocketAddr, String> {
        let found = tokio::net::lookup_host((self.mail.host.as_str(), self.mail.port())).await;
        let found: Vec<SocketAddr> = found
            .map_err(|_| {
                format!(
                    "The name {} could not be found. Is it spelled as the mail server's?",
                    self.mail.host
                )
            })?
            .collect();
        let is_allowed = |address: IpAddr| self.may_be_private || is_public_address(address);
        found
            .into_iter()
            .find(|address| is_allowed(address.ip()))
            .ok_or_else(|| {
                format!(
                    "{} leads to a private address. If that is meant, add \"smtp://{}\" to outbound_allow in the settings.",
                    self.mail.host,
                    self.mail.place()
                )
            })
    }

    /// What is wrong on the way, in words.
    fn explain(&self, error: &Error) -> String {
        let place = self.mail.place();
        let reason = innermost(error);
        if error.is_tls() || reason.contains("certificate") {
            return format!(
                "The certificate of {place} cannot be trusted, so nothing was sent: {reason}. It must bear the name {} \
                 and be in date; a certificate of your own is trusted by mail.ca_file.",
                self.mail.host
            );
        }
        if error.is_timeout() {
            return format!("{place} does not answer in time.");
        }
        format!("{place} cannot be reached: {reason}.")
    }

    fn refused(&self, error: &Error) -> String {
        let place = self.mail.place();
        if error.is_client() {
            return format!(
                "{place} offers no way to sign in, but mail.user is set: {}.",
                innermost(error)
            );
        }
        format!(
            "{place} does not let us in with mail.user and mail.password_file: {}",
            answer(error)
        )
    }
}

fn credentials(mail: &Mail) -> Result<Option<Credentials>, String> {
    let Some(user) = &mail.user else {
        return Ok(None);
    };
    let Some(file) = &mail.password_file else {
        return Err("mail.user is set, but mail.password_file is not".to_owned());
    };
    let password = std::fs::read_to_string(file).map_err(|error| {
        format!(
            "the mail password in {} cannot be read: {error}",
            file.display()
        )
    })?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    Ok(Some(Credentials::new(user.clone(), password)))
}

fn tls(mail: &Mail) -> Result<Option<TlsParameters>, String> {
    if mail.security == Security::Plaintext {
        return Ok(None);
    }
    let mut builder = TlsParameters::builder(mail.host.clone());
    if let Some(file) = &mail.ca_file {
        let wrong = |error: String| {
            format!(
                "the certificates in {} cannot be used: {error}",
                file.display()
            )
        };
        let pem = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| wrong(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder
        .build_rustls()
        .map(Some)
        .map_err(|error| format!("encrypted mail cannot be set up: {error}"))
}

/// Whether a refusal for good concerns the address that a mail is for. Whatever else a server refuses for good (who sends,
/// how many, without a passphrase) concerns every mail, and somebody will mend it.
fn is_about_the_address(error: &Error) -> bool {
    let words = innermost(error);
    match words.split(' ').find(|word| word.starts_with("5.")) {
        Some(enhanced) => enhanced.starts_with("5.1."),
        None => error
            .status()
            .is_some_and(|code| matches!(code.to_string().as_str(), "550" | "551" | "553")),
    }
}

/// What the mail server said, one line of it.
fn answer(error: &Error) -> String {
    let code = error
        .status()
        .map(|code| format!("{code} "))
        .unwrap_or_default();
    let words: String = innermost(error).chars().take(LONGEST_ANSWER).collect();
    format!("{code}{words}")
}

/// The last reason in the chain, without control characters.
fn innermost(error: &Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(next) = reason.source() {
        reason = next;
    }
    let words = reason.to_string();
    let spaced: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
