//! What waits, and the decisions that end the waiting.

use directory::Error;
use directory::admin::{approvals, teams, users};
use directory::model::event::Code;
use directory::model::membership::{Reason, Synced};
use directory::model::team::Decision;
use directory::provisioning::teams::Revision;
use directory::sign_in;

use crate::support::{Database, Story, admin_of, databases, everything};

fn waiting(invited: i64, locked: i64) -> Vec<(Reason, i64)> {
    let all = [
        (Reason::PersonInvited, invited),
        (Reason::PersonLocked, locked),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

async fn count(database: &Database, code: Code) -> i64 {
    let codes = database.codes_after(0).await;
    i64::try_from(codes.iter().filter(|one| **one == code).count()).unwrap()
}

#[tokio::test]
async fn the_page_shows_what_can_be_approved_and_why_the_rest_waits() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let pending = approvals::pending(&database.db, &story.ada).await.unwrap();
        let teams: Vec<_> = pending
            .ready_teams
            .iter()
            .map(|one| (one.team.name.as_str(), one.ready.len()))
            .collect();
        assert_eq!(teams, [("Design", 1), ("Ops", 1)]);
        assert!(pending.ready.is_empty());
        let waits: Vec<_> = pending
            .waiting
            .iter()
            .map(|m| (m.user_label.as_str(), m.reason().unwrap()))
            .collect();
        assert_eq!(
            waits,
            [("Ben", Reason::TeamPending), ("Linus", Reason::TeamPending)]
        );
        assert_eq!(
            pending.preview,
            Synced {
                teams: 2,
                memberships: 2,
                waiting: waiting(1, 1)
            }
        );
        assert_eq!(approvals::count(&database.db, &story.ada).await.unwrap(), 4);
        database.check().await;
    }
}

#[tokio::test]
async fn full_sync_approves_what_it_can_once_and_says_what_waits() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let before = database.events().await;
        let synced = approvals::full_sync(db, &story.ada).await.unwrap();
        assert_eq!(
            synced,
            Synced {
                teams: 2,
                memberships: 2,
                waiting: waiting(1, 1)
            }
        );
        let codes = database.codes_after(before).await;
        let expected = [
            Code::TeamApproved,
            Code::TeamApproved,
            Code::MembershipApproved,
            Code::MembershipApproved,
            Code::FullSync,
        ];
        assert_eq!(codes, expected);
        let again = approvals::full_sync(db, &story.ada).await.unwrap();
        assert_eq!(
            again,
            Synced {
                teams: 0,
                memberships: 0,
                waiting: waiting(1, 1)
            }
        );
        assert_eq!(
            database.events().await,
            before + 5,
            "a sync that changed nothing leaves no event"
        );
        assert_eq!(approvals::count(db, &story.ada).await.unwrap(), 0);
        let left = approvals::pending(db, &story.ada).await.unwrap();
        let reasons: Vec<_> = left
            .waiting
            .iter()
            .map(|m| m.reason_text().unwrap())
            .collect();
        assert_eq!(
            reasons,
            [
                "waits for Ben to accept the invitation",
                "waits for Linus to be unlocked"
            ]
        );
        let ops = teams::get(db, &story.ada, &story.ops).await.unwrap();
        assert_eq!(
            (
                ops.team.decided_by.as_deref(),
                ops.team.decided_via.as_deref()
            ),
            (Some("Ada Lovelace"), Some("full_sync"))
        );
        database.check().await;
    }
}

#[tokio::test]
async fn two_administrators_at_once_approve_each_thing_once() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let (ada, again) = (story.ada_now(db).await, story.ada_now(db).await);
        let syncs =
            (0..8).map(|n| approvals::full_sync(db, if n % 2 == 0 { &ada } else { &again }));
        let done = futures::future::join_all(syncs).await;
        let done: Vec<Synced> = done.into_iter().map(Result::unwrap).collect();
        assert_eq!(
            done.iter()
                .map(|one| (one.teams, one.memberships))
                .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
            (2, 2)
        );
        assert_eq!(count(&database, Code::TeamApproved).await, 2);
        assert_eq!(count(&database, Code::MembershipApproved).await, 2);
        database.check().await;
    }
}

#[tokio::test]
async fn full_sync_and_a_push_at_once_leave_each_membership_decided_or_pending() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        for _ in 0..6 {
            let back = vec![story.grace.clone(), story.ben.clone()];
            let push = async {
                story
                    .push_members(db, &story.ops, Revision::Replace(vec![]))
                    .await;
                story
                    .push_members(db, &story.ops, Revision::Replace(back))
                    .await;
            };
            let ((), synced) = tokio::join!(push, approvals::full_sync(db, &story.ada));
            synced.unwrap();
        }
        approvals::full_sync(db, &story.ada).await.unwrap();
        let ops = teams::get(db, &story.ada, &story.ops).await.unwrap();
        let states: Vec<_> = ops
            .members
            .iter()
            .map(|m| (m.user_label.as_str(), m.state))
            .collect();
        assert_eq!(
            states,
            [("Ben", Decision::Pending), ("Grace", Decision::Approved)]
        );
        database.check().await;
    }
}

