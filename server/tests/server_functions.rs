//! Every server function refuses a stranger before it reads a word, and no answer tells what is inside.

use app::error::AppError;
use reqwest::Method;
use server::access::{Asks, FUNCTIONS};

use crate::support::{Console, sqlite};

/// The functions a stranger may call.
fn public() -> Vec<String> {
    let lines = FUNCTIONS.iter().filter(|(_, asks)| *asks == Asks::Nothing);
    lines.map(|(name, _)| format!("/api/{name}")).collect()
}

fn functions() -> Vec<&'static str> {
    let mut paths: Vec<_> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| {
            assert_eq!(
                method,
                Method::POST,
                "{path}: an effect by GET could be a picture on another site"
            );
            path
        })
        .collect();
    paths.sort_unstable();
    paths
}

#[tokio::test]
async fn a_stranger_is_refused_by_every_function_that_is_not_public() {
    let console = Console::start(sqlite().await).await;
    let functions = functions();
    assert!(functions.len() > 20, "{functions:?}");
    let public = public();
    for path in functions
        .iter()
        .filter(|path| !public.iter().any(|one| one == *path))
    {
        let mut script = console.browser().with("accept", "application/json");
        let refused = script.post(path, &[]).await.is(401);
        assert_eq!(
            serde_json::from_str::<AppError>(&refused.text).unwrap(),
            AppError::SignedOut,
            "{path}"
        );
        let page = console
            .browser()
            .with("referer", &format!("{}/users?q=a", console.url()));
        page.clone()
            .post(path, &[])
            .await
            .leads_to("/sign-in?return_to=%2Fusers%3Fq%3Da");
        let mut somebody = console.browser().with("accept", "application/json");
        somebody.session = Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned());
        somebody.post(path, &[]).await.is(401);
    }
}

#[tokio::test]
async fn input_that_cannot_be_read_is_a_400_or_a_413_and_is_not_repeated() {
    let console = Console::start(sqlite().await).await;
    for path in functions() {
        // One of the functions ends every session: each question comes from a new one.
        let script = async || {
            let ada = console.browser_of_ada().await;
            ada.with("accept", "application/json")
        };
        let answer = script()
            .await
            .post(
                path,
                &[
                    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
                    ("id", "<script>"),
                    ("node", "x"),
                ],
            )
            .await;
        assert!(answer.status < 500, "{path}: {answer:?}");
        assert!(!answer.text.contains("<script>"), "{path}: {answer:?}");
        let long = format!("id=1&pad={}", "a".repeat(1024 * 1024));
        script()
            .await
            .send(Method::POST, path, Some(long))
            .await
            .is(413);
    }
}

#[tokio::test]
async fn a_form_leads_only_to_our_own_pages_with_an_empty_body() {
    let console = Console::start(sqlite().await).await;
    let ada = console.browser_of_ada().await;
    for path in functions() {
        for referer in [
            "https://evil.example/",
            "https://evil.example/?x",
            "javascript:alert(1)",
            &format!("{}.evil.example/", console.url()),
        ] {
            let answer = ada
                .clone()
                .with("referer", referer)
                .post(path, &[])
                .await
                .is(303);
            let page = answer.header("location");
            assert!(
                page.starts_with('/') && !page.starts_with("//"),
                "{path}: {page}"
            );
            assert!(
                !page.contains("__err") && answer.text.is_empty(),
                "{path}: {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn somebody_without_any_privilege_is_told_so_by_every_function_of_administrators() {
    let console = Console::start(sqlite().await).await;
    let ada = console.ada().await;
    let grace = directory::admin::users::add(
        &console.db,
        &ada,
        directory::model::id::NodeId::ROOT,
        "Grace",
        "grace@acme.example",
    )
    .await
    .unwrap();
    let mut tx = console.db.write().await.unwrap();
    let now = tx.now();
    directory::store::users::sign_in(&mut tx, &grace.id, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut browser = console.browser_of(&grace).await;
    let mut tx = console.db.write().await.unwrap();
    directory::store::onboarding::end(&mut tx, &grace.id)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    browser.get("/").await.leads_to("/welcome");
    browser.get("/users").await.leads_to("/welcome");
    browser.get("/welcome").await.is(200);
    for path in [
        "/api/overview",
        "/api/connections/list",
        "/api/settings/get",
    ] {
        browser
            .clone()
            .with("accept", "application/json")
            .post(path, &[])
            .await
            .is(403);
    }
}
