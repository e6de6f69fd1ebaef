//! `cargo xtask soak [NAME]`: the tests that race and search, the same code with larger numbers; and the fuzzers.

use crate::test::postgres::{Flush, Postgres};
use crate::{fuzz, run};
use anyhow::Result;
use std::process::ExitCode;

/// How many times what the test command does.
const TIMES: &str = "20";

/// How long each fuzzer is fed.
const FUZZ_SECONDS: u64 = 600;

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if arguments.iter().any(|argument| argument == "fuzz") {
        fuzz::run(FUZZ_SECONDS)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut tests = run::cargo(&["test", "--workspace", "--exclude", "frontend", "--"]);
    tests
        .args(arguments)
        .env("MUSTER_SOAK", TIMES)
        .env("PROPTEST_CASES", "20000");
    let postgres = Postgres::start(Flush::Never)?;
    tests.env("MUSTER_TEST_POSTGRES", postgres.url());
    run::finish(&mut tests)?;
    if arguments.is_empty() {
        fuzz::run(FUZZ_SECONDS)?;
    }
    Ok(ExitCode::SUCCESS)
}
