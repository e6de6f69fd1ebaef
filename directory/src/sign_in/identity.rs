//! What an identity provider proved becomes a person: one who is known, one who is connected by their address, or one
//! who is created just in time. Whoever is refused leaves no row (OID-2 to OID-4; behaviour.md 1.13).

use serde_json::json;

use super::{Activated, SignedIn, come_in, record};
use crate::address::Address;
use crate::admin::users::by_hand;
use crate::error::{Error, Result};
use crate::model::event::{Actor, ActorKind, Code, Target};
use crate::model::id::{MethodId, UserId};
use crate::model::sign_in_method::Method;
use crate::model::timestamp::Timestamp;
use crate::model::user::{CreatedVia, Profile, User, UserState};
use crate::store::db::{Db, Tx};
use crate::store::identities::Account;
use crate::store::users::NewUser;
use crate::store::{
    domains, events, identities, onboarding, people, roles, sign_in_methods, users,
};
use crate::text;

/// What an identity provider proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// By which provider, as we know it.
    pub by: By,
    /// What it calls itself: `iss`.
    pub issuer: String,
    /// The person there: `sub`.
    pub subject: String,
    /// Their address, if it was told.
    pub email: Option<String>,
    /// Whether the identity provider says that the address is theirs.
    pub email_verified: Verified,
    /// What they are called.
    pub name: Option<String>,
    /// Their given name.
    pub given_name: Option<String>,
    /// Their family name.
    pub family_name: Option<String>,
}

/// A provider people sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The one of the server's settings: its word in our addresses, and the domains it may speak for.
    Settings {
        /// Its word.
        id: String,
        /// The domains.
        domains: Vec<String>,
    },
    /// The method of a node: it speaks for the people of that node.
    Method(MethodId),
}

impl By {
    /// Our word for the provider.
    pub fn word(&self) -> &str {
        match self {
            Self::Settings { id, .. } => id,
            Self::Method(id) => id.as_str(),
        }
    }
}

/// What `email_verified` said (OID-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// `true`.
    Yes,
    /// Anything else.
    No,
    /// Nothing: it counts as no, unless a method trusts its provider's addresses.
    Unsaid,
}

impl Identity {
    /// The account that was proved.
    pub fn account(&self) -> Account<'_> {
        Account {
            provider: self.by.word(),
            issuer: &self.issuer,
            subject: &self.subject,
        }
    }
}

/// Why somebody is not let in, although a provider proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The method is not on.
    Off,
    /// They are locked.
    Locked,
    /// Their time to consent is over.
    Blocked,
    /// They were deleted.
    Deleted,
    /// Nobody has this address, and nobody is created.
    Unknown,
    /// Their account is not connected, and cannot be by their address.
    NotConnected,
}

impl Refusal {
    fn sentence(self) -> &'static str {
        match self {
            Self::Off => "This way in is switched off. Ask your administrator.",
            Self::Locked => "Your account is locked. Contact your administrator.",
            Self::Blocked => "Your time to accept is over. Ask your administrator to extend it.",
            Self::Deleted => "Your account was deleted. Contact your administrator.",
            Self::Unknown => {
                "There is no account for you here yet. Ask your administrator to add you."
            }
            Self::NotConnected => "Ask your administrator to connect your account.",
        }
    }

    /// The word of it in the events.
    fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Locked => "locked",
            Self::Blocked => "blocked",
            Self::Deleted => "deleted",
            Self::Unknown => "unknown",
            Self::NotConnected => "not_connected",
        }
    }
}

/// Who came, or why they are not let in.
type Found = std::result::Result<User, (Refusal, Option<Box<User>>)>;

/// Signs in whom an identity provider proved: by provider, issuer and subject; the first time by address, under the
/// conditions of OID-3. Somebody invited becomes active in the same row; their pending memberships stay pending. Whoever
/// is unknown is created where the method says so.
///
/// # Errors
/// `Forbidden` with a sentence for the person, or `Blocked`; nothing was created.
pub async fn by_identity(db: &Db, identity: &Identity) -> Result<SignedIn> {
    match attempt(db, identity).await {
        // Somebody was created with this address at the same moment: they are known now.
        Err(Error::Conflict(_)) => match attempt(db, identity).await {
            Err(Error::Conflict(_)) => Err(forbidden(Refusal::NotConnected)),
            done => done,
        },
        done => done,
    }
}

