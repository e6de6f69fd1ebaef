//! Seals the events that were committed, a little later, until the server stops (AUD-3).

use std::time::Duration;

use directory::audit;

use crate::state::AppState;

/// An event waits for its seal so long at the most, while nothing else is wrong.
const EVERY: Duration = Duration::from_secs(30);
/// How long others may write between two portions.
const PAUSE: Duration = Duration::from_millis(50);

/// Seals in portions.
pub async fn events(state: AppState) {
    let mut wait = PAUSE;
    while tokio::time::timeout(wait, state.stopping.cancelled())
        .await
        .is_err()
    {
        wait = match audit::seal(state.db(), state.secrets()).await {
            Ok(count) if count >= audit::PORTION => PAUSE,
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "events could not be sealed");
                EVERY
            }
        };
    }
}
