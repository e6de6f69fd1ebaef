//! The teams that hold a role; and the roles of a team, on its page.

use crate::components::badge::State;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Choice, Field, Select, Width};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{Panel, PanelBody};
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::frame::role_choices;
use crate::words::{figure, of_decision};
use directory::model::id::{RoleId, TeamId};
use directory::model::role::{Hand, HolderTeam, RoleDetail, RoleInList, RoleKind};
use leptos::prelude::*;

#[component]
pub fn Teams(found: RoleDetail) -> impl IntoView {
    let role = found.role.clone();
    if role.is_administrative() {
        return view! {
            <Notice sign=NoticeSign::INFO title="Teams cannot hold this role">
                <p>"Teams cannot be assigned to roles with administrative permissions. An identity provider decides who is in a team, and must not make administrators."</p>
            </Notice>
        }
        .into_any();
    }
    let is_open = found.hand != Hand::Look;
    let (id, candidates) = (role.id.clone(), found.candidates);
    let table = if found.teams.is_empty() {
        view! {
            <EmptyState
                title="No team holds this role"
                words="Give it to a team, and all its approved members hold it as long as they are members."
            />
        }
        .into_any()
    } else {
        view! { <TeamTable id=role.id rows=found.teams /> }.into_any()
    };
    view! {
        <div class="columns">
            {table}
            {is_open.then(|| view! { <GivePanel id candidates /> })}
        </div>
    }
    .into_any()
}

#[component]
fn TeamTable(id: RoleId, rows: Vec<HolderTeam>) -> impl IntoView {
    let columns = vec![
        Column::named("Team"),
        Column::named("State"),
        Column::named("Node"),
        Column::number("Members"),
        Column::act(),
    ];
    let rows = rows
        .into_iter()
        .map(|row| view! { <Row id=id.clone() row /> })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
}

#[component]
fn Row(id: RoleId, row: HolderTeam) -> impl IntoView {
    let name = row.name.clone();
    view! {
        <tr>
            <th scope="row">
                {if row.is_open {
                    view! { <a class="name" href=format!("/teams/{}", row.id)>{name.clone()}</a> }.into_any()
                } else {
                    view! { <span class="name">{name.clone()}</span> }.into_any()
                }}
            </th>
            <td class="solo">
                <State of=of_decision(row.state) />
            </td>
            <td class="brief">{row.node_name}</td>
            <td class="number" data-label="Members">
                {figure(row.members)}
            </td>
            <td class="act">
                <ButtonLink
                    href=format!("/roles/team?role={id}&team={}", row.id)
                    size=Size::Small
                    attr:aria-label=format!("Take role from {name}")
                >
                    "Take role"
                </ButtonLink>
            </td>
        </tr>
    }
}

#[component]
fn GivePanel(id: RoleId, candidates: Vec<HolderTeam>) -> impl IntoView {
    let choices: Vec<Choice> = candidates
        .into_iter()
        .map(|team| {
            let words = format!("{} ({})", team.name, team.node_name);
            Choice::new(team.id.to_string(), words)
        })
        .collect();
    if choices.is_empty() {
        return ().into_any();
    }
    view! {
        <Panel id="give" title="Give role to a team" lead="First you see what changes for whom.">
            <PanelBody>
                <form class="stack" method="get" action="/roles/team">
                    <input type="hidden" name="role" value=id.to_string() />
                    <Field name="team" label="Team" hint="At the nodes where you manage roles.">
                        <Select choices />
                    </Field>
                    <div class="buttons">
                        <Button kind=Kind::Primary>"Show what changes"</Button>
                    </div>
                </form>
            </PanelBody>
        </Panel>
    }
    .into_any()
}

/// The roles a team holds for its members, and the way to give it another.
#[component]
pub fn RolesOfTeam(team: TeamId, held: Vec<RoleInList>, usable: Vec<RoleInList>) -> impl IntoView {
    let choices = role_choices(
        usable
            .into_iter()
            .filter(|one| one.kind == RoleKind::Ordinary)
            .filter(|one| held.iter().all(|held| held.id != one.id)),
    );
    if held.is_empty() && choices.is_empty() {
        return ().into_any();
    }
    let is_empty = held.is_empty();
    let rows = held
        .into_iter()
        .map(|role| view! { <HeldRow role team=team.clone() /> })
        .collect_view();
    let columns = vec![Column::named("Role"), Column::named("Node"), Column::act()];
    view! {
        <Panel id="roles" title="Roles" lead="Its approved members hold them, as long as they are members.">
            {if is_empty {
                view! { <PanelBody><p class="muted">"No role yet."</p></PanelBody> }.into_any()
            } else {
                view! {
                    <List>
                        <DataTable columns>{rows}</DataTable>
                    </List>
                }
                .into_any()
            }}
            {(!choices.is_empty())
                .then(|| {
                    view! {
                        <PanelBody>
                            <form class="filter" method="get" action="/roles/team">
                                <input type="hidden" name="team" value=team.to_string() />
                                <Select choices width=Width::Content attr:name="role" attr:aria-label="Role" />
                                <Button>"Show what changes"</Button>
                            </form>
                        </PanelBody>
                    }
                })}
        </Panel>
    }
    .into_any()
}

#[component]
fn HeldRow(role: RoleInList, team: TeamId) -> impl IntoView {
    let label = format!("Take role {}", role.name);
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/roles/{}", role.id)>
                    {role.name}
                </a>
            </th>
            <td class="brief">{role.node_name}</td>
            <td class="act">
                <ButtonLink href=format!("/roles/team?role={}&team={team}", role.id) size=Size::Small attr:aria-label=label>
                    "Take role"
                </ButtonLink>
            </td>
        </tr>
    }
}

#[server(endpoint = "roles/of_team")]
pub async fn roles_of_team(id: TeamId) -> Result<(Vec<RoleInList>, Vec<RoleInList>), AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::roles::teams::of_team(&db, &admin, &id).await?)
}
