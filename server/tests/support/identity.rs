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
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
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
    /// Of 512 bits: anybody computes it within a day.
    weak: RsaPrivateKey,
    next: Mutex<Next>,
}

/// What it says next.
#[derive(Default)]
struct Next {
    /// ID tokens by the challenge of whom they are for.
    tokens: HashMap<String, String>,
    discovery: Discovery,
    exchange: Exchange,
    way_out: WayOut,
    userinfo: Option<Value>,
}

/// What it says of itself.
#[derive(Default, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discovery {
    /// The truth.
    #[default]
    True,
    /// Another issuer: a slash at the end.
    OtherIssuer,
    /// Another issuer: the same in capitals.
    Shouted,
    /// No issuer.
    NoIssuer,
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
    /// The truth, without the address for people.
    NoDoor,
    /// The truth, without the address for tokens.
    NoTokens,
    /// The truth, without the address of the keys.
    NoKeysAddress,
    /// The truth, and a signature that nobody takes.
    Weak,
    /// The truth, and no keys.
    NoKeys,
    /// The truth, and more keys than anybody has.
    ManyKeys,
    /// The truth, and ten thousand keys: more than a mebibyte.
    EndlessKeys,
    /// The truth, and for keys more than anybody reads.
    HugeKeys,
    /// The truth, and for keys a page for people.
    HtmlKeys,
    /// The truth, and beside the key one that can be broken.
    WeakKey,
}

/// What it gives for a code.
#[derive(Default, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// The token.
    #[default]
    Token,
    /// An access token alone.
    NoIdToken,
    /// A token that is none.
    Garbled,
    /// It does not take the code.
    Refused,
    /// It is broken.
    Broken,
    /// A page for people.
    Html,
    /// Half of an answer.
    Torn,
    /// More than anybody reads.
    Endless,
    /// It is elsewhere.
    Elsewhere,
}

/// Where it says that people sign out of it.
#[derive(Default, Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// Nowhere.
    #[default]
    None,
    /// At an address of its own.
    Own,
    /// In a script.
    Script,
    /// At an address without its host.
    Within,
    /// At an address of no letters.
    Empty,
    /// At what is no text.
    Number,
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
    /// With a key that the token itself says where to find.
    NamesItsKey,
    /// As it should be, but for one bit.
    Broken,
    /// By RSA with a key nobody announced.
    OtherRsa,
}

