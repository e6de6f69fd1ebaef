//! Who can be chosen in the demo, and the administrator it acts for.

use directory::access::{self, Admin};
use directory::admin::users;
use directory::model::id::UserId;
use directory::model::query::ListQuery;
use directory::model::user::{Status, UserInList};
use directory::store::db::Db;
use directory::{Error, Result};

/// The address of the administrator.
pub const ADA: &str = "ada@acme.example";
/// The address of the member whose choice is as near.
pub const BEN: &str = "ben@acme.example";
/// How many others are shown at once.
const SHOWN: i64 = 50;

/// The people of the demo.
#[derive(Clone)]
pub struct People {
    db: Db,
    ada: UserId,
}

/// Who can be chosen.
pub struct Choosable {
    /// Ada, while she may sign in.
    pub ada: Option<UserInList>,
    /// Ben, while he may sign in.
    pub ben: Option<UserInList>,
    /// Others who were found.
    pub others: Vec<UserInList>,
}

impl People {
    /// The people of this database, with its administrator.
    pub fn new(db: Db, ada: UserId) -> Self {
        Self { db, ada }
    }

    /// Everyone who may sign in, narrowed by a part of a name or an address.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn choosable(&self, q: &str) -> Result<Choosable> {
        let admin = self.administrator().await?;
        let others = self.list(&admin, q, SHOWN).await?;
        Ok(Choosable {
            ada: self.of_address(&admin, ADA).await?,
            ben: self.of_address(&admin, BEN).await?,
            others: others
                .into_iter()
                .filter(|person| person.login != ADA && person.login != BEN)
                .collect(),
        })
    }

    /// Somebody, by their id.
    ///
    /// # Errors
    /// `NotFound` where there is nobody.
    pub async fn find(&self, id: &str) -> Result<directory::model::user::User> {
        let admin = self.administrator().await?;
        Ok(users::get(&self.db, &admin, &id.into()).await?.user)
    }

    /// Ada with what she may do now.
    ///
    /// # Errors
    /// `NotFound` where somebody has removed her.
    pub async fn administrator(&self) -> Result<Admin> {
        let mut tx = self.db.read().await?;
        let ada = directory::store::users::find(&mut tx, &self.ada).await?;
        access::admin(&mut tx, &ada.ok_or(Error::NotFound("The administrator"))?).await
    }

    async fn of_address(&self, admin: &Admin, address: &str) -> Result<Option<UserInList>> {
        let found = self.list(admin, address, SHOWN).await?;
        Ok(found.into_iter().find(|person| person.login == address))
    }

    async fn list(&self, admin: &Admin, q: &str, rows: i64) -> Result<Vec<UserInList>> {
        let query = ListQuery {
            q: q.trim().to_owned(),
            rows,
            ..ListQuery::default()
        };
        let mut found = users::list(&self.db, admin, &query).await?.rows;
        found.retain(|person| matches!(person.status(), Status::Invited | Status::Active));
        Ok(found)
    }
}
