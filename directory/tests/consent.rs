//! Consent to transfer: asked for by a role, given by the person, late, and given more time for.

use std::net::{IpAddr, Ipv4Addr};

use directory::admin::roles::{self, Wanted, holders, policies, privileges, teams};
use directory::admin::{approvals, consents, users};
use directory::model::consent::{Consent, TIME};
use directory::model::event::Code;
use directory::model::id::{RoleId, UserId};
use directory::model::membership::Reason;
use directory::model::policy::{Policy, RolePolicy};
use directory::model::role::{ADMINISTRATOR, Privilege, Reach};
use directory::model::settings::Switch;
use directory::model::user::Status;
use directory::provisioning;
use directory::provisioning::teams::Revision;
use directory::sign_in::{self, by_identity};
use directory::store::db::{self, Db};
use directory::{Error, chores, member};

use crate::support::{
    Database, PASSPHRASE, Story, admin_of, by_passphrase_of_ada, databases, everything, profile,
};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The time of everybody passes.
const LATE: &str = "UPDATE users SET consent_expires_at = 1 WHERE consent_expires_at IS NOT NULL";

/// A role of Berlin, for new people too, that asks for the consent.
async fn role(db: &Db, story: &Story) -> RoleId {
    let wanted = Wanted {
        name: "Careful".to_owned(),
        visible_below: Switch::Off,
        for_new_users: Switch::On,
    };
    let made = roles::add(db, &story.ada, story.berlin, wanted).await;
    let id = made.unwrap().id;
    ask(db, story, &id, "on").await;
    id
}

async fn ask(db: &Db, story: &Story, role: &RoleId, value: &str) {
    let mut wanted = vec![RolePolicy {
        policy: Policy::TransferConsent,
        value: value.to_owned(),
    }];
    // What a role does not name it does not ask.
    wanted.retain(|one| !one.value.is_empty());
    policies::save(db, &story.ada, role, &wanted, HERE)
        .await
        .unwrap();
}

async fn consent_of(db: &Db, story: &Story, id: &UserId) -> (Consent, bool) {
    let user = story.person(db, id).await;
    (user.consent, user.consent_expires_at.is_some())
}

const ASKED: (Consent, bool) = (Consent::NotAccepted, true);
const NOT_COUNTED: (Consent, bool) = (Consent::NotAccepted, false);
const FREE: (Consent, bool) = (Consent::Undefined, false);

#[tokio::test]
async fn whoever_comes_to_hold_a_role_that_asks_is_asked_and_no_longer_when_it_is_gone() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story).await;
        assert_eq!(consent_of(db, &story, &story.grace).await, FREE);
        holders::give(db, ada, &id, &story.grace).await.unwrap();
        holders::give(db, ada, &id, &story.ben).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, ASKED);
        // Nobody counts the days of whoever has not come in; from then on they do.
        assert_eq!(consent_of(db, &story, &story.ben).await, NOT_COUNTED);
        let ben = by_identity(db, &Story::identity("Ben")).await.unwrap().user;
        let end = ben.consent_expires_at.unwrap();
        assert!(end > db::now().plus(TIME - 60_000) && end <= db::now().plus(TIME));
        assert_eq!(ben.status(), Status::Pending);
        holders::take(db, ada, &id, &story.ben).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.ben).await, FREE);
        ask(db, &story, &id, "").await;
        assert_eq!(consent_of(db, &story, &story.grace).await, FREE);
        ask(db, &story, &id, "on").await;
        assert_eq!(consent_of(db, &story, &story.grace).await, ASKED);
        roles::remove(db, ada, &id).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, FREE);
        database.check().await;
    }
}

#[tokio::test]
async fn a_team_asks_its_members_as_long_as_they_are_its_members() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story).await;
        teams::give(db, ada, &id, &story.ops).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, FREE);
        approvals::full_sync(db, ada).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, ASKED);
        teams::take(db, ada, &id, &story.ops).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, FREE);
        teams::give(db, ada, &id, &story.ops).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, ASKED);
        let without = Revision::Revise {
            granted: vec![],
            revoked: vec![story.grace.clone()],
        };
        story.push_members(db, &story.ops, without).await;
        assert_eq!(consent_of(db, &story, &story.grace).await, FREE);
        // Whoever comes back and is approved one by one is asked; with the team the question goes.
        let with = Revision::Revise {
            granted: vec![story.grace.clone()],
            revoked: vec![],
        };
        story.push_members(db, &story.ops, with).await;
        approvals::approve_membership(db, ada, &story.ops, &story.grace)
            .await
            .unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, ASKED);
        provisioning::teams::remove(db, &story.okta, &story.ops, |_| Ok::<_, Error>(()))
            .await
            .unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, FREE);
        database.check().await;
    }
}

