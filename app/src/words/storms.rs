//! A storm as sentences: what it took away, what became of it, what an undo gave back.

use super::{counted, listed, sentence};
use directory::model::storm::{LossKind, Outcome, Storm, StormState, Undone};

/// What a storm took away: *12 users were locked, 30 memberships ended*.
pub fn took(storm: &Storm) -> String {
    let parts: Vec<String> = [
        (storm.users, "user was locked", "users were locked"),
        (storm.memberships, "membership ended", "memberships ended"),
        (storm.teams, "team was removed", "teams were removed"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    if parts.is_empty() {
        "Nothing was changed yet".to_owned()
    } else {
        sentence(&listed(&parts))
    }
}

/// What became of it.
pub fn so_far(storm: &Storm) -> String {
    let by = storm.closed_by.as_deref().unwrap_or("somebody");
    match storm.state {
        StormState::Undone => format!("Undone by {by}."),
        StormState::Kept => format!("Meant, said {by}."),
        StormState::Open if storm.holds => "Held back.".to_owned(),
        StormState::Open => "Waits for a decision.".to_owned(),
    }
}

/// What an undo gave back.
pub fn given_back(undone: &Undone) -> String {
    let parts: Vec<String> = [
        (undone.users, "user", "users"),
        (undone.memberships, "membership", "memberships"),
        (undone.teams, "team", "teams"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    match parts.as_slice() {
        [] => "Undone: there was nothing left to give back".to_owned(),
        parts => format!("Undone: {} given back as before", listed(parts)),
    }
}

/// What an undo left alone.
pub fn left_alone(count: i64) -> String {
    format!(
        "Left alone: {} since",
        counted(count, "thing that changed", "things that changed")
    )
}

/// What happened to one thing.
pub fn lost(kind: LossKind) -> &'static str {
    match kind {
        LossKind::UserLocked => "was locked",
        LossKind::UserDeleted => "was deleted, and is locked here",
        LossKind::MembershipRemoved => "left the team",
        LossKind::TeamRemoved => "was removed, with its roles",
    }
}

/// What an undo made of it.
pub fn outcome(word: Option<&str>) -> Option<&'static str> {
    Some(match Outcome::of(word?)? {
        Outcome::Restored => "As before",
        Outcome::Left => "Changed since, left alone",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undo_says_what_is_back_and_what_is_not() {
        let undone = Undone {
            users: 12,
            memberships: 1,
            teams: 0,
            left_alone: 2,
        };
        assert_eq!(
            given_back(&undone),
            "Undone: 12 users and 1 membership given back as before"
        );
        assert_eq!(
            given_back(&Undone::default()),
            "Undone: there was nothing left to give back"
        );
        assert_eq!(left_alone(2), "Left alone: 2 things that changed since");
    }
}
