//! A mail server that does what a test wants it to do, over real sockets.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The authority behind every certificate.
pub const AUTHORITY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/mail/certificates/ca.pem"
);
/// Who may sign in, where anybody has to.
pub const USER: &str = "muster";
/// With what.
pub const PASSWORD: &str = "a word between two servers";

/// What it does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Does {
    /// Takes it.
    #[default]
    Takes,
    /// Says that the mailbox is busy.
    IsBusy,
    /// Says that there is no such mailbox.
    Refuses,
    /// Says nothing, from the first moment on.
    IsSilent,
    /// Takes it, and never says so.
    Swallows,
    /// Goes away in the middle of it.
    BreaksOff,
}

/// How it meets whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Offers {
    /// No encryption: as if somebody on the way had cut it out.
    #[default]
    Nothing,
    /// STARTTLS with a certificate for `localhost`.
    Starttls,
    /// STARTTLS with one for another name.
    OtherName,
    /// STARTTLS with one that is out of date.
    OutOfDate,
    /// TLS from the first byte.
    Tls,
    /// No encryption, and it wants to know who comes.
    SignIn,
}

/// A mail that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// To whom.
    pub to: String,
    /// All of it, as it came.
    pub text: String,
    /// Whether nobody on the way could read it.
    pub encrypted: bool,
}

/// A mail server on a free port of loopback.
#[derive(Clone)]
pub struct MailServer(Arc<Inner>);

struct Inner {
    at: SocketAddr,
    offers: Offers,
    does: Mutex<Does>,
    taken: Mutex<Vec<Taken>>,
}

/// What becomes of a conversation.
enum End<S> {
    Over,
    Encrypt(S),
}

impl MailServer {
    /// Starts it.
    pub async fn start(offers: Offers) -> Self {
        Self::start_at("127.0.0.1:0", offers).await
    }

