//! Bad inputs that somebody makes in the console.

use directory::admin::approvals;
use directory::admin::roles::{self, teams};
use directory::model::id::TeamId;
use directory::model::query::ListQuery;
use directory::model::settings::Switch;

use crate::support::scim_client::ScimClient;
use crate::support::{Console, databases};

/// B-78: a push must not make administrators, so what teams hold gets no privileges, whoever asks for it.
#[tokio::test]
async fn a_role_that_a_team_holds_does_not_become_administrative() {
    for database in databases().await {
        let console = Console::start(database).await;
        let (node, token) = console.connection("Berlin").await;
        let (db, ada) = (&console.db, console.ada().await);
        let client = ScimClient::new(console.scim(node), &token);
        let team = TeamId(client.group("Engineering", &[]).await);
        approvals::approve_team(db, &ada, &team).await.unwrap();
        let wanted = roles::Wanted {
            name: "Reader".to_owned(),
            visible_below: Switch::Off,
            for_new_users: Switch::Off,
        };
        let role = roles::add(db, &ada, node, wanted).await.unwrap();
        teams::give(db, &ada, &role.id, &team).await.unwrap();
        let mut browser = console.browser_of_ada().await;
        let (role_id, node_id) = (role.id.to_string(), node.to_string());
        let form = [
            ("role", role_id.as_str()),
            ("node", &node_id),
            ("reach", "here"),
            ("read_events", "on"),
        ];
        let back = browser.post("/api/roles/set_privileges", &form).await;
        let page = back.is(303).header("location").to_owned();
        let shown = browser.get(&page).await.is(200);
        let sentence = "This role is mapped to a team and cannot become administrative.";
        assert!(shown.text.contains(sentence), "{}", shown.text);
        let asked = ListQuery::default();
        let found = roles::get(db, &ada, &role.id, &asked).await.unwrap();
        assert!(!found.role.is_administrative());
        assert!(found.managed.is_empty());
        console.verify().await;
    }
}
