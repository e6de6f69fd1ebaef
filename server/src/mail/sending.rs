//! The work that empties the outbox: one mail after the other, as long as the server runs.

use std::sync::Arc;
use std::time::Duration;

use directory::delivery::{self, Leaving};
use directory::secret::Secrets;
use directory::store::db::Db;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::message::message;
use super::post::{NotTaken, Post};
use crate::state::AppState;

/// How often the outbox is looked into.
const LOOK: Duration = Duration::from_secs(1);
/// How long to wait when the mail server cannot be reached: twice as long each time, up to this.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How often invitations are looked at that expire, or are to be sent again.
const TIDY: Duration = Duration::from_mins(10);

/// Whoever sends mail.
pub struct Sending {
    db: Db,
    secrets: Arc<Secrets>,
    public_url: String,
    post: Post,
    connection: Option<AsyncSmtpConnection>,
    /// How long the mail server could not be reached; zero while it can.
    wait: Duration,
    is_troubled: bool,
}

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There may be more.
    More,
    /// Nothing waits.
    Nothing,
    /// The mail server cannot be reached; try again after so long.
    NoWay(Duration),
}

impl Sending {
    /// The outbox of a server, over this way.
    pub fn new(state: &AppState, post: Post) -> Self {
        Self {
            db: state.db().clone(),
            secrets: state.console.secrets.clone(),
            public_url: state.public_url.as_str().to_owned(),
            post,
            connection: None,
            wait: Duration::ZERO,
            // What another start of the server has said may be true no longer.
            is_troubled: true,
        }
    }

    /// Sends what waits until the server stops; a mail that is under way is finished first.
    pub async fn run(mut self, stopping: CancellationToken) {
        loop {
            let pause = match self.step().await {
                Ok(Next::More) => Duration::ZERO,
                Ok(Next::Nothing) => LOOK,
                Ok(Next::NoWay(wait)) => wait,
                Err(error) => {
                    tracing::warn!(%error, "the outbox could not be worked on");
                    LOOK
                }
            };
            if timeout(pause, stopping.cancelled()).await.is_ok() {
                break;
            }
        }
        self.hang_up().await;
    }

    /// Sends the next mail, if there is one.
    ///
    /// # Errors
    /// Where the database cannot be used.
    pub async fn step(&mut self) -> directory::Result<Next> {
        if !delivery::is_due(&self.db).await? {
            self.hang_up().await;
            return Ok(Next::Nothing);
        }
        // First the way, then the mail: no mail is to blame for a server that is down.
        if let Err(trouble) = self.dial().await {
            tracing::warn!(trouble, "no mail leaves: {trouble}");
            delivery::no_way(&self.db, &trouble).await?;
            self.is_troubled = true;
            self.wait = (self.wait * 2).clamp(LOOK, LONGEST_WAIT);
            return Ok(Next::NoWay(self.wait));
        }
        self.wait = Duration::ZERO;
        if self.is_troubled {
            delivery::way_is_open(&self.db).await?;
            self.is_troubled = false;
        }
        if let Some(mail) = delivery::next(&self.db, &self.secrets).await? {
            self.send(&mail).await?;
        }
        Ok(Next::More)
    }

    /// Makes sure that there is a connection, and that the mail server still listens.
    async fn dial(&mut self) -> Result<(), String> {
        if let Some(connection) = &mut self.connection
            && !matches!(timeout(LOOK, connection.test_connected()).await, Ok(true))
        {
            self.connection = None;
        }
        if self.connection.is_none() {
            self.connection = Some(self.post.connect().await?);
        }
        Ok(())
    }

    async fn send(&mut self, mail: &Leaving) -> directory::Result<()> {
        let message = match message(mail, &self.post.from, &self.public_url) {
            Ok(message) => message,
            Err(trouble) => return delivery::never(&self.db, mail, &trouble).await,
        };
        let Some(connection) = &mut self.connection else {
            return Ok(());
        };
        match self.post.send(connection, &message).await {
            Ok(()) => {
                tracing::info!(mail = mail.id, "sent the mail {}", mail.id);
                delivery::sent(&self.db, mail).await
            }
            Err(NotTaken::Now(trouble)) => {
                tracing::info!(
                    mail = mail.id,
                    trouble,
                    "the mail {} waits: {trouble}",
                    mail.id
                );
                self.connection = None;
                delivery::later(&self.db, mail, &trouble).await
            }
            Err(NotTaken::Ever(trouble)) => {
                tracing::warn!(
                    mail = mail.id,
                    trouble,
                    "the mail {} is given up: {trouble}",
                    mail.id
                );
                self.connection = None;
                delivery::never(&self.db, mail, &trouble).await
            }
        }
    }

    /// Says goodbye; what the mail server makes of it does not matter.
    async fn hang_up(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            let _ = timeout(LOOK, connection.quit()).await;
        }
    }
}

/// Ends invitations whose time is over and sends them again where a node wants that, until the server stops.
pub async fn tidy(db: Db, stopping: CancellationToken) {
    let mut due = Instant::now();
    while timeout(
        due.saturating_duration_since(Instant::now()),
        stopping.cancelled(),
    )
    .await
    .is_err()
    {
        if let Err(error) = delivery::tidy(&db).await {
            tracing::warn!(%error, "invitations could not be tidied");
        }
        due = Instant::now() + TIDY;
    }
}
