//! One connection: first the wizard that sets it up, then the page that says how it does.

mod going;
mod guard;
pub mod guide;
mod live;
mod log;
mod passwords;
mod removal;
mod request;
mod requests;
mod set_up;
mod tokens;

pub use guard::{OpenStorms, Undo};
pub use log::RequestsPage;
pub use removal::{RemoveConnectionPage, RemovedNotice};
pub use request::RequestPage;
pub use requests::Mentions;

use crate::components::layout::{Crumb, Fact, PageHead, PageSection, Section};
use crate::components::menu::{Menu, MenuLink};
use crate::components::tabs::{Tab, Tabs};
use crate::error::AppError;
use crate::pages::frame::{Ago, Page, crumbs_of, node_of_path, shown};
use crate::visit::visit;
use crate::words::{counted, number};
use directory::model::connection::{ConnectionDetail, ConnectionState, Live, TokenState};
use directory::model::id::NodeId;
use directory::model::request::{LogQuery, Mention, Request};
use going::{PauseButton, Paused};
use guard::GuardPanel;
use guide::GuidePanel;
use leptos::prelude::*;
use live::{LiveChip, LivePanel, Milestones, Progress};
use passwords::PasswordsPanel;
use requests::RequestLog;
use set_up::{AddressPanel, OptionsPanel};
use tokens::Ending;

#[component]
pub fn ConnectionPage() -> impl IntoView {
    let node = node_of_path();
    let asked = async move {
        let detail = one_connection(node).await?;
        let live = live_connection(node).await?;
        let page = log::list_requests(node, LogQuery::default()).await?;
        Ok((detail, live, page.rows))
    };
    shown(Section::Connections, asked, |(detail, live, requests)| {
        let name = detail.connection.name.clone();
        let mut crumbs = crumbs_of(&detail.path);
        crumbs.push(Crumb::here(name.clone()));
        let is_draft = detail.connection.state == ConnectionState::Draft;
        view! {
            <Page title=name section=Section::Connections crumbs>
                <Head detail=detail.clone() live=live.clone() />
                <OpenStorms storms=detail.guarding.storms.clone() />
                <Paused connection=detail.connection.clone() />
                <Ending tokens=detail.tokens.clone() name=detail.connection.name.clone() />
                {(!is_draft).then(|| view! { <Sections detail=detail.clone() shown="set-up" /> })}
                <div class="columns">
                    <div class="stack">
                        <AddressPanel detail=detail.clone() />
                        <OptionsPanel detail=detail.clone() />
                        {(!is_draft).then(|| view! { <GuardPanel detail=detail.clone() /> })}
                        {(!is_draft).then(|| view! { <PasswordsPanel connection=detail.connection.clone() /> })}
                    </div>
                    <div class="stack">
                        <LivePanel progress=progress(&detail) start=live.clone() now=visit().now />
                        <Fallback state=live.state />
                        <GuidePanel detail=detail.clone() />
                    </div>
                </div>
                {(!is_draft || !requests.is_empty()).then(|| view! { <Requests detail start=live.clone() requests /> })}
            </Page>
        }
    })
}

/// What the live panel needs to know beside what it asks for again and again.
fn progress(detail: &ConnectionDetail) -> Progress {
    Progress {
        node: detail.connection.node_id,
        name: detail.connection.name.clone(),
        milestones: if detail
            .tokens
            .iter()
            .any(|token| token.state != TokenState::Revoked)
        {
            Milestones::TokenGenerated
        } else {
            Milestones::AddressKnown
        },
    }
}

/// Without script the page asks again by itself, while the first request is waited for.
#[component]
fn Fallback(state: ConnectionState) -> impl IntoView {
    // A page with a secret on it must not go away by itself.
    let waits = state == ConnectionState::Inactive && visit().revealed.is_none();
    waits.then(|| {
        view! {
            <noscript>
                <meta http-equiv="refresh" content="5" />
            </noscript>
        }
    })
}

#[component]
fn Head(detail: ConnectionDetail, live: Live) -> impl IntoView {
    let node = detail.connection.node_id;
    let keeps = format!(
        "Keeps {} and {} of ",
        counted(detail.users, "user", "users"),
        counted(detail.teams, "team", "teams")
    );
    let since = detail.connection.saved_at;
    let is_going = matches!(
        detail.connection.state,
        ConnectionState::Inactive | ConnectionState::Active
    );
    let node_name = detail.node.name.clone();
    let facts = move || {
        let (keeps, node_name) = (keeps.clone(), node_name.clone());
        view! {
            <Fact icon="nodes">
                <span>{keeps} <a href=format!("/nodes/{node}")>{node_name}</a></span>
            </Fact>
            {since
                .map(|at| {
                    view! {
                        <Fact icon="clock">
                            <span>"Saved " <Ago at /></span>
                        </Fact>
                    }
                })}
        }
    };
    view! {
        <PageHead
            title=detail.connection.name.clone()
            beside=move || view! { <LiveChip start=live.clone() /> }
            facts
        >
            <Menu id="more" label=format!("More actions for {}", detail.connection.name)>
                {is_going.then(|| view! { <PauseButton node /> })}
                <MenuLink icon="trash" href=format!("/nodes/{node}/connection/remove")>
                    "Remove connection"
                </MenuLink>
            </Menu>
        </PageHead>
    }
}

/// The parts of a connection: `shown` is `set-up` or `requests`.
#[component]
fn Sections(detail: ConnectionDetail, shown: &'static str) -> impl IntoView {
    let node = detail.connection.node_id;
    let page = format!("/nodes/{node}/connection");
    let tabs = vec![
        Tab::new("Set-up", page.clone()).shown_if(shown == "set-up"),
        Tab::new("Requests", format!("{page}/requests")).shown_if(shown == "requests"),
        Tab::new("Users", format!("/users?node={node}")).counting(number(detail.users)),
        Tab::new("Teams", format!("/teams?node={node}")).counting(number(detail.teams)),
    ];
    view! { <Tabs tabs label=detail.connection.name /> }
}

/// How many of the latest requests stand on the page of the connection.
const LATEST: usize = 8;

#[component]
fn Requests(detail: ConnectionDetail, start: Live, requests: Vec<Request>) -> impl IntoView {
    let node = detail.connection.node_id;
    let lead = match requests.len() {
        0 => "None came yet.".to_owned(),
        _ => "The latest, with how each was answered.".to_owned(),
    };
    let requests = requests.into_iter().take(LATEST).collect();
    let all =
        move || view! { <a href=format!("/nodes/{node}/connection/requests")>"All requests"</a> };
    view! {
        <PageSection id="requests" title="Requests" lead end=all>
            <RequestLog node connection=detail.connection.name start requests />
        </PageSection>
    }
}

#[server(endpoint = "connections/one")]
pub async fn one_connection(node: NodeId) -> Result<ConnectionDetail, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::connections::get(&db, &admin, node).await?)
}

#[server(endpoint = "connections/live")]
pub async fn live_connection(node: NodeId) -> Result<Live, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::connections::live(&db, &admin, node).await?)
}

#[server(endpoint = "requests/about")]
pub async fn requests_about(id: String) -> Result<Vec<Mention>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::requests::about(&db, &admin, &id).await?)
}
