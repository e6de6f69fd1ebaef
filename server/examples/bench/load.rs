//! What is asked, by how many at once, and how long each answer took.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::client::Client;

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// `GET /Users/{id}`.
    Get,
    /// `GET /Users?filter=userName eq "…"`.
    Filter,
    /// `GET /Users?startIndex=…&count=1000`.
    Page,
    /// `POST /Users`.
    Create,
    /// `PATCH /Groups/{id}`: one member more in a team of everybody.
    Member,
    /// `PATCH /Groups/{id}`: one member less.
    Leave,
    /// `PATCH /Groups/{id}`: 1,000 members more in one operation.
    Thousand,
    /// `PATCH /Users/{id}`: `active` false.
    Deactivate,
    /// `GET /Users?count=1000`: the first page.
    First,
    /// The same at the end.
    Last,
    /// `GET /Groups?excludedAttributes=members`.
    Groups,
}

impl Work {
    /// Those that change nothing.
    pub const READS: [Self; 3] = [Self::Get, Self::Filter, Self::Page];
    /// Those that do.
    pub const WRITES: [Self; 2] = [Self::Member, Self::Create];

    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "get by id",
            Self::Filter => "`userName eq`",
            Self::Page => "page of 1,000",
            Self::Create => "create",
            Self::Member => "add one member to a large team",
            Self::Leave => "remove one member",
            Self::Thousand => "add 1,000 members at once",
            Self::Deactivate => "deactivate",
            Self::First => "first page of 1,000",
            Self::Last => "last page of 1,000",
            Self::Groups => "list of groups without members",
        }
    }
}

/// How many members join at once.
const THOUSAND: usize = 1_000;

/// A person who was created: their id and userName.
pub type Person = (String, String);

/// What a run took: every answer's time, in microseconds, and the whole.
pub struct Run {
    /// Sorted.
    pub micros: Vec<u64>,
    /// From the first request to the last answer.
    pub took: Duration,
}

/// A client's view of a node: what to ask, with which token.
#[derive(Clone)]
pub struct Load {
    address: String,
    base: String,
    token: String,
    people: Arc<Vec<Person>>,
    team: String,
    created: Arc<AtomicUsize>,
}

impl Load {
    /// Against a server's SCIM service.
    pub fn new(address: &str, base: &str, token: &str) -> Self {
        Self {
            address: address.to_owned(),
            base: base.to_owned(),
            token: token.to_owned(),
            people: Arc::new(Vec::new()),
            team: String::new(),
            created: Arc::new(AtomicUsize::new(0)),
        }
    }

    /// A client that knows who is there already, and the team it adds members to.
    pub fn knowing(mut self, people: &Arc<Vec<Person>>, team: &str) -> Self {
        self.people = Arc::clone(people);
        team.clone_into(&mut self.team);
        self
    }

    /// The same client at another address of the same directory.
    pub fn at(&self, address: &str) -> Self {
        Self {
            address: address.to_owned(),
            ..self.clone()
        }
    }

    /// The people who were created before the runs.
    pub fn into_people(self) -> Arc<Vec<Person>> {
        self.people
    }

    /// Fills the node, 32 at once.
    pub async fn create_people(&mut self, count: usize) {
        let tasks = (0..32).map(|task| {
            let (load, mine) = (self.handle(), count / 32 + usize::from(task < count % 32));
            tokio::spawn(async move {
                let mut client = Client::connect(&load.address).await;
                let mut people = Vec::new();
                for _ in 0..mine {
                    let request = load.create();
                    let answer = client.send(&request).await;
                    assert_eq!(
                        answer.status,
                        201,
                        "{}",
                        String::from_utf8_lossy(answer.body)
                    );
                    people.push(person(answer.body));
                }
                people
            })
        });
        let mut people = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            people.extend(task.await.unwrap());
        }
        people.sort();
        self.people = Arc::new(people);
    }

    /// A team with everyone but the last 1,000, whom the runs add one by one.
    pub async fn create_team(&mut self, name: &str) {
        let members = self
            .people
            .iter()
            .map(|(id, _)| serde_json::json!({ "value": id }))
            .collect::<Vec<_>>();
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name, "members": members,
        });
        let mut client = Client::connect(&self.address).await;
        let request =
            self.handle()
                .request("POST", "/Groups?attributes=id", Some(&body.to_string()));
        let answer = client.send(&request).await;
        assert_eq!(
            answer.status,
            201,
            "{}",
            String::from_utf8_lossy(answer.body)
        );
        self.team = person(answer.body).0;
    }

    /// So many callers ask for so long.
    pub async fn run(&self, work: Work, callers: usize, span: Duration) -> Run {
        // People who are not in the team yet are made before the clock starts.
        let fresh = match work {
            Work::Member => self.fresh_people(callers, 2_000).await,
            Work::Thousand => self.fresh_people(callers, 5 * THOUSAND).await,
            _ => Vec::new(),
        };
        let begun = Instant::now();
        let tasks = (0..callers).map(|caller| {
            let load = self.handle();
            let mine = fresh.get(caller).cloned().unwrap_or_default();
            tokio::spawn(async move { load.ask(work, caller, &mine, begun + span).await })
        });
        let mut micros = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            micros.extend(task.await.unwrap());
        }
        let took = begun.elapsed();
        micros.sort_unstable();
        Run { micros, took }
    }

    async fn fresh_people(&self, callers: usize, count: usize) -> Vec<Vec<String>> {
        let mut client = Client::connect(&self.address).await;
        let load = self.handle();
        let mut fresh = vec![Vec::new(); callers];
        for n in 0..count {
            let answer = client.send(&load.create()).await;
            fresh[n % callers].push(person(answer.body).0);
        }
        fresh
    }

    fn handle(&self) -> Handle {
        Handle {
            address: self.address.clone(),
            base: self.base.clone(),
            token: self.token.clone(),
            people: Arc::clone(&self.people),
            team: self.team.clone(),
            created: Arc::clone(&self.created),
        }
    }
}