#[tokio::test]
async fn approving_one_team_lets_in_who_can_come() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let before = database.events().await;
        let synced = approvals::approve_team(db, &story.ada, &story.ops)
            .await
            .unwrap();
        assert_eq!(
            synced,
            Synced {
                teams: 1,
                memberships: 1,
                waiting: waiting(1, 1)
            }
        );
        let again = approvals::approve_team(db, &story.ada, &story.ops)
            .await
            .unwrap();
        assert_eq!((again.teams, again.memberships), (0, 0));
        assert_eq!(
            database.codes_after(before).await,
            [Code::TeamApproved, Code::MembershipApproved]
        );
        assert_eq!(
            teams::get(db, &story.ada, &story.design)
                .await
                .unwrap()
                .team
                .state,
            Decision::Pending
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_denied_team_keeps_its_members_waiting_and_can_be_approved_later() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let before = database.events().await;
        for _ in 0..2 {
            approvals::deny_team(db, &story.ada, &story.ops)
                .await
                .unwrap();
        }
        let grace = users::get(db, &story.ada, &story.grace).await.unwrap();
        let ops = grace
            .memberships
            .iter()
            .find(|m| m.team_name == "Ops")
            .unwrap();
        assert_eq!(ops.reason(), Some(Reason::TeamDenied));
        let synced = approvals::full_sync(db, &story.ada).await.unwrap();
        assert_eq!(
            synced,
            Synced {
                teams: 1,
                memberships: 1,
                waiting: vec![(Reason::TeamDenied, 3)]
            }
        );
        let later = approvals::approve_team(db, &story.ada, &story.ops)
            .await
            .unwrap();
        assert_eq!((later.teams, later.memberships), (1, 1));
        assert!(matches!(
            approvals::deny_team(db, &story.ada, &story.ops).await,
            Err(Error::Conflict(_))
        ));
        let codes = database.codes_after(before).await;
        assert_eq!(
            codes
                .iter()
                .filter(|code| **code == Code::TeamDenied)
                .count(),
            1
        );
        database.check().await;
    }
}

#[tokio::test]
async fn one_membership_is_approved_or_denied_by_itself() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let early = approvals::approve_membership(db, ada, &story.ops, &story.grace).await;
        let sentence = "Grace cannot be approved for Ops yet: the team waits for approval.";
        assert_eq!(early, Err(Error::Conflict(sentence.to_owned())));
        approvals::deny_membership(db, ada, &story.ops, &story.grace)
            .await
            .unwrap();
        approvals::approve_team(db, ada, &story.ops).await.unwrap();
        let before = database.events().await;
        for _ in 0..2 {
            approvals::deny_membership(db, ada, &story.ops, &story.grace)
                .await
                .unwrap();
        }
        assert_eq!(database.events().await, before, "denied once is denied");
        let again = Revision::Revise {
            granted: vec![story.grace.clone()],
            revoked: vec![],
        };
        story.push_members(db, &story.ops, again).await;
        assert_eq!(
            approvals::pending(db, ada).await.unwrap().ready.len(),
            0,
            "a repeated push asks for nothing that was denied"
        );
        for _ in 0..2 {
            approvals::approve_membership(db, ada, &story.ops, &story.grace)
                .await
                .unwrap();
        }
        assert_eq!(
            database.codes_after(before).await,
            [Code::MembershipApproved]
        );
        assert!(matches!(
            approvals::deny_membership(db, ada, &story.ops, &story.grace).await,
            Err(Error::Conflict(_))
        ));
        let refused = approvals::approve_membership(db, ada, &story.ops, &story.ben).await;
        let sentence =
            "Ben cannot be approved for Ops yet: waits for Ben to accept the invitation.";
        assert_eq!(refused, Err(Error::Conflict(sentence.to_owned())));
        let nobody = approvals::approve_membership(db, ada, &story.design, &story.ben).await;
        assert_eq!(nobody, Err(Error::NotFound("This membership")));
        database.check().await;
    }
}

#[tokio::test]
async fn of_many_who_decide_at_once_about_one_membership_one_does() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        database
            .run("UPDATE teams SET state = 'approved', decided_at = 1")
            .await;
        let before = database.events().await;
        let (one, other) = tokio::join!(
            approvals::approve_membership(db, ada, &story.ops, &story.grace),
            approvals::deny_membership(db, ada, &story.ops, &story.grace),
        );
        // Denied first, it may still be approved; approved first, it may not be denied.
        assert!(one.is_ok());
        let events = database.events().await - before;
        assert_eq!(events, if other.is_ok() { 2 } else { 1 });
        let rush =
            (0..8).map(|_| approvals::approve_membership(db, ada, &story.design, &story.grace));
        assert!(
            futures::future::join_all(rush)
                .await
                .iter()
                .all(Result::is_ok)
        );
        assert_eq!(database.events().await - before, events + 1);
        database.check().await;
    }
}

#[tokio::test]
async fn somebody_who_comes_in_later_is_approved_by_the_next_sync() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        approvals::full_sync(db, &story.ada).await.unwrap();
        sign_in::by_identity(db, &Story::identity("Ben"))
            .await
            .unwrap();
        assert_eq!(approvals::count(db, &story.ada).await.unwrap(), 1);
        let pending = approvals::pending(db, &story.ada).await.unwrap();
        assert_eq!(
            pending
                .ready
                .iter()
                .map(|m| m.user_label.as_str())
                .collect::<Vec<_>>(),
            ["Ben"]
        );
        let synced = approvals::full_sync(db, &story.ada).await.unwrap();
        assert_eq!(
            synced,
            Synced {
                teams: 0,
                memberships: 1,
                waiting: waiting(0, 1)
            }
        );
        let rows = teams::list(db, &admin_of(db, &story.ada.user_id).await, &everything())
            .await
            .unwrap()
            .rows;
        let ops = rows.iter().find(|team| team.name == "Ops").unwrap();
        assert_eq!((ops.members, ops.pending), (2, 1));
        database.check().await;
    }
}
