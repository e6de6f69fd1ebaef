//! `cargo xtask build`: the site first, then the one binary with the site inside.

use crate::{run, site};
use anyhow::{Result, bail};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        bail!("build takes no arguments, and there is {argument:?}");
    }
    println!("{}", muster()?.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds the release binary and says where it is.
pub fn muster() -> Result<PathBuf> {
    server("release")
}

/// Builds the server in a profile of cargo's, with a fresh site.
pub fn server(profile: &str) -> Result<PathBuf> {
    let mut cargo = run::cargo(&[
        "build",
        "--package",
        "server",
        "--bin",
        "muster",
        "--profile",
        profile,
    ]);
    with_site(&mut cargo)?;
    run::finish(&mut cargo)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(run::target_dir()
        .join(folder)
        .join(format!("muster{}", std::env::consts::EXE_SUFFIX)))
}

/// Makes the site fresh, and tells cargo so: the server's source names this variable, so the server is compiled anew
/// whenever the site is another, and only then.
pub fn with_site(cargo: &mut Command) -> Result<()> {
    let site = site::build()?;
    cargo.env("MUSTER_SITE", site.output_name);
    Ok(())
}
