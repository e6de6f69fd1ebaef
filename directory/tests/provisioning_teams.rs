//! Teams and who is in them, as an identity provider pushes them: each verb done, refused, repeated and raced.

use directory::Error;
use directory::admin::connections;
use directory::model::connection::UniqueNames;
use directory::model::event::Code;
use directory::model::id::{TeamId, UserId};
use directory::model::query::Slice;
use directory::model::team::Team;
use directory::provisioning::teams::{self, Members, NewTeam, Revision, TeamChange, TeamView};
use futures::future::join_all;

use crate::support::{Database, Story, databases};

fn new(name: &str, members: &[&UserId]) -> NewTeam {
    NewTeam {
        name: name.to_owned(),
        external_id: None,
        members: members.iter().map(|id| (*id).clone()).collect(),
    }
}

const ANYWAY: fn(&Team) -> Result<(), Error> = |_| Ok(());

fn renamed(name: &str) -> TeamChange {
    TeamChange {
        name: Some(name.to_owned()),
        ..TeamChange::default()
    }
}

fn members(revision: Revision) -> TeamChange {
    TeamChange {
        members: Some(revision),
        ..TeamChange::default()
    }
}

fn revision(granted: &[&UserId], revoked: &[&UserId]) -> Revision {
    let ids = |ids: &[&UserId]| ids.iter().map(|id| (*id).clone()).collect();
    Revision::Revise {
        granted: ids(granted),
        revoked: ids(revoked),
    }
}

async fn patch(
    database: &Database,
    story: &Story,
    id: &TeamId,
    change: TeamChange,
) -> Result<TeamView, Error> {
    teams::patch(
        &database.db,
        &story.okta,
        id,
        change,
        Members::Shown,
        ANYWAY,
    )
    .await
}

fn ids(view: &TeamView) -> Vec<UserId> {
    let members = view.members.as_ref().unwrap();
    members.iter().map(|(id, _)| id.clone()).collect()
}

/// Everything that changes when anything changes.
async fn marks(database: &Database) -> [i64; 4] {
    [
        database.events().await,
        database.number("SELECT count(*) FROM teams").await,
        database.number("SELECT count(*) FROM memberships").await,
        database
            .number("SELECT CAST(sum(version) AS BIGINT) FROM teams")
            .await,
    ]
}

#[tokio::test]
async fn a_team_is_created_pending_with_pending_members() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let before = database.events().await;
        let view = teams::create(
            &database.db,
            &story.okta,
            new("Sales", &[&story.ben, &story.grace, &story.ben]),
        )
        .await
        .unwrap();
        assert_eq!(ids(&view), [story.grace.clone(), story.ben.clone()]);
        assert_eq!(
            (view.team.state.as_str(), view.team.linked),
            ("pending", true),
            "04.3"
        );
        let states =
            "SELECT count(*) FROM memberships WHERE state <> 'pending' OR source <> 'scim'";
        assert_eq!(database.number(states).await, 0, "04.7");
        assert_eq!(
            database.codes_after(before).await,
            [
                Code::TeamAdded,
                Code::MembershipRequested,
                Code::MembershipRequested
            ]
        );
        let at = marks(&database).await;
        for stranger in [
            UserId("nobody".to_owned()),
            story.ada.user_id.clone(),
            UserId(story.ops.0.clone()),
        ] {
            let refused = teams::create(
                &database.db,
                &story.okta,
                new("More", &[&story.ben, &stranger]),
            )
            .await
            .unwrap_err();
            let Error::Invalid {
                field: "members",
                message,
            } = refused
            else {
                panic!("{refused:?}");
            };
            assert!(message.contains(stranger.as_str()), "6 #27: {message}");
        }
        assert_eq!(marks(&database).await, at, "refused: nothing");
        database.check().await;
    }
}

