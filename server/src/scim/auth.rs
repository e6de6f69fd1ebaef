//! A bearer token becomes a connection, or 401.

use axum::http::{HeaderMap, header};
use directory::model::id::NodeId;
use directory::provisioning::connections::{Authenticated, Refusal, authenticate};
use directory::provisioning::requests::Presented;
use directory::secret::{self, parse_token};

use super::Service;
use super::error::Refused;

/// What every wrong token is answered with, byte for byte (B-01, B-02, B-04, B-06).
const GENERIC: &str =
    "This needs the token of this node's connection: Authorization: Bearer <token>.";
/// What a token is answered with that was generated but not saved (B-03).
const NOT_SAVED: &str = "This token is not active; press Save in the console.";

/// Who is calling, or why not.
///
/// # Errors
/// 401, the same for every reason but a token that was not saved yet.
pub async fn caller(
    service: &Service,
    node: Option<NodeId>,
    headers: &HeaderMap,
) -> Result<Authenticated, Refused> {
    let token = bearer(headers).unwrap_or_default();
    // Node 0 does not exist: the same work is done for an address that names no node.
    let found = authenticate(
        &service.db,
        &service.secrets,
        node.unwrap_or(NodeId(0)),
        token,
    )
    .await?;
    found.map_err(|refusal| {
        Refused(scim::error::Error::unauthorized(match refusal {
            Refusal::NotSaved => NOT_SAVED,
            Refusal::Unknown => GENERIC,
        }))
    })
}

/// What a request that was refused came with, for the log that administrators read: never the token itself.
pub fn presented(service: &Service, headers: &HeaderMap) -> Presented {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Presented::Nothing;
    }
    match bearer(headers).and_then(|token| Some((token, parse_token(token)?))) {
        Some((token, id)) => Presented::Token(id, service.secrets.token_digest(token)),
        None => Presented::Malformed,
    }
}

/// The one bearer token of a request (behaviour.md 6 #70).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let one = all.next()?.to_str().ok()?;
    if all.next().is_some() {
        return None;
    }
    secret::bearer(one)
}
