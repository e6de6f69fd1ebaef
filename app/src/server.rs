//! Who is asking, and the database: the one part of the console that is compiled for the server alone.
//!
//! A server function is its authority, one call of the directory, and an answer:
//!
//! ```ignore
//! #[server(endpoint = "nodes/add")]
//! pub async fn add_node(parent: i64, name: String) -> Result<(), AppError> {
//!     let (db, admin) = server::admin().await?;
//!     let added = nodes::add(&db, &admin, NodeId(parent), &name).await;
//!     let form = Form::new("add-node", "/nodes").keeps("name", &name);
//!     server::answer(form, added.map(|node| Done::at(format!("/nodes/{}", node.id)).says("The node was added."))).await
//! }
//! ```
//!
//! * [`admin`] is an administrator with what they may do now, [`user`] anyone who is signed in; both refuse a
//!   stranger with 401. `?` turns an error of the directory into what a person is told, and gives the page its status.
//! * [`answer`] ends a function that a form posted to: it sends the browser on to a page of the console (303), or back
//!   to the page of the form with what was typed and what was wrong. The pages read both by [`crate::visit::visit`].
//! * [`sign_in`] checks a passphrase and starts a session; [`enter`] starts one for the first administrator.
//! * What else a page needs (the time, who looks, the public address) stands in [`crate::visit::Visit`].

mod account;
mod answer;
mod attempts;
mod invitations;
mod outside;
mod picture;
mod proof;
mod who;

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::request::Parts;
use directory::error::Error;
use directory::secret::{Hashing, Secrets};
use directory::store::db::Db;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

pub use account::{change_passphrase, consent, this_session};
pub use answer::{Done, Form, answer, keep_flash, own_path, take_flash};
pub use attempts::{Attempts, Limits};
pub use invitations::{accept, failed_later, invited, may_accept};
pub use outside::Outside;
pub use picture::picture;
pub use proof::{
    Entered, confirm, hold_back, leave_second_factor, proof_wanted, proved_lately, renew,
    second_factor, sign_in_code,
};
pub use who::{
    Asking, Client, First, SignedIn, admin, arrive, ask, ask_from, enter, enter_session,
    session_failed, sign_in, user,
};

use crate::error::AppError;
use crate::visit::{BannerText, Leaves, Way};

/// What the pages share with the server they run in; provided with every request.
#[derive(Clone)]
pub struct Console {
    /// The directory.
    pub db: Db,
    /// What tokens are kept with.
    pub secrets: Arc<Secrets>,
    /// What passphrases are kept with.
    pub hashing: Hashing,
    /// The address people and identity providers use, without a slash at the end.
    pub public_url: Arc<str>,
    /// The identity providers a person can sign in with.
    pub ways: Arc<[Way]>,
    /// The world outside.
    pub outside: Arc<dyn Outside>,
    /// How often a secret was tried lately.
    pub attempts: Arc<Attempts>,
    /// The line above every page of the demo.
    pub banner: Option<Arc<BannerText>>,
    /// Where mail leaves; without it mail waits.
    pub leaves: Option<Leaves>,
}

/// What the server provided for this request.
///
/// # Errors
/// Outside a request of the server.
pub fn console() -> Result<Console, AppError> {
    provided()
}

/// The directory.
///
/// # Errors
/// Outside a request of the server.
pub fn db() -> Result<Db, AppError> {
    Ok(console()?.db)
}

/// Counts one attempt at a secret that is asked for without a session, such as a set-up code.
///
/// # Errors
/// [`AppError::TooMany`] when there were too many from this address.
pub fn attempt() -> Result<(), AppError> {
    if console()?.attempts.may_ask_from(client()?) {
        Ok(())
    } else {
        Err(told(AppError::TooMany))
    }
}

/// From where the request comes.
///
/// # Errors
/// Outside a request of the server.
pub fn client() -> Result<IpAddr, AppError> {
    let parts = parts()?;
    let client = parts.extensions.get::<Client>();
    Ok(client.map_or(IpAddr::from([0, 0, 0, 0]), |client| client.0))
}

/// Keeps a choice in this browser for a year.
pub fn keep_in_browser(name: &str, word: &str) {
    let cookie = format!("{name}={word}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    if let (Some(options), Ok(cookie)) = (
        use_context::<ResponseOptions>(),
        axum::http::HeaderValue::from_str(&cookie),
    ) {
        options.append_header(axum::http::header::SET_COOKIE, cookie);
    }
}

/// What was asked for, or none where the administrator may not know of it: a part of a page that is left out.
///
/// # Errors
/// Whatever else went wrong.
pub fn if_allowed<T>(found: Result<T, Error>) -> Result<Option<T>, AppError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::Forbidden(_) | Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Gives the page this status: `server::status(404)`.
pub fn status(status: u16) {
    if let (Some(options), Ok(status)) = (
        use_context::<ResponseOptions>(),
        axum::http::StatusCode::from_u16(status),
    ) {
        options.set_status(status);
    }
}

/// The head of the request, with what the layers before the page found out.
pub(crate) fn parts() -> Result<Parts, AppError> {
    provided()
}

fn provided<T: Clone + 'static>() -> Result<T, AppError> {
    use_context().ok_or_else(|| {
        tracing::error!(
            what = std::any::type_name::<T>(),
            "asked for outside a request"
        );
        AppError::Failed
    })
}

/// Gives the answer the status of an error that ends it.
fn told(error: AppError) -> AppError {
    status(error.status());
    error
}

/// What a person is told. The one place where an error of the database is logged for the console.
impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        told(match error {
            Error::NotFound(_) => Self::NotFound,
            Error::Conflict(sentence) | Error::Fixed(sentence) => Self::Conflict(sentence),
            Error::Invalid { field, message } => Self::Invalid {
                field: field.to_owned(),
                message,
            },
            Error::Forbidden(sentence) | Error::Paused(sentence) | Error::Held(sentence) => {
                Self::Forbidden(sentence)
            }
            Error::LastAdministrator => Self::Forbidden(Error::LastAdministrator.to_string()),
            Error::Blocked => Self::Blocked,
            // The sign-in alone leads on to the code.
            Error::CodeWanted(_) => Self::SignedOut,
            Error::Busy => Self::Conflict(Error::Busy.to_string()),
            Error::Full => Self::Full,
            Error::Store(reason) => {
                tracing::error!(%reason, "the database could not be used");
                Self::Failed
            }
        })
    }
}
