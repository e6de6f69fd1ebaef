//! Where a person is signed in, and how whoever manages them ends it.

use crate::components::button::{Button, Kind, Size};
use crate::components::dialog::{Dialog, DialogOpener};
use crate::components::panel::{Facts, Panel, PanelBody, PanelFoot};
use crate::error::AppError;
use crate::pages::sessions::SessionRow;
use crate::words::first_name;
use directory::model::id::UserId;
use directory::model::session::OpenSession;
use directory::model::user::User;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn UserSessions(user: User, sessions: Vec<OpenSession>) -> impl IntoView {
    if sessions.is_empty() {
        return view! {
            <Panel id="sessions" title="Sessions">
                <PanelBody>
                    <p class="muted">{format!("{} is signed in nowhere.", first_name(&user))}</p>
                </PanelBody>
            </Panel>
        }
        .into_any();
    }
    let id = user.id.clone();
    let rows = sessions
        .into_iter()
        .map(|session| view! { <Ending user=id.clone() session /> })
        .collect_view();
    view! {
        <Panel id="sessions" title="Sessions">
            <Facts>{rows}</Facts>
            <PanelFoot words="They can sign in again, unless they are locked.">
                <DialogOpener dialog="end-sessions" size=Size::Small icon="out">
                    "End every session"
                </DialogOpener>
            </PanelFoot>
        </Panel>
        <EndAll user />
    }
    .into_any()
}

/// A session, and the button that ends it.
#[component]
fn Ending(user: UserId, session: OpenSession) -> impl IntoView {
    let which = session.id.clone();
    view! {
        <SessionRow session>
            <form method="post" action=EndSession::url()>
                <input type="hidden" name="id" value=user.to_string() />
                <input type="hidden" name="session" value=which />
                <Button size=Size::Small>"End session"</Button>
            </form>
        </SessionRow>
    }
}

#[component]
fn EndAll(user: User) -> impl IntoView {
    let (id, name) = (user.id.to_string(), first_name(&user));
    let confirm = move || {
        view! {
            <form method="post" action=EndSessions::url()>
                <input type="hidden" name="id" value=id.clone() />
                <Button kind=Kind::Sure>"End every session"</Button>
            </form>
        }
    };
    view! {
        <Dialog id="end-sessions" title=format!("End every session of {}?", user.label) back="Keep them" confirm>
            <p>{format!("Every browser of {name} is signed out at once. {name} can sign in again right after: lock them to keep them out.")}</p>
        </Dialog>
    }
}

#[server(endpoint = "users/sessions")]
pub async fn sessions_of(id: UserId) -> Result<Vec<OpenSession>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    let this = crate::server::this_session()?;
    Ok(directory::admin::sessions::of(&db, &admin, &id, &this).await?)
}

#[server(endpoint = "users/end_session")]
pub async fn end_session(id: UserId, session: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{id}");
    let ended = directory::admin::sessions::end(&db, &admin, &id, &session).await;
    answer(
        Form::button(&page),
        ended.map(|()| Done::at(&page).says("The session was ended.")),
    )
    .await
}

#[server(endpoint = "users/end_sessions")]
pub async fn end_sessions(id: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{id}");
    let ended = directory::admin::sessions::end_all(&db, &admin, &id).await;
    answer(
        Form::button(&page),
        ended.map(|()| Done::at(&page).says("Every session was ended.")),
    )
    .await
}
