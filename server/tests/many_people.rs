//! What administrators do with many people at once, as a browser without script does it: on both databases.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use directory::admin::{roles, users};
use directory::audit;
use directory::model::id::{NodeId, UserId};
use directory::model::role::{Privilege, Reach};
use directory::model::settings::Switch;
use directory::secret::Secrets;
use directory::store::settings;
use server::commands::doctor;
use server::config::Config;
use server::data::FINGERPRINT;

use crate::support::{Answer, Browser, Console, databases};

/// Adds so many people by hand.
async fn crowd(console: &Console, count: usize) -> Vec<UserId> {
    let ada = console.ada().await;
    let mut found = Vec::new();
    for at in 0..count {
        let (name, email) = (format!("Person {at}"), format!("p{at}@crowd.example"));
        let added = users::add(&console.db, &ada, NodeId::ROOT, &name, &email).await;
        found.push(added.unwrap().id);
    }
    found
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let rest = page.split(&field).nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Sends a file as the form does.
async fn send_file(browser: &Browser, node: &str, file: &[u8], pasted: &str) -> Answer {
    let part = |name: &str, more: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n")
    };
    let file = String::from_utf8_lossy(file);
    let body = format!(
        "{}{node}\r\n{}{file}\r\n{}{pasted}\r\n--b--\r\n",
        part("node", ""),
        part("file", "; filename=\"people.csv\""),
        part("pasted", "")
    );
    let mut browser = browser
        .clone()
        .with("content-type", "multipart/form-data; boundary=b");
    browser
        .send(reqwest::Method::POST, "/users/import/file", Some(body))
        .await
}

#[tokio::test]
async fn ticked_people_are_looked_at_and_then_deleted_by_their_number() {
    for database in databases().await {
        let console = Console::start(database).await;
        let people = crowd(&console, 7).await;
        let mut ada = console.browser_of_ada().await;
        let list = ada.get("/users").await.is(200);
        assert!(
            list.text.contains("name=\"people[]\""),
            "each row has a box"
        );
        let mut form: Vec<(&str, &str)> =
            vec![("q", ""), ("state", ""), ("node", ""), ("deed", "delete")];
        form.extend(people.iter().map(|id| ("people[]", id.as_str())));
        ada.post("/api/users/choose", &form)
            .await
            .leads_to("/users/many");
        let page = ada.get("/users/many").await.is(200).text;
        assert!(page.contains("Delete 7 users?"), "{page}");
        let plan = hidden(&page, "plan");
        let refused = ada
            .post("/api/users/carry_out", &[("plan", &plan), ("typed", "8")])
            .await;
        refused.leads_to("/users/many");
        let page = ada.get("/users/many").await.is(200).text;
        assert!(
            page.contains("Type 7, the number of people who are deleted."),
            "{page}"
        );
        assert!(page.contains("value=\"8\""), "what was typed comes back");
        for _ in 0..2 {
            ada.post("/api/users/carry_out", &[("plan", &plan), ("typed", "7")])
                .await
                .leads_to("/users/many");
            let page = ada.get("/users/many").await.is(200).text;
            assert!(page.contains("7 users deleted."), "{page}");
        }
        let bin = ada.get("/users/bin").await.is(200).text;
        assert!(
            bin.contains("p3@crowd.example") && bin.contains("Ada Lovelace"),
            "{bin}"
        );
        let id = people[3].as_str();
        ada.post("/api/bin/restore", &[("id", id)])
            .await
            .leads_to(&format!("/users/{id}"));
        let question = format!("/users/bin?erase={}", people[4]);
        let page = ada.get(&question).await.is(200).text;
        assert!(page.contains("Delete Person 4 permanently?"), "{page}");
        let id = people[4].as_str();
        ada.post("/api/bin/erase", &[("id", id), ("typed", "Person")])
            .await
            .leads_to(&question);
        ada.post("/api/bin/erase", &[("id", id), ("typed", "Person 4")])
            .await
            .leads_to("/users/bin");
        let events = ada.get("/events").await.is(200).text;
        assert!(!events.contains("Person 4"), "their name is gone");
        console.verify().await;
    }
}

