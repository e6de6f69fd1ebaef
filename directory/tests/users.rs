//! People, as an administrator lists, adds, invites and locks them.

use directory::Error;
use directory::admin::users;
use directory::model::event::Code;
use directory::model::id::{NodeId, UserId};
use directory::model::query::ListQuery;
use directory::model::user::{CreatedVia, Status, UserInList};
use directory::provisioning;

use crate::support::{Database, Story, address_of, databases, everything};

const NOBODY: Error = Error::NotFound("This person");

async fn listed(database: &Database, story: &Story, query: ListQuery) -> Vec<String> {
    let rows = users::list(&database.db, &story.ada, &query)
        .await
        .unwrap()
        .rows;
    rows.into_iter().map(|row: UserInList| row.label).collect()
}

#[tokio::test]
async fn the_list_is_searched_filtered_and_sorted() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let list = async |query| listed(&database, &story, query).await;
        let with = |change: fn(&mut ListQuery)| {
            let mut query = everything();
            change(&mut query);
            query
        };
        assert_eq!(
            list(with(|_| {})).await,
            ["Ada Lovelace", "Ben", "Grace", "Linus"]
        );
        assert_eq!(
            list(with(|q| q.sort = "-name".to_owned())).await,
            ["Linus", "Grace", "Ben", "Ada Lovelace"]
        );
        assert_eq!(
            list(with(|q| q.q = " LINUS@acme".to_owned())).await,
            ["Linus"]
        );
        assert_eq!(
            list(with(|q| q.q = "love".to_owned())).await,
            ["Ada Lovelace"]
        );
        assert_eq!(
            list(with(|q| q.q = "%".to_owned())).await,
            Vec::<String>::new()
        );
        assert_eq!(list(with(|q| q.q = "00uBen".to_owned())).await, ["Ben"]);
        assert_eq!(
            list(with(|q| q.state = "invited".to_owned())).await,
            ["Ben"]
        );
        assert_eq!(
            list(with(|q| q.state = "locked".to_owned())).await,
            ["Linus"]
        );
        assert_eq!(
            list(with(|q| q.state = "locked_by_idp".to_owned())).await,
            Vec::<String>::new()
        );
        assert_eq!(
            list(with(|q| q.state = "active".to_owned())).await,
            ["Ada Lovelace", "Grace"]
        );
        assert_eq!(
            list(with(|q| q.node = Some(NodeId(2)))).await,
            ["Ben", "Grace", "Linus"]
        );
        assert_eq!(
            list(with(|q| q.node = Some(NodeId(99)))).await,
            Vec::<String>::new()
        );
        let found = users::list(
            &database.db,
            &story.ada,
            &ListQuery {
                q: story.ben.0.clone(),
                ..everything()
            },
        )
        .await
        .unwrap();
        assert_eq!(
            (found.total, found.all, found.rows[0].label.as_str()),
            (1, 4, "Ben")
        );
        database.check().await;
    }
}

#[tokio::test]
async fn every_order_of_the_list_is_the_other_way_round_with_a_minus() {
    for database in databases().await {
        let story = Story::of(&database).await;
        for sort in ["name", "login", "node", "status", "last_sign_in", "created"] {
            let mut forwards = listed(
                &database,
                &story,
                ListQuery {
                    sort: sort.to_owned(),
                    ..everything()
                },
            )
            .await;
            let backwards = listed(
                &database,
                &story,
                ListQuery {
                    sort: format!("-{sort}"),
                    ..everything()
                },
            )
            .await;
            forwards.reverse();
            assert_eq!(forwards, backwards, "{sort}");
        }
        database.check().await;
    }
}

#[tokio::test]
async fn the_list_comes_in_pages_that_meet() {
    for database in databases().await {
        let story = Story::of(&database).await;
        for sort in ["name", "-last_sign_in", "node"] {
            let mut found = Vec::new();
            for page in 1..=3 {
                let query = ListQuery {
                    sort: sort.to_owned(),
                    page,
                    rows: 3,
                    ..ListQuery::default()
                };
                found.extend(listed(&database, &story, query).await);
            }
            let whole = listed(
                &database,
                &story,
                ListQuery {
                    sort: sort.to_owned(),
                    ..everything()
                },
            )
            .await;
            assert_eq!(found, whole, "{sort}");
        }
        database.check().await;
    }
}

#[tokio::test]
async fn a_line_of_the_list_says_who_keeps_them_and_where_they_are_or_wait() {
    for database in databases().await {
        let story = Story::of(&database).await;
        directory::admin::approvals::full_sync(&database.db, &story.ada)
            .await
            .unwrap();
        let rows = users::list(&database.db, &story.ada, &everything())
            .await
            .unwrap()
            .rows;
        let of = |name: &str| rows.iter().find(|row| row.label == name).unwrap();
        let grace = of("Grace");
        assert_eq!(
            (
                grace.kept_by.as_deref(),
                grace.teams.as_deref(),
                grace.pending
            ),
            (Some("Okta"), Some("Design, Ops"), 0)
        );
        assert_eq!(
            (grace.node_name.as_str(), grace.status()),
            ("Berlin", Status::Active)
        );
        let ben = of("Ben");
        assert_eq!(
            (ben.teams.as_deref(), ben.pending, ben.status()),
            (None, 1, Status::Invited)
        );
        assert_eq!(of("Linus").locked_by.as_deref(), Some("Ada Lovelace"));
        assert_eq!(of("Ada Lovelace").kept_by, None);
        database.check().await;
    }
}

