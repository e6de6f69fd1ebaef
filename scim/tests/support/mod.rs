//! Fixtures: JSON files beside the tests, read by name or by directory.

#![expect(dead_code, reason = "each test binary uses its own part of this")]

use scim::urn;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::PathBuf;

/// The folder of the tests, as cargo says when it runs them: what is compiled in may be another checkout's, where two
/// share what is built.
fn here() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    PathBuf::from(package).join("tests")
}

/// One fixture, named by its path below `tests`, without `.json`.
pub fn fixture(name: &str) -> Value {
    let path = here().join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// All fixtures of a directory, with their names.
pub fn fixtures(directory: &str) -> Vec<(String, Value)> {
    let path = here().join(directory);
    let mut names: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| format!("{directory}/{name}"))
        .map(|name| (name.clone(), fixture(&name)))
        .collect()
}

pub fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

/// The body of a PATCH.
pub fn operations(operations: &Value) -> Vec<u8> {
    bytes(&json!({ "schemas": [urn::PATCH_OP], "Operations": operations }))
}

/// An object without these members.
pub fn without(value: &Value, names: &[&str]) -> Map<String, Value> {
    let mut map = value.as_object().unwrap().clone();
    map.retain(|name, _| !names.contains(&name.as_str()));
    map
}
