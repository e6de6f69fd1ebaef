//! May this administrator do this at this node?

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::{Error, Result};
use crate::model::event::{Actor, ActorKind};
use crate::model::id::{NodeId, UserId};
use crate::model::node::Node;
use crate::model::role::{Privilege, Reach};
use crate::model::user::User;
use crate::store::db::Tx;
use crate::store::roles::Given;
use crate::store::{nodes, roles};

/// A signed-in person with the powers their roles give them now.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Who.
    pub user_id: UserId,
    /// What events call them.
    pub name: String,
    /// The address they sign in with.
    pub login: String,
    grants: Vec<Grant>,
    /// The tree as it was when the powers were read, and the nodes this administrator added since.
    parents: Arc<RwLock<HashMap<NodeId, Option<NodeId>>>>,
}

#[derive(Debug, Clone)]
struct Grant {
    node: NodeId,
    privilege: Privilege,
    cascades: bool,
}

/// The powers of a person, read anew each time (AUZ-7).
pub async fn admin(tx: &mut Tx, user: &User) -> Result<Admin> {
    let given = roles::privileges(tx, &user.id).await?;
    let parents = if given.is_empty() {
        Vec::new()
    } else {
        nodes::parents(tx).await?
    };
    Ok(Admin {
        user_id: user.id.clone(),
        name: user.label.clone(),
        login: user.login.clone(),
        grants: given
            .into_iter()
            // A word this program does not know gives no power.
            .filter_map(|g| {
                Privilege::of(&g.privilege).map(|privilege| Grant {
                    node: g.node_id,
                    privilege,
                    cascades: g.cascades,
                })
            })
            .collect(),
        parents: Arc::new(RwLock::new(parents.into_iter().collect())),
    })
}

impl Admin {
    /// Whether they have a privilege at a node.
    pub fn may(&self, privilege: Privilege, node: NodeId) -> bool {
        self.holds(node, |grant| grant.privilege == privilege)
    }

    /// Whether they have a privilege so far: at a node, or there and at everything below.
    pub fn reaches(&self, privilege: Privilege, node: NodeId, reach: Reach) -> bool {
        self.holds(node, |grant| {
            grant.privilege == privilege && (grant.cascades || !reach.cascades())
        })
    }

    /// Whether they may do all that a role gives. A word this program does not know is more than anybody has.
    pub(crate) fn covers(&self, given: &[Given]) -> bool {
        given.iter().all(|one| {
            Privilege::of(&one.privilege).is_some_and(|privilege| {
                self.reaches(privilege, one.node_id, Reach::from(one.cascades))
            })
        })
    }

    /// Whether a node lies somewhere below another.
    pub(crate) fn is_below(&self, node: NodeId, above: NodeId) -> bool {
        self.tree(|parents| {
            let next = |at: &NodeId| parents.get(at).copied().flatten();
            std::iter::successors(next(&node), next).any(|at| at == above)
        })
    }

    /// Whether they have any privilege at a node: then they know that it is there.
    pub fn sees(&self, node: NodeId) -> bool {
        self.holds(node, |_| true)
    }

    /// Refuses what they may not do at a node.
    ///
    /// # Errors
    /// [`Error::Forbidden`] names the privilege that is missing; a node they know nothing of was not found (AUZ-3).
    pub fn require(&self, privilege: Privilege, node: NodeId) -> Result<()> {
        match (self.may(privilege, node), self.sees(node)) {
            (true, _) => Ok(()),
            (false, true) => Err(lacks(privilege)),
            (false, false) => Err(Error::NotFound("This node")),
        }
    }

    /// Refuses somebody who has a privilege nowhere at all.
    ///
    /// # Errors
    /// [`Error::Forbidden`] names the privilege.
    pub fn require_somewhere(&self, privilege: Privilege) -> Result<()> {
        if self.grants.iter().any(|grant| grant.privilege == privilege) {
            Ok(())
        } else {
            Err(lacks(privilege))
        }
    }

    /// The nodes where they have a privilege, those below included.
    pub fn nodes(&self, privilege: Privilege) -> Vec<NodeId> {
        let mut known: Vec<NodeId> = self.tree(|parents| parents.keys().copied().collect());
        known.retain(|node| self.may(privilege, *node));
        known.sort_unstable();
        known
    }

    /// The privileges they have anywhere, in the order of their words.
    pub fn privileges(&self) -> Vec<Privilege> {
        let all = Privilege::ALL.iter().copied();
        all.filter(|one| self.grants.iter().any(|grant| grant.privilege == *one))
            .collect()
    }

    /// The same person without any power, where a policy closes the console to them.
    #[must_use]
    pub fn without_powers(self) -> Self {
        Self {
            grants: Vec::new(),
            ..self
        }
    }

    /// Whether they have any privilege anywhere.
    pub fn is_administrator(&self) -> bool {
        !self.grants.is_empty()
    }

    /// What events call them.
    pub fn actor(&self) -> Actor {
        Actor {
            kind: ActorKind::User,
            id: Some(self.user_id.0.clone()),
            name: self.name.clone(),
        }
    }

    /// The part of a path from the root that they may know of.
    pub(crate) fn path(&self, path: Vec<Node>) -> Vec<Node> {
        path.into_iter().filter(|node| self.sees(node.id)).collect()
    }

    /// Knows of a node from now on that this administrator has added.
    pub(crate) fn learn(&self, node: NodeId, parent: NodeId) {
        self.parents
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(node, Some(parent));
    }

    fn tree<T>(&self, ask: impl FnOnce(&HashMap<NodeId, Option<NodeId>>) -> T) -> T {
        ask(&self.parents.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn holds(&self, node: NodeId, which: impl Fn(&Grant) -> bool) -> bool {
        let gives = |grant: &Grant, here| {
            grant.node == here && (here == node || grant.cascades) && which(grant)
        };
        self.tree(|parents| {
            let mut at = parents.contains_key(&node).then_some(node);
            while let Some(here) = at {
                if self.grants.iter().any(|grant| gives(grant, here)) {
                    return true;
                }
                at = parents.get(&here).copied().flatten();
            }
            false
        })
    }
}

fn lacks(privilege: Privilege) -> Error {
    Error::Forbidden(format!(
        "You need the privilege {} here. Ask an administrator who has it.",
        privilege.label()
    ))
}
