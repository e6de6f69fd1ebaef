//! Mail about what an identity provider did to somebody's way in: once, to whom it concerns.

use directory::Error;
use directory::model::event::Code;
use directory::model::id::UserId;
use directory::model::letter::Letter;
use directory::model::user::Profile;
use directory::provisioning::users::{self, TeamRevision, UserView};
use directory::store::outbox;
use futures::future::join_all;

use crate::support::{Database, Story, databases, profile};

/// The mails of a kind, the newest first: to which address, and what they say.
async fn mails(database: &Database, kind: &str) -> Vec<(String, Letter)> {
    let mut tx = database.db.read().await.unwrap();
    let latest = outbox::latest(&mut tx, 100).await.unwrap();
    let of_kind = latest.into_iter().filter(|mail| mail.kind == kind);
    of_kind
        .map(|mail| {
            let letter = serde_json::from_str(&mail.letter.unwrap()).unwrap();
            (mail.recipient, letter)
        })
        .collect()
}

/// Okta asserts that somebody is active, or not.
async fn activate(
    database: &Database,
    story: &Story,
    id: &UserId,
    name: &str,
    active: bool,
) -> Result<UserView, Error> {
    let says = Profile {
        active: Some(active),
        ..profile(name)
    };
    let change = |_: &_| Ok::<_, Error>((says, TeamRevision::default()));
    users::revise(&database.db, &story.okta, id, change).await
}

#[tokio::test]
async fn whoever_has_another_address_now_is_told_at_the_old_one() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let other = |name: &str| Profile {
            user_name: format!("{}.other@acme.example", name.to_lowercase()),
            ..profile(name)
        };
        for name in ["Grace", "Ben"] {
            let id = if name == "Grace" {
                &story.grace
            } else {
                &story.ben
            };
            for _ in 0..2 {
                story.push_profile(&database.db, id, other(name)).await;
            }
        }
        let told = mails(&database, "address_moved").await;
        let [(to, letter)] = told.as_slice() else {
            panic!("B-35: Grace alone, once: Ben was never here: {told:?}");
        };
        assert_eq!(to, "grace@acme.example");
        assert!(letter.paragraphs[0].starts_with("Okta changed the address you sign in with."));
        assert!(!letter.note.contains("other"), "{}", letter.note);
        database.check().await;
    }
}

#[tokio::test]
async fn administrators_are_told_that_one_of_them_was_locked() {
    for database in databases().await {
        let story = Story::of(&database).await;
        database
            .run("INSERT INTO role_users (role_id, user_id) SELECT 'administrator', id FROM users WHERE login_key = 'grace@acme.example'")
            .await;
        // Ben is no administrator: nobody is told of him.
        activate(&database, &story, &story.ben, "Ben", false)
            .await
            .unwrap();
        let twice = [false, false];
        for end in
            join_all(twice.map(|active| activate(&database, &story, &story.grace, "Grace", active)))
                .await
        {
            end.unwrap();
        }
        let told = mails(&database, "administrator_locked").await;
        let [(to, letter)] = told.as_slice() else {
            panic!("B-40: Ada alone, once: {told:?}");
        };
        assert_eq!(to, "ada@acme.example");
        assert_eq!(letter.subject, "Okta locked the administrator Grace");
        activate(&database, &story, &story.grace, "Grace", true)
            .await
            .unwrap();
        users::remove(&database.db, &story.okta, &story.grace, |_: &_| {
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(mails(&database, "administrator_locked").await.len(), 2);
        database.check().await;
    }
}

#[tokio::test]
async fn administrators_are_told_once_an_hour_that_the_last_of_them_was_to_be_locked() {
    for database in databases().await {
        let story = Story::of(&database).await;
        database
            .run("INSERT INTO role_users (role_id, user_id) SELECT 'administrator', id FROM users WHERE login_key = 'grace@acme.example'")
            .await;
        database
            .run("DELETE FROM role_users WHERE user_id = (SELECT id FROM users WHERE login_key = 'ada@acme.example')")
            .await;
        let before = database.events().await;
        for _ in 0..3 {
            let refused = activate(&database, &story, &story.grace, "Grace", false).await;
            assert_eq!(refused, Err(Error::LastAdministrator), "B-41");
        }
        let refused = users::remove(&database.db, &story.okta, &story.grace, |_: &_| {
            Ok::<_, Error>(())
        });
        assert_eq!(refused.await, Err(Error::LastAdministrator));
        assert_eq!(
            database.codes_after(before).await,
            [Code::LastAdministratorKept]
        );
        let told = mails(&database, "last_administrator").await;
        let [(to, letter)] = told.as_slice() else {
            panic!("B-41: once: {told:?}");
        };
        assert_eq!(to, "grace@acme.example");
        assert!(letter.paragraphs[0].starts_with("Grace is the last administrator"));
        database
            .run("UPDATE outbox SET created_at = created_at - 3600001 WHERE kind = 'last_administrator'")
            .await;
        let refused = activate(&database, &story, &story.grace, "Grace", false).await;
        assert_eq!(refused, Err(Error::LastAdministrator));
        assert_eq!(mails(&database, "last_administrator").await.len(), 2);
        database.check().await;
    }
}
