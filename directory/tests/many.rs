//! One deed for many people: as it would be for each alone, once, and never beyond what the administrator manages.

use directory::Error;
use directory::access::Admin;
use directory::admin::many::{self, Choice};
use directory::admin::{bin, nodes, roles, users};
use directory::model::event::Code;
use directory::model::id::{NodeId, UserId};
use directory::model::many::{Chosen, Deed, Left, Outcome};
use directory::model::query::ListQuery;
use directory::model::role::{Privilege, Reach};
use directory::model::settings::Switch;
use directory::model::user::{Status, UserState};
use directory::store::db::Db;

use crate::support::{Database, Story, address_of, admin_of, databases};

/// Chooses people, and looks at them.
async fn look(db: &Db, admin: &Admin, deed: Deed, people: &[&UserId]) -> Chosen {
    let people = people.iter().map(|id| (*id).clone()).collect();
    many::choose(db, admin, deed, Choice::These(people))
        .await
        .unwrap();
    many::chosen(db, admin, None).await.unwrap().unwrap()
}

/// Chooses people, and does it.
async fn act(db: &Db, admin: &Admin, deed: Deed, people: &[&UserId]) -> Outcome {
    let chosen = look(db, admin, deed, people).await;
    let typed = chosen.will.to_string();
    many::carry_out(db, admin, &chosen.plan, None, &typed)
        .await
        .unwrap()
}

fn sorted<T: Ord + Clone>(found: &[T]) -> Vec<T> {
    let mut found = found.to_vec();
    found.sort();
    found
}

/// So many people of a node who were added by hand; `invited`, or come in.
async fn crowd(database: &Database, story: &Story, node: NodeId, count: usize) -> Vec<UserId> {
    let mut found = Vec::new();
    for at in 0..count {
        let (name, email) = (format!("Person {at}"), format!("p{at}@crowd.example"));
        let added = users::add(&database.db, &story.ada, node, &name, &email);
        found.push(added.await.unwrap().id);
    }
    found
}

/// Somebody who manages the people of a node alone and reads its events, and of none below it.
async fn helper(database: &Database, story: &Story, node: NodeId) -> Admin {
    let (db, ada) = (&database.db, story.ada_now(&database.db).await);
    let wanted = roles::Wanted {
        name: "Helpers".to_owned(),
        visible_below: Switch::Off,
        for_new_users: Switch::Off,
    };
    let role = roles::add(db, &ada, node, wanted).await.unwrap().id;
    let given = [Privilege::ManageUsers, Privilege::ReadEvents];
    roles::privileges::set(db, &ada, &role, node, &given, Reach::Here)
        .await
        .unwrap();
    let kim = users::add(db, &ada, node, "Kim", "kim@acme.example")
        .await
        .unwrap()
        .id;
    database
        .run("UPDATE users SET state = 'active' WHERE login_key = 'kim@acme.example'")
        .await;
    roles::holders::give(db, &ada, &role, &kim).await.unwrap();
    admin_of(db, &kim).await
}

#[tokio::test]
async fn each_is_locked_as_alone_and_who_is_not_has_a_reason() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let all = [&ada.user_id, &story.grace, &story.ben, &story.linus];
        let before = database.events().await;
        let chosen = look(db, ada, Deed::Lock, &all).await;
        let reasons = [
            (Left::Yourself, 1),
            (Left::Already, 1),
            (Left::NotComeIn, 1),
        ];
        assert_eq!(
            (chosen.all, chosen.will, chosen.names.clone()),
            (4, 1, vec!["Grace".to_owned()])
        );
        assert_eq!(sorted(&chosen.left), sorted(&reasons));
        assert_eq!(database.events().await, before, "a look changes nothing");
        let epoch = story.person(db, &story.grace).await.session_epoch;
        for _ in 0..2 {
            let outcome = many::carry_out(db, ada, &chosen.plan, None, "")
                .await
                .unwrap();
            assert_eq!((outcome.done, sorted(&outcome.left)), (1, sorted(&reasons)));
        }
        let grace = story.person(db, &story.grace).await;
        assert_eq!(
            (grace.status(), grace.locked_by.as_deref()),
            (Status::Locked, Some("Ada Lovelace"))
        );
        assert!(grace.session_epoch > epoch, "her sessions are over");
        assert_eq!(database.codes_after(before).await, [Code::UserLocked]);
        let again = act(db, ada, Deed::Lock, &all).await;
        assert_eq!((again.done, again.left_in_all()), (0, 4));
        assert_eq!(database.codes_after(before).await, [Code::UserLocked]);
        let unlocked = act(db, ada, Deed::Unlock, &all).await;
        assert_eq!(
            (unlocked.done, unlocked.left.clone()),
            (2, vec![(Left::Already, 2)])
        );
        database.check().await;
    }
}

