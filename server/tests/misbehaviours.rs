//! Every way an identity provider can misbehave, one line each, on both databases: nobody is in, and nothing is new
//! (B-90 to B-99, B-113).

use directory::admin::{domains, nodes, sign_in_methods as methods, users};
use directory::member;
use directory::model::id::{NodeId, UserId};
use directory::model::settings::Switch;
use directory::model::sign_in_method::{Method, WantedMethod};
use directory::secret::sha256;
use directory::store::sessions;
use serde_json::{Value, json};

use crate::sign_in_methods::{Away, console, leave, on, sign_in, wanted};
use crate::support::identity::{CLIENT, Discovery, Exchange, Identities, Signature};
use crate::support::{ADA, Answer, Browser, Console, Database, databases};

/// What is done wrong.
#[derive(Debug)]
enum Does {
    /// It says this of itself.
    Tells(Discovery),
    /// It gives this for a code.
    Gives(Exchange),
    /// Its token is signed so.
    Signs(Signature),
    /// A claim of its token is another one.
    Claims(&'static str, Value),
    /// Its token tells no address, and its userinfo tells this one of this person.
    TellsMore(&'static str, &'static str),
    /// The browser comes back with these queries, one after the other; `{}` is the state it left with.
    Comes(&'static [&'static str]),
    /// Something else happens while somebody is away.
    Meanwhile(Happens),
}

/// What happens while somebody is away.
#[derive(Debug, Clone, Copy)]
enum Happens {
    AnHourPasses,
    AnotherBrowserComes,
    TheyComeToAnotherMethod,
    TheyAreLocked,
    TheyAreDeleted,
    TheMethodIsSwitchedOff,
}

/// What the person hears.
#[derive(Debug, Clone, Copy)]
enum Hears {
    OutOfReach,
    NoLongerValid,
    NotVerified,
    NotConnected,
    Locked,
    Deleted,
    Off,
}

impl Hears {
    fn status_and_sentence(self) -> (u16, &'static str) {
        match self {
            Self::OutOfReach => (
                502,
                "Okta cannot be reached at the moment. Try again later.",
            ),
            Self::NoLongerValid => (400, "This sign-in attempt is no longer valid. Start again."),
            Self::NotVerified => (400, "The identity provider's answer could not be verified."),
            Self::NotConnected => (403, "Ask your administrator to connect your account."),
            Self::Locked => (403, "Your account is locked. Contact your administrator."),
            Self::Deleted => (403, "Your account was deleted. Contact your administrator."),
            Self::Off => (403, "This way in is switched off. Ask your administrator."),
        }
    }
}

use Does::{Claims, Comes, Gives, Meanwhile, Signs, Tells, TellsMore};
use Hears::{NoLongerValid, NotConnected, NotVerified, OutOfReach};

const EVIL: &str = "code=good&state={}&iss=https%3A%2F%2Fevil.example";
const GOOD: &str = "code=good&state={}";

