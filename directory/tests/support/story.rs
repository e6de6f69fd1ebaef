//! Acme: Ada administers; Grace is active, Ben invited, Linus locked; teams Ops and Design; Berlin lies under Europe.

use directory::access::{self, Admin};
use directory::admin::{self, connections};
use directory::model::connection::{Connection, UniqueNames};
use directory::model::id::{NodeId, TeamId, UserId};
use directory::model::user::{AttributeValue, Email, Leaf, Profile, User};
use directory::provisioning;
use directory::provisioning::teams::{Members, NewTeam, Revision, TeamChange};
use directory::provisioning::users::TeamRevision;
use directory::secret::{Cost, Hashing, Secrets};
use directory::sign_in::{self, By, Identity, Verified};
use directory::store::db::Db;
use directory::{Result, set_up};

use super::Database;

/// The passphrase of Ada.
pub const PASSPHRASE: &str = "an engine of differences";

/// The organisation, and those of it the tests speak of.
pub struct Story {
    pub secrets: Secrets,
    pub hashing: Hashing,
    pub ada: Admin,
    pub europe: NodeId,
    pub berlin: NodeId,
    /// Okta, which keeps Berlin.
    pub okta: Connection,
    pub token: String,
    pub grace: UserId,
    pub ben: UserId,
    pub linus: UserId,
    /// Asked for with Grace, Ben and Linus.
    pub ops: TeamId,
    /// Asked for with Grace.
    pub design: TeamId,
}

/// Hashes that cost next to nothing.
pub fn hashing() -> Hashing {
    Hashing::new(Cost::Least).unwrap()
}

/// The address of somebody at Acme.
pub fn address_of(name: &str) -> String {
    format!("{}@acme.example", name.to_lowercase())
}

/// What an identity provider says of somebody.
pub fn profile(name: &str) -> Profile {
    let email = address_of(name);
    let leaf = |attribute: &str, part: &str, text: &str| AttributeValue {
        attribute: attribute.to_owned(),
        item: 0,
        part: part.to_owned(),
        value: Leaf::Text(text.to_owned()),
    };
    Profile {
        user_name: email.clone(),
        external_id: Some(format!("00u{name}")),
        active: Some(true),
        display_name: Some(name.to_owned()),
        emails: vec![Email {
            value: email.clone(),
            primary: true,
        }],
        attributes: serde_json::json!({ "displayName": name, "emails": [{ "value": email }] })
            .to_string(),
        values: vec![
            leaf("displayName", "", name),
            leaf("emails", "value", &email),
        ],
        ..Profile::default()
    }
}

/// Ada signs in by her passphrase.
pub async fn by_passphrase_of_ada(db: &Db, hashing: &Hashing) -> Result<User> {
    sign_in::by_passphrase(db, hashing, "ada@acme.example", PASSPHRASE).await
}

impl Story {
    /// Tells it to an empty database, by the same verbs as everybody else.
    pub async fn of(database: &Database) -> Self {
        let (db, secrets, hashing) = (&database.db, Secrets::generate(), hashing());
        let code = set_up::new_code(db).await.unwrap().unwrap();
        let first = set_up::create_first_administrator(
            db,
            &hashing,
            &code,
            "Acme",
            "Ada Lovelace",
            "ada@acme.example",
            PASSPHRASE,
        );
        let ada = admin_of(db, &first.await.unwrap().id).await;
        let europe = admin::nodes::add(db, &ada, NodeId::ROOT, "Europe")
            .await
            .unwrap()
            .id;
        let berlin = admin::nodes::add(db, &ada, europe, "Berlin")
            .await
            .unwrap()
            .id;
        connections::start(db, &ada, berlin, "Okta").await.unwrap();
        let token = connections::generate_token(db, &ada, &secrets, berlin, "Okta")
            .await
            .unwrap()
            .secret;
        let okta = connections::save(db, &ada, berlin, "Okta", UniqueNames::Off)
            .await
            .unwrap();
        let create = async |name: &str| {
            provisioning::users::create(db, &okta, profile(name), vec![])
                .await
                .unwrap()
                .user
                .id
        };
        let (grace, ben, linus) = (
            create("Grace").await,
            create("Ben").await,
            create("Linus").await,
        );
        let push = async |name: &str, members: &[&UserId]| {
            let members = members.iter().map(|id| (*id).clone()).collect();
            let new = NewTeam {
                name: name.to_owned(),
                external_id: None,
                members,
            };
            provisioning::teams::create(db, &okta, new)
                .await
                .unwrap()
                .team
                .id
        };
        let ops = push("Ops", &[&grace, &ben, &linus]).await;
        let design = push("Design", &[&grace]).await;
        for name in ["Grace", "Linus"] {
            sign_in::by_identity(db, &Self::identity(name))
                .await
                .unwrap();
        }
        admin::users::lock(db, &ada, &linus).await.unwrap();
        Self {
            secrets,
            hashing,
            ada,
            europe,
            berlin,
            okta,
            token,
            grace,
            ben,
            linus,
            ops,
            design,
        }
    }

    /// What the identity provider proves of somebody.
    pub fn identity(name: &str) -> Identity {
        Identity {
            by: Self::provider(&["acme.example"]),
            issuer: "https://id.acme.example".to_owned(),
            subject: format!("subject-{name}"),
            email: Some(address_of(name)),
            email_verified: Verified::Yes,
            name: None,
            given_name: None,
            family_name: None,
        }
    }

    /// The provider of the server's settings, speaking for these domains.
    pub fn provider(domains: &[&str]) -> By {
        By::Settings {
            id: "sso".to_owned(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
        }
    }

    /// Okta pushes other members of a team.
    pub async fn push_members(&self, db: &Db, team: &TeamId, members: Revision) {
        let change = TeamChange {
            members: Some(members),
            ..TeamChange::default()
        };
        let taken = |_: &_| Ok::<_, directory::Error>(());
        provisioning::teams::patch(db, &self.okta, team, change, Members::Excluded, taken)
            .await
            .unwrap();
    }

    /// Okta pushes what it says of somebody now.
    pub async fn push_profile(&self, db: &Db, id: &UserId, profile: Profile) {
        let change = |_: &_| Ok::<_, directory::Error>((profile, TeamRevision::default()));
        provisioning::users::revise(db, &self.okta, id, change)
            .await
            .unwrap();
    }

    /// Somebody, as they are now.
    pub async fn person(&self, db: &Db, id: &UserId) -> User {
        admin::users::get(db, &self.ada, id).await.unwrap().user
    }

    /// Ada, with the powers and the tree of now.
    pub async fn ada_now(&self, db: &Db) -> Admin {
        admin_of(db, &self.ada.user_id).await
    }
}

/// Somebody with the powers they have now.
pub async fn admin_of(db: &Db, id: &UserId) -> Admin {
    let mut tx = db.read().await.unwrap();
    let user = directory::store::users::find(&mut tx, id)
        .await
        .unwrap()
        .unwrap();
    access::admin(&mut tx, &user).await.unwrap()
}