#[tokio::test]
async fn all_that_match_are_those_who_were_there_and_each_is_judged_in_their_turn() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let invited = ListQuery {
            state: "invited".to_owned(),
            ..ListQuery::default()
        };
        let people = crowd(&database, &story, story.europe, 450).await;
        many::choose(db, ada, Deed::Invite, Choice::Matching(invited))
            .await
            .unwrap();
        let chosen = many::chosen(db, ada, None).await.unwrap().unwrap();
        assert_eq!((chosen.all, chosen.will), (451, 451), "Ben too");
        // One comes later, one has come in since, and one is gone.
        users::add(db, ada, story.europe, "Late", "late@crowd.example")
            .await
            .unwrap();
        database
            .run("UPDATE users SET state = 'active' WHERE login_key = 'p7@crowd.example'")
            .await;
        users::delete(db, ada, &people[8]).await.unwrap();
        let before = database.events().await;
        let outcome = many::carry_out(db, ada, &chosen.plan, None, "")
            .await
            .unwrap();
        assert_eq!(outcome.done, 449);
        assert_eq!(sorted(&outcome.left), [(Left::Gone, 1), (Left::ComeIn, 1)]);
        assert_eq!(database.events().await, before + 449);
        let late = "SELECT count(*) FROM outbox o JOIN users u ON u.id = o.user_id WHERE u.login_key = 'late@crowd.example'";
        assert_eq!(database.number(late).await, 0);
        let over = many::chosen(db, ada, None).await.unwrap().unwrap();
        assert!(over.is_over());
        assert_eq!((over.deed, over.outcome), (Deed::Invite, outcome));
        assert_eq!(
            database
                .number("SELECT count(*) FROM plans WHERE content <> ''")
                .await,
            0,
            "what is done keeps nobody"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn two_at_once_do_each_person_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let people = crowd(&database, &story, story.europe, 430).await;
        let people: Vec<&UserId> = people.iter().collect();
        let chosen = look(db, ada, Deed::Invite, &people).await;
        let before = database.events().await;
        let go = || many::carry_out(db, ada, &chosen.plan, None, "");
        let (one, other, third) = tokio::join!(go(), go(), go());
        for outcome in [one, other, third] {
            assert!(outcome.unwrap().done <= 430);
        }
        let over = many::chosen(db, ada, None).await.unwrap().unwrap();
        assert_eq!((over.outcome.done, over.is_over()), (430, true));
        assert_eq!(database.events().await, before + 430);
        database.check().await;
    }
}

#[tokio::test]
async fn nobody_is_counted_or_touched_beyond_what_one_manages() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let helper = helper(&database, &story, story.berlin).await;
        let refused = many::choose(
            db,
            &helper,
            Deed::Delete,
            Choice::These(vec![story.ada.user_id.clone(), "nobody".into()]),
        );
        assert!(matches!(refused.await, Err(Error::Conflict(_))));
        let everybody = Choice::Matching(ListQuery::default());
        many::choose(db, &helper, Deed::Move, everybody)
            .await
            .unwrap();
        let chosen = many::chosen(db, &helper, None).await.unwrap().unwrap();
        assert_eq!(chosen.all, 4, "of Berlin, Kim too; Ada is at the top");
        for elsewhere in [story.europe, NodeId(999)] {
            let refused = many::carry_out(db, &helper, &chosen.plan, Some(elsewhere), "").await;
            assert_eq!(refused.map(|_| ()), Err(Error::NotFound("This node")));
        }
        // What is taken away while they look is gone when they press.
        let grace = Choice::These(vec![story.grace.clone()]);
        many::choose(db, &helper, Deed::Lock, grace).await.unwrap();
        let chosen = many::chosen(db, &helper, None).await.unwrap().unwrap();
        assert_eq!(chosen.will, 1);
        database
            .run("DELETE FROM role_privileges WHERE role_id <> 'administrator'")
            .await;
        let outcome = many::carry_out(db, &helper, &chosen.plan, None, "")
            .await
            .unwrap();
        let left = (outcome.done, outcome.left);
        assert_eq!(left, (0, vec![(Left::Gone, 1)]));
        database.check().await;
    }
}

