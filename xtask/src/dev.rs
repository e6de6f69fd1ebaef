//! `cargo xtask dev`: the demo in the development profile, built anew and started again on every save.

use crate::{build, run};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// What the server is made of.
const SOURCES: [&str; 11] = [
    "app",
    "directory",
    "frontend",
    "migrations",
    "public",
    "scim",
    "server/src",
    "server/Cargo.toml",
    "style",
    "Cargo.toml",
    "Cargo.lock",
];

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let mut running = Running(None);
    loop {
        let seen = newest(&run::root());
        // The old server goes on answering while the new one is built.
        match build::server("dev") {
            Ok(muster) => running.replace(&muster, arguments)?,
            Err(error) => eprintln!("xtask: {error:#}\nxtask: waiting for the next save"),
        }
        while newest(&run::root()) == seen {
            sleep(Duration::from_millis(400));
        }
    }
}

/// The server that runs now; it ends with this value.
struct Running(Option<Child>);

impl Running {
    fn replace(&mut self, muster: &Path, arguments: &[String]) -> Result<()> {
        self.stop();
        let child = run::program(muster)
            .arg("demo")
            .args(arguments)
            .spawn()
            .with_context(|| format!("cannot start {}", muster.display()))?;
        self.0 = Some(child);
        Ok(())
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // Only fails when it has already ended, which is what is wanted.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// When any source was last saved.
fn newest(root: &Path) -> Option<SystemTime> {
    let mut folders: Vec<PathBuf> = SOURCES.iter().map(|name| root.join(name)).collect();
    let mut newest = None;
    while let Some(path) = folders.pop() {
        let Ok(about) = path.metadata() else { continue };
        newest = newest.max(about.modified().ok());
        if about.is_dir() {
            folders.extend(
                path.read_dir()
                    .into_iter()
                    .flatten()
                    .flatten()
                    .map(|entry| entry.path()),
            );
        }
    }
    newest
}
