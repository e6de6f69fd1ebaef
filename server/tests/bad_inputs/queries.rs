//! Filters, pages, orders and projections.

use serde_json::json;

use super::{Found, Refused, World, check, filter, get, row};
use crate::support::databases;

#[tokio::test]
async fn numbers_and_names_of_queries() {
    check(|_| {
        let search =
            |body: &str, expected| row("B-23", "POST", "/Users/.search", body.to_owned(), expected);
        let listed = |id, query: &str, expected| get(id, format!("/Users?{query}"), expected);
        vec![
            search(r#"{"count":1e400}"#, Refused(400, "invalidValue")),
            search(r#"{"count":-0}"#, Refused(400, "invalidValue")),
            search(
                r#"{"startIndex":18446744073709551616}"#,
                Refused(400, "invalidValue"),
            ),
            search(r#"{"startIndex":"1"}"#, Refused(400, "invalidValue")),
            search(r#"{"count":1.5}"#, Refused(400, "invalidValue")),
            search(r#"{"count":1}"#, Found(2)),
            search(r#"{"filter":5}"#, Refused(400, "invalidValue")),
            listed("B-60", "startIndex=-5", Found(2)),
            listed("B-60", "startIndex=0", Found(2)),
            listed("B-60", "startIndex=1000000000000000000", Found(2)),
            listed("B-60", "startIndex=1e18", Found(2)),
            listed("B-60", "count=-1", Found(2)),
            listed("B-60", "count=0", Found(2)),
            listed("B-60", "count=1000000000", Found(2)),
            listed("B-60", "count=99999999999999999999999", Found(2)),
            listed("B-60", "count=abc", Refused(400, "invalidValue")),
            listed("B-60", "startIndex=abc", Refused(400, "invalidValue")),
            listed("B-60", "count=1&count=2", Refused(400, "invalidValue")),
            listed("B-61", "sortBy=passwordHash", Refused(400, "invalidValue")),
            listed("B-61", "sortBy=password", Refused(400, "invalidValue")),
            listed(
                "B-61",
                "sortBy=userName&sortOrder=up",
                Refused(400, "invalidValue"),
            ),
            listed("B-61", "sortBy=userName;drop", Refused(400, "invalidValue")),
            listed(
                "B-62",
                "attributes=id&excludedAttributes=members",
                Refused(400, "invalidValue"),
            ),
            listed("B-38", "attributes=password", Found(2)),
            listed("B-59", "%FF%FE=1&x=%00", Found(2)),
        ]
    })
    .await;
}

#[tokio::test]
async fn filters_that_cannot_be_read() {
    check(|_| {
        let refused = |id, text: &str| filter(id, text, Refused(400, "invalidFilter"));
        let nested =
            |depth: usize| format!("{}userName pr{}", "(".repeat(depth), ")".repeat(depth));
        let search = |id, text: &str| {
            row(
                id,
                "POST",
                "/Users/.search",
                json!({ "filter": text }).to_string(),
                Refused(400, "invalidFilter"),
            )
        };
        vec![
            refused("B-49", "userName eq"),
            refused("B-49", r#"eq "x""#),
            refused("B-49", r#"userName == "x""#),
            refused("B-49", "userName eq 'x'"),
            refused("B-49", r#"userName eq "x"#),
            refused("B-49", r#"userName eq x""#),
            refused("B-49", r#"(userName eq "x""#),
            refused("B-49", r#"userName eq "x")"#),
            refused("B-49", r#"userName eq "x" and"#),
            refused("B-49", r#"not userName eq "x""#),
            refused("B-49", "userName eq lovelace@acme.example"),
            refused("B-50", &nested(33)),
            filter("B-50", &nested(32), Found(2)),
            search("B-50", &nested(40_000)),
            refused("B-51", &"not(".repeat(2_000)),
            search("B-51", &"not(".repeat(16_000)),
            search("B-52", &vec![r#"userName eq "x""#; 10_000].join(" or ")),
            refused("B-52", &vec![r#"id eq "x""#; 65].join(" or ")),
            filter("B-52", &vec![r#"id eq "x""#; 64].join(" or "), Found(0)),
            refused(
                "B-53",
                &format!(r#"userName eq "{}""#, "a".repeat(9 * 1024)),
            ),
            refused("B-53", &format!(r#"userName{} eq "x""#, ".".repeat(8_000))),
            refused("B-54", &format!("{} !", nested(32))),
            refused("B-57", r#"emails[type eq "work" and emails[value eq "x"]]"#),
            refused("B-57", r#"emails[type eq "work""#),
            refused("B-59", r#"nothing eq "x""#),
            refused("B-59", r#"meta.lastModified gt "yesterday""#),
            refused("B-59", "active gt true"),
            refused("B-59", "userName gt 5"),
            refused("B-59", "userName co null"),
            refused("B-59", r#"name eq "x""#),
            refused("B-38", r#"password eq "x""#),
            refused("B-24", r#"userName eq "\u0000""#),
        ]
    })
    .await;
}

#[tokio::test]
async fn filters_that_match_only_what_they_say() {
    check(|world| {
        vec![
            filter("B-55", r#"userName eq "a' OR '1'='1""#, Found(0)),
            filter("B-55", r#"userName eq "\";drop table users;--""#, Found(0)),
            filter("B-55", r#"userName eq "\u0027""#, Found(0)),
            filter("B-55", r#"emails.value eq "x') OR 1=1 --""#, Found(0)),
            filter("B-56", r#"userName co "%""#, Found(0)),
            filter("B-56", r#"userName sw "_""#, Found(0)),
            filter("B-56", r#"userName ew "\\""#, Found(0)),
            filter("B-56", r#"emails.value co "b_b""#, Found(0)),
            filter("B-56", r#"externalId co "%""#, Found(0)),
            filter("B-56", r#"externalId sw "e_""#, Found(0)),
            filter(
                "B-57",
                r#"emails[type eq "work" and value co "@corp"]"#,
                Found(1),
            ),
            filter(
                "B-57",
                r#"emails[type eq "home" and value co "@corp"]"#,
                Found(0),
            ),
            filter(
                "B-58",
                &format!(r#"groups.value eq "{}""#, world.team_elsewhere),
                Found(0),
            ),
            filter("B-58", &format!(r#"groups eq "{}""#, world.ops), Found(1)),
            filter("B-58", &format!(r#"id eq "{}""#, world.elsewhere), Found(0)),
            filter(
                "B-58",
                r#"userName sw "elsewhere" or userName sw "love""#,
                Found(1),
            ),
            filter(
                "B-58",
                r#"not (userName eq "lovelace@acme.example")"#,
                Found(1),
            ),
            get(
                "B-58",
                format!(r#"/Groups?filter=members eq "{}""#, world.elsewhere),
                Found(0),
            ),
            get(
                "B-58",
                format!(r#"/Groups?filter=id eq "{}""#, world.team_elsewhere),
                Found(0),
            ),
            // As long as a filter may be, of the letter that folding makes longest.
            filter(
                "SCM-7",
                &format!(r#"userName co "{}""#, "\u{fdfa}".repeat(1_700)),
                Found(0),
            ),
            filter(
                "SCM-7",
                &format!(r#"emails.value sw "{}""#, "%".repeat(5_000)),
                Found(0),
            ),
            filter(
                "SCM-7",
                &format!(r#"externalId co "{}""#, "e".repeat(8_000)),
                Found(0),
            ),
        ]
    })
    .await;
}

#[tokio::test]
async fn every_attribute_can_be_asked_for_or_is_refused_in_so_many_words() {
    let users = [
        "id",
        "externalId",
        "schemas",
        "meta",
        "meta.resourceType",
        "meta.created",
        "meta.lastModified",
        "meta.location",
        "meta.version",
        "userName",
        "name",
        "name.givenName",
        "displayName",
        "title",
        "active",
        "emails",
        "emails.value",
        "emails.primary",
        "emails.type",
        "groups",
        "groups.value",
        "groups.display",
        "groups.$ref",
        "groups.type",
        "x509Certificates",
        "photos",
        "roles",
        "addresses",
        "addresses.formatted",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ];
    let groups = [
        "id",
        "externalId",
        "schemas",
        "meta",
        "meta.resourceType",
        "meta.lastModified",
        "meta.location",
        "meta.version",
        "displayName",
        "members",
        "members.value",
        "members.display",
        "members.type",
        "members.$ref",
    ];
    for database in databases().await {
        let world = World::on(database).await;
        for (endpoint, names) in [("/Users", users.as_slice()), ("/Groups", groups.as_slice())] {
            for name in names {
                for query in [
                    format!("filter={name} pr"),
                    format!(r#"filter={name} eq "x""#),
                    format!(r#"filter={name} ne "x""#),
                    format!("filter={name} eq null"),
                    format!("filter={name} eq true"),
                    format!(r#"filter={name} co "x""#),
                    format!(r#"filter=not ({name} ew "x")"#),
                    format!(r#"filter={name}[value eq "x"]"#),
                    format!(r#"filter={name} ge "2020-01-01T00:00:00Z""#),
                    format!("sortBy={name}"),
                    format!("sortBy={name}&sortOrder=descending"),
                    r#"filter=meta[version eq "x"] or meta[resourceType eq "User" and created pr]"#
                        .to_string(),
                    format!("attributes={name}"),
                    format!("excludedAttributes={name}"),
                ] {
                    let answer = world.client.get(&format!("{endpoint}?{query}")).await;
                    assert!(
                        matches!(answer.status, 200 | 400),
                        "on {}: {answer}",
                        world.console.db.kind()
                    );
                    if answer.status == 400 {
                        let scim_type = if query.starts_with("filter") {
                            "invalidFilter"
                        } else {
                            "invalidValue"
                        };
                        answer.refuses(400, scim_type);
                    }
                }
            }
        }
        world.console.verify().await;
    }
}