#[tokio::test]
async fn new_people_are_asked_from_the_beginning_and_wait_in_their_teams_for_it() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        role(db, &story).await;
        let created = provisioning::users::create(db, &story.okta, profile("Emil"), vec![]).await;
        let emil = created.unwrap().user.id;
        assert_eq!(story.person(db, &emil).await.status(), Status::Pending);
        let counts = users::counts(db, ada, None).await.unwrap();
        // Ada and Grace; Ben; Emil; Linus.
        assert_eq!(
            (counts.active, counts.invited, counts.pending, counts.locked),
            (2, 1, 1, 1)
        );
        let mut pending = everything();
        pending.state = "pending".to_owned();
        let listed = users::list(db, ada, &pending).await.unwrap();
        assert_eq!((listed.total, &listed.rows[0].id), (1, &emil));
        let with = Revision::Revise {
            granted: vec![emil.clone()],
            revoked: vec![],
        };
        story.push_members(db, &story.design, with).await;
        let reason = async || {
            let found = users::get(db, ada, &emil).await.unwrap();
            found.memberships[0].reason()
        };
        let synced = approvals::full_sync(db, ada).await.unwrap();
        assert!(synced.waiting.contains(&(Reason::PersonInvited, 2)));
        assert_eq!(reason().await, Some(Reason::PersonInvited));
        by_identity(db, &Story::identity("Emil")).await.unwrap();
        assert_eq!(reason().await, Some(Reason::ConsentMissing));
        let synced = approvals::full_sync(db, ada).await.unwrap();
        assert!(synced.waiting.contains(&(Reason::ConsentMissing, 1)));
        let refused = approvals::approve_membership(db, ada, &story.design, &emil).await;
        assert!(matches!(refused, Err(Error::Conflict(why)) if why.contains("give consent")));
        users::lock(db, ada, &emil).await.unwrap();
        assert_eq!(reason().await, Some(Reason::PersonLocked));
        users::unlock(db, ada, &emil).await.unwrap();
        member::consent(db, &emil, "Accept").await.unwrap();
        assert_eq!(reason().await, Some(Reason::Ready));
        let synced = approvals::full_sync(db, ada).await.unwrap();
        assert_eq!(synced.memberships, 1);
        database.check().await;
    }
}

#[tokio::test]
async fn a_consent_is_typed_exactly_recorded_once_and_never_asked_for_again() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story).await;
        holders::give(db, ada, &id, &story.grace).await.unwrap();
        let before = database.events().await;
        for typed in ["", "accept", "ACCEPT", "Accept ", "Yes"] {
            let refused = member::consent(db, &story.grace, typed).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field: "typed", .. })),
                "{typed}"
            );
        }
        // Two at once, and once more: one agreement.
        let (one, other) = futures::join!(
            member::consent(db, &story.grace, "Accept"),
            member::consent(db, &story.grace, "Accept")
        );
        for done in [
            one,
            other,
            member::consent(db, &story.grace, "Accept").await,
        ] {
            let user = done.unwrap();
            assert_eq!(
                (user.consent, user.status()),
                (Consent::Accepted, Status::Active)
            );
            assert!(user.consented_at.is_some() && user.consent_expires_at.is_none());
        }
        assert_eq!(database.codes_after(before).await, [Code::ConsentAccepted]);
        holders::take(db, ada, &id, &story.grace).await.unwrap();
        holders::give(db, ada, &id, &story.grace).await.unwrap();
        assert_eq!(
            consent_of(db, &story, &story.grace).await,
            (Consent::Accepted, false)
        );
        // Who is locked agrees to nothing; who is not asked changes nothing.
        let refused = member::consent(db, &story.linus, "Accept").await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        let not_asked = member::consent(db, &ada.user_id, "Accept").await.unwrap();
        assert_eq!(not_asked.consent, Consent::Undefined);
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_is_late_is_blocked_until_an_administrator_gives_more_time() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story).await;
        holders::give(db, ada, &id, &story.grace).await.unwrap();
        let epoch = story.person(db, &story.grace).await.session_epoch;
        let who = || sign_in::who(db, &story.grace, epoch);
        assert!(who().await.unwrap().is_some());
        database.run(LATE).await;
        let before = database.events().await;
        assert!(story.person(db, &story.grace).await.is_blocked(db::now()));
        assert_eq!(who().await.unwrap(), None);
        let refused = by_identity(db, &Story::identity("Grace")).await;
        assert_eq!(refused, Err(Error::Blocked));
        let refused = member::consent(db, &story.grace, "Accept").await;
        assert_eq!(refused, Err(Error::Blocked));
        // From now, and once more from there.
        let first = consents::extend(db, ada, &story.grace).await.unwrap();
        assert!(first > db::now().plus(TIME - 60_000) && first <= db::now().plus(TIME));
        let second = consents::extend(db, ada, &story.grace).await.unwrap();
        assert_eq!(second, first.plus(TIME));
        by_identity(db, &Story::identity("Grace")).await.unwrap();
        member::consent(db, &story.grace, "Accept").await.unwrap();
        let codes = [
            Code::SignInRefused,
            Code::ConsentExtended,
            Code::ConsentExtended,
            Code::SignedIn,
            Code::ConsentAccepted,
        ];
        assert_eq!(database.codes_after(before).await, codes);
        database.check().await;
    }
}

