//! Single sign-on of a node over HTTP: the wizard, the test of a provider, who is let in by it, and where a domain leads.

use std::collections::HashMap;

use directory::admin::{domains, nodes, sign_in_methods as methods, users};
use directory::model::id::NodeId;
use directory::model::settings::Switch;
use directory::model::sign_in_method::{
    Algorithm, DomainState, Finding, Method, MethodState, TestResult, WantedMethod,
};
use serde_json::Value;
use server::config::{Config, Destination};
use url::Url;

use crate::support::identity::{CLIENT, Discovery, Identities, SECRET, Signature};
use crate::support::name_server::NameServer;
use crate::support::{ADA, Answer, Browser, Console, Database, PASSPHRASE, databases, sqlite};

/// A console that may call the provider, and asks this name server.
pub async fn console(
    identities: &Identities,
    database: Database,
    names: Option<&NameServer>,
) -> Console {
    let config = Config {
        scim_rate_limit: 0,
        auth_rate_limit: 0,
        outbound_allow: Destination::of(&Url::parse(identities.issuer()).unwrap())
            .into_iter()
            .collect(),
        name_server: names.map(|names| names.address),
        ..Config::default()
    };
    Console::with(database, config, |_| Vec::new()).await
}

pub fn wanted(identities: &Identities) -> WantedMethod {
    WantedMethod {
        name: "Okta".to_owned(),
        word: "acme-berlin".to_owned(),
        issuer: identities.issuer().to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.to_owned(),
        scopes: String::new(),
        algorithms: Algorithm::ALL.to_vec(),
        just_in_time: Switch::On,
        below: Switch::Off,
        trusts_addresses: Switch::Off,
    }
}

async fn node(console: &Console) -> NodeId {
    let ada = console.ada().await;
    nodes::add(&console.db, &ada, NodeId::ROOT, "Berlin")
        .await
        .unwrap()
        .id
}

/// A method that is on, for a domain that is verified and leads to it.
pub async fn on(console: &Console, wanted: &WantedMethod) -> Method {
    let (db, node) = (&console.db, node(console).await);
    let ada = console.ada().await;
    methods::start(db, &ada, node, "").await.unwrap();
    let method = methods::change(db, &ada, console.state.secrets(), node, wanted)
        .await
        .unwrap();
    methods::verified(db, &ada, &method.id, method.revision, ADA)
        .await
        .unwrap();
    let domain = domains::add(db, &ada, "acme.example").await.unwrap();
    let records = [domain.record()];
    domains::check(db, &ada, &domain, Some(&records))
        .await
        .unwrap();
    domains::route(db, &ada, "acme.example", Some(&method.id))
        .await
        .unwrap();
    methods::switch(db, &ada, node, Switch::On).await.unwrap()
}

/// Somebody who has left for the provider: what they carry.
pub struct Away {
    pub state: String,
    pub nonce: String,
    pub challenge: String,
    pub carried: HashMap<String, String>,
}

pub async fn leave(browser: &mut Browser, method: &Method, query: &str) -> Away {
    let path = format!("/sign-in/{}{query}", method.id);
    let left = browser.get(&path).await.is(303);
    let url = Url::parse(left.header("location")).unwrap();
    let carried: HashMap<_, _> = url.query_pairs().into_owned().collect();
    Away {
        state: carried["state"].clone(),
        nonce: carried["nonce"].clone(),
        challenge: carried["code_challenge"].clone(),
        carried,
    }
}

pub async fn come_back(browser: &mut Browser, method: &Method, state: &str) -> Answer {
    let path = format!("/sign-in/{}/callback?code=good&state={state}", method.id);
    browser.get(&path).await
}

/// Leaves, and comes back as somebody, with these claims changed and signed like this.
pub async fn sign_in(
    console: &Console,
    identities: &Identities,
    method: &Method,
    who: (&str, &str),
    signature: Signature,
    change: impl FnOnce(&mut Value),
) -> Answer {
    let mut browser = console.browser().without("sec-fetch-site");
    let away = leave(&mut browser, method, "").await;
    let mut claims = identities.claims(who.0, who.1, &away.nonce);
    change(&mut claims);
    identities.says(&claims, signature, &away.challenge);
    come_back(&mut browser, method, &away.state).await
}

