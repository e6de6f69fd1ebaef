//! What must stay secret: the deployment's pepper, the tokens of connections, passphrases.

mod code;
mod common;
mod passphrase;
mod sealed;
mod totp;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rand::RngExt;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};
use crate::model::id::TokenId;

pub use code::{new_code, normal_code};
pub use passphrase::{Cost, Hashing, check_passphrase_rules};
pub use sealed::Place;
pub use totp::{
    DIGITS, RECOVERY_CODES, address as totp_address, code_at as totp_code, matching_step,
    new_recovery_codes, new_secret as new_totp_secret, normal as normal_totp,
};

/// Digits of base62, in the order of their values.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX: &str = "scimc_";
const ID_LENGTH: usize = 12;
const SECRET_LENGTH: usize = 43;
const CHECK_LENGTH: usize = 6;
const TOKEN_LENGTH: usize = PREFIX.len() + ID_LENGTH + 1 + SECRET_LENGTH + CHECK_LENGTH;

/// The secrets of a deployment; they live in a file, never in the database (TOK-2).
#[derive(Clone)]
pub struct Secrets {
    pepper: [u8; 32],
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// New ones, for an empty database.
    pub fn generate() -> Self {
        let mut pepper = [0; 32];
        rand::rng().fill(&mut pepper);
        Self { pepper }
    }

    /// The lines of the secrets file.
    pub fn to_text(&self) -> String {
        format!(
            "# The secrets of this deployment. Keep a copy: a database is of no use without them.\npepper = \"{}\"\n",
            hex(&self.pepper)
        )
    }

    /// Reads the lines of a secrets file.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the pepper is missing or is not 64 hexadecimal digits.
    pub fn from_text(text: &str) -> Result<Self> {
        text.lines()
            .filter_map(|line| line.split_once('='))
            .find(|(key, _)| key.trim() == "pepper")
            .and_then(|(_, value)| unhex(value.trim().trim_matches('"')))
            .map(|pepper| Self { pepper })
            .ok_or_else(|| {
                Error::invalid(
                    "secrets",
                    "The secrets file has no line: pepper = \"64 hexadecimal digits\".",
                )
            })
    }

    /// What the database remembers, to know these secrets again; tells nothing about them.
    pub fn fingerprint(&self) -> String {
        self.keyed("fingerprint", "")
    }

    /// What is kept of a token: keyed, so that nobody who can write to the database can make one (TOK-2).
    pub fn token_digest(&self, token: &str) -> String {
        self.keyed("token", token)
    }

    /// Whether a token has this digest; takes the same time whatever it is (TOK-3).
    pub fn is_token(&self, token: &str, digest: &str) -> bool {
        self.token_digest(token)
            .as_bytes()
            .ct_eq(digest.as_bytes())
            .into()
    }

    /// What the link of an invitation holds: its id, and a code of 256 bits that only these secrets can make (INV-1).
    /// Nothing of it is kept, and each try to send the mail makes the same.
    pub fn invitation_token(&self, id: &str) -> String {
        let code = URL_SAFE_NO_PAD.encode(self.mac("invitation", id));
        format!("{}{code}", id.replace('-', ""))
    }

    /// The invitation of a token, if these secrets made it; takes the same time whatever its code is.
    pub fn invitation(&self, token: &str) -> Option<String> {
        let (id, _) = token.split_at_checked(32)?;
        let parts = [
            id.get(..8),
            id.get(8..12),
            id.get(12..16),
            id.get(16..20),
            id.get(20..),
        ];
        let id = parts.into_iter().collect::<Option<Vec<_>>>()?.join("-");
        let made = self.invitation_token(&id);
        bool::from(made.as_bytes().ct_eq(token.as_bytes())).then_some(id)
    }

    /// A seal that nobody else can make: what carries it was given out by this deployment.
    pub fn seal(&self, text: &str) -> String {
        self.keyed("seal", text)
    }

    /// Whether a text carries its seal.
    pub fn is_sealed(&self, text: &str, seal: &str) -> bool {
        self.seal(text).as_bytes().ct_eq(seal.as_bytes()).into()
    }

    /// What seals a part of an event in the chain of events; `part` keeps one kind of text from being taken for another.
    pub(crate) fn of_event(&self, part: &str, text: &str) -> String {
        self.keyed(part, text)
    }

    fn keyed(&self, purpose: &str, text: &str) -> String {
        hex(&self.mac(purpose, text))
    }

