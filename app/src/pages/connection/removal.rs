//! The question before a connection is removed.

use super::one_connection;
use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::{Page, crumbs_of, node_of_path, shown};
use crate::words::counted;
use directory::model::connection::ConnectionDetail;
use directory::model::id::NodeId;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn RemoveConnectionPage() -> impl IntoView {
    shown(
        Section::Connections,
        one_connection(node_of_path()),
        |detail| {
            let name = detail.connection.name.clone();
            let title = format!("Remove {name}?");
            let mut crumbs = crumbs_of(&detail.path);
            crumbs.push(Crumb::above(
                name,
                format!("/nodes/{}/connection", detail.connection.node_id),
            ));
            crumbs.push(Crumb::here("Remove connection"));
            view! {
                <Page title=title.clone() section=Section::Connections crumbs>
                    <PageHead title />
                    <Question detail />
                </Page>
            }
        },
    )
}

#[component]
fn Question(detail: ConnectionDetail) -> impl IntoView {
    let node = detail.connection.node_id;
    let users = counted(detail.users, "user stays", "users stay");
    let teams = counted(detail.teams, "team stays", "teams stay");
    view! {
        <Panel id="consequences" title="What happens">
            <PanelBody>
                <Impact>
                    <ImpactLine icon="key">"Its tokens end at once: every further request is refused with 401."</ImpactLine>
                    <ImpactLine icon="users">{users} " as they are; nobody keeps them up to date from now on."</ImpactLine>
                    <ImpactLine icon="teams">{teams} " with their members."</ImpactLine>
                    <ImpactLine icon="undo">
                        "A new connection of " {detail.node.name} " claims them again when it sends the same addresses."
                    </ImpactLine>
                </Impact>
            </PanelBody>
            <PanelFoot>
                <ButtonLink href=format!("/nodes/{node}/connection")>"Keep connection"</ButtonLink>
                <form method="post" action=RemoveConnection::url()>
                    <input type="hidden" name="node" value=node.to_string() />
                    <Button kind=Kind::Sure>"Remove connection"</Button>
                </form>
            </PanelFoot>
        </Panel>
    }
}

#[server(endpoint = "connections/remove")]
pub async fn remove_connection(node: NodeId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let removed = directory::admin::connections::remove(&db, &admin, node).await;
    let done = |()| {
        Done::at(format!("/nodes/{node}"))
            .says("The connection was removed. Its users and teams stayed.")
    };
    answer(
        Form::button(format!("/nodes/{node}/connection")),
        removed.map(done),
    )
    .await
}
