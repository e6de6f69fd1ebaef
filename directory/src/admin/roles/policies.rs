//! What a role asks of those who hold it, as an administrator sets it.

use std::net::IpAddr;

use serde_json::json;

use super::{held_role, record};
use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::event::Code;
use crate::model::id::RoleId;
use crate::model::network::Network;
use crate::model::policy::{MOST_DAYS, MOST_NETWORKS, Policy, RolePolicy};
use crate::model::settings::Switch;
use crate::policies::closed_from;
use crate::store::db::Db;
use crate::store::{consents, policies};

/// Sets all that a role asks; what is not among it, it asks no longer. `from` is where the administrator sits.
///
/// # Errors
/// `Invalid` for a value that cannot be; `Conflict` where the administrator would lock themself out.
pub async fn save(
    db: &Db,
    admin: &Admin,
    id: &RoleId,
    wanted: &[RolePolicy],
    from: IpAddr,
) -> Result<()> {
    let mut tx = db.write().await?;
    let role = held_role(&mut tx, admin, id).await?;
    let mut wanted = wanted.iter().map(checked).collect::<Result<Vec<_>>>()?;
    // A list without a network asks nothing.
    wanted.retain(|one| !one.value.is_empty());
    let before = policies::of_role(&mut tx, id).await?;
    let value = |some: &[RolePolicy], policy| {
        let found = some.iter().find(|one| one.policy == policy);
        found.map(|one| one.value.clone())
    };
    let changed: Vec<Policy> = Policy::ALL
        .iter()
        .copied()
        .filter(|policy| value(&before, *policy) != value(&wanted, *policy))
        .collect();
    for policy in &changed {
        match value(&wanted, *policy) {
            Some(value) => policies::put(&mut tx, id, *policy, &value).await?,
            None => policies::remove(&mut tx, id, *policy).await?,
        }
    }
    if changed.contains(&Policy::AllowedAddresses)
        && closed_from(&mut tx, &admin.user_id, from).await?.is_some()
    {
        return Err(Error::invalid(
            "allowed_addresses",
            format!("You would lock yourself out: you come from {from}, which is not among them."),
        ));
    }
    if changed.contains(&Policy::TransferConsent) {
        consents::settle_all(&mut tx).await?;
    }
    if !changed.is_empty() {
        let told = |some: &[RolePolicy]| {
            let each = changed
                .iter()
                .map(|policy| (policy.as_str(), value(some, *policy)));
            each.collect::<std::collections::BTreeMap<_, _>>()
        };
        let details = json!({ "before": told(&before), "after": told(&wanted) }).to_string();
        record(&mut tx, admin, Code::RolePoliciesChanged, &role, details).await?;
    }
    tx.commit().await
}

fn checked(wanted: &RolePolicy) -> Result<RolePolicy> {
    let value = wanted.value.trim();
    let value = match wanted.policy {
        Policy::InvitationMail
        | Policy::KeepAddress
        | Policy::TransferConsent
        | Policy::SecondFactor => Switch::of(value)
            .filter(|said| wanted.policy == Policy::InvitationMail || *said == Switch::On)
            .map(|switch| switch.as_str().to_owned())
            .ok_or_else(|| Error::invalid(wanted.policy.as_str(), "Choose one of them."))?,
        // Any role that says off is heard (behaviour.md 6 #52), so there is nothing else to say.
        Policy::Onboarding | Policy::Tour => Switch::of(value)
            .filter(|said| *said == Switch::Off)
            .map(|switch| switch.as_str().to_owned())
            .ok_or_else(|| Error::invalid(wanted.policy.as_str(), "Choose one of them."))?,
        Policy::ResendInvitations => value
            .parse::<i64>()
            .ok()
            .filter(|days| (0..=MOST_DAYS).contains(days))
            .map(|days| days.to_string())
            .ok_or_else(|| {
                let sentence = format!("Type a number of days from 0 to {MOST_DAYS}; 0 is never.");
                Error::invalid(wanted.policy.as_str(), sentence)
            })?,
        Policy::AllowedAddresses => networks(value)?,
    };
    Ok(RolePolicy {
        policy: wanted.policy,
        value,
    })
}

fn networks(typed: &str) -> Result<String> {
    let field = Policy::AllowedAddresses.as_str();
    let each: Vec<&str> = typed
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|text| !text.is_empty())
        .collect();
    if each.len() > MOST_NETWORKS {
        let sentence = format!("Name {MOST_NETWORKS} networks at the most.");
        return Err(Error::invalid(field, sentence));
    }
    let mut kept = Vec::new();
    for text in each {
        let network = Network::try_from(text).map_err(|_| {
            let sentence =
                format!("“{text}” is neither an address nor a network such as 10.0.0.0/8.");
            Error::invalid(field, sentence)
        })?;
        kept.push(network.to_string());
    }
    kept.dedup();
    Ok(kept.join(" "))
}
