//! What one request did, gathered while its verbs run, for whoever asked to hear of it: the log of requests.
//!
//! Verbs tell of it after their commit, so that nothing is told that is not so. Where nobody gathers, telling costs
//! nothing.

pub(crate) mod changes;
pub(crate) mod said;

use std::cell::RefCell;

use crate::error::Error;
use crate::model::id::{TeamId, UserId};
use crate::model::request::{Remark, Subject};
use crate::model::team::Team;
use crate::model::user::User;

tokio::task_local! {
    static GATHERED: RefCell<Outcome>;
}

/// How many members of one change are told by name; the rest are counted.
const NAMED: usize = 50;

/// What one request did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The id that everything it did shares, in the log and in the events.
    pub act: String,
    /// What was done, in order.
    pub done: Vec<Done>,
    /// Whom a request that changed nothing was about.
    pub touched: Option<Subject>,
    /// How many a search found.
    pub found: Option<i64>,
    /// Why it was refused.
    pub refusal: Option<Error>,
    /// What is worth knowing of a request that was not refused.
    pub remark: Option<Remark>,
    /// What was sent and left out, each with its reason.
    pub ignored: Vec<String>,
}

/// Something that was done.
#[derive(Debug, Clone)]
pub enum Done {
    /// A person, with their teams, before and after.
    Person {
        /// How they came to be here, or changed.
        how: How,
        /// Before.
        before: Option<Box<Person>>,
        /// After.
        after: Box<Person>,
    },
    /// A person was deleted over SCIM.
    PersonRemoved(Box<User>),
    /// A team, and who came into it or went.
    Team {
        /// Before; none for one that was created.
        before: Option<Box<Team>>,
        /// After.
        after: Box<Team>,
        /// Who came.
        came: Crowd,
        /// Who went.
        went: Crowd,
    },
    /// A team was removed.
    TeamRemoved(Box<Team>),
}

/// A person with the names of their teams.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person.
    pub user: User,
    /// Their teams.
    pub teams: Vec<(TeamId, String)>,
}

/// How a person came to be as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Created.
    Created,
    /// Was here, and is kept by the connection now.
    Linked,
    /// Was deleted over SCIM, and came back.
    Revived,
    /// Changed, or asserted once more.
    Revised,
}

/// People, the first of them by id.
#[derive(Debug, Clone, Default)]
pub struct Crowd {
    /// The first of them.
    pub named: Vec<UserId>,
    /// How many there are in all.
    pub count: usize,
}

impl Crowd {
    /// Of all of them.
    pub fn of(people: &[UserId]) -> Self {
        Self {
            named: people.iter().take(NAMED).cloned().collect(),
            count: people.len(),
        }
    }
}

/// Does the work of one request, and gathers what its verbs tell.
pub async fn gather<T>(act: String, work: impl Future<Output = T>) -> (T, Outcome) {
    let empty = RefCell::new(Outcome {
        act,
        ..Outcome::default()
    });
    GATHERED
        .scope(empty, async {
            let result = work.await;
            let outcome = GATHERED.with(RefCell::take);
            (result, outcome)
        })
        .await
}

/// The id that everything one request does shares; none where nobody gathers.
pub fn act() -> Option<String> {
    GATHERED
        .try_with(|gathered| gathered.borrow().act.clone())
        .ok()
}

/// Whether somebody gathers: what is told is copied for nobody else.
pub(crate) fn is_gathered() -> bool {
    GATHERED.try_with(|_| ()).is_ok()
}

/// Tells what was done.
pub(crate) fn did(done: Done) {
    tell(|outcome| outcome.done.push(done));
}

/// Tells whom a request was about that changed nothing.
pub(crate) fn touched(kind: &str, id: &str, name: &str) {
    tell(|outcome| {
        outcome.touched = Some(Subject {
            kind: kind.to_owned(),
            id: id.to_owned(),
            name: name.to_owned(),
        });
    });
}

/// Tells how many a search found.
pub(crate) fn found(count: i64) {
    tell(|outcome| outcome.found = Some(count));
}

/// Tells what was sent and left out.
pub fn ignored(what: impl IntoIterator<Item = String>) {
    tell(|outcome| outcome.ignored.extend(what));
}

/// Tells something worth knowing.
pub(crate) fn remarked(remark: Remark) {
    tell(|outcome| outcome.remark = Some(remark));
}

/// Tells why a request was refused.
pub fn refused(error: &Error) {
    tell(|outcome| outcome.refusal = Some(error.clone()));
}

fn tell(what: impl FnOnce(&mut Outcome)) {
    // Nobody gathers: there is nobody to tell.
    let _ = GATHERED.try_with(|gathered| what(&mut gathered.borrow_mut()));
}
