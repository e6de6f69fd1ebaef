//! One deed for many people: chosen, looked at, then done in portions, each person as they would be alone.
//!
//! The people are the ones who were there when they were chosen: whoever comes to match later is not among them, and
//! whoever changed in between is judged by what they are when their turn comes. A portion is one unit of work that also
//! notes how far the plan has come, so that nobody is dealt with twice, and what was interrupted goes on where it was.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::plans::{self, PER_REQUEST, PORTION, Patience};
use super::users::{deeds, managed};
use crate::access::Admin;
use crate::error::{Error, Result};
use crate::invitation::AN_HOUR;
use crate::model::id::{NodeId, UserId};
use crate::model::many::{self, Chosen, Deed, Left, Outcome};
use crate::model::query::ListQuery;
use crate::model::role::Privilege;
use crate::model::timestamp::HOUR;
use crate::model::user::User;
use crate::store::db::{Db, Tx};
use crate::store::plans::PEOPLE;
use crate::store::{connections, outbox, people, users};

const MANAGE: Privilege = Privilege::ManageUsers;
/// So many people are chosen at once at the most.
pub const MOST: i64 = 10_000;
/// So many names the review shows.
const NAMES: usize = 8;

/// Whom an administrator chose.
pub enum Choice {
    /// These people.
    These(Vec<UserId>),
    /// Everybody who matches.
    Matching(ListQuery),
}

/// What is kept of a choice.
#[derive(Serialize, Deserialize)]
struct Content {
    deed: Deed,
    people: Vec<UserId>,
}

/// Keeps whom an administrator chose, to be looked at; it takes the place of what they chose before. Those they do not
/// manage are not among them.
///
/// # Errors
/// `Conflict` where nobody is chosen, or more than [`MOST`].
pub async fn choose(db: &Db, admin: &Admin, deed: Deed, choice: Choice) -> Result<()> {
    admin.require_somewhere(MANAGE)?;
    let mut tx = db.write().await?;
    let people: Vec<UserId> = match choice {
        Choice::These(mut ids) => {
            ids.sort_unstable();
            ids.dedup();
            ids.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
            let found = users::among(&mut tx, &ids).await?;
            let theirs = found.into_iter().filter(|user| is_managed(admin, user));
            theirs.map(|user| user.id).collect()
        }
        Choice::Matching(query) => {
            let found = people::matching(&mut tx, &admin.user_id, MANAGE, &query, MOST + 1).await?;
            found.into_iter().map(|row| row.0).collect()
        }
    };
    let count = i64::try_from(people.len()).unwrap_or(i64::MAX);
    if people.is_empty() {
        let sentence = "Nobody is chosen. Tick the people, or choose all that match.";
        return Err(Error::Conflict(sentence.to_owned()));
    }
    if count > MOST {
        return Err(Error::Conflict(format!(
            "More than {MOST} people match. Narrow the list by a state or a node, and go in parts."
        )));
    }
    let content = plans::json(&Content { deed, people })?;
    crate::store::plans::keep(&mut tx, &admin.user_id, PEOPLE, &content, count).await?;
    tx.commit().await
}

/// What an administrator chose last and what it would do now, if they chose anybody lately.
pub async fn chosen(db: &Db, admin: &Admin, to: Option<NodeId>) -> Result<Option<Chosen>> {
    admin.require_somewhere(MANAGE)?;
    let mut tx = db.read().await?;
    preview(&mut tx, admin, to).await
}

async fn preview(tx: &mut Tx, admin: &Admin, to: Option<NodeId>) -> Result<Option<Chosen>> {
    let Some(plan) = crate::store::plans::find(tx, &admin.user_id, PEOPLE).await? else {
        return Ok(None);
    };
    let outcome: Outcome = plans::read(&plan.outcome)?;
    // What is done keeps no people; its deed stands in its outcome's place.
    let Some(content) = plans::content::<Content>(&plan.content)? else {
        return Ok(Some(over(&plan, outcome)));
    };
    let to = plan.node_id.or(to);
    let mut chosen = Chosen {
        plan: plan.id,
        deed: content.deed,
        to,
        all: plan.total,
        position: plan.position,
        will: 0,
        left: Vec::new(),
        names: Vec::new(),
        outcome,
        chosen_at: plan.created_at,
    };
    if content.deed == Deed::Move && to.is_none() {
        chosen.will = plan.total - plan.position;
        return Ok(Some(chosen));
    }
    let mut facts = Facts::of(tx, admin, content.deed, to).await?;
    let rest = content.people.iter().skip(plans::place(plan.position));
    let rest: Vec<UserId> = rest.cloned().collect();
    for part in rest.chunks(PORTION) {
        facts.read(tx, part).await?;
        let found = users::among(tx, part).await?;
        let gone = part.len() - found.len();
        for _ in 0..gone {
            many::add(&mut chosen.left, Left::Gone);
        }
        for user in &found {
            if let Some(left) = facts.judge(admin, user) {
                many::add(&mut chosen.left, left);
            } else {
                chosen.will += 1;
                if chosen.names.len() < NAMES {
                    chosen.names.push(user.label.clone());
                }
            }
        }
    }
    Ok(Some(chosen))
}

/// A plan that is done.
fn over(plan: &crate::store::plans::Plan, outcome: Outcome) -> Chosen {
    Chosen {
        plan: plan.id.clone(),
        deed: outcome.deed.unwrap_or(Deed::Lock),
        to: plan.node_id,
        all: plan.total,
        position: plan.position,
        will: 0,
        left: Vec::new(),
        names: Vec::new(),
        outcome,
        chosen_at: plan.created_at,
    }
}

