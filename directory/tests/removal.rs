//! The end of a connection: paused, removed with a word about its people, and restored.

use directory::Error;
use directory::admin::{connections, nodes, removal};
use directory::model::connection::{ConnectionState, Fate};
use directory::model::event::Code;
use directory::model::id::UserId;
use directory::model::user::Status;
use directory::provisioning::connections::Refusal;
use directory::provisioning::teams::{Members, Revision, TeamChange};
use directory::provisioning::users::TeamRevision;
use directory::provisioning::{teams, users};
use directory::store::db::Db;

use crate::connections::is_good;
use crate::support::{Database, Story, databases, profile};

/// What a connection is to its people and teams, and they to it.
async fn ties(database: &Database) -> Vec<String> {
    let mut tx = database.db.read().await.unwrap();
    let mut rows = Vec::new();
    for sql in [
        "SELECT 'user ' || id || ' ' || linked || ' ' || coalesce(external_id, '-') || ' ' || hidden_from_connection || ' '
            || locked_by_idp || ' ' || locked_by_admin || ' ' || coalesce(locked_by, '-') FROM users ORDER BY id",
        "SELECT 'team ' || id || ' ' || linked || ' ' || coalesce(external_id, '-') FROM teams ORDER BY id",
        "SELECT 'invitation ' || id || ' ' || state || ' ' || coalesce(reason, '-') || ' ' || coalesce(closed_at, 0) FROM invitations ORDER BY id",
        "SELECT 'mail ' || id || ' ' || coalesce(withdrawn_at, 0) FROM outbox ORDER BY id",
        "SELECT 'connection ' || id || ' ' || state || ' ' || coalesce(removed_at, 0) || ' ' || coalesce(fate, '-') FROM connections ORDER BY id",
        "SELECT 'token ' || id || ' ' || state || ' ' || expires_at FROM tokens ORDER BY id",
    ] {
        rows.extend(tx.all::<(String,)>(sql, []).await.unwrap());
    }
    rows.into_iter().map(|(row,)| row).collect()
}

async fn connection(story: &Story, db: &Db) -> directory::model::connection::Connection {
    let found = connections::get(db, &story.ada, story.berlin).await;
    found.unwrap().connection
}

async fn rename(story: &Story, db: &Db, id: &UserId, name: &str) -> Result<(), Error> {
    let okta = connection(story, db).await;
    let mut wanted = profile("Grace");
    wanted.display_name = Some(name.to_owned());
    wanted.attributes = serde_json::json!({ "displayName": name }).to_string();
    wanted.values.clear();
    let change = |_: &_| Ok::<_, Error>((wanted, TeamRevision::default()));
    users::revise(db, &okta, id, change).await.map(|_| ())
}

#[tokio::test]
async fn a_paused_connection_reads_and_locks_and_nothing_else() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, berlin) = (&database.db, &story.ada, story.berlin);
        let before = database.events().await;
        for _ in 0..2 {
            removal::pause(db, ada, berlin).await.unwrap();
        }
        assert_eq!(database.codes_after(before).await, [Code::ConnectionPaused]);
        let okta = connection(&story, db).await;
        assert_eq!(okta.state, ConnectionState::Paused);
        let good = is_good(&database, &story.secrets, berlin, &story.token).await;
        assert_eq!(
            good,
            Ok(()),
            "it is told to wait, not that its token is wrong"
        );
        users::get(db, &okta, &story.grace).await.unwrap();
        let paused = |answer: Result<(), Error>| {
            assert!(matches!(answer, Err(Error::Paused(_))), "{answer:?}");
        };
        paused(
            users::create(db, &okta, profile("Hedy"), vec![])
                .await
                .map(|_| ()),
        );
        paused(rename(&story, db, &story.grace, "Admiral").await);
        let empty = TeamChange {
            members: Some(Revision::Replace(vec![])),
            ..TeamChange::default()
        };
        let emptied = teams::patch(db, &okta, &story.ops, empty, Members::Excluded, |_| {
            Ok::<_, Error>(())
        });
        paused(emptied.await.map(|_| ()));
        paused(teams::remove(db, &okta, &story.ops, |_| Ok::<_, Error>(())).await);
        // What is so already may be said again.
        let same = |_: &_| Ok::<_, Error>((profile("Grace"), TeamRevision::default()));
        users::revise(db, &okta, &story.grace, same).await.unwrap();
        let mut locked = profile("Grace");
        locked.active = Some(false);
        let lock = |_: &_| Ok::<_, Error>((locked, TeamRevision::default()));
        users::revise(db, &okta, &story.grace, lock).await.unwrap();
        users::remove(db, &okta, &story.ben, |_| Ok::<_, Error>(()))
            .await
            .unwrap();
        for id in [&story.grace, &story.ben] {
            assert_eq!(story.person(db, id).await.status(), Status::Locked);
        }
        for _ in 0..2 {
            removal::resume(db, ada, berlin).await.unwrap();
        }
        let okta = connection(&story, db).await;
        assert_eq!(
            okta.state,
            ConnectionState::Inactive,
            "as before: never used"
        );
        users::create(db, &okta, profile("Hedy"), vec![])
            .await
            .unwrap();
        database.check().await;
    }
}

