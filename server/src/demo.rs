//! The demo: invented people in a database that is thrown away, the identity provider that signs them in, another that
//! pushes them, and mail that nobody gets. None of it is reachable by any setting of `serve`: these routes, keys and
//! pages are added to the router here alone.

mod outbox;
mod page;
mod people;
mod provider;
mod push;
mod seed;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use app::visit::BannerText;
use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use directory::access::Admin;
use directory::secret::{Cost, Hashing, Secrets};
use directory::store::db::Db;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::{Config, Destination, PublicUrl};
use crate::oidc::{Provider, Settings};
use crate::outbound::Outbound;
use crate::state::{AppState, Parts};
use outbox::Outbox;
use page::Document;
use people::People;
use provider::IdentityProvider;
use push::Panel;

/// The port people remember; another one is taken where it is in use.
const PORT: u16 = 8090;
/// A name of its own: a session of the demo is never mistaken for one of a real server on this machine.
const COOKIE: &str = "muster_demo";

/// What a demo is started with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The port of 127.0.0.1.
    pub port: Port,
    /// How many people there are beside those with a story.
    pub crowd: usize,
}

/// Where a demo listens, always on 127.0.0.1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Port {
    /// 8090, or any free one where that is in use.
    #[default]
    Usual,
    /// Any free one.
    Free,
    /// This one or none.
    This(u16),
}

/// A demo that runs. What it kept is gone when this is dropped.
pub struct Demo {
    /// Where it is.
    pub url: String,
    /// The directory, to be looked into.
    pub db: Db,
    state: AppState,
    people: People,
    serving: JoinHandle<bool>,
    folder: TempDir,
}

impl Demo {
    /// Starts one: listening, seeded, ready to be opened.
    ///
    /// # Errors
    /// One sentence.
    pub async fn start(options: Options) -> Result<Self, String> {
        let listener = listen(options.port).await?;
        let port = listener
            .local_addr()
            .map_err(|error| error.to_string())?
            .port();
        let public_url = PublicUrl::try_from(format!("http://127.0.0.1:{port}"))?;
        let folder = tempfile::Builder::new()
            .prefix("muster-demo-")
            .tempdir()
            .map_err(|error| format!("no folder can be made for the demo: {error}"))?;
        let db = Db::open(&format!(
            "sqlite:{}",
            folder.path().join("demo.db").display()
        ))
        .await
        .map_err(|error| error.to_string())?;
        // Two in one process install the same; that is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = Made::new(&db, public_url).await?;
        let seeded = CancellationToken::new();
        let gate = middleware::from_fn_with_state(seeded.clone(), after_the_seed);
        let serving = tokio::spawn(crate::http::serve(
            listener,
            made.router.layer(gate),
            made.state.stopping.clone(),
            made.state.tracker.clone(),
        ));
        seed::people(&made.panel, &made.organisation, options.crowd).await?;
        seeded.cancel();
        let people = made.panel.people.clone();
        Ok(Self {
            url: made.state.public_url.as_str().to_owned(),
            db,
            state: made.state,
            people,
            serving,
            folder,
        })
    }

    /// Ends it, after what is under way.
    pub async fn stop(self) {
        self.state.stopping.cancel();
        // A task that ends early has ended too.
        let _ = self.serving.await;
        // What was noted last is written before the database goes.
        self.state.scim_log.flush().await;
        self.db.close().await;
        if let Err(error) = self.folder.close() {
            tracing::warn!(%error, "the demo's database could not be removed");
        }
    }

    /// Its administrator, with what she may do now.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn administrator(&self) -> directory::Result<Admin> {
        self.people.administrator().await
    }

    /// What its tokens are kept with.
    pub fn secrets(&self) -> &Secrets {
        self.state.secrets()
    }

    /// Where it keeps what it forgets at its end.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// What a demo is made of before it listens.
struct Made {
    state: AppState,
    router: Router,
    panel: Arc<Panel>,
    organisation: seed::Organisation,
}

