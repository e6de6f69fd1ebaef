//! Connections and their tokens: draft, saved, used, rotated, revoked, removed.

use directory::Error;
use directory::admin::{connections, nodes, removal, requests};
use directory::model::connection::{ConnectionState, Fate, UniqueNames};
use directory::model::event::Code;
use directory::model::id::NodeId;
use directory::model::request::LogQuery;
use directory::model::timestamp::Timestamp;
use directory::model::user::Status;
use directory::outcome::Outcome;
use directory::provisioning;
use directory::provisioning::connections::{Authenticated, Refusal, authenticate};
use directory::provisioning::requests::{Arrived, Presented, note};
use directory::provisioning::teams::NewTeam;
use directory::secret::{Secrets, parse_token};
use directory::store::db::new_id;

use crate::support::{Database, Story, databases};

pub async fn is_good(
    database: &Database,
    secrets: &Secrets,
    node: NodeId,
    token: &str,
) -> Result<(), Refusal> {
    authenticate(&database.db, secrets, node, token)
        .await
        .unwrap()
        .map(|_| ())
}

pub fn arrived(caller: &Authenticated, at: Timestamp, status: i64, path: &str) -> Arrived {
    Arrived {
        id: new_id(at),
        caller: Some(caller.clone()),
        presented: Presented::Nothing,
        node: Some(caller.connection.node_id),
        at,
        method: "GET".to_owned(),
        path: path.to_owned(),
        status,
        scim_type: None,
        detail: None,
        took_us: 250,
        agent: Some("Okta SCIM Client".to_owned()),
        ip: None,
        cause: (status >= 400).then(|| "not_understood".to_owned()),
        outcome: Outcome::default(),
        kept: None,
    }
}

#[tokio::test]
async fn the_wizard_leads_from_a_draft_to_a_connection_that_can_be_used() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, secrets) = (&database.db, &story.ada, &story.secrets);
        let node = nodes::add(db, ada, NodeId::ROOT, "Asia").await.unwrap().id;
        let before = database.events().await;
        let draft = connections::start(db, ada, node, "Entra ID").await.unwrap();
        assert_eq!(draft.state, ConnectionState::Draft);
        assert_eq!(
            connections::start(db, ada, node, "Entra ID").await.unwrap(),
            draft,
            "opening it again finds it"
        );
        assert!(matches!(
            connections::save(db, ada, node, "Entra ID", UniqueNames::Off).await,
            Err(Error::Invalid { field: "token", .. })
        ));
        let made = connections::generate_token(db, ada, secrets, node, "")
            .await
            .unwrap();
        assert_eq!(parse_token(&made.secret), Some(made.token.id.clone()));
        assert_eq!(
            is_good(&database, secrets, node, &made.secret).await,
            Err(Refusal::NotSaved)
        );
        for _ in 0..2 {
            let saved = connections::save(db, ada, node, "Entra ID", UniqueNames::Off)
                .await
                .unwrap();
            assert_eq!(saved.state, ConnectionState::Inactive);
        }
        assert_eq!(
            is_good(&database, secrets, node, &made.secret).await,
            Ok(())
        );
        assert_eq!(
            is_good(&database, secrets, story.berlin, &made.secret).await,
            Err(Refusal::Unknown)
        );
        assert_eq!(
            database.codes_after(before).await,
            [
                Code::ConnectionAdded,
                Code::TokenGenerated,
                Code::ConnectionSaved
            ]
        );
        assert!(matches!(
            connections::start(db, ada, node, "Again").await,
            Err(Error::Conflict(_))
        ));
        database.check().await;
    }
}

#[tokio::test]
async fn the_node_at_the_top_and_a_node_that_is_not_there_have_no_connection() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        assert!(
            matches!(connections::start(db, ada, NodeId::ROOT, "").await, Err(Error::Conflict(sentence)) if sentence.contains("Acme"))
        );
        assert_eq!(
            connections::start(db, ada, NodeId(99), "").await,
            Err(Error::NotFound("This node"))
        );
        assert_eq!(
            connections::get(db, ada, story.europe).await,
            Err(Error::NotFound("This SCIM connection"))
        );
        database.check().await;
    }
}

