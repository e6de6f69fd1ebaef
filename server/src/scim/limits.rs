//! How much a client may ask for (RAT-1): a bucket per connection, one of its own for what locks, and
//! one per address for wrong tokens.

use std::net::IpAddr;
use std::num::NonZeroU32;

use axum::body::Body;
use axum::http::Method;
use directory::model::id::ConnectionId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use scim::password::Passwords;
use scim::patch::UserPatch;
use scim::user::User;

use super::body;

/// The buckets.
pub struct Limits {
    requests: Option<DefaultKeyedRateLimiter<(ConnectionId, Class)>>,
    /// How many requests a full bucket holds.
    burst: u32,
    wrong_tokens: Option<DefaultKeyedRateLimiter<IpAddr>>,
}

/// What shares a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Class {
    /// What comes first.
    Any,
    /// What locks people, when there is no room with the rest: it is never starved.
    Lock,
}

impl Limits {
    /// Buckets of so many requests a second, and at once; 0 is no limit.
    pub fn new(per_second: u32, burst: u32, wrong_tokens_per_second: u32) -> Self {
        Self {
            requests: quota(per_second, burst).map(RateLimiter::keyed),
            burst: if burst == 0 { per_second } else { burst },
            wrong_tokens: quota(wrong_tokens_per_second, wrong_tokens_per_second)
                .map(RateLimiter::keyed),
        }
    }

    /// How many seconds a request has to wait, if it has to. What locks somebody has a bucket of its own beside.
    /// Only where there is no room with the rest the body is read, to see whether it locks; the body goes on as it came.
    ///
    /// # Errors
    /// The seconds.
    pub async fn admit(
        &self,
        connection: &ConnectionId,
        method: &Method,
        path: &str,
        body: Body,
    ) -> Result<Body, u64> {
        // A bulk request is counted by its operations, once they are read: by `admit_all`.
        let is_bulk = *method == Method::POST && path.ends_with(super::bulk::PATH);
        let Some(requests) = self.requests.as_ref().filter(|_| !is_bulk) else {
            return Ok(body);
        };
        let one = NonZeroU32::MIN;
        let Some(seconds) = wait(requests, &(connection.clone(), Class::Any), one) else {
            return Ok(body);
        };
        let (locks, body) = locks(method, path, body).await;
        if locks && wait(requests, &(connection.clone(), Class::Lock), one).is_none() {
            return Ok(body);
        }
        Err(seconds)
    }

    /// The same for requests that come together: method, path and body of each. More than a bucket holds are counted
    /// as a full one.
    ///
    /// # Errors
    /// The seconds.
    pub fn admit_all(
        &self,
        connection: &ConnectionId,
        all: &[(Method, &str, Vec<u8>)],
    ) -> Result<(), u64> {
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let count = NonZeroU32::new(count.min(self.burst)).unwrap_or(NonZeroU32::MIN);
        let Some(requests) = &self.requests else {
            return Ok(());
        };
        let Some(seconds) = wait(requests, &(connection.clone(), Class::Any), count) else {
            return Ok(());
        };
        let all_lock = all.iter().all(|(method, path, body)| match *method {
            Method::DELETE => is_person(path),
            _ => is_person(path) && deactivates(method, body),
        });
        if all_lock && wait(requests, &(connection.clone(), Class::Lock), count).is_none() {
            return Ok(());
        }
        Err(seconds)
    }

    /// Counts a wrong token from this address; how many seconds it has to wait, if there were too many.
    pub fn wrong_token(&self, ip: IpAddr) -> Option<u64> {
        wait(self.wrong_tokens.as_ref()?, &ip, NonZeroU32::MIN)
    }
}

/// Whether a request locks a person: a DELETE, or a PATCH or PUT after which they are not active.
async fn locks(method: &Method, path: &str, body: Body) -> (bool, Body) {
    if !is_person(path) || *method == Method::DELETE {
        return (is_person(path), body);
    }
    if *method != Method::PATCH && *method != Method::PUT {
        return (false, body);
    }
    // What is too long, or breaks off, locks nobody.
    let Ok(bytes) = crate::http::whole(body, body::LIMIT).await else {
        return (false, Body::empty());
    };
    (deactivates(method, &bytes), Body::from(bytes))
}

fn is_person(path: &str) -> bool {
    path.contains("/Users/") && !path.contains("/.search")
}

/// Whether somebody is not active after this PATCH or PUT.
fn deactivates(method: &Method, body: &[u8]) -> bool {
    match *method {
        Method::PATCH => {
            UserPatch::read(body, Passwords::Taken).is_ok_and(|patch| patch.deactivates())
        }
        Method::PUT => User::read_replacement(body, Passwords::Taken)
            .is_ok_and(|user| user.active == Some(false)),
        _ => false,
    }
}

fn quota(per_second: u32, burst: u32) -> Option<Quota> {
    let per_second = NonZeroU32::new(per_second)?;
    Some(Quota::per_second(per_second).allow_burst(NonZeroU32::new(burst).unwrap_or(per_second)))
}

fn wait<K: Clone + Eq + std::hash::Hash>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    count: NonZeroU32,
) -> Option<u64> {
    // More than the bucket holds never come in here.
    let until = limiter.check_key_n(key, count).ok()?.err()?;
    Some(
        until
            .wait_time_from(DefaultClock::default().now())
            .as_secs()
            + 1,
    )
}
