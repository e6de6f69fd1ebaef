//! A token is shown once, in the answer that made it, and is nowhere afterwards (TOK-4).

use directory::admin::{connections, nodes};
use directory::model::id::NodeId;

use crate::support::{Console, databases};

/// The tokens that stand in a text.
fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .match_indices("scimc_")
        .filter_map(|(at, _)| text.get(at..at + 68))
        .filter(|token| directory::secret::parse_token(token).is_some())
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn a_token_is_shown_once_and_kept_nowhere() {
    for database in databases().await {
        let console = Console::start(database).await;
        let ada = console.ada().await;
        let berlin = nodes::add(&console.db, &ada, NodeId::ROOT, "Berlin")
            .await
            .unwrap();
        connections::start(&console.db, &ada, berlin.id, "Okta")
            .await
            .unwrap();
        let page = format!("/nodes/{}/connection", berlin.id);
        let make = format!("{page}/token");
        let mut browser = console.browser_of_ada().await;
        let answer = browser.post(&make, &[]).await.is(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("set-cookie"), "");
        let shown = tokens(&answer.text);
        assert_eq!(shown.len(), 1, "one token, on {}", console.db.kind());
        assert_eq!(tokens(&browser.get(&page).await.is(200).text), [""; 0]);
        let mut tx = console.db.read().await.unwrap();
        for sql in [
            "SELECT count(*) FROM tokens WHERE digest LIKE '%' || $1 || '%' OR id = $1 OR name = $1",
            "SELECT count(*) FROM sessions WHERE data LIKE '%' || $1 || '%'",
            "SELECT count(*) FROM events WHERE details LIKE '%' || $1 || '%' OR target_id = $1 OR target_name = $1",
        ] {
            let kept = tx.number(sql, [shown[0].as_str().into()]).await.unwrap();
            assert_eq!(kept, 0, "{sql}");
        }
        drop(tx);
        // Not saved yet: it opens nothing, and says what to do.
        let bearer = console
            .browser()
            .with("authorization", &format!("Bearer {}", shown[0]));
        let users = format!("{}/Users", console.scim(berlin.id));
        let refused = bearer.clone().get(&users).await.is(401);
        assert!(refused.text.contains("press Save"), "{}", refused.text);
        // Another one takes its place.
        let again = tokens(&browser.post(&make, &[]).await.is(200).text);
        assert!(again.len() == 1 && again != shown);
        console.verify().await;
    }
}

#[tokio::test]
async fn nobody_gets_a_token_who_may_not_make_one() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, _) = console.connection("Berlin").await;
        let path = format!("/nodes/{node}/connection/token");
        let to_sign_in = format!("/sign-in?return_to=%2Fnodes%2F{node}%2Fconnection");
        console
            .browser()
            .post(&path, &[])
            .await
            .leads_to(&to_sign_in);
        let mut browser = console.browser_of_ada().await;
        // Where there is no connection the page of it says so.
        let nowhere = browser.post("/nodes/99/connection/token", &[]).await;
        nowhere.leads_to("/nodes/99/connection");
        browser.get(&path).await.is(405);
        let mut tx = console.db.read().await.unwrap();
        assert_eq!(
            tx.number("SELECT count(*) FROM tokens", []).await.unwrap(),
            1
        );
    }
}
