//! `cargo xtask demo`: build everything, then start the demo.

use crate::{build, run};
use anyhow::{Context, Result};
use std::process::ExitCode;

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let muster = build::muster()?;
    let status = run::program(&muster)
        .arg("demo")
        .args(arguments)
        .status()
        .with_context(|| format!("cannot start {}", muster.display()))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
