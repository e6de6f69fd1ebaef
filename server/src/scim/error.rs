//! Our errors, as SCIM's errors.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How many seconds the client of a paused connection waits before it asks again.
const PAUSED: u64 = 300;
/// How many seconds a client waits whose locks and removals are held back.
const HELD: u64 = 600;

/// A refusal: becomes the answer, and is kept beside it for the request log.
#[derive(Debug, Clone)]
pub struct Refused(pub scim::error::Error);

impl From<scim::error::Error> for Refused {
    fn from(error: scim::error::Error) -> Self {
        Self(error)
    }
}

impl From<directory::Error> for Refused {
    fn from(error: directory::Error) -> Self {
        use directory::Error;
        // The log says why in more words than the answer may.
        directory::outcome::refused(&error);
        Self(match error {
            Error::NotFound(what) => scim::error::Error::not_found(format!(
                "{what} is not known here. Assign it again in your identity provider, then push it again."
            )),
            Error::Conflict(sentence) => scim::error::Error::uniqueness(sentence),
            Error::Invalid {
                field: "filter",
                message,
            } => scim::error::Error::invalid_filter(message),
            Error::Invalid { message, .. } => scim::error::Error::invalid_value(message),
            Error::Fixed(sentence) => scim::error::Error::mutability(sentence),
            Error::Forbidden(sentence) => scim::error::Error::forbidden(sentence),
            // To be late is refused at the sign-in alone; no request of a connection ends so.
            plain @ (Error::LastAdministrator | Error::Blocked | Error::CodeWanted(_)) => {
                scim::error::Error::forbidden(plain.to_string())
            }
            Error::Busy => scim::error::Error::new(
                503,
                "Others are changing the same at this moment; nothing was changed. Wait as long as Retry-After says, \
                 then send the request again.",
            )
            .retry_after(1),
            Error::Paused(sentence) => scim::error::Error::new(503, sentence).retry_after(PAUSED),
            Error::Held(sentence) => scim::error::Error::new(429, sentence).retry_after(HELD),
            Error::Full => scim::error::Error::new(
                507,
                "Storage is full; nothing was changed. The server's operator must make room.",
            ),
            Error::Store(reason) => {
                tracing::error!(%reason, "a SCIM request failed in the database");
                scim::error::Error::new(
                    500,
                    "The database could not be used; nothing was changed. Send the request again.",
                )
            }
        })
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = (status, self.0.to_json().to_string()).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, super::body::SCIM_JSON);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"scim\""),
            );
        }
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer.extensions_mut().insert(self);
        answer
    }
}