#[tokio::test]
async fn of_teams_of_one_name_one_is_created_where_names_are_unique() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let okta = connections::save(db, &story.ada, story.berlin, "Okta", UniqueNames::On)
            .await
            .unwrap();
        let names = ["Sales", "SALES", " sales "];
        let all = join_all((0..30).map(|n| teams::create(db, &okta, new(names[n % 3], &[])))).await;
        assert_eq!(
            all.iter().filter(|one| one.is_ok()).count(),
            1,
            "6 #29, raced: one"
        );
        assert!(
            all.iter()
                .all(|one| matches!(one, Ok(_) | Err(Error::Conflict(_)))),
            "{all:?}"
        );
        let taken = teams::patch(
            db,
            &okta,
            &story.ops,
            renamed("sales"),
            Members::Excluded,
            ANYWAY,
        )
        .await;
        assert!(matches!(taken, Err(Error::Conflict(_))));
        let own = teams::patch(
            db,
            &okta,
            &story.ops,
            renamed("OPS"),
            Members::Excluded,
            ANYWAY,
        )
        .await;
        assert_eq!(own.unwrap().team.name, "OPS");
        database.check().await;
    }
}

#[tokio::test]
async fn a_change_is_told_once_and_keeps_the_id() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let before = database.events().await;
        for _ in 0..2 {
            let change = TeamChange {
                external_id: Some(Some("ops".to_owned())),
                ..renamed("Operations")
            };
            let view = patch(&database, &story, &story.ops, change).await.unwrap();
            assert_eq!(
                (view.team.id.clone(), view.team.name.as_str()),
                (story.ops.clone(), "Operations"),
                "6 #30"
            );
        }
        assert_eq!(database.codes_after(before).await, [Code::TeamChanged]);
        let at = marks(&database).await;
        let taken = TeamChange {
            external_id: Some(Some("ops".to_owned())),
            ..TeamChange::default()
        };
        assert!(matches!(
            patch(&database, &story, &story.design, taken).await,
            Err(Error::Conflict(_))
        ));
        let stale = |_: &Team| Err(Error::Fixed("changed meanwhile".to_owned()));
        let refused = teams::patch(
            &database.db,
            &story.okta,
            &story.ops,
            renamed("No"),
            Members::Shown,
            stale,
        )
        .await;
        assert!(matches!(refused, Err(Error::Fixed(_))));
        let nobody = UserId("nobody".to_owned());
        let both = TeamChange {
            members: Some(revision(&[&nobody], &[&story.ben])),
            ..renamed("No")
        };
        assert!(matches!(
            patch(&database, &story, &story.ops, both).await,
            Err(Error::Invalid { .. })
        ));
        assert_eq!(marks(&database).await, at, "refused: nothing");
        database.check().await;
    }
}

#[tokio::test]
async fn members_come_and_go_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (grace, ben, linus) = (&story.grace, &story.ben, &story.linus);
        let before = database.events().await;
        for _ in 0..2 {
            let change = members(revision(
                &[grace, ben],
                &[linus, &UserId("nobody".to_owned())],
            ));
            let view = patch(&database, &story, &story.ops, change).await.unwrap();
            assert_eq!(ids(&view), [grace.clone(), ben.clone()], "B-64");
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::MembershipRemoved]
        );
        let before = database.events().await;
        for _ in 0..2 {
            let change = members(Revision::Replace(vec![linus.clone(), ben.clone()]));
            let view = patch(&database, &story, &story.ops, change).await.unwrap();
            assert_eq!(ids(&view), [ben.clone(), linus.clone()]);
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::MembershipRequested, Code::MembershipRemoved]
        );
        let at = marks(&database).await;
        patch(
            &database,
            &story,
            &story.ops,
            members(Revision::Replace(vec![ben.clone(), linus.clone()])),
        )
        .await
        .unwrap();
        assert_eq!(marks(&database).await, at, "6 #86: no new version");
        let emptied = patch(
            &database,
            &story,
            &story.ops,
            members(Revision::Replace(vec![])),
        )
        .await;
        assert_eq!(ids(&emptied.unwrap()), []);
        database.check().await;
    }
}

