//! Sessions on both databases: what ends them, what never brings them back, what a cookie is worth (SES-1 to SES-6).

use std::sync::Arc;

use directory::admin::users;
use directory::model::id::NodeId;
use directory::model::timestamp::{HOUR, MINUTE};
use directory::model::user::User;
use directory::secret::sha256;
use directory::store::sessions as kept;
use directory::store::users as people;
use server::session::Sessions;
use tower_sessions::session::Id;
use tower_sessions::{Session, SessionStore};

use crate::support::{ADA, Browser, Console, PASSPHRASE, databases};

/// The session of a browser, as a handler has it.
fn session_of(console: &Console, browser: &Browser) -> Session {
    let id: Id = browser.session.as_ref().unwrap().parse().unwrap();
    Session::new(Some(id), Arc::new(Sessions::new(console.db.clone())), None)
}

async fn count(console: &Console) -> i64 {
    let mut tx = console.db.read().await.unwrap();
    tx.number("SELECT count(*) FROM sessions", [])
        .await
        .unwrap()
}

async fn ada(console: &Console) -> User {
    console.person(ADA, PASSPHRASE).await
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_brought_back_by_a_request_under_way() {
    for database in databases().await {
        let console = Console::start(database).await;
        let browser = console.browser_of_ada().await;
        let under_way = session_of(&console, &browser);
        assert!(under_way.get_value("signed_in").await.unwrap().is_some());
        let store = Sessions::new(console.db.clone());
        store.delete(&under_way.id().unwrap()).await.unwrap();
        under_way.insert("last_seen", 1).await.unwrap();
        under_way.save().await.unwrap();
        assert_eq!(count(&console).await, 0, "on {}", console.db.kind());
        browser.clone().get("/nowhere-but-pages").await.is(404);
        browser.clone().get("/users").await;
        assert!(
            store
                .load(&browser.session.unwrap().parse().unwrap())
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn whoever_is_locked_is_out_with_the_next_request() {
    for database in databases().await {
        let console = Console::start(database).await;
        let ada_user = ada(&console).await;
        let grace = users::add(
            &console.db,
            &console.ada().await,
            NodeId::ROOT,
            "Grace Hopper",
            "grace@acme.example",
        )
        .await
        .unwrap();
        let mut tx = console.db.write().await.unwrap();
        let now = tx.now();
        people::sign_in(&mut tx, &grace.id, now).await.unwrap();
        tx.commit().await.unwrap();
        let mut browser = console.browser_of(&grace).await;
        let under_way = session_of(&console, &browser);
        assert!(under_way.get_value("signed_in").await.unwrap().is_some());
        browser.get("/welcome-or-not").await.is(404);
        users::lock(&console.db, &console.ada().await, &grace.id)
            .await
            .unwrap();
        // A request that had begun writes its session; the next one is a stranger all the same.
        under_way.insert("flash", "late").await.unwrap();
        under_way.save().await.unwrap();
        browser.get("/").await.leads_to("/sign-in");
        users::unlock(&console.db, &console.ada().await, &grace.id)
            .await
            .unwrap();
        let store = Sessions::new(console.db.clone());
        let mut again = console.browser();
        again.session = Some(under_way.id().unwrap().to_string());
        again.get("/").await.leads_to("/sign-in");
        assert!(
            store
                .load(&under_way.id().unwrap())
                .await
                .unwrap()
                .is_none(),
            "an old epoch stays void"
        );
        assert!(ada_user.may_sign_in());
        console.verify().await;
    }
}

#[tokio::test]
async fn the_database_knows_only_the_hash_of_the_cookie() {
    for database in databases().await {
        let console = Console::start(database).await;
        let browser = console.browser_of_ada().await;
        let cookie = browser.session.unwrap();
        let mut tx = console.db.read().await.unwrap();
        let rows: Vec<(String, String)> = tx
            .all("SELECT id_hash, data FROM sessions", [])
            .await
            .unwrap();
        assert_eq!(rows, [(sha256(&cookie), "{}".to_owned())]);
    }
}

#[tokio::test]
async fn an_invented_cookie_is_worth_nothing_and_is_taken_away() {
    for database in databases().await {
        let console = Console::start(database).await;
        for invented in [Id::default().to_string(), "abc".to_owned(), "A".repeat(500)] {
            let mut browser = console.browser();
            browser.session = Some(invented.clone());
            browser.get("/").await.leads_to("/sign-in");
            assert_ne!(
                browser.session,
                Some(invented),
                "a fixed value is not taken over"
            );
        }
        assert_eq!(count(&console).await, 0, "a stranger leaves nothing behind");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_in_the_database_and_tells_the_browser_to_forget() {
    for database in databases().await {
        let console = Console::start(database).await;
        let mut browser = console.browser_of_ada().await;
        let cookie = browser.session.clone();
        let answer = browser.post("/sign-out", &[]).await.leads_to("/sign-in");
        assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
        assert_eq!((browser.session.clone(), count(&console).await), (None, 0));
        browser.session = cookie;
        browser.get("/").await.leads_to("/sign-in");
        console.verify().await;
    }
}

#[tokio::test]
async fn a_session_ends_unused_after_half_an_hour_and_in_any_case_after_twelve() {
    for database in databases().await {
        let console = Console::start(database).await;
        let browser = console.browser_of_ada().await;
        let hash = sha256(browser.session.as_ref().unwrap());
        let mut tx = console.db.read().await.unwrap();
        let session = kept::load(&mut tx, &hash).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(
            session.idle_expires_at,
            session.created_at.plus(30 * MINUTE)
        );
        assert_eq!(session.expires_at, session.created_at.plus(12 * HOUR));
        for (ended, sql) in [
            (
                "idle",
                "UPDATE sessions SET idle_expires_at = seen_at + 1, seen_at = seen_at - 1000, created_at = created_at - 1000",
            ),
            (
                "too long",
                "UPDATE sessions SET expires_at = created_at, idle_expires_at = created_at + 100000000",
            ),
        ] {
            let mut browser = console.browser_of_ada().await;
            let mut tx = console.db.write().await.unwrap();
            tx.run(sql, []).await.unwrap();
            tx.commit().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            browser.get("/").await.leads_to("/sign-in");
            assert_eq!(browser.session, None, "{ended} on {}", console.db.kind());
        }
    }
}

#[tokio::test]
async fn use_is_noted_once_a_minute_and_a_clock_that_jumps_back_never_lengthens() {
    for database in databases().await {
        let console = Console::start(database).await;
        let mut browser = console.browser_of_ada().await;
        let hash = sha256(browser.session.as_ref().unwrap());
        let seen = async || {
            let mut tx = console.db.read().await.unwrap();
            let found = kept::load(&mut tx, &hash).await.unwrap().unwrap();
            (found.seen_at, found.idle_expires_at)
        };
        let first = seen().await;
        browser.get("/").await;
        assert_eq!(seen().await, first, "not again within the minute");
        let shift = async |sql: &'static str| {
            let mut tx = console.db.write().await.unwrap();
            tx.run(sql, []).await.unwrap();
            tx.commit().await.unwrap();
        };
        shift("UPDATE sessions SET seen_at = seen_at - 61000").await;
        browser.get("/").await;
        assert!(seen().await.0 >= first.0, "noted after a minute");
        // The clock was an hour ahead when it was seen last: nothing moves until that hour has passed.
        shift("UPDATE sessions SET seen_at = seen_at + 3600000, idle_expires_at = idle_expires_at + 3600000").await;
        let ahead = seen().await;
        browser.get("/").await;
        assert_eq!(seen().await, ahead);
    }
}

#[tokio::test]
async fn two_sessions_never_share_an_id() {
    for database in databases().await {
        let console = Console::start(database).await;
        let store = Sessions::new(console.db.clone());
        let browser = console.browser_of_ada().await;
        let mut record = store
            .load(&browser.session.unwrap().parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        let taken = record.id;
        store.create(&mut record).await.unwrap();
        assert_ne!(record.id, taken);
        assert_eq!(count(&console).await, 2);
    }
}
