//! Who may speak for a node: the token of its connection, from the moment it is saved until it ends, for this node and
//! nothing else. Every other request is refused in the same words.

use directory::admin::connections;
use directory::model::connection::{ConnectionState, UniqueNames};
use directory::model::event::Code;
use directory::model::id::{NodeId, TokenId};
use directory::secret::{parse_token, sha256};
use directory::store::db::Arg;
use directory::store::events;
use serde_json::json;

use crate::support::scim_client::{Answer, ScimClient, user};
use crate::support::{Console, databases};

async fn berlin(database: crate::support::Database) -> (Console, NodeId, String, ScimClient) {
    let console = Console::start(database).await;
    let (node, token) = console.connection("Berlin").await;
    let client = ScimClient::new(console.scim(node), &token);
    client.user("grace@acme.example").await;
    (console, node, token, client)
}

async fn run(console: &Console, sql: &'static str, args: impl IntoIterator<Item = Arg>) {
    let mut tx = console.db.write().await.unwrap();
    assert!(
        tx.run(sql, args).await.unwrap() > 0,
        "nothing was changed by {sql}"
    );
    tx.commit().await.unwrap();
}

/// The refusal that every wrong token gets.
#[track_caller]
fn refused(answer: Answer) -> String {
    let answer = answer.refuses(401, "-");
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"scim\"");
    assert!(
        !answer.text.contains("grace"),
        "no data without a token: {answer}"
    );
    answer.text
}

