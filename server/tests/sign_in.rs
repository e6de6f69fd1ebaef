//! Signing in at an identity provider: who is let in, who is not, and what a forged answer is worth (B-89 to B-99).

use std::collections::HashMap;

use directory::admin::users;
use directory::model::id::{NodeId, UserId};
use directory::model::user::UserState;
use serde_json::{Value, json};
use server::config::{Config, Destination, PublicUrl};
use server::oidc::{Provider, Settings};
use server::outbound::Outbound;
use url::Url;

use crate::support::identity::{CLIENT, Discovery, Identities, SECRET, Signature};
use crate::support::{Answer, Browser, Console, Database, databases, sqlite};

const NO_LONGER_VALID: &str = "This sign-in attempt is no longer valid. Start again.";
const NOT_VERIFIED: &str = "The identity provider's answer could not be verified.";
const LOCKED: &str = "Your account is locked. Contact your administrator.";
const NOT_CONNECTED: &str = "Ask your administrator to connect your account.";

async fn console_with(identities: &Identities, database: Database) -> Console {
    let config = Config {
        scim_rate_limit: 0,
        auth_rate_limit: 0,
        ..Config::default()
    };
    Console::with(database, config, |public_url| {
        ["test", "other"]
            .map(|id| provider(identities, id, public_url))
            .to_vec()
    })
    .await
}

fn provider(identities: &Identities, id: &str, public_url: &PublicUrl) -> Provider {
    let settings = Settings {
        id: id.to_owned(),
        name: "Test".to_owned(),
        issuer: identities.issuer().to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Some(SECRET.to_owned()),
        domains: vec!["acme.example".to_owned()],
    };
    let allowed = Destination::of(&Url::parse(identities.issuer()).unwrap())
        .into_iter()
        .collect();
    Provider::new(settings, public_url, Outbound::new(allowed).unwrap()).unwrap()
}

/// Somebody who has left for the provider: what they carry.
struct Away {
    state: String,
    nonce: String,
    challenge: String,
}

async fn leave(browser: &mut Browser, return_to: &str) -> Away {
    let left = browser
        .get(&format!("/sign-in/test?return_to={return_to}"))
        .await
        .is(303);
    let url = Url::parse(left.header("location")).unwrap();
    let carried: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(
        (
            carried["response_type"].as_str(),
            carried["code_challenge_method"].as_str()
        ),
        ("code", "S256")
    );
    assert!(carried["redirect_uri"].ends_with("/sign-in/test/callback"));
    Away {
        state: carried["state"].clone(),
        nonce: carried["nonce"].clone(),
        challenge: carried["code_challenge"].clone(),
    }
}

async fn come_back(browser: &mut Browser, state: &str) -> Answer {
    browser
        .get(&format!("/sign-in/test/callback?code=good&state={state}"))
        .await
}

/// Leaves, and comes back with these claims changed.
async fn sign_in(
    console: &Console,
    identities: &Identities,
    subject: &str,
    email: &str,
    change: impl FnOnce(&mut Value),
) -> (Browser, Answer) {
    let mut browser = console.browser().without("sec-fetch-site");
    let away = leave(&mut browser, "/").await;
    let mut claims = identities.claims(subject, email, &away.nonce);
    change(&mut claims);
    identities.says(&claims, Signature::Good, &away.challenge);
    let answer = come_back(&mut browser, &away.state).await;
    (browser, answer)
}

async fn invited(console: &Console, name: &str) -> UserId {
    let email = format!("{}@acme.example", name.to_lowercase());
    users::add(
        &console.db,
        &console.ada().await,
        NodeId::ROOT,
        name,
        &email,
    )
    .await
    .unwrap()
    .id
}

async fn state_of(console: &Console, id: &UserId) -> UserState {
    let mut tx = console.db.read().await.unwrap();
    directory::store::users::find(&mut tx, id)
        .await
        .unwrap()
        .unwrap()
        .state
}

