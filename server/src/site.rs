//! The site inside the binary: wasm, script, stylesheet, fonts and pictures, under names that change with their
//! content. `cargo xtask build` puts them there; without it the folder is missing and the program says so.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use leptos::config::LeptosOptions;
use rust_embed::RustEmbed;
use std::borrow::Cow;
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

/// A file with the hash of its bytes.
struct File {
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
}

/// Where files are found by name.
type Shelf = fn(&str) -> Option<File>;

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
        .route("/icons.svg", fixed("icons.svg"))
        .route("/favicon.svg", fixed("favicon.svg"))
        .route("/favicon.ico", fixed("favicon.ico"))
}

/// A file whose name never changes.
fn fixed<S: Clone + Send + Sync + 'static>(name: &'static str) -> MethodRouter<S> {
    get(move |headers: HeaderMap| async move { serve(embedded, name, &headers, FOR_AN_HOUR) })
}

async fn hashed(Path(name): Path<String>, headers: HeaderMap) -> Response {
    // A name, a hash, an ending. Neither the manifest nor a compressed copy is an address.
    if name.split('.').count() < 3 {
        return StatusCode::NOT_FOUND.into_response();
    }
    serve(embedded, &name, &headers, FOREVER)
}

fn embedded(name: &str) -> Option<File> {
    let file = Files::get(name)?;
    Some(File {
        hash: file.metadata.sha256_hash(),
        bytes: file.data,
    })
}

fn serve(shelf: Shelf, name: &str, headers: &HeaderMap, caching: &'static str) -> Response {
    let Some((content_type, (file, encoding))) = content_type(name).zip(find(shelf, name, headers))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut answer = HeaderMap::new();
    let tag = tag(&file.hash);
    let is_known = items(headers, IF_NONE_MATCH)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag);
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
    (answer, file.bytes).into_response()
}

/// The smallest copy the browser reads.
fn find(shelf: Shelf, name: &str, headers: &HeaderMap) -> Option<(File, Option<&'static str>)> {
    let compressed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts(headers, coding))
        .find_map(|(coding, ending)| Some((shelf(&format!("{name}{ending}"))?, Some(coding))));
    compressed.or_else(|| Some((shelf(name)?, None)))
}

/// RFC 9110 section 12.5.3, for the codings we have: named, and not with a weight of zero.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    items(headers, ACCEPT_ENCODING).any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let is_named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let is_refused = parts
            .filter_map(|part| {
                part.to_ascii_lowercase()
                    .strip_prefix("q=")?
                    .parse::<f32>()
                    .ok()
            })
            .any(|weight| weight <= 0.0);
        is_named && !is_refused
    })
}

/// The items of a header that is a list, over all its lines.
fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use leptos::nonce::Nonce;
    use leptos::prelude::*;
    use tower::ServiceExt;

    /// A stylesheet with both copies, a font without any, and a manifest.
    fn shelf(name: &str) -> Option<File> {
        let bytes: &'static [u8] = match name {
            "muster.1.css" => b"plain",
            "muster.1.css.br" => b"br",
            "muster.1.css.gz" => b"gzip",
            "inter.2.woff2" => b"font",
            "manifest.json" => b"{}",
            _ => return None,
        };
        let mut hash = [0; 32];
        hash[..bytes.len()].copy_from_slice(bytes);
        Some(File {
            bytes: Cow::Borrowed(bytes),
            hash,
        })
    }

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    async fn body(response: Response) -> String {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn the_smallest_copy_the_browser_reads_is_sent() {
        for (accepted, sent) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip;q=1.0, br;q=0", "gzip"),
            ("GZIP", "gzip"),
            ("br; q=0.0, gzip; Q=0", "plain"),
            ("identity", "plain"),
            ("brotli", "plain"),
        ] {
            let answer = serve(
                shelf,
                "muster.1.css",
                &headers(ACCEPT_ENCODING, accepted),
                FOREVER,
            );
            assert_eq!(answer.headers()[VARY], "Accept-Encoding");
            let encoding = answer.headers().get(CONTENT_ENCODING).cloned();
            assert_eq!(
                encoding.map_or("plain".to_owned(), |it| it.to_str().unwrap().to_owned()),
                sent
            );
            assert_eq!(body(answer).await, sent, "{accepted}");
        }
    }

    #[tokio::test]
    async fn a_file_without_copies_is_sent_as_it_is() {
        let answer = serve(
            shelf,
            "inter.2.woff2",
            &headers(ACCEPT_ENCODING, "br"),
            FOREVER,
        );
        assert_eq!(answer.headers()[CONTENT_TYPE], "font/woff2");
        assert_eq!(answer.headers()[CACHE_CONTROL], FOREVER);
        assert_eq!(answer.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers().get(CONTENT_ENCODING), None);
        assert_eq!(body(answer).await, "font");
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let first = serve(shelf, "muster.1.css", &HeaderMap::new(), FOREVER);
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            "*".to_owned(),
        ] {
            let again = serve(
                shelf,
                "muster.1.css",
                &headers(IF_NONE_MATCH, &known),
                FOREVER,
            );
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(body(again).await, "");
        }
        let other = serve(
            shelf,
            "muster.1.css",
            &headers(IF_NONE_MATCH, "\"other\""),
            FOREVER,
        );
        assert_eq!(other.status(), StatusCode::OK);
        let packed = serve(
            shelf,
            "muster.1.css",
            &headers(ACCEPT_ENCODING, "br"),
            FOREVER,
        );
        assert_ne!(
            packed.headers()[ETAG].to_str().unwrap(),
            tag,
            "a copy is another representation"
        );
    }

    #[test]
    fn the_nonce_of_a_page_stands_where_no_stylesheet_can_read_it() {
        let head = Owner::new().with(|| {
            provide_context(Nonce::from_value("rAnd0m"));
            app::hydration::head(Site::options()).into_view().to_html()
        });
        assert_eq!(head.matches("rAnd0m").count(), 2, "{head}");
        assert_eq!(
            head.matches(" nonce=\"rAnd0m\"").count(),
            2,
            "on the script and its preload: {head}"
        );
        assert_eq!(head.matches(" crossorigin=\"\"").count(), 2, "{head}");
    }

    #[test]
    fn only_what_a_browser_loads_is_served() {
        for name in [
            "manifest.json",
            "muster.1.css.br",
            "muster.2.css",
            "",
            "../Cargo.toml",
        ] {
            let answer = serve(shelf, name, &HeaderMap::new(), FOREVER);
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }

    #[tokio::test]
    async fn an_unknown_address_of_the_site_is_not_found() {
        for address in [
            "/site/manifest.json",
            "/site/icons.svg",
            "/site/..%2FCargo.toml",
            "/site/a.b.css",
            "/site/",
        ] {
            let request = Request::get(address).body(Body::empty()).unwrap();
            let answer = routes::<()>().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{address}");
        }
    }
}
