//! What an administrator can do with a person now.

use crate::components::badge::Tone;
use crate::components::button::{Button, Kind};
use crate::components::dialog::{Dialog, DialogOpener, Impact, ImpactLine};
use crate::error::AppError;
use crate::pages::users::ChooseUsers;
use crate::visit::visit;
use crate::words::{first_name, has_come_in};
use directory::model::id::UserId;
use directory::model::many::Deed;
use directory::model::user::UserDetail;
use leptos::prelude::*;
use server_fn::ServerFn;

#[component]
pub fn UserActions(found: UserDetail) -> impl IntoView {
    let id = found.user.id.clone();
    let is_kept = found.kept_by.is_some();
    view! {
        <Elsewhere id is_kept />
        <NowActions found />
    }
}

/// Leads to the page that says what moving or deleting them would do.
#[component]
fn Elsewhere(id: UserId, is_kept: bool) -> impl IntoView {
    let is_self = visit().viewer.is_some_and(|viewer| viewer.id == id);
    view! {
        <form class="buttons" method="post" action=ChooseUsers::url()>
            <input type="hidden" name="people[]" value=id.to_string() />
            {(!is_kept)
                .then(|| {
                    view! {
                        <Button kind=Kind::Quiet icon="move" attr:name="deed" attr:value=Deed::Move.as_str()>
                            "Move"
                        </Button>
                    }
                })}
            {(!is_self)
                .then(|| {
                    view! {
                        <Button kind=Kind::Quiet icon="trash" attr:name="deed" attr:value=Deed::Delete.as_str()>
                            "Delete"
                        </Button>
                    }
                })}
        </form>
    }
}

/// What their state asks for.
#[component]
fn NowActions(found: UserDetail) -> impl IntoView {
    let user = &found.user;
    let is_self = visit().viewer.is_some_and(|viewer| viewer.id == user.id);
    // The lock of a connection that keeps them no longer is ours to take back.
    let is_ours = user.locked_by_idp && found.kept_by.is_none();
    if user.locked_by_admin || is_ours {
        return view! { <Unlock found /> }.into_any();
    }
    if !user.is_unlocked() || is_self {
        return ().into_any();
    }
    if has_come_in(user) {
        return view! { <Lock found /> }.into_any();
    }
    let is_good = found
        .invitation
        .as_ref()
        .is_some_and(|invitation| invitation.is_good(visit().now));
    let cancel = is_good.then(|| view! { <CancelInvitation found=found.clone() /> });
    let words = if found.invitation.is_some() {
        "Send invitation again"
    } else {
        "Send invitation"
    };
    view! {
        {cancel}
        <form method="post" action=SendInvitation::url()>
            <input type="hidden" name="id" value=user.id.to_string() />
            <Button kind=Kind::Primary icon="mail">
                {words}
            </Button>
        </form>
    }
    .into_any()
}

#[component]
fn CancelInvitation(found: UserDetail) -> impl IntoView {
    let id = found.user.id.to_string();
    let name = first_name(&found.user);
    let confirm = move || {
        view! {
            <form method="post" action=Cancel::url()>
                <input type="hidden" name="id" value=id.clone() />
                <Button kind=Kind::Sure>"Cancel invitation"</Button>
            </form>
        }
    };
    view! {
        <DialogOpener dialog="cancel-invitation" icon="x">
            "Cancel invitation"
        </DialogOpener>
        <Dialog id="cancel-invitation" title=format!("Cancel the invitation of {}?", found.user.label) back="Keep invitation" confirm>
            <p>{format!("Its link works no longer. {name} stays invited, and you can send another invitation at any time.")}</p>
        </Dialog>
    }
}

#[component]
fn Lock(found: UserDetail) -> impl IntoView {
    let id = found.user.id.to_string();
    let confirm = move || {
        view! {
            <form method="post" action=LockUser::url()>
                <input type="hidden" name="id" value=id.clone() />
                <Button kind=Kind::Sure>"Lock user"</Button>
            </form>
        }
    };
    view! {
        <DialogOpener dialog="lock" kind=Kind::Danger icon="lock">
            "Lock user"
        </DialogOpener>
        <Dialog id="lock" title=format!("Lock {}?", found.user.label) back="Keep unlocked" confirm>
            <Impact>
                <ImpactLine icon="locked" tone=Tone::Stop>
                    "Every session ends at once, and signing in is refused."
                </ImpactLine>
                <ImpactLine icon="teams">"Teams, roles and pending memberships are kept."</ImpactLine>
                <ImpactLine icon="connections">"The identity provider reads that the user is not active. It cannot take this lock back."</ImpactLine>
            </Impact>
        </Dialog>
    }
}

#[component]
fn Unlock(found: UserDetail) -> impl IntoView {
    let id = found.user.id.to_string();
    let name = first_name(&found.user);
    let then = if found.user.locked_by_idp && found.kept_by.is_some() {
        format!("The lock of the identity provider stays: {name} still cannot sign in.")
    } else {
        format!("{name} can sign in again.")
    };
    let confirm = move || {
        view! {
            <form method="post" action=UnlockUser::url()>
                <input type="hidden" name="id" value=id.clone() />
                <Button kind=Kind::Primary>"Unlock user"</Button>
            </form>
        }
    };
    view! {
        <DialogOpener dialog="unlock" icon="lock">
            "Unlock user"
        </DialogOpener>
        <Dialog id="unlock" title=format!("Unlock {}?", found.user.label) back="Keep locked" confirm>
            <p>{then}</p>
        </Dialog>
    }
}

#[server(endpoint = "users/send_invitation")]
pub async fn send_invitation(id: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{id}");
    let sent = directory::admin::users::send_invitation(&db, &admin, &id).await;
    answer(
        Form::button(&page),
        sent.map(|()| Done::at(&page).says("The invitation is on its way.")),
    )
    .await
}

#[server(endpoint = "users/cancel_invitation")]
pub async fn cancel(id: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{id}");
    let cancelled = directory::admin::users::cancel_invitation(&db, &admin, &id).await;
    answer(
        Form::button(&page),
        cancelled.map(|()| Done::at(&page).says("The invitation was cancelled.")),
    )
    .await
}

#[server(endpoint = "users/lock")]
pub async fn lock_user(id: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{id}");
    let locked = directory::admin::users::lock(&db, &admin, &id).await;
    answer(
        Form::button(&page),
        locked.map(|()| Done::at(&page).says("The user was locked.")),
    )
    .await
}

#[server(endpoint = "users/unlock")]
pub async fn unlock_user(id: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{id}");
    let unlocked = directory::admin::users::unlock(&db, &admin, &id).await;
    answer(
        Form::button(&page),
        unlocked.map(|()| Done::at(&page).says("The user was unlocked.")),
    )
    .await
}
