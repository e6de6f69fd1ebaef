//! What the console calls states: the word with its glyph and tone, and what happens next.

pub mod causes;
pub mod happened;
pub mod many;
pub mod requests;
pub mod roles;
pub mod sign_in;
pub mod storms;
pub mod tokens;

use crate::components::badge::{self, Standing, Tone};
use crate::components::path::Step;
use crate::components::text;
use crate::visit::{ToastKind, visit};
use directory::model::connection::ConnectionState;
use directory::model::membership::{Membership, Reason, Synced};
use directory::model::role::Holder;
use directory::model::team::Decision;
use directory::model::timestamp::Timestamp;
use directory::model::user::{self, CreatedVia, Status, User, UserInList, UserState};

/// Locked by the identity provider alone: the same word, another lock.
const LOCKED_THERE: Standing = Standing {
    tone: Tone::Stop,
    glyph: "lockedidp",
    word: "Locked",
};

const CAN_BE_APPROVED: Standing = Standing {
    tone: Tone::Info,
    glyph: "pending",
    word: "Ready",
};

const DENIED: Standing = Standing {
    tone: Tone::Stop,
    glyph: "blocked",
    word: "Denied",
};

const WAITING: Standing = Standing {
    tone: Tone::Wait,
    glyph: "pending",
    word: "Waiting for first request",
};

/// A number of things as the components count them.
pub fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// `1 user`, `1,284 users`.
pub fn counted(count: i64, one: &str, many: &str) -> String {
    text::counted(number(count), one, many)
}

/// `1,284`.
pub fn figure(count: i64) -> String {
    text::thousands(number(count))
}

/// `Ops`, `Ops and Design`, `Ops, Design and Platform`.
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The first names of many: `Ada Lovelace, Alan Turing and 6 more`.
pub fn first_of(names: &[String], shown: usize) -> String {
    if names.len() <= shown {
        return listed(names);
    }
    format!(
        "{} and {} more",
        names[..shown].join(", "),
        names.len() - shown
    )
}

/// A sentence begins with a capital letter.
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// A state by its word, as the tabs of a list show it.
pub fn of_status(status: Status) -> Standing {
    match status {
        Status::Invited => badge::INVITED,
        Status::Pending => badge::PENDING,
        Status::Active => badge::ACTIVE,
        Status::Locked => badge::LOCKED,
    }
}

/// What a person's badge says.
pub fn of_user(user: &User) -> Standing {
    exactly(user.status(), user.locked_by_admin, user.consent_expires_at)
}

/// What a person's badge says in a list.
pub fn of_row(row: &UserInList) -> Standing {
    exactly(row.status(), row.locked_by_admin, row.consent_expires_at)
}

/// What the badge of somebody says who holds a role.
pub fn of_holder(holder: &Holder) -> Standing {
    let (admin, idp) = (holder.locked_by_admin, holder.locked_by_idp);
    let status = user::status(holder.state, admin, idp, holder.consent);
    exactly(status, admin, holder.consent_expires_at)
}

/// What a member's badge says in a team.
pub fn of_member(member: &Membership) -> Standing {
    let status = member.user_status();
    exactly(status, member.locked_by_admin, member.consent_expires_at)
}

/// Which lock it is; and of those who must accept something, whether they still can.
fn exactly(status: Status, by_admin: bool, accepts_until: Option<Timestamp>) -> Standing {
    match (status, by_admin) {
        (Status::Locked, false) => LOCKED_THERE,
        (Status::Pending, _) if accepts_until.is_some_and(|end| end <= visit().now) => {
            badge::BLOCKED
        }
        _ => of_status(status),
    }
}

/// What happens next with a person, in the words of a list.
pub fn next_of_row(row: &UserInList) -> Option<String> {
    match row.status() {
        Status::Active => None,
        Status::Invited => Some("has not signed in yet".to_owned()),
        Status::Pending => Some("transfer acceptance".to_owned()),
        Status::Locked => Some(locked_by(
            row.locked_by_admin,
            row.locked_by_idp,
            row.locked_by.as_deref(),
        )),
    }
}

