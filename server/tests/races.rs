//! Many at once, over HTTP on both databases: exactly one wins, nothing is lost, nobody waits for ever.
//!
//! `MUSTER_SOAK=20` runs the same with a thousand instead of fifty.

use std::collections::BTreeSet;
use std::time::Duration;

use directory::store::db::Db;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::scim_client::{Answer, ScimClient, group, patch, user};
use crate::support::{Console, databases, soak};

/// How many at once.
fn many() -> usize {
    50 * soak()
}

async fn berlin(database: crate::support::Database) -> (Console, ScimClient) {
    let console = Console::start(database).await;
    let (node, token) = console.connection("Berlin").await;
    let client = ScimClient::new(console.scim(node), &token);
    (console, client)
}

async fn number(db: &Db, sql: &'static str) -> i64 {
    db.read().await.unwrap().number(sql, []).await.unwrap()
}

/// The statuses of answers to the same request sent many times at once, in order.
async fn at_once(count: usize, send: impl AsyncFn(usize) -> Answer) -> Vec<u16> {
    let all = join_all((0..count).map(|n| patiently(&send, n)));
    let answers = tokio::time::timeout(Duration::from_mins(5), all).await;
    let answers = answers.unwrap();
    if let Some(odd) = answers.iter().find(|answer| answer.status >= 500) {
        panic!("{odd}");
    }
    let mut statuses = answers
        .iter()
        .map(|answer| answer.status)
        .collect::<Vec<_>>();
    statuses.sort_unstable();
    statuses
}