pub async fn people(console: &Console) -> i64 {
    let mut tx = console.db.read().await.unwrap();
    tx.number("SELECT count(*) FROM users", []).await.unwrap()
}

async fn method_of(console: &Console, node: NodeId) -> Method {
    let ada = console.ada().await;
    let found = methods::get(&console.db, &ada, node).await;
    found.unwrap().method
}

#[tokio::test]
async fn an_administrator_sets_single_sign_on_up_page_by_page_and_somebody_new_comes_in() {
    for database in databases().await {
        let identities = Identities::start().await;
        let console = console(&identities, database, None).await;
        let node = node(&console).await;
        let mut ada = console.browser_of_ada().await;
        let page = format!("/nodes/{node}/sign-in");
        let number = node.to_string();
        let started = [("node", number.as_str()), ("name", "Okta")];
        ada.post("/api/sign_in_methods/start", &started)
            .await
            .leads_to(&page);
        let draft = method_of(&console, node).await;
        let shown = ada.get(&page).await.is(200);
        let redirect = format!("{}/sign-in/{}/callback", console.url(), draft.id);
        assert!(shown.text.contains(&redirect), "{}", shown.text);
        // A draft that names no provider leads nowhere.
        ada.get(&format!("/sign-in/{}", draft.id)).await.is(404);
        let filled = [
            ("node", number.as_str()),
            ("name", "Okta"),
            ("issuer", identities.issuer()),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("word", ""),
            ("scopes", "openid email profile"),
            ("just_in_time", "on"),
            ("eddsa", "on"),
        ];
        ada.post("/api/sign_in_methods/save", &filled)
            .await
            .leads_to(&page);
        let shown = ada.get(&page).await.is(200);
        assert!(!shown.text.contains(SECRET), "a secret is never shown");
        ada.post("/api/sign_in_methods/test", &[("node", &number)])
            .await
            .leads_to(&page);
        assert!(ada.get(&page).await.text.contains("The connection works"));
        // Nobody signs in with a draft; its administrator does, once, and stays who she is.
        console
            .browser()
            .get(&format!("/sign-in/{}", draft.id))
            .await
            .is(403);
        let before = ada.session.clone();
        let away = leave(&mut ada, &draft, "?for=verify").await;
        let claims = identities.claims("ada-there", "ada@there.example", &away.nonce);
        identities.says(&claims, Signature::Good, &away.challenge);
        come_back(&mut ada, &draft, &away.state)
            .await
            .leads_to(&page);
        assert_eq!(ada.session, before);
        let verified = method_of(&console, node).await;
        assert_eq!(
            (verified.state, verified.verified_as.as_deref()),
            (MethodState::Verified, Some("ada@there.example"))
        );
        let switched = [("node", number.as_str()), ("to", "on")];
        ada.post("/api/sign_in_methods/switch", &switched)
            .await
            .leads_to(&page);
        let method = method_of(&console, node).await;
        let many = people(&console).await;
        let who = ("mary", "mary@acme.example");
        let answer = sign_in(&console, &identities, &method, who, Signature::Good, |_| {}).await;
        assert!(answer.status == 403, "no domain is verified: {answer:?}");
        let admin = console.ada().await;
        let domain = domains::add(&console.db, &admin, "acme.example")
            .await
            .unwrap();
        domains::check(&console.db, &admin, &domain, Some(&[domain.record()]))
            .await
            .unwrap();
        sign_in(&console, &identities, &method, who, Signature::Good, |_| {})
            .await
            .leads_to("/");
        assert_eq!(people(&console).await, many + 1);
        console.verify().await;
    }
}

