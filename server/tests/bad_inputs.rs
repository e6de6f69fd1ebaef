//! Bad inputs and abuses, each by its number in the list of them: the answer it gets, in SCIM's words, and that nothing
//! was changed by it. Whatever comes in, the answer is never a 5xx but the 501 of what is not offered.

use serde_json::{Value, json};

use crate::support::scim_client::{Answer, ScimClient, group, patch, user};
use crate::support::{Console, databases};

/// What a row must be answered with.
#[derive(Clone, Copy)]
enum Expected {
    /// A SCIM error with this status and scimType (`-` for none), and nothing changed.
    Refused(u16, &'static str),
    /// This status, and so many of what is listed, if it is a list.
    Taken(u16),
    /// 200, and so many match.
    Found(i64),
}
use Expected::{Found, Refused, Taken};

/// One bad input.
struct Row {
    id: &'static str,
    method: &'static str,
    path: String,
    media: Option<&'static str>,
    body: Vec<u8>,
    expected: Expected,
}

fn row(
    id: &'static str,
    method: &'static str,
    path: impl Into<String>,
    body: impl Into<Vec<u8>>,
    expected: Expected,
) -> Row {
    Row {
        id,
        method,
        path: path.into(),
        media: Some("application/scim+json"),
        body: body.into(),
        expected,
    }
}

fn get(id: &'static str, path: impl Into<String>, expected: Expected) -> Row {
    row(id, "GET", path, "", expected)
}

fn post_user(id: &'static str, body: &Value, expected: Expected) -> Row {
    row(id, "POST", "/Users", body.to_string(), expected)
}

fn filter(id: &'static str, filter: &str, expected: Expected) -> Row {
    get(id, format!("/Users?filter={}", escaped(filter)), expected)
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Two nodes with somebody in each.
struct World {
    console: Console,
    provider: ScimClient,
    ada: String,
    ben: String,
    ops: String,
    /// A person and a team of the other node.
    elsewhere: String,
    team_elsewhere: String,
}

impl World {
    async fn on(database: crate::support::Database) -> Self {
        let console = Console::start(database).await;
        let (berlin, token) = console.connection("Berlin").await;
        let (paris, other) = console.connection("Paris").await;
        let provider = ScimClient::new(console.scim(berlin), &token);
        let there = ScimClient::new(console.scim(paris), &other);
        let ada = provider.user("lovelace@acme.example").await;
        let mut ben = user("bob@corp.com");
        ben["externalId"] = json!("e-ben");
        ben["emails"] = json!([{ "value": "bob@corp.com", "type": "work" }]);
        let ben = provider.post("/Users", &ben).await.is(201).id();
        let ops = provider.group("Ops", &[&ada]).await;
        let elsewhere = there.user("elsewhere@acme.example").await;
        let team_elsewhere = there.group("Elsewhere", &[&elsewhere]).await;
        Self {
            console,
            provider,
            ada,
            ben,
            ops,
            elsewhere,
            team_elsewhere,
        }
    }

    /// Everything that changes when anything changes.
    async fn marks(&self) -> Vec<i64> {
        let mut tx = self.console.db.read().await.unwrap();
        let mut marks = Vec::new();
        for sql in [
            "SELECT count(*) FROM events",
            "SELECT count(*) FROM outbox",
            "SELECT count(*) FROM users",
            "SELECT count(*) FROM user_values",
            "SELECT count(*) FROM memberships",
            "SELECT count(*) FROM teams",
            "SELECT CAST(sum(version) AS BIGINT) FROM users",
            "SELECT CAST(sum(version) AS BIGINT) FROM teams",
            "SELECT CAST(sum(session_epoch) AS BIGINT) FROM users",
        ] {
            marks.push(tx.number(sql, []).await.unwrap());
        }
        marks
    }

    async fn check(&self, row: Row) {
        let before = self.marks().await;
        let provider = match row.media {
            Some(media) => self.provider.clone().with("content-type", media),
            None => self.provider.clone().without("content-type"),
        };
        let answer = provider.send(row.method, &row.path, row.body).await;
        let row_on = format!("{} on {}", row.id, self.console.db.kind());
        assert!(
            answer.status < 500 || answer.status == 501,
            "{row_on}: {answer}"
        );
        match row.expected {
            Refused(status, scim_type) => {
                let problem = problem(&answer, status, scim_type);
                assert_eq!(problem, None, "{row_on}: {answer}");
                assert_eq!(
                    self.marks().await,
                    before,
                    "{row_on} was refused and changed something: {answer}"
                );
            }
            Taken(status) => assert_eq!(answer.status, status, "{row_on}: {answer}"),
            Found(total) => {
                assert_eq!(
                    (answer.status, &answer.body["totalResults"]),
                    (200, &json!(total)),
                    "{row_on}: {answer}"
                );
            }
        }
    }
}

/// What is wrong about a refusal.
fn problem(answer: &Answer, status: u16, scim_type: &str) -> Option<String> {
    let body = &answer.body;
    if answer.status != status || body["scimType"].as_str().unwrap_or("-") != scim_type {
        return Some(format!("expected {status} {scim_type}"));
    }
    let is_scim = body["schemas"] == json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
        && body["status"] == json!(status.to_string())
        && body["detail"]
            .as_str()
            .is_some_and(|detail| !detail.is_empty())
        && answer.header("content-type") == "application/scim+json";
    (!is_scim).then(|| "not a SCIM error".to_owned())
}

async fn check(rows: impl Fn(&World) -> Vec<Row>) {
    for database in databases().await {
        let world = World::on(database).await;
        for row in rows(&world) {
            world.check(row).await;
        }
        world.console.verify().await;
    }
}

#[tokio::test]
async fn methods_media_types_and_sizes() {
    check(|world| {
        let minimal = user("new@acme.example").to_string();
        let with_media = |media| Row { media, ..row("B-09", "POST", "/Users", minimal.clone(), Refused(415, "-")) };
        let long = format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x@acme.example","x":"{}"}}"#, "a".repeat(1024 * 1024));
        vec![
            row("B-07", "GET", "//Users", "", Refused(404, "-")),
            row("B-07", "GET", "/USERS", "", Refused(404, "-")),
            row("B-07", "GET", "/Users;x", "", Refused(404, "-")),
            row("B-07", "GET", "/Nothing", "", Refused(404, "-")),
            row("B-07", "GET", "", "", Refused(404, "-")),
            row("B-05", "GET", format!("/Users%2F{}", world.ada), "", Refused(404, "-")),
            row("B-05", "GET", "/%55sers", "", Refused(404, "-")),
            row("B-05", "GET", format!("/Users/{}%2F", world.ada), "", Refused(404, "-")),
            row("B-05", "GET", "/Users/%252e%252e%252fGroups", "", Refused(404, "-")),
            row("B-08", "PUT", "/Users", minimal.clone(), Refused(405, "-")),
            row("B-08", "DELETE", "/Users", "", Refused(405, "-")),
            row("B-08", "POST", format!("/Users/{}", world.ada), minimal.clone(), Refused(405, "-")),
            row("B-08", "TRACE", "/Users", "", Refused(405, "-")),
            row("B-08", "PATCH", "/Schemas", "{}", Refused(405, "-")),
            with_media(Some("text/plain")),
            with_media(Some("multipart/form-data; boundary=x")),
            with_media(Some("application/x-www-form-urlencoded")),
            with_media(None),
            row("B-10", "POST", "/Users", long, Refused(413, "-")),
            row("B-77", "GET", "/Me", "", Refused(501, "-")),
            row("B-77", "PATCH", "/Me", "{}", Refused(501, "-")),
            row("B-77", "POST", "/Bulk", r#"{"Operations":[]}"#, Refused(501, "-")),
        ]
    })
    .await;
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    for database in databases().await {
        let world = World::on(database).await;
        let answer = world.provider.delete("/Users").await.refuses(405, "-");
        let mut allowed = answer
            .header("allow")
            .split(',')
            .map(str::trim)
            .collect::<Vec<_>>();
        allowed.sort_unstable();
        assert_eq!(allowed, ["GET", "HEAD", "POST"], "{answer}");
        let compressed = world.provider.clone().with("content-encoding", "gzip");
        compressed
            .send("POST", "/Users", vec![0x1f, 0x8b, 8, 0])
            .await
            .refuses(415, "-");
        world.console.verify().await;
    }
}

#[tokio::test]
async fn json_that_two_readers_could_understand_differently() {
    check(|_| {
        let user = |rest: &str| format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],{rest}}}"#);
        let refused = |id, body: Vec<u8>, scim_type| row(id, "POST", "/Users", body, Refused(400, scim_type));
        let syntax = |id, body: &str| refused(id, body.as_bytes().to_vec(), "invalidSyntax");
        let value = |id, rest: &str| refused(id, user(rest).into_bytes(), "invalidValue");
        let whole = user(r#""userName":"new@acme.example""#);
        let utf16 = whole.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let mut invalid_utf8 = whole.clone().into_bytes();
        let end = invalid_utf8.len() - 4;
        invalid_utf8[end] = 0xff;
        let many = format!(r#""userName":"new@acme.example","emails":[{}]"#, vec![r#"{"value":"a@b.example"}"#; 30_000].join(","));
        let urns = vec![r#""urn:x""#; 1_000].join(",");
        vec![
            syntax("B-14", &user(r#""userName":"a@x.example","userName":"b@x.example""#)),
            syntax("B-15", &user(r#""userName":"a@x.example","USERNAME":"b@x.example""#)),
            syntax("B-15", &user(r#""userName":"a@x.example","name":{"givenName":"a","GivenName":"b"}"#)),
            syntax("B-16", &whole[..whole.len() - 1]),
            syntax("B-16", &format!("{whole} x")),
            syntax("B-16", &format!("{whole}{whole}")),
            syntax("B-16", &format!("\u{feff}{whole}")),
            refused("B-16", utf16, "invalidSyntax"),
            refused("B-16", invalid_utf8, "invalidSyntax"),
            syntax("B-16", &user(r#""userName":"a\ud800@x.example""#)),
            syntax("B-17", &user(&format!(r#""userName":"a@x.example","x":{}{}"#, "[".repeat(200), "]".repeat(200)))),
            syntax("B-17", &user(&format!(r#""userName":"a@x.example","x":{}1{}"#, r#"{"a":"#.repeat(200), "}".repeat(200)))),
            syntax("B-17", &"[".repeat(500_000)),
            value("B-17", &format!(r#""userName":"a@x.example","title":"{}""#, "a".repeat(1_000_000))),
            value("B-17", &format!(r#""userName":"a@x.example","title":"{}""#, "a".repeat(10_000))),
            value("B-17", &many),
            syntax("B-18", "[]"),
            syntax("B-18", "[{}]"),
            syntax("B-18", "42"),
            syntax("B-18", "null"),
            syntax("B-18", "\"text\""),
            syntax("B-18", ""),
            syntax("B-19", r#"{"userName":"new@acme.example"}"#),
            syntax("B-19", r#"{"schemas":[],"userName":"new@acme.example"}"#),
            syntax("B-19", r#"{"schemas":"urn:ietf:params:scim:schemas:core:2.0:User","userName":"new@acme.example"}"#),
            syntax("B-19", r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"new@acme.example"}"#),
            syntax("B-19", &format!(r#"{{"schemas":[{urns}],"userName":"new@acme.example"}}"#)),
            syntax("B-19", r#"{"schemas":[5],"userName":"new@acme.example"}"#),
            value("B-22", r#""userName":5"#),
            value("B-22", r#""userName":{"value":"new@acme.example"}"#),
            value("B-22", r#""userName":"new@acme.example","emails":"x""#),
            value("B-22", r#""userName":"new@acme.example","emails":[5]"#),
            value("B-22", r#""userName":"new@acme.example","name":["a","b"]"#),
            value("B-22", r#""userName":"new@acme.example","active":{}"#),
            value("B-22", r#""userName":"new@acme.example","active":"yes""#),
            value("B-22", r#""userName":"new@acme.example","active":1"#),
            value("B-24", r#""userName":"new\u0000@acme.example""#),
            value("B-24", r#""userName":"new@acme.example","title":"a\u0000""#),
            value("B-24", r#""userName":"new@acme.example","unknown":{"x":["\u0000"]}"#),
        ]
    })
    .await;
}

#[tokio::test]
async fn what_the_service_does_not_know_is_ignored() {
    for database in databases().await {
        let world = World::on(database).await;
        let mut body = user("extra@acme.example");
        body["schemas"] = json!([
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:example:2.0:Extra"
        ]);
        body["urn:example:2.0:Extra"] = json!({ "badge": 5 });
        body["id"] = json!(world.ada);
        body["meta"] = json!({ "created": "1999-01-01T00:00:00Z", "version": "W/\"99\"", "location": "https://evil.example" });
        body["password"] = json!("S3cret-and-long");
        body["isAdmin"] = json!(true);
        body["roles"] = json!([{ "value": "Administrator" }]);
        let answer = world.provider.post("/Users", &body).await.is(201);
        assert_ne!(answer.id(), world.ada, "B-21: {answer}");
        assert_ne!(answer.body["meta"]["version"], "W/\"99\"", "B-21: {answer}");
        assert_eq!(
            answer.body["meta"]["location"],
            format!("{}/Users/{}", world.provider.base, answer.id())
        );
        assert!(
            !answer.text.contains("1999") && !answer.text.contains("urn:example"),
            "B-20, B-21: {answer}"
        );
        assert!(
            !answer.text.contains("S3cret") && !answer.text.contains("isAdmin"),
            "B-36: {answer}"
        );
        assert_eq!(
            answer.body["roles"],
            json!([{ "value": "Administrator" }]),
            "B-72b: {answer}"
        );
        let administrators = "SELECT count(*) FROM role_users";
        let held = world
            .console
            .db
            .read()
            .await
            .unwrap()
            .number(administrators, [])
            .await
            .unwrap();
        assert_eq!(
            held, 1,
            "B-72b: a role of the identity provider is a word here, nothing else"
        );
        world.console.verify().await;
    }
}

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
async fn people_who_cannot_be_taken() {
    check(|world| {
        let named = |name: &str| user(name);
        let value = |id, name: &str| post_user(id, &named(name), Refused(400, "invalidValue"));
        let taken = |id, body: &Value| post_user(id, body, Refused(409, "uniqueness"));
        let with = |name: &str, key: &str, value: Value| {
            let mut body = user(name);
            body[key] = value;
            body
        };
        let mut no_name = user("");
        no_name.as_object_mut().unwrap().remove("userName");
        vec![
            post_user("B-25", &no_name, Refused(400, "invalidValue")),
            value("B-25", ""),
            value("B-25", "   "),
            post_user("B-25", &with("x", "userName", Value::Null), Refused(400, "invalidValue")),
            value("B-26", "jdoe"),
            post_user("B-26", &with("jdoe", "emails", json!([])), Refused(400, "invalidValue")),
            post_user("B-26", &with("jdoe", "emails", json!([{ "value": "nonsense" }, { "type": "work" }])), Refused(400, "invalidValue")),
            value("B-27", &format!("{}@acme.example", "a".repeat(250))),
            value("B-27", &format!("{}@acme.example", "a".repeat(65))),
            value("B-27", "a@b"),
            value("B-27", "a@[127.0.0.1]"),
            value("B-27", "\"x y\"@d.example"),
            value("B-27", "a@d."),
            value("B-27", "a\r\nBcc:x@y.example@d.example"),
            value("B-28", "аdmin@corp.com"),
            value("B-28", "ada\u{200d}@acme.example"),
            taken("B-29", &named("Bob@Corp.com")),
            value("B-29", "ＢＯＢ@corp.com"),
            taken("B-31", &with("somebody@acme.example", "externalId", json!("e-ben"))),
            taken("B-33", &named("elsewhere@acme.example")),
            taken("B-33", &named("Elsewhere@ACME.example")),
            taken("B-33", &with("other name", "emails", json!([{ "value": "elsewhere@acme.example" }]))),
            row("B-34", "PATCH", format!("/Users/{}", world.ada), patch(&json!([{ "op": "replace", "path": "userName", "value": "bob@corp.com" }])).to_string(), Refused(409, "uniqueness")),
            row("B-34", "PATCH", format!("/Users/{}", world.ada), patch(&json!([{ "op": "replace", "path": "userName", "value": "elsewhere@acme.example" }])).to_string(), Refused(409, "uniqueness")),
            row("B-34", "PUT", format!("/Users/{}", world.ada), named("elsewhere@acme.example").to_string(), Refused(409, "uniqueness")),
            row("B-31", "PUT", format!("/Users/{}", world.ada), with("lovelace@acme.example", "externalId", json!("e-ben")).to_string(), Refused(409, "uniqueness")),
            row("B-36", "PATCH", format!("/Users/{}", world.ada), patch(&json!([{ "op": "replace", "path": "password", "value": "S3cret" }])).to_string(), Refused(400, "invalidPath")),
            row("72", "PUT", format!("/Users/{}", world.ada), named("ada").to_string(), Refused(400, "invalidValue")),
            row("72", "PATCH", format!("/Users/{}", world.ada), patch(&json!([{ "op": "replace", "value": { "userName": "ada" } }])).to_string(), Refused(400, "invalidValue")),
        ]
    })
    .await;
}

#[tokio::test]
async fn an_external_id_is_a_word_and_nothing_else() {
    for database in databases().await {
        let world = World::on(database).await;
        for (n, external_id) in [
            "1",
            "0",
            "-1",
            &world.ada.clone(),
            "admin",
            &world.elsewhere.clone(),
        ]
        .into_iter()
        .enumerate()
        {
            let mut body = user(&format!("b30-{n}@acme.example"));
            body["externalId"] = json!(external_id);
            let answer = world.provider.post("/Users", &body).await.is(201);
            assert!(
                answer.id() != world.ada
                    && answer.id() != world.elsewhere
                    && answer.id().len() == 36,
                "B-30: {answer}"
            );
        }
        world.provider.get("/Users/1").await.refuses(404, "-");
        let mut odd = user("rtl@acme.example");
        odd["displayName"] = json!("\u{202e}gnp.exe");
        world.provider.post("/Users", &odd).await.is(201);
        world.console.verify().await;
    }
}

#[tokio::test]
async fn active_is_true_or_false() {
    check(|world| {
        let set = |value: Value, expected| {
            row(
                "B-39",
                "PATCH",
                format!("/Users/{}", world.ada),
                patch(&json!([{ "op": "Replace", "path": "active", "value": value }])).to_string(),
                expected,
            )
        };
        vec![
            set(json!("False"), Taken(200)),
            set(json!("true"), Taken(200)),
            set(json!("false"), Taken(200)),
            set(json!(" FALSE "), Refused(400, "invalidValue")),
            set(json!("maybe"), Refused(400, "invalidValue")),
            set(json!(0), Refused(400, "invalidValue")),
            set(json!(null), Refused(400, "invalidValue")),
            set(json!([]), Refused(400, "invalidValue")),
            set(json!(""), Refused(400, "invalidValue")),
            row(
                "B-39",
                "PATCH",
                format!("/Users/{}", world.ada),
                patch(&json!([{ "op": "remove", "path": "active" }])).to_string(),
                Refused(400, "invalidValue"),
            ),
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
                    let answer = world.provider.get(&format!("{endpoint}?{query}")).await;
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

#[tokio::test]
async fn groups_that_cannot_be_taken_or_changed() {
    check(|world| {
        let patch_group = |id, operations: Value, expected| row(id, "PATCH", format!("/Groups/{}", world.ops), patch(&operations).to_string(), expected);
        let refused = |id, operations: Value, scim_type| patch_group(id, operations, Refused(400, scim_type));
        let add = |member: &str| json!([{ "op": "add", "path": "members", "value": [{ "value": member }] }]);
        let named = |name: Value| {
            let mut body = group("x", &[]);
            body["displayName"] = name;
            row("B-73", "POST", "/Groups", body.to_string(), Refused(400, "invalidValue"))
        };
        let too_many = (0..100_001).map(|n| json!({ "value": n.to_string() })).collect::<Vec<_>>();
        let many_operations = vec![json!({ "op": "replace", "path": "displayName", "value": "x" }); 1_001];
        vec![
            refused("B-63", add(&world.elsewhere), "invalidValue"),
            refused("B-63", add("nobody"), "invalidValue"),
            refused("B-63", add(&world.ops), "invalidValue"),
            refused("B-63", json!([{ "op": "add", "path": "members", "value": [{ "value": world.ben }, { "value": world.elsewhere }] }]), "invalidValue"),
            refused("B-63", json!([{ "op": "replace", "path": "members", "value": [{ "value": "nobody" }] }]), "invalidValue"),
            row("B-63", "POST", "/Groups", group("New", &[&world.ada, &world.elsewhere]).to_string(), Refused(400, "invalidValue")),
            row("B-63", "PUT", format!("/Groups/{}", world.ops), group("Ops", &["nobody"]).to_string(), Refused(400, "invalidValue")),
            patch_group("B-67", json!([{ "op": "add", "path": "members", "value": too_many }]), Refused(413, "-")),
            refused("B-68", json!([{ "op": "remove", "path": r#"members[value eq "x""# }]), "invalidPath"),
            refused("B-68", json!([{ "op": "add", "path": "members.value", "value": "x" }]), "invalidPath"),
            refused("B-68", json!([{ "op": "remove", "path": r#"members[value eq "x"]]"# }]), "invalidPath"),
            refused("B-68", json!([{ "op": "remove", "path": "members[value eq x]" }]), "invalidFilter"),
            refused("B-69", json!([{ "op": "remove" }]), "noTarget"),
            row("B-69", "PATCH", format!("/Users/{}", world.ben), patch(&json!([{ "op": "replace", "path": r#"emails[type eq "home"].value"#, "value": "x@acme.example" }])).to_string(), Refused(400, "noTarget")),
            refused("B-70", json!([{ "op": "move", "path": "displayName", "value": "x" }]), "invalidSyntax"),
            refused("B-70", json!([{ "op": "test", "path": "displayName", "value": "x" }]), "invalidSyntax"),
            refused("B-70", json!([{ "op": "", "path": "displayName", "value": "x" }]), "invalidSyntax"),
            refused("B-70", json!([{ "path": "displayName", "value": "x" }]), "invalidSyntax"),
            refused("B-70", json!([]), "invalidSyntax"),
            refused("B-70", json!({ "op": "replace" }), "invalidSyntax"),
            refused("B-70", json!(["replace"]), "invalidSyntax"),
            patch_group("B-70", json!(many_operations), Refused(413, "-")),
            refused("B-72", json!([{ "op": "replace", "path": "isAdmin", "value": true }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "value": { "isAdmin": true } }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "state", "value": "approved" }]), "invalidPath"),
            refused("81", json!([{ "op": "replace", "path": "id", "value": "x" }]), "mutability"),
            refused("81", json!([{ "op": "replace", "path": "meta.version", "value": "x" }]), "mutability"),
            refused("82", json!([{ "op": "remove", "path": "displayName" }]), "mutability"),
            refused("82", json!([{ "op": "replace", "path": "displayName", "value": "" }]), "mutability"),
            named(json!("")),
            named(json!("   ")),
            named(json!(null)),
            named(json!(5)),
            named(json!("a".repeat(10 * 1024))),
            refused("B-73", json!([{ "op": "replace", "path": "displayName", "value": "a".repeat(256) }]), "invalidValue"),
            refused(
                "B-75",
                json!([
                    { "op": "add", "path": "members", "value": [{ "value": world.ben }] },
                    { "op": "replace", "path": "displayName", "value": "Renamed" },
                    { "op": "replace", "path": "externalId", "value": "e" },
                    { "op": "replace", "path": "nothing", "value": "x" },
                    { "op": "remove", "path": "members" },
                ]),
                "invalidPath",
            ),
        ]
    })
    .await;
}

#[tokio::test]
async fn people_that_cannot_be_patched_so() {
    check(|world| {
        let refused = |id, operations: Value, scim_type| row(id, "PATCH", format!("/Users/{}", world.ben), patch(&operations).to_string(), Refused(400, scim_type));
        vec![
            refused("B-72", json!([{ "op": "replace", "path": "isAdmin", "value": true }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "urn:example:internal", "value": true }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "__proto__", "value": {} }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "generation", "value": 1 }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "membership", "value": "active" }]), "invalidPath"),
            refused("B-72", json!([{ "op": "replace", "path": "locked_by_admin", "value": false }]), "invalidPath"),
            refused("79", json!([{ "op": "replace", "value": { "displayName": "x", "unknown": 1 } }]), "invalidPath"),
            refused("81", json!([{ "op": "replace", "path": "id", "value": "x" }]), "mutability"),
            refused("81", json!([{ "op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z" }]), "mutability"),
            refused("81", json!([{ "op": "replace", "path": "schemas", "value": [] }]), "mutability"),
            refused("82", json!([{ "op": "remove", "path": "userName" }]), "mutability"),
            refused("82", json!([{ "op": "replace", "value": { "userName": null } }]), "mutability"),
            refused("B-76", json!([{ "op": "add", "path": "groups", "value": [{ "value": world.team_elsewhere }] }]), "invalidValue"),
            refused("B-76", json!([{ "op": "add", "path": "groups", "value": [{ "value": world.ops }, { "value": "nothing" }] }]), "invalidValue"),
            refused("B-76", json!([{ "op": "remove", "path": "groups", "value": [{ "value": world.team_elsewhere }] }]), "invalidValue"),
            refused("B-22", json!([{ "op": "replace", "path": "emails", "value": "x" }]), "invalidValue"),
            refused("B-22", json!([{ "op": "replace", "path": "name", "value": "x" }]), "invalidValue"),
            refused("B-22", json!([{ "op": "add", "path": "title" }]), "invalidValue"),
            refused("B-22", json!([{ "op": "replace", "path": 5, "value": "x" }]), "invalidPath"),
            refused("B-68", json!([{ "op": "replace", "path": r#"emails[type eq "work"#, "value": "x" }]), "invalidPath"),
            refused("B-68", json!([{ "op": "replace", "path": "emails[type]", "value": "x" }]), "invalidFilter"),
            refused("B-17", json!([{ "op": "replace", "path": "title", "value": "a".repeat(10_000) }]), "invalidValue"),
            refused(
                "B-75",
                json!([
                    { "op": "replace", "path": "active", "value": false },
                    { "op": "replace", "path": "displayName", "value": "Renamed" },
                    { "op": "add", "path": "groups", "value": [{ "value": world.ops }] },
                    { "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x@acme.example" },
                    { "op": "replace", "path": "title", "value": "x" },
                ]),
                "noTarget",
            ),
        ]
    })
    .await;
}

#[tokio::test]
async fn versions_that_do_not_match() {
    for database in databases().await {
        let world = World::on(database).await;
        for path in [
            format!("/Users/{}", world.ben),
            format!("/Groups/{}", world.ops),
        ] {
            let version = world
                .provider
                .get(&path)
                .await
                .is(200)
                .header("etag")
                .to_owned();
            let change =
                patch(&json!([{ "op": "replace", "path": "displayName", "value": "Once" }]));
            let stale = world.provider.clone().with("if-match", "W/\"77\"");
            for (method, body) in [("PATCH", change.to_string()), ("DELETE", String::new())] {
                stale.send(method, &path, body).await.refuses(412, "-");
            }
            let malformed = world.provider.clone().with("if-match", "77");
            malformed
                .patch(&path, &change)
                .await
                .refuses(400, "invalidVers");
            malformed.delete(&path).await.refuses(400, "invalidVers");
            world
                .provider
                .clone()
                .with("if-none-match", "x")
                .get(&path)
                .await
                .refuses(400, "invalidVers");
            assert_eq!(
                world.provider.get(&path).await.header("etag"),
                version,
                "B-74: nothing changed"
            );
            let current = world.provider.clone().with("if-match", &version);
            assert!(
                current.patch(&path, &change).await.status < 300,
                "B-74: the current version is taken"
            );
            current
                .patch(
                    &path,
                    &patch(&json!([{ "op": "replace", "path": "displayName", "value": "Twice" }])),
                )
                .await
                .refuses(412, "-");
            let any = world.provider.clone().with("if-match", "*");
            assert!(any.patch(&path, &change).await.status < 300);
            let now = world.provider.get(&path).await.header("etag").to_owned();
            assert_ne!(now, version);
            let unchanged = world
                .provider
                .clone()
                .with("if-none-match", &now)
                .get(&path)
                .await
                .is(304);
            assert_eq!(
                (unchanged.text.as_str(), unchanged.header("etag")),
                ("", now.as_str())
            );
            world
                .provider
                .clone()
                .with("if-none-match", &version)
                .get(&path)
                .await
                .is(200);
        }
        world.console.verify().await;
    }
}
