//! Groups, our teams: their names, their state, their end.

use directory::admin;
use directory::model::connection::UniqueNames;
use directory::model::event::Code;
use directory::model::id::TeamId;
use serde_json::json;

use super::{berlin, number, replace, run, told};
use crate::support::databases;
use crate::support::scim_client::{group, patch};

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
async fn approval_and_denial_change_nothing_a_client_sees() {
    for database in databases().await {
        let (console, _, client) = berlin(database).await;
        let grace = client.user("grace@acme.example").await;
        let ops = client.group("Ops", &[&grace]).await;
        let design = client.group("Design", &[&grace]).await;
        run(
            &console,
            "UPDATE users SET state = 'active' WHERE id = $1",
            [(&grace).into()],
        )
        .await;
        run(&console, "UPDATE outbox SET sent_at = 1", []).await;
        let seen = async || {
            let mut texts = Vec::new();
            for path in ["/Users", "/Groups"] {
                texts.push(client.get(path).await.is(200).text);
            }
            texts
        };
        let before = seen().await;
        let ada = console.ada().await;
        admin::approvals::deny_team(&console.db, &ada, &TeamId(design))
            .await
            .unwrap();
        let synced = admin::approvals::full_sync(&console.db, &ada)
            .await
            .unwrap();
        assert_eq!((synced.teams, synced.memberships), (1, 1));
        assert_eq!(
            seen().await,
            before,
            "what was asserted is what is shown, pending, approved or denied"
        );
        let same =
            patch(&json!([{ "op": "replace", "path": "members", "value": [{ "value": grace }] }]));
        client.patch(&format!("/Groups/{ops}"), &same).await.is(204);
        assert_eq!(
            number(
                &console,
                "SELECT count(*) FROM memberships WHERE state = 'approved'",
                []
            )
            .await,
            1,
            "a push of what stands decides nothing anew"
        );
        console.verify().await;
    }
}
