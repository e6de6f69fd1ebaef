//! What came of a request, as one sentence without its end: *Added Radia Perlman to Ops, pending*.

use std::collections::{BTreeSet, HashMap};

use super::changes::changes;
use super::{Crowd, Done, How, Outcome};
use crate::model::id::UserId;
use crate::model::team::{Decision, Team};

/// What came of a request that was not refused. `names` are those of the members who came and went.
pub fn said(
    method: &str,
    path: &str,
    outcome: &Outcome,
    names: &HashMap<UserId, String>,
) -> String {
    match outcome.done.as_slice() {
        [] => asked(method, path, outcome),
        [one] => did(one, outcome, names),
        many => format!("Did {} operations", many.len()),
    }
}

fn did(done: &Done, outcome: &Outcome, names: &HashMap<UserId, String>) -> String {
    match done {
        Done::Person { how, after, .. } => match how {
            How::Created => format!("Created {}", after.user.label),
            How::Linked => format!("Took over {}, who was here already", after.user.label),
            How::Revived => format!("Brought back {}", after.user.label),
            How::Revised => revised(&after.user.label, outcome, names),
        },
        Done::PersonRemoved(user) => {
            format!("Deleted {}: locked here, nothing is lost", user.label)
        }
        Done::Team {
            before: None,
            after,
            came,
            ..
        } => match came.count {
            0 => format!("Created the team {}{}", after.name, pending(after)),
            count => format!(
                "Created the team {} with {}{}",
                after.name,
                people(count),
                pending(after)
            ),
        },
        Done::Team {
            before: Some(before),
            after,
            came,
            went,
        } => team_changed(before, after, [came, went], names),
        Done::TeamRemoved(team) => format!("Removed the team {}", team.name),
    }
}

fn revised(label: &str, outcome: &Outcome, names: &HashMap<UserId, String>) -> String {
    let changed = changes(outcome, names);
    let of = |name: &str| {
        changed
            .kept
            .iter()
            .filter(|change| change.attribute == name)
            .collect::<Vec<_>>()
    };
    let teams = of("groups");
    let attributes = changed
        .kept
        .iter()
        .map(|change| {
            change
                .attribute
                .split(['.', '['])
                .next()
                .unwrap_or_default()
        })
        .filter(|name| *name != "groups" && *name != "person")
        .collect::<BTreeSet<_>>();
    let locks = of("active")
        .first()
        .map(|change| change.after.as_deref() == Some("false"));
    let attributes = attributes
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    match (attributes.as_slice(), locks, teams.as_slice()) {
        ([], None, []) => format!("Asserted {label} once more, nothing changed"),
        ([_], Some(true), []) => format!("Locked {label}"),
        ([_], Some(false), []) => format!("Unlocked {label}"),
        ([], None, [one]) => match (&one.before, &one.after) {
            (None, Some(team)) => format!("Put {label} into {team}"),
            (Some(team), _) => format!("Took {label} out of {team}"),
            (None, None) => format!("Changed {label}"),
        },
        ([], None, many) => format!("Changed {} teams of {label}", many.len()),
        (attributes, _, _) => format!("Changed {} of {label}", first_of(attributes)),
    }
}

fn team_changed(
    before: &Team,
    after: &Team,
    [came, went]: [&Crowd; 2],
    names: &HashMap<UserId, String>,
) -> String {
    let team = &after.name;
    let renamed = (before.name != after.name).then(|| format!("Renamed {} to {team}", before.name));
    let came_in = match came.count {
        0 => None,
        _ => Some(format!("Added {} to {team}, pending", crowd(came, names))),
    };
    let went_out = match went.count {
        0 => None,
        _ => Some(format!("Removed {} from {team}", crowd(went, names))),
    };
    let parts = [renamed, came_in, went_out]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    if parts.is_empty() && before.external_id != after.external_id {
        return format!("Changed the externalId of {team}");
    }
    if parts.is_empty() && !before.linked && after.linked {
        return format!("Took over {team}, which was here already");
    }
    if parts.is_empty() {
        return format!("Asserted {team} once more, nothing changed");
    }
    parts.join("; ")
}

fn crowd(crowd: &Crowd, names: &HashMap<UserId, String>) -> String {
    match (crowd.named.first(), crowd.count) {
        (Some(one), 1) => names
            .get(one)
            .cloned()
            .unwrap_or_else(|| "1 person".to_owned()),
        (_, count) => people(count),
    }
}

fn people(count: usize) -> String {
    match count {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    }
}

fn pending(team: &Team) -> &'static str {
    if team.state == Decision::Pending {
        ", pending"
    } else {
        ""
    }
}

fn first_of(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

/// What a request asked for that changed nothing.
fn asked(method: &str, path: &str, outcome: &Outcome) -> String {
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let mut steps = place.trim_matches('/').splitn(2, '/');
    let (kind, id) = (
        steps.next().unwrap_or_default(),
        steps.next().unwrap_or_default(),
    );
    let (one, many) = match kind {
        "Users" => ("person", "people"),
        "Groups" => ("group", "groups"),
        "ServiceProviderConfig" | "ResourceTypes" | "Schemas" => {
            return "Read what this service supports".to_owned();
        }
        _ => return format!("Asked for {place}"),
    };
    let name = outcome
        .touched
        .as_ref()
        .map(|touched| touched.name.as_str());
    let is_search = id == ".search" || query.split('&').any(|pair| pair.starts_with("filter="));
    match (
        name.filter(|name| !name.is_empty()),
        outcome.found,
        is_search,
    ) {
        (Some(name), None, _) => format!("Read {name}"),
        (Some(name), Some(1), true) => format!("Found {name}"),
        (_, Some(0), true) if one == "person" => "Found nobody".to_owned(),
        (_, Some(0), true) => "Found no group".to_owned(),
        (_, Some(1), true) => format!("Found 1 {one}"),
        (_, Some(count), true) => format!("Found {count} {many}"),
        (_, Some(1), false) => format!("Listed 1 {one}"),
        (_, Some(count), false) => format!("Listed {count} {many}"),
        (None, None, _) if method == "GET" => format!("Read a {one}"),
        (None, None, _) => format!("Asked for {many}"),
    }
}
