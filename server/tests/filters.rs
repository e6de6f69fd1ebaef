//! Random filters over random people: both databases answer what the filter itself says of each person as shown.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use scim::filter::{Filter, Operator};
use scim::schema::Resource;
use serde_json::{Value, json};

use crate::support::scim_client::ScimClient;
use crate::support::{Console, databases};

/// Words that are hard to compare: signs of patterns, quotes, letters whose cases differ in number, wide forms.
const WORDS: &[&str] = &[
    "ada",
    "Ada",
    "ADA",
    "ad",
    "a_a",
    "a%a",
    "%",
    "_",
    "\\",
    "a\\",
    "'",
    "\"",
    "Straße",
    "STRASSE",
    "strasse",
    "İstanbul",
    "i̇stanbul",
    "ŉ",
    "ǰ",
    "ﬁ",
    "fi",
    "Ａda",
    "é",
    "e\u{301}",
    "É",
    "ς",
    "Σ",
    "σ",
    "ͅ",
    "ΐ",
    "a b",
    "1",
    "true",
    "null",
    "\u{fdfa}",
    "日本",
    "🙂",
    "ad\u{200d}a",
    "\u{0345}\u{3b1}",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![8 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => Just(String::new()), 1 => "[a-cA-C%_]{1,3}"]
}

fn some(word: impl Strategy<Value = Value>) -> impl Strategy<Value = Option<Value>> {
    prop::option::of(word)
}

fn text() -> impl Strategy<Value = Value> {
    word().prop_map(Value::from)
}

fn item(kind: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (
        some(text()),
        prop::option::of(prop::sample::select(kind)),
        prop::option::of(any::<bool>()),
        some(text()),
    )
        .prop_map(|(value, kind, primary, display)| {
            let parts = [
                ("value", value),
                ("type", kind.map(Value::from)),
                ("primary", primary.map(Value::from)),
                ("display", display),
            ];
            parts
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        })
}

/// Somebody, without a userName.
fn person() -> impl Strategy<Value = Value> {
    let plain = (
        some(text()),
        some(text()),
        some(text()),
        prop::option::of(any::<bool>()),
    );
    let name = (some(text()), some(text()));
    let lists = (
        prop::collection::vec(item(&["work", "home", "Work"]), 0..4),
        prop::collection::vec(item(&["mobile"]), 0..2),
    );
    let enterprise = (some(text()), some(text()));
    (plain, name, lists, enterprise).prop_map(|((display, title, external, active), (given, family), (emails, phones), (department, manager))| {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "displayName": display, "title": title, "externalId": external, "active": active,
            "name": { "givenName": given, "familyName": family }, "emails": emails, "phoneNumbers": phones,
        });
        body[ENTERPRISE] = json!({ "department": department, "manager": { "value": manager } });
        body
    })
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const TEXTS: &[&str] = &[
    "userName",
    "displayName",
    "title",
    "externalId",
    "name.givenName",
    "name.familyName",
    "emails",
    "emails.value",
    "emails.type",
    "emails.display",
    "phoneNumbers.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
];
const PRESENT: &[&str] = &[
    "title",
    "name",
    "emails",
    "emails.primary",
    "phoneNumbers",
    "externalId",
    "active",
    "meta",
    "groups",
    "id",
    "name.givenName",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
];
const OPERATORS: &[&str] = &["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn comparison(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    (
        prop::sample::select(names),
        prop::sample::select(OPERATORS),
        word(),
    )
        .prop_map(|(name, operator, word)| format!("{name} {operator} {}", quoted(&word)))
}

