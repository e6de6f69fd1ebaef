//! Signing in at an identity provider: leave, come back with a proof, be let in or not (OID-1).

mod callback;
mod provider;

use app::server::{Client, ask, own_path};
use axum::Extension;
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::HeaderName;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use directory::model::timestamp::{MINUTE, Timestamp};
use tower_sessions::Session;

use crate::functions::see_other;
use crate::state::AppState;

pub use provider::{Provider, Settings};

/// Where a session keeps that somebody has left.
const LEFT: &str = "left_to_sign_in";
/// How long they may stay away.
const AWAY: i64 = 10 * MINUTE;

/// What a session keeps while somebody is away at an identity provider. It is good once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Left {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    return_to: String,
    until: Timestamp,
}

#[derive(serde::Deserialize)]
struct Start {
    return_to: Option<String>,
}

/// Leaving, coming back, and signing out.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in/{provider}", get(leave))
        .route("/sign-in/{provider}/callback", get(callback::come_back))
        .route("/sign-out", post(sign_out))
}

/// Leads to the identity provider: a top-level GET, because a form's answer may not lead to another site.
async fn leave(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(start): Query<Start>,
    Extension(client): Extension<Client>,
    session: Session,
    request: Request,
) -> Response {
    let Some(provider) = find(&state, &id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (head, _) = request.into_parts();
    if !state.console.attempts.may_ask_from(client.0) {
        return callback::refuse(
            &state,
            head,
            StatusCode::TOO_MANY_REQUESTS,
            "Too many attempts. Wait a minute and try again.",
        )
        .await;
    }
    let way = match provider.way_there().await {
        Ok(way) => way,
        Err(error) => {
            tracing::warn!(provider = id, %error, "the identity provider {id} cannot be used");
            let sentence = format!(
                "{} cannot be reached at the moment. Try again later.",
                provider.name()
            );
            return callback::refuse(&state, head, StatusCode::BAD_GATEWAY, &sentence).await;
        }
    };
    let left = Left {
        provider: id,
        state: way.state,
        nonce: way.nonce,
        verifier: way.verifier,
        return_to: own_path(start.return_to.as_deref().unwrap_or("/")),
        until: directory::store::db::now().plus(AWAY),
    };
    match session.insert(LEFT, left).await {
        Ok(()) => see_other(way.url.as_str()),
        Err(error) => {
            tracing::error!(%error, "the session could not be used");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Ends the session here and now, and asks the browser to forget what it kept (SES-8). Somebody who holds an invitation
/// for another person goes on with that.
async fn sign_out(
    State(state): State<AppState>,
    Query(then): Query<Start>,
    session: Session,
) -> Response {
    if let Err(error) = end(&state, &session).await {
        tracing::error!(%error, "a session could not be ended");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let next = then.return_to.as_deref().map(own_path);
    let mut response = see_other(next.as_deref().unwrap_or("/sign-in"));
    let kept = HeaderValue::from_static("\"cache\", \"storage\"");
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), kept);
    response
}

async fn end(
    state: &AppState,
    session: &Session,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let asking = ask(state.db(), session).await?;
    if let (Some(asking), Some(id)) = (asking, session.id()) {
        directory::sign_in::out(state.db(), &asking.user, &crate::session::hash(&id)).await?;
    }
    Ok(session.flush().await?)
}

fn find<'a>(state: &'a AppState, id: &str) -> Option<&'a Provider> {
    state.providers.iter().find(|provider| provider.id() == id)
}
