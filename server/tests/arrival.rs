//! What stands between a sign-in and everything else: a consent that a role asks for, and the steps of a first time.

use std::net::{IpAddr, Ipv4Addr};

use directory::admin::roles::{self, Wanted, holders, policies};
use directory::admin::users;
use directory::model::consent::Consent;
use directory::model::id::{NodeId, RoleId, UserId};
use directory::model::policy::{Policy, RolePolicy};
use directory::model::role::ADMINISTRATOR;
use directory::model::settings::Switch;
use directory::model::user::User;

use crate::support::scim_client::ScimClient;
use crate::support::{ADA, Browser, Console, PASSPHRASE, databases};

const GOOD: &str = "seven small grey geese";
/// The time of everybody passes.
const LATE: &str = "UPDATE users SET consent_expires_at = 1 WHERE consent_expires_at IS NOT NULL";

/// Grace, who has come in by her invitation, with the browser she did it in.
async fn grace(console: &Console) -> (UserId, Browser) {
    let ada = console.ada().await;
    let root = NodeId::ROOT;
    let added = users::add(&console.db, &ada, root, "Grace", "grace@acme.example").await;
    let id = added.unwrap().id;
    users::send_invitation(&console.db, &ada, &id)
        .await
        .unwrap();
    let found = users::get(&console.db, &ada, &id).await.unwrap();
    let secrets = console.state.secrets();
    let token = secrets.invitation_token(&found.invitation.unwrap().id);
    let mut browser = console.browser();
    let form = [("token", token.as_str()), ("passphrase", GOOD)];
    let accepted = browser.post("/api/invitation/accept", &form).await;
    accepted.leads_to("/welcome");
    (id, browser)
}

/// A role of the top that asks this.
async fn role(console: &Console, policy: Policy, value: &str) -> RoleId {
    let ada = console.ada().await;
    let wanted = Wanted {
        name: policy.as_str().to_owned(),
        visible_below: Switch::On,
        for_new_users: Switch::Off,
    };
    let made = roles::add(&console.db, &ada, NodeId::ROOT, wanted).await;
    let id = made.unwrap().id;
    ask(console, &id, policy, value).await;
    id
}

async fn ask(console: &Console, role: &RoleId, policy: Policy, value: &str) {
    let wanted = [RolePolicy {
        policy,
        value: value.to_owned(),
    }];
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    policies::save(&console.db, &console.ada().await, role, &wanted, here)
        .await
        .unwrap();
}

async fn give(console: &Console, role: &RoleId, user: &UserId) {
    let ada = console.ada().await;
    holders::give(&console.db, &ada, role, user).await.unwrap();
}

async fn person(console: &Console, id: &UserId) -> User {
    let mut tx = console.db.read().await.unwrap();
    let found = directory::store::users::find(&mut tx, id).await.unwrap();
    found.unwrap()
}

async fn run(console: &Console, sql: &'static str) {
    let mut tx = console.db.write().await.unwrap();
    tx.run(sql, []).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn every_page_leads_to_the_consent_until_it_is_given() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (id, mut browser) = grace(&console).await;
        let asks = role(&console, Policy::TransferConsent, "on").await;
        give(&console, &asks, &id).await;
        for page in [
            "/",
            "/welcome",
            "/account",
            "/users",
            "/onboarding/tour",
            "/nodes/1",
        ] {
            browser.get(page).await.leads_to("/consent");
        }
        let mut program = browser.clone().with("accept", "application/json");
        for function in ["me", "me/account", "me/teams", "users/list", "me/take_step"] {
            let answer = program.post(&format!("/api/{function}"), &[]).await;
            assert_eq!(answer.status, 403, "{function}: {answer:?}");
            assert!(answer.text.contains("accept something first"), "{answer:?}");
        }
        let page = browser.get("/consent").await.is(200).text;
        for words in [
            "What that means",
            "Type Accept to agree",
            "You have until",
            "Sign out",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let accept = |typed: &'static str| [("typed", typed)];
        let wrong = browser
            .post("/api/me/accept_transfer", &accept("accept it"))
            .await;
        wrong.leads_to("/consent");
        let page = browser.get("/consent").await.is(200).text;
        assert!(
            page.contains("exactly so") && page.contains("value=\"accept it\""),
            "what was typed is kept: {page}"
        );
        let right = browser
            .post("/api/me/accept_transfer", &accept("Accept"))
            .await;
        right.leads_to("/");
        browser.get("/").await.leads_to("/welcome");
        browser
            .get("/welcome")
            .await
            .leads_to("/onboarding/profile");
        browser.get("/account").await.is(200);
        let page = browser.get("/consent").await.is(200).text;
        assert!(page.contains("Nothing is asked of you"), "{page}");
        assert_eq!(person(&console, &id).await.consent, Consent::Accepted);
        console.verify().await;
    }
}

