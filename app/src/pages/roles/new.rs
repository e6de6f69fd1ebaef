//! Adds a role to a node.

use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::checklist::{ListedStep, StepState, Steps};
use crate::components::form::{Field, FormErrors, Input, Select};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelBody};
use crate::error::AppError;
use crate::pages::frame::{Page, again, node_choices_with, shown};
use crate::pages::nodes::all_nodes;
use crate::pages::role::WhomFor;
use directory::model::id::NodeId;
use directory::model::node::NodeInTree;
use directory::model::role::Privilege;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn NewRolePage() -> impl IntoView {
    let asked = Query::current().value("node");
    shown(Section::Roles, all_nodes(), move |nodes| {
        view! {
            <Page title="Add role" section=Section::Roles crumbs=vec![Crumb::above("Roles", "/roles"), Crumb::here("Add role")]>
                <PageHead
                    title="Add role"
                    lead="A role says what those who hold it obey, and what they may administer."
                />
                <div class="columns">
                    <NewRole nodes asked />
                    <Next />
                </div>
            </Page>
        }
    })
}

#[component]
fn NewRole(nodes: Vec<NodeInTree>, asked: Option<String>) -> impl IntoView {
    let again = again("add-role");
    let node = again.value("node").or(asked);
    let choices = node_choices_with(&nodes, Privilege::ManageRoles);
    let is_on = |field| again.value(field).is_some_and(|value| !value.is_empty());
    let (visible_below, for_new_users) = (is_on("visible_below"), is_on("for_new_users"));
    view! {
        <Panel id="add" title="Role">
            <PanelBody>
                <form class="stack" method="post" action=AddRole::url()>
                    <FormErrors errors=again.errors() />
                    <div class="form-grid">
                        <Field name="name" label="Name" error=again.error("name")>
                            <Input value=again.value("name") attr:required=true attr:maxlength="255" attr:autocomplete="off" />
                        </Field>
                        <Field name="node" label="Node">
                            <Select choices chosen=node />
                        </Field>
                    </div>
                    <WhomFor visible_below for_new_users />
                    <div class="buttons">
                        <Button kind=Kind::Primary icon="plus">
                            "Add role"
                        </Button>
                        <ButtonLink href="/roles" kind=Kind::Quiet>
                            "Back to roles"
                        </ButtonLink>
                    </div>
                </form>
            </PanelBody>
        </Panel>
    }
}

/// What happens with a role that was added.
#[component]
fn Next() -> impl IntoView {
    let steps = [
        (
            "Give it to people or teams",
            "A team holds it for its approved members, as long as they are members.",
        ),
        (
            "Or give it privileges",
            "Then it is administrative: its holders manage the nodes you name. Teams cannot hold such a role.",
        ),
    ];
    let steps = (1..)
        .zip(steps)
        .map(|(number, (title, words))| {
            view! {
                <ListedStep state=StepState::Later(number) title>
                    <p>{words}</p>
                </ListedStep>
            }
        })
        .collect_view();
    view! {
        <Panel id="next" title="What comes next">
            <Steps>{steps}</Steps>
        </Panel>
    }
}

#[server(endpoint = "roles/add")]
pub async fn add_role(
    name: String,
    node: NodeId,
    visible_below: Option<String>,
    for_new_users: Option<String>,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let form = Form::new("add-role", "/roles/new")
        .keeps("name", &name)
        .keeps("node", &node.to_string())
        .keeps(
            "visible_below",
            visible_below.as_deref().unwrap_or_default(),
        )
        .keeps(
            "for_new_users",
            for_new_users.as_deref().unwrap_or_default(),
        );
    let wanted = directory::admin::roles::Wanted {
        name,
        visible_below: visible_below.is_some().into(),
        for_new_users: for_new_users.is_some().into(),
    };
    let added = directory::admin::roles::add(&db, &admin, node, wanted).await;
    let done = |role: directory::model::role::Role| {
        Done::at(format!("/roles/{}", role.id)).says(format!("{} was added.", role.name))
    };
    answer(form, added.map(done)).await
}
