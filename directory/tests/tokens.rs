//! Tokens: good once they are saved, two at a time, ended at once.

use directory::Error;
use directory::admin::connections::{self, NewToken};
use directory::model::connection::{TokenState, UniqueNames};
use directory::model::event::Code;
use directory::model::id::TokenId;
use directory::model::timestamp::{HOUR, MINUTE};
use directory::provisioning::connections::{Refusal, authenticate};
use directory::provisioning::requests::note;
use directory::secret::{Secrets, new_token, parse_token, sha256};

use crate::connections::{arrived, is_good};
use crate::support::{Story, databases};

#[tokio::test]
async fn the_older_token_is_good_for_three_days_beside_a_newer_one_in_use() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets, berlin) = (&database.db, &story.ada, &story.secrets, story.berlin);
        database
            .run("UPDATE tokens SET created_at = created_at - 1000")
            .await;
        let newer = connections::generate_token(db, ada, secrets, berlin, "newer")
            .await
            .unwrap();
        connections::save(db, ada, berlin, "Okta", UniqueNames::Off)
            .await
            .unwrap();
        let before = database.events().await;
        let now = newer.token.created_at;
        let use_of = async |token: &str, minutes: i64| {
            let caller = authenticate(db, secrets, berlin, token)
                .await
                .unwrap()
                .unwrap();
            note(
                db,
                &mut [arrived(&caller, now.plus(minutes * MINUTE), 200, "/Users")],
            )
            .await
            .unwrap();
        };
        use_of(&story.token, 1).await;
        assert_eq!(
            database.events().await,
            before,
            "the older one changes nothing"
        );
        use_of(&newer.secret, 2).await;
        use_of(&newer.secret, 4).await;
        assert_eq!(database.codes_after(before).await, [Code::TokenReplaced]);
        let tokens = connections::get(db, ada, berlin).await.unwrap().tokens;
        assert_eq!(
            tokens
                .iter()
                .find(|token| token.id == newer.token.id)
                .unwrap()
                .expires_at,
            newer.token.expires_at
        );
        let older = tokens
            .iter()
            .find(|token| token.id != newer.token.id)
            .unwrap();
        assert_eq!(older.expires_at, now.plus(2 * MINUTE + 72 * HOUR));
        database.check().await;
    }
}

#[tokio::test]
async fn the_end_of_a_token_is_told_by_mail_a_month_a_week_and_a_day_before() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let told = async || {
            for _ in 0..2 {
                directory::chores::hourly(db).await.unwrap();
            }
            database
                .number("SELECT count(*) FROM outbox WHERE kind = 'ending_token'")
                .await
        };
        assert_eq!(told().await, 0, "a year before");
        for (days, mails) in [(30, 1), (8, 1), (7, 2), (2, 2), (1, 3)] {
            let mut tx = db.write().await.unwrap();
            let ends_at = tx.now().plus(days * 24 * HOUR);
            tx.run("UPDATE tokens SET expires_at = $1", [ends_at.into()])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            assert_eq!(told().await, mails, "{days} days before");
        }
        // Another one is in use: the old one may end.
        let newer = connections::generate_token(db, &story.ada, &story.secrets, story.berlin, "")
            .await
            .unwrap();
        connections::save(db, &story.ada, story.berlin, "Okta", UniqueNames::Off)
            .await
            .unwrap();
        let caller = authenticate(db, &story.secrets, story.berlin, &newer.secret)
            .await
            .unwrap()
            .unwrap();
        let now = newer.token.created_at;
        note(db, &mut [arrived(&caller, now, 200, "/Users")])
            .await
            .unwrap();
        database.run("UPDATE tokens SET warned_days = NULL").await;
        assert_eq!(told().await, 3);
        database.check().await;
    }
}

#[tokio::test]
async fn a_token_is_good_for_as_long_as_it_was_made_for_and_two_years_at_most() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets, berlin) = (&database.db, &story.ada, &story.secrets, story.berlin);
        for days in [0, 731, -1] {
            let name = "Nightly".to_owned();
            let wanted = NewToken { name, days };
            let refused = connections::generate_token(db, ada, secrets, berlin, wanted).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "days", .. })),
                "TOK-5: {days}"
            );
        }
        let wanted = NewToken {
            name: " Nightly ".to_owned(),
            days: 730,
        };
        let made = connections::generate_token(db, ada, secrets, berlin, wanted)
            .await
            .unwrap();
        let life = made.token.expires_at.0 - made.token.created_at.0;
        assert_eq!(
            (made.token.name.as_str(), life),
            ("Nightly", 730 * 24 * HOUR)
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_token_that_ended_by_itself_takes_no_place() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets, berlin) = (&database.db, &story.ada, &story.secrets, story.berlin);
        for name in ["second", "third"] {
            database
                .run("UPDATE tokens SET expires_at = created_at - 1 WHERE state = 'active'")
                .await;
            connections::generate_token(db, ada, secrets, berlin, name)
                .await
                .unwrap();
            connections::save(db, ada, berlin, "Okta", UniqueNames::Off)
                .await
                .unwrap();
        }
        let tokens = connections::get(db, ada, berlin).await.unwrap().tokens;
        let good = tokens
            .iter()
            .filter(|token| token.state == TokenState::Active);
        assert_eq!(good.count(), 1);
        let ended = tokens
            .iter()
            .filter(|token| token.revoked_at == Some(token.expires_at));
        assert_eq!(ended.count(), 2);
        database.check().await;
    }
}

