//! Who may speak for a node: the token of its connection, from the moment it is saved until it ends, for this node and
//! nothing else. Every other request is refused in the same words.

mod life;
mod noted;
mod refusals;
mod rotation;

use directory::model::id::NodeId;
use directory::store::db::Arg;

use crate::support::Console;
use crate::support::scim_client::{Answer, ScimClient};

async fn berlin(database: crate::support::Database) -> (Console, NodeId, String, ScimClient) {
    let console = Console::start(database).await;
    let (node, token) = console.connection("Berlin").await;
    let client = ScimClient::new(console.scim(node), &token);
    client.user("grace@acme.example").await;
    (console, node, token, client)
}

async fn run(console: &Console, sql: &'static str, args: impl IntoIterator<Item = Arg>) {
    let mut tx = console.db.write().await.unwrap();
    assert!(
        tx.run(sql, args).await.unwrap() > 0,
        "nothing was changed by {sql}"
    );
    tx.commit().await.unwrap();
}

/// The refusal that every wrong token gets.
#[track_caller]
fn refused(answer: Answer) -> String {
    let answer = answer.refuses(401, "-");
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"scim\"");
    assert!(
        !answer.text.contains("grace"),
        "no data without a token: {answer}"
    );
    answer.text
}
