//! Who comes in by the single sign-on of a node: known, connected by address, created just in time, or refused.

use directory::admin::{sign_in_methods as methods, users};
use directory::model::event::Code;
use directory::model::settings::Switch;
use directory::model::sign_in_method::WantedMethod;
use directory::model::user::{CreatedVia, UserState};
use directory::sign_in::{self, Activated, By, Identity, Verified};
use directory::{Error, member, provisioning};

use crate::sign_in_methods::{on, own_domain, people, proof, refused, wanted};
use crate::support::{Story, databases};

const REFUSED: &str = "Ask your administrator to connect your account.";

#[tokio::test]
async fn an_invited_person_becomes_active_in_the_same_row_and_the_invitation_is_used_up() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        own_domain(db, &story).await;
        let method = on(db, &story, story.berlin, &wanted()).await;
        let (before, many) = (database.events().await, people(&database).await);
        let done = sign_in::by_identity(db, &proof(&method, "Ben"))
            .await
            .unwrap();
        assert_eq!(
            (&done.user.id, done.activated),
            (&story.ben, Activated::Now)
        );
        let again = sign_in::by_identity(db, &proof(&method, "Ben")).await;
        assert_eq!(again.unwrap().activated, Activated::Before);
        assert_eq!(
            database.codes_after(before).await,
            [
                Code::IdentityLinked,
                Code::UserActivated,
                Code::SignedIn,
                Code::SignedIn
            ]
        );
        assert_eq!(people(&database).await, many);
        let open = "SELECT count(*) FROM invitations i JOIN users u ON u.id = i.user_id WHERE i.state = 'open' AND u.state = 'active'";
        assert_eq!(database.number(open).await, 0);
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_is_unknown_is_created_active_in_the_node_of_the_method() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        own_domain(db, &story).await;
        let method = on(db, &story, story.berlin, &wanted()).await;
        let before = database.events().await;
        let mary = Identity {
            name: None,
            given_name: Some("Mary".to_owned()),
            family_name: Some("Somerville".to_owned()),
            ..proof(&method, "Mary")
        };
        let user = sign_in::by_identity(db, &mary).await.unwrap().user;
        assert_eq!(
            (
                user.node_id,
                user.state,
                user.created_via,
                user.label.as_str()
            ),
            (
                story.berlin,
                UserState::Active,
                CreatedVia::SignIn,
                "Mary Somerville"
            )
        );
        assert_eq!(
            database.codes_after(before).await,
            [Code::UserAdded, Code::IdentityLinked, Code::SignedIn]
        );
        // A name that is none: the address stands for it.
        let nameless = Identity {
            name: Some(" ".to_owned()),
            ..proof(&method, "Sophie")
        };
        let user = sign_in::by_identity(db, &nameless).await.unwrap().user;
        assert_eq!(user.label, "sophie@acme.example");
        database.check().await;
    }
}

#[tokio::test]
async fn nobody_is_connected_or_created_unless_every_condition_holds() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let method = on(db, &story, story.berlin, &wanted()).await;
        let many = people(&database).await;
        // No domain is verified yet.
        for name in ["Ben", "Mary"] {
            let done = sign_in::by_identity(db, &proof(&method, name)).await;
            assert_eq!(refused(&done), REFUSED, "{name}");
        }
        own_domain(db, &story).await;
        let elsewhere = users::add(db, &story.ada, story.europe, "Emmy", "emmy@acme.example")
            .await
            .unwrap();
        for (why, identity) in [
            (
                "the address is said not to be verified",
                Identity {
                    email_verified: Verified::No,
                    ..proof(&method, "Ben")
                },
            ),
            (
                "nobody says whether it is",
                Identity {
                    email_verified: Verified::Unsaid,
                    ..proof(&method, "Mary")
                },
            ),
            (
                "the domain is nobody's",
                Identity {
                    email: Some("mary@other.example".to_owned()),
                    ..proof(&method, "Mary")
                },
            ),
            (
                "there is no address",
                Identity {
                    email: None,
                    ..proof(&method, "Mary")
                },
            ),
            ("the person is of another node", proof(&method, "Emmy")),
            (
                "an administrator is never connected by address",
                proof(&method, "Ada"),
            ),
            (
                "Grace has an account of another provider",
                proof(&method, "Grace"),
            ),
        ] {
            let done = sign_in::by_identity(db, &identity).await;
            assert_eq!(refused(&done), REFUSED, "{why}");
        }
        assert_eq!(people(&database).await, many + 1);
        let of_emmy = story.person(db, &elsewhere.id).await;
        assert_eq!(of_emmy.state, UserState::Invited);
        let kept = "SELECT count(*) FROM identities WHERE provider <> 'sso'";
        assert_eq!(database.number(kept).await, 0);
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_is_locked_or_deleted_or_unknown_without_just_in_time_is_told_so_and_leaves_no_row()
{
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        own_domain(db, &story).await;
        let method = on(
            db,
            &story,
            story.berlin,
            &WantedMethod {
                just_in_time: Switch::Off,
                ..wanted()
            },
        )
        .await;
        let remove =
            provisioning::users::remove(db, &story.okta, &story.ben, |_| Ok::<_, Error>(()));
        remove.await.unwrap();
        let (before, many) = (database.events().await, people(&database).await);
        for (name, says) in [
            ("Ben", "Your account is locked. Contact your administrator."),
            (
                "Linus",
                "Your account is locked. Contact your administrator.",
            ),
            (
                "Mary",
                "There is no account for you here yet. Ask your administrator to add you.",
            ),
        ] {
            let done = sign_in::by_identity(db, &proof(&method, name)).await;
            assert_eq!(refused(&done), says, "{name}");
        }
        assert_eq!(people(&database).await, many);
        assert_eq!(
            database.codes_after(before).await,
            [Code::SignInRefused; 3],
            "each refusal is told"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_provider_that_never_says_is_trusted_only_where_the_method_says_so() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        own_domain(db, &story).await;
        let trusting = WantedMethod {
            trusts_addresses: Switch::On,
            ..wanted()
        };
        let method = on(db, &story, story.berlin, &trusting).await;
        let said = |email_verified| Identity {
            email_verified,
            ..proof(&method, "Ben")
        };
        let no = sign_in::by_identity(db, &said(Verified::No)).await;
        assert_eq!(refused(&no), REFUSED);
        let done = sign_in::by_identity(db, &said(Verified::Unsaid)).await;
        assert_eq!(done.unwrap().user.id, story.ben);
        database.check().await;
    }
}

