//! The page behind the link of an invitation, over HTTP: B-100 to B-108.

use app::error::AppError;
use directory::admin::users;
use directory::model::id::{NodeId, UserId};
use directory::model::user::Status;
use reqwest::Method;
use server::config::Config;
use server::oidc::{Provider, Settings};
use server::outbound::Outbound;

use crate::support::scim_client::{ScimClient, user};
use crate::support::{Answer, Browser, Console, databases, sqlite};

const GOOD: &str = "seven small grey geese";
const SENTENCE: &str =
    "This invitation has expired or was already used. Ask your administrator for a new one.";

async fn berlin(console: &Console) -> ScimClient {
    let (node, token) = console.connection("Berlin").await;
    ScimClient::new(console.scim(node), &token)
}

/// The page behind the link of somebody's latest invitation.
async fn link(console: &Console, id: &str) -> String {
    let ada = console.ada().await;
    let found = users::get(&console.db, &ada, &UserId(id.to_owned()))
        .await
        .unwrap();
    let token = console
        .state
        .secrets()
        .invitation_token(&found.invitation.unwrap().id);
    format!("/invitation?token={token}")
}

async fn accept(browser: &mut Browser, link: &str, passphrase: &str) -> Answer {
    let token = link.rsplit('=').next().unwrap();
    let form = [("token", token), ("passphrase", passphrase)];
    browser.post("/api/invitation/accept", &form).await
}

/// An address as a browser reads it, however it was escaped.
fn same_address(location: &str) -> String {
    location.replace("%5F", "_").replace("%2D", "-")
}

/// A page without what differs each time: the nonces.
fn same(text: &str) -> String {
    let parts = text.split("nonce=\"");
    parts
        .map(|part| part.split_once('"').map_or(part, |(_, rest)| rest))
        .collect()
}

#[tokio::test]
async fn an_invitation_waits_for_its_person_whoever_looks_at_it() {
    for database in databases().await {
        let console = Console::start(database).await;
        let client = berlin(&console).await;
        let id = client.user("grace@acme.example").await;
        let link = link(&console, &id).await;
        let mut scanner = console.browser();
        for n in 0..50 {
            let method = if n % 2 == 0 {
                Method::GET
            } else {
                Method::HEAD
            };
            scanner.send(method, &link, None).await.is(200);
        }
        assert_eq!(scanner.session, None, "INV-2: looking starts no session");
        let mut grace = console.browser();
        let page = grace.get(&link).await.is(200).text;
        for word in ["Acme", "Berlin", "g•••@acme.example", "Choose a passphrase"] {
            assert!(page.contains(word), "{word}: {page}");
        }
        assert!(
            !page.contains("grace@acme.example"),
            "INV-2: the address is masked"
        );
        let back = accept(&mut grace, &link, "short").await.is(303);
        assert_eq!(same_address(back.header("location")), link);
        let page = grace.get(&link).await.is(200).text;
        assert!(
            page.contains("At least 12 characters") && page.contains("role=\"alert\""),
            "{page}"
        );
        accept(&mut grace, &link, GOOD).await.leads_to("/welcome");
        for step in ["profile", "tour"] {
            let page = format!("/onboarding/{step}");
            grace.get("/welcome").await.leads_to(&page);
            let skip = [("step", step), ("outcome", "skipped")];
            grace.post("/api/me/take_step", &skip).await.leads_to("/");
        }
        let page = grace.get("/welcome").await.is(200).text;
        assert!(
            page.contains("grace@acme.example") && page.contains("Active"),
            "{page}"
        );
        let mut other = console.browser();
        let gone = other.get(&link).await.is(410).text;
        assert!(gone.contains(SENTENCE), "{gone}");
        let person = console.person("grace@acme.example", GOOD).await;
        assert_eq!(person.status(), Status::Active);
        console.verify().await;
    }
}

