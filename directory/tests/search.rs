//! Conditions over people and teams, bound and never quoted: both databases find the same, and what is expected.

use directory::model::id::UserId;
use directory::model::query::Case::Folded;
use directory::model::query::Comparison::{self, *};
use directory::model::query::Condition::{All, Any, Item, Not, Present};
use directory::model::query::{Condition, Field, Order, Slice, Value};
use directory::model::user::{AttributeValue, Email, Leaf, Profile};
use directory::provisioning::users;
use directory::store;

use crate::support::{Database, Story, databases};

fn leaf(attribute: &str, item: i64, part: &str, value: Leaf) -> AttributeValue {
    AttributeValue {
        attribute: attribute.to_owned(),
        item,
        part: part.to_owned(),
        value,
    }
}

/// Somebody with a title, and addresses of two kinds.
fn somebody(name: &str, title: Option<&str>, emails: &[(&str, &str)]) -> Profile {
    let user_name = format!("{name}@acme.example");
    let mut json = serde_json::Map::new();
    let mut values = Vec::new();
    if let Some(title) = title {
        json.insert("title".to_owned(), title.into());
        values.push(leaf("title", 0, "", Leaf::Text(title.to_owned())));
    }
    let mut items = Vec::new();
    for (at, (kind, value)) in (0..).zip(emails) {
        items.push(serde_json::json!({ "type": kind, "value": value, "primary": at == 1 }));
        values.push(leaf("emails", at, "type", Leaf::Text((*kind).to_owned())));
        values.push(leaf("emails", at, "value", Leaf::Text((*value).to_owned())));
        values.push(leaf("emails", at, "primary", Leaf::Flag(at == 1)));
    }
    if !items.is_empty() {
        json.insert("emails".to_owned(), items.into());
    }
    let emails = emails.iter().map(|(_, value)| Email {
        value: (*value).to_owned(),
        primary: false,
    });
    Profile {
        user_name,
        emails: emails.collect(),
        attributes: serde_json::Value::Object(json).to_string(),
        values,
        ..Profile::default()
    }
}

async fn people(database: &Database, story: &Story, people: &[Profile]) {
    for profile in people {
        users::create(&database.db, &story.okta, profile.clone(), vec![])
            .await
            .unwrap();
    }
}

/// The names of whom a condition finds among those whose userName begins with `p`, in their order.
async fn found(database: &Database, story: &Story, condition: Condition) -> Vec<String> {
    sorted(database, story, condition, None).await
}

async fn sorted(
    database: &Database,
    story: &Story,
    condition: Condition,
    sort: Option<(Field, Order)>,
) -> Vec<String> {
    let ours = Condition::Compare(Field::UserName, StartsWith, Value::Text("p-".to_owned()));
    let slice = Slice {
        condition: Some(All(vec![ours, condition])),
        sort,
        skip: 0,
        take: 100,
    };
    let mut tx = database.db.read().await.unwrap();
    let (rows, total) = store::users::slice(&mut tx, story.berlin, &slice)
        .await
        .unwrap();
    assert_eq!(rows.len(), usize::try_from(total).unwrap());
    let name = |name: String| name.replace("p-", "").replace("@acme.example", "");
    rows.into_iter()
        .map(|row| name(row.user_name.unwrap()))
        .collect()
}

fn title(comparison: Comparison, text: &str) -> Condition {
    let field = Field::Attribute("title".to_owned(), String::new(), Folded);
    Condition::Compare(field, comparison, Value::Text(text.to_owned()))
}

fn email(part: &str) -> Field {
    Field::Attribute("emails".to_owned(), part.to_owned(), Folded)
}

fn part(name: &str, comparison: Comparison, text: &str) -> Condition {
    let field = Field::Part(name.to_owned(), Folded);
    Condition::Compare(field, comparison, Value::Text(text.to_owned()))
}

fn item(inner: Condition) -> Condition {
    Item("emails".to_owned(), Box::new(inner))
}

