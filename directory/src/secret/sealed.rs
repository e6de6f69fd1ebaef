//! Secrets of others, kept so that the database alone does not tell them (SEC-1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

use super::Secrets;
use crate::error::{Error, Result};

/// Says how the rest is to be read, so that another way can come beside it.
const VERSION: &str = "v1";
const SALT_LENGTH: usize = 24;

/// Where a secret is kept: sealed for one place, it opens at no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The id of the row.
    pub row: &'a str,
    /// The column.
    pub column: &'a str,
}

impl Place<'_> {
    fn text(self) -> String {
        format!("{}/{}/{}", self.table, self.row, self.column)
    }
}

impl Secrets {
    /// Seals a text for one place of the database, with ChaCha20-Poly1305 (RFC 8439) under a key that is made for this
    /// one sealing: so the nonce is never used twice.
    ///
    /// # Errors
    /// Never for a text of any length we take.
    pub fn sealed(&self, place: Place<'_>, text: &str) -> Result<String> {
        let mut salt = [0; SALT_LENGTH];
        rand::rng().fill(&mut salt);
        let mut bytes = text.as_bytes().to_vec();
        self.key_of(&salt)?
            .seal_in_place_append_tag(nonce(), Aad::from(place.text()), &mut bytes)
            .map_err(|_| broken())?;
        Ok(format!(
            "{VERSION}.{}.{}",
            URL_SAFE_NO_PAD.encode(salt),
            URL_SAFE_NO_PAD.encode(bytes)
        ))
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`Error::Store`] where it was sealed by other secrets or for another place, or was changed.
    pub fn opened(&self, place: Place<'_>, sealed: &str) -> Result<String> {
        let mut parts = sealed.split('.');
        let (Some(VERSION), Some(salt), Some(bytes), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(broken());
        };
        let salt = URL_SAFE_NO_PAD.decode(salt).map_err(|_| broken())?;
        let mut bytes = URL_SAFE_NO_PAD.decode(bytes).map_err(|_| broken())?;
        let opened = self
            .key_of(&salt)?
            .open_in_place(nonce(), Aad::from(place.text()), &mut bytes)
            .map_err(|_| broken())?;
        String::from_utf8(opened.to_vec()).map_err(|_| broken())
    }

    fn key_of(&self, salt: &[u8]) -> Result<LessSafeKey> {
        let key = self.mac("sealed at rest", &URL_SAFE_NO_PAD.encode(salt));
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).map_err(|_| broken())?;
        Ok(LessSafeKey::new(key))
    }
}

/// The same each time, because each key is used once.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn broken() -> Error {
    Error::Store("a sealed secret cannot be opened with the secrets of this deployment".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'static> = Place {
        table: "sign_in_methods",
        row: "1",
        column: "client_secret",
    };

    #[test]
    fn what_was_sealed_opens_at_its_own_place_with_the_same_secrets_alone() {
        let (one, other) = (Secrets::generate(), Secrets::generate());
        let sealed = one.sealed(HERE, "a secret between two servers").unwrap();
        assert!(!sealed.contains("secret"), "{sealed}");
        assert_eq!(
            one.opened(HERE, &sealed).as_deref(),
            Ok("a secret between two servers")
        );
        assert!(other.opened(HERE, &sealed).is_err());
        for elsewhere in [
            Place { row: "2", ..HERE },
            Place {
                column: "name",
                ..HERE
            },
            Place {
                table: "outbox",
                ..HERE
            },
        ] {
            assert!(one.opened(elsewhere, &sealed).is_err(), "{elsewhere:?}");
        }
        assert_ne!(
            sealed,
            one.sealed(HERE, "a secret between two servers").unwrap()
        );
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let secrets = Secrets::generate();
        let sealed = secrets.sealed(HERE, "secret").unwrap();
        for at in 0..sealed.len() {
            let mut other: Vec<u8> = sealed.bytes().collect();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert_ne!(
                secrets.opened(HERE, &other).as_deref(),
                Ok("secret"),
                "a changed character at {at}"
            );
        }
        for wrong in ["", "v1", "v1..", "v2.a.b", "secret"] {
            assert!(secrets.opened(HERE, wrong).is_err(), "{wrong}");
        }
    }
}
