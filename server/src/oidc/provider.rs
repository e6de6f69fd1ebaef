//! An identity provider: what it says of itself, the way to it, and the check of what it says of a person.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::visit::Way;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use directory::model::sign_in_method::{Algorithm, Method, USUAL_SCOPES};
use directory::model::timestamp::Timestamp;
use directory::sign_in::{By, Identity};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
    CoreClient, CoreClientAuthMethod, CoreGrantType, CoreIdToken, CoreIdTokenClaims,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndSessionUrl, IssuerUrl, LoginHint, LogoutRequest, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl,
    Scope,
};
use tokio::sync::Mutex;
use url::Url;

use super::{keys, proof};
use crate::config::PublicUrl;
use crate::outbound::Outbound;

/// What a provider says of itself is asked again after this.
const KNOWN_FOR: Duration = Duration::from_hours(1);
/// Discovery and the keys together must be there by then (B-93).
const DISCOVER_WITHIN: Duration = Duration::from_secs(5);
/// A provider is asked anew for unknown keys no more often than this.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// How far the clocks of two servers may differ.
const SKEW_SECONDS: i64 = 60;
/// A longer name for a person is refused (OpenID Connect Core, section 2).
const LONGEST_SUBJECT: usize = 255;

/// What is known of a provider before it is asked.
#[derive(Clone)]
pub struct Settings {
    /// Its word in our addresses.
    pub id: String,
    /// What the button calls it.
    pub name: String,
    /// Its issuer, exactly as it names itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// The secret it gave us, if any.
    pub client_secret: Option<String>,
    /// Addresses it may vouch for.
    pub domains: Vec<String>,
}

/// An identity provider. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    settings: Settings,
    by: By,
    scopes: Vec<String>,
    algorithms: Vec<Algorithm>,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    /// Where people come back to who have signed out there.
    signed_out: PostLogoutRedirectUrl,
    outbound: Outbound,
    known: Mutex<Known>,
}

/// What is asked of a provider, and which signatures are taken.
struct Asks<'a> {
    scopes: &'a str,
    algorithms: Vec<Algorithm>,
}

/// What a provider said of itself, and when it last said nothing.
#[derive(Default)]
struct Known {
    said: Option<(Instant, Metadata)>,
    failed: Option<(Instant, String)>,
}

impl Known {
    fn failed(&mut self, reason: String) -> String {
        self.failed = Some((Instant::now(), reason.clone()));
        reason
    }
}

/// What the provider is asked to do with whoever is signed in there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    /// What it does for everybody.
    AsUsual,
    /// To ask them who they are, in any case.
    SignInAgain,
}

/// The way to a provider, and what proves later that somebody comes back from it.
pub struct WayThere {
    /// Where the browser goes.
    pub url: Url,
    /// Comes back as it is.
    pub state: String,
    /// Comes back inside the proof.
    pub nonce: String,
    /// Shows that whoever fetches the proof is who asked for it.
    pub verifier: String,
}

impl Provider {
    /// A provider that leads back to this public address.
    ///
    /// # Errors
    /// Where the issuer is no address.
    pub fn new(
        settings: Settings,
        public_url: &PublicUrl,
        outbound: Outbound,
    ) -> Result<Self, String> {
        let by = By::Settings {
            id: settings.id.clone(),
            domains: settings.domains.clone(),
        };
        let asks = Asks {
            scopes: USUAL_SCOPES,
            algorithms: Algorithm::ALL.to_vec(),
        };
        Self::made(settings, by, asks, public_url, outbound)
    }

    /// The provider of a method.
    ///
    /// # Errors
    /// Where the issuer is no address.
    pub fn of_method(
        method: &Method,
        client_secret: Option<String>,
        public_url: &PublicUrl,
        outbound: Outbound,
    ) -> Result<Self, String> {
        let settings = Settings {
            id: method.id.0.clone(),
            name: method.name.clone(),
            issuer: method.issuer.clone(),
            client_id: method.client_id.clone(),
            client_secret,
            domains: Vec::new(),
        };
        let asks = Asks {
            scopes: &method.scopes,
            algorithms: method.allowed(),
        };
        let by = By::Method(method.id.clone());
        Self::made(settings, by, asks, public_url, outbound)
    }

