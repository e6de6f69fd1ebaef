//! A token from its making to its end.

use directory::admin::{connections, requests};
use directory::model::connection::{ConnectionState, UniqueNames};
use directory::model::event::Code;
use directory::model::id::{NodeId, TokenId};
use directory::model::request::LogQuery;
use directory::secret::{parse_token, sha256};
use directory::store::events;
use serde_json::json;

use super::{berlin, refused, run};
use crate::support::scim_client::ScimClient;
use crate::support::{Console, databases};

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
        let requests = requests::list(&console.db, &ada, node, &LogQuery::default())
            .await
            .unwrap()
            .rows;
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
