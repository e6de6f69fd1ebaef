//! What a node says in its invitations, with the mail as people will see it.

use crate::components::button::{Button, Size};
use crate::components::form::{Choice, Field, FormErrors, Input, InputSize, Select};
use crate::components::panel::{Panel, PanelBody};
use crate::error::AppError;
use crate::pages::frame::again;
use crate::words::counted;
use directory::model::id::NodeId;
use directory::model::invitation::{Names, NodeWording, Wording, Words, letter};
use directory::model::settings::Switch;
use leptos::prelude::*;
use server_fn::ServerFn;

/// Whom the preview is for.
const SOMEBODY: &str = "Grace Hopper";

#[component]
pub fn Invitations(id: NodeId, wording: NodeWording) -> impl IntoView {
    let here = wording.above.clone().with(&wording.own);
    let lead = match (here.sends, here.again_after_days) {
        (Switch::Off, _) => {
            "Nobody is invited by mail unless an administrator sends the invitation.".to_owned()
        }
        (Switch::On, 0) => "Whoever an identity provider adds gets one at once.".to_owned(),
        (Switch::On, days) => format!(
            "Whoever an identity provider adds gets one at once, and another after {}, three times at the most.",
            counted(days, "day", "days")
        ),
    };
    view! {
        <Panel id="invitations" title="Invitations" lead>
            <PanelBody>
                <div class="stack">
                    <Preview here organisation=wording.organisation.clone() node=wording.node.clone() />
                    <WordsForm id own=wording.own above=wording.above />
                </div>
            </PanelBody>
        </Panel>
    }
}

/// The mail as it is now.
#[component]
fn Preview(here: Words, organisation: String, node: String) -> impl IntoView {
    let names = Names {
        organisation: &organisation,
        node: &node,
        name: SOMEBODY,
    };
    let letter = letter(&here, names, "grace@company.example", "");
    let button = letter.way.map(|way| way.words).unwrap_or_default();
    let paragraphs = letter
        .paragraphs
        .into_iter()
        .map(|text| view! { <p>{text}</p> })
        .collect_view();
    view! {
        <section class="panel quiet" aria-label="Preview of the invitation">
            <header>
                <h3>{letter.subject}</h3>
                <span class="end muted">"Preview"</span>
            </header>
            <div class="body">
                <div class="stack tight">
                    <p>
                        <strong>{letter.heading}</strong>
                    </p>
                    {paragraphs}
                    <p>
                        <span class="button primary">{button}</span>
                    </p>
                    <p class="hint">{letter.note}</p>
                </div>
            </div>
        </section>
    }
}

#[component]
fn WordsForm(id: NodeId, own: Wording, above: Words) -> impl IntoView {
    let again = again("invitation-words");
    let line = move |name: &'static str,
                     label: &'static str,
                     own: Option<String>,
                     above: String,
                     longest: &'static str| {
        view! {
            <Field name label error=again.error(name)>
                <Input value=again.value(name).or(own) placeholder=above attr:maxlength=longest attr:autocomplete="off" />
            </Field>
        }
    };
    let inherited = match above.sends {
        Switch::On => "As the node above: they are sent",
        Switch::Off => "As the node above: they are not sent",
    };
    let choices = vec![
        Choice::new("", inherited),
        Choice::new("on", "Send them by themselves"),
        Choice::new("off", "Send none by itself"),
    ];
    let sends = again
        .value("sends")
        .or(own.sends.map(|sends| sends.as_str().to_owned()))
        .unwrap_or_default();
    let days = again
        .value("again_after_days")
        .or(own.again_after_days.map(|days| days.to_string()));
    view! {
        <form class="stack" method="post" action=SaveInvitationWords::url()>
            <FormErrors errors=again.errors() />
            <input type="hidden" name="id" value=id.to_string() />
            <p class="hint">
                "What is left empty is as the node above has it. " <code>"{name}"</code> ", " <code>"{organisation}"</code> " and " <code>"{node}"</code>
                " are filled in."
            </p>
            {line("subject", "Subject", own.subject, above.subject, "100")}
            {line("heading", "Heading", own.heading, above.heading, "100")}
            {line("message", "Message", own.message, above.message, "400")}
            {line("button", "Button", own.button, above.button, "40")}
            <Field name="sends" label="When an identity provider adds somebody">
                <Select choices chosen=Some(sends) />
            </Field>
            <Field
                name="again_after_days"
                label="Send again after days"
                hint="For those who have not come in. 0 is never; empty is as the node above."
                error=again.error("again_after_days")
            >
                <Input kind="number" size=InputSize::Number value=days placeholder=above.again_after_days.to_string() attr:min="0" attr:max="90" />
            </Field>
            <div class="buttons">
                <Button size=Size::Normal>"Save invitations"</Button>
            </div>
        </form>
    }
}

#[server(endpoint = "nodes/invitations")]
pub async fn read_wording(id: NodeId) -> Result<NodeWording, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::invitations::wording(&db, &admin, id).await?)
}

#[server(endpoint = "nodes/save_invitations")]
pub async fn save_invitation_words(
    id: NodeId,
    subject: String,
    heading: String,
    message: String,
    button: String,
    sends: String,
    again_after_days: String,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{id}");
    let form = Form::new("invitation-words", &page)
        .keeps("subject", &subject)
        .keeps("heading", &heading)
        .keeps("message", &message)
        .keeps("button", &button)
        .keeps("sends", &sends)
        .keeps("again_after_days", &again_after_days);
    let days = again_after_days.trim();
    let wanted = Wording {
        subject: Some(subject),
        heading: Some(heading),
        message: Some(message),
        button: Some(button),
        sends: Switch::of(&sends),
        // What is no number is out of bounds.
        again_after_days: (!days.is_empty()).then(|| days.parse().unwrap_or(-1)),
    };
    let saved = directory::admin::invitations::save(&db, &admin, id, wanted).await;
    answer(
        form,
        saved.map(|()| Done::at(&page).says("The invitations were saved.")),
    )
    .await
}
