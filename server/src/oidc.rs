//! Signing in at an identity provider: leave, come back with a proof, be let in or not (OID-1).

mod callback;
mod keys;
mod proof;
mod provider;
mod providers;
mod sign_out;
mod test;

use app::server::{Asking, Client, ask_from, own_path};
use axum::Extension;
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use directory::admin::sign_in_methods;
use directory::model::id::UserId;
use directory::model::sign_in_method::Method;
use directory::model::timestamp::{MINUTE, Timestamp};
use tower_sessions::Session;

use crate::fresh::confirm_page;
use crate::functions::see_other;
use crate::pages;
use crate::state::AppState;

use provider::Prompt;
pub use provider::{Provider, Settings};
pub use providers::{Found, Providers};
pub use test::test;

/// Where a session keeps that somebody has left.
const LEFT: &str = "left_to_sign_in";
/// How long they may stay away.
const AWAY: i64 = 10 * MINUTE;
/// No address is longer.
const LONGEST_HINT: usize = 254;

/// What a session keeps while somebody is away at an identity provider. It is good once.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Left {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    return_to: String,
    until: Timestamp,
    purpose: Purpose,
}

/// What somebody left for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Purpose {
    /// To sign in.
    SignIn,
    /// To show that a method works, as it is at this revision.
    Verify { by: UserId, revision: i64 },
    /// To connect the account to the person who is signed in.
    Connect { by: UserId },
    /// To prove anew who they are (AUZ-6).
    Confirm { by: UserId },
}

/// What is wanted of the way: also what a provider says that sends somebody here by itself (OpenID Connect Core,
/// section 4).
#[derive(Default, serde::Deserialize)]
struct Start {
    return_to: Option<String>,
    login_hint: Option<String>,
    iss: Option<String>,
    target_link_uri: Option<String>,
    /// `verify`, `connect` or `confirm`; to sign in where it is not said.
    #[serde(rename = "for")]
    wanted: Option<String>,
}

impl Start {
    /// The page of ours they want to see in the end.
    fn page(&self, public_url: &str) -> String {
        let target = self.target_link_uri.as_deref();
        let target = target.and_then(|target| target.strip_prefix(public_url));
        own_path(self.return_to.as_deref().or(target).unwrap_or("/"))
    }

    /// Whom to expect, if it could be an address.
    fn hint(&self) -> Option<String> {
        let hint = self.login_hint.as_deref().map(str::trim);
        hint.filter(|hint| !hint.is_empty() && hint.len() <= LONGEST_HINT)
            .map(str::to_owned)
    }
}

