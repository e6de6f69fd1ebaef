//! What the console says: notices, toasts, steps, paths, history, values to copy.

use super::NOW;
use crate::components::badge::{APPROVED, PENDING, Source, Tone};
use crate::components::button::{Button, ButtonLink, Kind, Size};
use crate::components::checklist::{Decision, ListedStep, StepState, Steps as StepList};
use crate::components::copy::{Copy, CopyInline, Secret};
use crate::components::form::Check;
use crate::components::layout::PageSection;
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{FactRow, Facts, Panel, PanelFoot, Setting, Settings};
use crate::components::path::{MembershipRow, Step};
use crate::components::time::Time;
use crate::components::timeline::{Sign, Timeline, TimelineDay, TimelineEntry};
use crate::components::toast::{Toast, ToastText};
use leptos::prelude::*;

#[component]
pub fn Notices() -> impl IntoView {
    view! {
        <PageSection id="notices" title="Notices" lead="A sentence that changes what you do next.">
            <div class="stack tight">
                <Notice
                    sign=NoticeSign::Todo("approvals")
                    title="17 approvals can be given now"
                    buttons=|| {
                        view! {
                            <ButtonLink kind=Kind::Primary href="#notices">
                                "Review approvals"
                            </ButtonLink>
                        }
                    }
                >
                    <p>"2 teams and 15 memberships."</p>
                </Notice>
                <Notice sign=NoticeSign::INFO title="Waits for Grace to accept the invitation">
                    <p>"The link works until "<strong>"Mon 23 Nov"</strong>"."</p>
                </Notice>
                <Notice sign=NoticeSign::WAIT title="Not saved yet">
                    <p>"A test from Okta answers 401 until you save."</p>
                </Notice>
                <Notice sign=NoticeSign::STOP title="Every request of Entra ID is refused">
                    <p>"Its only token was revoked."</p>
                </Notice>
                <Notice sign=NoticeSign::GOOD title="Okta is connected">
                    <p>"First request "<Time at=NOW - 12_000 now=NOW />"."</p>
                </Notice>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn ToastsOfAllTones() -> impl IntoView {
    let details = || Some(("Details".to_owned(), "#toasts".into()));
    let toasts = [
        (
            Tone::Good,
            "Team approvals:",
            "3 approved, 0 failed",
            details(),
        ),
        (
            Tone::Wait,
            "Team member approvals:",
            "14 approved, 2 waiting (users not active yet)",
            details(),
        ),
        (Tone::Stop, "Linus locked.", "3 sessions ended.", None),
    ];
    let toasts = toasts
        .into_iter()
        .map(|(tone, what, then, details)| {
            let text = ToastText {
                tone,
                what: what.to_owned(),
                then: then.to_owned(),
                details,
            };
            view! { <Toast text /> }
        })
        .collect_view();
    view! {
        <PageSection id="toasts" title="Toasts" lead="Bottom of the screen, 8 seconds, polite.">
            <div class="toasts shown">{toasts}</div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn Copying() -> impl IntoView {
    view! {
        <PageSection id="copying" title="Copy and secret" lead="Selectable first.">
            <div class="stack tight">
                <p>
                    <CopyInline value="ada@acme.example" what="address" />
                </p>
                <Copy value="https://muster.acme.example/api/rest/scim/v2/4294967301" what="base URL" />
                <Secret
                    title="Your new token, shown this once"
                    value="scim_9fQ2vXk7TzLmPd35rWnB8cYhJ4sGa6uE1oKi0tNq"
                    what="token"
                >
                    <p>"Paste it into Okta, save there, then press “Save token” here."</p>
                    <form class="row apart" method="get">
                        <Check name="stored">"I have stored it"</Check>
                        <Button kind=Kind::Primary>"Save token"</Button>
                    </form>
                </Secret>
            </div>
        </PageSection>
    }
    .into_any()
}

#[component]
pub fn Steps() -> impl IntoView {
    view! {
        <Panel id="steps" title="Steps and decisions" end=|| view! { <span class="muted num">"1 of 3"</span> }>
            <StepList>
                <ListedStep state=StepState::Done title="Create the first administrator" end="You".to_owned() />
                <ListedStep state=StepState::Now(2) title="Add a SCIM connection">
                    <p>"Copy an address and a token into your identity provider. About five minutes."</p>
                    <div class="buttons">
                        <ButtonLink kind=Kind::Primary size=Size::Small href="#steps">
                            "Add connection"
                        </ButtonLink>
                    </div>
                </ListedStep>
                <ListedStep state=StepState::Later(3) title="Give the first approval" />
                <Decision
                    icon="warn"
                    tone=Tone::Stop
                    title="Entra ID is refused with every request"
                    words="Its only token was revoked. Create a new one and paste it into Entra."
                >
                    <ButtonLink size=Size::Small href="#steps">
                        "Create token"
                    </ButtonLink>
                </Decision>
            </StepList>
            <PanelFoot words="Filled in from what exists." />
        </Panel>
    }
    .into_any()
}

#[component]
pub fn PathOfAMembership() -> impl IntoView {
    let steps = vec![
        Step::Done("Pushed 18 Nov".to_owned()),
        Step::Done("Team approved".to_owned()),
        Step::Now("Grace accepts".to_owned()),
        Step::Later("Approved at the next Full Sync".to_owned()),
    ];
    let okta = || Some(Source::Idp("Okta".to_owned()));
    view! {
        <Panel id="paths" title="Path of a membership" lead="Done, now, later.">
            <MembershipRow
                name="Ops"
                href="#paths"
                state=PENDING
                from=okta()
                why="The team is ready. Grace is not: memberships are approved for active users only.".to_owned()
                steps
            />
            <MembershipRow
                name="Design"
                href="#paths"
                state=APPROVED
                from=okta()
                why="By Ada Lovelace at console sign-in, 19 Nov.".to_owned()
            />
        </Panel>
    }
    .into_any()
}

#[component]
pub fn History() -> impl IntoView {
    let okta = || view! { <Time at=NOW - 1_560_000 now=NOW />" · Okta" };
    view! {
        <div class="columns even">
            <Panel id="profile" title="Facts and settings">
                <Facts>
                    <FactRow name="Address" from=Source::Idp("Okta".to_owned())>
                        "grace@acme.example"
                    </FactRow>
                    <FactRow name="Language" from=Source::Here>
                        "English"
                    </FactRow>
                </Facts>
                <Settings>
                    <Setting name="Unique team names" hint="A second team of the same name in Berlin is refused with 409.">
                        <input class="switch" type="checkbox" role="switch" aria-label="Unique team names" />
                    </Setting>
                </Settings>
            </Panel>
            <PageSection
                id="history"
                title="History"
                end=|| view! { <a href="#history">"All events"</a> }
            >
                <Timeline>
                    <TimelineDay words="Today" />
                    <TimelineEntry sign=Sign::Glyph(Tone::Good, "active") when=okta>
                        "Katherine Johnson accepted the invitation"
                    </TimelineEntry>
                    <TimelineEntry sign=Sign::Icon("teams") when=okta>
                        "Added to team Ops, pending"
                    </TimelineEntry>
                    <TimelineEntry sign=Sign::Toned(Tone::Stop, "key") when=okta>
                        "Token "<code>"scim_q1Xe…"</code>" revoked"
                    </TimelineEntry>
                </Timeline>
            </PageSection>
        </div>
    }
    .into_any()
}
