//! What all handlers share.

use std::sync::Arc;

use app::server::{Attempts, Console, Limits};
use app::visit::Way;
use axum::extract::FromRef;
use directory::secret::{Hashing, Secrets};
use directory::store::db::Db;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, PublicUrl};
use crate::dns::Dns;
use crate::exports::Busy;
use crate::mail::Mail;
use crate::oidc::{Provider, Providers};
use crate::outbound::Outbound;
use crate::outside::World;
use crate::scim;
use crate::scim::log::Log;
use crate::site::Site;

/// What all handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// What the pages are given with every request.
    pub console: Console,
    /// The settings.
    pub config: Arc<Config>,
    /// The address people and identity providers use.
    pub public_url: Arc<PublicUrl>,
    /// What the pages load.
    pub options: LeptosOptions,
    /// Identity providers people sign in with.
    pub providers: Providers,
    /// The name of the session cookie.
    pub cookie: &'static str,
    /// Where SCIM requests are noted.
    pub scim_log: Log,
    /// How much a client of SCIM may ask for.
    pub scim_limits: Arc<scim::Limits>,
    /// Who takes a list away at this moment.
    pub exports: Busy,
    /// Requests and work that goes on after them; the server waits for it when it stops.
    pub tracker: TaskTracker,
    /// The server is about to stop.
    pub stopping: CancellationToken,
}

/// What a server is made of.
pub struct Parts {
    /// The directory.
    pub db: Db,
    /// What tokens are kept with.
    pub secrets: Arc<Secrets>,
    /// What passphrases are kept with.
    pub hashing: Hashing,
    /// The settings.
    pub config: Config,
    /// The address people and identity providers use.
    pub public_url: PublicUrl,
    /// Identity providers of the settings.
    pub providers: Vec<Provider>,
    /// The way to other servers.
    pub outbound: Outbound,
}

/// `leptos_axum` asks for it.
impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.options.clone()
    }
}

impl AppState {
    /// The state of a server that begins. Within a runtime: what SCIM notes is written from now on.
    pub fn new(parts: Parts) -> Self {
        let (scim_log, written) = Log::start(parts.db.clone());
        tokio::spawn(written);
        let config = parts.config;
        let scim_limits = scim::Limits::new(
            config.scim_rate_limit,
            config.scim_rate_burst,
            config.auth_rate_limit,
        );
        let limits = if config.auth_rate_limit == 0 {
            Limits::Off
        } else {
            Limits::On
        };
        let ways: Vec<Way> = parts.providers.iter().map(Provider::way).collect();
        let outside = World {
            outbound: parts.outbound.clone(),
            dns: Dns::new(config.name_server),
        };
        let providers = Providers::new(
            parts.providers,
            parts.db.clone(),
            parts.secrets.clone(),
            parts.public_url.clone(),
            parts.outbound,
        );
        let console = Console {
            db: parts.db,
            secrets: parts.secrets,
            hashing: parts.hashing,
            public_url: parts.public_url.as_str().into(),
            ways: ways.into(),
            outside: Arc::new(outside),
            attempts: Arc::new(Attempts::new(limits)),
            leaves: config.mail.as_ref().map(Mail::leaves),
            banner: None,
        };
        Self {
            console,
            cookie: cookie_name(&parts.public_url),
            config: Arc::new(config),
            public_url: Arc::new(parts.public_url),
            options: Site::options(),
            providers,
            scim_log,
            scim_limits: Arc::new(scim_limits),
            exports: Busy::default(),
            tracker: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }
    }

    /// What the SCIM service is made of.
    pub fn scim(&self) -> scim::Service {
        scim::Service::new(scim::Parts {
            db: self.console.db.clone(),
            secrets: self.console.secrets.clone(),
            hashing: self.console.hashing.clone(),
            public_url: self.console.public_url.clone(),
            log: self.scim_log.clone(),
            limits: self.scim_limits.clone(),
        })
    }

    /// The directory.
    pub fn db(&self) -> &Db {
        &self.console.db
    }

    /// What tokens are kept with.
    pub fn secrets(&self) -> &Secrets {
        &self.console.secrets
    }
}

/// With TLS a name that only this very host can set; on plain loopback the browser would refuse that one.
fn cookie_name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_https() {
        "__Host-sid"
    } else {
        "sid"
    }
}
