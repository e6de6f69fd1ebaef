//! The first hour of a new installation. What is done is read from the data, never ticked by hand.

use crate::components::button::{ButtonLink, Kind, Size};
use crate::components::checklist::{ListedStep, StepState, Steps};
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::components::roll::Progress;
use crate::visit::visit;
use directory::model::overview::{FirstSteps, Step};
use leptos::prelude::*;

/// A step, what to do for it, and where.
struct FirstStep {
    step: Step,
    title: &'static str,
    words: &'static str,
    act: &'static str,
    href: &'static str,
}

fn all(steps: FirstSteps) -> [FirstStep; 6] {
    let step = |step, title, words, act, href| FirstStep {
        step,
        title,
        words,
        act,
        href,
    };
    [
        step(Step::Done, "Create the first administrator", "", "", ""),
        step(
            steps.node,
            "Add a node",
            "A node is a place in the organisation, such as a country or a department.",
            "Add node",
            "/nodes",
        ),
        step(
            steps.connection,
            "Add a SCIM connection",
            "Copy an address and a token into your identity provider. About five minutes.",
            "Add connection",
            "/connections/new",
        ),
        step(
            steps.first_request,
            "Test it from your identity provider",
            "The page of the connection turns to Connected with the first request.",
            "Show connections",
            "/connections",
        ),
        step(
            steps.first_user,
            "See the first user arrive",
            "Assign somebody to the application in your identity provider.",
            "Show users",
            "/users",
        ),
        step(
            steps.first_approval,
            "Give the first approval",
            "Push a group, let one member sign in, then run Full Sync.",
            "Review approvals",
            "/approvals",
        ),
    ]
}

#[component]
pub fn FirstStepsPanel(steps: FirstSteps) -> impl IntoView {
    let steps = all(steps);
    let of = steps.len() as u64;
    let done = steps.iter().filter(|one| one.step == Step::Done).count() as u64;
    let now = steps.iter().position(|one| one.step == Step::Open);
    let listed = (1..)
        .zip(steps)
        .enumerate()
        .map(|(place, (shown, one))| {
            let state = match one.step {
                Step::Done => StepState::Done,
                Step::Open if now == Some(place) => StepState::Now(shown),
                Step::Open => StepState::Later(shown),
            };
            view! { <OneStep one state /> }
        })
        .collect_view();
    view! {
        <Panel id="first-steps" title="First steps" end=move || view! { <span class="muted num">{format!("{done} of {of}")}</span> }>
            <PanelBody>
                <Progress done of what="steps" />
            </PanelBody>
            <Steps>{listed}</Steps>
            <PanelFoot words="Filled in from what exists." />
        </Panel>
    }
}

#[component]
fn OneStep(one: FirstStep, state: StepState) -> impl IntoView {
    if !matches!(state, StepState::Now(_)) {
        return view! { <ListedStep state title=one.title /> }.into_any();
    }
    // One primary button per page: where something can be approved, that is the thing to do.
    let kind = if visit().approvals > 0 {
        Kind::Plain
    } else {
        Kind::Primary
    };
    view! {
        <ListedStep state title=one.title>
            <p>{one.words}</p>
            <div class="buttons">
                <ButtonLink href=one.href kind size=Size::Small>
                    {one.act}
                </ButtonLink>
            </div>
        </ListedStep>
    }
    .into_any()
}