/// The table. `now` is the instant the provider makes its tokens at.
#[rustfmt::skip]
fn misbehaviours(issuer: &str, now: u64) -> Vec<(&'static str, Does, Hears)> {
    let long = "s".repeat(5_000);
    vec![
        // B-90, B-94: the way back.
        ("nothing comes back", Comes(&[""]), NoLongerValid),
        ("the state is missing", Comes(&["code=good"]), NoLongerValid),
        ("the state is empty", Comes(&["code=good&state="]), NoLongerValid),
        ("the state is another one", Comes(&["code=good&state=invented"]), NoLongerValid),
        ("a wrong state uses the attempt up", Comes(&["code=good&state=invented", GOOD]), NoLongerValid),
        ("a refusal uses the attempt up", Comes(&["error=access_denied&state={}", GOOD]), NoLongerValid),
        ("the state came too late", Meanwhile(Happens::AnHourPasses), NoLongerValid),
        ("the state is of another browser", Meanwhile(Happens::AnotherBrowserComes), NoLongerValid),
        ("the state is of another method", Meanwhile(Happens::TheyComeToAnotherMethod), NoLongerValid),
        ("the answer is of another issuer", Comes(&[EVIL]), NoLongerValid),
        ("the provider refused", Comes(&["error=access_denied&state={}"]), NoLongerValid),
        ("the code is missing", Comes(&["state={}"]), NoLongerValid),
        ("the code is empty", Comes(&["code=&state={}"]), NotVerified),
        ("the code is another one", Comes(&["code=bad&state={}"]), NotVerified),
        // B-91: who signed.
        ("alg none", Signs(Signature::None), NotVerified),
        ("HS256 with the secret of the client", Signs(Signature::Shared), NotVerified),
        ("an unknown key", Signs(Signature::OtherKey), NotVerified),
        ("RS256 by an unknown key", Signs(Signature::OtherRsa), NotVerified),
        ("a header that names its key", Signs(Signature::NamesItsKey), NotVerified),
        ("a signature with one wrong bit", Signs(Signature::Broken), NotVerified),
        // B-92: what is claimed.
        ("iss of another", Claims("iss", json!("https://evil.example")), NotVerified),
        ("iss with a slash at the end", Claims("iss", json!(format!("{issuer}/"))), NotVerified),
        ("iss in capitals", Claims("iss", json!(issuer.to_uppercase())), NotVerified),
        ("iss missing", Claims("iss", Value::Null), NotVerified),
        ("aud of another", Claims("aud", json!("another")), NotVerified),
        ("aud empty", Claims("aud", json!([])), NotVerified),
        ("aud missing", Claims("aud", Value::Null), NotVerified),
        ("several aud without azp", Claims("aud", json!([CLIENT, "another"])), NotVerified),
        ("azp of another", Claims("azp", json!("another")), NotVerified),
        ("nonce of another", Claims("nonce", json!("another")), NotVerified),
        ("nonce missing", Claims("nonce", Value::Null), NotVerified),
        ("exp past", Claims("exp", json!(now - 1)), NotVerified),
        ("exp missing", Claims("exp", Value::Null), NotVerified),
        ("exp in words", Claims("exp", json!("soon")), NotVerified),
        ("iat in an hour", Claims("iat", json!(now + 3_600)), NotVerified),
        ("iat yesterday", Claims("iat", json!(now - 86_400)), NotVerified),
        ("iat missing", Claims("iat", Value::Null), NotVerified),
        ("nbf in an hour", Claims("nbf", json!(now + 3_600)), NotVerified),
        ("nbf in words", Claims("nbf", json!("soon")), NotVerified),
        ("sub missing", Claims("sub", Value::Null), NotVerified),
        ("sub empty", Claims("sub", json!("")), NotVerified),
        ("sub a number", Claims("sub", json!(7)), NotVerified),
        ("sub of 5 kB", Claims("sub", json!(long)), NotVerified),
        // B-93, B-113: what the provider says of itself.
        ("issuer with a slash at the end", Tells(Discovery::OtherIssuer), OutOfReach),
        ("issuer in capitals", Tells(Discovery::Shouted), OutOfReach),
        ("no issuer", Tells(Discovery::NoIssuer), OutOfReach),
        ("discovery is a page", Tells(Discovery::Html), OutOfReach),
        ("discovery of 10 MB", Tells(Discovery::Endless), OutOfReach),
        ("discovery leads to an address within", Tells(Discovery::Elsewhere), OutOfReach),
        ("discovery takes a minute", Tells(Discovery::Silent), OutOfReach),
        ("discovery is not there", Tells(Discovery::Missing), OutOfReach),
        ("discovery is broken", Tells(Discovery::Broken), OutOfReach),
        ("no authorization_endpoint", Tells(Discovery::NoDoor), OutOfReach),
        ("no token_endpoint", Tells(Discovery::NoTokens), OutOfReach),
        ("no jwks_uri", Tells(Discovery::NoKeysAddress), OutOfReach),
        ("no keys", Tells(Discovery::NoKeys), NotVerified),
        ("1,000 keys", Tells(Discovery::ManyKeys), OutOfReach),
        ("10,000 keys", Tells(Discovery::EndlessKeys), OutOfReach),
        ("10 MB of keys", Tells(Discovery::HugeKeys), OutOfReach),
        ("the keys are a page", Tells(Discovery::HtmlKeys), OutOfReach),
        ("a key that can be broken", Tells(Discovery::WeakKey), OutOfReach),
        // The exchange of the code.
        ("no ID token", Gives(Exchange::NoIdToken), NotVerified),
        ("an ID token that is none", Gives(Exchange::Garbled), NotVerified),
        ("the code is not taken", Gives(Exchange::Refused), NotVerified),
        ("the exchange is broken", Gives(Exchange::Broken), NotVerified),
        ("the exchange is a page", Gives(Exchange::Html), NotVerified),
        ("half of an answer", Gives(Exchange::Torn), NotVerified),
        ("an answer of 10 MB", Gives(Exchange::Endless), NotVerified),
        ("the exchange leads to an address within", Gives(Exchange::Elsewhere), NotVerified),
        // B-96, B-97: whom it may speak for.
        ("email missing", Claims("email", Value::Null), NotConnected),
        ("email is no address", Claims("email", json!("mary")), NotConnected),
        ("email_verified false", Claims("email_verified", json!(false)), NotConnected),
        ("email_verified absent", Claims("email_verified", Value::Null), NotConnected),
        ("email_verified in words", Claims("email_verified", json!("true")), NotVerified),
        ("email of another domain", Claims("email", json!("mary@evil.example")), NotConnected),
        ("email of a domain below", Claims("email", json!("mary@acme.example.evil.example")), NotConnected),
        ("email of an administrator", Claims("email", json!(ADA)), NotConnected),
        ("userinfo of somebody else", TellsMore("another", "mary@acme.example"), NotConnected),
        ("userinfo tells an address of another domain", TellsMore("mary", "mary@evil.example"), NotConnected),
        // B-98: who may not come in.
        ("the person is locked", Meanwhile(Happens::TheyAreLocked), Hears::Locked),
        ("the person is deleted", Meanwhile(Happens::TheyAreDeleted), Hears::Deleted),
        ("the method is switched off", Meanwhile(Happens::TheMethodIsSwitchedOff), Hears::Off),
    ]
}