struct Handle {
    address: String,
    base: String,
    token: String,
    people: Arc<Vec<Person>>,
    team: String,
    created: Arc<AtomicUsize>,
}

impl Handle {
    async fn ask(&self, work: Work, caller: usize, fresh: &[String], until: Instant) -> Vec<u64> {
        let mut client = Client::connect(&self.address).await;
        let mut micros = Vec::with_capacity(100_000);
        let mut next = caller * 7_919;
        while Instant::now() < until {
            next += 104_729;
            let (request, expected) = match work {
                Work::Member if micros.len() >= fresh.len() => break,
                Work::Member => (self.members(&fresh[micros.len()..=micros.len()]), 204),
                Work::Thousand => match fresh.chunks(THOUSAND).nth(micros.len()) {
                    Some(members) => (self.members(members), 204),
                    None => break,
                },
                Work::Leave => (self.leave(), 204),
                Work::Create => (self.create(), 201),
                Work::Deactivate => (self.deactivate(), 200),
                read => (self.read(read, next), 200),
            };
            let begun = Instant::now();
            let answer = client.send(&request).await;
            micros.push(u64::try_from(begun.elapsed().as_micros()).unwrap());
            // Only right answers count.
            assert_eq!(
                answer.status,
                expected,
                "{}",
                String::from_utf8_lossy(answer.body)
            );
        }
        micros
    }

    fn read(&self, work: Work, next: usize) -> Vec<u8> {
        let (id, user_name) = &self.people[next % self.people.len()];
        let path = match work {
            Work::Get => format!("/Users/{id}"),
            Work::Filter => format!(
                "/Users?filter=userName%20eq%20%22{}%22",
                user_name.replace('@', "%40")
            ),
            Work::Groups => "/Groups?excludedAttributes=members".to_owned(),
            Work::First => "/Users?count=1000".to_owned(),
            Work::Last => format!("/Users?startIndex={}&count=1000", self.people.len() - 999),
            _ => format!(
                "/Users?startIndex={}&count=1000",
                1 + (next % (self.people.len() / 1_000)) * 1_000
            ),
        };
        self.request("GET", &path, None)
    }

    fn create(&self) -> Vec<u8> {
        let n = self.created.fetch_add(1, Ordering::Relaxed);
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("person.{n}@acme.example"),
            "externalId": format!("00u{n:017}"),
            "name": { "givenName": "Person", "familyName": format!("Number {n}") },
            "displayName": format!("Person Number {n}"),
            "emails": [{ "primary": true, "value": format!("person.{n}@acme.example"), "type": "work" }],
            "locale": "en-US",
            "groups": [],
            "active": true,
        });
        self.request("POST", "/Users", Some(&body.to_string()))
    }

    fn deactivate(&self) -> Vec<u8> {
        let n = self.created.fetch_add(1, Ordering::Relaxed);
        let (id, _) = &self.people[n % self.people.len()];
        let body = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}"#;
        self.request("PATCH", &format!("/Users/{id}"), Some(body))
    }

    fn members(&self, users: &[String]) -> Vec<u8> {
        let values: Vec<String> = users
            .iter()
            .map(|user| format!(r#"{{"value":"{user}"}}"#))
            .collect();
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"add","path":"members","value":[{}]}}]}}"#,
            values.join(",")
        );
        self.request("PATCH", &format!("/Groups/{}", self.team), Some(&body))
    }

    fn leave(&self) -> Vec<u8> {
        let n = self.created.fetch_add(1, Ordering::Relaxed);
        let (id, _) = &self.people[n % self.people.len()];
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"remove","path":"members[value eq \"{id}\"]"}}]}}"#
        );
        self.request("PATCH", &format!("/Groups/{}", self.team), Some(&body))
    }

    fn request(&self, method: &str, path: &str, body: Option<&str>) -> Vec<u8> {
        let Self {
            base,
            token,
            address,
            ..
        } = self;
        let body = body.unwrap_or_default();
        format!(
            "{method} {base}{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nUser-Agent: muster-bench\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

fn person(body: &[u8]) -> Person {
    let value: serde_json::Value = serde_json::from_slice(body).unwrap();
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    (text("id"), text("userName"))
}