#[tokio::test]
async fn a_method_reaches_nodes_beneath_only_where_it_says_so_and_they_have_none_of_their_own() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        own_domain(db, &story).await;
        let narrow = on(db, &story, story.europe, &wanted()).await;
        let done = sign_in::by_identity(db, &proof(&narrow, "Ben")).await;
        assert_eq!(refused(&done), REFUSED);
        let wide = WantedMethod {
            below: Switch::On,
            ..wanted()
        };
        methods::change(db, &story.ada, &story.secrets, story.europe, &wide)
            .await
            .unwrap();
        let done = sign_in::by_identity(db, &proof(&narrow, "Ben")).await;
        assert_eq!(done.unwrap().user.id, story.ben);
        // A method of Berlin's own takes its people away from the one above.
        on(db, &story, story.berlin, &wanted()).await;
        let done = sign_in::by_identity(db, &proof(&narrow, "Ben")).await;
        assert_eq!(refused(&done), REFUSED);
        database.check().await;
    }
}

#[tokio::test]
async fn an_account_is_known_by_its_method_issuer_and_subject_whatever_its_address_says() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        own_domain(db, &story).await;
        let method = on(db, &story, story.berlin, &wanted()).await;
        sign_in::by_identity(db, &proof(&method, "Ben"))
            .await
            .unwrap();
        let moved = Identity {
            email: Some("grace@acme.example".to_owned()),
            ..proof(&method, "Ben")
        };
        let user = sign_in::by_identity(db, &moved).await.unwrap().user;
        assert_eq!(
            (&user.id, user.login.as_str()),
            (&story.ben, "ben@acme.example")
        );
        // The same subject of another method is somebody else.
        let europe = on(db, &story, story.europe, &wanted()).await;
        let other = Identity {
            by: By::Method(europe.id.clone()),
            ..proof(&method, "Ben")
        };
        assert!(sign_in::by_identity(db, &other).await.is_err());
        database.check().await;
    }
}

#[tokio::test]
async fn many_first_sign_ins_of_somebody_unknown_at_once_are_one_person() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        own_domain(db, &story).await;
        let method = on(db, &story, story.berlin, &wanted()).await;
        let (mary, before) = (proof(&method, "Mary"), people(&database).await);
        let all = (0..32).map(|_| sign_in::by_identity(db, &mary));
        let done = futures::future::join_all(all).await;
        let ids: std::collections::HashSet<_> =
            done.into_iter().map(|one| one.unwrap().user.id).collect();
        assert_eq!((ids.len(), people(&database).await), (1, before + 1));
        database.check().await;
    }
}

#[tokio::test]
async fn an_account_is_connected_while_signed_in_only_to_people_of_the_method_s_node() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let method = on(db, &story, story.berlin, &wanted()).await;
        let grace = story.person(db, &story.grace).await;
        let ada = story.person(db, &story.ada.user_id).await;
        let account = proof(&method, "Grace");
        assert_eq!(
            sign_in::connectable(db, &grace).await.unwrap(),
            Some((method.clone(), false))
        );
        member::connect(db, &grace, account.account())
            .await
            .unwrap();
        assert_eq!(
            sign_in::connectable(db, &grace).await.unwrap(),
            Some((method.clone(), true))
        );
        let done = sign_in::by_identity(db, &account).await;
        assert_eq!(done.unwrap().user.id, story.grace);
        assert_eq!(sign_in::connectable(db, &ada).await.unwrap(), None);
        let of_ada = member::connect(db, &ada, proof(&method, "Ada").account()).await;
        assert!(matches!(of_ada, Err(Error::Forbidden(_))), "{of_ada:?}");
        database.check().await;
    }
}

#[tokio::test]
async fn a_passphrase_is_of_no_use_to_whoever_signs_in_with_the_provider_unless_they_administer() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, hashing) = (&database.db, &story.hashing);
        own_domain(db, &story).await;
        let method = on(db, &story, story.berlin, &wanted()).await;
        sign_in::by_identity(db, &proof(&method, "Ben"))
            .await
            .unwrap();
        let hash = hashing.hash_passphrase("another engine").await.unwrap();
        let mut tx = db.write().await.unwrap();
        for id in [&story.ben, &story.grace] {
            directory::store::people::set_passphrase(&mut tx, id, &hash)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let by = async |name: &str| {
            let login = format!("{name}@acme.example");
            sign_in::by_passphrase(db, hashing, &login, "another engine").await
        };
        assert_eq!(refused(&by("ben").await), sign_in::WRONG);
        assert!(by("grace").await.is_ok(), "she has not connected hers");
        methods::switch(db, &story.ada, story.berlin, Switch::Off)
            .await
            .unwrap();
        assert!(by("ben").await.is_ok(), "the method is off");
        database.check().await;
    }
}
