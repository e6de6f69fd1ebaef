//! How much a client may ask for (RAT-1): a bucket per connection, one of its own for what locks, and
//! one per address for wrong tokens.

use std::net::IpAddr;
use std::num::NonZeroU32;

use axum::http::Method;
use directory::model::id::ConnectionId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// The buckets.
pub struct Limits {
    requests: Option<DefaultKeyedRateLimiter<(ConnectionId, Class)>>,
    wrong_tokens: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

/// What shares a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    /// DELETE and PATCH of a person: how people are locked. Never starved by the rest.
    Lock,
    /// Everything else.
    Other,
}

impl Limits {
    /// Buckets of so many requests a second, and at once; 0 is no limit.
    pub fn new(per_second: u32, burst: u32, wrong_tokens_per_second: u32) -> Self {
        Self {
            requests: quota(per_second, burst).map(RateLimiter::keyed),
            wrong_tokens: quota(wrong_tokens_per_second, wrong_tokens_per_second)
                .map(RateLimiter::keyed),
        }
    }

    /// How many seconds this request has to wait, if it has to.
    pub fn wait(&self, connection: &ConnectionId, method: &Method, path: &str) -> Option<u64> {
        let locks =
            *method == Method::DELETE || (*method == Method::PATCH && path.contains("/Users/"));
        let class = if locks { Class::Lock } else { Class::Other };
        wait(self.requests.as_ref()?, &(connection.clone(), class))
    }

    /// Counts a wrong token from this address; how many seconds it has to wait, if there were too many.
    pub fn wrong_token(&self, ip: IpAddr) -> Option<u64> {
        wait(self.wrong_tokens.as_ref()?, &ip)
    }
}

fn quota(per_second: u32, burst: u32) -> Option<Quota> {
    let per_second = NonZeroU32::new(per_second)?;
    Some(Quota::per_second(per_second).allow_burst(NonZeroU32::new(burst).unwrap_or(per_second)))
}

fn wait<K: Clone + Eq + std::hash::Hash>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Option<u64> {
    let until = limiter.check_key(key).err()?;
    Some(
        until
            .wait_time_from(DefaultClock::default().now())
            .as_secs()
            + 1,
    )
}
