//! The chain that seals the events: what was committed is sealed soon after, and what was changed since is found.
//!
//! Each link is made of the event, of its place and of the link before it, with a key that is not in the database. It is
//! made by a job and not by who writes the event, so that nobody waits for anybody; see docs/decisions/0013.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::timestamp::{MINUTE, Timestamp};
use crate::secret::Secrets;
use crate::store::db::{Db, Tx};
use crate::store::seals::{self, Row, Seal};

/// So many events are sealed in one unit of work.
pub const PORTION: i64 = 2_000;
/// An event may be committed so much later than one with a greater id: its unit took so long, or its server's clock is
/// behind by so much.
const LATE: i64 = 15 * MINUTE;
/// So many of one kind of finding are told.
const TOLD: usize = 20;

/// What a look at the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many events are sealed.
    pub sealed: i64,
    /// The last link: noted elsewhere, it shows later on that nothing was cut off at the end.
    pub last: String,
    /// A sentence for each thing that is not as it was sealed.
    pub broken: Vec<String>,
}

/// Seals the next events that were committed; how many. Of several servers one seals at a time.
///
/// # Errors
/// Where the database could not be used.
pub async fn seal(db: &Db, secrets: &Secrets) -> Result<i64> {
    let mut tx = db.read().await?;
    let last = seals::last(&mut tx).await?;
    let (from, until) = (from(last.as_ref(), tx.now()), until(tx.now()));
    let first = seals::unsealed(&mut tx, &from, 1).await?;
    if let Some(event) = seals::unsealed(&mut tx, &until, 1).await?.first() {
        tracing::warn!(event = %event.id, "an event is of the future, and not sealed before its time: look at the clocks");
    }
    if first.first().is_none_or(|event| event.id > until) {
        return Ok(0);
    }
    drop(tx);
    let mut tx = db.write().await?;
    seals::hold_turn(&mut tx).await?;
    let last = seals::last(&mut tx).await?;
    let (from, until) = (self::from(last.as_ref(), tx.now()), self::until(tx.now()));
    let mut events = seals::unsealed(&mut tx, &from, PORTION).await?;
    // Of those in the order of their ids the ones of the future are the last.
    events.retain(|event| event.id <= until);
    let (mut position, mut link) =
        last.map_or((0, String::new()), |last| (last.position, last.link));
    let mut made = Vec::with_capacity(events.len());
    for event in &events {
        position += 1;
        let (actor, target) = parts(secrets, event)?;
        link = linked(secrets, &link, position, event, (&actor, &target))?;
        made.push(Seal {
            position,
            event_id: event.id.clone(),
            actor,
            target,
            link: link.clone(),
        });
    }
    seals::insert(&mut tx, &made).await?;
    tx.commit().await?;
    Ok(i64::try_from(made.len()).unwrap_or(i64::MAX))
}

/// Compares every sealed event with its link, and looks for events that slipped in among those that are sealed.
///
/// # Errors
/// Where the database could not be used.
pub async fn check(db: &Db, secrets: &Secrets) -> Result<Found> {
    let mut tx = db.read().await?;
    let mut broken = Vec::new();
    let mut erased = HashSet::new();
    for (user, told) in seals::erasures(&mut tx).await? {
        if told {
            erased.insert(user.0);
        } else {
            broken.push(format!(
                "The person {user} was erased, and no event tells of it."
            ));
        }
    }
    let (mut position, mut link) = (0, String::new());
    loop {
        let portion = seals::after(&mut tx, position, PORTION).await?;
        let Some(last) = portion.last().map(|seal| seal.position) else {
            break;
        };
        let events = seals::events_of(&mut tx, position, last).await?;
        let events: HashMap<String, Row> = events
            .into_iter()
            .map(|row| (row.id.clone(), row))
            .collect();
        for seal in portion {
            if seal.position != position + 1 {
                broken.push(format!(
                    "The seals {} to {} are gone.",
                    position + 1,
                    seal.position - 1
                ));
            }
            if let Some(sentence) = differs(secrets, &link, &seal, &events, &erased)? {
                broken.push(sentence);
            }
            (position, link) = (seal.position, seal.link);
        }
    }
    slipped_in(&mut tx, &mut broken).await?;
    broken.truncate(TOLD);
    Ok(Found {
        sealed: position,
        last: link,
        broken,
    })
}

