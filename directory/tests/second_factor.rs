//! The second factor: set up, shown, replayed, raced, guessed at, removed; and proving anew who one is.

use std::net::{IpAddr, Ipv4Addr};

use directory::admin::roles::{self, Wanted, holders, policies, privileges};
use directory::admin::{exports, second_factors, users};
use directory::error::Half;
use directory::model::event::Code;
use directory::model::id::UserId;
use directory::model::policy::{Policy, RolePolicy};
use directory::model::query::ListQuery;
use directory::model::role::{Privilege, Reach};
use directory::model::second_factor::Standing;
use directory::model::settings::Switch;
use directory::model::timestamp::SECOND;
use directory::model::user::User;
use directory::second_factor::{self, MOST_WRONG};
use directory::secret::{RECOVERY_CODES, totp_code};
use directory::sign_in::{
    Identity, again_by_identity, again_by_passphrase, by_code, by_identity, by_passphrase, ways,
};
use directory::store::db::{self, Db};
use directory::{Error, member};

use crate::support::{Database, PASSPHRASE, Story, admin_of, databases};

const ADA: &str = "ada@acme.example";
/// A half of a minute and a second ago: as if the code that was used belonged to an earlier step.
const LATER: &str = "UPDATE second_factors SET last_step = last_step - 3";

async fn ada_of(db: &Db, story: &Story) -> User {
    story.person(db, &story.ada.user_id).await
}

/// What the app of somebody shows now.
fn shown(secret: &str) -> String {
    totp_code(secret, db::now()).unwrap()
}

/// Somebody sets it up: the secret, and the recovery codes.
async fn set_up(database: &Database, story: &Story, user: &User) -> (String, Vec<String>) {
    let (db, secrets) = (&database.db, &story.secrets);
    second_factor::offer(db, secrets, user).await.unwrap();
    let standing = second_factor::standing(db, secrets, user).await.unwrap();
    let Standing::Offered(offer) = standing else {
        panic!("{standing:?}");
    };
    let codes = second_factor::confirm(db, secrets, user, &shown(&offer.secret))
        .await
        .unwrap();
    database.run(LATER).await;
    (offer.secret, codes)
}

async fn half(db: &Db, story: &Story) -> Half {
    match by_passphrase(db, &story.hashing, ADA, PASSPHRASE).await {
        Err(Error::CodeWanted(half)) => half,
        other => panic!("{other:?}"),
    }
}

fn is_wrong(done: &Result<User, Error>) -> bool {
    matches!(done, Err(Error::Invalid { field: "code", .. }))
}

#[tokio::test]
async fn it_is_asked_for_once_it_is_confirmed_and_kept_so_that_a_copy_tells_nothing() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets, ada) = (
            &database.db,
            &story.secrets,
            ada_of(&database.db, &story).await,
        );
        let standing = || second_factor::standing(db, secrets, &ada);
        assert_eq!(standing().await.unwrap(), Standing::Off);
        let nothing = second_factor::confirm(db, secrets, &ada, "123456").await;
        assert!(matches!(nothing, Err(Error::Conflict(_))));
        let before = database.events().await;
        second_factor::offer(db, secrets, &ada).await.unwrap();
        let Standing::Offered(first) = standing().await.unwrap() else {
            panic!("not offered")
        };
        // Offered again, the first one is worth nothing; and it is asked for nowhere yet.
        second_factor::offer(db, secrets, &ada).await.unwrap();
        let Standing::Offered(offer) = standing().await.unwrap() else {
            panic!("not offered")
        };
        assert_ne!(first.secret, offer.secret);
        assert!(offer.address.contains(&offer.secret) && offer.address.contains("Acme"));
        by_passphrase(db, &story.hashing, ADA, PASSPHRASE)
            .await
            .unwrap();
        for wrong in ["", "000000", &shown(&first.secret), "abcde-fghij"] {
            let refused = second_factor::confirm(db, secrets, &ada, wrong).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "code", .. })),
                "{wrong}"
            );
        }
        let code = shown(&offer.secret);
        // Two at once: one set-up, one list of recovery codes.
        let (one, other) = futures::join!(
            second_factor::confirm(db, secrets, &ada, &code),
            second_factor::confirm(db, secrets, &ada, &code)
        );
        let codes = match (one, other) {
            (Ok(codes), Err(_)) | (Err(_), Ok(codes)) => codes,
            both => panic!("{both:?}"),
        };
        assert_eq!(codes.len(), RECOVERY_CODES);
        let Standing::On(on) = standing().await.unwrap() else {
            panic!("not on")
        };
        assert_eq!((on.codes_left, on.used.is_some()), (10, true));
        let again = second_factor::offer(db, secrets, &ada).await;
        assert!(matches!(again, Err(Error::Conflict(_))));
        assert_eq!(
            database.codes_after(before).await,
            [Code::SignedIn, Code::SecondFactorSetUp]
        );
        let mut tx = db.read().await.unwrap();
        // As it is before it is digested.
        let normal = codes[0].replace('-', "");
        for (sql, plain) in [
            (
                "SELECT count(*) FROM second_factors WHERE secret LIKE '%' || $1 || '%'",
                &offer.secret,
            ),
            (
                "SELECT count(*) FROM recovery_codes WHERE digest LIKE '%' || $1 || '%'",
                &normal,
            ),
            (
                "SELECT count(*) FROM events WHERE details LIKE '%' || $1 || '%'",
                &codes[0],
            ),
        ] {
            assert_eq!(tx.number(sql, [plain.into()]).await.unwrap(), 0, "{sql}");
        }
        drop(tx);
        database.check().await;
    }
}

