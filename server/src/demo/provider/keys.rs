//! The key of the demo's provider, made at the start and gone with it, and what is signed with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use directory::model::timestamp::{SECOND, Timestamp};
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreIdToken, CoreIdTokenClaims, CoreIdTokenFields,
    CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreTokenResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, Audience, AuthorizationCode, EmptyAdditionalClaims, EmptyExtraTokenFields,
    EndUserEmail, EndUserName, IssuerUrl, JsonWebKeyId, LocalizedClaim, Nonce, PrivateSigningKey,
    StandardClaims, SubjectIdentifier,
};
use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;

use super::codes::Grant;

/// How long a proof of a sign-in is good, in seconds.
const LIFE_SECONDS: i64 = 300;
/// RFC 7468: lines of PEM are this long.
const PEM_LINE: usize = 64;

/// The signing key.
pub struct Keys(CoreEdDsaPrivateSigningKey);

impl Keys {
    /// A new Ed25519 key.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn generate() -> Result<Self, String> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|_| "the demo's provider could not make a key".to_owned())?;
        let id = JsonWebKeyId::new(super::codes::random_text());
        CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem(document.as_ref()), Some(id)).map(Self)
    }

    /// What others check signatures with.
    pub fn public(&self) -> CoreJsonWebKeySet {
        CoreJsonWebKeySet::new(vec![self.0.as_verification_key()])
    }

    /// The answer to a code: who signed in, signed.
    ///
    /// # Errors
    /// Where it cannot be signed.
    pub fn answer(
        &self,
        issuer: &IssuerUrl,
        code: &str,
        grant: Grant,
        now: Timestamp,
    ) -> Result<CoreTokenResponse, String> {
        let access_token = AccessToken::new(super::codes::random_text());
        let token = CoreIdToken::new(
            claims(issuer.clone(), grant, now)?,
            &self.0,
            CoreJwsSigningAlgorithm::EdDsa,
            Some(&access_token),
            Some(&AuthorizationCode::new(code.to_owned())),
        )
        .map_err(|error| error.to_string())?;
        let fields = CoreIdTokenFields::new(Some(token), EmptyExtraTokenFields {});
        Ok(CoreTokenResponse::new(
            access_token,
            CoreTokenType::Bearer,
            fields,
        ))
    }
}

fn claims(issuer: IssuerUrl, grant: Grant, now: Timestamp) -> Result<CoreIdTokenClaims, String> {
    let second = |second| DateTime::from_timestamp(second, 0).ok_or("the clock is out of range");
    let now = now.0 / SECOND;
    let mut name = LocalizedClaim::new();
    name.insert(None, EndUserName::new(grant.person.name));
    let person = StandardClaims::new(SubjectIdentifier::new(grant.person.subject))
        .set_name(Some(name))
        .set_email(Some(EndUserEmail::new(grant.person.email)))
        .set_email_verified(Some(true));
    let audience = vec![Audience::new(grant.client_id)];
    let claims = CoreIdTokenClaims::new(
        issuer,
        audience,
        second(now + LIFE_SECONDS)?,
        second(now)?,
        person,
        EmptyAdditionalClaims {},
    );
    // Whoever comes has just said who they are.
    let claims = claims.set_auth_time(Some(second(now)?));
    Ok(claims.set_nonce(grant.nonce.map(Nonce::new)))
}

/// A key as text: the reader of openidconnect refuses lines of any other length.
fn pem(document: &[u8]) -> String {
    let text = STANDARD.encode(document);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(PEM_LINE));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_start_has_a_key_of_its_own_and_shows_only_its_public_half() {
        let shown = |keys: &Keys| serde_json::to_value(keys.public()).unwrap()["keys"][0].clone();
        let (one, other) = (
            shown(&Keys::generate().unwrap()),
            shown(&Keys::generate().unwrap()),
        );
        assert_eq!(
            (&one["kty"], &one["crv"]),
            (&"OKP".into(), &"Ed25519".into())
        );
        assert!(one.get("d").is_none(), "{one}");
        assert_ne!(one["x"], other["x"]);
        assert_ne!(one["kid"], other["kid"]);
    }
}
