//! Who is asking: the person of the session, with what they may do now; and how a session begins.

use std::net::IpAddr;

use axum::http::Extensions;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use directory::access::{self, Admin};
use directory::model::id::UserId;
use directory::model::timestamp::Timestamp;
use directory::model::user::User;
use directory::policies;
use directory::sign_in::{self, WRONG};
use directory::store::db::{self, Db};
use directory::{Error, second_factor};
use tower_sessions::Session;

use super::proof::{self, Entered};
use super::{Console, console, parts, told};
use crate::error::AppError;

/// The address of the client, behind the proxies that are trusted.
#[derive(Debug, Clone, Copy)]
pub struct Client(pub IpAddr);

/// Who a session belongs to. The session store keeps it in columns of its own, and checks it at each load (SES-2).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SignedIn {
    /// Who.
    pub user_id: UserId,
    /// Void once the person's epoch has moved on.
    pub epoch: i64,
    /// How they proved who they are: `passphrase`, `set_up`, or the word of an identity provider.
    pub method: String,
    /// From where.
    pub ip: Option<String>,
    /// With which browser.
    pub agent: Option<String>,
    /// When they proved last who they are (AUZ-6).
    pub proved_at: Option<Timestamp>,
    /// A role asks for a second factor, and they had none when they came in: nothing else is open to this session.
    pub owes_second_factor: bool,
}

impl SignedIn {
    /// Where it lies in a session.
    pub const KEY: &'static str = "signed_in";
}

/// What somebody must do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// Set up a second factor.
    SecondFactor,
    /// Agree to the transfer of what is theirs.
    Consent,
}

impl First {
    /// The page where they do it.
    pub fn page(self) -> &'static str {
        match self {
            Self::SecondFactor => crate::pages::second_factor::PAGE,
            Self::Consent => crate::pages::consent::PAGE,
        }
    }

    /// What everything else says until then.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::SecondFactor => "A role of yours asks for a second factor: set it up first.",
            Self::Consent => "Your organisation asks you to accept something first.",
        }
    }
}

/// What somebody is called to have signed in by who has a passphrase: the provider of others asks for its own second factor.
pub(super) const BY_PASSPHRASE: [&str; 3] = ["passphrase", "invitation", "set_up"];

/// A person who is signed in, with what they may do: read anew for each request (AUZ-7).
#[derive(Debug, Clone)]
pub struct Asking {
    /// Who.
    pub user: User,
    /// With their powers, which may be none.
    pub admin: Admin,
    /// Why the console is closed to them from where they are, and with it their powers.
    pub closed: Option<String>,
    /// Their session owes a second factor.
    pub owes_second_factor: bool,
}

impl Asking {
    /// What they must do before anything else.
    pub fn first(&self) -> Option<First> {
        if self.owes_second_factor {
            return Some(First::SecondFactor);
        }
        self.user.must_consent().then_some(First::Consent)
    }
}

/// The administrator who asks, and the directory.
///
/// # Errors
/// [`AppError::SignedOut`] for a stranger, [`AppError::Forbidden`] for a person without any privilege.
pub async fn admin() -> Result<(Db, Admin), AppError> {
    let asking = asking().await?;
    if !asking.admin.is_administrator() {
        return Err(told(AppError::Forbidden(
            "This page is for administrators.".to_owned(),
        )));
    }
    Ok((console()?.db, asking.admin))
}

/// The person who asks, administrator or not, and the directory.
///
/// # Errors
/// [`AppError::SignedOut`] for a stranger.
pub async fn user() -> Result<(Db, User), AppError> {
    Ok((console()?.db, asking().await?.user))
}

/// Signs in with a passphrase and starts a session, or remembers for the code that is still to come. Everyone who is
/// refused hears the same (AUTH-1).
///
/// # Errors
/// [`AppError::Forbidden`], or [`AppError::TooMany`] after too many attempts from one address.
pub async fn sign_in(login: &str, passphrase: &str) -> Result<Entered, AppError> {
    let (console, parts) = (console()?, parts()?);
    if !console.attempts.is_allowed_from(client(&parts)) {
        return Err(told(AppError::TooMany));
    }
    let is_allowed = console.attempts.is_allowed_at(login, client(&parts));
    if !is_allowed {
        // As much work as for anyone else, and the same answer.
        console.hashing.verify_passphrase(passphrase, None).await?;
        return Err(told(AppError::Forbidden(WRONG.to_owned())));
    }
    let session = session(&parts)?;
    match sign_in::by_passphrase(&console.db, &console.hashing, login, passphrase).await {
        Err(Error::CodeWanted(half)) => {
            proof::keep_half(&session, half).await?;
            Ok(Entered::CodeNext)
        }
        signed_in => {
            let now = Some(db::now());
            enter_session(&console, &session, &parts, &signed_in?, "passphrase", now).await?;
            Ok(Entered::In)
        }
    }
}