#[tokio::test]
async fn a_passphrase_alone_lets_nobody_in_and_a_code_counts_once_however_many_send_it() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        let ada = ada_of(db, &story).await;
        let (secret, _) = set_up(&database, &story, &ada).await;
        let before = database.events().await;
        let half = half(db, &story).await;
        // A wrong passphrase is answered as before, whether there is a second factor or not.
        let wrong = by_passphrase(db, &story.hashing, ADA, "not the right one").await;
        assert!(matches!(wrong, Err(Error::Forbidden(_))));
        assert_eq!(
            database.codes_after(before).await,
            [],
            "nobody is signed in"
        );
        assert!(is_wrong(&by_code(db, secrets, &half, "000000").await));
        let code = shown(&secret);
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        let (one, other) = futures::join!(
            by_code(db, secrets, &half, &spaced),
            by_code(db, secrets, &half, &code)
        );
        assert_eq!(
            [&one, &other].iter().filter(|done| done.is_ok()).count(),
            1,
            "{one:?} {other:?}"
        );
        assert!(
            is_wrong(&by_code(db, secrets, &half, &code).await),
            "a replay"
        );
        assert_eq!(database.codes_after(before).await, [Code::SignedIn]);
        // What ends her sessions ends what she has shown before the code.
        member::sign_out_everywhere(db, &ada).await.unwrap();
        database.run(LATER).await;
        let void = by_code(db, secrets, &half, &shown(&secret)).await;
        assert!(matches!(void, Err(Error::Forbidden(_))));
        database.check().await;
    }
}

#[tokio::test]
async fn a_code_is_good_for_the_step_before_and_after_it() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        let (secret, _) = set_up(&database, &story, &ada_of(db, &story).await).await;
        let half = half(db, &story).await;
        let at = |seconds| totp_code(&secret, db::now().plus(seconds * SECOND)).unwrap();
        assert!(is_wrong(&by_code(db, secrets, &half, &at(-90)).await));
        assert!(is_wrong(&by_code(db, secrets, &half, &at(90)).await));
        by_code(db, secrets, &half, &at(0)).await.unwrap();
        by_code(db, secrets, &half, &at(30)).await.unwrap();
        assert!(
            is_wrong(&by_code(db, secrets, &half, &at(0)).await),
            "earlier than the last"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_and_new_ones_end_the_old() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        let ada = ada_of(db, &story).await;
        let none = second_factor::new_codes(db, secrets, &ada).await;
        assert!(matches!(none, Err(Error::Conflict(_))));
        let (_, codes) = set_up(&database, &story, &ada).await;
        let before = database.events().await;
        let half = half(db, &story).await;
        let typed = codes[3].to_uppercase();
        let (one, other) = futures::join!(
            by_code(db, secrets, &half, &typed),
            by_code(db, secrets, &half, &typed)
        );
        assert_eq!(
            [&one, &other].iter().filter(|done| done.is_ok()).count(),
            1,
            "{one:?} {other:?}"
        );
        assert!(is_wrong(&by_code(db, secrets, &half, &codes[3]).await));
        let codes_of = [Code::RecoveryCodeUsed, Code::SignedIn];
        assert_eq!(database.codes_after(before).await, codes_of);
        let mut found = second_factors::of(db, &story.ada, &ada.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.codes_left, 9);
        let new = second_factor::new_codes(db, secrets, &ada).await.unwrap();
        assert!(is_wrong(&by_code(db, secrets, &half, &codes[4]).await));
        by_code(db, secrets, &half, &new[0]).await.unwrap();
        found = second_factors::of(db, &story.ada, &ada.id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.codes_left, 9);
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_guesses_is_stopped_for_an_hour_from_wherever_they_come() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        let (secret, codes) = set_up(&database, &story, &ada_of(db, &story).await).await;
        let half = half(db, &story).await;
        for _ in 1..MOST_WRONG {
            assert!(is_wrong(&by_code(db, secrets, &half, "000000").await));
        }
        // A right one begins the count anew.
        by_code(db, secrets, &half, &codes[0]).await.unwrap();
        for _ in 0..MOST_WRONG {
            assert!(is_wrong(&by_code(db, secrets, &half, "aaaaa-aaaaa").await));
        }
        for right in [shown(&secret), codes[1].clone()] {
            let stopped = by_code(db, secrets, &half, &right).await;
            assert!(matches!(stopped, Err(Error::Forbidden(why)) if why.contains("hour")));
        }
        database
            .run("UPDATE second_factors SET wrong_since = wrong_since - 3600001")
            .await;
        by_code(db, secrets, &half, &shown(&secret)).await.unwrap();
        database.check().await;
    }
}

