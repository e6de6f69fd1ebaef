//! `cargo xtask test`: everything that must hold, stage by stage, each with its time. The last line is the sum.

mod browser;
pub mod postgres;
mod rust;
mod validators;

use crate::{build, fuzz, run, site};
use anyhow::{Context, Result, bail};
use postgres::{Flush, Postgres};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// What the stages share: made when the first of them asks.
#[derive(Default)]
pub struct Bench {
    postgres: Option<Postgres>,
    muster: Option<PathBuf>,
}

impl Bench {
    /// The tests' own PostgreSQL.
    fn postgres(&mut self) -> Result<&Postgres> {
        match &mut self.postgres {
            Some(running) => Ok(running),
            none => Ok(none.insert(Postgres::start(Flush::Never)?)),
        }
    }

    /// The release binary with its site.
    fn muster(&mut self) -> Result<PathBuf> {
        match &self.muster {
            Some(built) => Ok(built.clone()),
            None => Ok(self.muster.insert(build::muster()?).clone()),
        }
    }

    /// Tells a program that tries the whole product where it is, and where there is a PostgreSQL for it.
    fn hand_over(&mut self, command: &mut Command) -> Result<()> {
        command.env("MUSTER_BIN", self.muster()?);
        let postgres = self.postgres()?;
        command.env("MUSTER_POSTGRES", postgres.url());
        // `psql` lies beside the server's programs where it is not on PATH.
        command.env("PATH", run::path_with(postgres.programs()));
        Ok(())
    }
}

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

struct Stage {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Bench) -> Result<Counts>,
}

/// In this order: what is quick to fail comes first, and each finds built what it needs.
const STAGES: [Stage; 9] = [
    Stage {
        name: "format",
        about: "rustfmt has nothing to change",
        run: |_| format(),
    },
    Stage {
        name: "clippy",
        about: "clippy has nothing to say",
        run: |_| clippy(),
    },
    Stage {
        name: "docs",
        about: "the documentation builds and its links lead somewhere",
        run: |_| docs(),
    },
    Stage {
        name: "site",
        about: "wasm, script and stylesheet build and stay light",
        run: |_| site(),
    },
    Stage {
        name: "rust",
        about: "unit and integration tests, on SQLite and on PostgreSQL",
        run: rust::run,
    },
    Stage {
        name: "fuzz",
        about: "whatever comes in is read or refused, 20 seconds a target where there is a fuzzer",
        run: |_| fuzz(),
    },
    Stage {
        name: "release",
        about: "the release binary builds, with its site inside",
        run: |bench| bench.muster().map(|_| Counts::default()),
    },
    Stage {
        name: "browser",
        about: "stories in a real browser against the release binary",
        run: browser::run,
    },
    Stage {
        name: "validators",
        about: "independent SCIM clients against the release binary",
        run: validators::run,
    },
];

/// How a stage ended.
struct Ended {
    name: &'static str,
    counts: Counts,
    took: Duration,
}

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if arguments
        .iter()
        .any(|argument| argument == "--help" || argument == "-h")
    {
        help();
        return Ok(ExitCode::SUCCESS);
    }
    let stages = chosen(arguments)?;
    let mut bench = Bench::default();
    let ended: Vec<Ended> = stages
        .into_iter()
        .map(|stage| take(stage, &mut bench))
        .collect();
    // Stops PostgreSQL before the sum, so that nothing is printed after it.
    drop(bench);
    Ok(sum(&ended))
}

fn help() {
    println!(
        "Runs everything that must hold.\n\nUsage: cargo xtask test [STAGE]...\n\nStages, in this order:"
    );
    for stage in &STAGES {
        println!("  {:<11} {}", stage.name, stage.about);
    }
}

/// The stages that were named, or all.
fn chosen(names: &[String]) -> Result<Vec<&'static Stage>> {
    if let Some(unknown) = names
        .iter()
        .find(|name| STAGES.iter().all(|stage| stage.name != **name))
    {
        bail!("there is no stage {unknown:?}; `cargo xtask test --help` lists them");
    }
    Ok(STAGES
        .iter()
        .filter(|stage| names.is_empty() || names.iter().any(|name| name == stage.name))
        .collect())
}

/// Runs one stage. One that breaks counts as one failure, so that the sum can never look better than it is.
fn take(stage: &'static Stage, bench: &mut Bench) -> Ended {
    println!("\n== {}: {}", stage.name, stage.about);
    let start = Instant::now();
    let counts = (stage.run)(bench).unwrap_or_else(|error| {
        println!("{}: {error:#}", stage.name);
        Counts {
            passed: 0,
            failed: 1,
        }
    });
    let took = start.elapsed();
    println!("-- {} took {:.1} s", stage.name, took.as_secs_f32());
    Ended {
        name: stage.name,
        counts,
        took,
    }
}

/// Prints each stage with its time, and the sum as the last line.
fn sum(stages: &[Ended]) -> ExitCode {
    println!();
    let mut all = Counts::default();
    for stage in stages {
        let verdict = if stage.counts.failed == 0 {
            "ok"
        } else {
            "FAILED"
        };
        let took = stage.took.as_secs_f32();
        println!(
            "{:<11} {verdict:<7} {took:>7.1} s {:>6} passed {:>4} failed",
            stage.name, stage.counts.passed, stage.counts.failed
        );
        all += stage.counts;
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    if all.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn format() -> Result<Counts> {
    run::finish(&mut run::cargo(&["fmt", "--all", "--check"]))?;
    run::finish(&mut run::cargo(&[
        "fmt",
        "--manifest-path",
        "xtask/Cargo.toml",
        "--check",
    ]))?;
    Ok(Counts::default())
}

fn clippy() -> Result<Counts> {
    run::finish(&mut run::cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    run::finish(&mut run::cargo(&[
        "clippy",
        "--manifest-path",
        "xtask/Cargo.toml",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(Counts::default())
}

fn docs() -> Result<Counts> {
    let mut cargo = run::cargo(&["doc", "--workspace", "--no-deps"]);
    run::finish(cargo.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Counts::default())
}

fn site() -> Result<Counts> {
    browser::install()?;
    site::build()?;
    Ok(Counts::default())
}

/// How long each fuzzer is fed.
const FUZZ_SECONDS: u64 = 20;

/// The corpus runs among the tests in Rust; more is found where a fuzzer is there.
fn fuzz() -> Result<Counts> {
    if !fuzz::is_there() {
        println!("{}", fuzz::CURE);
        return Ok(Counts::default());
    }
    fuzz::run(FUZZ_SECONDS)?;
    Ok(Counts {
        passed: fuzz::TARGETS.len() as u64,
        failed: 0,
    })
}

/// Runs a program whose results are among its lines: shows each line as it comes, and adds up what `read` finds.
fn watch(command: &mut Command, read: fn(&str) -> Option<Counts>) -> Result<Counts> {
    let name = run::describe(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let mut counts = Counts::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            println!("{line}");
            counts += read(&line).unwrap_or_default();
        }
    }
    let status = child.wait()?;
    if !status.success() && counts.failed == 0 {
        bail!("{name}: {status}");
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_stage_is_named() {
        assert!(chosen(&["rust".to_owned(), "nonsense".to_owned()]).is_err());
        assert_eq!(
            chosen(&[]).map(|stages| stages.len()).ok(),
            Some(STAGES.len())
        );
    }
}