async fn sessions_of(console: &Console, id: &UserId) -> i64 {
    let mut tx = console.db.read().await.unwrap();
    tx.number(
        "SELECT count(*) FROM sessions WHERE user_id = $1",
        [id.into()],
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn an_invited_person_who_comes_back_is_active_and_in_under_a_new_cookie() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console_with(&identities, database).await;
        let grace = invited(&console, "Grace").await;
        let mut browser = console.browser();
        let away = leave(&mut browser, "/users%3Fq%3Da").await;
        let before = browser.session.clone();
        assert!(before.is_some(), "what was carried is remembered");
        identities.says(
            &identities.claims("1", "Grace@ACME.example", &away.nonce),
            Signature::Good,
            &away.challenge,
        );
        come_back(&mut browser, &away.state)
            .await
            .leads_to("/users?q=a");
        assert!(
            browser.session.is_some() && browser.session != before,
            "a new cookie"
        );
        assert_eq!(state_of(&console, &grace).await, UserState::Active);
        assert_eq!(sessions_of(&console, &grace).await, 1);
        // The cookie from before is nobody's.
        let mut old = console.browser();
        old.session = before;
        old.get("/welcome")
            .await
            .leads_to("/sign-in?return_to=%2Fwelcome");
        // Not again with the same answer.
        let again = come_back(&mut browser, &away.state).await.is(400);
        assert!(again.text.contains(NO_LONGER_VALID));
        console.verify().await;
    }
}

#[tokio::test]
async fn a_state_that_is_missing_wrong_late_used_or_of_another_provider_ends_the_attempt() {
    let identities = Identities::start().await;
    let console = console_with(&identities, sqlite().await).await;
    let grace = invited(&console, "Grace").await;
    let refused = async |browser: &mut Browser, path: &str| {
        let answer = browser.get(path).await.is(400);
        assert!(
            answer.text.contains(NO_LONGER_VALID),
            "{path}: {}",
            answer.text
        );
    };
    let mut stranger = console.browser();
    refused(&mut stranger, "/sign-in/test/callback").await;
    refused(
        &mut stranger,
        "/sign-in/test/callback?code=good&state=invented",
    )
    .await;
    for path in [
        "test/callback?code=good&state=other",
        "test/callback?code=good",
        "test/callback?state={}",
        "test/callback?error=access_denied&state={}",
        "other/callback?code=good&state={}",
        "test/callback?code=good&state={}&iss=https%3A%2F%2Fevil.example",
    ] {
        let mut browser = console.browser();
        let away = leave(&mut browser, "/").await;
        identities.says(
            &identities.claims("1", "grace@acme.example", &away.nonce),
            Signature::Good,
            &away.challenge,
        );
        refused(
            &mut browser,
            &format!("/sign-in/{}", path.replace("{}", &away.state)),
        )
        .await;
        // The attempt is used up, also for the right answer.
        refused(
            &mut browser,
            &format!("/sign-in/test/callback?code=good&state={}", away.state),
        )
        .await;
    }
    assert_eq!(sessions_of(&console, &grace).await, 0);
    assert_eq!(state_of(&console, &grace).await, UserState::Invited);
}

#[tokio::test]
async fn an_answer_that_is_not_signed_as_it_must_be_is_worth_nothing() {
    let identities = Identities::start().await;
    let console = console_with(&identities, sqlite().await).await;
    let grace = invited(&console, "Grace").await;
    for signature in [Signature::None, Signature::Shared, Signature::OtherKey] {
        let mut browser = console.browser();
        let away = leave(&mut browser, "/").await;
        identities.says(
            &identities.claims("1", "grace@acme.example", &away.nonce),
            signature,
            &away.challenge,
        );
        let answer = come_back(&mut browser, &away.state).await.is(400);
        assert!(
            answer.text.contains(NOT_VERIFIED),
            "{signature:?}: {}",
            answer.text
        );
        assert_eq!(sessions_of(&console, &grace).await, 0, "{signature:?}");
    }
}

#[tokio::test]
async fn a_claim_that_is_not_as_it_must_be_is_worth_nothing() {
    let identities = Identities::start().await;
    let console = console_with(&identities, sqlite().await).await;
    let grace = invited(&console, "Grace").await;
    let now = identities.claims("", "", "")["iat"].as_u64().unwrap();
    let long = "s".repeat(5_000);
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{}/", identities.issuer()))),
        ("aud", json!("another")),
        ("aud", json!([CLIENT, "another"])),
        ("azp", json!("another")),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("exp", json!(now - 1)),
        ("iat", json!(now + 3_600)),
        ("iat", json!(now - 86_400)),
        ("nbf", json!(now + 3_600)),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!(long)),
    ] {
        let (_, answer) = sign_in(&console, &identities, "1", "grace@acme.example", |claims| {
            claims[claim] = value.clone();
        })
        .await;
        assert!(
            answer.status == 400 && answer.text.contains(NOT_VERIFIED),
            "{claim} = {value}: {answer:?}"
        );
        assert_eq!(sessions_of(&console, &grace).await, 0, "{claim} = {value}");
    }
}

