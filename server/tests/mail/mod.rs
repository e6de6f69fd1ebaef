//! The outbox on its way through real mail servers: good ones, slow ones, broken ones, and ones somebody stands before.

use std::time::Duration;

use directory::admin::{mail, users};
use directory::model::id::{NodeId, UserId};
use server::config::Destination;
use server::mail::{Mail, Next, Patience, Post, Security, Sending};
use tokio_util::sync::CancellationToken;

use crate::support::mail_server::{AUTHORITY, Does, MailServer, Offers, PASSWORD, USER};
use crate::support::scim_client::ScimClient;
use crate::support::{Console, Database, databases, sqlite};

/// Long enough for loopback, short enough for a test of silence.
const PATIENCE: Patience = Patience {
    ready: Duration::from_millis(1_500),
    taken: Duration::from_millis(300),
};

fn settings(port: u16, security: Security) -> Mail {
    Mail {
        host: "localhost".to_owned(),
        port: Some(port),
        security,
        user: None,
        password_file: None,
        from: "Acme <muster@acme.example>".to_owned(),
        ca_file: (security != Security::Plaintext).then(|| AUTHORITY.into()),
    }
}

fn post(mail: &Mail) -> Post {
    let named = format!("smtp://{}", mail.place());
    Post::new(mail, &[Destination::try_from(named).unwrap()], PATIENCE).unwrap()
}

fn sending(console: &Console, mail: &Mail) -> Sending {
    Sending::new(&console.state, post(mail))
}

/// Sends until nothing waits, or no mail leaves.
async fn send_all(sending: &mut Sending) -> Next {
    loop {
        match sending.step().await.unwrap() {
            Next::More => {}
            other => return other,
        }
    }
}

async fn berlin(database: Database) -> (Console, ScimClient) {
    let console = Console::start(database).await;
    let (node, token) = console.connection("Berlin").await;
    let client = ScimClient::new(console.scim(node), &token);
    (console, client)
}

async fn trouble(console: &Console) -> String {
    let state = mail::state(&console.db, &console.ada().await)
        .await
        .unwrap();
    state.trouble.map(|(_, why)| why).unwrap_or_default()
}

async fn run(console: &Console, sql: &'static str) {
    let mut tx = console.db.write().await.unwrap();
    tx.run(sql, []).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_invitation_arrives_as_text_and_html_under_its_own_id() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        let id = client.user("grace@acme.example").await;
        let server = MailServer::start(Offers::Starttls).await;
        let mut sending = sending(&console, &settings(server.port(), Security::Starttls));
        assert_eq!(send_all(&mut sending).await, Next::Nothing);
        let [mail] = server.taken().try_into().unwrap();
        assert!(mail.encrypted);
        assert_eq!(mail.to, "grace@acme.example");
        assert_eq!(mail.header("from"), "Acme <muster@acme.example>");
        assert_eq!(mail.header("subject"), "Acme invites you to Muster");
        assert_eq!(mail.header("auto-submitted"), "auto-generated");
        let ada = console.ada().await;
        let found = users::get(&console.db, &ada, &UserId(id)).await.unwrap();
        let invitation = found.invitation.unwrap();
        assert_eq!(
            mail.header("message-id"),
            format!("<{}@acme.example>", invitation.id)
        );
        assert!(invitation.sent_at.is_some() && invitation.expires_at.is_some());
        let body = mail.body();
        assert!(
            body.contains("text/plain") && body.contains("text/html"),
            "{body}"
        );
        assert_eq!(body.matches("<a href=").count(), 1, "one link");
        assert!(mail.link(console.url()).starts_with("/invitation?token="));
        console.verify().await;
    }
}

#[tokio::test]
async fn a_mail_server_that_offers_no_encryption_gets_nothing_unless_the_settings_say_so() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        client.user("grace@acme.example").await;
        let server = MailServer::start(Offers::Nothing).await;
        let mut strict = sending(&console, &settings(server.port(), Security::Starttls));
        assert!(
            matches!(strict.step().await.unwrap(), Next::NoWay(_)),
            "B-115"
        );
        assert_eq!(server.taken(), []);
        let why = trouble(&console).await;
        assert!(
            why.contains("offers no encryption (STARTTLS), so nothing was sent"),
            "{why}"
        );
        let waiting = "SELECT count(*) FROM outbox WHERE tries = 0 AND sent_at IS NULL";
        let mut tx = console.db.read().await.unwrap();
        assert_eq!(
            tx.number(waiting, []).await.unwrap(),
            1,
            "no mail is to blame"
        );
        drop(tx);
        let mut plain = sending(&console, &settings(server.port(), Security::Plaintext));
        assert_eq!(send_all(&mut plain).await, Next::Nothing);
        assert!(!server.taken()[0].encrypted);
        assert_eq!(trouble(&console).await, "");
        console.verify().await;
    }
}

