//! Mail that waits: written in order, to those who may be told, and taken back only where it is an invitation.

use directory::model::id::NodeId;
use directory::model::letter::Letter;
use directory::model::role::Privilege;
use directory::store::outbox;

use crate::support::{Story, databases};

#[tokio::test]
async fn administrators_of_a_node_can_be_told_something_and_nobody_else() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let mut tx = database.db.write().await.unwrap();
        let told = outbox::administrators(&mut tx, story.berlin, Privilege::ManageUsers)
            .await
            .unwrap();
        let [ada] = told.as_slice() else {
            panic!("only Ada administers: {told:?}")
        };
        assert_eq!(
            (&ada.id, ada.login.as_str()),
            (&story.ada.user_id, "ada@acme.example")
        );
        let nowhere = outbox::administrators(&mut tx, NodeId(999), Privilege::ManageUsers).await;
        assert_eq!(nowhere, Ok(vec![]));
        let letter = Letter {
            subject: "Ten people were locked".to_owned(),
            ..Letter::default()
        };
        for _ in 0..2 {
            outbox::tell(&mut tx, ada, "alert", &letter).await.unwrap();
        }
        outbox::withdraw(&mut tx, &ada.id).await.unwrap();
        tx.commit().await.unwrap();
        let waiting = "SELECT count(*) FROM outbox WHERE kind = 'alert' AND withdrawn_at IS NULL
                         AND transition IN (1, 2) AND letter LIKE '%Ten people were locked%'";
        assert_eq!(
            database.number(waiting).await,
            2,
            "alerts are not invitations"
        );
        database.check().await;
    }
}