    fn mac(&self, purpose: &str, text: &str) -> [u8; 32] {
        // The block of RFC 2104, section 2: a key shorter than 64 bytes is filled up with zeros.
        let mut key = [0; 64];
        key[..self.pepper.len()].copy_from_slice(&self.pepper);
        let mut mac = Hmac::<Sha256>::new(&key.into());
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// A new token: its public part, and the whole of it to be shown once (TOK-1).
pub fn new_token() -> (TokenId, String) {
    let mut rng = rand::rng();
    let id: String = (0..ID_LENGTH)
        .map(|_| char::from(BASE62[rng.random_range(0..BASE62.len())]))
        .collect();
    let mut secret = [0; 32];
    rng.fill(&mut secret);
    let body = format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(secret));
    let token = format!("{body}{}", check(&body));
    (TokenId(id), token)
}

/// The token of an `Authorization` header; the scheme in any case (behaviour.md 6 #70).
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The public part of a well-formed token; none where it is mistyped, cut or something else.
pub fn parse_token(token: &str) -> Option<TokenId> {
    if token.len() != TOKEN_LENGTH || !token.is_ascii() {
        return None;
    }
    let (body, sum) = token.split_at(TOKEN_LENGTH - CHECK_LENGTH);
    let (front, secret) = body.split_at(body.len() - SECRET_LENGTH);
    let id = front.strip_prefix(PREFIX)?.strip_suffix('_')?;
    let well_formed = id.bytes().all(|c| c.is_ascii_alphanumeric())
        && secret
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
        && sum == check(body);
    well_formed.then(|| TokenId(id.to_owned()))
}

/// A text in which every token is shortened to its public part, for whatever is kept (LOG-1).
pub fn shortened(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PREFIX) {
        let letters = rest[at..].bytes().take(TOKEN_LENGTH);
        let is_token = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-');
        if letters.len() == TOKEN_LENGTH && letters.clone().all(is_token) {
            kept.push_str(&rest[..at + PREFIX.len() + ID_LENGTH]);
            kept.push_str("•••");
            rest = &rest[at + TOKEN_LENGTH..];
        } else {
            kept.push_str(&rest[..at + PREFIX.len()]);
            rest = &rest[at + PREFIX.len()..];
        }
    }
    kept.push_str(rest);
    kept
}

/// SHA-256 in hexadecimal, for what is random enough by itself: a set-up code, a session's id (SES-1).
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// CRC-32 in six digits of base62: scanners of leaked secrets tell a token from a look-alike by it.
fn check(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut digits = [b'0'; CHECK_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _written = write!(text, "{byte:02x}");
            text
        })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Secrets, new_token, parse_token, sha256};

    #[test]
    fn a_token_is_known_by_its_shape_and_checksum() {
        let (id, token) = new_token();
        assert_eq!(token.len(), 68);
        assert_eq!(parse_token(&token), Some(id));
        for at in 0..token.len() {
            let mut other: Vec<u8> = token.bytes().collect();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                parse_token(&String::from_utf8(other).unwrap()),
                None,
                "a changed character at {at}"
            );
        }
        assert_eq!(parse_token(&token[..67]), None);
        assert_eq!(parse_token(""), None);
        assert_eq!(parse_token(&"é".repeat(34)), None);
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let tokens: std::collections::HashSet<String> = (0..1_000).map(|_| new_token().1).collect();
        assert_eq!(tokens.len(), 1_000);
    }

    #[test]
    fn secrets_read_back_and_never_show_themselves() {
        let secrets = Secrets::generate();
        let text = secrets.to_text();
        let again = Secrets::from_text(&text).unwrap();
        assert_eq!(again.fingerprint(), secrets.fingerprint());
        assert_ne!(Secrets::generate().fingerprint(), secrets.fingerprint());
        assert_eq!(format!("{secrets:?}"), "Secrets");
        assert!(Secrets::from_text("pepper = \"abc\"").is_err());
        assert!(Secrets::from_text("").is_err());
    }

    #[test]
    fn a_link_is_made_and_known_by_the_same_secrets_alone() {
        let (one, other) = (Secrets::generate(), Secrets::generate());
        let id = "01938b2a-0000-7000-8000-000000000001";
        let token = one.invitation_token(id);
        assert_eq!((token.len(), one.invitation_token(id)), (75, token.clone()));
        assert_eq!(one.invitation(&token).as_deref(), Some(id));
        assert_eq!(other.invitation(&token), None);
        let mangled = token.replace('0', "1");
        for wrong in [
            "",
            "0",
            &token[..74],
            &mangled,
            &format!("{token}A"),
            &"é".repeat(40),
        ] {
            assert_eq!(one.invitation(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_digest_depends_on_the_pepper_and_on_every_character() {
        let (one, other) = (Secrets::generate(), Secrets::generate());
        let (_, token) = new_token();
        assert_eq!(one.token_digest(&token).len(), 64);
        assert!(one.is_token(&token, &one.token_digest(&token)));
        assert!(!other.is_token(&token, &one.token_digest(&token)));
        assert!(!one.is_token(&token, &sha256(&token)));
        assert!(!one.is_token(&token, ""));
    }
}