#[tokio::test]
async fn a_certificate_of_another_name_or_another_time_is_refused_with_what_to_do() {
    let (console, client) = berlin(sqlite().await).await;
    client.user("grace@acme.example").await;
    for offers in [Offers::OtherName, Offers::OutOfDate] {
        let server = MailServer::start(offers).await;
        let mut sending = sending(&console, &settings(server.port(), Security::Starttls));
        assert!(
            matches!(sending.step().await.unwrap(), Next::NoWay(_)),
            "B-116 {offers:?}"
        );
        assert_eq!(server.taken(), []);
        let why = trouble(&console).await;
        assert!(
            why.contains("cannot be trusted, so nothing was sent"),
            "{why}"
        );
        assert!(
            why.contains("must bear the name localhost and be in date"),
            "{why}"
        );
    }
    let unknown = MailServer::start(Offers::Starttls).await;
    let nobodys = Mail {
        ca_file: None,
        ..settings(unknown.port(), Security::Starttls)
    };
    let mut stranger = sending(&console, &nobodys);
    assert!(matches!(stranger.step().await.unwrap(), Next::NoWay(_)));
    let server = MailServer::start(Offers::Tls).await;
    let mut sending = sending(&console, &settings(server.port(), Security::Tls));
    assert_eq!(send_all(&mut sending).await, Next::Nothing);
    assert!(server.taken()[0].encrypted && unknown.taken().is_empty());
    console.verify().await;
}

#[tokio::test]
async fn a_busy_mailbox_is_tried_again_and_one_that_is_not_there_is_given_up() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        let id = UserId(client.user("grace@acme.example").await);
        let server = MailServer::start(Offers::Nothing).await;
        let mut sending = sending(&console, &settings(server.port(), Security::Plaintext));
        let now = async || {
            let ada = console.ada().await;
            users::get(&console.db, &ada, &id)
                .await
                .unwrap()
                .invitation
                .unwrap()
        };
        server.does(Does::IsBusy);
        assert_eq!(send_all(&mut sending).await, Next::Nothing, "put off");
        let first = now().await;
        assert_eq!((first.tries, first.failed_at), (1, None));
        assert!(first.trouble.unwrap().contains("The mailbox is busy"));
        run(&console, "UPDATE outbox SET next_at = 0").await;
        server.does(Does::Refuses);
        assert_eq!(send_all(&mut sending).await, Next::Nothing);
        let second = now().await;
        assert!(second.failed_at.is_some() && second.trouble.unwrap().contains("No such mailbox"));
        assert_eq!(server.taken(), []);
        server.does(Does::Takes);
        run(&console, "UPDATE outbox SET next_at = 0").await;
        assert_eq!(send_all(&mut sending).await, Next::Nothing);
        assert_eq!(
            server.taken(),
            [],
            "what is given up is not tried again by itself"
        );
        users::send_invitation(&console.db, &console.ada().await, &id)
            .await
            .unwrap();
        assert_eq!(send_all(&mut sending).await, Next::Nothing);
        assert_eq!(server.taken().len(), 1);
        console.verify().await;
    }
}

#[tokio::test]
async fn a_mail_that_breaks_its_server_is_given_up_after_ten_tries_and_the_others_leave() {
    let (console, client) = berlin(sqlite().await).await;
    client.user("grace@acme.example").await;
    let server = MailServer::start(Offers::Nothing).await;
    let mut sending = sending(&console, &settings(server.port(), Security::Plaintext));
    server.does(Does::BreaksOff);
    for _ in 0..10 {
        assert_eq!(send_all(&mut sending).await, Next::Nothing);
        run(&console, "UPDATE outbox SET next_at = 0").await;
    }
    server.does(Does::Takes);
    client.user("ben@acme.example").await;
    assert_eq!(send_all(&mut sending).await, Next::Nothing);
    let taken = server.taken();
    assert_eq!((taken.len(), taken[0].to.as_str()), (1, "ben@acme.example"));
    let state = mail::state(&console.db, &console.ada().await)
        .await
        .unwrap();
    assert_eq!((state.waiting, state.failures.len()), (0, 1));
    console.verify().await;
}