async fn attempt(db: &Db, identity: &Identity) -> Result<SignedIn> {
    let mut tx = db.write().await?;
    let method = match &identity.by {
        By::Settings { .. } => None,
        By::Method(id) => {
            let found = sign_in_methods::find(&mut tx, id).await?;
            Some(found.ok_or_else(|| forbidden(Refusal::Off))?)
        }
    };
    match find(&mut tx, identity, method.as_ref()).await? {
        Ok(user) => enter(tx, identity, user).await,
        Err((refusal, user)) => {
            tell(&mut tx, identity, method.as_ref(), refusal, user.as_deref()).await?;
            tx.commit().await?;
            Err(forbidden(refusal))
        }
    }
}

/// The person of an account: known, connected now, or created now.
async fn find(tx: &mut Tx, identity: &Identity, method: Option<&Method>) -> Result<Found> {
    if method.is_some_and(|method| !method.is_on()) {
        return Ok(Err((Refusal::Off, None)));
    }
    if let Some(id) = identities::find(tx, identity.account()).await? {
        people::hold(tx, &id).await?;
        let Some(user) = users::find(tx, &id).await? else {
            return Ok(Err((Refusal::NotConnected, None)));
        };
        if !belongs(tx, method, &user).await? {
            return Ok(Err((Refusal::NotConnected, Some(Box::new(user)))));
        }
        return Ok(let_in(user, tx.now()));
    }
    let Some(address) = speaks_for(tx, identity, method).await? else {
        return Ok(Err((Refusal::NotConnected, None)));
    };
    match (people::passphrase_of(tx, &address.key).await?, method) {
        (Some((id, _)), _) => connect(tx, identity, method, &id).await,
        (None, None) => Ok(Err((Refusal::NotConnected, None))),
        (None, Some(method)) if !method.just_in_time => Ok(Err((Refusal::Unknown, None))),
        (None, Some(method)) => create(tx, identity, method, &address).await.map(Ok),
    }
}

fn let_in(user: User, now: Timestamp) -> Found {
    let refused = match &user {
        user if user.recycled_at.is_some() => Refusal::Deleted,
        user if !user.is_unlocked() => Refusal::Locked,
        user if user.is_blocked(now) => Refusal::Blocked,
        _ => return Ok(user),
    };
    Err((refused, Some(Box::new(user))))
}

/// Whether a method is the one of somebody's node. The provider of the settings is everybody's.
async fn belongs(tx: &mut Tx, method: Option<&Method>, user: &User) -> Result<bool> {
    let Some(method) = method else {
        return Ok(true);
    };
    let theirs = sign_in_methods::for_node(tx, user.node_id).await?;
    Ok(theirs.is_some_and(|theirs| theirs.id == method.id))
}

/// The address of an identity, if the provider may speak for it: it is verified, and of a domain that is the provider's
/// (settings) or the organisation's (methods).
async fn speaks_for(
    tx: &mut Tx,
    identity: &Identity,
    method: Option<&Method>,
) -> Result<Option<Address>> {
    let Some(address) = identity.email.as_deref().and_then(Address::parse) else {
        return Ok(None);
    };
    let is_verified = match identity.email_verified {
        Verified::Yes => true,
        Verified::No => false,
        Verified::Unsaid => method.is_some_and(|method| method.trusts_addresses),
    };
    let domain = address
        .key
        .rsplit_once('@')
        .map_or("", |(_, domain)| domain);
    let may_speak = match &identity.by {
        By::Settings { domains, .. } => domains.iter().any(|own| own.eq_ignore_ascii_case(domain)),
        By::Method(_) => domains::is_verified(tx, domain).await?,
    };
    Ok(Some(address).filter(|_| is_verified && may_speak))
}

/// Connects an account to the person of its address, if every condition holds (OID-3).
async fn connect(
    tx: &mut Tx,
    identity: &Identity,
    method: Option<&Method>,
    id: &UserId,
) -> Result<Found> {
    // Two first sign-ins at once take turns here; the second finds what the first has connected.
    people::hold(tx, id).await?;
    let Some(user) = users::find(tx, id).await? else {
        return Ok(Err((Refusal::NotConnected, None)));
    };
    if !belongs(tx, method, &user).await? {
        return Ok(Err((Refusal::NotConnected, Some(Box::new(user)))));
    }
    if identities::find(tx, identity.account()).await?.as_ref() == Some(id) {
        return Ok(let_in(user, tx.now()));
    }
    let user = match let_in(user, tx.now()) {
        Ok(user) => user,
        refused => return Ok(refused),
    };
    let is_theirs = identities::count_of(tx, id).await? == 0
        && !roles::is_administrative(tx, id).await?
        && identities::insert(tx, identity.account(), id).await?;
    if !is_theirs {
        return Ok(Err((Refusal::NotConnected, Some(Box::new(user)))));
    }
    let details = json!({ "issuer": identity.issuer }).to_string();
    record(tx, &user, Code::IdentityLinked, details).await?;
    Ok(Ok(user))
}

