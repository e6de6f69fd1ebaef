//! Roles: added, changed, removed, given to people and teams, with privileges at nodes; done, refused, repeated, raced.

use directory::access::Admin;
use directory::admin::roles::teams::{HELD_BY_TEAMS, NOT_FOR_TEAMS};
use directory::admin::roles::{self, Wanted, holders, privileges, teams};
use directory::admin::{approvals, nodes, users};
use directory::model::event::Code;
use directory::model::id::{NodeId, RoleId, UserId};
use directory::model::query::ListQuery;
use directory::model::role::{ADMINISTRATOR, Hand, Privilege, Reach, Role, RoleKind};
use directory::model::settings::Switch;
use directory::store::db::Db;
use directory::{Error, Result};

use crate::support::{Story, admin_of, databases, everything, profile};

fn wanted(name: &str) -> Wanted {
    Wanted {
        name: name.to_owned(),
        visible_below: Switch::Off,
        for_new_users: Switch::Off,
    }
}

async fn role(db: &Db, admin: &Admin, node: NodeId, name: &str) -> Role {
    roles::add(db, admin, node, wanted(name)).await.unwrap()
}

/// A role at Europe with these privileges there and below, which Grace holds.
async fn grace_with(db: &Db, story: &Story, given: &[Privilege]) -> (Role, Admin) {
    let made = role(db, &story.ada, story.europe, "Of Grace").await;
    let set = privileges::set(db, &story.ada, &made.id, story.europe, given, Reach::Below);
    set.await.unwrap();
    holders::give(db, &story.ada, &made.id, &story.grace)
        .await
        .unwrap();
    (made, admin_of(db, &story.grace).await)
}

async fn held_by(db: &Db, story: &Story, user: &UserId) -> Vec<String> {
    let found = users::get(db, &story.ada, user).await.unwrap();
    found.roles.into_iter().map(|role| role.name).collect()
}

fn is_forbidden<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Forbidden(_)))
}

fn is_conflict<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Conflict(_)))
}

#[tokio::test]
async fn a_role_is_added_once_by_name_changed_and_removed() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let before = database.events().await;
        let made = role(db, ada, story.berlin, " Engineer ").await;
        assert_eq!(
            (made.name.as_str(), made.kind),
            ("Engineer", RoleKind::Ordinary)
        );
        let again = roles::add(db, ada, story.berlin, wanted("ENGINEER")).await;
        assert!(matches!(again, Err(Error::Invalid { field: "name", .. })));
        role(db, ada, story.europe, "Engineer").await;
        for _ in 0..2 {
            let other = Wanted {
                visible_below: Switch::On,
                ..wanted("Designer")
            };
            roles::change(db, ada, &made.id, other).await.unwrap();
        }
        let found = roles::get(db, ada, &made.id, &everything()).await.unwrap();
        assert_eq!(found.role.name, "Designer");
        assert!(found.role.visible_below && found.hand == Hand::Change);
        holders::give(db, ada, &made.id, &story.ben).await.unwrap();
        teams::give(db, ada, &made.id, &story.ops).await.unwrap();
        roles::remove(db, ada, &made.id).await.unwrap();
        assert_eq!(
            roles::remove(db, ada, &made.id).await,
            Err(Error::NotFound("This role"))
        );
        assert!(held_by(db, &story, &story.ben).await.is_empty());
        assert_eq!(
            database.codes_after(before).await,
            [
                Code::RoleAdded,
                Code::RoleAdded,
                Code::RoleChanged,
                Code::RoleGiven,
                Code::TeamRoleGiven,
                Code::RoleRemoved
            ]
        );
        database.check().await;
    }
}

#[tokio::test]
async fn the_role_of_the_installation_stays_as_it_is() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = RoleId::from(ADMINISTRATOR);
        assert!(is_conflict(
            &roles::change(db, ada, &id, wanted("Boss")).await
        ));
        assert!(is_conflict(&roles::remove(db, ada, &id).await));
        let set = privileges::set(db, ada, &id, NodeId::ROOT, &[], Reach::Below).await;
        assert!(is_conflict(&set));
        database.check().await;
    }
}

