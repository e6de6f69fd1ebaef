//! A browser in which somebody is signed in, as they see it themself.

use super::timestamp::{MINUTE, Timestamp};

/// So old a proof of who somebody is may be for what takes power away or gives it (AUZ-6).
pub const FRESH: i64 = 10 * MINUTE;
/// How far the clocks of two servers may differ.
const SKEW: i64 = MINUTE;

/// Whether somebody proved lately who they are. What lies ahead of the clock is no proof: it was put back since.
pub fn is_fresh(proved: Option<Timestamp>, now: Timestamp) -> bool {
    proved.is_some_and(|proved| proved <= now.plus(SKEW) && now < proved.plus(FRESH))
}

/// A session of somebody that is good now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OpenSession {
    /// What it is called: the hash it is kept under, which opens nothing.
    pub id: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
    /// How they signed in: `passphrase`, `invitation`, `set_up`, or the word of an identity provider.
    pub method: String,
    /// What the sign-in method of a node is called, where it was one.
    pub method_name: Option<String>,
    /// When it began.
    pub since: Timestamp,
    /// When it was used last, to the minute.
    pub seen: Timestamp,
    /// The client's address when it began.
    pub ip: Option<String>,
    /// The client's name when it began.
    pub agent: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_fresh_for_ten_minutes_and_never_by_a_clock_that_was_put_back() {
        let now = Timestamp(100 * FRESH);
        for (ago, expected) in [
            (0, true),
            (FRESH - 1, true),
            (FRESH, false),
            (-SKEW, true),
            (-SKEW - 1, false),
        ] {
            assert_eq!(is_fresh(Some(now.plus(-ago)), now), expected, "{ago}");
        }
        assert!(!is_fresh(None, now));
    }
}
