//! What a person is led through after their first sign-in: the steps in their order, and which of them their roles want.
//!
//! A step is added here, with its page in `app/src/pages/onboarding.rs`; nothing else knows how many there are.

use super::policy::{Effective, Policy};
use super::text::words;

words!(
    /// A step, in the order they are taken.
    Step {
        /// They look at what is known of them.
        Profile = "profile",
        /// They are shown what is where.
        Tour = "tour",
        /// Whoever administers something with a passphrase alone is offered a second factor.
        SecondFactor = "second_factor",
    }
);

words!(
    /// What somebody made of a step.
    Outcome {
        /// They took it.
        Done = "done",
        /// They went on without it.
        Skipped = "skipped",
    }
);

words!(
    /// How far somebody is.
    Onboarding {
        /// Nothing has begun: they have not come in, or had before there were steps.
        None = "none",
        /// Steps may be left.
        UnderWay = "under_way",
        /// It is not shown again.
        Over = "over",
    }
);

/// Where somebody is among the steps that are for them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// The step that is next.
    pub step: Step,
    /// All that are for them, the ones they have taken too.
    pub steps: Vec<Step>,
}

impl Step {
    /// The policy that switches it off; none for a step that goes with onboarding alone.
    fn policy(self) -> Option<Policy> {
        match self {
            Self::Profile | Self::SecondFactor => None,
            Self::Tour => Some(Policy::Tour),
        }
    }
}

/// The steps under these policies, for whoever none of them is idle for. One role that says off is enough (behaviour.md 6 #52).
pub fn steps(held: &[Effective]) -> Vec<Step> {
    let is_off = |policy| held.iter().any(|one| one.policy == policy);
    if is_off(Policy::Onboarding) {
        return Vec::new();
    }
    let all = Step::ALL.iter().copied();
    all.filter(|step| !step.policy().is_some_and(is_off))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(policy: Policy) -> Effective {
        Effective {
            policy,
            values: vec!["off".to_owned()],
            roles: Vec::new(),
            others: Vec::new(),
        }
    }

    #[test]
    fn policies_take_steps_away_and_leave_the_others_in_their_order() {
        assert_eq!(steps(&[]), [Step::Profile, Step::Tour, Step::SecondFactor]);
        assert_eq!(
            steps(&[held(Policy::Tour)]),
            [Step::Profile, Step::SecondFactor]
        );
        assert_eq!(steps(&[held(Policy::Onboarding)]), []);
        assert_eq!(steps(&[held(Policy::KeepAddress)]).len(), 3);
    }
}
