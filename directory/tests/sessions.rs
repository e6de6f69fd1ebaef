//! Browser sessions: good while their person may sign in, and never brought back.

use directory::admin::users;
use directory::model::event::Code;
use directory::model::id::UserId;
use directory::model::timestamp::{HOUR, MINUTE, Timestamp};
use directory::secret::sha256;
use directory::sign_in;
use directory::store::sessions::{self, Session};

use crate::support::{Database, Story, databases};

fn session(tx_now: Timestamp, cookie: &str, user: Option<&UserId>, epoch: i64) -> Session {
    Session {
        id_hash: sha256(cookie),
        user_id: user.cloned(),
        epoch,
        data: "{}".to_owned(),
        method: Some("passphrase".to_owned()),
        created_at: tx_now,
        seen_at: tx_now,
        idle_expires_at: tx_now.plus(30 * MINUTE),
        expires_at: tx_now.plus(12 * HOUR),
        ip: None,
        agent: None,
        proved_at: user.map(|_| tx_now),
        owes_second_factor: false,
    }
}

async fn add_session(
    database: &Database,
    change: impl FnOnce(&mut Session),
    user: Option<&UserId>,
    epoch: i64,
) -> String {
    let mut tx = database.db.write().await.unwrap();
    let mut new = session(tx.now(), "cookie", user, epoch);
    change(&mut new);
    sessions::insert(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    new.id_hash
}

async fn is_good(database: &Database, hash: &str) -> bool {
    let mut tx = database.db.read().await.unwrap();
    sessions::load(&mut tx, hash).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_is_good_while_its_person_may_sign_in() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let epoch = story.person(db, &story.grace).await.session_epoch;
        let hash = add_session(&database, |_| {}, Some(&story.grace), epoch).await;
        assert!(is_good(&database, &hash).await);
        assert!(
            sign_in::who(db, &story.grace, epoch)
                .await
                .unwrap()
                .is_some()
        );
        users::lock(db, &story.ada, &story.grace).await.unwrap();
        assert!(!is_good(&database, &hash).await);
        assert!(
            sign_in::who(db, &story.grace, epoch)
                .await
                .unwrap()
                .is_none()
        );
        users::unlock(db, &story.ada, &story.grace).await.unwrap();
        assert!(
            !is_good(&database, &hash).await,
            "what was ended stays ended"
        );
        let old = add_session(&database, |_| {}, Some(&story.grace), epoch).await;
        assert!(!is_good(&database, &old).await, "an older epoch is void");
        database.check().await;
    }
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_brought_back_by_a_save_under_way() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let epoch = story.person(db, &story.grace).await.session_epoch;
        let hash = add_session(&database, |_| {}, Some(&story.grace), epoch).await;
        users::lock(db, &story.ada, &story.grace).await.unwrap();
        let mut tx = db.write().await.unwrap();
        assert!(
            !sessions::update(&mut tx, &hash, epoch, "{\"late\":1}")
                .await
                .unwrap()
        );
        assert!(!sessions::touch(&mut tx, &hash, epoch, HOUR).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(database.number("SELECT count(*) FROM sessions").await, 0);
        database.check().await;
    }
}

#[tokio::test]
async fn a_session_ends_by_itself_and_a_clock_that_jumps_back_never_lengthens_it() {
    for database in databases().await {
        let _story = Story::of(&database).await;
        let end = |change: fn(&mut Session)| add_session(&database, change, None, 0);
        let idle =
            end(|s| (s.id_hash, s.idle_expires_at) = (sha256("idle"), s.created_at.plus(-1))).await;
        let over =
            end(|s| (s.id_hash, s.expires_at) = (sha256("over"), s.created_at.plus(-1))).await;
        // Seen later than its end: the clock was ahead and has been put back since.
        let ahead = end(|s| (s.id_hash, s.seen_at) = (sha256("ahead"), s.expires_at.plus(1))).await;
        let good = end(|s| s.id_hash = sha256("good")).await;
        for (hash, expected) in [
            (&idle, false),
            (&over, false),
            (&ahead, false),
            (&good, true),
        ] {
            assert_eq!(is_good(&database, hash).await, expected);
        }
        let mut tx = database.db.write().await.unwrap();
        assert!(
            !sessions::touch(&mut tx, &good, 0, HOUR).await.unwrap(),
            "at most once a minute"
        );
        assert_eq!(sessions::delete_expired(&mut tx).await.unwrap(), 2);
        tx.commit().await.unwrap();
        database
            .run("UPDATE sessions SET seen_at = seen_at - 60001")
            .await;
        let mut tx = database.db.write().await.unwrap();
        assert!(sessions::touch(&mut tx, &good, 0, HOUR).await.unwrap());
        assert!(
            sessions::update(&mut tx, &good, 0, "{\"a\":1}")
                .await
                .unwrap()
        );
        assert_eq!(
            sessions::load(&mut tx, &good).await.unwrap().unwrap().data,
            "{\"a\":1}"
        );
        tx.commit().await.unwrap();
        database.check().await;
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_is_told_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let grace = story.person(db, &story.grace).await;
        let hash = add_session(&database, |_| {}, Some(&story.grace), grace.session_epoch).await;
        let before = database.events().await;
        for _ in 0..2 {
            sign_in::out(db, &grace, &hash).await.unwrap();
        }
        assert!(!is_good(&database, &hash).await);
        assert_eq!(database.codes_after(before).await, [Code::SignedOut]);
        let mut tx = db.write().await.unwrap();
        let again = session(tx.now(), "one", Some(&story.grace), grace.session_epoch);
        sessions::insert(&mut tx, &again).await.unwrap();
        assert_eq!(sessions::end_all(&mut tx, &story.grace).await.unwrap(), 1);
        drop(tx);
        database.check().await;
    }
}
