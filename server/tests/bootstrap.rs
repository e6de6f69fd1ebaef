//! An unattended installation: what a file asks for is there; a mistake is named with its line and nothing is written.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use directory::secret::{Cost, Hashing, Secrets};
use directory::store::db::Db;
use directory::verify::verify;

use crate::support::databases;

const FILE: &str = r#"organisation = "Acme"

[[node]]
id = 7
name = "Berlin"
parent = "Europe"

[[node]]
name = "Europe"
parent = "Acme"

[[administrator]]
email = "ada@acme.example"
name = "Ada Lovelace"
passphrase_file = "ada.txt"

[[person]]
email = "grace@acme.example"
name = "Grace Hopper"
node = "Berlin"

[[connection]]
node = "Berlin"
write_token_to = "berlin.token"
"#;

fn write(folder: &Path, name: &str, text: &str, mode: u32) {
    fs::write(folder.join(name), text).unwrap();
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(mode)).unwrap();
}

fn prepared(file: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "muster.toml", file, 0o600);
    write(
        folder.path(),
        "ada.txt",
        "an engine of differences\n",
        0o600,
    );
    folder
}

async fn run(db: &Db, secrets: &Secrets, folder: &Path) -> Result<(), String> {
    let hashing = Hashing::new(Cost::Least).unwrap();
    server::bootstrap::run(db, secrets, &hashing, &folder.join("muster.toml")).await
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    db.read().await.unwrap().number(sql, []).await.unwrap()
}

#[tokio::test]
async fn everything_a_file_names_is_there_and_its_token_is_good() {
    for database in databases().await {
        let (db, secrets, folder) = (database.db.clone(), Secrets::generate(), prepared(FILE));
        symlink(
            folder.path().join("elsewhere"),
            folder.path().join("berlin.token"),
        )
        .unwrap();
        run(&db, &secrets, folder.path()).await.unwrap();
        let token = fs::read_to_string(folder.path().join("berlin.token")).unwrap();
        let about = fs::symlink_metadata(folder.path().join("berlin.token")).unwrap();
        assert!(
            about.is_file() && about.permissions().mode() & 0o777 == 0o600,
            "a file of its own, for its owner"
        );
        assert!(
            !folder.path().join("elsewhere").exists(),
            "no link was followed"
        );
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            3,
            "nothing is left beside it"
        );
        let id = directory::secret::parse_token(token.trim_end()).unwrap();
        let mut tx = db.read().await.unwrap();
        let kept: Option<(String,)> = tx
            .first(
                "SELECT digest FROM tokens WHERE id = $1 AND state = 'active'",
                [(&id).into()],
            )
            .await
            .unwrap();
        assert!(secrets.is_token(token.trim_end(), &kept.unwrap().0));
        let nodes: Vec<(i64, String)> = tx
            .all("SELECT id, name FROM nodes ORDER BY id", [])
            .await
            .unwrap();
        assert_eq!(
            nodes,
            [
                (1, "Acme".to_owned()),
                (7, "Berlin".to_owned()),
                (8, "Europe".to_owned())
            ]
        );
        drop(tx);
        let hashing = Hashing::new(Cost::Least).unwrap();
        directory::sign_in::by_passphrase(
            &db,
            &hashing,
            "ada@acme.example",
            "an engine of differences",
        )
        .await
        .unwrap();
        assert_eq!(count(&db, "SELECT count(*) FROM users WHERE login = 'grace@acme.example' AND state = 'invited' AND NOT linked").await, 1);
        assert_eq!(
            count(&db, "SELECT count(*) FROM outbox").await,
            0,
            "no mail before somebody asks for it"
        );
        assert_eq!(verify(&db).await.unwrap(), Vec::<String>::new());
        // Again, with another file and a database that is not empty: both are left alone.
        fs::remove_file(folder.path().join("berlin.token")).unwrap();
        write(folder.path(), "muster.toml", "nonsense", 0o600);
        run(&db, &secrets, folder.path()).await.unwrap();
        assert_eq!(
            (
                count(&db, "SELECT count(*) FROM tokens").await,
                folder.path().join("berlin.token").exists()
            ),
            (1, false)
        );
        database.close().await;
    }
}

