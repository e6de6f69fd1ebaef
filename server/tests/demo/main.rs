//! The demo, through the real router: its identity provider, its panel, its outbox, what it begins with, and what `serve`
//! has none of.

#![expect(clippy::unwrap_used, reason = "a failed expectation is the message")]

mod browser;
mod provider;
mod push;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use browser::Browser;
use directory::admin::{approvals, events, users};
use directory::model::membership::Reason;
use directory::model::query::ListQuery;
use directory::model::user::{Status, UserInList};
use directory::secret::{Cost, Hashing, Secrets};
use directory::store::db::Db;
use directory::verify::verify;
use reqwest::{Method, StatusCode};
use server::config::{Config, PublicUrl};
use server::demo::{Demo, Options, Port};
use server::outbound::Outbound;
use server::state::{AppState, Parts};
use tower::ServiceExt;

/// A demo of its own for each test.
pub(crate) async fn demo() -> Demo {
    // Another test may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Demo::start(Options {
        port: Port::Free,
        crowd: 0,
    })
    .await
    .unwrap()
}

/// Somebody of the demo, by their address.
pub(crate) async fn person(demo: &Demo, address: &str) -> UserInList {
    let admin = demo.administrator().await.unwrap();
    let query = ListQuery {
        q: address.to_owned(),
        ..ListQuery::default()
    };
    let found = users::list(&demo.db, &admin, &query).await.unwrap().rows;
    found
        .into_iter()
        .find(|person| person.login == address)
        .unwrap_or_else(|| panic!("{address} is not here"))
}

/// Ends a demo whose database must hold what every one holds.
pub(crate) async fn end(demo: Demo) {
    assert_eq!(verify(&demo.db).await.unwrap(), Vec::<String>::new());
    demo.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_begins_with_something_to_do_for_every_reason() {
    let demo = demo().await;
    let admin = demo.administrator().await.unwrap();
    let preview = approvals::pending(&demo.db, &admin).await.unwrap().preview;
    let waiting: BTreeSet<&str> = preview
        .waiting
        .iter()
        .map(|(reason, _)| reason.as_str())
        .collect();
    let ready = preview.memberships;
    let expected = [
        Reason::TeamDenied,
        Reason::PersonInvited,
        Reason::PersonLocked,
    ];
    for reason in expected {
        assert!(
            waiting.contains(reason.as_str()),
            "{reason:?} in {preview:?}"
        );
    }
    assert!(preview.teams > 0 && ready > 0, "{preview:?}");
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_people_are_in_every_state_and_some_are_locked_by_each_side() {
    let demo = demo().await;
    for (address, status) in [
        ("ada@acme.example", Status::Active),
        ("grace@acme.example", Status::Active),
        ("ben@acme.example", Status::Invited),
        ("joan@acme.example", Status::Locked),
        ("annie@acme.example", Status::Locked),
        ("edsger@acme.example", Status::Invited),
    ] {
        assert_eq!(person(&demo, address).await.status(), status, "{address}");
    }
    assert!(person(&demo, "joan@acme.example").await.locked_by_admin);
    assert!(person(&demo, "annie@acme.example").await.locked_by_idp);
    let admin = demo.administrator().await.unwrap();
    assert!(
        events::list(&demo.db, &admin, &ListQuery::default())
            .await
            .unwrap()
            .total
            > 40
    );
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_signs_in_approves_nothing() {
    let demo = demo().await;
    let admin = demo.administrator().await.unwrap();
    let before = approvals::pending(&demo.db, &admin).await.unwrap().preview;
    Browser::at(&demo.url).sign_in("Ada, administrator").await;
    assert_eq!(
        approvals::pending(&demo.db, &admin).await.unwrap().preview,
        before
    );
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_banner_is_on_every_page() {
    let demo = demo().await;
    let mut stranger = Browser::at(&demo.url);
    for page in [
        "/sign-in",
        "/demo/push",
        "/demo/outbox",
        "/demo/idp/authorize",
    ] {
        assert!(
            stranger
                .get(page)
                .await
                .text
                .contains("Demo: invented people"),
            "{page}"
        );
    }
    let mut ada = Browser::at(&demo.url);
    ada.sign_in("Ada, administrator").await;
    for page in ["/", "/users", "/approvals", "/nodes", "/nothing"] {
        let page_text = ada.get(page).await.text;
        assert!(
            page_text.contains("Demo: invented people") && page_text.contains("/demo/push"),
            "{page}"
        );
    }
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outbox_holds_an_invitation_with_the_way_in() {
    let demo = demo().await;
    let page = Browser::at(&demo.url).get("/demo/outbox").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("Acme invites you to Muster"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("To ben@acme.example. Waits to be sent."),
        "{}",
        page.text
    );
    assert!(
        page.text
            .contains(&format!(">{}/invitation?token=", demo.url)),
        "{}",
        page.text
    );
    assert!(
        !page.text.contains("To edsger@acme.example"),
        "nobody asked for a mail to him"
    );
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_own_names_are_served() {
    let demo = demo().await;
    let port = demo.url.rsplit(':').next().unwrap().to_owned();
    let mut browser = Browser::at(&demo.url);
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        "localhost:1".to_owned(),
    ] {
        for page in [
            "/",
            "/demo/push",
            "/demo/idp/.well-known/openid-configuration",
            "/api/rest/scim/v2/4/Users",
        ] {
            let answer = browser
                .send(Method::GET, page, &[("host", &host)], None)
                .await;
            assert_eq!(
                answer.status,
                StatusCode::MISDIRECTED_REQUEST,
                "{host} {page}"
            );
        }
    }
    let answer = browser
        .send(
            Method::GET,
            "/demo/push",
            &[("host", &format!("localhost:{port}"))],
            None,
        )
        .await;
    assert_eq!(answer.location(), format!("{}/demo/push", demo.url));
    end(demo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_it() {
    let demo = demo().await;
    let folder = demo.folder().to_owned();
    assert!(folder.join("demo.db").is_file());
    demo.stop().await;
    assert!(!folder.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_has_none_of_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!(
        "sqlite:{}",
        folder.path().join("muster.db").display()
    ))
    .await
    .unwrap();
    let router = server::router(serve(db));
    for (method, path) in [
        ("GET", "/demo"),
        ("GET", "/demo/push"),
        ("POST", "/demo/push/connection"),
        ("POST", "/demo/push/first"),
        ("POST", "/demo/push/test"),
        ("POST", "/demo/push/people"),
        ("POST", "/demo/push/groups"),
        ("POST", "/demo/push/deactivate"),
        ("POST", "/demo/push/rename"),
        ("GET", "/demo/outbox"),
        ("GET", "/demo/idp/.well-known/openid-configuration"),
        ("GET", "/demo/idp/keys"),
        ("GET", "/demo/idp/authorize"),
        ("POST", "/demo/idp/choose"),
        ("POST", "/demo/idp/token"),
        ("GET", "/sign-in/demo"),
        ("GET", "/sign-in/demo/callback"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:8080")
            .header("origin", "http://127.0.0.1:8080")
            .body(Body::empty())
            .unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{method} {path}");
    }
}

/// What `serve` shares with its handlers.
fn serve(db: Db) -> AppState {
    let public_url = PublicUrl::try_from("http://127.0.0.1:8080".to_owned()).unwrap();
    AppState::new(Parts {
        db,
        secrets: Secrets::generate().into(),
        hashing: Hashing::new(Cost::Least).unwrap(),
        config: Config::default(),
        public_url,
        providers: Vec::new(),
        outbound: Outbound::new(Vec::new()).unwrap(),
    })
}
