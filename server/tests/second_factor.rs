//! The second factor and the fresh proof over HTTP: what a browser is led through, and what nobody gets past (AUZ-6).

use directory::admin::roles::{self, Wanted, holders, policies};
use directory::admin::{connections, nodes};
use directory::model::id::{NodeId, RoleId};
use directory::model::policy::{Policy, RolePolicy};
use directory::model::second_factor::Standing;
use directory::model::settings::Switch;
use directory::second_factor;
use directory::secret::totp_code;
use directory::store::db;
use server::access::SENSITIVE;

use crate::support::{ADA, Browser, Console, PASSPHRASE, databases, sqlite};

const PAGE: &str = "/account/second-factor";
const OLD: &str = "UPDATE sessions SET proved_at = proved_at - 600000";
/// As if the code that was used last belonged to an earlier step.
const LATER: &str = "UPDATE second_factors SET last_step = last_step - 3";

/// What AUZ-6 means: written out once more, so that a line that is lost is missed.
const ACTS: [&str; 25] = [
    "/nodes/:id/connection/token",
    "/api/connections/passwords",
    "/api/sign_in_methods/save",
    "/api/sign_in_methods/switch",
    "/api/sign_in_methods/remove",
    "/api/domains/add",
    "/api/domains/route",
    "/api/domains/remove",
    "/api/roles/give",
    "/api/roles/give_here",
    "/api/roles/give_team",
    "/api/roles/take",
    "/api/roles/take_team",
    "/api/roles/change",
    "/api/roles/remove",
    "/api/roles/set_privileges",
    "/api/roles/save_policies",
    "/api/storms/undo",
    "/api/users/remove_second_factor",
    "/api/bin/erase",
    "/api/me/change_passphrase",
    "/api/me/offer_second_factor",
    "/api/me/remove_second_factor",
    "/account/second-factor",
    "/account/second-factor/codes",
];

async fn run(console: &Console, sql: &'static str) {
    let mut tx = console.db.write().await.unwrap();
    tx.run(sql, []).await.unwrap();
    tx.commit().await.unwrap();
}

/// What Ada's app shows now, of the secret she was offered.
async fn offered(console: &Console) -> String {
    let ada = console.person(ADA, PASSPHRASE).await;
    let secrets = console.state.secrets();
    let found = second_factor::standing(&console.db, secrets, &ada).await;
    match found.unwrap() {
        Standing::Offered(offer) => offer.secret,
        other => panic!("{other:?}"),
    }
}

fn shown(secret: &str) -> String {
    totp_code(secret, db::now()).unwrap()
}

