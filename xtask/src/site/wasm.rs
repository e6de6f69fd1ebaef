//! The islands: `frontend` compiled to wasm, its glue written by wasm-bindgen, made small by wasm-opt where there is one.

use crate::run;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// Older ones do not read what today's compiler writes.
const OLDEST_OPTIMISER: u32 = 120;

/// What a browser of the last two years runs, and rustc writes.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Script and wasm, ready to be served.
pub struct Program {
    pub script: Vec<u8>,
    pub wasm: Vec<u8>,
}

/// Compiles `frontend`; cargo knows when there is nothing to do.
pub fn compile() -> Result<PathBuf> {
    add_target()?;
    run::finish(&mut run::cargo(&[
        "build",
        "--package",
        "frontend",
        "--target",
        TARGET,
        "--profile",
        "wasm-release",
    ]))?;
    Ok(run::target_dir()
        .join(TARGET)
        .join("wasm-release/frontend.wasm"))
}

/// Writes the glue and makes the wasm small.
pub fn bind(wasm: &Path, optimiser: Option<&Path>) -> Result<Program> {
    let folder = tempfile::tempdir()?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("muster")
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder.path()))
        .context("wasm-bindgen")?;
    if folder.path().join("snippets").exists() {
        bail!("a dependency brings a script of its own; the site serves one script only");
    }
    let code = folder.path().join("muster_bg.wasm");
    if let Some(optimiser) = optimiser {
        run::finish(
            run::program(optimiser)
                .arg("-Oz")
                .args(FEATURES)
                .arg(&code)
                .arg("-o")
                .arg(&code),
        )?;
    } else {
        println!(
            "site: without wasm-opt {OLDEST_OPTIMISER} or newer (npm package binaryen) the wasm is larger than it need be"
        );
    }
    Ok(Program {
        script: fs::read(folder.path().join("muster.js"))?,
        wasm: fs::read(code)?,
    })
}

/// A wasm-opt that is new enough: the one of the browser tests, else one on PATH.
pub fn optimiser() -> Option<PathBuf> {
    let of_the_tests = run::root().join("end2end/node_modules/.bin/wasm-opt");
    [
        Some(of_the_tests).filter(|file| file.exists()),
        run::on_path(&["wasm-opt"]),
    ]
    .into_iter()
    .flatten()
    .find(|program| {
        number(&version(Some(program))).is_some_and(|version| version >= OLDEST_OPTIMISER)
    })
}

/// What the optimiser calls itself; nothing where there is none.
pub fn version(optimiser: Option<&Path>) -> String {
    optimiser
        .and_then(|program| run::output(run::program(program).arg("--version")).ok())
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// `wasm-opt version 132 (version_132)` is 132.
fn number(version: &str) -> Option<u32> {
    version.split_whitespace().nth(2)?.parse().ok()
}

/// rustup adds the target where `rust-toolchain.toml` has not done it already.
fn add_target() -> Result<()> {
    let Some(rustup) = run::on_path(&["rustup"]) else {
        return Ok(());
    };
    let installed = run::output(run::program(&rustup).args(["target", "list", "--installed"]))?;
    if installed.lines().any(|line| line == TARGET) {
        return Ok(());
    }
    run::finish(run::program(rustup).args(["target", "add", TARGET]))
}
