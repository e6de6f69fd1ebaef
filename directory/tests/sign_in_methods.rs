//! Single sign-on of a node: set up, verified, switched, removed; and the domains that lead to it.

use directory::Error;
use directory::admin::{domains, nodes, sign_in_methods as methods};
use directory::model::event::Code;
use directory::model::id::NodeId;
use directory::model::settings::Switch;
use directory::model::sign_in_method::{
    Algorithm, DomainState, Finding, Method, MethodState, TestResult, WantedMethod,
};
use directory::sign_in::{self, By, Identity, Lead, Routes};
use directory::store::db::Db;

use crate::support::{Database, Story, databases};

const ISSUER: &str = "https://acme.okta.example";

pub fn wanted() -> WantedMethod {
    WantedMethod {
        name: "Okta".to_owned(),
        word: String::new(),
        issuer: ISSUER.to_owned(),
        client_id: "muster".to_owned(),
        client_secret: "a secret between two servers".to_owned(),
        scopes: String::new(),
        algorithms: Algorithm::ALL.to_vec(),
        just_in_time: Switch::On,
        below: Switch::Off,
        trusts_addresses: Switch::Off,
    }
}

/// A method of a node that is on, as these settings say.
pub async fn on(db: &Db, story: &Story, node: NodeId, wanted: &WantedMethod) -> Method {
    let (ada, secrets) = (&story.ada, &story.secrets);
    methods::start(db, ada, node, "").await.unwrap();
    let method = methods::change(db, ada, secrets, node, wanted)
        .await
        .unwrap();
    methods::verified(db, ada, &method.id, method.revision, "ada@acme.example")
        .await
        .unwrap();
    methods::switch(db, ada, node, Switch::On).await.unwrap()
}

/// Acme has shown that acme.example is its own.
pub async fn own_domain(db: &Db, story: &Story) {
    let domain = domains::add(db, &story.ada, "acme.example").await.unwrap();
    let records = [domain.record()];
    let domain = domains::check(db, &story.ada, &domain, Some(&records)).await;
    assert_eq!(domain.unwrap().state, DomainState::Verified);
}

/// What the provider of a method proves of somebody.
pub fn proof(method: &Method, name: &str) -> Identity {
    Identity {
        by: By::Method(method.id.clone()),
        issuer: ISSUER.to_owned(),
        subject: format!("00u{name}"),
        name: Some(name.to_owned()),
        ..Story::identity(name)
    }
}

pub async fn people(database: &Database) -> i64 {
    database.number("SELECT count(*) FROM users").await
}

pub fn refused<T: std::fmt::Debug>(done: &directory::Result<T>) -> &str {
    match done {
        Err(Error::Forbidden(sentence)) => sentence,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_wizard_leads_from_a_draft_to_a_method_that_is_on_and_repeating_a_step_changes_nothing()
{
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, node) = (&database.db, &story.ada, story.berlin);
        let before = database.events().await;
        let draft = methods::start(db, ada, node, "Okta").await.unwrap();
        assert_eq!(
            (draft.state, draft.just_in_time),
            (MethodState::Draft, true)
        );
        assert_eq!(methods::start(db, ada, node, "Again").await.unwrap(), draft);
        assert!(matches!(
            methods::switch(db, ada, node, Switch::On).await,
            Err(Error::Conflict(sentence)) if sentence.starts_with("Sign in with it once")
        ));
        let asked = WantedMethod {
            client_secret: String::new(),
            ..wanted()
        };
        let saved = methods::change(db, ada, &story.secrets, node, &wanted())
            .await
            .unwrap();
        assert!(saved.has_secret && saved.scopes == "openid email profile");
        assert_eq!(
            methods::change(db, ada, &story.secrets, node, &asked)
                .await
                .unwrap(),
            saved,
            "an empty secret keeps the one that is there"
        );
        methods::tested(db, ada, &saved, TestResult::Fine, "RS256")
            .await
            .unwrap();
        for _ in 0..2 {
            let verified = methods::verified(db, ada, &saved.id, saved.revision, "ada").await;
            assert_eq!(verified.unwrap().state, MethodState::Verified);
        }
        for _ in 0..2 {
            let method = methods::switch(db, ada, node, Switch::On).await.unwrap();
            assert_eq!(method.state, MethodState::On);
        }
        assert!(matches!(
            methods::start(db, ada, node, "Second").await,
            Err(Error::Conflict(_))
        ));
        methods::switch(db, ada, node, Switch::Off).await.unwrap();
        let detail = methods::get(db, ada, node).await.unwrap();
        assert_eq!(detail.method.test_result, TestResult::Fine);
        assert_eq!(methods::list(db, ada).await.unwrap().len(), 1);
        assert_eq!(
            database.codes_after(before).await,
            [
                Code::MethodAdded,
                Code::MethodChanged,
                Code::MethodVerified,
                Code::MethodSwitchedOn,
                Code::MethodSwitchedOff
            ]
        );
        database.check().await;
    }
}

