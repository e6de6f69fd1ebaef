//! The chain of the events: whatever is done to them behind the back of the verbs is found.

use directory::admin::{bin, nodes, users};
use directory::audit::{check, seal};
use directory::model::id::NodeId;
use directory::secret::Secrets;
use directory::store::db::Db;

use crate::support::{Database, Story, databases};

/// Seals all there is; how many that was.
async fn seal_all(db: &Db, secrets: &Secrets) -> i64 {
    let mut all = 0;
    loop {
        match seal(db, secrets).await.unwrap() {
            0 => return all,
            some => all += some,
        }
    }
}

/// Takes away what keeps the events as they are, as somebody could who owns the database.
async fn unguarded(database: &Database) {
    if database.db.is_shared() {
        database.run("DROP TRIGGER events_keep ON events").await;
        database
            .run("DROP TRIGGER events_keep_update ON events")
            .await;
    } else {
        database.run("DROP TRIGGER events_keep_update").await;
        database.run("DROP TRIGGER events_keep_delete").await;
    }
}

#[tokio::test]
async fn every_event_is_sealed_once_and_found_as_it_was() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        let empty = check(db, secrets).await.unwrap();
        assert_eq!(
            (empty.sealed, empty.broken.len()),
            (0, 0),
            "nothing is sealed yet"
        );
        assert_eq!(seal_all(db, secrets).await, database.events().await);
        assert_eq!(seal(db, secrets).await.unwrap(), 0);
        nodes::add(db, &story.ada, NodeId::ROOT, "Asia")
            .await
            .unwrap();
        assert_eq!(seal_all(db, secrets).await, 1);
        let found = check(db, secrets).await.unwrap();
        assert_eq!(
            (found.sealed, found.broken.clone()),
            (database.events().await, Vec::new())
        );
        assert_eq!(found.last.len(), 64);
        database.check().await;
    }
}

/// What somebody could do to the events, and a part of what is said of it.
const TAMPERED: &[(&[&str], &str)] = &[
    (
        &["UPDATE events SET details = '{\"a\":1}' WHERE code = 'user_locked'"],
        "is not what was sealed",
    ),
    (
        &["UPDATE events SET actor_name = 'Mallory' WHERE code = 'user_locked'"],
        "is not what was sealed",
    ),
    (
        &["UPDATE events SET target_name = 'Mallory' WHERE code = 'user_locked'"],
        "is not what was sealed",
    ),
    (
        &["UPDATE events SET at = at + 1 WHERE code = 'user_locked'"],
        "is not what was sealed",
    ),
    (
        &["UPDATE events SET code = 'user_unlocked' WHERE code = 'user_locked'"],
        "is not what was sealed",
    ),
    (
        &["UPDATE events SET node_id = NULL WHERE code = 'user_locked'"],
        "is not what was sealed",
    ),
    (
        &["DELETE FROM events WHERE code = 'user_locked'"],
        "is gone",
    ),
    (
        &[
            "DELETE FROM events WHERE id = (SELECT event_id FROM seals WHERE position = 3)",
            "DELETE FROM seals WHERE position = 3",
        ],
        "The seals 3 to 3 are gone",
    ),
    (
        &[
            "INSERT INTO events (id, act, at, code, actor_kind, actor_name) VALUES ('00000000-0000-7000-8000-000000000000', 'a', 1, 'set_up', 'system', 'M')",
        ],
        "was never sealed",
    ),
    (
        &[
            "UPDATE seals SET position = 1000000 WHERE position = 2",
            "UPDATE seals SET position = 2 WHERE position = 3",
            "UPDATE seals SET position = 3 WHERE position = 1000000",
        ],
        "or not where",
    ),
    (
        &[
            "UPDATE events SET target_name = '', details = '{}' WHERE target_name = 'Linus'",
            "INSERT INTO erasures (user_id, at) SELECT id, 1 FROM users WHERE login_key = 'linus@acme.example'",
        ],
        "no event tells of it",
    ),
    (
        &["UPDATE events SET target_name = '', details = '{}' WHERE target_name = 'Linus'"],
        "is not what was sealed",
    ),
    (
        &["UPDATE seals SET link = actor WHERE position = 5"],
        "number 5, is not what was sealed",
    ),
];

