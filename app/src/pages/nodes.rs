//! The organisation as a tree, and the form that adds a node to it.

use crate::components::button::{Button, Kind};
use crate::components::form::{Field, FormErrors, Input, Select};
use crate::components::layout::{Crumb, PageHead, PageSection, Section};
use crate::components::link::Href;
use crate::components::node_tree::{Branch, BranchPlace, NodeTree};
use crate::components::panel::{Panel, PanelBody};
use crate::error::AppError;
use crate::pages::frame::{Page, again, may_somewhere, node_choices_with, shown};
use crate::words::{counted, figure, number};
use directory::model::id::NodeId;
use directory::model::node::NodeInTree;
use directory::model::role::Privilege;
use leptos::prelude::*;
use server_fn::ServerFn;
use std::collections::{HashMap, HashSet};

/// Up to so many nodes the whole tree is shown; larger ones open by a press.
const SHOWN_OPEN: usize = 60;

#[component]
pub fn NodesPage() -> impl IntoView {
    shown(Section::Nodes, all_nodes(), |nodes| {
        let users: i64 = nodes.iter().map(|node| node.users).sum();
        let here = counted(
            i64::try_from(nodes.len()).unwrap_or_default(),
            "node",
            "nodes",
        );
        let with = if may_somewhere(Privilege::ManageUsers) {
            format!(" with {}", counted(users, "user", "users"))
        } else {
            String::new()
        };
        let lead = format!("{here}{with}. Every user, team and connection belongs to one.");
        let can_add = nodes.iter().any(|node| node.lets(Privilege::ManageNodes));
        view! {
            <Page title="Nodes" section=Section::Nodes crumbs=vec![Crumb::here("Nodes")]>
                <PageHead title="Nodes" lead />
                <div class="columns">
                    <Forest nodes=nodes.clone() />
                    {can_add.then(|| view! { <AddNodePanel nodes /> })}
                </div>
            </Page>
        }
    })
}

/// A number of things at a node, where the administrator may count them.
pub fn counted_if(node: &NodeInTree, privilege: Privilege, count: i64) -> String {
    if node.lets(privilege) {
        figure(count)
    } else {
        String::new()
    }
}

/// The trees an administrator may see; usually one.
#[component]
fn Forest(nodes: Vec<NodeInTree>) -> impl IntoView {
    let known: HashSet<NodeId> = nodes.iter().map(|node| node.id).collect();
    let depth = if nodes.len() > SHOWN_OPEN {
        1
    } else {
        usize::MAX
    };
    let mut below: HashMap<Option<NodeId>, Vec<NodeInTree>> = HashMap::new();
    for node in nodes {
        let parent = node.parent_id.filter(|parent| known.contains(parent));
        below.entry(parent).or_default().push(node);
    }
    let roots = below.remove(&None).unwrap_or_default();
    let trees = roots
        .into_iter()
        .map(|node| view! { <NodeTree root=branch(node, &mut below, depth) /> })
        .collect_view();
    view! {
        <PageSection id="tree" title="Tree" end=|| view! { <span class="muted">"Users here and below"</span> }>
            <div class="stack">{trees}</div>
        </PageSection>
    }
}

/// A node with all that is below it, opened so many levels deep.
fn branch(
    node: NodeInTree,
    below: &mut HashMap<Option<NodeId>, Vec<NodeInTree>>,
    open: usize,
) -> Branch {
    let children: Vec<Branch> = below
        .remove(&Some(node.id))
        .unwrap_or_default()
        .into_iter()
        .map(|child| branch(child, below, open.saturating_sub(1)))
        .collect();
    Branch {
        name: node.name,
        href: Href::internal(format!("/nodes/{}", node.id)),
        users: number(node.users) + children.iter().map(|child| child.users).sum::<u64>(),
        tag: (!node.connection.is_empty()).then(|| "SCIM".to_owned()),
        place: if open > 0 {
            BranchPlace::Open
        } else {
            BranchPlace::Closed
        },
        below: children,
    }
}

/// The form that adds a node anywhere.
#[component]
fn AddNodePanel(nodes: Vec<NodeInTree>) -> impl IntoView {
    let again = again("add-node");
    let choices = node_choices_with(&nodes, Privilege::ManageNodes);
    view! {
        <Panel id="add" title="Add node" lead="A country, a department, a company: whatever has its own people.">
            <PanelBody>
                <form class="stack" method="post" action=AddNode::url()>
                    <FormErrors errors=again.errors() />
                    <input type="hidden" name="from" value="/nodes" />
                    <Field name="name" label="Name" error=again.error("name")>
                        <Input
                            value=again.value("name")
                            attr:required=true
                            attr:maxlength="255"
                            attr:autocomplete="off"
                        />
                    </Field>
                    <Field name="parent" label="Below">
                        <Select choices chosen=again.value("parent") />
                    </Field>
                    <div class="buttons">
                        <Button kind=Kind::Primary icon="plus">
                            "Add node"
                        </Button>
                    </div>
                </form>
            </PanelBody>
        </Panel>
    }
}

#[server(endpoint = "nodes/all")]
pub async fn all_nodes() -> Result<Vec<NodeInTree>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::nodes::tree(&db, &admin).await?)
}

#[server(endpoint = "nodes/add")]
pub async fn add_node(parent: NodeId, name: String, from: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let form = Form::new("add-node", from)
        .keeps("name", &name)
        .keeps("parent", &parent.to_string());
    let added = directory::admin::nodes::add(&db, &admin, parent, &name).await;
    let done = |node: directory::model::node::Node| {
        Done::at(format!("/nodes/{}", node.id)).says(format!("{} was added.", node.name))
    };
    answer(form, added.map(done)).await
}
