//! Single sign-on of a node, as an administrator sets it up: added, tested, verified, switched on and off, removed.

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Code, Target};
use crate::model::id::{MethodId, NodeId};
use crate::model::role::Privilege;
use crate::model::settings::Switch;
use crate::model::sign_in_method::{
    Algorithm, Method, MethodDetail, MethodInList, MethodState, TestResult, USUAL_SCOPES,
    WantedMethod,
};
use crate::secret::{Place, Secrets};
use crate::store::db::{Db, Tx};
use crate::store::sign_in_methods::Chosen;
use crate::store::{domains, events, identities, nodes, sign_in_methods, users};
use crate::text;

const THIS: Error = Error::NotFound("This sign-in method");
/// What a method is called unless somebody says otherwise.
const USUAL_NAME: &str = "Single sign-on";
/// The longest issuer, client id, client secret or list of scopes.
const LONGEST: usize = 2_000;
/// The longest word that stands for a method.
const LONGEST_WORD: usize = 63;

/// What a method is asked to be, checked and in the form it is kept in.
struct Checked {
    name: String,
    word: Option<String>,
    issuer: String,
    client_id: String,
    secret: Option<String>,
    scopes: String,
    algorithms: String,
}

/// The method of a node with what its page shows.
pub async fn get(db: &Db, admin: &Admin, node: NodeId) -> Result<MethodDetail> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.read().await?;
    let method = sign_in_methods::of_node(&mut tx, node).await?.ok_or(THIS)?;
    let path = nodes::path(&mut tx, node).await?;
    let domains = domains::of_method(&mut tx, &method.id).await?;
    Ok(MethodDetail {
        node: path.last().cloned().ok_or(THIS)?,
        path: admin.path(path),
        connected: identities::connected(&mut tx, method.id.as_str()).await?,
        domains: domains.into_iter().map(|row| row.0).collect(),
        verified_domains: domains::verified(&mut tx).await?,
        method,
    })
}

/// The methods the administrator may change, by the name of their node.
pub async fn list(db: &Db, admin: &Admin) -> Result<Vec<MethodInList>> {
    admin.require_somewhere(Privilege::ManageConnections)?;
    let mut tx = db.read().await?;
    sign_in_methods::list(&mut tx, &admin.user_id, Privilege::ManageConnections).await
}

/// Opens the wizard: a draft, whose redirect URI is known and which nobody can use. Opening it again finds the draft.
pub async fn start(db: &Db, admin: &Admin, node: NodeId, name: &str) -> Result<Method> {
    admin.require(Privilege::ManageConnections, node)?;
    let name = text::name(
        "name",
        if name.trim().is_empty() {
            USUAL_NAME
        } else {
            name
        },
    )?;
    let mut tx = db.write().await?;
    let place = nodes::find(&mut tx, node)
        .await?
        .ok_or(Error::NotFound("This node"))?;
    if place.parent_id.is_none() {
        return Err(Error::Conflict(format!(
            "{} is the node at the top and cannot have single sign-on: its administrators get in even when a provider is down. Add a node below it, and give that one the method.",
            place.name
        )));
    }
    let id = MethodId(tx.new_id());
    if sign_in_methods::insert_draft(&mut tx, &id, node, &name, &admin.name).await? {
        let method = sign_in_methods::find(&mut tx, &id).await?.ok_or(THIS)?;
        record(&mut tx, admin, Code::MethodAdded, &method, "{}".to_owned()).await?;
    }
    let method = sign_in_methods::of_node(&mut tx, node).await?.ok_or(THIS)?;
    if method.state != MethodState::Draft {
        return Err(Error::Conflict(
            "This node has single sign-on already: a node has one.".to_owned(),
        ));
    }
    tx.commit().await?;
    Ok(method)
}

