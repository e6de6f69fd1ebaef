//! The connections on the overview, each with its last requests in line.

use crate::components::badge::State;
use crate::components::layout::PageSection;
use crate::components::roll::{Answer, RequestRoll};
use crate::components::table::{Column, DataTable, List};
use crate::pages::frame::AgoOrNever;
use crate::words::requests::is_refused;
use crate::words::{figure, of_connection};
use directory::model::connection::Live;
use directory::model::overview::LiveConnection;
use leptos::prelude::*;

/// How many requests a line has room for.
pub const IN_LINE: usize = 40;

#[component]
pub fn ConnectionsAtWork(connections: Vec<LiveConnection>) -> impl IntoView {
    let columns = vec![
        Column::named("Connection"),
        Column::named("State"),
        Column::named("Last requests"),
        Column::number("Users"),
        Column::number("Teams"),
        Column::named("Last request"),
    ];
    let rows = connections
        .into_iter()
        .map(|one| view! { <Row one /> })
        .collect_view();
    view! {
        <PageSection
            id="connections"
            title="Connections"
            lead="The last requests of each. A tall red mark was refused."
            end=|| view! { <a href="/connections">"All connections"</a> }
        >
            <List>
                <DataTable columns>{rows}</DataTable>
            </List>
        </PageSection>
    }
}

#[component]
fn Row(one: LiveConnection) -> impl IntoView {
    let LiveConnection { connection, live } = one;
    let (state, next) = of_connection(connection.state);
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/nodes/{}/connection", connection.node_id)>
                    {connection.name}
                </a>
                <span class="sub">{connection.node_name}</span>
            </th>
            <td data-label="State">
                <State of=state next=next.map(str::to_owned) />
            </td>
            <td data-label="Requests">
                <RequestRoll answers=answers(&live) />
            </td>
            <td class="number" data-label="Users">
                {figure(connection.users)}
            </td>
            <td class="number" data-label="Teams">
                {figure(connection.teams)}
            </td>
            <td data-label="Last request">
                <AgoOrNever at=connection.last_request_at />
            </td>
        </tr>
    }
}

/// The last requests, the newest at the end, with places for those to come.
pub fn answers(live: &Live) -> Vec<Answer> {
    let came = live.recent.iter().take(IN_LINE).rev().map(|(status, _)| {
        if is_refused(*status) {
            Answer::Refused
        } else {
            Answer::Accepted
        }
    });
    let missing = IN_LINE.saturating_sub(live.recent.len());
    std::iter::repeat_n(Answer::None, missing)
        .chain(came)
        .collect()
}
