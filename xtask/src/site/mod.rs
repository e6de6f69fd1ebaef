//! The site: everything the browser loads, made from `frontend`, `style` and `public` and left in
//! `server/site`, where `server/src/site.rs` takes it into the binary.

mod files;
pub use files::hex;
mod style;
mod wasm;

use crate::run;
use anyhow::{Context, Result, bail};
use files::Folder;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The most that script and wasm may weigh together as browsers fetch them, with brotli.
const LIMIT: usize = 160 * 1024;

/// A site that stands in `server/site`.
pub struct Site {
    /// `muster.<hash>`: what script, wasm and stylesheet are called before their endings.
    pub output_name: String,
}

/// Builds what is out of date.
pub fn build() -> Result<Site> {
    let wasm = wasm::compile()?;
    let optimiser = wasm::optimiser();
    let inputs = inputs(&wasm, optimiser.as_deref())?;
    let standing = run::root().join("server/site");
    if let Some(site) = unchanged(&standing, &inputs) {
        return Ok(site);
    }
    let start = Instant::now();
    let fresh = run::root().join("server/site.fresh");
    let site = make(&wasm, optimiser.as_deref(), &inputs, &fresh)?;
    if standing.exists() {
        fs::remove_dir_all(&standing).context("cannot remove the old server/site")?;
    }
    fs::rename(&fresh, &standing).context("cannot put the new server/site in place")?;
    println!(
        "site: {} in {:.1} s",
        site.output_name,
        start.elapsed().as_secs_f32()
    );
    Ok(site)
}

fn make(wasm: &Path, optimiser: Option<&Path>, inputs: &str, folder: &Path) -> Result<Site> {
    let mut folder = Folder::new(folder)?;
    let public = run::root().join("public");
    let fonts = folder.add_fonts(&public.join("fonts"))?;
    let css = style::bundle(&run::root().join("style/main.css"), &fonts)?;
    let program = wasm::bind(wasm, optimiser)?;
    let output_name = format!(
        "muster.{}",
        files::short_hash(&[&program.script, &program.wasm, css.as_bytes()])
    );
    let script = folder.add(&format!("{output_name}.js"), &program.script)?;
    let code = folder.add(&format!("{output_name}_bg.wasm"), &program.wasm)?;
    folder.add(&format!("{output_name}.css"), css.as_bytes())?;
    for name in ["favicon.ico", "favicon.svg", "icons.svg"] {
        let file = public.join(name);
        folder.add(
            name,
            &fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?,
        )?;
    }
    weigh(script, code)?;
    folder.finish(&json!({ "output_name": output_name, "inputs": inputs }))?;
    Ok(Site { output_name })
}

/// A page must stay light: no change may pass that makes it heavy.
fn weigh(script: usize, code: usize) -> Result<()> {
    println!(
        "site: script {} KB + wasm {} KB = {} KB with brotli (limit {} KB)",
        kb(script),
        kb(code),
        kb(script + code),
        kb(LIMIT)
    );
    if script + code > LIMIT {
        bail!(
            "the site's script and wasm weigh {} KB with brotli, more than {} KB",
            kb(script + code),
            kb(LIMIT)
        );
    }
    Ok(())
}

fn kb(bytes: usize) -> usize {
    bytes.div_ceil(1024)
}

/// The site that stands, when it was made from these inputs.
fn unchanged(standing: &Path, inputs: &str) -> Option<Site> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(standing.join("manifest.json")).ok()?).ok()?;
    if manifest["inputs"] != inputs {
        return None;
    }
    Some(Site {
        output_name: manifest["output_name"].as_str()?.to_owned(),
    })
}

/// One hash of everything the site is made from, this tool included.
fn inputs(wasm: &Path, optimiser: Option<&Path>) -> Result<String> {
    let root = run::root();
    let mut paths = vec![
        root.join("style"),
        root.join("public"),
        root.join("xtask/src/site"),
        root.join("xtask/Cargo.lock"),
        wasm.to_owned(),
    ];
    let mut all = Vec::new();
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            for entry in path.read_dir()? {
                paths.push(entry?.path());
            }
        } else {
            all.push(path);
        }
    }
    all.sort();
    let mut hash = Sha256::new();
    hash.update(wasm::version(optimiser));
    for path in all {
        let name = path
            .strip_prefix(&root)
            .map_or_else(|_| PathBuf::from("wasm"), Path::to_path_buf);
        hash.update(name.to_string_lossy().as_bytes());
        hash.update(Sha256::digest(
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?,
        ));
    }
    Ok(files::hex(&hash.finalize()))
}
