//! What a role may do at which nodes: shown to everybody who sees it, changed by whoever has all of it themself.

use crate::components::button::{Button, Kind, Size};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Check, Choice, Field, FieldGroup, FormErrors, Radio, Select, Tick};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::components::table::{Column, DataTable, List};
use crate::error::AppError;
use crate::pages::frame::again;
use crate::words::roles::{meaning, name, powers, reach};
use directory::model::id::{NodeId, RoleId};
use directory::model::role::{Hand, ManagedNode, Privilege, Reach, RoleDetail};
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn Privileges(found: RoleDetail) -> impl IntoView {
    let can_change = found.hand == Hand::Change && !found.role.built_in;
    let is_empty = found.managed.is_empty();
    let id = found.role.id.clone();
    let rows = found
        .managed
        .iter()
        .cloned()
        .map(|managed| view! { <Row id=id.clone() managed can_change /> })
        .collect_view();
    let columns = vec![
        Column::named("Manages"),
        Column::named("May change"),
        Column::named("Reaches"),
        Column::act(),
    ];
    view! {
        <div class="columns">
            {if is_empty {
                view! {
                    <EmptyState
                        title="This role gives no privileges"
                        words="With privileges at a node its holders administer that node: they see and do exactly what you tick, and nothing beside it exists for them."
                    />
                }
                .into_any()
            } else {
                view! {
                    <List>
                        <DataTable columns>{rows}</DataTable>
                    </List>
                }
                .into_any()
            }}
            {can_change.then(|| view! { <ManagePanel found /> })}
        </div>
    }
}

#[component]
fn Row(id: RoleId, managed: ManagedNode, can_change: bool) -> impl IntoView {
    let words = powers(&managed);
    let node = managed.node_id;
    let label = format!("Take {} from this role", managed.node_name);
    view! {
        <tr>
            <th scope="row">
                <a class="name" href=format!("/nodes/{node}")>
                    {managed.node_name}
                </a>
            </th>
            <td class="solo">{words}</td>
            <td class="brief">{reach(managed.reach)}</td>
            <td class="act">
                {can_change
                    .then(|| {
                        view! {
                            <form method="post" action=SetPrivileges::url()>
                                <input type="hidden" name="role" value=id.to_string() />
                                <input type="hidden" name="node" value=node.to_string() />
                                <input type="hidden" name="reach" value=Reach::Below.as_str() />
                                <Button size=Size::Small attr:aria-label=label>
                                    "Take node"
                                </Button>
                            </form>
                        }
                    })}
            </td>
        </tr>
    }
}

/// The form that says what the role may do at a node: it takes the place of what it could do there before.
#[component]
fn ManagePanel(found: RoleDetail) -> impl IntoView {
    let again = again("privileges");
    let id = found.role.id.clone();
    let chosen = again.value("node").or_else(|| {
        let first = found.managed.first().map(|managed| managed.node_id);
        first
            .or(Some(found.role.node_id))
            .map(|node| node.to_string())
    });
    let choices: Vec<Choice> = found
        .grantable
        .iter()
        .map(|one| Choice::new(one.node_id.to_string(), one.node_name.clone()))
        .collect();
    let there = found
        .managed
        .iter()
        .find(|one| Some(one.node_id.to_string()) == chosen);
    let comes_back = again.value("node").is_some();
    let ticked = |privilege: Privilege| {
        if comes_back {
            again.value(privilege.as_str()).is_some()
        } else {
            there.is_some_and(|one| one.privileges.contains(&privilege))
        }
    };
    let is_here = again.value("reach").map_or_else(
        || there.is_some_and(|one| one.reach == Reach::Here),
        |reach| reach == Reach::Here.as_str(),
    );
    let boxes = Privilege::ALL
        .iter()
        .map(|privilege| view! { <PrivilegeBox privilege=*privilege tick=ticked(*privilege).into() /> })
        .collect_view();
    view! {
        <form method="post" action=SetPrivileges::url()>
            <Panel
                id="manage"
                title="Privileges at a node"
                lead="What you tick takes the place of what the role may do there now. You can give only what you have yourself."
            >
                <PanelBody>
                    <div class="stack">
                        <FormErrors errors=again.errors() />
                        <input type="hidden" name="role" value=id.to_string() />
                        <Field name="node" label="Node">
                            <Select choices chosen />
                        </Field>
                        <FieldGroup label="May change">{boxes}</FieldGroup>
                        <FieldGroup label="Reaches">
                            <Radio name="reach" value=Reach::Below.as_str() tick=Tick::from(!is_here)>
                                {reach(Reach::Below)}
                            </Radio>
                            <Radio name="reach" value=Reach::Here.as_str() tick=Tick::from(is_here)>
                                {reach(Reach::Here)}
                            </Radio>
                        </FieldGroup>
                    </div>
                </PanelBody>
                <PanelFoot words="Its holders are signed out and begin anew.">
                    <Button kind=Kind::Primary>"Save privileges"</Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[component]
fn PrivilegeBox(privilege: Privilege, tick: Tick) -> impl IntoView {
    view! {
        <Check name=privilege.as_str() tick>
            <strong>{name(privilege)}</strong>
            <span class="hint">{meaning(privilege)}</span>
        </Check>
    }
}

/// The boxes of the form: each by the word of its privilege.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Ticked {
    manage_nodes: Option<String>,
    manage_users: Option<String>,
    manage_teams: Option<String>,
    manage_roles: Option<String>,
    manage_connections: Option<String>,
    read_events: Option<String>,
    transfer_consent: Option<String>,
}

#[server(endpoint = "roles/set_privileges")]
pub async fn set_privileges(
    role: RoleId,
    node: NodeId,
    reach: Reach,
    #[server(flatten)] ticked: Ticked,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let boxes = [
        (Privilege::ManageNodes, ticked.manage_nodes),
        (Privilege::ManageUsers, ticked.manage_users),
        (Privilege::ManageTeams, ticked.manage_teams),
        (Privilege::ManageRoles, ticked.manage_roles),
        (Privilege::ManageConnections, ticked.manage_connections),
        (Privilege::ReadEvents, ticked.read_events),
        (Privilege::TransferConsent, ticked.transfer_consent),
    ];
    let wanted: Vec<Privilege> = boxes
        .into_iter()
        .filter_map(|(privilege, tick)| tick.map(|_| privilege))
        .collect();
    let page = super::page_of(&role, "privileges");
    let form = Form::new("privileges", &page).keeps("node", &node.to_string());
    let form = wanted
        .iter()
        .fold(form, |form, one| form.keeps(one.as_str(), "on"));
    let set = directory::admin::roles::privileges::set(&db, &admin, &role, node, &wanted, reach);
    let done = |()| Done::at(&page).says("The privileges were saved.");
    answer(form, set.await.map(done)).await
}
