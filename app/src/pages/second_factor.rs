//! The second factor beside a passphrase: shown at the sign-in, set up, kept and removed by whoever it belongs to.

use super::sign_in::ClosedDoor;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::copy::{Copy, Secret};
use crate::components::dialog::{Dialog, DialogOpener};
use crate::components::form::{Field, FormErrors, Input, InputSize};
use crate::components::layout::Door;
use crate::components::link::Query;
use crate::components::toast::Toasts;
use crate::error::AppError;
use crate::pages::frame::{Ago, AgoOrNever, again, toast};
use crate::visit::visit;
use directory::model::second_factor::{Offer, SecondFactor, Standing};
use leptos::prelude::*;
use server_fn::ServerFn;

/// The page of whoever sets one up.
pub const PAGE: &str = "/account/second-factor";
/// The page that asks for a code after the passphrase.
pub const CODE_PAGE: &str = "/second-factor";

/// A QR code: dark squares on light ground.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Picture {
    /// How many squares it is wide and high, with the light edge around it.
    pub side: i32,
    /// The dark ones, as the path of an SVG.
    pub path: String,
}

/// Where whoever looks stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FactorShown {
    /// With their second factor.
    pub standing: Standing,
    /// What is offered, as a picture.
    pub picture: Option<Picture>,
    /// Nothing else is open to them until they have set one up.
    pub is_owed: bool,
}

/// After the passphrase.
#[component]
pub fn CodePage() -> impl IntoView {
    let here = Query::current();
    let again = again("code");
    let visit = visit();
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    view! {
        <Door title="Your second factor" place=visit.organisation>
            <section class="card" aria-labelledby="code">
                <div>
                    <h1 id="code">"Your second factor"</h1>
                    <p class="muted">"Your passphrase was right. Now the code that your authenticator app shows."</p>
                </div>
                <form class="stack" method="post" action=SignInCode::url()>
                    <FormErrors errors=again.errors() />
                    <input type="hidden" name="return_to" value=here.value("return_to").unwrap_or_default() />
                    <CodeField hint="Six digits. Is your telephone gone? A recovery code lets you in, too." error=again.error("code") />
                    <Button kind=Kind::Primary size=Size::Wide>
                        "Sign in"
                    </Button>
                </form>
                <p class="muted">
                    <a href="/sign-in">"Start again"</a>
                    ". Without the app and without a recovery code, an administrator can remove your second factor."
                </p>
            </section>
        </Door>
        <Toasts toasts />
    }
}

#[component]
fn CodeField(hint: &'static str, #[prop(into)] error: Option<String>) -> impl IntoView {
    view! {
        <Field name="code" label="Code" hint error>
            <Input
                size=InputSize::Large
                value=None
                attr:autocomplete="one-time-code"
                attr:autocapitalize="off"
                attr:spellcheck="false"
                attr:maxlength="40"
                attr:required=true
            />
        </Field>
    }
}

#[component]
pub fn SecondFactorPage() -> impl IntoView {
    Suspend::new(async move {
        match my_second_factor().await {
            Ok(mine) => view! { <Shown mine /> }.into_any(),
            Err(error) => view! { <ClosedDoor error /> }.into_any(),
        }
    })
}

#[component]
fn Shown(mine: FactorShown) -> impl IntoView {
    let visit = visit();
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    let codes = visit.recovery_codes;
    let owes = mine.is_owed.then(|| {
        view! {
            <p>"A role of yours asks for a second factor. Set it up, and then go on: until then nothing else is open to you."</p>
        }
    });
    let page = match mine.standing {
        _ if !codes.is_empty() => view! { <RecoveryCodes codes /> }.into_any(),
        Standing::Elsewhere => view! {
            <p>"You sign in with your identity provider, and have no passphrase here. The provider asks for a second factor itself."</p>
        }
        .into_any(),
        // Set up in another browser: only whoever shows it is let on.
        Standing::On(_) if mine.is_owed => view! {
            <p>"It was set up in another browser. Sign out, and sign in with it."</p>
        }
        .into_any(),
        Standing::On(factor) => view! { <Kept factor /> }.into_any(),
        Standing::Off => view! { <Begin /> }.into_any(),
        Standing::Offered(offer) => view! { <Confirming offer picture=mine.picture /> }.into_any(),
    };
    let back = if mine.is_owed {
        view! {
            <form method="post" action="/sign-out">
                <Button size=Size::Wide icon="out">
                    "Sign out"
                </Button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <ButtonLink href="/account" size=Size::Wide>
                "Back to your account"
            </ButtonLink>
        }
        .into_any()
    };
    view! {
        <Door title="Second factor" place=visit.organisation>
            <section class="card">
                <div>
                    <h1>"Second factor"</h1>
                    <p class="muted">"A code of an app on your telephone, beside your passphrase."</p>
                </div>
                {owes}
                {page}
                {back}
            </section>
        </Door>
        <Toasts toasts />
    }
}

/// Nothing is kept before this is pressed.
#[component]
fn Begin() -> impl IntoView {
    view! {
        <p>
            "You need an authenticator app on your telephone: any that makes codes of six digits. Whoever learns your passphrase then still does not get in."
        </p>
        <form method="post" action=OfferSecondFactor::url()>
            <Button kind=Kind::Primary size=Size::Wide>
                "Set up a second factor"
            </Button>
        </form>
    }
}

