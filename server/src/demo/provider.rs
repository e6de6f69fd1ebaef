//! The demo's identity provider: a real `OpenID` Connect provider on loopback, where anyone may be anyone of the demo.
//!
//! Discovery, keys, authorization by code with PKCE (required, S256), and the token. It knows one client: this console.

mod codes;
mod keys;
mod request;

use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use directory::store::db;
use openidconnect::core::{
    CoreClientAuthMethod, CoreGrantType, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AuthUrl, EmptyAdditionalProviderMetadata, IssuerUrl, JsonWebKeySetUrl, ResponseTypes, Scope,
    TokenUrl,
};
use serde_json::{Value, json};
use url::Url;

use super::page::Document;
use super::people::People;
use crate::state::AppState;
use codes::{Claimant, Codes, Grant, Person};
use keys::Keys;
use request::{Asked, Unusable};

/// Where it lies, below the public URL.
pub const PATH: &str = "/demo/idp";
/// What it calls the console.
pub const CLIENT_ID: &str = "muster";
/// The console's word for it: people sign in at `/sign-in/demo`.
pub const ID: &str = "demo";
/// Addresses it vouches for.
pub const DOMAIN: &str = "acme.example";

/// What its handlers share.
pub struct IdentityProvider {
    issuer: IssuerUrl,
    redirect_uri: String,
    metadata: Value,
    keys: Keys,
    codes: Codes,
    people: People,
    document: Document,
}

impl IdentityProvider {
    /// A provider with a new key.
    ///
    /// # Errors
    /// Where no key can be made.
    pub fn new(public_url: &str, people: People, document: Document) -> Result<Self, String> {
        let address = format!("{public_url}{PATH}");
        Ok(Self {
            metadata: metadata(&address).map_err(|error| error.to_string())?,
            issuer: IssuerUrl::new(address).map_err(|error| error.to_string())?,
            redirect_uri: format!("{public_url}/sign-in/{ID}/callback"),
            keys: Keys::generate()?,
            codes: Codes::default(),
            people,
            document,
        })
    }
}

/// Its addresses. A person is chosen on its own page alone.
pub fn routes(provider: Arc<IdentityProvider>) -> Router<AppState> {
    Router::new()
        .route("/choose", post(choose))
        .route_layer(middleware::from_fn_with_state(
            Arc::<str>::from(provider.document.public_url()),
            super::own_page_only,
        ))
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .with_state(provider)
}

/// What it says of itself (`OpenID` Connect Discovery 1.0, section 3).
fn metadata(address: &str) -> Result<Value, Box<dyn std::error::Error>> {
    let metadata = CoreProviderMetadata::new(
        IssuerUrl::new(address.to_owned())?,
        AuthUrl::new(format!("{address}/authorize"))?,
        JsonWebKeySetUrl::new(format!("{address}/keys"))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        vec![CoreJwsSigningAlgorithm::EdDsa],
        EmptyAdditionalProviderMetadata {},
    )
    .set_token_endpoint(Some(TokenUrl::new(format!("{address}/token"))?))
    .set_grant_types_supported(Some(vec![CoreGrantType::AuthorizationCode]))
    .set_token_endpoint_auth_methods_supported(Some(vec![CoreClientAuthMethod::None]))
    .set_scopes_supported(Some(
        ["openid", "email", "profile"]
            .map(|scope| Scope::new(scope.to_owned()))
            .to_vec(),
    ));
    let mut metadata = serde_json::to_value(metadata)?;
    // RFC 8414 and RFC 9207: not among the fields openidconnect knows.
    metadata["code_challenge_methods_supported"] = json!(["S256"]);
    metadata["authorization_response_iss_parameter_supported"] = json!(true);
    Ok(metadata)
}

async fn discovery(State(provider): State<Arc<IdentityProvider>>) -> Json<Value> {
    Json(provider.metadata.clone())
}

async fn keys(State(provider): State<Arc<IdentityProvider>>) -> Json<CoreJsonWebKeySet> {
    Json(provider.keys.public())
}

#[derive(serde::Deserialize)]
struct Search {
    q: Option<String>,
}

