//! Coming back from an identity provider.

use app::server::{Asking, ask_from, enter_session, keep_flash, renew};
use app::visit::{Flash, Refused, Toast, ToastKind, Visit};
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use directory::admin::sign_in_methods;
use directory::error::Error;
use directory::member;
use directory::model::id::UserId;
use directory::model::timestamp::{MINUTE, Timestamp};
use directory::sign_in::{self, Identity, Verified};
use directory::store::db;
use subtle::ConstantTimeEq;
use tower_sessions::Session;

use super::provider::Proved;
use super::{AWAY, Found, LEFT, Left, Provider, Purpose, method_page, sign_out};
use crate::fresh::confirm_page;
use crate::functions::see_other;
use crate::pages;
use crate::state::AppState;

const NO_LONGER_VALID: &str = "This sign-in attempt is no longer valid. Start again.";
const NOT_VERIFIED: &str = "The identity provider's answer could not be verified.";
const SOMEBODY_ELSE: &str = "Somebody else is signed in now. Start again.";

/// What the provider sends along.
#[derive(serde::Deserialize)]
pub struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Takes the proof, finds the person, starts the session. Whatever is wrong, nothing is created and nobody is in.
pub async fn come_back(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(answer): Query<Answer>,
    session: Session,
    request: Request,
) -> Response {
    let found = match state.providers.find(&id).await {
        Ok(Some(found)) => found,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return super::failed(&error),
    };
    let (head, _) = request.into_parts();
    let provider = &found.provider;
    let (left, code) = match take_attempt(provider, answer, &session).await {
        Ok(attempt) => attempt,
        Err(reason) => {
            tracing::info!(
                provider = id,
                reason,
                "a sign-in attempt by {id} is refused: {reason}"
            );
            return refuse(&state, head, StatusCode::BAD_REQUEST, NO_LONGER_VALID).await;
        }
    };
    let proved = provider.prove(code, left.nonce, left.verifier).await;
    if let Err(reason) = &proved {
        tracing::warn!(
            provider = id,
            reason,
            "the answer of {id} could not be verified: {reason}"
        );
    }
    match (left.purpose, proved) {
        (Purpose::SignIn, Ok(proved)) => {
            sign_in(&state, head, &session, &proved, &left.return_to).await
        }
        (Purpose::SignIn, Err(_)) => {
            refuse(&state, head, StatusCode::BAD_REQUEST, NOT_VERIFIED).await
        }
        (Purpose::Verify { by, revision }, proved) => {
            let asking = still(&state, &session, &head, &by).await;
            let proved = proved.map(|proved| proved.identity);
            verify(&state, &session, &found, asking, revision, proved).await
        }
        (Purpose::Confirm { by }, proved) => {
            let asking = still(&state, &session, &head, &by).await;
            let left_at = left.until.plus(-AWAY);
            let said = confirm(&state, &session, asking, proved, left_at).await;
            match said {
                Ok(()) => see_other(&left.return_to),
                Err(sentence) => {
                    back(&session, &confirm_page(&left.return_to), Err(sentence)).await
                }
            }
        }
        (Purpose::Connect { by }, proved) => {
            let asking = still(&state, &session, &head, &by).await;
            let proved = proved.map(|proved| proved.identity);
            connect(&state, &session, provider, asking, proved).await
        }
    }
}

