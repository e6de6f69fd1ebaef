//! Many locks and removals at once: gathered, told of, held back where that is wished, and undone exactly.
#![expect(clippy::similar_names, reason = "a story has a storm")]

use directory::Error;
use directory::admin::{self, storms};
use directory::model::connection::Connection;
use directory::model::event::Code;
use directory::model::id::{NodeId, StormId, TeamId, UserId};
use directory::model::storm::{Storm, StormGuard, StormState, Undone};
use directory::provisioning::teams::{NewTeam, Revision};
use directory::provisioning::{teams, users};
use directory::store::db::Db;

use crate::support::{Database, Story, databases, profile};

/// More than may be lost within an hour.
const CROWD: usize = 15;

/// Everything of the directory that an undo gives back, row by row. What counts changes, and instants of changes, are
/// not among it: they only ever grow.
async fn state(database: &Database) -> Vec<String> {
    let mut tx = database.db.read().await.unwrap();
    let mut rows = Vec::new();
    for sql in [
        "SELECT 'user ' || id || ' ' || login || ' ' || coalesce(user_name, '-') || ' ' || coalesce(external_id, '-') || ' ' || label
            || ' ' || state || ' ' || locked_by_admin || ' ' || locked_by_idp || ' ' || coalesce(locked_by, '-') || ' '
            || hidden_from_connection || ' ' || linked || ' ' || generation || ' ' || attributes FROM users ORDER BY id",
        "SELECT 'team ' || id || ' ' || name || ' ' || coalesce(external_id, '-') || ' ' || state || ' ' || linked || ' '
            || coalesce(recycled_at, 0) || ' ' || coalesce(decided_at, 0) || ' ' || coalesce(decided_by, '-') FROM teams ORDER BY id",
        "SELECT 'membership ' || team_id || ' ' || user_id || ' ' || state || ' ' || source || ' ' || requested_at || ' '
            || coalesce(decided_at, 0) || ' ' || coalesce(decided_by, '-') || ' ' || coalesce(decided_via, '-')
         FROM memberships ORDER BY team_id, user_id",
        "SELECT 'role ' || role_id || ' ' || team_id FROM role_teams ORDER BY role_id, team_id",
        "SELECT 'mail ' || id || ' ' || coalesce(withdrawn_at, 0) || ' ' || coalesce(sent_at, 0) FROM outbox
         WHERE kind = 'invitation' ORDER BY id",
    ] {
        rows.extend(tx.all::<(String,)>(sql, []).await.unwrap());
    }
    rows.into_iter().map(|(row,)| row).collect()
}

/// So many people of Berlin, some of whom have come in, some are locked, all of them in a team that was approved.
async fn crowd(story: &Story, db: &Db) -> (Vec<UserId>, TeamId) {
    let mut people = Vec::new();
    for number in 0..CROWD {
        let name = format!("Person{number:02}");
        let created = users::create(db, &story.okta, profile(&name), vec![]).await;
        people.push(created.unwrap().user.id);
        if number % 2 == 0 {
            directory::sign_in::by_identity(db, &Story::identity(&name))
                .await
                .unwrap();
        }
    }
    admin::users::lock(db, &story.ada, &people[0])
        .await
        .unwrap();
    let new = NewTeam {
        name: "Crowd".to_owned(),
        external_id: Some("crowd".to_owned()),
        members: people.clone(),
    };
    let team = teams::create(db, &story.okta, new).await.unwrap().team.id;
    admin::approvals::full_sync(db, &story.ada).await.unwrap();
    (people, team)
}

async fn delete(db: &Db, okta: &Connection, user: &UserId) -> Result<(), Error> {
    users::remove(db, okta, user, |_| Ok::<_, Error>(())).await
}

async fn deactivate(story: &Story, db: &Db, number: usize, user: &UserId) {
    let mut locked = profile(&format!("Person{number:02}"));
    locked.active = Some(false);
    story.push_profile(db, user, locked).await;
}

async fn drop_team(db: &Db, okta: &Connection, team: &TeamId) -> Result<(), Error> {
    teams::remove(db, okta, team, |_| Ok::<_, Error>(())).await
}

async fn storms_of(story: &Story, db: &Db) -> Vec<Storm> {
    let found = admin::connections::get(db, &story.ada, story.berlin).await;
    found.unwrap().guarding.storms
}

async fn only_storm(story: &Story, db: &Db) -> Storm {
    let storms = storms_of(story, db).await;
    assert_eq!(storms.len(), 1, "{storms:?}");
    storms[0].clone()
}

