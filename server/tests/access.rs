//! Every page and every server function, for every kind of person, as the table of access says: on both databases.

use directory::admin::{self, roles};
use directory::model::id::{NodeId, RoleId, TeamId, UserId};
use directory::model::role::{ADMINISTRATOR, Privilege, Reach};
use directory::model::settings::Switch;
use directory::model::user::{AttributeValue, Email, Leaf, Profile, User};
use directory::provisioning::{self, teams::NewTeam};
use reqwest::Method;
use serde_json::json;
use server::access::{Asks, EXPORTS, FUNCTIONS, PAGES};
use tower_sessions::SessionStore as _;

use crate::support::{Answer, Browser, Console, Database, databases, sqlite};

/// Somebody who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Stranger,
    Member,
    /// Every privilege at a node beside Berlin, and below it.
    Beside,
    /// Every privilege at the top, and nothing below it.
    Above,
    /// One privilege at Berlin.
    With(Privilege),
    /// Administrator of everything.
    Root,
}

/// What somebody hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// Done, or refused for another reason than a right.
    Done,
    SignedOut,
    Forbidden,
    NotFound,
}

use Heard::{Done, Forbidden, NotFound, SignedOut};

fn everybody() -> Vec<Who> {
    let mut all = vec![
        Who::Stranger,
        Who::Member,
        Who::Beside,
        Who::Above,
        Who::Root,
    ];
    all.extend(Privilege::ALL.iter().copied().map(Who::With));
    all
}

impl Who {
    fn may_at_berlin(self, privilege: Privilege) -> bool {
        self == Self::Root || self == Self::With(privilege)
    }

    fn sees_berlin(self) -> bool {
        matches!(self, Self::Root | Self::With(_))
    }

    fn may_somewhere(self, privilege: Privilege) -> bool {
        matches!(self, Self::Beside | Self::Above) || self.may_at_berlin(privilege)
    }

    /// What the table says this person hears.
    fn hears(self, asks: Asks) -> Heard {
        let or = |may: bool, otherwise| if may { Done } else { otherwise };
        match (self, asks) {
            (_, Asks::Nothing) | (Self::Root | Self::Above, Asks::Top(_)) => Done,
            (Self::Stranger, _) => SignedOut,
            (_, Asks::Entered | Asks::Arrived | Asks::Person) => Done,
            (Self::Member, _) => Forbidden,
            (_, Asks::Administrator) => Done,
            (_, Asks::Somewhere(privilege)) => or(self.may_somewhere(privilege), Forbidden),
            (_, Asks::Sight) => or(self.sees_berlin(), NotFound),
            (_, Asks::Of(privilege)) => or(self.may_at_berlin(privilege), NotFound),
            (_, Asks::At(privilege)) => match (self.may_at_berlin(privilege), self.sees_berlin()) {
                (true, _) => Done,
                (false, true) => Forbidden,
                (false, false) => NotFound,
            },
            (_, Asks::Top(_)) => NotFound,
        }
    }
}

/// Berlin with all that can lie at a node, and somebody who comes.
struct Story {
    console: Console,
    berlin: NodeId,
    /// Of Berlin, and active.
    grace: UserId,
    team: TeamId,
    role: RoleId,
    storm: String,
    request: String,
    token: String,
    kim: UserId,
}

impl Story {
    async fn of(database: Database, who: Who) -> Self {
        let console = Console::start(database).await;
        let (berlin, token) = console.connection("Berlin").await;
        let ada = console.ada().await;
        let asia = admin::nodes::add(&console.db, &ada, NodeId::ROOT, "Asia")
            .await
            .unwrap();
        let (grace, team, storm) = crowd(&console, berlin).await;
        let role = roles::add(&console.db, &ada, berlin, wanted("Of Berlin"))
            .await
            .unwrap();
        admin::sign_in_methods::start(&console.db, &ada, berlin, "")
            .await
            .unwrap();
        admin::domains::add(&console.db, &ada, "acme.example")
            .await
            .unwrap();
        let kim = kim(&console, who, berlin, asia.id).await;
        console
            .browser()
            .with("authorization", &format!("Bearer {token}"))
            .without("sec-fetch-site")
            .get(&format!("{}/Users", console.scim(berlin)))
            .await;
        console.state.scim_log.flush().await;
        let request = one(&console, "SELECT max(id) FROM requests").await.unwrap();
        let token = one(&console, "SELECT max(id) FROM tokens").await.unwrap();
        Self {
            berlin,
            grace,
            team,
            role: role.id,
            storm,
            request,
            token,
            kim,
            console,
        }
    }

