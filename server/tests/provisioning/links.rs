//! People who were here before, who were locked, who were deleted: linked, unlocked and brought back.

use directory::admin;
use directory::model::event::Code;
use directory::model::id::UserId;
use serde_json::json;

use super::{added_by_hand, berlin, emails, invitations, person, recycle, replace, run, told};
use crate::support::databases;
use crate::support::scim_client::{patch, user};

/// B-32: the same record; who they are here and how they sign in stays.
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
async fn an_address_moves_when_another_one_is_asserted_and_not_before() {
    for database in databases().await {
        let (console, node, client) = berlin(database).await;
        let id = added_by_hand(&console, node, "Linus", "linus@acme.example").await;
        for (said, login) in [
            (
                json!({ "userName": "moved@acme.example" }),
                "linus@acme.example",
            ),
            (json!({ "title": "Lead" }), "linus@acme.example"),
            (
                json!({ "userName": "elsewhere@acme.example" }),
                "elsewhere@acme.example",
            ),
        ] {
            client
                .patch(&format!("/Users/{id}"), &replace(&said))
                .await
                .is(200);
            assert_eq!(person(&console, &id).await.login, login, "6 #22: {said}");
        }
        console.verify().await;
    }
}

#[tokio::test]
async fn linking_locks_no_last_administrator() {
    for database in databases().await {
        let (console, node, client) = berlin(database).await;
        let boss = added_by_hand(&console, node, "Boss", "boss@acme.example").await;
        let active = "UPDATE users SET state = 'active' WHERE id = $1";
        run(&console, active, [(&boss).into()]).await;
        let role = "INSERT INTO role_users (role_id, user_id) VALUES ('administrator', $1)";
        run(&console, role, [(&boss).into()]).await;
        let lock_ada = "UPDATE users SET locked_by_admin = TRUE, locked_by = 'Boss' WHERE login_key = 'ada@acme.example'";
        run(&console, lock_ada, []).await;
        let mut body = user("boss@acme.example");
        body["active"] = json!(false);
        let refused = client.post("/Users", &body).await.refuses(403, "-");
        assert!(
            refused.text.contains("last administrator"),
            "B-41: {refused}"
        );
        assert!(!person(&console, &boss).await.linked, "nothing changed");
        console.verify().await;
    }
}

#[tokio::test]
async fn an_id_of_somebody_who_was_deleted_is_free_for_another() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let mut body = user("grace@acme.example");
        body["externalId"] = json!("00u1");
        let grace = client.post("/Users", &body).await.is(201).id();
        client.delete(&format!("/Users/{grace}")).await.is(204);
        body["userName"] = json!("grace.hopper@acme.example");
        let married = client.post("/Users", &body).await.is(201).id();
        assert_ne!(married, grace);
        let found = client.get("/Users?filter=externalId eq \"00u1\"").await;
        assert_eq!(found.ids(), [married]);
        // Who is still there keeps theirs.
        body["userName"] = json!("third@acme.example");
        client
            .post("/Users", &body)
            .await
            .refuses(409, "uniqueness");
        console.verify().await;
    }
}

#[tokio::test]
async fn names_are_found_with_their_spaces_and_a_put_says_nothing_of_groups() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let ops = client.group("Ops ", &[]).await;
        for name in ["Ops ", "ops", " OPS"] {
            let found = client
                .get(&format!("/Groups?filter=displayName eq \"{name}\""))
                .await;
            assert_eq!(found.ids(), std::slice::from_ref(&ops), "{name:?}");
        }
        let grace = client.user("grace@acme.example").await;
        let mut body = user("grace@acme.example");
        for groups in [
            json!([{ "display": "no id" }]),
            json!(
                (0..1_001)
                    .map(|n| json!({ "value": format!("g{n}") }))
                    .collect::<Vec<_>>()
            ),
            json!("all of them"),
        ] {
            body["groups"] = groups;
            client.put(&format!("/Users/{grace}"), &body).await.is(200);
        }
        // An address may end with a slash, and a path that nobody can read needs a token like any other.
        client.get(&format!("/Users/{grace}/")).await.is(200);
        client.get("/Schemas/").await.is(200);
        client.get("/Users/%00").await.is(404);
        let stranger = client.clone().without("authorization");
        stranger.get("/Users/%FF").await.refuses(401, "-");
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