#[tokio::test]
async fn every_invitation_that_is_good_no_longer_shows_the_same_page() {
    for database in databases().await {
        let console = Console::start(database).await;
        let client = berlin(&console).await;
        let id = client.user("grace@acme.example").await;
        let superseded = link(&console, &id).await;
        let ada = console.ada().await;
        let grace = UserId(id.clone());
        users::send_invitation(&console.db, &ada, &grace)
            .await
            .unwrap();
        let mangled = superseded.replace('0', "1");
        let unknown = format!(
            "/invitation?token={}",
            console
                .state
                .secrets()
                .invitation_token("01938b2a-0000-7000-8000-000000000001")
        );
        let second = link(&console, &id).await;
        client.patch(&format!("/Users/{id}"), &active(false)).await;
        let killed = second.clone();
        let mut texts = Vec::new();
        for gone in [
            &superseded,
            &mangled,
            &unknown,
            &killed,
            "/invitation",
            "/invitation?token=",
        ] {
            let page = console.browser().get(gone).await.is(410);
            assert!(page.text.contains(SENTENCE), "B-100 {gone}: {}", page.text);
            texts.push(same(&page.text));
            console
                .browser()
                .send(Method::HEAD, gone, None)
                .await
                .is(410);
            let mut script = console.browser().with("accept", "application/json");
            let refused = accept(&mut script, gone, GOOD).await.is(410);
            assert_eq!(
                serde_json::from_str::<AppError>(&refused.text).unwrap(),
                AppError::Gone
            );
        }
        texts.dedup();
        assert_eq!(texts.len(), 1, "B-100: the same for all");
        client.patch(&format!("/Users/{id}"), &active(true)).await;
        console.browser().get(&killed).await.is(410);
        let fresh = link(&console, &id).await;
        console.browser().get(&fresh).await.is(200);
        client.delete(&format!("/Users/{id}")).await.is(204);
        console.browser().get(&fresh).await.is(410);
        client
            .post("/Users", &user("grace@acme.example"))
            .await
            .is(201);
        console.browser().get(&fresh).await.is(410);
        let next = link(&console, &id).await;
        console.browser().get(&next).await.is(200);
        console.verify().await;
    }
}

