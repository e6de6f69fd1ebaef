//! The steps after somebody's first sign-in: a page for each, done or skipped, and never shown again.

use super::sign_in::ClosedDoor;
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::layout::Door;
use crate::components::toast::Toasts;
use crate::error::AppError;
use crate::pages::frame::{of_path, toast};
use crate::visit::visit;
use directory::model::onboarding::{Outcome, Progress, Step};
use directory::model::user::User;
use leptos::prelude::*;
use server_fn::ServerFn;

/// Somebody, and where they are among their steps; none where nothing is left.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StepsLeft {
    /// Who.
    pub user: User,
    /// What is next.
    pub progress: Option<Progress>,
}

/// The address of a step.
pub fn page_of(step: Step) -> String {
    format!("/onboarding/{}", step.as_str())
}

#[component]
pub fn OnboardingPage() -> impl IntoView {
    let asked = Step::of(&of_path("step"));
    Suspend::new(async move {
        let found = my_steps().await;
        match found.map(|found| (found.progress, found.user)) {
            Ok((Some(progress), user)) => {
                view! { <Shown step=asked.unwrap_or(progress.step) progress user /> }.into_any()
            }
            Ok((None, _)) => view! { <NothingLeft /> }.into_any(),
            Err(error) => view! { <ClosedDoor error /> }.into_any(),
        }
    })
}

#[component]
fn Shown(step: Step, progress: Progress, user: User) -> impl IntoView {
    let visit = visit();
    let is_administrator = visit
        .viewer
        .as_ref()
        .is_some_and(|viewer| viewer.is_administrator);
    let of = progress.steps.len();
    let place = progress.steps.iter().position(|one| *one == step);
    let number = place.map_or(of, |place| place + 1);
    let (title, go_on) = words(step);
    let page = match step {
        Step::Profile => view! { <Profile user /> }.into_any(),
        Step::Tour if is_administrator => view! { <Tour points=CONSOLE /> }.into_any(),
        Step::Tour => view! { <Tour points=PERSON /> }.into_any(),
        Step::SecondFactor => view! { <SecondFactor /> }.into_any(),
    };
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    view! {
        <Door title=title place=visit.organisation>
            <section class="card">
                <div>
                    <p class="muted">{format!("Step {number} of {of}")}</p>
                    <h1>{title}</h1>
                </div>
                {page}
                {if step == Step::SecondFactor {
                    // It is done once it is set up, on a page of its own.
                    view! {
                        <ButtonLink href=super::second_factor::PAGE kind=Kind::Primary size=Size::Wide>
                            {go_on}
                        </ButtonLink>
                    }
                    .into_any()
                } else {
                    view! { <Answer step outcome=Outcome::Done words=go_on kind=Kind::Primary /> }.into_any()
                }}
                <Answer step outcome=Outcome::Skipped words="Skip" kind=Kind::Plain />
            </section>
        </Door>
        <Toasts toasts />
    }
}

/// The title of a step, and what its button says.
fn words(step: Step) -> (&'static str, &'static str) {
    match step {
        Step::Profile => ("Is this you?", "Yes, this is me"),
        Step::Tour => ("What is where", "Go on"),
        Step::SecondFactor => ("A second factor", "Set it up now"),
    }
}

#[component]
fn Answer(step: Step, outcome: Outcome, words: &'static str, kind: Kind) -> impl IntoView {
    view! {
        <form method="post" action=TakeStep::url()>
            <input type="hidden" name="step" value=step.as_str() />
            <input type="hidden" name="outcome" value=outcome.as_str() />
            <Button kind size=Size::Wide>
                {words}
            </Button>
        </form>
    }
}

#[component]
fn Profile(user: User) -> impl IntoView {
    let whose = if user.linked {
        "Your identity provider keeps this. Is something wrong? Tell whoever looks after it."
    } else {
        "An administrator keeps this. Is something wrong? Tell them."
    };
    view! {
        <section class="panel quiet" aria-label="What is known of you">
            <dl class="facts-table">
                <div>
                    <dt>"Name"</dt>
                    <dd>{user.label}</dd>
                </div>
                <div>
                    <dt>"You sign in as"</dt>
                    <dd>{user.login}</dd>
                </div>
            </dl>
        </section>
        <p class="hint">{whose}</p>
    }
}

/// What the tour shows: a name, and a sentence.
type Point = (&'static str, &'static str);

/// For whoever administers something.
const CONSOLE: &[Point] = &[
    (
        "Overview",
        "Who is here, what waits for you, and what happened lately.",
    ),
    (
        "Users and teams",
        "Everybody at the nodes you manage, and why somebody still waits.",
    ),
    (
        "Approvals",
        "What identity providers asked for. Full Sync approves all that can be.",
    ),
    (
        "Connections",
        "Where people come from, and a log of every request with its cure.",
    ),
];

/// For everybody else.
const PERSON: &[Point] = &[
    (
        "Your teams",
        "Your organisation puts you into teams. A team that still waits says for what.",
    ),
    (
        "Your account",
        "Where you are signed in, and one button that signs you out everywhere.",
    ),
];

#[component]
fn Tour(points: &'static [Point]) -> impl IntoView {
    let points = points
        .iter()
        .map(|(name, sentence)| {
            view! {
                <div>
                    <dt>{*name}</dt>
                    <dd>{*sentence}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="panel quiet" aria-label="The tour">
            <dl class="facts-table">{points}</dl>
        </section>
    }
}

/// Why it is worth it, for whoever administers something.
#[component]
fn SecondFactor() -> impl IntoView {
    view! {
        <p>
            "You administer something here, and your passphrase alone lets you in. With a code of an app on your telephone beside it, whoever learns the passphrase still stays outside. It takes a minute."
        </p>
    }
}

#[component]
fn NothingLeft() -> impl IntoView {
    view! {
        <Door title="All done" place=visit().organisation>
            <section class="card">
                <div>
                    <h1>"All done"</h1>
                    <p class="muted">"Nothing is left to look at."</p>
                </div>
                <ButtonLink href="/" size=Size::Wide>
                    "Go on"
                </ButtonLink>
            </section>
        </Door>
    }
}

#[server(endpoint = "me/onboarding")]
pub async fn my_steps() -> Result<StepsLeft, AppError> {
    let (db, user) = crate::server::user().await?;
    let progress = directory::onboarding::next(&db, &user).await?;
    Ok(StepsLeft { user, progress })
}

#[server(endpoint = "me/take_step")]
pub async fn take_step(step: Step, outcome: Outcome) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, user};
    let (db, user) = user().await?;
    let taken = directory::onboarding::take(&db, &user, step, outcome).await;
    // The first page leads to the next step, as long as there is one.
    answer(Form::button("/"), taken.map(|()| Done::at("/"))).await
}
