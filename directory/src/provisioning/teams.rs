//! Create, replace, patch and remove teams and their members, as an identity provider asks.

use std::collections::{BTreeSet, HashMap};

use super::guard::{self, Losses};
use super::refuse_paused;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::event::{Code, Target};
use crate::model::id::{TeamId, UserId};
use crate::model::query::Slice;
use crate::model::team::Team;
use crate::outcome::{self, Crowd, Done};
use crate::store::db::{Db, Tx};
use crate::store::losses::Before;
use crate::store::{consents, events, memberships, roles, teams, users};

/// A team as SCIM shows it: with everyone who was put into it, approved or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamView {
    /// The team.
    pub team: Team,
    /// Its members: id and name. None where they were not asked for.
    pub members: Option<Vec<(UserId, String)>>,
}

/// Whether a view reads the members: a large team has many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Members {
    /// They are read.
    Shown,
    /// They are not (05.1).
    Excluded,
}

/// A team to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTeam {
    /// SCIM `displayName`.
    pub name: String,
    /// SCIM `externalId`.
    pub external_id: Option<String>,
    /// Everyone who is to be in it.
    pub members: Vec<UserId>,
}

/// What is to change of a team.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamChange {
    /// Another name.
    pub name: Option<String>,
    /// Another external id, or none.
    pub external_id: Option<Option<String>>,
    /// Other members.
    pub members: Option<Revision>,
}

/// What is to change of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// These come, those go.
    Revise {
        /// Who comes.
        granted: Vec<UserId>,
        /// Who goes.
        revoked: Vec<UserId>,
    },
    /// These and nobody else.
    Replace(Vec<UserId>),
}

/// Creates a pending team with pending members (04.3, 6 #28).
///
/// # Errors
/// `Conflict` where the externalId is taken, or the name while names are unique; `Invalid` where a
/// member is not of this node.
pub async fn create(db: &Db, connection: &Connection, new: NewTeam) -> Result<TeamView> {
    refuse_paused(connection)?;
    let mut tx = db.write().await?;
    check_name(&mut tx, connection, &new.name, None).await?;
    let inserted = teams::insert_pending(
        &mut tx,
        connection.node_id,
        &new.name,
        new.external_id.as_deref(),
    )
    .await;
    let id = inserted.map_err(or_taken)?;
    let target = Target {
        kind: "team",
        id: id.0.clone(),
        name: new.name.clone(),
    };
    record(&mut tx, connection, Code::TeamAdded, target).await?;
    let came = grant(&mut tx, connection, &id, &new.members).await?;
    let view = view(&mut tx, connection, &id, Members::Shown).await?;
    tx.commit().await?;
    tell(None, &view.team, &came, &[]);
    Ok(view)
}

/// A team of the connection's node.
///
/// # Errors
/// `NotFound` where there is none the connection may see.
pub async fn get(
    db: &Db,
    connection: &Connection,
    id: &TeamId,
    members: Members,
) -> Result<TeamView> {
    let mut tx = db.read().await?;
    let view = view(&mut tx, connection, id, members).await?;
    outcome::touched("team", id.as_str(), &view.team.name);
    Ok(view)
}

/// Teams of the connection's node, and how many match.
pub async fn list(
    db: &Db,
    connection: &Connection,
    slice: &Slice,
    members: Members,
) -> Result<(Vec<TeamView>, i64)> {
    let mut tx = db.read().await?;
    let (found, total) = teams::slice(&mut tx, connection.node_id, slice).await?;
    let views = views(&mut tx, found, members).await?;
    outcome::found(total);
    if let [one] = views.as_slice() {
        outcome::touched("team", one.team.id.as_str(), &one.team.name);
    }
    Ok((views, total))
}

/// These teams, with their members where they are asked for, in their order.
pub(super) async fn views(
    tx: &mut Tx,
    teams: Vec<Team>,
    members: Members,
) -> Result<Vec<TeamView>> {
    if members == Members::Excluded {
        let views = teams.into_iter().map(|team| TeamView {
            team,
            members: None,
        });
        return Ok(views.collect());
    }
    let ids = teams.iter().map(|team| team.id.clone()).collect::<Vec<_>>();
    let mut of = HashMap::<TeamId, Vec<(UserId, String)>>::new();
    for (team, user, name) in memberships::of_teams(tx, &ids).await? {
        of.entry(team).or_default().push((user, name));
    }
    let views = teams.into_iter().map(|team| TeamView {
        members: Some(of.remove(&team.id).unwrap_or_default()),
        team,
    });
    Ok(views.collect())
}

