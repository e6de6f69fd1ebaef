//! The first page of a new installation: whoever holds the printed code becomes the first administrator.

use super::sign_in::ClosedDoor;
use crate::components::button::{Button, Kind, Size};
use crate::components::form::{Field, FormErrors, Input, InputSize, NewPassphrase};
use crate::components::layout::Door;
use crate::components::link::Query;
use crate::error::AppError;
use crate::pages::frame::again;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn SetUpPage() -> impl IntoView {
    let code = Query::current().value("code").unwrap_or_default();
    Suspend::new(async move {
        match check_code(code.clone()).await {
            Ok(()) => view! { <FirstAdministrator code /> }.into_any(),
            Err(error) => view! { <ClosedDoor error /> }.into_any(),
        }
    })
}

#[component]
fn FirstAdministrator(code: String) -> impl IntoView {
    let again = again("set-up");
    let text = |field: &'static str| (again.value(field), again.error(field));
    let (organisation, name, email) = (text("organisation"), text("name"), text("email"));
    view! {
        <Door title="Set up">
            <form class="card" method="post" action=SetUp::url()>
                <div>
                    <h1>"Set up Muster"</h1>
                    <p class="muted">"You become the first administrator. Everything can be changed later."</p>
                </div>
                <FormErrors errors=again.errors() />
                <input type="hidden" name="code" value=code />
                <Field name="organisation" label="Organisation" hint="The node at the top bears its name." error=organisation.1>
                    <Input size=InputSize::Large value=organisation.0 attr:autocomplete="organization" attr:required=true attr:maxlength="255" />
                </Field>
                <Field name="name" label="Your name" error=name.1>
                    <Input size=InputSize::Large value=name.0 attr:autocomplete="name" attr:required=true attr:maxlength="255" />
                </Field>
                <Field name="email" label="Your e-mail address" hint="You sign in with it." error=email.1>
                    <Input kind="email" size=InputSize::Large value=email.0 attr:autocomplete="username" attr:required=true />
                </Field>
                <NewPassphrase label="Passphrase" error=again.error("passphrase") />
                <Button kind=Kind::Primary size=Size::Wide>
                    "Create administrator"
                </Button>
            </form>
        </Door>
    }
}

#[server(endpoint = "set_up/check")]
pub async fn check_code(code: String) -> Result<(), AppError> {
    crate::server::attempt()?;
    let is_good = directory::set_up::check(&crate::server::db()?, &code).await?;
    if is_good {
        Ok(())
    } else {
        Err(directory::Error::NotFound("This page").into())
    }
}

#[server(endpoint = "set_up/create")]
pub async fn set_up(
    code: String,
    organisation: String,
    name: String,
    email: String,
    passphrase: String,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, attempt, console, enter};
    attempt()?;
    let page = Query::of("/set-up").with("code", &code).as_text();
    let form = Form::new("set-up", page)
        .keeps("organisation", &organisation)
        .keeps("name", &name)
        .keeps("email", &email);
    let (db, hashing) = (console()?.db, console()?.hashing);
    let created = directory::set_up::create_first_administrator(
        &db,
        &hashing,
        &code,
        &organisation,
        &name,
        &email,
        &passphrase,
    )
    .await;
    if let Ok(user) = &created {
        enter(user, "set_up").await?;
    }
    answer(form, created.map(|_| Done::at("/"))).await
}