#[tokio::test]
async fn a_test_of_the_connection_names_the_first_thing_that_is_wrong() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let method = on(&console, &wanted(&identities)).await;
    let mut ada = console.browser_of_ada().await;
    let number = method.node_id.to_string();
    for (tells, finds, says) in [
        (Discovery::True, TestResult::Fine, "and signs with EdDSA"),
        (
            Discovery::OtherIssuer,
            TestResult::OtherIssuer,
            "calls itself",
        ),
        (
            Discovery::Html,
            TestResult::NotJson,
            "The answer is no JSON",
        ),
        (
            Discovery::Endless,
            TestResult::TooLong,
            "longer than a megabyte",
        ),
        (
            Discovery::Elsewhere,
            TestResult::Elsewhere,
            "leads on to http://169.254.169.254/",
        ),
        (
            Discovery::Missing,
            TestResult::NotFound,
            "no discovery document (404)",
        ),
        (Discovery::Broken, TestResult::Failed, "the error 500"),
        (
            Discovery::NoTokens,
            TestResult::NoEndpoint,
            "names no token_endpoint",
        ),
        (Discovery::Weak, TestResult::NoAlgorithm, "signs with HS256"),
        (Discovery::NoKeys, TestResult::NoKeys, "shows no keys"),
        (Discovery::ManyKeys, TestResult::NoKeys, "1000 keys"),
        (
            Discovery::Silent,
            TestResult::TooSlow,
            "no answer within 5 seconds",
        ),
    ] {
        identities.tells(tells);
        ada.post("/api/sign_in_methods/test", &[("node", &number)])
            .await
            .is(303);
        let page = ada.get(&format!("/nodes/{number}/sign-in")).await;
        assert_eq!(method_of(&console, method.node_id).await.test_result, finds);
        assert!(page.text.contains(says), "{says}: {}", page.text);
    }
}

#[tokio::test]
async fn a_provider_that_cannot_be_called_is_named_as_such() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let method = on(&console, &wanted(&identities)).await;
    let outside = &console.state.console.outside;
    for (issuer, finds) in [
        ("https://127.0.0.1", TestResult::NotAllowed),
        ("https://localhost", TestResult::NotAllowed),
        ("https://acme.invalid", TestResult::NoSuchName),
    ] {
        let other = Method {
            issuer: issuer.to_owned(),
            ..method.clone()
        };
        let (found, detail) = outside.test(other).await;
        assert_eq!(found, finds, "{issuer}: {detail}");
    }
}

#[tokio::test]
async fn a_private_address_is_never_taken_in_the_console() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let method = on(&console, &wanted(&identities)).await;
    let mut ada = console.browser_of_ada().await;
    let number = method.node_id.to_string();
    for issuer in [
        "http://acme.okta.example",
        "https://127.0.0.1",
        "https://[::1]",
        "https://10.0.0.1",
        "https://169.254.169.254",
        "https://[::ffff:10.0.0.1]",
        "https://2130706433",
        "https://user:pass@acme.example",
        "https://acme.example:25",
        "https://metadata.internal",
        "ftp://acme.example",
    ] {
        let form = [
            ("node", number.as_str()),
            ("name", "Okta"),
            ("issuer", issuer),
            ("client_id", CLIENT),
            ("client_secret", ""),
            ("word", ""),
            ("scopes", ""),
            ("eddsa", "on"),
        ];
        ada.post("/api/sign_in_methods/save", &form).await.is(303);
        let page = ada.get(&format!("/nodes/{number}/sign-in")).await;
        assert!(
            page.text.contains("This address is not allowed."),
            "{issuer}"
        );
        let kept = method_of(&console, method.node_id).await;
        assert_eq!(kept, method, "{issuer}");
    }
}

