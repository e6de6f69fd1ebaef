//! Teams, as an administrator lists them.

use directory::Error;
use directory::admin::{approvals, teams};
use directory::model::id::{NodeId, TeamId};
use directory::model::query::ListQuery;
use directory::model::team::Decision;
use directory::provisioning;

use crate::support::{Story, databases, everything};

#[tokio::test]
async fn the_list_is_searched_filtered_and_sorted() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        approvals::approve_team(db, ada, &story.ops).await.unwrap();
        let list = async |query: ListQuery| {
            teams::list(db, ada, &query)
                .await
                .unwrap()
                .rows
                .into_iter()
                .map(|t| t.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(list(everything()).await, ["Design", "Ops"]);
        assert_eq!(
            list(ListQuery {
                q: "oP".to_owned(),
                ..everything()
            })
            .await,
            ["Ops"]
        );
        assert_eq!(
            list(ListQuery {
                q: story.design.0.clone(),
                ..everything()
            })
            .await,
            ["Design"]
        );
        assert_eq!(
            list(ListQuery {
                state: "pending".to_owned(),
                ..everything()
            })
            .await,
            ["Design"]
        );
        assert_eq!(
            list(ListQuery {
                node: Some(NodeId::ROOT),
                ..everything()
            })
            .await,
            ["Design", "Ops"]
        );
        assert_eq!(
            list(ListQuery {
                page: 2,
                rows: 1,
                ..everything()
            })
            .await,
            ["Ops"]
        );
        for sort in ["name", "node", "status", "members", "created"] {
            let mut forwards = list(ListQuery {
                sort: sort.to_owned(),
                ..everything()
            })
            .await;
            forwards.reverse();
            assert_eq!(
                list(ListQuery {
                    sort: format!("-{sort}"),
                    ..everything()
                })
                .await,
                forwards,
                "{sort}"
            );
        }
        let found = teams::list(
            db,
            ada,
            &ListQuery {
                state: "approved".to_owned(),
                ..everything()
            },
        )
        .await
        .unwrap();
        assert_eq!((found.total, found.all), (1, 2));
        assert_eq!(
            (
                found.rows[0].members,
                found.rows[0].pending,
                found.rows[0].kept_by.as_deref()
            ),
            (1, 2, Some("Okta"))
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_team_shows_its_members_with_their_reasons() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let ops = teams::get(&database.db, &story.ada, &story.ops)
            .await
            .unwrap();
        let members: Vec<_> = ops.members.iter().map(|m| m.user_label.as_str()).collect();
        assert_eq!(members, ["Ben", "Grace", "Linus"]);
        assert!(
            ops.members
                .iter()
                .all(|m| m.asked_by.as_deref() == Some("Okta") && m.state == Decision::Pending)
        );
        assert_eq!(
            (ops.node.name.as_str(), ops.path.len(), ops.events.len()),
            ("Berlin", 3, 1)
        );
        let nothing = Err(Error::NotFound("This team"));
        assert_eq!(
            teams::get(&database.db, &story.ada, &TeamId::from("nothing")).await,
            nothing
        );
        provisioning::teams::remove(&database.db, &story.okta, &story.ops, |_| {
            Ok::<_, directory::Error>(())
        })
        .await
        .unwrap();
        assert_eq!(
            teams::get(&database.db, &story.ada, &story.ops).await,
            nothing
        );
        database.check().await;
    }
}