#[tokio::test]
async fn signs_of_patterns_are_letters_like_others() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let titles = [
            ("p-1", "100% sure"),
            ("p-2", "100 per cent"),
            ("p-3", "a_b"),
            ("p-4", "axb"),
            ("p-5", "back\\slash"),
            ("p-6", "it's \"quoted\""),
        ];
        let all = titles.map(|(name, title)| somebody(name, Some(title), &[]));
        people(&database, &story, &all).await;
        let cases = [
            (title(Contains, "%"), vec!["1"]),
            (title(Contains, "0%"), vec!["1"]),
            (title(StartsWith, "a_"), vec!["3"]),
            (title(EndsWith, "_B"), vec!["3"]),
            (title(Contains, "\\"), vec!["5"]),
            (title(EndsWith, "\\SLASH"), vec!["5"]),
            (title(Contains, "'S \""), vec!["6"]),
            (title(Equal, "it's \"QUOTED\""), vec!["6"]),
            (title(Equal, "' OR 1=1 --"), vec![]),
            (title(Contains, ""), vec!["1", "2", "3", "4", "5", "6"]),
            (title(StartsWith, "%"), vec![]),
        ];
        for (condition, expected) in cases {
            let text = format!("on {}: {condition:?}", database.db.kind());
            assert_eq!(
                found(&database, &story, condition).await,
                expected,
                "{text}"
            );
        }
        database.check().await;
    }
}

#[tokio::test]
async fn case_width_and_composition_do_not_matter_but_where_they_do() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let titles = [
            ("p-1", "Straße"),
            ("p-2", "İstanbul"),
            ("p-3", "Ｏｐｓ"),
            ("p-4", "Zoe\u{308}"),
            ("p-5", "ΣΊΣΥΦΟΣ"),
            ("p-6", "ŉ"),
        ];
        let mut all = titles
            .map(|(name, title)| somebody(name, Some(title), &[]))
            .to_vec();
        all[0].external_id = Some("Ab".to_owned());
        people(&database, &story, &all).await;
        let external = |comparison, text: &str| {
            Condition::Compare(Field::ExternalId, comparison, Value::Text(text.to_owned()))
        };
        let cases = [
            (title(Equal, "STRASSE"), vec!["1"]),
            (title(Contains, "SS"), vec!["1"]),
            (title(StartsWith, "i\u{307}stan"), vec!["2"]),
            (title(Equal, "ops"), vec!["3"]),
            (title(EndsWith, "OË"), vec!["4"]),
            (title(Equal, "σίσυφος"), vec!["5"]),
            (title(Equal, "\u{2bc}N"), vec!["6"]),
            (external(Equal, "Ab"), vec!["1"]),
            (external(Equal, "ab"), vec![]),
            (external(StartsWith, "A"), vec!["1"]),
            (external(StartsWith, "a"), vec![]),
            (external(EndsWith, "B"), vec![]),
            (external(Contains, "b"), vec!["1"]),
            (
                Condition::Compare(
                    Field::UserName,
                    Equal,
                    Value::Text("P-1@ACME.example".to_owned()),
                ),
                vec!["1"],
            ),
        ];
        for (condition, expected) in cases {
            let text = format!("on {}: {condition:?}", database.db.kind());
            assert_eq!(
                found(&database, &story, condition).await,
                expected,
                "{text}"
            );
        }
        database.check().await;
    }
}

#[tokio::test]
async fn what_is_not_there_is_unequal_to_everything_and_compares_with_nothing() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let mut with = somebody("p-with", Some("x"), &[]);
        with.external_id = Some("e".to_owned());
        people(&database, &story, &[with, somebody("p-without", None, &[])]).await;
        let external = |comparison, text: &str| {
            Condition::Compare(Field::ExternalId, comparison, Value::Text(text.to_owned()))
        };
        let null = |field: Field, comparison| Condition::Compare(field, comparison, Value::Null);
        let field = || Field::Attribute("title".to_owned(), String::new(), Folded);
        let not = |condition| Not(Box::new(condition));
        let cases = [
            (title(NotEqual, "x"), vec!["without"]),
            (title(NotEqual, "y"), vec!["with", "without"]),
            (not(title(Equal, "x")), vec!["without"]),
            (not(title(Less, "z")), vec!["without"]),
            (title(Contains, ""), vec!["with"]),
            (Present(field()), vec!["with"]),
            (null(field(), Equal), vec!["without"]),
            (null(field(), NotEqual), vec!["with"]),
            (external(NotEqual, "e"), vec!["without"]),
            (external(NotEqual, "f"), vec!["with", "without"]),
            (not(external(Equal, "e")), vec!["without"]),
            (not(external(Less, "z")), vec!["without"]),
            (external(Contains, ""), vec!["with"]),
            (Present(Field::ExternalId), vec!["with"]),
            (null(Field::ExternalId, Equal), vec!["without"]),
            (All(vec![]), vec!["with", "without"]),
            (Any(vec![]), vec![]),
            (not(Any(vec![])), vec!["with", "without"]),
        ];
        for (condition, expected) in cases {
            let text = format!("on {}: {condition:?}", database.db.kind());
            assert_eq!(
                found(&database, &story, condition).await,
                expected,
                "{text}"
            );
        }
        database.check().await;
    }
}

