//! What an identity provider may do and what becomes of it, over HTTP on both databases: the requirements and decisions
//! by their numbers, as far as no recorded conversation shows them.

use directory::access::Admin;
use directory::admin;
use directory::model::connection::UniqueNames;
use directory::model::event::Code;
use directory::model::id::{NodeId, UserId};
use directory::model::user::User;
use directory::store::db::Arg;
use directory::store::{events, users};
use serde_json::{Value, json};

use crate::support::scim_client::{ScimClient, group, patch, user};
use crate::support::{Console, databases};

/// A console with the node Berlin, and its client.
async fn berlin(database: crate::support::Database) -> (Console, NodeId, ScimClient) {
    let console = Console::start(database).await;
    let (node, token) = console.connection("Berlin").await;
    let client = ScimClient::new(console.scim(node), &token);
    (console, node, client)
}

async fn person(console: &Console, id: &str) -> User {
    let mut tx = console.db.read().await.unwrap();
    users::find(&mut tx, &UserId(id.to_owned()))
        .await
        .unwrap()
        .unwrap()
}

async fn number(console: &Console, sql: &'static str, args: impl IntoIterator<Item = Arg>) -> i64 {
    console
        .db
        .read()
        .await
        .unwrap()
        .number(sql, args)
        .await
        .unwrap()
}

async fn run(console: &Console, sql: &'static str, args: impl IntoIterator<Item = Arg>) {
    let mut tx = console.db.write().await.unwrap();
    assert!(
        tx.run(sql, args).await.unwrap() > 0,
        "nothing was changed by {sql}"
    );
    tx.commit().await.unwrap();
}

/// The codes of what happened to something, in order.
async fn told(console: &Console, id: &str) -> Vec<Code> {
    let mut tx = console.db.read().await.unwrap();
    let found = events::of(&mut tx, id, 1_000).await.unwrap();
    found.into_iter().rev().map(|event| event.code).collect()
}

/// How many invitations wait to be sent to somebody.
async fn invitations(console: &Console, id: &str) -> i64 {
    let sql = "SELECT count(*) FROM outbox WHERE user_id = $1 AND sent_at IS NULL AND withdrawn_at IS NULL";
    number(console, sql, [id.into()]).await
}

async fn added_by_hand(console: &Console, node: NodeId, name: &str, email: &str) -> String {
    admin::users::add(&console.db, &console.ada().await, node, name, email)
        .await
        .unwrap()
        .id
        .0
}

fn replace(value: &Value) -> Value {
    patch(&json!([{ "op": "replace", "value": value }]))
}

fn emails(user_name: &str, emails: &Value) -> Value {
    let mut body = user(user_name);
    body["emails"] = emails.clone();
    body
}

/// Gives somebody the role that may do everything, as no verb of this release does.
async fn make_administrator(console: &Console, id: &str) {
    run(
        console,
        "UPDATE users SET state = 'active' WHERE id = $1",
        [id.into()],
    )
    .await;
    run(
        console,
        "UPDATE outbox SET withdrawn_at = 1 WHERE user_id = $1",
        [id.into()],
    )
    .await;
    run(
        console,
        "INSERT INTO role_users (role_id, user_id) VALUES ('administrator', $1)",
        [id.into()],
    )
    .await;
}

