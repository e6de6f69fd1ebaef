//! The tokens of a connection: which are good, used when and from where, until when; and their end.

use crate::components::badge::State;
use crate::components::button::{Button, Kind, Size};
use crate::components::dialog::{Dialog, DialogOpener};
use crate::components::notice::{Notice, NoticeSign};
use crate::components::table::{Column, DataTable, List};
use crate::components::time::date;
use crate::error::AppError;
use crate::pages::frame::{Ago, AgoOrNever};
use crate::visit::visit;
use crate::words::counted;
use crate::words::tokens::{of_token, token_ending};
use directory::model::connection::{Token, TokenState, in_use};
use directory::model::id::{NodeId, TokenId};
use directory::model::timestamp::{DAY, Timestamp};
use leptos::prelude::*;
use server_fn::ServerFn;

/// Older revoked tokens are told by the events.
const REVOKED_SHOWN: usize = 2;

#[component]
pub fn Tokens(node: NodeId, tokens: Vec<Token>) -> impl IntoView {
    if tokens.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        Column::named("Token"),
        Column::named("State"),
        Column::named("Last used"),
        Column::named("Expires"),
        Column::act(),
    ];
    let (ended, live): (Vec<Token>, Vec<Token>) = tokens
        .into_iter()
        .partition(|token| token.state == TokenState::Revoked);
    let all = live.clone();
    let rows = live
        .into_iter()
        .chain(ended.into_iter().take(REVOKED_SHOWN))
        .map(|token| {
            let place = place_of(&token, &all);
            view! { <Row node token place /> }
        })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
    .into_any()
}

/// What a good token is to the others of its connection.
fn place_of(token: &Token, all: &[Token]) -> Option<&'static str> {
    let good = |other: &&Token| other.state == TokenState::Active && other.id != token.id;
    let has_newer_in_use = all
        .iter()
        .filter(good)
        .any(|other| other.created_at > token.created_at && other.last_used_at.is_some());
    match (token.state, token.last_used_at) {
        (TokenState::Active, _) if has_newer_in_use => Some("a newer one is in use"),
        (TokenState::Active, None) => Some("paste it into the identity provider"),
        _ => None,
    }
}

/// When the token in use ends soon, or no token is good: what to do about it. A connection nobody saved has none yet.
#[component]
pub fn Ending(name: String, tokens: Vec<Token>) -> impl IntoView {
    let was_saved = tokens.iter().any(|token| token.state != TokenState::Draft);
    let ends_at = in_use(&tokens).map(|token| token.expires_at);
    let ending = was_saved
        .then(|| token_ending(&name, ends_at, visit().now))
        .flatten();
    ending.map(|ending| {
        let sign = NoticeSign::Said(ending.tone, "warn");
        view! {
            <Notice sign title=ending.title>
                <p>
                    "Generate another below and paste it into " {name} ". From its first use on the old one is good for three days more, so no request is lost."
                </p>
            </Notice>
        }
    })
}

#[component]
fn Row(node: NodeId, token: Token, place: Option<&'static str>) -> impl IntoView {
    let now = visit().now;
    let (state, next) = of_token(&token, now);
    let next = next.or(place);
    let is_over = token.state == TokenState::Revoked;
    let from = token.last_used_ip.as_ref().map(|ip| format!("from {ip}"));
    let by = token.last_used_agent.clone();
    view! {
        <tr>
            <th scope="row">
                <code class="mono">{format!("scimc_{}…", token.id)}</code>
                <span class="sub">{token.name.clone()} ", generated " <Ago at=token.created_at /></span>
            </th>
            <td data-label="State">
                <State of=state next=next.map(str::to_owned) />
            </td>
            <td data-label="Last used">
                <span>
                    <AgoOrNever at=token.last_used_at />
                    {from.map(|from| view! { <span class="sub">{from}</span> })}
                    {by.map(|by| view! { <span class="sub">{by}</span> })}
                </span>
            </td>
            <td data-label="Expires">
                <span>
                    {date(token.expires_at.0, now.0)}
                    {(!is_over).then(|| view! { <span class="sub">{ends_in(token.expires_at, now)}</span> })}
                </span>
            </td>
            <td class="act">{(!is_over).then(|| view! { <Revoke node token=token.id /> })}</td>
        </tr>
    }
}

/// How many days a token is still good.
fn ends_in(at: Timestamp, now: Timestamp) -> String {
    match (at.0 - now.0) / DAY {
        ..0 => "has ended".to_owned(),
        0 => "ends today".to_owned(),
        days => format!("in {}", counted(days, "day", "days")),
    }
}

#[component]
fn Revoke(node: NodeId, token: TokenId) -> impl IntoView {
    let dialog = format!("revoke-{token}");
    let title = format!("Revoke token scimc_{token}…?");
    let confirm = move || {
        view! {
            <form method="post" action=RevokeToken::url()>
                <input type="hidden" name="node" value=node.to_string() />
                <input type="hidden" name="token" value=token.to_string() />
                <Button kind=Kind::Sure>"Revoke token"</Button>
            </form>
        }
    };
    view! {
        <DialogOpener dialog=dialog.clone() kind=Kind::Danger size=Size::Small>
            "Revoke"
        </DialogOpener>
        <Dialog id=dialog title back="Keep token" confirm>
            <p>"The very next request with it is refused with 401. This cannot be taken back; a new token can be generated at any time."</p>
        </Dialog>
    }
}

#[server(endpoint = "connections/revoke_token")]
pub async fn revoke_token(node: NodeId, token: TokenId) -> Result<(), AppError> {
    use crate::server::{Done, Form, admin, answer};
    let (db, admin) = admin().await?;
    let page = format!("/nodes/{node}/connection");
    let revoked = directory::admin::connections::revoke_token(&db, &admin, node, &token).await;
    let done = |()| Done::at(&page).says(format!("Token scimc_{token}… was revoked."));
    answer(Form::button(&page), revoked.map(done)).await
}