#[tokio::test]
async fn all_that_match_are_invited_and_a_move_asks_where_to() {
    for database in databases().await {
        let console = Console::start(database).await;
        crowd(&console, 3).await;
        let (berlin, _) = console.connection("Berlin").await;
        let mut ada = console.browser_of_ada().await;
        let form = [
            ("everyone", "on"),
            ("q", "crowd"),
            ("state", "invited"),
            ("node", ""),
            ("deed", "invite"),
        ];
        ada.post("/api/users/choose", &form)
            .await
            .leads_to("/users/many");
        let page = ada.get("/users/many").await.is(200).text;
        assert!(page.contains("Send 3 invitations?"), "{page}");
        let plan = hidden(&page, "plan");
        ada.post("/api/users/carry_out", &[("plan", &plan)])
            .await
            .leads_to("/users/many");
        let form = [("everyone", "on"), ("q", "crowd"), ("deed", "move")];
        ada.post("/api/users/choose", &form)
            .await
            .leads_to("/users/many");
        let page = ada.get("/users/many").await.is(200).text;
        assert!(page.contains("Node they move to"), "{page}");
        let to = berlin.to_string();
        let page = ada
            .get(&format!("/users/many?node={to}"))
            .await
            .is(200)
            .text;
        assert!(page.contains("to move to Berlin"), "{page}");
        let plan = hidden(&page, "plan");
        let done = ada
            .post("/api/users/carry_out", &[("plan", &plan), ("node", &to)])
            .await;
        done.leads_to("/users/many");
        let page = ada.get("/users/many").await.is(200).text;
        assert!(page.contains("3 users moved."), "{page}");
        let nobody = [("everyone", "on"), ("q", "nobody at all"), ("deed", "lock")];
        ada.post("/api/users/choose", &nobody)
            .await
            .leads_to("/users?q=nobody%20at%20all");
        console.verify().await;
    }
}

#[tokio::test]
async fn people_come_from_a_file_that_was_looked_at() {
    for database in databases().await {
        let console = Console::start(database).await;
        let mut ada = console.browser_of_ada().await;
        let sample = ada.get("/users/import/sample.csv").await.is(200);
        assert_eq!(sample.header("content-type"), "text/csv; charset=utf-8");
        let file = "email;name\nzoe@acme.example;=Zoë\nbroken;Nobody\nada@acme.example;Ada\n";
        send_file(&ada, "1", file.as_bytes(), "")
            .await
            .leads_to("/users/import");
        let page = ada.get("/users/import").await.is(200).text;
        assert!(page.contains("Add 1 user"), "{page}");
        assert!(page.contains("Type a whole e-mail address"), "{page}");
        let (refused, added) = (page.find("Nobody"), page.find("=Zoë"));
        assert!(refused < added, "faults come first");
        let plan = hidden(&page, "plan");
        for _ in 0..2 {
            ada.post("/api/import/carry_out", &[("plan", &plan)])
                .await
                .leads_to("/users/import");
            let page = ada.get("/users/import").await.is(200).text;
            assert!(
                page.contains("1 user added, 1 here already, 1 refused."),
                "{page}"
            );
        }
        let list = ada.get("/users?q=zoe").await.is(200).text;
        assert!(list.contains("=Zoë"), "it is text");
        let refused = send_file(&ada, "1", b"", "mail\nx@acme.example").await;
        refused.leads_to("/users/import?another=1");
        let page = ada.get("/users/import?another=1").await.is(200).text;
        assert!(page.contains("no column with the name"), "{page}");
        assert!(page.contains("x@acme.example"), "what was pasted is shown");
        let utf16 = "\u{0}e\u{0}m";
        let refused = send_file(&ada, "1", utf16.as_bytes(), "").await;
        refused.leads_to("/users/import?another=1");
        let page = ada.get("/users/import?another=1").await.is(200).text;
        assert!(page.contains("CSV UTF-8"), "{page}");
        let stranger = send_file(&console.browser(), "1", file.as_bytes(), "").await;
        assert_eq!(stranger.status, 303);
        let other = ada.clone().with("sec-fetch-site", "cross-site");
        assert_eq!(
            send_file(&other, "1", file.as_bytes(), "").await.status,
            403
        );
        console.verify().await;
    }
}

