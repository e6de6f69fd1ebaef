//! How often a secret may be tried: by address, and by account and network, so that nobody locks out another (RAT-2, AUTH-1).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// After so many different keys, those that are free again are forgotten.
const MANY_KEYS: usize = 10_000;

/// Whether attempts are counted at all: tests and the bench switch it off by the setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limits {
    /// Counted.
    On,
    /// Not counted.
    Off,
}

/// The attempts of the last minutes.
pub struct Attempts {
    counters: Option<Counters>,
}

struct Counters {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    by_account: DefaultKeyedRateLimiter<(String, IpAddr)>,
    questions: DefaultKeyedRateLimiter<IpAddr>,
}

impl Attempts {
    /// Three at once and three a minute from an address; five in fifteen minutes at an account from a network;
    /// twenty a minute of what cannot be guessed.
    pub fn new(limits: Limits) -> Self {
        let counters = (limits == Limits::On).then(|| Counters {
            by_address: RateLimiter::keyed(quota(Duration::from_secs(20), 3)),
            by_account: RateLimiter::keyed(quota(Duration::from_mins(3), 5)),
            questions: RateLimiter::keyed(quota(Duration::from_secs(3), 20)),
        });
        Self { counters }
    }

    /// Counts an attempt from this address.
    pub fn is_allowed_from(&self, client: IpAddr) -> bool {
        self.counters
            .as_ref()
            .is_none_or(|counters| check(&counters.by_address, &client))
    }

    /// Counts an attempt at this account from the network of this address.
    pub fn is_allowed_at(&self, account: &str, client: IpAddr) -> bool {
        let key = (account.trim().to_lowercase(), network(client));
        self.counters
            .as_ref()
            .is_none_or(|counters| check(&counters.by_account, &key))
    }

    /// Counts a set-up code, or a sign-in that begins at an identity provider.
    pub fn may_ask_from(&self, client: IpAddr) -> bool {
        self.counters
            .as_ref()
            .is_none_or(|counters| check(&counters.questions, &client))
    }
}

fn quota(each: Duration, burst: u32) -> Quota {
    Quota::with_period(each)
        .unwrap_or(Quota::per_minute(NonZeroU32::MIN))
        .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
}

fn check<K: std::hash::Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> bool {
    if limiter.len() > MANY_KEYS {
        limiter.retain_recent();
    }
    limiter.check_key(key).is_ok()
}

/// The network of an address: /24, or /56 in IPv6.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4((u32::from(address) & 0xffff_ff00).into()),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !((1 << 72) - 1)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_guarded_by_network_so_that_its_owner_elsewhere_is_not_kept_out() {
        let attempts = Attempts::new(Limits::On);
        let attacker = |last| IpAddr::from([203, 0, 113, last]);
        let refused = (0..20)
            .filter(|last| !attempts.is_allowed_at(" Ada@Acme.example", attacker(*last)))
            .count();
        assert_eq!(refused, 15);
        assert!(attempts.is_allowed_at("ada@acme.example", IpAddr::from([198, 51, 100, 1])));
    }

    #[test]
    fn three_attempts_from_an_address_and_no_fourth_at_once() {
        let attempts = Attempts::new(Limits::On);
        let client = IpAddr::from([203, 0, 113, 1]);
        assert_eq!(
            (0..4)
                .map(|_| attempts.is_allowed_from(client))
                .collect::<Vec<_>>(),
            [true, true, true, false]
        );
        assert!((0..100).all(|_| Attempts::new(Limits::Off).is_allowed_from(client)));
    }

    #[test]
    fn a_network_of_ipv6_is_a_slash_56() {
        let one: IpAddr = "2001:db8:0:12ff::1".parse().unwrap();
        let other: IpAddr = "2001:db8:0:1200::2".parse().unwrap();
        let third: IpAddr = "2001:db8:0:1300::2".parse().unwrap();
        assert_eq!(network(one), network(other));
        assert_ne!(network(one), network(third));
    }
}
