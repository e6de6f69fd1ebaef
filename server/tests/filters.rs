//! Random filters over random people: both databases answer what the filter itself says of each person as shown.

use std::collections::BTreeSet;

use futures::StreamExt;
use futures::future::join_all;
use futures::stream;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use scim::filter::{Filter, Operator};
use scim::schema::{Attribute, Resource, Scope, Type};
use serde_json::{Value, json};

use crate::support::scim_client::{ScimClient, group};
use crate::support::{Console, databases, soak};

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

/// What a text is compared with: a word, or something of those who are there (see [`Filled::fill`]).
fn operand() -> impl Strategy<Value = String> {
    let there = prop_oneof![
        (0_usize..5).prop_map(|n| format!("{{person{n}}}")),
        (0_usize..5).prop_map(|n| format!("{{team{n}}}")),
        (0_usize..5).prop_map(|n| format!("{{base}}/Users/{{person{n}}}")),
        (0_usize..5).prop_map(|n| format!("{{base}}/Groups/{{team{n}}}")),
        prop::sample::select(&["{base}", "direct", "User", "Group", "urn:", ENTERPRISE][..])
            .prop_map(str::to_owned),
    ];
    prop_oneof![6 => word(), 1 => there]
}

fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    prop::option::weighted(0.4, value).boxed()
}

/// A value of an attribute, or of a part of one.
fn value(attribute: &'static Attribute) -> BoxedStrategy<Value> {
    let one = match attribute.kind {
        Type::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Type::Binary => prop::sample::select(&["AQID", "Z3JhY2U=", "AAAA"][..])
            .prop_map(Value::from)
            .boxed(),
        Type::Complex => object(attribute.parts),
        _ if attribute.name == "type" => prop::sample::select(&["work", "home", "Work"][..])
            .prop_map(Value::from)
            .boxed(),
        _ => word().prop_map(Value::from).boxed(),
    };
    if attribute.multi_valued {
        prop::collection::vec(one, 0..4)
            .prop_map(Value::from)
            .boxed()
    } else {
        one
    }
}

fn object(attributes: &'static [Attribute]) -> BoxedStrategy<Value> {
    let members = attributes
        .iter()
        .filter(|attribute| !["userName", "groups", "members"].contains(&attribute.name))
        .map(|attribute| maybe(value(attribute)).prop_map(|value| (attribute.name, value)));
    let members = members.collect::<Vec<_>>();
    members
        .prop_map(|members| {
            let there = members
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?)));
            Value::Object(there.collect())
        })
        .boxed()
}

