//! The second factor of a person, and how whoever manages them removes it when their telephone is gone.

use crate::components::button::{Button, Kind, Size};
use crate::components::dialog::{Dialog, DialogOpener};
use crate::components::panel::{FactRow, Facts, Panel, PanelFoot};
use crate::error::AppError;
use crate::pages::frame::{Ago, AgoOrNever};
use crate::visit::visit;
use crate::words::first_name;
use directory::model::id::UserId;
use directory::model::second_factor::SecondFactor;
use directory::model::user::User;
use leptos::prelude::*;
use server_fn::ServerFn;

/// Nothing where they have none.
#[component]
pub fn UserSecondFactor(user: User, factor: Option<SecondFactor>) -> impl IntoView {
    let Some(factor) = factor else {
        return ().into_any();
    };
    let is_self = visit().viewer.is_some_and(|viewer| viewer.id == user.id);
    let remove = (!is_self).then(|| view! { <Remove user /> });
    view! {
        <Panel id="second-factor" title="Second factor">
            <Facts>
                <FactRow name="Set up">
                    <Ago at=factor.since />
                </FactRow>
                <FactRow name="Used">
                    <AgoOrNever at=factor.used />
                </FactRow>
                <FactRow name="Recovery codes">{format!("{} left", factor.codes_left)}</FactRow>
            </Facts>
            {remove}
        </Panel>
    }
    .into_any()
}

#[component]
fn Remove(user: User) -> impl IntoView {
    let (id, name) = (user.id.to_string(), first_name(&user));
    let confirm = move || {
        view! {
            <form method="post" action=RemoveTheirs::url()>
                <input type="hidden" name="id" value=id.clone() />
                <Button kind=Kind::Sure>"Remove second factor"</Button>
            </form>
        }
    };
    view! {
        <PanelFoot words="For the day their telephone is gone.">
            <DialogOpener dialog="remove-second-factor" size=Size::Small kind=Kind::Danger>
                "Remove second factor"
            </DialogOpener>
        </PanelFoot>
        <Dialog id="remove-second-factor" title=format!("Remove the second factor of {}?", user.label) back="Keep it" confirm>
            <p>
                {format!(
                    "Make sure that it is {name} who asks. Every browser of theirs is signed out, and the passphrase alone lets {name} in. Where a role asks for a second factor, {name} sets up another at the next sign-in.",
                )}
            </p>
        </Dialog>
    }
}

#[server(endpoint = "users/second_factor")]
pub async fn second_factor_of(id: UserId) -> Result<Option<SecondFactor>, AppError> {
    let (db, admin) = crate::server::admin().await?;
    Ok(directory::admin::second_factors::of(&db, &admin, &id).await?)
}

#[server(endpoint = "users/remove_second_factor")]
pub async fn remove_theirs(id: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{id}");
    let removed = directory::admin::second_factors::remove(&db, &admin, &id).await;
    answer(
        Form::button(&page),
        removed.map(|()| Done::at(&page).says("The second factor was removed.")),
    )
    .await
}