/// By whom somebody is locked: *by Ada Lovelace*, *by Okta*.
pub fn locked_by(by_admin: bool, by_idp: bool, name: Option<&str>) -> String {
    match (by_admin, by_idp, name) {
        (true, true, _) => "by an administrator and by the identity provider".to_owned(),
        (_, _, Some(name)) => format!("by {name}"),
        (false, true, None) => "by the identity provider".to_owned(),
        _ => "by an administrator".to_owned(),
    }
}

/// What one calls a person in a sentence.
pub fn first_name(user: &User) -> String {
    let given = user.given_name.as_deref().unwrap_or_default().trim();
    let first = user.label.split_whitespace().next().unwrap_or_default();
    [given, first, &user.login]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default()
        .to_owned()
}

/// How somebody came to be here, as a sentence without an end.
pub fn origin(user: &User, kept_by: Option<&str>) -> String {
    match (user.created_via, kept_by) {
        (CreatedVia::Scim, Some(name)) => format!("Created by {name}"),
        (CreatedVia::Scim, None) => "Created by an identity provider".to_owned(),
        (CreatedVia::SetUp, _) => "The first administrator".to_owned(),
        (CreatedVia::Console, _) => "Added in this console".to_owned(),
        (CreatedVia::Bootstrap, _) => "Named in the bootstrap file".to_owned(),
        (CreatedVia::SignIn, _) => "Came by signing in".to_owned(),
    }
}

/// Whether a person has come in, for those who are not locked.
pub fn has_come_in(user: &User) -> bool {
    user.state == UserState::Active
}

/// What a decision is called.
pub fn of_decision(decision: Decision) -> Standing {
    match decision {
        Decision::Pending => badge::PENDING,
        Decision::Approved => badge::APPROVED,
        Decision::Denied => DENIED,
    }
}

/// What the badge of a membership says; one that only waits for the decision is *Ready*.
pub fn of_membership(membership: &Membership) -> Standing {
    match membership.reason() {
        Some(Reason::Ready) => CAN_BE_APPROVED,
        _ => of_decision(membership.state),
    }
}

/// Why a membership is pending, or who decided.
pub fn why(membership: &Membership) -> Option<String> {
    let decided = |word: &str| {
        membership
            .decided_by
            .as_ref()
            .map(|name| format!("{word} by {name}"))
    };
    match membership.state {
        Decision::Pending => membership.reason_text(),
        Decision::Approved => decided("approved"),
        Decision::Denied => decided("denied"),
    }
}

/// How a membership that waits becomes approved: each step done, now, or later.
pub fn way_on(membership: &Membership, asked: &str) -> Vec<Step> {
    let person = membership
        .user_label
        .split_whitespace()
        .next()
        .unwrap_or_default();
    let team = match membership.team_state {
        Decision::Approved => Step::Done("Team approved".to_owned()),
        Decision::Pending => Step::Now("Team approved".to_owned()),
        Decision::Denied => Step::Now("Team approved after all".to_owned()),
    };
    let person = match membership.user_status() {
        _ if membership.user_state == UserState::Invited => {
            later(&team, format!("{person} accepts"))
        }
        Status::Locked => later(&team, format!("{person} unlocked")),
        Status::Pending => later(&team, format!("{person} consents")),
        _ => Step::Done(format!("{person} is active")),
    };
    let approval = if membership.reason() == Some(Reason::Ready) {
        Step::Now("Full Sync".to_owned())
    } else {
        Step::Later("Approved at the next Full Sync".to_owned())
    };
    vec![Step::Done(asked.to_owned()), team, person, approval]
}

/// A step that is waited for once the one before it is done.
fn later(before: &Step, words: String) -> Step {
    if matches!(before, Step::Done(_)) {
        Step::Now(words)
    } else {
        Step::Later(words)
    }
}

/// What approvals did, as the two notices at the bottom say it (behaviour.md 3.9).
pub fn outcome(synced: &Synced) -> [(ToastKind, String); 2] {
    let (waiting, why) = (synced.still_waiting(), waiting_why(synced));
    let why = if why.is_empty() {
        why
    } else {
        format!(" ({why})")
    };
    let kind = if waiting > 0 {
        ToastKind::Waiting
    } else {
        ToastKind::Done
    };
    [
        (
            ToastKind::Done,
            format!(
                "Team approvals: {} approved, 0 failed",
                figure(synced.teams)
            ),
        ),
        (
            kind,
            format!(
                "Team member approvals: {} approved, {} waiting{why}",
                figure(synced.memberships),
                figure(waiting)
            ),
        ),
    ]
}