#[tokio::test]
async fn a_server_that_says_nothing_or_is_not_there_costs_no_mail_a_try() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        client.user("grace@acme.example").await;
        let silent = MailServer::start(Offers::Nothing).await;
        silent.does(Does::IsSilent);
        let mut sending = sending(&console, &settings(silent.port(), Security::Plaintext));
        assert!(matches!(sending.step().await.unwrap(), Next::NoWay(_)));
        assert!(trouble(&console).await.contains("does not answer in time"));
        let first = sending.step().await.unwrap();
        let second = sending.step().await.unwrap();
        let wait = |next| match next {
            Next::NoWay(wait) => wait,
            other => panic!("{other:?}"),
        };
        assert!(wait(second) > wait(first), "asked less and less often");
        silent.does(Does::Takes);
        assert_eq!(send_all(&mut sending).await, Next::Nothing);
        assert_eq!(
            (silent.taken().len(), trouble(&console).await.as_str()),
            (1, "")
        );
        client.user("ben@acme.example").await;
        let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = nobody.local_addr().unwrap().port();
        drop(nobody);
        let mut sending = self::sending(&console, &settings(port, Security::Plaintext));
        assert!(matches!(sending.step().await.unwrap(), Next::NoWay(_)));
        assert!(trouble(&console).await.contains("cannot be reached"));
        let back = MailServer::start_at(&format!("127.0.0.1:{port}"), Offers::Nothing).await;
        assert_eq!(send_all(&mut sending).await, Next::Nothing);
        assert_eq!(back.taken().len(), 1, "none was lost");
        console.verify().await;
    }
}

#[tokio::test]
async fn a_server_killed_between_sending_and_noting_sends_the_same_mail_under_the_same_id() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        client.user("grace@acme.example").await;
        let server = MailServer::start(Offers::Nothing).await;
        server.does(Does::Swallows);
        let settings = settings(server.port(), Security::Plaintext);
        let patient = Patience {
            taken: Duration::from_hours(1),
            ..PATIENCE
        };
        let named = Destination::try_from(format!("smtp://{}", settings.place())).unwrap();
        let post = Post::new(&settings, &[named], patient).unwrap();
        let stopping = CancellationToken::new();
        let killed = tokio::spawn(Sending::new(&console.state, post).run(stopping));
        while server.taken().is_empty() {
            tokio::task::yield_now().await;
        }
        killed.abort();
        assert!(killed.await.is_err_and(|error| error.is_cancelled()));
        let mut next = sending(&console, &settings);
        server.does(Does::Takes);
        assert_eq!(
            send_all(&mut next).await,
            Next::Nothing,
            "the killed one has its time"
        );
        assert_eq!(server.taken().len(), 1);
        run(&console, "UPDATE outbox SET claimed_until = 1").await;
        assert_eq!(send_all(&mut next).await, Next::Nothing);
        let [first, second] = server.taken().try_into().unwrap();
        assert_eq!(first.header("message-id"), second.header("message-id"));
        assert_eq!(
            first.link(console.url()),
            second.link(console.url()),
            "one link, good once"
        );
        assert_eq!(send_all(&mut next).await, Next::Nothing);
        assert_eq!(server.taken().len(), 2, "one more for each kill");
        console.verify().await;
    }
}

#[tokio::test]
async fn two_servers_on_one_database_send_each_mail_once() {
    for database in databases().await {
        let (console, client) = berlin(database).await;
        for n in 0..12 {
            client.user(&format!("person{n}@acme.example")).await;
        }
        let server = MailServer::start(Offers::Nothing).await;
        let settings = settings(server.port(), Security::Plaintext);
        let (mut one, mut other) = (sending(&console, &settings), sending(&console, &settings));
        let ends = tokio::join!(send_all(&mut one), send_all(&mut other));
        assert_eq!(ends, (Next::Nothing, Next::Nothing));
        let mut to: Vec<_> = server.taken().into_iter().map(|mail| mail.to).collect();
        to.sort();
        to.dedup();
        assert_eq!((to.len(), server.taken().len()), (12, 12));
        console.verify().await;
    }
}