#[tokio::test]
async fn more_time_is_given_by_whoever_may_to_whoever_needs_it() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story).await;
        let none = consents::extend(db, ada, &story.grace).await;
        assert!(matches!(none, Err(Error::Conflict(why)) if why.contains("No role asks")));
        holders::give(db, ada, &id, &story.grace).await.unwrap();
        holders::give(db, ada, &id, &story.ben).await.unwrap();
        let not_counted = consents::extend(db, ada, &story.ben).await;
        assert!(matches!(not_counted, Err(Error::Conflict(why)) if why.contains("No time")));
        // Somebody with another privilege hears what is missing; with this one it is theirs to do.
        let wanted = Wanted {
            name: "Helpers".to_owned(),
            visible_below: Switch::Off,
            for_new_users: Switch::Off,
        };
        let helpers = roles::add(db, ada, story.berlin, wanted).await.unwrap().id;
        users::unlock(db, ada, &story.linus).await.unwrap();
        for (privilege, may) in [
            (Privilege::ManageUsers, false),
            (Privilege::TransferConsent, true),
        ] {
            let given = [privilege];
            privileges::set(db, ada, &helpers, story.berlin, &given, Reach::Here)
                .await
                .unwrap();
            holders::give(db, ada, &helpers, &story.linus)
                .await
                .unwrap();
            let linus = admin_of(db, &story.linus).await;
            let done = consents::extend(db, &linus, &story.grace).await;
            match done {
                Ok(_) => assert!(may),
                Err(Error::Forbidden(why)) => assert!(!may && why.contains("Transfer consent")),
                Err(other) => panic!("{other}"),
            }
        }
        let grace = admin_of(db, &story.grace).await;
        let stranger = consents::extend(db, &grace, &story.ben).await;
        assert_eq!(stranger, Err(Error::NotFound("This person")));
        // Two at once: each is seven days more.
        let before = story.person(db, &story.grace).await.consent_expires_at;
        let (one, other) = futures::join!(
            consents::extend(db, ada, &story.grace),
            consents::extend(db, ada, &story.grace)
        );
        let last = one.unwrap().max(other.unwrap());
        assert_eq!(Some(last), before.map(|end| end.plus(2 * TIME)));
        member::consent(db, &story.grace, "Accept").await.unwrap();
        let done = consents::extend(db, ada, &story.grace).await;
        assert!(matches!(done, Err(Error::Conflict(why)) if why.contains("already")));
        database.check().await;
    }
}

#[tokio::test]
async fn who_administers_everything_is_asked_but_never_locked_out() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        ask(db, &story, &RoleId::from(ADMINISTRATOR), "on").await;
        assert_eq!(consent_of(db, &story, &ada.user_id).await, NOT_COUNTED);
        let signed_in = by_passphrase_of_ada(db, &story.hashing).await.unwrap();
        assert!(signed_in.must_consent() && !signed_in.is_blocked(db::now().plus(100 * TIME)));
        // Whoever is Administrator no longer has their days like everybody else.
        let id = RoleId::from(ADMINISTRATOR);
        let careful = role(db, &story).await;
        holders::give(db, ada, &careful, &story.grace)
            .await
            .unwrap();
        holders::give(db, ada, &id, &story.grace).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, NOT_COUNTED);
        holders::take(db, ada, &id, &story.grace).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, ASKED);
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_is_late_by_passphrase_is_told_only_with_the_right_one() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story).await;
        let user = user_with_passphrase(&database, &story).await;
        holders::give(db, ada, &id, &user).await.unwrap();
        database.run(LATE).await;
        let sign = |passphrase: &'static str| {
            sign_in::by_passphrase(db, &story.hashing, "grace@acme.example", passphrase)
        };
        assert!(matches!(sign("wrong").await, Err(Error::Forbidden(_))));
        assert_eq!(sign(PASSPHRASE).await, Err(Error::Blocked));
        database.check().await;
    }
}

/// Grace, with a passphrase as Ada has it.
async fn user_with_passphrase(database: &Database, story: &Story) -> UserId {
    database
        .run("UPDATE users SET passphrase_hash = (SELECT a.passphrase_hash FROM users a WHERE a.login_key = 'ada@acme.example')
              WHERE login_key = 'grace@acme.example'")
        .await;
    story.grace.clone()
}

#[tokio::test]
async fn who_slipped_through_is_asked_within_the_hour_or_at_their_next_sign_in() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story).await;
        holders::give(db, ada, &id, &story.grace).await.unwrap();
        let slip = "UPDATE users SET consent = 'undefined', consent_expires_at = NULL";
        database.run(slip).await;
        let grace = by_identity(db, &Story::identity("Grace")).await.unwrap();
        assert!(grace.user.must_consent());
        database.run(slip).await;
        chores::hourly(db).await.unwrap();
        assert_eq!(consent_of(db, &story, &story.grace).await, ASKED);
        database.check().await;
    }
}