/// What a connection is called, and what happens next.
pub fn of_connection(state: ConnectionState) -> (Standing, Option<&'static str>) {
    match state {
        ConnectionState::Draft => (badge::DRAFT, Some("not saved yet")),
        ConnectionState::Inactive => (badge::INACTIVE, Some("waits for its first request")),
        ConnectionState::Active => (badge::CONNECTED, None),
        ConnectionState::Paused => (badge::PAUSED, Some("reads and locks only")),
    }
}

/// What the live panel of a connection says.
pub fn of_live(state: ConnectionState) -> Standing {
    match state {
        ConnectionState::Inactive => WAITING,
        other => of_connection(other).0,
    }
}

/// Why so many memberships wait, in short: *3 for people to accept, 1 for somebody to be unlocked*.
pub fn waiting_in_short(synced: &Synced) -> String {
    let parts: Vec<String> = synced
        .waiting
        .iter()
        .filter(|(reason, count)| *reason != Reason::Ready && *count > 0)
        .map(|(reason, count)| format!("{} {}", figure(*count), waiting_for(*reason)))
        .collect();
    listed(&parts)
}

fn waiting_for(reason: Reason) -> &'static str {
    match reason {
        Reason::TeamPending => "for a pending team",
        Reason::TeamDenied => "for a denied team",
        Reason::PersonInvited => "for users not active yet",
        Reason::PersonLocked => "for locked users",
        Reason::ConsentMissing => "for consent",
        Reason::Ready => "ready",
    }
}

/// Why memberships wait, as the notice after a Full Sync says it: *users not active yet, locked users*.
pub fn waiting_why(synced: &Synced) -> String {
    let parts: Vec<&str> = synced
        .waiting
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(reason, _)| match reason {
            Reason::TeamPending => "teams pending",
            Reason::TeamDenied => "teams denied",
            Reason::PersonInvited => "users not active yet",
            Reason::PersonLocked => "users locked",
            Reason::ConsentMissing => "consent missing",
            Reason::Ready => "came in meanwhile",
        })
        .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_one_says_them() {
        let names = |all: &[&str]| {
            all.iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(listed(&names(&["Ops"])), "Ops");
        assert_eq!(
            listed(&names(&["Ops", "Design", "Platform"])),
            "Ops, Design and Platform"
        );
        assert_eq!(
            first_of(&names(&["Ada", "Alan", "Grace", "Ben"]), 2),
            "Ada, Alan and 2 more"
        );
    }

    #[test]
    fn what_still_waits_is_said_by_reason() {
        let synced = Synced {
            teams: 3,
            memberships: 14,
            waiting: vec![(Reason::PersonInvited, 2), (Reason::PersonLocked, 1)],
        };
        assert_eq!(
            waiting_in_short(&synced),
            "2 for users not active yet and 1 for locked users"
        );
        assert_eq!(waiting_why(&synced), "users not active yet, users locked");
    }

    #[test]
    fn the_notices_say_how_many_and_why_the_others_wait() {
        let synced = Synced {
            teams: 3,
            memberships: 14,
            waiting: vec![(Reason::PersonInvited, 2)],
        };
        let [teams, members] = outcome(&synced);
        assert_eq!(teams.1, "Team approvals: 3 approved, 0 failed");
        assert_eq!(
            members.1,
            "Team member approvals: 14 approved, 2 waiting (users not active yet)"
        );
        assert_eq!(members.0, ToastKind::Waiting);
    }

    #[test]
    fn a_lock_names_who_set_it() {
        assert_eq!(locked_by(false, true, Some("Okta")), "by Okta");
        assert_eq!(locked_by(true, false, None), "by an administrator");
        assert_eq!(
            locked_by(true, true, Some("Ada")),
            "by an administrator and by the identity provider"
        );
    }
}
