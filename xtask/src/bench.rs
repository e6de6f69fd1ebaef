//! `cargo xtask bench`: how fast Muster is, as a part of what this machine can do in the same run.

use crate::test::postgres::{Flush, Postgres};
use crate::{build, run};
use anyhow::Result;
use std::process::ExitCode;

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let muster = build::muster()?;
    let mut bench = run::cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        "server",
        "--example",
        "bench",
        "--",
    ]);
    build::with_site(&mut bench)?;
    bench.args(arguments).env("MUSTER_BIN", muster);
    // Durable, as in production: what is measured is how well flushes are shared.
    let postgres = Postgres::start(Flush::EachCommit)?;
    bench.env("MUSTER_BENCH_POSTGRES", postgres.url());
    run::finish(&mut bench)?;
    Ok(ExitCode::SUCCESS)
}
