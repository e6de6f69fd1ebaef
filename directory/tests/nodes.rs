//! The tree of nodes.

use directory::Error;
use directory::admin::{nodes, removal, users};
use directory::model::connection::Fate;
use directory::model::event::Code;
use directory::model::id::NodeId;

use crate::support::{Story, databases};

#[tokio::test]
async fn a_node_is_added_below_another_and_the_tree_shows_it_in_its_place() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let before = database.events().await;
        let asia = nodes::add(db, &story.ada, NodeId::ROOT, " Asia ")
            .await
            .unwrap();
        assert_eq!(
            (asia.name.as_str(), asia.parent_id, asia.id),
            ("Asia", Some(NodeId::ROOT), NodeId(4))
        );
        assert_eq!(database.codes_after(before).await, [Code::NodeAdded]);
        let ada = story.ada_now(db).await;
        nodes::add(db, &ada, story.europe, "amsterdam")
            .await
            .unwrap();
        let ada = story.ada_now(db).await;
        let tree = nodes::tree(db, &ada).await.unwrap();
        let shown: Vec<_> = tree
            .iter()
            .map(|node| (node.name.as_str(), node.depth))
            .collect();
        assert_eq!(
            shown,
            [
                ("Acme", 0),
                ("Asia", 1),
                ("Europe", 1),
                ("amsterdam", 2),
                ("Berlin", 2)
            ]
        );
        let berlin = tree.iter().find(|node| node.id == story.berlin).unwrap();
        assert_eq!(
            (berlin.users, berlin.teams, berlin.connection.as_str()),
            (3, 2, "inactive")
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_node_shows_its_path_its_children_and_its_connection() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let berlin = nodes::get(&database.db, &story.ada, story.berlin)
            .await
            .unwrap();
        let path: Vec<_> = berlin.path.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(path, ["Acme", "Europe", "Berlin"]);
        assert_eq!((berlin.users, berlin.teams), (3, 2));
        assert_eq!(berlin.connection.unwrap().name, "Okta");
        let root = nodes::get(&database.db, &story.ada, NodeId::ROOT)
            .await
            .unwrap();
        assert_eq!(
            root.children
                .iter()
                .map(|node| node.name.as_str())
                .collect::<Vec<_>>(),
            ["Europe"]
        );
        assert_eq!(
            nodes::get(&database.db, &story.ada, NodeId(99)).await,
            Err(Error::NotFound("This node"))
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_name_is_refused_where_nobody_could_read_it() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let before = database.events().await;
        for name in ["", "  ", "a\nb", &"x".repeat(256)] {
            let refused = nodes::add(&database.db, &story.ada, NodeId::ROOT, name).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "name", .. })),
                "{name:?}"
            );
        }
        assert_eq!(database.events().await, before);
        database.check().await;
    }
}

#[tokio::test]
async fn a_repeated_rename_changes_nothing() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let before = database.events().await;
        for _ in 0..2 {
            nodes::rename(&database.db, &story.ada, story.berlin, "Berlin-Mitte")
                .await
                .unwrap();
        }
        assert_eq!(database.codes_after(before).await, [Code::NodeRenamed]);
        let node = nodes::get(&database.db, &story.ada, story.berlin)
            .await
            .unwrap()
            .node;
        assert_eq!(node.name, "Berlin-Mitte");
        database.check().await;
    }
}

#[tokio::test]
async fn only_an_empty_node_is_removed_and_its_number_is_never_used_again() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        for full in [story.berlin, story.europe] {
            let refused = nodes::remove(db, &story.ada, full).await;
            assert_eq!(
                refused,
                Err(Error::Conflict(
                    "You must first delete or move the objects on this node.".to_owned()
                ))
            );
        }
        assert!(matches!(
            nodes::remove(db, &story.ada, NodeId::ROOT).await,
            Err(Error::Conflict(_))
        ));
        let asia = nodes::add(db, &story.ada, NodeId::ROOT, "Asia")
            .await
            .unwrap();
        let ada = story.ada_now(db).await;
        let before = database.events().await;
        nodes::remove(db, &ada, asia.id).await.unwrap();
        assert_eq!(
            nodes::remove(db, &ada, asia.id).await,
            Err(Error::NotFound("This node"))
        );
        assert_eq!(database.codes_after(before).await, [Code::NodeRemoved]);
        let next = nodes::add(db, &ada, NodeId::ROOT, "Africa").await.unwrap();
        assert!(next.id > asia.id, "{} after {}", next.id, asia.id);
        database.check().await;
    }
}

#[tokio::test]
async fn nodes_added_at_once_have_numbers_of_their_own() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let added = futures::future::join_all((0..16).map(|n| {
            let name = format!("Node {n}");
            async move { nodes::add(db, ada, NodeId::ROOT, &name).await.unwrap().id }
        }))
        .await;
        let mut ids = added.clone();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 16);
        database.check().await;
    }
}

#[tokio::test]
async fn a_node_that_is_removed_while_somebody_is_put_there_keeps_them_or_refuses_them() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        for n in 0..8 {
            let node = nodes::add(db, &story.ada_now(db).await, NodeId::ROOT, "Short")
                .await
                .unwrap()
                .id;
            let ada = story.ada_now(db).await;
            let email = format!("short{n}@acme.example");
            let (removed, added) = tokio::join!(
                nodes::remove(db, &ada, node),
                users::add(db, &ada, node, "Short", &email)
            );
            let keeps = matches!(&removed, Err(Error::Conflict(_))) && added.is_ok();
            let refuses = removed.is_ok() && matches!(&added, Err(Error::NotFound(_)));
            assert!(keeps || refuses, "{removed:?} {added:?}");
        }
        database.check().await;
    }
}

#[tokio::test]
async fn a_connection_that_was_removed_leaves_its_node_behind() {
    for database in databases().await {
        let story = Story::of(&database).await;
        removal::remove(&database.db, &story.ada, story.berlin, Fate::Unlink)
            .await
            .unwrap();
        let berlin = nodes::get(&database.db, &story.ada, story.berlin)
            .await
            .unwrap();
        assert_eq!((berlin.connection, berlin.users), (None, 3));
        database.check().await;
    }
}
