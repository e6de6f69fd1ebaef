//! The log of requests: how long it is kept, and what must hold of it.

use directory::Error;
use directory::admin::requests::{days, keep_days};
use directory::model::event::Code;
use directory::model::timestamp::DAY;
use directory::provisioning::connections::authenticate;
use directory::provisioning::requests::{forget_old, note};
use directory::store::db::now;
use directory::verify::verify;

use crate::connections::arrived;
use crate::support::{Story, databases};

#[tokio::test]
async fn requests_are_forgotten_when_their_days_are_over_a_portion_at_a_time() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let caller = authenticate(db, &story.secrets, story.berlin, &story.token)
            .await
            .unwrap()
            .unwrap();
        let mut came = Vec::new();
        for age in [0, 6, 8, 29, 31, 32, 33] {
            let at = now().plus(-age * DAY);
            let mut one = arrived(&caller, at, 200, &format!("/Users?count={age}"));
            // As the id was made on that day.
            one.id = format!(
                "{:08x}-{:04x}-7000-8000-000000000000",
                at.0 >> 16,
                at.0 & 0xffff
            );
            came.push(one);
        }
        note(db, &mut came).await.unwrap();
        let left = async || database.number("SELECT count(*) FROM requests").await;
        assert_eq!((days(db, ada).await.unwrap(), left().await), (30, 7));
        assert_eq!(
            (forget_old(db, 2).await.unwrap(), left().await),
            (2, 5),
            "the oldest first"
        );
        assert_eq!((forget_old(db, 2).await.unwrap(), left().await), (1, 4));
        assert_eq!(
            (forget_old(db, 2).await.unwrap(), left().await),
            (0, 4),
            "again, nothing"
        );
        let before = database.events().await;
        keep_days(db, ada, 7).await.unwrap();
        keep_days(db, ada, 7).await.unwrap();
        assert_eq!(
            database.codes_after(before).await,
            [Code::SettingChanged],
            "told once"
        );
        assert_eq!((forget_old(db, 100).await.unwrap(), left().await), (2, 2));
        for wrong in [0, -1, 366, i64::MAX] {
            let refused = keep_days(db, ada, wrong).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "days", .. })),
                "{wrong}"
            );
        }
        assert_eq!(days(db, ada).await.unwrap(), 7);
        database.check().await;
    }
}

#[tokio::test]
async fn a_log_that_contradicts_itself_is_found_out() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let caller = authenticate(db, &story.secrets, story.berlin, &story.token)
            .await
            .unwrap()
            .unwrap();
        note(
            db,
            &mut [
                arrived(&caller, now(), 200, "/Users"),
                arrived(&caller, now(), 404, "/Users/1"),
            ],
        )
        .await
        .unwrap();
        assert_eq!(verify(db).await.unwrap(), Vec::<String>::new());
        for (broken, sentences, mended) in [
            (
                "UPDATE requests SET cause = NULL WHERE status = 404",
                1,
                "UPDATE requests SET cause = 'person_unknown' WHERE status = 404",
            ),
            (
                "UPDATE requests SET changed = 1 WHERE status = 404",
                2,
                "UPDATE requests SET changed = 0",
            ),
            (
                "UPDATE requests SET changed = 1 WHERE status = 200",
                1,
                "UPDATE requests SET changed = 0",
            ),
            (
                "UPDATE requests SET status = 401 WHERE status = 404",
                1,
                "UPDATE requests SET status = 404 WHERE status = 401",
            ),
        ] {
            assert_eq!(database.run(broken).await, 1);
            assert_eq!(verify(db).await.unwrap().len(), sentences, "{broken}");
            database.run(mended).await;
        }
        database.check().await;
    }
}
