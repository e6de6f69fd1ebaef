//! An identity provider that pushes: buttons that send real SCIM over HTTP to this server's own endpoint.

mod memory;
pub mod staff;
pub mod style;
pub mod talk;
mod view;

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use directory::admin::connections;
use directory::model::connection::UniqueNames;
use directory::model::id::NodeId;
use directory::provisioning::connections::authenticate;
use directory::secret::Secrets;
use directory::store::db::Db;
use tokio::sync::Mutex;

use super::page::Document;
use super::people::People;
use crate::outbound::Outbound;
use crate::state::AppState;
use memory::{Memory, Pushed};
use style::Style;
use talk::{Talk, Target};

pub use memory::Known;

/// Where the panel is.
pub const PATH: &str = "/demo/push";
/// How many people join with one press.
const JOIN: usize = 3;
/// The longest name a group is given here.
const LONGEST_NAME: usize = 255;

/// The identity provider that pushes, with what it remembers.
pub struct Panel {
    pub(super) db: Db,
    pub(super) secrets: Arc<Secrets>,
    pub(super) people: People,
    pub(super) outbound: Outbound,
    pub(super) document: Document,
    memory: Mutex<Memory>,
}

impl Panel {
    /// A panel that has pushed nothing yet.
    pub fn new(
        db: Db,
        secrets: Arc<Secrets>,
        people: People,
        outbound: Outbound,
        document: Document,
    ) -> Self {
        Self {
            db,
            secrets,
            people,
            outbound,
            document,
            memory: Mutex::default(),
        }
    }

    /// Takes over what the seed has pushed.
    pub async fn begin_with(&self, target: Target, known: Known) {
        let mut memory = self.memory.lock().await;
        memory.known.insert(target.node, known);
        memory.first = Some(target.clone());
        memory.target = Some(target);
    }
}

/// The panel's addresses. Only its own page may press its buttons.
pub fn routes(panel: Arc<Panel>) -> Router<AppState> {
    Router::new()
        .route(&format!("{PATH}/connection"), post(connect))
        .route(&format!("{PATH}/first"), post(connect_first))
        .route(&format!("{PATH}/test"), post(test))
        .route(&format!("{PATH}/people"), post(create_people))
        .route(&format!("{PATH}/groups"), post(push_groups))
        .route(&format!("{PATH}/deactivate"), post(deactivate))
        .route(&format!("{PATH}/rename"), post(rename))
        .route_layer(middleware::from_fn_with_state(
            Arc::<str>::from(panel.document.public_url()),
            super::own_page_only,
        ))
        .route(PATH, get(show))
        .with_state(panel)
}

async fn show(State(panel): State<Arc<Panel>>) -> Response {
    panel.page(&*panel.memory.lock().await, None)
}

/// The form of the connection: an empty token keeps the one that is in use.
#[derive(serde::Deserialize)]
struct Connect {
    base: String,
    token: String,
    style: String,
}

async fn connect(
    State(panel): State<Arc<Panel>>,
    form: Result<Form<Connect>, FormRejection>,
) -> Response {
    let mut memory = panel.memory.lock().await;
    let Some((form, style)) = form
        .ok()
        .and_then(|form| Style::of(&form.style).map(|style| (form.0, style)))
    else {
        return panel.page(&memory, Some("This form could not be read."));
    };
    let token = match &memory.target {
        Some(target) if form.token.is_empty() && target.base() == form.base.trim() => {
            target.token().to_owned()
        }
        _ => form.token,
    };
    match Target::read(panel.document.public_url(), &form.base, &token) {
        Ok(target) => {
            memory.target = Some(target);
            memory.style = style;
            memory.last = None;
            done()
        }
        Err(sentence) => panel.page(&memory, Some(&sentence)),
    }
}

/// Goes back to the connection of the seed; with a new token where its own is no longer good.
async fn connect_first(State(panel): State<Arc<Panel>>) -> Response {
    let mut memory = panel.memory.lock().await;
    let Some(first) = memory.first.clone() else {
        return panel.page(&memory, Some("The demo has not begun yet."));
    };
    match panel.good(first).await {
        Ok(target) => {
            memory.first = Some(target.clone());
            memory.target = Some(target);
            memory.last = None;
            done()
        }
        Err(error) => panel.page(&memory, Some(&error.to_string())),
    }
}

impl Panel {
    async fn good(&self, target: Target) -> directory::Result<Target> {
        let node = NodeId(target.node);
        if authenticate(&self.db, &self.secrets, node, target.token())
            .await?
            .is_ok()
        {
            return Ok(target);
        }
        self.new_target(node).await
    }

    /// A new token for the connection of a node, made and saved as the console does it.
    pub(super) async fn new_target(&self, node: NodeId) -> directory::Result<Target> {
        let admin = self.people.administrator().await?;
        let connection = connections::get(&self.db, &admin, node).await?.connection;
        let generated =
            connections::generate_token(&self.db, &admin, &self.secrets, node, "Demo").await?;
        let unique = if connection.unique_team_names {
            UniqueNames::On
        } else {
            UniqueNames::Off
        };
        connections::save(&self.db, &admin, node, &connection.name, unique).await?;
        let base = format!("{}/api/rest/scim/v2/{node}", self.document.public_url());
        Target::read(self.document.public_url(), &base, &generated.secret)
            .map_err(|sentence| directory::Error::invalid("base", sentence))
    }
}

