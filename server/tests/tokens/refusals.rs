//! Requests without the token of their node.

use directory::model::connection::Fate;
use directory::model::id::NodeId;

use super::{berlin, refused};
use crate::support::databases;
use crate::support::scim_client::ScimClient;

#[tokio::test]
async fn every_request_without_the_nodes_token_is_refused_in_the_same_words() {
    for database in databases().await {
        let (console, node, token, client) = berlin(database).await;
        let (paris, other) = console.connection("Paris").await;
        // B-01: no header at all; everything wrong is answered the same.
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
        directory::admin::removal::remove(&console.db, &ada, node, Fate::Unlink)
            .await
            .unwrap();
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