/// Leaving, coming back, and signing out.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in/{provider}", get(leave))
        .route("/sign-in/{provider}/callback", get(callback::come_back))
        .merge(sign_out::routes())
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
    let (head, _) = request.into_parts();
    let found = match state.providers.find(&id).await {
        Ok(Some(found)) => found,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return failed(&error),
    };
    let purpose = match purpose(&state, &found, &start, &session, &head).await {
        Ok(purpose) => purpose,
        Err(Unfit::Answer(answer)) => return *answer,
        Err(Unfit::Say(status, sentence)) => {
            return callback::refuse(&state, head, status, sentence).await;
        }
    };
    if !state.console.attempts.may_ask_from(client.0) {
        let sentence = "Too many attempts. Wait a minute and try again.";
        return callback::refuse(&state, head, StatusCode::TOO_MANY_REQUESTS, sentence).await;
    }
    let provider = &found.provider;
    if let Some(issuer) = &start.iss
        && issuer != provider.issuer()
    {
        let sentence = "This link is of another identity provider.";
        return callback::refuse(&state, head, StatusCode::BAD_REQUEST, sentence).await;
    }
    let prompt = match &purpose {
        Purpose::Confirm { .. } => Prompt::SignInAgain,
        _ => Prompt::AsUsual,
    };
    let way = match provider.way_there(start.hint(), prompt).await {
        Ok(way) => way,
        Err(error) => {
            tracing::warn!(provider = id, %error, "the identity provider {id} cannot be used");
            let then = start.page(state.public_url.as_str());
            return unreachable(&state, head, &session, &found, (&purpose, &then)).await;
        }
    };
    let left = Left {
        provider: id,
        state: way.state,
        nonce: way.nonce,
        verifier: way.verifier,
        return_to: start.page(state.public_url.as_str()),
        until: directory::store::db::now().plus(AWAY),
        purpose,
    };
    match session.insert(LEFT, left).await {
        Ok(()) => see_other(way.url.as_str()),
        Err(error) => {
            tracing::error!(%error, "the session could not be used");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Why nobody leaves.
enum Unfit {
    /// This is the answer.
    Answer(Box<Response>),
    /// The sign-in page says so.
    Say(StatusCode, &'static str),
}

impl Unfit {
    fn answer(answer: impl IntoResponse) -> Self {
        Self::Answer(Box::new(answer.into_response()))
    }
}

/// What somebody leaves for, if they may.
async fn purpose(
    state: &AppState,
    found: &Found,
    start: &Start,
    session: &Session,
    head: &Parts,
) -> Result<Purpose, Unfit> {
    let is_on = found.method.as_ref().is_none_or(Method::is_on);
    let not_found = || Unfit::answer(StatusCode::NOT_FOUND);
    match (start.wanted.as_deref(), &found.method) {
        (None, _) if is_on => Ok(Purpose::SignIn),
        (None, _) => Err(Unfit::Say(
            StatusCode::FORBIDDEN,
            "This way in is not switched on. Ask your administrator.",
        )),
        (Some("connect"), _) if is_on => {
            let asking = of_our_own(state, session, head).await?;
            Ok(Purpose::Connect { by: asking.user.id })
        }
        (Some("confirm"), _) if is_on => {
            let asking = of_our_own(state, session, head).await?;
            Ok(Purpose::Confirm { by: asking.user.id })
        }
        (Some("verify"), Some(method)) => {
            let asking = of_our_own(state, session, head).await?;
            let db = state.db();
            match sign_in_methods::to_verify(db, &asking.admin, &method.id).await {
                Ok(method) => Ok(Purpose::Verify {
                    by: asking.user.id,
                    revision: method.revision,
                }),
                Err(directory::Error::NotFound(_)) => Err(not_found()),
                Err(error) => Err(Unfit::answer(failed(&error))),
            }
        }
        _ => Err(not_found()),
    }
}

/// Whoever is signed in and pressed a link of our own: another site must not connect a stranger's account to them.
async fn of_our_own(state: &AppState, session: &Session, head: &Parts) -> Result<Asking, Unfit> {
    let is_ours = head
        .headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "same-origin");
    if !is_ours {
        return Err(Unfit::Say(
            StatusCode::FORBIDDEN,
            "This request came from another site.",
        ));
    }
    match ask_from(state.db(), session, &head.extensions).await {
        Ok(Some(asking)) => match asking.first() {
            Some(first) => Err(Unfit::answer(see_other(first.page()))),
            None => Ok(asking),
        },
        Ok(None) => Err(Unfit::answer(see_other(&pages::sign_in_page("/account")))),
        Err(_) => Err(Unfit::answer(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

/// Says that a provider is out of reach: to whoever signs in at the door, to an administrator on the page of the method.
async fn unreachable(
    state: &AppState,
    head: Parts,
    session: &Session,
    found: &Found,
    (purpose, then): (&Purpose, &str),
) -> Response {
    let name = found.provider.name();
    if let (Purpose::Verify { .. }, Some(method)) = (purpose, &found.method) {
        let sentence = format!("{name} cannot be reached. Test the connection to see why.");
        callback::back(session, &method_page(method), Err(sentence)).await
    } else if matches!(purpose, Purpose::Confirm { .. }) {
        let sentence = format!("{name} cannot be reached at the moment. Try again later.");
        callback::back(session, &confirm_page(then), Err(sentence)).await
    } else {
        let sentence = format!("{name} cannot be reached at the moment. Try again later.");
        callback::refuse(state, head, StatusCode::BAD_GATEWAY, &sentence).await
    }
}

fn method_page(method: &Method) -> String {
    format!("/nodes/{}/sign-in", method.node_id)
}

fn failed(error: &directory::Error) -> Response {
    tracing::error!(%error, "the database could not be used");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
