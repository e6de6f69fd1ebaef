//! One person: their state and what happens next, what is known of them and from whom, their teams, what happened.

mod actions;
mod consent;
mod invitation;
mod profile;
mod second_factor;
mod sessions;

use crate::components::badge::{Source, StateChip};
use crate::components::copy::CopyInline;
use crate::components::layout::{Crumb, Fact, PageHead, PageSection, Section};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::panel::{Panel, PanelBody};
use crate::components::path::MembershipRow;
use crate::components::time::date;
use crate::error::AppError;
use crate::pages::connection::{Mentions, requests_about};
use crate::pages::events::EventDays;
use crate::pages::frame::{Ago, Page, crumbs_of, of_path, shown};
use crate::pages::role::{EffectivePolicies, RolesOfUser};
use crate::pages::roles::usable_roles;
use crate::visit::visit;
use crate::words::{
    self, counted, first_name, has_come_in, locked_by, of_membership, of_user, sentence, way_on,
    why,
};
use actions::UserActions;
use consent::ConsentNotice;
use directory::model::connection::Fate;
use directory::model::id::UserId;
use directory::model::membership::Membership;
use directory::model::request::Mention;
use directory::model::team::Decision;
use directory::model::user::UserDetail;
use invitation::InvitationNotice;
use leptos::prelude::*;
use profile::Profile;
use second_factor::{UserSecondFactor, second_factor_of};
use sessions::{UserSessions, sessions_of};

