//! Everything the fuzzers were ever told of, through what they feed: the corpus beside their targets, and each text of
//! it cut short at every place.

use std::path::{Path, PathBuf};

#[path = "../../fuzz/src/targets.rs"]
mod targets;

/// The inputs of a target.
fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let files = std::fs::read_dir(folder.join(target)).unwrap();
    let inputs = files.map(|file| {
        let path = file.unwrap().path();
        let input = std::fs::read(&path).unwrap();
        (path, input)
    });
    inputs.collect()
}

fn run(target: &str, feed: fn(&[u8])) {
    let inputs = corpus(target);
    assert!(inputs.len() > 10, "{target} has a corpus");
    for (path, input) in inputs {
        println!("{}", path.display());
        feed(&input);
        // Cut short where it is short; a long one at a hundred places.
        for end in (0..input.len()).step_by(input.len() / 100 + 1) {
            feed(&input[..end]);
        }
    }
}

#[test]
fn filters_of_the_corpus_are_read_or_refused() {
    run("filter", targets::filter);
}

#[test]
fn paths_of_the_corpus_are_read_or_refused() {
    run("path", targets::path);
}

#[test]
fn bodies_of_the_corpus_are_applied_whole_or_refused() {
    run("patch", targets::patch);
}

#[test]
fn token_headers_of_the_corpus_are_read_or_refused() {
    run("token", targets::token);
    let (id, token) = directory::secret::new_token();
    let header = format!("bEARER  {token} ");
    assert_eq!(directory::secret::bearer(&header), Some(token.as_str()));
    assert_eq!(directory::secret::parse_token(&token), Some(id));
    targets::token(header.as_bytes());
}
