//! What is done to many people at once, in words: for one and for many.

use super::{counted, figure};
use directory::model::import::{Fate, Tally};
use directory::model::many::{Deed, Left, Outcome};

/// What a deed is called on a button, for so many: *Lock 12 users*.
pub fn verb(deed: Deed, count: i64) -> String {
    let who = counted(count, "user", "users");
    match deed {
        Deed::Lock => format!("Lock {who}"),
        Deed::Unlock => format!("Unlock {who}"),
        Deed::Invite if count == 1 => "Send 1 invitation".to_owned(),
        Deed::Invite => format!("Send {} invitations", figure(count)),
        Deed::Move => format!("Move {who}"),
        Deed::Delete => format!("Delete {who}"),
    }
}

/// A deed where one chooses among them.
pub fn name(deed: Deed) -> &'static str {
    match deed {
        Deed::Lock => "Lock",
        Deed::Unlock => "Unlock",
        Deed::Invite => "Send invitation",
        Deed::Move => "Move to a node",
        Deed::Delete => "Delete",
    }
}

/// What happens to whom it is done to.
pub fn consequences(deed: Deed) -> &'static [(&'static str, &'static str)] {
    match deed {
        Deed::Lock => &[
            (
                "lock",
                "Every session of theirs ends at once, and signing in is refused.",
            ),
            ("teams", "Teams, roles and pending memberships are kept."),
        ],
        Deed::Unlock => &[(
            "signin",
            "They can sign in again, unless an identity provider has locked them too.",
        )],
        Deed::Invite => &[
            (
                "mail",
                "Each gets a mail with a link that is good for seven days.",
            ),
            ("link", "A link that was sent before works no longer."),
        ],
        Deed::Move => &[
            (
                "teams",
                "Their memberships end: teams belong to the node they leave.",
            ),
            ("roles", "Roles, state and sessions are kept."),
            (
                "connections",
                "The connection of the new node, if it has one, may claim them.",
            ),
        ],
        Deed::Delete => &[
            (
                "out",
                "Every session of theirs ends at once. They are in no list, and gone for identity providers.",
            ),
            (
                "undo",
                "They can be restored from the recycle bin for 30 days, with teams and roles.",
            ),
            ("mail", "Their addresses stay taken meanwhile."),
        ],
    }
}

/// Why so many are left as they are.
pub fn left(why: Left, count: i64) -> String {
    let who = counted(count, "user", "users");
    let is = if count == 1 { "is" } else { "are" };
    let has = if count == 1 { "has" } else { "have" };
    match why {
        Left::Gone => format!("{who} {is} no longer there, or lie where you may not manage users"),
        Left::Yourself => "You yourself: ask another administrator".to_owned(),
        Left::LastAdministrator => {
            format!("{who} {is} the last administrator who can sign in")
        }
        Left::Already => format!("{who} {is} so already"),
        Left::NotComeIn => {
            format!("{who} {has} not come in yet: only people who have can be locked")
        }
        Left::ComeIn => format!("{who} {has} come in already"),
        Left::Locked => format!("{who} {is} locked: there is nothing to invite them to"),
        Left::LockedThere => {
            format!("{who} {is} locked by the identity provider: unlock them there")
        }
        Left::Kept => {
            format!("{who} {is} kept by an identity provider: assign them elsewhere there")
        }
        Left::TooOften => format!("{who} {has} been invited too often within the hour"),
    }
}

/// Why somebody by name was left as they are.
pub fn left_one(why: Left) -> &'static str {
    match why {
        Left::Gone => "no longer there",
        Left::Yourself => "you yourself",
        Left::LastAdministrator => "the last administrator who can sign in",
        Left::Already => "so already",
        Left::NotComeIn => "has not come in yet",
        Left::ComeIn => "has come in already",
        Left::Locked => "locked",
        Left::LockedThere => "locked by the identity provider",
        Left::Kept => "kept by an identity provider",
        Left::TooOften => "invited too often within the hour",
    }
}

/// What became of those who were dealt with: *12 users locked, 3 left as they are*.
pub fn done(deed: Deed, outcome: &Outcome) -> String {
    let who = counted(outcome.done, "user", "users");
    let was = match deed {
        Deed::Lock => format!("{who} locked"),
        Deed::Unlock => format!("{who} unlocked"),
        Deed::Invite => counted(
            outcome.done,
            "invitation on its way",
            "invitations on their way",
        ),
        Deed::Move => format!("{who} moved"),
        Deed::Delete => format!("{who} deleted"),
    };
    match outcome.left_in_all() {
        0 => format!("{was}."),
        count => format!("{was}, {} left as they are.", figure(count)),
    }
}

/// The picture of a deed.
pub fn picture(deed: Deed) -> &'static str {
    match deed {
        Deed::Lock => "lock",
        Deed::Unlock => "signin",
        Deed::Invite => "mail",
        Deed::Move => "move",
        Deed::Delete => "trash",
    }
}

/// What becomes of a row of a file.
pub fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Added => "Is added",
        Fate::Exists => "Here already",
        Fate::Refused => "Refused",
    }
}

/// What became of the rows of a file: *12 users added, 3 were here already, 1 refused*.
pub fn imported(tally: &Tally) -> String {
    let mut parts = vec![format!("{} added", counted(tally.added, "user", "users"))];
    if tally.exists > 0 {
        parts.push(format!("{} here already", figure(tally.exists)));
    }
    if tally.refused > 0 {
        parts.push(format!("{} refused", figure(tally.refused)));
    }
    format!("{}.", parts.join(", "))
}