#[tokio::test]
async fn an_address_leads_by_its_domain_whoever_has_an_account() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let page = console.browser().get("/sign-in").await.is(200);
    assert!(page.text.contains("Passphrase"), "no method is on yet");
    let method = on(&console, &wanted(&identities)).await;
    let ada = console.ada().await;
    users::add(
        &console.db,
        &ada,
        method.node_id,
        "Grace",
        "grace@acme.example",
    )
    .await
    .unwrap();
    let page = console.browser().get("/sign-in").await.is(200);
    assert!(page.text.contains("E-mail address or enterprise domain"));
    let find = async |typed: &str| {
        let form = [("address", typed), ("return_to", "/users")];
        let answer = console.browser().post("/api/sign_in/find", &form).await;
        let led = answer.is(303).header("location").to_owned();
        led.replace(&typed.replace('@', "%40").replace('.', "%2E"), "ADDRESS")
    };
    let (known, unknown) = (
        find("grace@acme.example").await,
        find("nobody@acme.example").await,
    );
    assert_eq!(known, unknown);
    let word = method.id.0.replace('-', "%2D");
    assert!(known.contains(&word), "{known}");
    assert_eq!(find("a@other.example").await, find("b@other.example").await);
    assert!(find("a@other.example").await.contains("with=passphrase"));
    assert!(find("acme-berlin").await.contains(&word));
    let mut browser = console.browser();
    let page = browser
        .get(&format!("/sign-in?way={}", method.id))
        .await
        .is(200);
    let there = format!("/sign-in/{}", method.id);
    assert!(page.text.contains("Continue with Okta") && page.text.contains(&there));
    assert!(
        page.text.contains("http-equiv=\"refresh\""),
        "{}",
        page.text
    );
    // The way that stays when the provider is down.
    identities.tells(Discovery::Broken);
    let form = [
        ("address", ADA),
        ("passphrase", PASSPHRASE),
        ("return_to", "/"),
    ];
    browser.post("/api/sign_in", &form).await.leads_to("/");
}

#[tokio::test]
async fn another_site_neither_connects_an_account_nor_verifies_a_method() {
    let identities = Identities::start().await;
    let console = console(&identities, sqlite().await, None).await;
    let method = on(&console, &wanted(&identities)).await;
    let user = console.person(ADA, PASSPHRASE).await;
    for wish in ["verify", "connect"] {
        let mut browser = console
            .browser_of(&user)
            .await
            .without("sec-fetch-site")
            .with("sec-fetch-site", "cross-site");
        let path = format!("/sign-in/{}?for={wish}", method.id);
        let answer = browser.get(&path).await.is(403);
        assert!(answer.text.contains("This request came from another site."));
    }
    let path = format!("/sign-in/{}?for=verify", method.id);
    let mut stranger = console.browser();
    stranger
        .get(&path)
        .await
        .leads_to("/sign-in?return_to=%2Faccount");
}

#[tokio::test]
async fn a_domain_is_looked_up_in_the_dns_and_verified_by_its_record() {
    for database in databases().await {
        let identities = Identities::start().await;
        let names = NameServer::start().await;
        let console = console(&identities, database, Some(&names)).await;
        let mut ada = console.browser_of_ada().await;
        ada.post("/api/domains/add", &[("domain", "Acme.example")])
            .await
            .leads_to("/settings/domains");
        let admin = console.ada().await;
        let kept = async || {
            let found = domains::get(&console.db, &admin, "acme.example").await;
            found.unwrap()
        };
        let domain = kept().await;
        let page = ada.get("/settings/domains").await.is(200);
        assert!(page.text.contains(&domain.record()) && page.text.contains("_muster.acme.example"));
        let check = [("name", "acme.example")];
        ada.post("/api/domains/check", &check).await.is(303);
        assert_eq!(kept().await.finding, Finding::Missing);
        names.says("_muster.acme.example", &"something else ".repeat(100));
        ada.post("/api/domains/check", &check).await.is(303);
        assert_eq!(kept().await.finding, Finding::Other);
        names.says("_muster.acme.example", &domain.record());
        ada.post("/api/domains/check", &check).await.is(303);
        assert_eq!(kept().await.state, DomainState::Verified);
        let refused = ada
            .post("/api/domains/add", &[("domain", "gmail.com")])
            .await;
        refused.is(303);
        let page = ada.get("/settings/domains").await;
        assert!(
            page.text
                .contains("Anybody can have an address at gmail.com")
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_name_server_that_says_nothing_verifies_nothing() {
    let identities = Identities::start().await;
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let config = Config {
        name_server: Some(silent.local_addr().unwrap()),
        ..Config::default()
    };
    let console = Console::with(sqlite().await, config, |_| Vec::new()).await;
    drop(identities);
    let found = console
        .state
        .console
        .outside
        .txt("_muster.acme.example".to_owned())
        .await;
    assert_eq!(found, None);
}