#[tokio::test]
async fn another_choice_takes_the_place_of_the_one_that_was_looked_at() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let first = look(db, ada, Deed::Lock, &[&story.grace]).await;
        let second = look(db, ada, Deed::Unlock, &[&story.linus]).await;
        let before = database.events().await;
        let refused = many::carry_out(db, ada, &first.plan, None, "").await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        assert_eq!(database.events().await, before);
        let outcome = many::carry_out(db, ada, &second.plan, None, "")
            .await
            .unwrap();
        assert_eq!(outcome.done, 1);
        let nobody = many::choose(db, ada, Deed::Lock, Choice::These(Vec::new())).await;
        assert!(matches!(nobody, Err(Error::Conflict(_))));
        database.check().await;
    }
}

#[tokio::test]
async fn the_last_administrator_stays_also_among_many() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        database.run("INSERT INTO role_users (role_id, user_id) SELECT 'administrator', id FROM users WHERE login_key = 'grace@acme.example'").await;
        let grace = admin_of(db, &story.grace).await;
        // Each locks everybody: of the two who administer one is left.
        let everybody = || Choice::Matching(ListQuery::default());
        many::choose(db, ada, Deed::Lock, everybody())
            .await
            .unwrap();
        many::choose(db, &grace, Deed::Lock, everybody())
            .await
            .unwrap();
        let one = many::chosen(db, ada, None).await.unwrap().unwrap();
        let other = many::chosen(db, &grace, None).await.unwrap().unwrap();
        let (one, other) = tokio::join!(
            many::carry_out(db, ada, &one.plan, None, ""),
            many::carry_out(db, &grace, &other.plan, None, "")
        );
        let done = [&one, &other].map(|it| it.as_ref().map_or(0, |it| it.done));
        assert_eq!(done.iter().sum::<i64>(), 1, "{one:?} {other:?}");
        database.check().await;
    }
}

