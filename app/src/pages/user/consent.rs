//! The consent that is missing of somebody: what they must do, until when, and more time for it.

use crate::components::button::{Button, Kind};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::time::date;
use crate::error::AppError;
use crate::visit::visit;
use crate::words::first_name;
use directory::model::consent::DAYS;
use directory::model::id::UserId;
use directory::model::user::UserDetail;
use leptos::prelude::*;
use server_fn::ServerFn;

/// What somebody must do before they go on, or why they no longer can; nothing where nothing is asked of them.
#[component]
pub fn ConsentNotice(found: UserDetail) -> impl IntoView {
    let user = &found.user;
    if !user.must_consent() {
        return ().into_any();
    }
    let (name, now) = (first_name(user), visit().now);
    let end = user.consent_expires_at.map(|end| date(end.0, now.0));
    let is_blocked = user.is_blocked(now);
    let (sign, title) = if is_blocked {
        (NoticeSign::STOP, format!("{name} is blocked"))
    } else {
        let title = format!("{name} must accept the transfer first");
        (NoticeSign::WAIT, title)
    };
    let words = match end {
        None => format!(
            "A role asks for it. {name} is led there at the next sign-in, and can go on after that."
        ),
        Some(end) if is_blocked => format!(
            "A role asks for it, and the time ended on {end}. {name} cannot sign in until it is extended."
        ),
        Some(end) => format!(
            "A role asks for it. {name} is led there at the next sign-in; after {end} signing in is refused."
        ),
    };
    let id = found.user.id.to_string();
    let extend = move || {
        found.may_extend.then(|| {
            let kind = if is_blocked {
                Kind::Primary
            } else {
                Kind::Plain
            };
            view! {
                <form method="post" action=ExtendConsent::url()>
                    <input type="hidden" name="id" value=id.clone() />
                    <Button kind icon="clock">
                        {format!("Extend by {DAYS} days")}
                    </Button>
                </form>
            }
        })
    };
    view! {
        <Notice sign title buttons=extend>
            <p>{words}</p>
        </Notice>
    }
    .into_any()
}

#[server(endpoint = "users/extend_consent")]
pub async fn extend_consent(id: UserId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/users/{id}");
    let extended = directory::admin::consents::extend(&db, &admin, &id).await;
    let done = |end: directory::model::timestamp::Timestamp| {
        let now = directory::store::db::now();
        let until = date(end.0, now.0);
        Done::at(&page).says(format!("There is time to accept until {until}."))
    };
    answer(Form::button(&page), extended.map(done)).await
}
