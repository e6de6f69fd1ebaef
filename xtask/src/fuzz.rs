//! The fuzzers of `fuzz/`, which need a nightly compiler and cargo-fuzz: without them it is said what to install.

use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::process::{Child, Command, Stdio};

/// What is fed: the names of `fuzz/fuzz_targets`.
pub const TARGETS: [&str; 4] = ["filter", "path", "patch", "token"];

/// How to get what the fuzzers need.
pub const CURE: &str = "the fuzzers need a nightly compiler and cargo-fuzz: \
    `rustup toolchain install nightly && cargo install cargo-fuzz`";

/// Whether this machine can fuzz.
pub fn is_there() -> bool {
    let mut asked = fuzz(&["--version"]);
    asked.stdout(Stdio::null()).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

/// Feeds every target for so many seconds; what it finds new is kept below the target folder for the next time.
pub fn run(seconds: u64) -> Result<()> {
    if !is_there() {
        bail!(CURE);
    }
    run::finish(&mut fuzz(&["build"]))?;
    // Two at once: most machines have two cores, and a target uses one.
    for pair in TARGETS.chunks(2) {
        let fed: Vec<Child> = pair
            .iter()
            .map(|target| feed(target, seconds))
            .collect::<Result<_>>()?;
        // Both come to their end before one of them ends this.
        let ended: Vec<_> = fed.into_iter().map(|mut feeding| feeding.wait()).collect();
        for (target, ended) in pair.iter().zip(ended) {
            let status = ended.context("cannot wait for a fuzzer")?;
            if !status.success() {
                bail!("the fuzzer of {target} found something, or could not run: {status}");
            }
        }
    }
    Ok(())
}

/// Begins to feed a target that is built.
fn feed(target: &str, seconds: u64) -> Result<Child> {
    let found = run::target_dir().join("fuzz-corpus").join(target);
    fs::create_dir_all(&found).context("the folder of what fuzzers find")?;
    let mut feeding = fuzz(&["run", target]);
    feeding.arg(&found);
    feeding.arg(run::root().join("fuzz/corpus").join(target));
    feeding.args([
        "--",
        "-max_len=20000",
        "-timeout=10",
        "-print_final_stats=1",
    ]);
    feeding.arg(format!("-max_total_time={seconds}"));
    feeding
        .spawn()
        .with_context(|| format!("cannot start the fuzzer of {target}"))
}

/// `cargo fuzz` with the nightly compiler, whichever one is running this.
fn fuzz(arguments: &[&str]) -> Command {
    let mut cargo = run::program("cargo");
    cargo.args(["+nightly", "fuzz"]).args(arguments);
    for name in ["RUSTUP_TOOLCHAIN", "CARGO", "RUSTC"] {
        cargo.env_remove(name);
    }
    cargo
}