async fn sign_in(
    state: &AppState,
    head: Parts,
    session: &Session,
    proved: &Proved,
    return_to: &str,
) -> Response {
    let identity = &proved.identity;
    let id = identity.by.word();
    let signed_in = match sign_in::by_identity(state.db(), identity).await {
        Ok(signed_in) => signed_in,
        Err(Error::Forbidden(sentence)) => {
            tracing::info!(
                provider = id,
                sentence,
                "somebody known to {id} is refused: {sentence}"
            );
            return refuse(state, head, StatusCode::FORBIDDEN, &sentence).await;
        }
        Err(Error::Blocked) => return see_other(app::pages::consent::BLOCKED),
        Err(error) => return super::failed(&error),
    };
    // An open session at the provider proves nothing anew: only its own word for when it asked counts (AUZ-6).
    let proved_at = proved.signed_in_at.map(|at| at.min(db::now()));
    let (console, user) = (&state.console, &signed_in.user);
    match enter_session(console, session, &head, user, id, proved_at).await {
        Ok(()) => {
            sign_out::remember(state, session, id, &proved.token).await;
            see_other(return_to)
        }
        Err(error) => StatusCode::from_u16(error.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
    }
}

/// Notes that a method works, and tells the administrator whom it proved; their session stays as it is.
async fn verify(
    state: &AppState,
    session: &Session,
    found: &Found,
    asking: Option<Asking>,
    revision: i64,
    proved: Result<Identity, String>,
) -> Response {
    let Some(method) = &found.method else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let page = method_page(method);
    let said = match (asking, proved) {
        (None, _) => Err(SOMEBODY_ELSE.to_owned()),
        (_, Err(reason)) => Err(format!("Not verified: {reason}")),
        (Some(asking), Ok(identity)) => {
            let whom = identity.email.as_deref().unwrap_or(&identity.subject);
            let done =
                sign_in_methods::verified(state.db(), &asking.admin, &method.id, revision, whom);
            match done.await {
                Ok(_) => Ok(proof_in_words(&identity, whom)),
                Err(error) => Err(error.to_string()),
            }
        }
    };
    back(session, &page, said).await
}

fn proof_in_words(identity: &Identity, whom: &str) -> String {
    let address = match (&identity.email, identity.email_verified) {
        (None, _) => "It tells no address: ask for the scope email.",
        (_, Verified::Yes) => "Its address is verified.",
        (_, Verified::No) => "It says that the address is not verified.",
        (_, Verified::Unsaid) => "It does not say whether the address is verified.",
    };
    format!("Signed in as {whom}: {address}")
}

/// Connects the account to whoever left for it, while they are still signed in.
async fn connect(
    state: &AppState,
    session: &Session,
    provider: &Provider,
    asking: Option<Asking>,
    proved: Result<Identity, String>,
) -> Response {
    let said = match (asking, proved) {
        (None, _) => Err(SOMEBODY_ELSE.to_owned()),
        (_, Err(_)) => Err(NOT_VERIFIED.to_owned()),
        (Some(asking), Ok(identity)) => {
            match member::connect(state.db(), &asking.user, identity.account()).await {
                Ok(()) => Ok(format!("You can sign in with {} now.", provider.name())),
                Err(error) => Err(error.to_string()),
            }
        }
    };
    back(session, "/account", said).await
}

/// Takes what the provider says for a fresh proof of whoever left for it. A provider that says when it asked them must
/// have done so since; one that does not say is trusted to have done what it was asked (`prompt=login`).
async fn confirm(
    state: &AppState,
    session: &Session,
    asking: Option<Asking>,
    proved: Result<Proved, String>,
    left_at: Timestamp,
) -> Result<(), String> {
    let asking = asking.ok_or_else(|| SOMEBODY_ELSE.to_owned())?;
    let proved = proved.map_err(|_| NOT_VERIFIED.to_owned())?;
    let is_old = |at: Timestamp| at < left_at.plus(-MINUTE);
    if proved.signed_in_at.is_some_and(is_old) {
        return Err(
            "Your provider did not ask who you are. Sign out there, then try again.".to_owned(),
        );
    }
    let account = proved.identity.account();
    let user = sign_in::again_by_identity(state.db(), &asking.user, account)
        .await
        .map_err(|error| error.to_string())?;
    renew(session, &user, asking.owes_second_factor)
        .await
        .map_err(|error| error.to_string())?;
    sign_out::remember(state, session, proved.identity.by.word(), &proved.token).await;
    Ok(())
}

/// Whoever left, if they are still the one who is signed in.
async fn still(state: &AppState, session: &Session, head: &Parts, by: &UserId) -> Option<Asking> {
    let asking = ask_from(state.db(), session, &head.extensions)
        .await
        .ok()
        .flatten();
    asking.filter(|asking| asking.user.id == *by && asking.first().is_none())
}

/// Leads to a page of our own, which says how it went.
pub(super) async fn back(session: &Session, page: &str, said: Result<String, String>) -> Response {
    let toast = match said {
        Ok(text) => Toast {
            kind: ToastKind::Done,
            text,
            more: None,
        },
        Err(why) => Toast::failed(why),
    };
    // Without the notice the person still sees on the page how it stands.
    let _ = keep_flash(session, &Flash::from(toast)).await;
    see_other(page)
}

/// The attempt this answer belongs to; it is used up whatever comes of it.
async fn take_attempt(
    provider: &Provider,
    answer: Answer,
    session: &Session,
) -> Result<(Left, String), &'static str> {
    let left: Left = session
        .remove(LEFT)
        .await
        .ok()
        .flatten()
        .ok_or("nobody left from here")?;
    session
        .save()
        .await
        .map_err(|_| "the session cannot be written")?;
    if left.provider != provider.id() {
        return Err("it was begun at another provider");
    }
    if left.until < db::now() {
        return Err("it took too long");
    }
    let state = answer.state.unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(left.state.as_bytes())) {
        return Err("its state is another one");
    }
    // RFC 9207: an answer that says who it is from must be from whom we asked.
    if answer.iss.is_some_and(|issuer| issuer != provider.issuer()) {
        return Err("it is from another issuer");
    }
    if answer.error.is_some() {
        return Err("the provider refused");
    }
    let code = answer.code.ok_or("it holds no code")?;
    Ok((left, code))
}

/// Shows the sign-in page with a sentence, and this status.
pub(super) async fn refuse(
    state: &AppState,
    head: Parts,
    status: StatusCode,
    sentence: &str,
) -> Response {
    let errors = vec![(String::new(), sentence.to_owned())];
    let flash = Flash {
        toasts: Vec::new(),
        refused: Some(Refused {
            form: "sign-in".to_owned(),
            values: Vec::new(),
            errors,
        }),
    };
    let visit = Visit {
        flash,
        ..pages::visit(&state.console, None).await
    };
    let mut response = pages::render_at(state, head, "/sign-in", visit).await;
    *response.status_mut() = status;
    response
}
