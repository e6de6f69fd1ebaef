//! Passwords that an identity provider hands over (PWD-3, B-37): who may sign in with one, and who never may.

use directory::admin::{connections, requests, users as by_hand};
use directory::model::connection::Passwords;
use directory::model::event::Code;
use directory::model::id::NodeId;
use directory::model::request::LogQuery;
use directory::sign_in;
use serde_json::{Value, json};

use super::{berlin, make_administrator, number, person};
use crate::support::scim_client::{Answer, ScimClient, patch, user};
use crate::support::{Console, Database, databases};

const FIRST: &str = "correct horse battery";
const SECOND: &str = "seven small grey geese";
const GRACE: &str = "grace@acme.example";

/// A console whose node Berlin takes passwords, as an administrator has set it in the browser.
async fn taking(database: Database) -> (Console, NodeId, ScimClient) {
    let (console, node, client) = berlin(database).await;
    let (mut browser, page) = (
        console.browser_of_ada().await,
        format!("/nodes/{node}/connection"),
    );
    let number = node.to_string();
    let form = [("node", number.as_str()), ("passwords", "taken")];
    for _repeated in 0..2 {
        browser
            .post("/api/connections/passwords", &form)
            .await
            .leads_to(&page);
    }
    let shown = browser.get(&page).await.is(200).text;
    assert!(shown.contains("What happens to passwords was saved."));
    (console, node, client)
}

fn with_password(user_name: &str, password: &str) -> Value {
    let mut body = user(user_name);
    body["password"] = json!(password);
    body
}

async fn give(client: &ScimClient, id: &str, password: &str) -> Answer {
    let change = patch(&json!([{ "op": "replace", "path": "password", "value": password }]));
    client.patch(&format!("/Users/{id}"), &change).await
}

async fn comes_in(console: &Console, login: &str, passphrase: &str) -> bool {
    let hashing = &console.state.console.hashing;
    sign_in::by_passphrase(&console.db, hashing, login, passphrase)
        .await
        .is_ok()
}

/// How often somebody got a password.
async fn received(console: &Console, id: &str) -> i64 {
    let sql = "SELECT count(*) FROM events WHERE code = $1 AND target_id = $2";
    let code = Code::PasswordReceived.as_str();
    number(console, sql, [code.into(), id.into()]).await
}

#[tokio::test]
async fn somebody_signs_in_with_the_password_that_was_handed_over() {
    for database in databases().await {
        let (console, node, client) = taking(database).await;
        let config = client.get("/ServiceProviderConfig").await.is(200);
        assert_eq!(config.body["changePassword"]["supported"], true);
        let made = client
            .post("/Users", &with_password(GRACE, FIRST))
            .await
            .is(201);
        assert!(!made.text.contains("password"), "{made}");
        let id = made.id();
        assert!(!comes_in(&console, GRACE, SECOND).await);
        assert!(comes_in(&console, GRACE, FIRST).await);
        assert!(
            person(&console, &id).await.may_sign_in(),
            "they have come in"
        );
        let epoch = person(&console, &id).await.session_epoch;
        let mut own = console.browser_of(&person(&console, &id).await).await;
        own.get("/account").await.is(200);
        give(&client, &id, FIRST).await.is(200);
        assert_eq!(
            person(&console, &id).await.session_epoch,
            epoch,
            "theirs already"
        );
        assert_eq!(received(&console, &id).await, 1);
        give(&client, &id, SECOND).await.is(200);
        assert!(person(&console, &id).await.session_epoch > epoch);
        own.get("/account")
            .await
            .leads_to("/sign-in?return_to=%2Faccount");
        assert!(!comes_in(&console, GRACE, FIRST).await);
        assert!(comes_in(&console, GRACE, SECOND).await);
        client
            .put(&format!("/Users/{id}"), &with_password(GRACE, FIRST))
            .await
            .is(200);
        assert!(comes_in(&console, GRACE, FIRST).await);
        assert_eq!(received(&console, &id).await, 3);
        let mut browser = console.browser_of_ada().await;
        assert!(
            browser
                .get(&format!("/users/{id}"))
                .await
                .text
                .contains("Password received")
        );
        let lock = patch(&json!([{ "op": "replace", "path": "active", "value": false }]));
        client.patch(&format!("/Users/{id}"), &lock).await.is(200);
        assert!(!comes_in(&console, GRACE, FIRST).await, "locked");
        holds_no_secret(&console, node).await;
        console.verify().await;
    }
}

/// No password stands anywhere in what is kept of the requests, in clear or in part.
async fn holds_no_secret(console: &Console, node: NodeId) {
    console.state.scim_log.flush().await;
    let ada = console.ada().await;
    let page = requests::list(&console.db, &ada, node, &LogQuery::default())
        .await
        .unwrap();
    for row in page.rows {
        let found = requests::get(&console.db, &ada, node, &row.id)
            .await
            .unwrap();
        let kept = serde_json::to_string(&found.kept).unwrap();
        assert!(!kept.contains("horse") && !kept.contains("geese"), "{kept}");
    }
}

