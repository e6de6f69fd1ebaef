//! An identity provider that says what a test wants it to say, true or not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

/// What it calls the console.
pub const CLIENT: &str = "muster";
/// What it gave the console.
pub const SECRET: &str = "a secret between two servers";

/// An identity provider on a free port of loopback.
#[derive(Clone)]
pub struct Identities(Arc<Inner>);

struct Inner {
    issuer: String,
    key: Ed25519KeyPair,
    next: Mutex<Next>,
}

/// What it says next.
#[derive(Default)]
struct Next {
    /// ID tokens by the challenge of whom they are for.
    tokens: HashMap<String, String>,
    discovery: Discovery,
    userinfo: Option<Value>,
}

/// What it says of itself.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Discovery {
    /// The truth.
    #[default]
    True,
    /// Another issuer: a slash at the end.
    OtherIssuer,
    /// A page for people.
    Html,
    /// More than anybody reads.
    Endless,
    /// It is elsewhere.
    Elsewhere,
    /// Nothing, for a minute.
    Silent,
    /// It knows no such address.
    Missing,
    /// It is broken.
    Broken,
    /// The truth, without the address for tokens.
    NoTokens,
    /// The truth, and a signature that nobody takes.
    Weak,
    /// The truth, and no keys.
    NoKeys,
    /// The truth, and more keys than anybody has.
    ManyKeys,
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// As it should be.
    Good,
    /// Not at all.
    None,
    /// With the secret of the client.
    Shared,
    /// With a key nobody announced.
    OtherKey,
}

impl Identities {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let found = Self(Arc::new(Inner {
            issuer,
            key: key(),
            next: Mutex::default(),
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(found.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        found
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// What it says of itself from now on.
    pub fn tells(&self, discovery: Discovery) {
        self.0.next.lock().unwrap().discovery = discovery;
    }

    /// What its userinfo says from now on; nothing says that there is none.
    pub fn tells_more(&self, userinfo: Option<Value>) {
        self.0.next.lock().unwrap().userinfo = userinfo;
    }

    /// Good claims about somebody, made just now.
    pub fn claims(&self, subject: &str, email: &str, nonce: &str) -> Value {
        let now = now();
        json!({
            "iss": self.0.issuer, "sub": subject, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 300,
            "email": email, "email_verified": true,
        })
    }

    /// Says this about whoever left with this challenge.
    pub fn says(&self, claims: &Value, signature: Signature, challenge: &str) {
        let token = self.sign(claims, signature);
        let mut next = self.0.next.lock().unwrap();
        next.tokens.insert(challenge.to_owned(), token);
    }

    fn sign(&self, claims: &Value, signature: Signature) -> String {
        let header = match signature {
            Signature::Good => json!({ "alg": "EdDSA", "kid": "1" }),
            Signature::None => json!({ "alg": "none" }),
            Signature::Shared => json!({ "alg": "HS256" }),
            Signature::OtherKey => {
                json!({ "alg": "EdDSA", "kid": "2", "jku": format!("{}/keys", self.0.issuer) })
            }
        };
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(claims));
        let signed = match signature {
            Signature::Good => self.0.key.sign(text.as_bytes()).as_ref().to_vec(),
            Signature::None => Vec::new(),
            Signature::OtherKey => key().sign(text.as_bytes()).as_ref().to_vec(),
            Signature::Shared => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
                ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
            }
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signed))
    }
}

fn key() -> Ed25519KeyPair {
    let random = ring::rand::SystemRandom::new();
    Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&random).unwrap().as_ref()).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a server of its own, with a clock of its own"
)]
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

async fn discovery(State(provider): State<Identities>) -> Response {
    let issuer = provider.issuer();
    let (tells, has_userinfo) = {
        let next = provider.0.next.lock().unwrap();
        (next.discovery, next.userinfo.is_some())
    };
    let mut said = json!({
        "issuer": if tells == Discovery::OtherIssuer { format!("{issuer}/") } else { issuer.to_owned() },
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    });
    if has_userinfo {
        said["userinfo_endpoint"] = json!(format!("{issuer}/userinfo"));
    }
    match tells {
        Discovery::NoTokens => said["token_endpoint"] = Value::Null,
        Discovery::Weak => said["id_token_signing_alg_values_supported"] = json!(["HS256"]),
        _ => {}
    }
    match tells {
        Discovery::Missing => StatusCode::NOT_FOUND.into_response(),
        Discovery::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Discovery::True
        | Discovery::OtherIssuer
        | Discovery::NoTokens
        | Discovery::Weak
        | Discovery::NoKeys
        | Discovery::ManyKeys => Json(said).into_response(),
        Discovery::Html => ([(CONTENT_TYPE, "text/html")], "<p>Sign in</p>").into_response(),
        Discovery::Endless => {
            ([(CONTENT_TYPE, "application/json")], " ".repeat(10_000_000)).into_response()
        }
        Discovery::Elsewhere => {
            (StatusCode::FOUND, [(LOCATION, "http://169.254.169.254/")]).into_response()
        }
        Discovery::Silent => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

async fn keys(State(provider): State<Identities>) -> Json<Value> {
    let x = URL_SAFE_NO_PAD.encode(provider.0.key.public_key().as_ref());
    let key =
        json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "1", "use": "sig", "alg": "EdDSA" });
    let count = match provider.0.next.lock().unwrap().discovery {
        Discovery::NoKeys => 0,
        Discovery::ManyKeys => 1_000,
        _ => 1,
    };
    Json(json!({ "keys": vec![key; count] }))
}

async fn userinfo(State(provider): State<Identities>) -> Response {
    match &provider.0.next.lock().unwrap().userinfo {
        Some(said) => Json(said.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(serde::Deserialize)]
struct Exchange {
    grant_type: String,
    code: String,
    code_verifier: String,
}

async fn token(State(provider): State<Identities>, Form(exchange): Form<Exchange>) -> Response {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(exchange.code_verifier.as_bytes()));
    let token = provider.0.next.lock().unwrap().tokens.remove(&challenge);
    match token {
        Some(token) if exchange.grant_type == "authorization_code" && exchange.code == "good" => {
            let answer = json!({ "access_token": "a", "token_type": "Bearer", "id_token": token });
            Json(answer).into_response()
        }
        _ => {
            let answer = json!({ "error": "invalid_grant" });
            (StatusCode::BAD_REQUEST, Json(answer)).into_response()
        }
    }
}
