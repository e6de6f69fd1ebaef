//! The tokens that were looked up lately, and when they are forgotten: for SQLite alone, where every
//! change passes the one writer, so that a change is known here before it is acknowledged (TOK-8).

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::id::NodeId;
use crate::store::requests::TokenToCheck;

/// How many tokens are remembered at the most; an organisation has a few dozen.
const MOST: usize = 1_000;

/// What is remembered, and how often it may have changed.
#[derive(Default)]
pub struct Known {
    touched: AtomicBool,
    changes: AtomicU64,
    tokens: Mutex<HashMap<(NodeId, String), Remembered>>,
}

struct Remembered {
    /// The number of changes before it was read.
    at: u64,
    token: TokenToCheck,
}

impl Known {
    /// A row of this table was written, in a transaction that may still fail.
    pub(super) fn notice(&self, table: &str) {
        if matches!(table, "tokens" | "connections") {
            self.touched.store(true, Ordering::SeqCst);
        }
    }

    /// The transaction has ended: what was read before is forgotten, if it wrote any of it.
    pub(super) fn settle(&self) {
        if self.touched.swap(false, Ordering::SeqCst) {
            self.changes.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often tokens or connections were changed. To be asked before reading what is to be remembered.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// A token of a node, if it was looked up since the last change.
    pub fn get(&self, node: NodeId, id: &str) -> Option<TokenToCheck> {
        let changes = self.changes();
        let tokens = self.tokens();
        let known = tokens.get(&(node, id.to_owned()))?;
        (known.at == changes).then(|| known.token.clone())
    }

    /// Remembers a token that was read when there had been so many changes.
    pub fn keep(&self, at: u64, node: NodeId, id: &str, token: TokenToCheck) {
        let mut tokens = self.tokens();
        if tokens.len() >= MOST {
            tokens.clear();
        }
        tokens.insert((node, id.to_owned()), Remembered { at, token });
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<(NodeId, String), Remembered>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
