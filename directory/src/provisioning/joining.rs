//! Puts people into teams and takes them out of teams, as a person's own `groups` ask (03.4, 03.6).

use std::collections::BTreeSet;

use super::guard::Losses;
use super::teams::record_membership;
use super::users::TeamRevision;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::event::Code;
use crate::model::id::{TeamId, UserId};
use crate::store::db::Tx;
use crate::store::{consents, memberships, teams};

/// Puts a person into teams and takes them out of teams, all of them of this node (03.6); the teams where that
/// changed anything.
pub(super) async fn revise(
    tx: &mut Tx,
    connection: &Connection,
    id: &UserId,
    revision: &TeamRevision,
    losses: &mut Losses,
) -> Result<BTreeSet<TeamId>> {
    let mut changed = BTreeSet::new();
    // In the order of their ids, so that two units of work never wait for each other.
    let named = revision.granted.iter().chain(&revision.revoked);
    for team in named.collect::<BTreeSet<_>>() {
        if teams::hold_visible(tx, connection.node_id, team)
            .await?
            .is_none()
        {
            let message = format!("There is no group {team} in this node. Push the group first.");
            return Err(Error::invalid("groups", message));
        }
    }
    let pairs = revision
        .granted
        .iter()
        .map(|team| (team.clone(), id.clone()))
        .collect::<Vec<_>>();
    let requested = memberships::request(tx, &pairs).await?;
    for (team, user) in &requested {
        record_membership(
            tx,
            connection,
            Code::MembershipRequested,
            team,
            std::slice::from_ref(user),
        )
        .await?;
        teams::touch(tx, team).await?;
        changed.insert(team.clone());
    }
    for team in &revision.revoked {
        let removed = memberships::remove(tx, team, std::slice::from_ref(id)).await?;
        if !removed.is_empty() {
            consents::settle(tx, std::slice::from_ref(id)).await?;
            record_membership(
                tx,
                connection,
                Code::MembershipRemoved,
                team,
                std::slice::from_ref(id),
            )
            .await?;
            teams::touch(tx, team).await?;
            losses.memberships(removed);
            changed.insert(team.clone());
        }
    }
    Ok(changed)
}
