//! The steps after a first sign-in: which are next, for whom, and that none comes twice.

use std::net::{IpAddr, Ipv4Addr};

use directory::admin::roles::{self, Wanted, holders, policies};
use directory::model::event::Code;
use directory::model::id::RoleId;
use directory::model::onboarding::{Onboarding, Outcome, Step};
use directory::model::policy::{Policy, RolePolicy};
use directory::model::role::ADMINISTRATOR;
use directory::model::settings::Switch;
use directory::model::user::User;
use directory::onboarding;
use directory::sign_in::by_identity;
use directory::store::db::Db;

use crate::support::{Story, by_passphrase_of_ada, databases};

/// A role that Ben holds and that says off to this.
async fn off(db: &Db, story: &Story, name: &str, policy: Policy) -> RoleId {
    let wanted = Wanted {
        name: name.to_owned(),
        visible_below: Switch::Off,
        for_new_users: Switch::Off,
    };
    let made = roles::add(db, &story.ada, story.berlin, wanted).await;
    let id = made.unwrap().id;
    let wanted = vec![RolePolicy {
        policy,
        value: "off".to_owned(),
    }];
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    policies::save(db, &story.ada, &id, &wanted, here)
        .await
        .unwrap();
    holders::give(db, &story.ada, &id, &story.ben)
        .await
        .unwrap();
    id
}

async fn ben(db: &Db) -> User {
    by_identity(db, &Story::identity("Ben")).await.unwrap().user
}

async fn next(db: &Db, user: &User) -> Option<Step> {
    onboarding::next(db, user).await.unwrap().map(|p| p.step)
}

#[tokio::test]
async fn a_first_sign_in_begins_the_steps_and_each_is_taken_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        // Ada was here before there was anything to sign in to.
        let ada = by_passphrase_of_ada(db, &story.hashing).await.unwrap();
        assert_eq!(
            (ada.onboarding, next(db, &ada).await),
            (Onboarding::None, None)
        );
        let ben = ben(db).await;
        assert_eq!(ben.onboarding, Onboarding::UnderWay);
        assert_eq!(next(db, &ben).await, Some(Step::Profile));
        let before = database.events().await;
        let take = |step, outcome| onboarding::take(db, &ben, step, outcome);
        // Twice at once, and once more with another outcome: the first holds.
        let (one, other) = futures::join!(
            take(Step::Profile, Outcome::Done),
            take(Step::Profile, Outcome::Done)
        );
        one.unwrap();
        other.unwrap();
        take(Step::Profile, Outcome::Skipped).await.unwrap();
        assert_eq!(next(db, &ben).await, Some(Step::Tour));
        take(Step::Tour, Outcome::Skipped).await.unwrap();
        let ben = story.person(db, &story.ben).await;
        assert_eq!(
            (ben.onboarding, next(db, &ben).await),
            (Onboarding::Over, None)
        );
        let codes = [Code::OnboardingStep, Code::OnboardingStep];
        assert_eq!(database.codes_after(before).await, codes);
        let done = "SELECT count(*) FROM onboarding_steps WHERE outcome = 'done'";
        assert_eq!(database.number(done).await, 1);
        // Ada takes no step: none is hers.
        onboarding::take(db, &ada, Step::Tour, Outcome::Done)
            .await
            .unwrap();
        assert_eq!(database.codes_after(before).await, codes);
        database.check().await;
    }
}

#[tokio::test]
async fn one_role_that_says_off_is_enough_and_what_is_over_stays_over() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        off(db, &story, "No tour", Policy::Tour).await;
        let user = ben(db).await;
        let progress = onboarding::next(db, &user).await.unwrap().unwrap();
        assert_eq!(progress.steps, [Step::Profile]);
        let silent = off(db, &story, "Silent", Policy::Onboarding).await;
        let user = story.person(db, &story.ben).await;
        assert_eq!(next(db, &user).await, None);
        let user = story.person(db, &story.ben).await;
        assert_eq!(user.onboarding, Onboarding::Over);
        holders::take(db, &story.ada, &silent, &story.ben)
            .await
            .unwrap();
        let user = story.person(db, &story.ben).await;
        assert_eq!(next(db, &user).await, None);
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_administers_with_a_passphrase_alone_is_offered_a_second_factor_last() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        ben(db).await;
        let all = RoleId::from(ADMINISTRATOR);
        holders::give(db, &story.ada, &all, &story.ben)
            .await
            .unwrap();
        let user = story.person(db, &story.ben).await;
        let steps = async || {
            let progress = onboarding::next(db, &user).await.unwrap();
            progress.map(|progress| progress.steps)
        };
        // His identity provider asks for one itself.
        assert_eq!(steps().await.unwrap(), [Step::Profile, Step::Tour]);
        let hash = story.hashing.hash_passphrase("another engine").await;
        let mut tx = db.write().await.unwrap();
        directory::store::people::set_passphrase(&mut tx, &user.id, &hash.unwrap())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let expected = [Step::Profile, Step::Tour, Step::SecondFactor];
        assert_eq!(steps().await.unwrap(), expected);
        for step in expected {
            assert_eq!(next(db, &user).await, Some(step));
            onboarding::take(db, &user, step, Outcome::Skipped)
                .await
                .unwrap();
        }
        assert_eq!(steps().await, None);
        database.check().await;
    }
}