#[tokio::test]
async fn whoever_has_to_sign_in_at_the_mail_server_does() {
    let (console, client) = berlin(sqlite().await).await;
    client.user("grace@acme.example").await;
    let server = MailServer::start(Offers::SignIn).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    let signed_in = |password: &str| {
        std::fs::write(&file, password).unwrap();
        Mail {
            user: Some(USER.to_owned()),
            password_file: Some(file.clone()),
            ..settings(server.port(), Security::Plaintext)
        }
    };
    let mut wrong = sending(&console, &signed_in("guessed"));
    assert!(matches!(wrong.step().await.unwrap(), Next::NoWay(_)));
    let why = trouble(&console).await;
    assert!(
        why.contains("does not let us in with mail.user and mail.password_file"),
        "{why}"
    );
    assert!(!why.contains("guessed"), "{why}");
    let mut right = sending(&console, &signed_in(&format!("{PASSWORD}\n")));
    assert_eq!(send_all(&mut right).await, Next::Nothing);
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_private_mail_server_is_used_only_where_the_settings_name_it() {
    let (console, client) = berlin(sqlite().await).await;
    client.user("grace@acme.example").await;
    let server = MailServer::start(Offers::Nothing).await;
    let mail = settings(server.port(), Security::Plaintext);
    let elsewhere = Destination::try_from("smtp://localhost:1".to_owned()).unwrap();
    let post = Post::new(&mail, &[elsewhere], PATIENCE).unwrap();
    let mut sending = Sending::new(&console.state, post);
    assert!(
        matches!(sending.step().await.unwrap(), Next::NoWay(_)),
        "NET-2"
    );
    let why = trouble(&console).await;
    let cure = format!(
        "add \"smtp://localhost:{}\" to outbound_allow",
        server.port()
    );
    assert!(why.contains(&cure), "{why}");
    assert_eq!(server.taken(), []);
    for wrong in [
        Mail {
            from: "nobody".to_owned(),
            ..mail.clone()
        },
        Mail {
            user: Some(USER.to_owned()),
            ..mail.clone()
        },
        Mail {
            host: "a b".to_owned(),
            ..mail.clone()
        },
        Mail {
            ca_file: Some("/nowhere".into()),
            ..settings(1, Security::Tls)
        },
    ] {
        let refused = Post::new(&wrong, &[], PATIENCE).err().unwrap();
        assert!(!refused.contains('\n') && refused.len() > 20, "{refused}");
    }
}

#[tokio::test]
async fn sending_ends_when_the_server_stops() {
    let (console, client) = berlin(sqlite().await).await;
    client.user("grace@acme.example").await;
    let server = MailServer::start(Offers::Nothing).await;
    let stopping = CancellationToken::new();
    let sending = sending(&console, &settings(server.port(), Security::Plaintext));
    let running = tokio::spawn(sending.run(stopping.clone()));
    while server.taken().is_empty() {
        tokio::task::yield_now().await;
    }
    stopping.cancel();
    running.await.unwrap();
    let sent = "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL";
    let mut tx = console.db.read().await.unwrap();
    assert_eq!(
        tx.number(sent, []).await.unwrap(),
        1,
        "what was under way is noted"
    );
}

#[tokio::test]
async fn the_settings_page_says_where_mail_goes_and_sends_one_to_whoever_asks() {
    let (console, _) = berlin(sqlite().await).await;
    let mut ada = console.browser_of_ada().await;
    let page = ada.get("/settings").await.is(200).text;
    assert!(page.contains("No mail server is named"), "{page}");
    ada.post("/api/settings/test_mail", &[])
        .await
        .leads_to("/settings");
    let server = MailServer::start(Offers::Nothing).await;
    let mut sending = sending(&console, &settings(server.port(), Security::Plaintext));
    assert_eq!(send_all(&mut sending).await, Next::Nothing);
    let [mail] = server.taken().try_into().unwrap();
    assert_eq!(mail.to, "ada@acme.example");
    assert_eq!(mail.link(console.url()), "/settings");
    let grace = users::add(
        &console.db,
        &console.ada().await,
        NodeId::ROOT,
        "Grace",
        "grace@acme.example",
    )
    .await
    .unwrap();
    let mut nobody = console
        .browser_of(&grace)
        .await
        .with("accept", "application/json");
    nobody.post("/api/settings/test_mail", &[]).await.is(401);
}
