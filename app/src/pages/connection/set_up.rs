//! The address and the token to copy, the options, and the button that saves.

use super::tokens::Tokens;
use crate::components::button::{Button, Kind};
use crate::components::copy::{Copy, Secret};
use crate::components::form::{Choice, Field, FormErrors, Input, Select, Tick};
use crate::components::panel::{Panel, PanelBody, PanelFoot, Setting, Settings};
use crate::components::time::date;
use crate::error::AppError;
use crate::pages::frame::again;
use crate::visit::{Revealed, visit};
use directory::model::connection::{ConnectionDetail, ConnectionState, TokenState};
use directory::model::id::NodeId;
use directory::model::timestamp::Timestamp;
use leptos::prelude::*;
use server_fn::ServerFn;

/// The base URL of a node for its identity provider.
pub fn base_url(node: NodeId) -> String {
    format!("{}/api/rest/scim/v2/{node}", visit().public_url)
}

#[component]
pub fn AddressPanel(detail: ConnectionDetail) -> impl IntoView {
    let node = detail.connection.node_id;
    let tokens = detail.tokens.clone();
    view! {
        <Panel id="address" title="Address and token">
            <PanelBody>
                <div class="field">
                    <span class="label">"SCIM base URL"</span>
                    <Copy value=base_url(node) what="base URL" />
                    <p class="hint">"It names the node, so people and groups sent there belong to " {detail.node.name.clone()} "."</p>
                </div>
                <TokenBox detail />
            </PanelBody>
            <Tokens node tokens />
        </Panel>
    }
}

/// What there is to do about the token now: generate it, copy it while it is shown, or know that it is not shown again.
#[component]
fn TokenBox(detail: ConnectionDetail) -> impl IntoView {
    let is_draft = detail.connection.state == ConnectionState::Draft;
    if let Some(revealed) = visit().revealed {
        return view! { <NewToken name=detail.connection.name revealed /> }.into_any();
    }
    let node = detail.connection.node_id;
    let connection_name = format!(
        "{} {}",
        detail.connection.name,
        date(visit().now.0, Timestamp(0).0)
    );
    let unsaved = detail
        .tokens
        .iter()
        .any(|token| token.state == TokenState::Draft);
    let (words, act, kind) = match (unsaved, is_draft) {
        (true, _) => (
            "A token was generated and is not shown again. If you did not copy it, generate another: it replaces this one.",
            "Generate another token",
            Kind::Plain,
        ),
        (false, true) => (
            "The identity provider proves with it who it is. It is shown only now, and only once.",
            "Generate token",
            Kind::Primary,
        ),
        (false, false) => (
            "Two tokens may be active at once, so a change of tokens needs no pause.",
            "Generate token",
            Kind::Plain,
        ),
    };
    view! {
        <form class="field" method="post" action=format!("/nodes/{node}/connection/token")>
            <span class="label">"Token"</span>
            <p class="hint">{words}</p>
            <div class="row-of-fields">
                <Field name="token_name" label="Name of the token" hint="So that you know it again.">
                    <Input value=connection_name attr:maxlength="255" attr:autocomplete="off" />
                </Field>
                <Field name="days" label="Good for">
                    <Select choices=lives() chosen=Some("365".to_owned()) />
                </Field>
            </div>
            <div class="buttons">
                <Button kind icon="key">
                    {act}
                </Button>
            </div>
        </form>
    }
    .into_any()
}

/// How long a token may be good (TOK-5).
fn lives() -> Vec<Choice> {
    [
        ("30", "30 days"),
        ("90", "90 days"),
        ("365", "a year"),
        ("730", "two years"),
    ]
    .map(|(days, words)| Choice::new(days, words))
    .into()
}

#[component]
fn NewToken(name: String, revealed: Revealed) -> impl IntoView {
    view! {
        <Secret title="Your new token, shown only now" value=revealed.secret what="token">
            <p>
                "Paste it into " {name} ", then press " <strong>"Save connection"</strong>
                " here. Until then a test answers 401. It is kept as a keyed hash alone and cannot be shown again."
            </p>
        </Secret>
    }
}

#[component]
pub fn OptionsPanel(detail: ConnectionDetail) -> impl IntoView {
    let again = again("save-connection");
    let connection = detail.connection;
    let is_draft = connection.state == ConnectionState::Draft;
    let unsaved = detail
        .tokens
        .iter()
        .any(|token| token.state == TokenState::Draft);
    let (kind, words) = match (is_draft, unsaved) {
        (true, true) => (
            Kind::Primary,
            "Not saved yet: a test from your identity provider will fail.",
        ),
        (true, false) => (Kind::Plain, "Generate a token first."),
        (false, true) => (Kind::Primary, "The new token is refused until you save."),
        (false, false) => (Kind::Plain, "Changes take effect with the next request."),
    };
    let tick =
        Tick::from(connection.unique_team_names || again.value("unique_team_names").is_some());
    let hint = format!(
        "A second team of the same name in {} is refused with 409.",
        detail.node.name
    );
    view! {
        <form class="stack" method="post" action=SaveConnection::url()>
            <input type="hidden" name="node" value=connection.node_id.to_string() />
            <Panel id="options" title="Options">
                <PanelBody>
                    <FormErrors errors=again.errors() />
                    <Field name="name" label="Name" hint="What the console calls it, here and in the events." error=again.error("name")>
                        <Input
                            value=again.value("name").unwrap_or_else(|| connection.name.clone())
                            attr:required=true
                            attr:maxlength="255"
                            attr:autocomplete="off"
                        />
                    </Field>
                </PanelBody>
                <Settings>
                    <Setting name="Unique team names" hint>
                        <UniqueNames tick />
                    </Setting>
                </Settings>
                <PanelFoot words>
                    <Button kind icon="check">
                        "Save connection"
                    </Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[component]
fn UniqueNames(tick: Tick) -> impl IntoView {
    view! {
        <input
            class="switch"
            type="checkbox"
            role="switch"
            name="unique_team_names"
            value="on"
            aria-label="Unique team names"
            checked=tick == Tick::On
        />
    }
}

#[server(endpoint = "connections/save")]
pub async fn save_connection(
    node: NodeId,
    name: String,
    unique_team_names: Option<String>,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    use directory::model::connection::Connection;
    use directory::model::connection::UniqueNames::{Off, On};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection");
    let (form, unique) = match unique_team_names {
        Some(ticked) => (
            Form::new("save-connection", &page).keeps("unique_team_names", &ticked),
            On,
        ),
        None => (Form::new("save-connection", &page), Off),
    };
    let saved = directory::admin::connections::save(&db, &admin, node, &name, unique).await;
    let done =
        |connection: Connection| Done::at(&page).says(format!("{} was saved.", connection.name));
    answer(form.keeps("name", &name), saved.map(done)).await
}
