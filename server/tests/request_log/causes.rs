//! Each cause of the table is reached by a real request.

use std::collections::BTreeSet;

use app::words::causes::CAUSES;
use directory::admin::{connections, roles, users};
use directory::model::connection::UniqueNames;
use directory::model::id::{NodeId, UserId};
use directory::model::policy::{Policy, RolePolicy};
use directory::model::settings::Switch;
use directory::model::storm::StormGuard;
use directory::store::db::Arg;
use serde_json::json;
use server::config::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::Log;
use crate::support::scim_client::{Answer, ScimClient, group, patch, user};
use crate::support::{Console, databases};

/// What no request to this program reaches: lines from before causes were noted, and statuses it never answers with.
const BEYOND_REQUESTS: [&str; 2] = ["unnamed", "not_understood"];
/// What the tests of crowds reach.
const OF_CROWDS: [&str; 1] = ["not_noted"];

/// The causes that were met so far.
struct Met<'a> {
    log: &'a Log,
    words: BTreeSet<String>,
}

impl Met<'_> {
    /// The newest request of the log has this cause.
    #[track_caller]
    fn expect(&mut self, word: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        self.words.insert(word.to_owned());
        let (log, word) = (self.log, word.to_owned());
        async move {
            let latest = log.all().await.remove(0);
            assert_eq!(
                latest.cause.as_deref(),
                Some(word.as_str()),
                "{place}: {latest:?}"
            );
        }
    }
}

#[tokio::test]
async fn every_cause_of_the_table_is_met_by_a_real_request() {
    for database in databases().await {
        let log = Log::start(database).await;
        let mut met = Met {
            log: &log,
            words: BTreeSet::new(),
        };
        people(&mut met).await;
        groups(&mut met).await;
        what_was_sent(&mut met).await;
        this_side(&mut met).await;
        too_many_removed(&mut met).await;
        tokens(&mut met).await;
        let mut words = met.words;
        words.extend(limits().await);
        words.extend(BEYOND_REQUESTS.map(str::to_owned));
        words.extend(OF_CROWDS.map(str::to_owned));
        let known = CAUSES.iter().map(|cause| cause.word.to_owned());
        let missing = known
            .filter(|word| !words.contains(word))
            .collect::<Vec<_>>();
        assert_eq!(
            missing,
            Vec::<String>::new(),
            "never met on {}",
            log.console.db.kind()
        );
        log.console.verify().await;
    }
}

