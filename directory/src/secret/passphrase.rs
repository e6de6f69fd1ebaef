//! Passphrases: the rules for new ones, and their Argon2id hashes (PWD-1, PWD-2).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use rand::RngExt;
use tokio::sync::Semaphore;

use super::common::is_common;
use crate::error::{Error, Result};

/// The fewest characters of a passphrase, and the most bytes.
const SHORTEST: usize = 12;
const LONGEST: usize = 1_024;
/// How many hashes are computed at once: each takes 64 MiB.
const AT_ONCE: usize = 2;

/// What a hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// 64 MiB, three passes: for people.
    Full,
    /// As little as there is: for tests.
    Least,
}

/// Hashes and verifies passphrases, two at a time. Cheap to clone.
#[derive(Clone)]
pub struct Hashing(Arc<Inner>);

struct Inner {
    cost: Cost,
    turns: Semaphore,
    runs: AtomicU64,
    dummy: String,
}

impl std::fmt::Debug for Hashing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Hashing").field(&self.0.cost).finish()
    }
}

impl Hashing {
    /// Of this cost. Where there is no person, what somebody tries is compared with a hash that nothing has: drawn
    /// at random, since computing one would take 64 MiB from every start.
    ///
    /// # Errors
    /// Where the cost is none that Argon2id knows.
    pub fn new(cost: Cost) -> Result<Self> {
        let dummy = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(u32::from(Version::V0x13)),
            params: (&params(cost)?).try_into().map_err(failed)?,
            salt: Some(Salt::new(&random::<16>()).map_err(failed)?),
            hash: Some(Output::new(&random::<32>()).map_err(failed)?),
        }
        .to_string();
        Ok(Self(Arc::new(Inner {
            cost,
            turns: Semaphore::new(AT_ONCE),
            runs: AtomicU64::new(0),
            dummy,
        })))
    }

    /// How many hashes were computed: sign-ins that tell nothing by their time have one each (AUTH-1).
    pub fn runs(&self) -> u64 {
        self.0.runs.load(Ordering::Relaxed)
    }

    /// The hash of a new passphrase, as a PHC string.
    ///
    /// # Errors
    /// [`Error::Invalid`] where it breaks the rules for new passphrases.
    pub async fn hash_passphrase(&self, passphrase: &str) -> Result<String> {
        check_passphrase_rules(passphrase)?;
        let (cost, passphrase) = (self.0.cost, passphrase.to_owned());
        self.run(move || hash(cost, &passphrase)).await?
    }

    /// Whether a passphrase belongs to a hash. Costs the same where there is no hash, or no such person.
    pub async fn verify_passphrase(&self, passphrase: &str, kept: Option<&str>) -> Result<bool> {
        let known = kept.is_some();
        let kept = kept.unwrap_or(&self.0.dummy).to_owned();
        // One that is too long is compared in part, and refused: the work stays bounded and the time the same.
        let fits = passphrase.len() <= LONGEST;
        let passphrase = passphrase
            .as_bytes()
            .get(..LONGEST.min(passphrase.len()))
            .unwrap_or_default()
            .to_vec();
        let is_it = self.run(move || is_of(&passphrase, &kept)).await??;
        Ok(is_it && known && fits)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _turn = self.0.turns.acquire().await.map_err(failed)?;
        self.0.runs.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(work).await.map_err(failed)
    }
}

/// The rules for a new passphrase: at least 12 characters, at most 1,024 bytes, none that everybody tries.
///
/// # Errors
/// [`Error::Invalid`] with what to do.
pub fn check_passphrase_rules(passphrase: &str) -> Result<()> {
    let refuse = |message: String| Err(Error::invalid("passphrase", message));
    if passphrase.chars().count() < SHORTEST {
        return refuse(format!(
            "Use at least {SHORTEST} characters: four or five words are easy to remember."
        ));
    }
    if passphrase.len() > LONGEST {
        return refuse(format!("Use at most {LONGEST} bytes."));
    }
    if passphrase.contains('\0') {
        return refuse(
            "Use letters, digits and signs only: there is a control character in it.".to_owned(),
        );
    }
    if is_common(passphrase) {
        return refuse(
            "Choose another: this one is among those that everybody tries first.".to_owned(),
        );
    }
    Ok(())
}

fn params(cost: Cost) -> Result<Params> {
    let (memory, passes) = match cost {
        Cost::Full => (64 * 1_024, 3),
        Cost::Least => (Params::MIN_M_COST, 1),
    };
    Params::new(memory, passes, 1, None).map_err(failed)
}

fn hash(cost: Cost, passphrase: &str) -> Result<String> {
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params(cost)?)
        .hash_password_with_salt(passphrase.as_bytes(), &random::<16>())
        .map_err(failed)?;
    Ok(hashed.to_string())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill(&mut bytes);
    bytes
}

fn is_of(passphrase: &[u8], kept: &str) -> Result<bool> {
    let kept = PasswordHash::new(kept).map_err(failed)?;
    // The cost is the one written in the hash.
    Ok(Argon2::default().verify_password(passphrase, &kept).is_ok())
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Store(format!("a passphrase could not be hashed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Cost, Hashing, check_passphrase_rules};

    #[tokio::test]
    async fn a_passphrase_is_known_by_its_hash_alone() {
        let hashing = Hashing::new(Cost::Least).unwrap();
        let kept = hashing
            .hash_passphrase("correct horse battery")
            .await
            .unwrap();
        assert!(kept.starts_with("$argon2id$v=19$"));
        assert!(
            hashing
                .verify_passphrase("correct horse battery", Some(&kept))
                .await
                .unwrap()
        );
        assert!(
            !hashing
                .verify_passphrase("Correct horse battery", Some(&kept))
                .await
                .unwrap()
        );
        assert!(
            !hashing
                .verify_passphrase("correct horse battery", None)
                .await
                .unwrap()
        );
        assert_eq!(
            hashing.runs(),
            4,
            "one hash each, also where there is nothing to compare with"
        );
    }

    #[tokio::test]
    async fn a_passphrase_of_full_cost_says_so() {
        let hashing = Hashing::new(Cost::Full).unwrap();
        let kept = hashing
            .hash_passphrase("correct horse battery")
            .await
            .unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
    }

    #[tokio::test]
    async fn one_that_is_too_long_never_fits() {
        let hashing = Hashing::new(Cost::Least).unwrap();
        let longest = "hedgehog".repeat(128);
        let kept = hashing.hash_passphrase(&longest).await.unwrap();
        assert!(
            hashing
                .verify_passphrase(&longest, Some(&kept))
                .await
                .unwrap()
        );
        assert!(
            !hashing
                .verify_passphrase(&format!("{longest}x"), Some(&kept))
                .await
                .unwrap()
        );
    }

    #[test]
    fn new_passphrases_are_long_and_not_everybodys() {
        assert!(check_passphrase_rules("eleven char").is_err());
        assert!(check_passphrase_rules("twelve chars").is_ok());
        assert!(check_passphrase_rules("zwölf Zeiche").is_ok());
        assert!(check_passphrase_rules("Password1234").is_err());
        assert!(check_passphrase_rules("aaaaaaaaaaaaaa").is_err());
        assert!(check_passphrase_rules(&"ab".repeat(513)).is_err());
    }
}
