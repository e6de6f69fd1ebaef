//! Who may do what where, as one table.

use directory::access::Admin;
use directory::admin::{
    approvals, connections, events, nodes, overview, requests, settings, teams, users,
};
use directory::model::connection::UniqueNames;
use directory::model::id::NodeId;
use directory::model::membership::Synced;
use directory::model::query::ListQuery;
use directory::model::request::LogQuery;
use directory::model::role::Privilege;
use directory::model::settings::{Settings, Switch};
use directory::secret::parse_token;
use directory::store::db::Db;
use directory::{Error, Result};

use crate::support::{Database, Story, admin_of, databases, everything};

/// What somebody without the right answers: it is there and they may not, or it is not there at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Done,
    Forbidden,
    NotFound,
}

use Answer::{Done, Forbidden, NotFound};

fn answer<T>(result: &Result<T>) -> Answer {
    match result {
        Err(Error::Forbidden(_)) => Forbidden,
        Err(Error::NotFound(_)) => NotFound,
        // Refused for another reason than the right, which is asked first.
        _ => Done,
    }
}

/// Gives Grace one role with one privilege at one node, and nothing else.
async fn grace_with(
    database: &Database,
    story: &Story,
    privilege: Privilege,
    node: NodeId,
    cascades: bool,
) -> Admin {
    let db = &database.db;
    let mut tx = db.write().await.unwrap();
    for sql in [
        "DELETE FROM role_users WHERE role_id = 'test'",
        "DELETE FROM role_privileges WHERE role_id = 'test'",
    ] {
        tx.run(sql, []).await.unwrap();
    }
    tx.run(
        "INSERT INTO roles (id, node_id, name, kind, created_at) VALUES ('test', 1, 'Test', 'administrative', 0) ON CONFLICT (id) DO NOTHING",
        [],
    )
    .await
    .unwrap();
    let args = [node.into(), privilege.as_str().into(), cascades.into()];
    tx.run("INSERT INTO role_privileges (role_id, node_id, privilege, cascades) VALUES ('test', $1, $2, $3)", args).await.unwrap();
    tx.run(
        "INSERT INTO role_users (role_id, user_id) VALUES ('test', $1)",
        [(&story.grace).into()],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    admin_of(db, &story.grace).await
}

/// A verb, the privilege it asks for, what somebody hears who sees the node without it, and what was heard.
type Line = (&'static str, Privilege, Answer, Answer);

/// Every verb at Berlin, or at something that lies there.
async fn try_all(story: &Story, database: &Database, admin: &Admin) -> Vec<Line> {
    let db = &database.db;
    let mut lines = on_nodes(story, db, admin).await;
    lines.extend(on_connections(story, db, admin).await);
    lines.extend(on_people(story, db, admin).await);
    lines.extend(on_teams(story, db, admin).await);
    lines
}

async fn on_nodes(story: &Story, db: &Db, admin: &Admin) -> Vec<Line> {
    let added = answer(&nodes::add(db, admin, story.berlin, "Below").await);
    let renamed = answer(&nodes::rename(db, admin, story.berlin, "Berlin").await);
    let removed = answer(&nodes::remove(db, admin, story.berlin).await);
    [
        ("nodes::add", added),
        ("nodes::rename", renamed),
        ("nodes::remove", removed),
    ]
    .map(|(verb, heard)| (verb, Privilege::ManageNodes, Forbidden, heard))
    .into()
}

async fn on_connections(story: &Story, db: &Db, admin: &Admin) -> Vec<Line> {
    let (berlin, secrets) = (story.berlin, &story.secrets);
    let started = answer(&connections::start(db, admin, berlin, "").await);
    let got = answer(&connections::get(db, admin, berlin).await);
    let live = answer(&connections::live(db, admin, berlin).await);
    let listed = answer(&requests::list(db, admin, berlin, &LogQuery::default()).await);
    let clients = answer(&requests::clients(db, admin, berlin).await);
    let made = connections::generate_token(db, admin, secrets, berlin, "").await;
    let generated = answer(&made);
    // Revoked again at once, so that there is room for the next; without the right, of a token that is there.
    let token = made.map_or_else(|_| parse_token(&story.token).unwrap(), |made| made.token.id);
    let revoked = answer(&connections::revoke_token(db, admin, berlin, &token).await);
    let saved = answer(&connections::save(db, admin, berlin, "Okta", UniqueNames::Off).await);
    [
        ("connections::start", started),
        ("connections::get", got),
        ("connections::live", live),
        ("requests::list", listed),
        ("requests::clients", clients),
        ("connections::generate_token", generated),
        ("connections::revoke_token", revoked),
        ("connections::save", saved),
    ]
    .map(|(verb, heard)| (verb, Privilege::ManageConnections, Forbidden, heard))
    .into()
}

async fn on_people(story: &Story, db: &Db, admin: &Admin) -> Vec<Line> {
    let added = answer(&users::add(db, admin, story.berlin, "Ada", "ada@acme.example").await);
    let got = answer(&users::get(db, admin, &story.ben).await);
    let invited = answer(&users::send_invitation(db, admin, &story.ben).await);
    let locked = answer(&users::lock(db, admin, &story.linus).await);
    let unlocked = answer(&users::unlock(db, admin, &story.grace).await);
    [
        ("users::add", Forbidden, added),
        ("users::get", NotFound, got),
        ("users::send_invitation", NotFound, invited),
        ("users::lock", NotFound, locked),
        ("users::unlock", NotFound, unlocked),
    ]
    .map(|(verb, without, heard)| (verb, Privilege::ManageUsers, without, heard))
    .into()
}

async fn on_teams(story: &Story, db: &Db, admin: &Admin) -> Vec<Line> {
    let (ops, grace, ben) = (&story.ops, &story.grace, &story.ben);
    let got = answer(&teams::get(db, admin, ops).await);
    let approved = answer(&approvals::approve_team(db, admin, ops).await);
    let denied = answer(&approvals::deny_team(db, admin, &story.design).await);
    let let_in = answer(&approvals::approve_membership(db, admin, ops, grace).await);
    let kept_out = answer(&approvals::deny_membership(db, admin, ops, ben).await);
    [
        ("teams::get", got),
        ("approvals::approve_team", approved),
        ("approvals::deny_team", denied),
        ("approvals::approve_membership", let_in),
        ("approvals::deny_membership", kept_out),
    ]
    .map(|(verb, heard)| (verb, Privilege::ManageTeams, NotFound, heard))
    .into()
}

#[tokio::test]
async fn a_verb_asks_for_its_own_privilege_at_the_node_of_the_thing() {
    for database in databases().await {
        let story = Story::of(&database).await;
        for privilege in Privilege::ALL {
            for (node, cascades) in [
                (story.berlin, false),
                (story.europe, true),
                (NodeId::ROOT, true),
            ] {
                let grace = grace_with(&database, &story, *privilege, node, cascades).await;
                for (verb, asks, without, heard) in try_all(&story, &database, &grace).await {
                    let expected = if asks == *privilege { Done } else { without };
                    assert_eq!(heard, expected, "{verb} with {privilege:?} at {node}");
                }
            }
        }
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_has_nothing_to_do_with_a_node_hears_that_nothing_is_there() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let asia = nodes::add(&database.db, &story.ada, NodeId::ROOT, "Asia")
            .await
            .unwrap()
            .id;
        let before = database.events().await;
        for privilege in Privilege::ALL {
            // Beside it, above it without what lies below, and nowhere.
            for node in [asia, story.europe, NodeId::ROOT] {
                let grace = grace_with(&database, &story, *privilege, node, false).await;
                for (verb, _, _, heard) in try_all(&story, &database, &grace).await {
                    assert_eq!(heard, NotFound, "{verb} with {privilege:?} at {node} alone");
                }
                assert_eq!(
                    nodes::get(&database.db, &grace, story.berlin).await,
                    Err(Error::NotFound("This node"))
                );
            }
        }
        assert_eq!(database.events().await, before, "and nothing happened");
        database.check().await;
    }
}

#[tokio::test]
async fn lists_and_counts_show_the_administrators_own_nodes_alone() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        users::add(db, &story.ada, story.europe, "Emil", "emil@acme.example")
            .await
            .unwrap();
        let grace = grace_with(
            &database,
            &story,
            Privilege::ManageUsers,
            story.europe,
            false,
        )
        .await;
        let seen = users::list(db, &grace, &everything()).await.unwrap();
        assert_eq!(
            (seen.total, seen.all, seen.rows[0].label.as_str()),
            (1, 1, "Emil")
        );
        let elsewhere = ListQuery {
            node: Some(story.berlin),
            ..everything()
        };
        assert_eq!(users::list(db, &grace, &elsewhere).await.unwrap().total, 0);
        let by_name = ListQuery {
            q: "Ben".to_owned(),
            ..everything()
        };
        assert_eq!(users::list(db, &grace, &by_name).await.unwrap().total, 0);
        assert_eq!(users::counts(db, &grace, None).await.unwrap().all, 1);
        assert_eq!(
            nodes::tree(db, &grace)
                .await
                .unwrap()
                .iter()
                .map(|node| node.name.as_str())
                .collect::<Vec<_>>(),
            ["Europe"]
        );
        let europe = nodes::get(db, &grace, story.europe).await.unwrap();
        assert_eq!((europe.path.len(), europe.children.len()), (1, 0));
        for refused in [
            answer(&teams::list(db, &grace, &everything()).await),
            answer(&events::list(db, &grace, &everything()).await),
            answer(&connections::list(db, &grace).await),
            answer(&approvals::pending(db, &grace).await),
            answer(&approvals::full_sync(db, &grace).await),
            answer(&settings::get(db, &grace).await),
        ] {
            assert_ne!(refused, Done);
        }
        assert_eq!(approvals::count(db, &grace).await.unwrap(), 0);
        let glance = overview::overview(db, &grace).await.unwrap();
        assert_eq!(
            (
                glance.counts.all,
                glance.nodes,
                glance.kept,
                glance.connections.len(),
                glance.events.len()
            ),
            (1, 1, 0, 0, 0)
        );
        assert_eq!(glance.approvals, Synced::default());
        database.check().await;
    }
}

