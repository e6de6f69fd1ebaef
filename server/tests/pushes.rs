//! A whole directory pushed, and pushed again: the second time changes no row, writes no event and sends no mail,
//! whichever client it is. `MUSTER_SOAK=20` pushes twenty times as many.

use directory::store::db::Db;
use serde_json::{Value, json};

use crate::support::scim_client::{Answer, ScimClient, group, patch};
use crate::support::{Console, databases, soak};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// How a client writes what it pushes.
#[derive(Debug, Clone, Copy)]
enum Client {
    /// PATCH for `active` and groups, PUT for the profile.
    OktaCatalogue,
    /// PUT for people and for groups.
    OktaWizard,
    /// One PATCH with many operations, booleans as texts, members that are there added again.
    Entra,
    /// PATCH without a path, dotted keys, groups by the people.
    VendorPush,
}

/// One push of everybody and of every group.
struct Push {
    client: ScimClient,
    style: Client,
    people: usize,
}

impl Push {
    async fn run(&self) {
        let mut ids = Vec::new();
        for n in 0..self.people {
            ids.push(self.person(n).await);
        }
        for n in 0..self.people.div_ceil(10) {
            let members = ids.iter().skip(n * 10).take(10);
            self.team(n, &members.map(String::as_str).collect::<Vec<_>>())
                .await;
        }
    }

    /// Names are unique over all nodes, so each client has people of its own.
    fn name(&self, n: usize) -> String {
        format!("person{n}@{:?}.example", self.style).to_lowercase()
    }

    fn profile(&self, n: usize) -> Value {
        let name = self.name(n);
        json!({
            "schemas": [USER, ENTERPRISE],
            "userName": name,
            "externalId": format!("e{n}"),
            "displayName": format!("Person {n}"),
            "name": { "givenName": format!("Given {n}"), "familyName": "Hopper" },
            "emails": [{ "value": name, "type": "work", "primary": true }],
            "active": true,
            ENTERPRISE: { "department": "Tools", "employeeNumber": n.to_string() },
        })
    }

    async fn found(&self, place: &str, filter: &str) -> Option<String> {
        let path = format!("/{place}?filter={filter}&startIndex=1&count=100");
        let answer = self.client.get(&path).await.is(200);
        answer.ids().into_iter().next()
    }

    async fn person(&self, n: usize) -> String {
        let name = self.name(n);
        let filter = format!("userName eq \"{}\"", name.to_uppercase());
        match self.found("Users", &filter).await {
            None => self
                .client
                .post("/Users", &self.profile(n))
                .await
                .is(201)
                .id(),
            Some(id) => {
                self.update(&id, n).await;
                id
            }
        }
    }

    async fn update(&self, id: &str, n: usize) {
        let path = format!("/Users/{id}");
        match self.style {
            Client::OktaCatalogue | Client::OktaWizard => {
                let mut whole = self.client.get(&path).await.is(200).body;
                let sent = self.profile(n);
                for (name, value) in sent.as_object().unwrap() {
                    whole[name] = value.clone();
                }
                self.client.put(&path, &whole).await.is(200);
                let active = json!([{ "op": "replace", "value": { "active": true } }]);
                self.client.patch(&path, &patch(&active)).await.is(200);
            }
            Client::Entra => {
                let operations = json!([
                    { "op": "Replace", "path": "displayName", "value": format!("Person {n}") },
                    { "op": "Replace", "path": "active", "value": "True" },
                    { "op": "Add", "path": "emails[type eq \"work\"].value", "value": self.name(n) },
                    { "op": "Replace", "path": "name.givenName", "value": format!("Given {n}") },
                    { "op": "Add", "path": format!("{ENTERPRISE}:department"), "value": "Tools" },
                ]);
                self.client.patch(&path, &patch(&operations)).await.is(200);
            }
            Client::VendorPush => {
                let value = json!({ "externalId": format!("e{n}"), "displayName": format!("Person {n}"), "name.givenName": format!("Given {n}"), "active": true });
                let operations = json!([{ "op": "replace", "value": value }]);
                self.client.patch(&path, &patch(&operations)).await.is(200);
            }
        }
    }

    async fn team(&self, n: usize, members: &[&str]) {
        let name = format!("Team {n}");
        let filter = format!("displayName eq \"{name}\"");
        let id = match self.found("Groups", &filter).await {
            Some(id) => id,
            None => self
                .client
                .post("/Groups", &group(&name, &[]))
                .await
                .is(201)
                .id(),
        };
        let path = format!("/Groups/{id}");
        let values = members.iter().map(|id| json!({ "value": id }));
        let values = values.collect::<Vec<_>>();
        let done: Answer = match self.style {
            Client::OktaCatalogue => {
                let operations = json!([
                    { "op": "replace", "value": { "id": id, "displayName": name } },
                    { "op": "replace", "path": "members", "value": values },
                ]);
                self.client.patch(&path, &patch(&operations)).await
            }
            Client::OktaWizard => self.client.put(&path, &group(&name, members)).await,
            Client::Entra => {
                let operations = json!([{ "op": "Add", "path": "members", "value": values }]);
                self.client.patch(&path, &patch(&operations)).await
            }
            Client::VendorPush => {
                let joins =
                    patch(&json!([{ "op": "add", "path": "groups", "value": [{ "value": id }] }]));
                for member in members {
                    let path = format!("/Users/{member}");
                    self.client.patch(&path, &joins).await.is(200);
                }
                return;
            }
        };
        assert!(matches!(done.status, 200 | 204), "{done}");
    }
}

/// Everything that a change would change.
async fn marks(db: &Db) -> Vec<i64> {
    let mut tx = db.read().await.unwrap();
    let mut marks = Vec::new();
    for sql in [
        "SELECT count(*) FROM events",
        "SELECT count(*) FROM outbox",
        "SELECT count(*) FROM memberships",
        "SELECT count(*) FROM user_values",
        "SELECT CAST(sum(version) AS BIGINT) FROM users",
        "SELECT CAST(sum(updated_at) AS BIGINT) FROM users",
        "SELECT CAST(sum(version) AS BIGINT) FROM teams",
        "SELECT CAST(sum(updated_at) AS BIGINT) FROM teams",
        "SELECT CAST(sum(requested_at) AS BIGINT) FROM memberships",
    ] {
        marks.push(tx.number(sql, []).await.unwrap());
    }
    marks
}

#[tokio::test]
async fn the_same_push_twice_changes_nothing() {
    for database in databases().await {
        let console = Console::start(database).await;
        for style in [
            Client::OktaCatalogue,
            Client::OktaWizard,
            Client::Entra,
            Client::VendorPush,
        ] {
            let (node, token) = console.connection(&format!("{style:?}")).await;
            let client = ScimClient::new(console.scim(node), &token);
            let push = Push {
                client,
                style,
                people: 25 * soak(),
            };
            push.run().await;
            let before = marks(&console.db).await;
            push.run().await;
            assert_eq!(marks(&console.db).await, before, "{style:?}");
        }
        console.verify().await;
    }
}
