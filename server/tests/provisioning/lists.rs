//! What is found and what is not: other nodes, pages, spellings.

use directory::access::Admin;
use directory::admin;
use directory::model::id::NodeId;
use serde_json::json;

use super::{added_by_hand, berlin, number};
use crate::support::scim_client::{ScimClient, group, patch, user};
use crate::support::{Console, databases};

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
