//! A PostgreSQL of the tests' own: made from nothing, on a free port of this machine, gone when the tests are.

use crate::run;
use anyhow::{Context, Result, bail};
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Starts the server, says so, and waits for its input to end. That happens however this process ends, by Ctrl-C and
/// by `kill -9` too, so the server and its folder never outlive the tests.
const GUARD: &str = r#"
if "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -o "$3" start >/dev/null; then echo ready; else cat "$2/log"; fi
read -r _
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
rm -rf "$2"
"#;

const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c max_connections=300 -c timezone=UTC";

/// When what is written reaches the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// Nothing of a test must outlast the machine, so nothing waits for the disk.
    Never,
    /// As in production.
    EachCommit,
}

impl Flush {
    fn settings(self) -> &'static str {
        match self {
            Self::Never => "-c fsync=off -c synchronous_commit=off -c full_page_writes=off",
            Self::EachCommit => "",
        }
    }
}

/// A server that runs until it is dropped.
pub struct Postgres {
    guard: Child,
    programs: PathBuf,
    url: String,
}

impl Postgres {
    pub fn start(flush: Flush) -> Result<Self> {
        let programs = programs()?;
        let owner = owner()?;
        // Kept: the guard removes it, after the server.
        let folder = tempfile::Builder::new()
            .prefix("muster-pg-")
            .tempdir()?
            .keep();
        let password = password()?;
        make(&programs, &folder, &password, owner)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let settings = format!(
            "-p {port} -k {} {SETTINGS} {}",
            folder.display(),
            flush.settings()
        );
        let mut guard = as_owner("sh", &folder, owner);
        guard
            .args(["-c", GUARD, "sh"])
            .arg(&programs)
            .arg(&folder)
            .arg(settings);
        // A group of its own: Ctrl-C reaches it by the end of its input, not before.
        let mut guard = guard
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the guard of PostgreSQL")?;
        let mut said = String::new();
        if let Some(stdout) = guard.stdout.take() {
            BufReader::new(stdout).read_line(&mut said)?;
        }
        let server = Self {
            guard,
            programs,
            url: format!("postgres://muster:{password}@127.0.0.1:{port}/postgres"),
        };
        if said.trim() != "ready" {
            bail!("PostgreSQL did not start: {}", said.trim());
        }
        Ok(server)
    }

    /// Where it is, as its administrator.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder of its programs.
    pub fn programs(&self) -> &Path {
        &self.programs
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // Fails only when the guard has already ended.
        let _ = self.guard.wait();
    }
}

/// The folder of `initdb` and `pg_ctl`: on PATH, else the newest that Debian or Homebrew keeps.
fn programs() -> Result<PathBuf> {
    if let (Some(initdb), Some(_)) = (run::on_path(&["initdb"]), run::on_path(&["pg_ctl"])) {
        return Ok(initdb.parent().map(Path::to_path_buf).unwrap_or_default());
    }
    let debian = Path::new("/usr/lib/postgresql")
        .read_dir()
        .into_iter()
        .flatten()
        .flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    versions.sort();
    match versions.pop() {
        Some((_, folder)) => Ok(folder),
        None => bail!(
            "there is no PostgreSQL: `apt-get install postgresql` (Debian, Ubuntu) or `brew install postgresql@17` (macOS)"
        ),
    }
}

/// PostgreSQL refuses to run as root: the user and group to run as instead.
fn owner() -> Result<Option<(u32, u32)>> {
    if !run::is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    let ids = |name: &str| {
        let mut fields = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?
            .split(':')
            .skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    match ids("postgres").or_else(|| ids("nobody")) {
        Some(owner) => Ok(Some(owner)),
        None => bail!(
            "PostgreSQL does not run as root, and there is neither a user postgres nor nobody"
        ),
    }
}

/// Makes an empty cluster that sorts by bytes, as the product asks of its database.
fn make(programs: &Path, folder: &Path, password: &str, owner: Option<(u32, u32)>) -> Result<()> {
    let secret = folder.join("password");
    fs::write(&secret, password)?;
    fs::set_permissions(&secret, Permissions::from_mode(0o600))?;
    if let Some((user, group)) = owner {
        chown(folder, Some(user), Some(group))?;
        chown(&secret, Some(user), Some(group))?;
    }
    let mut initdb = as_owner(programs.join("initdb"), folder, owner);
    initdb
        .args([
            "--username=muster",
            "--auth=scram-sha-256",
            "--locale=C",
            "--encoding=UTF8",
            "--no-sync",
        ])
        .arg("--pwfile")
        .arg(&secret)
        .arg("--pgdata")
        .arg(folder.join("data"));
    run::output(&mut initdb)?;
    fs::remove_file(secret)?;
    Ok(())
}

fn as_owner(
    program: impl AsRef<std::ffi::OsStr>,
    folder: &Path,
    owner: Option<(u32, u32)>,
) -> Command {
    let mut command = Command::new(program);
    // The checkout may be closed to this user.
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

/// Others on this machine can reach the port too, so it asks for one.
fn password() -> Result<String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(crate::site::hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_and_its_folder_go_when_it_is_dropped() -> Result<()> {
        let server = Postgres::start(Flush::Never)?;
        let address = server
            .url()
            .split_once('@')
            .and_then(|(_, rest)| Some(rest.split_once('/')?.0.to_owned()));
        let address = address.context("the address names a port")?;
        assert!(std::net::TcpStream::connect(&address).is_ok());
        drop(server);
        assert!(std::net::TcpStream::connect(&address).is_err());
        Ok(())
    }
}
