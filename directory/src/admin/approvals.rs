//! What waits for approval, and the decisions that end the waiting (behaviour.md 2.3, 3.9, 3.10).

use std::collections::HashMap;

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::{Actor, Code, Target};
use crate::model::id::{NodeId, TeamId, UserId};
use crate::model::membership::{Membership, Reason, Synced};
use crate::model::role::Privilege;
use crate::model::team::{Decision, Team, Via};
use crate::store::db::{Db, Tx};
use crate::store::{approvals, consents, events, nodes, rosters};

pub use crate::model::team::{Pending, PendingTeam};

use super::teams::managed;

const MANAGE: Privilege = Privilege::ManageTeams;
/// How many rows of each kind the page shows; the figures of the preview count all.
const SHOWN: i64 = 500;

/// Everything that waits at the nodes whose teams the administrator manages.
pub async fn pending(db: &Db, admin: &Admin) -> Result<Pending> {
    admin.require_somewhere(MANAGE)?;
    let mut tx = db.read().await?;
    let teams = approvals::pending_teams(&mut tx, &admin.user_id, MANAGE, SHOWN).await?;
    let mut by_team: HashMap<TeamId, Vec<Membership>> = HashMap::new();
    let mut ready = Vec::new();
    for membership in approvals::ready(&mut tx, &admin.user_id, MANAGE, SHOWN).await? {
        match membership.team_state {
            Decision::Pending => by_team
                .entry(membership.team_id.clone())
                .or_default()
                .push(membership),
            _ => ready.push(membership),
        }
    }
    let with_members = |team: crate::model::team::TeamInList| PendingTeam {
        ready: by_team.remove(&team.id).unwrap_or_default(),
        team,
    };
    let ready_teams = teams.into_iter().map(with_members).collect();
    let waiting = approvals::waiting(&mut tx, &admin.user_id, MANAGE, SHOWN).await?;
    let preview = preview(&mut tx, admin).await?;
    Ok(Pending {
        ready_teams,
        ready,
        waiting,
        preview,
    })
}

/// How many teams and memberships can be approved now: the badge of the navigation.
pub async fn count(db: &Db, admin: &Admin) -> Result<i64> {
    let mut tx = db.read().await?;
    let (teams, memberships) = approvals::can_be_approved(&mut tx, &admin.user_id, MANAGE).await?;
    Ok(teams + memberships)
}

/// Approves everything that can be approved at the nodes whose teams the administrator manages: the
/// teams first, then the memberships. Two administrators at once approve each thing once.
pub async fn full_sync(db: &Db, admin: &Admin) -> Result<Synced> {
    admin.require_somewhere(MANAGE)?;
    let mut tx = db.write().await?;
    let teams = approvals::teams_to_decide(&mut tx, &admin.user_id, MANAGE).await?;
    let done = approve(&mut tx, &admin.actor(), Via::FullSync, &teams, None).await?;
    let waiting = still_waiting(&mut tx, admin).await?;
    let synced = Synced { waiting, ..done };
    if synced.teams + synced.memberships > 0 {
        record_full_sync(&mut tx, admin, &synced).await?;
    }
    tx.commit().await?;
    Ok(synced)
}

/// Approves one team, pending or denied, and its memberships that can be.
pub async fn approve_team(db: &Db, admin: &Admin, id: &TeamId) -> Result<Synced> {
    let mut tx = db.write().await?;
    let team = managed(admin, rosters::hold(&mut tx, id).await?)?;
    let mut synced = Synced::default();
    if approve_one(
        &mut tx,
        &admin.actor(),
        Via::Approvals,
        id,
        Decision::Denied,
    )
    .await?
    {
        synced.teams = 1;
    }
    synced.memberships = approve_members(
        &mut tx,
        &admin.actor(),
        Via::Approvals,
        (id, team.node_id),
        None,
    )
    .await?;
    synced.waiting = reasons_of(&rosters::of_team(&mut tx, id).await?);
    tx.commit().await?;
    Ok(synced)
}