#[tokio::test]
async fn a_mistake_is_named_with_its_line_and_nothing_is_written() {
    for database in databases().await {
        let db = database.db.clone();
        for (wrong, right, line, word) in [
            ("organisation = \"Acme\"", "organisation = \"\"", 1, ""),
            ("id = 7", "id = 1", 4, "taken"),
            ("id = 7", "id = \"seven\"", 4, "i64"),
            ("parent = \"Europe\"", "parent = \"Asia\"", 6, "Asia"),
            ("name = \"Europe\"", "name = \"Berlin\"", 9, "name"),
            ("email = \"ada@acme.example\"", "email = \"ada\"", 13, ""),
            (
                "passphrase_file = \"ada.txt\"",
                "passphrase_file = \"none.txt\"",
                15,
                "none.txt",
            ),
            (
                "passphrase_file = \"ada.txt\"",
                "passphrase = \"x\"",
                15,
                "passphrase",
            ),
            (
                "email = \"grace@acme.example\"",
                "email = \"ada@acme.example\"",
                18,
                "twice",
            ),
            (
                "name = \"Grace Hopper\"\nnode = \"Berlin\"",
                "name = \"Grace Hopper\"\nnode = \"Rome\"",
                20,
                "Rome",
            ),
            (
                "[[connection]]\nnode = \"Berlin\"",
                "[[connection]]\nnode = \"Acme\"",
                23,
                "top",
            ),
            (
                "write_token_to = \"berlin.token\"",
                "write_token_to = \"none/berlin.token\"",
                24,
                "none",
            ),
            ("[[connection]]", "[[conection]]", 22, "conection"),
        ] {
            assert!(FILE.contains(wrong), "{wrong}");
            let folder = prepared(&FILE.replace(wrong, right));
            let error = run(&db, &Secrets::generate(), folder.path())
                .await
                .unwrap_err();
            assert!(
                error.contains(&format!("muster.toml line {line}: ")) && error.contains(word),
                "{right}: {error}"
            );
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{right}");
            assert_eq!(
                count(
                    &db,
                    "SELECT (SELECT count(*) FROM nodes) + (SELECT count(*) FROM users)"
                )
                .await,
                0,
                "{right}"
            );
        }
        database.close().await;
    }
}

#[tokio::test]
async fn all_mistakes_are_named_at_once() {
    for database in databases().await {
        let folder = prepared(
            &FILE
                .replace("parent = \"Europe\"", "parent = \"Asia\"")
                .replace("node = \"Berlin\"", "node = \"Rome\""),
        );
        let error = run(&database.db, &Secrets::generate(), folder.path())
            .await
            .unwrap_err();
        let lines: Vec<_> = error
            .lines()
            .map(|line| {
                line.split("line ")
                    .nth(1)
                    .unwrap()
                    .split(':')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert_eq!(lines, ["6", "20", "23"], "{error}");
        database.close().await;
    }
}

#[tokio::test]
async fn a_file_that_others_can_read_is_refused() {
    for database in databases().await {
        let folder = prepared(FILE);
        for name in ["muster.toml", "ada.txt"] {
            for mode in [0o640, 0o604] {
                let file = folder.path().join(name);
                fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
                let error = run(&database.db, &Secrets::generate(), folder.path())
                    .await
                    .unwrap_err();
                assert!(
                    error.contains(name) && error.contains("can be read by others"),
                    "{error}"
                );
                fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        assert_eq!(count(&database.db, "SELECT count(*) FROM users").await, 0);
        database.close().await;
    }
}

#[tokio::test]
async fn one_line_end_is_cut_from_a_passphrase_and_no_more() {
    for (ending, typed) in [
        ("\r\n", "an engine of differences"),
        ("", "an engine of differences"),
        ("\n\n", "an engine of differences\n"),
        (" \n", "an engine of differences "),
    ] {
        let database = crate::support::sqlite().await;
        let folder = prepared(FILE);
        write(
            folder.path(),
            "ada.txt",
            &format!("an engine of differences{ending}"),
            0o600,
        );
        run(&database.db, &Secrets::generate(), folder.path())
            .await
            .unwrap();
        let hashing = Hashing::new(Cost::Least).unwrap();
        directory::sign_in::by_passphrase(&database.db, &hashing, "ada@acme.example", typed)
            .await
            .unwrap();
        database.close().await;
    }
}
