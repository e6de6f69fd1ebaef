//! Old requests are forgotten in the background, in portions that nobody waits for.

use std::time::Duration;

use directory::provisioning::requests::forget_old;

use crate::state::AppState;

/// How often old requests are looked for.
const EVERY: Duration = Duration::from_mins(10);
/// How many are forgotten in one unit of work.
const PORTION: i64 = 500;
/// How long others may write between two portions.
const PAUSE: Duration = Duration::from_millis(50);

/// Forgets requests that are older than the settings say, until the server stops.
pub async fn old_requests(state: AppState) {
    let mut wait = PAUSE;
    while tokio::time::timeout(wait, state.stopping.cancelled())
        .await
        .is_err()
    {
        wait = match forget_old(state.db(), PORTION).await {
            Ok(count) if count.cast_signed() >= PORTION => PAUSE,
            Ok(_) => EVERY,
            Err(error) => {
                tracing::warn!(%error, "old requests could not be forgotten");
                EVERY
            }
        };
    }
}
