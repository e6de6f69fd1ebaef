//! Another name for a node, and its end.

use crate::components::button::{Button, Kind, Size};
use crate::components::dialog::{Dialog, DialogOpener};
use crate::components::form::{Field, FormErrors, Input};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::again;
use directory::model::id::NodeId;
use directory::model::node::NodeDetail;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn NodeSettings(node: NodeDetail) -> impl IntoView {
    let again = again("rename-node");
    let (id, name) = (node.node.id, node.node.name.clone());
    let is_root = node.node.parent_id.is_none();
    let hint = if is_root {
        "The node at the top bears the name of the organisation."
    } else {
        "1 to 255 characters. Two nodes may bear the same name."
    };
    let value = again.value("name").unwrap_or_else(|| name.clone());
    view! {
        <Panel id="settings" title="Settings">
            <PanelBody>
                <form class="stack tight" method="post" action=RenameNode::url()>
                    <FormErrors errors=again.errors() />
                    <input type="hidden" name="id" value=id.to_string() />
                    <Field name="name" label="Name" hint error=again.error("name")>
                        <Input
                            value
                            attr:required=true
                            attr:maxlength="255"
                            attr:autocomplete="off"
                        />
                    </Field>
                    <div class="buttons">
                        <Button>"Rename node"</Button>
                    </div>
                </form>
            </PanelBody>
            {(!is_root).then(|| view! { <RemoveNodeFoot id name /> })}
        </Panel>
    }
}

/// The way to remove a node; one that is not empty is refused with the reason.
#[component]
fn RemoveNodeFoot(id: NodeId, name: String) -> impl IntoView {
    let again = again("remove-node");
    let confirm = move || {
        view! {
            <form method="post" action=RemoveNode::url()>
                <input type="hidden" name="id" value=id.to_string() />
                <Button kind=Kind::Sure>"Remove node"</Button>
            </form>
        }
    };
    view! {
        <PanelFoot words="Only an empty node can be removed.">
            <DialogOpener dialog="remove-node" kind=Kind::Danger size=Size::Small icon="trash">
                "Remove node"
            </DialogOpener>
        </PanelFoot>
        <FormErrors errors=again.errors() />
        <Dialog id="remove-node" title=format!("Remove node {name}?") back="Keep node" confirm>
            <p>"Its number is never used again: identity providers that knew its address are refused."</p>
        </Dialog>
    }
}

#[server(endpoint = "nodes/rename")]
pub async fn rename_node(id: NodeId, name: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{id}");
    let renamed = directory::admin::nodes::rename(&db, &admin, id, &name).await;
    let done = |()| Done::at(&page).says("The node was renamed.");
    answer(
        Form::new("rename-node", &page).keeps("name", &name),
        renamed.map(done),
    )
    .await
}

#[server(endpoint = "nodes/remove")]
pub async fn remove_node(id: NodeId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let removed = directory::admin::nodes::remove(&db, &admin, id).await;
    let done = |()| Done::at("/nodes").says("The node was removed.");
    answer(
        Form::new("remove-node", format!("/nodes/{id}")),
        removed.map(done),
    )
    .await
}
