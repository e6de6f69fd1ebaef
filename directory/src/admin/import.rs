//! People from a file: looked at first, then added in portions, each as by hand (behaviour.md 3.6).
//!
//! The rows are kept with the administrator's plan, at most [`MOST_ROWS`] of them and for a day: what was looked at is
//! what is done, whatever becomes of the browser, and nothing that was looked at can be changed on its way back.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::plans::{self, PER_REQUEST, PORTION, Patience};
use super::users::{NewPerson, TAKEN, add_to};
use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::id::NodeId;
use crate::model::import::{Fate, FileRow, Imported, MOST_ROWS, Review, Reviewed};
use crate::model::role::Privilege;
use crate::store::db::{Db, Tx};
use crate::store::plans::IMPORT;
use crate::store::{nodes, users};
use crate::text::fold;

const MANAGE: Privilege = Privilege::ManageUsers;
/// So many rows the review shows.
const SHOWN: usize = 200;

/// What is kept of a file.
#[derive(Serialize, Deserialize)]
struct Content {
    /// Where people go whose row names no node.
    node: NodeId,
    rows: Vec<FileRow>,
    unread: Vec<String>,
}

/// Keeps the rows of a file, to be looked at; they take the place of those of the file before.
///
/// # Errors
/// `Invalid` for a file without rows or with more than [`MOST_ROWS`]; `Forbidden` or `NotFound` for the node.
pub async fn keep(
    db: &Db,
    admin: &Admin,
    node: NodeId,
    rows: Vec<FileRow>,
    unread: Vec<String>,
) -> Result<()> {
    admin.require(MANAGE, node)?;
    if rows.is_empty() {
        return Err(Error::invalid(
            "file",
            "The file has no rows below its head. Add a line for each person.",
        ));
    }
    if rows.len() > MOST_ROWS {
        return Err(Error::invalid(
            "file",
            format!(
                "The file has more than {MOST_ROWS} rows. Split it, and bring in one part after the other."
            ),
        ));
    }
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let content = plans::json(&Content { node, rows, unread })?;
    let mut tx = db.write().await?;
    crate::store::plans::keep(&mut tx, &admin.user_id, IMPORT, &content, total).await?;
    tx.commit().await
}

/// The last file of an administrator and what would become of its rows now, if they brought one lately.
pub async fn review(db: &Db, admin: &Admin) -> Result<Option<Review>> {
    admin.require_somewhere(MANAGE)?;
    let mut tx = db.read().await?;
    let Some(plan) = crate::store::plans::find(&mut tx, &admin.user_id, IMPORT).await? else {
        return Ok(None);
    };
    let mut review = Review {
        plan: plan.id,
        all: plan.total,
        position: plan.position,
        tally: crate::model::import::Tally::default(),
        rows: Vec::new(),
        unread: Vec::new(),
        node: None,
        imported: plans::read(&plan.outcome)?,
    };
    let Some(content) = plans::content::<Content>(&plan.content)? else {
        return Ok(Some(review));
    };
    let file = File::of(&mut tx, admin, &content).await?;
    let mut at = plans::place(plan.position).min(content.rows.len());
    for part in content.rows[at..].chunks(PORTION) {
        let taken = taken(&mut tx, part).await?;
        for row in part {
            let (fate, words) = file.judge(at, row, &taken).told();
            at += 1;
            review.tally.add(fate);
            let row = row.clone();
            review.rows.push(Reviewed { row, fate, words });
        }
        // The faults stay in front, and no more is kept than is shown.
        review.rows.sort_by_key(|one| (one.fate, one.row.line));
        review.rows.truncate(SHOWN);
    }
    review.unread = content.unread;
    review.node = Some(content.node);
    Ok(Some(review))
}

/// Adds the people of the file that was looked at, from where it has come. Rows that are refused now, or exist, are left.
///
/// # Errors
/// `Conflict` where another file has taken its place.
pub async fn carry_out(db: &Db, admin: &Admin, plan: &str) -> Result<Imported> {
    admin.require_somewhere(MANAGE)?;
    let mut tx = db.read().await?;
    let kept = crate::store::plans::find(&mut tx, &admin.user_id, IMPORT).await?;
    drop(tx);
    let kept = kept
        .filter(|kept| kept.id == plan)
        .ok_or_else(plans::replaced)?;
    let Some(content) = plans::content::<Content>(&kept.content)? else {
        return plans::read(&kept.outcome);
    };
    let mut imported = Imported::default();
    let mut patience = Patience::default();
    let mut clashes = HashSet::new();
    for _ in 0..PER_REQUEST.div_ceil(PORTION) {
        let before = clashes.len();
        let step = portion(db, admin, plan, &content, &mut clashes).await;
        if clashes.len() > before || patience.tries_again(&step) {
            continue;
        }
        let step = step?;
        imported = step.outcome;
        if step.is_over {
            break;
        }
    }
    Ok(imported)
}