#[tokio::test]
async fn a_password_that_breaks_the_rules_changes_nothing() {
    for database in databases().await {
        let (console, _, client) = taking(database).await;
        let long = "x".repeat(5_000);
        for refused in ["12345", long.as_str(), "password1234"] {
            let body = with_password(GRACE, refused);
            client
                .post("/Users", &body)
                .await
                .refuses(400, "invalidValue");
            assert_eq!(client.total("/Users").await, 0, "B-37");
        }
        let id = client
            .post("/Users", &with_password(GRACE, FIRST))
            .await
            .is(201)
            .id();
        for refused in ["12345", long.as_str()] {
            give(&client, &id, refused)
                .await
                .refuses(400, "invalidValue");
        }
        let remove = patch(&json!([{ "op": "remove", "path": "password" }]));
        client
            .patch(&format!("/Users/{id}"), &remove)
            .await
            .refuses(400, "mutability");
        assert!(comes_in(&console, GRACE, FIRST).await);
        console.verify().await;
    }
}

#[tokio::test]
async fn administrators_and_who_signs_in_elsewhere_get_no_password() {
    for database in databases().await {
        let (console, _, client) = taking(database).await;
        let (boss, linked) = (
            client.user("boss@acme.example").await,
            client.user(GRACE).await,
        );
        make_administrator(&console, &boss).await;
        let refused = give(&client, &boss, FIRST).await.refuses(403, "-");
        assert!(refused.text.contains("administrator"), "{refused}");
        assert!(!comes_in(&console, "boss@acme.example", FIRST).await);
        let mut tx = console.db.write().await.unwrap();
        let sql = "INSERT INTO identities (provider, issuer, subject, user_id, linked_at) VALUES ('sso', 'https://idp.example', '1', $1, 1)";
        tx.run(sql, [linked.as_str().into()]).await.unwrap();
        tx.commit().await.unwrap();
        let change = patch(&json!([
            { "op": "replace", "path": "password", "value": FIRST },
            { "op": "replace", "path": "title", "value": "Rear Admiral" },
        ]));
        let changed = client
            .patch(&format!("/Users/{linked}"), &change)
            .await
            .is(200);
        assert_eq!(
            changed.body["title"], "Rear Admiral",
            "the rest is carried out"
        );
        assert!(!comes_in(&console, GRACE, FIRST).await, "B-37: ignored");
        assert_eq!(received(&console, &linked).await, 0);
        console.verify().await;
    }
}

#[tokio::test]
async fn a_password_is_left_out_where_it_is_not_taken_and_the_log_says_so() {
    for database in databases().await {
        let (console, node, client) = berlin(database).await;
        let config = client.get("/ServiceProviderConfig").await.is(200);
        assert_eq!(config.body["changePassword"]["supported"], false);
        let id = client
            .post("/Users", &with_password(GRACE, FIRST))
            .await
            .is(201)
            .id();
        left_out(&console, node, "does not take passwords").await;
        give(&client, &id, FIRST).await.refuses(400, "invalidPath");
        assert!(!comes_in(&console, GRACE, FIRST).await);
        let ada = console.ada().await;
        connections::set_passwords(&console.db, &ada, node, Passwords::Taken)
            .await
            .unwrap();
        by_hand::add(&console.db, &ada, node, "Mary", "mary@acme.example")
            .await
            .unwrap();
        client
            .post("/Users", &with_password("mary@acme.example", FIRST))
            .await
            .is(201);
        left_out(&console, node, "was here before the connection").await;
        assert!(
            !comes_in(&console, "mary@acme.example", FIRST).await,
            "PWD-3: never on link"
        );
        console.verify().await;
    }
}

/// The page of the last request that changed something says what was left out, and why.
async fn left_out(console: &Console, node: NodeId, why: &str) {
    console.state.scim_log.flush().await;
    let ada = console.ada().await;
    let page = requests::list(&console.db, &ada, node, &LogQuery::default())
        .await
        .unwrap();
    let id = &page.rows.first().unwrap().id;
    let mut browser = console.browser_of_ada().await;
    let shown = browser
        .get(&format!("/nodes/{node}/connection/requests/{id}"))
        .await
        .is(200)
        .text;
    assert!(
        shown.contains("What was left out") && shown.contains(why),
        "{shown}"
    );
}

#[tokio::test]
async fn of_two_passwords_at_once_one_is_theirs() {
    for database in databases().await {
        let (console, _, client) = taking(database).await;
        let id = client.user(GRACE).await;
        let (one, other) = tokio::join!(give(&client, &id, FIRST), give(&client, &id, SECOND));
        for answer in [one, other] {
            answer.is(200);
        }
        let first = comes_in(&console, GRACE, FIRST).await;
        let second = comes_in(&console, GRACE, SECOND).await;
        assert!(first != second, "exactly one of them: {first} {second}");
        assert!(person(&console, &id).await.password_received_at.is_some());
        console.verify().await;
    }
}