/// Changes a method. Another provider or another client is a draft again: somebody has to sign in with it first.
pub async fn change(
    db: &Db,
    admin: &Admin,
    secrets: &Secrets,
    node: NodeId,
    wanted: &WantedMethod,
) -> Result<Method> {
    admin.require(Privilege::ManageConnections, node)?;
    let checked = check(wanted)?;
    let mut tx = db.write().await?;
    let before = sign_in_methods::hold(&mut tx, node).await?.ok_or(THIS)?;
    let sealed = seal(secrets, &before.id, checked.secret.as_deref())?;
    let is_other = before.issuer != checked.issuer || before.client_id != checked.client_id;
    let state = if is_other {
        MethodState::Draft
    } else {
        before.state
    };
    let chosen = chosen(&checked, wanted, sealed.as_deref());
    let changed = sign_in_methods::update(&mut tx, &before.id, &chosen, state)
        .await
        .map_err(word_is_taken)?;
    let after = sign_in_methods::find(&mut tx, &before.id)
        .await?
        .ok_or(THIS)?;
    if changed {
        let details = json!({
            "before": { "name": before.name, "issuer": before.issuer, "client_id": before.client_id },
            "issuer": after.issuer, "client_id": after.client_id, "secret": sealed.is_some(),
            "just_in_time": after.just_in_time, "below": after.below, "trusts_addresses": after.trusts_addresses,
        });
        record(
            &mut tx,
            admin,
            Code::MethodChanged,
            &after,
            details.to_string(),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(after)
}

/// What an administrator may do with the draft of a node: sign in to verify it. The method, if they may.
pub async fn to_verify(db: &Db, admin: &Admin, id: &MethodId) -> Result<Method> {
    let mut tx = db.read().await?;
    let method = sign_in_methods::find(&mut tx, id).await?.ok_or(THIS)?;
    admin
        .require(Privilege::ManageConnections, method.node_id)
        .map_err(|_| THIS)?;
    Ok(method)
}

/// Notes that the administrator signed in with a method, as it was at this revision, and whom it proved.
/// A method that was changed since stays a draft.
pub async fn verified(
    db: &Db,
    admin: &Admin,
    id: &MethodId,
    revision: i64,
    as_whom: &str,
) -> Result<Method> {
    let mut tx = db.write().await?;
    let method = sign_in_methods::find(&mut tx, id).await?.ok_or(THIS)?;
    admin.require(Privilege::ManageConnections, method.node_id)?;
    let as_whom: String = as_whom.chars().take(text::NAME_LIMIT).collect();
    if sign_in_methods::verify(&mut tx, id, revision, &as_whom).await? {
        let details = json!({ "as": as_whom }).to_string();
        record(&mut tx, admin, Code::MethodVerified, &method, details).await?;
    } else if method.revision != revision {
        return Err(Error::Conflict(
            "The method was changed in the meantime. Sign in to verify it once more.".to_owned(),
        ));
    }
    let method = sign_in_methods::find(&mut tx, id).await?.ok_or(THIS)?;
    tx.commit().await?;
    Ok(method)
}

/// Switches a method on, once it is verified, or off.
pub async fn switch(db: &Db, admin: &Admin, node: NodeId, to: Switch) -> Result<Method> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let method = sign_in_methods::hold(&mut tx, node).await?.ok_or(THIS)?;
    let (from, state, code) = match to {
        Switch::On => (
            [MethodState::Verified, MethodState::Off],
            MethodState::On,
            Code::MethodSwitchedOn,
        ),
        Switch::Off => (
            [MethodState::On, MethodState::On],
            MethodState::Off,
            Code::MethodSwitchedOff,
        ),
    };
    if sign_in_methods::switch(&mut tx, &method.id, from, state).await? {
        record(&mut tx, admin, code, &method, "{}".to_owned()).await?;
    } else if to == Switch::On && method.state == MethodState::Draft {
        return Err(Error::Conflict(
            "Sign in with it once before you switch it on: then you know that it works.".to_owned(),
        ));
    }
    let method = sign_in_methods::find(&mut tx, &method.id)
        .await?
        .ok_or(THIS)?;
    tx.commit().await?;
    Ok(method)
}

/// Notes what a test of the connection found. It is no change of the method, so no event tells of it.
pub async fn tested(
    db: &Db,
    admin: &Admin,
    method: &Method,
    result: TestResult,
    detail: &str,
) -> Result<()> {
    admin.require(Privilege::ManageConnections, method.node_id)?;
    let mut tx = db.write().await?;
    let detail: String = detail.chars().take(LONGEST).collect();
    sign_in_methods::tested(&mut tx, &method.id, method.revision, result, &detail).await?;
    tx.commit().await
}

/// Removes a method. The accounts that were connected by it are forgotten, and whoever had one is signed out (SES-3).
pub async fn remove(db: &Db, admin: &Admin, node: NodeId) -> Result<()> {
    admin.require(Privilege::ManageConnections, node)?;
    let mut tx = db.write().await?;
    let method = sign_in_methods::hold(&mut tx, node).await?.ok_or(THIS)?;
    let people = identities::remove_all(&mut tx, method.id.as_str()).await?;
    for person in &people {
        users::end_sessions(&mut tx, person).await?;
    }
    sign_in_methods::remove(&mut tx, &method.id).await?;
    let details = json!({ "disconnected": people.len() }).to_string();
    record(&mut tx, admin, Code::MethodRemoved, &method, details).await?;
    tx.commit().await
}

/// The secret of a method, opened for the one call that needs it.
pub async fn client_secret(db: &Db, secrets: &Secrets, id: &MethodId) -> Result<Option<String>> {
    let kept = sign_in_methods::secret(&mut db.read().await?, id).await?;
    kept.map(|sealed| secrets.opened(place(id), &sealed))
        .transpose()
}

fn place(id: &MethodId) -> Place<'_> {
    Place {
        table: "sign_in_methods",
        row: id.as_str(),
        column: "client_secret",
    }
}

