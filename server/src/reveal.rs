//! What is shown once: a token, made by a POST and answered in the same breath (TOK-4).

use app::error::AppError;
use app::server::{Asking, ask_from, keep_flash};
use app::visit::{Flash, Revealed, Toast, Visit};
use axum::Router;
use axum::extract::{Form, FromRequest as _, Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use directory::admin::connections::{self, NewToken, USUAL_DAYS};
use directory::model::id::NodeId;
use tower_sessions::Session;

use crate::functions::see_other;
use crate::pages;
use crate::state::AppState;

/// Where secrets are made.
pub fn routes() -> Router<AppState> {
    Router::new().route("/nodes/{id}/connection/token", post(token))
}

/// What the form says of a token.
#[derive(Default, serde::Deserialize)]
struct Wanted {
    #[serde(default)]
    token_name: String,
    days: Option<String>,
}

impl From<Wanted> for NewToken {
    fn from(wanted: Wanted) -> Self {
        Self {
            name: wanted.token_name,
            // What is no number is no number of days: the verb says so.
            days: wanted
                .days
                .map_or(USUAL_DAYS, |days| days.trim().parse().unwrap_or_default()),
        }
    }
}

/// Makes a token and answers with the page of the connection around it. Nothing is redirected or kept.
async fn token(
    State(state): State<AppState>,
    Path(node): Path<i64>,
    session: Session,
    request: Request,
) -> Response {
    let page = format!("/nodes/{node}/connection");
    let asking = match ask_from(state.db(), &session, request.extensions()).await {
        Ok(Some(asking)) => asking,
        Ok(None) => return see_other(&pages::sign_in_page(&page)),
        Err(error) => {
            return StatusCode::from_u16(error.status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response();
        }
    };
    let (head, body) = request.into_parts();
    let again = Request::from_parts(head.clone(), body);
    // A form that names nothing asks for the usual.
    let wanted = Form::<Wanted>::from_request(again, &())
        .await
        .map_or_else(|_| Wanted::default(), |Form(wanted)| wanted);
    let made = connections::generate_token(
        state.db(),
        &asking.admin,
        state.secrets(),
        NodeId(node),
        NewToken::from(wanted),
    )
    .await;
    match made {
        Ok(made) => {
            show(
                &state,
                head,
                asking,
                &page,
                Revealed {
                    id: made.token.id.0,
                    secret: made.secret,
                },
            )
            .await
        }
        Err(error) => {
            let flash = Flash::from(Toast::failed(AppError::from(error).to_string()));
            // Without the notice the person still sees that there is no token.
            let _ = keep_flash(&session, &flash).await;
            see_other(&page)
        }
    }
}

/// The page, with the secret in it. Like every page it is `no-store`.
async fn show(
    state: &AppState,
    mut head: Parts,
    asking: Asking,
    page: &str,
    revealed: Revealed,
) -> Response {
    let visit = Visit {
        revealed: Some(revealed),
        ..pages::visit(&state.console, Some(&asking)).await
    };
    head.extensions.insert(asking);
    pages::render_at(state, head, page, visit).await
}