    /// Starts it at an address that is known before.
    pub async fn start_at(at: &str, offers: Offers) -> Self {
        let listener = TcpListener::bind(at).await.unwrap();
        let server = Self(Arc::new(Inner {
            at: listener.local_addr().unwrap(),
            offers,
            does: Mutex::default(),
            taken: Mutex::default(),
        }));
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().meet(stream));
            }
        });
        server
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.0.at.port()
    }

    /// What it does from now on.
    pub fn does(&self, does: Does) {
        *self.0.does.lock().unwrap() = does;
    }

    /// The mails it took, also those it did not say so of.
    pub fn taken(&self) -> Vec<Taken> {
        self.0.taken.lock().unwrap().clone()
    }

    async fn meet(self, stream: TcpStream) {
        let tls = tls(self.0.offers);
        if self.0.offers == Offers::Tls {
            if let Ok(stream) = tls.accept(stream).await {
                self.talk(stream, true, Greeting::Said).await;
            }
            return;
        }
        if let End::Encrypt(stream) = self.talk(stream, false, Greeting::Said).await
            && let Ok(stream) = tls.accept(stream).await
        {
            self.talk(stream, true, Greeting::Left).await;
        }
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        encrypted: bool,
        greeting: Greeting,
    ) -> End<S> {
        let mut stream = BufReader::new(stream);
        if self.doing() == Does::IsSilent {
            std::future::pending::<()>().await;
        }
        if greeting == Greeting::Said {
            say(&mut stream, "220 mail.acme.example ESMTP").await;
        }
        let (mut to, mut line) = (String::new(), String::new());
        loop {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
                return End::Over;
            }
            let verb = line.split(' ').next().unwrap().trim().to_uppercase();
            match (verb.as_str(), self.doing()) {
                ("EHLO", _) => say(&mut stream, &self.hello(encrypted)).await,
                ("STARTTLS", _) => {
                    say(&mut stream, "220 go on").await;
                    return End::Encrypt(stream.into_inner());
                }
                ("AUTH", _) => say(&mut stream, sign_in(&line)).await,
                ("RCPT", Does::IsBusy) => say(&mut stream, "451 4.2.1 The mailbox is busy").await,
                ("RCPT", Does::Refuses) => say(&mut stream, "550 5.1.1 No such mailbox").await,
                ("RCPT", _) => {
                    to = line.split(['<', '>']).nth(1).unwrap().to_owned();
                    say(&mut stream, "250 ok").await;
                }
                ("DATA", Does::BreaksOff) => return End::Over,
                ("DATA", does) => {
                    say(&mut stream, "354 go on").await;
                    let text = data(&mut stream).await;
                    let mail = Taken {
                        to: to.clone(),
                        text,
                        encrypted,
                    };
                    self.0.taken.lock().unwrap().push(mail);
                    if does == Does::Swallows {
                        std::future::pending::<()>().await;
                    }
                    say(&mut stream, "250 taken").await;
                }
                ("QUIT", _) => {
                    say(&mut stream, "221 bye").await;
                    return End::Over;
                }
                _ => say(&mut stream, "250 ok").await,
            }
        }
    }

    fn doing(&self) -> Does {
        *self.0.does.lock().unwrap()
    }

    fn hello(&self, encrypted: bool) -> String {
        let starttls = matches!(
            self.0.offers,
            Offers::Starttls | Offers::OtherName | Offers::OutOfDate
        );
        let mut lines = vec!["250-mail.acme.example"];
        if starttls && !encrypted {
            lines.push("250-STARTTLS");
        }
        if self.0.offers == Offers::SignIn {
            lines.push("250-AUTH PLAIN");
        }
        lines.push("250 8BITMIME");
        lines.join("\r\n")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Greeting {
    Said,
    Left,
}

impl Taken {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap();
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }

    /// How many headers it has.
    pub fn headers(&self) -> usize {
        let head = self.text.split("\r\n\r\n").next().unwrap();
        head.lines().filter(|line| !line.starts_with(' ')).count()
    }

    /// The body without its transfer encoding (RFC 2045, section 6.7).
    pub fn body(&self) -> String {
        let (_, body) = self.text.split_once("\r\n\r\n").unwrap();
        let joined = body.replace("=\r\n", "");
        let mut bytes = Vec::new();
        let mut rest = joined.as_bytes();
        while let Some((first, more)) = rest.split_first() {
            let code = more
                .get(..2)
                .and_then(|code| std::str::from_utf8(code).ok());
            let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
            match (first, code) {
                (b'=', Some(byte)) => {
                    bytes.push(byte);
                    rest = &more[2..];
                }
                (byte, _) => {
                    bytes.push(*byte);
                    rest = more;
                }
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    /// The path and the query of its one link.
    pub fn link(&self, public_url: &str) -> String {
        let body = self.body();
        let (_, after) = body.split_once(public_url).unwrap();
        after
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | '<'))
            .next()
            .unwrap()
            .to_owned()
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) {
    // Whoever went away does not hear it.
    let _ = stream
        .get_mut()
        .write_all(format!("{line}\r\n").as_bytes())
        .await;
    let _ = stream.get_mut().flush().await;
}

async fn data<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> String {
    let mut text = String::new();
    loop {
        let before = text.len();
        if stream.read_line(&mut text).await.unwrap_or_default() == 0 {
            return text;
        }
        if &text[before..] == ".\r\n" {
            text.truncate(before);
            return text;
        }
    }
}

fn sign_in(line: &str) -> &'static str {
    let wanted = STANDARD.encode(format!("\0{USER}\0{PASSWORD}"));
    if line.trim().ends_with(&wanted) {
        "235 welcome"
    } else {
        "535 5.7.8 Wrong user or password"
    }
}

fn tls(offers: Offers) -> TlsAcceptor {
    let name = match offers {
        Offers::OtherName => "other",
        Offers::OutOfDate => "expired",
        _ => "localhost",
    };
    let file = |ending: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/certificates");
        format!("{folder}/{name}.{ending}")
    };
    let certificate = CertificateDer::from_pem_file(file("pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