fn seal(secrets: &Secrets, id: &MethodId, secret: Option<&str>) -> Result<Option<String>> {
    secret
        .map(|secret| secrets.sealed(place(id), secret))
        .transpose()
}

fn chosen<'a>(
    checked: &'a Checked,
    wanted: &WantedMethod,
    client_secret: Option<&'a str>,
) -> Chosen<'a> {
    Chosen {
        name: &checked.name,
        word: checked.word.as_deref(),
        issuer: &checked.issuer,
        client_id: &checked.client_id,
        client_secret,
        scopes: &checked.scopes,
        algorithms: &checked.algorithms,
        just_in_time: wanted.just_in_time == Switch::On,
        below: wanted.below == Switch::On,
        trusts_addresses: wanted.trusts_addresses == Switch::On,
    }
}

fn check(wanted: &WantedMethod) -> Result<Checked> {
    let client_id = plain("client_id", &wanted.client_id)?;
    if client_id.is_empty() {
        return Err(Error::invalid(
            "client_id",
            "Copy the client ID from the identity provider.",
        ));
    }
    let secret = plain("client_secret", &wanted.client_secret)?;
    Ok(Checked {
        name: text::name("name", &wanted.name)?,
        word: word(&wanted.word)?,
        issuer: issuer(&wanted.issuer)?,
        client_id,
        secret: Some(secret).filter(|secret| !secret.is_empty()),
        scopes: scopes(&wanted.scopes)?,
        algorithms: algorithms(&wanted.algorithms)?,
    })
}

/// A text without space around it and without control characters.
fn plain(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            "Copy it again: it is too long, or there is a control character in it.",
        ));
    }
    Ok(text.to_owned())
}

/// Kept exactly: a slash at the end makes another issuer.
fn issuer(typed: &str) -> Result<String> {
    let issuer = plain("issuer", typed)?;
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| issuer.strip_prefix(scheme));
    let is_address = rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !rest.contains([' ', '?', '#', '@'])
    });
    if is_address {
        Ok(issuer)
    } else {
        Err(Error::invalid(
            "issuer",
            "Copy the issuer as it stands in the identity provider: https://… without a question mark.",
        ))
    }
}

fn scopes(typed: &str) -> Result<String> {
    let typed = plain("scopes", typed)?;
    let mut scopes: Vec<&str> = Vec::new();
    for scope in typed.split_whitespace() {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    match scopes.as_slice() {
        [] => Ok(USUAL_SCOPES.to_owned()),
        some if some.contains(&"openid") => Ok(some.join(" ")),
        _ => Err(Error::invalid(
            "scopes",
            "Add openid: without it there is no sign-in.",
        )),
    }
}

fn algorithms(wanted: &[Algorithm]) -> Result<String> {
    let chosen: Vec<&str> = Algorithm::ALL
        .iter()
        .filter(|algorithm| wanted.contains(algorithm))
        .map(|algorithm| algorithm.as_str())
        .collect();
    if chosen.is_empty() {
        Err(Error::invalid("algorithms", "Choose at least one."))
    } else {
        Ok(chosen.join(" "))
    }
}

fn word(typed: &str) -> Result<Option<String>> {
    let word = typed.trim().to_ascii_lowercase();
    let is_good = word.len() <= LONGEST_WORD
        && word
            .bytes()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
        && !word.starts_with('-');
    match (word.is_empty(), is_good) {
        (true, _) => Ok(None),
        (false, true) => Ok(Some(word)),
        (false, false) => Err(Error::invalid(
            "word",
            "Use small letters, digits and hyphens only, 63 at the most.",
        )),
    }
}

fn word_is_taken(error: Error) -> Error {
    match error {
        Error::Conflict(_) => Error::invalid(
            "word",
            "Another node uses this word already. Choose another one.",
        ),
        other => other,
    }
}

async fn record(
    tx: &mut Tx,
    admin: &Admin,
    code: Code,
    method: &Method,
    details: String,
) -> Result<()> {
    let target = Target::new("sign_in_method", &method.id, &method.name);
    events::record(
        tx,
        &admin.actor(),
        code,
        Some(method.node_id),
        target,
        details,
    )
    .await
}