/// Starts a session for somebody who has just proved who they are within a server function.
///
/// # Errors
/// Where the session cannot be written.
pub async fn enter(user: &User, method: &str) -> Result<(), AppError> {
    let parts = parts()?;
    let now = Some(db::now());
    enter_session(&console()?, &session(&parts)?, &parts, user, method, now).await
}

/// Starts a session: a new id, the old one is dead (SES-5); then what their coming approves (`behaviour.md` 6 #34).
///
/// # Errors
/// Where the session cannot be written.
pub async fn enter_session(
    console: &Console,
    session: &Session,
    parts: &Parts,
    user: &User,
    method: &str,
    proved_at: Option<Timestamp>,
) -> Result<(), AppError> {
    let owes_second_factor =
        BY_PASSPHRASE.contains(&method) && second_factor::is_owed(&console.db, user).await?;
    let signed_in = SignedIn {
        user_id: user.id.clone(),
        epoch: user.session_epoch,
        method: method.to_owned(),
        ip: Some(client(parts).to_string()),
        agent: parts
            .headers
            .get(USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .map(|agent| agent.chars().take(255).collect()),
        proved_at,
        owes_second_factor,
    };
    proof::let_go(session).await?;
    begin(session, signed_in).await?;
    if owes_second_factor {
        return Ok(());
    }
    arrive(console, parts, user).await
}

/// Puts somebody into a session, under a new id: the old one is dead (SES-5).
pub(super) async fn begin(session: &Session, signed_in: SignedIn) -> Result<(), AppError> {
    session.cycle_id().await.map_err(session_failed)?;
    session
        .insert(SignedIn::KEY, signed_in)
        .await
        .map_err(session_failed)
}

/// Does what somebody's coming does, once nothing is asked of them any more: it approves what waits for them (`behaviour.md` 6 #34).
/// Where the console is closed to them it approves nothing.
///
/// # Errors
/// Where the database cannot be used.
pub async fn arrive(console: &Console, parts: &Parts, user: &User) -> Result<(), AppError> {
    if user.must_consent() {
        return Ok(());
    }
    let mut tx = console.db.read().await?;
    let closed = policies::closed_from(&mut tx, &user.id, client(parts)).await?;
    drop(tx);
    if closed.is_none() {
        sign_in::approve_at_sign_in(&console.db, user).await?;
    }
    Ok(())
}

/// As [`ask`], from an address: where the console is closed to it, they come as somebody without any privilege.
///
/// # Errors
/// Where the database or the session cannot be used.
pub async fn ask_from(
    db: &Db,
    session: &Session,
    extensions: &Extensions,
) -> Result<Option<Asking>, AppError> {
    let Some(asking) = ask(db, session).await? else {
        return Ok(None);
    };
    if asking.first().is_some() {
        // Until they have done it they may do nothing else.
        return Ok(Some(Asking {
            admin: asking.admin.without_powers(),
            ..asking
        }));
    }
    if !asking.admin.is_administrator() {
        return Ok(Some(asking));
    }
    let from = extensions
        .get::<Client>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |client| client.0);
    let mut tx = db.read().await?;
    let closed = policies::closed_from(&mut tx, &asking.user.id, from).await?;
    Ok(Some(match closed {
        None => asking,
        Some(why) => Asking {
            admin: asking.admin.without_powers(),
            closed: Some(why),
            ..asking
        },
    }))
}

/// The person of a session, if it is somebody's and still good.
///
/// # Errors
/// Where the database or the session cannot be used.
pub async fn ask(db: &Db, session: &Session) -> Result<Option<Asking>, AppError> {
    let signed_in = session
        .get::<SignedIn>(SignedIn::KEY)
        .await
        .map_err(session_failed)?;
    let Some(signed_in) = signed_in else {
        return Ok(None);
    };
    let mut tx = db.read().await?;
    let Some(user) = directory::store::users::find(&mut tx, &signed_in.user_id).await? else {
        return Ok(None);
    };
    let admin = access::admin(&mut tx, &user).await?;
    Ok(Some(Asking {
        user,
        admin,
        closed: None,
        owes_second_factor: signed_in.owes_second_factor,
    }))
}

/// What the layer before the pages found out, or else what the session says.
pub(super) async fn asking() -> Result<Asking, AppError> {
    let parts = parts()?;
    let asking = match parts.extensions.get::<Asking>() {
        Some(asking) => Some(asking.clone()),
        None => ask(&console()?.db, &session(&parts)?).await?,
    };
    asking.ok_or_else(|| told(AppError::SignedOut))
}

/// The session of a request.
pub(super) fn session(parts: &Parts) -> Result<Session, AppError> {
    parts.extensions.get::<Session>().cloned().ok_or_else(|| {
        tracing::error!("a server function was reached past the sessions");
        AppError::Failed
    })
}

/// What a person is told of a session that cannot be used; the log hears why.
pub fn session_failed(error: tower_sessions::session::Error) -> AppError {
    tracing::error!(%error, "the session could not be used");
    told(AppError::Failed)
}

pub(super) fn client(parts: &Parts) -> IpAddr {
    parts
        .extensions
        .get::<Client>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |client| client.0)
}
