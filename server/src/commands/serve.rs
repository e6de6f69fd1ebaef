//! `muster serve`: reads the settings, opens the database, and serves until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;

use directory::delivery;
use directory::secret::{Cost, Hashing};
use directory::set_up;
use directory::store::db::Db;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::bootstrap;
use crate::config::{Config, Flags, PublicUrl, SignIn};
use crate::data::Data;
use crate::mail::{self, Patience, Post, Sending};
use crate::oidc::{Provider, Settings};
use crate::outbound::Outbound;
use crate::scim::forget;
use crate::seal;
use crate::site::Site;
use crate::state::{AppState, Parts};
use crate::{http, router, session};

/// Serve the console and SCIM.
///
/// Works without any setting: listens on loopback and keeps everything in ./data. The first start prints a link to
/// create the first administrator. Each setting is a flag, an environment variable (MUSTER__LISTEN, MUSTER__PUBLIC_URL,
/// …) or a key of the TOML file, and counts in this order. Only in the file or the environment: trusted_proxies,
/// outbound_allow, name_server, mail.ca_file, and the table sign_in with name, issuer, client_id, client_secret_file and domains.
/// The flags that begin with mail- are keys of the table mail: --mail-host is mail.host or MUSTER__MAIL__HOST.
#[derive(Debug, Clone, Default, clap::Args)]
#[expect(
    clippy::doc_markdown,
    reason = "the words of --help, shown as they stand"
)]
pub struct Args {
    #[command(flatten)]
    flags: Flags,
    /// Fill an empty database from this TOML file before listening
    #[arg(long, value_name = "FILE")]
    bootstrap: Option<PathBuf>,
}

/// A server that is ready to serve.
pub struct Server {
    /// What its handlers share.
    pub state: AppState,
    listener: TcpListener,
    post: Option<Post>,
    /// Held while we serve: a second server on the same file is refused.
    _data: Data,
}

/// Serves until SIGTERM or SIGINT.
///
/// # Errors
/// One line that says why it does not start.
pub async fn run(args: Args) -> Result<(), String> {
    if !Site::is_built() {
        return Err("built without its pages: run cargo xtask build".to_owned());
    }
    log();
    let config = Config::read(&args.flags)?;
    let server = Server::start(config, args.bootstrap).await?;
    if let Some(link) = server.set_up_link().await? {
        eprintln!("Open {link} to create the first administrator (valid for 60 minutes).");
    }
    stop_on_signals(server.state.stopping.clone())?;
    server.serve().await;
    Ok(())
}

impl Server {
    /// Opens everything, and listens.
    ///
    /// # Errors
    /// One line that says why not.
    pub async fn start(config: Config, bootstrap: Option<PathBuf>) -> Result<Self, String> {
        // Two in one process install the same; that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data = Data::open(&config)?;
        let db = Db::open(&config.database_url())
            .await
            .map_err(|error| format!("the database cannot be used: {error}"))?;
        delivery::take_over(&db)
            .await
            .map_err(|error| format!("the database cannot be used: {error}"))?;
        let secrets = data.secrets(&config, &db).await?;
        let hashing = Hashing::new(Cost::Full).map_err(|error| error.to_string())?;
        if let Some(file) = bootstrap {
            bootstrap::run(&db, &secrets, &hashing, &file).await?;
        }
        let post = config
            .mail
            .as_ref()
            .map(|mail| Post::new(mail, &config.outbound_allow, Patience::default()))
            .transpose()?;
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
        let listening = listener.local_addr().map_err(|error| error.to_string())?;
        let public_url = config.public_url(listening)?;
        let outbound = Outbound::new(config.outbound_allow.clone())?;
        let providers = providers(&config, &public_url, &outbound)?;
        let state = AppState::new(Parts {
            db,
            secrets: Arc::new(secrets),
            hashing,
            config,
            public_url,
            providers,
            outbound,
        });
        Ok(Self {
            state,
            listener,
            post,
            _data: data,
        })
    }

    /// Where the first administrator is created; none once there is one.
    ///
    /// # Errors
    /// Where the database cannot be used.
    pub async fn set_up_link(&self) -> Result<Option<String>, String> {
        let code = set_up::new_code(self.state.db())
            .await
            .map_err(|error| error.to_string())?;
        Ok(code.map(|code| format!("{}/set-up?code={code}", self.state.public_url.as_str())))
    }

    /// Serves until the state says stop, and finishes what is under way.
    pub async fn serve(self) {
        let state = self.state;
        tracing::info!(
            url = state.public_url.as_str(),
            database = state.db().kind(),
            "serving {}",
            state.public_url.as_str()
        );
        state.tracker.spawn(session::sweep(state.clone()));
        let tidying = mail::tidy(state.db().clone(), state.stopping.clone());
        state.tracker.spawn(tidying);
        if let Some(post) = self.post {
            let sending = Sending::new(&state, post);
            state.tracker.spawn(sending.run(state.stopping.clone()));
        }
        state.tracker.spawn(forget::old_requests(state.clone()));
        state.tracker.spawn(seal::events(state.clone()));
        let (stopping, tracker) = (state.stopping.clone(), state.tracker.clone());
        let is_drained = http::serve(self.listener, router(state.clone()), stopping, tracker).await;
        if !is_drained {
            tracing::warn!("stopped while requests were still under way");
        }
        state.scim_log.flush().await;
        state.db().close().await;
        tracing::info!("stopped");
    }
}

fn providers(
    config: &Config,
    public_url: &PublicUrl,
    outbound: &Outbound,
) -> Result<Vec<Provider>, String> {
    let Some(sign_in) = &config.sign_in else {
        return Ok(Vec::new());
    };
    let client_secret = match &sign_in.client_secret_file {
        Some(file) => Some(std::fs::read_to_string(file).map_err(|error| {
            format!(
                "the client secret in {} cannot be read: {error}",
                file.display()
            )
        })?),
        None => None,
    };
    Provider::new(
        settings(sign_in, client_secret),
        public_url,
        outbound.clone(),
    )
    .map(|provider| vec![provider])
}

fn settings(sign_in: &SignIn, client_secret: Option<String>) -> Settings {
    Settings {
        id: "sso".to_owned(),
        name: sign_in.name.clone(),
        issuer: sign_in.issuer.clone(),
        client_id: sign_in.client_id.clone(),
        client_secret: client_secret.map(|secret| secret.trim_end().to_owned()),
        domains: sign_in.domains.clone(),
    }
}

pub(crate) fn stop_on_signals(stopping: CancellationToken) -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopping.cancel();
    });
    Ok(())
}

/// Logs go to stderr; `RUST_LOG` chooses what.
pub(crate) fn log() {
    // The session library calls an expired cookie suspicious; it is not.
    let usual = "info,tower_sessions_core=error,tower_sessions=error,sqlx=warn";
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(false);
    // A second call, in a test, changes nothing.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init();
}