#[tokio::test]
async fn a_denied_membership_is_not_asked_for_again_until_it_goes() {
    for database in databases().await {
        let story = Story::of(&database).await;
        directory::admin::approvals::deny_membership(
            &database.db,
            &story.ada,
            &story.ops,
            &story.ben,
        )
        .await
        .unwrap();
        let at = marks(&database).await;
        patch(
            &database,
            &story,
            &story.ops,
            members(revision(&[&story.ben], &[])),
        )
        .await
        .unwrap();
        assert_eq!(marks(&database).await, at, "M8");
        let view = teams::get(&database.db, &story.okta, &story.ops, Members::Shown)
            .await
            .unwrap();
        assert!(
            ids(&view).contains(&story.ben),
            "M8: what was asserted is shown"
        );
        let gone = members(revision(&[], &[&story.ben]));
        patch(&database, &story, &story.ops, gone).await.unwrap();
        patch(
            &database,
            &story,
            &story.ops,
            members(revision(&[&story.ben], &[])),
        )
        .await
        .unwrap();
        let pending = "SELECT count(*) FROM memberships m JOIN teams t ON t.id = m.team_id
             WHERE t.name = 'Ops' AND m.state = 'pending'";
        assert_eq!(database.number(pending).await, 3);
        database.check().await;
    }
}

#[tokio::test]
async fn adds_and_removes_at_once_are_all_kept() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let everybody = [&story.grace, &story.ben, &story.linus];
        let all = join_all((0..30).map(|n| {
            let id = everybody[n % 3];
            let change = if n % 3 == 0 {
                revision(&[], &[id])
            } else {
                revision(&[id], &[])
            };
            patch(&database, &story, &story.design, members(change))
        }))
        .await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        let view = teams::get(&database.db, &story.okta, &story.design, Members::Shown)
            .await
            .unwrap();
        assert_eq!(ids(&view), [story.ben.clone(), story.linus.clone()], "G8");
        database.check().await;
    }
}

#[tokio::test]
async fn a_team_is_removed_once_with_its_members_and_roles() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta) = (&database.db, &story.okta);
        database
            .run("INSERT INTO roles (id, node_id, name, kind, created_at) VALUES ('r', 1, 'Guides', 'ordinary', 1)")
            .await;
        database
            .run("INSERT INTO role_teams (role_id, team_id) SELECT 'r', id FROM teams WHERE name = 'Ops'")
            .await;
        let before = database.events().await;
        let all = join_all((0..20).map(|_| teams::remove(db, okta, &story.ops, ANYWAY))).await;
        assert_eq!(
            all.iter().filter(|one| one.is_ok()).count(),
            1,
            "raced: one"
        );
        assert_eq!(database.codes_after(before).await, [Code::TeamRemoved]);
        assert_eq!(
            database.number("SELECT count(*) FROM role_teams").await,
            0,
            "6 #31"
        );
        let missing = Error::NotFound("The team");
        assert_eq!(
            teams::get(db, okta, &story.ops, Members::Excluded)
                .await
                .unwrap_err(),
            missing
        );
        assert_eq!(
            patch(&database, &story, &story.ops, renamed("x"))
                .await
                .unwrap_err(),
            missing
        );
        let slice = Slice {
            condition: None,
            sort: None,
            skip: 0,
            take: 10,
        };
        let (rows, total) = teams::list(db, okta, &slice, Members::Shown).await.unwrap();
        assert_eq!((rows.len(), total), (1, 1));
        assert_eq!(ids(&rows[0]), std::slice::from_ref(&story.grace));
        let (rows, _) = teams::list(db, okta, &slice, Members::Excluded)
            .await
            .unwrap();
        assert_eq!(rows[0].members, None, "05.1");
        database.check().await;
    }
}
