//! The program starts with nothing, refuses to start with one line, serves what comes in pieces, and stops in peace.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use directory::set_up;
use server::commands::serve::Server;
use server::config::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Console, databases, sqlite};

fn config(folder: &Path) -> Config {
    Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: folder.join("data"),
        ..Config::default()
    }
}

async fn refusal(config: Config) -> String {
    let reason = Server::start(config, None).await.err().unwrap();
    assert!(
        !reason.is_empty() && !reason.contains('\n'),
        "one line: {reason}"
    );
    reason
}

#[tokio::test]
async fn the_first_start_needs_nothing_and_a_restart_ends_the_old_link() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(config(folder.path()), None).await.unwrap();
    let data = folder.path().join("data");
    let mode = |name: &str| fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("secrets.toml")), (0o700, 0o600));
    assert!(data.join("muster.db").exists());
    let link = server.set_up_link().await.unwrap().unwrap();
    let (page, code) = link.split_once("/set-up?code=").unwrap();
    assert_eq!((page, code.len()), (server.state.public_url.as_str(), 26));
    assert!(set_up::check(server.state.db(), code).await.unwrap());
    let code = code.to_owned();
    server.state.stopping.cancel();
    server.serve().await;
    let again = Server::start(config(folder.path()), None).await.unwrap();
    let link = again.set_up_link().await.unwrap().unwrap();
    assert!(
        !set_up::check(again.state.db(), &code).await.unwrap(),
        "the old link is over"
    );
    assert!(
        set_up::check(again.state.db(), link.rsplit('=').next().unwrap())
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_second_server_on_one_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::start(config(folder.path()), None).await.unwrap();
    assert!(
        refusal(config(folder.path()))
            .await
            .contains("another server uses the database")
    );
    drop(first);
    Server::start(config(folder.path()), None).await.unwrap();
}

