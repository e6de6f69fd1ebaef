//! The demo's identity provider: who comes in by it, and who does not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use directory::access;
use directory::admin::events;
use directory::model::event::Code;
use directory::model::query::ListQuery;
use directory::model::user::Status;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use server::demo::Demo;
use sha2::{Digest, Sha256};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::browser::{Browser, Page};
use crate::{demo, end, person};

#[tokio::test(flavor = "multi_thread")]
async fn ada_comes_in_as_an_administrator_under_a_cookie_of_the_demo() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    let back = browser.sign_in("Ada, administrator").await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/"));
    assert!(
        browser.cookies.contains_key("muster_demo"),
        "{:?}",
        browser.cookies
    );
    let overview = browser.get("/").await;
    assert_eq!(overview.status, StatusCode::OK);
    assert!(overview.text.contains("Ada Lovelace"));
    let admin = demo.administrator().await.unwrap();
    let signed_in = ListQuery {
        q: "Ada".to_owned(),
        state: Code::SignedIn.as_str().to_owned(),
        ..ListQuery::default()
    };
    let events = events::list(&demo.db, &admin, &signed_in).await.unwrap();
    assert_eq!(events.rows[0].actor_id, Some(admin.user_id.0.clone()));
    assert!(admin.is_administrator());
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ben_becomes_active_at_his_first_sign_in_and_is_no_administrator() {
    let demo = demo().await;
    assert_eq!(
        person(&demo, "ben@acme.example").await.status(),
        Status::Invited
    );
    let mut browser = Browser::at(&demo.url);
    browser.sign_in("Ben, member").await;
    let ben = person(&demo, "ben@acme.example").await;
    assert_eq!(ben.status(), Status::Active);
    assert_eq!(ben.teams, None, "signing in approves nothing of his own");
    let mut tx = demo.db.read().await.unwrap();
    let user = directory::store::users::find(&mut tx, &ben.id)
        .await
        .unwrap()
        .unwrap();
    assert!(
        !access::admin(&mut tx, &user)
            .await
            .unwrap()
            .is_administrator()
    );
    drop(tx);
    assert_eq!(browser.get("/users").await.location(), "/welcome");
    // The second time he is known by what the provider calls him.
    assert_eq!(
        browser.sign_in("Ben, member").await.status,
        StatusCode::SEE_OTHER
    );
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_who_was_pushed_can_come_in_and_nobody_who_is_locked() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    let page = choice(&mut browser, &demo, "x", &[]).await;
    for name in ["Grace Hopper", "Emmy Noether", "Edsger Dijkstra"] {
        assert!(page.text.contains(name), "{name}");
    }
    for name in ["Joan Clarke", "Annie Easley"] {
        assert!(!page.text.contains(name), "{name}");
    }
    browser.sign_in("Emmy Noether").await;
    assert_eq!(
        person(&demo, "emmy@acme.example").await.status(),
        Status::Active
    );
    let found = choice(&mut browser, &demo, "x", &[("q", "noether")]).await;
    assert!(found.text.contains("Emmy Noether") && !found.text.contains("Grace Hopper"));
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_was_begun_elsewhere_or_comes_back_twice_is_refused() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    let back = browser.choose("Ben, member").await;
    assert_eq!(
        Browser::at(&demo.url).get(&back).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        person(&demo, "ben@acme.example").await.status(),
        Status::Invited
    );
    assert_eq!(browser.get(&back).await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get(&back).await.status, StatusCode::BAD_REQUEST);
    end(demo).await;
}

