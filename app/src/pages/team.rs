//! One team: whether it is approved, who is in it, who waits and why.

use crate::components::badge::{Provenance, Source, State, StateChip};
use crate::components::button::{Button, Kind, Size};
use crate::components::copy::CopyInline;
use crate::components::empty_state::EmptyState;
use crate::components::layout::{Crumb, Fact, PageHead, PageSection, Section};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::table::{Column, DataTable, List, Who};
use crate::error::AppError;
use crate::pages::approvals::{ApproveMembership, ApproveTeam, DenyMembership, DenyTeam};
use crate::pages::connection::requests_about;
use crate::pages::events::EventDays;
use crate::pages::frame::{Ago, Page, crumbs_of, of_path, shown};
use crate::pages::role::{RolesOfTeam, roles_of_team};
use crate::pages::user::SaidLately;
use crate::words::{counted, of_decision, of_member, of_membership, sentence, why};
use directory::model::id::TeamId;
use directory::model::membership::{Membership, Reason};
use directory::model::team::{Decision, TeamDetail};
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn TeamPage() -> impl IntoView {
    let id = TeamId(of_path("id"));
    let asked = async move {
        let found = one_team(id.clone()).await?;
        let roles = roles_of_team(id.clone()).await?;
        Ok((found, roles, requests_about(id.0).await?))
    };
    shown(
        Section::Teams,
        asked,
        |(found, (held, usable), mentions)| {
            let name = found.team.name.clone();
            let mut crumbs = crumbs_of(&found.path);
            crumbs.push(Crumb::above("Teams", "/teams"));
            crumbs.push(Crumb::here(name.clone()));
            view! {
                <Page title=name section=Section::Teams crumbs>
                    <Head found=found.clone() />
                    <NextNotice found=found.clone() />
                    <div class="columns">
                        <div class="stack">
                            <Members found=found.clone() />
                            <RolesOfTeam team=found.team.id.clone() held usable />
                        </div>
                        <PageSection id="history" title="History">
                            <EventDays events=found.events />
                        </PageSection>
                    </div>
                    <SaidLately mentions />
                </Page>
            }
        },
    )
}

#[component]
fn Head(found: TeamDetail) -> impl IntoView {
    let team = found.team.clone();
    let standing = of_decision(team.state);
    let kept = found
        .kept_by
        .clone()
        .map_or_else(|| "Set here".to_owned(), |name| format!("Kept by {name}"));
    let node = found.node.clone();
    let external_id = team.external_id.clone();
    let facts = move || {
        let (node, kept) = (node.clone(), kept.clone());
        view! {
            <Fact icon="nodes">
                <a href=format!("/nodes/{}", node.id)>{node.name}</a>
            </Fact>
            <Fact icon="connections">{kept}</Fact>
            <Fact icon="clock">
                <span>"Added " <Ago at=team.created_at /></span>
            </Fact>
            {external_id.clone().map(|id| view! { <li><CopyInline value=id what="external id" /></li> })}
        }
    };
    let id = team.id.to_string();
    view! {
        <PageHead title=team.name beside=move || view! { <StateChip of=standing /> } facts>
            {(team.state == Decision::Pending)
                .then(|| {
                    view! {
                        <form method="post" action=DenyTeam::url()>
                            <input type="hidden" name="team" value=id.clone() />
                            <input type="hidden" name="from" value=format!("/teams/{id}") />
                            <Button kind=Kind::Danger>"Deny team"</Button>
                        </form>
                    }
                })}
            {(team.state != Decision::Approved).then(|| view! { <Approve id=id.clone() /> })}
        </PageHead>
    }
}

#[component]
fn Approve(id: String) -> impl IntoView {
    view! {
        <form method="post" action=ApproveTeam::url()>
            <input type="hidden" name="team" value=id.clone() />
            <input type="hidden" name="from" value=format!("/teams/{id}") />
            <Button kind=Kind::Primary icon="check">
                "Approve team"
            </Button>
        </form>
    }
}

