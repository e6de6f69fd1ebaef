//! Whoever manages somebody sees where they are signed in, and ends one session or all of them (SES-7).

use directory::admin::sessions;
use directory::error::Error;
use directory::member;
use directory::model::event::Code;
use directory::model::session::OpenSession;
use directory::secret::sha256;
use directory::store::sessions as kept;

use crate::member::browser;
use crate::support::{Database, Story, databases};

/// Grace is signed in with two browsers, Ada with one.
async fn story(database: &Database) -> Story {
    let story = Story::of(database).await;
    let (db, ada) = (&database.db, &story.ada);
    let grace = story.person(db, &story.grace).await;
    for cookie in ["desk", "phone"] {
        browser(db, &grace, cookie).await;
    }
    browser(db, &story.person(db, &ada.user_id).await, "of Ada").await;
    story
}

async fn open(database: &Database, story: &Story) -> Vec<OpenSession> {
    sessions::of(&database.db, &story.ada, &story.grace, "")
        .await
        .unwrap()
}

fn agents(open: &[OpenSession]) -> Vec<&str> {
    let mut agents: Vec<_> = open.iter().filter_map(|one| one.agent.as_deref()).collect();
    agents.sort_unstable();
    agents
}

#[tokio::test]
async fn one_session_is_ended_and_the_others_stay() {
    for database in databases().await {
        let story = story(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let shown = open(&database, &story).await;
        assert_eq!(agents(&shown), ["desk", "phone"]);
        assert_eq!(
            (shown[0].method.as_str(), shown[0].ip.as_deref()),
            ("passphrase", Some("203.0.113.9"))
        );
        let before = database.events().await;
        // Repeated, and of somebody else: nothing more happens.
        for cookie in ["desk", "desk", "of Ada", "of nobody"] {
            sessions::end(db, ada, &story.grace, &sha256(cookie))
                .await
                .unwrap();
        }
        assert_eq!(agents(&open(&database, &story).await), ["phone"]);
        assert_eq!(database.codes_after(before).await, [Code::SessionEnded]);
        let ada = story.person(db, &ada.user_id).await;
        assert_eq!(member::open_sessions(db, &ada, "").await.unwrap().len(), 1);
        database.check().await;
    }
}

#[tokio::test]
async fn every_session_of_somebody_is_ended_and_told_once() {
    for database in databases().await {
        let story = story(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let (before, grace) = (
            database.events().await,
            story.person(db, &story.grace).await,
        );
        for _ in 0..2 {
            sessions::end_all(db, ada, &story.grace).await.unwrap();
        }
        assert!(open(&database, &story).await.is_empty());
        assert_eq!(database.codes_after(before).await, [Code::SessionsEnded]);
        // A sign-in that was under way is void (SES-3).
        browser(db, &grace, "late").await;
        assert!(open(&database, &story).await.is_empty());
        let mut tx = db.read().await.unwrap();
        assert_eq!(kept::load(&mut tx, &sha256("late")).await.unwrap(), None);
        drop(tx);
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_does_not_manage_somebody_neither_sees_nor_ends_their_sessions() {
    for database in databases().await {
        let story = story(&database).await;
        let db = &database.db;
        let nobody = story.ada.clone().without_powers();
        let (before, not_there) = (database.events().await, Error::NotFound("This person"));
        let seen = sessions::of(db, &nobody, &story.grace, "").await;
        assert_eq!(seen, Err(not_there.clone()));
        let ended = sessions::end(db, &nobody, &story.grace, &sha256("desk")).await;
        assert_eq!(ended, Err(not_there.clone()));
        let ended = sessions::end_all(db, &nobody, &story.grace).await;
        assert_eq!(ended, Err(not_there));
        assert_eq!(agents(&open(&database, &story).await), ["desk", "phone"]);
        assert_eq!(database.events().await, before);
        database.check().await;
    }
}

#[tokio::test]
async fn of_many_who_end_a_session_at_once_one_has_ended_it() {
    for database in databases().await {
        let story = story(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let (before, desk) = (database.events().await, sha256("desk"));
        let all = (0..8).map(|_| sessions::end(db, ada, &story.grace, &desk));
        for ended in futures::future::join_all(all).await {
            ended.unwrap();
        }
        let all = (0..8).map(|_| sessions::end_all(db, ada, &story.grace));
        for ended in futures::future::join_all(all).await {
            ended.unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::SessionEnded, Code::SessionsEnded]
        );
        database.check().await;
    }
}
