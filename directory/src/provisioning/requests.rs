//! What is remembered of requests: a line for each in the log of its connection, and when its token was used last.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::connections::Authenticated;
use crate::error::Result;
use crate::model::connection::{ConnectionState, TokenState};
use crate::model::event::{Code, Target};
use crate::model::id::{ConnectionId, NodeId, TokenId, UserId};
use crate::model::request::{Client, Kept, Request, TokenRefusal};
use crate::model::timestamp::{DAY, HOUR, MINUTE, Timestamp};
use crate::outcome::changes::{Changes, changes};
use crate::outcome::said::said;
use crate::outcome::{Done, Outcome};
use crate::store::db::{Db, Tx};
use crate::store::request_log::{self, NewRequest};
use crate::store::{connections, events, requests, settings, users};

/// How long the older token of a connection is good beside a newer one in use (TOK-6).
const OVERLAP: i64 = 72 * HOUR;
/// The setting that says for how many days requests are kept.
pub(crate) const DAYS: &str = "request_days";
/// For how many days requests are kept where nothing was said.
pub const USUAL_DAYS: i64 = 30;

/// A request that came, and its answer.
#[derive(Debug)]
pub struct Arrived {
    /// Its id: what it did has it as its act.
    pub id: String,
    /// Who it was, if they had a good token.
    pub caller: Option<Authenticated>,
    /// What a request without a good token came with.
    pub presented: Presented,
    /// The node of the address.
    pub node: Option<NodeId>,
    /// When.
    pub at: Timestamp,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path below the node, with its query; secrets masked.
    pub path: String,
    /// The status of the answer.
    pub status: i64,
    /// The `scimType` of a refusal.
    pub scim_type: Option<String>,
    /// The sentence of a refusal.
    pub detail: Option<String>,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// The client's name.
    pub agent: Option<String>,
    /// The client's address.
    pub ip: Option<String>,
    /// Why it was refused, or what is worth knowing: a word of the table of causes. A refused token names its own.
    pub cause: Option<String>,
    /// What it did.
    pub outcome: Outcome,
    /// What is kept beside the line, secrets masked; none where only the line is kept.
    pub kept: Option<Kept>,
}

/// What a request without a good token came with. The token itself is never kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Presented {
    /// No token at all, or a good one.
    #[default]
    Nothing,
    /// Something that is no token.
    Malformed,
    /// A token, by its public part and its keyed hash.
    Token(TokenId, String),
}

/// Writes requests to the log of their connections, and when each token was used last, at most once
/// a minute (TOK-7). A request to a node without a connection is not noted.
pub async fn note(db: &Db, arrived: &mut [Arrived]) -> Result<()> {
    let mut tx = db.write().await?;
    let names = names(&mut tx, arrived).await?;
    let mut of = HashMap::<NodeId, Option<ConnectionId>>::new();
    let mut rows = Vec::with_capacity(arrived.len());
    for one in arrived.iter_mut() {
        if let Some(connection) = connection_of(&mut tx, one, &mut of).await? {
            let mut refused = None;
            if one.caller.is_none() && one.status == 401 {
                let (refusal, token) = why_refused(&mut tx, one, &connection).await?;
                one.cause = Some(refusal.as_str().to_owned());
                refused = token;
            }
            let mut new = row(one, connection, &names);
            new.line.token_id = new.line.token_id.or(refused);
            rows.push(new);
        }
    }
    drop_lines_of_removed(&mut tx, &mut rows).await?;
    request_log::insert(&mut tx, rows).await?;
    note_use(&mut tx, arrived).await?;
    tx.commit().await
}

/// Says in the log of a node's connection how many requests were answered and could not be noted.
pub async fn note_lost(db: &Db, node: NodeId, count: u64) -> Result<()> {
    let mut tx = db.write().await?;
    let Some(connection) = requests::connection_of(&mut tx, node).await? else {
        return Ok(());
    };
    let said = format!(
        "{count} requests were answered and are missing here: more came at once than could be written down"
    );
    let line = Request {
        id: tx.new_id(),
        connection_id: connection,
        token_id: None,
        at: tx.now(),
        method: String::new(),
        path: String::new(),
        status: 0,
        scim_type: None,
        detail: None,
        took_us: 0,
        agent: None,
        ip: None,
        client: Client::Other,
        cause: Some("not_noted".to_owned()),
        subject_kind: None,
        subject_id: None,
        said: Some(said),
        changed: 0,
    };
    request_log::insert(&mut tx, vec![NewRequest { line, kept: None }]).await?;
    tx.commit().await
}

