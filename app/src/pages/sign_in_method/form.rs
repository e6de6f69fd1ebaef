//! What the provider is, and who may come in by it: one form, saved at once.

use crate::components::button::{Button, Kind};
use crate::components::form::{Check, Field, FieldGroup, FormErrors, Input, Tick};
use crate::components::panel::{Panel, PanelBody, PanelFoot, Setting, Settings};
use crate::error::AppError;
use crate::pages::frame::{Again, again};
use directory::model::id::NodeId;
use directory::model::sign_in_method::{Algorithm, Method, MethodState};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::ServerFn;

const FORM: &str = "save-method";
const BELOW: &str = "People of nodes beneath that have no method of their own sign in with it too.";
const TRUSTS: &str = "For a provider that never says whether an address is verified, such as Entra ID, and where only your administrators give out addresses.";

#[component]
pub fn MethodForm(method: Method, node: String) -> impl IntoView {
    let again = again(FORM);
    let is_new = method.issuer.is_empty();
    let (kind, words) = match (is_new, method.state) {
        (true, _) => (Kind::Primary, "Saving does not switch anything on."),
        (false, MethodState::Draft | MethodState::Verified) => {
            (Kind::Plain, "Saving does not switch anything on.")
        }
        _ => (
            Kind::Plain,
            "Another issuer or client ID has to be verified again before anybody signs in.",
        ),
    };
    let (node_id, provider) = (method.node_id, method.clone());
    let ticks = (
        again.is_ticked("just_in_time", method.just_in_time),
        again.is_ticked("below", method.below),
        again.is_ticked("trusts_addresses", method.trusts_addresses),
    );
    let created = format!(
        "Whoever is unknown is created at their first sign-in: active, in {node}, with its default roles. Their domain must be verified."
    );
    view! {
        <form class="stack" method="post" action=SaveMethod::url()>
            <input type="hidden" name="node" value=node_id.to_string() />
            <Panel id="provider" title="Provider">
                <PanelBody>
                    <FormErrors errors=again.errors() />
                    <Provider method=provider again />
                </PanelBody>
                <Settings>
                    <Turn name="just_in_time" title="Enable just-in-time provisioning" hint=created tick=Tick::from(ticks.0) />
                    <Turn name="below" title="Also for nodes beneath" hint=BELOW.to_owned() tick=Tick::from(ticks.1) />
                    <Turn name="trusts_addresses" title="Trust its addresses" hint=TRUSTS.to_owned() tick=Tick::from(ticks.2) />
                </Settings>
                <PanelBody>
                    <Advanced method again />
                </PanelBody>
                <PanelFoot words>
                    <Button kind icon="check">
                        "Save single sign-on"
                    </Button>
                </PanelFoot>
            </Panel>
        </form>
    }
}

#[component]
fn Provider(method: Method, again: Again) -> impl IntoView {
    let secret_hint = if method.has_secret {
        "Set. Leave it empty to keep it; it is never shown."
    } else {
        "Not set. It is kept sealed and never shown again. None for a public client."
    };
    let typed = move |field: &str, now: &str| again.value(field).unwrap_or_else(|| now.to_owned());
    view! {
        <Field name="name" label="Name" hint="What the sign-in page and the events call it." error=again.error("name")>
            <Input value=typed("name", &method.name) attr:required=true attr:maxlength="255" attr:autocomplete="off" />
        </Field>
        <Field name="issuer" label="Issuer" hint="Exactly as the provider names itself: a slash at the end counts." error=again.error("issuer")>
            <Input
                value=typed("issuer", &method.issuer)
                placeholder="https://acme.okta.example"
                attr:required=true
                attr:autocomplete="off"
                attr:spellcheck="false"
            />
        </Field>
        <Field name="client_id" label="Client ID" error=again.error("client_id")>
            <Input value=typed("client_id", &method.client_id) attr:required=true attr:autocomplete="off" attr:spellcheck="false" />
        </Field>
        <Field name="client_secret" label="Client secret" hint=secret_hint error=again.error("client_secret")>
            <Input kind="password" value=None attr:autocomplete="off" />
        </Field>
    }
}

#[component]
fn Turn(name: &'static str, title: &'static str, hint: String, tick: Tick) -> impl IntoView {
    view! {
        <Setting name=title hint>
            <input class="switch" type="checkbox" role="switch" name=name value="on" aria-label=title checked=tick == Tick::On />
        </Setting>
    }
}

