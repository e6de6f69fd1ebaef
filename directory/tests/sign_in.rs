//! An identity that was proved becomes a person who is signed in, or does not.

use directory::admin::{approvals, settings, teams};
use directory::model::event::Code;
use directory::model::membership::Synced;
use directory::model::settings::{Settings, Switch};
use directory::model::team::Decision;
use directory::model::user::Status;
use directory::provisioning;
use directory::sign_in::{self, Activated, Identity, Verified};
use directory::{Error, member};

use crate::support::{PASSPHRASE, Story, by_passphrase_of_ada, databases};

#[tokio::test]
async fn every_refused_passphrase_is_answered_alike_and_costs_one_hash() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        // Grace has a passphrase too, and is then locked; so has Ben, who was never let in.
        let hash = story
            .hashing
            .hash_passphrase("another engine")
            .await
            .unwrap();
        let mut tx = db.write().await.unwrap();
        for id in [&story.ben, &story.linus] {
            directory::store::people::set_passphrase(&mut tx, id, &hash)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let before = database.events().await;
        for (login, passphrase) in [
            ("ada@acme.example", "wrong"),
            ("ada@acme.example", ""),
            ("nobody@acme.example", PASSPHRASE),
            ("no address", PASSPHRASE),
            ("grace@acme.example", PASSPHRASE),
            ("ben@acme.example", "another engine"),
            ("linus@acme.example", "another engine"),
            ("ada@acme.example", &"x".repeat(5_000)),
        ] {
            let runs = story.hashing.runs();
            let refused = sign_in::by_passphrase(db, &story.hashing, login, passphrase).await;
            assert_eq!(
                refused,
                Err(Error::Forbidden(
                    "The address or the passphrase is not right.".to_owned()
                )),
                "{login}"
            );
            assert_eq!(story.hashing.runs(), runs + 1, "{login}");
        }
        assert_eq!(database.events().await, before);
        let runs = story.hashing.runs();
        let ada = sign_in::by_passphrase(db, &story.hashing, " ADA@Acme.example", PASSPHRASE)
            .await
            .unwrap();
        assert_eq!(
            (ada.id, story.hashing.runs()),
            (story.ada.user_id.clone(), runs + 1)
        );
        assert!(ada.last_sign_in_at.is_some());
        assert_eq!(database.codes_after(before).await, [Code::SignedIn]);
        database.check().await;
    }
}

#[tokio::test]
async fn somebody_invited_becomes_active_at_their_first_sign_in_and_stays_pending_in_their_teams() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let before = database.events().await;
        let first = sign_in::by_identity(db, &Story::identity("Ben"))
            .await
            .unwrap();
        assert_eq!(
            (&first.user.id, first.user.status(), first.activated),
            (&story.ben, Status::Active, Activated::Now)
        );
        let again = sign_in::by_identity(db, &Story::identity("Ben"))
            .await
            .unwrap();
        assert_eq!(again.activated, Activated::Before);
        let codes = [
            Code::IdentityLinked,
            Code::UserActivated,
            Code::SignedIn,
            Code::SignedIn,
        ];
        assert_eq!(database.codes_after(before).await, codes);
        let teams = member::teams(db, &first.user).await.unwrap();
        assert!(teams.iter().all(|m| m.state == Decision::Pending));
        let waiting = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND withdrawn_at IS NULL";
        assert_eq!(
            database.number(waiting).await,
            0,
            "nobody is invited who is here"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn an_account_is_connected_by_address_only_under_every_condition() {
    for database in databases().await {
        let _story = Story::of(&database).await;
        let db = &database.db;
        let before = database.events().await;
        let of_ben = Story::identity("Ben");
        for (why, identity) in [
            (
                "nobody says that the address is theirs",
                Identity {
                    email_verified: Verified::No,
                    ..of_ben.clone()
                },
            ),
            (
                "the domain is not the identity provider's",
                Identity {
                    by: Story::provider(&["other.example"]),
                    ..of_ben.clone()
                },
            ),
            (
                "no domain is",
                Identity {
                    by: Story::provider(&[]),
                    ..of_ben.clone()
                },
            ),
            (
                "there is no address",
                Identity {
                    email: None,
                    ..of_ben.clone()
                },
            ),
            (
                "it is no address",
                Identity {
                    email: Some("ben".to_owned()),
                    ..of_ben.clone()
                },
            ),
            ("nobody has this address", Story::identity("Nobody")),
            (
                "an administrator connects it while signed in",
                Story::identity("Ada"),
            ),
            (
                "Grace has another account",
                Identity {
                    subject: "second".to_owned(),
                    ..Story::identity("Grace")
                },
            ),
        ] {
            let refused = sign_in::by_identity(db, &identity).await;
            assert_eq!(
                refused,
                Err(Error::Forbidden(
                    "Ask your administrator to connect your account.".to_owned()
                )),
                "{why}"
            );
        }
        assert_eq!(database.events().await, before);
        assert_eq!(database.number("SELECT count(*) FROM identities").await, 2);
        database.check().await;
    }
}

#[tokio::test]
async fn a_known_account_is_known_by_its_subject_whatever_its_address_says() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let moved = Identity {
            email: Some("ben@acme.example".to_owned()),
            ..Story::identity("Grace")
        };
        let grace = sign_in::by_identity(&database.db, &moved)
            .await
            .unwrap()
            .user;
        assert_eq!(
            (&grace.id, grace.login.as_str()),
            (&story.grace, "grace@acme.example")
        );
        let other = Identity {
            issuer: "https://other.example".to_owned(),
            email: None,
            ..Story::identity("Grace")
        };
        assert!(sign_in::by_identity(&database.db, &other).await.is_err());
        database.check().await;
    }
}

