//! The tokens of a connection: which are good, used when and from where, until when; and their end.

use crate::components::badge::State;
use crate::components::button::{Button, Kind, Size};
use crate::components::dialog::{Dialog, DialogOpener};
use crate::components::table::{Column, DataTable, List};
use crate::components::time::date;
use crate::error::AppError;
use crate::pages::frame::{Ago, AgoOrNever};
use crate::visit::visit;
use crate::words::{counted, of_token};
use directory::model::connection::{Token, TokenState};
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
    let rows = live
        .into_iter()
        .chain(ended.into_iter().take(REVOKED_SHOWN))
        .map(|token| view! { <Row node token /> })
        .collect_view();
    view! {
        <List>
            <DataTable columns>{rows}</DataTable>
        </List>
    }
    .into_any()
}

#[component]
fn Row(node: NodeId, token: Token) -> impl IntoView {
    let now = visit().now;
    let (state, next) = of_token(&token, now);
    let is_over = token.state == TokenState::Revoked;
    let from = token.last_used_ip.as_ref().map(|ip| format!("from {ip}"));
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
