//! What the console asks of the world outside: whether a provider can be used, and what stands in the DNS.

use std::future::Future;
use std::pin::Pin;

use app::server::Outside;
use directory::model::sign_in_method::{Method, TestResult};

use crate::dns::Dns;
use crate::oidc;
use crate::outbound::Outbound;

/// The world outside, by the ways out that the settings allow.
pub struct World {
    /// To other servers (NET-1).
    pub outbound: Outbound,
    /// To name servers.
    pub dns: Dns,
}

impl Outside for World {
    fn may_call(&self, url: &str) -> bool {
        self.outbound.may_call(url)
    }

    fn test(&self, method: Method) -> Pin<Box<dyn Future<Output = (TestResult, String)> + Send>> {
        let outbound = self.outbound.clone();
        Box::pin(async move { oidc::test(&outbound, &method).await })
    }

    fn txt(&self, name: String) -> Pin<Box<dyn Future<Output = Option<Vec<String>>> + Send>> {
        let dns = self.dns;
        Box::pin(async move { dns.txt(&name).await })
    }
}