/// Creates whoever is unknown: active, in the node of the method, with nothing that others of that node do not have.
async fn create(
    tx: &mut Tx,
    identity: &Identity,
    method: &Method,
    address: &Address,
) -> Result<User> {
    let profile = profile(identity, address);
    let new = NewUser {
        node: method.node_id,
        address,
        profile: &profile,
        state: UserState::Active,
        via: CreatedVia::SignIn,
        locked_by_idp: None,
    };
    let id = users::insert(tx, new).await?;
    onboarding::begin(tx, &id).await?;
    if !identities::insert(tx, identity.account(), &id).await? {
        return Err(Error::Conflict("the account is somebody's".to_owned()));
    }
    let user = users::find(tx, &id)
        .await?
        .ok_or_else(|| forbidden(Refusal::NotConnected))?;
    let by = Actor {
        kind: ActorKind::System,
        id: None,
        name: method.name.clone(),
    };
    let details = json!({ "just_in_time": true, "issuer": identity.issuer }).to_string();
    events::record(
        tx,
        &by,
        Code::UserAdded,
        Some(user.node_id),
        Target::new("user", &user.id, &user.label),
        details.clone(),
    )
    .await?;
    record(tx, &user, Code::IdentityLinked, details).await?;
    Ok(user)
}

/// What the provider says of somebody new. A name that is none is left out: the address stands for it.
fn profile(identity: &Identity, address: &Address) -> Profile {
    let good = |name: &Option<String>| {
        name.as_deref()
            .and_then(|name| text::name("name", name).ok())
    };
    let (given_name, family_name) = (good(&identity.given_name), good(&identity.family_name));
    let parts: Vec<&str> = [&given_name, &family_name]
        .into_iter()
        .filter_map(Option::as_deref)
        .collect();
    let full = good(&identity.name).or_else(|| Some(parts.join(" ")).filter(|_| !parts.is_empty()));
    match full {
        Some(name) => by_hand(&name, address),
        None => Profile {
            user_name: address.text.clone(),
            attributes: "{}".to_owned(),
            ..Profile::default()
        },
    }
}

/// Lets somebody in: noted, and activated if they were invited.
async fn enter(mut tx: Tx, identity: &Identity, user: User) -> Result<SignedIn> {
    let activated = come_in(&mut tx, &user).await?;
    let mut details = json!({ "method": "identity_provider", "provider": identity.by.word(), "issuer": identity.issuer });
    // The address there may have become another one: it changes nothing here (B-95), and the event tells it.
    if let Some(address) = identity.email.as_deref().and_then(Address::parse)
        && Address::parse(&user.login).is_none_or(|own| own.key != address.key)
    {
        details["address"] = json!(address.text);
    }
    record(&mut tx, &user, Code::SignedIn, details.to_string()).await?;
    let user = users::find(&mut tx, &user.id)
        .await?
        .ok_or_else(|| forbidden(Refusal::NotConnected))?;
    tx.commit().await?;
    Ok(SignedIn {
        user,
        activated: if activated {
            Activated::Now
        } else {
            Activated::Before
        },
    })
}

/// Leaves an event of a refusal: about the person where there is one, else about the method.
async fn tell(
    tx: &mut Tx,
    identity: &Identity,
    method: Option<&Method>,
    refusal: Refusal,
    user: Option<&User>,
) -> Result<()> {
    let details =
        json!({ "issuer": identity.issuer, "why": refusal.word(), "address": identity.email })
            .to_string();
    match (user, method) {
        (Some(user), _) if refusal != Refusal::NotConnected || method.is_some() => {
            record(tx, user, Code::SignInRefused, details).await
        }
        (None, Some(method)) => {
            let by = Actor {
                kind: ActorKind::System,
                id: None,
                name: method.name.clone(),
            };
            events::record(
                tx,
                &by,
                Code::SignInRefused,
                Some(method.node_id),
                Target::new("sign_in_method", &method.id, &method.name),
                details,
            )
            .await
        }
        // The provider of the settings may know many whom nobody wants here.
        _ => Ok(()),
    }
}

fn forbidden(refusal: Refusal) -> Error {
    if refusal == Refusal::Blocked {
        return Error::Blocked;
    }
    Error::Forbidden(refusal.sentence().to_owned())
}