/// Denies a pending team. Its memberships wait with that as their reason.
pub async fn deny_team(db: &Db, admin: &Admin, id: &TeamId) -> Result<()> {
    let mut tx = db.write().await?;
    let team = managed(admin, rosters::hold(&mut tx, id).await?)?;
    if approvals::deny_team(&mut tx, id, &admin.name, Via::Approvals).await? {
        let target = Target::new("team", id, &team.name);
        events::record(
            &mut tx,
            &admin.actor(),
            Code::TeamDenied,
            Some(team.node_id),
            target,
            "{}".to_owned(),
        )
        .await?;
    } else if team.state == Decision::Approved {
        return Err(Error::Conflict(format!(
            "{} has been approved already.",
            team.name
        )));
    }
    tx.commit().await
}

/// Approves one membership, pending or denied.
pub async fn approve_membership(
    db: &Db,
    admin: &Admin,
    team: &TeamId,
    user: &UserId,
) -> Result<()> {
    let mut tx = db.write().await?;
    let found = managed(admin, rosters::hold(&mut tx, team).await?)?;
    let before = membership(&mut tx, team, user).await?;
    if approvals::approve_member(&mut tx, team, user, &admin.name, Via::Approvals).await? {
        consents::settle(&mut tx, std::slice::from_ref(user)).await?;
        record_member(&mut tx, admin, Code::MembershipApproved, &found, user).await?;
    } else if before.state != Decision::Approved {
        return Err(Error::Conflict(refusal(before)));
    }
    tx.commit().await
}

/// Denies a pending membership: it is not asked for again by a repeated push (behaviour.md 2.3, M8).
pub async fn deny_membership(db: &Db, admin: &Admin, team: &TeamId, user: &UserId) -> Result<()> {
    let mut tx = db.write().await?;
    let found = managed(admin, rosters::hold(&mut tx, team).await?)?;
    let before = membership(&mut tx, team, user).await?;
    if approvals::deny_member(&mut tx, team, user, &admin.name, Via::Approvals).await? {
        record_member(&mut tx, admin, Code::MembershipDenied, &found, user).await?;
    } else if before.state == Decision::Approved {
        let message = format!(
            "{} has been approved for {} already.",
            before.user_label, before.team_name
        );
        return Err(Error::Conflict(message));
    }
    tx.commit().await
}

/// Approves these teams where they are pending, then their memberships that can be, but one person's:
/// the one pass that Full Sync, a sign-in and the command line run, each with its own `via`.
pub(crate) async fn approve(
    tx: &mut Tx,
    actor: &Actor,
    via: Via,
    teams: &[(TeamId,)],
    but: Option<&UserId>,
) -> Result<Synced> {
    let mut done = Synced::default();
    for (team,) in teams {
        // All of them in the order of their ids, so that nobody who holds one waits for another.
        rosters::hold(tx, team).await?;
        if approve_one(tx, actor, via, team, Decision::Pending).await? {
            done.teams += 1;
        }
    }
    for (id,) in teams {
        if let Some(team) = rosters::hold(tx, id).await? {
            done.memberships += approve_members(tx, actor, via, (id, team.node_id), but).await?;
        }
    }
    Ok(done)
}

/// What a Full Sync would do now.
pub(crate) async fn preview(tx: &mut Tx, admin: &Admin) -> Result<Synced> {
    let (teams, _) = approvals::can_be_approved(tx, &admin.user_id, MANAGE).await?;
    let mut waiting = still_waiting(tx, admin).await?;
    let memberships = waiting
        .iter()
        .find(|(reason, _)| *reason == Reason::Ready)
        .map_or(0, |(_, count)| *count);
    waiting.retain(|(reason, _)| *reason != Reason::Ready);
    Ok(Synced {
        teams,
        memberships,
        waiting,
    })
}

