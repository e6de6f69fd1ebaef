//! The bare limits: for reads an axum route that makes the same queries; for writes the same statements,
//! committed in the same groups, without HTTP and JSON.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use directory::address::Address;
use directory::model::event::{Actor, Code, Target};
use directory::model::id::{ConnectionId, NodeId, TeamId, UserId};
use directory::model::query::{Comparison, Condition, Field, Slice, Value};
use directory::model::request::{Client as Asker, Request};
use directory::model::user::{AttributeValue, CreatedVia, Leaf, Profile, UserState};
use directory::store::db::{self, Db, Tx};
use directory::store::request_log::{self, NewRequest};
use directory::store::users::NewUser;
use directory::store::{events, invitations, memberships, requests, teams, users};
use futures::future::join_all;

use super::client::Client;
use super::load::{Person, Run, Work};
use super::muster::Database;

/// Where everybody is.
pub const NODE: NodeId = NodeId(2);

/// How the machine does without us: requests a second, or units a second.
pub async fn measure(
    database: &Database,
    work: Work,
    callers: usize,
    span: Duration,
    node: i64,
    people: &Arc<Vec<Person>>,
) -> f64 {
    assert_eq!(NODE.0, node);
    let run = match work {
        Work::Get | Work::Filter | Work::Page => read(database, work, callers, span, people).await,
        _ => write(&database.open().await, work, callers, span).await,
    };
    run.per_second()
}

async fn read(
    database: &Database,
    work: Work,
    callers: usize,
    span: Duration,
    people: &Arc<Vec<Person>>,
) -> Run {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["bare", &database.url])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(child.stdout.take().unwrap()),
        &mut address,
    )
    .unwrap();
    let begun = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let (address, people) = (address.trim().to_owned(), Arc::clone(people));
        tokio::spawn(async move {
            let mut client = Client::connect(&address).await;
            let (mut micros, mut next) = (Vec::new(), caller * 7_919);
            while begun.elapsed() < span {
                next += 104_729;
                let (id, user_name) = &people[next % people.len()];
                let path = match work {
                    Work::Get => format!("/user/{id}"),
                    Work::Filter => format!("/named/{user_name}"),
                    _ => format!("/page/{}", (next % (people.len() / 1_000)) * 1_000),
                };
                let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
                let asked = Instant::now();
                assert_eq!(client.send(request.as_bytes()).await.status, 200);
                micros.push(u64::try_from(asked.elapsed().as_micros()).unwrap());
            }
            micros
        })
    });
    let micros = join_all(tasks.collect::<Vec<_>>())
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    let took = begun.elapsed();
    child.kill().unwrap();
    child.wait().unwrap();
    Run { micros, took }
}

