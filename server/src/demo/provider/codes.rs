//! Codes a person comes back with: each is good once, for a minute, for who asked for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use directory::model::timestamp::{MINUTE, Timestamp};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A person, as the provider vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The provider's own name for them; never their address, which may change.
    pub subject: String,
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who signs in.
    pub person: Person,
    /// Where.
    pub client_id: String,
    /// Where they were sent back to.
    pub redirect_uri: String,
    /// The PKCE challenge (RFC 7636, S256).
    pub challenge: String,
    /// Comes back inside the proof.
    pub nonce: Option<String>,
}

/// Who asks for what a code stands for.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'a> {
    /// Who they say they are.
    pub client_id: &'a str,
    /// Where they say the code went.
    pub redirect_uri: &'a str,
    /// What the PKCE challenge was made from.
    pub verifier: &'a str,
}

/// The codes that are out.
#[derive(Default)]
pub struct Codes(Mutex<HashMap<String, (Grant, Timestamp)>>);

impl Codes {
    /// A new code.
    pub fn issue(&self, grant: Grant, now: Timestamp) -> String {
        let code = random_text();
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, (_, until)| now < *until);
        codes.insert(code.clone(), (grant, now.plus(MINUTE)));
        code
    }

    /// What a code stands for, to whom it was given. Whoever asks, it is good no more.
    pub fn redeem(&self, code: &str, claimant: Claimant<'_>, now: Timestamp) -> Option<Grant> {
        let found = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(code);
        let (grant, until) = found?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(claimant.verifier));
        let is_theirs = grant.client_id == claimant.client_id
            && grant.redirect_uri == claimant.redirect_uri
            && bool::from(grant.challenge.as_bytes().ct_eq(challenge.as_bytes()));
        (is_theirs && now < until).then_some(grant)
    }
}

/// 256 bits that nobody guesses.
pub fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_269_720_000);
    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CLAIMANT: Claimant<'static> = Claimant {
        client_id: "muster",
        redirect_uri: "http://127.0.0.1:1/back",
        verifier: VERIFIER,
    };

    fn grant() -> Grant {
        Grant {
            person: Person {
                subject: "1".to_owned(),
                name: "Ada Lovelace".to_owned(),
                email: "ada@acme.example".to_owned(),
            },
            client_id: "muster".to_owned(),
            redirect_uri: "http://127.0.0.1:1/back".to_owned(),
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            nonce: None,
        }
    }

    #[test]
    fn a_code_is_good_once() {
        let codes = Codes::default();
        let code = codes.issue(grant(), NOW);
        assert_eq!(codes.redeem(&code, CLAIMANT, NOW), Some(grant()));
        assert_eq!(codes.redeem(&code, CLAIMANT, NOW), None);
    }

    #[test]
    fn a_code_is_good_for_a_minute() {
        let codes = Codes::default();
        let code = codes.issue(grant(), NOW);
        assert_eq!(codes.redeem(&code, CLAIMANT, NOW.plus(MINUTE)), None);
    }

    #[test]
    fn a_code_is_good_for_who_asked_for_it_and_tried_by_another_for_nobody() {
        let codes = Codes::default();
        for stranger in [
            Claimant {
                client_id: "other",
                ..CLAIMANT
            },
            Claimant {
                redirect_uri: "http://127.0.0.1:2/back",
                ..CLAIMANT
            },
            Claimant {
                verifier: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                ..CLAIMANT
            },
        ] {
            let code = codes.issue(grant(), NOW);
            assert_eq!(codes.redeem(&code, stranger, NOW), None, "{stranger:?}");
            assert_eq!(codes.redeem(&code, CLAIMANT, NOW), None, "{stranger:?}");
        }
    }
}
