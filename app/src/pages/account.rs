//! What everybody sees to for themself: their teams, the browsers they are signed in with, and their passphrase.

use super::sign_in::ClosedDoor;
use super::welcome::MyTeams;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::dialog::{Dialog, DialogOpener};
use crate::components::form::{Field, FormErrors, Input, InputSize, NewPassphrase};
use crate::components::layout::Door;
use crate::components::link::Query;
use crate::components::toast::Toasts;
use crate::error::AppError;
use crate::pages::frame::{again, toast};
use crate::pages::second_factor::SecondFactorPanel;
use crate::pages::sessions::SessionRow;
use crate::visit::visit;
use directory::model::membership::Membership;
use directory::model::second_factor::Standing;
use directory::model::session::OpenSession;
use leptos::prelude::*;
use server_fn::ServerFn;

/// What this page shows of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// The address they sign in with.
    pub login: String,
    /// Whether they have a passphrase here.
    pub has_passphrase: bool,
    /// Their places in teams, those that wait too.
    pub teams: Vec<Membership>,
    /// The browsers they are signed in with.
    pub sessions: Vec<OpenSession>,
    /// The single sign-on of their node: its id and name, and whether they have connected their account.
    pub sign_in: Option<(String, String, bool)>,
    /// Where they stand with a second factor.
    pub second_factor: Standing,
    /// They have proved lately who they are.
    pub is_fresh: bool,
}

#[component]
pub fn AccountPage() -> impl IntoView {
    Suspend::new(async move {
        match my_account().await {
            Ok(account) => view! { <Shown account /> }.into_any(),
            Err(error) => view! { <ClosedDoor error /> }.into_any(),
        }
    })
}

#[component]
fn Shown(account: Account) -> impl IntoView {
    let visit = visit();
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    view! {
        <Door title="Your account" place=visit.organisation>
            <section class="card">
                <div>
                    <h1>"Your account"</h1>
                    <p class="muted">{account.login}</p>
                </div>
                <MyTeams teams=account.teams />
                <Sessions sessions=account.sessions />
                {account.sign_in.map(|(id, name, is_connected)| view! { <SingleSignOn id name is_connected /> })}
                <SecondFactorPanel standing=account.second_factor />
                {if account.has_passphrase && account.is_fresh {
                    view! { <Passphrase /> }.into_any()
                } else if account.has_passphrase {
                    view! { <PassphraseLater /> }.into_any()
                } else {
                    view! { <p class="muted">"You sign in with your identity provider, and have no passphrase here."</p> }.into_any()
                }}
                <ButtonLink href="/welcome" size=Size::Wide>
                    "Back"
                </ButtonLink>
            </section>
        </Door>
        <Toasts toasts />
    }
}

/// The way in by the provider of their node. Whoever administers something connects it here: nothing else does (OID-3).
#[component]
fn SingleSignOn(id: String, name: String, is_connected: bool) -> impl IntoView {
    let words = if is_connected {
        format!("Your account at {name} is connected.")
    } else {
        format!("Connect your account at {name}, and sign in with it from then on.")
    };
    view! {
        <section class="panel quiet" id="sso" aria-labelledby="sso-heading">
            <header>
                <h2 id="sso-heading">"Single sign-on"</h2>
            </header>
            <footer>
                <span>{words}</span>
                {(!is_connected)
                    .then(|| {
                        view! {
                            <span class="end">
                                <a class="button small" href=format!("/sign-in/{id}?for=connect") rel="external">
                                    "Connect account"
                                </a>
                            </span>
                        }
                    })}
            </footer>
        </section>
    }
}

#[component]
fn Sessions(sessions: Vec<OpenSession>) -> impl IntoView {
    let confirm = move || {
        view! {
            <form method="post" action=SignOutEverywhere::url()>
                <Button kind=Kind::Sure>"Sign out everywhere"</Button>
            </form>
        }
    };
    let rows = sessions
        .into_iter()
        .map(|session| view! { <SessionRow session /> })
        .collect_view();
    view! {
        <section class="panel quiet" id="sessions" aria-labelledby="sessions-heading">
            <header>
                <h2 id="sessions-heading">"Where you are signed in"</h2>
            </header>
            <dl class="facts-table">{rows}</dl>
            <footer>
                <span>"Something you do not know? Sign out everywhere."</span>
                <span class="end">
                    <DialogOpener dialog="everywhere" size=Size::Small icon="out">
                        "Sign out everywhere"
                    </DialogOpener>
                </span>
            </footer>
        </section>
        <Dialog id="everywhere" title="Sign out everywhere?" back="Stay signed in" confirm>
            <p>"Every browser is signed out at once, this one too. You can sign in again right after."</p>
        </Dialog>
    }
}

#[component]
fn Passphrase() -> impl IntoView {
    let again = again("change-passphrase");
    view! {
        <section class="panel quiet" id="passphrase" aria-labelledby="passphrase-heading">
            <header>
                <h2 id="passphrase-heading">"Passphrase"</h2>
            </header>
            <div class="body">
                <form class="stack" method="post" action=ChangePassphrase::url()>
                    <FormErrors errors=again.errors() />
                    <Field name="current" label="The one you have" error=again.error("current")>
                        <Input kind="password" size=InputSize::Large value=None attr:autocomplete="current-password" attr:required=true />
                    </Field>
                    <NewPassphrase label="The new one" error=again.error("passphrase") />
                    <p class="hint">"Your other browsers are signed out with it."</p>
                    <Button>"Change passphrase"</Button>
                </form>
            </div>
        </section>
    }
}

/// Nobody types two passphrases in vain: the proof comes first.
#[component]
fn PassphraseLater() -> impl IntoView {
    let href = Query::of(super::confirm::PAGE).and("then", "/account");
    view! {
        <section class="panel quiet" id="passphrase" aria-labelledby="passphrase-heading">
            <header>
                <h2 id="passphrase-heading">"Passphrase"</h2>
            </header>
            <footer>
                <span>"To change it, confirm that it is you."</span>
                <span class="end">
                    <ButtonLink href=href.href() size=Size::Small>
                        "Confirm it is you"
                    </ButtonLink>
                </span>
            </footer>
        </section>
    }
}

#[server(endpoint = "me/account")]
pub async fn my_account() -> Result<Account, AppError> {
    let (db, user) = crate::server::user().await?;
    let this = crate::server::this_session()?;
    let sign_in = directory::sign_in::connectable(&db, &user).await?;
    Ok(Account {
        second_factor: crate::server::second_factor().await?.0,
        is_fresh: crate::server::proof_wanted().await?.is_fresh,
        sign_in: sign_in.map(|(method, has)| (method.id.0, method.name, has)),
        login: user.login.clone(),
        has_passphrase: directory::member::has_passphrase(&db, &user).await?,
        teams: directory::member::teams(&db, &user).await?,
        sessions: directory::member::open_sessions(&db, &user, &this).await?,
    })
}

#[server(endpoint = "me/sign_out_everywhere")]
pub async fn sign_out_everywhere() -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, user};
    let (db, user) = user().await?;
    let ended = directory::member::sign_out_everywhere(&db, &user).await;
    answer(
        Form::button("/account"),
        ended.map(|()| Done::at("/sign-in")),
    )
    .await
}

#[server(endpoint = "me/change_passphrase")]
pub async fn change_passphrase(current: String, passphrase: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, change_passphrase};
    let changed = change_passphrase(&current, &passphrase).await;
    let done = |()| Done::at("/account").says("Your passphrase was changed.");
    answer(
        Form::new("change-passphrase", "/account"),
        changed.map(done),
    )
    .await
}