#[tokio::test]
async fn it_is_removed_by_its_owner_or_by_whoever_manages_them_and_may_as_much() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, admin) = (&database.db, &story.ada);
        let ada = ada_of(db, &story).await;
        // Who has no passphrase has nothing to set up.
        let grace = story.person(db, &story.grace).await;
        let elsewhere = second_factor::offer(db, &story.secrets, &grace).await;
        assert!(matches!(elsewhere, Err(Error::Conflict(_))));
        let standing = second_factor::standing(db, &story.secrets, &grace).await;
        assert_eq!(standing, Ok(Standing::Elsewhere));
        set_up(&database, &story, &ada).await;
        let own = second_factors::remove(db, admin, &ada.id).await;
        assert!(matches!(own, Err(Error::Forbidden(_))));
        // Grace manages people at the top, and may less than Ada.
        let helpers = wanted(db, &story, "Helpers").await;
        let (given, here) = ([Privilege::ManageUsers], Reach::Below);
        let root = directory::model::id::NodeId::ROOT;
        privileges::set(db, admin, &helpers, root, &given, here)
            .await
            .unwrap();
        holders::give(db, admin, &helpers, &grace.id).await.unwrap();
        let helper = admin_of(db, &grace.id).await;
        let refused = second_factors::remove(db, &helper, &ada.id).await;
        assert!(matches!(refused, Err(Error::Forbidden(why)) if why.contains("may not")));
        let nobody = admin_of(db, &story.linus).await;
        let unseen = second_factors::of(db, &nobody, &ada.id).await;
        assert!(matches!(unseen, Err(Error::NotFound(_))));
        let before = database.events().await;
        let ada = ada_of(db, &story).await;
        for _ in 0..2 {
            second_factor::remove(db, &ada).await.unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::SecondFactorRemoved]
        );
        by_passphrase(db, &story.hashing, ADA, PASSPHRASE)
            .await
            .unwrap();
        // Somebody of whom Ada may do all: it goes with their sessions, once.
        let mut tx = db.write().await.unwrap();
        let hash = story
            .hashing
            .hash_passphrase("another engine")
            .await
            .unwrap();
        directory::store::people::set_passphrase(&mut tx, &grace.id, &hash)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let grace = story.person(db, &grace.id).await;
        set_up(&database, &story, &grace).await;
        let before = database.events().await;
        for _ in 0..2 {
            second_factors::remove(db, admin, &grace.id).await.unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::SecondFactorRemoved]
        );
        assert!(story.person(db, &grace.id).await.session_epoch > grace.session_epoch);
        let gone = second_factor::offer(db, &story.secrets, &grace).await;
        assert!(
            matches!(gone, Err(Error::Forbidden(_))),
            "signed out meanwhile"
        );
        database.check().await;
    }
}

async fn wanted(db: &Db, story: &Story, name: &str) -> directory::model::id::RoleId {
    let wanted = Wanted {
        name: name.to_owned(),
        visible_below: Switch::On,
        for_new_users: Switch::Off,
    };
    let root = directory::model::id::NodeId::ROOT;
    roles::add(db, &story.ada, root, wanted).await.unwrap().id
}