/// Asks who the person is.
async fn authorize(
    State(provider): State<Arc<IdentityProvider>>,
    asked: Result<Query<Asked>, QueryRejection>,
    search: Result<Query<Search>, QueryRejection>,
) -> Response {
    let Ok(Query(asked)) = asked else {
        return provider.refuse(Unusable::Unreadable);
    };
    if let Err(unusable) = asked.check(&provider.redirect_uri) {
        return provider.turn_away(&asked, unusable);
    }
    let q = search
        .ok()
        .and_then(|search| search.0.q)
        .unwrap_or_default();
    match provider.people.choosable(&q).await {
        Ok(people) => provider
            .document
            .door("Choose a person", request::choice(&asked, &people, &q)),
        Err(error) => {
            tracing::error!(%error, "the people of the demo could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(serde::Deserialize)]
struct Choice {
    person: String,
    #[serde(flatten)]
    asked: Asked,
}

/// Leads the chosen person back with a code.
async fn choose(
    State(provider): State<Arc<IdentityProvider>>,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    let Ok(Form(Choice { person, asked })) = choice else {
        return provider.refuse(Unusable::Unreadable);
    };
    let challenge = match asked.check(&provider.redirect_uri) {
        Ok(challenge) => challenge.to_owned(),
        Err(unusable) => return provider.turn_away(&asked, unusable),
    };
    let found = match provider.people.find(&person).await {
        Ok(found) => found,
        Err(directory::Error::NotFound(_)) => return provider.refuse(Unusable::Nobody),
        Err(error) => {
            tracing::error!(%error, person, "the person {person} could not be read");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let grant = Grant {
        person: Person {
            subject: found.id.0,
            name: found.label,
            email: found.login,
        },
        client_id: CLIENT_ID.to_owned(),
        redirect_uri: provider.redirect_uri.clone(),
        challenge,
        nonce: asked.nonce.clone(),
    };
    let code = provider.codes.issue(grant, db::now());
    provider.lead_back(&asked, &[("code", &code)])
}

/// A token request (RFC 6749, section 4.1.3; RFC 7636, section 4.5).
#[derive(serde::Deserialize)]
struct TokenRequest {
    grant_type: String,
    code: String,
    redirect_uri: String,
    client_id: String,
    code_verifier: String,
}

/// Gives the proof for a code.
async fn token(
    State(provider): State<Arc<IdentityProvider>>,
    asked: Result<Form<TokenRequest>, FormRejection>,
) -> Response {
    let Ok(Form(asked)) = asked else {
        return refused("invalid_request");
    };
    if asked.grant_type != "authorization_code" {
        return refused("unsupported_grant_type");
    }
    let claimant = Claimant {
        client_id: &asked.client_id,
        redirect_uri: &asked.redirect_uri,
        verifier: &asked.code_verifier,
    };
    let now = db::now();
    let Some(grant) = provider.codes.redeem(&asked.code, claimant, now) else {
        return refused("invalid_grant");
    };
    match provider
        .keys
        .answer(&provider.issuer, &asked.code, grant, now)
    {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            tracing::error!(error, "a proof could not be signed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// RFC 6749, section 5.2.
fn refused(error: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

impl IdentityProvider {
    /// A request whose client or way back is not ours leads nowhere; any other goes back with its error (RFC 6749, section 4.1.2.1).
    fn turn_away(&self, asked: &Asked, unusable: Unusable) -> Response {
        match unusable {
            Unusable::Back(error, description) => self.lead_back(
                asked,
                &[("error", error), ("error_description", description)],
            ),
            _ => self.refuse(unusable),
        }
    }

    fn lead_back(&self, asked: &Asked, answer: &[(&str, &str)]) -> Response {
        let Ok(mut url) = Url::parse(&self.redirect_uri) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let state = asked.state.as_deref().map(|state| ("state", state));
        url.query_pairs_mut()
            .extend_pairs(answer)
            .extend_pairs(state)
            .append_pair("iss", self.issuer.as_str());
        (StatusCode::SEE_OTHER, [(LOCATION, String::from(url))]).into_response()
    }

    fn refuse(&self, unusable: Unusable) -> Response {
        let page = self
            .document
            .door("Not possible", request::refusal(&unusable));
        (StatusCode::BAD_REQUEST, page).into_response()
    }
}
