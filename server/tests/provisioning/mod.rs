//! What an identity provider may do and what becomes of it, over HTTP on both databases: the requirements and decisions
//! by their numbers, as far as no recorded conversation shows them.

mod addresses;
mod changes;
mod links;
mod lists;
mod passwords;
mod teams;

use directory::admin;
use directory::model::event::Code;
use directory::model::id::{NodeId, UserId};
use directory::model::user::User;
use directory::store::db::Arg;
use directory::store::{events, users};
use serde_json::{Value, json};

use crate::support::Console;
use crate::support::scim_client::{ScimClient, patch, user};

/// A console with the node Berlin, and its client.
async fn berlin(database: crate::support::Database) -> (Console, NodeId, ScimClient) {
    let console = Console::start(database).await;
    let (node, token) = console.connection("Berlin").await;
    let client = ScimClient::new(console.scim(node), &token);
    (console, node, client)
}

async fn person(console: &Console, id: &str) -> User {
    let mut tx = console.db.read().await.unwrap();
    users::find(&mut tx, &UserId(id.to_owned()))
        .await
        .unwrap()
        .unwrap()
}

async fn number(console: &Console, sql: &'static str, args: impl IntoIterator<Item = Arg>) -> i64 {
    console
        .db
        .read()
        .await
        .unwrap()
        .number(sql, args)
        .await
        .unwrap()
}

async fn run(console: &Console, sql: &'static str, args: impl IntoIterator<Item = Arg>) {
    let mut tx = console.db.write().await.unwrap();
    assert!(
        tx.run(sql, args).await.unwrap() > 0,
        "nothing was changed by {sql}"
    );
    tx.commit().await.unwrap();
}

/// The codes of what happened to something, in order.
async fn told(console: &Console, id: &str) -> Vec<Code> {
    let mut tx = console.db.read().await.unwrap();
    let found = events::of(&mut tx, id, 1_000).await.unwrap();
    found.into_iter().rev().map(|event| event.code).collect()
}

/// How many invitations wait to be sent to somebody.
async fn invitations(console: &Console, id: &str) -> i64 {
    let sql = "SELECT count(*) FROM outbox WHERE user_id = $1 AND sent_at IS NULL AND withdrawn_at IS NULL";
    number(console, sql, [id.into()]).await
}

async fn added_by_hand(console: &Console, node: NodeId, name: &str, email: &str) -> String {
    admin::users::add(&console.db, &console.ada().await, node, name, email)
        .await
        .unwrap()
        .id
        .0
}

fn replace(value: &Value) -> Value {
    patch(&json!([{ "op": "replace", "value": value }]))
}

fn emails(user_name: &str, emails: &Value) -> Value {
    let mut body = user(user_name);
    body["emails"] = emails.clone();
    body
}

/// Gives somebody the role that may do everything, as no verb of this release does.
async fn make_administrator(console: &Console, id: &str) {
    run(
        console,
        "UPDATE users SET state = 'active' WHERE id = $1",
        [id.into()],
    )
    .await;
    run(
        console,
        "UPDATE outbox SET withdrawn_at = 1 WHERE user_id = $1",
        [id.into()],
    )
    .await;
    run(
        console,
        "INSERT INTO role_users (role_id, user_id) VALUES ('administrator', $1)",
        [id.into()],
    )
    .await;
}

/// Deletes somebody as an administrator will.
async fn recycle(console: &Console, id: &str) {
    run(
        console,
        "UPDATE users SET recycled_at = 1 WHERE id = $1",
        [id.into()],
    )
    .await;
    run(
        console,
        "UPDATE outbox SET withdrawn_at = 1 WHERE user_id = $1",
        [id.into()],
    )
    .await;
}
