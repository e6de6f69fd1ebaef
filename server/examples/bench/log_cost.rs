//! What the request log costs: the same server with it and without it, in turns, in one process.

use std::sync::Arc;
use std::time::Duration;

use directory::secret::{Cost, Hashing, Secrets};
use directory::store::db::Db;
use server::config::Config;
use server::outbound::Outbound;
use server::scim::log::Log;
use server::state::{AppState, Parts};
use tokio::net::TcpListener;

use super::load::{Load, Work};
use super::muster::{self, Muster};

/// How often each takes its turn.
const TURNS: usize = 5;
/// What is asked, by how many at once.
const ASKED: [(Work, usize); 3] = [(Work::Get, 8), (Work::Filter, 8), (Work::Create, 32)];

/// Measures every kind of database, and prints the table.
pub async fn run(span: Duration) {
    // It is there already where it was put before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    println!("| database | work | callers | a second without the log | with it | of it |");
    println!("|---|---|---:|---:|---:|---:|");
    for kind in muster::kinds() {
        let database = muster::database(kind, "log");
        // The first start makes the tables, the node and the connection.
        let first = Muster::start(&database).await;
        let (base, token) = (first.base.clone(), first.token.clone());
        let secrets = database.secrets();
        drop(first);
        let db = database.open().await;
        let silent = serve(&db, &secrets, Logging::Off).await;
        let noting = serve(&db, &secrets, Logging::On).await;
        let mut load = Load::new(&silent, &base, &token);
        load.create_people(5_000).await;
        for (work, callers) in ASKED {
            let mut rates = [0.0, 0.0];
            for _ in 0..TURNS {
                for (rate, address) in rates.iter_mut().zip([&silent, &noting]) {
                    *rate += load.at(address).run(work, callers, span).await.per_second();
                }
            }
            let turns = f64::from(u32::try_from(TURNS).unwrap());
            println!(
                "| {kind} | {} | {callers} | {:.0} | {:.0} | {:.0} % |",
                work.name(),
                rates[0] / turns,
                rates[1] / turns,
                100.0 * rates[1] / rates[0]
            );
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Logging {
    On,
    Off,
}

/// Serves in this process; its address.
async fn serve(db: &Db, secrets: &str, logging: Logging) -> String {
    let config = Config {
        scim_rate_limit: 0,
        ..Config::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let public_url = config.public_url(address).unwrap();
    let mut state = AppState::new(Parts {
        db: db.clone(),
        secrets: Arc::new(Secrets::from_text(secrets).unwrap()),
        hashing: Hashing::new(Cost::Least).unwrap(),
        config,
        public_url,
        outbound: Outbound::new(Vec::new()).unwrap(),
        providers: Vec::new(),
    });
    if logging == Logging::Off {
        // Nobody writes what it notes.
        let (log, _) = Log::start(db.clone());
        state.scim_log = log;
    }
    let router = server::router(state.clone());
    let (stopping, tracker) = (state.stopping.clone(), state.tracker.clone());
    tokio::spawn(server::http::serve(listener, router, stopping, tracker));
    // It serves until the process ends.
    std::mem::forget(state);
    address.to_string()
}
