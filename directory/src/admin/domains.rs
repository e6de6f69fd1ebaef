//! Domains of the organisation: added, shown to be its own by a TXT record, and led to a sign-in method (OID-3).

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Code, Target};
use crate::model::id::{MethodId, NodeId};
use crate::model::role::Privilege;
use crate::model::sign_in_method::{Domain, Finding};
use crate::secret::new_code;
use crate::store::db::{Db, Tx};
use crate::store::{domains, events, sign_in_methods};

const THIS: Error = Error::NotFound("This domain");

/// Domains where anybody gets an address: nobody can speak for all of them.
const PUBLIC_MAIL: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "bluewin.ch",
    "comcast.net",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "hushmail.com",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "pm.me",
    "posteo.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "seznam.cz",
    "t-online.de",
    "tutanota.com",
    "verizon.net",
    "web.de",
    "wp.pl",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.com",
    "yandex.ru",
    "zoho.com",
];

/// Every domain, by name. For administrators of the node at the top alone.
pub async fn list(db: &Db, admin: &Admin) -> Result<Vec<Domain>> {
    require(admin)?;
    domains::list(&mut db.read().await?).await
}

/// One domain.
pub async fn get(db: &Db, admin: &Admin, name: &str) -> Result<Domain> {
    require(admin)?;
    domains::find(&mut db.read().await?, name)
        .await?
        .ok_or(THIS)
}

/// Adds a domain, which counts for nothing before its TXT record is found. Added again, it stays as it is.
pub async fn add(db: &Db, admin: &Admin, typed: &str) -> Result<Domain> {
    require(admin)?;
    let name = domain_name(typed)?;
    if PUBLIC_MAIL.contains(&name.as_str()) {
        return Err(Error::invalid(
            "domain",
            format!(
                "Anybody can have an address at {name}, so it cannot belong to one organisation."
            ),
        ));
    }
    let mut tx = db.write().await?;
    let token = new_code().to_lowercase();
    if domains::insert(&mut tx, &name, &token, &admin.name).await? {
        record(&mut tx, admin, Code::DomainAdded, &name, "{}".to_owned()).await?;
    }
    let domain = domains::find(&mut tx, &name).await?.ok_or(THIS)?;
    tx.commit().await?;
    Ok(domain)
}

/// Notes what the TXT records of a domain say, as it was asked for; `None` where no name server answered.
/// Once found, a domain stays verified.
pub async fn check(
    db: &Db,
    admin: &Admin,
    asked: &Domain,
    records: Option<&[String]>,
) -> Result<Domain> {
    require(admin)?;
    let finding = match records {
        None => Finding::Unreachable,
        Some([]) => Finding::Missing,
        Some(records) if records.iter().any(|found| found.trim() == asked.record()) => {
            Finding::Found
        }
        Some(_) => Finding::Other,
    };
    let mut tx = db.write().await?;
    domains::checked(&mut tx, &asked.name, finding).await?;
    if finding == Finding::Found && domains::verify(&mut tx, &asked.name, &asked.token).await? {
        let name = &asked.name;
        record(&mut tx, admin, Code::DomainVerified, name, "{}".to_owned()).await?;
    }
    let domain = domains::find(&mut tx, &asked.name).await?.ok_or(THIS)?;
    tx.commit().await?;
    Ok(domain)
}

/// Makes the addresses of a verified domain lead to a method, or to none.
pub async fn route(
    db: &Db,
    admin: &Admin,
    name: &str,
    method: Option<&MethodId>,
) -> Result<Domain> {
    require(admin)?;
    let mut tx = db.write().await?;
    let led_to = match method {
        Some(id) => {
            let found = sign_in_methods::find(&mut tx, id).await?;
            found
                .ok_or_else(|| Error::invalid("method", "Choose a method that is there."))?
                .name
        }
        None => String::new(),
    };
    domains::find(&mut tx, name).await?.ok_or(THIS)?;
    if domains::route(&mut tx, name, method).await? {
        let details = json!({ "method": led_to }).to_string();
        record(&mut tx, admin, Code::DomainRouted, name, details).await?;
    }
    let domain = domains::find(&mut tx, name).await?.ok_or(THIS)?;
    tx.commit().await?;
    Ok(domain)
}

/// Removes a domain. Whoever is connected stays so; nobody new is connected by an address of it.
pub async fn remove(db: &Db, admin: &Admin, name: &str) -> Result<()> {
    require(admin)?;
    let mut tx = db.write().await?;
    if domains::remove(&mut tx, name).await? {
        record(&mut tx, admin, Code::DomainRemoved, name, "{}".to_owned()).await?;
    }
    tx.commit().await
}

fn require(admin: &Admin) -> Result<()> {
    admin.require(Privilege::ManageConnections, NodeId::ROOT)
}

/// A domain in the form in which addresses are compared.
fn domain_name(typed: &str) -> Result<String> {
    let typed = typed.trim().trim_start_matches('@').trim_end_matches('.');
    // What makes an address makes a domain.
    crate::address::Address::parse(&format!("postmaster@{typed}"))
        .filter(|_| !typed.contains('@'))
        .and_then(|address| Some(address.key.split_once('@')?.1.to_owned()))
        .ok_or_else(|| Error::invalid("domain", "Type a domain such as acme.example."))
}

async fn record(tx: &mut Tx, admin: &Admin, code: Code, name: &str, details: String) -> Result<()> {
    let target = Target::new("domain", name, name);
    events::record(
        tx,
        &admin.actor(),
        code,
        Some(NodeId::ROOT),
        target,
        details,
    )
    .await
}
