//! Lists page after page: by index at any depth, by cursor whatever comes and goes (RFC 9865), and people and groups
//! in one list (RFC 7644 §3.4.2.1).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::scim_client::{Answer, ScimClient, group, user};
use crate::support::{Console, databases};

async fn each(story: impl AsyncFn(ScimClient)) {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        story(ScimClient::new(console.scim(node), &token)).await;
        console.verify().await;
    }
}

/// People 0 to 10, some of them alike, and three groups.
async fn filled(client: &ScimClient) {
    for n in 0..11 {
        let mut body = user(&format!("p{:02}@acme.example", n * 7 % 11));
        let names = ["b", "A", "", "ä", "b"];
        body["displayName"] = json!(names[n % 5]);
        body["title"] = if n % 3 == 0 {
            json!("Chief")
        } else {
            Value::Null
        };
        body["active"] = json!(n % 4 != 0);
        client.post("/Users", &body).await.is(201);
    }
    let ids = client.get("/Users").await.ids();
    for name in ["b", "Ops", "Ä"] {
        client.group(name, &[&ids[0], &ids[1]]).await;
    }
}

/// The pages of a list, cursor after cursor.
async fn pages(client: &ScimClient, list: &str, count: usize) -> Vec<Answer> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client
            .get(&format!("{list}&count={count}&cursor={cursor}"))
            .await
            .is(200);
        assert!(page.body.get("startIndex").is_none(), "{page}");
        assert_eq!(page.body["itemsPerPage"], json!(page.ids().len()), "{page}");
        let next = page.body["nextCursor"].as_str().map(str::to_owned);
        pages.push(page);
        match next {
            Some(next) => cursor = next,
            None => return pages,
        }
    }
}

async fn walk(client: &ScimClient, list: &str, count: usize) -> Vec<String> {
    let pages = pages(client, list, count).await;
    pages.iter().flat_map(Answer::ids).collect()
}

#[tokio::test]
async fn by_cursor_everybody_comes_once_in_the_order_of_the_index() {
    each(async |client| {
        let config = client.get("/ServiceProviderConfig").await.is(200);
        assert_eq!(
            config.body["pagination"],
            json!({
                "cursor": true, "index": true, "defaultPaginationMethod": "index",
                "defaultPageSize": 1_000, "maxPageSize": 1_000, "cursorTimeout": 3_600,
            })
        );
        filled(&client).await;
        for list in [
            "/Users?",
            "/Groups?",
            "?",
            "/Users?filter=active eq true",
            "?filter=displayName eq \"b\"",
        ] {
            for sort in [
                "",
                "&sortBy=userName",
                "&sortBy=displayName",
                "&sortBy=title",
                "&sortBy=active",
                "&sortBy=meta.lastModified",
                "&sortBy=id",
                "&sortBy=externalId",
            ] {
                for order in ["", "&sortOrder=descending"] {
                    if list.starts_with("/Groups")
                        && sort.len() > 8
                        && !"displayName meta.lastModified id externalId".contains(&sort[8..])
                    {
                        continue;
                    }
                    let list = format!("{list}{sort}{order}");
                    let whole = client.get(&list).await.is(200);
                    assert_eq!(whole.body["startIndex"], 1);
                    for count in [1, 3, 5, 100] {
                        let walked = walk(&client, &list, count).await;
                        assert_eq!(walked, whole.ids(), "{list} by {count}");
                    }
                }
            }
        }
        let first = client.get("/Users?cursor&count=4").await.is(200);
        assert_eq!(
            (first.ids().len(), &first.body["totalResults"]),
            (4, &json!(11))
        );
        let last = pages(&client, "/Users?", 11).await;
        assert_eq!(last.len(), 1, "a full last page has no next one");
    })
    .await;
}

