//! What a role asks: kept once, combined to the strictest, and acting where it says.

use std::net::IpAddr;

use directory::access::Admin;
use directory::admin::roles::{self, Wanted, holders, policies, teams};
use directory::admin::{approvals, users};
use directory::model::event::Code;
use directory::model::id::{RoleId, UserId};
use directory::model::policy::{Policy, RolePolicy};
use directory::model::role::{ADMINISTRATOR, Privilege, Reach};
use directory::model::settings::Switch;
use directory::policies::closed_from;
use directory::provisioning::{self, users::TeamRevision};
use directory::store::db::Db;
use directory::{Error, Result};

use crate::support::{Story, admin_of, databases, everything, profile};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 2, 3));
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

/// A role of Berlin that asks this.
async fn role(db: &Db, story: &Story, name: &str, policy: Policy, value: &str) -> RoleId {
    let wanted = Wanted {
        name: name.to_owned(),
        visible_below: Switch::Off,
        for_new_users: Switch::Off,
    };
    let made = roles::add(db, &story.ada, story.berlin, wanted)
        .await
        .unwrap();
    save(db, &story.ada, &made.id, policy, value).await.unwrap();
    made.id
}

async fn save(db: &Db, ada: &Admin, role: &RoleId, policy: Policy, value: &str) -> Result<()> {
    let wanted = vec![RolePolicy {
        policy,
        value: value.to_owned(),
    }];
    policies::save(db, ada, role, &wanted, HERE).await
}

async fn create(db: &Db, story: &Story, name: &str) -> UserId {
    let created = provisioning::users::create(db, &story.okta, profile(name), Vec::new()).await;
    created.unwrap().user.id
}

#[tokio::test]
async fn policies_are_kept_once_and_nonsense_is_refused() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story, "Quiet", Policy::InvitationMail, "off").await;
        let before = database.events().await;
        for _ in 0..2 {
            save(db, ada, &id, Policy::ResendInvitations, " 7 ")
                .await
                .unwrap();
        }
        let kept = roles::get(db, ada, &id, &everything()).await.unwrap();
        let only = RolePolicy {
            policy: Policy::ResendInvitations,
            value: "7".to_owned(),
        };
        assert_eq!(kept.policies, [only]);
        assert_eq!(
            database.codes_after(before).await,
            [Code::RolePoliciesChanged]
        );
        for (policy, value) in [
            (Policy::InvitationMail, "perhaps"),
            (Policy::ResendInvitations, "91"),
            (Policy::ResendInvitations, "x"),
            (Policy::KeepAddress, "off"),
            (Policy::AllowedAddresses, "10.0.0.0/33"),
            (Policy::AllowedAddresses, "the office"),
        ] {
            let refused = save(db, ada, &id, policy, value).await;
            assert!(
                matches!(refused, Err(Error::Invalid { field, .. }) if field == policy.as_str()),
                "{value}"
            );
        }
        assert_eq!(database.events().await, before + 1);
        database.check().await;
    }
}

#[tokio::test]
async fn a_role_of_new_people_keeps_their_invitations_back() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story, "Quiet", Policy::InvitationMail, "off").await;
        let for_new = Wanted {
            name: "Quiet".to_owned(),
            visible_below: Switch::Off,
            for_new_users: Switch::On,
        };
        roles::change(db, ada, &id, for_new).await.unwrap();
        let emil = create(db, &story, "Emil").await;
        let found = users::get(db, ada, &emil).await.unwrap();
        assert_eq!(found.invitation, None, "invited, and no mail");
        assert_eq!(found.policies.len(), 1);
        assert_eq!(
            (found.policies[0].value(), &found.policies[0].roles[..]),
            ("off", &["Quiet".to_owned()][..])
        );
        // By hand it is sent all the same.
        users::send_invitation(db, ada, &emil).await.unwrap();
        roles::remove(db, ada, &id).await.unwrap();
        let frida = create(db, &story, "Frida").await;
        let found = users::get(db, ada, &frida).await.unwrap();
        assert!(found.invitation.is_some() && found.policies.is_empty());
        database.check().await;
    }
}

