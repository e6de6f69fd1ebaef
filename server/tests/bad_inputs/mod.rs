//! Bad inputs and abuses, each by its number in the list of them: the answer it gets, in SCIM's words, and that nothing
//! was changed by it. Whatever comes in, the answer is never a 5xx but the 501 of what is not offered.

mod bodies;
mod console;
mod groups;
mod people;
mod queries;
mod transport;

use serde_json::{Value, json};

use crate::support::scim_client::{Answer, ScimClient, user};
use crate::support::{Console, databases};

/// What a row must be answered with.
#[derive(Clone, Copy)]
enum Expected {
    /// A SCIM error with this status and scimType (`-` for none), and nothing changed.
    Refused(u16, &'static str),
    /// This status, and so many of what is listed, if it is a list.
    Taken(u16),
    /// 200, and so many match.
    Found(i64),
}
use Expected::{Found, Refused, Taken};

/// One bad input.
struct Row {
    id: &'static str,
    method: &'static str,
    path: String,
    media: Option<&'static str>,
    body: Vec<u8>,
    expected: Expected,
}

fn row(
    id: &'static str,
    method: &'static str,
    path: impl Into<String>,
    body: impl Into<Vec<u8>>,
    expected: Expected,
) -> Row {
    Row {
        id,
        method,
        path: path.into(),
        media: Some("application/scim+json"),
        body: body.into(),
        expected,
    }
}

fn get(id: &'static str, path: impl Into<String>, expected: Expected) -> Row {
    row(id, "GET", path, "", expected)
}

fn post_user(id: &'static str, body: &Value, expected: Expected) -> Row {
    row(id, "POST", "/Users", body.to_string(), expected)
}

fn filter(id: &'static str, filter: &str, expected: Expected) -> Row {
    get(id, format!("/Users?filter={}", escaped(filter)), expected)
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Two nodes with somebody in each.
struct World {
    console: Console,
    client: ScimClient,
    token: String,
    ada: String,
    ben: String,
    ops: String,
    /// A person and a team of the other node.
    elsewhere: String,
    team_elsewhere: String,
}

impl World {
    async fn on(database: crate::support::Database) -> Self {
        let console = Console::start(database).await;
        let (berlin, token) = console.connection("Berlin").await;
        let (paris, other) = console.connection("Paris").await;
        let client = ScimClient::new(console.scim(berlin), &token);
        let there = ScimClient::new(console.scim(paris), &other);
        let ada = client.user("lovelace@acme.example").await;
        let mut ben = user("bob@corp.com");
        ben["externalId"] = json!("e-ben");
        ben["emails"] = json!([{ "value": "bob@corp.com", "type": "work" }]);
        let ben = client.post("/Users", &ben).await.is(201).id();
        let ops = client.group("Ops", &[&ada]).await;
        let elsewhere = there.user("elsewhere@acme.example").await;
        let team_elsewhere = there.group("Elsewhere", &[&elsewhere]).await;
        Self {
            console,
            client,
            token,
            ada,
            ben,
            ops,
            elsewhere,
            team_elsewhere,
        }
    }

    /// Everything that changes when anything changes.
    async fn marks(&self) -> Vec<i64> {
        let mut tx = self.console.db.read().await.unwrap();
        let mut marks = Vec::new();
        for sql in [
            "SELECT count(*) FROM events",
            "SELECT count(*) FROM outbox",
            "SELECT count(*) FROM users",
            "SELECT count(*) FROM user_values",
            "SELECT count(*) FROM memberships",
            "SELECT count(*) FROM teams",
            "SELECT CAST(sum(version) AS BIGINT) FROM users",
            "SELECT CAST(sum(version) AS BIGINT) FROM teams",
            "SELECT CAST(sum(session_epoch) AS BIGINT) FROM users",
        ] {
            marks.push(tx.number(sql, []).await.unwrap());
        }
        marks
    }

    async fn check(&self, row: Row) {
        let before = self.marks().await;
        let client = match row.media {
            Some(media) => self.client.clone().with("content-type", media),
            None => self.client.clone().without("content-type"),
        };
        let answer = client.send(row.method, &row.path, row.body).await;
        let row_on = format!("{} on {}", row.id, self.console.db.kind());
        assert!(
            answer.status < 500 || answer.status == 501,
            "{row_on}: {answer}"
        );
        match row.expected {
            Refused(status, scim_type) => {
                let problem = problem(&answer, status, scim_type);
                assert_eq!(problem, None, "{row_on}: {answer}");
                assert_eq!(
                    self.marks().await,
                    before,
                    "{row_on} was refused and changed something: {answer}"
                );
            }
            Taken(status) => assert_eq!(answer.status, status, "{row_on}: {answer}"),
            Found(total) => {
                assert_eq!(
                    (answer.status, &answer.body["totalResults"]),
                    (200, &json!(total)),
                    "{row_on}: {answer}"
                );
            }
        }
    }
}

/// What is wrong about a refusal.
fn problem(answer: &Answer, status: u16, scim_type: &str) -> Option<String> {
    let body = &answer.body;
    if answer.status != status || body["scimType"].as_str().unwrap_or("-") != scim_type {
        return Some(format!("expected {status} {scim_type}"));
    }
    let is_scim = body["schemas"] == json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
        && body["status"] == json!(status.to_string())
        && body["detail"]
            .as_str()
            .is_some_and(|detail| !detail.is_empty())
        && answer.header("content-type") == "application/scim+json";
    (!is_scim).then(|| "not a SCIM error".to_owned())
}

async fn check(rows: impl Fn(&World) -> Vec<Row>) {
    for database in databases().await {
        let world = World::on(database).await;
        for row in rows(&world) {
            world.check(row).await;
        }
        world.console.verify().await;
    }
}