    fn made(
        settings: Settings,
        by: By,
        asks: Asks<'_>,
        public_url: &PublicUrl,
        outbound: Outbound,
    ) -> Result<Self, String> {
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|error| format!("the issuer {} is no address: {error}", settings.issuer))?;
        let redirect = format!("{}/sign-in/{}/callback", public_url.as_str(), settings.id);
        let redirect = RedirectUrl::new(redirect).map_err(|error| error.to_string())?;
        let signed_out = format!("{}/sign-out/done", public_url.as_str());
        let signed_out =
            PostLogoutRedirectUrl::new(signed_out).map_err(|error| error.to_string())?;
        Ok(Self(Arc::new(Inner {
            settings,
            by,
            scopes: asks.scopes.split_whitespace().map(str::to_owned).collect(),
            algorithms: asks.algorithms,
            issuer,
            redirect,
            signed_out,
            outbound,
            known: Mutex::default(),
        })))
    }

    /// Its word in our addresses.
    pub fn id(&self) -> &str {
        &self.0.settings.id
    }

    /// What the button calls it.
    pub fn name(&self) -> &str {
        &self.0.settings.name
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        self.0.issuer.as_str()
    }

    /// Whom it speaks for.
    pub(super) fn by(&self) -> &By {
        &self.0.by
    }

    pub(super) fn outbound(&self) -> &Outbound {
        &self.0.outbound
    }

    /// What the sign-in page shows of it.
    pub fn way(&self) -> Way {
        Way {
            id: self.0.settings.id.clone(),
            name: self.0.settings.name.clone(),
            domains: self.0.settings.domains.clone(),
        }
    }

    /// The way there: code flow with PKCE, a state and a nonce, all three each time; with the address of whom we expect.
    ///
    /// # Errors
    /// Where the provider cannot be asked about itself.
    pub(super) async fn way_there(
        &self,
        hint: Option<String>,
        prompt: Prompt,
    ) -> Result<WayThere, String> {
        let metadata = self.metadata(KNOWN_FOR).await?;
        let client = self.client(metadata);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        // `openid` is always asked for.
        let scopes = self.0.scopes.iter().filter(|scope| *scope != "openid");
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes.map(|scope| Scope::new(scope.clone())))
            .set_pkce_challenge(challenge);
        if let Some(hint) = hint {
            request = request.set_login_hint(LoginHint::new(hint));
        }
        if prompt == Prompt::SignInAgain {
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO);
        }
        let (url, state, nonce) = request.url();
        Ok(WayThere {
            url,
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Where people sign out at the provider, and the state that comes back from there; none where it does not say.
    /// `token` is the ID token they came in with: some providers sign out nobody who does not show it.
    ///
    /// # Errors
    /// Where it cannot be asked, or names an address that no browser should be led to.
    pub async fn way_out(&self, token: Option<&str>) -> Result<Option<(Url, String)>, String> {
        let metadata = self.metadata(KNOWN_FOR).await?;
        let end = match &metadata.additional_metadata().end_session_endpoint {
            None | Some(serde_json::Value::Null) => return Ok(None),
            Some(said) => serde_json::from_value::<EndSessionUrl>(said.clone())
                .map_err(|_| "its end_session_endpoint is no address".to_owned())?,
        };
        // What is plain or a script is not better for being said by a provider that is called by TLS.
        let scheme = end.url().scheme();
        if scheme != "https" && scheme != self.0.issuer.url().scheme() {
            return Err(format!("its end_session_endpoint begins with {scheme}:"));
        }
        let state = CsrfToken::new_random();
        let mut request = LogoutRequest::from(end)
            .set_client_id(ClientId::new(self.0.settings.client_id.clone()))
            .set_post_logout_redirect_uri(self.0.signed_out.clone())
            .set_state(state.clone());
        if let Some(token) = token.and_then(|token| token.parse::<CoreIdToken>().ok()) {
            request = request.set_id_token_hint(&token);
        }
        Ok(Some((request.http_get_url(), state.into_secret())))
    }

    /// Fetches the proof for a code and checks all of it (OID-1).
    ///
    /// # Errors
    /// Where the provider does not give it, or where anything about it is not as it must be. For the log alone.
    pub async fn prove(
        &self,
        code: String,
        nonce: String,
        verifier: String,
    ) -> Result<Proved, String> {
        let metadata = self.metadata(KNOWN_FOR).await?;
        let client = self.client(metadata);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| error.to_string())?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&self.0.outbound)
            .await
            .map_err(|error| format!("the code was not taken: {error}"))?;
        let token = answer
            .extra_fields()
            .id_token()
            .ok_or("the answer holds no ID token")?;
        let nonce = Nonce::new(nonce);
        let checked = self.check(&self.verifier(&client), token, &nonce);
        let claims = if let Ok(claims) = checked {
            claims
        } else {
            // The provider may have new keys: it is asked once more.
            let client = self.client(self.metadata(ASK_AGAIN_AFTER).await?);
            self.check(&self.verifier(&client), token, &nonce)?
        };
        let more = proof::asked(self, &client, &claims, answer.access_token()).await;
        Ok(Proved {
            identity: proof::identity(self, &claims, more.as_ref()),
            signed_in_at: claims
                .auth_time()
                .map(|at| Timestamp(at.timestamp_millis())),
            token: token.to_string(),
        })
    }

    fn check(
        &self,
        verifier: &Verifier<'_>,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<CoreIdTokenClaims, String> {
        let claims = token
            .claims(verifier, nonce)
            .map_err(|error| format!("the ID token is refused: {error}"))?;
        // openidconnect leaves the authorized party to its user (its `verification` module says why).
        if claims
            .authorized_party()
            .is_some_and(|party| party.as_str() != self.0.settings.client_id)
        {
            return Err("the ID token was made for another party".to_owned());
        }
        let subject = claims.subject().as_str();
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
            return Err("the ID token names nobody".to_owned());
        }
        check_not_before(token)?;
        Ok(claims.clone())
    }

    /// What the provider says of itself, not older than this. Whoever waited while it could not be asked shares that
    /// answer, so that many at once do not wait one after another.
    async fn metadata(&self, at_most: Duration) -> Result<Metadata, String> {
        let asked = Instant::now();
        let mut known = self.0.known.lock().await;
        if let Some((since, metadata)) = &known.said
            && since.elapsed() < at_most
        {
            return Ok(metadata.clone());
        }
        if let Some((when, reason)) = &known.failed
            && *when >= asked
        {
            return Err(reason.clone());
        }
        let found = Metadata::discover_async(self.0.issuer.clone(), &self.0.outbound);
        match tokio::time::timeout(DISCOVER_WITHIN, found).await {
            Ok(Ok(metadata)) => {
                if let Some(wrong) = unfit(&metadata)? {
                    return Err(known.failed(wrong));
                }
                known.said = Some((Instant::now(), metadata.clone()));
                Ok(metadata)
            }
            Ok(Err(error)) => Err(known.failed(format!("discovery failed: {error}"))),
            Err(_) => Err(known.failed("discovery took too long".to_owned())),
        }
    }

    /// The allowed signatures only, all of public keys, made just now.
    fn verifier<'a>(&self, client: &'a KnownClient) -> Verifier<'a> {
        let allowed = self.0.algorithms.iter().map(|algorithm| match algorithm {
            Algorithm::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            Algorithm::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            Algorithm::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
        });
        client
            .id_token_verifier()
            .set_allowed_algs(allowed)
            .set_issue_time_verifier_fn(|issued| {
                let age = directory::store::db::now().0 / 1_000 - issued.timestamp();
                if (-SKEW_SECONDS..=600).contains(&age) {
                    Ok(())
                } else {
                    Err("the ID token was not made just now".to_owned())
                }
            })
    }

    fn client(&self, metadata: Metadata) -> KnownClient {
        let settings = &self.0.settings;
        let secret = settings.client_secret.clone().map(ClientSecret::new);
        CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(settings.client_id.clone()),
            secret,
        )
        .set_redirect_uri(self.0.redirect.clone())
    }
}

