//! Whether a connection goes or is paused, and the buttons that pause it and let it go on.

use crate::components::button::{Button, Kind};
use crate::components::menu::MenuButton;
use crate::components::notice::{Notice, NoticeSign};
use crate::error::AppError;
use directory::model::connection::{Connection, ConnectionState};
use directory::model::id::NodeId;
use leptos::prelude::*;
use server_fn::ServerFn;

/// In the menu of the page.
#[component]
pub fn PauseButton(node: NodeId) -> impl IntoView {
    view! {
        <form method="post" action=PauseConnection::url()>
            <input type="hidden" name="node" value=node.to_string() />
            <MenuButton icon="clock">"Pause connection"</MenuButton>
        </form>
    }
}

/// What a pause means, with the button that ends it; nothing where there is none.
#[component]
pub fn Paused(connection: Connection) -> impl IntoView {
    if connection.state != ConnectionState::Paused {
        return ().into_any();
    }
    let node = connection.node_id;
    let name = connection.name;
    let buttons = move || {
        view! {
            <form method="post" action=ResumeConnection::url()>
                <input type="hidden" name="node" value=node.to_string() />
                <Button kind=Kind::Primary icon="sync">
                    "Resume connection"
                </Button>
            </form>
        }
    };
    view! {
        <Notice sign=NoticeSign::WAIT title=format!("{name} is paused") buttons>
            <p>
                "It reads, and it locks people who must go. Everything else is answered 503 with Retry-After, and changes nothing: the identity provider tries again by itself."
            </p>
        </Notice>
    }
    .into_any()
}

#[server(endpoint = "connections/pause")]
pub async fn pause_connection(node: NodeId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection");
    let paused = directory::admin::removal::pause(&db, &admin, node).await;
    let done = |()| Done::at(&page).says("The connection is paused.");
    answer(Form::button(&page), paused.map(done)).await
}

#[server(endpoint = "connections/resume")]
pub async fn resume_connection(node: NodeId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection");
    let resumed = directory::admin::removal::resume(&db, &admin, node).await;
    let done = |()| Done::at(&page).says("The connection goes on.");
    answer(Form::button(&page), resumed.map(done)).await
}
