//! A Muster to be measured: the release binary on a fresh database, and what it uses.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use directory::store::db::Db;

/// A database to measure on.
pub struct Database {
    /// `SQLite` or `PostgreSQL`.
    pub kind: &'static str,
    /// Its address.
    pub url: String,
    folder: tempfile::TempDir,
}

/// What a process has used so far.
pub struct Usage {
    /// CPU time of the server and of this client, in clock ticks.
    pub server_ticks: u64,
    /// The client's.
    pub client_ticks: u64,
    /// The most memory the server had, in KiB.
    pub memory_kib: u64,
}

/// The kinds of database that are there to measure on.
pub fn kinds() -> Vec<&'static str> {
    let postgres = std::env::var_os("MUSTER_BENCH_POSTGRES").map(|_| "PostgreSQL");
    std::iter::once("SQLite").chain(postgres).collect()
}

/// A fresh database of a kind, with `name` in its name.
pub fn database(kind: &'static str, name: &str) -> Database {
    let folder = tempfile::tempdir().unwrap();
    let url = if kind == "SQLite" {
        format!("sqlite:{}/muster.db", folder.path().display())
    } else {
        let server = std::env::var("MUSTER_BENCH_POSTGRES").unwrap();
        let name = format!("bench_{name}_{}", std::process::id());
        create_database(&server, &name);
        format!("{}/{name}", server.rsplit_once('/').unwrap().0)
    };
    Database { kind, url, folder }
}

fn create_database(server: &str, name: &str) {
    let sql = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    );
    let status = Command::new("psql")
        .args([server, "-qc", &sql])
        .status()
        .unwrap();
    assert!(
        status.success(),
        "the bench's database could not be created"
    );
}

impl Database {
    /// The secrets that the server made for it.
    pub fn secrets(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("data/secrets.toml")).unwrap()
    }

    /// Opens it beside the server, for the bare limits.
    pub async fn open(&self) -> Db {
        Db::open(&self.url).await.unwrap()
    }
}

/// A running server.
pub struct Muster {
    child: Child,
    /// `127.0.0.1:…`.
    pub address: String,
    /// The path of the SCIM service.
    pub base: String,
    /// The token of its connection.
    pub token: String,
    /// Its node.
    pub node: i64,
}

impl Muster {
    /// Starts the release binary on a database, with one node and a connection that is ready.
    pub async fn start(database: &Database) -> Self {
        let folder = database.folder.path();
        write_private(
            &folder.join("passphrase.txt"),
            "a bench needs no secret words\n",
        );
        let bootstrap = folder.join("bootstrap.toml");
        write_private(&bootstrap, BOOTSTRAP);
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let address = format!("127.0.0.1:{port}");
        let mut child = Command::new(binary())
            .args([
                "serve",
                "--listen",
                &address,
                "--database-url",
                &database.url,
                "--scim-rate-limit",
                "0",
            ])
            .arg("--data-dir")
            .arg(folder.join("data"))
            .arg("--bootstrap")
            .arg(&bootstrap)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            log.lines()
                .map_while(Result::ok)
                .for_each(|line| eprintln!("muster: {line}"));
        });
        let token = wait_for(&address, &folder.join("berlin.token")).await;
        Self {
            child,
            address,
            base: "/api/rest/scim/v2/2".to_owned(),
            token,
            node: 2,
        }
    }

    /// What it has used so far.
    pub fn usage(&self) -> Usage {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .unwrap_or_default();
        let memory = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap_or_default();
        Usage {
            server_ticks: ticks(&self.child.id().to_string()),
            client_ticks: ticks("self"),
            memory_kib: memory
                .split_whitespace()
                .next()
                .and_then(|kib| kib.parse().ok())
                .unwrap_or_default(),
        }
    }
}

impl Drop for Muster {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

const BOOTSTRAP: &str = r#"organisation = "Acme"
[[node]]
id = 2
name = "Berlin"
parent = "Acme"
[[administrator]]
email = "ada@acme.example"
name = "Ada Lovelace"
passphrase_file = "passphrase.txt"
[[connection]]
node = "Berlin"
write_token_to = "berlin.token"
"#;

fn binary() -> PathBuf {
    std::env::var_os("MUSTER_BIN")
        .map_or_else(|| PathBuf::from("target/release/muster"), PathBuf::from)
}

async fn wait_for(address: &str, token: &std::path::Path) -> String {
    for _ in 0..600 {
        if tokio::net::TcpStream::connect(address).await.is_ok()
            && let Ok(token) = std::fs::read_to_string(token)
        {
            return token.trim().to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the server did not start within 30 seconds");
}

fn write_private(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn ticks(process: &str) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    after
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum()
}
