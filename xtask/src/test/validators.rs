//! SCIM clients that others wrote, against the release binary: `end2end/validators/run.py` makes them an environment
//! of their own, starts what they need, and prints `N passed, N failed` as its last line.

use super::{Bench, Counts, watch};
use crate::run;
use anyhow::{Result, bail};

pub fn run(bench: &mut Bench) -> Result<Counts> {
    let Some(python) = run::on_path(&["python3"]) else {
        bail!("there is no Python: `apt-get install python3 python3-venv`")
    };
    let mut validators = run::program(python);
    validators.arg("end2end/validators/run.py");
    bench.hand_over(&mut validators)?;
    watch(&mut validators, sum)
}

/// Reads `12 passed, 3 failed`.
fn sum(line: &str) -> Option<Counts> {
    let (passed, failed) = line.trim().split_once(" passed, ")?;
    let failed = failed.strip_suffix(" failed")?;
    Some(Counts {
        passed: passed.parse().ok()?,
        failed: failed.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_validators_is_read() {
        let read = |line| sum(line).map(|counts| (counts.passed, counts.failed));
        assert_eq!(read("12 passed, 3 failed\n"), Some((12, 3)));
        assert_eq!(read("all good"), None);
        assert_eq!(read("12 passed, some failed"), None);
    }
}
