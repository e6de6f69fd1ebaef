//! People, as an identity provider creates, changes and deletes them: each verb done, refused, repeated and raced.

use directory::Error;
use directory::admin::{connections, nodes};
use directory::model::connection::{Connection, UniqueNames};
use directory::model::event::Code;
use directory::model::id::{TeamId, UserId};
use directory::model::query::Slice;
use directory::model::user::{Profile, User, UserState};
use directory::provisioning::teams::{self, NewTeam};
use directory::provisioning::users::{self, TeamRevision, UserView};
use directory::store::db::Db;
use futures::future::join_all;

use crate::support::{Database, Story, address_of, databases, profile};

/// What an identity provider asserts of somebody now, and nothing about teams.
fn says(
    profile: Profile,
) -> impl FnOnce(&UserView) -> Result<(Profile, TeamRevision), Error> + Send {
    move |_| Ok((profile, TeamRevision::default()))
}

const ANYWAY: fn(&UserView) -> Result<(), Error> = |_| Ok(());

/// Everything that changes when anything changes.
async fn marks(database: &Database) -> [i64; 5] {
    [
        database.events().await,
        database.number("SELECT count(*) FROM users").await,
        database.number("SELECT count(*) FROM memberships").await,
        database.number("SELECT count(*) FROM outbox").await,
        database
            .number("SELECT CAST(sum(version) AS BIGINT) FROM users")
            .await,
    ]
}

/// A second node with a connection.
async fn paris(db: &Db, story: &Story) -> Connection {
    let node = nodes::add(db, &story.ada, story.europe, "Paris")
        .await
        .unwrap()
        .id;
    let ada = story.ada_now(db).await;
    connections::start(db, &ada, node, "Entra").await.unwrap();
    connections::generate_token(db, &ada, &story.secrets, node, "Entra")
        .await
        .unwrap();
    connections::save(db, &ada, node, "Entra", UniqueNames::Off)
        .await
        .unwrap()
}

async fn team(db: &Db, connection: &Connection, name: &str) -> TeamId {
    let new = NewTeam {
        name: name.to_owned(),
        external_id: None,
        members: vec![],
    };
    teams::create(db, connection, new).await.unwrap().team.id
}

async fn person(database: &Database, id: &UserId) -> User {
    let mut tx = database.db.read().await.unwrap();
    directory::store::users::find(&mut tx, id)
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn somebody_is_created_once_into_their_teams() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta) = (&database.db, &story.okta);
        let (before, at) = (database.events().await, marks(&database).await);
        let view = users::create(db, okta, profile("Rosa"), vec![story.design.clone()])
            .await
            .unwrap();
        assert_eq!(
            database.codes_after(before).await,
            [Code::UserAdded, Code::MembershipRequested]
        );
        assert_eq!(
            view.teams,
            [(story.design.clone(), "Design".to_owned())],
            "6 #78"
        );
        let user = &view.user;
        assert_eq!(
            (user.state, user.linked, user.login.as_str()),
            (UserState::Invited, true, "rosa@acme.example")
        );
        assert_eq!(marks(&database).await[3], at[3] + 1, "one invitation");

        let now = marks(&database).await;
        let again = users::create(db, okta, profile("Rosa"), vec![]).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        assert_eq!(marks(&database).await, now, "repeated: nothing");
        database.check().await;
    }
}

#[tokio::test]
async fn nobody_is_created_who_cannot_be() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta) = (&database.db, &story.okta);
        let entra = paris(db, &story).await;
        let elsewhere = team(db, &entra, "Elsewhere").await;
        let before = marks(&database).await;
        let refused = async |change: fn(&mut Profile), teams: Vec<TeamId>| {
            let mut profile = profile("Rosa");
            change(&mut profile);
            users::create(db, okta, profile, teams).await.unwrap_err()
        };
        let no_address = |profile: &mut Profile| {
            "rosa".clone_into(&mut profile.user_name);
            profile.emails.clear();
        };
        assert!(matches!(
            refused(no_address, vec![]).await,
            Error::Invalid {
                field: "userName",
                ..
            }
        ));
        let cases: [fn(&mut Profile); 3] = [
            |profile| "GRACE@acme.example".clone_into(&mut profile.user_name),
            |profile| profile.external_id = Some("00uGrace".to_owned()),
            |profile| profile.user_name = address_of("Ada"),
        ];
        for taken in cases {
            assert!(
                matches!(refused(taken, vec![]).await, Error::Conflict(_)),
                "6 #20"
            );
        }
        for unknown in [elsewhere, TeamId("nothing".to_owned())] {
            let error = refused(|_| {}, vec![story.ops.clone(), unknown]).await;
            assert!(
                matches!(
                    error,
                    Error::Invalid {
                        field: "groups",
                        ..
                    }
                ),
                "03.6: {error:?}"
            );
        }
        assert!(matches!(
            users::create(db, &entra, profile("Grace"), vec![]).await,
            Err(Error::Conflict(_))
        ));
        assert_eq!(marks(&database).await, before, "refused: nothing");
        database.check().await;
    }
}