/// Changes a team, after `check` has seen it as it stands. What stands already is left alone: no
/// event, no new version. A replacement is a change that names everything.
///
/// # Errors
/// `NotFound`; whatever `check` refuses; `Conflict` where a name or externalId is taken; `Invalid`
/// where a member who comes is not of this node.
pub async fn patch<E: From<Error>>(
    db: &Db,
    connection: &Connection,
    id: &TeamId,
    change: TeamChange,
    members: Members,
    check: impl FnOnce(&Team) -> Result<(), E> + Send,
) -> Result<TeamView, E> {
    let mut tx = db.write().await?;
    let team = teams::hold_visible(&mut tx, connection.node_id, id)
        .await?
        .ok_or(Error::NotFound("The team"))?;
    check(&team)?;
    let mut losses = Losses::default();
    let mut changed = change_fields(&mut tx, connection, &team, &change).await?;
    let (mut came, mut went) = (Vec::new(), Vec::new());
    if let Some(revision) = change.members {
        (came, went) = revise(&mut tx, connection, id, revision, &mut losses).await?;
        changed |= !came.is_empty() || !went.is_empty();
    }
    if teams::link(&mut tx, id).await? {
        record(&mut tx, connection, Code::TeamLinked, target(&team)).await?;
        changed = true;
    }
    if changed {
        refuse_paused(connection)?;
        teams::touch(&mut tx, id).await?;
    }
    let view = view(&mut tx, connection, id, members).await?;
    guard::commit(db, tx, connection, &losses).await?;
    tell(Some(team), &view.team, &came, &went);
    Ok(view)
}

/// Tells what became of a team, for whoever gathers what a request did.
fn tell(before: Option<Team>, after: &Team, came: &[UserId], went: &[UserId]) {
    if outcome::is_gathered() {
        outcome::did(Done::Team {
            before: before.map(Box::new),
            after: Box::new(after.clone()),
            came: Crowd::of(came),
            went: Crowd::of(went),
        });
    }
}

/// Takes a team away, with its memberships and roles, after `check` has seen it as it stands (04.5, T5).
///
/// # Errors
/// `NotFound`; whatever `check` refuses; `Forbidden` for a team that was added by hand and never linked.
pub async fn remove<E: From<Error>>(
    db: &Db,
    connection: &Connection,
    id: &TeamId,
    check: impl FnOnce(&Team) -> Result<(), E> + Send,
) -> Result<(), E> {
    refuse_paused(connection)?;
    let mut tx = db.write().await?;
    let team = teams::hold_visible(&mut tx, connection.node_id, id)
        .await?
        .ok_or(Error::NotFound("The team"))?;
    check(&team)?;
    if !team.linked {
        let message = "This team was added by hand and is not managed by this connection yet. Push it from your identity provider first.";
        return Err(Error::Forbidden(message.to_owned()).into());
    }
    let before = Before::Team {
        team: id.clone(),
        roles: roles::of_team(&mut tx, id).await?,
    };
    let mut losses = Losses::default();
    losses.team(before, memberships::count(&mut tx, id).await?);
    teams::recycle(&mut tx, id).await?;
    record(&mut tx, connection, Code::TeamRemoved, target(&team)).await?;
    guard::commit(db, tx, connection, &losses).await?;
    outcome::did(Done::TeamRemoved(Box::new(team)));
    Ok(())
}

async fn change_fields(
    tx: &mut Tx,
    connection: &Connection,
    team: &Team,
    change: &TeamChange,
) -> Result<bool> {
    let name = change.name.as_ref().filter(|name| **name != team.name);
    let external_id = change
        .external_id
        .as_ref()
        .filter(|external_id| **external_id != team.external_id);
    if let Some(name) = name {
        check_name(tx, connection, name, Some(&team.id)).await?;
        teams::rename(tx, &team.id, name).await?;
    }
    if let Some(external_id) = external_id {
        teams::set_external_id(tx, &team.id, external_id.as_deref())
            .await
            .map_err(or_taken)?;
    }
    let changed = name.is_some() || external_id.is_some();
    if changed {
        record(tx, connection, Code::TeamChanged, target(team)).await?;
    }
    Ok(changed)
}