/// What happens next with a team that is not approved.
#[component]
fn NextNotice(found: TeamDetail) -> impl IntoView {
    let team = &found.team;
    let by = team.decided_by.clone();
    match team.state {
        Decision::Approved => ().into_any(),
        Decision::Pending => view! {
            <Notice sign=NoticeSign::WAIT title=format!("{} waits for an approval", team.name)>
                <p>"Its memberships are approved after it: those of active users at once, the others when they have signed in. The identity provider reads it as a group already."</p>
            </Notice>
        }
        .into_any(),
        Decision::Denied => view! {
            <Notice
                sign=NoticeSign::STOP
                title=by.map_or_else(|| format!("{} was denied", team.name), |by| format!("{by} denied {}", team.name))
            >
                <p>"Nobody becomes a member. A repeated push does not ask again; approve it here if it should stand after all."</p>
            </Notice>
        }
        .into_any(),
    }
}

#[component]
fn Members(found: TeamDetail) -> impl IntoView {
    let count = |state: Decision| {
        i64::try_from(
            found
                .members
                .iter()
                .filter(|member| member.state == state)
                .count(),
        )
        .unwrap_or_default()
    };
    let pending = count(Decision::Pending);
    let mut lead = counted(count(Decision::Approved), "member", "members");
    if pending > 0 {
        lead = format!("{lead}, {pending} pending");
    }
    let is_empty = found.members.is_empty();
    view! {
        <PageSection id="members" title="Members" lead=format!("{lead}.")>
            {if is_empty {
                view! {
                    <EmptyState
                        title="Nobody is in this team"
                        words="Members arrive when the identity provider pushes them. An empty team can be approved."
                    />
                }
                .into_any()
            } else {
                view! { <MemberTable members=found.members /> }.into_any()
            }}
        </PageSection>
    }
}

#[component]
fn MemberTable(members: Vec<Membership>) -> impl IntoView {
    let columns = vec![
        Column::named("User"),
        Column::named("Membership"),
        Column::named("User is"),
        Column::named("By"),
        Column::act(),
    ];
    let rows = members
        .into_iter()
        .map(|member| view! { <Row member /> })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
}

#[component]
fn Row(member: Membership) -> impl IntoView {
    let next = why(&member).map(|words| sentence(&words));
    let from = member.asked_by.clone().map_or(Source::Here, Source::Idp);
    view! {
        <tr>
            <th scope="row">
                <Who name=member.user_label.clone() href=format!("/users/{}", member.user_id) second=member.login.clone() />
            </th>
            <td class="solo">
                <State of=of_membership(&member) next />
            </td>
            <td class="brief">
                <State of=of_member(&member) />
            </td>
            <td class="wide">
                <Provenance from />
            </td>
            <td class="act">
                <Decide member />
            </td>
        </tr>
    }
}

/// The decisions that are open about a membership.
#[component]
fn Decide(member: Membership) -> impl IntoView {
    let page = format!("/teams/{}", member.team_id);
    let can_approve = member.reason() == Some(Reason::Ready) || member.state == Decision::Denied;
    let can_deny = member.state == Decision::Pending;
    let (team, user) = (member.team_id.to_string(), member.user_id.to_string());
    let ids = move || {
        view! {
            <input type="hidden" name="team" value=team.clone() />
            <input type="hidden" name="user" value=user.clone() />
            <input type="hidden" name="from" value=page.clone() />
        }
    };
    let name = member.user_label;
    view! {
        <div class="buttons">
            {can_deny
                .then(|| {
                    view! {
                        <form method="post" action=DenyMembership::url()>
                            {ids()}
                            <Button size=Size::Small attr:aria-label=format!("Deny {name}")>
                                "Deny"
                            </Button>
                        </form>
                    }
                })}
            {can_approve
                .then(|| {
                    view! {
                        <form method="post" action=ApproveMembership::url()>
                            {ids()}
                            <Button size=Size::Small attr:aria-label=format!("Approve {name}")>
                                "Approve"
                            </Button>
                        </form>
                    }
                })}
        </div>
    }
}

#[server(endpoint = "teams/one")]
pub async fn one_team(id: TeamId) -> Result<TeamDetail, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::teams::get(&db, &admin, &id).await?)
}