#[tokio::test]
async fn one_and_the_same_item_meets_what_stands_in_brackets() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let all = [
            somebody(
                "p-1",
                None,
                &[("work", "a@acme.example"), ("home", "b@home.example")],
            ),
            somebody(
                "p-2",
                None,
                &[("home", "a@acme.example"), ("work", "c@acme.example")],
            ),
            somebody("p-3", None, &[]),
        ];
        people(&database, &story, &all).await;
        let value = |comparison, text: &str| {
            Condition::Compare(email("value"), comparison, Value::Text(text.to_owned()))
        };
        let not = |condition| Not(Box::new(condition));
        let flag = |flag| {
            Condition::Compare(
                Field::Part("primary".to_owned(), Folded),
                Equal,
                Value::Flag(flag),
            )
        };
        let both = All(vec![
            part("type", Equal, "WORK"),
            part("value", StartsWith, "a@"),
        ]);
        let either = Any(vec![
            part("type", Equal, "other"),
            part("value", EndsWith, "home.example"),
        ]);
        let cases = [
            (item(both), vec!["1"]),
            (item(either), vec!["1"]),
            (item(not(part("type", Equal, "work"))), vec!["1", "2"]),
            (not(item(part("type", Equal, "work"))), vec!["3"]),
            (
                item(All(vec![part("type", Equal, "work"), flag(true)])),
                vec!["2"],
            ),
            (
                item(Present(Field::Part("display".to_owned(), Folded))),
                vec![],
            ),
            (item(part("display", NotEqual, "x")), vec!["1", "2"]),
            (value(Equal, "A@acme.example"), vec!["1", "2"]),
            (value(NotEqual, "a@acme.example"), vec!["1", "2", "3"]),
            (not(value(Equal, "a@acme.example")), vec!["3"]),
            (value(Greater, "b"), vec!["1", "2"]),
            (value(Greater, "c"), vec!["2"]),
            (value(LessOrEqual, "a@acme.example"), vec!["1", "2"]),
            (
                Condition::Compare(email("primary"), Equal, Value::Flag(true)),
                vec!["1", "2"],
            ),
        ];
        for (condition, expected) in cases {
            let text = format!("on {}: {condition:?}", database.db.kind());
            assert_eq!(
                found(&database, &story, condition).await,
                expected,
                "{text}"
            );
        }
        database.check().await;
    }
}

