//! The invariants that hold in every database: checked after every test, and by whoever asks.

use std::collections::HashMap;

use serde_json::Value;

use crate::address::Address;
use crate::error::Result;
use crate::store::checks::{self, KeptLeaf, Keys};
use crate::store::db::{Db, Tx};
use crate::text::fold;

/// How many people are looked at in one go.
const CHUNK: i64 = 1_000;

/// One sentence for each invariant that is broken (safety.md, section 4); none where all hold.
///
/// # Errors
/// Where the database could not be asked.
pub async fn verify(db: &Db) -> Result<Vec<String>> {
    let mut tx = db.read().await?;
    let mut broken = Vec::new();
    for check in checks::CHECKS {
        let rows = checks::broken(&mut tx, check).await?;
        broken.extend(
            rows.into_iter()
                .map(|(row,)| check.sentence.replace("{}", &row)),
        );
    }
    for (table, parent) in checks::orphans(&mut tx).await? {
        broken.push(format!(
            "A row of {table} refers to a row of {parent} that is not there."
        ));
    }
    for (token, digest) in checks::digests(&mut tx).await? {
        let is_digest = digest.len() == 64
            && digest
                .bytes()
                .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        if !is_digest {
            broken.push(format!(
                "What is kept of the token {token} is no keyed hash."
            ));
        }
    }
    people(&mut tx, &mut broken).await?;
    Ok(broken)
}

/// What only a program can compare: folded texts, and the leaves of what was asserted.
async fn people(tx: &mut Tx, broken: &mut Vec<String>) -> Result<()> {
    let mut after = String::new();
    loop {
        let people = checks::keys_after(tx, &after, CHUNK).await?;
        let Some(last) = people.last().map(|person| person.id.0.clone()) else {
            return Ok(());
        };
        let mut leaves: HashMap<String, Vec<KeptLeaf>> = HashMap::new();
        for leaf in checks::leaves_between(tx, &after, &last).await? {
            leaves.entry(leaf.user_id.0.clone()).or_default().push(leaf);
        }
        for person in &people {
            if !keys_agree(person) {
                broken.push(format!(
                    "The person {} is compared by something else than their address and names.",
                    person.id
                ));
            }
            let kept = leaves.remove(person.id.as_str()).unwrap_or_default();
            if !leaves_agree(&person.attributes, &kept) {
                broken.push(format!(
                    "The person {} would be found by something that was not asserted of them.",
                    person.id
                ));
            }
        }
        after = last;
    }
}

fn keys_agree(person: &Keys) -> bool {
    Address::parse(&person.login).is_some_and(|address| address.key == person.login_key)
        && person.user_name.as_deref().map(fold) == person.user_name_key
        && fold(&person.label) == person.label_key
}

/// Every kept leaf stands in the JSON, and its folded form is its own.
fn leaves_agree(attributes: &str, kept: &[KeptLeaf]) -> bool {
    let Ok(attributes) = serde_json::from_str::<Value>(attributes) else {
        return false;
    };
    kept.iter().all(|leaf| {
        let folds = leaf.folded.is_none() || leaf.folded == leaf.text.as_deref().map(fold);
        folds && stands_in(&attributes, leaf)
    })
}

fn stands_in(attributes: &Value, leaf: &KeptLeaf) -> bool {
    let attribute = match leaf.attribute.rsplit_once(':') {
        // An attribute of an extension lies in the object that bears its URN.
        Some((urn, name)) => attributes
            .get(urn)
            .and_then(|extension| extension.get(name)),
        None => attributes.get(&leaf.attribute),
    };
    let item = match attribute {
        Some(Value::Array(items)) => usize::try_from(leaf.item).ok().and_then(|at| items.get(at)),
        other => other,
    };
    let value = match leaf.part.as_str() {
        "" => item,
        part => item.and_then(|item| item.get(part)),
    };
    match (value, &leaf.text, leaf.flag) {
        (Some(Value::String(there)), Some(text), _) => there == text,
        (Some(Value::Bool(there)), _, Some(flag)) => *there == flag,
        (Some(Value::Number(there)), Some(text), _) => there.to_string() == *text,
        // An instant is kept as a number only.
        (Some(_), None, None) => true,
        _ => false,
    }
}
