//! The audit trail: rows are added in the unit of work they tell of, and never touched again (AUD-1, AUD-2).

use crate::error::Result;
use crate::model::event::{Actor, Code, Event, Target};
use crate::model::id::{NodeId, TeamId, UserId};
use crate::model::query::ListQuery;
use crate::model::role::Privilege;
use crate::store::db::{Arg, Tx};
use crate::store::people::shown;
use crate::store::users;
use crate::text::literally;

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

/// Adds an event of one kind for each of several things.
pub async fn record_all(
    tx: &mut Tx,
    actor: &Actor,
    code: Code,
    node: Option<NodeId>,
    targets: &[Target],
    details: &str,
) -> Result<()> {
    let (act, now) = (tx.act(), tx.now());
    let rows = targets
        .iter()
        .map(|target| {
            vec![
                tx.new_id().into(),
                (&act).into(),
                now.into(),
                code.as_str().into(),
                actor.kind.as_str().into(),
                (&actor.id).into(),
                (&actor.name).into(),
                node.into(),
                target.kind.into(),
                (&target.id).into(),
                (&target.name).into(),
                details.into(),
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
    let team_name = tx
        .first::<(String,)>("SELECT name FROM teams WHERE id = $1", [team.into()])
        .await?;
    let details =
        serde_json::json!({ "team": team, "team_name": team_name.map(|row| row.0) }).to_string();
    let targets: Vec<Target> = users::labels(tx, people)
        .await?
        .into_iter()
        .map(|(user, label)| Target::new("user", user, label))
        .collect();
    record_all(tx, actor, code, Some(node), &targets, &details).await
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

/// The events at the shown nodes that match: `$4` is the text as it was typed, `$5` its pattern, `$6` the
/// pattern in small letters, `$7` a code. Whoever may read them at the root and below also sees those of
/// nodes that are gone.
macro_rules! matching {
    () => {
        " FROM events e
         WHERE (e.node_id IN (SELECT id FROM shown)
                OR ($3 IS NULL AND EXISTS (SELECT 1 FROM seen JOIN nodes n ON n.id = seen.id WHERE n.parent_id IS NULL AND seen.cascades)))
           AND ($4 = '' OR e.target_name LIKE $5 ESCAPE '\\' OR e.actor_name LIKE $5 ESCAPE '\\'
                OR lower(e.target_name) LIKE $6 ESCAPE '\\' OR lower(e.actor_name) LIKE $6 ESCAPE '\\'
                OR e.target_id = $4 OR e.actor_id = $4 OR e.act = $4)
           AND ($7 = '' OR e.code = $7)"
    };
}

/// Events in one order, and which part of them.
macro_rules! page {
    ($order:literal) => {
        page!("", $order, " LIMIT $8 OFFSET $9")
    };
    ($more:literal, $order:literal, $part:literal) => {
        concat!(
            shown!(),
            "SELECT e.id, e.act, e.at, e.code, e.actor_kind, e.actor_id, e.actor_name, e.node_id, e.target_kind, e.target_id,
                    e.target_name, e.details",
            matching!(),
            $more,
            " ORDER BY ",
            $order,
            $part
        )
    };
}

/// A page of the events at the nodes where a person has a privilege, the newest first unless `sort` is `at`.
pub async fn list(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<Vec<Event>> {
    let sql = if query.sort == "at" {
        page!("e.id")
    } else {
        page!("e.id DESC")
    };
    let mut args = narrowed(admin, privilege, query);
    args.extend([query.limit().into(), query.offset().into()]);
    tx.all(sql, args).await
}

/// The events at the nodes where a person has a privilege that match after one of them, the oldest first.
pub async fn after(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Event>> {
    let mut args = narrowed(admin, privilege, query);
    args.extend([limit.into(), after.unwrap_or_default().into()]);
    tx.all(page!(" AND e.id > $9", "e.id", " LIMIT $8"), args)
        .await
}

/// How many events match, and how many there are without the filter.
pub async fn count(
    tx: &mut Tx,
    admin: &UserId,
    privilege: Privilege,
    query: &ListQuery,
) -> Result<(i64, i64)> {
    let sql = concat!(shown!(), "SELECT count(*)", matching!());
    let total = tx.number(sql, narrowed(admin, privilege, query)).await?;
    let all = tx
        .number(sql, narrowed(admin, privilege, &ListQuery::default()))
        .await?;
    Ok((total, all))
}

fn narrowed(admin: &UserId, privilege: Privilege, query: &ListQuery) -> Vec<Arg> {
    let typed = query.q.trim();
    vec![
        admin.into(),
        privilege.as_str().into(),
        query.node.into(),
        typed.into(),
        literally(typed).into(),
        literally(&typed.to_ascii_lowercase()).into(),
        (&query.state).into(),
    ]
}