async fn people(met: &mut Met<'_>) {
    let (log, client) = (met.log, met.log.client.clone());
    let grace = client.user("grace@acme.example").await;
    let path = format!("/Users/{grace}");
    client.post("/Users", &user("grace")).await.is(400);
    met.expect("no_address").await;
    client
        .post("/Users", &user("GRACE@acme.example"))
        .await
        .is(409);
    met.expect("taken").await;
    client.get("/Users/nobody").await.is(404);
    met.expect("person_unknown").await;
    let title = |title: &str| patch(&json!([{ "op": "replace", "path": "title", "value": title }]));
    client.patch(&path, &title("Admiral")).await.is(200);
    assert_eq!(
        log.all().await.remove(0).cause,
        None,
        "a plain answer needs no explanation"
    );
    client.patch(&path, &title("Admiral")).await.is(200);
    met.expect("stands_already").await;
    let version = client.clone().with("if-match", "W/\"9999\"");
    version.patch(&path, &title("Captain")).await.is(412);
    met.expect("changed_meanwhile").await;
    client
        .clone()
        .with("if-match", "nonsense")
        .patch(&path, &title("x"))
        .await
        .is(400);
    met.expect("bad_version").await;
    let two = json!({ "userName": "grace@acme.example", "emails": [{ "value": "hopper@acme.example", "primary": true }],
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"] });
    client.put(&path, &two).await.is(200);
    met.expect("addresses_differ").await;
    by_administrators(met, &grace).await;
}

async fn by_administrators(met: &mut Met<'_>, grace: &str) {
    let (log, client) = (met.log, met.log.client.clone());
    let db = &log.console.db;
    let path = format!("/Users/{grace}");
    // Somebody invited cannot be locked in the console.
    run(
        log,
        "UPDATE users SET state = 'active' WHERE id = $1",
        [grace.into()],
    )
    .await;
    run(
        log,
        "UPDATE outbox SET withdrawn_at = 1 WHERE user_id = $1",
        [grace.into()],
    )
    .await;
    users::lock(db, &log.ada, &UserId::from(grace))
        .await
        .unwrap();
    let on = patch(&json!([{ "op": "replace", "value": { "active": true } }]));
    assert_eq!(client.patch(&path, &on).await.is(200).body["active"], false);
    met.expect("admin_lock_stays").await;
    let linus = users::add(db, &log.ada, log.node, "Linus", "linus@acme.example")
        .await
        .unwrap();
    client.delete(&format!("/Users/{}", linus.id)).await.is(403);
    met.expect("added_by_hand").await;
    // Ada comes to Berlin, and the identity provider takes her over: she stays who she is.
    let ada = log.ada.user_id.0.as_str();
    run(
        log,
        "UPDATE users SET node_id = $1, linked = TRUE WHERE id = $2",
        [log.node.into(), ada.into()],
    )
    .await;
    client.delete(&format!("/Users/{ada}")).await.is(403);
    met.expect("last_administrator").await;
    address_kept(met, &client).await;
    let renamed =
        patch(&json!([{ "op": "replace", "path": "userName", "value": "lovelace@acme.example" }]));
    client
        .patch(&format!("/Users/{ada}"), &renamed)
        .await
        .refuses(400, "mutability");
    met.expect("administrator").await;
    run(
        log,
        "UPDATE users SET node_id = $1, linked = FALSE WHERE id = $2",
        [NodeId::ROOT.into(), ada.into()],
    )
    .await;
}

/// A role keeps the address of whoever holds it.
async fn address_kept(met: &mut Met<'_>, client: &ScimClient) {
    let (db, ada) = (&met.log.console.db, &met.log.ada);
    let wanted = roles::Wanted {
        name: "Kept".to_owned(),
        visible_below: Switch::Off,
        for_new_users: Switch::Off,
    };
    let role = roles::add(db, ada, met.log.node, wanted).await.unwrap();
    let keeps = vec![RolePolicy {
        policy: Policy::KeepAddress,
        value: "on".to_owned(),
    }];
    let here = std::net::IpAddr::from([127, 0, 0, 1]);
    roles::policies::save(db, ada, &role.id, &keeps, here)
        .await
        .unwrap();
    let id = client.user("kept@acme.example").await;
    roles::holders::give(db, ada, &role.id, &UserId(id.clone()))
        .await
        .unwrap();
    let renamed =
        patch(&json!([{ "op": "replace", "path": "userName", "value": "other@acme.example" }]));
    client
        .patch(&format!("/Users/{id}"), &renamed)
        .await
        .refuses(400, "mutability");
    met.expect("address_kept").await;
}

async fn groups(met: &mut Met<'_>) {
    let (log, client) = (met.log, met.log.client.clone());
    let grace = client
        .get("/Users?filter=userName eq \"grace@acme.example\"")
        .await
        .ids()
        .remove(0);
    let ops = client.group("Ops", &[&grace]).await;
    client
        .post("/Groups", &group("Docs", &["0190-gone"]))
        .await
        .is(400);
    met.expect("unknown_members").await;
    let join = patch(&json!([{ "op": "add", "path": "groups", "value": [{ "value": "gone" }] }]));
    client
        .patch(&format!("/Users/{grace}"), &join)
        .await
        .is(400);
    met.expect("unknown_groups").await;
    client.delete("/Groups/gone").await.is(404);
    met.expect("team_unknown").await;
    let unique = async |unique| {
        let db = &log.console.db;
        connections::save(db, &log.ada, log.node, "Okta", unique)
            .await
            .unwrap();
    };
    unique(UniqueNames::On).await;
    client.post("/Groups", &group("ops", &[])).await.is(409);
    met.expect("team_taken").await;
    unique(UniqueNames::Off).await;
    assert_eq!(client.members(&ops).await, [grace]);
}

async fn what_was_sent(met: &mut Met<'_>) {
    let client = met.log.client.clone();
    let grace = client
        .get("/Users?filter=userName eq \"grace@acme.example\"")
        .await
        .ids()
        .remove(0);
    let path = format!("/Users/{grace}");
    client.get("/Users?filter=nonsense").await.is(400);
    met.expect("bad_filter").await;
    let operation = |path: &str| {
        patch(
            &json!([{ "op": "replace", "path": "title", "value": "x" }, { "op": "replace", "path": path, "value": "x" }]),
        )
    };
    let refused = client
        .patch(&path, &operation("shoeSize"))
        .await
        .refuses(400, "invalidPath");
    assert!(refused.text.contains("Operations[1]"), "{refused}");
    met.expect("no_such_path").await;
    let no_target = patch(
        &json!([{ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x" }]),
    );
    client
        .patch(&path, &no_target)
        .await
        .refuses(400, "noTarget");
    met.expect("no_target").await;
    client
        .patch(&path, &operation("meta.created"))
        .await
        .refuses(400, "mutability");
    met.expect("read_only").await;
    client
        .send("POST", "/Users", "{")
        .await
        .refuses(400, "invalidSyntax");
    met.expect("not_readable").await;
    let flag = patch(&json!([{ "op": "replace", "path": "active", "value": "perhaps" }]));
    client
        .patch(&path, &flag)
        .await
        .refuses(400, "invalidValue");
    met.expect("bad_value").await;
    broken_off(met).await;
    client
        .send("POST", "/Users", vec![b' '; 1_100_000])
        .await
        .is(413);
    met.expect("too_large").await;
    client
        .clone()
        .with("content-type", "text/plain")
        .send("POST", "/Users", "{}")
        .await
        .is(415);
    met.expect("wrong_media").await;
    client.send("DELETE", "/Users", "").await.is(405);
    met.expect("wrong_method").await;
    client.get("/Me").await.is(501);
    met.expect("not_offered").await;
    client.get("/scim/v2/Users").await.is(404);
    met.expect("nothing_there").await;
}

/// A body whose chunks cannot be told apart never comes whole.
async fn broken_off(met: &mut Met<'_>) {
    let log = met.log;
    let address = log.console.url().strip_prefix("http://").unwrap();
    let token = log.client.token();
    let head = format!(
        "POST /api/rest/scim/v2/{}/Users HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\n\
         Content-Type: application/scim+json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        log.node
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
    met.expect("incomplete").await;
}

async fn this_side(met: &mut Met<'_>) {
    let (log, client) = (met.log, met.log.client.clone());
    run(log, "ALTER TABLE memberships RENAME TO elsewhere", []).await;
    let answer = client.get("/Groups").await;
    run(log, "ALTER TABLE elsewhere RENAME TO memberships", []).await;
    answer.is(500);
    met.expect("broken").await;
    busy(met).await;
    if log.console.db.kind() == "SQLite" {
        // The writer's own file may grow no further.
        run(log, "PRAGMA max_page_count = 1", []).await;
        let answer = fill(&client).await;
        run(log, "PRAGMA max_page_count = 4294967294", []).await;
        answer.is(507);
        met.expect("no_room").await;
    } else {
        met.words.insert("no_room".to_owned());
    }
}

/// Until the last page is full.
async fn fill(client: &ScimClient) -> Answer {
    for n in 0..200 {
        let mut person = user(&format!("p{n}@acme.example"));
        for text in ["title", "nickName", "userType", "displayName"] {
            person[text] = json!("x".repeat(2_000));
        }
        let answer = client.post("/Users", &person).await;
        if answer.status != 201 {
            return answer;
        }
    }
    panic!("the file grew on");
}

/// Somebody else holds what the request needs for longer than it waits.
#[expect(
    clippy::disallowed_methods,
    reason = "stands for another program that uses the database"
)]
async fn busy(met: &mut Met<'_>) {
    use sqlx::Connection as _;
    let (log, client) = (met.log, met.log.client.clone());
    let grace = client
        .get("/Users?filter=userName eq \"grace@acme.example\"")
        .await
        .ids()
        .remove(0);
    let url = log.console.database_url();
    let change = patch(&json!([{ "op": "replace", "path": "title", "value": "Commodore" }]));
    let path = format!("/Users/{grace}");
    let answer = if log.console.db.kind() == "SQLite" {
        let mut other = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut other)
            .await
            .unwrap();
        let answer = client.patch(&path, &change).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        answer
    } else {
        let mut other = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql("BEGIN; LOCK TABLE users IN EXCLUSIVE MODE")
            .execute(&mut other)
            .await
            .unwrap();
        let answer = client.patch(&path, &change).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        answer
    };
    answer.is(503);
    met.expect("busy").await;
}

async fn tokens(met: &mut Met<'_>) {
    let (log, client) = (met.log, met.log.client.clone());
    let (db, secrets) = (&log.console.db, log.console.state.secrets());
    let with = |token: &str| {
        client
            .clone()
            .with("authorization", &format!("Bearer {token}"))
    };
    client
        .clone()
        .without("authorization")
        .get("/Users")
        .await
        .is(401);
    met.expect("no_token").await;
    with("Bearer twice").get("/Users").await.is(401);
    met.expect("not_a_token").await;
    let (_, other) = log.console.connection("Paris").await;
    with(&other).get("/Users").await.is(401);
    met.expect("other_node").await;
    let latest = met.log.all().await.remove(0);
    assert_eq!(
        latest.token_id, None,
        "a token of elsewhere is not named here: {latest:?}"
    );
    with(&directory::secret::new_token().1)
        .get("/Users")
        .await
        .is(401);
    met.expect("unknown_token").await;
    let made = connections::generate_token(db, &log.ada, secrets, log.node, "Next")
        .await
        .unwrap();
    with(&made.secret).get("/Users").await.is(401);
    met.expect("new_token_not_saved").await;
    connections::save(db, &log.ada, log.node, "Okta", UniqueNames::Off)
        .await
        .unwrap();
    run(
        log,
        "UPDATE tokens SET expires_at = 1 WHERE id = $1",
        [(&made.token.id).into()],
    )
    .await;
    with(&made.secret).get("/Users").await.is(401);
    met.expect("expired").await;
    connections::revoke_token(db, &log.ada, log.node, &made.token.id)
        .await
        .unwrap();
    with(&made.secret).get("/Users").await.is(401);
    met.expect("revoked").await;
    let latest = met.log.all().await.remove(0);
    assert_eq!(
        latest.token_id.as_ref(),
        Some(&made.token.id),
        "B-04: {latest:?}"
    );
    run(
        log,
        "UPDATE connections SET state = 'paused' WHERE node_id = $1",
        [log.node.into()],
    )
    .await;
    client
        .post("/Users", &user("ben@acme.example"))
        .await
        .is(503);
    met.expect("paused").await;
    run(
        log,
        "UPDATE connections SET state = 'draft' WHERE node_id = $1",
        [log.node.into()],
    )
    .await;
    client.get("/Users").await.is(401);
    met.expect("not_saved").await;
    let latest = log.all().await.remove(0);
    let cause = app::words::requests::cause(&latest).unwrap();
    let name = app::words::requests::client(&latest, "SCIM");
    assert!(
        cause
            .why(&name)
            .starts_with("Okta tested the connection before Save was pressed."),
        "B37: {}",
        cause.why(&name)
    );
}

/// A connection that holds back lets ten people go, and no eleventh.
async fn too_many_removed(met: &mut Met<'_>) {
    let log = met.log;
    let db = &log.console.db;
    directory::admin::storms::set_guard(db, &log.ada, log.node, StormGuard::Hold)
        .await
        .unwrap();
    for number in 0..20 {
        let id = log.client.user(&format!("gone{number}@acme.example")).await;
        if log.client.delete(&format!("/Users/{id}")).await.status == 429 {
            met.expect("held_back").await;
            break;
        }
    }
    directory::admin::storms::set_guard(db, &log.ada, log.node, StormGuard::Apply)
        .await
        .unwrap();
}

/// What only a server with limits answers.
async fn limits() -> Vec<String> {
    let config = Config {
        scim_rate_limit: 1,
        scim_rate_burst: 1,
        auth_rate_limit: 1,
        ..Config::default()
    };
    let console = Console::with(crate::support::sqlite().await, config, |_| Vec::new()).await;
    let (node, token) = console.connection("Berlin").await;
    let client = ScimClient::new(console.scim(node), &token);
    let ada = console.ada().await;
    let log = Log {
        console,
        node,
        client,
        ada,
    };
    let until_429 = async |client: &ScimClient| {
        for _ in 0..20 {
            if client.get("/Users").await.status == 429 {
                return;
            }
        }
        panic!("no limit");
    };
    until_429(&log.client).await;
    let latest = log.all().await.remove(0);
    assert_eq!(latest.cause.as_deref(), Some("too_many_requests"));
    assert!(latest.token_id.is_some(), "whose it was is known");
    until_429(&log.client.clone().without("authorization")).await;
    assert_eq!(
        log.all().await.remove(0).cause.as_deref(),
        Some("too_many_wrong_tokens")
    );
    log.console.verify().await;
    ["too_many_requests", "too_many_wrong_tokens"]
        .map(str::to_owned)
        .into()
}

async fn run(log: &Log, sql: &'static str, args: impl IntoIterator<Item = Arg>) {
    let mut tx = log.console.db.write().await.unwrap();
    tx.run(sql, args).await.unwrap();
    tx.commit().await.unwrap();
}
