//! A token is changed for another while the identity provider goes on: no request is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use directory::admin::connections;
use directory::model::connection::UniqueNames;
use directory::secret::parse_token;
use tokio::sync::RwLock;

use super::{berlin, refused};
use crate::support::databases;
use crate::support::scim_client::{ScimClient, user};

/// How many requests each of the workers of the identity provider has sent at least before and after each step.
const ENOUGH: usize = 5;
/// How many of them there are.
const WORKERS: usize = 4;

/// The workers of an identity provider, which create people without a pause.
struct Sync {
    /// What the administrator of the identity provider has pasted there.
    token: RwLock<ScimClient>,
    /// How many requests each worker has had answered.
    sent: Vec<AtomicUsize>,
    stopped: AtomicBool,
}

impl Sync {
    async fn work(&self, worker: usize) -> Vec<u16> {
        let mut statuses = Vec::new();
        while !self.stopped.load(Ordering::SeqCst) {
            // The token is read when the request is sent: a request under way keeps the old one.
            let client = self.token.read().await.clone();
            let name = format!("person-{worker}-{}@acme.example", statuses.len());
            statuses.push(client.post("/Users", &user(&name)).await.status);
            self.sent[worker].fetch_add(1, Ordering::SeqCst);
        }
        statuses
    }

    /// Returns when every worker has gone on for a while.
    async fn goes_on(&self) {
        for sent in &self.sent {
            let until = sent.load(Ordering::SeqCst) + ENOUGH;
            while sent.load(Ordering::SeqCst) < until {
                tokio::task::yield_now().await;
            }
        }
    }
}

#[tokio::test]
async fn a_rotation_during_a_running_sync_loses_no_request() {
    for database in databases().await {
        let (console, node, old, client) = berlin(database).await;
        let ada = console.ada().await;
        let sync = Arc::new(Sync {
            token: RwLock::new(client.clone()),
            sent: (0..WORKERS).map(|_| AtomicUsize::new(0)).collect(),
            stopped: AtomicBool::new(false),
        });
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let sync = Arc::clone(&sync);
                tokio::spawn(async move { sync.work(worker).await })
            })
            .collect();
        sync.goes_on().await;
        let secrets = console.state.secrets();
        let newer = connections::generate_token(&console.db, &ada, secrets, node, "Newer")
            .await
            .unwrap();
        sync.goes_on().await;
        connections::save(&console.db, &ada, node, "Okta", UniqueNames::Off)
            .await
            .unwrap();
        sync.goes_on().await;
        // It is pasted into the identity provider, which goes on with it. What is under way is waited for.
        *sync.token.write().await = ScimClient::new(console.scim(node), &newer.secret);
        sync.goes_on().await;
        console.state.scim_log.flush().await;
        let old_id = parse_token(&old).unwrap();
        let tokens = connections::get(&console.db, &ada, node)
            .await
            .unwrap()
            .tokens;
        let older = tokens.iter().find(|token| token.id == old_id).unwrap();
        let left = older.expires_at.0 - newer.token.created_at.0;
        assert!(
            left <= 73 * 60 * 60 * 1_000,
            "TOK-6: it ends within 72 hours of the first use"
        );
        connections::revoke_token(&console.db, &ada, node, &old_id)
            .await
            .unwrap();
        refused(client.get("/Users?count=1").await);
        sync.goes_on().await;
        sync.stopped.store(true, Ordering::SeqCst);
        let mut sent = 0;
        for worker in workers {
            let statuses = worker.await.unwrap();
            sent += statuses.len();
            assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
        }
        let ours = ScimClient::new(console.scim(node), &newer.secret);
        let total = ours.total("/Users?count=0").await;
        assert_eq!(
            total,
            i64::try_from(sent).unwrap() + 1,
            "every one is there, and Grace"
        );
        console.verify().await;
    }
}