#[tokio::test]
async fn of_many_at_once_one_is_created_and_one_brings_back() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta) = (&database.db, &story.okta);
        let at_once = async || {
            let all =
                join_all((0..30).map(|_| users::create(db, okta, profile("Rosa"), vec![]))).await;
            let created = all
                .iter()
                .filter_map(|one| one.as_ref().ok())
                .collect::<Vec<_>>();
            assert_eq!(created.len(), 1, "G7");
            assert!(
                all.iter()
                    .all(|one| matches!(one, Ok(_) | Err(Error::Conflict(_)))),
                "{all:?}"
            );
            created[0].user.id.clone()
        };
        let before = database.events().await;
        let id = at_once().await;
        assert_eq!(database.codes_after(before).await, [Code::UserAdded]);
        users::remove(db, okta, &id, ANYWAY).await.unwrap();
        let before = database.events().await;
        assert_eq!(at_once().await, id, "B-43: the same id");
        assert_eq!(database.codes_after(before).await, [Code::UserRevived]);
        assert_eq!(person(&database, &id).await.generation, 2);
        database.check().await;
    }
}

#[tokio::test]
async fn what_lies_elsewhere_or_was_deleted_is_not_found_by_any_verb() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let entra = paris(db, &story).await;
        users::remove(db, &story.okta, &story.ben, ANYWAY)
            .await
            .unwrap();
        let before = marks(&database).await;
        let nobody = UserId("nobody".to_owned());
        for (connection, id) in [
            (&entra, &story.grace),
            (&story.okta, &story.ben),
            (&story.okta, &nobody),
            (&story.okta, &story.ada.user_id),
        ] {
            let missing = Error::NotFound("The person");
            assert_eq!(
                users::get(db, connection, id).await.unwrap_err(),
                missing,
                "AUZ-3"
            );
            let changed = users::revise(db, connection, id, says(profile("New"))).await;
            assert_eq!(changed.unwrap_err(), missing);
            assert_eq!(
                users::remove(db, connection, id, ANYWAY).await.unwrap_err(),
                missing
            );
        }
        assert_eq!(marks(&database).await, before);
        let all = Slice {
            condition: None,
            sort: None,
            skip: 0,
            take: 100,
        };
        let (seen, total) = users::list(db, &story.okta, &all).await.unwrap();
        let ids = seen
            .iter()
            .map(|view| view.user.id.clone())
            .collect::<Vec<_>>();
        assert_eq!(
            (ids, total),
            (vec![story.grace.clone(), story.linus.clone()], 2)
        );
        assert_eq!(
            seen[0].teams.len(),
            2,
            "a list shows the groups of everybody"
        );
        assert_eq!(users::list(db, &entra, &all).await.unwrap().1, 0);
        database.check().await;
    }
}

#[tokio::test]
async fn a_change_is_told_once_and_one_that_is_refused_not_at_all() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta, id) = (&database.db, &story.okta, &story.ben);
        let mut renamed = profile("Ben");
        renamed.display_name = Some("Benjamin".to_owned());
        renamed.attributes = renamed
            .attributes
            .replace(r#""displayName":"Ben""#, r#""displayName":"Benjamin""#);
        renamed.values[0].value = directory::model::user::Leaf::Text("Benjamin".to_owned());
        let before = database.events().await;
        let view = users::revise(db, okta, id, says(renamed.clone()))
            .await
            .unwrap();
        assert_eq!(view.user.label, "Benjamin");
        assert_eq!(database.codes_after(before).await, [Code::UserChanged]);
        let at = marks(&database).await;
        users::revise(db, okta, id, says(renamed.clone()))
            .await
            .unwrap();
        assert_eq!(marks(&database).await, at, "6 #86: repeated: nothing");

        let mut taken = renamed.clone();
        taken.external_id = Some("00uGrace".to_owned());
        assert!(matches!(
            users::revise(db, okta, id, says(taken)).await,
            Err(Error::Conflict(_))
        ));
        let mut nowhere = renamed.clone();
        "ben".clone_into(&mut nowhere.user_name);
        nowhere.emails.clear();
        assert!(matches!(
            users::revise(db, okta, id, says(nowhere)).await,
            Err(Error::Invalid { .. })
        ));
        let refuses = |_: &UserView| Err(Error::Fixed("no".to_owned()));
        assert_eq!(
            users::revise(db, okta, id, refuses).await.unwrap_err(),
            Error::Fixed("no".to_owned())
        );
        let unknown = TeamRevision {
            granted: vec![story.design.clone(), TeamId("nothing".to_owned())],
            revoked: vec![],
        };
        let mut moved = renamed;
        moved.display_name = Some("Nobody".to_owned());
        let both = users::revise(db, okta, id, |_| Ok::<_, Error>((moved, unknown))).await;
        assert!(
            matches!(both, Err(Error::Invalid { .. })),
            "B-76: whole or not at all"
        );
        assert_eq!(marks(&database).await, at, "refused: nothing");
        database.check().await;
    }
}

