//! Adds a person by hand.

use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::checklist::{ListedStep, StepState, Steps};
use crate::components::form::{Field, FormErrors, Input, Select};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelBody};
use crate::error::AppError;
use crate::pages::frame::{Page, again, node_choices_with, shown};
use crate::pages::nodes::all_nodes;
use directory::model::id::NodeId;
use directory::model::node::NodeInTree;
use directory::model::role::Privilege;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn NewUserPage() -> impl IntoView {
    let asked = Query::current().value("node");
    shown(Section::Users, all_nodes(), move |nodes| {
        view! {
            <Page title="Add user" section=Section::Users crumbs=vec![Crumb::above("Users", "/users"), Crumb::here("Add user")]>
                <PageHead
                    title="Add user"
                    lead="Somebody whom no identity provider sends. They are Invited until they sign in for the first time."
                />
                <div class="columns">
                    <NewUser nodes asked />
                    <Next />
                </div>
            </Page>
        }
    })
}

#[component]
fn NewUser(nodes: Vec<NodeInTree>, asked: Option<String>) -> impl IntoView {
    let again = again("add-user");
    let node = again.value("node").or(asked);
    let choices = node_choices_with(&nodes, Privilege::ManageUsers);
    view! {
        <Panel id="add" title="Who">
            <PanelBody>
                <form class="stack" method="post" action=AddUser::url()>
                    <FormErrors errors=again.errors() />
                    <div class="form-grid">
                        <Field name="name" label="Name" error=again.error("name")>
                            <Input value=again.value("name") attr:required=true attr:maxlength="255" attr:autocomplete="off" />
                        </Field>
                        <Field name="email" label="E-mail address" hint="They sign in with it. It is unique across all nodes." error=again.error("email")>
                            <Input kind="email" value=again.value("email") attr:required=true attr:autocomplete="off" />
                        </Field>
                        <Field name="node" label="Node">
                            <Select choices chosen=node />
                        </Field>
                    </div>
                    <div class="buttons">
                        <Button kind=Kind::Primary icon="plus">
                            "Add user"
                        </Button>
                        <ButtonLink href="/users" kind=Kind::Quiet>
                            "Back to users"
                        </ButtonLink>
                    </div>
                </form>
            </PanelBody>
        </Panel>
    }
}

/// What happens with somebody who was added.
#[component]
fn Next() -> impl IntoView {
    let steps = [
        (
            "They are Invited",
            "Nobody is written to yet: the page of the user has the button that sends the invitation.",
        ),
        (
            "They sign in",
            "Through the identity provider of their address. With the first sign-in they become Active.",
        ),
        (
            "An identity provider may claim them",
            "One that sends the same address to this node keeps them from then on.",
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

#[server(endpoint = "users/add")]
pub async fn add_user(name: String, email: String, node: NodeId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let form = Form::new("add-user", "/users/new")
        .keeps("name", &name)
        .keeps("email", &email)
        .keeps("node", &node.to_string());
    let added = directory::admin::users::add(&db, &admin, node, &name, &email).await;
    let done = |user: directory::model::user::User| {
        Done::at(format!("/users/{}", user.id)).says(format!("{} was added.", user.label))
    };
    answer(form, added.map(done)).await
}