/// Forgets requests that are older than the settings say: at most `portion` of them; how many.
pub async fn forget_old(db: &Db, portion: i64) -> Result<u64> {
    let mut tx = db.write().await?;
    let before = tx.now().plus(-days(&mut tx).await? * DAY);
    let forgotten = request_log::forget(&mut tx, before, portion).await?;
    tx.commit().await?;
    Ok(forgotten)
}

/// For how many days requests are kept.
pub(crate) async fn days(tx: &mut Tx) -> Result<i64> {
    let kept = settings::get(tx, DAYS).await?;
    Ok(kept
        .and_then(|days| days.parse().ok())
        .unwrap_or(USUAL_DAYS))
}

/// What the people are called who came into teams or went.
async fn names(tx: &mut Tx, arrived: &[Arrived]) -> Result<HashMap<UserId, String>> {
    let done = arrived.iter().flat_map(|one| &one.outcome.done);
    let ids = done
        .filter_map(|done| match done {
            Done::Team { came, went, .. } => Some(came.named.iter().chain(&went.named)),
            _ => None,
        })
        .flatten()
        .collect::<BTreeSet<_>>();
    let ids = ids.into_iter().cloned().collect::<Vec<_>>();
    Ok(users::labels(tx, &ids).await?.into_iter().collect())
}

async fn connection_of(
    tx: &mut Tx,
    one: &Arrived,
    known: &mut HashMap<NodeId, Option<ConnectionId>>,
) -> Result<Option<ConnectionId>> {
    if let Some(caller) = &one.caller {
        return Ok(Some(caller.connection.id.clone()));
    }
    let Some(node) = one.node else {
        return Ok(None);
    };
    if let Some(found) = known.get(&node) {
        return Ok(found.clone());
    }
    let found = requests::connection_of(tx, node).await?;
    known.insert(node, found.clone());
    Ok(found)
}

/// Why a token was refused, and which it was where it is one of this connection (B-04): for administrators alone, the
/// client was told the same words for every reason (TOK-3).
async fn why_refused(
    tx: &mut Tx,
    one: &Arrived,
    connection: &ConnectionId,
) -> Result<(TokenRefusal, Option<TokenId>)> {
    let (id, digest) = match &one.presented {
        Presented::Nothing => return Ok((TokenRefusal::NoToken, None)),
        Presented::Malformed => return Ok((TokenRefusal::NotAToken, None)),
        Presented::Token(id, digest) => (id, digest),
    };
    let known = request_log::known_token(tx, id).await?;
    let Some(token) = known.filter(|token| token.digest == *digest) else {
        return Ok((TokenRefusal::UnknownToken, None));
    };
    if token.connection_id != *connection {
        return Ok((TokenRefusal::OtherNode, None));
    }
    let state = TokenState::of(&token.state);
    let connection = ConnectionState::of(&token.connection_state);
    let refusal = match (state, connection) {
        (Some(TokenState::Revoked), _) => TokenRefusal::Revoked,
        (_, Some(ConnectionState::Draft)) => TokenRefusal::NotSaved,
        (Some(TokenState::Draft), _) => TokenRefusal::NewTokenNotSaved,
        _ if token.expires_at <= one.at => TokenRefusal::Expired,
        // It was good when it was looked up here, not yet when it came.
        _ => TokenRefusal::NotSaved,
    };
    Ok((refusal, Some(id.clone())))
}

/// A connection that was removed meanwhile has no log any more; the others of the batch keep their lines. One that is
/// removed at this very moment refuses the batch, which is then written line by line.
async fn drop_lines_of_removed(tx: &mut Tx, rows: &mut Vec<NewRequest>) -> Result<()> {
    let mut known = BTreeMap::new();
    for row in rows.iter() {
        known.insert(row.line.connection_id.clone(), false);
    }
    for (connection, is_there) in &mut known {
        *is_there = request_log::has_log(tx, connection).await?;
    }
    rows.retain(|row| known.get(&row.line.connection_id) == Some(&true));
    Ok(())
}

