//! What people are called and sign in with: unique everywhere, and always there.

use directory::model::event::Code;
use serde_json::json;

use super::{
    berlin, emails, invitations, make_administrator, number, person, recycle, replace, run, told,
};
use crate::support::databases;
use crate::support::scim_client::{ScimClient, patch, user};

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