#[tokio::test]
async fn an_administrator_of_teams_syncs_their_own_nodes_alone() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let grace = grace_with(
            &database,
            &story,
            Privilege::ManageTeams,
            story.europe,
            false,
        )
        .await;
        let synced = approvals::full_sync(db, &grace).await.unwrap();
        assert_eq!(synced, Synced::default());
        let grace = grace_with(
            &database,
            &story,
            Privilege::ManageTeams,
            story.europe,
            true,
        )
        .await;
        let synced = approvals::full_sync(db, &grace).await.unwrap();
        assert_eq!((synced.teams, synced.memberships), (2, 2));
        database.check().await;
    }
}

#[tokio::test]
async fn powers_are_read_anew_each_time() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        assert!(!admin_of(db, &story.grace).await.is_administrator());
        let grace = grace_with(&database, &story, Privilege::ReadEvents, story.europe, true).await;
        assert_eq!(
            grace.nodes(Privilege::ReadEvents),
            [story.europe, story.berlin]
        );
        assert!(grace.nodes(Privilege::ManageUsers).is_empty());
        database
            .run("DELETE FROM role_users WHERE role_id = 'test'")
            .await;
        let nobody = admin_of(db, &story.grace).await;
        assert!(!nobody.is_administrator());
        let refused = overview::overview(db, &nobody).await;
        assert_eq!(answer(&refused), Forbidden);
        let sentence = "You need the privilege Manage users here. Ask an administrator who has it.";
        assert_eq!(
            users::list(db, &nobody, &everything()).await,
            Err(Error::Forbidden(sentence.to_owned()))
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_word_of_a_newer_program_gives_no_power() {
    for database in databases().await {
        let story = Story::of(&database).await;
        grace_with(
            &database,
            &story,
            Privilege::ManageUsers,
            story.europe,
            true,
        )
        .await;
        database.run("UPDATE role_privileges SET privilege = 'manage_the_weather' WHERE role_id = 'test'").await;
        assert!(
            !admin_of(&database.db, &story.grace)
                .await
                .is_administrator()
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_setting_is_kept_and_told_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        assert_eq!(
            settings::get(db, ada).await.unwrap().approve_at_sign_in,
            Switch::On
        );
        let before = database.events().await;
        for _ in 0..2 {
            settings::save(
                db,
                ada,
                Settings {
                    approve_at_sign_in: Switch::Off,
                },
            )
            .await
            .unwrap();
        }
        assert_eq!(
            settings::get(db, ada).await.unwrap().approve_at_sign_in,
            Switch::Off
        );
        assert_eq!(database.events().await, before + 1);
        database.check().await;
    }
}
