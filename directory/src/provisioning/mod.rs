//! What an identity provider may do: every function takes the connection it came by.

pub mod connections;
pub mod teams;
pub mod users;

use crate::model::connection::Connection;
use crate::model::event::{Actor, ActorKind};

/// Who did it, for the events.
pub(crate) fn actor(connection: &Connection) -> Actor {
    Actor {
        kind: ActorKind::Connection,
        id: Some(connection.id.0.clone()),
        name: connection.name.clone(),
    }
}
