//! An invitation lets one person in once, at one address, for seven days: looked at, accepted, ended, sent again.

use directory::admin::{invitations as words, users};
use directory::delivery;
use directory::invitation::{self, Looked};
use directory::model::event::Code;
use directory::model::id::UserId;
use directory::model::invitation::{InvitationState, Wording};
use directory::model::settings::Switch;
use directory::model::user::{Email, Profile, Status};
use directory::{Error, Result, provisioning, sign_in};

use crate::support::{Database, Story, address_of, databases, profile};

const GOOD: &str = "seven small grey geese";

/// The link of the latest invitation of somebody.
async fn token(database: &Database, story: &Story, id: &UserId) -> String {
    let detail = users::get(&database.db, &story.ada, id).await.unwrap();
    story
        .secrets
        .invitation_token(&detail.invitation.unwrap().id)
}

async fn look(database: &Database, story: &Story, token: &str) -> Result<Looked> {
    invitation::look(&database.db, &story.secrets, token).await
}

async fn accept(database: &Database, story: &Story, token: &str) -> Result<UserId> {
    let (db, secrets) = (&database.db, &story.secrets);
    invitation::accept(db, secrets, &story.hashing, token, GOOD)
        .await
        .map(|user| user.id)
}

const GONE: Error = Error::NotFound("This invitation");

#[tokio::test]
async fn an_invitation_shows_itself_as_often_as_asked_and_lets_in_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let link = token(&database, &story, &story.ben).await;
        let before = database.events().await;
        for _ in 0..50 {
            let looked = look(&database, &story, &link).await.unwrap();
            assert_eq!(looked.login, "ben@acme.example");
            assert_eq!(
                (
                    looked.invited.organisation.as_str(),
                    looked.invited.node.as_str()
                ),
                ("Acme", "Berlin")
            );
            assert_eq!(looked.invited.masked, "b•••@acme.example");
        }
        assert_eq!(
            database.events().await,
            before,
            "B-101: looking changes nothing"
        );
        let short = invitation::accept(db, &story.secrets, &story.hashing, &link, "short").await;
        assert!(
            matches!(
                short,
                Err(Error::Invalid {
                    field: "passphrase",
                    ..
                })
            ),
            "{short:?}"
        );
        assert_eq!(
            accept(&database, &story, &link).await,
            Ok(story.ben.clone())
        );
        assert_eq!(
            database.codes_after(before).await,
            [Code::UserActivated, Code::SignedIn]
        );
        let ben = users::get(db, &story.ada, &story.ben).await.unwrap();
        assert_eq!(ben.user.status(), Status::Active);
        assert_eq!(ben.invitation.unwrap().state, InvitationState::Accepted);
        let again = sign_in::by_passphrase(db, &story.hashing, &address_of("Ben"), GOOD).await;
        assert_eq!(again.unwrap().id, story.ben);
        let after = database.events().await;
        assert_eq!(look(&database, &story, &link).await, Err(GONE));
        assert_eq!(accept(&database, &story, &link).await, Err(GONE));
        assert_eq!(database.events().await, after);
        database.check().await;
    }
}

#[tokio::test]
async fn of_two_who_accept_at_once_one_comes_in() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let link = token(&database, &story, &story.ben).await;
        let done =
            futures::future::join_all((0..8).map(|_| accept(&database, &story, &link))).await;
        let came_in = done.iter().filter(|one| one.is_ok()).count();
        assert_eq!(came_in, 1, "B-102: {done:?}");
        assert!(done.iter().all(|one| matches!(one, Ok(_) | Err(GONE))));
        database.check().await;
    }
}

#[tokio::test]
async fn every_invitation_that_is_good_no_longer_is_answered_alike() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let first = token(&database, &story, &story.ben).await;
        let mut gone = vec![
            ("mangled", first.replace('0', "1")),
            ("cut", first[..70].to_owned()),
            ("empty", String::new()),
            (
                "unknown",
                story
                    .secrets
                    .invitation_token("01938b2a-0000-7000-8000-000000000001"),
            ),
            (
                "of another deployment",
                directory::secret::Secrets::generate().invitation_token(
                    &users::get(db, &story.ada, &story.ben)
                        .await
                        .unwrap()
                        .invitation
                        .unwrap()
                        .id,
                ),
            ),
        ];
        users::send_invitation(db, &story.ada, &story.ben)
            .await
            .unwrap();
        gone.push(("superseded", first));
        let second = token(&database, &story, &story.ben).await;
        assert!(look(&database, &story, &second).await.is_ok());
        let before = database.events().await;
        for _ in 0..2 {
            users::cancel_invitation(db, &story.ada, &story.ben)
                .await
                .unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::InvitationCancelled]
        );
        gone.push(("cancelled", second));
        users::send_invitation(db, &story.ada, &story.ben)
            .await
            .unwrap();
        let third = token(&database, &story, &story.ben).await;
        database
            .run("UPDATE invitations SET expires_at = 1 WHERE state = 'open'")
            .await;
        gone.push(("expired", third));
        for (why, link) in gone {
            assert_eq!(look(&database, &story, &link).await, Err(GONE), "{why}");
            assert_eq!(accept(&database, &story, &link).await, Err(GONE), "{why}");
        }
        database.check().await;
    }
}

