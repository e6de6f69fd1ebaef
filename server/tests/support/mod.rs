//! A console that runs, on a database of its own; and a browser that visits it.

mod browser;
#[expect(
    dead_code,
    reason = "shared with the tests of the directory, which use more of it"
)]
#[path = "../../../directory/tests/support/database.rs"]
mod database;
pub mod identity;
pub mod mail_server;
pub mod name_server;
pub mod scim_client;

use std::sync::Arc;

use app::server::SignedIn;
use directory::access::{self, Admin};
use directory::admin::{connections, nodes};
use directory::model::connection::UniqueNames;
use directory::model::id::NodeId;
use directory::model::user::User;
use directory::secret::{Cost, Hashing, Secrets};
use directory::store::db::Db;
use directory::verify::verify;
use directory::{set_up, sign_in};
use server::config::{Config, PublicUrl};
use server::oidc::Provider;
use server::outbound::Outbound;
use server::session::Sessions;
use server::state::{AppState, Parts};
use tokio::net::TcpListener;
use tower_sessions::Session;

pub use browser::{Answer, Browser};
pub use database::{Database, databases, sqlite};

/// Who administers every console.
pub const ADA: &str = "ada@acme.example";
/// How she signs in.
pub const PASSPHRASE: &str = "an engine of differences";

/// How many times what the test command does: `cargo xtask soak` says more than once.
pub fn soak() -> usize {
    let times = std::env::var("MUSTER_SOAK").ok();
    times.and_then(|times| times.parse().ok()).unwrap_or(1)
}

/// A console that runs: the whole router on a free port of loopback. Stops when it is dropped.
pub struct Console {
    /// Its directory, to be looked into.
    pub db: Db,
    /// What its handlers share.
    pub state: AppState,
    database: Database,
}

impl Console {
    /// The organisation Acme with its administrator Ada; no limits.
    pub async fn start(database: Database) -> Self {
        let config = Config {
            scim_rate_limit: 0,
            auth_rate_limit: 0,
            ..Config::default()
        };
        Self::with(database, config, |_| Vec::new()).await
    }

    /// With these settings, and these identity providers to sign in with.
    pub async fn with(
        database: Database,
        config: Config,
        providers: impl FnOnce(&PublicUrl) -> Vec<Provider>,
    ) -> Self {
        let console = Self::empty(database, config, providers).await;
        let code = set_up::new_code(&console.db).await.unwrap().unwrap();
        set_up::create_first_administrator(
            &console.db,
            &console.state.console.hashing,
            &code,
            "Acme",
            "Ada Lovelace",
            ADA,
            PASSPHRASE,
        )
        .await
        .unwrap();
        console
    }

    /// Before anybody has set it up.
    pub async fn empty(
        database: Database,
        config: Config,
        providers: impl FnOnce(&PublicUrl) -> Vec<Provider>,
    ) -> Self {
        // Every test installs the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public_url = config.public_url(listener.local_addr().unwrap()).unwrap();
        let hashing = Hashing::new(Cost::Least).unwrap();
        let db = database.db.clone();
        let outbound = Outbound::new(config.outbound_allow.clone()).unwrap();
        let state = AppState::new(Parts {
            db: db.clone(),
            secrets: Arc::new(Secrets::generate()),
            hashing,
            config,
            providers: providers(&public_url),
            outbound,
            public_url,
        });
        let router = server::router(state.clone());
        let (stopping, tracker) = (state.stopping.clone(), state.tracker.clone());
        tokio::spawn(server::http::serve(listener, router, stopping, tracker));
        Self {
            db,
            state,
            database,
        }
    }

    /// Where its database is.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> &str {
        self.state.public_url.as_str()
    }

    /// The address of the SCIM service of a node.
    pub fn scim(&self, node: NodeId) -> String {
        format!("{}/api/rest/scim/v2/{node}", self.url())
    }

    /// A node of this name below the top, with a connection that is saved: its number and a good token.
    pub async fn connection(&self, node: &str) -> (NodeId, String) {
        let ada = self.ada().await;
        let node = nodes::add(&self.db, &ada, NodeId::ROOT, node)
            .await
            .unwrap();
        connections::start(&self.db, &ada, node.id, "Okta")
            .await
            .unwrap();
        let made =
            connections::generate_token(&self.db, &ada, self.state.secrets(), node.id, "Test")
                .await
                .unwrap();
        connections::save(&self.db, &ada, node.id, "Okta", UniqueNames::Off)
            .await
            .unwrap();
        (node.id, made.secret)
    }

    /// Ada, with what she may do now.
    pub async fn ada(&self) -> Admin {
        let user = self.person(ADA, PASSPHRASE).await;
        let mut tx = self.db.read().await.unwrap();
        access::admin(&mut tx, &user).await.unwrap()
    }

    /// Somebody who can sign in with a passphrase.
    pub async fn person(&self, login: &str, passphrase: &str) -> User {
        let hashing = &self.state.console.hashing;
        sign_in::by_passphrase(&self.db, hashing, login, passphrase)
            .await
            .unwrap()
    }

    /// A browser nobody has signed in with.
    pub fn browser(&self) -> Browser {
        Browser::new(self.url(), self.state.cookie)
    }

    /// A browser in which Ada is signed in.
    pub async fn browser_of_ada(&self) -> Browser {
        let user = self.person(ADA, PASSPHRASE).await;
        self.browser_of(&user).await
    }

    /// A browser in which somebody is signed in.
    pub async fn browser_of(&self, user: &User) -> Browser {
        let session = Session::new(None, Arc::new(Sessions::new(self.db.clone())), None);
        let signed_in = SignedIn {
            user_id: user.id.clone(),
            epoch: user.session_epoch,
            method: "test".to_owned(),
            ip: None,
            agent: None,
            proved_at: Some(directory::store::db::now()),
            owes_second_factor: false,
        };
        session.insert(SignedIn::KEY, signed_in).await.unwrap();
        session.save().await.unwrap();
        let mut browser = self.browser();
        browser.session = Some(session.id().unwrap().to_string());
        browser
    }

    /// Every invariant of the directory holds.
    pub async fn verify(&self) {
        let broken = verify(&self.db).await.unwrap();
        assert_eq!(broken, Vec::<String>::new(), "on {}", self.db.kind());
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.state.stopping.cancel();
    }
}
