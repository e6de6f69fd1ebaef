//! The pages of the log, as a browser without script gets them; and who may open them.

use directory::access::{self, Admin};
use directory::admin::{requests, users};
use directory::model::id::{NodeId, UserId};
use directory::model::user::User;
use serde_json::json;

use super::Log;
use crate::support::databases;
use crate::support::scim_client::{patch, user};

/// Somebody who administers one node and nothing else.
async fn somebody_at(log: &Log, node: NodeId) -> User {
    let db = &log.console.db;
    let ben = users::add(db, &log.ada, node, "Ben", "ben@acme.example")
        .await
        .unwrap();
    let mut tx = db.write().await.unwrap();
    tx.run(
        "UPDATE users SET state = 'active' WHERE id = $1",
        [(&ben.id).into()],
    )
    .await
    .unwrap();
    tx.run("INSERT INTO roles (id, node_id, name, kind, created_at) VALUES ('keeper', $1, 'Keeper', 'administrative', 1)", [node.into()])
        .await
        .unwrap();
    for privilege in ["manage_connections", "manage_users", "manage_teams"] {
        tx.run(
            "INSERT INTO role_privileges (role_id, node_id, privilege, cascades) VALUES ('keeper', $1, $2, FALSE)",
            [node.into(), privilege.into()],
        )
        .await
        .unwrap();
    }
    tx.run(
        "INSERT INTO role_users (role_id, user_id) VALUES ('keeper', $1)",
        [(&ben.id).into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.read().await.unwrap();
    directory::store::users::find(&mut tx, &ben.id)
        .await
        .unwrap()
        .unwrap()
}

/// The same person, with what they may do.
pub async fn administrator_of(log: &Log, node: NodeId) -> Admin {
    let ben = somebody_at(log, node).await;
    let mut tx = log.console.db.read().await.unwrap();
    access::admin(&mut tx, &ben).await.unwrap()
}

#[tokio::test]
async fn a_failing_push_is_explained_on_the_page_of_its_request() {
    for database in databases().await {
        let log = Log::start(database).await;
        let grace = log.client.user("grace@acme.example").await;
        log.client.post("/Users", &user("it's grace")).await.is(400);
        let id = log.all().await.remove(0).id;
        let mut ada = log.console.browser_of_ada().await;
        let page = format!("/nodes/{}/connection/requests", log.node);
        let list = ada.get(&page).await;
        assert_eq!(list.status, 200);
        for words in [
            "POST",
            "/Users",
            "no e-mail address to sign in with",
            "Credentials Details",
            &format!("{page}/{id}"),
        ] {
            assert!(list.text.contains(words), "{words}");
        }
        let one = ada.get(&format!("{page}/{id}")).await;
        assert_eq!(one.status, 200);
        for words in [
            "What happened",
            "What to do",
            "scimType",
            "curl -i -X POST",
            "$TOKEN",
            "Refused",
        ] {
            assert!(one.text.contains(words), "{words}");
        }
        assert!(one.text.contains("it'\\''s grace"), "quoted for a shell");
        let person = ada.get(&format!("/users/{grace}")).await;
        assert!(
            person.text.contains("What Okta said lately")
                && person.text.contains("Created grace@acme.example")
        );
        let narrowed = ada
            .get(&format!("{page}?outcome=refused&kind=people"))
            .await;
        assert!(
            narrowed.text.contains("no e-mail address")
                && !narrowed.text.contains("Created grace@acme.example")
        );
        log.console.verify().await;
    }
}

#[tokio::test]
async fn what_was_changed_is_shown_before_and_after() {
    for database in databases().await {
        let log = Log::start(database).await;
        let grace = log.client.user("grace@acme.example").await;
        let change =
            |title: &str| patch(&json!([{ "op": "replace", "path": "title", "value": title }]));
        log.client
            .patch(&format!("/Users/{grace}"), &change("<b>Admiral</b>"))
            .await
            .is(200);
        log.client
            .patch(&format!("/Users/{grace}"), &change("Commodore"))
            .await
            .is(200);
        let id = log.all().await.remove(0).id;
        let mut ada = log.console.browser_of_ada().await;
        let one = ada
            .get(&format!("/nodes/{}/connection/requests/{id}", log.node))
            .await;
        assert!(one.text.contains("&lt;b&gt;Admiral&lt;/b&gt;") && one.text.contains("Commodore"));
        assert!(
            one.text.contains(&format!("/users/{grace}")),
            "a link to the person"
        );
        log.console.verify().await;
    }
}

#[tokio::test]
async fn a_log_of_another_node_looks_as_if_it_were_not_there() {
    for database in databases().await {
        let log = Log::start(database).await;
        log.client.get("/Users").await.is(200);
        let id = log.all().await.remove(0).id;
        let (paris, _) = log.console.connection("Paris").await;
        let log = Log {
            ada: log.console.ada().await,
            ..log
        };
        let ben = somebody_at(&log, paris).await;
        let mut browser = log.console.browser_of(&ben).await;
        for path in [
            format!("/nodes/{}/connection/requests", log.node),
            format!("/nodes/{}/connection/requests/{id}", log.node),
            // A request of another connection, asked for by way of one's own.
            format!("/nodes/{paris}/connection/requests/{id}"),
            "/nodes/999/connection/requests".to_owned(),
        ] {
            let answer = browser.get(&path).await;
            assert_eq!(answer.status, 404, "{path}");
            assert!(!answer.text.contains("Read what"), "{path}");
        }
        assert_eq!(
            browser
                .get(&format!("/nodes/{paris}/connection/requests"))
                .await
                .status,
            200
        );
        let he = administrator(&log, &ben.id).await;
        let about = requests::about(&log.console.db, &he, log.ada.user_id.as_str()).await;
        assert_eq!(about.unwrap(), []);
        log.console.verify().await;
    }
}

async fn administrator(log: &Log, id: &UserId) -> Admin {
    let mut tx = log.console.db.read().await.unwrap();
    let user = directory::store::users::find(&mut tx, id)
        .await
        .unwrap()
        .unwrap();
    access::admin(&mut tx, &user).await.unwrap()
}