async fn undo(story: &Story, db: &Db, id: &StormId) -> Result<Undone, Error> {
    storms::undo(db, &story.ada, story.berlin, id).await
}

/// A role for teams, as nobody can make one in the console yet.
async fn give_a_role(database: &Database, team: &TeamId) {
    let mut tx = database.db.write().await.unwrap();
    for sql in [
        "INSERT INTO roles (id, node_id, name, kind, created_at) VALUES ('operator', 1, 'Operator', 'ordinary', 0)",
        "INSERT INTO role_teams (role_id, team_id) SELECT 'operator', id FROM teams WHERE id = $1",
    ] {
        let args = sql.contains("$1").then(|| team.into());
        tx.run(sql, args).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_a_storm_took_away_is_given_back_exactly() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, team) = crowd(&story, db).await;
        give_a_role(&database, &team).await;
        let before = state(&database).await;
        // The identity provider loses its mind: it empties a team, deactivates some, deletes others, drops a team.
        story
            .push_members(db, &story.ops, Revision::Replace(vec![]))
            .await;
        for (number, user) in people.iter().enumerate() {
            match number % 3 {
                0 => deactivate(&story, db, number, user).await,
                1 => delete(db, &story.okta, user).await.unwrap(),
                _ => {
                    deactivate(&story, db, number, user).await;
                    delete(db, &story.okta, user).await.unwrap();
                }
            }
        }
        drop_team(db, &story.okta, &team).await.unwrap();
        assert_ne!(state(&database).await, before);
        let storm = only_storm(&story, db).await;
        assert_eq!(
            (storm.state, storm.users, storm.memberships, storm.teams),
            (StormState::Open, 15, 3, 1)
        );
        let undone = undo(&story, db, &storm.id).await.unwrap();
        assert_eq!(
            undone,
            Undone {
                users: 15,
                memberships: 3,
                teams: 1,
                left_alone: 0
            }
        );
        assert_eq!(state(&database).await, before, "on {}", db.kind());
        let again = undo(&story, db, &storm.id).await;
        assert!(
            matches!(&again, Err(Error::Conflict(sentence)) if sentence == "This was undone already, by Ada Lovelace."),
            "B-127: {again:?}"
        );
        assert_eq!(state(&database).await, before);
        database.check().await;
    }
}

#[tokio::test]
async fn a_few_locks_are_no_storm_and_an_eleventh_is() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        let mail = "SELECT count(*) FROM outbox WHERE kind = 'storm'";
        for user in &people[..10] {
            delete(db, &story.okta, user).await.unwrap();
        }
        assert_eq!(storms_of(&story, db).await, []);
        let before = database.events().await;
        for user in &people[10..13] {
            delete(db, &story.okta, user).await.unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [
                Code::UserDeletedByConnection,
                Code::StormBegan,
                Code::UserDeletedByConnection,
                Code::UserDeletedByConnection
            ]
        );
        let storm = only_storm(&story, db).await;
        assert_eq!(
            (storm.users, storm.holds),
            (13, false),
            "the ten before too"
        );
        assert_eq!(database.number(mail).await, 1, "Ada is told once");
        database.check().await;
    }
}