#[tokio::test]
async fn a_role_asks_for_one_of_whoever_has_none() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let careful = wanted(db, &story, "Careful").await;
        let ask = async |value: &str| {
            let policy = RolePolicy {
                policy: Policy::SecondFactor,
                value: value.to_owned(),
            };
            let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
            policies::save(db, &story.ada, &careful, &[policy], from).await
        };
        assert!(matches!(ask("off").await, Err(Error::Invalid { .. })));
        ask("on").await.unwrap();
        let ada = ada_of(db, &story).await;
        assert!(!second_factor::is_owed(db, &ada).await.unwrap());
        holders::give(db, &story.ada, &careful, &ada.id)
            .await
            .unwrap();
        let ada = ada_of(db, &story).await;
        assert!(second_factor::is_owed(db, &ada).await.unwrap());
        set_up(&database, &story, &ada).await;
        assert!(!second_factor::is_owed(db, &ada).await.unwrap());
        let effective = users::get(db, &story.ada, &ada.id).await.unwrap().policies;
        assert!(
            effective
                .iter()
                .any(|one| one.policy == Policy::SecondFactor)
        );
        database.check().await;
    }
}

fn account(identity: &Identity) -> directory::store::identities::Account<'_> {
    identity.account()
}

async fn again(
    db: &Db,
    story: &Story,
    user: &User,
    passphrase: &str,
    code: &str,
) -> Result<User, Error> {
    let (secrets, hashing) = (&story.secrets, &story.hashing);
    again_by_passphrase(db, secrets, hashing, user, passphrase, code).await
}

#[tokio::test]
async fn whoever_proves_anew_who_they_are_shows_what_a_sign_in_asks_for() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let ada = ada_of(db, &story).await;
        let before = database.events().await;
        let refused = again(db, &story, &ada, "not the right one", "").await;
        assert!(matches!(refused, Err(Error::Invalid { .. })));
        again(db, &story, &ada, PASSPHRASE, "").await.unwrap();
        assert_eq!(database.codes_after(before).await, [Code::ProofRenewed]);
        let (secret, _) = set_up(&database, &story, &ada).await;
        let open = ways(db, &ada).await.unwrap();
        assert_eq!(
            (open.passphrase, open.code, open.providers.len()),
            (true, true, 0)
        );
        for code in ["", "000000"] {
            let refused = again(db, &story, &ada, PASSPHRASE, code).await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{code}");
        }
        let code = shown(&secret);
        again(db, &story, &ada, PASSPHRASE, &code).await.unwrap();
        let replayed = again(db, &story, &ada, PASSPHRASE, &code).await;
        assert!(matches!(replayed, Err(Error::Invalid { .. })));
        // Who was signed out meanwhile proves nothing.
        member::sign_out_everywhere(db, &ada).await.unwrap();
        database.run(LATER).await;
        let late = again(db, &story, &ada, PASSPHRASE, &shown(&secret)).await;
        assert!(matches!(late, Err(Error::Forbidden(_))));
        database.check().await;
    }
}

#[tokio::test]
async fn a_provider_proves_whose_account_it_is_and_nobody_else() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (grace, ada) = (
            story.person(db, &story.grace).await,
            ada_of(db, &story).await,
        );
        let identity = Story::identity("Grace");
        let open = ways(db, &grace).await.unwrap();
        assert_eq!(
            (open.passphrase, open.providers),
            (false, vec!["sso".to_owned()])
        );
        let before = database.events().await;
        again_by_identity(db, &grace, account(&identity))
            .await
            .unwrap();
        let refused = again_by_identity(db, &ada, account(&identity)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let stranger = Story::identity("Nobody");
        let refused = again_by_identity(db, &grace, account(&stranger)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        assert_eq!(database.codes_after(before).await, [Code::ProofRenewed]);
        users::lock(db, &story.ada, &grace.id).await.unwrap();
        let locked = again_by_identity(db, &grace, account(&identity)).await;
        assert!(matches!(locked, Err(Error::Forbidden(_))));
        assert!(by_identity(db, &identity).await.is_err());
        database.check().await;
    }
}

#[tokio::test]
async fn an_export_is_large_from_its_thousand_and_first_row_on() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let asked = ListQuery::default();
        for list in [exports::List::Users, exports::List::Events] {
            assert!(
                !exports::is_large(db, &story.ada, list, &asked)
                    .await
                    .unwrap()
            );
        }
        let nobody = admin_of(db, &UserId(story.linus.0.clone())).await;
        let refused = exports::is_large(db, &nobody, exports::List::Users, &asked).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        database.check().await;
    }
}