#[tokio::test]
async fn only_a_saved_connection_is_paused_and_by_who_may() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        connections::start(db, ada, story.europe, "Draft")
            .await
            .unwrap();
        let refused = removal::pause(db, ada, story.europe).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        removal::resume(db, ada, story.europe).await.unwrap();
        let draft = connections::get(db, ada, story.europe).await.unwrap();
        assert_eq!(draft.connection.state, ConnectionState::Draft);
        let grace = crate::support::admin_of(db, &story.grace).await;
        for answer in [
            removal::pause(db, &grace, story.berlin).await,
            removal::resume(db, &grace, story.berlin).await,
            removal::remove(db, &grace, story.berlin, Fate::Lock).await,
            removal::restore(db, &grace, story.berlin).await.map(|_| ()),
        ] {
            assert!(matches!(answer, Err(Error::NotFound(_))), "{answer:?}");
        }
        database.check().await;
    }
}

#[tokio::test]
async fn a_connection_that_is_restored_is_exactly_what_it_was() {
    for fate in Fate::ALL {
        for database in databases().await {
            let story = Story::of(&database).await;
            let (db, ada, berlin) = (&database.db, &story.ada, story.berlin);
            users::remove(db, &story.okta, &story.grace, |_| Ok::<_, Error>(()))
                .await
                .unwrap();
            let before = ties(&database).await;
            removal::remove(db, ada, berlin, *fate).await.unwrap();
            let gone = removal::remove(db, ada, berlin, *fate).await;
            assert_eq!(gone, Err(Error::NotFound("This SCIM connection")));
            let refused = is_good(&database, &story.secrets, berlin, &story.token).await;
            assert_eq!(refused, Err(Refusal::Unknown));
            let removed = removal::find(db, ada, berlin).await.unwrap().unwrap();
            assert_eq!((removed.name.as_str(), removed.fate), ("Okta", *fate));
            assert_eq!(removal::list(db, ada).await.unwrap(), [removed]);
            assert_eq!(connections::list(db, ada).await.unwrap(), []);
            for id in [&story.grace, &story.ben, &story.linus] {
                let shown = directory::admin::users::get(db, ada, id).await.unwrap();
                let left = shown.left_by.unwrap();
                assert_eq!(
                    (left.name.as_str(), left.fate),
                    ("Okta", *fate),
                    "nobody is unexplained"
                );
                assert_eq!(shown.kept_by, None);
            }
            removal::restore(db, ada, berlin).await.unwrap();
            assert_eq!(ties(&database).await, before, "{fate:?} on {}", db.kind());
            let good = is_good(&database, &story.secrets, berlin, &story.token).await;
            assert_eq!(good, Ok(()));
            let again = removal::restore(db, ada, berlin).await;
            assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
            database.check().await;
        }
    }
}

