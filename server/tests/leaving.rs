//! Sessions end: at the identity provider too where it has a way out, and by whoever manages a person.

use std::collections::HashMap;

use directory::model::sign_in_method::Method;
use url::Url;

use crate::sign_in_methods::{come_back, console, leave, on, wanted};
use crate::support::identity::{CLIENT, Discovery, Identities, Signature, WayOut};
use crate::support::{Browser, Console, databases, sqlite};

/// Mary is signed in by the provider.
async fn mary(console: &Console, identities: &Identities, method: &Method) -> Browser {
    let mut browser = console.browser();
    let away = leave(&mut browser, method, "").await;
    let claims = identities.claims("mary", "mary@acme.example", &away.nonce);
    identities.says(&claims, Signature::Good, &away.challenge);
    come_back(&mut browser, method, &away.state)
        .await
        .leads_to("/");
    browser
}

async fn open(console: &Console) -> i64 {
    let mut tx = console.db.read().await.unwrap();
    let sql = "SELECT count(*) FROM sessions WHERE user_id IS NOT NULL";
    tx.number(sql, []).await.unwrap()
}

#[tokio::test]
async fn whoever_came_in_by_a_provider_signs_out_there_too() {
    for database in databases().await {
        let identities = Identities::start().await;
        identities.leads_out(WayOut::Own);
        let console = console(&identities, database, None).await;
        let method = on(&console, &wanted(&identities)).await;
        let mut browser = mary(&console, &identities, &method).await;
        let cookie = browser.session.clone();
        let page = format!("/signed-out?way={}", method.id);
        browser.post("/sign-out", &[]).await.leads_to(&page);
        assert_eq!(open(&console).await, 0, "ours ends first");
        assert_ne!(browser.session, cookie, "SES-5: a new id");
        let shown = browser.get(&page).await.is(200).text;
        assert!(
            shown.contains("Sign out at Okta") && shown.contains("http-equiv=\"refresh\""),
            "{shown}"
        );
        let led = browser.get("/sign-out/on").await.is(303);
        let led = Url::parse(led.header("location")).unwrap();
        assert_eq!(
            led.as_str().split('?').next().unwrap(),
            format!("{}/end", identities.issuer())
        );
        let carried: HashMap<_, _> = led.query_pairs().into_owned().collect();
        assert_eq!(carried["client_id"], CLIENT);
        let hint: Vec<&str> = carried["id_token_hint"].split('.').collect();
        assert_eq!(hint.len(), 3, "the token she came in with");
        assert_eq!(
            carried["post_logout_redirect_uri"],
            format!("{}/sign-out/done", console.url())
        );
        let back = format!("/sign-out/done?state={}", carried["state"]);
        browser.get(&back).await.leads_to("/sign-in");
        let shown = browser.get("/sign-in").await.text;
        assert!(
            shown.contains("You are signed out, here and at Okta."),
            "{shown}"
        );
        // Used up; and the cookie from before is nobody's.
        browser.get("/sign-out/on").await.leads_to("/sign-in");
        let mut old = console.browser();
        old.session = cookie;
        old.get("/welcome")
            .await
            .leads_to("/sign-in?return_to=%2Fwelcome");
        console.verify().await;
    }
}

#[tokio::test]
async fn a_provider_without_a_good_way_out_or_out_of_reach_keeps_nobody_in() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let mut method = on(&console, &wanted(&identities)).await;
    for (way_out, tells) in [
        (WayOut::None, Discovery::True),
        (WayOut::Script, Discovery::True),
        (WayOut::Within, Discovery::True),
        (WayOut::Empty, Discovery::True),
        (WayOut::Number, Discovery::True),
        (WayOut::Own, Discovery::Broken),
    ] {
        identities.leads_out(way_out);
        identities.tells(Discovery::True);
        method = again(&console, &identities, &method).await;
        let mut browser = mary(&console, &identities, &method).await;
        identities.tells(tells);
        // As after an hour: what it said of itself is asked anew.
        method = again(&console, &identities, &method).await;
        browser.post("/sign-out", &[]).await.leads_to("/sign-in");
        assert_eq!((open(&console).await, browser.session), (0, None));
    }
}

