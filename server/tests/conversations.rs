//! Recorded conversations of identity providers, replayed against the whole router on both databases.
//!
//! A conversation is a file in `conversations/`: what a client sends, in its own order and spelling, and what each
//! answer must say. `{{name}}` stands for what an earlier answer was kept as (`{{i}}` for the number of a repeated
//! step), `"*"` in `has` for any value. After each one, people and groups agree about who is in what, a client that
//! makes its types from /Schemas understands everybody, and every invariant of the directory holds.

mod agreement;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use directory::model::id::UserId;
use directory::store::{events, users};
use serde::Deserialize;
use serde_json::Value;

use crate::support::scim_client::{Answer, ScimClient};
use crate::support::{Console, databases};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversation {
    client: String,
    /// What it reproduces, in words.
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    headers: Headers,
    steps: Vec<Step>,
    #[serde(default)]
    then: Then,
}

/// Headers to set; null takes one away.
type Headers = BTreeMap<String, Option<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    say: String,
    method: String,
    path: String,
    #[serde(default)]
    headers: Headers,
    /// JSON, or a text that is sent as it stands.
    body: Option<Value>,
    status: Status,
    /// The answer has at least this; a list has each of these among its items.
    has: Option<Value>,
    /// By JSON pointer: exactly this.
    #[serde(default)]
    equals: BTreeMap<String, Value>,
    /// By JSON pointer: not there at all.
    #[serde(default)]
    lacks: Vec<String>,
    /// By JSON pointer: so many items.
    #[serde(default)]
    count: BTreeMap<String, usize>,
    /// Texts that stand nowhere in the answer.
    #[serde(default)]
    never: Vec<String>,
    /// Headers of the answer; `*` for any value.
    #[serde(default)]
    header: BTreeMap<String, String>,
    /// By name: the JSON pointer of what to keep.
    #[serde(default)]
    keep: BTreeMap<String, String>,
    /// By name: collects the ids of the list.
    gather: Option<String>,
    /// How many times, `{{i}}` counting from 1.
    #[serde(default = "once")]
    repeat: usize,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Status {
    One(u16),
    Any(Vec<u16>),
}

/// What must be so in the directory at the end.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
#[serde(default)]
struct Then {
    /// By id: fields of the person.
    people: BTreeMap<String, Value>,
    /// `{{person}} in {{team}}`: the state of the membership, null for none.
    memberships: BTreeMap<String, Option<String>>,
    /// By id of a person or team: the codes of their events, in order.
    events: BTreeMap<String, Vec<String>>,
    /// By name of what was gathered: so many ids, none of them twice.
    distinct: BTreeMap<String, usize>,
}

fn once() -> usize {
    1
}

macro_rules! conversations {
    ($($name:ident),+ $(,)?) => {
        const ALL: &[&str] = &[$(stringify!($name)),+];
        $(#[tokio::test]
        async fn $name() {
            replay(stringify!($name)).await;
        })+
    };
}

conversations!(
    after_a_delete,
    authentik,
    entra,
    entra_flag,
    google,
    jumpcloud,
    okta_catalogue,
    okta_wizard,
    onelogin,
    ping,
    sailpoint,
    shown_as_asserted,
    typed_client,
    vendor_push,
);

#[test]
fn every_recorded_conversation_is_replayed() {
    let files = std::fs::read_dir(folder()).unwrap();
    let recorded = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    let found = recorded.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
    assert_eq!(
        found.collect::<BTreeSet<_>>(),
        ALL.iter().map(|name| (*name).to_owned()).collect()
    );
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conversations")
}

async fn replay(name: &str) {
    let text = std::fs::read_to_string(folder().join(name).with_extension("json")).unwrap();
    let conversation: Conversation =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}.json: {error}"));
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let provider = ScimClient::new(console.scim(node), &token);
        let mut told = Told::new(
            &conversation,
            &provider,
            format!("{} on {}", conversation.client, console.db.kind()),
        );
        for (number, step) in conversation.steps.iter().enumerate() {
            for i in 1..=step.repeat {
                told.step(number + 1, step, i).await;
            }
        }
        told.check(&conversation.then, &console).await;
        agreement::check(&provider, &told.title).await;
        console.verify().await;
    }
}

