//! An unattended installation.

use directory::Error;
use directory::admin::{nodes, users};
use directory::bootstrap::{
    self, Applied, Mistake, Plan, PlannedAdministrator, PlannedConnection, PlannedNode,
    PlannedPerson,
};
use directory::model::event::Code;
use directory::model::id::NodeId;
use directory::model::user::{CreatedVia, Status};
use directory::provisioning::connections::authenticate;
use directory::secret::{Secrets, new_token};

use crate::support::{
    PASSPHRASE, Story, admin_of, by_passphrase_of_ada, databases, everything, hashing,
};

fn node(id: Option<i64>, name: &str, parent: &str) -> PlannedNode {
    PlannedNode {
        id,
        name: name.to_owned(),
        parent: parent.to_owned(),
    }
}

fn plan() -> Plan {
    Plan {
        organisation: "Acme".to_owned(),
        nodes: vec![
            node(None, "Kreuzberg", "Berlin"),
            node(Some(7), "Berlin", "Acme"),
            node(None, "Paris", "Acme"),
        ],
        administrators: vec![PlannedAdministrator {
            email: "ada@acme.example".to_owned(),
            name: "Ada Lovelace".to_owned(),
            passphrase: PASSPHRASE.to_owned(),
        }],
        people: vec![PlannedPerson {
            email: "grace@acme.example".to_owned(),
            name: "Grace Hopper".to_owned(),
            node: "Berlin".to_owned(),
        }],
        connections: vec![PlannedConnection {
            node: "Berlin".to_owned(),
            name: "SCIM".to_owned(),
            token: new_token().1,
        }],
    }
}

fn mistakes(change: impl FnOnce(&mut Plan)) -> Vec<(&'static str, usize, &'static str)> {
    let mut changed = plan();
    change(&mut changed);
    bootstrap::check(&changed)
        .into_iter()
        .map(
            |Mistake {
                 table,
                 index,
                 field,
                 ..
             }| (table, index, field),
        )
        .collect()
}

#[test]
fn every_mistake_is_named_with_its_place() {
    assert_eq!(mistakes(|_| {}), []);
    assert_eq!(
        mistakes(|plan| plan.organisation = String::new())[0],
        ("organisation", 0, "organisation")
    );
    assert_eq!(
        mistakes(|plan| plan.nodes[2].parent = "Rome".to_owned()),
        [("node", 2, "parent")]
    );
    assert_eq!(
        mistakes(|plan| plan.nodes[2].name = "Berlin".to_owned())[0],
        ("node", 2, "name")
    );
    assert_eq!(
        mistakes(|plan| plan.nodes[2].id = Some(7)),
        [("node", 2, "id")]
    );
    assert_eq!(
        mistakes(|plan| plan.nodes[2].id = Some(1)),
        [("node", 2, "id")]
    );
    assert_eq!(
        mistakes(|plan| plan.nodes[2].id = Some(0)),
        [("node", 2, "id")]
    );
    assert_eq!(
        mistakes(|plan| plan.nodes[1].parent = "Kreuzberg".to_owned()),
        [("node", 0, "parent"), ("node", 1, "parent")]
    );
    assert_eq!(
        mistakes(|plan| plan.administrators[0].passphrase = "short".to_owned()),
        [("administrator", 0, "passphrase")]
    );
    assert_eq!(
        mistakes(|plan| plan.people[0].email = "ADA@acme.example".to_owned()),
        [("person", 0, "email")]
    );
    assert_eq!(
        mistakes(|plan| plan.people[0].email = "grace".to_owned()),
        [("person", 0, "email")]
    );
    assert_eq!(
        mistakes(|plan| plan.people[0].node = "Rome".to_owned()),
        [("person", 0, "node")]
    );
    assert_eq!(
        mistakes(|plan| plan.connections[0].node = "Acme".to_owned()),
        [("connection", 0, "node")]
    );
    assert_eq!(
        mistakes(|plan| plan.connections.push(plan.connections[0].clone())),
        [("connection", 1, "node")]
    );
}

#[tokio::test]
async fn an_empty_database_is_filled_and_left_alone_afterwards() {
    for database in databases().await {
        let (db, secrets, hashing, plan) = (&database.db, Secrets::generate(), hashing(), plan());
        assert!(bootstrap::is_empty(db).await.unwrap());
        assert_eq!(
            bootstrap::apply(db, &secrets, &hashing, &plan).await,
            Ok(Applied::Done)
        );
        assert!(!bootstrap::is_empty(db).await.unwrap());
        let events = database.events().await;
        assert_eq!(
            bootstrap::apply(db, &secrets, &hashing, &plan).await,
            Ok(Applied::NotEmpty)
        );
        assert_eq!(database.events().await, events);
        assert_eq!(database.codes_after(events - 1).await, [Code::Bootstrapped]);
        let ada = admin_of(db, &by_passphrase_of_ada(db, &hashing).await.unwrap().id).await;
        let tree: Vec<_> = nodes::tree(db, &ada)
            .await
            .unwrap()
            .into_iter()
            .map(|node| (node.id.0, node.name))
            .collect();
        let named = |id: i64, name: &str| (id, name.to_owned());
        assert_eq!(
            tree,
            [
                named(1, "Acme"),
                named(7, "Berlin"),
                named(8, "Kreuzberg"),
                named(9, "Paris")
            ]
        );
        assert_eq!(
            nodes::add(db, &ada, NodeId::ROOT, "Rome").await.unwrap().id,
            NodeId(10)
        );
        let people = users::list(db, &ada, &everything()).await.unwrap().rows;
        let grace = users::get(db, &ada, &people[1].id).await.unwrap();
        assert_eq!(
            (
                grace.user.status(),
                grace.user.created_via,
                grace.invitation
            ),
            (Status::Invited, CreatedVia::Bootstrap, None)
        );
        assert!(!grace.user.linked);
        let token = &plan.connections[0].token;
        assert!(
            authenticate(db, &secrets, NodeId(7), token)
                .await
                .unwrap()
                .is_ok()
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_plan_with_a_mistake_writes_nothing() {
    for database in databases().await {
        let mut wrong = plan();
        wrong.people[0].node = "Rome".to_owned();
        let refused =
            bootstrap::apply(&database.db, &Secrets::generate(), &hashing(), &wrong).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "node", .. })));
        let mut late = plan();
        late.connections[0].token = "no token".to_owned();
        assert!(
            bootstrap::apply(&database.db, &Secrets::generate(), &hashing(), &late)
                .await
                .is_err()
        );
        assert!(bootstrap::is_empty(&database.db).await.unwrap());
        assert_eq!(database.events().await, 0);
        database.check().await;
    }
}

#[tokio::test]
async fn of_two_servers_that_start_at_once_one_fills_the_database() {
    for database in databases().await {
        let (db, secrets, hashing, plan) = (&database.db, Secrets::generate(), hashing(), plan());
        let done = futures::future::join_all(
            (0..4).map(|_| bootstrap::apply(db, &secrets, &hashing, &plan)),
        )
        .await;
        assert_eq!(
            done.iter().filter(|one| **one == Ok(Applied::Done)).count(),
            1,
            "{done:?}"
        );
        assert_eq!(
            done.iter()
                .filter(|one| **one == Ok(Applied::NotEmpty))
                .count(),
            3
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_database_with_people_is_not_empty() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let before = database.events().await;
        let applied = bootstrap::apply(&database.db, &story.secrets, &story.hashing, &plan()).await;
        assert_eq!(applied, Ok(Applied::NotEmpty));
        assert_eq!(database.events().await, before);
        database.check().await;
    }
}
