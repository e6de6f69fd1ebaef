//! The build tool of Muster. `cargo xtask --help` lists what it does.

mod bench;
mod build;
mod demo;
mod dev;
mod fuzz;
mod run;
mod site;
mod soak;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Builds, shows and tests Muster.

Usage: cargo xtask <COMMAND> [ARGUMENTS]

Commands:
  demo [ARGUMENTS]   Build the release binary and start `muster demo`; arguments are passed on
  build              Build the release binary with its site inside: target/release/muster
  test [STAGE]...    Run everything, or only the stages named (`cargo xtask test --help` lists them)
  bench              Measure the release binary against the bare limits of this machine; `bench grow [SIZE]...`
                     measures how the same work slows down with that many people
  soak [NAME]...     Run the tests that race and search (or those named) with larger numbers, then the fuzzers
  soak fuzz          Run the fuzzers alone
  dev [ARGUMENTS]    Start `muster demo` in the development profile and rebuild it on every save

Folders:
  CARGO_TARGET_DIR   Where everything is built; without it `target` in the checkout
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    match dispatch(command.as_deref(), &rest) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Option<&str>, rest: &[String]) -> anyhow::Result<ExitCode> {
    match command {
        Some("demo") => demo::run(rest),
        Some("build") => build::run(rest),
        Some("test") => test::run(rest),
        Some("bench") => bench::run(rest),
        Some("soak") => soak::run(rest),
        Some("dev") => dev::run(rest),
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => {
            anyhow::bail!("there is no command {other:?}; `cargo xtask --help` lists them")
        }
    }
}
