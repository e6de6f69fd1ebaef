//! The folder of the site: hashed names, compressed copies beside each file, and the manifest.

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A site that is being put together.
pub struct Folder {
    path: PathBuf,
    files: Map<String, Value>,
}

/// Fonts as the stylesheet names them, and as they are served.
pub type Renamed = Vec<(String, String)>;

impl Folder {
    pub fn new(path: &Path) -> Result<Self> {
        if path.exists() {
            fs::remove_dir_all(path).with_context(|| format!("cannot empty {}", path.display()))?;
        }
        fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            files: Map::new(),
        })
    }

    /// Writes a file and its compressed copies; returns what it weighs on its way to a browser: with brotli.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<usize> {
        self.write(name, content)?;
        self.files.insert(
            name.to_owned(),
            json!({ "sha256": hex(&Sha256::digest(content)), "bytes": content.len() }),
        );
        let gzipped = gzip(content)?;
        let mut weight = content.len();
        // Fonts are compressed already; a copy that is no smaller is not worth its place in the binary.
        if gzipped.len() < content.len() * 9 / 10 {
            self.write(&format!("{name}.gz"), &gzipped)?;
            let smallest = brotli(content)?;
            weight = smallest.len();
            self.write(&format!("{name}.br"), &smallest)?;
        }
        Ok(weight)
    }

    /// Adds every font under a hashed name.
    pub fn add_fonts(&mut self, fonts: &Path) -> Result<Renamed> {
        let mut renamed = Renamed::new();
        for entry in fonts
            .read_dir()
            .with_context(|| format!("cannot read {}", fonts.display()))?
        {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "woff2") {
                continue;
            }
            let content = fs::read(&path)?;
            let stem = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let name = format!("{stem}.{}.woff2", short_hash(&[&content]));
            self.add(&name, &content)?;
            renamed.push((format!("/fonts/{stem}.woff2"), format!("/site/{name}")));
        }
        Ok(renamed)
    }

    /// Writes the manifest: what the site is called, what it was made from, and each file's hash.
    pub fn finish(self, about: &Value) -> Result<()> {
        let mut manifest = about.clone();
        manifest["files"] = Value::Object(self.files.clone());
        self.write(
            "manifest.json",
            serde_json::to_string_pretty(&manifest)?.as_bytes(),
        )
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.path.join(name);
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Enough of a hash to tell one version of a file from the next.
pub fn short_hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hex(&hash.finalize()[..6])
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut compressed, 4096, 11, 22);
    encoder.write_all(content)?;
    drop(encoder);
    Ok(compressed)
}
