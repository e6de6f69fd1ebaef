//! Locking and unlocking: sessions end, and somebody always can come in who may undo it.

use directory::Error;
use directory::admin::{removal, users};
use directory::model::connection::Fate;
use directory::model::event::Code;
use directory::model::id::UserId;
use directory::model::user::{Profile, Status};

use crate::support::{Story, admin_of, databases, profile};

#[tokio::test]
async fn a_lock_ends_every_session_and_is_noted_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        database
            .run(
                "INSERT INTO sessions (id_hash, user_id, epoch, data, created_at, seen_at, idle_expires_at, expires_at)
                 SELECT 'a', id, session_epoch, '{}', 0, 0, 9000000000000, 9000000000000 FROM users WHERE login_key = 'grace@acme.example'",
            )
            .await;
        let (before, epoch) = (
            database.events().await,
            story.person(db, &story.grace).await.session_epoch,
        );
        for _ in 0..2 {
            users::lock(db, ada, &story.grace).await.unwrap();
        }
        let grace = story.person(db, &story.grace).await;
        assert_eq!(
            (grace.status(), grace.locked_by.as_deref()),
            (Status::Locked, Some("Ada Lovelace"))
        );
        assert!(grace.session_epoch > epoch);
        assert_eq!(database.number("SELECT count(*) FROM sessions").await, 0);
        for _ in 0..2 {
            users::unlock(db, ada, &story.grace).await.unwrap();
        }
        let grace = story.person(db, &story.grace).await;
        assert_eq!((grace.status(), grace.locked_by), (Status::Active, None));
        assert_eq!(
            database.codes_after(before).await,
            [Code::UserLocked, Code::UserUnlocked]
        );
        database.check().await;
    }
}

#[tokio::test]
async fn who_cannot_be_locked_is_told_why() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let before = database.events().await;
        let yourself = "You cannot lock yourself: ask another administrator.";
        assert_eq!(
            users::lock(db, ada, &ada.user_id).await,
            Err(Error::Forbidden(yourself.to_owned()))
        );
        let invited = "Ben has not come in yet, and only people who have can be locked.";
        assert_eq!(
            users::lock(db, ada, &story.ben).await,
            Err(Error::Conflict(invited.to_owned()))
        );
        assert_eq!(
            users::lock(db, ada, &UserId::from("nobody")).await,
            Err(Error::NotFound("This person"))
        );
        assert_eq!(database.events().await, before);
        database.check().await;
    }
}

#[tokio::test]
async fn an_administrator_unlocks_only_what_an_administrator_locked() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        story
            .push_profile(
                db,
                &story.linus,
                Profile {
                    active: Some(false),
                    ..profile("Linus")
                },
            )
            .await;
        let before = database.events().await;
        users::unlock(db, ada, &story.linus).await.unwrap();
        let linus = story.person(db, &story.linus).await;
        assert_eq!(
            (linus.status(), linus.locked_by.as_deref()),
            (Status::Locked, Some("Okta"))
        );
        let there = "Linus was locked by Okta: unlock them there.";
        assert_eq!(
            users::unlock(db, ada, &story.linus).await,
            Err(Error::Conflict(there.to_owned()))
        );
        removal::remove(db, ada, story.berlin, Fate::Unlink)
            .await
            .unwrap();
        users::unlock(db, ada, &story.linus).await.unwrap();
        assert_eq!(
            story.person(db, &story.linus).await.status(),
            Status::Active
        );
        let codes = [
            Code::UserUnlocked,
            Code::ConnectionRemoved,
            Code::UserUnlocked,
        ];
        assert_eq!(database.codes_after(before).await, codes);
        database.check().await;
    }
}

#[tokio::test]
async fn the_last_administrator_is_never_locked_even_by_two_who_lock_each_other() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        database.run("INSERT INTO role_users (role_id, user_id) SELECT 'administrator', id FROM users WHERE login_key = 'grace@acme.example'").await;
        for _ in 0..8 {
            let (ada, grace) = (story.ada_now(db).await, admin_of(db, &story.grace).await);
            let (one, other) = tokio::join!(
                users::lock(db, &ada, &story.grace),
                users::lock(db, &grace, &ada.user_id)
            );
            assert_ne!(one.is_ok(), other.is_ok(), "{one:?} {other:?}");
            database.run("UPDATE users SET locked_by_admin = FALSE WHERE login_key <> 'linus@acme.example'").await;
        }
        let last = &story.ada;
        database
            .run("UPDATE users SET locked_by_admin = TRUE WHERE login_key = 'grace@acme.example'")
            .await;
        let grace = admin_of(db, &story.grace).await;
        let refused = users::lock(db, &grace, &last.user_id).await;
        let sentence = "Ada Lovelace is the last administrator who can sign in. Give somebody else the role first.";
        assert_eq!(refused, Err(Error::Forbidden(sentence.to_owned())));
        database.check().await;
    }
}
