//! What a role asks somebody to agree to before they go on, and the page of whoever let the time for it pass.

use super::sign_in::ClosedDoor;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::form::{Field, FormErrors, Input, InputSize};
use crate::components::layout::Door;
use crate::components::time::date;
use crate::components::toast::Toasts;
use crate::error::AppError;
use crate::pages::frame::{again, toast};
use crate::visit::visit;
use directory::model::consent::ACCEPT;
use directory::model::timestamp::Timestamp;
use leptos::prelude::*;
use server_fn::ServerFn;

/// The page.
pub const PAGE: &str = "/consent";
/// The page of whoever cannot agree any more.
pub const BLOCKED: &str = "/blocked";

/// What is asked of whoever looks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ConsentWanted {
    /// The address they sign in with.
    pub login: String,
    /// They have to agree.
    pub is_asked: bool,
    /// Until when; none where no time is counted.
    pub until: Option<Timestamp>,
}

#[component]
pub fn ConsentPage() -> impl IntoView {
    Suspend::new(async move {
        match my_consent().await {
            Ok(ConsentWanted {
                is_asked: false, ..
            }) => view! { <NothingAsked /> }.into_any(),
            Ok(asked) => view! { <Asked asked /> }.into_any(),
            Err(error) => view! { <ClosedDoor error /> }.into_any(),
        }
    })
}

#[component]
fn Asked(asked: ConsentWanted) -> impl IntoView {
    let (visit, again) = (visit(), again("consent"));
    let organisation = visit.organisation.clone();
    let until = asked.until.map(|end| {
        let day = date(end.0, visit.now.0);
        view! {
            <p class="hint">
                "You have until " <strong>{day}</strong> ". After that you cannot sign in until an administrator gives you more time."
            </p>
        }
    });
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    view! {
        <Door title="Before you go on" place=organisation.clone()>
            <section class="card">
                <div>
                    <h1>"Before you go on"</h1>
                    <p class="muted">{asked.login}</p>
                </div>
                <p>{format!("{organisation} asks you to agree to the transfer of your account.")}</p>
                <section class="stack tight" aria-labelledby="meaning">
                    <h2 id="meaning">"What that means"</h2>
                    <Impact>
                        <ImpactLine icon="move">
                            "When you leave, or cannot sign in any more, an administrator may hand over what belongs to your account to somebody else."
                        </ImpactLine>
                        <ImpactLine icon="check">"Agreeing hands over nothing now."</ImpactLine>
                        <ImpactLine icon="events">
                            "Muster keeps a record that you agreed, and when. Your administrators can read it."
                        </ImpactLine>
                    </Impact>
                </section>
                <form class="stack" method="post" action=AcceptTransfer::url()>
                    <FormErrors errors=again.errors() />
                    <Field name="typed" label=format!("Type {ACCEPT} to agree") error=again.error("typed")>
                        <Input
                            size=InputSize::Large
                            value=again.value("typed")
                            attr:autocomplete="off"
                            attr:autocapitalize="words"
                            attr:spellcheck="false"
                            attr:maxlength="40"
                        />
                    </Field>
                    {until}
                    <Button kind=Kind::Primary size=Size::Wide>
                        "Agree and go on"
                    </Button>
                </form>
                <form method="post" action="/sign-out">
                    <Button size=Size::Wide icon="out">
                        "Sign out"
                    </Button>
                </form>
            </section>
        </Door>
        <Toasts toasts />
    }
}

/// Nothing is asked of them, or no longer.
#[component]
fn NothingAsked() -> impl IntoView {
    view! {
        <Door title="Nothing to agree to" place=visit().organisation>
            <section class="card">
                <div>
                    <h1>"Nothing is asked of you"</h1>
                    <p class="muted">"You have agreed already, or no role of yours asks for it."</p>
                </div>
                <ButtonLink href="/" size=Size::Wide>
                    "Go on"
                </ButtonLink>
            </section>
        </Door>
    }
}

/// Whoever proved who they are, and did not agree in time.
#[component]
pub fn BlockedPage() -> impl IntoView {
    view! {
        <Door title="Blocked" place=visit().organisation>
            <section class="card">
                <div>
                    <h1>"You cannot sign in any more"</h1>
                    <p class="muted">"The time to agree to the transfer of your account is over."</p>
                </div>
                <p>
                    "Ask an administrator of your organisation to extend it: on your page they find a button for seven days more. Then sign in again, and agree. Your teams and roles are kept."
                </p>
                <ButtonLink href="/sign-in" size=Size::Wide>
                    "Back to the sign-in page"
                </ButtonLink>
            </section>
        </Door>
    }
}

#[server(endpoint = "me/consent")]
pub async fn my_consent() -> Result<ConsentWanted, AppError> {
    let (_, user) = crate::server::user().await?;
    Ok(ConsentWanted {
        is_asked: user.must_consent(),
        until: user.consent_expires_at,
        login: user.login,
    })
}

#[server(endpoint = "me/accept_transfer")]
pub async fn accept_transfer(typed: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer};
    let form = Form::new("consent", PAGE).keeps("typed", &typed);
    let led = match crate::server::consent(&typed).await {
        Ok(()) => Ok(Done::at("/").says("Thank you: your consent is on record.")),
        Err(AppError::Blocked) => Ok(Done::at(BLOCKED)),
        Err(error) => Err(error),
    };
    answer(form, led).await
}