fn active(active: bool) -> serde_json::Value {
    let operation = serde_json::json!({ "op": "replace", "path": "active", "value": active });
    crate::support::scim_client::patch(&serde_json::json!([operation]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_browsers_that_accept_at_once_one_comes_in() {
    for database in databases().await {
        let console = Console::start(database).await;
        let client = berlin(&console).await;
        let id = client.user("grace@acme.example").await;
        let link = link(&console, &id).await;
        let json = || console.browser().with("accept", "application/json");
        let (mut one, mut other) = (json(), json());
        let answers = tokio::join!(
            accept(&mut one, &link, GOOD),
            accept(&mut other, &link, GOOD)
        );
        let mut statuses = [answers.0.status, answers.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses[1], 410, "B-102: {statuses:?}");
        assert!(statuses[0] < 400, "B-102: {statuses:?}");
        let mut inside = 0;
        for browser in [&mut one, &mut other] {
            inside += u8::from(browser.get("/account").await.status == 200);
        }
        assert_eq!(inside, 1, "B-102: one of them is in");
        console.verify().await;
    }
}

#[tokio::test]
async fn whoever_is_signed_in_as_somebody_else_signs_out_first() {
    let console = Console::start(sqlite().await).await;
    let client = berlin(&console).await;
    let id = client.user("grace@acme.example").await;
    let link = link(&console, &id).await;
    let mut ada = console.browser_of_ada().await;
    let page = ada.get(&link).await.is(200).text;
    assert!(
        page.contains("You are signed in as Ada Lovelace. Sign out to accept."),
        "B-103: {page}"
    );
    assert!(!page.contains("Choose a passphrase"));
    let mut script = ada.clone().with("accept", "application/json");
    let refused = accept(&mut script, &link, GOOD).await.is(403);
    assert!(
        refused.text.contains("Sign out to accept"),
        "{}",
        refused.text
    );
    let query: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
    ada.post(&format!("/sign-out?return_to={query}"), &[])
        .await
        .leads_to(&link);
    let page = ada.get(&link).await.is(200).text;
    assert!(page.contains("Choose a passphrase"), "{page}");
    ada.post("/sign-out?return_to=%2F%2Fevil.example", &[])
        .await
        .leads_to("/");
    console.verify().await;
}

#[tokio::test]
async fn whom_an_identity_provider_proves_chooses_no_passphrase() {
    let console = Console::with(sqlite().await, Config::default(), |public_url| {
        let settings = Settings {
            id: "sso".to_owned(),
            name: "Okta".to_owned(),
            issuer: "https://id.acme.example".to_owned(),
            client_id: "muster".to_owned(),
            client_secret: None,
            domains: vec!["ACME.example".to_owned()],
        };
        vec![Provider::new(settings, public_url, Outbound::new(Vec::new()).unwrap()).unwrap()]
    })
    .await;
    let client = berlin(&console).await;
    let id = client.user("grace@acme.example").await;
    let of_grace = link(&console, &id).await;
    let page = console.browser().get(&of_grace).await.is(200).text;
    assert!(
        page.contains("Sign in with Okta") && page.contains("/sign-in/sso?return%5Fto=%2Fwelcome"),
        "{page}"
    );
    assert!(!page.contains("passphrase"), "B-105: {page}");
    let mut script = console.browser().with("accept", "application/json");
    accept(&mut script, &of_grace, GOOD).await.is(403);
    console.browser().get(&of_grace).await.is(200);
    let local = client.user("mary@elsewhere.example").await;
    let of_mary = link(&console, &local).await;
    let page = console.browser().get(&of_mary).await.is(200).text;
    assert!(
        page.contains("Choose a passphrase") && !page.contains("Okta\""),
        "{page}"
    );
    console.verify().await;
}

#[tokio::test]
async fn a_host_that_is_not_ours_gets_no_invitation_sent() {
    let console = Console::start(sqlite().await).await;
    let client = berlin(&console).await;
    let id = client.user("grace@acme.example").await;
    let count = "SELECT count(*) FROM outbox";
    let number = async || {
        console
            .db
            .read()
            .await
            .unwrap()
            .number(count, [])
            .await
            .unwrap()
    };
    let before = number().await;
    let ada = console.browser_of_ada().await;
    let mut poisoned = ada.clone().with("host", "evil.example");
    poisoned
        .post("/api/users/send_invitation", &[("id", &id)])
        .await
        .is(421);
    assert_eq!(number().await, before, "B-106");
    let mut forwarded = ada.with("x-forwarded-host", "evil.example");
    forwarded
        .post("/api/users/send_invitation", &[("id", &id)])
        .await
        .is(303);
    let mail = directory::delivery::next(&console.db, console.state.secrets())
        .await
        .unwrap()
        .unwrap();
    let text = server::mail::text(&mail.letter, console.url());
    assert!(
        text.contains(&format!("{}/invitation?token=", console.url())) && !text.contains("evil"),
        "{text}"
    );
}

#[tokio::test]
async fn names_bring_neither_headers_nor_links_into_a_mail() {
    use crate::support::mail_server::{MailServer, Offers};
    use server::config::Destination;
    use server::mail::{Mail, Next, Patience, Post, Security, Sending};
    let console = Console::start(sqlite().await).await;
    let client = berlin(&console).await;
    for (n, name) in [
        "Grace Hopper",
        "Eve\r\nBcc: x@evil.example",
        "<a href=https://evil.example>A</a>",
        "Your account http://evil.example",
    ]
    .iter()
    .enumerate()
    {
        let mut body = user(&format!("person{n}@acme.example"));
        body["displayName"] = serde_json::json!(name);
        client.post("/Users", &body).await.is(201);
    }
    let server = MailServer::start(Offers::Nothing).await;
    let mail = Mail {
        host: "127.0.0.1".to_owned(),
        port: Some(server.port()),
        security: Security::Plaintext,
        user: None,
        password_file: None,
        from: "muster@acme.example".to_owned(),
        ca_file: None,
    };
    let named = Destination::try_from(format!("smtp://{}", mail.place())).unwrap();
    let post = Post::new(&mail, &[named], Patience::default()).unwrap();
    let mut sending = Sending::new(&console.state, post);
    while sending.step().await.unwrap() != Next::Nothing {}
    let taken = server.taken();
    assert_eq!(taken.len(), 4);
    for mail in &taken {
        assert_eq!(mail.headers(), taken[0].headers(), "B-107: {}", mail.text);
        let body = mail.body();
        assert!(!body.contains("evil"), "B-107: {body}");
        assert_eq!(body.matches("<a href=").count(), 1);
    }
}

#[tokio::test]
async fn whoever_asks_for_another_invitation_hears_the_same_for_every_address() {
    let console = Console::start(sqlite().await).await;
    let client = berlin(&console).await;
    client.user("grace@acme.example").await;
    let locked = client.user("linus@acme.example").await;
    client
        .patch(&format!("/Users/{locked}"), &active(false))
        .await;
    console.browser().get("/invitation/again").await.is(200);
    let mut pages = Vec::new();
    for address in [
        "nobody@acme.example",
        "linus@acme.example",
        "ada@acme.example",
        "grace@acme.example",
        "no address",
    ] {
        let mut browser = console.browser();
        browser
            .post("/api/invitation/again", &[("address", address)])
            .await
            .leads_to("/sign-in");
        let page = browser.get("/sign-in").await.is(200).text;
        assert!(page.contains("a new one is on its way"), "{page}");
        pages.push(same(&page));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "B-108");
    // What was asked for is done after the answer.
    let again = "SELECT count(*) FROM outbox WHERE transition = 2";
    let number = async || {
        console
            .db
            .read()
            .await
            .unwrap()
            .number(again, [])
            .await
            .unwrap()
    };
    while number().await == 0 {
        tokio::task::yield_now().await;
    }
    let others =
        "SELECT count(*) FROM outbox WHERE transition = 2 AND recipient <> 'grace@acme.example'";
    assert_eq!(
        console
            .db
            .read()
            .await
            .unwrap()
            .number(others, [])
            .await
            .unwrap(),
        0
    );
    console.verify().await;
}

#[tokio::test]
async fn the_words_of_a_node_are_saved_with_a_preview_and_the_page_shows_them() {
    let console = Console::start(sqlite().await).await;
    let client = berlin(&console).await;
    let id = client.user("grace@acme.example").await;
    let mut ada = console.browser_of_ada().await;
    let node = NodeId(2);
    let form = |heading: &'static str, days: &'static str| {
        [
            ("id", "2"),
            ("subject", ""),
            ("heading", heading),
            ("message", ""),
            ("button", "Join {node}"),
            ("sends", "on"),
            ("again_after_days", days),
        ]
    };
    let page = format!("/nodes/{node}");
    ada.post(
        "/api/nodes/save_invitations",
        &form("Welcome to {node}", "3"),
    )
    .await
    .leads_to(&page);
    let shown = ada.get(&page).await.is(200).text;
    assert!(
        shown.contains("Welcome to Berlin") && shown.contains("Join Berlin"),
        "{shown}"
    );
    assert!(shown.contains("another after 3 days"), "{shown}");
    for (heading, days, sentence) in [
        (
            "See http://evil.example",
            "",
            "the only link in an invitation",
        ),
        ("Welcome", "x", "Type a number of days"),
    ] {
        ada.post("/api/nodes/save_invitations", &form(heading, days))
            .await
            .leads_to(&page);
        let shown = ada.get(&page).await.is(200).text;
        assert!(shown.contains(sentence), "{sentence}: {shown}");
    }
    let invited = console
        .browser()
        .get(&link(&console, &id).await)
        .await
        .is(200)
        .text;
    assert!(
        invited.contains("Welcome to Berlin") && invited.contains("Join Berlin"),
        "{invited}"
    );
}
