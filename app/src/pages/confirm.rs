//! *Confirm it is you*: what stands before an act that takes power away or gives it, where the last proof is old (AUZ-6).

use super::sign_in::ClosedDoor;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::form::{Field, FormErrors, Input, InputSize};
use crate::components::layout::Door;
use crate::components::link::{Href, Query};
use crate::components::toast::Toasts;
use crate::error::AppError;
use crate::pages::frame::{again, toast};
use crate::visit::visit;
use leptos::prelude::*;
use server_fn::ServerFn;

/// The page.
pub const PAGE: &str = "/confirm";

/// How whoever looks can prove who they are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProofWanted {
    /// The address they sign in with.
    pub login: String,
    /// By their passphrase.
    pub passphrase: bool,
    /// By a code beside it.
    pub code: bool,
    /// At these providers: the word and the name of each.
    pub providers: Vec<(String, String)>,
    /// They have done so lately.
    pub is_fresh: bool,
}

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let then = Query::current()
        .value("then")
        .unwrap_or_else(|| "/account".to_owned());
    Suspend::new(async move {
        match my_proof().await {
            Ok(wanted) if wanted.is_fresh => view! { <Confirmed then /> }.into_any(),
            Ok(wanted) => view! { <Asked wanted then /> }.into_any(),
            Err(error) => view! { <ClosedDoor error /> }.into_any(),
        }
    })
}

#[component]
fn Asked(wanted: ProofWanted, then: String) -> impl IntoView {
    let visit = visit();
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    let has_no_way = !wanted.passphrase && wanted.providers.is_empty();
    let providers = wanted
        .providers
        .into_iter()
        .map(|(word, name)| view! { <AtProvider word name then=then.clone() is_second=wanted.passphrase /> })
        .collect_view();
    let form = wanted
        .passphrase
        .then(|| view! { <Passphrase login=wanted.login.clone() asks_code=wanted.code then=then.clone() /> });
    view! {
        <Door title="Confirm it is you" place=visit.organisation>
            <section class="card" aria-labelledby="confirm">
                <div>
                    <h1 id="confirm">"Confirm it is you"</h1>
                    <p class="muted">{wanted.login}</p>
                </div>
                <p>
                    "This can give somebody access, or take it away, so it needs a proof that is at most ten minutes old. Nothing is done before you press the button again."
                </p>
                {form}
                {providers}
                {has_no_way.then(|| view! { <SignInAgain /> })}
                <p class="muted">
                    <a href=Href::internal(then).as_text()>"Go back without confirming"</a>
                </p>
            </section>
        </Door>
        <Toasts toasts />
    }
}

#[component]
fn Passphrase(login: String, asks_code: bool, then: String) -> impl IntoView {
    let again = again("confirm");
    let code = asks_code.then(|| {
        view! {
            <Field
                name="code"
                label="Code of your authenticator app"
                hint="Six digits. A recovery code does, too."
                error=again.error("code")
            >
                <Input
                    size=InputSize::Large
                    value=None
                    attr:autocomplete="one-time-code"
                    attr:spellcheck="false"
                    attr:maxlength="40"
                    attr:required=true
                />
            </Field>
        }
    });
    view! {
        <form class="stack" method="post" action=Confirm::url()>
            <FormErrors errors=again.errors() />
            <input type="hidden" name="then" value=then />
            // So that a password manager knows whose it is.
            <input class="visually-hidden" type="text" value=login autocomplete="username" tabindex="-1" aria-hidden="true" readonly=true />
            <Field name="passphrase" label="Your passphrase" error=again.error("passphrase")>
                <Input
                    kind="password"
                    size=InputSize::Large
                    value=None
                    attr:autocomplete="current-password"
                    attr:required=true
                />
            </Field>
            {code}
            {(!asks_code).then(|| view! { <input type="hidden" name="code" value="" /> })}
            <Button kind=Kind::Primary size=Size::Wide>
                "Confirm"
            </Button>
        </form>
    }
}

/// Through the provider once more, which asks who they are in any case. A plain link, because it leads away from here.
#[component]
fn AtProvider(word: String, name: String, then: String, is_second: bool) -> impl IntoView {
    let href = Query::of(format!("/sign-in/{word}"))
        .and("for", "confirm")
        .and("return_to", then)
        .href()
        .as_text();
    let class = if is_second {
        "button large wide"
    } else {
        "button primary large wide"
    };
    view! {
        <a class=class href=href rel="external">
            {format!("Confirm with {name}")}
        </a>
    }
}

/// Whoever has neither a passphrase nor a provider any more signs in anew, if they can.
#[component]
fn SignInAgain() -> impl IntoView {
    view! {
        <form method="post" action="/sign-out">
            <Button size=Size::Wide icon="out">
                "Sign out, and sign in again"
            </Button>
        </form>
    }
}

#[component]
fn Confirmed(then: String) -> impl IntoView {
    view! {
        <Door title="It is you" place=visit().organisation>
            <section class="card">
                <div>
                    <h1>"It is you"</h1>
                    <p class="muted">"You have proved it a moment ago. It counts for ten minutes."</p>
                </div>
                <ButtonLink href=Href::internal(then) size=Size::Wide>
                    "Go on"
                </ButtonLink>
            </section>
        </Door>
    }
}

#[server(endpoint = "me/proof")]
pub async fn my_proof() -> Result<ProofWanted, AppError> {
    crate::server::proof_wanted().await
}

#[server(endpoint = "me/confirm")]
pub async fn confirm(passphrase: String, code: String, then: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, own_path};
    let then = own_path(&then);
    let page = Query::of(PAGE).and("then", then.as_str()).href().as_text();
    let confirmed = crate::server::confirm(&passphrase, &code).await;
    answer(
        Form::new("confirm", page),
        confirmed.map(|()| Done::at(then)),
    )
    .await
}
