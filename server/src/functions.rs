//! The edge of the server functions: what may come in, and what a browser without script gets back.

use app::error::AppError;
use app::server::{First, ask_from, keep_flash, own_path};
use app::visit::{Flash, Toast};
use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, REFERER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tower_sessions::Session;

use crate::access::{self, Asks};
use crate::http::whole;
use crate::pages;
use crate::state::AppState;

/// The longest form (RAT-3).
pub const LONGEST_FORM: usize = 1024 * 1024;
/// The codec of every server function (CSR-2).
const FORM: &str = "application/x-www-form-urlencoded";
/// An error of a server function is this long at the most.
const LONGEST_ERROR: usize = 64 * 1024;

/// Runs a server function.
///
/// Leptos would answer a browser's form with a redirect to whatever `Referer` says, with the error in the address.
/// So it is not told that a page is wanted; what it made is turned into an answer here (CSR-4, ERR-1, ERR-2).
pub async fn call(State(state): State<AppState>, session: Session, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    let path = head.uri.path();
    let is_there = server_fn::axum::get_server_fn_service(path, head.method.clone()).is_some();
    let Some(asks) = access::of_function(path).filter(|_| is_there) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let back = own_referer(&head.headers, state.public_url.as_str());
    let wants = Wants::of(&head.headers);
    if asks != Asks::Nothing {
        match ask_from(state.db(), &session, &head.extensions).await {
            Ok(Some(asking)) if !asks.is_open_before(asking.first()) => {
                let sentence = asking.first().map_or("", First::sentence);
                let first = AppError::Forbidden(sentence.to_owned());
                return refuse(first, wants, &back, &session).await;
            }
            Ok(Some(asking)) => head.extensions.insert(asking),
            Ok(None) => return refuse(AppError::SignedOut, wants, &back, &session).await,
            Err(error) => return refuse(error, wants, &back, &session).await,
        };
    }
    let request = match form(head, body).await {
        Ok(request) => request,
        Err(status) => return status.into_response(),
    };
    let response = leptos_axum::handle_server_fns_with_context(pages::context(&state), request)
        .await
        .into_response();
    let (response, error) = take_error(response).await;
    match wants {
        Wants::Page => page_answer(response, error, &back, &session).await,
        Wants::Value => with_status(response, error.as_ref()),
    }
}

/// The request as Leptos may see it: a whole form, and nothing that says where it came from.
async fn form(mut head: Parts, body: Body) -> Result<Request, StatusCode> {
    if !is_form(&head.headers) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let body = whole(body, LONGEST_FORM).await?;
    head.headers.remove(REFERER);
    head.headers.remove(ACCEPT);
    Ok(Request::from_parts(head, Body::from(body)))
}

/// The answer to somebody who does not get as far as the function.
async fn refuse(error: AppError, wants: Wants, back: &str, session: &Session) -> Response {
    match wants {
        Wants::Page => page_answer(Response::default(), Some(error), back, session).await,
        Wants::Value => with_status(Json(&error).into_response(), Some(&error)),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    kind.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM))
}

/// What the caller can do with an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    /// A browser without script: another page.
    Page,
    /// A script: the value, or the error.
    Value,
}

impl Wants {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accepts = headers.get_all(ACCEPT).iter();
        let mut accepts = accepts.filter_map(|accept| accept.to_str().ok());
        if accepts.any(|accept| accept.contains("text/html")) {
            Self::Page
        } else {
            Self::Value
        }
    }
}

/// The page of our own the form stood on, or the first one.
pub(crate) fn own_referer(headers: &HeaderMap, public_url: &str) -> String {
    let referer = headers
        .get(REFERER)
        .and_then(|referer| referer.to_str().ok())
        .unwrap_or_default();
    own_path(referer.strip_prefix(public_url).unwrap_or_default())
}

/// The error of a server function, if it ended in one; the answer keeps its body.
async fn take_error(response: Response) -> (Response, Option<AppError>) {
    if !response
        .headers()
        .contains_key(server_fn::error::SERVER_FN_ERROR_HEADER)
    {
        return (response, None);
    }
    let (head, body) = response.into_parts();
    let body = to_bytes(body, LONGEST_ERROR).await.unwrap_or_default();
    let error = serde_json::from_slice(&body).unwrap_or(AppError::Failed);
    (Response::from_parts(head, Body::from(body)), Some(error))
}

/// What a script gets: the value or the error, with the status that fits.
fn with_status(mut response: Response, error: Option<&AppError>) -> Response {
    if let Some(status) = error.and_then(|error| StatusCode::from_u16(error.status()).ok()) {
        *response.status_mut() = status;
    }
    response
}

/// What a browser gets: always another page, and an empty body.
async fn page_answer(
    response: Response,
    error: Option<AppError>,
    back: &str,
    session: &Session,
) -> Response {
    let cookies: Vec<_> = response
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|cookie| (SET_COOKIE, cookie.clone()))
        .collect();
    let page = match (
        error,
        response
            .headers()
            .get(LOCATION)
            .and_then(|page| page.to_str().ok()),
    ) {
        (None, Some(page)) => own_path(page),
        (None, None) => back.to_owned(),
        (Some(AppError::SignedOut), _) => pages::sign_in_page(back),
        (Some(error), _) => {
            let flash = Flash::from(Toast::failed(error.to_string()));
            // The log has said why; without the notice the person still sees that nothing changed.
            let _ = keep_flash(session, &flash).await;
            back.to_owned()
        }
    };
    let mut answer = see_other(&page);
    answer.headers_mut().extend(cookies);
    answer
}

/// Leads a browser on to a page of our own.
pub(crate) fn see_other(page: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, page.to_owned())]).into_response()
}
