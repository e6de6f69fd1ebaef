//! The program: every address of it, in one function.

pub mod site;

use app::{App, shell};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::Response;
use leptos::nonce::Nonce;
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};
use site::Site;

/// Every address of the program.
pub fn router() -> Router {
    let options = Site::options();
    let routes = generate_route_list(App);
    let pages = Router::new()
        .leptos_routes_with_context(&options, routes, provide_nonce, {
            let options = options.clone();
            move || shell(options.clone())
        })
        .with_state(options);
    pages
        .merge(site::routes())
        .layer(middleware::from_fn(policy))
}

/// Hands the nonce of this answer to the page.
fn provide_nonce() {
    let nonce = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Nonce>().cloned());
    if let Some(nonce) = nonce {
        provide_context(nonce);
    }
}

/// The policy of every page, with a nonce of its own.
async fn policy(mut request: Request<Body>, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}