/// What may not become more, whatever a provider does.
#[derive(Debug, PartialEq, Eq)]
struct Kept {
    people: i64,
    accounts: i64,
    memberships: i64,
    sessions: i64,
}

async fn kept(console: &Console) -> Kept {
    let mut tx = console.db.read().await.unwrap();
    let mut count = async |sql: &'static str| tx.number(sql, []).await.unwrap();
    Kept {
        people: count("SELECT count(*) FROM users").await,
        accounts: count("SELECT count(*) FROM identities").await,
        memberships: count("SELECT count(*) FROM memberships").await,
        sessions: count("SELECT count(*) FROM sessions WHERE user_id IS NOT NULL").await,
    }
}

/// A console with two methods of one provider, and somebody who has come in before and is out again.
struct Story {
    console: Console,
    identities: Identities,
    method: Method,
    other: Method,
    linus: UserId,
}

impl Story {
    async fn of(database: Database) -> Self {
        let identities = Identities::start().await;
        let console = console(&identities, database, None).await;
        let method = on(&console, &wanted(&identities)).await;
        let (db, ada) = (&console.db, console.ada().await);
        let paris = nodes::add(db, &ada, NodeId::ROOT, "Paris").await.unwrap();
        methods::start(db, &ada, paris.id, "").await.unwrap();
        let elsewhere = WantedMethod {
            word: String::new(),
            ..wanted(&identities)
        };
        let other = methods::change(db, &ada, console.state.secrets(), paris.id, &elsewhere)
            .await
            .unwrap();
        let linus = known(&console, &identities, &method, "linus").await;
        Self {
            console,
            identities,
            method,
            other,
            linus,
        }
    }

    /// The provider behaves again, and nothing it said before is remembered.
    async fn fresh(&mut self, number: usize) {
        self.identities.tells(Discovery::True);
        self.identities.gives(Exchange::Token);
        self.identities.tells_more(None);
        let (db, ada) = (&self.console.db, self.console.ada().await);
        let scopes = format!("openid email case{number}");
        let wanted = WantedMethod {
            scopes,
            ..wanted(&self.identities)
        };
        let (secrets, node) = (self.console.state.secrets(), self.method.node_id);
        methods::change(db, &ada, secrets, node, &wanted)
            .await
            .unwrap();
        self.method = methods::switch(db, &ada, node, Switch::On).await.unwrap();
    }