#[tokio::test]
async fn the_last_administrator_stays_and_nobody_takes_power_from_themself() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = RoleId::from(ADMINISTRATOR);
        assert!(is_forbidden(
            &holders::take(db, ada, &id, &ada.user_id).await
        ));
        let (own, _) = grace_with(db, &story, Privilege::ALL).await;
        holders::give(db, ada, &own.id, &ada.user_id).await.unwrap();
        assert!(is_forbidden(&roles::remove(db, ada, &own.id).await));
        let less = privileges::set(
            db,
            ada,
            &own.id,
            story.europe,
            &[Privilege::ManageRoles],
            Reach::Below,
        );
        assert!(is_forbidden(&less.await));
        // Somebody with all of it, who does not hold the role itself.
        let root = role(db, ada, NodeId::ROOT, "Everything").await;
        privileges::set(
            db,
            ada,
            &root.id,
            NodeId::ROOT,
            Privilege::ALL,
            Reach::Below,
        )
        .await
        .unwrap();
        holders::give(db, ada, &root.id, &story.grace)
            .await
            .unwrap();
        let grace = admin_of(db, &story.grace).await;
        let last = holders::take(db, &grace, &id, &ada.user_id).await;
        assert!(
            matches!(&last, Err(Error::Forbidden(why)) if why.contains("last administrator")),
            "{last:?}"
        );
        holders::give(db, &grace, &id, &story.grace).await.unwrap();
        holders::take(db, &grace, &id, &ada.user_id).await.unwrap();
        assert!(!held_by_admin(
            &admin_of(db, &ada.user_id).await,
            NodeId::ROOT
        ));
        database.check().await;
    }
}

fn held_by_admin(admin: &Admin, node: NodeId) -> bool {
    admin.may(Privilege::ManageUsers, node)
}