#[tokio::test]
async fn instants_locks_ids_and_teams_are_compared_as_what_they_are() {
    for database in databases().await {
        let story = Story::of(&database).await;
        people(
            &database,
            &story,
            &[somebody("p-1", None, &[]), somebody("p-2", None, &[])],
        )
        .await;
        database
            .run("UPDATE users SET created_at = 1000, updated_at = 2000, locked_by_idp = TRUE WHERE user_name = 'p-1@acme.example'")
            .await;
        database
            .run("UPDATE outbox SET withdrawn_at = 1 WHERE recipient = 'p-1@acme.example'")
            .await;
        database
            .run("INSERT INTO memberships (team_id, user_id, state, source, requested_at)
                  SELECT t.id, u.id, 'pending', 'scim', 1 FROM teams t, users u WHERE t.name = 'Ops' AND u.user_name = 'p-2@acme.example'")
            .await;
        let at = |field: Field, comparison, instant| {
            Condition::Compare(field, comparison, Value::Instant(instant))
        };
        let active = |flag| Condition::Compare(Field::Active, Equal, Value::Flag(flag));
        let team = |id: &str| Condition::Compare(Field::Members, Equal, Value::Text(id.to_owned()));
        let in_brackets = |condition| Item("groups".to_owned(), Box::new(condition));
        let (ops, design) = (story.ops.as_str(), story.design.as_str());
        let cases = [
            (at(Field::Created, Equal, 1_000), vec!["1"]),
            (at(Field::Created, Greater, 1_000), vec!["2"]),
            (at(Field::Created, GreaterOrEqual, 1_000), vec!["1", "2"]),
            (at(Field::Updated, Less, 2_001), vec!["1"]),
            (at(Field::Updated, LessOrEqual, 1_999), vec![]),
            (
                at(Field::Created, GreaterOrEqual, -62_135_424_000_000),
                vec!["1", "2"],
            ),
            (active(true), vec!["2"]),
            (active(false), vec!["1"]),
            (team(ops), vec!["2"]),
            (team(design), vec![]),
            (Not(Box::new(team(ops))), vec!["1"]),
            (Present(Field::Members), vec!["2"]),
            (in_brackets(team(ops)), vec!["2"]),
            (in_brackets(All(vec![team(ops), team(design)])), vec![]),
            (in_brackets(Any(vec![team(ops), team(design)])), vec!["2"]),
            (in_brackets(Not(Box::new(team(design)))), vec!["2"]),
            (in_brackets(Not(Box::new(team(ops)))), vec![]),
            (
                Condition::Compare(Field::Id, Equal, Value::Text(story.ben.0.clone())),
                vec![],
            ),
        ];
        for (condition, expected) in cases {
            let text = format!("on {}: {condition:?}", database.db.kind());
            assert_eq!(
                found(&database, &story, condition).await,
                expected,
                "{text}"
            );
        }
        database.check().await;
    }
}

#[tokio::test]
async fn sorting_is_by_code_point_with_what_is_missing_last() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let all = [
            somebody(
                "p-1",
                Some("b"),
                &[("work", "z@acme.example"), ("home", "b@acme.example")],
            ),
            somebody("p-2", Some("A"), &[("work", "c@acme.example")]),
            somebody("p-3", None, &[]),
            somebody("p-4", Some("ä"), &[("work", "a@acme.example")]),
            somebody("p-5", Some("_"), &[("work", "d@acme.example")]),
        ];
        people(&database, &story, &all).await;
        let by = async |field: Field, order| {
            sorted(&database, &story, All(vec![]), Some((field, order))).await
        };
        let field = || Field::Attribute("title".to_owned(), String::new(), Folded);
        assert_eq!(
            by(field(), Order::Ascending).await,
            ["5", "2", "1", "4", "3"]
        );
        assert_eq!(
            by(field(), Order::Descending).await,
            ["3", "4", "1", "2", "5"]
        );
        assert_eq!(
            by(email("value"), Order::Ascending).await,
            ["4", "1", "2", "5", "3"],
            "by the primary address"
        );
        assert_eq!(
            by(Field::UserName, Order::Descending).await,
            ["5", "4", "3", "2", "1"]
        );
        assert_eq!(
            by(Field::Created, Order::Ascending).await,
            ["1", "2", "3", "4", "5"]
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_slice_counts_all_and_shows_some() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let mut tx = database.db.read().await.unwrap();
        let mut slice = Slice {
            condition: None,
            sort: None,
            skip: 1,
            take: 1,
        };
        let (rows, total) = store::users::slice(&mut tx, story.berlin, &slice)
            .await
            .unwrap();
        let ids = rows.into_iter().map(|row| row.id).collect::<Vec<UserId>>();
        assert_eq!((ids, total), (vec![story.ben.clone()], 3));
        for (skip, take) in [(0, 0), (3, 10), (i64::MAX - 1, 10)] {
            (slice.skip, slice.take) = (skip, take);
            let (rows, total) = store::users::slice(&mut tx, story.berlin, &slice)
                .await
                .unwrap();
            assert_eq!((rows.len(), total), (0, 3));
        }
        let by_name = Condition::Compare(Field::Name, Equal, Value::Text("OPS".to_owned()));
        let by_member = Condition::Compare(Field::Members, Equal, Value::Text(story.ben.0.clone()));
        for condition in [by_name, by_member] {
            let slice = Slice {
                condition: Some(condition),
                sort: Some((Field::Name, Order::Descending)),
                skip: 0,
                take: 10,
            };
            let (teams, total) = store::teams::slice(&mut tx, story.berlin, &slice)
                .await
                .unwrap();
            assert_eq!((teams[0].id.clone(), total), (story.ops.clone(), 1));
        }
        drop(tx);
        database.check().await;
    }
}