    /// Somebody tries to sign in while this happens; what they hear in the end.
    async fn tries(&self, does: &Does) -> Answer {
        let mut browser = self.console.browser().without("sec-fetch-site");
        if let Tells(discovery) = does {
            self.identities.tells(*discovery);
        }
        if let TellsMore(sub, email) = does {
            let more = json!({ "sub": sub, "email": email, "email_verified": true });
            self.identities.tells_more(Some(more));
        }
        if matches!(does, Tells(discovery) if *discovery != Discovery::NoKeys) {
            return browser.get(&format!("/sign-in/{}", self.method.id)).await;
        }
        let away = leave(&mut browser, &self.method, "").await;
        let is_about_linus = matches!(
            does,
            Meanwhile(Happens::TheyAreLocked | Happens::TheyAreDeleted)
        );
        let who = if is_about_linus { "linus" } else { "mary" };
        let email = format!("{who}@acme.example");
        let mut claims = self.identities.claims(who, &email, &away.nonce);
        let mut signature = Signature::Good;
        match does {
            Signs(other) => signature = *other,
            Gives(exchange) => self.identities.gives(*exchange),
            Claims(claim, value) => claims[*claim] = value.clone(),
            TellsMore(..) => {
                claims["email"] = Value::Null;
                claims["email_verified"] = Value::Null;
            }
            Tells(_) | Comes(_) | Meanwhile(_) => {}
        }
        self.identities.says(&claims, signature, &away.challenge);
        match does {
            Comes(queries) => self.comes(&mut browser, &away, queries).await,
            Meanwhile(happens) => self.meanwhile(*happens, &mut browser, &away).await,
            _ => self.comes(&mut browser, &away, &[GOOD]).await,
        }
    }

    async fn comes(&self, browser: &mut Browser, away: &Away, queries: &[&str]) -> Answer {
        let mut last = None;
        for query in queries {
            let query = query.replace("{}", &away.state);
            let path = format!("/sign-in/{}/callback?{query}", self.method.id);
            last = Some(browser.get(&path).await);
        }
        last.unwrap()
    }

    async fn meanwhile(&self, happens: Happens, browser: &mut Browser, away: &Away) -> Answer {
        let (db, ada) = (&self.console.db, self.console.ada().await);
        let back = format!("callback?code=good&state={}", away.state);
        match happens {
            Happens::AnHourPasses => late(&self.console, browser).await,
            Happens::AnotherBrowserComes => *browser = self.console.browser(),
            Happens::TheyComeToAnotherMethod => {
                return browser
                    .get(&format!("/sign-in/{}/{back}", self.other.id))
                    .await;
            }
            Happens::TheyAreLocked => users::lock(db, &ada, &self.linus).await.unwrap(),
            Happens::TheyAreDeleted => deleted(&self.console, &self.linus).await,
            Happens::TheMethodIsSwitchedOff => {
                methods::switch(db, &ada, self.method.node_id, Switch::Off)
                    .await
                    .unwrap();
            }
        }
        browser
            .get(&format!("/sign-in/{}/{back}", self.method.id))
            .await
    }
}

/// Somebody who comes in for the first time, and goes again.
async fn known(console: &Console, identities: &Identities, method: &Method, name: &str) -> UserId {
    let email = format!("{name}@acme.example");
    sign_in(
        console,
        identities,
        method,
        (name, &email),
        Signature::Good,
        |_| {},
    )
    .await
    .leads_to("/");
    let user = person(console, &email).await;
    member::sign_out_everywhere(&console.db, &user)
        .await
        .unwrap();
    user.id
}

async fn person(console: &Console, email: &str) -> directory::model::user::User {
    let mut tx = console.db.read().await.unwrap();
    let found = directory::store::people::passphrase_of(&mut tx, email);
    let (id, _) = found.await.unwrap().unwrap();
    let user = directory::store::users::find(&mut tx, &id).await.unwrap();
    user.unwrap()
}

/// Whoever left in this browser did so an hour ago.
async fn late(console: &Console, browser: &Browser) {
    let hash = sha256(browser.session.as_deref().unwrap());
    let mut tx = console.db.write().await.unwrap();
    let session = sessions::load(&mut tx, &hash).await.unwrap().unwrap();
    let mut data: Value = serde_json::from_str(&session.data).unwrap();
    let until = data["left_to_sign_in"]["until"].as_i64().unwrap();
    data["left_to_sign_in"]["until"] = json!(until - 3_600_000);
    let text = data.to_string();
    assert!(sessions::update(&mut tx, &hash, 0, &text).await.unwrap());
    tx.commit().await.unwrap();
}