/// The next rows of a file, in one unit of work. Whoever could not be added because somebody has their address is noted
/// among the clashes by the place of their row, and counts as here already from then on.
async fn portion(
    db: &Db,
    admin: &Admin,
    plan: &str,
    content: &Content,
    clashes: &mut HashSet<usize>,
) -> Result<plans::Step<Imported>> {
    let mut tx = db.write().await?;
    let who = (&admin.user_id, IMPORT);
    let (from, mut imported) = plans::hold::<Imported>(&mut tx, who, plan, None).await?;
    let rest = &content.rows[plans::place(from).min(content.rows.len())..];
    let part = &rest[..rest.len().min(PORTION)];
    if part.is_empty() {
        return Ok(plans::Step {
            outcome: imported,
            is_over: true,
        });
    }
    let admin = plans::as_now(&mut tx, admin).await?;
    let file = File::of(&mut tx, &admin, content).await?;
    let taken = taken(&mut tx, part).await?;
    for (at, row) in (plans::place(from)..).zip(part) {
        let mut verdict = file.judge(at, row, &taken);
        if matches!(verdict, Verdict::Add(..)) && clashes.contains(&at) {
            verdict = Verdict::Exists;
        }
        if let Verdict::Add(node, _, new) = &verdict {
            // Somebody added the same person at this moment. What failed in a unit may have ended it, so all of it is tried again.
            let added = add_to(&mut tx, &admin, *node, new).await;
            added.map_err(|error| match error {
                Error::Conflict(_) => {
                    clashes.insert(at);
                    Error::Busy
                }
                other => other,
            })?;
        }
        let (fate, words) = verdict.told();
        imported.tally.add(fate);
        if fate != Fate::Added {
            let row = row.clone();
            imported.left.push(Reviewed { row, fate, words });
        }
    }
    // Whoever is here already crowds no fault out.
    imported.left.sort_by_key(|one| (one.fate, one.row.line));
    imported.left.truncate(Imported::NAMED);
    let position = from + i64::try_from(part.len()).unwrap_or_default();
    let kept = plans::json(&imported)?;
    crate::store::plans::advance(&mut tx, who, position, None, &kept).await?;
    tx.commit().await?;
    Ok(plans::Step {
        outcome: imported,
        is_over: part.len() == rest.len(),
    })
}

/// What becomes of a row.
enum Verdict {
    Add(NodeId, String, NewPerson),
    Exists,
    Refuse(String),
}

impl Verdict {
    fn told(self) -> (Fate, String) {
        match self {
            Self::Add(_, node, _) => (Fate::Added, node),
            Self::Exists => (Fate::Exists, TAKEN.to_owned()),
            Self::Refuse(sentence) => (Fate::Refused, sentence),
        }
    }
}

/// What the rows of a file are judged by.
struct File {
    default: NodeId,
    /// The nodes where the administrator may add people.
    nodes: Vec<(NodeId, String)>,
    /// The places of rows whose address stands on an earlier line, and that line.
    repeated: HashMap<usize, i64>,
}

impl File {
    async fn of(tx: &mut Tx, admin: &Admin, content: &Content) -> Result<Self> {
        let mut there = nodes::names(tx).await?;
        there.retain(|(node, _)| admin.may(MANAGE, *node));
        let mut first: HashMap<String, i64> = HashMap::new();
        let mut repeated = HashMap::new();
        for (at, row) in content.rows.iter().enumerate() {
            let Some(address) = crate::address::Address::parse(&row.email) else {
                continue;
            };
            // Unique are the address and the userName, and two spellings of a domain may differ in one of them alone.
            let keys = [fold(&address.text), address.key];
            let earlier = keys.iter().find_map(|key| first.get(key)).copied();
            if let Some(line) = earlier {
                repeated.insert(at, line);
            } else {
                first.extend(keys.map(|key| (key, row.line)));
            }
        }
        Ok(Self {
            default: content.node,
            nodes: there,
            repeated,
        })
    }

    fn judge(&self, at: usize, row: &FileRow, taken: &HashSet<String>) -> Verdict {
        if !row.fault.is_empty() {
            return Verdict::Refuse(row.fault.clone());
        }
        let new = match NewPerson::of(&row.name, &row.email) {
            Ok(new) => new,
            Err(error) => return Verdict::Refuse(error.to_string()),
        };
        if let Some(line) = self.repeated.get(&at) {
            return Verdict::Refuse(format!(
                "The same address stands on line {line}. Keep one of the two."
            ));
        }
        let (node, name) = match self.node(&row.node) {
            Ok(node) => node,
            Err(sentence) => return Verdict::Refuse(sentence),
        };
        if taken.contains(&new.address.key) || taken.contains(&fold(&new.address.text)) {
            return Verdict::Exists;
        }
        Verdict::Add(node, name, new)
    }

    /// The node that a cell names: by its number, or by a name that one node alone bears.
    fn node(&self, cell: &str) -> Result<(NodeId, String), String> {
        let cell = cell.trim();
        let wanted = if cell.is_empty() {
            Some(self.default)
        } else {
            cell.parse().ok().map(NodeId)
        };
        let by_number = wanted.and_then(|id| self.nodes.iter().find(|(node, _)| *node == id));
        if let Some(found) = by_number {
            return Ok(found.clone());
        }
        let key = fold(cell);
        let mut named = self.nodes.iter().filter(|(_, name)| fold(name) == key);
        match (named.next(), named.next()) {
            (Some(one), None) => Ok(one.clone()),
            (Some(one), Some(_)) => Err(format!(
                "More than one node is called {}. Write its number, which stands in the address of its page.",
                one.1
            )),
            (None, _) if cell.is_empty() => {
                Err("You may no longer add people to the node that was chosen.".to_owned())
            }
            (None, _) => Err(format!(
                "There is no node {cell} where you may add people. Write its name as on the page of nodes."
            )),
        }
    }
}

/// Which addresses of these rows somebody has.
async fn taken(tx: &mut Tx, rows: &[FileRow]) -> Result<HashSet<String>> {
    let parsed = rows
        .iter()
        .filter_map(|row| crate::address::Address::parse(&row.email));
    let keys: Vec<String> = parsed
        .flat_map(|address| [fold(&address.text), address.key])
        .collect();
    let found = users::taken(tx, &keys).await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}
