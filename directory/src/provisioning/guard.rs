//! Many locks and removals within an hour are a storm: carried out and gathered to be undone, or held back (DEL-2 to DEL-5).

use serde_json::json;

use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::event::{Code, Target};
use crate::model::id::StormId;
use crate::model::letter::{Letter, Way, plain_name};
use crate::model::role::Privilege;
use crate::model::storm::{LossKind, StormGuard, UNDOABLE};
use crate::model::timestamp::{HOUR, MINUTE, Timestamp};
use crate::model::user::User;
use crate::store::db::{Db, Tx};
use crate::store::losses::{self, Before, EndedMembership, Guard};
use crate::store::{events, outbox, storms};

/// So many may always be lost within an hour: whoever leaves a small company is no storm (DEL-2).
pub(crate) const ALWAYS: i64 = 10;
/// Of so many people one may be lost.
pub(crate) const OF: i64 = 10;
/// Emptying a team of more members than this is a storm by itself (DEL-5).
const EMPTIED: usize = 20;
/// The kind of the mail that tells of one.
pub const MAIL: &str = "storm";

/// What a request takes away, gathered while it is carried out.
#[derive(Debug, Default)]
pub(super) struct Losses {
    list: Vec<Before>,
    weight: i64,
    empties: bool,
}

impl Losses {
    /// Somebody is locked, or deleted.
    pub(super) fn person(&mut self, connection: &Connection, user: &User, kind: LossKind) {
        self.list.push(Before::Person {
            user: user.id.clone(),
            locked_by_idp: user.locked_by_idp,
            locked_by: user.locked_by.clone(),
            locked_by_now: connection.name.clone(),
            kind,
        });
        self.weight += 1;
    }

    /// Whether somebody is locked or deleted.
    pub(super) fn locks(&self) -> bool {
        self.list
            .iter()
            .any(|loss| matches!(loss, Before::Person { .. }))
    }

    /// Memberships end.
    pub(super) fn memberships(&mut self, ended: Vec<EndedMembership>) {
        self.weight += count(ended.len());
        self.list.extend(ended.into_iter().map(Before::Membership));
    }

    /// Every membership of a team ends at once.
    pub(super) fn emptied(&mut self, ended: Vec<EndedMembership>) {
        self.empties |= ended.len() > EMPTIED;
        self.memberships(ended);
    }

    /// A team is removed, which counts as much as its members.
    pub(super) fn team(&mut self, team: Before, members: i64) {
        self.weight += members.max(1);
        self.empties |= members > count(EMPTIED);
        self.list.push(team);
    }
}

/// What becomes of the losses of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passage {
    /// They are noted, and can be undone where they are part of a storm.
    Through,
    /// They are too many, and the connection holds such back.
    Held,
}

/// Ends a unit of work: it is kept with a note of what it took away, or given up where the connection holds that back.
///
/// # Errors
/// [`Error::Held`]; and where the database could not keep it.
pub(super) async fn commit(
    db: &Db,
    mut tx: Tx,
    connection: &Connection,
    losses: &Losses,
) -> Result<()> {
    match pass(&mut tx, connection, losses).await? {
        Passage::Through => tx.commit().await,
        Passage::Held => {
            drop(tx);
            Err(hold_back(db, connection).await?)
        }
    }
}

/// Notes what a request takes away: as part of a storm if there is one, or if this makes one.
async fn pass(tx: &mut Tx, connection: &Connection, losses: &Losses) -> Result<Passage> {
    if losses.list.is_empty() {
        return Ok(Passage::Through);
    }
    let mut guard = hold(tx, connection).await?;
    let mut recent = Recent::of(&guard, tx.now());
    let holds = connection.storm_guard == StormGuard::Hold;
    let storm = match current(&guard, tx.now()) {
        Some(storm) if holds && storms::is_undecided(tx, &storm).await? => {
            return Ok(Passage::Held);
        }
        Some(storm) => Some(storm),
        None => {
            let sum = recent.sum() + losses.weight;
            let is_one = losses.empties
                || (sum > ALWAYS && sum > allowed(tx, connection, &mut guard).await?);
            match (is_one, holds) {
                (false, _) => None,
                (true, true) => return Ok(Passage::Held),
                (true, false) => Some(open(tx, connection, 0).await?),
            }
        }
    };
    losses::insert(tx, &connection.id, storm.as_ref(), &losses.list).await?;
    recent.add(losses.weight);
    guard.recent = recent.text();
    guard.holds = false;
    guard.last_at = tx.now();
    guard.storm_id = storm;
    losses::keep(tx, &connection.id, &guard).await?;
    Ok(Passage::Through)
}

/// Notes that a request was held back, after its own unit of work was given up; what its client is told.
async fn hold_back(db: &Db, connection: &Connection) -> Result<Error> {
    let mut tx = db.write().await?;
    let mut guard = hold(&mut tx, connection).await?;
    guard.holds = if let Some(storm) = current(&guard, tx.now()) {
        storms::held_one(&mut tx, &storm).await?
    } else {
        guard.storm_id = Some(open(&mut tx, connection, 1).await?);
        true
    };
    guard.last_at = tx.now();
    losses::keep(&mut tx, &connection.id, &guard).await?;
    tx.commit().await?;
    Ok(Error::Held(
        "This connection holds back many locks and removals at once, and these are many. An administrator must let \
         them through in the console; nothing was changed."
            .to_owned(),
    ))
}