#[component]
pub fn UserPage() -> impl IntoView {
    let id = UserId(of_path("id"));
    let asked = async move {
        let found = one_user(id.clone()).await?;
        let usable = usable_roles(found.user.node_id).await?;
        let sessions = sessions_of(id.clone()).await?;
        let factor = second_factor_of(id.clone()).await?;
        Ok((
            found,
            usable,
            (sessions, factor),
            requests_about(id.0).await?,
        ))
    };
    shown(
        Section::Users,
        asked,
        |(found, usable, (sessions, factor), mentions)| {
            let name = found.user.label.clone();
            let mut crumbs = crumbs_of(&found.path);
            crumbs.push(Crumb::above("Users", "/users"));
            crumbs.push(Crumb::here(name.clone()));
            view! {
                <Page title=name section=Section::Users crumbs>
                    <Head found=found.clone() />
                    <LeftNotice found=found.clone() />
                    <ConsentNotice found=found.clone() />
                    <NextNotice found=found.clone() />
                    <div class="columns">
                        <div class="stack">
                            <Profile found=found.clone() />
                            <Teams memberships=found.memberships />
                            <RolesOfUser user=found.user.id.clone() held=found.roles usable />
                            <EffectivePolicies held=found.policies />
                            <UserSecondFactor user=found.user.clone() factor />
                            <UserSessions user=found.user sessions />
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

/// What identity providers said about somebody or something lately; nothing where they said nothing, or where the
/// administrator may not read their logs.
#[component]
pub fn SaidLately(mentions: Vec<Mention>) -> impl IntoView {
    let Some(latest) = mentions.first() else {
        return ().into_any();
    };
    let title = format!("What {} said lately", latest.connection_name);
    let lead = "Each request about it, with how it was answered.";
    let about = latest.request.subject_id.clone();
    let all = about.map(|id| format!("/nodes/{}/connection/requests?about={id}", latest.node));
    let end = move || {
        all.clone()
            .map(|href| view! { <a href=href>"All in the log"</a> })
    };
    view! {
        <PageSection id="said" title lead end>
            <Mentions mentions />
        </PageSection>
    }
    .into_any()
}

#[component]
fn Head(found: UserDetail) -> impl IntoView {
    let (login, node, since) = (
        found.user.login.clone(),
        found.node.clone(),
        found.user.created_at,
    );
    let origin = match &found.kept_by {
        Some(name) => format!("Kept by {name}"),
        None => words::origin(&found.user, None),
    };
    let standing = of_user(&found.user);
    let facts = move || {
        let (node, origin) = (node.clone(), origin.clone());
        view! {
            <li>
                <CopyInline value=login.clone() what="address" />
            </li>
            <Fact icon="nodes">
                <a href=format!("/nodes/{}", node.id)>{node.name}</a>
            </Fact>
            <Fact icon="connections">{origin}</Fact>
            <Fact icon="clock">
                <span>"Added " <Ago at=since /></span>
            </Fact>
        }
    };
    view! {
        <PageHead
            title=found.user.label.clone()
            monogram=found.user.label.clone()
            beside=move || view! { <StateChip of=standing /> }
            facts
        >
            <UserActions found />
        </PageHead>
    }
}

/// Why nobody keeps somebody any more who was kept by a connection.
#[component]
fn LeftNotice(found: UserDetail) -> impl IntoView {
    found.left_by.map(|left| {
        let name = first_name(&found.user);
        let then = match left.fate {
            Fate::Keep => format!("{name} stays as before, and the next connection of {} takes over.", found.node.name),
            Fate::Lock if left.locked_now => format!("{name} was locked with it. Unlock them here when they may come back."),
            Fate::Lock | Fate::Unlink => format!("{name} is kept by hand now: what changes is changed here."),
        };
        view! {
            <Notice sign=NoticeSign::INFO title=format!("{} kept {name} and was removed", left.name)>
                <p>"By " {left.removed_by} ", " <Ago at=left.removed_at /> ". " {then}</p>
            </Notice>
        }
    })
}

/// What happens next with somebody who is not simply active.
#[component]
fn NextNotice(found: UserDetail) -> impl IntoView {
    let user = &found.user;
    let name = first_name(user);
    if !user.is_unlocked() {
        let by = locked_by(
            user.locked_by_admin,
            user.locked_by_idp,
            user.locked_by.as_deref(),
        );
        let then = match (user.locked_by_admin, user.locked_by_idp) {
            (true, true) => "Both locks must be taken back, each where it was set.",
            (true, false) => "Unlock them here when they may come back.",
            _ if found.kept_by.is_none() => "Unlock them here when they may come back.",
            _ => "Only the identity provider takes its lock back: activate them there.",
        };
        let rest = if has_come_in(user) {
            "They cannot sign in, and every session has ended. Teams and roles are kept."
        } else {
            "The invitation no longer works. Teams and roles are kept."
        };
        return view! {
            <Notice sign=NoticeSign::STOP title=format!("{name} is locked {by}")>
                <p>{rest} " " {then}</p>
            </Notice>
        }
        .into_any();
    }
    if has_come_in(user) {
        return ().into_any();
    }
    let waiting = i64::try_from(
        found
            .memberships
            .iter()
            .filter(|one| one.state == Decision::Pending)
            .count(),
    )
    .unwrap_or_default();
    let then = match waiting {
        0 => "With the first sign-in they become Active.".to_owned(),
        count => format!(
            "With the first sign-in they become Active, and {} can be approved.",
            counted(count, "pending membership", "pending memberships")
        ),
    };
    view! { <InvitationNotice found then /> }.into_any()
}

/// Their places in teams, each with the reason why it waits and the way on.
#[component]
fn Teams(memberships: Vec<Membership>) -> impl IntoView {
    let pending = memberships
        .iter()
        .filter(|one| one.state == Decision::Pending)
        .count();
    let end = move || {
        (pending > 0).then(|| view! { <span class="muted">{format!("{pending} pending")}</span> })
    };
    let is_empty = memberships.is_empty();
    let rows = memberships
        .into_iter()
        .map(|membership| view! { <Place membership /> })
        .collect_view();
    view! {
        <Panel id="teams" title="Teams" end>
            {is_empty
                .then(|| {
                    view! {
                        <PanelBody>
                            <p class="muted">"No team yet. A team arrives when an identity provider pushes a group this user belongs to."</p>
                        </PanelBody>
                    }
                })}
            {rows}
        </Panel>
    }
}

#[component]
fn Place(membership: Membership) -> impl IntoView {
    let asked = match &membership.asked_by {
        Some(_) => format!("Pushed {}", date(membership.requested_at.0, visit().now.0)),
        None => "Given here".to_owned(),
    };
    let steps = if membership.state == Decision::Pending {
        way_on(&membership, &asked)
    } else {
        Vec::new()
    };
    let why = why(&membership).map(|words| format!("{}.", sentence(&words)));
    view! {
        <MembershipRow
            name=membership.team_name.clone()
            href=format!("/teams/{}", membership.team_id)
            state=of_membership(&membership)
            from=Some(membership.asked_by.clone().map_or(Source::Here, Source::Idp))
            why
            steps
        />
    }
}

#[server(endpoint = "users/one")]
pub async fn one_user(id: UserId) -> Result<UserDetail, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::users::get(&db, &admin, &id).await?)
}
