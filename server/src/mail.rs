//! Mail: where it leaves, what a message is made of, and the work that empties the outbox.

mod message;
mod post;
mod sending;
mod settings;

pub use message::{html, text};
pub use post::{Patience, Post};
pub use sending::{Next, Sending, tidy};
pub use settings::{Mail, MailFlags, Security};
