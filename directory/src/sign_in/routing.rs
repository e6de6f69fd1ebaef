//! Where somebody signs in: by the domain of what they type, never by who has an account (AUTH-1).

use crate::address::Address;
use crate::error::Result;
use crate::model::id::{MethodId, NodeId, UserId};
use crate::model::sign_in_method::Method;
use crate::model::user::User;
use crate::store::db::{Db, Tx};
use crate::store::{domains, identities, roles, sign_in_methods, users};

/// Where the sign-in page leads somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lead {
    /// To the provider of a method.
    To(MethodId),
    /// To a passphrase, whoever they are.
    Passphrase,
    /// What was typed is neither an address nor a word.
    Nowhere,
}

/// Where an address or the word of a method leads. Two addresses of one domain lead to the same place, so the answer says
/// nothing about either.
pub async fn lead(db: &Db, typed: &str) -> Result<Lead> {
    let mut tx = db.read().await?;
    let typed = typed.trim();
    if let Some(address) = Address::parse(typed) {
        let domain = address
            .key
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain);
        let method = domains::method_of(&mut tx, domain).await?;
        return Ok(method.map_or(Lead::Passphrase, Lead::To));
    }
    let method = sign_in_methods::of_word(&mut tx, &typed.to_ascii_lowercase()).await?;
    Ok(method.map_or(Lead::Nowhere, Lead::To))
}

/// What a method that is on is called, for the page that leads to it.
pub async fn named(db: &Db, id: &MethodId) -> Result<Option<String>> {
    let found = sign_in_methods::find(&mut db.read().await?, id).await?;
    Ok(found.filter(Method::is_on).map(|method| method.name))
}

/// Whether the sign-in page has to ask who somebody is before it asks how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routes {
    /// A method is on.
    Some,
    /// Everybody has a passphrase.
    None,
}

/// Whether any method is on.
pub async fn routes(db: &Db) -> Result<Routes> {
    let is_any = sign_in_methods::is_any_on(&mut db.read().await?).await?;
    Ok(if is_any { Routes::Some } else { Routes::None })
}

/// The method that is on for the people of a node.
async fn way_of(db: &Db, node: NodeId) -> Result<Option<Method>> {
    let found = sign_in_methods::for_node(&mut db.read().await?, node).await?;
    Ok(found.filter(Method::is_on))
}

/// The method that an invited person of a node comes in by: the one that is on, where their domain is verified. Without
/// that the provider could not speak for their address, and they choose a passphrase.
pub async fn way_in(db: &Db, node: NodeId, login: &str) -> Result<Option<Method>> {
    let domain = Address::parse(login).and_then(|address| {
        let (_, domain) = address.key.rsplit_once('@')?;
        Some(domain.to_owned())
    });
    let Some(domain) = domain else {
        return Ok(None);
    };
    if domains::is_verified(&mut db.read().await?, &domain).await? {
        way_of(db, node).await
    } else {
        Ok(None)
    }
}

/// Whether somebody signs in with the method of their node alone: they have connected it, and it is on. Whoever
/// administers anything keeps the passphrase, for the day when the provider is down (OID-5).
pub(super) async fn is_proved_elsewhere(tx: &mut Tx, id: &UserId) -> Result<bool> {
    let known = identities::providers_of(tx, id).await?;
    if known.is_empty() || roles::is_administrative(tx, id).await? {
        return Ok(false);
    }
    let Some(user) = users::find(tx, id).await? else {
        return Ok(false);
    };
    let method = sign_in_methods::for_node(tx, user.node_id).await?;
    Ok(method
        .is_some_and(|method| method.is_on() && known.iter().any(|(word,)| *word == method.id.0)))
}

/// The method somebody could connect from their account page, and whether they have.
pub async fn connectable(db: &Db, user: &User) -> Result<Option<(Method, bool)>> {
    let Some(method) = way_of(db, user.node_id).await? else {
        return Ok(None);
    };
    let known = identities::providers_of(&mut db.read().await?, &user.id).await?;
    let has = known.iter().any(|(word,)| *word == method.id.0);
    Ok(Some((method, has)))
}
