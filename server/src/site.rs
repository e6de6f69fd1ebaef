//! The site inside the binary: wasm, script, stylesheet, fonts and pictures, under names that change with their
//! content. `cargo xtask build` puts them there; without it the folder is missing and the program says so.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::config::LeptosOptions;
use rust_embed::RustEmbed;
use std::fmt::Write as _;

#[derive(RustEmbed)]
#[folder = "site/"]
#[allow_missing = true]
struct Files;

/// The build names the site it made; another name makes cargo compile this file anew.
const MADE_WITH: Option<&str> = option_env!("MUSTER_SITE");

/// A hashed name is never served with other content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// A fixed name is asked for again after an hour, and meanwhile shown at once.
const FOR_AN_HOUR: &str = "public, max-age=3600, stale-while-revalidate=86400";

/// What the browser loads.
pub struct Site;

impl Site {
    /// Whether the pages are inside this binary.
    pub fn is_built() -> bool {
        output_name().is_some()
    }

    /// What the pages need to know of the site.
    pub fn options() -> LeptosOptions {
        LeptosOptions::builder()
            .output_name(output_name().unwrap_or_else(|| "muster".to_owned()))
            .site_pkg_dir("site")
            .build()
    }
}

/// The addresses of the site; every other name below `/site` is 404.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/site/{name}", get(hashed))
        .route("/icons.svg", get(|headers| fixed("icons.svg", headers)))
        .route("/favicon.svg", get(|headers| fixed("favicon.svg", headers)))
        .route("/favicon.ico", get(|headers| fixed("favicon.ico", headers)))
}

async fn hashed(Path(name): Path<String>, headers: HeaderMap) -> Response {
    // Three dots at least: a name, a hash, an ending. Neither the manifest nor a compressed copy is an address.
    if name.split('.').count() < 3 || content_type(&name).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    serve(&name, &headers, FOREVER)
}

async fn fixed(name: &'static str, headers: HeaderMap) -> Response {
    serve(name, &headers, FOR_AN_HOUR)
}

fn serve(name: &str, headers: &HeaderMap, caching: &'static str) -> Response {
    let (Some(content_type), Some((file, encoding))) = (content_type(name), find(name, headers))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut answer = HeaderMap::new();
    let tag = tag(&file.metadata.sha256_hash());
    let is_known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || known.trim().trim_start_matches("W/") == tag);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(ETAG, tag);
    }
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    answer.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_known {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (answer, file.data).into_response()
}

/// The smallest copy the browser reads.
fn find(
    name: &str,
    headers: &HeaderMap,
) -> Option<(rust_embed::EmbeddedFile, Option<&'static str>)> {
    for (coding, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(headers, coding)
            && let Some(file) = Files::get(&format!("{name}{ending}"))
        {
            return Some((file, Some(coding)));
        }
    }
    Files::get(name).map(|file| (file, None))
}

/// RFC 9110 section 12.5.3, for the codings we have: named, and not with a weight of zero.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let mut parts = offer.split(';').map(str::trim);
            let is_named = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case(coding));
            let is_refused = parts
                .filter_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")))
                .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
            is_named && !is_refused
        })
}

fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "ico" => Some("image/x-icon"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "wasm" => Some("application/wasm"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

/// The hash of these very bytes, so a compressed copy has a tag of its own.
fn tag(hash: &[u8; 32]) -> String {
    let mut tag = String::from("\"");
    for byte in &hash[..16] {
        // Writing to a string cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// `muster.<hash>`, as the manifest says it.
fn output_name() -> Option<String> {
    let manifest = Files::get("manifest.json")?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest.data).ok()?;
    Some(manifest["output_name"].as_str().or(MADE_WITH)?.to_owned())
}