/// How an event is not what was sealed.
fn differs(
    secrets: &Secrets,
    before: &str,
    seal: &Seal,
    events: &HashMap<String, Row>,
    erased: &HashSet<String>,
) -> Result<Option<String>> {
    let (number, id) = (seal.position, &seal.event_id);
    let Some(event) = events.get(id) else {
        return Ok(Some(format!(
            "The event {id}, sealed as number {number}, is gone."
        )));
    };
    let (actor, target) = parts(secrets, event)?;
    let is_erased = |id: &Option<String>| id.as_ref().is_some_and(|id| erased.contains(id));
    let keeps_actor =
        actor == seal.actor || (event.actor_name.is_empty() && is_erased(&event.actor_id));
    let is_blank = event.target_name.as_deref() == Some("") && event.details == "{}";
    let keeps_target = target == seal.target || (is_blank && is_erased(&event.target_id));
    let link = linked(secrets, before, number, event, (&seal.actor, &seal.target))?;
    let is_same = keeps_actor && keeps_target && link == seal.link;
    Ok((!is_same)
        .then(|| format!("The event {id}, number {number}, is not what was sealed, or not where.")))
}

/// Events that are older than what was sealed last and are not sealed themselves.
async fn slipped_in(tx: &mut Tx, broken: &mut Vec<String>) -> Result<()> {
    let last = seals::last(tx).await?;
    let before = from(last.as_ref(), tx.now());
    let limit = i64::try_from(TOLD).unwrap_or_default();
    for (id,) in seals::unsealed_before(tx, &before, limit).await? {
        broken.push(format!(
            "The event {id} was never sealed: it was put in later."
        ));
    }
    Ok(())
}

/// The id after which there may be events that are not sealed yet: one that was sealed out of a future hides none of now.
fn from(last: Option<&Seal>, now: Timestamp) -> String {
    let Some(seal) = last else {
        return String::new();
    };
    // The first 48 bits of a UUIDv7 are its instant.
    let digits: String = seal
        .event_id
        .chars()
        .filter(|c| *c != '-')
        .take(12)
        .collect();
    let instant = i64::from_str_radix(&digits, 16).unwrap_or_default();
    id_at(instant.min(now.0) - LATE)
}

/// The id up to which events are sealed: a later one was made by a clock that is wrong, or by somebody else.
fn until(now: Timestamp) -> String {
    id_at(now.0 + LATE)
}

/// Where the ids of an instant begin.
fn id_at(instant: i64) -> String {
    let instant = instant.max(0);
    format!("{:08x}-{:04x}", instant >> 16, instant & 0xffff)
}

/// What seals the parts of an event that can be erased: each bound to its event.
fn parts(secrets: &Secrets, event: &Row) -> Result<(String, String)> {
    let actor = text(&(&event.id, &event.actor_name))?;
    let target = text(&(&event.id, &event.target_name, &event.details))?;
    Ok((
        secrets.of_event("event_actor", &actor),
        secrets.of_event("event_target", &target),
    ))
}

/// The link of an event at its place.
fn linked(
    secrets: &Secrets,
    before: &str,
    position: i64,
    event: &Row,
    parts: (&str, &str),
) -> Result<String> {
    let who = (&event.actor_kind, &event.actor_id);
    let what = (&event.target_kind, &event.target_id);
    let open = (
        &event.id,
        &event.act,
        event.at,
        &event.code,
        who,
        event.node_id,
        what,
    );
    let text = text(&(before, position, open, parts))?;
    Ok(secrets.of_event("event_link", &text))
}

/// One text for one value: JSON says where each part ends.
fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Store(error.to_string()))
}