#[tokio::test]
async fn what_the_identity_provider_takes_back_ends_the_invitation_at_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let locked = |active| Profile {
            active: Some(active),
            ..profile("Ben")
        };
        let first = token(&database, &story, &story.ben).await;
        story.push_profile(db, &story.ben, locked(false)).await;
        assert_eq!(
            look(&database, &story, &first).await,
            Err(GONE),
            "deactivated"
        );
        story.push_profile(db, &story.ben, locked(true)).await;
        assert_eq!(
            look(&database, &story, &first).await,
            Err(GONE),
            "the old one stays ended"
        );
        let second = token(&database, &story, &story.ben).await;
        assert!(
            look(&database, &story, &second).await.is_ok(),
            "a fresh one was sent"
        );
        let elsewhere = "benjamin@acme.example".to_owned();
        let moved = Profile {
            user_name: elsewhere.clone(),
            emails: vec![Email {
                value: elsewhere.clone(),
                primary: true,
            }],
            ..profile("Ben")
        };
        story.push_profile(db, &story.ben, moved.clone()).await;
        assert_eq!(
            look(&database, &story, &second).await,
            Err(GONE),
            "B-104: another address"
        );
        let third = token(&database, &story, &story.ben).await;
        assert_eq!(
            look(&database, &story, &third).await.unwrap().login,
            elsewhere
        );
        let kept = |_: &_| Ok::<_, Error>(());
        provisioning::users::remove(db, &story.okta, &story.ben, kept)
            .await
            .unwrap();
        assert_eq!(look(&database, &story, &third).await, Err(GONE), "deleted");
        provisioning::users::create(db, &story.okta, moved, vec![])
            .await
            .unwrap();
        assert_eq!(
            look(&database, &story, &third).await,
            Err(GONE),
            "B-104: another generation"
        );
        let fourth = token(&database, &story, &story.ben).await;
        assert_eq!(
            accept(&database, &story, &fourth).await,
            Ok(story.ben.clone())
        );
        database.check().await;
    }
}

