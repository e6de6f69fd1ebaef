//! People from a file: what was looked at is what is done, row by row, once.

use directory::Error;
use directory::admin::{import, nodes, users};
use directory::model::event::Code;
use directory::model::id::NodeId;
use directory::model::import::{Fate, FileRow, Tally};
use directory::model::user::UserState;

use crate::support::{Story, databases};

fn row(line: i64, name: &str, email: &str, node: &str) -> FileRow {
    FileRow {
        line,
        name: name.to_owned(),
        email: email.to_owned(),
        node: node.to_owned(),
        fault: String::new(),
    }
}

fn crowd(count: i64) -> Vec<FileRow> {
    let one = |at: i64| {
        row(
            at + 2,
            &format!("P {at}"),
            &format!("p{at}@crowd.example"),
            "",
        )
    };
    (0..count).map(one).collect()
}

#[tokio::test]
async fn rows_are_judged_before_and_added_as_by_hand() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        nodes::add(db, ada, story.europe, "Twin").await.unwrap();
        nodes::add(db, ada, NodeId::ROOT, "Twin").await.unwrap();
        let rows = vec![
            row(2, "=cmd|'/C calc'!A0", "formula@acme.example", "berlin"),
            row(3, "Grace", "GRACE@acme.example", ""),
            row(4, "", "nameless@acme.example", ""),
            row(5, "Broken", "no address", ""),
            row(6, "Twice", "Formula@acme.example", ""),
            row(7, "Lost", "lost@acme.example", "Atlantis"),
            row(8, "Twin", "twin@acme.example", "Twin"),
            row(
                9,
                "By number",
                "number@acme.example",
                &story.berlin.to_string(),
            ),
            row(10, "By default", "default@acme.example", ""),
        ];
        let before = database.events().await;
        import::keep(db, ada, story.europe, rows, vec!["size".to_owned()])
            .await
            .unwrap();
        let review = import::review(db, ada).await.unwrap().unwrap();
        let tally = Tally {
            added: 3,
            exists: 1,
            refused: 5,
        };
        assert_eq!(
            (review.tally, review.all, review.unread.len()),
            (tally, 9, 1)
        );
        let lines: Vec<i64> = review.rows.iter().map(|one| one.row.line).collect();
        assert_eq!(lines, [4, 5, 6, 7, 8, 3, 2, 9, 10], "faults first");
        assert!(
            review.rows[2].words.contains("line 2"),
            "{:?}",
            review.rows[2]
        );
        assert_eq!(database.events().await, before, "a look changes nothing");
        for _ in 0..2 {
            let done = import::carry_out(db, ada, &review.plan).await.unwrap();
            assert_eq!((done.tally, done.left.len()), (tally, 6));
        }
        assert_eq!(database.codes_after(before).await, vec![Code::UserAdded; 3]);
        let mut tx = db.read().await.unwrap();
        let found = tx
            .all::<(String, i64, String)>(
                "SELECT label, node_id, state FROM users WHERE login_key IN ('formula@acme.example', 'default@acme.example') ORDER BY id",
                [],
            )
            .await
            .unwrap();
        drop(tx);
        let invited = UserState::Invited.as_str().to_owned();
        let there = [
            (
                "=cmd|'/C calc'!A0".to_owned(),
                story.berlin.0,
                invited.clone(),
            ),
            ("By default".to_owned(), story.europe.0, invited),
        ];
        assert_eq!(found, there);
        assert_eq!(
            database
                .number("SELECT count(*) FROM outbox WHERE recipient LIKE 'default%'")
                .await,
            0
        );
        let over = import::review(db, ada).await.unwrap().unwrap();
        assert!(over.is_over() && over.rows.is_empty());
        database.check().await;
    }
}

#[tokio::test]
async fn a_fault_is_named_before_those_who_are_here_already() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        for _ in 0..2 {
            let mut rows = crowd(220);
            rows.push(row(222, "Broken", "no address", ""));
            import::keep(db, ada, story.europe, rows, Vec::new())
                .await
                .unwrap();
            let review = import::review(db, ada).await.unwrap().unwrap();
            import::carry_out(db, ada, &review.plan).await.unwrap();
        }
        let over = import::review(db, ada).await.unwrap().unwrap();
        let imported = over.imported;
        assert_eq!((imported.tally.exists, imported.tally.refused), (220, 1));
        assert_eq!((imported.left.len(), imported.unnamed()), (100, 121));
        assert_eq!(imported.left[0].fate, Fate::Refused);
        database.check().await;
    }
}

#[tokio::test]
async fn spellings_that_make_one_user_name_are_one_address() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let rows = vec![
            row(2, "Sharp", "s@straße.example", ""),
            row(3, "Double", "s@strasse.example", ""),
        ];
        import::keep(db, ada, story.europe, rows, Vec::new())
            .await
            .unwrap();
        let review = import::review(db, ada).await.unwrap().unwrap();
        let done = import::carry_out(db, ada, &review.plan).await.unwrap();
        assert_eq!((done.tally.added, done.tally.refused), (1, 1));
        assert!(done.left[0].words.contains("line 2"), "{:?}", done.left);
        database.check().await;
    }
}

#[tokio::test]
async fn what_changed_since_the_look_is_seen_in_its_turn() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        import::keep(db, ada, story.europe, crowd(430), Vec::new())
            .await
            .unwrap();
        let review = import::review(db, ada).await.unwrap().unwrap();
        assert_eq!((review.tally.added, review.rows.len()), (430, 200));
        users::add(db, ada, story.berlin, "Faster", "P7@crowd.example")
            .await
            .unwrap();
        let go = || import::carry_out(db, ada, &review.plan);
        let by_hand = users::add(db, ada, story.berlin, "Race", "p429@crowd.example");
        let (one, other, raced) = tokio::join!(go(), go(), by_hand);
        one.unwrap();
        other.unwrap();
        let over = import::review(db, ada).await.unwrap().unwrap();
        let exists = 1 + i64::from(raced.is_ok());
        assert_eq!(
            (over.imported.tally.added, over.imported.tally.exists),
            (430 - exists, exists)
        );
        assert!(
            over.imported
                .left
                .iter()
                .all(|one| one.fate == Fate::Exists)
        );
        let people = "SELECT count(*) FROM users WHERE login_key LIKE '%@crowd.example'";
        assert_eq!(database.number(people).await, 430);
        database.check().await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_says_why() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        for (node, rows, refused) in [
            (story.europe, Vec::new(), "no rows"),
            (story.europe, crowd(5_001), "more than 5000"),
            (NodeId(999), crowd(1), "not found"),
        ] {
            let said = import::keep(db, ada, node, rows, Vec::new()).await;
            let said = said.map_err(|error| error.to_string());
            assert!(
                said.as_ref().is_err_and(|said| said.contains(refused)),
                "{said:?}"
            );
        }
        assert_eq!(import::review(db, ada).await.unwrap(), None);
        let gone = import::carry_out(db, ada, "nothing").await;
        assert!(matches!(gone, Err(Error::Conflict(_))));
        import::keep(db, ada, story.europe, crowd(2), Vec::new())
            .await
            .unwrap();
        let first = import::review(db, ada).await.unwrap().unwrap();
        import::keep(db, ada, story.europe, crowd(3), Vec::new())
            .await
            .unwrap();
        let replaced = import::carry_out(db, ada, &first.plan).await;
        assert!(matches!(replaced, Err(Error::Conflict(_))));
        database.run("UPDATE plans SET created_at = 1").await;
        directory::chores::hourly(db).await.unwrap();
        assert_eq!(database.number("SELECT count(*) FROM plans").await, 0);
        database.check().await;
    }
}