    /// A new browser: signed in, unless it is a stranger's.
    async fn browser(&self, who: Who) -> Browser {
        let browser = match who {
            Who::Stranger => self.console.browser(),
            _ => self.console.browser_of(&self.user(&self.kim).await).await,
        };
        browser.with("accept", "application/json")
    }

    async fn user(&self, id: &UserId) -> User {
        let mut tx = self.console.db.read().await.unwrap();
        let found = directory::store::users::find(&mut tx, id).await.unwrap();
        found.unwrap()
    }

    async fn events(&self) -> String {
        one(&self.console, "SELECT max(id) FROM events")
            .await
            .unwrap()
    }

    /// Every field that any function reads; each takes its own.
    fn form(&self, function: &str, ids: Ids) -> Vec<(&'static str, String)> {
        let there = |id: &str| match ids {
            Ids::Berlin => id.to_owned(),
            Ids::Nowhere if id.parse::<i64>().is_ok() => "999".to_owned(),
            Ids::Nowhere => "nothing".to_owned(),
        };
        let berlin = self.berlin.to_string();
        let id = match function.split('/').next().unwrap() {
            "nodes" => &berlin,
            "teams" => &self.team.0,
            "requests" if function == "requests/one" => &self.request,
            "roles" if function == "roles/of_team" => &self.team.0,
            "roles" => &self.role.0,
            _ => &self.grace.0,
        };
        let name = if function.starts_with("domains/") {
            "acme.example"
        } else {
            "Another"
        };
        let mut form = vec![
            ("name", name.to_owned()),
            ("id", there(id)),
            ("node", there(&berlin)),
            ("parent", there(&berlin)),
            ("team", there(self.team.as_str())),
            ("user", there(self.grace.as_str())),
            ("role", there(self.role.as_str())),
            ("storm", there(&self.storm)),
            ("token", there(&self.token)),
            ("people[]", there(self.grace.as_str())),
        ];
        let same = [
            ("email", "another@acme.example"),
            ("person", "grace@acme.example"),
            ("from", "/"),
            ("fate", "keep"),
            ("guard", "apply"),
            ("passwords", "ignored"),
            ("invitation_mail", "off"),
            ("resend_invitations", "7"),
            ("keep_address", "on"),
            ("allowed_addresses", "127.0.0.0/8"),
            ("reach", "here"),
            ("manage_roles", "on"),
            ("days", "30"),
            ("subject", ""),
            ("heading", ""),
            ("message", ""),
            ("button", ""),
            ("sends", ""),
            ("again_after_days", ""),
            ("theme", "dark"),
            ("shortcuts", "off"),
            ("code", "wrong"),
            ("organisation", "Acme"),
            ("address", "nobody@acme.example"),
            ("passphrase", "not the right one"),
            ("current", "not the right one"),
            ("return_to", "/"),
            ("issuer", "https://login.acme.example"),
            ("client_id", "muster"),
            ("client_secret", ""),
            ("word", ""),
            ("scopes", "openid email"),
            ("rs256", "on"),
            ("to", "off"),
            ("domain", "acme.example"),
            ("method", ""),
            ("typed", "Accept"),
            ("step", "profile"),
            ("outcome", "done"),
            ("onboarding", "off"),
            ("tour", "off"),
            ("session", "none"),
            ("deed", "lock"),
            ("plan", "nothing"),
            ("then", "/"),
            ("second_factor", ""),
            ("of", "users"),
            ("narrowed", "?q=grace"),
        ];
        form.extend(same.map(|(name, value)| (name, value.to_owned())));
        for field in LIST {
            let value = if ["page", "rows"].contains(&&field[6..field.len() - 1]) {
                "1"
            } else {
                ""
            };
            form.push((field, value.to_owned()));
        }
        form.extend(["query[page]", "query[rows]"].map(|name| (name, "1".to_owned())));
        form.extend(["query[q]", "query[state]", "query[sort]"].map(|name| (name, String::new())));
        form
    }

    /// Calls a function; what was heard, and all that came back.
    async fn call(&self, who: Who, function: &str, ids: Ids) -> (Heard, String) {
        let mut browser = self.browser(who).await;
        let form = self.form(function, ids);
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = browser.post(&format!("/api/{function}"), &form).await;
        let said = self.said(&browser, answer).await;
        assert!(!said.contains("unreadable"), "{function}: {said}");
        (heard(&said), said)
    }

