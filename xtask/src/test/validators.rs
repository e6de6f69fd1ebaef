//! SCIM clients that others wrote, in a Python environment of their own, against the release binary.
//!
//! `end2end/validators/run.py` starts what it needs and prints `N passed, N failed` as its last line.

use super::{Bench, Counts, read_sum};
use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

pub fn run(bench: &mut Bench) -> Result<Counts> {
    let folder = run::root().join("end2end/validators");
    let python = environment(&folder.join("requirements.txt"))?;
    let mut validators = run::program(python);
    validators
        .arg(folder.join("run.py"))
        .env("MUSTER_BIN", bench.muster()?)
        .env("MUSTER_POSTGRES", bench.postgres()?)
        .stderr(Stdio::inherit());
    let output = validators.output().context("cannot start the validators")?;
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    match said.lines().last().and_then(read_sum) {
        Some(counts) if output.status.success() || counts.failed > 0 => Ok(counts),
        _ => bail!("the validators ended with {} and no sum", output.status),
    }
}

/// Makes the environment, or takes the one that was made from the same list; returns its Python.
fn environment(requirements: &Path) -> Result<PathBuf> {
    let wanted = fs::read_to_string(requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let folder = run::target_dir().join("validators");
    let python = folder.join("bin/python");
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) && python.exists()
    {
        return Ok(python);
    }
    let Some(system) = run::on_path(&["python3"]) else {
        bail!("there is no Python: `apt-get install python3 python3-venv`")
    };
    run::finish(
        run::program(system)
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    )
    .context("python3 cannot make an environment: `apt-get install python3-venv`")?;
    run::finish(
        run::program(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(requirements),
    )?;
    fs::write(installed, wanted)?;
    Ok(python)
}
