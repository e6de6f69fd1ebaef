//! What a signed-in person sees of themself, and does about their own sessions and passphrase.

use directory::admin::approvals;
use directory::model::event::Code;
use directory::model::team::Decision;
use directory::model::timestamp::HOUR;
use directory::model::user::User;
use directory::secret::sha256;
use directory::store::db::Db;
use directory::store::sessions::{self, Session};
use directory::{Error, member, sign_in};

use crate::support::{PASSPHRASE, Story, databases};

const NEW: &str = "seven small grey geese";

#[tokio::test]
async fn a_member_sees_their_teams_and_what_they_wait_for() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        approvals::full_sync(db, &story.ada).await.unwrap();
        let grace = story.person(db, &story.grace).await;
        let teams: Vec<_> = member::teams(db, &grace)
            .await
            .unwrap()
            .into_iter()
            .map(|m| (m.team_name, m.state))
            .collect();
        assert_eq!(
            teams,
            [
                ("Design".to_owned(), Decision::Approved),
                ("Ops".to_owned(), Decision::Approved)
            ]
        );
        database.check().await;
    }
}

/// Signs somebody in with a browser of this name, as the server does.
pub async fn browser(db: &Db, user: &User, cookie: &str) {
    let mut tx = db.write().await.unwrap();
    let now = tx.now();
    let session = Session {
        id_hash: sha256(cookie),
        user_id: Some(user.id.clone()),
        epoch: user.session_epoch,
        data: "{}".to_owned(),
        method: Some("passphrase".to_owned()),
        created_at: now,
        seen_at: now,
        idle_expires_at: now.plus(HOUR),
        expires_at: now.plus(HOUR),
        ip: Some("203.0.113.9".to_owned()),
        agent: Some(cookie.to_owned()),
        proved_at: Some(now),
        owes_second_factor: false,
    };
    sessions::insert(&mut tx, &session).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn somebody_sees_their_sessions_and_ends_all_of_them() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let grace = story.person(db, &story.grace).await;
        for cookie in ["desk", "phone"] {
            browser(db, &grace, cookie).await;
        }
        let ada = story.person(db, &story.ada.user_id).await;
        browser(db, &ada, "of Ada").await;
        let shown = member::open_sessions(db, &grace, &sha256("desk"))
            .await
            .unwrap();
        let mut named: Vec<_> = shown
            .iter()
            .map(|one| (one.agent.as_deref(), one.is_this))
            .collect();
        named.sort_unstable();
        assert_eq!(named, [(Some("desk"), true), (Some("phone"), false)]);
        let before = database.events().await;
        member::sign_out_everywhere(db, &grace).await.unwrap();
        assert_eq!(database.codes_after(before).await, [Code::SessionsEnded]);
        assert_eq!(member::open_sessions(db, &grace, "").await, Ok(vec![]));
        let after = story.person(db, &story.grace).await;
        assert!(after.session_epoch > grace.session_epoch, "SES-3");
        assert_eq!(member::open_sessions(db, &ada, "").await.unwrap().len(), 1);
        database.check().await;
    }
}

#[tokio::test]
async fn a_passphrase_is_changed_by_whoever_knows_it_and_ends_every_session() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, hashing) = (&database.db, &story.hashing);
        let ada = story.person(db, &story.ada.user_id).await;
        let grace = story.person(db, &story.grace).await;
        assert!(member::has_passphrase(db, &ada).await.unwrap());
        assert!(!member::has_passphrase(db, &grace).await.unwrap());
        let before = database.events().await;
        let change = async |who: &User, current: &str, new: &str| {
            member::change_passphrase(db, hashing, who, current, new).await
        };
        let wrong = change(&ada, "guessed it", NEW).await;
        assert!(
            matches!(
                wrong,
                Err(Error::Invalid {
                    field: "current",
                    ..
                })
            ),
            "{wrong:?}"
        );
        let short = change(&ada, PASSPHRASE, "short").await;
        assert!(
            matches!(
                short,
                Err(Error::Invalid {
                    field: "passphrase",
                    ..
                })
            ),
            "{short:?}"
        );
        let none = change(&grace, PASSPHRASE, NEW).await;
        assert!(matches!(none, Err(Error::Conflict(_))), "{none:?}");
        assert_eq!(database.events().await, before);
        browser(db, &ada, "desk").await;
        let changed = change(&ada, PASSPHRASE, NEW).await.unwrap();
        assert!(changed.session_epoch > ada.session_epoch);
        assert_eq!(member::open_sessions(db, &changed, "").await, Ok(vec![]));
        assert_eq!(
            database.codes_after(before).await,
            [Code::PassphraseChanged]
        );
        assert!(
            sign_in::by_passphrase(db, hashing, &ada.login, PASSPHRASE)
                .await
                .is_err()
        );
        assert!(
            sign_in::by_passphrase(db, hashing, &ada.login, NEW)
                .await
                .is_ok()
        );
        let again = change(&changed, PASSPHRASE, NEW).await;
        assert!(
            matches!(
                again,
                Err(Error::Invalid {
                    field: "current",
                    ..
                })
            ),
            "{again:?}"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn of_two_changes_of_a_passphrase_at_once_one_holds() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, hashing) = (&database.db, &story.hashing);
        let ada = story.person(db, &story.ada.user_id).await;
        let others = ["one more engine of mine", "two more engines of mine"];
        let done = futures::future::join_all(
            others.map(|new| member::change_passphrase(db, hashing, &ada, PASSPHRASE, new)),
        )
        .await;
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1, "{done:?}");
        database.check().await;
    }
}
