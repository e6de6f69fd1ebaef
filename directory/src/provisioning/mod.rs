//! What an identity provider may do: every function takes the connection it came by.

mod alerts;
pub mod connections;
pub mod guard;
mod inviting;
mod joining;
pub mod passwords;
pub mod requests;
pub mod search;
pub mod teams;
pub mod users;

use crate::error::{Error, Result};
use crate::model::connection::{Connection, ConnectionState};
use crate::model::event::{Actor, ActorKind};

/// Who did it, for the events.
pub(crate) fn actor(connection: &Connection) -> Actor {
    Actor {
        kind: ActorKind::Connection,
        id: Some(connection.id.0.clone()),
        name: connection.name.clone(),
    }
}

/// Refuses what changes anything while the connection is paused; what only locks is not asked (behaviour.md 2.4, C6).
fn refuse_paused(connection: &Connection) -> Result<()> {
    if connection.state == ConnectionState::Paused {
        return Err(Error::Paused(
            "An administrator has paused this connection: it reads, and locks people, and nothing else. Nothing was changed; \
             send the request again later."
                .to_owned(),
        ));
    }
    Ok(())
}
