//! The pages: who may look at which, and what each is told about the visit it answers.

use app::appearance::{Shortcuts, Theme};
use app::server::{Asking, Console, First, ask_from, take_flash};
use app::visit::{Flash, Viewer, Visit};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use directory::model::user::User;
use directory::store::db::Db;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower_sessions::Session;
use url::form_urlencoded::byte_serialize;

use crate::access::{self, Asks};
use crate::functions::see_other;
use crate::state::AppState;

/// The page of a person who is no administrator.
const WELCOME: &str = "/welcome";
/// Where people land: from here, and from no link they followed, the steps after a first sign-in begin.
const LANDINGS: [&str; 2] = ["/", WELCOME];

/// Every page of the console, each behind the gate.
pub fn routes(state: &AppState) -> Router<AppState> {
    let options = state.options.clone();
    let listing = generate_route_list(move || app::shell(options.clone()));
    Router::new()
        .leptos_routes_with_handler(listing, page)
        .route_layer(from_fn_with_state(state.clone(), gate))
}

async fn page(State(state): State<AppState>, request: Request) -> Response {
    render(&state, request).await
}

/// What stands at no address: a page that says so to a browser, nothing to others.
pub async fn not_found(
    State(state): State<AppState>,
    session: Session,
    mut request: Request,
) -> Response {
    let wants_page = request.headers().get(ACCEPT).is_some_and(|accept| {
        accept
            .to_str()
            .is_ok_and(|accept| accept.contains("text/html"))
    });
    if request.method() != Method::GET || !wants_page {
        return StatusCode::NOT_FOUND.into_response();
    }
    let asking = ask_from(state.db(), &session, request.extensions())
        .await
        .ok()
        .flatten();
    let visit = visit_of(&state.console, &session, asking.as_ref()).await;
    request.extensions_mut().insert(visit);
    let mut response = render(&state, request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// Renders the page of a request; what the layers found out is in its extensions.
pub async fn render(state: &AppState, request: Request<Body>) -> Response {
    let options = state.options.clone();
    render_app_async_with_context(context(state), move || app::shell(options.clone()))(request)
        .await
}

/// Renders a page as the answer to another request, with what that request is told.
pub async fn render_at(state: &AppState, mut head: Parts, page: &str, visit: Visit) -> Response {
    let Ok(uri) = page.parse() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    head.method = Method::GET;
    head.uri = uri;
    head.extensions.insert(visit);
    render(state, Request::from_parts(head, Body::empty())).await
}

/// What is provided to pages and to server functions.
pub fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let console = state.console.clone();
    move || {
        provide_context(console.clone());
        let Some(parts) = use_context::<Parts>() else {
            return;
        };
        if let Some(nonce) = parts.extensions.get::<Nonce>() {
            provide_context(nonce.clone());
        }
        if let Some(visit) = parts.extensions.get::<Visit>() {
            provide_context(visit.clone());
        }
        let chosen = |name| cookie(&parts.headers, name);
        provide_context(chosen(Theme::COOKIE).map(Theme::read).unwrap_or_default());
        provide_context(
            chosen(Shortcuts::COOKIE)
                .map(Shortcuts::read)
                .unwrap_or_default(),
        );
    }
}

/// Sends strangers to the sign-in page and people without any privilege to their own; tells the others' pages who looks.
pub(crate) async fn gate(
    State(state): State<AppState>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let asking = match ask_from(state.db(), &session, request.extensions()).await {
        Ok(asking) => asking,
        Err(error) => {
            return StatusCode::from_u16(error.status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response();
        }
    };
    let path = request.uri().path();
    let asks = access::of_page(path);
    match &asking {
        None if asks != Asks::Nothing => {
            return see_other(&sign_in_page(
                request
                    .uri()
                    .path_and_query()
                    .map_or("/", |page| page.as_str()),
            ));
        }
        Some(asking) if !asks.is_open_before(asking.first()) => {
            return see_other(asking.first().map_or(WELCOME, First::page));
        }
        Some(asking) if !asking.admin.is_administrator() && !asks.is_for_everybody() => {
            return see_other(WELCOME);
        }
        Some(asking) if LANDINGS.contains(&path) => {
            if let Some(page) = next_step(state.db(), &asking.user).await {
                return see_other(&page);
            }
        }
        _ => {}
    }
    let visit = visit_of(&state.console, &session, asking.as_ref()).await;
    request.extensions_mut().insert(visit);
    if let Some(asking) = asking {
        request.extensions_mut().insert(asking);
    }
    next.run(request).await
}

/// The page of the step that is next for somebody. Where that cannot be read they go on without it.
async fn next_step(db: &Db, user: &User) -> Option<String> {
    let next = directory::onboarding::next(db, user).await.ok().flatten();
    next.map(|progress| app::pages::onboarding::page_of(progress.step))
}

/// The sign-in page that leads back to a page.
pub(crate) fn sign_in_page(back: &str) -> String {
    if back == "/" {
        return "/sign-in".to_owned();
    }
    format!(
        "/sign-in?return_to={}",
        byte_serialize(back.as_bytes()).collect::<String>()
    )
}

/// What a page is told about the visit it answers, with what the form before it left.
async fn visit_of(console: &Console, session: &Session, asking: Option<&Asking>) -> Visit {
    // A page is still worth showing when what was left to be said cannot be read; the log says why.
    let flash = take_flash(session).await.unwrap_or_default();
    Visit {
        flash,
        ..visit(console, asking).await
    }
}

/// What a page is told about the visit it answers.
pub(crate) async fn visit(console: &Console, asking: Option<&Asking>) -> Visit {
    let approvals = match asking {
        Some(asking) => directory::admin::approvals::count(&console.db, &asking.admin)
            .await
            .unwrap_or_default(),
        None => 0,
    };
    Visit {
        now: directory::store::db::now(),
        viewer: asking.map(viewer),
        flash: Flash::default(),
        organisation: organisation(&console.db).await.unwrap_or_default(),
        approvals,
        public_url: console.public_url.to_string(),
        ways: console.ways.to_vec(),
        banner: console.banner.as_deref().cloned(),
        leaves: console.leaves.clone(),
        revealed: None,
        recovery_codes: Vec::new(),
    }
}

async fn organisation(db: &Db) -> directory::Result<String> {
    let root = directory::store::nodes::root(&mut db.read().await?).await?;
    Ok(root.map(|root| root.name).unwrap_or_default())
}

fn viewer(asking: &Asking) -> Viewer {
    Viewer {
        id: asking.user.id.clone(),
        name: asking.user.label.clone(),
        login: asking.user.login.clone(),
        is_administrator: asking.admin.is_administrator(),
        privileges: asking.admin.privileges(),
        closed: asking.closed.clone(),
    }
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}