/// What most providers need no change of.
#[component]
fn Advanced(method: Method, again: Again) -> impl IntoView {
    let is_wrong = ["word", "scopes", "algorithms"]
        .iter()
        .any(|field| again.error(field).is_some());
    let typed = move |field: &str, now: String| again.value(field).unwrap_or(now);
    let allowed = method.allowed();
    let boxes = Algorithm::ALL
        .iter()
        .map(|algorithm| {
            let word = algorithm.as_str();
            let name = word.to_lowercase();
            let is_allowed = again.is_ticked(&name, allowed.contains(algorithm));
            view! {
                <Check name tick=Tick::from(is_allowed)>
                    {word}
                </Check>
            }
        })
        .collect_view();
    view! {
        <details open=is_wrong>
            <summary>"Enterprise domain, scopes and signatures"</summary>
            <div class="stack">
                <Field
                    name="word"
                    label="Enterprise domain"
                    hint="A word that people may type instead of their address, such as acme-berlin."
                    error=again.error("word")
                >
                    <Input value=typed("word", method.word.clone().unwrap_or_default()) attr:maxlength="63" attr:autocomplete="off" />
                </Field>
                <Field name="scopes" label="Scopes" hint="With a space between. Without email nobody new can come in." error=again.error("scopes")>
                    <Input value=typed("scopes", method.scopes.clone()) attr:autocomplete="off" attr:spellcheck="false" />
                </Field>
                <FieldGroup label="Signatures that are taken">
                    {boxes} {again.error("algorithms").map(|error| view! { <p class="error">{error}</p> })}
                </FieldGroup>
            </div>
        </details>
    }
}

/// The boxes that are ticked: a box that is not is not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Boxes {
    just_in_time: Option<String>,
    below: Option<String>,
    trusts_addresses: Option<String>,
    rs256: Option<String>,
    es256: Option<String>,
    eddsa: Option<String>,
}

/// What is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    name: String,
    issuer: String,
    client_id: String,
    client_secret: String,
    word: String,
    scopes: String,
}

#[server(endpoint = "sign_in_methods/save")]
pub async fn save_method(
    node: NodeId,
    #[server(flatten)] typed: Typed,
    #[server(flatten)] boxes: Boxes,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer, console};
    use directory::admin::sign_in_methods::change;
    use directory::model::role::Privilege;
    use directory::model::settings::Switch;
    use directory::model::sign_in_method::WantedMethod;
    let (db, admin) = admin().await?;
    let console = console()?;
    let page = super::method_page(node);
    let form = Form::new(FORM, &page)
        .keeps("name", &typed.name)
        .keeps("issuer", &typed.issuer)
        .keeps("client_id", &typed.client_id)
        .keeps("word", &typed.word)
        .keeps("scopes", &typed.scopes);
    let switch = |ticked: Option<String>| match ticked {
        Some(_) => Switch::On,
        None => Switch::Off,
    };
    let signatures = [
        (boxes.rs256, Algorithm::Rs256),
        (boxes.es256, Algorithm::Es256),
        (boxes.eddsa, Algorithm::EdDsa),
    ];
    let may_be_called = console.outside.may_call(typed.issuer.trim());
    let wanted = WantedMethod {
        name: typed.name,
        word: typed.word,
        issuer: typed.issuer,
        client_id: typed.client_id,
        client_secret: typed.client_secret,
        scopes: typed.scopes,
        algorithms: signatures
            .into_iter()
            .filter_map(|(ticked, algorithm)| ticked.map(|_| algorithm))
            .collect(),
        just_in_time: switch(boxes.just_in_time),
        below: switch(boxes.below),
        trusts_addresses: switch(boxes.trusts_addresses),
    };
    let saved = async {
        admin.require(Privilege::ManageConnections, node)?;
        // A private address is named in the settings file, never here (NET-2, B-110).
        if !may_be_called {
            return Err(AppError::Invalid {
                field: "issuer".to_owned(),
                message: "This address is not allowed.".to_owned(),
            });
        }
        let saved = change(&db, &admin, &console.secrets, node, &wanted).await;
        Ok(saved.map(|_| Done::at(&page).says("Single sign-on was saved."))?)
    };
    answer(form, saved.await).await
}
