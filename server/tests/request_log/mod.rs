//! The log of requests: what is kept of each, why it was refused in plain words, and the pages that show it.

mod causes;
mod crowds;
mod found;
mod kept;
mod pages;

use directory::access::Admin;
use directory::admin::requests;
use directory::model::id::NodeId;
use directory::model::request::{LogQuery, Request, RequestDetail};

use crate::support::scim_client::ScimClient;
use crate::support::{Console, Database};

/// A node with a connection, its client, and the administrator who reads its log.
pub struct Log {
    pub console: Console,
    pub node: NodeId,
    pub client: ScimClient,
    pub ada: Admin,
}

impl Log {
    pub async fn start(database: Database) -> Self {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let client = ScimClient::new(console.scim(node), &token)
            .with("user-agent", "Okta SCIM Client 1.0.0");
        let ada = console.ada().await;
        Self {
            console,
            node,
            client,
            ada,
        }
    }

    /// What the log says to this question, the newest first.
    pub async fn asked(&self, query: &LogQuery) -> Vec<Request> {
        self.console.state.scim_log.flush().await;
        let page = requests::list(&self.console.db, &self.ada, self.node, query).await;
        page.unwrap().rows
    }

    /// All of the log, the newest first.
    pub async fn all(&self) -> Vec<Request> {
        self.asked(&LogQuery::default()).await
    }

    /// The newest request with everything its page shows.
    pub async fn latest(&self) -> RequestDetail {
        let id = self.all().await.remove(0).id;
        requests::get(&self.console.db, &self.ada, self.node, &id)
            .await
            .unwrap()
    }
}
