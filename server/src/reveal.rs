//! What is shown once: a token, or recovery codes, made by a POST and answered in the same breath (TOK-4).

use app::error::AppError;
use app::pages::second_factor::PAGE;
use app::server::{Asking, Client, arrive, ask_from, keep_flash, renew};
use app::visit::{Flash, Refused, Revealed, Toast, ToastKind, Visit};
use axum::extract::{Form, FromRequest as _, Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use directory::admin::connections::{self, NewToken, USUAL_DAYS};
use directory::model::id::NodeId;
use directory::model::user::User;
use directory::second_factor;
use tower_sessions::Session;

use crate::functions::see_other;
use crate::pages;
use crate::state::AppState;

/// Where secrets are made.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/nodes/{id}/connection/token", post(token))
        .route(PAGE, post(confirm))
        .route(&format!("{PAGE}/codes"), post(new_codes))
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

/// What the form says of a second factor.
#[derive(Default, serde::Deserialize)]
struct Typed {
    #[serde(default)]
    code: String,
}

/// Whoever asks; or the way to the sign-in page that leads back to a page.
async fn who(
    state: &AppState,
    session: &Session,
    head: &Parts,
    page: &str,
) -> Result<Asking, Box<Response>> {
    match ask_from(state.db(), session, &head.extensions).await {
        Ok(Some(asking)) => Ok(asking),
        Ok(None) => Err(Box::new(see_other(&pages::sign_in_page(page)))),
        Err(error) => Err(Box::new(failed(&error))),
    }
}

fn failed(error: &AppError) -> Response {
    StatusCode::from_u16(error.status())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        .into_response()
}

/// What is wrong with the code, beside its field; all else, such as an offer that has ended, at the bottom of the page.
fn told(error: &AppError) -> Flash {
    if error.field() == "code" {
        let refused = Refused {
            form: "second-factor".to_owned(),
            values: Vec::new(),
            errors: vec![("code".to_owned(), error.to_string())],
        };
        return Flash {
            toasts: Vec::new(),
            refused: Some(refused),
        };
    }
    let toast = Toast {
        kind: ToastKind::Failed,
        text: error.to_string(),
        more: None,
    };
    Flash {
        toasts: vec![toast],
        refused: None,
    }
}

/// Confirms the second factor that was offered, and answers with its recovery codes. Nothing is redirected or kept.
async fn confirm(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    session: Session,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let asking = match who(&state, &session, &head, PAGE).await {
        Ok(asking) => asking,
        Err(answer) => return *answer,
    };
    let again = Request::from_parts(head.clone(), body);
    let typed = Form::<Typed>::from_request(again, &())
        .await
        .map_or_else(|_| Typed::default(), |Form(typed)| typed);
    // Counted apart from the codes of a sign-in: nobody gains anything by guessing their own.
    let account = format!("{} set up", asking.user.id);
    let confirmed = if state.console.attempts.is_allowed_at(&account, client.0) {
        second_factor::confirm(state.db(), state.secrets(), &asking.user, &typed.code)
            .await
            .map_err(AppError::from)
    } else {
        Err(AppError::TooMany)
    };
    match confirmed {
        Ok(codes) => {
            if let Err(error) = let_on(&state, &session, &head, &asking.user).await {
                return failed(&error);
            }
            show_codes(&state, &session, head, codes).await
        }
        Err(error) => {
            let flash = told(&error);
            // Without the sentence the person still sees that nothing is switched on.
            let _ = keep_flash(&session, &flash).await;
            see_other(PAGE)
        }
    }
}

/// The session owes nothing any more, and goes on as one that has just begun.
async fn let_on(
    state: &AppState,
    session: &Session,
    head: &Parts,
    user: &User,
) -> Result<(), AppError> {
    renew(session, user, false).await?;
    arrive(&state.console, head, user).await
}

/// Puts new recovery codes in the place of the old ones, and answers with them.
async fn new_codes(State(state): State<AppState>, session: Session, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let asking = match who(&state, &session, &head, PAGE).await {
        Ok(asking) => asking,
        Err(answer) => return *answer,
    };
    if let Some(first) = asking.first() {
        return see_other(first.page());
    }
    match second_factor::new_codes(state.db(), state.secrets(), &asking.user).await {
        Ok(codes) => show_codes(&state, &session, head, codes).await,
        Err(error) => {
            let flash = Flash::from(Toast::failed(AppError::from(error).to_string()));
            // Without the notice the person still sees that there are no new ones.
            let _ = keep_flash(&session, &flash).await;
            see_other(PAGE)
        }
    }
}

async fn show_codes(
    state: &AppState,
    session: &Session,
    head: Parts,
    codes: Vec<String>,
) -> Response {
    // Asked once more: what they may do has changed with it.
    let asking = match who(state, session, &head, PAGE).await {
        Ok(asking) => asking,
        Err(answer) => return *answer,
    };
    let visit = Visit {
        recovery_codes: codes,
        ..pages::visit(&state.console, Some(&asking)).await
    };
    show(state, head, asking, PAGE, visit).await
}

/// Makes a token and answers with the page of the connection around it. Nothing is redirected or kept.
async fn token(
    State(state): State<AppState>,
    Path(node): Path<i64>,
    session: Session,
    request: Request,
) -> Response {
    let page = format!("/nodes/{node}/connection");
    let (head, body) = request.into_parts();
    let asking = match who(&state, &session, &head, &page).await {
        Ok(asking) => asking,
        Err(answer) => return *answer,
    };
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
            let revealed = Revealed {
                id: made.token.id.0,
                secret: made.secret,
            };
            let visit = Visit {
                revealed: Some(revealed),
                ..pages::visit(&state.console, Some(&asking)).await
            };
            show(&state, head, asking, &page, visit).await
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
    visit: Visit,
) -> Response {
    head.extensions.insert(asking);
    pages::render_at(state, head, page, visit).await
}
