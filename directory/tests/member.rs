//! What a signed-in person sees of themself.

use directory::admin::approvals;
use directory::member;
use directory::model::team::Decision;

use crate::support::{Story, databases};

#[tokio::test]
async fn a_member_sees_their_teams_and_what_they_wait_for() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        approvals::full_sync(db, &story.ada).await.unwrap();
        let grace = story.person(db, &story.grace).await;
        let teams: Vec<_> = member::teams(db, &grace)
            .await
            .unwrap()
            .into_iter()
            .map(|m| (m.team_name, m.state))
            .collect();
        assert_eq!(
            teams,
            [
                ("Design".to_owned(), Decision::Approved),
                ("Ops".to_owned(), Decision::Approved)
            ]
        );
        database.check().await;
    }
}