/// As an administrator who deletes somebody leaves them.
async fn deleted(console: &Console, id: &UserId) {
    let mut tx = console.db.write().await.unwrap();
    let now = tx.now();
    let sql =
        "UPDATE users SET recycled_at = $2, locked_by_admin = $3, locked_by = NULL WHERE id = $1";
    tx.run(sql, [id.into(), now.into(), false.into()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn no_misbehaviour_of_a_provider_lets_anybody_in_or_leaves_anything_behind() {
    for database in databases().await {
        let mut story = Story::of(database).await;
        let now = story.identities.claims("", "", "")["iat"].as_u64().unwrap();
        let table = misbehaviours(story.identities.issuer(), now);
        let (kind, mut wrong) = (story.console.db.kind(), Vec::new());
        for (number, (name, does, hears)) in table.into_iter().enumerate() {
            story.fresh(number).await;
            let before = kept(&story.console).await;
            let answer = story.tries(&does).await;
            let (status, sentence) = hears.status_and_sentence();
            if answer.status != status || !answer.text.contains(sentence) {
                wrong.push((name, hears, answer.status));
            }
            assert_eq!(kept(&story.console).await, before, "{name} on {kind}");
            story.console.verify().await;
        }
        assert!(wrong.is_empty(), "on {kind}: {wrong:?}");
        // The same person at the same provider is let in once it behaves.
        story.fresh(1_000).await;
        let answer = story.tries(&Comes(&[GOOD])).await;
        answer.leads_to("/");
    }
}

#[tokio::test]
async fn whoever_takes_somebody_else_s_address_at_the_provider_stays_who_they_are() {
    for database in databases().await {
        let story = Story::of(database).await;
        let (console, identities) = (&story.console, &story.identities);
        known(console, identities, &story.method, "mary").await;
        let before = kept(console).await;
        // Linus is called mary@acme.example there from now on.
        let who = ("linus", "mary@acme.example");
        sign_in(
            console,
            identities,
            &story.method,
            who,
            Signature::Good,
            |_| {},
        )
        .await
        .leads_to("/");
        let after = kept(console).await;
        assert_eq!(
            (after.people, after.accounts, after.sessions),
            (before.people, before.accounts, before.sessions + 1)
        );
        let linus = person(console, "linus@acme.example").await;
        assert_eq!(linus.id, story.linus, "the address stays (B-95)");
        let mut tx = console.db.read().await.unwrap();
        let sql = "SELECT count(*) FROM sessions WHERE user_id = $1";
        assert_eq!(tx.number(sql, [(&story.linus).into()]).await.unwrap(), 1);
        let sql = "SELECT count(*) FROM events WHERE code = 'signed_in' AND details LIKE '%mary@acme.example%'";
        assert_eq!(tx.number(sql, []).await.unwrap(), 1, "the events tell it");
        drop(tx);
        console.verify().await;
    }
}

#[tokio::test]
async fn two_hundred_first_sign_ins_of_one_account_at_once_are_one_person() {
    for database in databases().await {
        let story = Story::of(database).await;
        let (console, method) = (&story.console, &story.method);
        let before = kept(console).await;
        let mut away = Vec::new();
        for _ in 0..200 {
            let mut browser = console.browser();
            let left = leave(&mut browser, method, "").await;
            away.push((browser, left));
        }
        let identities = &story.identities;
        for (_, left) in &away {
            let claims = identities.claims("mary", "mary@acme.example", &left.nonce);
            identities.says(&claims, Signature::Good, &left.challenge);
        }
        let come_back = away
            .iter_mut()
            .map(|(browser, left)| crate::sign_in_methods::come_back(browser, method, &left.state));
        let mut came_in = 0;
        for answer in futures::future::join_all(come_back).await {
            // A server with its hands full says so (503), and they come again later.
            match answer.status {
                303 => came_in += 1,
                status => assert_eq!(status, 503, "{answer:?}"),
            }
        }
        let after = kept(console).await;
        assert_eq!(
            (after.people, after.accounts),
            (before.people + 1, before.accounts + 1)
        );
        let sessions = after.sessions - before.sessions;
        assert!(came_in > 0 && (came_in..=200).contains(&sessions));
        console.verify().await;
    }
}

#[tokio::test]
async fn a_domain_that_is_gone_speaks_for_nobody_new() {
    for database in databases().await {
        let story = Story::of(database).await;
        let (db, ada) = (&story.console.db, story.console.ada().await);
        domains::remove(db, &ada, "acme.example").await.unwrap();
        let before = kept(&story.console).await;
        let answer = story.tries(&Comes(&[GOOD])).await.is(403);
        assert!(answer.text.contains("Ask your administrator to connect"));
        assert_eq!(kept(&story.console).await, before);
        story.console.verify().await;
    }
}
