//! The mistakes of a plan, each with its place: found before anything is written.

use std::collections::{HashMap, HashSet};

use super::{Mistake, Plan};
use crate::admin::users;
use crate::error::{Error, Result};
use crate::model::id::NodeId;
use crate::secret::check_passphrase_rules;
use crate::text;

/// Every mistake of a plan; none where it can be applied to an empty database.
pub fn check(plan: &Plan) -> Vec<Mistake> {
    let mut mistakes = Mistakes(Vec::new());
    mistakes.take(
        "organisation",
        0,
        text::name("organisation", &plan.organisation).map(drop),
    );
    let names = check_nodes(plan, &mut mistakes);
    check_people(plan, &names, &mut mistakes);
    check_connections(plan, &names, &mut mistakes);
    mistakes.0
}

fn check_people(plan: &Plan, names: &HashSet<&str>, mistakes: &mut Mistakes) {
    let mut addresses = HashSet::new();
    for (index, administrator) in plan.administrators.iter().enumerate() {
        let mut take = |checked| mistakes.take("administrator", index, checked);
        take(text::name("name", &administrator.name).map(drop));
        take(check_passphrase_rules(&administrator.passphrase));
        take(new_address(&administrator.email, &mut addresses));
    }
    for (index, person) in plan.people.iter().enumerate() {
        let mut take = |checked| mistakes.take("person", index, checked);
        take(text::name("name", &person.name).map(drop));
        take(new_address(&person.email, &mut addresses));
        take(known("node", &person.node, names));
    }
}

fn check_connections(plan: &Plan, names: &HashSet<&str>, mistakes: &mut Mistakes) {
    let mut taken = HashSet::new();
    for (index, connection) in plan.connections.iter().enumerate() {
        let mut take = |checked| mistakes.take("connection", index, checked);
        take(text::name("name", &connection.name).map(drop));
        take(known("node", &connection.node, names));
        if connection.node == plan.organisation {
            let message = "The node at the top cannot have a SCIM connection: name one below it.";
            take(Err(Error::invalid("node", message)));
        } else if !taken.insert(&connection.node) {
            let message = "A node has one SCIM connection, because its URL names the node.";
            take(Err(Error::invalid("node", message)));
        }
    }
}

struct Mistakes(Vec<Mistake>);

impl Mistakes {
    fn add(
        &mut self,
        table: &'static str,
        index: usize,
        field: &'static str,
        message: impl Into<String>,
    ) {
        self.0.push(Mistake {
            table,
            index,
            field,
            message: message.into(),
        });
    }

    fn take(&mut self, table: &'static str, index: usize, checked: Result<()>) {
        match checked {
            Ok(()) => {}
            Err(Error::Invalid { field, message }) => self.add(table, index, field, message),
            Err(other) => self.add(table, index, "", other.to_string()),
        }
    }
}

/// The names of the nodes; every node has its own, hangs below the top, and has an id nobody else has.
fn check_nodes<'a>(plan: &'a Plan, mistakes: &mut Mistakes) -> HashSet<&'a str> {
    let mut names = HashSet::from([plan.organisation.as_str()]);
    let mut ids = HashSet::from([NodeId::ROOT.0]);
    for (index, node) in plan.nodes.iter().enumerate() {
        mistakes.take("node", index, text::name("name", &node.name).map(drop));
        if !names.insert(&node.name) {
            mistakes.add(
                "node",
                index,
                "name",
                "Another node has this name, and the file refers to nodes by their names.",
            );
        }
        match node.id {
            Some(id) if id < 1 => mistakes.add("node", index, "id", "Use a number from 2 on."),
            Some(id) if !ids.insert(id) => mistakes.add(
                "node",
                index,
                "id",
                format!("The id {id} is taken; the node at the top has 1."),
            ),
            _ => {}
        }
    }
    let parents: HashMap<&str, &str> = plan
        .nodes
        .iter()
        .map(|node| (node.name.as_str(), node.parent.as_str()))
        .collect();
    for (index, node) in plan.nodes.iter().enumerate() {
        mistakes.take("node", index, known("parent", &node.parent, &names));
        // As many steps up as there are nodes lead to the top, or round in a ring.
        let end = (0..plan.nodes.len()).fold(node.name.as_str(), |at, _| {
            parents.get(at).copied().unwrap_or(at)
        });
        if parents.contains_key(end) {
            mistakes.add("node", index, "parent", "This node lies below itself.");
        }
    }
    names
}

fn known(field: &'static str, name: &str, names: &HashSet<&str>) -> Result<()> {
    if names.contains(name) {
        Ok(())
    } else {
        Err(Error::invalid(
            field,
            format!("There is no node {name:?} in this file."),
        ))
    }
}

fn new_address(email: &str, seen: &mut HashSet<String>) -> Result<()> {
    let address = users::address(email)?;
    if seen.insert(address.key) {
        Ok(())
    } else {
        Err(Error::invalid("email", "This address stands here twice."))
    }
}
