//! Coming back from an identity provider.

use app::server::enter_session;
use app::visit::{Flash, Refused, Visit};
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use directory::error::Error;
use directory::sign_in::{self, Identity, Verified};
use openidconnect::core::CoreIdTokenClaims;
use subtle::ConstantTimeEq;
use tower_sessions::Session;

use super::{LEFT, Left, Provider, find};
use crate::functions::see_other;
use crate::pages;
use crate::state::AppState;

const NO_LONGER_VALID: &str = "This sign-in attempt is no longer valid. Start again.";
const NOT_VERIFIED: &str = "The identity provider's answer could not be verified.";
const NOT_CONNECTED: &str = "Ask your administrator to connect your account.";

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
    let Some(provider) = find(&state, &id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (head, _) = request.into_parts();
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
    let claims = match provider.prove(code, left.nonce, left.verifier).await {
        Ok(claims) => claims,
        Err(reason) => {
            tracing::warn!(
                provider = id,
                reason,
                "the answer of {id} could not be verified: {reason}"
            );
            return refuse(&state, head, StatusCode::BAD_REQUEST, NOT_VERIFIED).await;
        }
    };
    let signed_in = match sign_in::by_identity(state.db(), &identity(provider, &claims)).await {
        Ok(signed_in) => signed_in,
        Err(Error::Store(reason)) => {
            tracing::error!(reason, "the database could not be used");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        Err(reason) => {
            tracing::info!(provider = id, %reason, "somebody known to {id} is refused: {reason}");
            return refuse(&state, head, StatusCode::FORBIDDEN, NOT_CONNECTED).await;
        }
    };
    match enter_session(&state.console, &session, &head, &signed_in.user, &id).await {
        Ok(()) => see_other(&left.return_to),
        Err(error) => StatusCode::from_u16(error.status())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
    }
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
    if left.until < directory::store::db::now() {
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

/// Who the provider says this is. Only a clear `true` counts as a verified address.
fn identity(provider: &Provider, claims: &CoreIdTokenClaims) -> Identity {
    Identity {
        issuer: provider.issuer().to_owned(),
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.to_string()),
        email_verified: if claims.email_verified() == Some(true) {
            Verified::Yes
        } else {
            Verified::No
        },
        domains: provider.domains().to_vec(),
    }
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