/// A conversation under way.
struct Told<'a> {
    title: String,
    provider: ScimClient,
    conversation: &'a Conversation,
    kept: BTreeMap<String, String>,
    gathered: BTreeMap<String, Vec<String>>,
}

impl<'a> Told<'a> {
    fn new(conversation: &'a Conversation, provider: &ScimClient, title: String) -> Self {
        let kept = BTreeMap::from([("base".to_owned(), provider.base.clone())]);
        let provider = with_headers(provider.clone(), &conversation.headers);
        Self {
            title,
            provider,
            conversation,
            kept,
            gathered: BTreeMap::new(),
        }
    }

    async fn step(&mut self, number: usize, step: &Step, i: usize) {
        self.kept.insert("i".to_owned(), i.to_string());
        let provider = with_headers(self.provider.clone(), &step.headers);
        let body = match &step.body {
            None => String::new(),
            Some(Value::String(text)) => self.filled(text),
            Some(json) => self.filled_json(json).to_string(),
        };
        let answer = provider
            .send(&step.method, &self.filled(&step.path), body)
            .await;
        if let Some(problem) = self.problem(step, &answer) {
            let (title, say) = (&self.title, &step.say);
            panic!(
                "{title}, step {number} of {}, {say:?}: {problem}\n{answer}",
                self.conversation.steps.len()
            );
        }
        for (name, pointer) in &step.keep {
            let value = answer.body.pointer(pointer).and_then(Value::as_str);
            self.kept.insert(
                name.clone(),
                value
                    .unwrap_or_else(|| panic!("{}: no text at {pointer}\n{answer}", self.title))
                    .to_owned(),
            );
        }
        if let Some(name) = &step.gather {
            self.gathered
                .entry(name.clone())
                .or_default()
                .extend(answer.ids());
        }
    }

    /// The first thing about an answer that is not as expected.
    fn problem(&self, step: &Step, answer: &Answer) -> Option<String> {
        let expected = match &step.status {
            Status::One(status) => std::slice::from_ref(status),
            Status::Any(any) => any,
        };
        if !expected.contains(&answer.status) {
            return Some(format!(
                "expected status {expected:?}, found {}",
                answer.status
            ));
        }
        if let Some(has) = &step.has
            && let Some(problem) = missing(&self.filled_json(has), &answer.body, "")
        {
            return Some(problem);
        }
        self.problem_at_a_pointer(step, answer)
            .or_else(|| self.problem_beside_the_json(step, answer))
    }

    fn problem_at_a_pointer(&self, step: &Step, answer: &Answer) -> Option<String> {
        let found = |pointer: &str| answer.body.pointer(pointer);
        for (pointer, value) in &step.equals {
            let value = self.filled_json(value);
            if found(pointer) != Some(&value) {
                return Some(format!(
                    "at {pointer}: expected exactly {value}, found {}",
                    shown(found(pointer))
                ));
            }
        }
        if let Some(pointer) = step.lacks.iter().find(|pointer| found(pointer).is_some()) {
            return Some(format!(
                "at {pointer}: expected nothing at all, found {}",
                shown(found(pointer))
            ));
        }
        for (pointer, count) in &step.count {
            let items = found(pointer).and_then(Value::as_array).map_or(0, Vec::len);
            if items != *count {
                return Some(format!(
                    "at {pointer}: expected {count} items, found {items}"
                ));
            }
        }
        None
    }