#[tokio::test]
async fn secrets_that_others_can_read_or_that_are_others_are_refused() {
    for database in databases().await {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database_url: Some(database.url.clone()),
            ..config(folder.path())
        };
        drop(Server::start(config.clone(), None).await.unwrap());
        let secrets = folder.path().join("data/secrets.toml");
        fs::set_permissions(&secrets, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(
            refusal(config.clone())
                .await
                .contains("can be read by others: chmod 600")
        );
        fs::remove_file(&secrets).unwrap();
        let reason = refusal(config.clone()).await;
        let sentence = "This database was set up with other secrets; copy the secrets file from the first server or name it";
        assert!(reason.contains(sentence), "{reason}");
        assert!(
            !secrets.exists(),
            "new secrets are for an empty database alone"
        );
        fs::write(&secrets, format!("pepper = \"{}\"\n", "ab".repeat(32))).unwrap();
        fs::set_permissions(&secrets, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(refusal(config.clone()).await.contains(sentence));
        fs::write(&secrets, "pepper = \"short\"\n").unwrap();
        assert!(refusal(config).await.contains("64 hexadecimal digits"));
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_of_ours_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.db");
    fs::write(&file, "this is a letter, not a database, and it is long enough to be looked at as a whole page would be").unwrap();
    let config = Config {
        database_url: Some(format!("sqlite:{}", file.display())),
        ..config(folder.path())
    };
    assert!(
        refusal(config.clone())
            .await
            .contains("the database cannot be used")
    );
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with("this is a letter")
    );
    let missing = Config {
        database_url: Some("sqlite:/proc/none/muster.db".to_owned()),
        ..config
    };
    refusal(missing).await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    for database in databases().await {
        let folder = tempfile::tempdir().unwrap();
        let mut tx = database.db.write().await.unwrap();
        let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                   SELECT 9999, 'from the future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
        tx.run(sql, []).await.unwrap();
        tx.commit().await.unwrap();
        let config = Config {
            database_url: Some(database.url.clone()),
            ..config(folder.path())
        };
        assert!(
            refusal(config).await.contains("9999"),
            "on {}",
            database.db.kind()
        );
    }
}

#[tokio::test]
async fn plain_http_is_refused_where_anybody_could_listen() {
    let folder = tempfile::tempdir().unwrap();
    let everywhere = Config {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..config(folder.path())
    };
    assert!(
        refusal(everywhere)
            .await
            .contains("public_url must be named")
    );
}

#[tokio::test]
async fn what_is_under_way_is_finished_and_nothing_new_is_begun() {
    let console = Console::start(sqlite().await).await;
    let address = console.url().strip_prefix("http://").unwrap().to_owned();
    let mut slow = TcpStream::connect(&address).await.unwrap();
    let head =
        format!("POST /csp-reports HTTP/1.1\r\nHost: {address}\r\nContent-Length: 4\r\n\r\n");
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(b"ab").await.unwrap();
    let mut idle = TcpStream::connect(&address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    console.state.stopping.cancel();
    let mut nothing = Vec::new();
    idle.read_to_end(&mut nothing).await.unwrap();
    assert!(nothing.is_empty(), "a connection that waits is let go");
    assert!(
        TcpStream::connect(&address).await.is_err(),
        "nobody else comes in"
    );
    slow.write_all(b"cd").await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 204") && answer.to_lowercase().contains("connection: close"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_client_that_goes_away_stops_nothing() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let address = console.url().strip_prefix("http://").unwrap().to_owned();
        for number in 0..20 {
            let body = format!(
                "{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"p{number}@acme.example\"}}"
            );
            let request = format!(
                "POST /api/rest/scim/v2/{node}/Users HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
                 Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            tokio::time::sleep(Duration::from_millis(number)).await;
            drop(stream);
        }
        console.state.stopping.cancel();
        console.state.tracker.close();
        console.state.tracker.wait().await;
        let mut tx = console.db.read().await.unwrap();
        let created = tx
            .number("SELECT count(*) FROM users WHERE login LIKE 'p%'", [])
            .await
            .unwrap();
        let told = tx
            .number("SELECT count(*) FROM events WHERE code = 'user_added'", [])
            .await
            .unwrap();
        assert_eq!(
            created,
            told,
            "a whole unit of work or none, on {}",
            console.db.kind()
        );
        drop(tx);
        console.verify().await;
    }
}

#[tokio::test]
async fn a_request_that_means_two_things_is_refused() {
    let console = Console::start(sqlite().await).await;
    let address = console.url().strip_prefix("http://").unwrap().to_owned();
    for request in [
        format!(
            "POST /csp-reports HTTP/1.1\r\nHost: {address}\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"
        ),
        format!("POST /csp-reports HTTP/1.1\r\nHost: {address}\r\nContent-Length: -1\r\n\r\n"),
        "GET /livez\r\n\r\n".to_owned(),
        format!(
            "GET /sign-in HTTP/1.1\r\nHost: {address}\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        ),
        "GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
    ] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // The connection may also simply be reset.
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer))
            .await
            .expect("it is closed");
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
            "{request}\n{answer}"
        );
    }
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let console = Console::start(sqlite().await).await;
    let address = console.url().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    stream
        .write_all(b"GET /livez HTTP/1.1\r\nHost: ")
        .await
        .unwrap();
    let begun = std::time::Instant::now();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let waited = begun.elapsed().as_secs();
    assert!((9..13).contains(&waited), "{waited} s");
}

#[test]
fn the_program_says_one_line_and_2_or_serves_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let muster = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command
            .args(words)
            .current_dir(folder.path())
            .env_remove("RUST_LOG");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    };
    let help = String::from_utf8(muster(&["serve", "--help"]).output().unwrap().stdout).unwrap();
    for flag in [
        "--listen",
        "--public-url",
        "--data-dir",
        "--database-url",
        "--config",
        "--bootstrap",
        "--scim-rate-limit",
        "--scim-rate-burst",
        "--auth-rate-limit",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    if !server::site::Site::is_built() {
        let refused = muster(&serve).output().unwrap();
        assert_eq!(refused.status.code(), Some(2));
        assert_eq!(
            String::from_utf8(refused.stderr).unwrap(),
            "muster: built without its pages: run cargo xtask build\n"
        );
        return;
    }
    let refused = muster(&serve)
        .env("MUSTER__LISTEN_ON", "x")
        .output()
        .unwrap();
    let reason = String::from_utf8(refused.stderr).unwrap();
    assert!(
        refused.status.code() == Some(2)
            && reason.lines().count() == 1
            && reason.contains("listen_on"),
        "{reason}"
    );
    let mut running = muster(&serve).spawn().unwrap();
    let mut said = BufReader::new(running.stderr.take().unwrap()).lines();
    let mut seen = String::new();
    while !(seen.contains("serving http://127.0.0.1:") && seen.contains("/set-up?code=")) {
        seen.push_str(&said.next().expect("it serves").unwrap());
        seen.push('\n');
    }
    assert!(
        Command::new("kill")
            .args(["-TERM", &running.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(running.wait().unwrap().code(), Some(0));
}