#[tokio::test]
async fn two_tokens_overlap_and_a_third_has_to_wait() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets, berlin) = (&database.db, &story.ada, &story.secrets, story.berlin);
        let unsaved = connections::generate_token(db, ada, secrets, berlin, "second")
            .await
            .unwrap();
        let second = connections::generate_token(db, ada, secrets, berlin, "second")
            .await
            .unwrap();
        let before = database.events().await;
        connections::save(db, ada, berlin, "Okta", UniqueNames::Off)
            .await
            .unwrap();
        assert_eq!(
            database.codes_after(before).await,
            [Code::ConnectionChanged]
        );
        assert_eq!(
            is_good(&database, secrets, berlin, &unsaved.secret).await,
            Err(Refusal::Unknown),
            "replaced before it was saved"
        );
        for token in [&story.token, &second.secret] {
            assert_eq!(is_good(&database, secrets, berlin, token).await, Ok(()));
        }
        let third = connections::generate_token(db, ada, secrets, berlin, "third").await;
        assert!(matches!(third, Err(Error::Conflict(_))));
        let old = parse_token(&story.token).unwrap();
        for _ in 0..2 {
            connections::revoke_token(db, ada, berlin, &old)
                .await
                .unwrap();
        }
        assert_eq!(
            is_good(&database, secrets, berlin, &story.token).await,
            Err(Refusal::Unknown)
        );
        connections::generate_token(db, ada, secrets, berlin, "third")
            .await
            .unwrap();
        let codes = [
            Code::ConnectionChanged,
            Code::TokenRevoked,
            Code::TokenGenerated,
        ];
        assert_eq!(database.codes_after(before).await, codes);
        let shown = connections::get(db, ada, berlin).await.unwrap().tokens;
        let states: Vec<_> = shown.iter().map(|token| token.state).collect();
        assert_eq!(states.len(), 3);
        assert!(
            states.contains(&TokenState::Draft)
                && states.contains(&TokenState::Active)
                && states.contains(&TokenState::Revoked)
        );
        database.check().await;
    }
}

#[tokio::test]
async fn many_tokens_generated_at_once_leave_one_draft() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets) = (&database.db, &story.ada, &story.secrets);
        let made = futures::future::join_all(
            (0..8).map(|_| connections::generate_token(db, ada, secrets, story.berlin, "many")),
        )
        .await;
        assert!(made.iter().all(Result::is_ok));
        assert_eq!(
            database
                .number("SELECT count(*) FROM tokens WHERE state = 'draft'")
                .await,
            1
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_token_is_revoked_only_by_its_own_connection() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets) = (&database.db, &story.ada, &story.secrets);
        connections::start(db, ada, story.europe, "Other")
            .await
            .unwrap();
        let other = connections::generate_token(db, ada, secrets, story.europe, "")
            .await
            .unwrap()
            .token
            .id;
        for token in [other, TokenId::from("nothing")] {
            assert_eq!(
                connections::revoke_token(db, ada, story.berlin, &token).await,
                Err(Error::NotFound("This token"))
            );
        }
        database.check().await;
    }
}

#[tokio::test]
async fn a_row_written_into_the_database_makes_no_token() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (_, forged) = new_token();
        // Whoever can write to the database knows no pepper: the best they can keep is a plain hash.
        assert_eq!(sha256(&forged).len(), 64);
        database.run("UPDATE tokens SET digest = '0000000000000000000000000000000000000000000000000000000000000000'").await;
        assert_eq!(
            is_good(&database, &story.secrets, story.berlin, &story.token).await,
            Err(Refusal::Unknown)
        );
        assert_eq!(
            is_good(&database, &Secrets::generate(), story.berlin, &story.token).await,
            Err(Refusal::Unknown)
        );
        database.check().await;
    }
}