/// The recovery codes that a page shows.
fn codes(text: &str) -> Vec<String> {
    let is_code = |word: &&str| {
        word.len() == 11
            && word.as_bytes()[5] == b'-'
            && word
                .bytes()
                .all(|c| c == b'-' || c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.split(|c: char| c.is_whitespace() || c == '<' || c == '>')
        .filter(is_code)
        .map(str::to_owned)
        .collect()
}

/// Ada sets it up in her browser: the secret and the codes.
async fn set_up(console: &Console, browser: &mut Browser) -> (String, Vec<String>) {
    browser
        .post("/api/me/offer_second_factor", &[])
        .await
        .leads_to(PAGE);
    let secret = offered(console).await;
    let page = browser.get(PAGE).await.is(200).text;
    assert!(
        page.contains(&secret) && page.contains("class=\"qr\""),
        "{page}"
    );
    let answer = browser
        .post(PAGE, &[("code", &shown(&secret))])
        .await
        .is(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let found = codes(&answer.text);
    assert_eq!(found.len(), 10, "{}", answer.text);
    run(console, LATER).await;
    (secret, found)
}

async fn by_passphrase(console: &Console) -> Browser {
    let mut browser = console.browser();
    let form = [
        ("address", ADA),
        ("passphrase", PASSPHRASE),
        ("return_to", "/users?q=a"),
    ];
    browser
        .post("/api/sign_in", &form)
        .await
        .leads_to("/second-factor?return%5Fto=%2Fusers%3Fq%3Da");
    browser
}

#[tokio::test]
async fn after_the_passphrase_comes_the_code_and_nothing_before_it() {
    for database in databases().await {
        let console = Console::start(database).await;
        let mut desk = console.browser_of_ada().await;
        desk.get(PAGE).await.is(200);
        // A code that is not right switches nothing on, and says so.
        desk.post("/api/me/offer_second_factor", &[])
            .await
            .leads_to(PAGE);
        desk.post(PAGE, &[("code", "000000")]).await.leads_to(PAGE);
        let page = desk.get(PAGE).await.is(200).text;
        assert!(page.contains("This code is not right") && page.contains("Confirm and switch on"));
        let (secret, recovery) = set_up(&console, &mut desk).await;
        let page = desk.get(PAGE).await.is(200).text;
        assert!(!page.contains(&secret) && codes(&page).is_empty() && page.contains("10 left"));
        // A right passphrase opens nothing but the page for the code.
        let mut phone = by_passphrase(&console).await;
        let half = phone.session.clone();
        for page in ["/", "/account", PAGE, "/confirm"] {
            let answer = phone.get(page).await.is(303);
            assert!(answer.header("location").starts_with("/sign-in"), "{page}");
        }
        phone.get("/second-factor").await.is(200);
        let refused = [("code", "000000"), ("return_to", "/users?q=a")];
        phone
            .post("/api/sign_in/code", &refused)
            .await
            .leads_to("/second-factor?return%5Fto=%2Fusers%3Fq%3Da");
        let page = phone.get("/second-factor").await.is(200).text;
        assert!(page.contains("This code is not right"), "{page}");
        let code = shown(&secret);
        let right = [("code", code.as_str()), ("return_to", "/users?q=a")];
        phone
            .post("/api/sign_in/code", &right)
            .await
            .leads_to("/users?q=a");
        assert_ne!(phone.session, half, "SES-5: a new id");
        phone.get("/users").await.is(200);
        // The same code again is worth nothing, and a recovery code lets in once.
        let mut tablet = by_passphrase(&console).await;
        tablet
            .post("/api/sign_in/code", &right)
            .await
            .leads_to("/second-factor?return%5Fto=%2Fusers%3Fq%3Da");
        let recover = [("code", recovery[0].as_str()), ("return_to", "/")];
        tablet
            .post("/api/sign_in/code", &recover)
            .await
            .leads_to("/");
        tablet.get("/").await.is(200);
        // Whoever shows a code without a passphrase starts again.
        let mut stranger = console.browser();
        stranger
            .post("/api/sign_in/code", &recover)
            .await
            .leads_to("/sign-in");
        console.verify().await;
    }
}

#[tokio::test]
async fn new_codes_end_the_old_and_what_is_removed_is_asked_for_no_longer() {
    for database in databases().await {
        let console = Console::start(database).await;
        let mut desk = console.browser_of_ada().await;
        let (_, old) = set_up(&console, &mut desk).await;
        let answer = desk.post(&format!("{PAGE}/codes"), &[]).await.is(200);
        let new = codes(&answer.text);
        assert!(new.len() == 10 && !new.contains(&old[0]));
        let mut phone = by_passphrase(&console).await;
        let form = |code| [("code", code), ("return_to", "/")];
        phone
            .post("/api/sign_in/code", &form(&old[0]))
            .await
            .leads_to("/second-factor?return%5Fto=%2F");
        phone
            .post("/api/sign_in/code", &form(&new[0]))
            .await
            .leads_to("/");
        desk.post("/api/me/remove_second_factor", &[])
            .await
            .leads_to(PAGE);
        let page = desk.get(PAGE).await.is(200).text;
        assert!(page.contains("Your second factor was removed."), "{page}");
        let mut tablet = console.browser();
        let form = [
            ("address", ADA),
            ("passphrase", PASSPHRASE),
            ("return_to", "/"),
        ];
        tablet.post("/api/sign_in", &form).await.leads_to("/");
        console.verify().await;
    }
}

#[tokio::test]
async fn whoever_must_have_one_sets_it_up_before_anything_else() {
    for database in databases().await {
        let console = Console::start(database).await;
        let ada = console.ada().await;
        let wanted = Wanted {
            name: "Careful".to_owned(),
            visible_below: Switch::Off,
            for_new_users: Switch::Off,
        };
        let role = roles::add(&console.db, &ada, NodeId::ROOT, wanted)
            .await
            .unwrap();
        let asks = RolePolicy {
            policy: Policy::SecondFactor,
            value: "on".to_owned(),
        };
        let here = "127.0.0.1".parse().unwrap();
        policies::save(&console.db, &ada, &role.id, &[asks], here)
            .await
            .unwrap();
        holders::give(&console.db, &ada, &role.id, &ada.user_id)
            .await
            .unwrap();
        let mut browser = console.browser();
        let form = [
            ("address", ADA),
            ("passphrase", PASSPHRASE),
            ("return_to", "/users"),
        ];
        browser.post("/api/sign_in", &form).await.leads_to("/users");
        for page in ["/", "/users", "/account", "/welcome", "/exports/users.csv"] {
            browser.get(page).await.leads_to(PAGE);
        }
        let mut script = browser.clone().with("accept", "application/json");
        let refused = script.post("/api/overview", &[]).await.is(403);
        assert!(refused.text.contains("set it up first"), "{}", refused.text);
        let page = browser.get(PAGE).await.is(200).text;
        assert!(page.contains("nothing else is open to you") && page.contains("Sign out"));
        set_up(&console, &mut browser).await;
        browser.get("/users").await.is(200);
        // The id from before it was set up is dead.
        script
            .with("accept", "text/html")
            .get("/users")
            .await
            .leads_to("/sign-in?return_to=%2Fusers");
        // Removed, this browser owes another at once.
        browser
            .post("/api/me/remove_second_factor", &[])
            .await
            .leads_to(PAGE);
        browser.get("/users").await.leads_to(PAGE);
        console.verify().await;
    }
}

#[tokio::test]
async fn an_old_proof_is_led_to_a_new_one_and_what_was_typed_comes_back() {
    for database in databases().await {
        let console = Console::start(database).await;
        let ada = console.ada().await;
        let mut browser = console.browser_of_ada().await;
        let wanted = Wanted {
            name: "Helpers".to_owned(),
            visible_below: Switch::Off,
            for_new_users: Switch::Off,
        };
        let RoleId(role) = roles::add(&console.db, &ada, NodeId::ROOT, wanted)
            .await
            .unwrap()
            .id;
        let page = format!("/roles/{role}?show=users");
        let form = [("role", role.as_str()), ("person", "grace@acme.example")];
        run(&console, OLD).await;
        let led = format!("/confirm?then={}", encoded(&page));
        let from = format!("{}{page}", console.url());
        let mut there = browser.clone().with("referer", &from);
        there.post("/api/roles/give", &form).await.leads_to(&led);
        let asked = browser.get(&led).await.is(200).text;
        assert!(asked.contains("Confirm it is you") && asked.contains("Your passphrase"));
        // Asked by a script it says so.
        let mut script = browser.clone().with("accept", "application/json");
        let said = script.post("/api/roles/give", &form).await.is(403);
        assert!(said.text.contains("confirm_first"), "{}", said.text);
        let confirm = |passphrase| {
            [
                ("passphrase", passphrase),
                ("code", ""),
                ("then", page.as_str()),
            ]
        };
        let again = browser
            .post("/api/me/confirm", &confirm("not the right one"))
            .await
            .is(303);
        assert!(
            again
                .header("location")
                .starts_with("/confirm?then=%2Froles%2F")
        );
        assert!(browser.get(&led).await.text.contains("That is not right."));
        let before = browser.session.clone();
        browser
            .post("/api/me/confirm", &confirm(PASSPHRASE))
            .await
            .leads_to(&page);
        assert_ne!(browser.session, before, "SES-5: a new id");
        let shown = browser.get(&page).await.is(200).text;
        assert!(
            shown.contains("It is you.") && shown.contains("grace@acme.example"),
            "{shown}"
        );
        // Now it is done, or refused for another reason.
        let mut there = browser.clone().with("referer", &from);
        there.post("/api/roles/give", &form).await.leads_to(&page);
        let page = browser.get(&led).await.is(200).text;
        assert!(page.contains("You have proved it a moment ago"), "{page}");
        console.verify().await;
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn every_sensitive_act_is_held_back_and_leads_nowhere_but_home() {
    let console = Console::start(sqlite().await).await;
    let (node, _) = console.connection("Berlin").await;
    let browser = console.browser_of_ada().await;
    run(&console, OLD).await;
    let count = async || {
        let mut tx = console.db.read().await.unwrap();
        tx.number("SELECT count(*) FROM events", []).await.unwrap()
    };
    let before = count().await;
    let declared: Vec<_> = SENSITIVE.iter().map(|(act, _)| *act).collect();
    assert_eq!(declared, ACTS);
    for (act, _) in SENSITIVE {
        let act = act.replace(":id", &node.to_string());
        let elsewhere = "https://evil.example/x";
        let mut browser = browser.clone().with("referer", elsewhere);
        browser.post(&act, &[]).await.leads_to("/confirm?then=%2F");
    }
    assert_eq!(count().await, before, "nothing was done");
    // Where the answer was a page of its own, the way back is the page it stood on.
    let page = format!("/nodes/{node}/connection");
    let from = format!("{}{page}/token", console.url());
    let mut there = browser.clone().with("referer", &from);
    let led = format!("/confirm?then={}", encoded(&page));
    there
        .post(&format!("{page}/token"), &[])
        .await
        .leads_to(&led);
    let mut leaving = browser.clone();
    leaving
        .get("/sign-in/test?for=connect")
        .await
        .leads_to("/confirm?then=%2Faccount");
    // A form that leads elsewhere after the proof is led home.
    let form = [
        ("passphrase", PASSPHRASE),
        ("code", ""),
        ("then", "//evil.example"),
    ];
    leaving.post("/api/me/confirm", &form).await.leads_to("/");
    // Strangers and reading are as before.
    let mut stranger = console.browser();
    stranger
        .post("/api/roles/give", &[])
        .await
        .leads_to("/sign-in");
    leaving.get(&page).await.is(200);
    console.verify().await;
}

#[tokio::test]
async fn more_than_a_thousand_rows_leave_with_a_fresh_proof_alone() {
    for database in databases().await {
        let console = Console::start(database).await;
        let ada = console.ada().await;
        let mut browser = console.browser_of_ada().await;
        let berlin = nodes::add(&console.db, &ada, NodeId::ROOT, "Berlin")
            .await
            .unwrap();
        connections::start(&console.db, &ada, berlin.id, "Okta")
            .await
            .unwrap();
        run(&console, OLD).await;
        browser.get("/exports/events.csv").await.is(200);
        let mut tx = console.db.write().await.unwrap();
        for _ in 0..1_001 {
            let actor = directory::model::event::Actor::system();
            let target = directory::model::event::Target::new("setting", "x", "x");
            directory::store::events::record(
                &mut tx,
                &actor,
                directory::model::event::Code::SettingChanged,
                Some(NodeId::ROOT),
                target,
                "{}".to_owned(),
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        browser
            .get("/exports/events.csv")
            .await
            .leads_to("/confirm?then=%2Fevents");
        let form = [
            ("passphrase", PASSPHRASE),
            ("code", ""),
            ("then", "/events"),
        ];
        browser
            .post("/api/me/confirm", &form)
            .await
            .leads_to("/events");
        browser.get("/exports/events.csv").await.is(200);
        console.verify().await;
    }
}
