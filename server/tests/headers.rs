//! What every answer says to the browser, and which requests are let in: host, origin, length, form.

use reqwest::Method;

use crate::support::{Browser, Console, sqlite};

const EVERYWHERE: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[tokio::test]
async fn every_answer_bears_the_headers_of_safety_and_no_answer_those_of_cors() {
    let console = Console::start(sqlite().await).await;
    let mut browser = console.browser();
    for path in [
        "/livez",
        "/readyz",
        "/",
        "/sign-in",
        "/nowhere",
        "/site/none.js",
        "/api/none",
        "/api/rest/scim/v2/2/Users",
    ] {
        let answer = browser.get(path).await;
        for (name, value) in EVERYWHERE {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
        assert!(
            !answer.header("content-security-policy").is_empty(),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "{path} of plain loopback"
        );
    }
}

#[tokio::test]
async fn a_page_is_kept_by_nobody_and_its_nonce_is_used_once() {
    let console = Console::start(sqlite().await).await;
    let mut browser = console.browser_of_ada().await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let page = browser.get("/nowhere").await.is(404);
        assert_eq!(page.header("cache-control"), "no-store");
        let policy = page.header("content-security-policy").to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        for part in [
            "default-src 'none'",
            "'strict-dynamic' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline"));
        // Nowhere but in nonce attributes, or a stylesheet could read it.
        assert_eq!(
            page.text.matches(&nonce).count(),
            page.text.matches(&format!("nonce=\"{nonce}\"")).count()
        );
        seen.push(nonce);
    }
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn only_our_own_name_is_served() {
    let console = Console::start(sqlite().await).await;
    let browser = console.browser();
    let port = console.url().rsplit(':').next().unwrap().to_owned();
    for foreign in [
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:1",
        "evil.example:80",
    ] {
        browser
            .clone()
            .with("host", foreign)
            .get("/sign-in")
            .await
            .is(421);
    }
    browser
        .clone()
        .with("x-forwarded-host", "evil.example")
        .get("/sign-in")
        .await
        .is(200);
    let moved = browser
        .clone()
        .with("host", &format!("localhost:{port}"))
        .get("/users?q=a")
        .await
        .is(307);
    assert_eq!(
        moved.header("location"),
        format!("{}/users?q=a", console.url())
    );
    browser
        .clone()
        .with("host", "10.0.0.1")
        .get("/livez")
        .await
        .is(200);
}

#[tokio::test]
async fn another_site_can_do_nothing_with_our_cookie() {
    let console = Console::start(sqlite().await).await;
    let ada = console.browser_of_ada().await;
    for foreign in [
        ada.clone().with("sec-fetch-site", "cross-site"),
        ada.clone().with("sec-fetch-site", "same-site"),
        ada.clone()
            .without("sec-fetch-site")
            .with("origin", "https://evil.example"),
        ada.clone().without("sec-fetch-site").with("origin", "null"),
        ada.clone().without("sec-fetch-site"),
    ] {
        for path in ["/sign-out", "/api/anything", "/nodes/2/connection/token"] {
            let refused = foreign.clone().post(path, &[]).await.is(403);
            assert_eq!(refused.text, "This request came from another site.\n");
        }
    }
    let socket = |browser: Browser| {
        browser
            .with("upgrade", "websocket")
            .with("connection", "upgrade")
    };
    socket(ada.clone())
        .with("sec-fetch-site", "cross-site")
        .get("/nowhere")
        .await
        .is(403);
    // Nobody was signed out by any of it.
    ada.clone().get("/sign-in").await.is(200);
    assert_eq!(
        console
            .db
            .read()
            .await
            .unwrap()
            .number("SELECT count(*) FROM sessions", [])
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn an_effect_is_never_a_get_and_always_a_form() {
    let console = Console::start(sqlite().await).await;
    let mut ada = console.browser_of_ada().await;
    let (path, _) = server_fn::axum::server_fn_paths()
        .next()
        .unwrap_or(("/api/none", Method::POST));
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
        let refused = ada
            .clone()
            .with("sec-fetch-site", "cross-site")
            .send(method, path, None)
            .await
            .is(405);
        assert_eq!(refused.header("allow"), "POST");
    }
    ada.post("/api/none", &[]).await.is(404);
    for kind in [
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=a",
    ] {
        ada.clone()
            .with("content-type", kind)
            .post(path, &[])
            .await
            .is(if path == "/api/none" { 404 } else { 415 });
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_by_its_own_status() {
    let console = Console::start(sqlite().await).await;
    let mut browser = console.browser();
    browser
        .get(&format!("/{}", "a".repeat(20_000)))
        .await
        .is(414);
    browser
        .clone()
        .with("x-long", &"a".repeat(64_000))
        .get("/sign-in")
        .await
        .is(431);
}

#[tokio::test]
async fn the_console_ignores_bearer_tokens_and_scim_ignores_cookies() {
    let console = Console::start(sqlite().await).await;
    let (node, token) = console.connection("Berlin").await;
    let mut ada = console.browser_of_ada().await;
    ada.get(&console.scim(node)).await.is(401);
    ada.get(&format!("{}/Users", console.scim(node)))
        .await
        .is(401);
    let bearer = console
        .browser()
        .with("authorization", &format!("Bearer {token}"));
    bearer
        .clone()
        .get(&format!("{}/Users", console.scim(node)))
        .await
        .is(200);
    bearer.clone().get("/").await.leads_to("/sign-in");
}