/// What calls the provider by the addresses it told.
pub(super) type KnownClient = CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;
/// What a provider has proved.
pub struct Proved {
    /// Of whom.
    pub identity: Identity,
    /// When they signed in there, where the provider says it.
    pub signed_in_at: Option<Timestamp>,
    /// The ID token itself. Whoever signs out at the provider shows it there.
    pub token: String,
}

/// What a provider says of itself beyond the usual. Whatever stands here, people can sign in.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct More {
    /// Where people sign out: an address, where it is as it should be.
    #[serde(default)]
    end_session_endpoint: Option<serde_json::Value>,
}

impl AdditionalProviderMetadata for More {}

/// What a provider says of itself.
type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Verifier<'a> = openidconnect::core::CoreIdTokenVerifier<'a>;

/// Why nobody is led to a provider that says this of itself; none where it is fit.
fn unfit(metadata: &Metadata) -> Result<Option<String>, String> {
    if metadata.token_endpoint().is_none() {
        return Ok(Some("it names no token_endpoint".to_owned()));
    }
    let shown = serde_json::to_value(metadata.jwks()).map_err(|error| error.to_string())?;
    let wrong = shown["keys"]
        .as_array()
        .and_then(|found| keys::wrong(found));
    Ok(wrong.map(|wrong| format!("its keys are not taken: {wrong}")))
}

/// `nbf`, which openidconnect does not read.
fn check_not_before(token: &CoreIdToken) -> Result<(), String> {
    let text = token.to_string();
    let payload = text
        .split('.')
        .nth(1)
        .and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok())
        .unwrap_or_default();
    let claims: serde_json::Value =
        serde_json::from_slice(&payload).map_err(|error| error.to_string())?;
    let now = directory::store::db::now().0 / 1_000;
    match claims.get("nbf").map(serde_json::Value::as_i64) {
        None => Ok(()),
        Some(Some(not_before)) if not_before <= now + SKEW_SECONDS => Ok(()),
        Some(_) => Err("the ID token is not good yet".to_owned()),
    }
}
