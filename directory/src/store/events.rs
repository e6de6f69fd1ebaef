//! The audit trail: rows are added in the unit of work they tell of, and never touched again (AUD-1, AUD-2).

use crate::error::Result;
use crate::model::event::{Actor, Code, Event, Target};
use crate::model::id::{NodeId, TeamId, UserId};
use crate::store::db::Tx;
use crate::store::users;

/// Adds one event: `details` is a JSON object, `{}` where there is nothing more to say.
pub async fn record(
    tx: &mut Tx,
    actor: &Actor,
    code: Code,
    node: Option<NodeId>,
    target: Target,
    details: String,
) -> Result<()> {
    let (id, act, now) = (tx.new_id(), tx.act(), tx.now());
    tx.run(
        "INSERT INTO events (id, act, at, code, actor_kind, actor_id, actor_name, node_id, target_kind, target_id, target_name, details)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        [
            id.into(),
            act.into(),
            now.into(),
            code.as_str().into(),
            actor.kind.as_str().into(),
            (&actor.id).into(),
            (&actor.name).into(),
            node.into(),
            target.kind.into(),
            target.id.into(),
            target.name.into(),
            details.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Adds an event for each membership that came, went or was decided about.
pub async fn record_memberships(
    tx: &mut Tx,
    actor: &Actor,
    code: Code,
    node: NodeId,
    team: &TeamId,
    people: &[UserId],
) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let (act, now) = (tx.act(), tx.now());
    let team_name = tx
        .first::<(String,)>("SELECT name FROM teams WHERE id = $1", [team.into()])
        .await?;
    let details =
        serde_json::json!({ "team": team, "team_name": team_name.map(|row| row.0) }).to_string();
    let people = users::labels(tx, people).await?;
    let rows = people
        .iter()
        .map(|(user, label)| {
            vec![
                tx.new_id().into(),
                (&act).into(),
                now.into(),
                code.as_str().into(),
                actor.kind.as_str().into(),
                (&actor.id).into(),
                (&actor.name).into(),
                node.into(),
                "user".into(),
                user.into(),
                label.into(),
                (&details).into(),
            ]
        })
        .collect();
    tx.insert_many::<(i64,)>(
        "INSERT INTO events (id, act, at, code, actor_kind, actor_id, actor_name, node_id, target_kind, target_id, target_name, details) VALUES",
        "",
        rows,
    )
    .await?;
    Ok(())
}

/// What happened to one thing, the newest first.
pub async fn of(tx: &mut Tx, target_id: &str, limit: i64) -> Result<Vec<Event>> {
    tx.all(
        "SELECT id, act, at, code, actor_kind, actor_id, actor_name, node_id, target_kind, target_id, target_name, details
         FROM events WHERE target_id = $1 ORDER BY id DESC LIMIT $2",
        [target_id.into(), limit.into()],
    )
    .await
}