/// What the judgement of many people needs, asked once for all or for a portion.
struct Facts {
    deed: Deed,
    to: Option<NodeId>,
    /// The nodes with a connection.
    connected: HashSet<NodeId>,
    /// Those who administer and are not judged yet, or stay.
    administrators: HashSet<UserId>,
    /// Those of the portion who were invited too often.
    tired: HashSet<UserId>,
}

impl Facts {
    async fn of(tx: &mut Tx, admin: &Admin, deed: Deed, to: Option<NodeId>) -> Result<Self> {
        deeds::check_target(tx, admin, deed, to).await?;
        let connected = connections::nodes(tx).await?;
        let administrators = users::administrators(tx).await?;
        Ok(Self {
            deed,
            to,
            connected: connected.into_iter().map(|row| row.0).collect(),
            administrators: administrators.into_iter().map(|row| row.0).collect(),
            tired: HashSet::new(),
        })
    }

    async fn read(&mut self, tx: &mut Tx, part: &[UserId]) -> Result<()> {
        if self.deed == Deed::Invite {
            let since = tx.now().plus(-HOUR);
            let found = outbox::written_often(tx, part, outbox::INVITATION, since, AN_HOUR).await?;
            self.tired = found.into_iter().map(|row| row.0).collect();
        }
        Ok(())
    }

    /// Why somebody would be left as they are.
    fn judge(&mut self, admin: &Admin, user: &User) -> Option<Left> {
        if !is_managed(admin, user) {
            return Some(Left::Gone);
        }
        let is_kept = user.linked && self.connected.contains(&user.node_id);
        let stays = deeds::stays(admin, self.deed, self.to, user, is_kept);
        let ends = matches!(self.deed, Deed::Lock | Deed::Delete);
        stays.or_else(|| {
            if self.tired.contains(&user.id) {
                return Some(Left::TooOften);
            }
            if ends && self.administrators.contains(&user.id) {
                if self.administrators.len() == 1 {
                    return Some(Left::LastAdministrator);
                }
                self.administrators.remove(&user.id);
            }
            None
        })
    }
}

fn is_managed(admin: &Admin, user: &User) -> bool {
    user.recycled_at.is_none() && admin.may(MANAGE, user.node_id)
}

/// Does what was looked at, from where it has come; some thousands of people in one go, the rest when asked again. Of
/// two who ask at once each portion is done by one.
///
/// # Errors
/// `Conflict` where another choice has taken its place; `Invalid` where the number of people has to be typed and was not.
pub async fn carry_out(
    db: &Db,
    admin: &Admin,
    plan: &str,
    to: Option<NodeId>,
    typed: &str,
) -> Result<Outcome> {
    admin.require_somewhere(MANAGE)?;
    let mut tx = db.read().await?;
    let chosen = preview(&mut tx, admin, to).await?;
    let kept = crate::store::plans::find(&mut tx, &admin.user_id, PEOPLE).await?;
    drop(tx);
    let (Some(chosen), Some(kept)) = (chosen.filter(|chosen| chosen.plan == plan), kept) else {
        return Err(plans::replaced());
    };
    let Some(content) = plans::content::<Content>(&kept.content)? else {
        return Ok(chosen.outcome);
    };
    if let Some(number) = chosen.must_type()
        && typed.trim().replace([',', ' ', '.'], "") != number.to_string()
    {
        return Err(Error::invalid(
            "typed",
            format!("Type {number}, the number of people who are deleted."),
        ));
    }
    if chosen.deed == Deed::Move && chosen.to != to {
        return Err(plans::replaced());
    }
    let mut outcome = Outcome::default();
    let mut patience = Patience::default();
    for _ in 0..PER_REQUEST.div_ceil(PORTION) {
        let step = portion(db, admin, plan, &content, to).await;
        if patience.tries_again(&step) {
            continue;
        }
        let step = step?;
        outcome = step.outcome;
        if step.is_over {
            break;
        }
    }
    Ok(outcome)
}

/// The next people of a plan, in one unit of work.
async fn portion(
    db: &Db,
    admin: &Admin,
    plan: &str,
    content: &Content,
    to: Option<NodeId>,
) -> Result<plans::Step<Outcome>> {
    let mut tx = db.write().await?;
    let who = (&admin.user_id, PEOPLE);
    let (from, mut outcome) = plans::hold::<Outcome>(&mut tx, who, plan, to).await?;
    let part: Vec<UserId> = {
        let rest = content.people.iter().skip(plans::place(from));
        rest.take(PORTION).cloned().collect()
    };
    let over = |outcome, is_over| plans::Step { outcome, is_over };
    if part.is_empty() {
        return Ok(over(outcome, true));
    }
    let admin = plans::as_now(&mut tx, admin).await?;
    deeds::check_target(&mut tx, &admin, content.deed, to).await?;
    for id in &part {
        people::hold(&mut tx, id).await?;
    }
    outcome.deed = Some(content.deed);
    for id in &part {
        match managed(&mut tx, &admin, id).await {
            Ok(user) => match deeds::carry_out(&mut tx, &admin, content.deed, to, &user).await? {
                None => outcome.done += 1,
                Some(left) => outcome.leave(&user.label, left),
            },
            Err(Error::NotFound(_)) => outcome.leave("", Left::Gone),
            Err(error) => return Err(error),
        }
    }
    let position = from + i64::try_from(part.len()).unwrap_or_default();
    let is_over = plans::place(position) >= content.people.len();
    let kept = plans::json(&outcome)?;
    crate::store::plans::advance(&mut tx, who, position, to, &kept).await?;
    tx.commit().await?;
    Ok(over(outcome, is_over))
}
