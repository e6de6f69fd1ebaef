//! Saved views: each person's own, replaced by name, never more than there is room for.

use directory::Error;
use directory::model::saved_view::{ListShown, MOST};
use directory::saved_views::{of, remove, save};
use futures::future::join_all;

use crate::support::{Story, databases};

const LOCKED: &str = "?state=locked";

#[tokio::test]
async fn a_view_is_saved_replaced_and_removed_by_whose_it_is() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, grace) = (&database.db, &story.ada.user_id, &story.grace);
        save(db, ada, ListShown::Users, " Locked ", LOCKED)
            .await
            .unwrap();
        save(db, ada, ListShown::Users, "Locked", LOCKED)
            .await
            .unwrap();
        let views = of(db, ada, ListShown::Users).await.unwrap();
        assert_eq!(views.len(), 1, "once is enough");
        let view = &views[0];
        assert_eq!(
            (view.name.as_str(), view.query.as_str()),
            ("Locked", LOCKED)
        );
        save(db, ada, ListShown::Users, "Locked", "?q=ann")
            .await
            .unwrap();
        let now = of(db, ada, ListShown::Users).await.unwrap();
        assert_eq!(now[0].query, "?q=ann", "a name is one view");
        assert!(of(db, ada, ListShown::Events).await.unwrap().is_empty());
        assert!(of(db, grace, ListShown::Users).await.unwrap().is_empty());
        remove(db, grace, &view.id).await.unwrap();
        let still = of(db, ada, ListShown::Users).await.unwrap();
        assert_eq!(still.len(), 1, "nobody removes another's");
        for _ in 0..2 {
            remove(db, ada, &view.id).await.unwrap();
            assert!(of(db, ada, ListShown::Users).await.unwrap().is_empty());
        }
        database.check().await;
    }
}

#[tokio::test]
async fn what_is_no_view_is_refused() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada.user_id);
        let long = "x".repeat(61);
        for name in ["", "   ", "a\u{0}b", long.as_str()] {
            let refused = save(db, ada, ListShown::Users, name, LOCKED).await;
            assert!(matches!(refused, Err(Error::Invalid { field: "name", .. })));
        }
        let far = format!("?q={}", "x".repeat(1_000));
        for query in ["", "?", "https://evil.example", far.as_str()] {
            let refused = save(db, ada, ListShown::Users, "A", query).await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{query}");
        }
        assert!(of(db, ada, ListShown::Users).await.unwrap().is_empty());
        database.check().await;
    }
}

#[tokio::test]
async fn many_at_once_never_pass_the_limit() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada.user_id);
        let saved = join_all((0..30).map(|n| async move {
            save(db, ada, ListShown::Teams, &format!("View {n}"), LOCKED).await
        }))
        .await;
        let taken = saved.iter().filter(|one| one.is_ok()).count();
        assert_eq!(i64::try_from(taken).unwrap(), MOST);
        let views = of(db, ada, ListShown::Teams).await.unwrap();
        assert_eq!(i64::try_from(views.len()).unwrap(), MOST);
        save(db, ada, ListShown::Teams, &views[0].name, "?q=b")
            .await
            .unwrap();
        database.check().await;
    }
}
