//! What takes power away or gives it asks for a fresh proof of who somebody is: the one place that says so (AUZ-6).

use app::error::AppError;
use app::server::{SignedIn, hold_back, proved_lately, session_failed};
use app::visit::{Refused, WHOLE};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_sessions::Session;
use url::form_urlencoded::{byte_serialize, parse};

use crate::access;
use crate::functions::{LONGEST_FORM, Wants, own_referer, see_other};
use crate::http::whole;
use crate::state::AppState;

/// What is never kept while a form waits, whatever form it stands in.
const SECRETS: [&str; 5] = ["passphrase", "current", "client_secret", "code", "token"];
/// As much of a form is kept: no field that people type is longer.
const KEPT: usize = 16 * 1024;
/// What a page is called that answers a form itself, after the page the form stood on.
const ANSWERS: [&str; 2] = ["/token", "/codes"];

/// Lets an act through, unless it is a sensitive one of somebody who has not proved lately who they are. A stranger is
/// turned away further on, like everywhere.
pub async fn required(
    State(state): State<AppState>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let Some(form) = access::sensitive(request.method(), request.uri()) else {
        return next.run(request).await;
    };
    match is_old(&session).await {
        Ok(false) => next.run(request).await,
        Ok(true) => lead_to_proof(&state, &session, form, request).await,
        Err(error) => failed(&error),
    }
}

/// Whether somebody is signed in whose proof is too old.
pub(crate) async fn is_old(session: &Session) -> Result<bool, AppError> {
    // A session that cannot be read holds the act back.
    let found = session.get_value(SignedIn::KEY).await;
    let is_signed_in = found.map_err(session_failed)?.is_some();
    Ok(is_signed_in && !proved_lately(session).await?)
}

/// The page that asks for the proof, and leads on to another.
pub(crate) fn confirm_page(then: &str) -> String {
    let page = app::pages::confirm::PAGE;
    let then: String = byte_serialize(then.as_bytes()).collect();
    format!("{page}?then={then}")
}

/// Leads to a page that asks for the proof and back to another; nothing was typed.
pub(crate) async fn prove_first(session: &Session, then: &str) -> Response {
    match hold_back(session, None).await {
        Ok(()) => see_other(&confirm_page(then)),
        Err(error) => failed(&error),
    }
}

/// Nothing is done. What was typed is kept until the proof is there, and comes back with the form.
async fn lead_to_proof(
    state: &AppState,
    session: &Session,
    form: &str,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    if head.method == Method::GET {
        return prove_first(session, "/account").await;
    }
    if Wants::of(&head.headers) == Wants::Value {
        return failed(&AppError::ConfirmFirst);
    }
    let typed = match whole(body, LONGEST_FORM).await {
        Ok(typed) => typed,
        Err(status) => return status.into_response(),
    };
    let refused = (!form.is_empty()).then(|| Refused {
        form: form.to_owned(),
        values: values(&typed),
        errors: Vec::new(),
    });
    let back = own_referer(&head.headers, state.public_url.as_str());
    let shown_at = ANSWERS.iter().find_map(|answer| back.strip_suffix(answer));
    match hold_back(session, refused).await {
        Ok(()) => see_other(&confirm_page(shown_at.unwrap_or(&back))),
        Err(error) => failed(&error),
    }
}

/// What was typed into a form, without its secrets.
fn values(typed: &[u8]) -> Vec<(String, String)> {
    let mut room = KEPT;
    let kept = parse(typed).filter(|(name, value)| {
        let length = name.len() + value.len();
        let fits = !SECRETS.contains(&name.as_ref()) && length <= room;
        room -= if fits { length } else { 0 };
        fits
    });
    let whole = (WHOLE.to_owned(), "1".to_owned());
    kept.map(|(name, value)| (name.into_owned(), value.into_owned()))
        .chain([whole])
        .collect()
}

fn failed(error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(error)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_kept_without_secrets_and_not_without_end() {
        let kept =
            values(b"name=Okta&client_secret=hush&issuer=https%3A%2F%2Fid.example&passphrase=x");
        let expected = [
            ("name", "Okta"),
            ("issuer", "https://id.example"),
            (WHOLE, "1"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(kept, expected);
        let long = format!("a={}&b=short", "x".repeat(KEPT));
        assert_eq!(
            values(long.as_bytes()),
            [("b", "short"), (WHOLE, "1")].map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn the_way_back_is_one_word_of_the_address() {
        let page = confirm_page("/users?q=a&page=2");
        assert_eq!(page, "/confirm?then=%2Fusers%3Fq%3Da%26page%3D2");
    }
}
