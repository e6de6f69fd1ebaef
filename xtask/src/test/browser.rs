//! The stories of `end2end`, told by Playwright in a real browser against the release binary.

use super::{Bench, Counts};
use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the stories are.
fn folder() -> PathBuf {
    run::root().join("end2end")
}

/// Installs what the stories are told with, when it is not there or another was asked for.
pub fn install() -> Result<()> {
    let installed = folder().join("node_modules/.package-lock.json");
    let asked = folder().join("package-lock.json");
    if !asked.exists() || is_newer(&installed, &asked) {
        return Ok(());
    }
    let Some(npm) = run::on_path(&["npm"]) else {
        bail!("there is no npm: install Node.js 20 or newer (`apt-get install nodejs npm`)")
    };
    run::finish(
        run::program(npm)
            .args(["ci", "--no-fund", "--no-audit"])
            .current_dir(folder())
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )
}

fn is_newer(one: &Path, other: &Path) -> bool {
    let saved = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
    saved(one).is_some_and(|one| saved(other).is_some_and(|other| one >= other))
}

pub fn run(bench: &mut Bench) -> Result<Counts> {
    install()?;
    let report = run::target_dir().join("browser-report.json");
    // A report of the last run must not be taken for this one's.
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut stories = run::program("npx");
    stories
        .args(["--no-install", "playwright", "test", "--reporter=list,json"])
        .current_dir(folder())
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    bench.hand_over(&mut stories)?;
    if let Some(chromium) = chromium()? {
        stories.env("CHROMIUM_PATH", chromium);
    }
    let status = stories.status().context("cannot start npx")?;
    let counts = read(&fs::read_to_string(&report).context("Playwright left no report")?)?;
    if !status.success() && counts.failed == 0 {
        bail!("playwright test: {status}");
    }
    Ok(counts)
}

/// A Chromium of this machine; none when Playwright brings its own.
fn chromium() -> Result<Option<PathBuf>> {
    let of_the_system = || {
        // The first is made to run without a screen, in half the time.
        run::on_path(&[
            "chromium-headless-shell",
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ])
        .or_else(|| {
            let on_a_mac =
                PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
            on_a_mac.is_file().then_some(on_a_mac)
        })
    };
    if let Some(found) = of_the_system() {
        return Ok(Some(found));
    }
    let mut own = run::program("npx");
    own.args(["--no-install", "playwright", "install", "chromium"])
        .current_dir(folder());
    if run::finish(&mut own).is_ok() {
        return Ok(None);
    }
    if run::is_root() && run::on_path(&["apt-get"]).is_some() {
        run::finish(run::program("apt-get").arg("update"))?;
        run::finish(run::program("apt-get").args([
            "install",
            "-y",
            "--no-install-recommends",
            "chromium-headless-shell",
        ]))?;
    }
    match of_the_system() {
        Some(found) => Ok(Some(found)),
        None => bail!("there is no Chromium: `apt-get install chromium`, or install Google Chrome"),
    }
}

/// Playwright's own report. A test that passed only when it was tried again has failed.
fn read(report: &str) -> Result<Counts> {
    let report: serde_json::Value = serde_json::from_str(report)?;
    let number = |name: &str| {
        report["stats"][name]
            .as_u64()
            .with_context(|| format!("Playwright's report has no {name}"))
    };
    Ok(Counts {
        passed: number("expected")?,
        failed: number("unexpected")? + number("flaky")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaky_story_has_failed() -> Result<()> {
        let report = r#"{"stats": {"expected": 12, "skipped": 1, "unexpected": 2, "flaky": 1}}"#;
        assert_eq!(
            read(report)?,
            Counts {
                passed: 12,
                failed: 3
            }
        );
        assert!(read("{}").is_err());
        Ok(())
    }
}
