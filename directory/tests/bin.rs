//! The recycle bin: the way back, and the end.

use directory::Error;
use directory::admin::{bin, events, users};
use directory::model::event::Code;
use directory::model::query::ListQuery;

use crate::support::{Story, address_of, databases, everything};

#[tokio::test]
async fn what_is_erased_leaves_ids_alone() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let not_in_it = bin::erase(db, ada, &story.grace, "Grace").await;
        assert!(matches!(not_in_it, Err(Error::Conflict(_))));
        users::delete(db, ada, &story.grace).await.unwrap();
        assert_eq!(
            bin::get(db, ada, &story.grace).await.unwrap().label,
            "Grace"
        );
        let before = database.events().await;
        let mistyped = bin::erase(db, ada, &story.grace, "grace").await;
        assert!(matches!(
            mistyped,
            Err(Error::Invalid { field: "typed", .. })
        ));
        bin::erase(db, ada, &story.grace, " Grace ").await.unwrap();
        let again = bin::erase(db, ada, &story.grace, "Grace").await;
        assert_eq!(again, Err(Error::NotFound("This person")));
        assert_eq!(database.codes_after(before).await, [Code::UserErased]);
        let told = events::list(db, ada, &everything()).await.unwrap();
        let hers: Vec<_> = told
            .rows
            .iter()
            .filter(|one| one.target_id.as_deref() == Some(story.grace.as_str()))
            .collect();
        assert!(hers.len() > 2, "what happened stays");
        for event in hers {
            assert_eq!(
                (event.target_name.as_deref(), event.details.as_str()),
                (Some(""), "{}")
            );
        }
        assert_eq!(
            bin::list(db, ada, &ListQuery::default()).await.unwrap().all,
            0
        );
        users::add(db, ada, story.europe, "Another Grace", &address_of("Grace"))
            .await
            .unwrap();
        database.check().await;
    }
}

#[tokio::test]
async fn events_are_changed_by_an_erasure_alone() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        users::delete(db, &story.ada, &story.grace).await.unwrap();
        bin::erase(db, &story.ada, &story.grace, "Grace")
            .await
            .unwrap();
        for sql in [
            "UPDATE events SET target_name = '' WHERE target_name = 'Linus'",
            "UPDATE events SET target_name = 'Linus' WHERE target_name = ''",
            "UPDATE events SET code = 'user_added' WHERE target_name = ''",
            "DELETE FROM events WHERE target_name = ''",
        ] {
            let mut tx = db.write().await.unwrap();
            assert!(tx.run(sql, []).await.is_err(), "{sql}");
        }
        database.check().await;
    }
}

#[tokio::test]
async fn a_restore_and_an_erasure_at_once_leave_one_of_both() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        users::delete(db, ada, &story.grace).await.unwrap();
        let (restored, erased) = tokio::join!(
            bin::restore(db, ada, &story.grace),
            bin::erase(db, ada, &story.grace, "Grace")
        );
        assert_ne!(restored.is_ok(), erased.is_ok(), "{restored:?} {erased:?}");
        database.check().await;
    }
}