#[tokio::test]
async fn who_comes_and_goes_moves_nobody_else() {
    each(async |client| {
        filled(&client).await;
        for list in [
            "/Users?",
            "/Users?sortBy=displayName",
            "/Users?sortBy=title&sortOrder=descending",
        ] {
            let before = client.get("/Users").await.ids();
            let mut gone = BTreeSet::new();
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let path = format!("{list}&count=2&cursor={cursor}");
                let page = client.get(&path).await.is(200);
                seen.extend(page.ids());
                // One who was seen goes, the last of the page among them, one who is still to come goes, and one comes.
                let coming = before
                    .iter()
                    .rev()
                    .find(|id| !seen.contains(id) && !gone.contains(*id));
                for id in [seen.last(), coming].into_iter().flatten() {
                    client.delete(&format!("/Users/{id}")).await.is(204);
                    gone.insert(id.clone());
                }
                client
                    .user(&format!(
                        "new{}@acme.example",
                        seen.len() + 100 * before.len()
                    ))
                    .await;
                match page.body["nextCursor"].as_str() {
                    Some(next) if seen.len() < 40 => cursor = next.to_owned(),
                    _ => break,
                }
            }
            let once = seen.iter().collect::<BTreeSet<_>>();
            assert_eq!(once.len(), seen.len(), "{list}: nobody twice");
            for id in before.iter().filter(|id| !gone.contains(*id)) {
                assert!(seen.contains(id), "{list}: {id} was there all the time");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_cursor_is_taken_for_its_own_list_alone() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (berlin, token) = console.connection("Berlin").await;
        let (paris, other) = console.connection("Paris").await;
        let client = ScimClient::new(console.scim(berlin), &token);
        let elsewhere = ScimClient::new(console.scim(paris), &other);
        filled(&client).await;
        let first = client.get("/Users?cursor=&count=2").await.is(200);
        let cursor = first.body["nextCursor"].as_str().unwrap();
        for path in [
            "/Groups?",
            "?",
            "/Users?sortBy=userName&",
            "/Users?filter=active eq true&",
        ] {
            let path = format!("{path}cursor={cursor}");
            client.get(&path).await.refuses(400, "invalidCursor");
        }
        let path = format!("/Users?cursor={cursor}");
        elsewhere.get(&path).await.refuses(400, "invalidCursor");
        let mut forged = cursor.to_owned();
        forged.replace_range(0..1, if cursor.starts_with('W') { "X" } else { "W" });
        for wrong in [forged.as_str(), "1", "a.b", "%00"] {
            let path = format!("/Users?cursor={wrong}");
            client.get(&path).await.refuses(400, "invalidCursor");
        }
        let both = format!("/Users?cursor={cursor}&startIndex=1");
        client.get(&both).await.refuses(400, "invalidValue");
        let count = format!("/Users?cursor={cursor}&count=abc");
        client.get(&count).await.refuses(400, "invalidCount");
        let none = client.get("/Users?cursor=&count=0").await.is(200);
        assert_eq!(
            (none.ids().len(), &none.body["totalResults"]),
            (0, &json!(11))
        );
        let search = json!({ "cursor": cursor, "count": 3 });
        let page = client.post("/Users/.search", &search).await.is(200);
        assert_eq!(
            page.ids(),
            client.get("/Users?startIndex=3&count=3").await.ids()
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn at_any_depth_the_index_gives_its_part_of_the_whole() {
    each(async |client| {
        filled(&client).await;
        for list in [
            "/Users?",
            "/Users?filter=active eq true&",
            "/Users?sortBy=displayName&",
            "/Groups?",
            "?",
        ] {
            let whole = client.get(list).await.is(200).ids();
            for start in 1..=whole.len() + 2 {
                for count in [1, 2, 5, 50] {
                    let path = format!("{list}startIndex={start}&count={count}");
                    let page = client.get(&path).await.is(200);
                    let expected = whole.iter().skip(start - 1).take(count);
                    assert!(page.ids().iter().eq(expected), "{page}");
                    assert_eq!(page.body["totalResults"], json!(whole.len()), "{page}");
                    assert_eq!(page.body["startIndex"], json!(start), "{page}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn people_and_groups_are_found_together() {
    each(async |client| {
        filled(&client).await;
        let kinds = async |search: Value| {
            let answer = client.post("/.search", &search).await.is(200);
            let resources = answer.body["Resources"].as_array().unwrap().clone();
            let named = resources.iter().map(|one| {
                let name = one["displayName"].as_str().unwrap_or("-");
                format!(
                    "{} {name}",
                    one["meta"]["resourceType"].as_str().unwrap_or("?")
                )
            });
            named.collect::<Vec<_>>()
        };
        assert_eq!(kinds(json!({ "count": 100 })).await.len(), 14);
        let sorted = json!({ "filter": "displayName gt \"A\"", "sortBy": "displayName" });
        assert_eq!(
            kinds(sorted).await,
            [
                "User b",
                "User b",
                "User b",
                "User b",
                "User b",
                "Group b",
                "Group Ops",
                "User ä",
                "User ä",
                "Group Ä"
            ]
        );
        let of_users = json!({ "filter": "userName sw \"p\"" });
        assert_eq!(kinds(of_users).await.len(), 11, "groups have no userName");
        let of_groups = json!({ "filter": "members pr" });
        assert_eq!(kinds(of_groups).await, ["Group b", "Group Ops", "Group Ä"]);
        let neither = json!({ "filter": "not (userName pr) and not (members pr)" });
        assert_eq!(kinds(neither).await, Vec::<String>::new());
        let by_kind = json!({ "filter": "meta.resourceType eq \"Group\" or title eq \"chief\"" });
        assert_eq!(kinds(by_kind).await.len(), 3 + 4);
        let brief = json!({ "attributes": ["displayName"], "count": 100 });
        let answer = client.post("/.search", &brief).await.is(200);
        assert!(!answer.text.contains("members") && !answer.text.contains("userName"));
        let listed = client.get("/?count=12&startIndex=3").await.is(200);
        assert_eq!(
            (listed.ids().len(), &listed.body["totalResults"]),
            (12, &json!(14))
        );
        let unknown = json!({ "filter": "nothing eq \"x\"" });
        client
            .post("/.search", &unknown)
            .await
            .refuses(400, "invalidFilter");
        let unsorted = json!({ "sortBy": "members" });
        client
            .post("/.search", &unsorted)
            .await
            .refuses(400, "invalidValue");
        client.delete("/.search").await.refuses(405, "-");
        client.post("/", &group("x", &[])).await.refuses(405, "-");
    })
    .await;
}
