//! The first administrator of a new deployment.

use directory::admin::{nodes, overview};
use directory::model::event::Code;
use directory::model::id::NodeId;
use directory::model::role::Privilege;
use directory::model::user::{CreatedVia, Status};
use directory::{Error, set_up};

use crate::support::{PASSPHRASE, admin_of, by_passphrase_of_ada, databases, hashing};

#[tokio::test]
async fn the_code_opens_the_page_until_there_is_an_administrator() {
    for database in databases().await {
        let db = &database.db;
        assert!(set_up::is_open(db).await.unwrap());
        assert!(!set_up::check(db, "").await.unwrap());
        let code = set_up::new_code(db).await.unwrap().unwrap();
        assert_eq!(code.len(), 26);
        assert!(set_up::check(db, &code).await.unwrap());
        assert!(
            set_up::check(db, &format!(" {}\n", code.to_uppercase()))
                .await
                .unwrap()
        );
        assert!(!set_up::check(db, &code[1..]).await.unwrap());
        let newer = set_up::new_code(db).await.unwrap().unwrap();
        assert!(
            !set_up::check(db, &code).await.unwrap(),
            "a newer code ends the older"
        );
        let create = |code: String| async move {
            set_up::create_first_administrator(
                db,
                &hashing(),
                &code,
                "Acme",
                "Ada",
                "ada@acme.example",
                PASSPHRASE,
            )
            .await
        };
        assert_eq!(create(code).await, Err(Error::NotFound("This page")));
        let ada = create(newer.clone()).await.unwrap();
        assert_eq!(
            (ada.status(), ada.created_via, ada.node_id),
            (Status::Active, CreatedVia::SetUp, NodeId::ROOT)
        );
        assert_eq!(
            database.codes_after(0).await,
            [Code::NodeAdded, Code::SetUp]
        );
        let done = Error::Conflict("This installation has been set up already.".to_owned());
        assert_eq!(create(newer.clone()).await, Err(done));
        assert!(!set_up::is_open(db).await.unwrap() && !set_up::check(db, &newer).await.unwrap());
        assert_eq!(set_up::new_code(db).await.unwrap(), None);
        database.check().await;
    }
}

#[tokio::test]
async fn the_code_is_kept_as_a_hash_and_ends_after_an_hour() {
    for database in databases().await {
        let db = &database.db;
        let code = set_up::new_code(db).await.unwrap().unwrap();
        let mut tx = db.read().await.unwrap();
        let (kept,) = tx
            .first::<(String,)>("SELECT value FROM settings WHERE key = 'set_up_code'", [])
            .await
            .unwrap()
            .unwrap();
        assert!(!kept.contains(&code));
        let ends: i64 = kept.split_once(' ').unwrap().1.parse().unwrap();
        assert!((3_590_000..=3_600_000).contains(&(ends - tx.now().0)));
        drop(tx);
        let mut tx = db.write().await.unwrap();
        let past = format!("{} {}", directory::secret::sha256(&code), tx.now().0 - 1);
        directory::store::settings::put(&mut tx, "set_up_code", &past)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(!set_up::check(db, &code).await.unwrap());
        let late = set_up::create_first_administrator(
            db,
            &hashing(),
            &code,
            "Acme",
            "Ada",
            "ada@acme.example",
            PASSPHRASE,
        )
        .await;
        assert_eq!(late, Err(Error::NotFound("This page")));
        database.close().await;
    }
}

#[tokio::test]
async fn a_mistake_in_the_form_changes_nothing_and_leaves_the_code_good() {
    for database in databases().await {
        let db = &database.db;
        let code = set_up::new_code(db).await.unwrap().unwrap();
        let form = |organisation: &'static str,
                    name: &'static str,
                    email: &'static str,
                    passphrase: &'static str| {
            let code = code.clone();
            async move {
                set_up::create_first_administrator(
                    db,
                    &hashing(),
                    &code,
                    organisation,
                    name,
                    email,
                    passphrase,
                )
                .await
            }
        };
        for (field, answer) in [
            (
                "organisation",
                form(" ", "Ada", "ada@acme.example", PASSPHRASE).await,
            ),
            (
                "name",
                form("Acme", "", "ada@acme.example", PASSPHRASE).await,
            ),
            ("email", form("Acme", "Ada", "ada", PASSPHRASE).await),
            (
                "passphrase",
                form("Acme", "Ada", "ada@acme.example", "short").await,
            ),
            (
                "passphrase",
                form("Acme", "Ada", "ada@acme.example", "password1234").await,
            ),
        ] {
            assert!(
                matches!(&answer, Err(Error::Invalid { field: found, .. }) if *found == field),
                "{field}: {answer:?}"
            );
        }
        assert_eq!(database.events().await, 0);
        form("Acme", "Ada", "ada@acme.example", PASSPHRASE)
            .await
            .unwrap();
        database.check().await;
    }
}

#[tokio::test]
async fn of_many_at_once_one_becomes_the_first_administrator() {
    for database in databases().await {
        let (db, hashing) = (&database.db, hashing());
        let code = set_up::new_code(db).await.unwrap().unwrap();
        let tries = (0..8).map(|n| {
            let (code, email, hashing) = (&code, format!("ada{n}@acme.example"), &hashing);
            async move {
                set_up::create_first_administrator(
                    db, hashing, code, "Acme", "Ada", &email, PASSPHRASE,
                )
                .await
            }
        });
        let done = futures::future::join_all(tries).await;
        assert_eq!(done.iter().filter(|one| one.is_ok()).count(), 1);
        let done_already = "This installation has been set up already.";
        let refused = done.iter().filter_map(|one| one.as_ref().err());
        assert!(
            refused
                .into_iter()
                .all(|error| *error == Error::Conflict(done_already.to_owned()))
        );
        assert_eq!(database.number("SELECT count(*) FROM users").await, 1);
        assert_eq!(database.number("SELECT count(*) FROM role_users").await, 1);
        database.check().await;
    }
}

#[tokio::test]
async fn the_first_administrator_may_do_everything_everywhere() {
    for database in databases().await {
        let (db, hashing) = (&database.db, hashing());
        let code = set_up::new_code(db).await.unwrap().unwrap();
        let first = set_up::create_first_administrator(
            db,
            &hashing,
            &code,
            "Acme",
            "Ada",
            "ada@acme.example",
            PASSPHRASE,
        )
        .await;
        assert_eq!(
            by_passphrase_of_ada(db, &hashing).await.unwrap().id,
            first.unwrap().id
        );
        let ada = admin_of(db, &by_passphrase_of_ada(db, &hashing).await.unwrap().id).await;
        let berlin = nodes::add(db, &ada, NodeId::ROOT, "Berlin")
            .await
            .unwrap()
            .id;
        for privilege in Privilege::ALL {
            assert!(
                ada.may(*privilege, NodeId::ROOT) && ada.may(*privilege, berlin),
                "{privilege:?}"
            );
        }
        let glance = overview::overview(db, &ada).await.unwrap();
        assert_eq!(
            (
                glance.organisation.as_str(),
                glance.nodes,
                glance.counts.active
            ),
            ("Acme", 2, 1)
        );
        assert!(!glance.steps.are_done());
        database.check().await;
    }
}
