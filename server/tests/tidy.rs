//! The architecture, as a test: what may stand where, and that what the documents name is there.

use std::fs;
use std::path::{Path, PathBuf};

/// Past this it is two files (docs/STYLE.md).
const LONGEST_FILE: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// Every file below a folder whose name ends so, with its path from the top and its text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let (root, mut found, mut folders) = (root(), Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "no {ending} in {folder}");
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    [
        "scim/src",
        "directory/src",
        "app/src",
        "frontend/src",
        "server/src",
    ]
    .into_iter()
    .flat_map(|folder| files(folder, ".rs"))
    .collect()
}

/// The lines of a source that are no comments, numbered, before its tests.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| !line.contains("#[cfg(test)]"))
        .enumerate()
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn assert_none(what: &str, is_wrong: impl Fn(&str, &str) -> bool) {
    let wrong: Vec<String> = sources()
        .iter()
        .flat_map(|(name, text)| {
            code(text)
                .filter(|(_, line)| is_wrong(name, line))
                .map(move |(number, line)| format!("{name}:{number}: {}", line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

#[test]
fn sql_stands_in_the_store_alone() {
    let words = [
        "SELECT ",
        "INSERT INTO ",
        "UPDATE ",
        "DELETE FROM ",
        "WITH RECURSIVE",
    ];
    assert_none("SQL outside directory/src/store", |name, line| {
        !name.starts_with("directory/src/store/")
            && words.iter().any(|word| {
                line.contains(&format!("\"{word}")) || line.trim_start().starts_with(word)
            })
    });
}

#[test]
fn only_one_file_and_its_parts_know_that_there_are_two_databases() {
    assert_none("a kind of database named outside store/db", |name, line| {
        let may =
            name == "directory/src/store/db.rs" || name.starts_with("directory/src/store/db/");
        !may && (line.contains("sqlx::Postgres")
            || line.contains("sqlx::Sqlite")
            || line.contains("PgPool")
            || line.contains("SqlitePool")
            || line.contains("Db::Postgres")
            || line.contains("Db::Sqlite"))
    });
}

#[test]
fn each_crate_knows_only_those_below_it() {
    for (folder, above) in [
        (
            "scim/src",
            &["directory", "app", "server", "sqlx", "tokio", "axum"][..],
        ),
        (
            "directory/src",
            &["scim", "app", "server", "axum", "leptos", "http"],
        ),
        ("app/src", &["scim", "server", "sqlx"]),
    ] {
        assert_none(&format!("above {folder}"), |name, line| {
            let used = line.trim_start().strip_prefix("use ");
            let first = used.and_then(|used| used.split("::").next());
            name.starts_with(folder) && first.is_some_and(|first| above.contains(&first))
        });
    }
}

#[test]
fn edges_open_no_unit_of_work_that_writes() {
    // Sessions are of the edge alone; the secrets' fingerprint is asked before there is anybody who could ask.
    let may = ["server/src/session.rs", "server/src/data.rs"];
    assert_none("a write outside directory", |name, line| {
        (name.starts_with("server/src") || name.starts_with("app/src"))
            && !name.starts_with("server/src/demo")
            && !may.contains(&name)
            && line.contains(".write().await")
    });
}

#[test]
fn the_features_are_asked_where_the_crates_begin() {
    let count = |folder: &str, word: &str| {
        files(folder, ".rs")
            .iter()
            .map(|(_, text)| text.matches(word).count())
            .sum::<usize>()
    };
    assert_eq!(
        count("app/src", "cfg(feature = \"ssr\")"),
        1,
        "mod server, and nothing else"
    );
    let library = fs::read_to_string(root().join("directory/src/lib.rs")).unwrap();
    let elsewhere: Vec<_> = files("directory/src", ".rs")
        .into_iter()
        .filter(|(name, text)| name != "directory/src/lib.rs" && text.contains("#[cfg(feature"))
        .map(|(name, _)| name)
        .collect();
    assert!(
        elsewhere.is_empty() && library.contains("#[cfg(feature = \"store\")]"),
        "{elsewhere:?}"
    );
}

#[test]
fn every_page_waits_for_its_data_and_escapes_what_it_shows() {
    let routes: Vec<_> = files("app/src", ".rs")
        .into_iter()
        .flat_map(|(_, text)| {
            text.split("<Route ")
                .skip(1)
                .map(|route| route.split("/>").next().unwrap().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(!routes.is_empty());
    for route in routes {
        assert!(route.contains("ssr=SsrMode::Async"), "{route}");
    }
    assert_none(
        "markup that is not escaped, or a style the policy refuses",
        |name, line| {
            name.starts_with("app/src")
                && (line.contains("inner_html")
                    || line.contains(" style=")
                    || line.contains("</textarea>"))
        },
    );
}

#[test]
fn migrations_say_what_both_databases_understand() {
    let foreign = [
        "FOR UPDATE",
        "CURRENT_TIMESTAMP",
        "NOW",
        "JSONB",
        "TIMESTAMPTZ",
        "AUTOINCREMENT",
        "SERIAL",
        "UUID",
        "INTEGER",
        "REPLACE INTO",
        "PRAGMA",
        "COLLATE",
    ];
    let common = files("migrations", ".sql")
        .into_iter()
        .filter(|(name, _)| name.matches('/').count() == 1);
    for (name, text) in common {
        let code: Vec<_> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("--"))
            .collect();
        let code = code.join(" ").to_uppercase();
        let words: Vec<_> = code
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty())
            .collect();
        let words = format!(" {} ", words.join(" "));
        for word in foreign {
            assert!(!words.contains(&format!(" {word} ")), "{word} in {name}");
        }
    }
}

#[test]
fn what_the_documents_name_is_there() {
    let root = root();
    let mut missing = Vec::new();
    let documents = files("docs", ".md")
        .into_iter()
        .chain(["README.md", "CHANGELOG.md"].map(|name| {
            (
                name.to_owned(),
                fs::read_to_string(root.join(name)).unwrap(),
            )
        }));
    for (document, text) in documents {
        for quoted in text.split('`').skip(1).step_by(2) {
            let path = quoted.split(':').next().unwrap_or_default();
            let is_path = [
                "app/",
                "directory/",
                "server/",
                "scim/",
                "migrations/",
                "docs/",
                "style/",
                "end2end/",
                "xtask/",
                "frontend/",
                "public/",
            ]
            .iter()
            .any(|folder| path.starts_with(folder))
                && !path.contains([' ', '{', '*', '<', '…']);
            let is_made =
                path.starts_with("server/site") || path.starts_with("end2end/screenshots");
            if is_path && !is_made && !root.join(path).exists() {
                missing.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_file_begins_with_what_it_is_for_and_ends_before_it_is_long() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if !text.starts_with("//! ") {
            wrong.push(format!("{name} does not say what it is for"));
        }
        if text.lines().count() > LONGEST_FILE {
            wrong.push(format!("{name} has {} lines", text.lines().count()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_of_this_machine_and_no_todo_stands_in_the_source() {
    // What is left to do in code, clippy finds.
    let here = root().display().to_string();
    assert_none(
        "a path of this machine, or something left to do",
        |_, line| line.contains(&here) || line.contains("\"/tmp/") || line.contains("TODO"),
    );
}
