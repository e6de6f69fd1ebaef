//! Who a provider says somebody is: by the ID token, and by its userinfo where the token leaves the address open.

use directory::sign_in::{Identity, Verified};
use openidconnect::core::{CoreGenderClaim, CoreIdTokenClaims};
use openidconnect::{
    AccessToken, EmptyAdditionalClaims, EndUserFamilyName, EndUserGivenName, EndUserName,
    LocalizedClaim, UserInfoClaims,
};

use super::provider::{KnownClient, Provider};

/// What userinfo says.
type More = UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>;

/// What userinfo says, where the ID token does not tell an address or not whether it is verified. Its subject must be the
/// same (OpenID Connect Core, section 5.3.2). A provider that does not answer has said nothing.
pub async fn asked(
    provider: &Provider,
    client: &KnownClient,
    claims: &CoreIdTokenClaims,
    token: &AccessToken,
) -> Option<More> {
    if claims.email().is_some() && claims.email_verified().is_some() {
        return None;
    }
    let subject = Some(claims.subject().clone());
    let request = client.user_info(token.clone(), subject).ok()?;
    match request.request_async(provider.outbound()).await {
        Ok(more) => Some(more),
        Err(error) => {
            let id = provider.id();
            tracing::info!(provider = id, %error, "the userinfo of {id} could not be read");
            None
        }
    }
}

/// Who this is. Only a clear `true` about this very address counts as verified.
pub fn identity(provider: &Provider, claims: &CoreIdTokenClaims, more: Option<&More>) -> Identity {
    let email = claims
        .email()
        .or_else(|| more.and_then(UserInfoClaims::email));
    let said = claims.email_verified().or_else(|| {
        more.filter(|more| more.email() == email)
            .and_then(UserInfoClaims::email_verified)
    });
    Identity {
        by: provider.by().clone(),
        issuer: provider.issuer().to_owned(),
        subject: claims.subject().to_string(),
        email: email.map(|email| email.to_string()),
        email_verified: match said {
            Some(true) => Verified::Yes,
            Some(false) => Verified::No,
            None => Verified::Unsaid,
        },
        name: first(claims.name(), |name: &EndUserName| name.to_string())
            .or_else(|| first(more?.name(), |name: &EndUserName| name.to_string())),
        given_name: first(claims.given_name(), |name: &EndUserGivenName| {
            name.to_string()
        })
        .or_else(|| {
            first(more?.given_name(), |name: &EndUserGivenName| {
                name.to_string()
            })
        }),
        family_name: first(claims.family_name(), |name: &EndUserFamilyName| {
            name.to_string()
        })
        .or_else(|| {
            first(more?.family_name(), |name: &EndUserFamilyName| {
                name.to_string()
            })
        }),
    }
}

/// A claim in no particular language, else in the first one.
fn first<T>(claim: Option<&LocalizedClaim<T>>, text: impl Fn(&T) -> String) -> Option<String> {
    let claim = claim?;
    claim
        .get(None)
        .or_else(|| claim.iter().next().map(|(_, value)| value))
        .map(text)
}
