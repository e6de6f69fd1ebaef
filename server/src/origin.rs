//! Where a request may come from: to our own name (421 otherwise), and from our own pages (CSR-1).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{ALLOW, COOKIE, HOST, LOCATION, ORIGIN, UPGRADE};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::config::PublicUrl;

/// Server functions stand below this; all of them are POST.
pub const FUNCTIONS: &str = "/api/";
const SCIM: &str = "/api/rest/";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses a `Host` that is not ours. At another name of loopback a page leads to the public one, because cookies and
/// the same-origin check know only that; a supervisor may ask for health under any name.
pub fn own_host(public_url: &PublicUrl, request: &Request) -> Result<(), Box<Response>> {
    let path = request.uri().path();
    if matches!(path, "/livez" | "/readyz") {
        return Ok(());
    }
    let Some(host) = host(request) else {
        return refuse(StatusCode::BAD_REQUEST);
    };
    if !public_url.is_ours(&host) {
        return refuse((
            StatusCode::MISDIRECTED_REQUEST,
            "This name is not served here.\n",
        ));
    }
    if !public_url.is_first(&host)
        && request.method() == Method::GET
        && !path.starts_with(FUNCTIONS)
    {
        let rest = request
            .uri()
            .path_and_query()
            .map_or("/", |rest| rest.as_str());
        let there = format!("{}{rest}", public_url.as_str());
        return refuse((StatusCode::TEMPORARY_REDIRECT, [(LOCATION, there)]));
    }
    Ok(())
}

fn refuse(answer: impl IntoResponse) -> Result<(), Box<Response>> {
    Err(Box::new(answer.into_response()))
}

fn host(request: &Request) -> Option<String> {
    let mut named = request.headers().get_all(HOST).iter();
    match (named.next(), named.next(), request.uri().authority()) {
        // RFC 9112 3.2.2: an absolute address wins over the header.
        (_, None, Some(authority)) => Some(authority.to_string()),
        (Some(host), None, None) => host.to_str().ok().map(str::to_owned),
        _ => None,
    }
}

/// What the check needs to know.
#[derive(Clone)]
pub struct Ours {
    /// The `Origin` of our own pages.
    pub public_url: Arc<PublicUrl>,
    /// The name of the session cookie.
    pub cookie: &'static str,
}

/// Refuses what another site makes a browser send (CSR-1).
pub async fn same_origin(State(ours): State<Ours>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_function = path.starts_with(FUNCTIONS) && !path.starts_with(SCIM);
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if is_function && request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "POST")]).into_response();
    }
    let has_effect = !is_safe || is_function || request.headers().contains_key(UPGRADE);
    if has_effect && !is_from_us(request.headers(), &ours) {
        return (
            StatusCode::FORBIDDEN,
            "This request came from another site.\n",
        )
            .into_response();
    }
    next.run(request).await
}

/// A browser says where a request comes from; with our cookie it must. Without the cookie there is nothing to abuse
/// but signing somebody in as another, so there what is said must still be right.
fn is_from_us(headers: &HeaderMap, ours: &Ours) -> bool {
    match (headers.get(SEC_FETCH_SITE), headers.get(ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == ours.public_url.as_str(),
        (None, None) => !carries(headers, ours.cookie),
    }
}

fn carries(headers: &HeaderMap, name: &str) -> bool {
    headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| pair.split(|byte| *byte == b'=').next())
        .any(|cookie| cookie.trim_ascii() == name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Ours {
        Ours {
            public_url: Arc::new(PublicUrl::try_from("http://127.0.0.1:8080".to_owned()).unwrap()),
            cookie: "sid",
        }
    }

    fn is_let_in(headers: &[(&'static str, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        is_from_us(&headers, &ours())
    }

    #[test]
    fn with_our_cookie_only_our_own_pages_are_let_in() {
        let cookie = ("cookie", "theme=dark; sid=abc");
        assert!(is_let_in(&[cookie, ("sec-fetch-site", "same-origin")]));
        assert!(is_let_in(&[cookie, ("origin", "http://127.0.0.1:8080")]));
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(!is_let_in(&[cookie, ("sec-fetch-site", site)]), "{site}");
        }
        for origin in [
            "https://evil.example",
            "null",
            "http://127.0.0.1:8081",
            "http://127.0.0.1:8080.evil.example",
        ] {
            assert!(!is_let_in(&[cookie, ("origin", origin)]), "{origin}");
        }
        assert!(!is_let_in(&[
            cookie,
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://127.0.0.1:8080")
        ]));
        assert!(!is_let_in(&[cookie]));
    }

    #[test]
    fn without_our_cookie_another_site_is_still_refused() {
        assert!(is_let_in(&[]) && is_let_in(&[("cookie", "side=sid")]));
        assert!(!is_let_in(&[("sec-fetch-site", "cross-site")]));
        assert!(!is_let_in(&[("origin", "https://evil.example")]));
    }
}