#[tokio::test]
async fn the_strictest_of_several_roles_decides_and_is_named() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let often = role(db, &story, "Often", Policy::ResendInvitations, "3").await;
        let never = role(db, &story, "Never", Policy::ResendInvitations, "0").await;
        holders::give(db, ada, &often, &story.grace).await.unwrap();
        approvals::approve_team(db, ada, &story.ops).await.unwrap();
        teams::give(db, ada, &never, &story.ops).await.unwrap();
        let held = users::get(db, ada, &story.grace).await.unwrap().policies;
        assert_eq!((held.len(), held[0].value()), (1, "0"));
        assert_eq!(
            (&held[0].roles[..], &held[0].others[..]),
            (&["Never".to_owned()][..], &["Often".to_owned()][..])
        );
        teams::take(db, ada, &never, &story.ops).await.unwrap();
        let held = users::get(db, ada, &story.grace).await.unwrap().policies;
        assert_eq!(held[0].value(), "3");
        database.check().await;
    }
}

#[tokio::test]
async fn a_role_that_keeps_addresses_refuses_another() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let id = role(db, &story, "Kept", Policy::KeepAddress, "on").await;
        holders::give(db, ada, &id, &story.ben).await.unwrap();
        let mut moved = profile("Ben");
        moved.user_name = "benjamin@acme.example".to_owned();
        moved.emails[0].value = "benjamin@acme.example".to_owned();
        let change = async || {
            let moved = moved.clone();
            let said = |_: &_| Ok::<_, Error>((moved, TeamRevision::default()));
            provisioning::users::revise(db, &story.okta, &story.ben, said).await
        };
        assert!(matches!(change().await, Err(Error::Fixed(_))));
        holders::take(db, ada, &id, &story.ben).await.unwrap();
        change().await.unwrap();
        let found = users::get(db, ada, &story.ben).await.unwrap();
        assert_eq!(found.user.login, "benjamin@acme.example");
        database.check().await;
    }
}

#[tokio::test]
async fn the_console_is_open_from_the_networks_of_every_role_and_nobody_locks_themself_out() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let office = role(db, &story, "Office", Policy::AllowedAddresses, "10.0.0.0/8").await;
        let room = role(
            db,
            &story,
            "Room",
            Policy::AllowedAddresses,
            "10.1.0.0/16, ::1",
        )
        .await;
        for id in [&office, &room] {
            holders::give(db, ada, id, &story.grace).await.unwrap();
        }
        let closed = async |from: IpAddr| {
            let mut tx = db.read().await.unwrap();
            closed_from(&mut tx, &story.grace, from).await.unwrap()
        };
        assert_eq!(closed(HERE).await, None);
        assert!(
            closed(ELSEWHERE)
                .await
                .is_some_and(|why| why.contains("Office"))
        );
        let other_room = IpAddr::from([10, 2, 0, 1]);
        assert!(
            closed(other_room)
                .await
                .is_some_and(|why| why.contains("Room"))
        );
        let own = RoleId::from(ADMINISTRATOR);
        let out = save(db, ada, &own, Policy::AllowedAddresses, "192.0.2.0/24").await;
        assert!(matches!(
            out,
            Err(Error::Invalid {
                field: "allowed_addresses",
                ..
            })
        ));
        save(db, ada, &own, Policy::AllowedAddresses, "10.0.0.0/8")
            .await
            .unwrap();
        save(db, ada, &own, Policy::AllowedAddresses, " ")
            .await
            .unwrap();
        let kept = roles::get(db, ada, &own, &everything()).await.unwrap();
        assert!(kept.policies.is_empty(), "no network asks nothing");
        database.check().await;
    }
}

#[tokio::test]
async fn whoever_does_not_have_what_a_role_gives_does_not_change_what_it_asks() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let own = role(db, &story, "Roles", Policy::KeepAddress, "on").await;
        let more = role(db, &story, "More", Policy::KeepAddress, "on").await;
        for (id, privilege) in [
            (&own, Privilege::ManageRoles),
            (&more, Privilege::ManageUsers),
        ] {
            roles::privileges::set(db, ada, id, story.berlin, &[privilege], Reach::Below)
                .await
                .unwrap();
        }
        holders::give(db, ada, &own, &story.grace).await.unwrap();
        let grace = admin_of(db, &story.grace).await;
        let refused = save(db, &grace, &more, Policy::InvitationMail, "off").await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        database.check().await;
    }
}
