//! What was done, attribute by attribute: what stood before beside what stands now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{Crowd, Done, How, Outcome, Person};
use crate::model::id::UserId;
use crate::model::request::{Change, Subject};
use crate::model::team::Team;
use crate::model::user::User;
use crate::secret::shortened;

/// How many changes of one request are kept; the rest are counted.
const KEPT: usize = 120;
/// A longer value is kept by its beginning.
const LONGEST: usize = 500;

/// What a request changed.
#[derive(Debug, Default)]
pub struct Changes {
    /// The first of them.
    pub kept: Vec<Change>,
    /// How many there are in all.
    pub count: usize,
    /// The people and teams that were touched.
    pub subjects: Vec<Subject>,
}

/// What was done, attribute by attribute. `names` are those of the members who came and went.
pub fn changes(outcome: &Outcome, names: &HashMap<UserId, String>) -> Changes {
    let mut all = Changes::default();
    for done in &outcome.done {
        match done {
            Done::Person { how, before, after } => all.person(*how, before.as_deref(), after),
            Done::PersonRemoved(user) => all.add(
                &subject_of(user),
                "active",
                Some("true".to_owned()),
                Some("false, hidden from the identity provider".to_owned()),
            ),
            Done::Team {
                before,
                after,
                came,
                went,
            } => all.team(before.as_deref(), after, [came, went], names),
            Done::TeamRemoved(team) => {
                all.add(
                    &team_subject(team),
                    "displayName",
                    Some(team.name.clone()),
                    None,
                );
            }
        }
    }
    if let (true, Some(touched)) = (all.subjects.is_empty(), &outcome.touched) {
        all.subjects.push(touched.clone());
    }
    all
}

/// A person, as the log names them.
pub fn subject_of(user: &User) -> Subject {
    Subject {
        kind: "user".to_owned(),
        id: user.id.0.clone(),
        name: user.label.clone(),
    }
}

/// A team, as the log names it.
pub fn team_subject(team: &Team) -> Subject {
    Subject {
        kind: "team".to_owned(),
        id: team.id.0.clone(),
        name: team.name.clone(),
    }
}

impl Changes {
    fn touch(&mut self, subject: &Subject) {
        if !self.subjects.iter().any(|known| known.id == subject.id) && self.subjects.len() < KEPT {
            self.subjects.push(subject.clone());
        }
    }

    fn add(
        &mut self,
        of: &Subject,
        attribute: &str,
        before: Option<String>,
        after: Option<String>,
    ) {
        if before == after {
            return;
        }
        self.touch(of);
        self.count += 1;
        if self.kept.len() < KEPT {
            self.kept.push(Change {
                of: of.clone(),
                attribute: attribute.to_owned(),
                before: before.map(|text| cut(&text)),
                after: after.map(|text| cut(&text)),
            });
        }
    }

    fn person(&mut self, how: How, before: Option<&Person>, after: &Person) {
        let of = subject_of(&after.user);
        self.touch(&of);
        let (was, is) = (
            before.map(|person| values(&person.user)),
            values(&after.user),
        );
        let was = was.unwrap_or_default();
        let names = was.keys().chain(is.keys()).cloned();
        for name in names.collect::<BTreeSet<_>>() {
            self.add(&of, &name, was.get(&name).cloned(), is.get(&name).cloned());
        }
        if how == How::Revived {
            let hidden = Some("hidden from the identity provider".to_owned());
            self.add(&of, "person", hidden, Some("shown to it again".to_owned()));
        }
        if before.is_some_and(|person| !person.user.linked) && after.user.linked {
            let by_hand = Some("added by hand".to_owned());
            self.add(
                &of,
                "person",
                by_hand,
                Some("kept by this connection".to_owned()),
            );
        }
        let teams = before
            .map(|person| person.teams.as_slice())
            .unwrap_or_default();
        for (id, name) in &after.teams {
            if !teams.iter().any(|(known, _)| known == id) {
                self.add(&of, "groups", None, Some(name.clone()));
            }
        }
        for (id, name) in teams {
            if !after.teams.iter().any(|(known, _)| known == id) {
                self.add(&of, "groups", Some(name.clone()), None);
            }
        }
    }

    fn team(
        &mut self,
        before: Option<&Team>,
        after: &Team,
        [came, went]: [&Crowd; 2],
        names: &HashMap<UserId, String>,
    ) {
        let of = team_subject(after);
        self.touch(&of);
        self.add(
            &of,
            "displayName",
            before.map(|team| team.name.clone()),
            Some(after.name.clone()),
        );
        self.add(
            &of,
            "externalId",
            before.and_then(|team| team.external_id.clone()),
            after.external_id.clone(),
        );
        if before.is_some_and(|team| !team.linked) && after.linked {
            let by_hand = Some("added by hand".to_owned());
            self.add(
                &of,
                "team",
                by_hand,
                Some("kept by this connection".to_owned()),
            );
        }
        let name = |id: &UserId| names.get(id).cloned().unwrap_or_else(|| id.0.clone());
        for id in &came.named {
            self.add(&of, "members", None, Some(name(id)));
        }
        for id in &went.named {
            self.add(&of, "members", Some(name(id)), None);
        }
        for id in came.named.iter().chain(&went.named) {
            self.touch(&Subject {
                kind: "user".to_owned(),
                id: id.0.clone(),
                name: name(id),
            });
        }
        self.count += came.count + went.count - came.named.len() - went.named.len();
    }
}

/// What SCIM says of a person, leaf by leaf, as people read it.
fn values(user: &User) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    if let Ok(attributes) = serde_json::from_str::<Value>(&user.attributes) {
        leaves(&mut values, String::new(), &attributes);
    }
    let user_name = user.user_name.as_ref().unwrap_or(&user.login);
    values.insert("userName".to_owned(), user_name.clone());
    values.insert("active".to_owned(), user.is_unlocked().to_string());
    if let Some(external_id) = &user.external_id {
        values.insert("externalId".to_owned(), external_id.clone());
    }
    values
}

fn leaves(found: &mut BTreeMap<String, String>, name: String, value: &Value) {
    match value {
        Value::Object(parts) => {
            for (part, value) in parts {
                // What stands in an extension is called by its own name, as administrators know it.
                let name = match name.as_str() {
                    _ if part.contains(':') => String::new(),
                    "" => part.to_owned(),
                    name => format!("{name}.{part}"),
                };
                leaves(found, name, value);
            }
        }
        Value::Array(items) => {
            let mut known = BTreeSet::new();
            for (place, item) in items.iter().enumerate() {
                // An item of several is told apart by its type, `emails[work]`, or else by its place.
                let kind = item.get("type").and_then(Value::as_str);
                let kind = kind.filter(|kind| known.insert((*kind).to_owned()));
                let which = kind.map_or_else(|| place.to_string(), str::to_owned);
                leaves(found, format!("{name}[{which}]"), item);
            }
        }
        Value::String(text) => {
            found.insert(name, text.clone());
        }
        Value::Null => {}
        other => {
            found.insert(name, other.to_string());
        }
    }
}

fn cut(text: &str) -> String {
    let text = shortened(text);
    if text.chars().nth(LONGEST).is_none() {
        return text;
    }
    let beginning: String = text.chars().take(LONGEST).collect();
    format!("{beginning}…")
}