#[tokio::test]
async fn an_address_connects_only_when_it_is_verified_and_of_the_provider_s_domain() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console_with(&identities, database).await;
        let grace = invited(&console, "Grace").await;
        let set = |key: &'static str, value: Value| move |claims: &mut Value| claims[key] = value;
        for (subject, email, change) in [
            (
                "1",
                "grace@acme.example",
                Box::new(set("email_verified", json!(false))) as Box<dyn FnOnce(&mut Value)>,
            ),
            (
                "2",
                "grace@acme.example",
                Box::new(set("email_verified", Value::Null)),
            ),
            (
                "3",
                "grace@acme.example",
                Box::new(set("email", Value::Null)),
            ),
            ("4", "grace@evil.example", Box::new(|_: &mut Value| {})),
            ("5", "nobody@acme.example", Box::new(|_: &mut Value| {})),
            // Who administers is never connected by an address.
            ("6", "ada@acme.example", Box::new(|_: &mut Value| {})),
        ] {
            let (_, answer) = sign_in(&console, &identities, subject, email, change).await;
            assert!(
                answer.status == 403 && answer.text.contains(NOT_CONNECTED),
                "{subject} on {}: {answer:?}",
                console.db.kind()
            );
        }
        assert_eq!(
            (
                sessions_of(&console, &grace).await,
                state_of(&console, &grace).await
            ),
            (0, UserState::Invited)
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn whoever_is_locked_stays_out_and_nobody_is_created() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console_with(&identities, database).await;
        let grace = invited(&console, "Grace").await;
        let (_, first) = sign_in(&console, &identities, "1", "grace@acme.example", |_| {}).await;
        first.leads_to("/");
        users::lock(&console.db, &console.ada().await, &grace)
            .await
            .unwrap();
        let (mut browser, answer) =
            sign_in(&console, &identities, "1", "grace@acme.example", |_| {}).await;
        assert!(
            answer.status == 403 && answer.text.contains(LOCKED),
            "{answer:?}"
        );
        browser
            .get("/welcome")
            .await
            .leads_to("/sign-in?return_to=%2Fwelcome");
        let mut tx = console.db.read().await.unwrap();
        assert_eq!(
            tx.number("SELECT count(*) FROM users", []).await.unwrap(),
            2
        );
        drop(tx);
        console.verify().await;
    }
}

#[tokio::test]
async fn many_first_sign_ins_at_once_are_one_person() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console_with(&identities, database).await;
        let grace = invited(&console, "Grace").await;
        let mut away = Vec::new();
        for _ in 0..8 {
            let mut browser = console.browser();
            let left = leave(&mut browser, "/").await;
            away.push((browser, left));
        }
        let come_back = away.iter_mut().map(|(browser, left)| {
            let claims = identities.claims("1", "grace@acme.example", &left.nonce);
            identities.says(&claims, Signature::Good, &left.challenge);
            come_back(browser, &left.state)
        });
        for answer in futures::future::join_all(come_back).await {
            answer.leads_to("/");
        }
        assert_eq!(sessions_of(&console, &grace).await, 8);
        console.verify().await;
    }
}

#[tokio::test]
async fn a_return_address_of_another_site_leads_to_the_first_page() {
    let identities = Identities::start().await;
    let console = console_with(&identities, sqlite().await).await;
    invited(&console, "Grace").await;
    for foreign in [
        "//evil.example",
        "/%5Cevil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "%2F%2Fevil.example",
        &"a".repeat(10_000),
    ] {
        let mut browser = console.browser();
        let away = leave(&mut browser, foreign).await;
        identities.says(
            &identities.claims("1", "grace@acme.example", &away.nonce),
            Signature::Good,
            &away.challenge,
        );
        come_back(&mut browser, &away.state).await.leads_to("/");
    }
}

#[tokio::test]
async fn a_provider_that_misbehaves_about_itself_is_said_to_be_out_of_reach_within_six_seconds() {
    for tells in [
        Discovery::OtherIssuer,
        Discovery::Html,
        Discovery::Endless,
        Discovery::Elsewhere,
        Discovery::Silent,
    ] {
        let identities = Identities::start().await;
        identities.tells(tells);
        let console = console_with(&identities, sqlite().await).await;
        let begun = std::time::Instant::now();
        let answer = console.browser().get("/sign-in/test").await.is(502);
        assert!(
            answer
                .text
                .contains("Test cannot be reached at the moment."),
            "{}",
            answer.text
        );
        assert!(begun.elapsed().as_secs() < 6);
        // It recovers by itself.
        identities.tells(Discovery::True);
        leave(&mut console.browser(), "/").await;
    }
}