#[tokio::test]
async fn a_lock_ends_sessions_and_is_told_once_each_way() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta, id) = (&database.db, &story.okta, &story.grace);
        let epoch = person(&database, id).await.session_epoch;
        let locked = Profile {
            active: Some(false),
            ..profile("Grace")
        };
        let before = database.events().await;
        for _ in 0..2 {
            users::revise(db, okta, id, says(locked.clone()))
                .await
                .unwrap();
        }
        let now = person(&database, id).await;
        assert_eq!(
            (now.locked_by_idp, now.session_epoch, now.may_sign_in()),
            (true, epoch + 1, false),
            "SES-3"
        );
        assert_eq!(now.locked_by.as_deref(), Some("Okta"));
        for _ in 0..2 {
            users::revise(db, okta, id, says(profile("Grace")))
                .await
                .unwrap();
        }
        assert!(person(&database, id).await.may_sign_in());
        assert_eq!(
            database.codes_after(before).await,
            [Code::UserLocked, Code::UserUnlocked]
        );
        // Linus was locked by Ada; the identity provider's word does not unlock him.
        users::revise(db, okta, &story.linus, says(profile("Linus")))
            .await
            .unwrap();
        assert!(person(&database, &story.linus).await.locked_by_admin, "U12");
        database.check().await;
    }
}

#[tokio::test]
async fn joining_and_leaving_teams_is_told_once_each() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta, id) = (&database.db, &story.okta, &story.ben);
        let (ops, design) = (story.ops.clone(), story.design.clone());
        let moves = |granted: Vec<TeamId>, revoked: Vec<TeamId>| {
            move |_: &UserView| Ok::<_, Error>((profile("Ben"), TeamRevision { granted, revoked }))
        };
        let before = database.events().await;
        for _ in 0..2 {
            let view = users::revise(
                db,
                okta,
                id,
                moves(vec![design.clone(), design.clone()], vec![ops.clone()]),
            )
            .await
            .unwrap();
            assert_eq!(view.teams, [(design.clone(), "Design".to_owned())]);
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::MembershipRequested, Code::MembershipRemoved],
            "03.4"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_deletion_hides_and_locks_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta, id) = (&database.db, &story.okta, &story.grace);
        let refuses = |_: &UserView| Err(Error::Fixed("changed meanwhile".to_owned()));
        let at = marks(&database).await;
        assert!(matches!(
            users::remove(db, okta, id, refuses).await,
            Err(Error::Fixed(_))
        ));
        assert_eq!(marks(&database).await, at, "refused: nothing");
        let before = database.events().await;
        let all = join_all((0..20).map(|_| users::remove(db, okta, id, ANYWAY))).await;
        assert_eq!(
            all.iter().filter(|one| one.is_ok()).count(),
            1,
            "raced: one"
        );
        assert!(
            all.iter()
                .all(|one| matches!(one, Ok(()) | Err(Error::NotFound(_))))
        );
        assert_eq!(
            database.codes_after(before).await,
            [Code::UserDeletedByConnection]
        );
        let now = person(&database, id).await;
        assert!(now.hidden_from_connection && now.locked_by_idp && now.label == "Grace");
        let ops = teams::get(db, okta, &story.ops, teams::Members::Shown)
            .await
            .unwrap();
        assert!(
            ops.members.unwrap().iter().all(|(member, _)| member != id),
            "6 #14: in no group"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn the_last_administrator_is_never_locked_even_by_two_at_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, okta) = (&database.db, &story.okta);
        database
            .run("INSERT INTO role_users (role_id, user_id) SELECT 'administrator', id FROM users WHERE login_key IN ('grace@acme.example', 'linus@acme.example')")
            .await;
        database
            .run("UPDATE users SET locked_by_admin = FALSE WHERE login_key = 'linus@acme.example'")
            .await;
        database
            .run("DELETE FROM role_users WHERE user_id = (SELECT id FROM users WHERE login_key = 'ada@acme.example')")
            .await;
        let lock = async |id: &UserId, name: &str| {
            let off = Profile {
                active: Some(false),
                ..profile(name)
            };
            users::revise(db, okta, id, says(off)).await
        };
        let (one, other) = futures::join!(lock(&story.grace, "Grace"), lock(&story.linus, "Linus"));
        assert!(
            one.is_ok() != other.is_ok(),
            "B-41: one of two: {one:?} {other:?}"
        );
        let refused = one.err().or(other.err()).unwrap();
        assert_eq!(refused, Error::LastAdministrator);
        for id in [&story.grace, &story.linus] {
            if person(&database, id).await.is_unlocked() {
                assert_eq!(
                    users::remove(db, okta, id, ANYWAY).await,
                    Err(Error::LastAdministrator)
                );
            }
        }
        database.check().await;
    }
}