#[tokio::test]
async fn another_provider_or_client_is_a_draft_again_and_an_old_proof_verifies_nothing() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada, node) = (&database.db, &story.ada, story.berlin);
        let method = on(db, &story, node, &wanted()).await;
        let renamed = WantedMethod {
            name: "Okta of Berlin".to_owned(),
            ..wanted()
        };
        let change = async |wanted: &WantedMethod| {
            methods::change(db, ada, &story.secrets, node, wanted)
                .await
                .unwrap()
        };
        assert_eq!(change(&renamed).await.state, MethodState::On);
        for other in [
            WantedMethod {
                issuer: "https://other.example".to_owned(),
                ..wanted()
            },
            WantedMethod {
                client_id: "other".to_owned(),
                ..wanted()
            },
        ] {
            assert_eq!(change(&other).await.state, MethodState::Draft);
        }
        let stale = methods::verified(db, ada, &method.id, method.revision, "ada").await;
        assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
        let done = sign_in::by_identity(db, &proof(&method, "Grace")).await;
        assert!(refused(&done).starts_with("This way in is switched off."));
        database.check().await;
    }
}

#[tokio::test]
async fn what_cannot_be_a_method_is_refused_by_its_field() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let top = methods::start(db, ada, NodeId::ROOT, "").await;
        assert!(matches!(top, Err(Error::Conflict(sentence)) if sentence.contains("Acme")));
        assert!(methods::start(db, ada, NodeId(99), "").await.is_err());
        methods::start(db, ada, story.europe, "").await.unwrap();
        methods::start(db, ada, story.berlin, "").await.unwrap();
        let before = database.events().await;
        let long = "x".repeat(2_001);
        let with = |change: fn(&mut WantedMethod, &str), text: &str| {
            let mut wanted = wanted();
            change(&mut wanted, text);
            wanted
        };
        for (field, wrong) in [
            ("name", with(|w, t| w.name = t.to_owned(), " ")),
            (
                "issuer",
                with(|w, t| w.issuer = t.to_owned(), "acme.okta.example"),
            ),
            (
                "issuer",
                with(|w, t| w.issuer = t.to_owned(), "https://u@acme.example"),
            ),
            (
                "issuer",
                with(|w, t| w.issuer = t.to_owned(), "https://a.example?x=1"),
            ),
            (
                "issuer",
                with(|w, t| w.issuer = t.to_owned(), "ftp://a.example"),
            ),
            ("client_id", with(|w, t| w.client_id = t.to_owned(), "")),
            ("client_id", with(|w, t| w.client_id = t.to_owned(), &long)),
            (
                "client_secret",
                with(|w, t| w.client_secret = t.to_owned(), "a\0b"),
            ),
            (
                "scopes",
                with(|w, t| w.scopes = t.to_owned(), "email profile"),
            ),
            ("word", with(|w, t| w.word = t.to_owned(), "a b")),
            (
                "algorithms",
                WantedMethod {
                    algorithms: Vec::new(),
                    ..wanted()
                },
            ),
        ] {
            let done = methods::change(db, ada, &story.secrets, story.berlin, &wrong).await;
            assert!(
                matches!(done, Err(Error::Invalid { field: found, .. }) if found == field),
                "{field}: {done:?}"
            );
        }
        assert_eq!(database.events().await, before);
        let worded = with(|w, t| w.word = t.to_owned(), "Acme-Berlin");
        methods::change(db, ada, &story.secrets, story.berlin, &worded)
            .await
            .unwrap();
        let taken = methods::change(db, ada, &story.secrets, story.europe, &worded).await;
        assert!(
            matches!(taken, Err(Error::Invalid { field: "word", .. })),
            "{taken:?}"
        );
        database.check().await;
    }
}

#[tokio::test]
async fn a_secret_is_kept_sealed_and_opens_for_its_own_method_alone() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, secrets) = (&database.db, &story.secrets);
        let berlin = on(db, &story, story.berlin, &wanted()).await;
        let europe = on(db, &story, story.europe, &wanted()).await;
        let secret = methods::client_secret(db, secrets, &berlin.id).await;
        assert_eq!(
            secret.unwrap().as_deref(),
            Some("a secret between two servers")
        );
        let plain = "SELECT count(*) FROM sign_in_methods WHERE client_secret LIKE '%between%'";
        assert_eq!(database.number(plain).await, 0);
        database
            .run("UPDATE sign_in_methods SET client_secret = (SELECT max(client_secret) FROM sign_in_methods)")
            .await;
        let opened = [
            methods::client_secret(db, secrets, &berlin.id).await,
            methods::client_secret(db, secrets, &europe.id).await,
        ];
        let count = opened.iter().filter(|one| one.is_ok()).count();
        assert_eq!(count, 1, "a row that bears another's secret fails closed");
        database.check().await;
    }
}