/// The method with nothing remembered of what its provider said of itself.
async fn again(console: &Console, identities: &Identities, method: &Method) -> Method {
    let (db, ada) = (&console.db, console.ada().await);
    let scopes = format!("openid email once{}", method.revision);
    let wanted = directory::model::sign_in_method::WantedMethod {
        scopes,
        ..wanted(identities)
    };
    let (secrets, node) = (console.state.secrets(), method.node_id);
    directory::admin::sign_in_methods::change(db, &ada, secrets, node, &wanted)
        .await
        .unwrap()
}

#[tokio::test]
async fn nobody_is_led_to_a_provider_who_has_not_just_signed_out() {
    let identities = Identities::start().await;
    identities.leads_out(WayOut::Own);
    let console = console(&identities, sqlite().await, None).await;
    let method = on(&console, &wanted(&identities)).await;
    for mut browser in [
        console.browser(),
        mary(&console, &identities, &method).await,
    ] {
        browser.get("/sign-out/on").await.leads_to("/sign-in");
        browser
            .get("/sign-out/done?state=")
            .await
            .leads_to("/sign-in");
        let shown = browser.get("/sign-in").await.text;
        assert!(!shown.contains("You are signed out"), "{shown}");
    }
    // A wrong state is told nothing; a passphrase leads to no provider.
    let mut browser = mary(&console, &identities, &method).await;
    browser.post("/sign-out", &[]).await.is(303);
    let done = browser.get("/sign-out/done?state=invented").await;
    done.leads_to("/sign-in");
    assert!(
        !browser
            .get("/sign-in")
            .await
            .text
            .contains("You are signed out")
    );
    let mut ada = console.browser_of_ada().await;
    ada.post("/sign-out", &[]).await.leads_to("/sign-in");
}

#[tokio::test]
async fn an_administrator_sees_where_somebody_is_signed_in_and_ends_it() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console(&identities, database, None).await;
        let method = on(&console, &wanted(&identities)).await;
        let mut desk = mary(&console, &identities, &method).await;
        let mut phone = mary(&console, &identities, &method).await;
        let mut tx = console.db.read().await.unwrap();
        let sql = "SELECT user_id, id_hash FROM sessions WHERE user_id IS NOT NULL";
        let rows: Vec<(String, String)> = tx.all(sql, []).await.unwrap();
        drop(tx);
        let desk_is = directory::secret::sha256(desk.session.as_deref().unwrap());
        let id = rows[0].0.as_str();
        assert!(rows.iter().any(|(_, hash)| *hash == desk_is));
        let mut ada = console.browser_of_ada().await;
        let page = format!("/users/{id}");
        let shown = ada.get(&page).await.is(200).text;
        assert!(
            shown.contains("from 127.0.0.1") && shown.contains("by Okta"),
            "{shown}"
        );
        let one = [("id", id), ("session", desk_is.as_str())];
        ada.post("/api/users/end_session", &one)
            .await
            .leads_to(&page);
        let shown = ada.get(&page).await.text;
        assert!(shown.contains("The session was ended."), "{shown}");
        assert!(shown.contains("Ada Lovelace ended a session of"), "{shown}");
        desk.get("/account")
            .await
            .leads_to("/sign-in?return_to=%2Faccount");
        phone.get("/account").await.is(200);
        ada.post("/api/users/end_sessions", &[("id", id)])
            .await
            .leads_to(&page);
        let shown = ada.get(&page).await.text;
        assert!(
            shown.contains("is signed in nowhere")
                && shown.contains("Ada Lovelace ended every session of"),
            "{shown}"
        );
        phone
            .get("/account")
            .await
            .leads_to("/sign-in?return_to=%2Faccount");
        console.verify().await;
    }
}
