//! The door: who somebody is, and then an identity provider or a passphrase.

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

/// The page.
const PAGE: &str = "/sign-in";

#[component]
pub fn SignInPage() -> impl IntoView {
    let here = Query::current();
    let asked = here.value("way");
    Suspend::new(async move {
        // A database that cannot be read still leaves the passphrase.
        let ways = sign_in_ways(asked).await.unwrap_or_default();
        view! { <Shown ways here /> }
    })
}

/// How people get in here.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WaysIn {
    /// A method is on: who somebody is decides how they sign in.
    pub asks_first: bool,
    /// The method that the address of the page names: its id and name.
    pub chosen: Option<(String, String)>,
}

#[component]
fn Shown(ways: WaysIn, here: Query) -> impl IntoView {
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
    let return_to = here.value("return_to").unwrap_or_default();
    let address = here.value("address").unwrap_or_default();
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    let with_passphrase = here.value("with").is_some() || !ways.asks_first;
    let has_ways = !visit.ways.is_empty();
    let of_settings = visit
        .ways
        .into_iter()
        .map(|way| view! { <WayIn way return_to=return_to.clone() /> })
        .collect_view();
    let of_settings = has_ways.then(|| view! { <div class="stack tight">{of_settings}</div> });
    let form = match (ways.chosen, with_passphrase) {
        (Some((id, name)), _) => {
            view! { <Leave id name address return_to=return_to.clone() /> }.into_any()
        }
        (None, true) => view! {
            {of_settings}
            <Passphrase return_to=return_to.clone() address is_second=has_ways />
            {ways.asks_first.then(|| view! { <OtherWay with="" words="Use single sign-on" return_to=return_to.clone() /> })}
        }
        .into_any(),
        (None, false) => view! {
            {of_settings}
            <Who return_to=return_to.clone() is_second=has_ways />
            <OtherWay with="passphrase" words="Use a passphrase" return_to=return_to.clone() />
        }
        .into_any(),
    };
    view! {
        <Door title="Sign in" place=host>
            <section class="card" aria-labelledby="sign-in">
                <div>
                    <h1 id="sign-in">{title}</h1>
                    <p class="muted">"With the address your organisation knows."</p>
                </div>
                {form}
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

/// On to the provider of a method. The browser goes by itself: what a form answers may not lead to another site.
#[component]
fn Leave(id: String, name: String, address: String, return_to: String) -> impl IntoView {
    let href = Query::of(format!("{PAGE}/{id}"))
        .and("login_hint", address)
        .and("return_to", return_to)
        .href()
        .as_text();
    view! {
        // Here, not in the head: what leptos_meta would put there is lost where the page goes on in another thread.
        <meta http-equiv="refresh" content=format!("0;url={href}") />
        <a class="button primary large wide" href=href rel="external">
            {format!("Continue with {name}")}
        </a>
        <OtherWay with="passphrase" words="Use a passphrase" return_to=String::new() />
    }
}

/// The other way in, for whoever knows that they need it: an administrator while the provider is down.
#[component]
fn OtherWay(with: &'static str, words: &'static str, return_to: String) -> impl IntoView {
    let href = Query::of(PAGE)
        .and("with", with)
        .and("return_to", return_to);
    view! {
        <p class="muted">
            <a href=href.href().as_text()>{words}</a>
        </p>
    }
}

/// Who somebody is: their domain decides where they sign in, whoever they are.
#[component]
fn Who(return_to: String, is_second: bool) -> impl IntoView {
    let again = again("sign-in");
    let kind = if is_second {
        Kind::Plain
    } else {
        Kind::Primary
    };
    view! {
        <form class="stack" method="post" action=FindWay::url()>
            <FormErrors errors=again.errors() />
            <input type="hidden" name="return_to" value=return_to />
            <Field name="address" label="E-mail address or enterprise domain" error=again.error("address")>
                <Input
                    size=InputSize::Large
                    value=again.value("address")
                    attr:autocomplete="username"
                    attr:inputmode="email"
                    attr:spellcheck="false"
                    attr:required=true
                />
            </Field>
            <Button kind size=Size::Wide>
                "Continue"
            </Button>
        </form>
    }
}

#[component]
fn Passphrase(return_to: String, address: String, is_second: bool) -> impl IntoView {
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
                    value=again.value("address").or_else(|| Some(address).filter(|address| !address.is_empty()))
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

#[server(endpoint = "sign_in/ways")]
pub async fn sign_in_ways(way: Option<String>) -> Result<WaysIn, AppError> {
    use directory::sign_in::{Routes, named, routes};
    let db = crate::server::db()?;
    let chosen = match way {
        Some(id) => named(&db, &id.as_str().into())
            .await?
            .map(|name| (id, name)),
        None => None,
    };
    Ok(WaysIn {
        asks_first: routes(&db).await? == Routes::Some,
        chosen,
    })
}

/// Leads an address on by its domain, or a word by its method. Nothing about the address itself is looked up (AUTH-1).
#[server(endpoint = "sign_in/find")]
pub async fn find_way(address: String, return_to: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, attempt, db, own_path};
    use directory::sign_in::{Lead, lead};
    let back = own_path(&return_to);
    let page = Query::of(PAGE).and("return_to", back.as_str());
    let form = Form::new("sign-in", page.href().as_text()).keeps("address", &address);
    let led = async {
        attempt()?;
        let (key, value) = match lead(&db()?, &address).await? {
            Lead::To(id) => ("way", id.0),
            Lead::Passphrase => ("with", "passphrase".to_owned()),
            Lead::Nowhere => {
                return Err(AppError::Invalid {
                    field: "address".to_owned(),
                    message: "Type your whole e-mail address, or the enterprise domain your administrator told you."
                        .to_owned(),
                });
            }
        };
        let hint = Some(address.trim()).filter(|typed| typed.contains('@'));
        let page = Query::of(PAGE)
            .and(key, value)
            .and("address", hint.unwrap_or_default())
            .and("return_to", if back == "/" { "" } else { &back });
        Ok(Done::at(page.href().as_text()))
    };
    answer(form, led.await).await
}

#[server(endpoint = "sign_in")]
pub async fn sign_in(
    address: String,
    passphrase: String,
    return_to: String,
) -> Result<(), AppError> {
    use crate::server::{Done, Entered, Form, answer, own_path};
    let page = Query::of(PAGE)
        .and("with", "passphrase")
        .and("return_to", own_path(&return_to));
    let form = Form::new("sign-in", page.href().as_text()).keeps("address", &address);
    let signed_in = crate::server::sign_in(&address, &passphrase).await;
    let led = match signed_in {
        Ok(Entered::In) => Ok(Done::at(own_path(&return_to))),
        Ok(Entered::CodeNext) => {
            let page =
                Query::of(super::second_factor::CODE_PAGE).and("return_to", own_path(&return_to));
            Ok(Done::at(page.href().as_text()))
        }
        Err(AppError::Blocked) => Ok(Done::at(super::consent::BLOCKED)),
        Err(error) => Err(error),
    };
    answer(form, led).await
}