#[tokio::test]
async fn many_are_deleted_by_their_number_and_restored_as_they_were() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let people = crowd(&database, &story, story.europe, 7).await;
        let mut all: Vec<&UserId> = people.iter().collect();
        all.extend([&ada.user_id, &story.grace, &story.ben]);
        let chosen = look(db, ada, Deed::Delete, &all).await;
        assert_eq!(
            (chosen.will, chosen.left.clone(), chosen.must_type()),
            (9, vec![(Left::Yourself, 1)], Some(9))
        );
        let before = database.events().await;
        for wrong in ["", "10", "nine"] {
            let refused = many::carry_out(db, ada, &chosen.plan, None, wrong).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "typed", .. })),
                "{wrong}"
            );
        }
        assert_eq!(database.events().await, before);
        let outcome = many::carry_out(db, ada, &chosen.plan, None, " 9 ")
            .await
            .unwrap();
        assert_eq!(outcome.done, 9);
        assert_eq!(
            database.codes_after(before).await,
            vec![Code::UserRecycled; 9]
        );
        assert_eq!(
            users::get(db, ada, &story.grace).await.err(),
            Some(Error::NotFound("This person"))
        );
        let taken = users::add(db, ada, story.europe, "Grace", &address_of("Grace")).await;
        assert!(
            matches!(taken, Err(Error::Conflict(_))),
            "her address stays taken"
        );
        let listed = bin::list(db, ada, &ListQuery::default()).await.unwrap();
        assert_eq!((listed.total, listed.rows.len()), (9, 9));
        let grace = listed
            .rows
            .iter()
            .find(|one| one.id == story.grace)
            .unwrap();
        assert_eq!(
            (grace.label.as_str(), grace.recycled_by.as_str()),
            ("Grace", "Ada Lovelace")
        );
        for _ in 0..2 {
            bin::restore(db, ada, &story.grace).await.unwrap();
        }
        let detail = users::get(db, ada, &story.grace).await.unwrap();
        assert_eq!(
            (detail.user.status(), detail.memberships.len()),
            (Status::Active, 2)
        );
        let codes = database.codes_after(before + 9).await;
        assert_eq!(codes, [Code::UserRestored]);
        database
            .run("UPDATE users SET recycled_at = 1 WHERE login_key = 'ben@acme.example'")
            .await;
        assert!(
            matches!(
                bin::restore(db, ada, &story.ben).await,
                Err(Error::Conflict(_))
            ),
            "30 days are over"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn people_move_without_their_teams_unless_a_connection_keeps_them() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let paris = nodes::add(db, ada, story.europe, "Paris").await.unwrap().id;
        let by_hand = crowd(&database, &story, story.berlin, 3).await;
        let member = [story.ops.0.as_str(), by_hand[0].as_str()].map(str::to_owned);
        let mut tx = db.write().await.unwrap();
        let given = "INSERT INTO memberships (team_id, user_id, state, source, requested_at) VALUES ($1, $2, 'pending', 'console', 1)";
        tx.run(given, member.map(Into::into)).await.unwrap();
        tx.commit().await.unwrap();
        let mut all: Vec<&UserId> = by_hand.iter().collect();
        all.extend([&story.grace, &story.linus]);
        let chosen = look(db, ada, Deed::Move, &all).await;
        assert_eq!(
            (chosen.all, chosen.will, chosen.to),
            (5, 5, None),
            "where to is asked first"
        );
        let looked = many::chosen(db, ada, Some(paris)).await.unwrap().unwrap();
        assert_eq!(
            (looked.will, looked.left.clone()),
            (3, vec![(Left::Kept, 2)])
        );
        assert!(
            many::carry_out(db, ada, &chosen.plan, None, "")
                .await
                .is_err()
        );
        let before = database.events().await;
        let outcome = many::carry_out(db, ada, &chosen.plan, Some(paris), "")
            .await
            .unwrap();
        assert_eq!(
            (outcome.done, outcome.left.clone()),
            (3, vec![(Left::Kept, 2)])
        );
        let moved = users::get(db, ada, &by_hand[0]).await.unwrap();
        assert_eq!(
            (moved.node.id, moved.memberships.len(), moved.user.state),
            (paris, 0, UserState::Invited)
        );
        let codes = database.codes_after(before).await;
        let of = |code: Code| codes.iter().filter(|one| **one == code).count();
        assert_eq!(
            (
                of(Code::UserMoved),
                of(Code::MembershipRemoved),
                codes.len()
            ),
            (3, 1, 4)
        );
        users::relocate(db, ada, &by_hand[0], paris).await.unwrap();
        assert_eq!(database.events().await, before + 4, "she is there already");
        let kept = users::relocate(db, ada, &story.grace, paris).await;
        assert!(matches!(kept, Err(Error::Conflict(_))), "{kept:?}");
        database.check().await;
    }
}

#[tokio::test]
async fn what_happened_elsewhere_to_somebody_who_moved_stays_there() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let helper = helper(&database, &story, story.berlin).await;
        let moved = crowd(&database, &story, story.europe, 1).await.remove(0);
        users::relocate(db, ada, &moved, story.berlin)
            .await
            .unwrap();
        let seen = async |admin: &Admin| {
            let events = users::get(db, admin, &moved).await.unwrap().events;
            events.iter().map(|event| event.code).collect::<Vec<Code>>()
        };
        assert_eq!(seen(&helper).await, [Code::UserMoved]);
        assert_eq!(seen(ada).await, [Code::UserMoved, Code::UserAdded]);
        database.check().await;
    }
}