/// The bare server: prints its address, then serves.
pub async fn serve(url: &str) {
    let db = Db::open(url).await.unwrap();
    let router = Router::new()
        .route("/user/{id}", get(one))
        .route("/named/{name}", get(named))
        .route("/page/{skip}", get(page))
        .with_state(db);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

async fn one(State(db): State<Db>, Path(id): Path<String>) -> Json<usize> {
    let mut tx = db.read().await.unwrap();
    let user = users::find_visible(&mut tx, NODE, &UserId(id))
        .await
        .unwrap()
        .unwrap();
    let teams = users::teams_of(&mut tx, std::slice::from_ref(&user.id))
        .await
        .unwrap();
    Json(user.attributes.len() + teams.len())
}

async fn named(State(db): State<Db>, Path(name): Path<String>) -> Json<i64> {
    let is_it = Condition::Compare(Field::UserName, Comparison::Equal, Value::Text(name));
    many(
        &db,
        &Slice {
            condition: Some(is_it),
            sort: None,
            skip: 0,
            take: 1_000,
        },
    )
    .await
}

async fn page(State(db): State<Db>, Path(skip): Path<i64>) -> Json<i64> {
    many(
        &db,
        &Slice {
            condition: None,
            sort: None,
            skip,
            take: 1_000,
        },
    )
    .await
}

async fn many(db: &Db, slice: &Slice) -> Json<i64> {
    let mut tx = db.read().await.unwrap();
    let (people, total) = users::slice(&mut tx, NODE, slice).await.unwrap();
    let ids = people
        .iter()
        .map(|user| user.id.clone())
        .collect::<Vec<_>>();
    let teams = users::teams_of(&mut tx, &ids).await.unwrap();
    Json(total + i64::try_from(teams.len()).unwrap())
}

async fn write(db: &Db, work: Work, callers: usize, span: Duration) -> Run {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let team = team(db).await;
    let connection = connection(db).await;
    let fresh = if work == Work::Member {
        people(db, 2_000).await
    } else {
        Vec::new()
    };
    let begun = Instant::now();
    let tasks = (0..callers).map(|caller| {
        let (db, team, connection) = (db.clone(), team.clone(), connection.clone());
        let mine = fresh
            .iter()
            .skip(caller)
            .step_by(callers)
            .cloned()
            .collect::<Vec<_>>();
        tokio::spawn(async move {
            let mut micros = Vec::new();
            while begun.elapsed() < span {
                let asked = Instant::now();
                match (work, mine.get(micros.len())) {
                    (Work::Member, Some(user)) => add_member(&db, &team, user).await,
                    (Work::Member, None) => break,
                    _ => drop(create(&db, NEXT.fetch_add(1, Ordering::Relaxed), &connection).await),
                }
                micros.push(u64::try_from(asked.elapsed().as_micros()).unwrap());
            }
            micros
        })
    });
    let micros = join_all(tasks.collect::<Vec<_>>())
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    Run {
        micros,
        took: begun.elapsed(),
    }
}

async fn team(db: &Db) -> TeamId {
    let mut tx = db.read().await.unwrap();
    let slice = Slice {
        condition: None,
        sort: None,
        skip: 0,
        take: 1,
    };
    teams::slice(&mut tx, NODE, &slice).await.unwrap().0[0]
        .id
        .clone()
}

async fn connection(db: &Db) -> ConnectionId {
    requests::connection_of(&mut db.read().await.unwrap(), NODE)
        .await
        .unwrap()
        .unwrap()
}

async fn people(db: &Db, count: usize) -> Vec<UserId> {
    static NEXT: AtomicUsize = AtomicUsize::new(1_000_000_000);
    let connection = connection(db).await;
    let mut people = Vec::new();
    for _ in 0..count {
        people.push(create(db, NEXT.fetch_add(1, Ordering::Relaxed), &connection).await);
    }
    people
}

/// The rows of one creation: person, values, event, invitation, log entry.
async fn create(db: &Db, n: usize, connection: &ConnectionId) -> UserId {
    let mut tx = db.write().await.unwrap();
    let (id, name) = insert_person(&mut tx, n, "bare").await;
    invitations::offer(&mut tx, &id).await.unwrap();
    let target = Target {
        kind: "user",
        id: id.0.clone(),
        name,
    };
    events::record(
        &mut tx,
        &Actor::system(),
        Code::UserAdded,
        Some(NODE),
        target,
        "{}".to_owned(),
    )
    .await
    .unwrap();
    let line = request(connection);
    request_log::insert(&mut tx, vec![NewRequest { line, kept: None }])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

/// The rows of one person; their id and userName.
pub async fn insert_person(tx: &mut Tx, n: usize, who: &str) -> (UserId, String) {
    let name = format!("{who}.{n}@acme.example");
    let address = Address::parse(&name).unwrap();
    let profile = profile(n, &name);
    let new = NewUser {
        node: NODE,
        address: &address,
        profile: &profile,
        state: UserState::Invited,
        via: CreatedVia::Scim,
        locked_by_idp: None,
    };
    (users::insert(tx, new).await.unwrap(), name)
}

fn request(connection: &ConnectionId) -> Request {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    Request {
        id: format!(
            "bare-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ),
        connection_id: connection.clone(),
        token_id: None,
        at: db::now(),
        method: "POST".to_owned(),
        path: "/Users".to_owned(),
        status: 201,
        scim_type: None,
        detail: None,
        took_us: 0,
        agent: Some("muster-bench".to_owned()),
        ip: Some("127.0.0.1".to_owned()),
        client: Asker::Other,
        cause: None,
        subject_kind: None,
        subject_id: None,
        said: None,
        changed: 0,
    }
}

fn profile(n: usize, name: &str) -> Profile {
    let leaf = |attribute: &str, part: &str, value: Leaf| AttributeValue {
        attribute: attribute.to_owned(),
        item: 0,
        part: part.to_owned(),
        value,
    };
    let text = |text: &str| Leaf::Text(text.to_owned());
    Profile {
        user_name: name.to_owned(),
        external_id: Some(name.to_owned()),
        attributes: format!(
            r#"{{"displayName":"Person Number {n}","emails":[{{"primary":true,"type":"work","value":"{name}"}}],"locale":"en-US","name":{{"familyName":"Number {n}","givenName":"Person"}}}}"#
        ),
        values: vec![
            leaf("displayName", "", text("Person Number")),
            leaf("emails", "primary", Leaf::Flag(true)),
            leaf("emails", "type", text("work")),
            leaf("emails", "value", text(name)),
            leaf("locale", "", text("en-US")),
            leaf("name", "familyName", text("Number")),
            leaf("name", "givenName", text("Person")),
        ],
        ..Profile::default()
    }
}

/// The rows of one membership: it, its event, and the team's new version.
async fn add_member(db: &Db, team: &TeamId, user: &UserId) {
    let mut tx = db.write().await.unwrap();
    memberships::request(&mut tx, &[(team.clone(), user.clone())])
        .await
        .unwrap();
    let actor = Actor::system();
    events::record_memberships(
        &mut tx,
        &actor,
        Code::MembershipRequested,
        NODE,
        team,
        std::slice::from_ref(user),
    )
    .await
    .unwrap();
    teams::touch(&mut tx, team).await.unwrap();
    tx.commit().await.unwrap();
}
