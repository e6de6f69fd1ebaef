//! Every connection, each keeping one node.

mod new;

pub use new::{AddMethodPage, NewConnectionPage};

use crate::components::badge::State;
use crate::components::button::{ButtonLink, Kind, Size};
use crate::components::empty_state::{EmptyState, Way};
use crate::components::layout::{Crumb, PageHead, PageSection, Section};
use crate::components::link::Href;
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::frame::{Ago, AgoOrNever, Page, shown};
use crate::words::{counted, figure, of_connection};
use directory::model::connection::{ConnectionInList, RemovedConnection};
use leptos::prelude::*;

#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let asked = async { Ok((list_connections().await?, list_removed().await?)) };
    shown(Section::Connections, asked, |(connections, removed)| {
        let lead = match connections.len() {
            0 => "No identity provider sends people here yet.".to_owned(),
            count => format!(
                "{}, each keeping the people and teams of one node.",
                counted(
                    i64::try_from(count).unwrap_or_default(),
                    "connection",
                    "connections"
                )
            ),
        };
        let is_empty = connections.is_empty();
        view! {
            <Page title="Connections" section=Section::Connections crumbs=vec![Crumb::here("Connections")]>
                <PageHead title="Connections" lead>
                    {(!is_empty)
                        .then(|| {
                            view! {
                                <ButtonLink href="/connections/new" kind=Kind::Primary icon="plus">
                                    "Add connection"
                                </ButtonLink>
                            }
                        })}
                </PageHead>
                {if is_empty { view! { <NoConnections /> }.into_any() } else { view! { <Connections connections /> }.into_any() }}
                {(!removed.is_empty()).then(|| view! { <Removed removed /> })}
            </Page>
        }
    })
}

#[component]
fn NoConnections() -> impl IntoView {
    let way = |icon, title: &str, words: &str, act: &str, href: &str| Way {
        icon,
        title: title.to_owned(),
        words: words.to_owned(),
        act: act.to_owned(),
        href: Href::internal(href),
    };
    let ways = vec![
        way(
            "connections",
            "Connect by SCIM",
            "Okta, Entra ID, or any other client of SCIM 2.0. People and groups arrive and stay up to date.",
            "Add connection",
            "/connections/new",
        ),
        way(
            "nodes",
            "Choose the place first",
            "Each connection keeps one node. Add the node it will fill.",
            "Show nodes",
            "/nodes",
        ),
    ];
    view! {
        <EmptyState
            title="Nothing is connected"
            words="A connection lets an identity provider create people and push groups into one node. It has an address and a token of its own."
            ways
        />
    }
}

#[component]
fn Connections(connections: Vec<ConnectionInList>) -> impl IntoView {
    let columns = vec![
        Column::named("Connection"),
        Column::named("State"),
        Column::number("Users"),
        Column::number("Teams"),
        Column::number("Last request"),
    ];
    let rows = connections
        .into_iter()
        .map(|connection| view! { <Row connection /> })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
}

#[component]
fn Row(connection: ConnectionInList) -> impl IntoView {
    let (state, next) = of_connection(connection.state);
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/nodes/{}/connection", connection.node_id)>
                    {connection.name}
                </a>
                <span class="sub">"SCIM, keeps " {connection.node_name}</span>
            </th>
            <td data-label="State">
                <State of=state next=next.map(str::to_owned) />
            </td>
            <td class="number" data-label="Users">
                {figure(connection.users)}
            </td>
            <td class="number" data-label="Teams">
                {figure(connection.teams)}
            </td>
            <td class="number" data-label="Last request">
                <AgoOrNever at=connection.last_request_at />
            </td>
        </tr>
    }
}

/// Those that were removed and can be restored at their node.
#[component]
fn Removed(removed: Vec<RemovedConnection>) -> impl IntoView {
    let columns = vec![
        Column::named("Connection"),
        Column::named("Removed"),
        Column::act(),
    ];
    let rows = removed
        .into_iter()
        .map(|one| {
            let by = format!("by {}", one.removed_by);
            view! {
                <tr>
                    <th scope="row">
                        {one.name} <span class="sub">"SCIM, kept " {one.node_name}</span>
                    </th>
                    <td data-label="Removed">
                        <span>
                            <Ago at=one.removed_at />
                            <span class="sub">{by}</span>
                        </span>
                    </td>
                    <td class="act">
                        <ButtonLink href=format!("/nodes/{}", one.node_id) size=Size::Small>
                            "Open node"
                        </ButtonLink>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageSection id="removed" title="Removed" lead="Each can be restored for 30 days, until its node gets another.">
            <List>
                <DataTable columns>{rows}</DataTable>
            </List>
        </PageSection>
    }
}

#[server(endpoint = "connections/removed")]
pub async fn list_removed() -> Result<Vec<RemovedConnection>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::removal::list(&db, &admin).await?)
}

#[server(endpoint = "connections/list")]
pub async fn list_connections() -> Result<Vec<ConnectionInList>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::connections::list(&db, &admin).await?)
}