#[tokio::test]
async fn the_counts_add_up() {
    for database in databases().await {
        let story = Story::of(&database).await;
        provisioning::users::remove(&database.db, &story.okta, &story.ben, |_| {
            Ok::<_, directory::Error>(())
        })
        .await
        .unwrap();
        let counts = users::counts(&database.db, &story.ada, None).await.unwrap();
        assert_eq!(
            (counts.all, counts.active, counts.invited, counts.pending),
            (4, 2, 0, 0)
        );
        assert_eq!((counts.locked, counts.locked_by_idp), (1, 1));
        let in_europe = users::counts(&database.db, &story.ada, Some(story.europe))
            .await
            .unwrap();
        assert_eq!((in_europe.all, in_europe.active), (3, 1));
        database.check().await;
    }
}

#[tokio::test]
async fn somebody_added_by_hand_is_invited_and_gets_no_mail_until_one_is_sent() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let (before, mails) = (
            database.events().await,
            database.number("SELECT count(*) FROM outbox").await,
        );
        let mary = users::add(db, ada, story.berlin, " Mary Shelley ", "Mary@Acme.example")
            .await
            .unwrap();
        assert_eq!(
            (mary.label.as_str(), mary.status(), mary.created_via),
            ("Mary Shelley", Status::Invited, CreatedVia::Console)
        );
        assert!(!mary.linked);
        assert_eq!(database.number("SELECT count(*) FROM outbox").await, mails);
        assert_eq!(
            users::get(db, ada, &mary.id).await.unwrap().invitation,
            None
        );
        for _ in 0..2 {
            users::send_invitation(db, ada, &mary.id).await.unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::UserAdded, Code::InvitationSent, Code::InvitationSent]
        );
        assert!(
            users::get(db, ada, &mary.id)
                .await
                .unwrap()
                .invitation
                .is_some()
        );
        let waiting = "SELECT count(*) FROM outbox WHERE recipient = 'Mary@Acme.example' AND withdrawn_at IS NULL";
        assert_eq!(
            database.number(waiting).await,
            1,
            "the newer one takes the older one back"
        );
        users::send_invitation(db, ada, &mary.id).await.unwrap();
        assert!(matches!(
            users::send_invitation(db, ada, &mary.id).await,
            Err(Error::Conflict(_))
        ));
        database
            .run("UPDATE outbox SET created_at = created_at - 3600000")
            .await;
        users::send_invitation(db, ada, &mary.id).await.unwrap();
        database.check().await;
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_person_wherever_they_are() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let before = database.events().await;
        for taken in [
            "grace@acme.example",
            "GRACE@ACME.EXAMPLE",
            "ada@acme.example",
        ] {
            let refused = users::add(db, ada, story.europe, "Somebody", taken).await;
            let sentence =
                "Somebody with this address is here already, on this node or on another.";
            assert_eq!(
                refused,
                Err(Error::Conflict(sentence.to_owned())),
                "{taken}"
            );
        }
        for bad in [
            "",
            "grace",
            "grace@acme",
            "a b@acme.example",
            "grace@acme.example\r\nBcc: x@y.example",
        ] {
            let refused = users::add(db, ada, story.europe, "Somebody", bad).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "email", .. })),
                "{bad:?}"
            );
        }
        assert_eq!(database.events().await, before);
        database.check().await;
    }
}

#[tokio::test]
async fn of_many_who_add_the_same_address_at_once_one_does() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let before = database.events().await;
        let added = futures::future::join_all(
            (0..16).map(|_| users::add(db, ada, story.berlin, "Mary", "mary@acme.example")),
        )
        .await;
        assert_eq!(added.iter().filter(|one| one.is_ok()).count(), 1);
        assert!(
            added
                .iter()
                .filter_map(|one| one.as_ref().err())
                .all(|refused| matches!(refused, Error::Conflict(_)))
        );
        assert_eq!(database.codes_after(before).await, [Code::UserAdded]);
        database.check().await;
    }
}

#[tokio::test]
async fn only_somebody_who_can_accept_is_invited() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        provisioning::users::remove(db, &story.okta, &story.ben, |_| {
            Ok::<_, directory::Error>(())
        })
        .await
        .unwrap();
        for id in [&story.grace, &story.ben, &story.linus] {
            assert!(matches!(
                users::send_invitation(db, ada, id).await,
                Err(Error::Conflict(_))
            ));
        }
        assert_eq!(
            users::send_invitation(db, ada, &UserId::from("nobody")).await,
            Err(NOBODY)
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_person_shows_their_teams_roles_events_and_way_up() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let grace = users::get(&database.db, &story.ada, &story.grace)
            .await
            .unwrap();
        let teams: Vec<_> = grace
            .memberships
            .iter()
            .map(|m| m.team_name.as_str())
            .collect();
        assert_eq!(teams, ["Design", "Ops"]);
        assert_eq!(
            grace.memberships[0].reason_text().unwrap(),
            "the team waits for approval"
        );
        assert_eq!(
            (
                grace.kept_by.as_deref(),
                grace.node.name.as_str(),
                grace.path.len()
            ),
            (Some("Okta"), "Berlin", 3)
        );
        assert_eq!(grace.events.first().unwrap().code, Code::SignedIn);
        assert!(
            grace
                .events
                .iter()
                .any(|event| event.code == Code::UserAdded)
        );
        assert!(grace.roles.is_empty());
        let ada = users::get(&database.db, &story.ada, &story.ada.user_id)
            .await
            .unwrap();
        assert_eq!(ada.roles[0].name, "Administrator");
        assert_eq!(ada.user.login, address_of("ada"));
        database.check().await;
    }
}