#[tokio::test]
async fn who_may_not_add_people_there_brings_no_file() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (berlin, _) = console.connection("Berlin").await;
        let (db, ada) = (&console.db, console.ada().await);
        let wanted = roles::Wanted {
            name: "Helpers".to_owned(),
            visible_below: Switch::Off,
            for_new_users: Switch::Off,
        };
        let role = roles::add(db, &ada, berlin, wanted).await.unwrap().id;
        let given = [Privilege::ManageTeams];
        roles::privileges::set(db, &ada, &role, berlin, &given, Reach::Here)
            .await
            .unwrap();
        let kim = users::add(db, &ada, berlin, "Kim", "kim@acme.example")
            .await
            .unwrap();
        let mut tx = db.write().await.unwrap();
        let now = tx.now();
        directory::store::users::sign_in(&mut tx, &kim.id, now)
            .await
            .unwrap();
        directory::store::onboarding::end(&mut tx, &kim.id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        roles::holders::give(db, &ada, &role, &kim.id)
            .await
            .unwrap();
        let kim = users::get(db, &ada, &kim.id).await.unwrap().user;
        let mut browser = console.browser_of(&kim).await;
        let to = berlin.to_string();
        send_file(&browser, &to, b"email,name\nx@acme.example,X\n", "")
            .await
            .leads_to("/users/import?another=1");
        browser.get("/users/import").await.is(403);
        let mut tx = db.read().await.unwrap();
        let kept = tx.number("SELECT count(*) FROM plans", []).await.unwrap();
        assert_eq!(kept, 0);
        drop(tx);
        console.verify().await;
    }
}

#[tokio::test]
async fn the_doctor_says_what_was_done_to_the_events() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (folder, secrets) = (tempfile::tempdir().unwrap(), Secrets::generate());
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.path().join("secrets.toml"));
        file.unwrap()
            .write_all(secrets.to_text().as_bytes())
            .unwrap();
        let config = Config {
            data_dir: folder.path().to_path_buf(),
            database_url: Some(console.database_url().to_owned()),
            ..Config::default()
        };
        let refused = doctor::look(&config).await.map(|_| ());
        assert!(refused.is_err_and(|said| said.contains("No server has set up")));
        let mistyped = Config {
            database_url: Some(format!("sqlite:{}/no.db", folder.path().display())),
            ..config.clone()
        };
        let refused = doctor::look(&mistyped).await.map(|_| ());
        assert!(refused.is_err_and(|said| said.contains("There is no database")));
        assert!(!folder.path().join("no.db").exists(), "nothing is made");
        let mut tx = console.db.write().await.unwrap();
        settings::hold(&mut tx, FINGERPRINT, &secrets.fingerprint())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(audit::seal(&console.db, &secrets).await.unwrap() > 0);
        let found = doctor::look(&config).await.unwrap();
        assert_eq!(found.broken, 0, "{:?}", found.lines);
        assert!(
            found
                .lines
                .iter()
                .any(|line| line == "The database is as it must be.")
        );
        let mut tx = console.db.write().await.unwrap();
        tx.run("DELETE FROM seals WHERE position = 1", [])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let found = doctor::look(&config).await.unwrap();
        let said = found.lines.join("\n");
        assert!(found.broken > 0, "{said}");
        assert!(said.contains("The seals 1 to 1 are gone"), "{said}");
    }
}
