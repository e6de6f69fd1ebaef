//! What happened, and how it is read.

use directory::admin::{approvals, events, nodes, overview};
use directory::model::event::{ActorKind, Code};
use directory::model::id::NodeId;
use directory::model::overview::Step;
use directory::model::query::ListQuery;

use crate::support::{Story, databases, everything};

#[tokio::test]
async fn the_newest_event_comes_first_and_says_who_did_what_where() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let listed = events::list(&database.db, &story.ada, &everything())
            .await
            .unwrap();
        let rows = i64::try_from(listed.rows.len()).unwrap();
        assert_eq!((listed.total, listed.all), (rows, rows));
        let newest = &listed.rows[0];
        assert_eq!(
            (newest.code, newest.actor_kind, newest.actor_name.as_str()),
            (Code::UserLocked, ActorKind::User, "Ada Lovelace")
        );
        assert_eq!(
            (newest.target_name.as_deref(), newest.node_id),
            (Some("Linus"), Some(story.berlin.0))
        );
        let oldest = ListQuery {
            sort: "at".to_owned(),
            ..everything()
        };
        let mut turned = events::list(&database.db, &story.ada, &oldest)
            .await
            .unwrap()
            .rows;
        turned.reverse();
        assert_eq!(turned, listed.rows);
        database.check().await;
    }
}

#[tokio::test]
async fn events_are_found_by_name_code_node_and_act() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        approvals::full_sync(db, ada).await.unwrap();
        let list = async |query: ListQuery| events::list(db, ada, &query).await.unwrap();
        let locked = list(ListQuery {
            state: "user_locked".to_owned(),
            ..everything()
        })
        .await;
        assert_eq!(
            (locked.rows.len(), locked.total, locked.rows[0].code),
            (1, 1, Code::UserLocked)
        );
        let of_linus = list(ListQuery {
            q: "linus".to_owned(),
            ..everything()
        })
        .await;
        assert!(
            of_linus.rows.len() >= 4
                && of_linus
                    .rows
                    .iter()
                    .all(|event| event.target_name.as_deref() == Some("Linus"))
        );
        let of_europe = list(ListQuery {
            node: Some(story.europe),
            ..everything()
        })
        .await;
        assert!(
            of_europe.total < of_europe.all
                && of_europe
                    .rows
                    .iter()
                    .all(|event| event.node_id != Some(NodeId::ROOT.0))
        );
        let sync = &list(ListQuery {
            state: "full_sync".to_owned(),
            ..everything()
        })
        .await
        .rows[0];
        let together = list(ListQuery {
            q: sync.act.clone(),
            ..everything()
        })
        .await;
        assert_eq!(
            together.total, 5,
            "two teams, two memberships and the sync itself"
        );
        assert_eq!(
            list(ListQuery {
                q: "%".to_owned(),
                ..everything()
            })
            .await
            .total,
            0
        );
        database.check().await;
    }
}

#[tokio::test]
async fn what_happened_at_a_node_that_is_gone_can_still_be_read_at_the_top() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let asia = nodes::add(db, ada, NodeId::ROOT, "Asia").await.unwrap().id;
        nodes::remove(db, ada, asia).await.unwrap();
        let found = events::list(
            db,
            &story.ada_now(db).await,
            &ListQuery {
                q: "asia".to_owned(),
                ..everything()
            },
        )
        .await
        .unwrap();
        let codes: Vec<_> = found.rows.iter().map(|event| event.code).collect();
        assert_eq!(codes, [Code::NodeRemoved, Code::NodeAdded]);
        database.check().await;
    }
}

#[tokio::test]
async fn an_event_is_never_changed_and_never_taken_away() {
    for database in databases().await {
        let _story = Story::of(&database).await;
        for sql in [
            "UPDATE events SET actor_name = 'Nobody'",
            "DELETE FROM events",
        ] {
            let mut tx = database.db.write().await.unwrap();
            assert!(tx.run(sql, []).await.is_err(), "{sql}");
        }
        assert!(database.events().await > 0);
        database.check().await;
    }
}

#[tokio::test]
async fn a_verb_that_is_refused_halfway_leaves_neither_change_nor_event() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let before = database.events().await;
        {
            let mut tx = db.write().await.unwrap();
            directory::store::people::lock(&mut tx, &story.grace, "Nobody")
                .await
                .unwrap();
            // Dropped: as when the event could not be written.
        }
        assert!(story.person(db, &story.grace).await.is_unlocked());
        assert_eq!(database.events().await, before);
        database.check().await;
    }
}

#[tokio::test]
async fn the_overview_tells_how_far_the_first_steps_have_come() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let glance = overview::overview(db, ada).await.unwrap();
        assert_eq!(
            (glance.organisation.as_str(), glance.nodes, glance.kept),
            ("Acme", 3, 3)
        );
        assert_eq!(
            (glance.approvals.teams, glance.approvals.memberships),
            (2, 2)
        );
        assert_eq!(glance.events.len(), 8);
        assert_eq!(glance.connections[0].connection.name, "Okta");
        let steps = glance.steps;
        assert_eq!(
            (steps.node, steps.connection, steps.first_user),
            (Step::Done, Step::Done, Step::Done)
        );
        assert_eq!(
            (steps.first_request, steps.first_approval),
            (Step::Open, Step::Open)
        );
        approvals::full_sync(db, ada).await.unwrap();
        assert_eq!(
            overview::overview(db, ada)
                .await
                .unwrap()
                .steps
                .first_approval,
            Step::Done
        );
        database.check().await;
    }
}
