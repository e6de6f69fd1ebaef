//! Signing out: here at once, and then at the identity provider too (OpenID Connect RP-Initiated Logout 1.0).

use app::server::{SignedIn, ask, keep_flash, own_path};
use app::visit::{Flash, Toast, ToastKind};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::HeaderName;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use directory::secret::Place;
use subtle::ConstantTimeEq;
use tower_sessions::Session;

use crate::functions::see_other;
use crate::state::AppState;

/// Where a session keeps that somebody goes on to sign out at their provider.
const GOES: &str = "goes_to_sign_out";

/// Where a session keeps the ID token it was made by, sealed.
const TOKEN: &str = "id_token";
/// A longer token makes an address that servers refuse: its provider asks instead.
const LONGEST_TOKEN: usize = 4_096;

/// The token of a session is sealed for the provider that made it.
fn place(word: &str) -> Place<'_> {
    Place {
        table: "sessions",
        row: word,
        column: TOKEN,
    }
}

/// Keeps the ID token somebody came in with for the day they sign out. Without it they can all the same: their provider
/// may ask them then.
pub(super) async fn remember(state: &AppState, session: &Session, word: &str, token: &str) {
    if token.len() > LONGEST_TOKEN {
        return;
    }
    let kept = match state.secrets().sealed(place(word), token) {
        Ok(sealed) => session
            .insert(TOKEN, sealed)
            .await
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = kept {
        tracing::warn!(%error, "an ID token is not kept for the sign-out");
    }
}

/// Somebody who is signed out here and goes on to their provider.
#[derive(serde::Serialize, serde::Deserialize)]
struct Goes {
    /// What the provider is called.
    name: String,
    /// Where it signs them out.
    url: String,
    /// Comes back as it is.
    state: String,
}

#[derive(serde::Deserialize)]
struct Then {
    return_to: Option<String>,
}

#[derive(serde::Deserialize)]
struct Back {
    state: Option<String>,
}

/// Signing out, going on to the provider, and coming back.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-out", post(sign_out))
        .route("/sign-out/on", get(go_on))
        .route("/sign-out/done", get(come_back))
}

/// Ends the session here and now, and asks the browser to forget what it kept (SES-8). Whoever came in by a provider goes
/// on to sign out there; somebody who holds an invitation for another person goes on with that.
async fn sign_out(
    State(state): State<AppState>,
    Query(then): Query<Then>,
    session: Session,
) -> Response {
    let next = match then.return_to.as_deref().map(own_path) {
        Some(page) => end(&state, &session).await.map(|_| page),
        None => end_and_go(&state, &session).await,
    };
    let mut response = match next {
        Ok(page) => see_other(&page),
        Err(error) => {
            tracing::error!(%error, "a session could not be ended");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let kept = HeaderValue::from_static("\"cache\", \"storage\"");
    response
        .headers_mut()
        .insert(HeaderName::from_static("clear-site-data"), kept);
    response
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Ends the session, then finds out where the provider it was made by signs people out; the page that leads there.
async fn end_and_go(state: &AppState, session: &Session) -> Outcome<String> {
    let sealed = session.get::<String>(TOKEN).await?;
    let Some(word) = end(state, session).await? else {
        return Ok("/sign-in".to_owned());
    };
    let token = sealed.and_then(|sealed| state.secrets().opened(place(&word), &sealed).ok());
    let Some(goes) = way_out(state, &word, token.as_deref()).await else {
        return Ok("/sign-in".to_owned());
    };
    session.insert(GOES, goes).await?;
    Ok(format!("/signed-out?way={word}"))
}

/// Ends the session in the database and in this browser; by what it was made.
async fn end(state: &AppState, session: &Session) -> Outcome<Option<String>> {
    let signed_in = session.get::<SignedIn>(SignedIn::KEY).await?;
    let asking = ask(state.db(), session).await?;
    if let (Some(asking), Some(id)) = (asking, session.id()) {
        directory::sign_in::out(state.db(), &asking.user, &crate::session::hash(&id)).await?;
    }
    session.clear().await;
    // Should anything be kept for the way on, it gets another id: the old one is dead (SES-5).
    if session.id().is_some() {
        session.cycle_id().await?;
    }
    Ok(signed_in.map(|signed_in| signed_in.method))
}

/// The way out of a provider. One that is down or has none keeps nobody here: they are signed out already.
async fn way_out(state: &AppState, word: &str, token: Option<&str>) -> Option<Goes> {
    let found = match state.providers.find(word).await {
        Ok(found) => found?,
        Err(error) => {
            tracing::error!(%error, "the database could not be used");
            return None;
        }
    };
    match found.provider.way_out(token).await {
        Ok(way) => way.map(|(url, state)| Goes {
            name: found.provider.name().to_owned(),
            url: url.into(),
            state,
        }),
        Err(error) => {
            tracing::info!(provider = word, %error, "nobody can sign out at {word}: {error}");
            None
        }
    }
}

/// Leads to the provider: a top-level GET, because a form's answer may not lead to another site. Whoever has not just
/// signed out here is led nowhere.
async fn go_on(session: Session) -> Response {
    match (
        is_signed_in(&session).await,
        session.get::<Goes>(GOES).await,
    ) {
        (false, Ok(Some(goes))) => see_other(&goes.url),
        _ => see_other("/sign-in"),
    }
}

/// Whether somebody has signed in again in this browser meanwhile. A session that cannot be read is nobody's.
async fn is_signed_in(session: &Session) -> bool {
    matches!(session.get::<SignedIn>(SignedIn::KEY).await, Ok(Some(_)))
}

/// Back from the provider, which says with the state that it was this sign-out.
async fn come_back(Query(back): Query<Back>, session: Session) -> Response {
    let goes = session.remove::<Goes>(GOES).await.ok().flatten();
    let state = back.state.unwrap_or_default();
    if let Some(goes) = goes
        && !is_signed_in(&session).await
        && bool::from(state.as_bytes().ct_eq(goes.state.as_bytes()))
    {
        let toast = Toast {
            kind: ToastKind::Done,
            text: format!("You are signed out, here and at {}.", goes.name),
            more: None,
        };
        // Without the notice they are signed out all the same.
        let _ = keep_flash(&session, &Flash::from(toast)).await;
    }
    see_other("/sign-in")
}
