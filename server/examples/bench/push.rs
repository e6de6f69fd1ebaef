//! A whole directory is pushed, as an identity provider does it: every person looked for and sent, every group with its
//! members; and then the same again, which changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::Client;
use super::muster::{self, Muster};

/// How many requests are under way at once.
const CALLERS: usize = 8;
/// How many members each group has.
const MEMBERS: usize = 100;

/// Pushes so many people and teams twice, on every kind of database, and prints the table.
pub async fn run(people: usize, teams: usize) {
    println!(
        "| database | people | teams | first push | second push | rows it changed | memory MiB |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for kind in muster::kinds() {
        let database = muster::database(kind, "push");
        let server = Muster::start(&database).await;
        let push = Arc::new(Push::new(&server, people));
        let first = push.whole(people, teams).await;
        let before = fingerprint(&database).await;
        let second = push.whole(people, teams).await;
        let after = fingerprint(&database).await;
        let changed: i64 = before
            .iter()
            .zip(&after)
            .map(|(was, is)| (is - was).abs())
            .sum();
        println!(
            "| {kind} | {people} | {teams} | {:.0} s | {:.0} s | {changed} | {:.0} |",
            first.as_secs_f64(),
            second.as_secs_f64(),
            super::report::mebibytes(&server.usage())
        );
    }
}

/// What a change would change: events, mails, and the versions of everything.
async fn fingerprint(database: &muster::Database) -> Vec<i64> {
    let db = database.open().await;
    let mut tx = db.read().await.unwrap();
    let mut found = Vec::new();
    for sql in [
        "SELECT count(*) FROM events",
        "SELECT count(*) FROM outbox",
        "SELECT CAST(sum(version) AS BIGINT) FROM users",
        "SELECT CAST(sum(version) AS BIGINT) FROM teams",
        "SELECT count(*) FROM memberships",
    ] {
        found.push(tx.number(sql, []).await.unwrap());
    }
    found
}

struct Push {
    address: String,
    base: String,
    token: String,
    /// The ids that the service gave out, by the number of the person.
    ids: Vec<std::sync::OnceLock<String>>,
}

impl Push {
    fn new(server: &Muster, people: usize) -> Self {
        Self {
            address: server.address.clone(),
            base: server.base.clone(),
            token: server.token.clone(),
            ids: (0..people).map(|_| std::sync::OnceLock::new()).collect(),
        }
    }

    /// Everything once; how long it took.
    async fn whole(self: &Arc<Self>, people: usize, teams: usize) -> Duration {
        let begun = Instant::now();
        self.each(people, Kind::Person).await;
        self.each(teams, Kind::Team).await;
        begun.elapsed()
    }

    async fn each(self: &Arc<Self>, count: usize, kind: Kind) {
        let next = Arc::new(AtomicUsize::new(0));
        let callers = (0..CALLERS).map(|_| {
            let (push, next) = (Arc::clone(self), Arc::clone(&next));
            tokio::spawn(async move {
                let mut client = Client::connect(&push.address).await;
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    match kind {
                        Kind::Person => push.person(&mut client, number).await,
                        Kind::Team => push.team(&mut client, number).await,
                    }
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
    }

    async fn person(&self, client: &mut Client, number: usize) {
        let name = format!("person.{number}@acme.example");
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": name, "externalId": format!("00u{number:017}"), "active": true, "locale": "en-US",
            "name": { "givenName": "Person", "familyName": format!("Number {number}") },
            "displayName": format!("Person Number {number}"),
            "emails": [{ "primary": true, "value": name, "type": "work" }],
        });
        let filter = format!("userName%20eq%20%22{}%22", name.replace('@', "%40"));
        let found = self.found(client, &format!("/Users?filter={filter}")).await;
        let id = match found {
            Some(id) => {
                self.send(client, "PUT", &format!("/Users/{id}"), &body, 200)
                    .await;
                id
            }
            None => id_of(&self.send(client, "POST", "/Users", &body, 201).await),
        };
        let _known = self.ids[number].set(id);
    }

    async fn team(&self, client: &mut Client, number: usize) {
        let name = format!("Team {number}");
        let filter = format!("displayName%20eq%20%22{}%22", name.replace(' ', "%20"));
        let found = self
            .found(
                client,
                &format!("/Groups?filter={filter}&excludedAttributes=members"),
            )
            .await;
        let members: Vec<Value> = (0..MEMBERS)
            .filter_map(|member| {
                self.ids
                    .get((number * MEMBERS + member) % self.ids.len())?
                    .get()
            })
            .map(|id| json!({ "value": id }))
            .collect();
        let group = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name });
        let id = match found {
            Some(id) => id,
            None => id_of(&self.send(client, "POST", "/Groups", &group, 201).await),
        };
        let add = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{ "op": "add", "path": "members", "value": members }],
        });
        self.send(client, "PATCH", &format!("/Groups/{id}"), &add, 204)
            .await;
    }

    async fn found(&self, client: &mut Client, path: &str) -> Option<String> {
        let list = self.send(client, "GET", path, &Value::Null, 200).await;
        list["Resources"][0]["id"].as_str().map(str::to_owned)
    }

    async fn send(
        &self,
        client: &mut Client,
        method: &str,
        path: &str,
        body: &Value,
        expected: u16,
    ) -> Value {
        let Self {
            address,
            base,
            token,
            ..
        } = self;
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let request = format!(
            "{method} {base}{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             User-Agent: muster-bench\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = client.send(request.as_bytes()).await;
        assert_eq!(
            answer.status,
            expected,
            "{}",
            String::from_utf8_lossy(answer.body)
        );
        serde_json::from_slice(answer.body).unwrap_or_default()
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Person,
    Team,
}

fn id_of(resource: &Value) -> String {
    resource["id"].as_str().unwrap().to_owned()
}
