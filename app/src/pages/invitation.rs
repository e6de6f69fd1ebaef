//! The page behind the link of an invitation: who invites to what, and the one thing to do about it.

use super::sign_in::WayIn;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::form::{Field, FormErrors, Input, InputSize, NewPassphrase};
use crate::components::layout::Door;
use crate::components::link::Query;
use crate::error::AppError;
use crate::pages::frame::again;
use crate::visit::{Viewer, Way, visit};
use directory::model::invitation::Invited;
use leptos::prelude::*;
use server_fn::ServerFn;

/// Where somebody goes who has just come in.
const WELCOME: &str = "/welcome";
/// Where one asks for another invitation.
const AGAIN: &str = "/invitation/again";

#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = Query::current().value("token").unwrap_or_default();
    Suspend::new(async move {
        match (look_at_invitation(token.clone()).await, visit().viewer) {
            (Ok(_), Some(viewer)) => view! { <SomebodyElse viewer token /> }.into_any(),
            (Ok(invited), None) => view! { <Accept invited token /> }.into_any(),
            (Err(error), _) => view! { <NotGood error /> }.into_any(),
        }
    })
}

#[component]
fn Accept(invited: Invited, token: String) -> impl IntoView {
    let Invited {
        organisation,
        node,
        masked,
        heading,
        message,
        button,
        way,
    } = invited;
    let place = if node == organisation {
        organisation.clone()
    } else {
        format!("{organisation}, {node}")
    };
    view! {
        <Door title="Invitation" place=organisation>
            <section class="card" aria-labelledby="invitation">
                <div>
                    <h1 id="invitation">{heading}</h1>
                    <p>{message}</p>
                    <p class="muted">{format!("For {masked}, at {place}.")}</p>
                </div>
                {match way {
                    Some((id, name)) => {
                        let way = Way { id, name, domains: Vec::new() };
                        view! { <WayIn way return_to=WELCOME.to_owned() /> }.into_any()
                    }
                    None => view! { <ChoosePassphrase token button /> }.into_any(),
                }}
            </section>
        </Door>
    }
}

#[component]
fn ChoosePassphrase(token: String, button: String) -> impl IntoView {
    let again = again("accept-invitation");
    view! {
        <form class="stack" method="post" action=AcceptInvitation::url()>
            <FormErrors errors=again.errors() />
            <input type="hidden" name="token" value=token />
            <NewPassphrase label="Choose a passphrase" error=again.error("passphrase") />
            <Button kind=Kind::Primary size=Size::Wide>
                {button}
            </Button>
        </form>
    }
}

/// Somebody who is signed in holds the invitation of another person (B-103).
#[component]
fn SomebodyElse(viewer: Viewer, token: String) -> impl IntoView {
    let here = Query::of("/invitation").with("token", token).as_text();
    let action = Query::of("/sign-out").with("return_to", here).as_text();
    view! {
        <Door title="Invitation">
            <section class="card">
                <div>
                    <h1>"This invitation is for somebody else"</h1>
                    <p>{format!("You are signed in as {}. Sign out to accept.", viewer.name)}</p>
                </div>
                <form method="post" action=action>
                    <Button kind=Kind::Primary size=Size::Wide icon="out">
                        "Sign out"
                    </Button>
                </form>
                <ButtonLink href=WELCOME size=Size::Wide>
                    {format!("Stay signed in as {}", viewer.name)}
                </ButtonLink>
            </section>
        </Door>
    }
}

/// Expired, used, superseded, unknown or mangled: the page is the same (B-100).
#[component]
fn NotGood(error: AppError) -> impl IntoView {
    view! {
        <Door title="Invitation">
            <section class="card">
                <div>
                    <h1>"This invitation is not good any more"</h1>
                    <p class="muted">{error.to_string()}</p>
                </div>
                <ButtonLink href=AGAIN size=Size::Wide>
                    "Ask for a new one"
                </ButtonLink>
                <ButtonLink href="/sign-in" size=Size::Wide>
                    "Sign in"
                </ButtonLink>
            </section>
        </Door>
    }
}

#[component]
pub fn LostInvitationPage() -> impl IntoView {
    let again = again("ask-again");
    view! {
        <Door title="Ask for an invitation">
            <form class="card" method="post" action=AskAgain::url()>
                <div>
                    <h1>"Ask for a new invitation"</h1>
                    <p class="muted">
                        "If your organisation has invited you and you have not come in yet, another invitation is sent to your address. The older ones end with it."
                    </p>
                </div>
                <FormErrors errors=again.errors() />
                <Field name="address" label="E-mail address" error=again.error("address")>
                    <Input kind="email" size=InputSize::Large value=again.value("address") attr:autocomplete="username" attr:required=true />
                </Field>
                <Button kind=Kind::Primary size=Size::Wide>
                    "Send invitation"
                </Button>
            </form>
        </Door>
    }
}

#[server(endpoint = "invitation/look")]
pub async fn look_at_invitation(token: String) -> Result<Invited, AppError> {
    let (invited, _) = crate::server::invited(&token).await?;
    Ok(invited)
}

#[server(endpoint = "invitation/accept")]
pub async fn accept_invitation(token: String, passphrase: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, may_accept};
    let page = Query::of("/invitation").with("token", &token).as_text();
    let (invited, _) = crate::server::invited(&token).await?;
    may_accept(&invited).await?;
    let accepted = crate::server::accept(&token, &passphrase).await;
    let done = |()| Done::at(WELCOME).says(format!("Welcome to {}.", invited.organisation));
    answer(Form::new("accept-invitation", page), accepted.map(done)).await
}

#[server(endpoint = "invitation/again")]
pub async fn ask_again(address: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, attempt, db};
    attempt()?;
    let db = db()?;
    // The answer does not wait: neither its words nor its time tell whether anybody is there (B-108).
    leptos::task::spawn(async move {
        if let Err(error) = directory::invitation::ask_again(&db, &address).await {
            crate::server::failed_later(&error);
        }
    });
    let done = Done::at("/sign-in")
        .says("If an invitation waits for this address, a new one is on its way.");
    answer(Form::new("ask-again", AGAIN), Ok::<_, AppError>(done)).await
}