#[tokio::test]
async fn every_request_without_the_nodes_token_is_refused_in_the_same_words() {
    for database in databases().await {
        let (console, node, token, client) = berlin(database).await;
        let (paris, other) = console.connection("Paris").await;
        let generic = refused(client.clone().without("authorization").get("/Users").await);
        let basic = "Basic dXNlcjpwYXNz".to_owned();
        let bearer = |text: &str| format!("Bearer {text}");
        let long = "a".repeat(600);
        let mut swapped = token.clone().into_bytes();
        swapped[30] = if swapped[30] == b'A' { b'B' } else { b'A' };
        let swapped = String::from_utf8(swapped).unwrap();
        let tokens = [
            basic,
            "Bearer".to_owned(),
            bearer(""),
            bearer(&long),
            bearer("x y"),
            bearer(&format!("{token} {token}")),
            token.clone(),
            bearer(&other),
            bearer(&token[..67]),
            bearer(&format!("{token}x")),
            bearer(&swapped),
            bearer("scimc_x_y"),
            bearer("\u{fc}ml\u{e4}ut"),
            format!("Token {token}"),
            "Bearer\t".to_owned() + &token[1..],
        ];
        for wrong in &tokens {
            let answer = client
                .clone()
                .with("authorization", wrong)
                .get("/Users")
                .await;
            assert_eq!(refused(answer), generic, "B-02: {wrong}");
        }
        assert_eq!(
            refused(client.clone().at(console.scim(paris)).get("/Users").await),
            generic,
            "B-06, B25: the token of another node"
        );
        for nowhere in ["9", "0", "-1", "abc", "99999999999999999999999", "1"] {
            let at = format!("{}/api/rest/scim/v2/{nowhere}", console.url());
            assert_eq!(
                refused(client.clone().at(at).get("/Users").await),
                generic,
                "B-06: node {nowhere}"
            );
        }
        client
            .clone()
            .with("authorization", &format!("bEaReR {token}"))
            .get("/Users")
            .await
            .is(200);
        let here = ScimClient::new(console.scim(node), &token)
            .get("/Users")
            .await
            .is(200);
        assert_eq!(
            here.body["totalResults"], 1,
            "6 #70: the scheme in any case"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn every_address_asks_for_the_token_first() {
    for database in databases().await {
        let (console, _, _, client) = berlin(database).await;
        let stranger = client.clone().without("authorization");
        let generic = refused(stranger.get("/Users").await);
        let id = client.get("/Users").await.ids().remove(0);
        for path in [
            "/ServiceProviderConfig",
            "/ResourceTypes",
            "/ResourceTypes/User",
            "/Schemas",
            "/Groups",
            "/Me",
            "/Bulk",
            "/Nothing",
            "/",
            "",
            "//Users",
            "/USERS",
            "/Users;x",
            "/%55sers",
            "/Users/.search",
            "/Users/x/y/z",
        ] {
            assert_eq!(
                refused(stranger.get(path).await),
                generic,
                "6 #69: GET {path}"
            );
        }
        for path in [
            format!("/Users/{id}"),
            format!("/Users%2F{id}"),
            format!("/%55sers/{id}"),
            format!("/Users%252F{id}"),
            format!("/x/../Users/{id}"),
        ] {
            assert_eq!(refused(stranger.get(&path).await), generic, "B-05: {path}");
        }
        for method in ["PUT", "PATCH", "DELETE", "POST", "OPTIONS", "TRACE"] {
            assert_eq!(
                refused(stranger.send(method, &format!("/Users/{id}"), "{}").await),
                generic,
                "B-05: {method}"
            );
            assert_eq!(
                refused(stranger.send(method, "/Users", "{").await),
                generic,
                "a body is not even looked at"
            );
        }
        let cookies = stranger.clone().with("cookie", "__Host-sid=x; sid=x");
        assert_eq!(refused(cookies.get("/Users").await), generic, "CSR-3, B-86");
        let answer = client.get("/Users").await.is(200);
        assert!(
            answer
                .headers
                .keys()
                .all(|name| !name.as_str().starts_with("access-control")),
            "CSR-5"
        );
        console.verify().await;
    }
}

#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
#[tokio::test]
async fn a_token_is_good_from_save_on() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (elsewhere, _) = console.connection("Paris").await;
        let ada = console.ada().await;
        let node = directory::admin::nodes::add(&console.db, &ada, NodeId::ROOT, "Berlin")
            .await
            .unwrap()
            .id;
        let ada = console.ada().await;
        let address = console.scim(node);
        connections::start(&console.db, &ada, node, "Okta")
            .await
            .unwrap();
        let made =
            connections::generate_token(&console.db, &ada, console.state.secrets(), node, "Okta")
                .await
                .unwrap();
        let client = ScimClient::new(&*address, &made.secret);
        let generic = refused(client.clone().without("authorization").get("/Users").await);
        let early = refused(client.get("/Users?startIndex=1&count=2").await);
        assert!(
            early.contains("press Save") && early != generic,
            "01.8, B1, B-03: {early}"
        );
        let mut broken = made.secret.clone();
        broken.replace_range(30..31, if &broken[30..31] == "A" { "B" } else { "A" });
        assert_eq!(
            refused(ScimClient::new(&*address, &broken).get("/Users").await),
            generic,
            "B-03: only for the token itself"
        );
        assert_eq!(
            refused(
                client
                    .clone()
                    .at(console.scim(elsewhere))
                    .get("/Users")
                    .await
            ),
            generic,
            "B-03: only at its node"
        );
        let again =
            connections::generate_token(&console.db, &ada, console.state.secrets(), node, "Okta")
                .await
                .unwrap();
        assert_eq!(
            refused(client.get("/Users").await),
            generic,
            "a draft that was replaced is nothing"
        );
        connections::save(&console.db, &ada, node, "Okta", UniqueNames::Off)
            .await
            .unwrap();
        let client = ScimClient::new(&*address, &again.secret);
        let state = async || {
            connections::get(&console.db, &ada, node)
                .await
                .unwrap()
                .connection
                .state
        };
        assert_eq!(state().await, ConnectionState::Inactive, "C3");
        assert_eq!(
            client.get("/Users").await.is(200).body["Resources"],
            json!([]),
            "6 #8"
        );
        assert_eq!(state().await, ConnectionState::Active, "B2, C4");
        client.get("/Users").await.is(200);
        console.state.scim_log.flush().await;
        let requests = connections::requests(&console.db, &ada, node, 100)
            .await
            .unwrap();
        let noted = requests
            .iter()
            .rev()
            .map(|one| (one.status, one.token_id.is_some()))
            .collect::<Vec<_>>();
        assert!(
            noted.len() >= 5 && noted[noted.len() - 2..] == [(200, true), (200, true)],
            "{noted:?}"
        );
        assert!(
            requests.iter().any(|one| one
                .detail
                .as_deref()
                .is_some_and(|detail| detail.contains("press Save"))),
            "B1, 6 #6"
        );
        let mut tx = console.db.read().await.unwrap();
        let connection = connections::get(&console.db, &ada, node)
            .await
            .unwrap()
            .connection
            .id
            .0;
        let codes = events::of(&mut tx, &connection, 100).await.unwrap();
        assert_eq!(
            codes
                .iter()
                .filter(|event| event.code == Code::ConnectionUsed)
                .count(),
            1
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn nothing_in_the_database_is_a_token() {
    for database in databases().await {
        let (console, node, token, client) = berlin(database).await;
        client
            .clone()
            .with("authorization", &format!("Bearer {}x", &token[..67]))
            .get("/Users")
            .await
            .is(401);
        console.state.scim_log.flush().await;
        let secret = &token[6 + 12 + 1..];
        let mut tx = console.db.read().await.unwrap();
        for sql in [
            "SELECT id || ' ' || name || ' ' || digest || ' ' || state FROM tokens",
            "SELECT method || ' ' || path || ' ' || coalesce(detail, '') || ' ' || coalesce(agent, '') FROM requests",
            "SELECT details || ' ' || coalesce(target_name, '') FROM events",
        ] {
            for (text,) in tx.all::<(String,)>(sql, []).await.unwrap() {
                assert!(!text.contains(&secret[..20]), "TOK-2, LOG-1: {text}");
            }
        }
        drop(tx);
        // Whoever can write to the database but has not the pepper cannot make a token (TOK-2).
        let (id, forged) = directory::secret::new_token();
        run(
            &console,
            "INSERT INTO tokens (id, connection_id, name, digest, state, created_at, created_by, expires_at)
             SELECT $1, id, 'forged', $2, 'active', 1, 'x', 9999999999999 FROM connections WHERE node_id = $3",
            [id.0.into(), sha256(&forged).into(), node.into()],
        )
        .await;
        refused(
            ScimClient::new(console.scim(node), &forged)
                .get("/Users")
                .await,
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_token_ends_by_revocation_and_by_its_time() {
    for database in databases().await {
        let (console, node, token, client) = berlin(database).await;
        let generic = refused(client.clone().without("authorization").get("/Users").await);
        let ada = console.ada().await;
        let detail = connections::get(&console.db, &ada, node).await.unwrap();
        let life = detail.tokens[0].expires_at.0 - detail.tokens[0].created_at.0;
        assert_eq!(life, 365 * 24 * 60 * 60 * 1_000, "TOK-5");
        let second =
            connections::generate_token(&console.db, &ada, console.state.secrets(), node, "Second")
                .await
                .unwrap();
        connections::save(&console.db, &ada, node, "Okta", UniqueNames::Off)
            .await
            .unwrap();
        let rotated = ScimClient::new(console.scim(node), &second.secret);
        client.get("/Users").await.is(200);
        rotated.get("/Users").await.is(200);
        let third =
            connections::generate_token(&console.db, &ada, console.state.secrets(), node, "Third")
                .await;
        assert!(third.is_err(), "TOK-6: two at once");
        let first = parse_token(&token).unwrap();
        connections::revoke_token(&console.db, &ada, node, &first)
            .await
            .unwrap();
        assert_eq!(
            refused(client.get("/Users").await),
            generic,
            "TOK-8, B-04: the very next request"
        );
        rotated.get("/Users").await.is(200);
        let TokenId(id) = second.token.id;
        run(
            &console,
            "UPDATE tokens SET expires_at = 1 WHERE id = $1",
            [id.into()],
        )
        .await;
        assert_eq!(
            refused(rotated.get("/Users").await),
            generic,
            "TOK-5, B-04: at its time"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_token_opens_its_node_and_none_below_or_above() {
    for database in databases().await {
        let (console, node, token, client) = berlin(database).await;
        let ada = console.ada().await;
        let below = directory::admin::nodes::add(&console.db, &ada, node, "Kreuzberg")
            .await
            .unwrap()
            .id;
        let generic = refused(client.clone().without("authorization").get("/Users").await);
        for other in [below, NodeId::ROOT] {
            assert_eq!(
                refused(client.clone().at(console.scim(other)).get("/Users").await),
                generic,
                "TOK-9"
            );
        }
        let page = client
            .clone()
            .at(console.url())
            .with("accept", "text/html")
            .get("/users")
            .await;
        assert!(
            page.status != 200 || !page.text.contains("grace"),
            "TOK-9, B-86: no console with a bearer token"
        );
        let ada = console.ada().await;
        connections::remove(&console.db, &ada, node).await.unwrap();
        assert_eq!(
            refused(
                ScimClient::new(console.scim(node), &token)
                    .get("/Users")
                    .await
            ),
            generic,
            "a connection that is gone"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn the_last_use_is_noted_at_most_once_a_minute() {
    for database in databases().await {
        let (console, node, _, client) = berlin(database).await;
        let client = client.with("user-agent", "Okta SCIM Client 1.0.0");
        let ada = console.ada().await;
        let used = async || {
            console.state.scim_log.flush().await;
            let detail = connections::get(&console.db, &ada, node).await.unwrap();
            (
                detail.tokens[0].last_used_at,
                detail.connection.last_request_at,
            )
        };
        let first = used().await;
        assert!(first.0.is_some() && first.1.is_some(), "TOK-7");
        for _ in 0..20 {
            client.get("/Users?count=1").await.is(200);
        }
        assert_eq!(used().await, first, "TOK-7: no write for each request");
        run(
            &console,
            "UPDATE tokens SET last_used_at = last_used_at - 61000",
            [],
        )
        .await;
        client.get("/Users?count=1").await.is(200);
        let later = used().await;
        assert!(later.0 >= first.0 && later != (None, None), "TOK-7");
        let detail = connections::get(&console.db, &ada, node).await.unwrap();
        assert_eq!(
            detail.connection.last_agent.as_deref(),
            Some("Okta SCIM Client 1.0.0")
        );
        assert_eq!(detail.tokens[0].last_used_ip.as_deref(), Some("127.0.0.1"));
        let requests = connections::requests(&console.db, &ada, node, 100)
            .await
            .unwrap();
        assert_eq!(requests.len(), 22, "every request is in the log");
        let latest = &requests[0];
        assert_eq!((latest.method.as_str(), latest.status), ("GET", 200));
        assert!(
            latest.path.ends_with("/Users?count=1") && latest.took_us > 0,
            "{latest:?}"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_refusal_is_in_the_log_with_its_reason() {
    for database in databases().await {
        let (console, node, _, client) = berlin(database).await;
        client
            .post("/Users", &user("Grace@acme.example"))
            .await
            .is(409);
        client.get("/Users?filter=nonsense").await.is(400);
        client
            .post("/Users", &json!({ "userName": "x", "password": "S3cret" }))
            .await
            .is(400);
        client
            .clone()
            .without("authorization")
            .get("/Users")
            .await
            .is(401);
        console.state.scim_log.flush().await;
        let ada = console.ada().await;
        let requests = connections::requests(&console.db, &ada, node, 100)
            .await
            .unwrap();
        let noted = requests
            .iter()
            .rev()
            .map(|one| (one.status, one.scim_type.as_deref()))
            .collect::<Vec<_>>();
        let expected = [
            (201, None),
            (409, Some("uniqueness")),
            (400, Some("invalidFilter")),
            (400, Some("invalidSyntax")),
            (401, None),
        ];
        assert_eq!(noted, expected);
        assert!(requests.iter().take(4).all(|one| one.detail.is_some()));
        assert!(!format!("{requests:?}").contains("S3cret"), "LOG-1");
        console.verify().await;
    }
}