/// A comparison, or a few of them joined, within brackets or not.
fn filter() -> impl Strategy<Value = String> {
    let flags = (
        prop::sample::select(&["active", "emails.primary"][..]),
        prop::sample::select(&["eq", "ne"][..]),
        any::<bool>(),
    );
    let nothing = (
        prop::sample::select(TEXTS),
        prop::sample::select(&["eq", "ne"][..]),
    );
    let leaf = prop_oneof![
        6 => comparison(TEXTS),
        2 => prop::sample::select(PRESENT).prop_map(|name| format!("{name} pr")),
        1 => flags.prop_map(|(name, operator, flag)| format!("{name} {operator} {flag}")),
        1 => nothing.prop_map(|(name, operator)| format!("{name} {operator} null")),
        1 => Just(r#"meta.created gt "2020-01-01T00:00:00Z""#.to_owned()),
        1 => Just(r#"meta.resourceType eq "User""#.to_owned()),
    ];
    let within = joined(comparison(&["value", "type", "display"]).boxed());
    let items = (
        prop::sample::select(&["emails", "phoneNumbers"][..]),
        within,
    )
        .prop_map(|(name, inner)| format!("{name}[{inner}]"));
    joined(prop_oneof![4 => leaf, 1 => items].boxed())
}

fn joined(leaf: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    leaf.prop_recursive(3, 8, 3, |inner| {
        let many = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            (many, prop::sample::select(&[" and ", " or "][..]))
                .prop_map(|(all, word)| format!("({})", all.join(word))),
            inner.prop_map(|one| format!("not ({one})")),
        ]
    })
}

fn some_of<T>(
    runner: &mut TestRunner,
    strategy: &impl Strategy<Value = T>,
    count: usize,
) -> Vec<T> {
    (0..count)
        .map(|_| strategy.new_tree(runner).unwrap().current())
        .collect()
}

fn filters() -> usize {
    std::env::var("MUSTER_SOAK")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(150)
}

#[tokio::test]
async fn both_databases_find_whom_the_filter_itself_finds() {
    // The same people and filters each time, unless somebody soaks.
    let mut runner = if std::env::var("MUSTER_SOAK").is_ok() {
        TestRunner::default()
    } else {
        TestRunner::deterministic()
    };
    let people = some_of(&mut runner, &person(), 40);
    let filters = some_of(&mut runner, &filter(), filters());
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        for (n, body) in people.iter().enumerate() {
            let mut body = body.clone();
            body["userName"] = json!(format!(
                "{}{n}@acme.example",
                ["ada", "Bob", "CAROL"][n % 3]
            ));
            let answer = client.post("/Users", &body).await;
            // Another one has this externalId.
            assert!(matches!(answer.status, 201 | 409), "{answer}");
        }
        let shown = client.get("/Users").await.is(200).body["Resources"]
            .as_array()
            .unwrap()
            .clone();
        assert!(
            shown.len() > people.len() / 2,
            "enough people are left: {}",
            shown.len()
        );
        let mut found_any = 0;
        for text in &filters {
            let filter = Filter::parse(text, Resource::User)
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            let expected = shown
                .iter()
                .filter(|one| filter.matches(one))
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .collect::<BTreeSet<_>>();
            found_any += usize::from(!expected.is_empty() && expected.len() < shown.len());
            let answer = client
                .post("/Users/.search", &json!({ "filter": text }))
                .await
                .is(200);
            let found = answer.ids().into_iter().collect::<BTreeSet<_>>();
            let odd = expected.symmetric_difference(&found).next();
            let odd = odd.map(|id| shown.iter().find(|one| one["id"] == id.as_str()));
            assert_eq!(
                found,
                expected,
                "on {}: {text}\n{odd:#?}",
                console.db.kind()
            );
        }
        assert!(
            found_any > filters.len() / 4,
            "most filters find some and not all: {found_any}"
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn both_databases_sort_alike() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        for (n, title) in ["b", "A", "ä", "Z", "", "a", "ß", "日", "1", "_"]
            .iter()
            .enumerate()
        {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": format!("{}@acme.example", 9 - n), "title": title,
                "emails": [{ "value": "zzz" }, { "value": format!("m{n}"), "primary": true }], "active": n % 2 == 0,
            });
            client.post("/Users", &body).await.is(201);
        }
        let sorted = async |query: &str, name: &str| {
            let answer = client.get(&format!("/Users?{query}")).await.is(200);
            answer.body["Resources"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one[name].as_str().unwrap_or("-").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            sorted("sortBy=title", "title").await,
            ["1", "_", "A", "a", "b", "ß", "Z", "ä", "日", "-"],
            "RFC 7644 3.4.2.3: what has none comes last"
        );
        assert_eq!(
            sorted("sortBy=TITLE&sortOrder=descending", "title").await,
            ["-", "日", "ä", "Z", "ß", "b", "A", "a", "_", "1"]
        );
        let names = (0..10)
            .map(|n| format!("{n}@acme.example"))
            .collect::<Vec<_>>();
        assert_eq!(sorted("sortBy=userName", "userName").await, names);
        let by_mail = sorted("sortBy=emails.value", "userName").await;
        assert_eq!(
            by_mail,
            names.iter().rev().cloned().collect::<Vec<_>>(),
            "by the primary value"
        );
        let by_active = sorted("sortBy=active", "userName").await;
        assert!(
            by_active[..5]
                .iter()
                .all(|name| name.starts_with(['0', '2', '4', '6', '8'])),
            "false comes first: {by_active:?}"
        );
        console.verify().await;
    }
}

/// The operators above are all there are.
#[test]
fn every_operator_is_tried() {
    for operator in OPERATORS {
        let text = format!(r#"title {operator} "x""#);
        let Ok(Filter::Compare { operator: read, .. }) = Filter::parse(&text, Resource::User)
        else {
            panic!("{text}");
        };
        assert_eq!(read.as_str(), *operator);
    }
    assert_eq!(
        OPERATORS.len(),
        [
            Operator::Eq,
            Operator::Ne,
            Operator::Co,
            Operator::Sw,
            Operator::Ew,
            Operator::Gt,
            Operator::Ge,
            Operator::Lt,
            Operator::Le
        ]
        .len()
    );
}