#[tokio::test]
async fn many_who_open_the_wizard_at_once_find_one_draft() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let before = database.events().await;
        let drafts = futures::future::join_all(
            (0..8).map(|_| connections::start(db, ada, story.europe, "SCIM")),
        )
        .await;
        let first = drafts[0].as_ref().unwrap();
        assert!(drafts.iter().all(|draft| draft.as_ref() == Ok(first)));
        assert_eq!(database.codes_after(before).await, [Code::ConnectionAdded]);
        database.check().await;
    }
}

#[tokio::test]
async fn unique_team_names_are_refused_while_two_teams_bear_one() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let new = NewTeam {
            name: "OPS ".to_owned(),
            external_id: None,
            members: vec![],
        };
        let second = provisioning::teams::create(db, &story.okta, new)
            .await
            .unwrap()
            .team
            .id;
        let before = database.events().await;
        let refused = connections::save(db, ada, story.berlin, "Okta", UniqueNames::On).await;
        assert!(
            matches!(&refused, Err(Error::Invalid { field: "unique_team_names", message }) if message.to_lowercase().contains("ops")),
            "{refused:?}"
        );
        assert_eq!(database.events().await, before);
        provisioning::teams::remove(db, &story.okta, &second, |_| Ok::<_, directory::Error>(()))
            .await
            .unwrap();
        let saved = connections::save(db, ada, story.berlin, "Okta", UniqueNames::On)
            .await
            .unwrap();
        assert!(saved.unique_team_names);
        assert_eq!(
            database.codes_after(before).await,
            [Code::TeamRemoved, Code::ConnectionChanged]
        );
        database.check().await;
    }
}

#[tokio::test]
async fn removing_a_connection_leaves_its_people_and_teams() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        provisioning::users::remove(db, &story.okta, &story.grace, |_| {
            Ok::<_, directory::Error>(())
        })
        .await
        .unwrap();
        let before = database.events().await;
        removal::remove(db, ada, story.berlin, Fate::Unlink)
            .await
            .unwrap();
        assert_eq!(
            removal::remove(db, ada, story.berlin, Fate::Unlink).await,
            Err(Error::NotFound("This SCIM connection"))
        );
        assert_eq!(
            database.codes_after(before).await,
            [Code::ConnectionRemoved]
        );
        let grace = story.person(db, &story.grace).await;
        assert_eq!(
            (grace.linked, grace.status(), grace.external_id),
            (false, Status::Locked, None)
        );
        assert_eq!(
            is_good(&database, &story.secrets, story.berlin, &story.token).await,
            Err(Refusal::Unknown)
        );
        assert_eq!(
            directory::admin::teams::get(db, ada, &story.ops)
                .await
                .unwrap()
                .kept_by,
            None
        );
        database.check().await;
    }
}

#[tokio::test]
async fn the_page_of_a_connection_shows_what_it_keeps_and_what_came_in() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let caller = authenticate(db, &story.secrets, story.berlin, &story.token)
            .await
            .unwrap()
            .unwrap();
        provisioning::connections::used_first(db, &caller)
            .await
            .unwrap();
        let came = Timestamp(1_800_000_000_000);
        let mut arrived = [
            arrived(&caller, came, 200, "/Users"),
            arrived(&caller, came, 404, "/Users/1"),
        ];
        note(db, &mut arrived).await.unwrap();
        let shown = connections::get(db, ada, story.berlin).await.unwrap();
        assert_eq!(
            (
                shown.users,
                shown.teams,
                shown.node.name.as_str(),
                shown.path.len()
            ),
            (3, 2, "Berlin", 3)
        );
        assert_eq!(shown.connection.state, ConnectionState::Active);
        let requests = requests::list(db, ada, story.berlin, &LogQuery::default())
            .await
            .unwrap()
            .rows;
        assert_eq!(
            requests.iter().map(|r| r.path.as_str()).collect::<Vec<_>>(),
            ["/Users/1", "/Users"]
        );
        let live = connections::live(db, ada, story.berlin).await.unwrap();
        assert_eq!(
            live.recent
                .iter()
                .map(|(status, _)| *status)
                .collect::<Vec<_>>(),
            [404, 200]
        );
        assert_eq!(
            (live.state, live.last_agent.as_deref()),
            (ConnectionState::Active, Some("Okta SCIM Client"))
        );
        let listed = connections::list(db, ada).await.unwrap();
        assert_eq!(
            (
                listed.len(),
                listed[0].node_name.as_str(),
                listed[0].users,
                listed[0].teams
            ),
            (1, "Berlin", 3, 2)
        );
        database.check().await;
    }
}