/// Sends again what was answered 503, after the time it says, as identity providers do.
async fn patiently(send: &impl AsyncFn(usize) -> Answer, n: usize) -> Answer {
    loop {
        let answer = send(n).await;
        if answer.status != 503 {
            return answer;
        }
        let seconds = answer
            .header("retry-after")
            .parse()
            .unwrap_or_else(|_| panic!("no Retry-After: {answer}"));
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}

/// How many of these have this status, the others all having another one.
#[track_caller]
fn one_wins(statuses: &[u16], winner: u16, others: u16) {
    let expected = std::iter::once(winner)
        .chain(vec![others; statuses.len() - 1])
        .collect::<BTreeSet<_>>();
    let winners = statuses.iter().filter(|status| **status == winner).count();
    assert_eq!(
        (winners, statuses.iter().copied().collect::<BTreeSet<_>>()),
        (1, expected),
        "{statuses:?}"
    );
}

#[track_caller]
fn all_are(status: u16, statuses: &[u16]) {
    assert!(statuses.iter().all(|one| *one == status), "{statuses:?}");
}

fn members(op: &str, ids: &[String]) -> Value {
    let value = ids
        .iter()
        .map(|id| json!({ "value": id }))
        .collect::<Vec<_>>();
    patch(&json!([{ "op": op, "path": "members", "value": value }]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_identical_people_one_is_created() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        let mut body = user("grace@acme.example");
        body["externalId"] = json!("00u1");
        let statuses = at_once(many(), async |_| client.post("/Users", &body).await).await;
        one_wins(&statuses, 201, 409);
        let facts = [
            number(&console.db, "SELECT count(*) FROM users WHERE linked").await,
            number(&console.db, "SELECT count(*) FROM events WHERE code = 'user_added' AND actor_kind = 'connection'").await,
            number(&console.db, "SELECT count(*) FROM outbox").await,
            number(&console.db, "SELECT count(*) FROM events WHERE code = 'connection_used'").await,
        ];
        assert_eq!(
            facts,
            [1, 1, 1, 1],
            "B-46: one person, one event, one mail, and one first request"
        );
        console.verify().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_identical_claims_and_revivals_one_wins() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        let id = client.user("grace@acme.example").await;
        for _ in 0..2 {
            client.delete(&format!("/Users/{id}")).await.is(204);
            let statuses = at_once(many() / 2, async |_| {
                client.post("/Users", &user("grace@acme.example")).await
            })
            .await;
            one_wins(&statuses, 201, 409);
        }
        assert_eq!(
            number(
                &console.db,
                "SELECT count(*) FROM events WHERE code = 'user_revived'"
            )
            .await,
            2
        );
        assert_eq!(
            number(&console.db, "SELECT max(generation) FROM users").await,
            3
        );
        let statuses = at_once(many() / 2, async |_| {
            client.delete(&format!("/Users/{id}")).await
        })
        .await;
        one_wins(&statuses, 204, 404);
        console.verify().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_identical_unique_names_one_is_created() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let ada = console.ada().await;
        let unique = directory::model::connection::UniqueNames::On;
        directory::admin::connections::save(&console.db, &ada, node, "Okta", unique)
            .await
            .unwrap();
        let client = ScimClient::new(console.scim(node), &token);
        let names = ["Ops", "OPS", " ops"];
        let statuses = at_once(many() / 2, async |n| {
            client.post("/Groups", &group(names[n % 3], &[])).await
        })
        .await;
        one_wins(&statuses, 201, 409);
        assert_eq!(
            number(
                &console.db,
                "SELECT count(*) FROM events WHERE code = 'team_added'"
            )
            .await,
            1
        );
        console.verify().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn adds_and_removes_of_members_at_once_are_all_kept() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        let count = many();
        let people = join_all((0..count).map(|n| {
            let client = client.clone();
            async move { client.user(&format!("person{n}@acme.example")).await }
        }));
        let people = people.await;
        let team = client.group("Ops", &[]).await;
        let path = format!("/Groups/{team}");
        all_are(
            204,
            &at_once(count, async |n| {
                client.patch(&path, &members("add", &people[n..=n])).await
            })
            .await,
        );
        let everybody = people.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(
            client
                .members(&team)
                .await
                .into_iter()
                .collect::<BTreeSet<_>>(),
            everybody,
            "G8"
        );
        // One half goes, the other half comes to a second team; each pair at once, and twice.
        let (go, stay) = people.split_at(count / 2);
        let second = client
            .group("Design", &go.iter().map(String::as_str).collect::<Vec<_>>())
            .await;
        let other = format!("/Groups/{second}");
        let moved = at_once(count * 2, async |n| {
            let n = n % count;
            if n < go.len() {
                client.patch(&other, &members("Remove", &go[n..=n])).await
            } else {
                client.patch(&other, &members("add", &people[n..=n])).await
            }
        });
        all_are(204, &moved.await);
        let expected = stay.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(
            client
                .members(&second)
                .await
                .into_iter()
                .collect::<BTreeSet<_>>(),
            expected,
            "G8"
        );
        let asked = "SELECT count(*) FROM events WHERE code = 'membership_requested'";
        assert_eq!(
            number(&console.db, asked).await,
            i64::try_from(count + count).unwrap(),
            "one event for each"
        );
        let gone = "SELECT count(*) FROM events WHERE code = 'membership_removed'";
        assert_eq!(
            number(&console.db, gone).await,
            i64::try_from(go.len()).unwrap(),
            "one event for each"
        );
        console.verify().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_and_teams_changed_crosswise_never_lock_each_other_out() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        let mut teams = Vec::new();
        for n in 0..4 {
            teams.push(client.group(&format!("Team {n}"), &[]).await);
        }
        let mut people = Vec::new();
        for n in 0..6 {
            people.push(client.user(&format!("person{n}@acme.example")).await);
        }
        let mut tx = console.db.write().await.unwrap();
        tx.run("UPDATE users SET state = 'active' WHERE linked", [])
            .await
            .unwrap();
        tx.run("UPDATE outbox SET sent_at = 1", []).await.unwrap();
        tx.commit().await.unwrap();
        let ada = console.ada().await;
        let groups = |order: &[usize]| {
            order
                .iter()
                .map(|n| json!({ "value": teams[*n] }))
                .collect::<Vec<_>>()
        };
        let orders = [
            groups(&[0, 1, 2, 3]),
            groups(&[3, 2, 1, 0]),
            groups(&[2, 0, 3, 1]),
        ];
        let pushed = at_once(many(), async |n| {
            let person = format!("/Users/{}", people[n % people.len()]);
            let order = &orders[n % orders.len()];
            match n % 4 {
                0 => {
                    client
                        .patch(
                            &person,
                            &patch(&json!([{ "op": "add", "path": "groups", "value": order }])),
                        )
                        .await
                }
                1 => {
                    client
                        .patch(
                            &person,
                            &patch(&json!([{ "op": "remove", "path": "groups", "value": order }])),
                        )
                        .await
                }
                2 => {
                    client
                        .patch(
                            &format!("/Groups/{}", teams[n % teams.len()]),
                            &members("add", &people),
                        )
                        .await
                }
                _ => {
                    client
                        .patch(
                            &person,
                            &patch(
                                &json!([{ "op": "replace", "value": { "active": n % 8 == 3 } }]),
                            ),
                        )
                        .await
                }
            }
        });
        let approved = async {
            for _ in 0..many() / 5 {
                directory::admin::approvals::full_sync(&console.db, &ada)
                    .await
                    .unwrap();
            }
        };
        let (statuses, ()) = futures::join!(pushed, approved);
        assert!(statuses.iter().all(|status| *status < 300), "{statuses:?}");
        all_are(
            204,
            &at_once(people.len(), async |n| {
                client.delete(&format!("/Users/{}", people[n])).await
            })
            .await,
        );
        for team in &teams {
            assert_eq!(client.members(team).await, Vec::<String>::new());
        }
        console.verify().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_and_its_opposite_at_once_end_in_one_of_them() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        let id = client.user("grace@acme.example").await;
        let path = format!("/Users/{id}");
        let changed = at_once(many(), async |n| {
            client
                .patch(
                    &path,
                    &patch(&json!([{ "op": "replace", "value": { "active": n % 2 == 0 } }])),
                )
                .await
        });
        all_are(200, &changed.await);
        let shown = client.get(&path).await.is(200).body["active"]
            .as_bool()
            .unwrap();
        let locks = number(
            &console.db,
            "SELECT count(*) FROM events WHERE code = 'user_locked'",
        )
        .await;
        let unlocks = number(
            &console.db,
            "SELECT count(*) FROM events WHERE code = 'user_unlocked'",
        )
        .await;
        assert_eq!(
            locks - unlocks,
            i64::from(!shown),
            "each change told once, one after the other"
        );
        let waiting = "SELECT count(*) FROM outbox WHERE kind = 'invitation' AND sent_at IS NULL AND withdrawn_at IS NULL";
        assert_eq!(
            number(&console.db, waiting).await,
            i64::from(shown),
            "one invitation waits, or none"
        );
        console.verify().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_changes_of_the_same_version_one_is_taken() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        let id = client.user("grace@acme.example").await;
        let team = client.group("Ops", &[]).await;
        for path in [format!("/Users/{id}"), format!("/Groups/{team}")] {
            let version = client.get(&path).await.is(200).header("etag").to_owned();
            let conditional = client.clone().with("if-match", &version);
            let statuses = at_once(many() / 4, async |n| {
                conditional.patch(&path, &patch(&json!([{ "op": "replace", "path": "displayName", "value": format!("Name {n}") }]))).await
            })
            .await;
            let taken = statuses.iter().filter(|status| **status < 300).count();
            let stale = statuses.iter().filter(|status| **status == 412).count();
            assert_eq!(
                (taken, stale),
                (1, statuses.len() - 1),
                "SCM-9: {statuses:?}"
            );
        }
        console.verify().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_with_a_version_is_not_overtaken() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        for round in 0..many() / 10 {
            let id = client.user(&format!("grace{round}@acme.example")).await;
            let path = format!("/Users/{id}");
            let version = client.get(&path).await.is(200).header("etag").to_owned();
            let conditional = client.clone().with("if-match", &version);
            let rename =
                patch(&json!([{ "op": "replace", "path": "displayName", "value": "Changed" }]));
            let (changed, deleted) =
                futures::join!(client.patch(&path, &rename), conditional.delete(&path));
            match (changed.status, deleted.status) {
                (200, 412) | (404, 204) => {}
                other => panic!("{other:?}: {changed}{deleted}"),
            }
        }
        console.verify().await;
    }
}
