//! Methods, media types, sizes, versions.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Refused, Row, Taken, World, check, row};
use crate::support::databases;
use crate::support::scim_client::{group, patch, user};

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
            row(
                "B-11",
                "GET",
                format!("/Users?filter={}", "a".repeat(20_000)),
                "",
                Taken(414),
            ),
            row("B-77", "GET", "/Me", "", Refused(501, "-")),
            row("B-77", "PATCH", "/Me", "{}", Refused(501, "-")),
            row("B-70", "POST", "/Bulk", r#"{"Operations":[]}"#, Refused(400, "invalidSyntax")),
        ]
    })
    .await;
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    for database in databases().await {
        let world = World::on(database).await;
        let answer = world.client.delete("/Users").await.refuses(405, "-");
        let mut allowed = answer
            .header("allow")
            .split(',')
            .map(str::trim)
            .collect::<Vec<_>>();
        allowed.sort_unstable();
        assert_eq!(allowed, ["GET", "HEAD", "POST"], "{answer}");
        let compressed = world.client.clone().with("content-encoding", "gzip");
        compressed
            .send("POST", "/Users", vec![0x1f, 0x8b, 8, 0])
            .await
            .refuses(415, "-");
        world.console.verify().await;
    }
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
                .client
                .get(&path)
                .await
                .is(200)
                .header("etag")
                .to_owned();
            let change =
                patch(&json!([{ "op": "replace", "path": "displayName", "value": "Once" }]));
            let stale = world.client.clone().with("if-match", "W/\"77\"");
            for (method, body) in [("PATCH", change.to_string()), ("DELETE", String::new())] {
                stale.send(method, &path, body).await.refuses(412, "-");
            }
            let malformed = world.client.clone().with("if-match", "77");
            malformed
                .patch(&path, &change)
                .await
                .refuses(400, "invalidVers");
            malformed.delete(&path).await.refuses(400, "invalidVers");
            world
                .client
                .clone()
                .with("if-none-match", "x")
                .get(&path)
                .await
                .refuses(400, "invalidVers");
            assert_eq!(
                world.client.get(&path).await.header("etag"),
                version,
                "B-74: nothing changed"
            );
            let current = world.client.clone().with("if-match", &version);
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
            let any = world.client.clone().with("if-match", "*");
            assert!(any.patch(&path, &change).await.status < 300);
            let now = world.client.get(&path).await.header("etag").to_owned();
            assert_ne!(now, version);
            let unchanged = world
                .client
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
                .client
                .clone()
                .with("if-none-match", &version)
                .get(&path)
                .await
                .is(200);
        }
        world.console.verify().await;
    }
}

/// Says something over a bare connection, and hears the answer out.
async fn raw(world: &World, head: &str, body: &[u8]) -> String {
    let address = world.console.url().trim_start_matches("http://");
    let path = world.client.base.trim_start_matches(world.console.url());
    let head = head
        .replace("{path}", path)
        .replace("{host}", address)
        .replace("{token}", &world.token);
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let head = head.replace('\n', "\r\n").replace('¶', "\n");
    let request = [head.as_bytes(), body].concat();
    let mut answer = Vec::new();
    // The server may answer, and leave, before it has read all of it.
    let (_sent, _read) = tokio::join!(
        async {
            writing.write_all(&request).await?;
            writing.shutdown().await
        },
        tokio::time::timeout(Duration::from_mins(1), reading.read_to_end(&mut answer)),
    );
    String::from_utf8_lossy(&answer).into_owned()
}

const POST: &str = "POST {path}/Users HTTP/1.1\nHost: {host}\nAuthorization: Bearer {token}\nContent-Type: application/scim+json\n";

#[tokio::test]
async fn a_body_that_lies_about_its_length_changes_nothing() {
    for database in databases().await {
        let world = World::on(database).await;
        let before = world.marks().await;
        let whole = user("lied@acme.example").to_string();
        // Less than was promised, then nothing.
        let head = format!("{POST}Content-Length: {}\n\n", whole.len() + 50);
        let answer = raw(&world, &head, whole.as_bytes()).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
            "B-10: {answer}"
        );
        // More than fits, of no length that was promised.
        let mut chunks = Vec::new();
        for _ in 0..17 {
            chunks.extend_from_slice(b"10000\r\n");
            chunks.extend(std::iter::repeat_n(b' ', 0x10000));
            chunks.extend_from_slice(b"\r\n");
        }
        let head = format!("{POST}Transfer-Encoding: chunked\n\n");
        let answer = raw(&world, &head, &chunks).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "B-10: {answer}");
        // Two lengths at once.
        let head = format!("{POST}Content-Length: 5\nTransfer-Encoding: chunked\n\n");
        let answer = raw(&world, &head, b"0\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 400"), "B-12: {answer}");
        // A line feed alone ends a line, so nothing hides behind one.
        for head in [
            "X-One: a¶Content-Length: 5\nTransfer-Encoding: chunked\n\n",
            "Content-Length: 5\nX-One: a¶Transfer-Encoding: chunked\n\n",
            "Content-Length: 5¶Content-Length: 9\n\n",
        ] {
            let answer = raw(&world, &format!("{POST}{head}"), b"0\r\n\r\n").await;
            assert!(answer.starts_with("HTTP/1.1 400"), "B-12: {head}: {answer}");
            assert_eq!(answer.matches("HTTP/1.1").count(), 1, "B-12: {answer}");
        }
        for target in ["{path}/Users", "{host}"] {
            let connect = format!(
                "CONNECT {target} HTTP/1.1\nHost: {{host}}\nAuthorization: Bearer {{token}}\n\n"
            );
            let answer = raw(&world, &connect, b"").await;
            assert!(
                answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
                "B-08: {answer}"
            );
        }
        assert_eq!(world.marks().await, before, "nothing changed");
        world.console.verify().await;
    }
}

#[tokio::test]
async fn a_group_may_be_larger_than_a_person() {
    for database in databases().await {
        let world = World::on(database).await;
        let padding = "x".repeat(60_000);
        let mut body = group("Large", &[&world.ben]);
        body["unknown"] = (0..30).map(|_| json!(padding)).collect();
        assert!(body.to_string().len() > 1024 * 1024);
        world.client.post("/Groups", &body).await.is(201);
        let too_large = format!("{}{}", body, " ".repeat(16 * 1024 * 1024));
        world
            .client
            .send("POST", "/Groups", too_large)
            .await
            .refuses(413, "-");
        world.console.verify().await;
    }
}
