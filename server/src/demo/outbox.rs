//! The mails that would have been sent, to be read here: the demo sends none.

use std::sync::Arc;

use app::components::link::Href;
use app::components::time::Time;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use directory::Result;
use directory::admin::outbox;
use directory::model::letter::Letter;
use directory::secret::Secrets;
use directory::store::db::{self, Db};
use directory::store::outbox::Mail;
use leptos::prelude::*;

use super::page::Document;
use super::people::People;
use crate::mail;
use crate::state::AppState;

/// Where it is.
pub const PATH: &str = "/demo/outbox";
/// How many mails are shown.
const SHOWN: i64 = 50;
const LEAD: &str = "The demo sends no mail. What would have been sent is here, the newest first.";

/// The outbox page.
pub struct Outbox {
    db: Db,
    secrets: Arc<Secrets>,
    people: People,
    document: Document,
}

impl Outbox {
    /// Of this directory.
    pub fn new(db: Db, secrets: Arc<Secrets>, people: People, document: Document) -> Self {
        Self {
            db,
            secrets,
            people,
            document,
        }
    }

    async fn mails(&self) -> Result<Vec<(Mail, Letter)>> {
        let admin = self.people.administrator().await?;
        outbox::latest(&self.db, &admin, &self.secrets, SHOWN).await
    }
}

/// Its address.
pub fn routes(outbox: Outbox) -> Router<AppState> {
    Router::new()
        .route(PATH, get(show))
        .with_state(Arc::new(outbox))
}

async fn show(State(outbox): State<Arc<Outbox>>) -> Response {
    match outbox.mails().await {
        Ok(mails) => {
            let public_url = outbox.document.public_url();
            let list = mails
                .iter()
                .map(|(mail, letter)| shown(mail, letter, public_url))
                .collect_view();
            let nothing = mails.is_empty().then(|| view! { <p class="muted">"Nothing yet. Create people, or send an invitation."</p> });
            outbox.document.page(
                "Outbox",
                LEAD,
                view! { {nothing} <div class="stack">{list}</div> },
            )
        }
        Err(error) => {
            tracing::error!(%error, "the outbox could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn shown(mail: &Mail, letter: &Letter, public_url: &str) -> impl IntoView + use<> {
    let state = match (mail.withdrawn_at, mail.sent_at) {
        (Some(_), _) => "Taken back: no longer needed",
        (None, Some(_)) => "Sent",
        (None, None) => "Waits to be sent",
    };
    let page = letter
        .way
        .as_ref()
        .map(|way| way.page.clone())
        .unwrap_or_default();
    let link = format!("{public_url}{page}");
    let (before, after) = around(&mail::text(letter, public_url), &link);
    view! {
        <article class="panel">
            <header>
                <h2>{letter.subject.clone()}</h2>
                <span class="end muted"><Time at=mail.created_at.0 now=db::now().0 /></span>
            </header>
            <div class="body">
                <p class="muted">{format!("To {}. {state}.", mail.recipient)}</p>
                <pre>{before}<a href=Href::internal(page).as_text()>{link}</a>{after}</pre>
            </div>
        </article>
    }
}

/// The text before and after its one link.
fn around(text: &str, link: &str) -> (String, String) {
    text.split_once(link).map_or_else(
        || (text.to_owned(), String::new()),
        |(before, after)| (before.to_owned(), after.to_owned()),
    )
}
