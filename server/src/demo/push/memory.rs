//! What an identity provider remembers of each service it pushes to: above all the service's ids.

use std::collections::HashMap;

use axum::response::Response;

use super::done;
use super::style::Style;
use super::talk::{Exchange, KnownGroup, KnownPerson, Talk, Target};

/// The whole of it.
#[derive(Default)]
pub struct Memory {
    /// The connection of the seed.
    pub first: Option<Target>,
    /// The connection in use.
    pub target: Option<Target>,
    pub style: Style,
    /// What each connection's service knows, by node.
    pub known: HashMap<i64, Known>,
    /// How many people have joined.
    pub joined: usize,
    /// What was done last.
    pub last: Option<Done>,
}

/// What the service of one connection knows.
#[derive(Default, Clone)]
pub struct Known {
    pub people: Vec<KnownPerson>,
    pub groups: Vec<KnownGroup>,
}

/// Something that was done, with all that was said.
#[derive(Clone)]
pub struct Done {
    pub title: &'static str,
    pub exchanges: Vec<Exchange>,
}

impl Memory {
    /// Ends what was done: the panel shows it.
    pub fn end(&mut self, title: &'static str, exchanges: Vec<Exchange>) -> Response {
        self.last = Some(Done { title, exchanges });
        done()
    }
}

/// What came of pushing groups.
pub enum Pushed {
    Groups,
    Nobody,
}

impl Known {
    /// Remembers somebody.
    pub fn add_person(&mut self, person: KnownPerson) {
        self.people.retain(|known| known.id != person.id);
        self.people.push(person);
    }

    /// Pushes every group somebody active is in. A group that was renamed keeps its members: it is found by its id.
    pub async fn push_groups(&mut self, talk: &mut Talk<'_>) -> Pushed {
        let active: Vec<&KnownPerson> = self
            .people
            .iter()
            .filter(|person| person.is_active)
            .collect();
        let mut names: Vec<&str> = active
            .iter()
            .flat_map(|person| person.who.groups.iter().copied())
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Pushed::Nobody;
        }
        let mut pushed = Vec::new();
        for name in names {
            let members: Vec<&KnownPerson> = active
                .iter()
                .copied()
                .filter(|person| person.who.groups.contains(&name))
                .collect();
            match self.groups.iter().find(|group| group.source == name) {
                Some(group) => talk.add_members(&group.id, &members).await,
                None => pushed.extend(talk.push_group(name, &members).await),
            }
        }
        self.groups.extend(pushed);
        Pushed::Groups
    }
}
