//! The tests written in Rust: their output is shown as it comes, and their results are added up.

use super::{Bench, Counts, watch};
use crate::run;
use anyhow::Result;

pub fn run(bench: &mut Bench) -> Result<Counts> {
    // Without `frontend`: its features would make the server under test one that nobody runs.
    let mut tests = run::cargo(&[
        "test",
        "--workspace",
        "--exclude",
        "frontend",
        "--no-fail-fast",
    ]);
    tests.env("MUSTER_TEST_POSTGRES", bench.postgres()?.url());
    let mut counts = watch(&mut tests, result)?;
    counts += watch(
        &mut run::cargo(&["test", "--manifest-path", "xtask/Cargo.toml"]),
        result,
    )?;
    Ok(counts)
}

/// Reads `test result: ok. 12 passed; 0 failed; …`.
fn result(line: &str) -> Option<Counts> {
    let numbers = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let mut parts = numbers.split("; ");
    let passed = parts.next()?.strip_suffix(" passed")?.parse().ok()?;
    let failed = parts.next()?.strip_suffix(" failed")?.parse().ok()?;
    Some(Counts { passed, failed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_lines_of_cargo_test_are_read() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(
            result(line),
            Some(Counts {
                passed: 12,
                failed: 3
            })
        );
        let line = "test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(result(line), Some(Counts::default()));
        assert_eq!(result("test a_test ... ok"), None);
    }
}