#[tokio::test]
async fn emptying_a_large_team_is_a_storm_by_itself() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        // So many people that a tenth of them is more than the team has.
        let mut people = Vec::new();
        for number in 0..21 {
            let created =
                users::create(db, &story.okta, profile(&format!("Person{number}")), vec![]).await;
            people.push(created.unwrap().user.id);
        }
        database
            .run("INSERT INTO guards (connection_id, allowed, counted_at) SELECT id, 1000, 9000000000000 FROM connections")
            .await;
        let members = Revision::Replace(people.clone());
        story.push_members(db, &story.design, members).await;
        story
            .push_members(
                db,
                &story.design,
                Revision::Revise {
                    granted: vec![],
                    revoked: people[..1].to_vec(),
                },
            )
            .await;
        story
            .push_members(db, &story.design, Revision::Replace(vec![]))
            .await;
        assert_eq!(storms_of(&story, db).await, [], "twenty are no storm");
        let members = Revision::Replace(people.clone());
        story.push_members(db, &story.design, members).await;
        story
            .push_members(db, &story.design, Revision::Replace(vec![]))
            .await;
        let storm = only_storm(&story, db).await;
        undo(&story, db, &storm.id).await.unwrap();
        let restored = admin::teams::get(db, &story.ada, &story.design)
            .await
            .unwrap();
        assert_eq!(
            restored.members.len(),
            22,
            "DEL-5, B-66: Grace too, who went within the hour"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn what_changed_since_is_left_alone_and_told() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, team) = crowd(&story, db).await;
        story
            .push_members(db, &team, Revision::Replace(vec![]))
            .await;
        for user in &people {
            delete(db, &story.okta, user).await.unwrap();
        }
        // One is created anew, one joins the team again, and one is locked by Ada meanwhile.
        let back = users::create(db, &story.okta, profile("Person01"), vec![]).await;
        assert_eq!(back.unwrap().user.id, people[1]);
        story
            .push_members(
                db,
                &team,
                Revision::Revise {
                    granted: vec![people[1].clone()],
                    revoked: vec![],
                },
            )
            .await;
        admin::users::lock(db, &story.ada, &people[2])
            .await
            .unwrap();
        let storm = only_storm(&story, db).await;
        let undone = undo(&story, db, &storm.id).await.unwrap();
        assert_eq!(
            undone,
            Undone {
                users: 14,
                memberships: 14,
                teams: 0,
                left_alone: 2
            }
        );
        let again = story.person(db, &people[1]).await;
        assert_eq!((again.generation, again.locked_by_idp), (2, false));
        let locked = story.person(db, &people[2]).await;
        assert_eq!(
            (
                locked.locked_by_idp,
                locked.locked_by_admin,
                locked.locked_by.as_deref()
            ),
            (false, true, Some("Ada Lovelace"))
        );
        let shown = storms::get(db, &story.ada, story.berlin, &storm.id)
            .await
            .unwrap();
        assert_eq!(shown.storm.left_alone, 2);
        let told = shown
            .losses
            .iter()
            .filter(|loss| loss.outcome.as_deref() == Some("left"));
        assert!(
            told.clone()
                .all(|loss| loss.user_id.as_ref() == Some(&people[1]))
        );
        assert_eq!(told.count(), 2);
        database.check().await;
    }
}

#[tokio::test]
async fn who_was_let_in_again_and_locked_once_more_stays_locked() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        for (number, user) in people.iter().enumerate() {
            deactivate(&story, db, number, user).await;
        }
        let storm = only_storm(&story, db).await;
        let (back, gone) = (&people[3], &people[5]);
        for (number, user) in [(3, back), (5, gone)] {
            story
                .push_profile(db, user, profile(&format!("Person{number:02}")))
                .await;
        }
        database
            .run("UPDATE storms SET state = 'kept', closed_at = 1, closed_by = 'Ada'")
            .await;
        database
            .run("UPDATE guards SET last_at = 0, recent = '[]', storm_id = NULL")
            .await;
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        deactivate(&story, db, 5, gone).await;
        let undone = undo(&story, db, &storm.id).await.unwrap();
        assert!(undone.left_alone >= 1, "{undone:?}");
        let locked = |found: Option<directory::model::user::User>| found.unwrap().locked_by_idp;
        let mut tx = db.read().await.unwrap();
        assert!(!locked(
            directory::store::users::find(&mut tx, back).await.unwrap()
        ));
        assert!(
            locked(directory::store::users::find(&mut tx, gone).await.unwrap()),
            "for another reason"
        );
        assert!(!locked(
            directory::store::users::find(&mut tx, &people[7])
                .await
                .unwrap()
        ));
        drop(tx);
        database.check().await;
    }
}

#[tokio::test]
async fn to_hold_back_takes_effect_in_the_middle_of_a_storm() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        for user in &people[..12] {
            delete(db, &story.okta, user).await.unwrap();
        }
        let storm = only_storm(&story, db).await;
        storms::set_guard(db, &story.ada, story.berlin, StormGuard::Hold)
            .await
            .unwrap();
        let held_back = admin::connections::get(db, &story.ada, story.berlin)
            .await
            .unwrap()
            .connection;
        let refused = delete(db, &held_back, &people[12]).await;
        assert!(matches!(refused, Err(Error::Held(_))), "{refused:?}");
        storms::release(db, &story.ada, story.berlin, &storm.id)
            .await
            .unwrap();
        delete(db, &held_back, &people[12]).await.unwrap();
        delete(db, &held_back, &people[13]).await.unwrap();
        storms::keep(db, &story.ada, story.berlin, &storm.id)
            .await
            .unwrap();
        delete(db, &held_back, &people[14]).await.unwrap();
        database.check().await;
    }
}