/// Makes the members what was asked for: who came, and who went.
async fn revise(
    tx: &mut Tx,
    connection: &Connection,
    id: &TeamId,
    revision: Revision,
    losses: &mut Losses,
) -> Result<(Vec<UserId>, Vec<UserId>)> {
    let empties = matches!(&revision, Revision::Replace(wanted) if wanted.is_empty());
    let (granted, revoked) = match revision {
        Revision::Revise { granted, revoked } => (granted, revoked),
        Revision::Replace(wanted) => {
            let wanted = wanted.into_iter().collect::<BTreeSet<_>>();
            let there = memberships::of_team(tx, id)
                .await?
                .into_iter()
                .map(|(user, _)| user)
                .collect::<BTreeSet<_>>();
            (
                wanted.difference(&there).cloned().collect(),
                there.difference(&wanted).cloned().collect(),
            )
        }
    };
    let came = grant(tx, connection, id, &granted).await?;
    let ended = memberships::remove(tx, id, &revoked).await?;
    let went: Vec<UserId> = ended.iter().map(|one| one.user_id.clone()).collect();
    consents::settle(tx, &went).await?;
    record_membership(tx, connection, Code::MembershipRemoved, id, &went).await?;
    if empties {
        losses.emptied(ended);
    } else {
        losses.memberships(ended);
    }
    Ok((came, went))
}

/// Asks for memberships of people of this node; whose are new.
async fn grant(
    tx: &mut Tx,
    connection: &Connection,
    id: &TeamId,
    granted: &[UserId],
) -> Result<Vec<UserId>> {
    let known = users::visible_ids(tx, connection.node_id, granted)
        .await?
        .into_iter()
        .collect::<BTreeSet<_>>();
    let unknown = granted
        .iter()
        .filter(|user| !known.contains(user))
        .map(UserId::as_str)
        .collect::<Vec<_>>();
    if !unknown.is_empty() {
        let message = format!(
            "These members are not people of this node: {}. Assign them in your identity provider, then push the group again.",
            unknown
                .iter()
                .take(20)
                .copied()
                .collect::<Vec<_>>()
                .join(", ")
        );
        return Err(Error::invalid("members", message));
    }
    let pairs = known
        .into_iter()
        .map(|user| (id.clone(), user))
        .collect::<Vec<_>>();
    let requested = memberships::request(tx, &pairs).await?;
    let came = requested
        .into_iter()
        .map(|(_, user)| user)
        .collect::<Vec<_>>();
    record_membership(tx, connection, Code::MembershipRequested, id, &came).await?;
    Ok(came)
}

/// Unique names, where the connection asks for them (04.6, 6 #29).
async fn check_name(
    tx: &mut Tx,
    connection: &Connection,
    name: &str,
    except: Option<&TeamId>,
) -> Result<()> {
    if connection.unique_team_names
        && teams::holds_name(tx, &connection.id, connection.node_id, name, except).await?
    {
        let message = "A team of this node has this name, and this connection keeps names unique.";
        return Err(Error::Conflict(message.to_owned()));
    }
    Ok(())
}

async fn view(
    tx: &mut Tx,
    connection: &Connection,
    id: &TeamId,
    members: Members,
) -> Result<TeamView> {
    let team = teams::find_visible(tx, connection.node_id, id)
        .await?
        .ok_or(Error::NotFound("The team"))?;
    let members = match members {
        Members::Shown => Some(memberships::of_team(tx, id).await?),
        Members::Excluded => None,
    };
    Ok(TeamView { team, members })
}

fn target(team: &Team) -> Target {
    Target {
        kind: "team",
        id: team.id.0.clone(),
        name: team.name.clone(),
    }
}

async fn record(tx: &mut Tx, connection: &Connection, code: Code, target: Target) -> Result<()> {
    events::record(
        tx,
        &super::actor(connection),
        code,
        Some(connection.node_id),
        target,
        "{}".to_owned(),
    )
    .await
}

/// An event for each membership that came or went.
pub(super) async fn record_membership(
    tx: &mut Tx,
    connection: &Connection,
    code: Code,
    team: &TeamId,
    people: &[UserId],
) -> Result<()> {
    events::record_memberships(
        tx,
        &super::actor(connection),
        code,
        connection.node_id,
        team,
        people,
    )
    .await
}

fn or_taken(error: Error) -> Error {
    match error {
        Error::Conflict(_) => {
            Error::Conflict("A team of this node has this externalId already.".to_owned())
        }
        other => other,
    }
}