async fn note_use(tx: &mut Tx, arrived: &[Arrived]) -> Result<()> {
    let mut used = BTreeMap::new();
    for one in arrived {
        if let Some(caller) = &one.caller {
            used.insert(&caller.token, (caller, one));
        }
    }
    for (token, (caller, last)) in used {
        requests::used(
            tx,
            token,
            last.at,
            last.at.plus(-MINUTE),
            last.ip.as_deref(),
            last.agent.as_deref(),
        )
        .await?;
        retire_older(tx, caller, last.at).await?;
    }
    Ok(())
}

/// Gives the older tokens of a connection their end, once a newer one is in use (TOK-6).
async fn retire_older(tx: &mut Tx, caller: &Authenticated, at: Timestamp) -> Result<()> {
    let Authenticated { connection, token } = caller;
    for (older, name) in connections::retire_older(tx, token, at.plus(OVERLAP)).await? {
        let details = serde_json::json!({ "by": token.0 }).to_string();
        let target = Target::new("token", older, name);
        events::record(
            tx,
            &super::actor(connection),
            Code::TokenReplaced,
            Some(connection.node_id),
            target,
            details,
        )
        .await?;
    }
    Ok(())
}

fn row(one: &mut Arrived, connection: ConnectionId, names: &HashMap<UserId, String>) -> NewRequest {
    let is_refused = one.status >= 400;
    let Changes {
        kept: changes,
        count,
        subjects,
    } = if is_refused && one.outcome.done.is_empty() {
        Changes::default()
    } else {
        changes(&one.outcome, names)
    };
    let in_all = i64::try_from(count).unwrap_or(i64::MAX);
    let subject = subjects
        .first()
        .map(|subject| (subject.kind.clone(), subject.id.clone()))
        .or_else(|| touched(&one.outcome))
        .or_else(|| of_path(&one.path));
    let said = (!is_refused).then(|| said(&one.method, &one.path, &one.outcome, names));
    let is_noop = !is_refused && in_all == 0 && !matches!(one.method.as_str(), "GET" | "HEAD");
    if one.cause.is_none() && is_noop && !one.outcome.done.is_empty() {
        one.cause = Some("stands_already".to_owned());
    }
    if let Some(kept) = &mut one.kept {
        kept.more_changes = in_all - i64::try_from(changes.len()).unwrap_or_default();
        kept.changes = changes;
        kept.subjects = subjects;
        kept.ignored.clone_from(&one.outcome.ignored);
    }
    let kept = one
        .kept
        .as_ref()
        .and_then(|kept| serde_json::to_string(kept).ok());
    let (subject_kind, subject_id) = subject.unzip();
    let line = Request {
        id: one.id.clone(),
        connection_id: connection,
        token_id: one.caller.as_ref().map(|caller| caller.token.clone()),
        at: one.at,
        method: one.method.clone(),
        path: one.path.clone(),
        status: one.status,
        scim_type: one.scim_type.clone(),
        detail: one.detail.clone(),
        took_us: one.took_us,
        agent: one.agent.clone(),
        ip: one.ip.clone(),
        client: Client::of_agent(one.agent.as_deref().unwrap_or_default()),
        cause: one.cause.clone(),
        subject_kind,
        subject_id,
        said,
        changed: in_all,
    };
    NewRequest { line, kept }
}

fn touched(outcome: &Outcome) -> Option<(String, String)> {
    let touched = outcome.touched.as_ref()?;
    Some((touched.kind.clone(), touched.id.clone()))
}

/// The person or team whose address was asked for.
fn of_path(path: &str) -> Option<(String, String)> {
    let path = path.split('?').next().unwrap_or_default();
    let mut steps = path.trim_matches('/').split('/');
    let kind = match steps.next() {
        Some("Users") => "user",
        Some("Groups") => "team",
        _ => return None,
    };
    let id = steps
        .next()
        .filter(|id| !id.is_empty() && *id != ".search")?;
    Some((kind.to_owned(), id.chars().take(64).collect()))
}