async fn test(State(panel): State<Arc<Panel>>) -> Response {
    let mut memory = panel.memory.lock().await;
    let Some(target) = memory.target.clone() else {
        return panel.page(&memory, Some(NO_CONNECTION));
    };
    let mut talk = Talk::new(&panel.outbound, &target, memory.style);
    talk.test().await;
    memory.end("Test connection", talk.exchanges)
}

async fn create_people(State(panel): State<Arc<Panel>>) -> Response {
    let mut memory = panel.memory.lock().await;
    let Some(target) = memory.target.clone() else {
        return panel.page(&memory, Some(NO_CONNECTION));
    };
    let mut talk = Talk::new(&panel.outbound, &target, memory.style);
    for number in memory.joined..memory.joined + JOIN {
        // Where one is refused the others would be too: nobody is used up.
        let Some(person) = talk.create(&staff::joiner(number)).await else {
            break;
        };
        memory.joined = number + 1;
        memory
            .known
            .entry(target.node)
            .or_default()
            .add_person(person);
    }
    memory.end("Create people", talk.exchanges)
}

async fn push_groups(State(panel): State<Arc<Panel>>) -> Response {
    let mut memory = panel.memory.lock().await;
    let Some(target) = memory.target.clone() else {
        return panel.page(&memory, Some(NO_CONNECTION));
    };
    let mut talk = Talk::new(&panel.outbound, &target, memory.style);
    let known = memory.known.entry(target.node).or_default();
    let pushed = known.push_groups(&mut talk).await;
    let exchanges = talk.exchanges;
    match pushed {
        Pushed::Groups => memory.end("Push groups", exchanges),
        Pushed::Nobody => panel.page(
            &memory,
            Some("Create people first: there is nobody to put into a group."),
        ),
    }
}

#[derive(serde::Deserialize)]
struct OnePerson {
    person: String,
}

async fn deactivate(
    State(panel): State<Arc<Panel>>,
    form: Result<Form<OnePerson>, FormRejection>,
) -> Response {
    let mut memory = panel.memory.lock().await;
    let Some(target) = memory.target.clone() else {
        return panel.page(&memory, Some(NO_CONNECTION));
    };
    let mut talk = Talk::new(&panel.outbound, &target, memory.style);
    let known = memory.known.entry(target.node).or_default();
    let chosen = form
        .ok()
        .and_then(|form| known.people.iter_mut().find(|one| one.id == form.person));
    let Some(person) = chosen else {
        return panel.page(
            &memory,
            Some("Choose somebody who was created by this connection."),
        );
    };
    person.is_active = !talk.deactivate(&person.id).await;
    memory.end("Deactivate person", talk.exchanges)
}

#[derive(serde::Deserialize)]
struct Rename {
    group: String,
    name: String,
}

async fn rename(
    State(panel): State<Arc<Panel>>,
    form: Result<Form<Rename>, FormRejection>,
) -> Response {
    let mut memory = panel.memory.lock().await;
    let Some(target) = memory.target.clone() else {
        return panel.page(&memory, Some(NO_CONNECTION));
    };
    let mut talk = Talk::new(&panel.outbound, &target, memory.style);
    let known = memory.known.entry(target.node).or_default();
    let name = form
        .as_ref()
        .map(|form| form.name.trim().to_owned())
        .unwrap_or_default();
    let chosen = form
        .ok()
        .and_then(|form| known.groups.iter_mut().find(|one| one.id == form.group));
    match chosen {
        Some(group) if (1..=LONGEST_NAME).contains(&name.chars().count()) => {
            if talk.rename(&group.id, &name).await {
                group.name = name;
            }
            memory.end("Rename group", talk.exchanges)
        }
        _ => panel.page(
            &memory,
            Some("Choose a group that was pushed by this connection, and a new name."),
        ),
    }
}

const NO_CONNECTION: &str = "Choose a connection first.";

/// Back to the panel, which shows what was said.
fn done() -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, PATH)]).into_response()
}

impl Panel {
    /// The panel; with a sentence where something was refused.
    fn page(&self, memory: &Memory, refused: Option<&str>) -> Response {
        let known = memory
            .target
            .as_ref()
            .and_then(|target| memory.known.get(&target.node))
            .cloned()
            .unwrap_or_default();
        let shown = view::Shown {
            base: memory
                .target
                .as_ref()
                .map(|target| target.base().to_owned())
                .unwrap_or_default(),
            style: memory.style,
            known,
            last: memory.last.clone(),
            refused: refused.map(str::to_owned),
        };
        let page = self.document.page(
            "Push from an identity provider",
            view::LEAD,
            view::panel(shown),
        );
        if refused.is_some() {
            (StatusCode::BAD_REQUEST, page).into_response()
        } else {
            page
        }
    }
}