impl Made {
    async fn new(db: &Db, public_url: PublicUrl) -> Result<Self, String> {
        let issuer = format!("{}{}", public_url.as_str(), provider::PATH);
        // The one passphrase it hashes is random and known to nobody.
        let hashing = Hashing::new(Cost::Least).map_err(|error| error.to_string())?;
        let organisation = seed::organisation(db, &hashing, &issuer)
            .await
            .map_err(|error| error.to_string())?;
        let secrets = Arc::new(Secrets::generate());
        let outbound = way_home(&public_url)?;
        let banner = Arc::new(banner());
        let state = state(db, &secrets, hashing, &public_url, &outbound, &banner)?;
        let document = Document::new(public_url.as_str(), &state.options, banner);
        let people = People::new(db.clone(), organisation.ada.id.clone());
        let provider =
            IdentityProvider::new(public_url.as_str(), people.clone(), document.clone())?;
        let mail_secrets = secrets.clone();
        let panel = Arc::new(Panel::new(
            db.clone(),
            secrets,
            people.clone(),
            outbound,
            document.clone(),
        ));
        let routes = Router::new()
            .nest(provider::PATH, provider::routes(Arc::new(provider)))
            .merge(push::routes(panel.clone()))
            .merge(outbox::routes(Outbox::new(
                db.clone(),
                mail_secrets,
                people,
                document,
            )));
        Ok(Self {
            router: crate::router_with(state.clone(), routes),
            state,
            panel,
            organisation,
        })
    }
}

fn state(
    db: &Db,
    secrets: &Arc<Secrets>,
    hashing: Hashing,
    public_url: &PublicUrl,
    outbound: &Outbound,
    banner: &Arc<BannerText>,
) -> Result<AppState, String> {
    let settings = Settings {
        id: provider::ID.to_owned(),
        name: "the demo's identity provider".to_owned(),
        issuer: format!("{}{}", public_url.as_str(), provider::PATH),
        client_id: provider::CLIENT_ID.to_owned(),
        client_secret: None,
        domains: vec![provider::DOMAIN.to_owned()],
    };
    let provider = Provider::new(settings, public_url, outbound.clone())?;
    // Only this machine can ask, so nothing is counted.
    let config = Config {
        scim_rate_limit: 0,
        auth_rate_limit: 0,
        ..Config::default()
    };
    let parts = Parts {
        db: db.clone(),
        secrets: secrets.clone(),
        hashing,
        config,
        public_url: public_url.clone(),
        providers: vec![provider],
        outbound: outbound.clone(),
    };
    let mut state = AppState::new(parts);
    state.cookie = COOKIE;
    state.console.banner = Some(banner.clone());
    Ok(state)
}

/// The demo calls itself and nobody else.
fn way_home(public_url: &PublicUrl) -> Result<Outbound, String> {
    let url = Url::parse(public_url.as_str()).map_err(|error| error.to_string())?;
    Outbound::new(Destination::of(&url).into_iter().collect())
}

/// The line above every page.
fn banner() -> BannerText {
    let link = |words: &str, page: &str| (words.to_owned(), page.to_owned());
    BannerText {
        words: "Demo: invented people, nothing is kept. Approving at an administrator's sign-in is off.".to_owned(),
        links: vec![
            link("Push from an identity provider", push::PATH),
            link("Outbox", outbox::PATH),
            link("Sign in as somebody else", "/sign-in/demo"),
        ],
    }
}

async fn listen(port: Port) -> Result<TcpListener, String> {
    let at = |port| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let listening = match port {
        Port::This(port) => at(port)
            .await
            .map_err(|error| format!("127.0.0.1:{port} cannot be used: {error}")),
        Port::Free => at(0).await.map_err(|error| error.to_string()),
        Port::Usual => match at(PORT).await {
            Ok(listener) => Ok(listener),
            Err(_) => at(0).await.map_err(|error| error.to_string()),
        },
    };
    listening.map_err(|error| format!("the demo cannot listen: {error}"))
}

/// Whoever comes early waits: the seed itself is pushed over HTTP, and nobody sees a half of it.
async fn after_the_seed(
    State(seeded): State<CancellationToken>,
    request: Request,
    next: Next,
) -> Response {
    if !request.uri().path().starts_with("/api/rest/") {
        seeded.cancelled().await;
    }
    next.run(request).await
}

/// Refuses a button that another site's page pressed, with a session or without one (CSR-1): the demo's pages need none.
/// What is asked for by any other method is refused by the route itself.
async fn own_page_only(
    State(public_url): State<Arc<str>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST || is_from_own_page(request.headers(), &public_url) {
        return next.run(request).await;
    }
    (
        StatusCode::FORBIDDEN,
        "This request came from another site.\n",
    )
        .into_response()
}

fn is_from_own_page(headers: &HeaderMap, public_url: &str) -> bool {
    match (headers.get("sec-fetch-site"), headers.get(ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == public_url,
        (None, None) => false,
    }
}
