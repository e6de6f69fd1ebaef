//! The door: an address and a passphrase, or an identity provider.

use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::form::{Field, FormErrors, Input, InputSize};
use crate::components::layout::Door;
use crate::components::link::{Href, Query};
use crate::components::toast::Toasts;
use crate::error::AppError;
use crate::pages::frame::{again, toast};
use crate::visit::{Way, visit};
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn SignInPage() -> impl IntoView {
    let visit = visit();
    let title = if visit.organisation.is_empty() {
        "Sign in".to_owned()
    } else {
        format!("Sign in to {}", visit.organisation)
    };
    let host = visit
        .public_url
        .split_once("://")
        .map(|(_, host)| host.to_owned())
        .unwrap_or_default();
    let return_to = Query::current().value("return_to").unwrap_or_default();
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    let has_ways = !visit.ways.is_empty();
    let ways = visit
        .ways
        .into_iter()
        .map(|way| view! { <WayIn way return_to=return_to.clone() /> })
        .collect_view();
    view! {
        <Door title="Sign in" place=host>
            <section class="card" aria-labelledby="sign-in">
                <div>
                    <h1 id="sign-in">{title}</h1>
                    <p class="muted">"With the address your organisation knows."</p>
                </div>
                {has_ways.then(|| view! { <div class="stack tight">{ways}</div> })}
                <Passphrase return_to=return_to.clone() is_second=has_ways />
            </section>
        </Door>
        <Toasts toasts />
    }
}

/// An identity provider; a plain link, because it leads away from here.
#[component]
pub fn WayIn(way: Way, return_to: String) -> impl IntoView {
    let mut address = Query::of(format!("/sign-in/{}", way.id));
    let href = if return_to.is_empty() {
        address.href()
    } else {
        std::mem::take(&mut address).with("return_to", return_to)
    };
    view! {
        <a class="button large wide" href=Href::as_text(&href) rel="external">
            {format!("Sign in with {}", way.name)}
        </a>
    }
}

#[component]
fn Passphrase(return_to: String, is_second: bool) -> impl IntoView {
    let again = again("sign-in");
    // One primary button: the identity provider where there is one.
    let kind = if is_second {
        Kind::Plain
    } else {
        Kind::Primary
    };
    view! {
        <form class="stack" method="post" action=SignIn::url()>
            <FormErrors errors=again.errors() />
            <input type="hidden" name="return_to" value=return_to />
            <Field name="address" label="E-mail address" error=again.error("address")>
                <Input
                    kind="email"
                    size=InputSize::Large
                    value=again.value("address")
                    attr:autocomplete="username"
                    attr:required=true
                />
            </Field>
            <Field name="passphrase" label="Passphrase" error=again.error("passphrase")>
                <Input
                    kind="password"
                    size=InputSize::Large
                    value=None
                    attr:autocomplete="current-password"
                    attr:required=true
                />
            </Field>
            <Button kind size=Size::Wide>
                "Sign in"
            </Button>
        </form>
    }
}

/// Why nobody can look at the set-up page, at what is their own, or the like.
#[component]
pub fn ClosedDoor(error: AppError) -> impl IntoView {
    let (title, words) = match error {
        AppError::NotFound => ("Nothing is here", "The link is wrong, has ended, or was used. The server prints a new one when it starts.".to_owned()),
        error @ AppError::SignedOut => ("You are signed out", error.to_string()),
        other => ("This page cannot be shown", other.to_string()),
    };
    view! {
        <Door title>
            <section class="card">
                <div>
                    <h1>{title}</h1>
                    <p class="muted">{words}</p>
                </div>
                <ButtonLink href="/sign-in" size=Size::Wide>
                    "Sign in"
                </ButtonLink>
            </section>
        </Door>
    }
}

#[server(endpoint = "sign_in")]
pub async fn sign_in(
    address: String,
    passphrase: String,
    return_to: String,
) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, own_path};
    let query = Query::of("/sign-in").with("return_to", own_path(&return_to));
    let form = Form::new("sign-in", query.as_text()).keeps("address", &address);
    let signed_in = crate::server::sign_in(&address, &passphrase).await;
    answer(form, signed_in.map(|_| Done::at(own_path(&return_to)))).await
}