/// Adds losses that came with a request which gives something back, such as the memberships somebody loses who was
/// deleted and is created anew: they belong to the storm that deleted them.
pub(super) async fn follow(
    tx: &mut Tx,
    connection: &Connection,
    user: &User,
    ended: Vec<EndedMembership>,
) -> Result<()> {
    let storm = losses::storm_that_deleted(tx, &user.id).await?;
    let list: Vec<Before> = ended.into_iter().map(Before::Membership).collect();
    losses::insert(tx, &connection.id, storm.as_ref(), &list).await
}

/// Forgets what can no longer be undone, and single losses that can no longer become part of a storm.
///
/// # Errors
/// Where the database could not be written.
pub async fn forget(db: &Db) -> Result<u64> {
    let mut tx = db.write().await?;
    let (hour_ago, long_ago) = (tx.now().plus(-HOUR), tx.now().plus(-UNDOABLE));
    let forgotten = losses::forget(&mut tx, hour_ago, long_ago).await?;
    tx.commit().await?;
    Ok(forgotten)
}

async fn hold(tx: &mut Tx, connection: &Connection) -> Result<Guard> {
    losses::hold(tx, &connection.id)
        .await?
        .ok_or(Error::NotFound("The connection"))
}

/// The storm that further losses join: as long as the last came within the hour, or it holds them back.
fn current(guard: &Guard, now: Timestamp) -> Option<StormId> {
    let goes_on = guard.holds || guard.last_at > now.plus(-HOUR);
    guard.storm_id.clone().filter(|_| goes_on)
}

/// How much may be lost within an hour, counted once an hour.
async fn allowed(tx: &mut Tx, connection: &Connection, guard: &mut Guard) -> Result<i64> {
    if guard.counted_at < tx.now().plus(-HOUR) {
        guard.allowed = allowed_of(losses::people(tx, connection.node_id).await?);
        guard.counted_at = tx.now();
    }
    Ok(guard.allowed)
}

/// How much may be lost within an hour where a connection keeps so many people (DEL-2).
pub(crate) fn allowed_of(people: i64) -> i64 {
    ALWAYS.max(people / OF)
}

/// Opens a storm with everything that was lost within the hour, and tells the administrators.
async fn open(tx: &mut Tx, connection: &Connection, held_requests: i64) -> Result<StormId> {
    let storm = StormId(tx.new_id());
    storms::insert(tx, &storm, &connection.id, held_requests).await?;
    storms::gather(tx, &storm, &connection.id, tx.now().plus(-HOUR)).await?;
    let code = if held_requests > 0 {
        Code::StormHeld
    } else {
        Code::StormBegan
    };
    events::record(
        tx,
        &super::actor(connection),
        code,
        Some(connection.node_id),
        Target::new("connection", &connection.id, &connection.name),
        json!({ "storm": storm }).to_string(),
    )
    .await?;
    for to in outbox::administrators(tx, connection.node_id, Privilege::ManageConnections).await? {
        outbox::tell(tx, &to, MAIL, &letter(connection, &storm, held_requests)).await?;
    }
    Ok(storm)
}

/// What the administrators are told of a storm, which has begun at this moment: the page says how it goes on.
fn letter(connection: &Connection, storm: &StormId, held_requests: i64) -> Letter {
    let name = plain_name(&connection.name, "An identity provider");
    let (subject, now) = if held_requests > 0 {
        (
            format!("{name} wants to lock or remove many at once"),
            "What comes from now on is held back until you let it through.",
        )
    } else {
        (
            format!("{name} is locking or removing many at once"),
            "All of it was carried out at once, and all of it can be undone for 30 days.",
        )
    };
    Letter {
        heading: subject.clone(),
        subject,
        paragraphs: vec![
            "More people were locked, or taken out of teams, within an hour than usual. Often that is a mistake in the \
             identity provider: a rule that changed, a group that was unassigned."
                .to_owned(),
            now.to_owned(),
        ],
        way: Some(Way {
            words: "Look at it".to_owned(),
            page: format!("/nodes/{}/connection/storms/{storm}", connection.node_id),
        }),
        note: "You get this mail because you manage this connection.".to_owned(),
    }
}

/// How much was lost in each of the last sixty minutes.
struct Recent {
    now: i64,
    minutes: Vec<(i64, i64)>,
}

impl Recent {
    fn of(guard: &Guard, now: Timestamp) -> Self {
        let now = now.0 / MINUTE;
        // What cannot be read counts as nothing: it only ever holds an hour.
        let mut minutes: Vec<(i64, i64)> = serde_json::from_str(&guard.recent).unwrap_or_default();
        minutes.retain(|(minute, _)| *minute > now - 60);
        Self { now, minutes }
    }

    fn sum(&self) -> i64 {
        self.minutes.iter().map(|(_, weight)| weight).sum()
    }

    fn add(&mut self, weight: i64) {
        match self.minutes.last_mut() {
            Some((minute, lost)) if *minute == self.now => *lost += weight,
            _ => self.minutes.push((self.now, weight)),
        }
    }

    fn text(&self) -> String {
        json!(self.minutes).to_string()
    }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
