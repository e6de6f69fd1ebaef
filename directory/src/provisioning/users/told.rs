//! What became of a person, told to whoever gathers what a request did.

use std::collections::BTreeSet;

use super::UserView;
use crate::address::Address;
use crate::error::Result;
use crate::model::id::TeamId;
use crate::model::request::Remark;
use crate::model::user::{Profile, User};
use crate::outcome::{self, Done, How, Person};
use crate::store::db::Tx;
use crate::store::users;

/// Somebody as they stand, with the teams they are in, for whoever gathers what a request did.
pub(super) async fn as_told(tx: &mut Tx, user: &User) -> Result<Person> {
    let teams = users::teams_of(tx, std::slice::from_ref(&user.id)).await?;
    Ok(Person {
        user: user.clone(),
        teams: teams
            .into_iter()
            .map(|(_, team, name)| (team, name))
            .collect(),
    })
}

/// Somebody as they stood before this request, which changed these teams alone: what others changed meanwhile is
/// not told as its doing.
pub(super) fn before_joining(
    before: UserView,
    after: &UserView,
    joined: &BTreeSet<TeamId>,
) -> Person {
    let is_ours = |(team, _): &&(TeamId, String)| joined.contains(team);
    let others = after.teams.iter().filter(|team| !is_ours(team));
    let teams = others
        .chain(before.teams.iter().filter(is_ours))
        .cloned()
        .collect();
    Person {
        user: before.user,
        teams,
    }
}

/// Tells what became of a person, and what is worth knowing beside it.
pub(super) fn tell(how: How, before: Option<Person>, after: &UserView, profile: &Profile) {
    if !outcome::is_gathered() {
        return;
    }
    let UserView { user, teams } = after;
    if profile.active == Some(true) && user.locked_by_admin {
        outcome::remarked(Remark::AdminLockStays);
    } else if addresses_differ(profile) {
        outcome::remarked(Remark::AddressesDiffer);
    }
    let after = Person {
        user: user.clone(),
        teams: teams.clone(),
    };
    outcome::did(Done::Person {
        how,
        before: before.map(Box::new),
        after: Box::new(after),
    });
}

/// Whether userName and primary address are two addresses: the sources say they shall be one (behaviour.md 6 #25).
fn addresses_differ(profile: &Profile) -> bool {
    let primary = profile.emails.iter().find(|email| email.primary);
    let named = Address::parse(&profile.user_name);
    let primary = primary.and_then(|email| Address::parse(&email.value));
    matches!((named, primary), (Some(named), Some(primary)) if named.key != primary.key)
}
