//! The people who hold a role themselves; and the roles of a person, on their page.

use super::page_of;
use crate::components::badge::State;
use crate::components::button::{Button, Kind, Size};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Field, FormErrors, Input, Select};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelBody};
use crate::components::table::{Column, DataTable, List, ListFoot, Who};
use crate::error::AppError;
use crate::pages::frame::{again, part_of, role_choices};
use crate::words::{of_holder, roles};
use directory::model::id::{RoleId, UserId};
use directory::model::query::ListQuery;
use directory::model::role::{Hand, HeldRole, Holder, RoleDetail, RoleInList, RoleKind};
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn Users(found: RoleDetail, asked: ListQuery, here: Query) -> impl IntoView {
    let is_open = found.hand != Hand::Look;
    let part = part_of(&found.users, &asked, &here);
    let rows = found.users.rows;
    let (id, is_administrative) = (found.role.id.clone(), found.role.is_administrative());
    let given = id.clone();
    let table = if rows.is_empty() {
        view! {
            <EmptyState
                title="Nobody holds this role themself"
                words="Give it to people here, or to whole teams: their approved members hold it then."
            />
        }
        .into_any()
    } else {
        view! {
            <List>
                <HolderTable id=id rows is_open />
                <ListFoot part />
            </List>
        }
        .into_any()
    };
    view! {
        <div class="columns">
            {table}
            {is_open.then(|| view! { <GivePanel id=given is_administrative /> })}
        </div>
    }
}

#[component]
fn HolderTable(id: RoleId, rows: Vec<Holder>, is_open: bool) -> impl IntoView {
    let columns = vec![
        Column::named("User"),
        Column::named("State"),
        Column::named("Node"),
        Column::act(),
    ];
    let rows = rows
        .into_iter()
        .map(|row| view! { <HolderRow id=id.clone() row is_open /> })
        .collect_view();
    view! { <DataTable columns>{rows}</DataTable> }
}

#[component]
fn HolderRow(id: RoleId, row: Holder, is_open: bool) -> impl IntoView {
    let standing = of_holder(&row);
    let from = page_of(&id, "users");
    view! {
        <tr>
            <th scope="row">
                {if row.is_open {
                    view! { <Who name=row.label.clone() href=format!("/users/{}", row.id) second=row.login.clone() /> }.into_any()
                } else {
                    view! {
                        <span class="name">{row.label.clone()}</span>
                        <span class="sub">{row.login.clone()}</span>
                    }
                    .into_any()
                }}
            </th>
            <td class="solo">
                <State of=standing />
            </td>
            <td class="brief">{row.node_name}</td>
            <td class="act">{is_open.then(|| view! { <TakeButton role=id user=row.id label=row.label from /> })}</td>
        </tr>
    }
}

#[component]
fn TakeButton(role: RoleId, user: UserId, label: String, from: String) -> impl IntoView {
    view! {
        <form method="post" action=TakeRole::url()>
            <input type="hidden" name="role" value=role.to_string() />
            <input type="hidden" name="user" value=user.to_string() />
            <input type="hidden" name="from" value=from />
            <Button size=Size::Small attr:aria-label=format!("Take role from {label}")>
                "Take role"
            </Button>
        </form>
    }
}

#[component]
fn GivePanel(id: RoleId, is_administrative: bool) -> impl IntoView {
    let again = again("give-role");
    let hint = if is_administrative {
        "Somebody who has come in already. They sign in anew and have its privileges then."
    } else {
        "Of somebody at a node where you manage roles."
    };
    view! {
        <Panel id="give" title="Give role">
            <PanelBody>
                <form class="stack" method="post" action=GiveRole::url()>
                    <FormErrors errors=again.errors() />
                    <input type="hidden" name="role" value=id.to_string() />
                    <Field name="person" label="E-mail address or id" hint error=again.error("person")>
                        <Input value=again.value("person") attr:required=true attr:autocomplete="off" />
                    </Field>
                    <div class="buttons">
                        <Button kind=Kind::Primary icon="plus">
                            "Give role"
                        </Button>
                    </div>
                </form>
            </PanelBody>
        </Panel>
    }
}

/// The roles of a person, and the form that gives them another.
#[component]
pub fn RolesOfUser(user: UserId, held: Vec<HeldRole>, usable: Vec<RoleInList>) -> impl IntoView {
    let from = format!("/users/{user}");
    let is_empty = held.is_empty();
    let has = |id: &RoleId| held.iter().any(|one| one.is_own && &one.id == id);
    let choices = role_choices(usable.into_iter().filter(|one| !has(&one.id)));
    if is_empty && choices.is_empty() {
        return ().into_any();
    }
    let rows = held
        .into_iter()
        .map(|role| view! { <HeldRow role user=user.clone() from=from.clone() /> })
        .collect_view();
    let columns = vec![
        Column::named("Role"),
        Column::named("Node"),
        Column::named("How"),
        Column::act(),
    ];
    view! {
        <Panel id="roles" title="Roles">
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
                            <form class="filter" method="post" action=GiveRoleHere::url()>
                                <input type="hidden" name="user" value=user.to_string() />
                                <Select choices attr:name="role" attr:aria-label="Role" width=crate::components::form::Width::Content />
                                <Button icon="plus">"Give role"</Button>
                            </form>
                        </PanelBody>
                    }
                })}
        </Panel>
    }
    .into_any()
}

#[component]
fn HeldRow(role: HeldRole, user: UserId, from: String) -> impl IntoView {
    let way = roles::way(&role);
    let is_administrative = role.kind == RoleKind::Administrative;
    let name = role.name.clone();
    view! {
        <tr>
            <th scope="row">
                {if role.is_open {
                    view! { <a class="name" href=format!("/roles/{}", role.id)>{name.clone()}</a> }.into_any()
                } else {
                    view! { <span class="name">{name.clone()}</span> }.into_any()
                }}
                <span class="sub">{if is_administrative { "Administrative" } else { "Ordinary" }}</span>
            </th>
            <td class="brief">{role.node_name.unwrap_or_default()}</td>
            <td class="brief">{way}</td>
            <td class="act">
                {role.is_theirs_to_take.then(|| view! { <TakeButton role=role.id user label=name from /> })}
            </td>
        </tr>
    }
}

#[server(endpoint = "roles/give")]
pub async fn give_role(role: RoleId, person: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = page_of(&role, "users");
    let form = Form::new("give-role", &page).keeps("person", &person);
    let given = directory::admin::roles::holders::give_to(&db, &admin, &role, &person).await;
    let done = |user: directory::model::user::User| {
        Done::at(&page).says(format!("{} holds the role.", user.label))
    };
    answer(form, given.map(done)).await
}

#[server(endpoint = "roles/give_here")]
pub async fn give_role_here(role: RoleId, user: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{user}");
    let given = directory::admin::roles::holders::give(&db, &admin, &role, &user).await;
    let done = |user: directory::model::user::User| {
        Done::at(&page).says(format!("{} holds the role.", user.label))
    };
    answer(Form::button(&page), given.map(done)).await
}

#[server(endpoint = "roles/take")]
pub async fn take_role(role: RoleId, user: UserId, from: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let taken = directory::admin::roles::holders::take(&db, &admin, &role, &user).await;
    let done = |user: directory::model::user::User| {
        Done::at(&from).says(format!("{} no longer holds the role.", user.label))
    };
    answer(Form::button(&from), taken.map(done)).await
}
