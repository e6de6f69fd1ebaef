//! The recycle bin: who was deleted, when and by whom; restored with a button, deleted permanently by typing the name.

use crate::components::badge::{Provenance, Source};
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Field, Filter, FormErrors, Input};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::components::table::{Column, DataTable, List, ListFoot, Part};
use crate::components::time::date;
use crate::error::AppError;
use crate::pages::frame::{Ago, Page, again, asked_of, lead_of, part_of, shown};
use crate::visit::visit;
use directory::model::id::UserId;
use directory::model::many::Recycled;
use directory::model::query::{ListQuery, Listed};
use leptos::prelude::*;
use server_fn::ServerFn;

const PAGE: &str = "/users/bin";

#[component]
pub fn BinPage() -> impl IntoView {
    let here = Query::current();
    let asked = asked_of(&here);
    let searched = asked.q.clone();
    let erased = here.value("erase").map(UserId);
    let finding = async move {
        let found = list_recycled(asked.clone()).await?;
        let part = part_of(&found, &asked, &here);
        let one = match erased {
            Some(id) => Some(one_recycled(id).await?),
            None => None,
        };
        Ok((found, part, one))
    };
    shown(Section::Users, finding, move |(found, part, one)| {
        let lead = if found.all == 0 {
            "Nobody is in it.".to_owned()
        } else {
            lead_of(&found, "deleted user", "deleted users")
        };
        let crumbs = vec![Crumb::above("Users", "/users"), Crumb::here("Recycle bin")];
        view! {
            <Page title="Recycle bin" section=Section::Users crumbs>
                <PageHead title="Recycle bin" lead />
                {one.map(|one| view! { <Question one /> })}
                <Bin found part searched />
            </Page>
        }
    })
}

#[component]
fn Bin(found: Listed<Recycled>, part: Part, searched: String) -> impl IntoView {
    if found.all == 0 {
        return view! {
            <EmptyState
                title="The recycle bin is empty"
                words="Users whom an administrator deletes are kept here for 30 days, with their roles and teams, and can be restored. An identity provider that deletes somebody only locks them."
            >
                <ButtonLink href="/users">"Show users"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::named("User"),
        Column::named("Node"),
        Column::named("Deleted by"),
        Column::named("Came from"),
        Column::number("Deleted"),
        Column::act(),
    ];
    let rows = found
        .rows
        .into_iter()
        .map(|one| view! { <Row one /> })
        .collect_view();
    view! {
        <div class="stack tight">
            <Filter searched=Some(searched) label="Name, address or id" />
        </div>
        <List>
            <DataTable columns>{rows}</DataTable>
            <ListFoot part />
        </List>
    }
    .into_any()
}

#[component]
fn Row(one: Recycled) -> impl IntoView {
    let id = one.id.to_string();
    let can_come_back = one.until() > visit().now;
    let until = date(one.until().0, visit().now.0);
    let from = if one.linked {
        Source::Idp("identity provider".to_owned())
    } else {
        Source::Here
    };
    let then = if can_come_back {
        format!("can be restored until {until}")
    } else {
        "can no longer be restored".to_owned()
    };
    view! {
        <tr>
            <th scope="row">
                <span class="name">{one.label.clone()}</span>
                <span class="sub">{one.login}</span>
            </th>
            <td class="brief">{one.node_name}</td>
            <td class="brief">
                <span>{one.recycled_by} <span class="sub">{then}</span></span>
            </td>
            <td class="wide">
                <Provenance from />
            </td>
            <td class="number brief">
                <Ago at=one.recycled_at />
            </td>
            <td class="act">
                <div class="buttons">
                    <ButtonLink href=format!("{PAGE}?erase={id}") kind=Kind::Quiet size=Size::Small>
                        "Delete permanently"
                    </ButtonLink>
                    {can_come_back
                        .then(|| {
                            view! {
                                <form method="post" action=RestoreUser::url()>
                                    <input type="hidden" name="id" value=id />
                                    <Button size=Size::Small attr:aria-label=format!("Restore {}", one.label)>
                                        "Restore"
                                    </Button>
                                </form>
                            }
                        })}
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// The question before somebody is deleted permanently.
#[component]
fn Question(one: Recycled) -> impl IntoView {
    let again = again("erase");
    view! {
        <form method="post" action=EraseUser::url()>
            <input type="hidden" name="id" value=one.id.to_string() />
            <Panel id="consequences" title=format!("Delete {} permanently?", one.label)>
                <PanelBody>
                    <FormErrors errors=again.errors() />
                    <Impact>
                        <ImpactLine icon="trash">"All that is known of them is erased, and cannot be brought back."</ImpactLine>
                        <ImpactLine icon="events">"What they did and what was done to them stays in the events, without their name."</ImpactLine>
                        <ImpactLine icon="mail">"Their address is free again."</ImpactLine>
                    </Impact>
                    <Field name="typed" label=format!("Type {} to delete them permanently", one.label) error=again.error("typed")>
                        <Input value=again.value("typed") attr:required=true attr:autocomplete="off" />
                    </Field>
                </PanelBody>
                <PanelFoot>
                    <ButtonLink href=PAGE>"Keep in the recycle bin"</ButtonLink>
                    <Button kind=Kind::Sure>"Delete permanently"</Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[server(endpoint = "bin/list")]
pub async fn list_recycled(asked: ListQuery) -> Result<Listed<Recycled>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::bin::list(&db, &admin, &asked).await?)
}

#[server(endpoint = "bin/one")]
pub async fn one_recycled(id: UserId) -> Result<Recycled, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::bin::get(&db, &admin, &id).await?)
}

#[server(endpoint = "bin/restore")]
pub async fn restore_user(id: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let restored = directory::admin::bin::restore(&db, &admin, &id).await;
    let done = |user: directory::model::user::User| {
        let page = format!("/users/{}", user.id);
        Done::at(page).says(format!("{} was restored.", user.label))
    };
    answer(Form::button(PAGE), restored.map(done)).await
}

#[server(endpoint = "bin/erase")]
pub async fn erase_user(id: UserId, typed: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let form = Form::new("erase", format!("{PAGE}?erase={id}")).keeps("typed", &typed);
    let erased = directory::admin::bin::erase(&db, &admin, &id, &typed).await;
    answer(
        form,
        erased.map(|()| Done::at(PAGE).says("The user was deleted permanently.")),
    )
    .await
}
