//! Headers of every answer: what the browser may load, from where, and that it keeps nothing (CSP-1, CSP-2).

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use leptos::nonce::Nonce;

use crate::config::PublicUrl;
use crate::http::whole;

/// Where browsers report what the policy stopped.
pub const REPORTS: &str = "/csp-reports";

/// The longest report that is read.
const LONGEST_REPORT: usize = 16 * 1024;

/// Two years, as browsers ask of a site that means it.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Headers that are the same on every answer.
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ),
];

/// Puts the headers on an answer; the nonce is that of the page.
pub fn secure(public_url: &PublicUrl, nonce: &Nonce, headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if public_url.is_https() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let policy = if is_html(headers) {
        policy(nonce)
    } else {
        "default-src 'none'; frame-ancestors 'none'".to_owned()
    };
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    if is_html(headers) {
        headers.insert(
            "reporting-endpoints",
            HeaderValue::from_static("csp=\"/csp-reports\""),
        );
    }
}

/// Writes down what a browser's policy stopped: it is a fault of ours, or somebody's attempt. Cut, because anyone may send it.
pub async fn report(request: Request) -> StatusCode {
    match whole(request.into_body(), LONGEST_REPORT).await {
        Ok(body) => {
            let report: String = String::from_utf8_lossy(&body)
                .chars()
                .filter(|c| !c.is_control())
                .take(1_000)
                .collect();
            tracing::warn!(report, "a browser's policy stopped something");
            StatusCode::NO_CONTENT
        }
        Err(status) => status,
    }
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// The policy of a page (CSP-1).
fn policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'; object-src 'none'; report-to csp"
    )
}
