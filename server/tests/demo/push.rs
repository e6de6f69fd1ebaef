//! The panel that pushes: what each button leaves in the directory.

use directory::admin::{connections, nodes, teams, users};
use directory::model::connection::{ConnectionState, UniqueNames};
use directory::model::id::NodeId;
use directory::model::membership::Reason;
use directory::model::query::ListQuery;
use directory::model::team::{Decision, TeamInList};
use directory::model::user::Status;
use reqwest::StatusCode;
use server::demo::Demo;

use crate::browser::{Browser, Page};
use crate::{demo, end, person};

async fn node(demo: &Demo, name: &str) -> NodeId {
    let admin = demo.administrator().await.unwrap();
    let tree = nodes::tree(&demo.db, &admin).await.unwrap();
    tree.into_iter().find(|node| node.name == name).unwrap().id
}

async fn teams_of(demo: &Demo, node: NodeId) -> Vec<TeamInList> {
    let admin = demo.administrator().await.unwrap();
    let query = ListQuery {
        node: Some(node),
        ..ListQuery::default()
    };
    teams::list(&demo.db, &admin, &query).await.unwrap().rows
}

/// Presses a button; what the panel then shows.
async fn press(browser: &mut Browser, button: &str, fields: &[(&str, &str)]) -> Page {
    let fields: Vec<(String, String)> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let answer = browser.post(&format!("/demo/push/{button}"), &fields).await;
    assert_eq!(
        (answer.status, answer.location.as_deref()),
        (StatusCode::SEE_OTHER, Some("/demo/push")),
        "{}",
        answer.text
    );
    browser.get("/demo/push").await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_button_leaves_what_it_says() {
    for style in ["okta", "entra"] {
        let demo = demo().await;
        let mut browser = Browser::at(&demo.url);
        let berlin = node(&demo, "Berlin").await;
        let base = format!("{}/api/rest/scim/v2/{berlin}", demo.url);
        press(
            &mut browser,
            "connection",
            &[("base", &base), ("token", ""), ("style", style)],
        )
        .await;
        let shown = press(&mut browser, "test", &[]).await;
        assert!(shown.text.contains("answered well"), "{}", shown.text);
        let shown = press(&mut browser, "people", &[]).await;
        assert!(
            shown.text.contains("6 requests sent, each answered well."),
            "{}",
            shown.text
        );
        for address in [
            "edith.clarke@acme.example",
            "claude.shannon@acme.example",
            "betty.holberton@acme.example",
        ] {
            let person = person(&demo, address).await;
            assert_eq!(
                (person.status(), person.node_id),
                (Status::Invited, berlin),
                "{address}"
            );
        }
        let shown = press(&mut browser, "groups", &[]).await;
        assert!(shown.text.contains("answered well"), "{}", shown.text);
        let edith = person(&demo, "edith.clarke@acme.example").await;
        let admin = demo.administrator().await.unwrap();
        let membership = users::get(&demo.db, &admin, &edith.id)
            .await
            .unwrap()
            .memberships
            .remove(0);
        assert_eq!(
            (membership.team_name.as_str(), membership.reason()),
            ("Engineering", Some(Reason::PersonInvited))
        );

        press(
            &mut browser,
            "deactivate",
            &[("person", &shown.choice("Edith Clarke"))],
        )
        .await;
        let edith = person(&demo, "edith.clarke@acme.example").await;
        assert!(edith.locked_by_idp && !edith.locked_by_admin);
        let shown = press(
            &mut browser,
            "rename",
            &[("group", &shown.choice("Research")), ("name", "Science")],
        )
        .await;
        assert!(shown.text.contains("Science"));
        let names: Vec<String> = teams_of(&demo, berlin)
            .await
            .into_iter()
            .map(|team| team.name)
            .collect();
        assert!(
            names.contains(&"Science".to_owned()) && !names.contains(&"Research".to_owned()),
            "{names:?}"
        );
        // Pushed again, it is still the group it was.
        press(&mut browser, "groups", &[]).await;
        assert_eq!(teams_of(&demo, berlin).await.len(), names.len());
        end(demo).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_made_in_the_console_is_pushed_to_by_its_url_and_token() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    let amsterdam = node(&demo, "Amsterdam").await;
    let admin = demo.administrator().await.unwrap();
    connections::start(&demo.db, &admin, amsterdam, "Okta")
        .await
        .unwrap();
    let made = connections::generate_token(&demo.db, &admin, demo.secrets(), amsterdam, "Okta")
        .await
        .unwrap();
    let base = format!("{}/api/rest/scim/v2/{amsterdam}", demo.url);
    press(
        &mut browser,
        "connection",
        &[("base", &base), ("token", &made.secret), ("style", "okta")],
    )
    .await;
    // Not saved yet: the answer says what to do.
    let shown = press(&mut browser, "test", &[]).await;
    assert!(
        shown.text.contains("2 refused") && shown.text.contains("press Save"),
        "{}",
        shown.text
    );
    connections::save(&demo.db, &admin, amsterdam, "Okta", UniqueNames::Off)
        .await
        .unwrap();
    press(&mut browser, "test", &[]).await;
    let connection = connections::get(&demo.db, &admin, amsterdam)
        .await
        .unwrap()
        .connection;
    assert_eq!(connection.state, ConnectionState::Active);
    press(&mut browser, "people", &[]).await;
    let shown = press(&mut browser, "groups", &[]).await;
    assert!(
        !shown.text.contains(&made.secret),
        "the token is never shown again"
    );
    let teams = teams_of(&demo, amsterdam).await;
    assert_eq!(teams.len(), 2);
    assert!(teams.iter().all(|team| team.state == Decision::Pending));
    // Back to the first one, whose token is still good.
    let shown = press(&mut browser, "first", &[]).await;
    assert!(shown.text.contains(&format!(
        "{}/api/rest/scim/v2/{}",
        demo.url,
        node(&demo, "Berlin").await
    )));
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_elsewhere_or_at_another_sites_wish() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    for base in [
        "https://evil.example/api/rest/scim/v2/4",
        "http://127.0.0.1:1/api/rest/scim/v2/4",
        "",
    ] {
        let fields = [("base", base), ("token", "t"), ("style", "okta")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = browser.post("/demo/push/connection", &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{base}");
        assert!(
            answer.text.contains("The demo sends to no other server."),
            "{base}"
        );
    }
    for button in [
        "connection",
        "first",
        "test",
        "people",
        "groups",
        "deactivate",
        "rename",
    ] {
        let path = format!("/demo/push/{button}");
        assert_eq!(
            browser
                .post_from(&path, &[], &[("sec-fetch-site", "cross-site")])
                .await
                .status,
            StatusCode::FORBIDDEN,
            "{button}"
        );
        assert_eq!(
            browser.get(&path).await.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{button}"
        );
    }
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_revoked_is_replaced_when_berlin_is_chosen_again() {
    let demo = demo().await;
    let mut browser = Browser::at(&demo.url);
    let berlin = node(&demo, "Berlin").await;
    let admin = demo.administrator().await.unwrap();
    let tokens = connections::get(&demo.db, &admin, berlin)
        .await
        .unwrap()
        .tokens;
    connections::revoke_token(&demo.db, &admin, berlin, &tokens[0].id)
        .await
        .unwrap();
    assert!(
        press(&mut browser, "test", &[])
            .await
            .text
            .contains("2 refused")
    );
    press(&mut browser, "first", &[]).await;
    assert!(
        press(&mut browser, "test", &[])
            .await
            .text
            .contains("answered well")
    );
    end(demo).await;
}