impl Identities {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let found = Self(Arc::new(Inner {
            issuer,
            key: key(),
            weak: RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 512).unwrap(),
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

    /// What it gives for a code from now on.
    pub fn gives(&self, exchange: Exchange) {
        self.0.next.lock().unwrap().exchange = exchange;
    }

    /// Where it says that people sign out, from now on.
    pub fn leads_out(&self, way_out: WayOut) {
        self.0.next.lock().unwrap().way_out = way_out;
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
            Signature::Good | Signature::Broken => json!({ "alg": "EdDSA", "kid": "1" }),
            Signature::None => json!({ "alg": "none" }),
            Signature::Shared => json!({ "alg": "HS256" }),
            Signature::OtherKey => json!({ "alg": "EdDSA", "kid": "2" }),
            Signature::NamesItsKey => {
                json!({ "alg": "EdDSA", "kid": "2", "jku": format!("{}/keys", self.0.issuer) })
            }
            Signature::OtherRsa => json!({ "alg": "RS256", "kid": "2" }),
        };
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(claims));
        let signed = match signature {
            Signature::Good => self.0.key.sign(text.as_bytes()).as_ref().to_vec(),
            Signature::Broken => {
                let mut signed = self.0.key.sign(text.as_bytes()).as_ref().to_vec();
                signed[0] ^= 1;
                signed
            }
            Signature::None => Vec::new(),
            Signature::OtherKey | Signature::NamesItsKey => {
                key().sign(text.as_bytes()).as_ref().to_vec()
            }
            Signature::OtherRsa => {
                let digest = Sha256::digest(text.as_bytes());
                self.0.weak.sign(sha256_padding(), &digest).unwrap()
            }
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

/// RSASSA-PKCS1-v1_5 with SHA-256; the prefix is that of RFC 8017, section 9.2.
fn sha256_padding() -> Pkcs1v15Sign {
    let prefix = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: prefix.into(),
    }
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
    let (tells, has_userinfo, way_out) = {
        let next = provider.0.next.lock().unwrap();
        (next.discovery, next.userinfo.is_some(), next.way_out)
    };
    let mut said = json!({
        "issuer": issuer,
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
    match way_out {
        WayOut::None => {}
        WayOut::Own => said["end_session_endpoint"] = json!(format!("{issuer}/end")),
        WayOut::Script => said["end_session_endpoint"] = json!("javascript:alert(1)"),
        WayOut::Within => said["end_session_endpoint"] = json!("/logout"),
        WayOut::Empty => said["end_session_endpoint"] = json!(""),
        WayOut::Number => said["end_session_endpoint"] = json!(7),
    }
    match tells {
        Discovery::OtherIssuer => said["issuer"] = json!(format!("{issuer}/")),
        Discovery::Shouted => said["issuer"] = json!(issuer.to_uppercase()),
        Discovery::NoIssuer => said["issuer"] = Value::Null,
        Discovery::NoDoor => said["authorization_endpoint"] = Value::Null,
        Discovery::NoTokens => said["token_endpoint"] = Value::Null,
        Discovery::NoKeysAddress => said["jwks_uri"] = Value::Null,
        Discovery::Weak => said["id_token_signing_alg_values_supported"] = json!(["HS256"]),
        _ => {}
    }
    match tells {
        Discovery::Missing => StatusCode::NOT_FOUND.into_response(),
        Discovery::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Discovery::Html => page_for_people(),
        Discovery::Endless => endless(),
        Discovery::Elsewhere => elsewhere(),
        Discovery::Silent => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            StatusCode::NO_CONTENT.into_response()
        }
        _ => Json(said).into_response(),
    }
}

fn page_for_people() -> Response {
    ([(CONTENT_TYPE, "text/html")], "<p>Sign in</p>").into_response()
}

fn endless() -> Response {
    ([(CONTENT_TYPE, "application/json")], " ".repeat(10_000_000)).into_response()
}

fn elsewhere() -> Response {
    (StatusCode::FOUND, [(LOCATION, "http://169.254.169.254/")]).into_response()
}

async fn keys(State(provider): State<Identities>) -> Response {
    let x = URL_SAFE_NO_PAD.encode(provider.0.key.public_key().as_ref());
    let key =
        json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "1", "use": "sig", "alg": "EdDSA" });
    let part = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
    let (n, e) = (part(provider.0.weak.n()), part(provider.0.weak.e()));
    let weak = json!({ "kty": "RSA", "n": n, "e": e, "kid": "weak", "use": "sig", "alg": "RS256" });
    let keys = match provider.0.next.lock().unwrap().discovery {
        Discovery::HugeKeys => return endless(),
        Discovery::HtmlKeys => return page_for_people(),
        Discovery::NoKeys => Vec::new(),
        Discovery::ManyKeys => vec![key; 1_000],
        Discovery::EndlessKeys => vec![key; 10_000],
        Discovery::WeakKey => vec![key, weak],
        _ => vec![key],
    };
    Json(json!({ "keys": keys })).into_response()
}

async fn userinfo(State(provider): State<Identities>) -> Response {
    match &provider.0.next.lock().unwrap().userinfo {
        Some(said) => Json(said.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(serde::Deserialize)]
struct Asked {
    grant_type: String,
    code: String,
    code_verifier: String,
}

async fn token(State(provider): State<Identities>, Form(asked): Form<Asked>) -> Response {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.code_verifier.as_bytes()));
    let (token, gives) = {
        let mut next = provider.0.next.lock().unwrap();
        (next.tokens.remove(&challenge), next.exchange)
    };
    let refused = || {
        let answer = json!({ "error": "invalid_grant" });
        (StatusCode::BAD_REQUEST, Json(answer)).into_response()
    };
    let is_good = asked.grant_type == "authorization_code" && asked.code == "good";
    let Some(token) = token.filter(|_| is_good) else {
        return refused();
    };
    let mut answer = json!({ "access_token": "a", "token_type": "Bearer", "id_token": token });
    match gives {
        Exchange::Token => Json(answer).into_response(),
        Exchange::NoIdToken => {
            answer["id_token"] = Value::Null;
            Json(answer).into_response()
        }
        Exchange::Garbled => {
            answer["id_token"] = json!("e30.e30");
            Json(answer).into_response()
        }
        Exchange::Refused => refused(),
        Exchange::Broken => (StatusCode::INTERNAL_SERVER_ERROR, Json(answer)).into_response(),
        Exchange::Html => page_for_people(),
        Exchange::Torn => ([(CONTENT_TYPE, "application/json")], "{\"access").into_response(),
        Exchange::Endless => endless(),
        Exchange::Elsewhere => elsewhere(),
    }
}
