//! How the same work slows down as the directory grows: each size beside the smallest, in one run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use directory::model::id::{TeamId, UserId};
use directory::store::db::Db;
use directory::store::{memberships, teams};

use super::bare::{NODE, insert_person};
use super::load::{Load, Person, Work};
use super::muster::{self, Database, Muster};

/// What is asked at every size, and by how many at once.
const ASKED: [(Work, usize); 10] = [
    (Work::Get, 8),
    (Work::Filter, 8),
    (Work::First, 1),
    (Work::Last, 1),
    (Work::Groups, 8),
    (Work::Member, 1),
    (Work::Leave, 1),
    (Work::Thousand, 1),
    (Work::Create, 8),
    (Work::Deactivate, 8),
];
/// How many people are written by one unit of work.
const TOGETHER: usize = 500;

/// Measures every kind of database at every size, and prints the table.
pub async fn run(sizes: &[usize], span: Duration) {
    println!(
        "| database | people | start ms | memory MiB | {} |",
        ASKED
            .map(|(work, callers)| format!("{} ({callers})", work.name()))
            .join(" | ")
    );
    println!("|---|---:|---:|---:|{}", "---:|".repeat(ASKED.len()));
    for kind in muster::kinds() {
        let mut first = None;
        for size in sizes {
            // Each size begins with a database of its own.
            let database = muster::database(kind, &format!("grow_{size}"));
            let measured = at(&database, *size, span).await;
            let smallest = first.get_or_insert_with(|| measured.clone());
            let cells = measured.iter().zip(smallest.iter()).map(|(now, then)| {
                format!(
                    "{:.2} ms ({:.2} ×)",
                    now.median_ms,
                    now.median_ms / then.median_ms
                )
            });
            let (start, memory) = (measured[0].start_ms, measured[0].memory_mib);
            println!(
                "| {kind} | {size} | {start:.0} | {memory:.0} | {} |",
                cells.collect::<Vec<_>>().join(" | ")
            );
        }
    }
}

#[derive(Clone)]
struct Measured {
    median_ms: f64,
    start_ms: f64,
    memory_mib: f64,
}

async fn at(database: &Database, size: usize, span: Duration) -> Vec<Measured> {
    // The first start makes the tables, the node and the connection.
    drop(Muster::start(database).await);
    let db = database.open().await;
    let (people, team) = fill(&db, size).await;
    db.close().await;
    let begun = Instant::now();
    let server = Muster::start(database).await;
    let start_ms = begun.elapsed().as_secs_f64() * 1_000.0;
    let load = Load::new(&server.address, &server.base, &server.token).knowing(&people, &team);
    let mut measured = Vec::new();
    for (work, callers) in ASKED {
        let run = load.run(work, callers, span).await;
        measured.push(Measured {
            median_ms: run.percentile(50),
            start_ms,
            memory_mib: 0.0,
        });
    }
    let memory = super::report::mebibytes(&server.usage());
    for one in &mut measured {
        one.memory_mib = memory;
    }
    measured
}

/// So many people, all of them in one team.
async fn fill(db: &Db, size: usize) -> (Arc<Vec<Person>>, String) {
    let mut tx = db.write().await.unwrap();
    let team = teams::insert_pending(&mut tx, NODE, "Everyone", None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut people = Vec::with_capacity(size);
    for from in (0..size).step_by(TOGETHER) {
        let mut tx = db.write().await.unwrap();
        let mut pairs: Vec<(TeamId, UserId)> = Vec::new();
        for n in from..size.min(from + TOGETHER) {
            let (id, name) = insert_person(&mut tx, n, "grown").await;
            people.push((id.0.clone(), name));
            pairs.push((team.clone(), id));
        }
        memberships::request(&mut tx, &pairs).await.unwrap();
        tx.commit().await.unwrap();
    }
    (Arc::new(people), team.0)
}
