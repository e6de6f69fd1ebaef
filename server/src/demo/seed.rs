//! What the demo begins with: an organisation, and people whose stories leave something to do for every reason.
//!
//! Nothing is written past the verbs: Ada acts as an administrator does in the console, and everyone in Berlin was pushed
//! over HTTP by the demo's own identity provider.

use directory::access::Admin;
use directory::admin::{approvals, connections, nodes, settings, teams, users};
use directory::model::id::{NodeId, TeamId, UserId};
use directory::model::query::ListQuery;
use directory::model::settings::{Settings, Switch};
use directory::model::user::User;
use directory::secret::{Hashing, new_code};
use directory::sign_in::{By, Identity, Verified, by_identity};
use directory::store::db::Db;
use directory::store::identities::Account;
use directory::{Error, Result, member, set_up};
use futures::{StreamExt, stream};

use super::people::{ADA, People};
use super::provider::{self, DOMAIN};
use super::push::staff::Somebody;
use super::push::style::Style;
use super::push::talk::{KnownPerson, Talk, Target};
use super::push::{Known, Panel};

/// What stands before anybody is pushed.
pub struct Organisation {
    /// The administrator.
    pub ada: User,
    /// The node with the connection.
    pub berlin: NodeId,
    amsterdam: NodeId,
    americas: NodeId,
    issuer: String,
}

/// The groups of Berlin: these are approved, one waits, and one was denied.
const APPROVED: [&str; 3] = [ENGINEERING, DESIGN, OPERATIONS];
const ENGINEERING: &str = "Engineering";
const DESIGN: &str = "Design";
const OPERATIONS: &str = "Operations";
const RESEARCH: &str = "Research";
const CONTRACTORS: &str = "Contractors";

/// The people of Berlin.
fn staff() -> Vec<Somebody> {
    [
        ("Grace", "Hopper", "grace", vec![ENGINEERING, DESIGN]),
        ("Alan", "Turing", "alan", vec![ENGINEERING, RESEARCH]),
        ("Hedy", "Lamarr", "hedy", vec![DESIGN]),
        ("Ben", "Banneker", "ben", vec![ENGINEERING]),
        ("Emmy", "Noether", "emmy", vec![RESEARCH]),
        (
            "Katherine",
            "Johnson",
            "katherine",
            vec![ENGINEERING, RESEARCH],
        ),
        ("Joan", "Clarke", "joan", vec![OPERATIONS]),
        ("Annie", "Easley", "annie", vec![OPERATIONS]),
        ("Charles", "Babbage", "charles", vec![CONTRACTORS]),
    ]
    .into_iter()
    .map(|(given, family, local, groups)| Somebody::new(given, family, local, &groups))
    .collect()
}

/// The root, its nodes, and Ada, who administers all of it and is known to the demo's identity provider.
///
/// # Errors
/// Where the database cannot be written.
pub async fn organisation(db: &Db, hashing: &Hashing, issuer: &str) -> Result<Organisation> {
    let code = set_up::new_code(db)
        .await?
        .ok_or(Error::NotFound("The set-up code"))?;
    let ada = set_up::create_first_administrator(
        db,
        hashing,
        &code,
        "Acme",
        "Ada Lovelace",
        ADA,
        &new_code(),
    )
    .await?;
    let account = Account {
        provider: provider::ID,
        issuer,
        subject: ada.id.as_str(),
    };
    member::connect(db, &ada, account).await?;
    let people = People::new(db.clone(), ada.id.clone());
    let off = Settings {
        approve_at_sign_in: Switch::Off,
    };
    settings::save(db, &people.administrator().await?, off).await?;
    let europe = node(db, &people, NodeId::ROOT, "Europe").await?;
    let americas = node(db, &people, NodeId::ROOT, "Americas").await?;
    let berlin = node(db, &people, europe, "Berlin").await?;
    let amsterdam = node(db, &people, europe, "Amsterdam").await?;
    connections::start(db, &people.administrator().await?, berlin, "Okta").await?;
    Ok(Organisation {
        ada,
        berlin,
        amsterdam,
        americas,
        issuer: issuer.to_owned(),
    })
}

/// Adds a node. What Ada may do is read anew each time: it tells the nodes that were there.
async fn node(db: &Db, people: &People, parent: NodeId, name: &str) -> Result<NodeId> {
    Ok(nodes::add(db, &people.administrator().await?, parent, name)
        .await?
        .id)
}

/// Pushes the people of Berlin, and lets happen to them what leaves something to do.
///
/// # Errors
/// One sentence.
pub async fn people(
    panel: &Panel,
    organisation: &Organisation,
    crowd: usize,
) -> std::result::Result<(), String> {
    let target = panel
        .new_target(organisation.berlin)
        .await
        .map_err(|error| error.to_string())?;
    let mut story = Story {
        panel,
        organisation,
        talk: Talk::new(&panel.outbound, &target, Style::Okta),
        known: Known::default(),
    };
    story
        .tell()
        .await
        .map_err(|error| format!("the demo could not be seeded: {error}"))?;
    let (known, exchanges) = (story.known, story.talk.exchanges.len());
    tracing::debug!(exchanges, "the demo was seeded over HTTP");
    join(panel, &target, crowd).await;
    panel.begin_with(target, known).await;
    Ok(())
}