/// Somebody with any attributes that /Schemas declares, without a userName.
fn person() -> impl Strategy<Value = Value> {
    let extension = Resource::User.extension().unwrap();
    (
        object(Resource::User.attributes()),
        object(extension.parts),
        maybe(word().prop_map(Value::from)),
    )
        .prop_map(|(mut body, enterprise, external)| {
            body["schemas"] = json!([Resource::User.urn()]);
            body[ENTERPRISE] = enterprise;
            body["externalId"] = json!(external);
            body
        })
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const OPERATORS: &[&str] = &["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

/// An attribute as filters name it, and the type of its value; within brackets the parts have names of their own.
#[derive(Debug, Clone)]
struct Named {
    name: String,
    kind: Type,
    parts: Vec<Named>,
}

fn named(before: &str, attribute: &'static Attribute) -> Named {
    let parts = attribute.parts.iter();
    Named {
        name: format!("{before}{}", attribute.name),
        kind: attribute.kind,
        parts: parts.map(|part| named("", part)).collect(),
    }
}

/// Everything a filter can name of a kind of resource.
fn names(resource: Resource) -> Vec<Named> {
    let leaf = |name: &str, kind| Named {
        name: name.to_owned(),
        kind,
        parts: Vec::new(),
    };
    let meta = Named {
        name: "meta".to_owned(),
        kind: Type::Complex,
        parts: vec![
            leaf("resourceType", Type::String),
            leaf("created", Type::DateTime),
            leaf("lastModified", Type::DateTime),
            leaf("location", Type::Reference),
        ],
    };
    let mut names = vec![
        leaf("id", Type::String),
        leaf("externalId", Type::String),
        leaf("schemas", Type::Reference),
        meta,
    ];
    names.extend(resource.attributes().iter().map(|one| named("", one)));
    if let Some(extension) = resource.extension() {
        let before = format!("{}:", extension.name);
        names.extend(extension.parts.iter().map(|one| named(&before, one)));
    }
    names
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A comparison of a simple attribute, or whether it is there.
fn comparison(name: String, kind: Type) -> BoxedStrategy<String> {
    let operators = match kind {
        Type::Boolean => &OPERATORS[..2],
        Type::Binary => &OPERATORS[..5],
        Type::DateTime => &["eq", "ne", "gt", "ge", "lt", "le"],
        _ => OPERATORS,
    };
    let value = match kind {
        Type::Boolean => any::<bool>().prop_map(|flag| flag.to_string()).boxed(),
        Type::DateTime => prop_oneof![
            Just(quoted("2020-01-01T00:00:00Z")),
            Just(quoted("2999-01-01T01:00:00+01:00")),
            (0_usize..5).prop_map(|n| quoted(&format!("{{stamp{n}}}"))),
        ]
        .boxed(),
        _ => operand().prop_map(|text| quoted(&text)).boxed(),
    };
    let (there, nothing) = (name.clone(), name.clone());
    prop_oneof![
        6 => (prop::sample::select(operators), value)
            .prop_map(move |(operator, value)| format!("{name} {operator} {value}")),
        1 => Just(format!("{there} pr")),
        1 => prop::sample::select(&["eq", "ne"][..])
            .prop_map(move |operator| format!("{nothing} {operator} null")),
    ]
    .boxed()
}

/// A term over one attribute: whole, by its parts, or by an item of it.
fn term(one: Named) -> BoxedStrategy<String> {
    if one.parts.is_empty() {
        return comparison(one.name, one.kind);
    }
    let part = |before: String| {
        let parts = prop::sample::select(one.parts.clone());
        parts.prop_flat_map(move |part| comparison(format!("{before}{}", part.name), part.kind))
    };
    let whole = match one.parts.iter().find(|part| part.name == "value") {
        Some(value) => comparison(one.name.clone(), value.kind),
        None => Just(format!("{} pr", one.name)).boxed(),
    };
    let item = one.name.clone();
    prop_oneof![
        1 => whole,
        3 => part(format!("{}.", one.name)),
        2 => joined(part(String::new()).boxed()).prop_map(move |inner| format!("{item}[{inner}]")),
    ]
    .boxed()
}

/// A filter over these attributes: a term, or a few of them joined, within brackets or not.
fn filter(names: Vec<Named>) -> impl Strategy<Value = String> {
    joined(prop::sample::select(names).prop_flat_map(term).boxed())
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

/// How many filters of each kind are tried: hundreds, and in a soak many thousands.
fn filters() -> usize {
    match soak() {
        1 => 200,
        times => times * 1_700,
    }
}

/// Those of a kind, and whose attributes a filter of them may name.
type Kind<'a> = (Scope, &'a [Value]);

/// A node with people and teams in it, and what they look like.
struct Filled {
    client: ScimClient,
    people: Vec<Value>,
    teams: Vec<Value>,
}

impl Filled {
    async fn of(console: &Console, people: &[Value]) -> Self {
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        let mut ids = Vec::new();
        for (n, body) in people.iter().enumerate() {
            let mut body = body.clone();
            let name = ["ada", "Bob", "CAROL"][n % 3];
            body["userName"] = json!(format!("{name}{n}@acme.example"));
            let answer = client.post("/Users", &body).await;
            // Another one has this externalId.
            assert!(matches!(answer.status, 201 | 409), "{answer}");
            ids.extend(answer.body["id"].as_str().map(str::to_owned));
        }
        for (n, name) in WORDS
            .iter()
            .filter(|name| !name.trim().is_empty())
            .enumerate()
        {
            let members = ids.iter().skip(n % 7).step_by(n % 5 + 3).take(n % 6);
            let mut body = group(name, &members.map(String::as_str).collect::<Vec<_>>());
            body["externalId"] = if n % 3 == 0 { json!(name) } else { Value::Null };
            let answer = client.post("/Groups", &body).await;
            assert!(matches!(answer.status, 201 | 409), "{answer}");
        }
        let shown = async |path: &str| {
            let answer = client.get(path).await.is(200);
            answer.body["Resources"].as_array().unwrap().clone()
        };
        let (people, teams) = (shown("/Users").await, shown("/Groups").await);
        assert!(people.len() > 20 && teams.len() > 20, "enough are left");
        Self {
            client,
            people,
            teams,
        }
    }

    /// Puts what is there in the place of what stands for it.
    fn fill(&self, filter: &str) -> String {
        let mut text = filter.replace("{base}", &self.client.base);
        for n in 0..5 {
            let of = |all: &[Value], pointer: &str| {
                all[n * 3]
                    .pointer(pointer)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            text = text
                .replace(&format!("{{person{n}}}"), &of(&self.people, "/id"))
                .replace(&format!("{{team{n}}}"), &of(&self.teams, "/id"))
                .replace(
                    &format!("{{stamp{n}}}"),
                    &of(&self.people, "/meta/lastModified"),
                );
        }
        text
    }

    /// Asks for people, for teams and for both, some at once.
    async fn agrees_on(&self, filters: &[Vec<String>; 3]) {
        let (people, teams) = (self.people.as_slice(), self.teams.as_slice());
        let places: [(&str, &[Kind<'_>]); 3] = [
            ("/Users", &[(Resource::User.into(), people)]),
            ("/Groups", &[(Resource::Group.into(), teams)]),
            (
                "",
                &[
                    (Scope::All(Resource::User), people),
                    (Scope::All(Resource::Group), teams),
                ],
            ),
        ];
        for ((place, kinds), filters) in places.into_iter().zip(filters) {
            let asked = stream::iter(filters).map(|filter| self.agrees(place, filter, kinds));
            let told = asked.buffer_unordered(4).collect::<Vec<_>>().await;
            let telling = told.into_iter().filter(|tells| *tells).count();
            assert!(
                telling > filters.len() / 4,
                "many filters find some and not all: {telling} of {} at {place:?}",
                filters.len()
            );
        }
    }

    /// Asks the service, and each of those in question by itself; whether some match and some do not.
    async fn agrees(&self, place: &str, filter: &str, kinds: &[Kind<'_>]) -> bool {
        let text = self.fill(filter);
        let mut expected = BTreeSet::new();
        for (scope, shown) in kinds {
            let filter =
                Filter::parse(&text, *scope).unwrap_or_else(|error| panic!("{text}: {error}"));
            let matching = shown.iter().filter(|one| filter.matches(one));
            expected.extend(matching.map(|one| one["id"].as_str().unwrap().to_owned()));
        }
        let path = format!("{place}/.search");
        let answer = self
            .client
            .post(&path, &json!({ "filter": text }))
            .await
            .is(200);
        let found = answer.ids().into_iter().collect::<BTreeSet<_>>();
        let odd = expected.symmetric_difference(&found).next().map(|id| {
            let all = kinds.iter().flat_map(|(_, shown)| *shown);
            all.into_iter().find(|one| one["id"] == id.as_str())
        });
        assert_eq!(found, expected, "{text}\n{odd:#?}");
        let all = kinds.iter().map(|(_, shown)| shown.len()).sum();
        !expected.is_empty() && expected.len() < all
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_find_what_the_filter_itself_finds() {
    // The same people and filters each time, unless somebody soaks.
    let mut runner = if soak() > 1 {
        TestRunner::default()
    } else {
        TestRunner::deterministic()
    };
    let people = some_of(&mut runner, &person(), 40);
    let (of_users, of_groups) = (names(Resource::User), names(Resource::Group));
    let of_all = [of_users.clone(), of_groups.clone()].concat();
    let filters =
        [of_users, of_groups, of_all].map(|names| some_of(&mut runner, &filter(names), filters()));
    let databases = databases().await.into_iter();
    join_all(databases.map(|database| async {
        let console = Console::start(database).await;
        let filled = Filled::of(&console, &people).await;
        filled.agrees_on(&filters).await;
        console.verify().await;
    }))
    .await;
}

/// The one attribute that is not kept, because it changes with what is kept elsewhere.
#[tokio::test]
async fn versions_are_compared_by_conditional_requests_alone() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token);
        for path in ["/Users", "/Groups", ""] {
            let path = format!("{path}?filter=meta.version eq \"1\"");
            client.get(&path).await.refuses(400, "invalidFilter");
        }
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
