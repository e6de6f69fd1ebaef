//! Consent to transfer: what a role may ask of those who hold it before they go on (behaviour.md 2.2, U13 to U15).

use super::text::words;
use super::timestamp::{DAY, Timestamp};

words!(
    /// Whether somebody has agreed.
    Consent {
        /// No role asks for it.
        Undefined = "undefined",
        /// A role asks for it, and they have not agreed yet.
        NotAccepted = "not_accepted",
        /// They have agreed; it is asked once.
        Accepted = "accepted",
    }
);

/// How many days there are to accept, and how many an administrator adds.
pub const DAYS: i64 = 7;
/// The same in milliseconds.
pub const TIME: i64 = DAYS * DAY;
/// What has to be typed, exactly so.
pub const ACCEPT: &str = "Accept";

/// Whether the time to accept is over: they are *Blocked*. Where no time is counted, it is never over.
pub fn is_over(consent: Consent, expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    consent == Consent::NotAccepted && expires_at.is_some_and(|end| end <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_over_at_its_end_and_only_for_who_has_not_accepted() {
        let (end, never) = (Some(Timestamp(1_000)), None);
        assert!(!is_over(Consent::NotAccepted, end, Timestamp(999)));
        assert!(is_over(Consent::NotAccepted, end, Timestamp(1_000)));
        assert!(!is_over(Consent::NotAccepted, never, Timestamp(i64::MAX)));
        assert!(!is_over(Consent::Accepted, end, Timestamp(1_000)));
        assert!(!is_over(Consent::Undefined, end, Timestamp(1_000)));
    }
}
