//! What comes in as a body, and what goes out as one.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error::Refused;

/// The media type of SCIM (RFC 7644 §3.1).
pub const SCIM_JSON: HeaderValue = HeaderValue::from_static("application/scim+json");

/// The most bytes of a body; groups may have many members (RAT-3).
pub const LIMIT: usize = 1024 * 1024;
/// The most bytes of a group's body.
pub const GROUP_LIMIT: usize = 16 * 1024 * 1024;

/// Reads a JSON body of at most so many bytes.
///
/// # Errors
/// 415 for another or no media type or any encoding, 413 for a body that is too large, 400 for one that breaks off,
/// 408 for one that takes too long.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Refused> {
    let media = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media = media
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_plain = headers
        .get(header::CONTENT_ENCODING)
        .is_none_or(|value| value == "identity");
    if !matches!(media.as_str(), "application/scim+json" | "application/json") || !is_plain {
        let detail = "Send the body as application/scim+json, without a content encoding.";
        return Err(
            scim::error::Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE.as_u16(), detail).into(),
        );
    }
    let too_large = || {
        scim::error::Error::too_large("The body is too large. Send fewer members in one request.")
    };
    match crate::http::whole(body, limit).await {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(StatusCode::PAYLOAD_TOO_LARGE) => Err(too_large().into()),
        Err(status) => {
            let detail = "The body did not come whole, or took too long. Send the request again.";
            Err(scim::error::Error::new(status.as_u16(), detail).into())
        }
    }
}

/// An answer with a body.
pub fn answer(status: StatusCode, value: &Value) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, SCIM_JSON)],
        value.to_string(),
    )
        .into_response()
}
