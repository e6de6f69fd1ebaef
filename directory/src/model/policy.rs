//! What a role asks of those who hold it: one word and a value each. Only what acts is offered.

use std::net::IpAddr;

use super::id::RoleId;
use super::network::Network;
use super::settings::Switch;
use super::text::words;

words!(
    /// One enforcement policy of a role (behaviour.md 2.6).
    Policy {
        /// Whether an invitation is sent by mail by itself: `on` or `off` (07.4).
        InvitationMail = "invitation_mail",
        /// After how many days it is sent again by itself; `0` is never.
        ResendInvitations = "resend_invitations",
        /// No identity provider changes the address they sign in with: `on`.
        KeepAddress = "keep_address",
        /// The networks the console may be used from, with spaces between them.
        AllowedAddresses = "allowed_addresses",
        /// They agree to the transfer of what is theirs before they go on: `on`.
        TransferConsent = "transfer_consent",
        /// Whoever signs in with a passphrase shows a second factor, and sets one up before anything else: `on`.
        SecondFactor = "second_factor",
        /// No steps after the first sign-in: `off`.
        Onboarding = "onboarding",
        /// No tour among these steps: `off`.
        Tour = "tour",
    }
);

/// The most days before an invitation is sent again.
pub const MOST_DAYS: i64 = 90;
/// How many networks a role may name.
pub const MOST_NETWORKS: usize = 50;

/// A policy of a role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RolePolicy {
    /// Which.
    pub policy: Policy,
    /// Its value.
    pub value: String,
}

/// A policy somebody is under by one of their roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub policy: Policy,
    /// Its value.
    pub value: String,
    /// By which role.
    pub role: RoleId,
    /// What that role is called.
    pub role_name: String,
}

/// What holds for somebody, and which of their roles decided it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Effective {
    /// Which.
    pub policy: Policy,
    /// What holds; of allowed addresses the list of each role that has one, all of which must hold the address.
    pub values: Vec<String>,
    /// The roles that decided.
    pub roles: Vec<String>,
    /// The roles that asked for less.
    pub others: Vec<String>,
}

impl Effective {
    /// The one value that holds.
    pub fn value(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }
}

/// What holds of all that somebody's roles ask: the most restrictive of each.
pub fn effective(asked: &[Asked]) -> Vec<Effective> {
    let each = Policy::ALL.iter().filter_map(|policy| {
        let of_it: Vec<&Asked> = asked.iter().filter(|one| one.policy == *policy).collect();
        (!of_it.is_empty()).then(|| combined(*policy, &of_it))
    });
    each.collect()
}

fn combined(policy: Policy, asked: &[&Asked]) -> Effective {
    let strictest = asked.iter().map(|one| strictness(one)).max().unwrap_or(0);
    let (decided, others): (Vec<&Asked>, Vec<&Asked>) =
        asked.iter().partition(|one| strictness(one) == strictest);
    let names = |some: &[&Asked]| some.iter().map(|one| one.role_name.clone()).collect();
    let mut values: Vec<String> = decided.iter().map(|one| one.value.clone()).collect();
    values.dedup();
    Effective {
        policy,
        values,
        roles: names(&decided),
        others: names(&others),
    }
}

/// The higher, the more it restricts. Networks restrict each for itself: every role that names some decides.
fn strictness(asked: &Asked) -> i64 {
    match asked.policy {
        Policy::InvitationMail => i64::from(asked.value != Switch::On.as_str()),
        // Never is the fewest mails; then the longest pause.
        Policy::ResendInvitations => match asked.value.parse().unwrap_or(0) {
            0 => i64::MAX,
            days => days,
        },
        Policy::KeepAddress
        | Policy::AllowedAddresses
        | Policy::TransferConsent
        | Policy::SecondFactor
        | Policy::Onboarding
        | Policy::Tour => 0,
    }
}

/// Whether a list of networks holds an address. What cannot be read holds none.
pub fn allows(networks: &str, address: IpAddr) -> bool {
    networks
        .split_whitespace()
        .filter_map(|text| Network::try_from(text).ok())
        .any(|network| network.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(policy: Policy, value: &str, role: &str) -> Asked {
        Asked {
            policy,
            value: value.to_owned(),
            role: RoleId::from(role),
            role_name: role.to_owned(),
        }
    }

    #[test]
    fn the_most_restrictive_value_holds_and_says_whose_it_is() {
        let all = [
            asked(Policy::InvitationMail, "on", "Loud"),
            asked(Policy::InvitationMail, "off", "Quiet"),
            asked(Policy::ResendInvitations, "3", "Loud"),
            asked(Policy::ResendInvitations, "14", "Slow"),
            asked(Policy::AllowedAddresses, "10.0.0.0/8", "Office"),
            asked(Policy::AllowedAddresses, "10.1.0.0/16", "Room"),
        ];
        let held = effective(&all);
        let of = |policy| held.iter().find(|one| one.policy == policy).unwrap();
        let mail = of(Policy::InvitationMail);
        assert_eq!(
            (mail.value(), &mail.roles[..]),
            ("off", &["Quiet".to_owned()][..])
        );
        assert_eq!(mail.others, ["Loud"]);
        assert_eq!(of(Policy::ResendInvitations).value(), "14");
        assert_eq!(of(Policy::AllowedAddresses).values.len(), 2);
        let never = effective(&[
            asked(Policy::ResendInvitations, "90", "Slow"),
            asked(Policy::ResendInvitations, "0", "Never"),
        ]);
        assert_eq!((never[0].value(), never[0].roles.len()), ("0", 1));
        assert_eq!(never[0].roles, ["Never"]);
    }

    #[test]
    fn a_list_of_networks_holds_its_addresses_alone() {
        let office = "10.0.0.0/8 2001:db8::/32 203.0.113.9";
        for (address, is_in) in [
            ("10.9.8.7", true),
            ("::ffff:10.9.8.7", true),
            ("2001:db8::1", true),
            ("203.0.113.9", true),
            ("203.0.113.10", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(allows(office, address.parse().unwrap()), is_in, "{address}");
        }
        assert!(!allows("", "10.0.0.1".parse().unwrap()));
    }
}