/// Deletes somebody as an administrator will.
async fn recycle(console: &Console, id: &str) {
    run(
        console,
        "UPDATE users SET recycled_at = 1 WHERE id = $1",
        [id.into()],
    )
    .await;
    run(
        console,
        "UPDATE outbox SET withdrawn_at = 1 WHERE user_id = $1",
        [id.into()],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_id_is_404_for_every_verb_and_tells_nothing_of_other_nodes() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let (paris, token) = console.connection("Paris").await;
        let there = ScimClient::new(console.scim(paris), &token);
        let (person, team) = (
            there.user("grace@acme.example").await,
            there.group("Ops", &[]).await,
        );
        let nobody = "01890000-0000-7000-8000-000000000000";
        for (path, of_other) in [("/Users", person), ("/Groups", team)] {
            let change = patch(&json!([{ "op": "replace", "path": "displayName", "value": "x" }]))
                .to_string();
            let whole = if path == "/Users" {
                user("x@acme.example")
            } else {
                group("x", &[])
            }
            .to_string();
            for (method, body) in [
                ("GET", ""),
                ("PATCH", &change),
                ("PUT", &whole),
                ("DELETE", ""),
            ] {
                let unknown = client
                    .send(method, &format!("{path}/{nobody}"), body)
                    .await
                    .refuses(404, "-");
                let elsewhere = client
                    .send(method, &format!("{path}/{of_other}"), body)
                    .await
                    .refuses(404, "-");
                assert_eq!(unknown.text, elsewhere.text, "AUZ-3: {method} {path}");
                let names = |answer: &crate::support::scim_client::Answer| {
                    answer
                        .headers
                        .keys()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                };
                assert_eq!(names(&unknown), names(&elsewhere), "AUZ-3: {method} {path}");
            }
        }
        assert_eq!(
            (client.total("/Users").await, client.total("/Groups").await),
            (0, 0)
        );
        assert_eq!(
            (there.total("/Users").await, there.total("/Groups").await),
            (1, 1)
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn an_address_is_unique_everywhere_and_every_refusal_reads_the_same() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let (paris, token) = console.connection("Paris").await;
        let there = ScimClient::new(console.scim(paris), &token);
        there.user("grace@acme.example").await;
        let mine = client.user("ben@acme.example").await;
        let elsewhere = client
            .post("/Users", &user("grace@acme.example"))
            .await
            .refuses(409, "uniqueness");
        let here = client
            .post("/Users", &user("Ben@acme.example"))
            .await
            .refuses(409, "uniqueness");
        let of_an_administrator = client
            .post("/Users", &user("ada@acme.example"))
            .await
            .refuses(409, "uniqueness");
        assert_eq!(elsewhere.text, here.text, "6 #20");
        assert_eq!(elsewhere.text, of_an_administrator.text, "6 #20");
        recycle(&console, &mine).await;
        let recycled = client
            .post("/Users", &user("ben@acme.example"))
            .await
            .refuses(409, "uniqueness");
        assert_eq!(
            elsewhere.text, recycled.text,
            "6 #92: the address of a recycled person stays taken"
        );
        client
            .get(&format!("/Users/{mine}"))
            .await
            .refuses(404, "-");
        assert_eq!(client.total("/Users").await, 0, "6 #92");
        console.verify().await;
    }
}

#[tokio::test]
async fn the_sign_in_address_is_the_user_name_else_the_primary_else_the_first_address() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let cases = [
            (
                emails(
                    "one@acme.example",
                    &json!([{ "value": "other1@acme.example", "primary": true }]),
                ),
                "one@acme.example",
            ),
            (
                emails(
                    "two",
                    &json!([{ "value": "first2@acme.example" }, { "value": "two@acme.example", "primary": true }]),
                ),
                "two@acme.example",
            ),
            (
                emails(
                    "three",
                    &json!([{ "value": "nonsense" }, { "value": "three@acme.example" }, { "value": "later@acme.example" }]),
                ),
                "three@acme.example",
            ),
            (
                emails(
                    "four",
                    &json!([{ "value": "x", "primary": true }, { "value": "four@acme.example" }]),
                ),
                "four@acme.example",
            ),
        ];
        for (body, login) in cases {
            let answer = client.post("/Users", &body).await.is(201);
            assert_eq!(person(&console, &answer.id()).await.login, login, "6 #24");
            assert_eq!(
                answer.body["userName"], body["userName"],
                "6 #71: the userName stays what was sent"
            );
            assert_eq!(
                answer.body["emails"].as_array().unwrap().len(),
                body["emails"].as_array().unwrap().len()
            );
        }
        assert_eq!(
            client.total(r#"/Users?filter=userName eq "TWO""#).await,
            1,
            "6 #71"
        );
        client
            .post(
                "/Users",
                &emails("Two", &json!([{ "value": "new@acme.example" }])),
            )
            .await
            .refuses(409, "uniqueness");
        let fake = client
            .post("/Users", &user("nobody@nowhere.invalid"))
            .await
            .is(201);
        assert_eq!(
            invitations(&console, &fake.id()).await,
            1,
            "6 #26: a fake address is taken"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_person_always_keeps_an_address() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let body = emails(
            "grace",
            &json!([{ "value": "grace@acme.example", "type": "work" }]),
        );
        let id = client.post("/Users", &body).await.is(201).id();
        let path = format!("/Users/{id}");
        let before = person(&console, &id).await;
        for change in [
            patch(&json!([{ "op": "remove", "path": "emails" }])),
            patch(&json!([{ "op": "remove", "path": r#"emails[type eq "work"]"# }])),
            patch(&json!([{ "op": "replace", "path": "emails", "value": [] }])),
            patch(
                &json!([{ "op": "replace", "path": r#"emails[type eq "work"].value"#, "value": "nonsense" }]),
            ),
            patch(
                &json!([{ "op": "replace", "path": "displayName", "value": "x" }, { "op": "remove", "path": "emails" }]),
            ),
        ] {
            client
                .patch(&path, &change)
                .await
                .refuses(400, "invalidValue");
        }
        client
            .put(&path, &user("grace"))
            .await
            .refuses(400, "invalidValue");
        assert_eq!(
            person(&console, &id).await,
            before,
            "6 #72: nothing changed"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_rename_moves_the_address_and_frees_the_old_one() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let id = client.user("old@acme.example").await;
        let before = person(&console, &id).await;
        let answer = client
            .patch(
                &format!("/Users/{id}"),
                &replace(&json!({ "userName": "new@acme.example" })),
            )
            .await
            .is(200);
        assert_eq!(answer.body["userName"], "new@acme.example");
        let after = person(&console, &id).await;
        assert_eq!(
            (after.login.as_str(), after.session_epoch),
            ("new@acme.example", before.session_epoch + 1),
            "B-35"
        );
        assert_eq!(
            client
                .total(r#"/Users?filter=userName eq "old@acme.example""#)
                .await,
            0,
            "6 #73"
        );
        let other = client.user("old@acme.example").await;
        assert_ne!(other, id, "6 #73");
        assert_eq!(
            told(&console, &id).await,
            [Code::UserAdded, Code::UserChanged]
        );
        // A userName that is no address any more: the primary address becomes the login.
        let body = emails("nickname", &json!([{ "value": "third@acme.example" }]));
        client.put(&format!("/Users/{id}"), &body).await.is(200);
        assert_eq!(person(&console, &id).await.login, "third@acme.example");
        console.verify().await;
    }
}

#[tokio::test]
async fn somebody_added_by_hand_is_listed_and_linked_by_the_first_push() {
    for database in databases().await {
        let (console, node, client) = berlin(database).await;
        let ids = [
            added_by_hand(&console, node, "Grace Hopper", "grace@acme.example").await,
            added_by_hand(&console, node, "Ben", "ben@acme.example").await,
            added_by_hand(&console, node, "Linus", "linus@acme.example").await,
        ];
        let listed = client.get("/Users").await.is(200);
        assert_eq!(listed.ids(), ids, "6 #22: listed");
        assert_eq!(
            client
                .get(r#"/Users?filter=userName eq "GRACE@acme.example""#)
                .await
                .ids(),
            ids[..1]
        );
        for id in &ids {
            client
                .delete(&format!("/Users/{id}"))
                .await
                .refuses(403, "-");
            client
                .patch(
                    &format!("/Users/{id}"),
                    &replace(&json!({ "active": false })),
                )
                .await
                .refuses(403, "-");
            let shown = client.get(&format!("/Users/{id}")).await.is(200);
            let mut same = shown.body.clone();
            same["active"] = json!(false);
            client
                .put(&format!("/Users/{id}"), &same)
                .await
                .refuses(403, "-");
            let now = person(&console, id).await;
            assert!(
                !now.linked && now.is_unlocked(),
                "6 #22: refused and untouched"
            );
        }
        let mut body = user("grace@acme.example");
        body["externalId"] = json!("00u1");
        let posted = client.post("/Users", &body).await.is(201);
        assert_eq!(posted.id(), ids[0], "6 #22: the same record");
        client
            .put(
                &format!("/Users/{}", ids[1]),
                &emails("ben@acme.example", &json!([{ "value": "b@acme.example" }])),
            )
            .await
            .is(200);
        client
            .patch(
                &format!("/Users/{}", ids[2]),
                &replace(&json!({ "title": "Engineer", "userName": "moved@acme.example" })),
            )
            .await
            .is(200);
        for id in &ids {
            assert!(person(&console, id).await.linked, "6 #22: linked");
            assert_eq!(
                told(&console, id)
                    .await
                    .iter()
                    .filter(|code| **code == Code::UserLinked)
                    .count(),
                1
            );
        }
        assert_eq!(
            person(&console, &ids[2]).await.login,
            "linus@acme.example",
            "6 #22: the first link never moves the address"
        );
        client
            .post("/Users", &body)
            .await
            .refuses(409, "uniqueness");
        client.delete(&format!("/Users/{}", ids[0])).await.is(204);
        assert!(
            person(&console, &ids[0]).await.locked_by_idp,
            "6 #23: once linked, a DELETE locks"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn linking_keeps_an_administrators_lock() {
    for database in databases().await {
        let (console, node, client) = berlin(database).await;
        let id = added_by_hand(&console, node, "Linus", "linus@acme.example").await;
        run(
            &console,
            "UPDATE users SET state = 'active' WHERE id = $1",
            [(&id).into()],
        )
        .await;
        admin::users::lock(&console.db, &console.ada().await, &UserId(id.clone()))
            .await
            .unwrap();
        let answer = client
            .post("/Users", &user("linus@acme.example"))
            .await
            .is(201);
        assert_eq!(
            (answer.id(), &answer.body["active"]),
            (id.clone(), &json!(false))
        );
        let answer = client
            .patch(
                &format!("/Users/{id}"),
                &replace(&json!({ "active": true })),
            )
            .await
            .is(200);
        assert_eq!(
            answer.body["active"], false,
            "U12: the lock of an administrator stays, and is told"
        );
        assert!(person(&console, &id).await.locked_by_admin);
        client
            .patch(
                &format!("/Users/{id}"),
                &replace(&json!({ "active": false })),
            )
            .await
            .is(200);
        admin::users::unlock(&console.db, &console.ada().await, &UserId(id.clone()))
            .await
            .unwrap();
        let now = person(&console, &id).await;
        assert!(
            now.locked_by_idp && !now.locked_by_admin,
            "6 #12: two locks"
        );
        client
            .patch(
                &format!("/Users/{id}"),
                &replace(&json!({ "active": true })),
            )
            .await
            .is(200);
        assert!(person(&console, &id).await.is_unlocked());
        console.verify().await;
    }
}

#[tokio::test]
async fn an_invitation_goes_with_a_lock_and_comes_again_without_it() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let id = client.user("ben@acme.example").await;
        let path = format!("/Users/{id}");
        assert_eq!(invitations(&console, &id).await, 1, "07.2");
        client
            .patch(&path, &replace(&json!({ "active": false })))
            .await
            .is(200);
        assert_eq!(invitations(&console, &id).await, 0, "6 #13");
        client
            .patch(&path, &replace(&json!({ "active": true })))
            .await
            .is(200);
        assert_eq!(invitations(&console, &id).await, 1, "6 #13");
        client.delete(&path).await.is(204);
        assert_eq!(invitations(&console, &id).await, 0, "6 #13");
        client
            .post("/Users", &user("ben@acme.example"))
            .await
            .is(201);
        assert_eq!(invitations(&console, &id).await, 1, "6 #13, B-43");
        let now = person(&console, &id).await;
        assert_eq!((now.state.as_str(), now.generation), ("invited", 2), "B-43");

        let mut body = user("locked@acme.example");
        body["active"] = json!(false);
        let locked = client.post("/Users", &body).await.is(201).id();
        assert_eq!(invitations(&console, &locked).await, 0, "6 #75");
        client
            .patch(
                &format!("/Users/{locked}"),
                &replace(&json!({ "active": true })),
            )
            .await
            .is(200);
        assert_eq!(invitations(&console, &locked).await, 1, "6 #75");
        console.verify().await;
    }
}

#[tokio::test]
async fn somebody_who_came_in_and_was_deleted_comes_back_active_under_the_same_id() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let id = client.user("grace@acme.example").await;
        let team = client.group("Ops", &[&id]).await;
        run(
            &console,
            "UPDATE users SET state = 'active' WHERE id = $1",
            [(&id).into()],
        )
        .await;
        run(
            &console,
            "UPDATE outbox SET sent_at = 1 WHERE user_id = $1",
            [(&id).into()],
        )
        .await;
        let before = person(&console, &id).await;
        client.delete(&format!("/Users/{id}")).await.is(204);
        let deleted = person(&console, &id).await;
        assert!(
            deleted.session_epoch > before.session_epoch,
            "SES-3: sessions end"
        );
        assert_eq!(
            deleted.status().as_str(),
            "locked",
            "B-42: the console shows a lock, nothing is lost"
        );
        let answer = client
            .post("/Users", &user("grace@acme.example"))
            .await
            .is(201);
        assert_eq!(
            (answer.id(), &answer.body["active"]),
            (id.clone(), &json!(true)),
            "B-43"
        );
        let back = person(&console, &id).await;
        assert_eq!(
            (
                back.state.as_str(),
                back.generation,
                back.hidden_from_connection
            ),
            ("active", 2, false),
            "B-43"
        );
        assert_eq!(
            client.members(&team).await,
            Vec::<String>::new(),
            "B-43: no memberships"
        );
        let again = client
            .patch(
                &format!("/Groups/{team}"),
                &patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }])),
            )
            .await;
        assert!(again.status < 300, "B-45: the id is stable");
        console.verify().await;
    }
}

#[tokio::test]
async fn a_put_says_all_but_the_lock() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let mut body = user("grace@acme.example");
        body["externalId"] = json!("e1");
        body["title"] = json!("Admiral");
        body["name"] = json!({ "givenName": "Grace", "familyName": "Hopper" });
        let id = client.post("/Users", &body).await.is(201).id();
        let team = client.group("Ops", &[&id]).await;
        let path = format!("/Users/{id}");
        client
            .patch(&path, &replace(&json!({ "active": false })))
            .await
            .is(200);
        let mut smaller = user("grace@acme.example");
        smaller["groups"] = json!([]);
        let answer = client.put(&path, &smaller).await.is(200);
        assert_eq!(
            answer.body["active"], false,
            "6 #76: without active the lock stays"
        );
        assert!(
            answer.body.get("title").is_none()
                && answer.body.get("name").is_none()
                && answer.body.get("externalId").is_none(),
            "B-48: {answer}"
        );
        assert_eq!(
            answer.body["groups"][0]["value"],
            team.as_str(),
            "6 #78: groups are ignored"
        );
        smaller["active"] = Value::Null;
        assert_eq!(
            client.put(&path, &smaller).await.is(200).body["active"],
            false,
            "6 #76: null says nothing"
        );
        smaller["active"] = json!(true);
        smaller["externalId"] = json!("e2");
        assert_eq!(
            client.put(&path, &smaller).await.is(200).body["externalId"],
            "e2",
            "B-48"
        );
        assert_eq!(
            client
                .patch(&path, &replace(&json!({ "externalId": "e3" })))
                .await
                .is(200)
                .body["externalId"],
            "e3",
            "B-48"
        );
        assert_eq!(
            told(&console, &id).await,
            [
                Code::UserAdded,
                Code::MembershipRequested,
                Code::UserLocked,
                Code::UserChanged,
                Code::UserChanged,
                Code::UserUnlocked,
                Code::UserChanged
            ],
        );
        // What PUT takes away can be named by nobody: a person without active is active.
        assert_eq!(
            client
                .post("/Users", &{
                    let mut new = user("new@acme.example");
                    new["active"] = Value::Null;
                    new
                })
                .await
                .is(201)
                .body["active"],
            true,
            "6 #76"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn what_stands_already_leaves_no_trace() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let mut body = user("grace@acme.example");
        body["name"] = json!({ "givenName": "Grace" });
        body["emails"] =
            json!([{ "value": "grace@acme.example", "type": "work", "primary": true }]);
        let id = client.post("/Users", &body).await.is(201).id();
        let team = client.group("Ops", &[&id]).await;
        let (person, group_path) = (format!("/Users/{id}"), format!("/Groups/{team}"));
        let shown = (client.get(&person).await, client.get(&group_path).await);
        let events = "SELECT count(*) FROM events";
        let before = number(&console, events, []).await;
        client
            .patch(
                &person,
                &replace(&json!({ "active": true, "name.givenName": "Grace" })),
            )
            .await
            .is(200);
        client
            .patch(
                &person,
                &patch(&json!([{ "op": "add", "path": "groups", "value": [{ "value": team }] }])),
            )
            .await
            .is(200);
        client.patch(&person, &patch(&json!([{ "op": "add", "path": "emails", "value": [{ "value": "grace@acme.example", "type": "work", "primary": true }] }]))).await.is(200);
        client.put(&person, &shown.0.body).await.is(200);
        client.put(&group_path, &shown.1.body).await.is(200);
        for operations in [
            json!([{ "op": "add", "path": "members", "value": [{ "value": id }, { "value": id }] }]),
            json!([{ "op": "remove", "path": "members", "value": [{ "value": "nobody" }] }]),
            json!([{ "op": "remove", "path": r#"members[value eq "nobody"]"# }]),
            json!([{ "op": "replace", "value": { "displayName": "Ops", "members": [{ "value": id }] } }]),
            json!([{ "op": "remove", "path": r#"members[value eq "nobody"]"# }, { "op": "replace", "path": "externalId", "value": null }]),
        ] {
            assert!(client.patch(&group_path, &patch(&operations)).await.status < 300);
        }
        let after = (client.get(&person).await, client.get(&group_path).await);
        assert_eq!(
            (&after.0.text, &after.1.text),
            (&shown.0.text, &shown.1.text),
            "6 #86: no new version, the instant stays"
        );
        assert_eq!(
            number(&console, events, []).await,
            before,
            "6 #86: no event"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn the_last_word_about_a_member_counts() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let (ada, ben) = (
            client.user("a@acme.example").await,
            client.user("b@acme.example").await,
        );
        let team = client.group("Ops", &[&ben]).await;
        let value = |id: &str| json!([{ "value": id }]);
        let operations = json!([
            { "op": "add", "path": "members", "value": [{ "value": ada }, { "value": ada }, { "value": ada }, { "value": ada }, { "value": ada }] },
            { "op": "remove", "path": "members", "value": value(&ben) },
            { "op": "add", "path": "members", "value": value(&ben) },
            { "op": "remove", "path": format!(r#"members[value eq "{ada}"]"#) },
            { "op": "add", "path": "members", "value": value(&ada) },
        ]);
        client
            .patch(&format!("/Groups/{team}"), &patch(&operations))
            .await
            .is(204);
        assert_eq!(
            client.members(&team).await,
            [ada.clone(), ben.clone()],
            "B-65"
        );
        assert_eq!(
            told(&console, &ada).await,
            [Code::UserAdded, Code::MembershipRequested],
            "B-65: one row, one event"
        );
        assert_eq!(
            told(&console, &ben).await,
            [Code::UserAdded, Code::MembershipRequested],
            "B-65: it was there before"
        );
        client
            .patch(
                &format!("/Groups/{team}"),
                &patch(&json!([{ "op": "remove", "path": "members" }])),
            )
            .await
            .is(204);
        assert_eq!(client.members(&team).await, Vec::<String>::new());
        console.verify().await;
    }
}

#[tokio::test]
async fn names_of_teams_repeat_unless_the_connection_keeps_them_unique() {
    for database in databases().await {
        let (console, node, client) = berlin(database).await;
        let (one, two) = (
            client.group("Ops", &[]).await,
            client.group("Ops", &[]).await,
        );
        assert_ne!(one, two, "04.6");
        assert_eq!(
            client.total(r#"/Groups?filter=displayName eq "OPS""#).await,
            2
        );
        let ada = console.ada().await;
        let on = admin::connections::save(&console.db, &ada, node, "Okta", UniqueNames::On).await;
        assert!(on.is_err(), "6 #29: refused while names repeat");
        client
            .patch(
                &format!("/Groups/{two}"),
                &replace(&json!({ "displayName": "Design" })),
            )
            .await
            .is(204);
        admin::connections::save(&console.db, &ada, node, "Okta", UniqueNames::On)
            .await
            .unwrap();
        for name in ["Ops", "OPS", " ops ", "Ｏps"] {
            client
                .post("/Groups", &group(name, &[]))
                .await
                .refuses(409, "uniqueness");
            client
                .patch(
                    &format!("/Groups/{two}"),
                    &replace(&json!({ "displayName": name })),
                )
                .await
                .refuses(409, "uniqueness");
        }
        client
            .patch(
                &format!("/Groups/{one}"),
                &replace(&json!({ "displayName": "OPS" })),
            )
            .await
            .is(204);
        client.delete(&format!("/Groups/{one}")).await.is(204);
        client.group("Ops", &[]).await;
        let hostile = client.group("</title><script>alert(1)</script>", &[]).await;
        let shown = client.get(&format!("/Groups/{hostile}")).await.is(200);
        assert_eq!(
            shown.body["displayName"], "</title><script>alert(1)</script>",
            "B-73: data stays data"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn an_external_id_of_a_team_is_unique_in_its_node() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let with = |name: &str, id: &str| {
            let mut body = group(name, &[]);
            body["externalId"] = json!(id);
            body
        };
        let one = client.post("/Groups", &with("One", "x")).await.is(201).id();
        client
            .post("/Groups", &with("Two", "x"))
            .await
            .refuses(409, "uniqueness");
        let two = client.post("/Groups", &with("Two", "y")).await.is(201).id();
        client
            .patch(
                &format!("/Groups/{two}"),
                &replace(&json!({ "externalId": "x" })),
            )
            .await
            .refuses(409, "uniqueness");
        client.delete(&format!("/Groups/{one}")).await.is(204);
        client
            .patch(
                &format!("/Groups/{two}"),
                &replace(&json!({ "externalId": "x" })),
            )
            .await
            .is(204);
        assert_eq!(
            client
                .get(r#"/Groups?filter=externalId eq "x""#)
                .await
                .ids(),
            [two]
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_pending_team_waits_in_the_queue_and_can_be_renamed_and_removed() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let ben = client.user("ben@acme.example").await;
        let team = client.group("Ops", &[&ben]).await;
        let ada = console.ada().await;
        let pending = admin::approvals::pending(&console.db, &ada).await.unwrap();
        let text = format!("{pending:?}");
        assert!(
            text.contains(&team) && text.contains(&ben),
            "04.3, 04.7: in the queue: {text}"
        );
        client
            .patch(
                &format!("/Groups/{team}"),
                &replace(&json!({ "displayName": "Operations" })),
            )
            .await
            .is(204);
        assert_eq!(
            client.get(&format!("/Groups/{team}")).await.body["displayName"],
            "Operations",
            "6 #30: the same id"
        );
        run(&console, "INSERT INTO roles (id, node_id, name, kind, created_at) VALUES ('r', 1, 'Guides', 'ordinary', 1)", []).await;
        run(
            &console,
            "INSERT INTO role_teams (role_id, team_id) VALUES ('r', $1)",
            [(&team).into()],
        )
        .await;
        client.delete(&format!("/Groups/{team}")).await.is(204);
        assert_eq!(
            number(&console, "SELECT count(*) FROM role_teams", []).await,
            0,
            "6 #31: its roles are gone"
        );
        assert_eq!(
            admin::approvals::count(&console.db, &ada).await.unwrap(),
            0,
            "04.5: nothing waits any more"
        );
        assert!(
            client
                .get(&format!("/Users/{ben}"))
                .await
                .body
                .get("groups")
                .is_none()
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_team_added_by_hand_is_linked_before_it_can_be_removed() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let team = client.group("Ops", &[]).await;
        run(
            &console,
            "UPDATE teams SET linked = FALSE WHERE id = $1",
            [(&team).into()],
        )
        .await;
        client
            .delete(&format!("/Groups/{team}"))
            .await
            .refuses(403, "-");
        client
            .patch(
                &format!("/Groups/{team}"),
                &replace(&json!({ "displayName": "Ops" })),
            )
            .await
            .is(204);
        assert_eq!(
            told(&console, &team).await,
            [Code::TeamAdded, Code::TeamLinked]
        );
        client.delete(&format!("/Groups/{team}")).await.is(204);
        console.verify().await;
    }
}

#[tokio::test]
async fn projections_hold_for_every_verb() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let asked = client
            .post("/Users?attributes=userName", &user("a@acme.example"))
            .await
            .is(201);
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            keys(&asked.body),
            ["id", "schemas", "userName"],
            "6 #85: POST"
        );
        let id = asked.id();
        let path = format!("/Users/{id}");
        let answer = client
            .put(
                &format!("{path}?excludedAttributes=meta,active"),
                &user("a@acme.example"),
            )
            .await
            .is(200);
        assert_eq!(
            keys(&answer.body),
            ["id", "schemas", "userName"],
            "6 #85: PUT"
        );
        let answer = client
            .patch(
                &format!("{path}?attributes=title"),
                &replace(&json!({ "title": "x" })),
            )
            .await
            .is(200);
        assert_eq!(
            keys(&answer.body),
            ["id", "schemas", "title"],
            "6 #85: PATCH"
        );
        assert_eq!(
            keys(&client.get(&format!("{path}?attributes=nothing")).await.body),
            ["id", "schemas"]
        );

        let created = client
            .post("/Groups?excludedAttributes=members", &group("Ops", &[&id]))
            .await
            .is(201);
        assert!(created.body.get("members").is_none());
        let team = format!("/Groups/{}", created.id());
        let add = patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]));
        client
            .patch(&format!("{team}?excludedAttributes=members"), &add)
            .await
            .is(204);
        let renamed = client
            .patch(
                &format!("{team}?excludedAttributes=members"),
                &replace(&json!({ "displayName": "Design" })),
            )
            .await
            .is(200);
        assert_eq!(
            (&renamed.body["displayName"], renamed.body.get("members")),
            (&json!("Design"), None),
            "6 #32, 05.1"
        );
        let asked = client
            .patch(&format!("{team}?attributes=members"), &add)
            .await
            .is(200);
        assert_eq!(asked.body["members"][0]["value"], id.as_str(), "6 #85");
        let put = client
            .put(
                &format!("{team}?excludedAttributes=members"),
                &group("Design", &[]),
            )
            .await
            .is(200);
        assert!(put.body.get("members").is_none());
        assert_eq!(
            client.members(&created.id()).await,
            Vec::<String>::new(),
            "6 #77"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn parameters_and_paths_are_read_in_any_spelling() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        for n in 0..3 {
            client.user(&format!("person{n}@acme.example")).await;
        }
        let answer = client.get("/Users/?STARTINDEX=2&Count=1&SortBy=USERNAME&sortorder=Descending&Attributes=UserName&unknown=1").await.is(200);
        assert_eq!(
            (
                &answer.body["startIndex"],
                &answer.body["itemsPerPage"],
                &answer.body["totalResults"]
            ),
            (&json!(2), &json!(1), &json!(3)),
            "6 #88"
        );
        assert_eq!(
            answer.body["Resources"][0]["userName"],
            "person1@acme.example"
        );
        assert!(answer.body["Resources"][0].get("meta").is_none());
        client.get("/Groups/").await.is(200);
        client
            .post("/Users/", &user("slash@acme.example"))
            .await
            .is(201);
        let totals = client.get("/Users?count=0").await.is(200);
        assert_eq!(
            (&totals.body["totalResults"], &totals.body["Resources"]),
            (&json!(4), &json!([])),
            "6 #33"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn a_parent_never_sees_the_people_of_a_child() {
    for database in databases().await {
        let (console, berlin, client) = berlin(database).await;
        let ada = console.ada().await;
        let child = admin::nodes::add(&console.db, &ada, berlin, "Kreuzberg")
            .await
            .unwrap()
            .id;
        let below = added_by_hand(&console, child, "Below", "below@acme.example").await;
        let mine = client.user("mine@acme.example").await;
        assert_eq!(
            client.get("/Users").await.ids(),
            std::slice::from_ref(&mine),
            "01.12, B24"
        );
        client
            .get(&format!("/Users/{below}"))
            .await
            .refuses(404, "-");
        client
            .post("/Groups", &group("Ops", &[&below]))
            .await
            .refuses(400, "invalidValue");
        client
            .post("/Users", &user("below@acme.example"))
            .await
            .refuses(409, "uniqueness");
        console.verify().await;
    }
}

#[tokio::test]
async fn an_administrator_keeps_their_names_and_the_last_one_cannot_be_locked() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let id = client.user("grace@acme.example").await;
        let path = format!("/Users/{id}");
        make_administrator(&console, &id).await;
        client
            .patch(
                &path,
                &replace(&json!({ "userName": "other@acme.example" })),
            )
            .await
            .refuses(400, "mutability");
        client
            .put(&path, &user("other@acme.example"))
            .await
            .refuses(400, "mutability");
        client
            .patch(
                &path,
                &replace(
                    &json!({ "userName": "grace", "emails": [{ "value": "other@acme.example" }] }),
                ),
            )
            .await
            .refuses(400, "mutability");
        let mut other = user("grace@acme.example");
        other["title"] = json!("Admiral");
        other["roles"] = json!([{ "value": "nobody" }]);
        assert_eq!(
            client.put(&path, &other).await.is(200).body["title"],
            "Admiral",
            "AUZ-5: other attributes apply"
        );
        assert_eq!(
            number(
                &console,
                "SELECT count(*) FROM role_users WHERE user_id = $1",
                [(&id).into()]
            )
            .await,
            1
        );
        assert_eq!(
            client
                .patch(&path, &replace(&json!({ "active": false })))
                .await
                .is(200)
                .body["active"],
            false,
            "B-40"
        );
        client
            .patch(&path, &replace(&json!({ "active": true })))
            .await
            .is(200);
        run(
            &console,
            "UPDATE users SET locked_by_admin = TRUE WHERE login_key = 'ada@acme.example'",
            [],
        )
        .await;
        client
            .patch(&path, &replace(&json!({ "active": false })))
            .await
            .refuses(403, "-");
        let mut off = other.clone();
        off["active"] = json!(false);
        client.put(&path, &off).await.refuses(403, "-");
        client.delete(&path).await.refuses(403, "-");
        assert!(person(&console, &id).await.is_unlocked(), "B-41");
        run(
            &console,
            "UPDATE users SET locked_by_admin = FALSE WHERE login_key = 'ada@acme.example'",
            [],
        )
        .await;
        client.delete(&path).await.is(204);
        console.verify().await;
    }
}

#[tokio::test]
async fn a_list_has_a_thousand_at_the_most_and_a_group_all_its_members() {
    for database in databases().await {
        let (console, node, client) = berlin(database).await;
        let people = many_people(&console, node, 1_500).await;
        let all = client.get("/Users").await.is(200);
        assert_eq!(
            (
                all.ids().len(),
                &all.body["totalResults"],
                &all.body["itemsPerPage"]
            ),
            (1_000, &json!(1_500), &json!(1_000)),
            "05.3, B21"
        );
        let second = client.get("/Users?startIndex=1001").await.is(200);
        assert_eq!(
            (second.ids().len(), &second.body["startIndex"]),
            (500, &json!(1_001)),
            "B21"
        );
        assert_eq!(
            client.get("/Users?count=5000").await.ids().len(),
            1_000,
            "6 #33"
        );
        assert_eq!(
            client.walk("/Users", 333).await,
            people,
            "nobody twice, nobody missing, always in the same order"
        );
        assert_eq!(client.walk("/Users", 1_000).await, people);
        let members = people.iter().map(String::as_str).collect::<Vec<_>>();
        let team = client
            .post(
                "/Groups?excludedAttributes=members",
                &group("Everybody", &members),
            )
            .await
            .is(201)
            .id();
        assert_eq!(
            client.members(&team).await,
            people,
            "6 #87: a group is whole"
        );
        assert!(
            client
                .get(&format!("/Groups/{team}?excludedAttributes=members"))
                .await
                .text
                .len()
                < 1_000,
            "05.1, B22"
        );
        let one = patch(
            &json!([{ "op": "remove", "path": "members", "value": [{ "value": people[7] }] }]),
        );
        let answer = client
            .patch(&format!("/Groups/{team}?excludedAttributes=members"), &one)
            .await
            .is(204);
        assert_eq!(answer.text, "", "05.1, 05.2");
        assert_eq!(client.members(&team).await.len(), 1_499);
        client
            .patch(
                &format!("/Groups/{team}"),
                &patch(&json!([{ "op": "replace", "path": "members", "value": [] }])),
            )
            .await
            .is(204);
        assert_eq!(client.members(&team).await.len(), 0, "B-66");
        let removed = "SELECT count(*) FROM events WHERE code = 'membership_removed'";
        assert_eq!(
            number(&console, removed, []).await,
            1_500,
            "B-66: an event for each"
        );
        console.verify().await;
    }
}

/// People who were added by hand, all at once: their ids in order.
async fn many_people(console: &Console, node: NodeId, count: usize) -> Vec<String> {
    let ada: Admin = console.ada().await;
    let mut ids = Vec::new();
    for chunk in (0..count).collect::<Vec<_>>().chunks(100) {
        let added = chunk.iter().map(|n| {
            let (db, ada) = (&console.db, &ada);
            async move {
                admin::users::add(
                    db,
                    ada,
                    node,
                    &format!("Person {n}"),
                    &format!("person{n}@acme.example"),
                )
                .await
                .unwrap()
                .id
                .0
            }
        });
        ids.extend(futures::future::join_all(added).await);
    }
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_membership_of_somebody_deleted_for_good_tells_the_cure() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let id = client.user("gone@acme.example").await;
        let team = client.group("Ops", &[]).await;
        recycle(&console, &id).await;
        let add = patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]));
        let answer = client
            .patch(&format!("/Groups/{team}"), &add)
            .await
            .refuses(400, "invalidValue");
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(
            detail.contains(&id) && detail.contains("Assign them"),
            "6 #27, B27: {detail}"
        );
        let gone = client
            .patch(
                &format!("/Users/{id}"),
                &replace(&json!({ "active": true })),
            )
            .await
            .refuses(404, "-");
        assert!(
            gone.body["detail"].as_str().unwrap().contains("Assign"),
            "B-44"
        );
        let many = (0..30)
            .map(|n| json!({ "value": format!("nobody-{n}") }))
            .collect::<Vec<_>>();
        let answer = client
            .patch(
                &format!("/Groups/{team}"),
                &patch(&json!([{ "op": "add", "path": "members", "value": many }])),
            )
            .await
            .refuses(400, "invalidValue");
        assert!(
            answer.text.contains("nobody-0") && answer.text.len() < 2_000,
            "{answer}"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn long_and_odd_texts_are_kept_and_found() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        // As long as texts may be, and as hard to compress as they come; an index must hold them.
        let long = (0..1_000_u32)
            .map(|n| char::from_u32(0x4e00 + n * 7 % 20_000).unwrap())
            .take(600)
            .collect::<String>();
        let squared = (0..255_u32)
            .map(|n| char::from_u32(0x3300 + n * 37 % 88).unwrap())
            .collect::<String>();
        let mut body = user("odd@acme.example");
        body["displayName"] = json!(long);
        body["name"] = json!({ "givenName": long, "familyName": "\u{202e}x" });
        body["title"] = json!("Straße 100%_\\ 'x' \"y\" \r\n\t İstanbul ŉ ﬁ");
        body["photos"] =
            json!([{ "value": format!("data:image/png;base64,{}", "iVBORw0KGgo".repeat(4_000)) }]);
        body["x509Certificates"] = json!([{ "value": "MIIDQzCCAqyg".repeat(300) }]);
        body["externalId"] = json!(squared);
        let created = client.post("/Users", &body).await.is(201);
        for name in [
            "displayName",
            "name",
            "title",
            "photos",
            "x509Certificates",
            "externalId",
        ] {
            assert_eq!(created.body[name], body[name], "{name}");
        }
        for filter in [
            format!(r#"displayName eq "{long}""#),
            r#"title co "STRASSE 100%_\\""#.to_owned(),
            r#"title ew "i̇STANBUL ʼN FI""#.to_owned(),
            format!(r#"externalId eq "{squared}""#),
            r#"photos.value sw "data:image/png""#.to_owned(),
            r#"photos.value ew "GgoiVBORw0KGgo""#.to_owned(),
        ] {
            let encoded =
                url::form_urlencoded::byte_serialize(filter.as_bytes()).collect::<String>();
            assert_eq!(
                client.total(&format!("/Users?filter={encoded}")).await,
                1,
                "{filter}"
            );
        }
        // Folded, the name would be too long for an index.
        client
            .post("/Groups", &group(&squared, &[]))
            .await
            .refuses(400, "invalidValue");
        let squared = squared.chars().take(120).collect::<String>();
        let team = client.group(&squared, &[&created.id()]).await;
        assert_eq!(
            client.get(&format!("/Groups/{team}")).await.body["displayName"],
            squared.as_str()
        );
        assert_eq!(
            person(&console, &created.id()).await.label.chars().count(),
            255,
            "the console's label is short"
        );
        console.verify().await;
    }
}
