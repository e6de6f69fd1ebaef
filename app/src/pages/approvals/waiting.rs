//! What cannot be approved yet, each with the reason; it moves up by itself.

use super::DenyMembership;
use crate::components::badge::{Provenance, Source, State};
use crate::components::button::{Button, Kind, Size};
use crate::components::layout::PageSection;
use crate::components::table::{Column, DataTable, List, Who};
use crate::words::{counted, of_membership, sentence, why};
use directory::model::membership::{Membership, Synced};
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn Waiting(memberships: Vec<Membership>, synced: Synced) -> impl IntoView {
    if memberships.is_empty() {
        return ().into_any();
    }
    let shown = i64::try_from(memberships.len()).unwrap_or_default();
    let all = counted(
        synced.still_waiting().max(shown),
        "membership",
        "memberships",
    );
    let lead = if synced.still_waiting() > shown {
        format!("{all}, the first {shown} shown. Each moves up by itself when that changes.")
    } else {
        format!("{all}. Each moves up by itself when that changes.")
    };
    let columns = vec![
        Column::named("User"),
        Column::named("Waits"),
        Column::named("Team"),
        Column::named("By"),
        Column::act(),
    ];
    let rows = memberships
        .into_iter()
        .map(|one| view! { <Row one /> })
        .collect_view();
    view! {
        <PageSection id="waiting" title="Cannot be approved yet" lead>
            <List>
                <DataTable columns>{rows}</DataTable>
            </List>
        </PageSection>
    }
    .into_any()
}

#[component]
fn Row(one: Membership) -> impl IntoView {
    let next = why(&one).map(|words| sentence(&words));
    let from = one.asked_by.clone().map_or(Source::Here, Source::Idp);
    let label = format!("Deny {} in {}", one.user_label, one.team_name);
    view! {
        <tr>
            <th scope="row">
                <Who name=one.user_label.clone() href=format!("/users/{}", one.user_id) second=one.login.clone() />
            </th>
            <td class="solo">
                <State of=of_membership(&one) next />
            </td>
            <td class="brief">
                <a href=format!("/teams/{}", one.team_id)>{one.team_name.clone()}</a>
            </td>
            <td class="wide">
                <Provenance from />
            </td>
            <td class="act">
                <form method="post" action=DenyMembership::url()>
                    <input type="hidden" name="team" value=one.team_id.to_string() />
                    <input type="hidden" name="user" value=one.user_id.to_string() />
                    <input type="hidden" name="from" value="/approvals" />
                    <Button kind=Kind::Quiet size=Size::Small attr:aria-label=label>
                        "Deny"
                    </Button>
                </form>
            </td>
        </tr>
    }
}
