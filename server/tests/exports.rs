//! Lists as files: what the filter matches and the administrator may see, safe to open in a spreadsheet.

use directory::admin::roles::{self, Wanted, holders, privileges};
use directory::admin::{exports, users};
use directory::model::event::Code;
use directory::model::id::{NodeId, UserId};
use directory::model::query::ListQuery;
use directory::model::role::{Privilege, Reach};
use directory::model::settings::Switch;
use directory::model::user::User;
use directory::{Error, access};
use serde_json::Value;

use crate::support::scim_client::{ScimClient, user};
use crate::support::{ADA, Console, databases};

/// A console with a node, a client of its connection, and so many people named after what spreadsheets misread.
async fn crowd(database: crate::support::Database, more: usize) -> (Console, NodeId, ScimClient) {
    let console = Console::start(database).await;
    let (node, token) = console.connection("Berlin").await;
    let client = ScimClient::new(console.scim(node), &token);
    for (at, name) in [
        "=cmd|'/C calc'!A0",
        "Grace \"Amazing\" Hopper, Rear Admiral",
        "Zoë",
    ]
    .iter()
    .enumerate()
    {
        let mut body = user(&format!("p{at}@acme.example"));
        body["displayName"] = (*name).into();
        client.post("/Users", &body).await.is(201);
    }
    for at in 0..more {
        client
            .post("/Users", &user(&format!("crowd{at}@acme.example")))
            .await
            .is(201);
    }
    (console, node, client)
}

#[tokio::test]
async fn people_leave_as_csv_and_json_and_an_event_says_so() {
    for database in databases().await {
        // More than two portions.
        let (console, node, _) = crowd(database, 1_020).await;
        let mut ada = console.browser_of_ada().await;
        let answer = ada.get("/exports/users.csv").await.is(200);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            answer.header("content-disposition"),
            "attachment; filename*=UTF-8''users.csv"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let mut reader = csv::Reader::from_reader(answer.text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let names: Vec<&str> = rows.iter().map(|row| &row[1]).collect();
        assert_eq!(rows.len(), 1_024, "Ada, three and the crowd");
        assert!(names.contains(&"'=cmd|'/C calc'!A0"), "B-117");
        assert!(names.contains(&"Grace \"Amazing\" Hopper, Rear Admiral"));
        let answer = ada.get("/exports/users.json").await.is(200);
        let all: Vec<Value> = serde_json::from_str(&answer.text).unwrap();
        let ids: Vec<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
        let of_csv: Vec<&str> = rows.iter().map(|row| &row[0]).collect();
        assert_eq!(ids, of_csv, "each once, in the same order");
        assert!(all.iter().any(|one| one["name"] == "=cmd|'/C calc'!A0"));
        let narrow = format!("/exports/users.json?q=zo&state=invited&node={node}");
        let answer = ada.get(&narrow).await.is(200);
        let found: Vec<Value> = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["name"], "Zoë");
        let nobody = ada.get("/exports/users.json?q=nobody").await.is(200);
        assert_eq!(nobody.text, "[\n]\n");
        let nobody = ada.get("/exports/users.csv?q=nobody").await.is(200);
        assert_eq!(nobody.text.lines().count(), 1, "the names of the columns");
        let answer = ada.get("/exports/events.json?state=exported").await.is(200);
        let told: Vec<Value> = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(told.len(), 6, "each of them, this one too: {told:?}");
        assert!(
            told.iter()
                .all(|one| one["code"] == Code::Exported.as_str())
        );
        assert_eq!(told[2]["details"]["q"], "zo");
        console.verify().await;
    }
}