    /// The answer, and what was left to be said on the next page.
    async fn said(&self, browser: &Browser, answer: Answer) -> String {
        let left = match &browser.session {
            None => None,
            Some(id) => {
                let store = server::session::Sessions::new(self.console.db.clone());
                let found = store.load(&id.parse().unwrap()).await.unwrap();
                found.and_then(|session| session.data.get("flash").cloned())
            }
        };
        let left = left.map(|mut flash| {
            // What was typed comes back as it was typed.
            if let Some(refused) = flash.get_mut("refused").and_then(|one| one.as_object_mut()) {
                refused.remove("values");
            }
            flash.to_string()
        });
        let left = left.unwrap_or_default();
        format!("{} {} {left}", answer.status, answer.text)
    }
}

/// The fields of a list and of a log.
const LIST: [&str; 11] = [
    "asked[q]",
    "asked[state]",
    "asked[sort]",
    "asked[page]",
    "asked[rows]",
    "asked[outcome]",
    "asked[client]",
    "asked[kind]",
    "asked[about]",
    "asked[before]",
    "asked[after]",
];

/// Which ids are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ids {
    Berlin,
    Nowhere,
}

fn heard(said: &str) -> Heard {
    let is = |sentence: &str| said.contains(sentence);
    if is("signed_out") {
        SignedOut
    } else if is("You need the privilege") || is("This page is for administrators") {
        Forbidden
    } else if is("\"not_found\"") || is("This was not found") {
        NotFound
    } else {
        Done
    }
}

fn wanted(name: &str) -> roles::Wanted {
    roles::Wanted {
        name: name.to_owned(),
        visible_below: Switch::Off,
        for_new_users: Switch::Off,
    }
}

async fn one(console: &Console, sql: &'static str) -> Option<String> {
    let mut tx = console.db.read().await.unwrap();
    let found = tx.first::<(Option<String>,)>(sql, []).await.unwrap();
    found.and_then(|row| row.0)
}

/// Grace, who is active and waits in a team; and a storm of others.
async fn crowd(console: &Console, node: NodeId) -> (UserId, TeamId, String) {
    let db = &console.db;
    let mut tx = db.read().await.unwrap();
    let connection = directory::store::connections::find(&mut tx, node).await;
    let connection = connection.unwrap().unwrap();
    drop(tx);
    let create = async |name: &str| {
        let email = format!("{name}@acme.example");
        let profile = Profile {
            user_name: email.clone(),
            active: Some(true),
            attributes: json!({ "emails": [{ "value": email }] }).to_string(),
            values: vec![AttributeValue {
                attribute: "emails".to_owned(),
                item: 0,
                part: "value".to_owned(),
                value: Leaf::Text(email.clone()),
            }],
            emails: vec![Email {
                value: email,
                primary: true,
            }],
            ..Profile::default()
        };
        let created = provisioning::users::create(db, &connection, profile, Vec::new()).await;
        created.unwrap().user.id
    };
    let grace = create("grace").await;
    come_in(console, &grace).await;
    let new = NewTeam {
        name: "Ops".to_owned(),
        external_id: None,
        members: vec![grace.clone()],
    };
    let team = provisioning::teams::create(db, &connection, new).await;
    for number in 0..15 {
        let id = create(&format!("person{number}")).await;
        let removed =
            provisioning::users::remove(db, &connection, &id, |_| Ok::<_, directory::Error>(()));
        removed.await.unwrap();
    }
    let storm = one(console, "SELECT max(id) FROM storms").await.unwrap();
    (grace, team.unwrap().team.id, storm)
}