    fn problem_beside_the_json(&self, step: &Step, answer: &Answer) -> Option<String> {
        if let Some(text) = step
            .never
            .iter()
            .find(|text| answer.text.contains(text.as_str()))
        {
            return Some(format!("{text:?} must not be in the answer"));
        }
        for (name, value) in &step.header {
            let (value, found) = (self.filled(value), answer.header(name));
            if found.is_empty() || (value != "*" && value != found) {
                return Some(format!(
                    "header {name}: expected {value:?}, found {found:?}"
                ));
            }
        }
        None
    }

    fn filled(&self, text: &str) -> String {
        let fill = |text: String, (name, value): (&String, &String)| {
            text.replace(&format!("{{{{{name}}}}}"), value)
        };
        let text = self.kept.iter().fold(text.to_owned(), fill);
        assert!(
            !text.contains("{{"),
            "{}: something was not kept before: {text}",
            self.title
        );
        text
    }

    fn filled_json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.filled(text)),
            Value::Array(items) => items.iter().map(|item| self.filled_json(item)).collect(),
            Value::Object(map) => map
                .iter()
                .map(|(name, value)| (self.filled(name), self.filled_json(value)))
                .collect(),
            other => other.clone(),
        }
    }

    async fn check(&self, then: &Then, console: &Console) {
        let title = &self.title;
        let mut tx = console.db.read().await.unwrap();
        for (id, expected) in &then.people {
            let person = users::find(&mut tx, &UserId(self.filled(id)))
                .await
                .unwrap();
            let problem = missing(expected, &serde_json::to_value(&person).unwrap(), "");
            assert_eq!(
                problem, None,
                "{title}: the person {id} in the end\n{person:#?}"
            );
        }
        for (pair, expected) in &then.memberships {
            let (user, team) = pair.split_once(" in ").unwrap();
            let ids = [self.filled(team).into(), self.filled(user).into()];
            let sql = "SELECT state FROM memberships WHERE team_id = $1 AND user_id = $2";
            let state = tx
                .first::<(String,)>(sql, ids)
                .await
                .unwrap()
                .map(|row| row.0);
            assert_eq!(
                state, *expected,
                "{title}: the membership {pair} in the end"
            );
        }
        for (id, expected) in &then.events {
            let mut found = events::of(&mut tx, &self.filled(id), 1_000).await.unwrap();
            found.reverse();
            let codes = found
                .iter()
                .map(|event| event.code.as_str())
                .collect::<Vec<_>>();
            assert_eq!(codes, *expected, "{title}: the events of {id} in the end");
        }
        for (name, count) in &then.distinct {
            let ids = &self.gathered[name];
            let distinct = ids.iter().collect::<BTreeSet<_>>().len();
            assert_eq!(
                (ids.len(), distinct),
                (*count, *count),
                "{title}: {name}, all and different ones"
            );
        }
    }
}

fn with_headers(provider: ScimClient, headers: &Headers) -> ScimClient {
    headers
        .iter()
        .fold(provider, |provider, (name, value)| match value {
            Some(value) => provider.with(name, value),
            None => provider.without(name),
        })
}

/// What of the expected is not there, and where.
fn missing(expected: &Value, found: &Value, at: &str) -> Option<String> {
    match (expected, found) {
        (Value::String(any), found) if any == "*" && !found.is_null() => None,
        (Value::Object(expected), Value::Object(found)) => {
            expected.iter().find_map(|(name, value)| {
                missing(
                    value,
                    found.get(name).unwrap_or(&Value::Null),
                    &format!("{at}/{name}"),
                )
            })
        }
        (Value::Array(expected), Value::Array(found)) => {
            let mut left = found.iter().collect::<Vec<_>>();
            expected.iter().find_map(|item| {
                match left
                    .iter()
                    .position(|found| missing(item, found, at).is_none())
                {
                    Some(index) => {
                        left.remove(index);
                        None
                    }
                    None => Some(format!("at {at}: no item like {item}")),
                }
            })
        }
        (expected, found) if expected == found => None,
        (expected, found) => Some(format!("at {at}: expected {expected}, found {found}")),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}
