//! The bench: a load client that speaks SCIM over loopback to the release binary, and beside each
//! figure the bare limit of the same machine in the same run.
//!
//! `cargo xtask bench` builds and runs it. `MUSTER_BIN` names the binary, `MUSTER_BENCH_POSTGRES`
//! a superuser's address of a PostgreSQL server; without it only SQLite is measured. `grow` with sizes
//! (`grow 1000 100000`) measures how the same work slows down as the directory grows; `push 100000 1000` pushes so many
//! people and teams twice; `log` measures what the request log costs.
#![expect(
    clippy::unwrap_used,
    reason = "a bench that fails stops with the reason"
)]

mod bare;
mod client;
mod grow;
mod load;
mod log_cost;
mod muster;
mod push;
mod report;

use std::time::Duration;

use load::{Load, Work};
use mimalloc::MiMalloc;
use report::{Line, Report};

/// As in the binary: what is compared with it must not differ by it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many people stand in the directory before anything is read.
const PEOPLE: usize = 10_000;
/// How many callers at once.
const CALLERS: [usize; 3] = [1, 8, 32];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        // The bare server is a process of its own, as Muster is.
        Some("bare") => runtime.block_on(bare::serve(&arguments.next().unwrap())),
        Some("grow") => {
            let sizes: Vec<usize> = arguments.map(|size| size.parse().unwrap()).collect();
            let sizes = if sizes.is_empty() {
                vec![1_000, 10_000, 100_000]
            } else {
                sizes
            };
            runtime.block_on(grow::run(&sizes, span()));
        }
        Some("push") => {
            let mut sizes = arguments.map(|size| size.parse::<usize>().unwrap());
            let (people, teams) = (
                sizes.next().unwrap_or(100_000),
                sizes.next().unwrap_or(1_000),
            );
            runtime.block_on(push::run(people, teams));
        }
        Some("log") => runtime.block_on(log_cost::run(span())),
        _ => runtime.block_on(bench()),
    }
}

/// How long each is measured.
fn span() -> Duration {
    let seconds = std::env::var("MUSTER_BENCH_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(3);
    Duration::from_secs(seconds)
}

async fn bench() {
    let mut report = Report::default();
    for kind in muster::kinds() {
        measure(&muster::database(kind, "load"), span(), &mut report).await;
    }
    report.print();
}

async fn measure(database: &muster::Database, span: Duration, report: &mut Report) {
    let server = muster::Muster::start(database).await;
    let mut lines = Vec::new();
    let mut load = Load::new(&server.address, &server.base, &server.token);
    load.create_people(PEOPLE).await;
    load.create_team("Everyone").await;
    for work in Work::READS.into_iter().chain(Work::WRITES) {
        for callers in CALLERS {
            let before = server.usage();
            let run = load.run(work, callers, span).await;
            lines.push(Line::new(
                database.kind,
                work,
                callers,
                run,
                &before,
                &server.usage(),
            ));
        }
    }
    let node = server.node;
    drop(server);
    let people = load.into_people();
    for line in &mut lines {
        line.bare =
            Some(bare::measure(database, line.work, line.callers, span, node, &people).await);
    }
    report.add(lines);
}
