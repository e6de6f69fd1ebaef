//! The way of a mail out of the outbox: claimed by one server, tried again, given up, and told of.

use directory::admin::{mail, users};
use directory::delivery;
use directory::model::event::Code;
use directory::model::id::NodeId;
use directory::{Error, provisioning};

use crate::support::{Story, databases, profile};

#[tokio::test]
async fn two_servers_never_claim_the_same_mail() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        for name in ["Mary", "Edsger", "Barbara"] {
            provisioning::users::create(db, &story.okta, profile(name), vec![])
                .await
                .unwrap();
        }
        let claim = async || {
            let mut mine = Vec::new();
            while delivery::is_due(db).await.unwrap() {
                mine.extend(delivery::next(db, &story.secrets).await.unwrap());
            }
            mine
        };
        let (one, other) = tokio::join!(claim(), claim());
        let mut ids: Vec<_> = one.iter().chain(&other).map(|mail| &mail.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), one.len() + other.len()), (4, 4), "each once");
        delivery::take_over(db).await.unwrap();
        let alone = db.kind() == "SQLite";
        assert_eq!(
            delivery::is_due(db).await.unwrap(),
            alone,
            "others may be sending them"
        );
        // A server that was killed in the middle leaves its mails to the next, under the same ids.
        database.run("UPDATE outbox SET claimed_until = 1").await;
        let after = claim().await;
        assert_eq!(after.len(), 4);
        assert!(after.iter().all(|mail| ids.contains(&&mail.id)));
        database.check().await;
    }
}

#[tokio::test]
async fn a_mail_that_is_not_taken_is_tried_ten_times_and_then_given_up() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        let before = database.events().await;
        for tries in 1..=10 {
            let mail = delivery::next(db, secrets).await.unwrap().unwrap();
            delivery::later(db, &mail, "The mailbox is busy.")
                .await
                .unwrap();
            assert!(!delivery::is_due(db).await.unwrap(), "not at once");
            let ben = users::get(db, &story.ada, &story.ben).await.unwrap();
            let invitation = ben.invitation.unwrap();
            assert_eq!(
                (invitation.tries, invitation.failed_at.is_some()),
                (tries, tries == 10)
            );
            assert_eq!(invitation.trouble.as_deref(), Some("The mailbox is busy."));
            database.run("UPDATE outbox SET next_at = 0").await;
        }
        assert!(!delivery::is_due(db).await.unwrap());
        assert_eq!(database.codes_after(before).await, [Code::InvitationFailed]);
        let state = mail::state(db, &story.ada).await.unwrap();
        assert_eq!((state.waiting, state.failures.len()), (0, 1));
        assert_eq!(state.failures[0].user_id, story.ben);
        users::send_invitation(db, &story.ada, &story.ben)
            .await
            .unwrap();
        assert!(delivery::is_due(db).await.unwrap(), "sent again by hand");
        database.check().await;
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_given_up_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        let before = database.events().await;
        let ben = delivery::next(db, secrets).await.unwrap().unwrap();
        for _ in 0..2 {
            delivery::never(db, &ben, "There is no such mailbox.")
                .await
                .unwrap();
        }
        delivery::later(db, &ben, "Too late.").await.unwrap();
        assert_eq!(database.codes_after(before).await, [Code::InvitationFailed]);
        let trouble =
            "SELECT count(*) FROM outbox WHERE trouble = 'There is no such mailbox.' AND tries = 1";
        assert_eq!(database.number(trouble).await, 1);
        database.check().await;
    }
}

#[tokio::test]
async fn an_invitation_that_ends_before_it_leaves_does_not_leave() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        users::cancel_invitation(db, &story.ada, &story.ben)
            .await
            .unwrap();
        assert!(!delivery::is_due(db).await.unwrap());
        assert_eq!(delivery::next(db, &story.secrets).await, Ok(None));
        database.check().await;
    }
}

#[tokio::test]
async fn an_administrator_reads_why_no_mail_leaves_and_sends_one_to_herself() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        for _ in 0..2 {
            delivery::no_way(db, "mail.acme.example does not answer.")
                .await
                .unwrap();
        }
        let (since, why) = mail::state(db, ada).await.unwrap().trouble.unwrap();
        assert!(since.0 > 0);
        assert_eq!(why, "mail.acme.example does not answer.");
        for _ in 0..2 {
            delivery::way_is_open(db).await.unwrap();
        }
        assert_eq!(mail::state(db, ada).await.unwrap().trouble, None);
        let before = database.events().await;
        for _ in 0..3 {
            mail::send_test(db, ada).await.unwrap();
        }
        assert!(matches!(
            mail::send_test(db, ada).await,
            Err(Error::Conflict(_))
        ));
        assert_eq!(database.codes_after(before).await, [Code::MailTested; 3]);
        let mut subjects = Vec::new();
        while let Some(next) = delivery::next(db, &story.secrets).await.unwrap() {
            delivery::sent(db, &next).await.unwrap();
            subjects.push((next.recipient, next.letter.subject));
        }
        let test = (
            "ada@acme.example".to_owned(),
            "A test mail from Muster at Acme".to_owned(),
        );
        assert_eq!(subjects.iter().filter(|one| **one == test).count(), 3);
        assert!(mail::state(db, ada).await.unwrap().left_last.is_some());
        let grace = crate::support::admin_of(db, &story.grace).await;
        assert!(mail::state(db, &grace).await.is_err());
        assert!(mail::send_test(db, &grace).await.is_err());
        assert!(
            directory::admin::invitations::wording(db, &grace, NodeId::ROOT)
                .await
                .is_err()
        );
        database.check().await;
    }
}
