//! What would change for whom if a team held a role, or held it no longer; and the button that does it.

use crate::components::button::{Button, ButtonLink, Kind};
use crate::components::dialog::{Impact, ImpactLine};
use crate::components::layout::{Crumb, PageHead, Section};
use crate::components::link::Query;
use crate::components::panel::{Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::{Page, shown};
use crate::words::{counted, figure, listed};
use directory::model::id::{RoleId, TeamId};
use directory::model::role::TeamPreview;
use directory::model::team::Decision;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn TeamRolePage() -> impl IntoView {
    let here = Query::current();
    let role = RoleId(here.value("role").unwrap_or_default());
    let team = TeamId(here.value("team").unwrap_or_default());
    shown(Section::Roles, preview_team(role, team), |found| {
        let (role, team) = (found.role.clone(), found.team.name.clone());
        let title = if found.is_held {
            format!("Take {} from {team}?", role.name)
        } else {
            format!("Give {} to {team}?", role.name)
        };
        let crumbs = vec![
            Crumb::above("Roles", "/roles"),
            Crumb::above(role.name, format!("/roles/{}?show=teams", role.id)),
            Crumb::here(team),
        ];
        view! {
            <Page title=title.clone() section=Section::Roles crumbs>
                <PageHead title lead="Nothing is changed yet." />
                <Preview found />
            </Page>
        }
    })
}

#[component]
fn Preview(found: TeamPreview) -> impl IntoView {
    let (role, team) = (found.role.id.clone(), found.team.id.clone());
    let is_held = found.is_held;
    let back = format!("/roles/{role}?show=teams");
    let ids = move || {
        view! {
            <input type="hidden" name="role" value=role.to_string() />
            <input type="hidden" name="team" value=team.to_string() />
        }
    };
    view! {
        <Panel id="changes" title="What changes">
            <PanelBody>
                <Consequences found />
            </PanelBody>
            <PanelFoot words="It can be taken back at any time.">
                <ButtonLink href=back>{if is_held { "Keep role" } else { "Back to role" }}</ButtonLink>
                {if is_held {
                    view! {
                        <form method="post" action=TakeRoleFromTeam::url()>
                            {ids()}
                            <Button kind=Kind::Sure>"Take role from team"</Button>
                        </form>
                    }
                        .into_any()
                } else {
                    view! {
                        <form method="post" action=GiveRoleToTeam::url()>
                            {ids()}
                            <Button kind=Kind::Primary>"Give role to team"</Button>
                        </form>
                    }
                        .into_any()
                }}
            </PanelFoot>
        </Panel>
    }
}

#[component]
fn Consequences(found: TeamPreview) -> impl IntoView {
    let role = found.role.name.clone();
    let waits = found.team.state != Decision::Approved;
    let more = found.changed - i64::try_from(found.first.len()).unwrap_or_default();
    let mut names = found.first.clone();
    if more > 0 {
        names.push(format!("{} more", figure(more)));
    }
    let who = counted(found.changed, "member", "members");
    let verb = match (found.is_held, found.changed) {
        (true, 1) => "no longer holds",
        (true, _) => "no longer hold",
        (false, 1) => "comes to hold",
        (false, _) => "come to hold",
    };
    let changed = if found.changed == 0 {
        "Nothing changes for anybody now.".to_owned()
    } else {
        format!("{who} {verb} {role}: {}.", listed(&names))
    };
    let unchanged = counted(
        found.unchanged,
        "member holds it in another way too, and keeps it.",
        "members hold it in another way too, and keep it.",
    );
    let pending = counted(
        found.pending,
        "member waits for an approval and holds it from then on.",
        "members wait for their approval and hold it from then on.",
    );
    view! {
        <Impact>
            {waits
                .then(|| {
                    view! { <ImpactLine icon="clock">"The team is not approved: nobody holds a role by it until it is."</ImpactLine> }
                })}
            <ImpactLine icon="users">{changed}</ImpactLine>
            {(found.unchanged > 0).then(|| view! { <ImpactLine icon="roles">{unchanged}</ImpactLine> })}
            {(found.pending > 0 && !found.is_held).then(|| view! { <ImpactLine icon="approvals">{pending}</ImpactLine> })}
            {(!found.is_held)
                .then(|| {
                    view! { <ImpactLine icon="teams">"Whoever joins the team later holds it too, and whoever leaves it, no longer."</ImpactLine> }
                })}
        </Impact>
    }
}

#[server(endpoint = "roles/preview_team")]
pub async fn preview_team(role: RoleId, team: TeamId) -> Result<TeamPreview, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::roles::teams::preview(&db, &admin, &role, &team).await?)
}

#[server(endpoint = "roles/give_team")]
pub async fn give_role_to_team(role: RoleId, team: TeamId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/roles/{role}?show=teams");
    let given = directory::admin::roles::teams::give(&db, &admin, &role, &team).await;
    let done = |()| Done::at(&page).says("The team holds the role.");
    answer(Form::button(&page), given.map(done)).await
}

#[server(endpoint = "roles/take_team")]
pub async fn take_role_from_team(role: RoleId, team: TeamId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/roles/{role}?show=teams");
    let taken = directory::admin::roles::teams::take(&db, &admin, &role, &team).await;
    let done = |()| Done::at(&page).says("The team no longer holds the role.");
    answer(Form::button(&page), taken.map(done)).await
}
