//! The program: every address of it, in one function; and what every request goes through, in one list.

pub mod access;
pub mod bootstrap;
pub mod commands;
pub mod config;
pub mod data;
pub mod demo;
mod dns;
pub mod exports;
mod fresh;
pub mod functions;
mod headers;
mod health;
pub mod http;
mod import;
pub mod mail;
pub mod oidc;
mod origin;
pub mod outbound;
mod outside;
mod pages;
mod requests;
mod reveal;
pub mod scim;
mod seal;
pub mod session;
pub mod site;
pub mod state;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use requests::Entrance;
use state::AppState;

/// Every address of the program.
pub fn router(state: AppState) -> Router {
    router_with(state, Router::new())
}

/// Every address of the program, and more: the demo's.
fn router_with(state: AppState, more: Router<AppState>) -> Router {
    let addresses = Router::new()
        // Whether we live, and are ready.
        .merge(health::routes())
        // Wasm, script, stylesheet, fonts and pictures.
        .merge(site::routes())
        // Identity providers: bearer tokens, no cookies (CSR-3).
        .merge(crate::scim::routes(state.scim()).with_state(()))
        // People: cookies, no bearer tokens.
        .merge(console(&state))
        .merge(more);
    addresses
        .layer(
            ServiceBuilder::new()
                // Outermost: nothing below it is ever dropped half-way.
                .layer(from_fn_with_state(Entrance::new(&state), requests::enter))
                // A panic is the 500 of one request.
                .layer(CatchPanicLayer::custom(requests::panicked))
                // What extractors of axum read at the most; longer bodies are read by those who want them.
                .layer(DefaultBodyLimit::max(functions::LONGEST_FORM)),
        )
        .with_state(state)
}

/// The pages and what they ask of the server.
fn console(state: &AppState) -> Router<AppState> {
    let ours = origin::Ours {
        public_url: state.public_url.clone(),
        cookie: state.cookie,
    };
    Router::new()
        .merge(pages::routes(state))
        .merge(exports::routes(state))
        .merge(import::routes(state))
        .merge(oidc::routes())
        .merge(reveal::routes())
        .route("/api/{*function}", post(functions::call))
        .route(headers::REPORTS, post(headers::report))
        .fallback(pages::not_found)
        .layer(
            ServiceBuilder::new()
                // Another site may not act with our cookie.
                .layer(from_fn_with_state(ours, origin::same_origin))
                // Who it is, where somebody asks.
                .layer(session::layer(state))
                // What is sensitive asks for a proof of now.
                .layer(from_fn_with_state(state.clone(), fresh::required)),
        )
}