async fn approve_one(
    tx: &mut Tx,
    actor: &Actor,
    via: Via,
    team: &TeamId,
    also: Decision,
) -> Result<bool> {
    let Some((node, name)) =
        approvals::approve_team(tx, team, Decision::Pending, also, &actor.name, via).await?
    else {
        return Ok(false);
    };
    let details = json!({ "via": via.as_str() }).to_string();
    events::record(
        tx,
        actor,
        Code::TeamApproved,
        Some(node),
        Target::new("team", team, name),
        details,
    )
    .await?;
    Ok(true)
}

async fn approve_members(
    tx: &mut Tx,
    actor: &Actor,
    via: Via,
    team: (&TeamId, NodeId),
    but: Option<&UserId>,
) -> Result<i64> {
    let (id, node) = team;
    let people: Vec<UserId> = approvals::approve_members(tx, id, but, &actor.name, via)
        .await?
        .into_iter()
        .map(|row| row.0)
        .collect();
    consents::settle(tx, &people).await?;
    events::record_memberships(tx, actor, Code::MembershipApproved, node, id, &people).await?;
    Ok(i64::try_from(people.len()).unwrap_or(i64::MAX))
}

/// What waits by reason, in the order of the reasons.
async fn still_waiting(tx: &mut Tx, admin: &Admin) -> Result<Vec<(Reason, i64)>> {
    let counted = approvals::reasons(tx, &admin.user_id, MANAGE).await?;
    let mut waiting: Vec<(Reason, i64)> = counted
        .into_iter()
        .filter_map(|(word, count)| Reason::of(&word).map(|reason| (reason, count)))
        .collect();
    waiting.sort_unstable();
    Ok(waiting)
}

fn reasons_of(members: &[Membership]) -> Vec<(Reason, i64)> {
    let count = |reason: Reason| {
        members
            .iter()
            .filter(|member| member.reason() == Some(reason))
            .count()
    };
    let counted = Reason::ALL
        .iter()
        .map(|reason| (*reason, i64::try_from(count(*reason)).unwrap_or(i64::MAX)));
    counted.filter(|(_, count)| *count > 0).collect()
}

async fn membership(tx: &mut Tx, team: &TeamId, user: &UserId) -> Result<Membership> {
    rosters::membership(tx, team, user)
        .await?
        .ok_or(Error::NotFound("This membership"))
}

/// Why a membership cannot be approved now.
fn refusal(membership: Membership) -> String {
    let (person, team) = (membership.user_label.clone(), membership.team_name.clone());
    let reason = Membership {
        state: Decision::Pending,
        ..membership
    }
    .reason_text()
    .unwrap_or_default();
    format!("{person} cannot be approved for {team} yet: {reason}.")
}

async fn record_member(
    tx: &mut Tx,
    admin: &Admin,
    code: Code,
    team: &Team,
    user: &UserId,
) -> Result<()> {
    events::record_memberships(
        tx,
        &admin.actor(),
        code,
        team.node_id,
        &team.id,
        std::slice::from_ref(user),
    )
    .await
}

async fn record_full_sync(tx: &mut Tx, admin: &Admin, synced: &Synced) -> Result<()> {
    let root = nodes::root(tx)
        .await?
        .ok_or(Error::NotFound("The organisation"))?;
    let waiting: HashMap<&str, i64> = synced
        .waiting
        .iter()
        .map(|(reason, count)| (reason.as_str(), *count))
        .collect();
    let details =
        json!({ "teams": synced.teams, "memberships": synced.memberships, "waiting": waiting })
            .to_string();
    // Told at the highest node it reached.
    let node = admin.nodes(MANAGE).first().copied().unwrap_or(root.id);
    let target = Target::new("node", root.id, root.name);
    events::record(
        tx,
        &admin.actor(),
        Code::FullSync,
        Some(node),
        target,
        details,
    )
    .await
}
