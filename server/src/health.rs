//! Whether the process lives, and whether it should be sent requests.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::state::AppState;

/// The two questions a supervisor asks.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
}

/// Ready while the database answers and the server does not stop.
async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if state.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match is_answering(&state).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
        }
    }
}

async fn is_answering(state: &AppState) -> directory::Result<()> {
    let mut tx = state.db().read().await?;
    directory::store::settings::get(&mut tx, "secrets_fingerprint")
        .await
        .map(|_| ())
}