#[tokio::test]
async fn memberships_that_a_second_creation_left_behind_come_back() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, team) = crowd(&story, db).await;
        let members = async || {
            let found = admin::teams::get(db, &story.ada, &team).await.unwrap();
            found.members.len()
        };
        for user in &people {
            delete(db, &story.okta, user).await.unwrap();
        }
        for number in 0..CROWD {
            let name = format!("Person{number:02}");
            users::create(db, &story.okta, profile(&name), vec![])
                .await
                .unwrap();
        }
        assert_eq!(members().await, 0);
        let storm = only_storm(&story, db).await;
        let undone = undo(&story, db, &storm.id).await.unwrap();
        assert_eq!(
            (undone.users, undone.memberships, undone.left_alone),
            (0, 15, 15)
        );
        assert_eq!(members().await, CROWD, "behaviour.md 6 #22");
        database.check().await;
    }
}

#[tokio::test]
async fn a_connection_that_holds_back_refuses_until_somebody_lets_it_through() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, team) = crowd(&story, db).await;
        storms::set_guard(db, &story.ada, story.berlin, StormGuard::Hold)
            .await
            .unwrap();
        let okta = admin::connections::get(db, &story.ada, story.berlin)
            .await
            .unwrap()
            .connection;
        for user in &people[..10] {
            delete(db, &okta, user).await.unwrap();
        }
        let before = state(&database).await;
        let events = database.events().await;
        for _ in 0..2 {
            assert!(matches!(
                delete(db, &okta, &people[10]).await,
                Err(Error::Held(_))
            ));
        }
        assert!(matches!(
            drop_team(db, &okta, &team).await,
            Err(Error::Held(_))
        ));
        assert_eq!(state(&database).await, before, "DEL-4: nothing was changed");
        assert_eq!(database.codes_after(events).await, [Code::StormHeld]);
        let storm = only_storm(&story, db).await;
        assert_eq!(
            (storm.users, storm.holds, storm.held_requests),
            (10, true, 3)
        );
        // What gives is not held back.
        users::create(db, &okta, profile("Hedy"), vec![])
            .await
            .unwrap();
        for _ in 0..2 {
            storms::release(db, &story.ada, story.berlin, &storm.id)
                .await
                .unwrap();
        }
        for user in &people[10..] {
            delete(db, &okta, user).await.unwrap();
        }
        let storm = only_storm(&story, db).await;
        assert_eq!(
            (storm.users, storm.holds, storm.state),
            (15, false, StormState::Open)
        );
        assert_eq!(storm.released_by.as_deref(), Some("Ada Lovelace"));
        undo(&story, db, &storm.id).await.unwrap();
        database.check().await;
    }
}

#[tokio::test]
async fn a_storm_that_was_meant_goes_on_quietly_and_can_still_be_undone() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        let before = state(&database).await;
        for user in &people[..12] {
            delete(db, &story.okta, user).await.unwrap();
        }
        let id = only_storm(&story, db).await.id;
        let events = database.events().await;
        for _ in 0..2 {
            storms::keep(db, &story.ada, story.berlin, &id)
                .await
                .unwrap();
        }
        assert_eq!(database.codes_after(events).await, [Code::StormKept]);
        for user in &people[12..] {
            delete(db, &story.okta, user).await.unwrap();
        }
        let storm = only_storm(&story, db).await;
        assert_eq!((storm.state, storm.users), (StormState::Kept, 15));
        undo(&story, db, &id).await.unwrap();
        assert_eq!(state(&database).await, before);
        assert!(matches!(
            storms::keep(db, &story.ada, story.berlin, &id).await,
            Err(Error::Conflict(_))
        ));
        database.check().await;
    }
}