struct Story<'a> {
    panel: &'a Panel,
    organisation: &'a Organisation,
    talk: Talk<'a>,
    known: Known,
}

impl Story<'_> {
    async fn tell(&mut self) -> Result<()> {
        let (db, admin) = (&self.panel.db, self.panel.people.administrator().await?);
        self.talk.test().await;
        for somebody in staff() {
            let person = self.talk.create(&somebody).await;
            self.known
                .people
                .push(person.ok_or(Error::NotFound("Somebody who was pushed"))?);
        }
        for early in ["grace", "alan", "hedy"] {
            self.signs_in(early).await?;
        }
        self.push_groups().await?;
        for name in APPROVED {
            approvals::approve_team(db, &admin, &self.team(&admin, name).await?).await?;
        }
        approvals::deny_team(db, &admin, &self.team(&admin, CONTRACTORS).await?).await?;
        // Active since, so their places can be approved now; but two of them are locked again.
        for late in ["katherine", "joan", "annie"] {
            self.signs_in(late).await?;
        }
        users::lock(db, &admin, &self.id("joan")?).await?;
        self.leaves("annie").await?;
        self.added_by_hand(&admin).await
    }

    /// Somebody signs in for the first time, as the demo's identity provider would prove it.
    async fn signs_in(&self, local: &str) -> Result<()> {
        let identity = Identity {
            by: By::Settings {
                id: provider::ID.to_owned(),
                domains: vec![DOMAIN.to_owned()],
            },
            issuer: self.organisation.issuer.clone(),
            subject: self.id(local)?.0,
            email: Some(format!("{local}@{DOMAIN}")),
            email_verified: Verified::Yes,
            name: None,
            given_name: None,
            family_name: None,
        };
        by_identity(&self.panel.db, &identity).await.map(|_| ())
    }

    async fn push_groups(&mut self) -> Result<()> {
        for name in [ENGINEERING, DESIGN, OPERATIONS, RESEARCH, CONTRACTORS] {
            let members: Vec<&KnownPerson> = self
                .known
                .people
                .iter()
                .filter(|person| person.who.groups.contains(&name))
                .collect();
            let group = self.talk.push_group(name, &members).await;
            self.known
                .groups
                .push(group.ok_or(Error::NotFound("A group that was pushed"))?);
        }
        Ok(())
    }

    /// The identity provider locks somebody.
    async fn leaves(&mut self, local: &str) -> Result<()> {
        let id = self.id(local)?;
        if !self.talk.deactivate(id.as_str()).await {
            return Err(Error::NotFound("Somebody who was pushed"));
        }
        for person in self
            .known
            .people
            .iter_mut()
            .filter(|person| person.id == id.0)
        {
            person.is_active = false;
        }
        Ok(())
    }

    /// People whom no connection keeps; and one push that is refused, because their address is taken elsewhere.
    async fn added_by_hand(&mut self, admin: &Admin) -> Result<()> {
        let db = &self.panel.db;
        let mary = users::add(
            db,
            admin,
            self.organisation.americas,
            "Mary Golda Ross",
            &format!("mary@{DOMAIN}"),
        )
        .await?;
        users::send_invitation(db, admin, &mary.id).await?;
        users::add(
            db,
            admin,
            self.organisation.amsterdam,
            "Edsger Dijkstra",
            &format!("edsger@{DOMAIN}"),
        )
        .await?;
        self.talk
            .create(&Somebody::new("Edsger", "Dijkstra", "edsger", &[RESEARCH]))
            .await;
        Ok(())
    }

    fn id(&self, local: &str) -> Result<UserId> {
        let person = self
            .known
            .people
            .iter()
            .find(|person| person.who.local == local);
        person
            .map(|person| UserId(person.id.clone()))
            .ok_or(Error::NotFound("Somebody who was pushed"))
    }

    async fn team(&self, admin: &Admin, name: &str) -> Result<TeamId> {
        let query = ListQuery {
            q: name.to_owned(),
            ..ListQuery::default()
        };
        let found = teams::list(&self.panel.db, admin, &query).await?.rows;
        found
            .into_iter()
            .find(|team| team.name == name)
            .map(|team| team.id)
            .ok_or(Error::NotFound("A team that was pushed"))
    }
}

/// How many of the crowd come at once.
const AT_ONCE: usize = 32;
const GIVEN: [&str; 10] = [
    "Ari", "Bo", "Cleo", "Dara", "Eli", "Fay", "Gil", "Hana", "Ivo", "Juno",
];
const FAMILY: [&str; 10] = [
    "Ashdown",
    "Birkenfeld",
    "Castell",
    "Dorne",
    "Elmhurst",
    "Falk",
    "Garrick",
    "Holm",
    "Ingram",
    "Jessop",
];

/// A crowd of people without a story, for trials of scale.
async fn join(panel: &Panel, target: &Target, crowd: usize) {
    stream::iter(0..crowd)
        .for_each_concurrent(AT_ONCE, |number| async move {
            let (given, family) = (GIVEN[number % 10], FAMILY[number / 10 % 10]);
            let local = format!(
                "{}.{}.{number}",
                given.to_lowercase(),
                family.to_lowercase()
            );
            let mut talk = Talk::new(&panel.outbound, target, Style::Okta);
            talk.add(&Somebody::new(given, family, &local, &[])).await;
        })
        .await;
}