#[tokio::test]
async fn whoever_signs_out_instead_is_asked_again_and_an_administrator_too() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (berlin, _) = console.connection("Berlin").await;
        let generate = format!("/nodes/{berlin}/connection/token");
        ask(
            &console,
            &RoleId::from(ADMINISTRATOR),
            Policy::TransferConsent,
            "on",
        )
        .await;
        let mut ada = console.browser();
        let form = [
            ("address", ADA),
            ("passphrase", PASSPHRASE),
            ("return_to", "/events"),
        ];
        ada.post("/api/sign_in", &form).await.leads_to("/events");
        ada.get("/events").await.leads_to("/consent");
        let page = ada.get("/consent").await.is(200).text;
        assert!(
            !page.contains("You have until"),
            "no time is counted: {page}"
        );
        // No power before it, by whichever way.
        let wanted = [("token_name", "Another"), ("days", "30")];
        let token = ada.post(&generate, &wanted).await;
        assert!(!token.text.contains("scimc_"), "{token:?}");
        for file in ["users.csv", "events.json"] {
            let path = format!("/exports/{file}");
            ada.get(&path).await.leads_to("/consent");
        }
        assert_eq!(ada.post("/sign-out", &[]).await.status, 303);
        ada.get("/consent")
            .await
            .leads_to("/sign-in?return_to=%2Fconsent");
        ada.post("/api/sign_in", &form).await.leads_to("/events");
        let accept = [("typed", "Accept")];
        ada.post("/api/me/accept_transfer", &accept)
            .await
            .leads_to("/");
        ada.get("/events").await.is(200);
        let token = ada.post(&generate, &wanted).await;
        assert!(token.text.contains("scimc_"), "{token:?}");
        ada.get("/exports/users.csv").await.is(200);
        console.verify().await;
    }
}

#[tokio::test]
async fn whoever_is_late_is_refused_until_an_administrator_extends_it() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (id, mut browser) = grace(&console).await;
        let asks = role(&console, Policy::TransferConsent, "on").await;
        give(&console, &asks, &id).await;
        browser.get("/consent").await.is(200);
        run(&console, LATE).await;
        browser
            .get("/consent")
            .await
            .leads_to("/sign-in?return_to=%2Fconsent");
        let sign_in = |passphrase| {
            [
                ("address", "grace@acme.example"),
                ("passphrase", passphrase),
                ("return_to", "/"),
            ]
        };
        let wrong = browser
            .post("/api/sign_in", &sign_in("guessed"))
            .await
            .is(303);
        assert!(
            wrong.header("location").starts_with("/sign-in"),
            "{wrong:?}"
        );
        let right = browser.post("/api/sign_in", &sign_in(GOOD)).await;
        right.leads_to("/blocked");
        let page = browser.get("/blocked").await.is(200).text;
        assert!(page.contains("Ask an administrator"), "{page}");
        browser
            .get("/account")
            .await
            .leads_to("/sign-in?return_to=%2Faccount");
        let mut ada = console.browser_of_ada().await;
        let address = format!("/users/{id}");
        let page = ada.get(&address).await.is(200).text;
        for words in ["Grace is blocked", "Blocked", "Extend by 7 days"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let list = ada.get("/users?state=pending").await.is(200).text;
        assert!(
            list.contains("Blocked") && list.contains("transfer acceptance"),
            "{list}"
        );
        let form = [("id", id.as_str())];
        ada.post("/api/users/extend_consent", &form)
            .await
            .leads_to(&address);
        let page = ada.get(&address).await.is(200).text;
        assert!(
            page.contains("There is time to accept until") && page.contains("Pending"),
            "{page}"
        );
        browser
            .post("/api/sign_in", &sign_in(GOOD))
            .await
            .leads_to("/");
        browser.get("/").await.leads_to("/consent");
        console.verify().await;
    }
}

#[tokio::test]
async fn a_connection_notices_nothing_of_a_consent() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let id = client.user("emil@acme.example").await;
        let before = client.get(&format!("/Users/{id}")).await;
        let asks = role(&console, Policy::TransferConsent, "on").await;
        give(&console, &asks, &UserId(id.clone())).await;
        assert!(person(&console, &UserId(id.clone())).await.must_consent());
        let after = client.get(&format!("/Users/{id}")).await;
        assert_eq!((after.status, &after.body), (200, &before.body));
        assert_eq!(after.body["active"], true);
        console.verify().await;
    }
}

#[tokio::test]
async fn the_steps_of_a_first_time_come_once_in_their_order_and_stand_in_the_way_of_no_link() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (id, mut browser) = grace(&console).await;
        browser.get("/account").await.is(200);
        browser
            .get("/welcome")
            .await
            .leads_to("/onboarding/profile");
        let page = browser.get("/onboarding/profile").await.is(200).text;
        for words in ["Is this you?", "Step 1 of 2", "grace@acme.example", "Skip"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let take =
            |step: &'static str, outcome: &'static str| [("step", step), ("outcome", outcome)];
        let unreadable = browser
            .post("/api/me/take_step", &take("telephone", "done"))
            .await;
        assert_eq!(unreadable.status, 303);
        browser
            .post("/api/me/take_step", &take("profile", "done"))
            .await
            .leads_to("/");
        browser.get("/welcome").await.leads_to("/onboarding/tour");
        let page = browser.get("/onboarding/tour").await.is(200).text;
        assert!(
            page.contains("Step 2 of 2") && page.contains("Your teams"),
            "{page}"
        );
        browser
            .post("/api/me/take_step", &take("tour", "skipped"))
            .await
            .leads_to("/");
        browser.get("/welcome").await.is(200);
        let page = browser.get("/onboarding/tour").await.is(200).text;
        assert!(page.contains("All done"), "{page}");
        // Ada was here before anybody could be led through anything.
        console.browser_of_ada().await.get("/").await.is(200);
        // Where a role says off, nothing comes.
        run(
            &console,
            "UPDATE users SET onboarding = 'under_way' WHERE onboarding = 'over'",
        )
        .await;
        run(&console, "DELETE FROM onboarding_steps").await;
        let silent = role(&console, Policy::Onboarding, "off").await;
        give(&console, &silent, &id).await;
        browser.get("/welcome").await.is(200);
        console.verify().await;
    }
}