#[tokio::test]
async fn an_hour_later_it_is_another_storm_and_after_a_month_it_stays() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        for user in &people[..12] {
            delete(db, &story.okta, user).await.unwrap();
        }
        let first = only_storm(&story, db).await.id;
        database
            .run("UPDATE guards SET last_at = last_at - 3600000, recent = '[]'")
            .await;
        delete(db, &story.okta, &people[12]).await.unwrap();
        assert_eq!(only_storm(&story, db).await.users, 12, "one alone is none");
        database
            .run("UPDATE storms SET opened_at = opened_at - 2592000000")
            .await;
        let late = undo(&story, db, &first).await;
        assert!(
            matches!(&late, Err(Error::Conflict(sentence)) if sentence.contains("30 days")),
            "B-127: {late:?}"
        );
        directory::provisioning::guard::forget(db).await.unwrap();
        assert_eq!(
            database.number("SELECT count(*) FROM losses").await,
            1,
            "what can still become part of a storm is kept"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn two_who_undo_at_once_undo_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        let before = state(&database).await;
        for user in &people {
            delete(db, &story.okta, user).await.unwrap();
        }
        let id = only_storm(&story, db).await.id;
        let answers = futures::future::join_all((0..4).map(|_| undo(&story, db, &id))).await;
        let done: Vec<_> = answers.iter().filter_map(|one| one.as_ref().ok()).collect();
        assert_eq!(done.len(), 1, "{answers:?}");
        assert_eq!(done[0].users, 15);
        assert_eq!(state(&database).await, before);
        database.check().await;
    }
}

#[tokio::test]
async fn an_undo_and_the_locks_that_go_on_meanwhile_leave_nothing_half_done() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        for user in &people[..12] {
            delete(db, &story.okta, user).await.unwrap();
        }
        let id = only_storm(&story, db).await.id;
        let late = people[12..]
            .iter()
            .map(|user| delete(db, &story.okta, user));
        let (undone, deleted) =
            futures::future::join(undo(&story, db, &id), futures::future::join_all(late)).await;
        assert!(deleted.iter().all(Result::is_ok), "{deleted:?}");
        let undone = undone.unwrap();
        assert!((12..=15).contains(&undone.users), "{undone:?}");
        // Who was deleted after the undo is deleted; everybody else is as before.
        let gone = "SELECT count(*) FROM users WHERE hidden_from_connection";
        assert_eq!(database.number(gone).await, 15 - undone.users);
        database.check().await;
    }
}

#[tokio::test]
async fn many_locks_at_once_make_one_storm() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        let all = people.iter().map(|user| delete(db, &story.okta, user));
        let answers = futures::future::join_all(all).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(only_storm(&story, db).await.users, 15);
        assert_eq!(
            database
                .number("SELECT count(*) FROM outbox WHERE kind = 'storm'")
                .await,
            1
        );
        database.check().await;
    }
}

#[tokio::test]
async fn nobody_elsewhere_knows_of_a_storm() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (people, _) = crowd(&story, db).await;
        for user in &people {
            delete(db, &story.okta, user).await.unwrap();
        }
        let id = only_storm(&story, db).await.id;
        let paris = admin::nodes::add(db, &story.ada, story.europe, "Paris")
            .await
            .unwrap()
            .id;
        let grace = administrator_of(&database, &story, paris).await;
        let before = state(&database).await;
        for node in [story.berlin, paris, NodeId(99)] {
            let refused = storms::undo(db, &grace, node, &id).await;
            assert!(
                matches!(refused, Err(Error::NotFound(_))),
                "B-127: {refused:?}"
            );
            assert!(matches!(
                storms::get(db, &grace, node, &id).await,
                Err(Error::NotFound(_))
            ));
            assert!(matches!(
                storms::keep(db, &grace, node, &id).await,
                Err(Error::NotFound(_))
            ));
            assert!(matches!(
                storms::release(db, &grace, node, &id).await,
                Err(Error::NotFound(_))
            ));
        }
        let ada = story.ada_now(db).await;
        let elsewhere = storms::undo(db, &ada, paris, &id).await;
        assert!(matches!(elsewhere, Err(Error::NotFound(_))));
        assert_eq!(state(&database).await, before);
        database.check().await;
    }
}

/// Grace, who administers the connections of one node.
async fn administrator_of(
    database: &Database,
    story: &Story,
    node: NodeId,
) -> directory::access::Admin {
    let mut tx = database.db.write().await.unwrap();
    tx.run(
        "INSERT INTO roles (id, node_id, name, kind, created_at) VALUES ('elsewhere', $1, 'Elsewhere', 'administrative', 0)",
        [node.into()],
    )
    .await
    .unwrap();
    tx.run(
        "INSERT INTO role_privileges (role_id, node_id, privilege, cascades) VALUES ('elsewhere', $1, 'manage_connections', TRUE)",
        [node.into()],
    )
    .await
    .unwrap();
    tx.run(
        "INSERT INTO role_users (role_id, user_id) VALUES ('elsewhere', $1)",
        [(&story.grace).into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    crate::support::admin_of(&database.db, &story.grace).await
}