#[tokio::test]
async fn many_who_wait_for_a_provider_that_says_nothing_wait_no_longer_than_one() {
    let identities = Identities::start().await;
    identities.tells(Discovery::Silent);
    let console = console_with(&identities, sqlite().await).await;
    let begun = std::time::Instant::now();
    let waiting = (0..50).map(|_| {
        let mut browser = console.browser();
        async move { browser.get("/sign-in/test").await.status }
    });
    let told = futures::future::join_all(waiting).await;
    assert_eq!(told, [502; 50]);
    let waited = begun.elapsed().as_secs();
    assert!(waited < 12, "{waited} s");
}

#[tokio::test]
async fn whoever_comes_back_from_their_provider_once_more_has_proved_it_anew() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console_with(&identities, database).await;
        invited(&console, "Grace").await;
        let (browser, first) =
            sign_in(&console, &identities, "1", "grace@acme.example", |_| {}).await;
        first.leads_to("/");
        let mut tx = console.db.write().await.unwrap();
        tx.run("UPDATE sessions SET proved_at = 1", [])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut browser = browser.with("sec-fetch-site", "same-origin");
        let page = "/confirm?then=%2Faccount";
        let asked = browser.get(page).await.is(200).text;
        assert!(
            asked.contains("Confirm with Test") && !asked.contains("Your passphrase"),
            "{asked}"
        );
        let now = directory::store::db::now().0 / 1_000;
        for (subject, asked_at, is_good) in [
            ("1", json!(now - 3_600), false),
            ("2", json!(now + 5), false),
            ("1", json!(now + 5), true),
            ("1", Value::Null, true),
        ] {
            let left = browser
                .get("/sign-in/test?for=confirm&return_to=%2Faccount")
                .await
                .is(303);
            let url = Url::parse(left.header("location")).unwrap();
            let carried: HashMap<_, _> = url.query_pairs().into_owned().collect();
            assert_eq!(
                (carried["prompt"].as_str(), carried["max_age"].as_str()),
                ("login", "0")
            );
            let mut claims = identities.claims(subject, "grace@acme.example", &carried["nonce"]);
            claims["auth_time"] = asked_at;
            identities.says(&claims, Signature::Good, &carried["code_challenge"]);
            let before = browser.session.clone();
            let answer = come_back(&mut browser, &carried["state"]).await;
            if is_good {
                answer.leads_to("/account");
                assert_ne!(browser.session, before, "SES-5: a new id");
                let shown = browser.get(page).await.is(200).text;
                assert!(shown.contains("You have proved it a moment ago"), "{shown}");
            } else {
                answer.leads_to(page);
                let shown = browser.get(page).await.is(200).text;
                assert!(shown.contains("Confirm with Test"), "{shown}");
            }
        }
        // Nobody is led there for it by another site.
        let mut elsewhere = browser.with("sec-fetch-site", "cross-site");
        elsewhere.get("/sign-in/test?for=confirm").await.is(403);
        console.verify().await;
    }
}

#[tokio::test]
async fn an_open_session_at_the_provider_is_no_fresh_proof() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console_with(&identities, database).await;
        invited(&console, "Grace").await;
        let now = directory::store::db::now().0;
        let proved = async || {
            let mut tx = console.db.read().await.unwrap();
            let sql = "SELECT count(*) FROM sessions WHERE proved_at > $1 AND proved_at <= $2";
            let span = [(now - 600_000).into(), (now + 600_000).into()];
            tx.number(sql, span).await.unwrap()
        };
        // The provider says when it asked; one that says nothing may have asked long ago.
        for (asked_at, all) in [
            (Value::Null, 0),
            (json!(now / 1_000 - 10_800), 0),
            (json!(now / 1_000), 1),
            (json!(now / 1_000 + 86_400), 2),
        ] {
            let (_, answer) = sign_in(&console, &identities, "1", "grace@acme.example", |claims| {
                claims["auth_time"] = asked_at.clone();
            })
            .await;
            answer.leads_to("/");
            assert_eq!(proved().await, all, "{asked_at}");
        }
        console.verify().await;
    }
}
