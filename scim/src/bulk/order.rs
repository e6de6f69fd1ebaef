//! The order in which bulk operations run: as in the body, but after what they name.

use super::Operation;
use super::reference::{self, Names};
use std::collections::HashMap;

/// One operation to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The position of the operation in the body.
    pub index: usize,
    /// The bulk ids that it names although they come after it, because they name it in turn: what names them is
    /// left out first and added at the end (RFC 7644 §3.7.1, circular references).
    pub later: Names,
}

/// All operations in the order of the body, except that what one of them names runs before it.
pub fn order(operations: &[Operation]) -> Vec<Step> {
    let makers = operations
        .iter()
        .enumerate()
        .filter_map(|(index, operation)| Some((operation.bulk_id.as_deref()?, index)))
        .collect();
    let mut walk = Walk {
        operations,
        makers,
        visits: vec![Visit::None; operations.len()],
        steps: Vec::with_capacity(operations.len()),
    };
    for index in 0..operations.len() {
        walk.visit(index);
    }
    walk.steps
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    None,
    Begun,
    Done,
}

struct Walk<'a> {
    operations: &'a [Operation],
    makers: HashMap<&'a str, usize>,
    visits: Vec<Visit>,
    steps: Vec<Step>,
}

impl Walk<'_> {
    /// As deep as there are operations at the most, and [`super::MAX_OPERATIONS`] of them are no danger.
    fn visit(&mut self, index: usize) {
        if self.visits[index] != Visit::None {
            return;
        }
        self.visits[index] = Visit::Begun;
        let mut later = Names::new();
        for name in reference::named(&self.operations[index]) {
            let Some(&maker) = self.makers.get(name.as_str()) else {
                continue;
            };
            self.visit(maker);
            if self.visits[maker] == Visit::Begun {
                later.insert(name);
            }
        }
        self.visits[index] = Visit::Done;
        self.steps.push(Step { index, later });
    }
}