#[tokio::test]
async fn an_invitation_that_has_left_ends_with_a_lock_by_removal_and_is_good_again_after() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, berlin) = (&database.db, &story.ada, story.berlin);
        database
            .run("UPDATE outbox SET sent_at = created_at WHERE id IN (SELECT id FROM invitations WHERE state = 'open')")
            .await;
        let open = "SELECT count(*) FROM invitations WHERE state = 'open'";
        let (before, number) = (ties(&database).await, database.number(open).await);
        assert!(number > 0, "Ben waits");
        removal::remove(db, ada, berlin, Fate::Lock).await.unwrap();
        assert_eq!(database.number(open).await, 0);
        assert_eq!(
            directory::verify::verify(db).await.unwrap(),
            Vec::<String>::new()
        );
        removal::restore(db, ada, berlin).await.unwrap();
        assert_eq!(ties(&database).await, before, "on {}", db.kind());
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_is_locked_by_a_removal_is_unlocked_here() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, berlin) = (&database.db, &story.ada, story.berlin);
        let kept = removal::kept(db, ada, berlin).await.unwrap();
        assert_eq!(
            (
                kept.users,
                kept.active,
                kept.invited,
                kept.locked,
                kept.teams
            ),
            (3, 1, 1, 1, 2)
        );
        let before = database.events().await;
        removal::remove(db, ada, berlin, Fate::Lock).await.unwrap();
        let mut codes = database.codes_after(before).await;
        assert_eq!(codes.remove(0), Code::ConnectionRemoved);
        assert_eq!(codes, [Code::UserLocked; 3]);
        assert!(!story.person(db, &story.grace).await.may_sign_in());
        directory::admin::users::unlock(db, ada, &story.grace)
            .await
            .unwrap();
        assert!(story.person(db, &story.grace).await.may_sign_in());
        // Restored: Grace stays unlocked, Ben is as he was.
        removal::restore(db, ada, berlin).await.unwrap();
        assert!(story.person(db, &story.grace).await.may_sign_in());
        assert_eq!(story.person(db, &story.ben).await.status(), Status::Invited);
        database.check().await;
    }
}

#[tokio::test]
async fn an_administrator_is_never_locked_by_a_removal() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, berlin) = (&database.db, &story.ada, story.berlin);
        database
            .run("INSERT INTO role_users (role_id, user_id) SELECT 'administrator', id FROM users WHERE label = 'Grace'")
            .await;
        assert_eq!(
            removal::kept(db, ada, berlin).await.unwrap().administrators,
            1
        );
        removal::remove(db, ada, berlin, Fate::Lock).await.unwrap();
        assert!(story.person(db, &story.grace).await.may_sign_in());
        assert_eq!(story.person(db, &story.ben).await.status(), Status::Locked);
        database.check().await;
    }
}

#[tokio::test]
async fn the_next_connection_takes_over_who_was_kept_and_ends_the_way_back() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, berlin) = (&database.db, &story.ada, story.berlin);
        removal::remove(db, ada, berlin, Fate::Keep).await.unwrap();
        connections::start(db, ada, berlin, "Entra ID")
            .await
            .unwrap();
        assert_eq!(removal::find(db, ada, berlin).await.unwrap(), None);
        let over = removal::restore(db, ada, berlin).await;
        assert!(matches!(over, Err(Error::Conflict(_))), "{over:?}");
        let grace = directory::admin::users::get(db, ada, &story.grace)
            .await
            .unwrap();
        assert_eq!(
            (grace.kept_by.as_deref(), grace.left_by),
            (Some("Entra ID"), None)
        );
        assert_eq!(grace.user.external_id.as_deref(), Some("00uGrace"));
        database.check().await;
    }
}

#[tokio::test]
async fn a_removal_is_restored_for_a_month_and_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, berlin) = (&database.db, &story.ada, story.berlin);
        removal::remove(db, ada, berlin, Fate::Unlink)
            .await
            .unwrap();
        let many =
            futures::future::join_all((0..4).map(|_| removal::restore(db, ada, berlin))).await;
        assert_eq!(many.iter().filter(|one| one.is_ok()).count(), 1, "{many:?}");
        removal::remove(db, ada, berlin, Fate::Unlink)
            .await
            .unwrap();
        database
            .run("UPDATE connections SET removed_at = removed_at - 2592000000")
            .await;
        let late = removal::restore(db, ada, berlin).await;
        assert!(
            matches!(&late, Err(Error::Conflict(sentence)) if sentence.contains("30 days")),
            "{late:?}"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_node_whose_connection_was_removed_can_go_when_it_is_empty() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let paris = nodes::add(db, ada, story.europe, "Paris").await.unwrap().id;
        connections::start(db, ada, paris, "Okta").await.unwrap();
        assert!(matches!(
            nodes::remove(db, ada, paris).await,
            Err(Error::Conflict(_))
        ));
        removal::remove(db, ada, paris, Fate::Keep).await.unwrap();
        nodes::remove(db, ada, paris).await.unwrap();
        database.check().await;
    }
}
