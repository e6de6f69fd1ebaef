//! The grammar of filters and paths: what is read, how it is printed, what is refused and where.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use scim::filter::{Filter, Operator, Value};
use scim::path::Path;
use scim::schema::Resource;

fn user(text: &str) -> Filter {
    Filter::parse(text, Resource::User).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str, resource: Resource) -> String {
    match Filter::parse(text, resource) {
        Ok(filter) => panic!("read as {filter}"),
        Err(error) => {
            assert_eq!(error.status, 400);
            assert_eq!(error.scim_type.unwrap().as_str(), "invalidFilter");
            error.detail
        }
    }
}

/// What is read, and how it is printed.
const VALID: &[(&str, &str)] = &[
    (r#"userName eq "bjensen""#, r#"userName eq "bjensen""#),
    (
        r#"name.familyName co "O'Malley""#,
        r#"name.familyName co "O'Malley""#,
    ),
    (r#"userName sw "J""#, r#"userName sw "J""#),
    (
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
        r#"userName sw "J""#,
    ),
    ("title pr", "title pr"),
    (
        r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
        r#"meta.lastModified gt "2011-05-13T04:42:34.000Z""#,
    ),
    (
        r#"title pr and userType eq "Employee""#,
        r#"title pr and userType eq "Employee""#,
    ),
    (
        r#"title pr or userType eq "Intern""#,
        r#"title pr or userType eq "Intern""#,
    ),
    (
        r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
        r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
    ),
    (
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType eq "Employee" and (emails.value co "example.com" or emails.value co "example.org")"#,
    ),
    (
        r#"userType ne "Employee" and not (emails co "example.com")"#,
        r#"userType ne "Employee" and not (emails.value co "example.com")"#,
    ),
    (
        r#"userType eq "Employee" and (emails.type eq "work")"#,
        r#"userType eq "Employee" and emails.type eq "work""#,
    ),
    (
        r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
        r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
    ),
    (
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
    ),
    // Precedence: `and` binds closer than `or`.
    (
        "title pr or userType pr and active eq true",
        "title pr or (userType pr and active eq true)",
    ),
    ("not(title pr)", "not (title pr)"),
    // Operators, literals and names in any case.
    ("ACTIVE EQ TRUE", "active eq true"),
    (r#"active eq "False""#, "active eq false"),
    ("nickName Eq NULL", "nickName eq null"),
    // Escapes as in JSON.
    (r#"title eq "a\"b\\c\u00e9\n""#, r#"title eq "a\"b\\cé\n""#),
    (r#"title eq """#, r#"title eq """#),
    (r#"title eq "\ud83d\ude00""#, r#"title eq "😀""#),
    // As clients send them.
    (
        r#"emails[type eq "work"].value eq "ada@acme.example""#,
        r#"emails[type eq "work" and value eq "ada@acme.example"]"#,
    ),
    (
        r#"emails[type eq "work" or type eq "home"].value pr"#,
        r#"emails[(type eq "work" or type eq "home") and value pr]"#,
    ),
    (r#"emails[primary eq "True"]"#, "emails[primary eq true]"),
    (
        r#"id eq "x" and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "m""#,
        r#"id eq "x" and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "m""#,
    ),
    (
        r#"active eq true and (meta.lastModified ge "0001-01-03T00:00:00.0000000Z" and meta.lastmodified le "2026-03-01T12:00:00.1234567Z")"#,
        r#"active eq true and meta.lastModified ge "0001-01-03T00:00:00.000Z" and meta.lastModified le "2026-03-01T12:00:00.123Z""#,
    ),
    (
        r#"meta.created lt "2026-03-01T12:00:00+02:00""#,
        r#"meta.created lt "2026-03-01T10:00:00.000Z""#,
    ),
    (r#"groups eq "g1""#, r#"groups.value eq "g1""#),
    (r#"groups.value eq "g1""#, r#"groups.value eq "g1""#),
    (r#"externalId eq "x""#, r#"externalId eq "x""#),
    ("name pr", "name pr"),
    ("  ( ( userName   pr ) )  ", "userName pr"),
];

#[test]
fn every_form_of_the_rfc_and_of_clients_is_read() {
    for (text, printed) in VALID {
        let filter = user(text);
        assert_eq!(filter.to_string(), *printed, "{text}");
        assert_eq!(user(printed), filter, "{text}");
    }
}

#[test]
fn groups_are_filtered_by_name_and_members() {
    for (text, printed) in [
        (r#"DisplayName eq "Ops""#, r#"displayName eq "Ops""#),
        (r#"members eq "u1""#, r#"members.value eq "u1""#),
        (
            r#"id eq "g" and members eq "u1""#,
            r#"id eq "g" and members.value eq "u1""#,
        ),
        (r#"members[value eq "u1"]"#, r#"members[value eq "u1"]"#),
    ] {
        let filter = Filter::parse(text, Resource::Group).unwrap();
        assert_eq!(filter.to_string(), printed);
    }
    refused(r#"userName eq "x""#, Resource::Group);
}

/// What is refused, and at which column.
const INVALID: &[(&str, usize)] = &[
    ("", 1),
    ("   ", 4),
    ("userName", 9),
    ("userName eq", 12),
    (r#"eq "x""#, 1),
    (r#"userName == "x""#, 10),
    ("userName eq 'x'", 13),
    (r#"userName eq "x"#, 13),
    (r#"userName eq x""#, 14),
    (r#"userName eq"x""#, 12),
    (r#"userName eq "x"and title pr"#, 16),
    ("(title pr)and title pr", 11),
    ("title pr and(title pr)", 13),
    ("userName eq", 12),
    (r#"userName eq "x" und title pr"#, 17),
    (r#"userName eq "x" and"#, 20),
    (r#"userName eq "x" or or title pr"#, 20),
    (r#"(userName eq "x""#, 17),
    (r#"userName eq "x")"#, 16),
    (r#"not userName eq "x""#, 5),
    (r#"not (userName eq "x""#, 21),
    (r#"emails[type eq "work""#, 22),
    (r#"emails[type eq "work")"#, 22),
    (r#"emails[emails[type eq "work"]]"#, 8),
    (r#"emails[value[type eq "work"]]"#, 13),
    ("emails[]", 8),
    (r#"emails[type eq "work"].shoe eq "x""#, 23),
    (r#"emails[type eq "work"].value"#, 29),
    (r#"emails[type eq "work"] eq "x""#, 24),
    (r#"userName[value eq "x"]"#, 9),
    ("shoeSize eq 43", 1),
    (r#"name eq "x""#, 9),
    ("title pr and shoeSize pr", 14),
    (r#"emails.shoe eq "x""#, 1),
    (r#"name.givenName.x eq "x""#, 1),
    (r#"urn:acme:User:userName eq "x""#, 1),
    (
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr",
        1,
    ),
    (r#"meta.lastModified gt "yesterday""#, 22),
    (r#"meta.lastModified co "2026""#, 22),
    ("meta.lastModified gt 5", 22),
    (r#"meta.created gt "10000-01-01T00:00:00Z""#, 17),
    ("active gt true", 11),
    (r#"active co "tr""#, 11),
    (r#"active eq "maybe""#, 11),
    ("userName gt 5", 13),
    ("userName eq true", 13),
    ("userName gt null", 13),
    (r#"x509Certificates gt "x""#, 21),
    (r#"userName eq "\u0000""#, 13),
    (r#"userName eq "\ud800""#, 13),
    (r#"userName eq "\x""#, 13),
    (r#"password eq "x""#, 1),
    (r#"passwordHash eq "x""#, 1),
    (r#"título eq "x""#, 1),
    (r#"title eq "é" tïtle"#, 14),
];

#[test]
fn a_filter_that_cannot_be_read_names_the_column_and_repeats_nothing() {
    for (text, column) in INVALID {
        let detail = refused(text, Resource::User);
        let place = format!(" at column {column}: ");
        assert!(detail.contains(&place), "{text}: {detail}");
        for word in ["shoe", "yesterday", "maybe", "password", "acme", "und "] {
            assert!(!detail.contains(word), "{text}: {detail}");
        }
    }
}

#[test]
fn hostile_filters_are_refused_and_the_process_lives() {
    let wrapped = |depth: usize| format!("{}title pr{}", "(".repeat(depth), ")".repeat(depth));
    let terms = |count: usize| vec!["title pr"; count].join(" or ");
    assert_eq!(user(&wrapped(32)), user("title pr"));
    assert_eq!(user(&terms(64)), user(&terms(64)));
    let nots = |count: usize| format!("{}title pr{}", "not (".repeat(count), ")".repeat(count));
    drop(user(&nots(32)));
    let long = |bytes: usize| format!("title eq \"{}\"", "x".repeat(bytes - 11));
    drop(user(&long(8 * 1024)));
    for hostile in [
        wrapped(33),
        wrapped(40_000),
        "(".repeat(40_000),
        "not(".repeat(16_000),
        nots(33),
        "not (".repeat(1_000),
        terms(65),
        terms(10_000),
        long(8 * 1024 + 1),
        format!("a{} pr", ".a".repeat(8_000)),
        format!("a{} pr", ".a".repeat(3_000)),
        // A deep filter followed by one bad token, so that what was read has to be dropped.
        format!("{}title pr{} ?", "not (".repeat(32), ")".repeat(32)),
        format!("{} and ?", nots(32)),
        "emails[".repeat(2_000),
        "\"".repeat(8_000),
        "\\".repeat(8_000),
    ] {
        refused(&hostile, Resource::User);
        assert!(Path::parse(&hostile, Resource::User).is_err());
    }
}

#[test]
fn words_that_look_like_sql_are_text_and_nothing_else() {
    for (text, value) in [
        (r#"userName eq "a' OR '1'='1""#, "a' OR '1'='1"),
        (
            r#"userName eq "\";drop table users;--""#,
            "\";drop table users;--",
        ),
        (r#"userName eq "\u0027""#, "'"),
        (r#"userName co "%""#, "%"),
        (r#"userName sw "_""#, "_"),
        (r#"userName ew "\\""#, "\\"),
    ] {
        match user(text) {
            Filter::Compare {
                value: Value::Text(read),
                ..
            } => assert_eq!(read, value),
            other => panic!("{text}: {other}"),
        }
    }
}

#[test]
fn values_have_the_type_of_their_attribute() {
    let value = |text: &str| match user(text) {
        Filter::Compare { value, .. } => value,
        other => panic!("{other}"),
    };
    assert_eq!(value("active eq true"), Value::Bool(true));
    assert_eq!(
        value(r#"meta.created eq "1970-01-01T00:00:01.5Z""#),
        Value::Instant(1_500)
    );
    assert_eq!(
        value(r#"meta.created eq "1969-12-31T23:59:59.9999Z""#),
        Value::Instant(-1)
    );
    assert_eq!(
        value(r#"meta.created eq "1970-01-01T00:00:01""#),
        Value::Instant(1_000)
    );
    assert_eq!(value("title ne null"), Value::Null);
    assert_eq!(value(r#"title eq "true""#), Value::Text("true".into()));
}

#[test]
fn paths_are_attributes_parts_and_filtered_items() {
    for (text, attribute, filter) in [
        ("userName", "userName", None),
        ("NAME.FAMILYNAME", "name.familyName", None),
        (
            "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName",
            "name.givenName",
            None,
        ),
        (
            r#"emails[type eq "work"]"#,
            "emails",
            Some(r#"emails.type eq "work""#),
        ),
        (
            r#"emails[type eq "work"].value"#,
            "emails.value",
            Some(r#"emails.type eq "work""#),
        ),
        (
            r#"emails[type eq "work" and primary eq true].value"#,
            "emails.value",
            Some(r#"emails.type eq "work" and emails.primary eq true"#),
        ),
    ] {
        let path = Path::parse(text, Resource::User).unwrap();
        assert_eq!(path.attribute.name(), attribute);
        assert_eq!(
            path.filter.map(|filter| filter.to_string()).as_deref(),
            filter
        );
    }
    for text in [
        "",
        "name.",
        ".name",
        "emails[type eq \"work\"].",
        "emails[type eq \"work\"]value",
        "a b",
        "title pr",
        "urn:acme",
        "userName eq \"x\"",
    ] {
        let error = Path::parse(text, Resource::User).unwrap_err();
        assert_eq!(error.scim_type.unwrap().as_str(), "invalidPath", "{text}");
    }
}

#[test]
fn every_operator_is_told_apart() {
    let all = [
        Operator::Eq,
        Operator::Ne,
        Operator::Co,
        Operator::Sw,
        Operator::Ew,
        Operator::Gt,
        Operator::Ge,
        Operator::Lt,
        Operator::Le,
    ];
    for operator in all {
        match user(&format!("title {} \"x\"", operator.as_str().to_uppercase())) {
            Filter::Compare { operator: read, .. } => assert_eq!(read, operator),
            other => panic!("{other}"),
        }
    }
}
