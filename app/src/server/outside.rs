//! What the console needs of the world outside; the server that it runs in gives it.

use std::future::Future;
use std::pin::Pin;

use directory::model::sign_in_method::{Method, TestResult};

/// The world outside, as far as the console may ask it.
pub trait Outside: Send + Sync {
    /// Whether the server may call an address at all (NET-1, NET-2).
    fn may_call(&self, url: &str) -> bool;

    /// Whether the provider of a method can be used: the first thing that is wrong, and what it answered.
    fn test(&self, method: Method) -> Pin<Box<dyn Future<Output = (TestResult, String)> + Send>>;

    /// The TXT records at a name; `None` where no name server answers.
    fn txt(&self, name: String) -> Pin<Box<dyn Future<Output = Option<Vec<String>>> + Send>>;
}