#[tokio::test]
async fn what_was_changed_removed_put_in_or_reordered_is_found() {
    for (done, said) in TAMPERED {
        for database in databases().await {
            let story = Story::of(&database).await;
            let (db, secrets) = (&database.db, &story.secrets);
            seal_all(db, secrets).await;
            unguarded(&database).await;
            for sql in *done {
                assert!(database.run(sql).await > 0, "{sql}");
            }
            let found = check(db, secrets).await.unwrap().broken;
            assert!(
                found.iter().any(|one| one.contains(said)),
                "{done:?}: {found:?}"
            );
            // Sealing goes on, and heals nothing.
            nodes::add(db, &story.ada, NodeId::ROOT, "Asia")
                .await
                .unwrap();
            seal_all(db, secrets).await;
            let found = check(db, secrets).await.unwrap().broken;
            assert!(
                found.iter().any(|one| one.contains(said)),
                "{done:?}: {found:?}"
            );
            database.close().await;
        }
    }
}

#[tokio::test]
async fn nobody_makes_links_without_the_secrets() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        seal_all(db, &story.secrets).await;
        let found = check(db, &Secrets::generate()).await.unwrap();
        assert!(!found.broken.is_empty());
        database.check().await;
    }
}

#[tokio::test]
async fn an_erasure_blanks_names_and_breaks_no_link() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets) = (&database.db, &story.ada, &story.secrets);
        seal_all(db, secrets).await;
        users::delete(db, ada, &story.grace).await.unwrap();
        bin::erase(db, ada, &story.grace, "Grace").await.unwrap();
        let found = check(db, secrets).await.unwrap();
        assert_eq!(found.broken, Vec::<String>::new());
        seal_all(db, secrets).await;
        let found = check(db, secrets).await.unwrap();
        assert_eq!(
            (found.sealed, found.broken.clone()),
            (database.events().await, Vec::new())
        );
        database.check().await;
    }
}

#[tokio::test]
async fn servers_that_seal_at_once_make_one_chain() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets) = (&database.db, &story.ada, &story.secrets);
        let other = if db.is_shared() {
            Db::open(&database.url).await.unwrap()
        } else {
            db.clone()
        };
        for round in 0..6 {
            let (north, south) = (format!("North {round}"), format!("South {round}"));
            let (one, two, three, four) = tokio::join!(
                seal(db, secrets),
                seal(&other, secrets),
                nodes::add(db, ada, NodeId::ROOT, &north),
                nodes::add(&other, ada, NodeId::ROOT, &south),
            );
            one.unwrap();
            two.unwrap();
            three.unwrap();
            four.unwrap();
        }
        seal_all(db, secrets).await;
        let found = check(&other, secrets).await.unwrap();
        assert_eq!(
            (found.sealed, found.broken.clone()),
            (database.events().await, Vec::new())
        );
        if db.is_shared() {
            other.close().await;
        }
        database.check().await;
    }
}

#[tokio::test]
async fn an_event_that_is_committed_late_is_sealed_too() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        if db.is_shared() {
            let mut late = db.write().await.unwrap();
            let add = "INSERT INTO events (id, act, at, code, actor_kind, actor_name) VALUES ($1, 'a', 1, 'set_up', 'system', 'M')";
            let id = late.new_id();
            late.run(add, [id.into()]).await.unwrap();
            nodes::add(db, &story.ada, NodeId::ROOT, "Asia")
                .await
                .unwrap();
            seal_all(db, secrets).await;
            late.commit().await.unwrap();
            assert_eq!(seal_all(db, secrets).await, 1);
        }
        seal_all(db, secrets).await;
        let found = check(db, secrets).await.unwrap();
        assert_eq!(
            (found.sealed, found.broken.clone()),
            (database.events().await, Vec::new())
        );
        database.check().await;
    }
}

#[tokio::test]
async fn an_event_of_the_future_stops_no_sealing() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        seal_all(db, secrets).await;
        database
            .run("INSERT INTO events (id, act, at, code, actor_kind, actor_name) VALUES ('ffffffff-0000-7000-8000-000000000000', 'a', 1, 'set_up', 'system', 'M')")
            .await;
        assert_eq!(seal_all(db, secrets).await, 0, "it is not of now");
        nodes::add(db, &story.ada, NodeId::ROOT, "Asia")
            .await
            .unwrap();
        assert_eq!(seal_all(db, secrets).await, 1);
        let found = check(db, secrets).await.unwrap();
        assert_eq!(
            (found.sealed + 1, found.broken.clone()),
            (database.events().await, Vec::new())
        );
        database.close().await;
    }
}