/// The secret, for the app, and the one code that shows that the app has it.
#[component]
fn Confirming(offer: Offer, picture: Option<Picture>) -> impl IntoView {
    let again = again("second-factor");
    view! {
        <section class="stack tight" aria-labelledby="read">
            <h2 id="read">"1. Let your app read this"</h2>
            {picture.map(|picture| view! { <QrCode picture /> })}
            <p class="hint">"No camera? Type this key into the app instead. It counts by time, with six digits."</p>
            <Copy value=offer.secret what="key" />
        </section>
        <section class="stack tight" aria-labelledby="type">
            <h2 id="type">"2. Type the code that it shows"</h2>
            <form class="stack" method="post" action=PAGE>
                <FormErrors errors=again.errors() />
                <CodeField hint="Six digits, new every half minute." error=again.error("code") />
                <Button kind=Kind::Primary size=Size::Wide>
                    "Confirm and switch on"
                </Button>
            </form>
        </section>
        <form method="post" action=OfferSecondFactor::url()>
            <Button kind=Kind::Quiet size=Size::Small>
                "Make another key"
            </Button>
        </form>
    }
}

#[component]
fn QrCode(picture: Picture) -> impl IntoView {
    let side = picture.side;
    view! {
        <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label="The key as a QR code" shape-rendering="crispEdges">
            <rect width=side height=side fill="#fff" />
            <path d=picture.path fill="#000" />
        </svg>
    }
}

/// Shown this once: nobody can read them again, only make others.
#[component]
fn RecoveryCodes(codes: Vec<String>) -> impl IntoView {
    let value = codes.join("\n");
    view! {
        <Secret title="Your recovery codes, shown only now" value what="recovery codes">
            <p>
                "Keep them where your telephone is not. Each lets you in once, in the place of a code of the app. You can make others at any time; these are good no longer then."
            </p>
        </Secret>
    }
}

#[component]
fn Kept(factor: SecondFactor) -> impl IntoView {
    let left = match factor.codes_left {
        0 => "None left: make new ones".to_owned(),
        left => format!("{left} left"),
    };
    let confirm = move || {
        view! {
            <form method="post" action=RemoveSecondFactor::url()>
                <Button kind=Kind::Sure>"Remove second factor"</Button>
            </form>
        }
    };
    view! {
        <section class="panel quiet" aria-label="Your second factor">
            <dl class="facts-table">
                <div>
                    <dt>"Set up"</dt>
                    <dd>
                        <Ago at=factor.since />
                    </dd>
                </div>
                <div>
                    <dt>"Used"</dt>
                    <dd>
                        <AgoOrNever at=factor.used />
                    </dd>
                </div>
                <div>
                    <dt>"Recovery codes"</dt>
                    <dd>{left}</dd>
                </div>
            </dl>
        </section>
        <form method="post" action=format!("{PAGE}/codes")>
            <Button size=Size::Wide icon="key">
                "Make new recovery codes"
            </Button>
        </form>
        <DialogOpener dialog="remove-second-factor" kind=Kind::Danger>
            "Remove second factor"
        </DialogOpener>
        <Dialog id="remove-second-factor" title="Remove your second factor?" back="Keep it" confirm>
            <p>"Your passphrase alone lets you in then. Do you have a new telephone? Remove this one first, then set up another."</p>
        </Dialog>
    }
}

/// On the page of one's account: how it stands, and the way to it.
#[component]
pub fn SecondFactorPanel(standing: Standing) -> impl IntoView {
    let (words, way) = match standing {
        Standing::Elsewhere => return ().into_any(),
        Standing::On(_) => (
            "A code of your authenticator app is asked for at every sign-in.",
            "Change",
        ),
        _ => ("Your passphrase alone lets you in.", "Set up"),
    };
    view! {
        <section class="panel quiet" id="second-factor" aria-labelledby="second-factor-heading">
            <header>
                <h2 id="second-factor-heading">"Second factor"</h2>
            </header>
            <footer>
                <span>{words}</span>
                <span class="end">
                    <ButtonLink href=PAGE size=Size::Small>
                        {way}
                        <span class="visually-hidden">" second factor"</span>
                    </ButtonLink>
                </span>
            </footer>
        </section>
    }
    .into_any()
}

#[server(endpoint = "sign_in/code")]
pub async fn sign_in_code(code: String, return_to: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, own_path};
    let back = own_path(&return_to);
    let page = Query::of(CODE_PAGE).and("return_to", back.as_str());
    let led = match crate::server::sign_in_code(&code).await {
        Ok(()) => Ok(Done::at(back)),
        Err(AppError::Blocked) => Ok(Done::at(super::consent::BLOCKED)),
        Err(AppError::SignedOut) => {
            Ok(Done::at("/sign-in").says("Start again: type your passphrase first."))
        }
        Err(error) => Err(error),
    };
    answer(Form::new("code", page.href().as_text()), led).await
}

#[server(endpoint = "me/second_factor")]
pub async fn my_second_factor() -> Result<FactorShown, AppError> {
    let (standing, is_owed) = crate::server::second_factor().await?;
    let picture = match &standing {
        Standing::Offered(offer) => crate::server::picture(&offer.address),
        _ => None,
    };
    Ok(FactorShown {
        standing,
        picture,
        is_owed,
    })
}

#[server(endpoint = "me/offer_second_factor")]
pub async fn offer_second_factor() -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, console, user};
    let (db, user) = user().await?;
    let secrets = console()?.secrets;
    let offered = directory::second_factor::offer(&db, &secrets, &user).await;
    answer(Form::button(PAGE), offered.map(|()| Done::at(PAGE))).await
}

#[server(endpoint = "me/remove_second_factor")]
pub async fn remove_second_factor() -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, leave_second_factor};
    let removed = leave_second_factor().await;
    let done = |()| Done::at(PAGE).says("Your second factor was removed.");
    answer(Form::button(PAGE), removed.map(done)).await
}
