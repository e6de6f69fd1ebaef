//! Who is let in by the single sign-on of a node, and by whose word.

use directory::admin::{sign_in_methods as methods, users};
use directory::model::settings::Switch;
use directory::model::sign_in_method::{Algorithm, WantedMethod};
use directory::model::user::UserState;
use serde_json::{Value, json};

use crate::sign_in_methods::{come_back, console, leave, on, people, sign_in, wanted};
use crate::support::identity::{Identities, Signature};
use crate::support::{databases, sqlite};

const NO_LONGER_VALID: &str = "This sign-in attempt is no longer valid. Start again.";
const NOT_VERIFIED: &str = "The identity provider's answer could not be verified.";

#[tokio::test]
async fn a_signature_that_the_method_does_not_allow_is_refused() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let strict = WantedMethod {
        algorithms: vec![Algorithm::Rs256, Algorithm::Es256],
        ..wanted(&identities)
    };
    let method = on(&console, &strict).await;
    let who = ("mary", "mary@acme.example");
    let answer = sign_in(&console, &identities, &method, who, Signature::Good, |_| {}).await;
    assert!(
        answer.status == 400 && answer.text.contains(NOT_VERIFIED),
        "{answer:?}"
    );
}

#[tokio::test]
async fn an_answer_is_good_once_for_the_method_and_the_browser_it_was_begun_with() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let method = on(&console, &wanted(&identities)).await;
    let mut browser = console.browser();
    let away = leave(&mut browser, &method, "").await;
    let claims = identities.claims("mary", "mary@acme.example", &away.nonce);
    identities.says(&claims, Signature::Good, &away.challenge);
    // Another browser has not left.
    let stranger = come_back(&mut console.browser(), &method, &away.state).await;
    assert!(stranger.is(400).text.contains(NO_LONGER_VALID));
    come_back(&mut browser, &method, &away.state)
        .await
        .leads_to("/");
    let again = come_back(&mut browser, &method, &away.state).await;
    assert!(again.is(400).text.contains(NO_LONGER_VALID));
    // Switched off while somebody is away.
    let mut late = console.browser();
    let away = leave(&mut late, &method, "").await;
    let claims = identities.claims("mary", "mary@acme.example", &away.nonce);
    identities.says(&claims, Signature::Good, &away.challenge);
    methods::switch(
        &console.db,
        &console.ada().await,
        method.node_id,
        Switch::Off,
    )
    .await
    .unwrap();
    let answer = come_back(&mut late, &method, &away.state).await.is(403);
    assert!(answer.text.contains("This way in is switched off."));
    let answer = console
        .browser()
        .get(&format!("/sign-in/{}", method.id))
        .await
        .is(403);
    assert!(answer.text.contains("This way in is not switched on."));
}

#[tokio::test]
async fn userinfo_tells_the_address_where_the_token_does_not() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console(&identities, database, None).await;
        let said = |email: &str, sub: &str| json!({ "sub": sub, "email": email, "email_verified": true, "name": "Mary Somerville" });
        identities.tells_more(Some(said("mary@acme.example", "another")));
        let method = on(&console, &wanted(&identities)).await;
        let silent = |claims: &mut Value| {
            claims["email"] = Value::Null;
            claims["email_verified"] = Value::Null;
        };
        let unsure = |claims: &mut Value| claims["email_verified"] = Value::Null;
        let who = ("mary", "mary@acme.example");
        let answer = sign_in(&console, &identities, &method, who, Signature::Good, silent).await;
        assert_eq!(answer.status, 403, "it is about somebody else");
        identities.tells_more(Some(said("other@acme.example", "mary")));
        let answer = sign_in(&console, &identities, &method, who, Signature::Good, unsure).await;
        assert_eq!(answer.status, 403, "another address is verified");
        identities.tells_more(Some(said("mary@acme.example", "mary")));
        sign_in(&console, &identities, &method, who, Signature::Good, silent)
            .await
            .leads_to("/");
        let who = ("sophie", "sophie@acme.example");
        identities.tells_more(Some(said("sophie@acme.example", "sophie")));
        sign_in(&console, &identities, &method, who, Signature::Good, unsure)
            .await
            .leads_to("/");
        console.verify().await;
    }
}

#[tokio::test]
async fn a_sign_in_that_the_provider_begins_leads_to_it_and_back_to_our_own_pages_alone() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let method = on(&console, &wanted(&identities)).await;
    let iss = identities.issuer().replace(':', "%3A").replace('/', "%2F");
    let ours = console.url().replace(':', "%3A").replace('/', "%2F");
    for (target, page) in [
        (format!("{ours}%2Faccount"), "/account"),
        ("https%3A%2F%2Fevil.example%2F".to_owned(), "/"),
        (format!("{ours}.evil.example%2F"), "/"),
    ] {
        let mut browser = console.browser();
        let query = format!("?iss={iss}&login_hint=mary%40acme.example&target_link_uri={target}");
        let away = leave(&mut browser, &method, &query).await;
        assert_eq!(away.carried["login_hint"], "mary@acme.example");
        let claims = identities.claims("mary", "mary@acme.example", &away.nonce);
        identities.says(&claims, Signature::Good, &away.challenge);
        come_back(&mut browser, &method, &away.state)
            .await
            .leads_to(page);
    }
    let path = format!("/sign-in/{}?iss=https%3A%2F%2Fevil.example", method.id);
    let answer = console.browser().get(&path).await.is(400);
    assert!(answer.text.contains("of another identity provider"));
}

#[tokio::test]
async fn an_invited_person_comes_in_by_the_method_of_their_node_and_is_active_in_the_same_row() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console(&identities, database, None).await;
        let method = on(&console, &wanted(&identities)).await;
        let ada = console.ada().await;
        let grace = users::add(
            &console.db,
            &ada,
            method.node_id,
            "Grace",
            "grace@acme.example",
        )
        .await
        .unwrap();
        let many = people(&console).await;
        let who = ("grace", "grace@acme.example");
        sign_in(&console, &identities, &method, who, Signature::Good, |_| {})
            .await
            .leads_to("/");
        let found = users::get(&console.db, &ada, &grace.id).await.unwrap();
        assert_eq!(found.user.state, UserState::Active);
        assert_eq!(people(&console).await, many);
        console.verify().await;
    }
}
