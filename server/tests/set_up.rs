//! The first administrator: made once, by whoever holds the link; and signing in with a passphrase afterwards.

use directory::set_up;
use server::config::Config;

use crate::support::{ADA, Browser, Console, PASSPHRASE, databases, sqlite};

const FORM: [(&str, &str); 4] = [
    ("organisation", "Acme"),
    ("name", "Ada Lovelace"),
    ("email", ADA),
    ("passphrase", PASSPHRASE),
];

async fn create(mut browser: Browser, code: &str) -> (Browser, String) {
    let form: Vec<_> = FORM.into_iter().chain([("code", code)]).collect();
    let answer = browser.post("/api/set_up/create", &form).await.is(303);
    (browser, answer.header("location").to_owned())
}

#[tokio::test]
async fn of_two_who_set_up_at_once_one_is_the_administrator() {
    for database in databases().await {
        let unlimited = Config {
            auth_rate_limit: 0,
            ..Config::default()
        };
        let console = Console::empty(database, unlimited, |_| Vec::new()).await;
        let code = set_up::new_code(&console.db).await.unwrap().unwrap();
        let page = console
            .browser()
            .get(&format!("/set-up?code={code}"))
            .await
            .is(200);
        assert_eq!(page.header("cache-control"), "no-store");
        console
            .browser()
            .get("/set-up?code=AAAAAAAAAAAAAAAAAAAAAAAAAA")
            .await
            .is(404);
        console.browser().get("/set-up").await.is(404);
        let (one, other) = tokio::join!(
            create(console.browser(), &code),
            create(console.browser(), &code)
        );
        let mut pages = [one.1.clone(), other.1.clone()];
        pages.sort();
        assert!(
            pages[0] == "/" && pages[1].starts_with("/set-up"),
            "{pages:?}"
        );
        let (mut winner, mut loser) = if one.1 == "/" {
            (one.0, other.0)
        } else {
            (other.0, one.0)
        };
        winner.get("/").await.is(200);
        loser.get("/").await.leads_to("/sign-in");
        console
            .browser()
            .get(&format!("/set-up?code={code}"))
            .await
            .is(404);
        let mut tx = console.db.read().await.unwrap();
        assert_eq!(
            tx.number("SELECT count(*) FROM users", []).await.unwrap(),
            1
        );
        drop(tx);
        console.verify().await;
    }
}

#[tokio::test]
async fn a_passphrase_lets_in_under_a_new_cookie_and_a_wrong_one_says_nothing_of_why() {
    for database in databases().await {
        let console = Console::start(database).await;
        let mut browser = console.browser();
        let form = |login, passphrase| {
            [
                ("address", login),
                ("passphrase", passphrase),
                ("return_to", "/users"),
            ]
        };
        let mut told = Vec::new();
        for (login, passphrase) in [
            (ADA, "wrong wrong wrong"),
            ("nobody@acme.example", PASSPHRASE),
            ("", ""),
            (ADA, ""),
        ] {
            let answer = browser.post("/api/sign_in", &form(login, passphrase)).await;
            let back = answer.is(303).header("location").to_owned();
            assert!(
                back.starts_with("/sign-in?with=passphrase&return"),
                "{back}"
            );
            let page = browser.get(&back).await.is(200);
            told.push(
                page.text
                    .contains("The address or the passphrase is not right."),
            );
            assert!(
                !page.text.contains("wrong wrong wrong"),
                "a passphrase is never shown again"
            );
        }
        assert_eq!(told, [true; 4]);
        assert!(
            !browser.get("/sign-in").await.text.contains("is not right"),
            "it is said once"
        );
        let before = browser.session.clone();
        browser
            .post("/api/sign_in", &form(ADA, PASSPHRASE))
            .await
            .leads_to("/users");
        assert!(browser.session.is_some() && browser.session != before);
        browser.get("/users").await.is(200);
        console.verify().await;
    }
}

#[tokio::test]
async fn too_many_attempts_are_stopped_before_a_passphrase_is_tried() {
    let console = Console::with(sqlite().await, Config::default(), |_| Vec::new()).await;
    let before = console.state.console.hashing.runs();
    let mut browser = console.browser();
    for _ in 0..10 {
        browser
            .post(
                "/api/sign_in",
                &[
                    ("address", ADA),
                    ("passphrase", "wrong wrong wrong"),
                    ("return_to", "/"),
                ],
            )
            .await
            .is(303);
    }
    assert_eq!(console.state.console.hashing.runs() - before, 3);
    assert!(
        browser
            .get("/sign-in")
            .await
            .text
            .contains("Too many attempts.")
    );
}
