//! The mails that would have been sent, to be read here: the demo sends none.

use std::sync::Arc;

use app::components::time::Time;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use directory::Result;
use directory::admin::{nodes, outbox};
use directory::model::id::NodeId;
use directory::store::db::{self, Db};
use directory::store::outbox::Mail;
use leptos::prelude::*;

use super::page::Document;
use super::people::People;
use crate::mail::{self, Invitation};
use crate::state::AppState;

/// Where it is.
pub const PATH: &str = "/demo/outbox";
/// How many mails are shown.
const SHOWN: i64 = 50;
const LEAD: &str = "The demo sends no mail. What would have been sent is here, the newest first.";

/// The outbox page.
pub struct Outbox {
    db: Db,
    people: People,
    document: Document,
}

impl Outbox {
    /// Of this directory.
    pub fn new(db: Db, people: People, document: Document) -> Self {
        Self {
            db,
            people,
            document,
        }
    }

    async fn mails(&self) -> Result<(String, Vec<Mail>)> {
        let admin = self.people.administrator().await?;
        let organisation = nodes::get(&self.db, &admin, NodeId::ROOT).await?.node.name;
        Ok((organisation, outbox::latest(&self.db, &admin, SHOWN).await?))
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
        Ok((organisation, mails)) => {
            let public_url = outbox.document.public_url();
            let list = mails
                .iter()
                .map(|mail| shown(mail, &organisation, public_url))
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

fn shown(mail: &Mail, organisation: &str, public_url: &str) -> impl IntoView + use<> {
    let invitation = Invitation {
        organisation,
        name: &mail.label,
        login: &mail.recipient,
        public_url,
    };
    let words = mail::invitation(invitation);
    let state = match (mail.withdrawn_at, mail.sent_at) {
        (Some(_), _) => "Taken back: no longer needed",
        (None, Some(_)) => "Sent",
        (None, None) => "Waits to be sent",
    };
    let (before, after) = around_link(&words.text, public_url);
    let link = format!("{public_url}/sign-in");
    view! {
        <article class="panel">
            <header>
                <h2>{words.subject}</h2>
                <span class="end muted"><Time at=mail.created_at.0 now=db::now().0 /></span>
            </header>
            <div class="body">
                <p class="muted">{format!("To {}. {state}.", mail.recipient)}</p>
                <pre>{before}<a href="/sign-in">{link}</a>{after}</pre>
            </div>
        </article>
    }
}

/// The text before and after its one link.
fn around_link(text: &str, public_url: &str) -> (String, String) {
    let link = format!("{public_url}/sign-in");
    text.split_once(&link).map_or_else(
        || (text.to_owned(), String::new()),
        |(before, after)| (before.to_owned(), after.to_owned()),
    )
}
