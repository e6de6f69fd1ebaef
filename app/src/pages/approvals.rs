//! What identity providers asked for and nobody has decided yet; and Full Sync, which approves all that can be.

mod ready;
mod waiting;

use crate::components::badge::Tone;
use crate::components::button::{Button, Kind};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::empty_state::{EmptyState, Way};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Href;
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::components::roll::Progress;
use crate::error::AppError;
use crate::pages::frame::{Page, shown};
use crate::words::{counted, first_of, number, waiting_in_short};
use directory::model::id::{TeamId, UserId};
use directory::model::membership::Synced;
use directory::model::team::Pending;
use leptos::prelude::*;
use ready::Ready;
use server_fn::ServerFn;
use waiting::Waiting;

#[component]
pub fn ApprovalsPage() -> impl IntoView {
    shown(Section::Approvals, list_pending(), |pending| {
        let is_empty = pending.ready_teams.is_empty()
            && pending.ready.is_empty()
            && pending.waiting.is_empty();
        view! {
            <Page title="Approvals" section=Section::Approvals crumbs=vec![Crumb::here("Approvals")]>
                <PageHead title="Approvals" lead="What identity providers asked for and nobody has decided yet." />
                <div class="columns">
                    <div class="stack">
                        {if is_empty {
                            view! { <NothingWaits /> }.into_any()
                        } else {
                            view! {
                                <Ready teams=pending.ready_teams.clone() memberships=pending.ready.clone() synced=pending.preview.clone() />
                                <Waiting memberships=pending.waiting.clone() synced=pending.preview.clone() />
                            }
                            .into_any()
                        }}
                    </div>
                    <Preview pending />
                </div>
            </Page>
        }
    })
}

#[component]
fn NothingWaits() -> impl IntoView {
    let ways = vec![Way {
        icon: "connections",
        title: "Push a group".to_owned(),
        words: "A pushed group arrives as a pending team, its members as pending memberships."
            .to_owned(),
        act: "Show connections".to_owned(),
        href: Href::internal("/connections"),
    }];
    view! {
        <EmptyState
            title="Nothing waits for a decision"
            words="When an identity provider pushes a group, the team and its members wait here until you approve them."
            ways
        />
    }
}

/// What Full Sync would do now, and the button that runs it.
#[component]
fn Preview(pending: Pending) -> impl IntoView {
    let synced = pending.preview;
    let teams: Vec<String> = pending
        .ready_teams
        .iter()
        .map(|one| one.team.name.clone())
        .collect();
    let (ready, waiting) = (synced.teams + synced.memberships, synced.still_waiting());
    view! {
        <Panel id="sync" title="What Full Sync will do" lead="A dry run, made just now. Nothing is changed yet.">
            <PanelBody>
                {(ready + waiting > 0).then(|| view! { <Progress done=number(ready) of=number(ready + waiting) what="will be approved" /> })}
                <Consequences teams synced />
            </PanelBody>
            <PanelFoot words="Can be repeated safely.">
                <form method="post" action=FullSync::url()>
                    <Button kind=Kind::Primary icon="sync">
                        "Run Full Sync"
                    </Button>
                </form>
            </PanelFoot>
        </Panel>
    }
}

#[component]
fn Consequences(teams: Vec<String>, synced: Synced) -> impl IntoView {
    let waiting = synced.still_waiting();
    let becoming = counted(synced.teams, "team is approved", "teams are approved");
    let joining = counted(
        synced.memberships,
        "membership is approved",
        "memberships are approved",
    );
    let staying = counted(
        waiting,
        "membership stays pending",
        "memberships stay pending",
    );
    let nothing = synced.teams + synced.memberships == 0;
    view! {
        <Impact>
            {(synced.teams > 0)
                .then(|| {
                    view! {
                        <ImpactLine icon="active" tone=Tone::Good>
                            {format!("{becoming}: {}", first_of(&teams, 4))}
                        </ImpactLine>
                    }
                })}
            {(synced.memberships > 0)
                .then(|| {
                    view! {
                        <ImpactLine icon="active" tone=Tone::Good>
                            {format!("{joining}, teams first")}
                        </ImpactLine>
                    }
                })}
            {nothing.then(|| view! { <ImpactLine icon="check">"Nothing can be approved now"</ImpactLine> })}
            {(waiting > 0)
                .then(|| {
                    view! {
                        <ImpactLine icon="pending" tone=Tone::Wait>
                            {format!("{staying}: {}", waiting_in_short(&synced))}
                        </ImpactLine>
                    }
                })}
        </Impact>
    }
}

#[server(endpoint = "approvals/pending")]
pub async fn list_pending() -> Result<Pending, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::approvals::pending(&db, &admin).await?)
}

#[server(endpoint = "approvals/full_sync")]
pub async fn full_sync() -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let synced = directory::admin::approvals::full_sync(&db, &admin).await;
    let done = |synced: Synced| Done::at("/approvals").reports(crate::words::outcome(&synced));
    answer(Form::button("/approvals"), synced.map(done)).await
}

#[server(endpoint = "approvals/approve_team")]
pub async fn approve_team(team: TeamId, from: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let synced = directory::admin::approvals::approve_team(&db, &admin, &team).await;
    let done = |synced: Synced| Done::at(&from).reports(crate::words::outcome(&synced));
    answer(Form::button(&from), synced.map(done)).await
}

#[server(endpoint = "approvals/deny_team")]
pub async fn deny_team(team: TeamId, from: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let denied = directory::admin::approvals::deny_team(&db, &admin, &team).await;
    answer(
        Form::button(&from),
        denied.map(|()| Done::at(&from).says("The team was denied.")),
    )
    .await
}

#[server(endpoint = "approvals/approve_membership")]
pub async fn approve_membership(team: TeamId, user: UserId, from: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let approved = directory::admin::approvals::approve_membership(&db, &admin, &team, &user).await;
    answer(
        Form::button(&from),
        approved.map(|()| Done::at(&from).says("The membership was approved.")),
    )
    .await
}

#[server(endpoint = "approvals/deny_membership")]
pub async fn deny_membership(team: TeamId, user: UserId, from: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let denied = directory::admin::approvals::deny_membership(&db, &admin, &team, &user).await;
    answer(
        Form::button(&from),
        denied.map(|()| Done::at(&from).says("The membership was denied.")),
    )
    .await
}