async fn come_in(console: &Console, user: &UserId) {
    let mut tx = console.db.write().await.unwrap();
    let now = tx.now();
    directory::store::users::sign_in(&mut tx, user, now)
        .await
        .unwrap();
    directory::store::invitations::consume(&mut tx, user)
        .await
        .unwrap();
    // The steps after a first sign-in are another test's.
    directory::store::onboarding::end(&mut tx, user)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Kim of the top, with what this kind of person may do.
async fn kim(console: &Console, who: Who, berlin: NodeId, asia: NodeId) -> UserId {
    let (db, ada) = (&console.db, console.ada().await);
    let added = admin::users::add(db, &ada, NodeId::ROOT, "Kim", "kim@acme.example");
    let kim = added.await.unwrap().id;
    come_in(console, &kim).await;
    let (node, given, reach) = match who {
        Who::Stranger | Who::Member => return kim,
        Who::Root => {
            let id = RoleId::from(ADMINISTRATOR);
            roles::holders::give(db, &ada, &id, &kim).await.unwrap();
            return kim;
        }
        Who::Beside => (asia, Privilege::ALL.to_vec(), Reach::Below),
        Who::Above => (NodeId::ROOT, Privilege::ALL.to_vec(), Reach::Here),
        Who::With(privilege) => (berlin, vec![privilege], Reach::Below),
    };
    let role = roles::add(db, &ada, NodeId::ROOT, wanted("Of Kim"))
        .await
        .unwrap();
    roles::privileges::set(db, &ada, &role.id, node, &given, reach)
        .await
        .unwrap();
    roles::holders::give(db, &ada, &role.id, &kim)
        .await
        .unwrap();
    kim
}

#[tokio::test]
async fn every_function_does_for_everybody_what_the_table_says() {
    for who in everybody() {
        for database in databases().await {
            let story = Story::of(database, who).await;
            for (function, asks) in FUNCTIONS {
                let (before, expected) = (story.events().await, who.hears(*asks));
                let (heard, said) = story.call(who, function, Ids::Berlin).await;
                if matches!(asks, Asks::Nothing) {
                    // Wrong codes and links are refused here too, but nobody is for who they are.
                    assert!(
                        ![SignedOut, Forbidden].contains(&heard),
                        "{function} {who:?}: {said}"
                    );
                    continue;
                }
                assert_eq!(heard, expected, "{function} by {who:?}: {said}");
                if expected != Done {
                    assert_eq!(
                        story.events().await,
                        before,
                        "{function} by {who:?} did something"
                    );
                }
                if expected == NotFound && !matches!(asks, Asks::Top(_)) {
                    let (_, nowhere) = story.call(who, function, Ids::Nowhere).await;
                    assert_eq!(
                        said, nowhere,
                        "{function} by {who:?}: elsewhere is as nowhere"
                    );
                }
            }
            story.console.verify().await;
        }
    }
}

#[tokio::test]
async fn every_page_opens_for_those_the_table_says() {
    for who in everybody() {
        for database in databases().await {
            let story = Story::of(database, who).await;
            let all = PAGES.iter().chain(EXPORTS);
            for (page, asks) in all.filter(|(_, asks)| *asks != Asks::Nothing) {
                let address = address(&story, page);
                let mut browser = story.browser(who).await.with("accept", "text/html");
                let answer = browser.get(&address).await;
                match (who, who.hears(*asks)) {
                    (Who::Stranger, _) => {
                        assert!(answer.is(303).header("location").starts_with("/sign-in"));
                    }
                    (Who::Member, Forbidden) => {
                        answer.leads_to("/welcome");
                    }
                    (_, expected) => {
                        let status = match expected {
                            Forbidden => 403,
                            NotFound => 404,
                            _ => 200,
                        };
                        assert_eq!(answer.status, status, "{page} by {who:?}");
                    }
                }
            }
        }
    }
}

fn address(story: &Story, page: &str) -> String {
    let id = if page.starts_with("/users") {
        story.grace.0.clone()
    } else if page.starts_with("/teams") {
        story.team.0.clone()
    } else if page.starts_with("/roles") {
        story.role.0.clone()
    } else {
        story.berlin.to_string()
    };
    let address = page
        .replace(":id", &id)
        .replace(":storm", &story.storm)
        .replace(":request", &story.request);
    if page == "/roles/team" {
        format!("{address}?role={}&team={}", story.role, story.team)
    } else {
        address
    }
}

#[tokio::test]
async fn a_token_is_made_by_those_who_may_alone() {
    for who in everybody() {
        let story = Story::of(sqlite().await, who).await;
        let path = format!("/nodes/{}/connection/token", story.berlin);
        let mut browser = story.browser(who).await.with("accept", "text/html");
        let answer = browser.post(&path, &[("name", "Another")]).await;
        let expected = who.hears(Asks::At(Privilege::ManageConnections));
        assert_eq!(answer.text.contains("scimc_"), expected == Done, "{who:?}");
    }
}

#[tokio::test]
async fn the_table_knows_every_function_and_every_page() {
    // The functions are known once a router was made.
    let _console = Console::start(sqlite().await).await;
    let mut functions: Vec<String> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| {
            assert_eq!(method, Method::POST);
            path.trim_start_matches("/api/").to_owned()
        })
        .collect();
    let mut declared: Vec<String> = FUNCTIONS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    functions.sort_unstable();
    declared.sort_unstable();
    assert_eq!(declared, functions);
    let routes = include_str!("../../app/src/lib.rs");
    let mut pages: Vec<&str> = routes
        .split("path!(\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let mut declared: Vec<&str> = PAGES.iter().map(|(page, _)| *page).collect();
    pages.sort_unstable();
    declared.sort_unstable();
    assert_eq!(declared, pages);
}