#[tokio::test]
async fn somebody_locked_is_refused_and_an_event_tells_of_it() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        provisioning::users::remove(db, &story.okta, &story.ben, |_| {
            Ok::<_, directory::Error>(())
        })
        .await
        .unwrap();
        let before = database.events().await;
        for name in ["Linus", "Ben"] {
            assert!(matches!(
                sign_in::by_identity(db, &Story::identity(name)).await,
                Err(Error::Forbidden(_))
            ));
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::SignInRefused, Code::SignInRefused]
        );
        assert_eq!(
            database
                .number("SELECT count(*) FROM identities WHERE subject = 'subject-Ben'")
                .await,
            0
        );
        assert_eq!(story.person(db, &story.ben).await.last_sign_in_at, None);
        database.check().await;
    }
}

#[tokio::test]
async fn many_first_sign_ins_at_once_are_one_person_with_one_account() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, identity) = (&database.db, Story::identity("Ben"));
        let done =
            futures::future::join_all((0..32).map(|_| sign_in::by_identity(db, &identity))).await;
        let done: Vec<_> = done.into_iter().map(Result::unwrap).collect();
        assert!(done.iter().all(|one| one.user.id == story.ben));
        assert_eq!(
            done.iter()
                .filter(|one| one.activated == Activated::Now)
                .count(),
            1
        );
        assert_eq!(
            database
                .number("SELECT count(*) FROM identities WHERE subject = 'subject-Ben'")
                .await,
            1
        );
        database.check().await;
    }
}

#[tokio::test]
async fn an_administrator_connects_their_account_while_signed_in() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let ada = story.person(db, &story.ada.user_id).await;
        let identity = Story::identity("Ada");
        let before = database.events().await;
        for _ in 0..2 {
            member::connect(db, &ada, identity.account()).await.unwrap();
        }
        assert_eq!(database.codes_after(before).await, [Code::IdentityLinked]);
        assert_eq!(
            sign_in::by_identity(db, &identity).await.unwrap().user.id,
            ada.id
        );
        let of_grace = member::connect(db, &ada, Story::identity("Grace").account()).await;
        assert_eq!(
            of_grace,
            Err(Error::Conflict(
                "This account is connected to somebody else.".to_owned()
            ))
        );
        // Every session of hers was ended while the provider was asked.
        database
            .run("UPDATE users SET session_epoch = session_epoch + 1 WHERE login_key = 'ada@acme.example'")
            .await;
        let late = member::connect(db, &ada, Story::identity("Stranger").account()).await;
        assert!(matches!(late, Err(Error::Forbidden(_))), "{late:?}");
        database.check().await;
    }
}

#[tokio::test]
async fn an_administrator_who_signs_in_approves_what_they_manage_but_nothing_of_their_own() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let everything = Settings {
            approve_at_sign_in: Switch::Off,
        };
        settings::save(db, &story.ada, everything).await.unwrap();
        let ada = by_passphrase_of_ada(db, &story.hashing).await.unwrap();
        assert_eq!(
            sign_in::approve_at_sign_in(db, &ada).await.unwrap(),
            Synced::default()
        );
        settings::save(
            db,
            &story.ada,
            Settings {
                approve_at_sign_in: Switch::On,
            },
        )
        .await
        .unwrap();
        database.run("INSERT INTO role_users (role_id, user_id) SELECT 'administrator', id FROM users WHERE login_key = 'grace@acme.example'").await;
        let grace = story.person(db, &story.grace).await;
        let done = sign_in::approve_at_sign_in(db, &grace).await.unwrap();
        assert_eq!(
            (done.teams, done.memberships),
            (2, 0),
            "Grace is the only one who could be approved"
        );
        let done = sign_in::approve_at_sign_in(db, &ada).await.unwrap();
        assert_eq!((done.teams, done.memberships), (0, 2));
        let ops = teams::get(db, &story.ada, &story.ops).await.unwrap();
        assert_eq!(
            (
                ops.team.decided_by.as_deref(),
                ops.team.decided_via.as_deref()
            ),
            (Some("Grace"), Some("sign_in"))
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_member_who_signs_in_lets_in_the_others_of_their_team() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        approvals::approve_team(db, &story.ada, &story.ops)
            .await
            .unwrap();
        let ben = sign_in::by_identity(db, &Story::identity("Ben"))
            .await
            .unwrap()
            .user;
        assert_eq!(
            sign_in::approve_at_sign_in(db, &ben).await.unwrap(),
            Synced::default(),
            "never their own"
        );
        let grace = story.person(db, &story.grace).await;
        let before = database.events().await;
        let done = sign_in::approve_at_sign_in(db, &grace).await.unwrap();
        assert_eq!(
            (done.teams, done.memberships),
            (0, 1),
            "Ben, but not Linus, who is locked, and no pending team"
        );
        assert_eq!(
            sign_in::approve_at_sign_in(db, &grace).await.unwrap(),
            Synced::default()
        );
        assert_eq!(
            database.codes_after(before).await,
            [Code::MembershipApproved]
        );
        database.check().await;
    }
}
