//! Codes of authenticator apps: six digits that a shared secret and the clock make (RFC 6238), and codes for the day the app is gone.

use rand::RngExt;
use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use subtle::ConstantTimeEq;

use super::Secrets;
use crate::model::timestamp::{SECOND, Timestamp};

/// RFC 4648: what authenticator apps read.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// As many bytes as the hash has (RFC 4226, section 4).
const SECRET_LENGTH: usize = 20;
/// How long a code is shown, in seconds.
const STEP: i64 = 30;
/// How far the clock of a telephone may be off, in steps.
const SKEW: i64 = 1;
/// How many digits a code has.
pub const DIGITS: usize = 6;
/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;
/// How many letters a recovery code has: 50 bits, kept keyed.
const RECOVERY_LENGTH: usize = 10;

/// A new secret, as people type it into an app.
pub fn new_secret() -> String {
    let mut bytes = [0; SECRET_LENGTH];
    rand::rng().fill(&mut bytes);
    base32(&bytes)
}

/// Ten new recovery codes: `abcde-fghij`.
pub fn new_recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let mut code: String = (0..RECOVERY_LENGTH)
                .map(|_| char::from(BASE32[rand::rng().random_range(0..BASE32.len())]))
                .collect::<String>()
                .to_ascii_lowercase();
            code.insert(RECOVERY_LENGTH / 2, '-');
            code
        })
        .collect()
}

/// A code as it was typed, without the spaces and dashes that only help to read it.
pub fn normal(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .take(64)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// What an app shows at an instant that has this secret; none where it is no secret.
pub fn code_at(secret: &str, at: Timestamp) -> Option<String> {
    Some(code(&bytes(secret)?, at.0.div_euclid(STEP * SECOND)))
}

/// The time step whose code was typed: this one or one beside it, and later than `after`, whose code was taken before.
/// Every step is compared, whichever it is.
pub fn matching_step(secret: &str, typed: &str, now: Timestamp, after: i64) -> Option<i64> {
    let key = bytes(secret)?;
    let this = now.0.div_euclid(STEP * SECOND);
    (this - SKEW..=this + SKEW).fold(None, |found, step| {
        let is_it = bool::from(code(&key, step).as_bytes().ct_eq(typed.as_bytes()));
        found.or((is_it && step > after).then_some(step))
    })
}

/// What an authenticator app reads from the picture: the key URI that all of them know.
pub fn address(secret: &str, issuer: &str, login: &str) -> String {
    let (issuer, login) = (escaped(issuer), escaped(login));
    format!("otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}")
}

/// RFC 4226, section 5.3.
fn code(key: &[u8], step: i64) -> String {
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 0x0f);
    let number = tag[at..at + 4]
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:0DIGITS$}", (number & 0x7fff_ffff) % 1_000_000)
}

fn base32(bytes: &[u8]) -> String {
    bytes
        .chunks(5)
        .flat_map(|five| {
            let bits = five
                .iter()
                .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8)
                .rev()
                .map(move |at| char::from(BASE32[(bits >> (at * 5) & 31) as usize]))
        })
        .collect()
}

/// The bytes of a secret of whole groups of five.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u64>> = text
        .bytes()
        .map(|c| {
            BASE32
                .iter()
                .position(|digit| *digit == c)
                .map(|at| at as u64)
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() % 8 == 0 && !digits.is_empty())?;
    let groups = digits.chunks(8).flat_map(|eight| {
        let bits = eight.iter().fold(0_u64, |bits, digit| bits << 5 | digit);
        bits.to_be_bytes()[3..].to_vec()
    });
    Some(groups.collect())
}

/// Percent-encoded for an address (RFC 3986, section 2.3).
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

impl Secrets {
    /// What is kept of a recovery code: keyed, and bound to whose it is.
    pub fn recovery_digest(&self, user: &str, code: &str) -> String {
        self.keyed("recovery code", &format!("{user}/{}", normal(code)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `12345678901234567890` of RFC 6238, appendix B.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        assert_eq!(base32(b"12345678901234567890"), SECRET);
        assert_eq!(bytes(SECRET).unwrap(), b"12345678901234567890");
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(&bytes(SECRET).unwrap(), seconds / STEP), expected);
            let now = Timestamp(seconds * SECOND);
            assert_eq!(
                matching_step(SECRET, expected, now, 0),
                Some(seconds / STEP)
            );
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_and_late_and_never_again() {
        let at = |seconds: i64| Timestamp(seconds * SECOND);
        let good = |seconds, after| matching_step(SECRET, "287082", at(seconds), after);
        for (seconds, expected) in [(0, Some(1)), (59, Some(1)), (89, Some(1)), (90, None)] {
            assert_eq!(good(seconds, 0), expected, "{seconds}");
        }
        assert_eq!(good(59, 1), None, "taken before");
        for wrong in ["", "287083", "28708", "2870820", "28708é"] {
            assert_eq!(matching_step(SECRET, wrong, at(59), 0), None, "{wrong}");
        }
        assert_eq!(matching_step("no base32", "287082", at(59), 0), None);
    }

    #[test]
    fn secrets_and_recovery_codes_are_new_each_time_and_read_as_they_are_typed() {
        let (one, other) = (new_secret(), new_secret());
        assert_eq!((one.len(), bytes(&one).unwrap().len()), (32, SECRET_LENGTH));
        assert_ne!(one, other);
        let codes = new_recovery_codes();
        let all: std::collections::HashSet<_> = codes.iter().collect();
        assert_eq!((codes.len(), all.len()), (RECOVERY_CODES, RECOVERY_CODES));
        let secrets = Secrets::generate();
        let typed = format!(" {} ", codes[0].to_uppercase().replace('-', " "));
        let kept = secrets.recovery_digest("1", &codes[0]);
        assert_eq!(secrets.recovery_digest("1", &typed), kept);
        assert_ne!(secrets.recovery_digest("2", &codes[0]), kept);
    }

    #[test]
    fn an_app_reads_whose_it_is() {
        assert_eq!(
            address("ABC", "Acme & Sons", "ada@acme.example"),
            "otpauth://totp/Acme%20%26%20Sons:ada%40acme.example?secret=ABC&issuer=Acme%20%26%20Sons"
        );
    }
}
