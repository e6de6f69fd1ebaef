//! What a role is called, whom it is for, and its end.

use crate::components::button::{Button, Kind, Size};
use crate::components::dialog::{Dialog, DialogOpener, Impact, ImpactLine};
use crate::components::form::{Check, Field, FieldGroup, FormErrors, Input};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::again;
use crate::words::counted;
use directory::model::id::RoleId;
use directory::model::role::{Hand, RoleDetail};
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn RoleSettings(found: RoleDetail) -> impl IntoView {
    if found.role.built_in {
        return view! {
            <Notice sign=NoticeSign::INFO title="Administrator stays as it is">
                <p>"It came with the installation, gives everything everywhere, and at least one person who can sign in holds it. Add roles of your own beside it."</p>
            </Notice>
        }
        .into_any();
    }
    if found.hand != Hand::Change {
        return view! { <p class="muted">"Only its own administrators change this role."</p> }
            .into_any();
    }
    let again = again("change-role");
    let role = found.role.clone();
    let value = again.value("name").unwrap_or_else(|| role.name.clone());
    view! {
        <Panel id="settings" title="Settings">
            <PanelBody>
                <form class="stack" method="post" action=ChangeRole::url()>
                    <FormErrors errors=again.errors() />
                    <input type="hidden" name="role" value=role.id.to_string() />
                    <Field name="name" label="Name" error=again.error("name")>
                        <Input value attr:required=true attr:maxlength="255" attr:autocomplete="off" />
                    </Field>
                    <WhomFor visible_below=role.visible_below for_new_users=role.for_new_users />
                    <div class="buttons">
                        <Button kind=Kind::Primary>"Save role"</Button>
                    </div>
                </form>
            </PanelBody>
            <RemoveFoot found />
        </Panel>
    }
    .into_any()
}

/// The two boxes that say whom a role is for.
#[component]
pub fn WhomFor(visible_below: bool, for_new_users: bool) -> impl IntoView {
    view! {
        <FieldGroup label="For whom">
            <Check name="visible_below" tick=visible_below>
                <strong>"Nodes below may use it"</strong>
                <span class="hint">"Their administrators see it and give it to their people and teams."</span>
            </Check>
            <Check name="for_new_users" tick=for_new_users>
                <strong>"New users hold it from the beginning"</strong>
                <span class="hint">"Whoever is added to this node from now on, by hand or by an identity provider; below it too, where it may be used. Not for roles with privileges."</span>
            </Check>
        </FieldGroup>
    }
}

#[component]
fn RemoveFoot(found: RoleDetail) -> impl IntoView {
    let again = again("remove-role");
    let id = found.role.id.clone();
    let users = counted(
        found.users.total,
        "user holds it no longer.",
        "users hold it no longer.",
    );
    let teams = counted(
        i64::try_from(found.teams.len()).unwrap_or_default(),
        "team holds it no longer.",
        "teams hold it no longer.",
    );
    let confirm = move || {
        view! {
            <form method="post" action=RemoveRole::url()>
                <input type="hidden" name="role" value=id.to_string() />
                <Button kind=Kind::Sure>"Remove role"</Button>
            </form>
        }
    };
    view! {
        <PanelFoot words="With it goes what it gives and what it asks.">
            <DialogOpener dialog="remove-role" kind=Kind::Danger size=Size::Small icon="trash">
                "Remove role"
            </DialogOpener>
        </PanelFoot>
        <FormErrors errors=again.errors() />
        <Dialog id="remove-role" title=format!("Remove role {}?", found.role.name) back="Keep role" confirm>
            <Impact>
                <ImpactLine icon="users">{users}</ImpactLine>
                <ImpactLine icon="teams">{teams}</ImpactLine>
                <ImpactLine icon="undo">"This cannot be taken back: another role of the same name is held by nobody."</ImpactLine>
            </Impact>
        </Dialog>
    }
}

#[server(endpoint = "roles/change")]
pub async fn change_role(
    role: RoleId,
    name: String,
    visible_below: Option<String>,
    for_new_users: Option<String>,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = super::page_of(&role, "settings");
    let form = Form::new("change-role", &page).keeps("name", &name);
    let wanted = directory::admin::roles::Wanted {
        name,
        visible_below: visible_below.is_some().into(),
        for_new_users: for_new_users.is_some().into(),
    };
    let changed = directory::admin::roles::change(&db, &admin, &role, wanted).await;
    let done = |()| Done::at(&page).says("The role was saved.");
    answer(form, changed.map(done)).await
}

#[server(endpoint = "roles/remove")]
pub async fn remove_role(role: RoleId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let removed = directory::admin::roles::remove(&db, &admin, &role).await;
    let form = Form::new("remove-role", super::page_of(&role, "settings"));
    let done = |()| Done::at("/roles").says("The role was removed.");
    answer(form, removed.map(done)).await
}
