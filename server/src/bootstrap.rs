//! The bootstrap file: read whole, every mistake named with its line, then applied in one unit of work or not at all.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use directory::bootstrap::{
    self, Applied, Plan, PlannedAdministrator, PlannedConnection, PlannedNode, PlannedPerson,
};
use directory::secret::{Hashing, Secrets, new_token};
use directory::store::db::Db;
use serde::Deserialize;
use toml::Spanned;

use crate::data::{read_private, write_private};

/// What a connection is called where the file does not say.
const CONNECTION: &str = "SCIM";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    organisation: Spanned<String>,
    #[serde(default)]
    node: Vec<Spanned<Node>>,
    #[serde(default)]
    administrator: Vec<Spanned<Administrator>>,
    #[serde(default)]
    person: Vec<Spanned<Person>>,
    #[serde(default)]
    connection: Vec<Spanned<Connection>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Node {
    id: Option<Spanned<i64>>,
    name: Spanned<String>,
    parent: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Administrator {
    email: Spanned<String>,
    name: Spanned<String>,
    passphrase_file: Spanned<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    email: Spanned<String>,
    name: Spanned<String>,
    node: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Connection {
    node: Spanned<String>,
    write_token_to: Spanned<PathBuf>,
}

/// Fills an empty database from a file; leaves both alone where it is not empty.
///
/// # Errors
/// Every mistake of the file with its line; nothing is written then.
pub async fn run(db: &Db, secrets: &Secrets, hashing: &Hashing, file: &Path) -> Result<(), String> {
    let of = |error: directory::Error| format!("{}: {error}", file.display());
    // Two servers on one machine take turns, or the second would write tokens over those of the first.
    let turn =
        File::open(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    turn.lock()
        .map_err(|error| format!("{} cannot be locked: {error}", file.display()))?;
    if !bootstrap::is_empty(db).await.map_err(of)? {
        tracing::info!(
            "the database is not empty: {} is left alone",
            file.display()
        );
        return Ok(());
    }
    let text = read_private(file)?;
    let read = read(file, &text).map_err(|mistakes| named(file, &mistakes))?;
    for (target, token) in &read.tokens {
        write_private(target, &format!("{token}\n"))?;
    }
    match bootstrap::apply(db, secrets, hashing, &read.plan)
        .await
        .map_err(of)?
    {
        Applied::Done => tracing::info!("the database was filled from {}", file.display()),
        Applied::NotEmpty => tracing::info!(
            "the database is not empty: {} is left alone",
            file.display()
        ),
    }
    Ok(())
}

/// What a file asks for, and the tokens to be written before it is done.
struct Read {
    plan: Plan,
    tokens: Vec<(PathBuf, String)>,
}

/// A mistake and where it stands.
type Mistake = (usize, String);

fn named(file: &Path, mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes
        .iter()
        .map(|(line, message)| format!("{} line {line}: {message}", file.display()))
        .collect();
    lines.join("\n")
}

fn read(file: &Path, text: &str) -> Result<Read, Vec<Mistake>> {
    let document: Document = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        vec![(line(text, at), error.message().to_owned())]
    })?;
    let mut reading = Reading {
        folder: folder(file),
        text,
        places: HashMap::new(),
        mistakes: Vec::new(),
        tokens: Vec::new(),
    };
    let plan = reading.plan(&document);
    for mistake in bootstrap::check(&plan) {
        let place = reading.place(mistake.table, mistake.index, mistake.field);
        reading.add(place, mistake.message);
    }
    if reading.mistakes.is_empty() {
        return Ok(Read {
            plan,
            tokens: reading.tokens,
        });
    }
    reading.mistakes.sort();
    reading.mistakes.dedup();
    Err(reading.mistakes)
}

fn folder(file: &Path) -> PathBuf {
    file.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The line of a place in a text, from 1.
fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// A file that is being read: where everything stands, and what was wrong so far.
struct Reading<'a> {
    folder: PathBuf,
    text: &'a str,
    places: HashMap<(&'static str, usize, &'static str), usize>,
    mistakes: Vec<Mistake>,
    tokens: Vec<(PathBuf, String)>,
}

impl Reading<'_> {
    fn plan(&mut self, document: &Document) -> Plan {
        self.mark(
            "organisation",
            0,
            "organisation",
            document.organisation.span(),
        );
        let administrators = document.administrator.iter().enumerate();
        let administrators = administrators
            .map(|(index, row)| self.administrator(index, row))
            .collect();
        let connections = document.connection.iter().enumerate();
        let connections = connections
            .map(|(index, row)| self.connection(index, row))
            .collect();
        Plan {
            organisation: document.organisation.get_ref().clone(),
            nodes: document
                .node
                .iter()
                .enumerate()
                .map(|(index, row)| self.node(index, row))
                .collect(),
            administrators,
            people: document
                .person
                .iter()
                .enumerate()
                .map(|(index, row)| self.person(index, row))
                .collect(),
            connections,
        }
    }

    fn node(&mut self, index: usize, row: &Spanned<Node>) -> PlannedNode {
        let node = row.get_ref();
        self.mark("node", index, "", row.span());
        self.mark("node", index, "name", node.name.span());
        self.mark("node", index, "parent", node.parent.span());
        if let Some(id) = &node.id {
            self.mark("node", index, "id", id.span());
        }
        PlannedNode {
            id: node.id.as_ref().map(|id| *id.get_ref()),
            name: node.name.get_ref().clone(),
            parent: node.parent.get_ref().clone(),
        }
    }

    fn administrator(
        &mut self,
        index: usize,
        row: &Spanned<Administrator>,
    ) -> PlannedAdministrator {
        let administrator = row.get_ref();
        self.mark("administrator", index, "", row.span());
        self.mark("administrator", index, "email", administrator.email.span());
        self.mark("administrator", index, "name", administrator.name.span());
        self.mark(
            "administrator",
            index,
            "passphrase",
            administrator.passphrase_file.span(),
        );
        PlannedAdministrator {
            email: administrator.email.get_ref().clone(),
            name: administrator.name.get_ref().clone(),
            passphrase: self.passphrase(&administrator.passphrase_file),
        }
    }

    /// One line end is cut: editors and `echo` put it there.
    fn passphrase(&mut self, file: &Spanned<PathBuf>) -> String {
        match read_private(&self.folder.join(file.get_ref())) {
            Ok(text) => text
                .strip_suffix('\n')
                .map_or(text.as_str(), |text| {
                    text.strip_suffix('\r').unwrap_or(text)
                })
                .to_owned(),
            Err(reason) => {
                self.add(file.span().start, reason);
                // Long enough to be no second mistake.
                "unread unread unread unread".to_owned()
            }
        }
    }

    fn person(&mut self, index: usize, row: &Spanned<Person>) -> PlannedPerson {
        let person = row.get_ref();
        self.mark("person", index, "", row.span());
        self.mark("person", index, "email", person.email.span());
        self.mark("person", index, "name", person.name.span());
        self.mark("person", index, "node", person.node.span());
        PlannedPerson {
            email: person.email.get_ref().clone(),
            name: person.name.get_ref().clone(),
            node: person.node.get_ref().clone(),
        }
    }

    fn connection(&mut self, index: usize, row: &Spanned<Connection>) -> PlannedConnection {
        let connection = row.get_ref();
        self.mark("connection", index, "", row.span());
        self.mark("connection", index, "node", connection.node.span());
        let (_, token) = new_token();
        self.target(&connection.write_token_to, &token);
        PlannedConnection {
            node: connection.node.get_ref().clone(),
            name: CONNECTION.to_owned(),
            token,
        }
    }

    fn target(&mut self, target: &Spanned<PathBuf>, token: &str) {
        let path = self.folder.join(target.get_ref());
        let parent = folder(&path);
        if path.is_dir() || !(parent.as_os_str().is_empty() || parent.is_dir()) {
            self.add(
                target.span().start,
                format!(
                    "{} cannot be written: it is no file in a folder that is there.",
                    path.display()
                ),
            );
        }
        if self.tokens.iter().any(|(other, _)| *other == path) {
            self.add(
                target.span().start,
                "Another token is written to this file.".to_owned(),
            );
        }
        self.tokens.push((path, token.to_owned()));
    }

    fn mark(&mut self, table: &'static str, index: usize, field: &'static str, span: Range<usize>) {
        self.places.insert((table, index, field), span.start);
    }

    fn place(&self, table: &'static str, index: usize, field: &'static str) -> usize {
        let place = self
            .places
            .get(&(table, index, field))
            .or_else(|| self.places.get(&(table, index, "")));
        place.copied().unwrap_or_default()
    }

    fn add(&mut self, at: usize, message: String) {
        self.mistakes.push((line(self.text, at), message));
    }
}