/// Somebody who came in and manages the users of one node.
async fn helper(console: &Console, node: NodeId, client: &ScimClient) -> User {
    let (db, ada) = (&console.db, console.ada().await);
    let wanted = Wanted {
        name: "Helpers".to_owned(),
        visible_below: Switch::Off,
        for_new_users: Switch::Off,
    };
    let role = roles::add(db, &ada, node, wanted).await.unwrap().id;
    let given = [Privilege::ManageUsers];
    privileges::set(db, &ada, &role, node, &given, Reach::Here)
        .await
        .unwrap();
    let helper = UserId(client.user("helper@acme.example").await);
    users::cancel_invitation(db, &ada, &helper).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let came_in = "UPDATE users SET state = 'active' WHERE id = $1";
    tx.run(came_in, [(&helper).into()]).await.unwrap();
    tx.commit().await.unwrap();
    holders::give(db, &ada, &role, &helper).await.unwrap();
    users::get(db, &ada, &helper).await.unwrap().user
}

#[tokio::test]
async fn whoever_is_locked_meanwhile_gets_no_more_of_a_list() {
    for database in databases().await {
        let (console, berlin, client) = crowd(database, 0).await;
        let helper = helper(&console, berlin, &client).await;
        let (db, ada) = (&console.db, console.ada().await);
        let mut tx = db.read().await.unwrap();
        let powers = access::admin(&mut tx, &helper).await.unwrap();
        drop(tx);
        let all = ListQuery::default();
        let first = exports::users(db, &powers, &all, None).await.unwrap();
        users::lock(db, &ada, &helper.id).await.unwrap();
        let last = &first.first().unwrap().id;
        let next = exports::users(db, &powers, &all, Some(last)).await;
        assert!(matches!(next, Err(Error::Forbidden(_))), "{next:?}");
        console.verify().await;
    }
}

#[tokio::test]
async fn nobody_takes_away_what_their_list_does_not_show() {
    for database in databases().await {
        let (console, berlin, client) = crowd(database, 0).await;
        let (paris, _) = console.connection("Paris").await;
        let helper = helper(&console, berlin, &client).await;
        let mut browser = console.browser_of(&helper).await;
        let answer = browser.get("/exports/users.csv").await.is(200);
        assert!(answer.text.contains("Zoë") && answer.text.contains("helper@acme.example"));
        assert!(!answer.text.contains(ADA), "AUZ-2: she is at the top");
        browser.get("/exports/events.csv").await.is(403);
        for node in [paris, NodeId::ROOT] {
            let path = format!("/exports/users.csv?node={node}");
            browser.get(&path).await.is(404);
        }
        console.verify().await;
    }
}

#[tokio::test]
async fn what_cannot_be_exported_says_why() {
    for database in databases().await {
        let (console, _, _) = crowd(database, 0).await;
        let mut ada = console.browser_of_ada().await;
        for (path, status) in [
            ("/exports/users.pdf", 404),
            ("/exports/passphrases.csv", 404),
            ("/exports/..%2fusers.csv", 404),
            ("/exports/users.csv?node=Berlin", 400),
            ("/exports/users.csv?node=999", 404),
            ("/exports/users.csv?q=%ff", 200),
        ] {
            assert_eq!(ada.get(path).await.status, status, "B-118: {path}");
        }
        let mut other = console
            .browser_of_ada()
            .await
            .with("sec-fetch-site", "cross-site");
        other.get("/exports/users.csv").await.is(403);
        let mut stranger = console.browser();
        let answer = stranger.get("/exports/users.csv").await.is(303);
        assert!(answer.header("location").starts_with("/sign-in"));
        console.verify().await;
    }
}

#[tokio::test]
async fn one_export_runs_at_a_time() {
    for database in databases().await {
        let (console, _, _) = crowd(database, 0).await;
        let ada = console.ada().await;
        let turn = console.state.exports.turn(&ada.user_id);
        assert!(turn.is_some());
        let mut browser = console.browser_of_ada().await;
        let answer = browser.get("/exports/users.csv").await.is(429);
        assert_eq!(answer.header("retry-after"), "10");
        drop(turn);
        for _ in 0..2 {
            browser.get("/exports/users.csv").await.is(200);
        }
        let query = ListQuery::default();
        let events = directory::admin::events::list(&console.db, &ada, &query)
            .await
            .unwrap();
        let exported = events.rows.iter().filter(|one| one.code == Code::Exported);
        assert_eq!(exported.count(), 2, "what was refused left no event");
        console.verify().await;
    }
}