/// What PKCE is about.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The page on which a person is chosen, for a request of the test's own.
async fn choice(browser: &mut Browser, demo: &Demo, nonce: &str, more: &[(&str, &str)]) -> Page {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let redirect = format!("{}/sign-in/demo/callback", demo.url);
    let query = Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", "muster"),
            ("redirect_uri", &redirect),
            ("scope", "openid email"),
        ])
        .extend_pairs([
            ("state", "s"),
            ("nonce", nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
        .extend_pairs(more)
        .finish();
    browser.get(&format!("/demo/idp/authorize?{query}")).await
}

/// A code for Ben, by a request of the test's own.
async fn code(browser: &mut Browser, demo: &Demo) -> String {
    let page = choice(browser, demo, "n-1", &[]).await;
    let mut fields = page.hidden();
    fields.push(("person".to_owned(), page.button("Ben, member")));
    let back = browser.post("/demo/idp/choose", &fields).await;
    let back = Url::parse(back.location()).unwrap();
    let value = |name: &str| {
        back.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    assert_eq!(value("state").as_deref(), Some("s"));
    assert_eq!(value("iss"), Some(format!("{}/demo/idp", demo.url)));
    value("code").unwrap()
}

/// Asks for the proof.
async fn token(demo: &Demo, code: &str, verifier: &str, client: &str) -> (StatusCode, Value) {
    let redirect = format!("{}/sign-in/demo/callback", demo.url);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &redirect),
        ("client_id", client),
        ("code_verifier", verifier),
    ];
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let page = Browser::at(&demo.url)
        .send(Method::POST, "/demo/idp/token", &kind, Some(body))
        .await;
    (page.status, serde_json::from_str(&page.text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once_and_proves_who_for_whom_and_for_which_request() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    let code = code(&mut browser, &demo).await;
    let (status, answer) = token(&demo, &code, VERIFIER, "muster").await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let mut parts = answer["id_token"].as_str().unwrap().split('.');
    let mut part = || -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap()).unwrap()
    };
    let (head, claims) = (part(), part());
    assert_eq!(head["alg"], "EdDSA");
    assert_eq!(
        (claims["aud"][0].as_str(), claims["nonce"].as_str()),
        (Some("muster"), Some("n-1"))
    );
    assert_eq!(
        (claims["email"].as_str(), claims["email_verified"].as_bool()),
        (Some("ben@acme.example"), Some(true))
    );
    let (status, answer) = token(&demo, &code, VERIFIER, "muster").await;
    assert_eq!(
        (status, answer["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid_grant"))
    );
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_refused_to_who_did_not_ask_for_it() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    for (verifier, client) in [
        (
            "another-verifier-of-at-least-forty-three-characters",
            "muster",
        ),
        (VERIFIER, "other"),
    ] {
        let code = code(&mut browser, &demo).await;
        for client in [client, "muster"] {
            let (status, answer) = token(&demo, &code, verifier, client).await;
            assert_eq!(
                (status, answer["error"].as_str()),
                (StatusCode::BAD_REQUEST, Some("invalid_grant")),
                "{verifier} {client}"
            );
        }
    }
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_made_by_another_site_is_refused() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    let page = choice(&mut browser, &demo, "n", &[]).await;
    let mut fields = page.hidden();
    fields.push(("person".to_owned(), page.button("Ada, administrator")));
    let foreign: [&[(&str, &str)]; 5] = [
        &[],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "null")],
    ];
    for headers in foreign {
        let answer = browser
            .post_from("/demo/idp/choose", &fields, headers)
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    assert_eq!(
        browser.get("/demo/idp/choose").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_way_back_leads_nowhere_and_a_request_without_pkce_goes_back_with_its_error() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    let foreign = browser.get("/demo/idp/authorize?client_id=muster&response_type=code&redirect_uri=https://evil.example").await;
    assert_eq!(
        (foreign.status, foreign.location),
        (StatusCode::BAD_REQUEST, None)
    );
    let redirect = format!("{}/sign-in/demo/callback", demo.url);
    let query = Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", "muster"),
            ("redirect_uri", &redirect),
            ("scope", "openid"),
            ("state", "s"),
        ])
        .finish();
    let back = browser.get(&format!("/demo/idp/authorize?{query}")).await;
    assert!(
        back.location().starts_with(&redirect) && back.location().contains("error=invalid_request"),
        "{}",
        back.location()
    );
    end(demo).await;
}