#[tokio::test]
async fn two_administrators_who_take_the_role_from_each_other_leave_one() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let id = RoleId::from(ADMINISTRATOR);
        holders::give(db, &story.ada, &id, &story.grace)
            .await
            .unwrap();
        let grace = admin_of(db, &story.grace).await;
        let (one, other) = tokio::join!(
            holders::take(db, &story.ada, &id, &story.grace),
            holders::take(db, &grace, &id, &story.ada.user_id),
        );
        assert_eq!(
            [one.is_ok(), other.is_ok()]
                .iter()
                .filter(|ok| **ok)
                .count(),
            1,
            "{one:?} {other:?}"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_role_is_given_and_taken_once_and_ends_sessions_where_it_gives_power() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let epoch = async |user: &UserId| {
            let found = users::get(db, ada, user).await.unwrap();
            found.user.session_epoch
        };
        let plain = role(db, ada, story.berlin, "Plain").await;
        let before = (database.events().await, epoch(&story.grace).await);
        for _ in 0..2 {
            holders::give_to(db, ada, &plain.id, "GRACE@acme.example ")
                .await
                .unwrap();
        }
        assert_eq!(database.codes_after(before.0).await, [Code::RoleGiven]);
        assert_eq!(epoch(&story.grace).await, before.1);
        let nobody = holders::give_to(db, ada, &plain.id, "nobody@acme.example").await;
        assert!(matches!(
            nobody,
            Err(Error::Invalid {
                field: "person",
                ..
            })
        ));
        let strong = role(db, ada, story.europe, "Strong").await;
        let reads = [Privilege::ReadEvents];
        privileges::set(db, ada, &strong.id, story.europe, &reads, Reach::Here)
            .await
            .unwrap();
        holders::give(db, ada, &strong.id, &story.grace)
            .await
            .unwrap();
        assert_eq!(epoch(&story.grace).await, before.1 + 1);
        assert!(is_conflict(
            &holders::give(db, ada, &strong.id, &story.ben).await
        ));
        for _ in 0..2 {
            holders::take(db, ada, &strong.id, &story.grace)
                .await
                .unwrap();
        }
        assert_eq!(epoch(&story.grace).await, before.1 + 2);
        assert_eq!(held_by(db, &story, &story.grace).await, ["Plain"]);
        database.check().await;
    }
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let (own, grace) = grace_with(
            db,
            &story,
            &[Privilege::ManageRoles, Privilege::ManageTeams],
        )
        .await;
        let made = role(db, &grace, story.berlin, "Below").await;
        let set = async |privilege, reach| {
            privileges::set(db, &grace, &made.id, story.berlin, &[privilege], reach).await
        };
        assert!(is_forbidden(
            &set(Privilege::ManageUsers, Reach::Here).await
        ));
        let above = privileges::set(
            db,
            &grace,
            &made.id,
            NodeId::ROOT,
            &[Privilege::ManageTeams],
            Reach::Here,
        );
        assert_eq!(above.await, Err(Error::NotFound("This node")));
        set(Privilege::ManageTeams, Reach::Below).await.unwrap();
        // A role of her node that another gave more.
        let more = role(db, ada, story.berlin, "More").await;
        let users_too = [Privilege::ManageUsers];
        privileges::set(db, ada, &more.id, story.berlin, &users_too, Reach::Here)
            .await
            .unwrap();
        for refused in [
            holders::give(db, &grace, &more.id, &story.grace)
                .await
                .map(|_| ()),
            roles::change(db, &grace, &more.id, wanted("Mine")).await,
            roles::remove(db, &grace, &more.id).await,
        ] {
            assert!(is_forbidden(&refused), "{refused:?}");
        }
        let looked = roles::get(db, &grace, &more.id, &everything())
            .await
            .unwrap();
        assert_eq!(looked.hand, Hand::Look);
        // And nothing above her node is there.
        let top = role(db, ada, NodeId::ROOT, "Top").await;
        assert_eq!(
            roles::remove(db, &grace, &top.id).await,
            Err(Error::NotFound("This role"))
        );
        assert!(is_forbidden(&roles::remove(db, &grace, &own.id).await));
        database.check().await;
    }
}

#[tokio::test]
async fn a_visible_role_is_used_below_and_changed_above() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let grace = {
            let made = role(db, ada, story.berlin, "Berlin").await;
            let given = [Privilege::ManageRoles];
            privileges::set(db, ada, &made.id, story.berlin, &given, Reach::Below)
                .await
                .unwrap();
            holders::give(db, ada, &made.id, &story.grace)
                .await
                .unwrap();
            admin_of(db, &story.grace).await
        };
        let hidden = role(db, ada, story.europe, "Hidden").await;
        let visible = Wanted {
            visible_below: Switch::On,
            ..wanted("Visible")
        };
        let visible = roles::add(db, ada, story.europe, visible).await.unwrap();
        let listed = roles::list(db, &grace, &everything()).await.unwrap();
        let names: Vec<_> = listed.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!((names, listed.all), (vec!["Berlin", "Visible"], 2));
        let gone = holders::give(db, &grace, &hidden.id, &story.ben).await;
        assert_eq!(gone.map(|_| ()), Err(Error::NotFound("This role")));
        holders::give(db, &grace, &visible.id, &story.ben)
            .await
            .unwrap();
        let change = roles::change(db, &grace, &visible.id, wanted("Mine")).await;
        assert!(change.is_err(), "it belongs to the node above");
        let found = roles::get(db, &grace, &visible.id, &everything())
            .await
            .unwrap();
        assert_eq!((found.hand, found.users.total), (Hand::Give, 1));
        // Whoever holds it where Grace does not manage roles is not there for her.
        users::add(db, ada, story.europe, "Emil", "emil@acme.example")
            .await
            .unwrap();
        holders::give_to(db, ada, &visible.id, "emil@acme.example")
            .await
            .unwrap();
        let found = roles::get(db, &grace, &visible.id, &everything())
            .await
            .unwrap();
        assert_eq!(found.users.total, 1);
        let emil = holders::give_to(db, &grace, &visible.id, "emil@acme.example").await;
        let nobody = holders::give_to(db, &grace, &visible.id, "nobody@acme.example").await;
        assert_eq!(emil.map(|_| ()), nobody.map(|_| ()), "elsewhere is nowhere");
        database.check().await;
    }
}

