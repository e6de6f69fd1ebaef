//! `cargo xtask soak [NAME]`: the tests that race, fuzz and search, the same code with larger numbers.

use crate::run;
use crate::test::postgres::{Flush, Postgres};
use anyhow::Result;
use std::process::ExitCode;

/// How many times what the test command does.
const TIMES: &str = "20";

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let mut tests = run::cargo(&["test", "--workspace", "--exclude", "frontend", "--"]);
    tests
        .args(arguments)
        .env("MUSTER_SOAK", TIMES)
        .env("PROPTEST_CASES", "20000");
    let postgres = Postgres::start(Flush::Never)?;
    tests.env("MUSTER_TEST_POSTGRES", postgres.url());
    run::finish(&mut tests)?;
    Ok(ExitCode::SUCCESS)
}