#[tokio::test]
async fn coming_in_by_an_identity_provider_uses_the_invitation_up() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let link = token(&database, &story, &story.ben).await;
        sign_in::by_identity(&database.db, &Story::identity("Ben"))
            .await
            .unwrap();
        assert_eq!(look(&database, &story, &link).await, Err(GONE));
        let ben = users::get(&database.db, &story.ada, &story.ben)
            .await
            .unwrap();
        assert_eq!(ben.invitation.unwrap().state, InvitationState::Accepted);
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_asks_for_another_invitation_learns_nothing_and_mail_goes_only_where_it_may() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let mails = "SELECT count(*) FROM outbox";
        let before = database.number(mails).await;
        for name in ["Nobody", "Linus", "Grace", "Ada"] {
            assert_eq!(
                invitation::ask_again(db, &address_of(name)).await,
                Ok(()),
                "{name}"
            );
        }
        assert_eq!(invitation::ask_again(db, "no address").await, Ok(()));
        users::add(db, &story.ada, story.berlin, "Mary", "mary@acme.example")
            .await
            .unwrap();
        assert_eq!(invitation::ask_again(db, "mary@acme.example").await, Ok(()));
        assert_eq!(
            database.number(mails).await,
            before,
            "B-108: nobody of them waits for an invitation"
        );
        for _ in 0..5 {
            assert_eq!(invitation::ask_again(db, &address_of("Ben")).await, Ok(()));
        }
        assert_eq!(
            database.number(mails).await,
            before + 2,
            "three within the hour, with the first"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_node_that_sends_no_invitations_by_itself_still_lets_an_administrator_send_one() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let quiet = Wording {
            sends: Some(Switch::Off),
            ..Wording::default()
        };
        let before = database.events().await;
        for _ in 0..2 {
            words::save(db, &story.ada, story.europe, quiet.clone())
                .await
                .unwrap();
        }
        assert_eq!(database.codes_after(before).await, [Code::SettingChanged]);
        let edsger = provisioning::users::create(db, &story.okta, profile("Edsger"), vec![])
            .await
            .unwrap();
        let id = edsger.user.id;
        assert_eq!(
            users::get(db, &story.ada, &id).await.unwrap().invitation,
            None,
            "07.4"
        );
        assert_eq!(
            invitation::ask_again(db, &address_of("Edsger")).await,
            Ok(())
        );
        assert_eq!(
            users::get(db, &story.ada, &id).await.unwrap().invitation,
            None
        );
        users::send_invitation(db, &story.ada, &id).await.unwrap();
        let link = token(&database, &story, &id).await;
        assert!(look(&database, &story, &link).await.is_ok());
        let loud = Wording {
            sends: Some(Switch::On),
            ..Wording::default()
        };
        words::save(db, &story.ada, story.berlin, loud)
            .await
            .unwrap();
        let mary = provisioning::users::create(db, &story.okta, profile("Mary"), vec![])
            .await
            .unwrap();
        assert!(
            users::get(db, &story.ada, &mary.user.id)
                .await
                .unwrap()
                .invitation
                .is_some(),
            "the nearer node has its say"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn the_words_of_a_node_are_checked_and_shown_to_the_invited() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let own = Wording {
            heading: Some("Welcome to {node}".to_owned()),
            button: Some("Come in".to_owned()),
            ..Wording::default()
        };
        words::save(db, &story.ada, story.berlin, own.clone())
            .await
            .unwrap();
        let shown = words::wording(db, &story.ada, story.berlin).await.unwrap();
        assert_eq!((shown.own, shown.node.as_str()), (own, "Berlin"));
        let link = token(&database, &story, &story.ben).await;
        let invited = look(&database, &story, &link).await.unwrap().invited;
        assert_eq!(
            (invited.heading.as_str(), invited.button.as_str()),
            ("Welcome to Berlin", "Come in")
        );
        let before = database.events().await;
        for (field, wrong) in [
            (
                "subject",
                Wording {
                    subject: Some("See http://evil.example".to_owned()),
                    ..Wording::default()
                },
            ),
            (
                "button",
                Wording {
                    button: Some("x".repeat(41)),
                    ..Wording::default()
                },
            ),
            (
                "again_after_days",
                Wording {
                    again_after_days: Some(91),
                    ..Wording::default()
                },
            ),
        ] {
            let refused = words::save(db, &story.ada, story.berlin, wrong).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: named, .. }) if named == field),
                "{refused:?}"
            );
        }
        let nowhere = words::save(
            db,
            &story.ada,
            directory::model::id::NodeId(999),
            Wording::default(),
        )
        .await;
        assert!(matches!(nowhere, Err(Error::NotFound(_))), "{nowhere:?}");
        assert_eq!(database.events().await, before);
        database.check().await;
    }
}

#[tokio::test]
async fn an_invitation_expires_after_seven_days_and_is_sent_again_where_a_node_wants_that() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let first = delivery::next(db, &story.secrets).await.unwrap().unwrap();
        assert_eq!(first.recipient, address_of("Ben"));
        delivery::sent(db, &first).await.unwrap();
        let invitation = users::get(db, &story.ada, &story.ben)
            .await
            .unwrap()
            .invitation
            .unwrap();
        let (sent, end) = (invitation.sent_at.unwrap(), invitation.expires_at.unwrap());
        assert_eq!(end.0 - sent.0, 7 * 86_400_000);
        let before = database.events().await;
        delivery::tidy(db).await.unwrap();
        assert_eq!(
            database.events().await,
            before,
            "in time, and nobody wants another"
        );
        let again = Wording {
            again_after_days: Some(3),
            ..Wording::default()
        };
        words::save(db, &story.ada, story.berlin, again)
            .await
            .unwrap();
        let before = database.events().await;
        delivery::tidy(db).await.unwrap();
        assert_eq!(database.events().await, before, "not after a moment");
        let four_days_ago =
            "UPDATE outbox SET sent_at = sent_at - 345600000 WHERE sent_at IS NOT NULL";
        database.run(four_days_ago).await;
        futures::future::try_join_all((0..4).map(|_| delivery::tidy(db)))
            .await
            .unwrap();
        assert_eq!(
            database.codes_after(before).await,
            [Code::InvitationSent],
            "once, whoever else tidies"
        );
        let second = delivery::next(db, &story.secrets).await.unwrap().unwrap();
        assert_ne!(second.id, first.id);
        delivery::sent(db, &second).await.unwrap();
        database
            .run("UPDATE invitations SET expires_at = 1 WHERE state = 'open'")
            .await;
        let before = database.events().await;
        for _ in 0..2 {
            delivery::tidy(db).await.unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::InvitationExpired]
        );
        // Again and again, but not for ever: the first, and three more.
        for _ in 0..4 {
            database.run(four_days_ago).await;
            delivery::tidy(db).await.unwrap();
            while let Some(mail) = delivery::next(db, &story.secrets).await.unwrap() {
                delivery::sent(db, &mail).await.unwrap();
            }
        }
        let invitations = "SELECT count(*) FROM outbox WHERE recipient = 'ben@acme.example'";
        assert_eq!(database.number(invitations).await, 4);
        database.check().await;
    }
}