#[tokio::test]
async fn new_people_hold_the_roles_for_new_people() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let add = async |node, name: &str, below| {
            let new = Wanted {
                name: name.to_owned(),
                visible_below: below,
                for_new_users: Switch::On,
            };
            roles::add(db, ada, node, new).await.unwrap()
        };
        add(story.europe, "Everybody", Switch::On).await;
        add(story.europe, "Europe", Switch::Off).await;
        let berlin = add(story.berlin, "Berlin", Switch::Off).await;
        let emil =
            directory::provisioning::users::create(db, &story.okta, profile("Emil"), Vec::new());
        let emil = emil.await.unwrap().user.id;
        assert_eq!(held_by(db, &story, &emil).await, ["Berlin", "Everybody"]);
        let by_hand = users::add(db, ada, story.europe, "Frida", "frida@acme.example");
        let frida = by_hand.await.unwrap().id;
        assert_eq!(held_by(db, &story, &frida).await, ["Europe", "Everybody"]);
        assert!(held_by(db, &story, &story.ben).await.is_empty());
        let strong = privileges::set(
            db,
            ada,
            &berlin.id,
            story.berlin,
            &[Privilege::ManageUsers],
            Reach::Here,
        );
        assert!(
            is_conflict(&strong.await),
            "nobody is born an administrator"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_team_holds_a_role_for_its_approved_members() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let made = role(db, ada, story.berlin, "Engineer").await;
        approvals::approve_team(db, ada, &story.ops).await.unwrap();
        let before = database.events().await;
        let seen = teams::preview(db, ada, &made.id, &story.ops).await.unwrap();
        assert_eq!(
            (seen.first.clone(), seen.changed),
            (vec!["Grace".to_owned()], 1)
        );
        assert_eq!((seen.unchanged, seen.pending, seen.is_held), (0, 2, false));
        assert_eq!(database.events().await, before, "a preview changes nothing");
        for _ in 0..2 {
            teams::give(db, ada, &made.id, &story.ops).await.unwrap();
        }
        assert_eq!(held_by(db, &story, &story.grace).await, ["Engineer"]);
        assert!(held_by(db, &story, &story.ben).await.is_empty(), "pending");
        holders::give(db, ada, &made.id, &story.grace)
            .await
            .unwrap();
        let seen = teams::preview(db, ada, &made.id, &story.ops).await.unwrap();
        assert_eq!((seen.changed, seen.unchanged, seen.is_held), (0, 1, true));
        let (held, usable) = teams::of_team(db, ada, &story.ops).await.unwrap();
        assert_eq!((held.len(), usable.len()), (1, 0));
        for _ in 0..2 {
            teams::take(db, ada, &made.id, &story.ops).await.unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::TeamRoleGiven, Code::RoleGiven, Code::TeamRoleTaken]
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_team_never_holds_a_role_with_privileges_by_either_order_or_a_race() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let sentence = Err(Error::Conflict(NOT_FOR_TEAMS.to_owned()));
        let reads = [Privilege::ReadEvents];
        let strong = role(db, ada, story.berlin, "Strong").await;
        privileges::set(db, ada, &strong.id, story.berlin, &reads, Reach::Here)
            .await
            .unwrap();
        assert_eq!(teams::give(db, ada, &strong.id, &story.ops).await, sentence);
        let preview = teams::preview(db, ada, &strong.id, &story.ops).await;
        assert_eq!(preview.map(|_| ()), sentence);
        let plain = role(db, ada, story.berlin, "Plain").await;
        teams::give(db, ada, &plain.id, &story.ops).await.unwrap();
        let set = privileges::set(db, ada, &plain.id, story.berlin, &reads, Reach::Here).await;
        assert_eq!(set, Err(Error::Conflict(HELD_BY_TEAMS.to_owned())), "B-78");
        for round in 0..5 {
            let raced = role(db, ada, story.berlin, &format!("Raced {round}")).await;
            let (given, set) = tokio::join!(
                teams::give(db, ada, &raced.id, &story.ops),
                privileges::set(db, ada, &raced.id, story.berlin, &reads, Reach::Here),
            );
            assert_eq!(
                [given.is_ok(), set.is_ok()]
                    .iter()
                    .filter(|ok| **ok)
                    .count(),
                1,
                "{given:?} {set:?}"
            );
        }
        // Behind the back of the verbs the database refuses it too.
        let mut tx = db.write().await.unwrap();
        let behind = directory::store::holders::give_team(&mut tx, &strong.id, &story.ops).await;
        assert!(behind.is_err());
        drop(tx);
        let mut tx = db.write().await.unwrap();
        let kind = RoleKind::Administrative;
        let behind = directory::store::roles::set_kind(&mut tx, &plain.id, kind).await;
        assert!(behind.is_err());
        drop(tx);
        database.check().await;
    }
}