#[tokio::test]
async fn a_method_that_is_off_lets_nobody_in_and_one_that_is_removed_signs_its_people_out() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        own_domain(db, &story).await;
        let method = on(db, &story, story.berlin, &wanted()).await;
        let ben = sign_in::by_identity(db, &proof(&method, "Ben")).await;
        let ben = ben.unwrap().user;
        methods::switch(db, ada, story.berlin, Switch::Off)
            .await
            .unwrap();
        let done = sign_in::by_identity(db, &proof(&method, "Ben")).await;
        assert!(refused(&done).starts_with("This way in is switched off."));
        assert!(nodes::remove(db, ada, story.berlin).await.is_err());
        methods::remove(db, ada, story.berlin).await.unwrap();
        assert_eq!(
            methods::remove(db, ada, story.berlin).await,
            Err(Error::NotFound("This sign-in method"))
        );
        let who = sign_in::who(db, &ben.id, ben.session_epoch).await.unwrap();
        assert_eq!(who, None, "the session is void");
        assert!(
            sign_in::by_identity(db, &proof(&method, "Ben"))
                .await
                .is_err()
        );
        let kept = "SELECT count(*) FROM identities WHERE provider <> 'sso'";
        assert_eq!(database.number(kept).await, 0);
        database.check().await;
    }
}

#[tokio::test]
async fn a_domain_is_verified_by_its_record_and_leads_every_address_of_it_to_one_method() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let (db, ada) = (&database.db, &story.ada);
        let before = database.events().await;
        let domain = domains::add(db, ada, " @Acme.Example. ").await.unwrap();
        assert_eq!(domain.name, "acme.example");
        assert_eq!(domains::add(db, ada, "acme.example").await.unwrap(), domain);
        let other = vec!["v=spf1 -all".to_owned()];
        for (records, finding) in [
            (None, Finding::Unreachable),
            (Some(Vec::new()), Finding::Missing),
            (Some(other), Finding::Other),
        ] {
            let found = domains::check(db, ada, &domain, records.as_deref()).await;
            let found = found.unwrap();
            assert_eq!(
                (found.state, found.finding),
                (DomainState::Requested, finding)
            );
        }
        let method = on(db, &story, story.berlin, &wanted()).await;
        domains::route(db, ada, "acme.example", Some(&method.id))
            .await
            .unwrap();
        let lead = async |typed: &str| sign_in::lead(db, typed).await.unwrap();
        assert_eq!(
            lead("ada@acme.example").await,
            Lead::Passphrase,
            "not verified"
        );
        let records = ["v=spf1 -all".to_owned(), domain.record()];
        for _ in 0..2 {
            let found = domains::check(db, ada, &domain, Some(&records)).await;
            assert_eq!(found.unwrap().state, DomainState::Verified);
        }
        for somebody in ["ada@acme.example", "nobody@ACME.example"] {
            assert_eq!(lead(somebody).await, Lead::To(method.id.clone()));
        }
        assert_eq!(lead("ada@other.example").await, Lead::Passphrase);
        assert_eq!(lead("no word").await, Lead::Nowhere);
        assert_eq!(sign_in::routes(db).await.unwrap(), Routes::Some);
        methods::switch(db, ada, story.berlin, Switch::Off)
            .await
            .unwrap();
        assert_eq!(lead("ada@acme.example").await, Lead::Passphrase);
        assert_eq!(sign_in::routes(db).await.unwrap(), Routes::None);
        for _ in 0..2 {
            domains::remove(db, ada, "acme.example").await.unwrap();
        }
        let codes = database.codes_after(before).await;
        let count = |code| codes.iter().filter(|found| **found == code).count();
        for code in [
            Code::DomainAdded,
            Code::DomainVerified,
            Code::DomainRouted,
            Code::DomainRemoved,
        ] {
            assert_eq!(count(code), 1, "{code:?}");
        }
        database.check().await;
    }
}

#[tokio::test]
async fn a_public_mail_domain_or_no_domain_is_refused_and_only_the_top_adds_any() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        for wrong in [
            "gmail.com",
            "Outlook.com",
            "web.de",
            "",
            "acme",
            "a b.example",
            "ada@acme.example",
            "https://acme.example",
        ] {
            let done = domains::add(db, &story.ada, wrong).await;
            assert!(
                matches!(
                    done,
                    Err(Error::Invalid {
                        field: "domain",
                        ..
                    })
                ),
                "{wrong}: {done:?}"
            );
        }
        let grace = crate::support::admin_of(db, &story.grace).await;
        assert!(domains::list(db, &grace).await.is_err());
        assert!(domains::add(db, &grace, "acme.example").await.is_err());
        assert!(methods::start(db, &grace, story.berlin, "").await.is_err());
        database.check().await;
    }
}

#[tokio::test]
async fn a_word_leads_to_the_method_that_bears_it_while_it_is_on() {
    for database in databases().await {
        let story = Story::of(&database).await;
        let db = &database.db;
        let worded = WantedMethod {
            word: "acme-berlin".to_owned(),
            ..wanted()
        };
        let method = on(db, &story, story.berlin, &worded).await;
        let lead = async |typed: &str| sign_in::lead(db, typed).await.unwrap();
        assert_eq!(lead(" Acme-Berlin ").await, Lead::To(method.id.clone()));
        assert_eq!(lead("acme").await, Lead::Nowhere);
        database.check().await;
    }
}
