//! Somebody who is signed in sees their own state and teams; for people without any privilege this is all of it.

use super::sign_in::ClosedDoor;
use crate::components::badge::{Source, StateChip};
use crate::components::button::{Button, ButtonLink, Size};
use crate::components::layout::Door;
use crate::components::notice::{Notice, NoticeSign};
use crate::components::path::MembershipRow;
use crate::components::toast::Toasts;
use crate::error::AppError;
use crate::pages::frame::toast;
use crate::visit::visit;
use crate::words::{first_name, of_membership, of_user, sentence, why};
use directory::model::membership::{Membership, Reason};
use directory::model::user::User;
use leptos::prelude::*;

#[component]
pub fn WelcomePage() -> impl IntoView {
    Suspend::new(async move {
        let asked = async { Ok::<_, AppError>((me().await?, my_teams().await?)) };
        match asked.await {
            Ok((user, teams)) => view! { <Welcome user teams /> }.into_any(),
            Err(error) => view! { <ClosedDoor error /> }.into_any(),
        }
    })
}

#[component]
fn Welcome(user: User, teams: Vec<Membership>) -> impl IntoView {
    let visit = visit();
    let viewer = visit.viewer;
    let is_administrator = viewer
        .as_ref()
        .is_some_and(|viewer| viewer.is_administrator);
    let closed = viewer.and_then(|viewer| viewer.closed);
    let toasts = visit.flash.toasts.into_iter().map(toast).collect();
    view! {
        <Door title="Welcome" place=visit.organisation>
            <section class="card">
                <div>
                    <h1>{format!("Welcome, {}", first_name(&user))}</h1>
                    <p class="muted">{user.login.clone()}</p>
                </div>
                <p>
                    <StateChip of=of_user(&user) />
                </p>
                {closed.map(|why| view! { <Notice sign=NoticeSign::STOP title="The console is closed here"><p>{why}</p></Notice> })}
                <MyTeams teams />
                <div class="buttons">
                    {is_administrator.then(|| view! { <ButtonLink href="/">"Open console"</ButtonLink> })}
                    <ButtonLink href="/account">"Your account"</ButtonLink>
                    <form method="post" action="/sign-out">
                        <Button size=Size::Normal icon="out">
                            "Sign out"
                        </Button>
                    </form>
                </div>
            </section>
        </Door>
        <Toasts toasts />
    }
}

/// The teams of whoever looks, and what each still waits for.
#[component]
pub fn MyTeams(teams: Vec<Membership>) -> impl IntoView {
    if teams.is_empty() {
        return view! { <p class="muted">"You are in no team yet. Your organisation puts you into teams; there is nothing you have to do."</p> }
            .into_any();
    }
    let rows = teams
        .into_iter()
        .map(|team| {
            let from = team.asked_by.clone().map_or(Source::Here, Source::Idp);
            let why = match team.reason() {
                // How it is approved is the business of whoever does it.
                Some(Reason::Ready) => Some("waits for an administrator to approve it".to_owned()),
                _ => why(&team),
            };
            let why = why.map(|words| format!("{}.", sentence(&words)));
            view! { <MembershipRow name=team.team_name.clone() href="#teams" state=of_membership(&team) from=Some(from) why /> }
        })
        .collect_view();
    view! {
        <section id="teams" class="panel quiet" aria-labelledby="teams-heading">
            <header>
                <h2 id="teams-heading">"Your teams"</h2>
            </header>
            {rows}
        </section>
    }
    .into_any()
}

#[server(endpoint = "me")]
pub async fn me() -> Result<User, AppError> {
    let (_, user) = crate::server::user().await?;
    Ok(user)
}

#[server(endpoint = "me/teams")]
pub async fn my_teams() -> Result<Vec<Membership>, AppError> {
    let (db, user) = crate::server::user().await?;
    Ok(directory::member::teams(&db, &user).await?)
}