#[tokio::test]
async fn privileges_are_set_at_a_node_changed_once_and_taken_with_it() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let made = role(db, ada, story.europe, "Helpdesk").await;
        let before = database.events().await;
        let given = [Privilege::ManageUsers, Privilege::ReadEvents];
        for _ in 0..2 {
            privileges::set(db, ada, &made.id, story.europe, &given, Reach::Below)
                .await
                .unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::RolePrivilegesChanged]
        );
        holders::give(db, ada, &made.id, &story.grace)
            .await
            .unwrap();
        let grace = admin_of(db, &story.grace).await;
        assert!(grace.may(Privilege::ManageUsers, story.berlin));
        privileges::set(db, ada, &made.id, story.europe, &given, Reach::Here)
            .await
            .unwrap();
        let grace = admin_of(db, &story.grace).await;
        assert!(!grace.may(Privilege::ManageUsers, story.berlin));
        let new = Wanted {
            for_new_users: Switch::On,
            ..wanted("Helpdesk")
        };
        assert!(is_conflict(&roles::change(db, ada, &made.id, new).await));
        privileges::set(db, ada, &made.id, story.europe, &[], Reach::Below)
            .await
            .unwrap();
        let found = roles::get(db, ada, &made.id, &everything()).await.unwrap();
        assert_eq!(found.role.kind, RoleKind::Ordinary);
        assert!(!admin_of(db, &story.grace).await.is_administrator());
        holders::give(db, ada, &made.id, &story.ben).await.unwrap();
        let set = privileges::set(db, ada, &made.id, story.europe, &given, Reach::Here).await;
        assert!(is_conflict(&set), "Ben has not come in yet");
        database.check().await;
    }
}

#[tokio::test]
async fn what_a_node_holds_is_counted_for_those_who_may_know() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (_, grace) = grace_with(db, &story, &[Privilege::ManageTeams]).await;
        let berlin = nodes::get(db, &grace, story.berlin).await.unwrap();
        assert_eq!((berlin.users, berlin.teams), (0, 2));
        assert_eq!(
            (berlin.connection, berlin.may),
            (None, vec![Privilege::ManageTeams])
        );
        let refused = roles::list(db, &grace, &ListQuery::default()).await;
        assert!(is_forbidden(&refused));
        assert_eq!(
            roles::usable(db, &grace, story.berlin).await,
            Ok(Vec::new())
        );
        database.check().await;
    }
}
