//! A part of the people and teams of a node together: their ids, in an order that holds while others come and go.

use super::super::db::{Arg, Tx};
use super::{Built, Items, Table};
use crate::error::{Error, Result};
use crate::model::id::NodeId;
use crate::model::query::{Field, Kind, Order, Position, Search, Sought, Start};

/// How many letters of a text count when it is sorted by: a position has to remember them.
const SORTED_LETTERS: i64 = 200;

/// What was found of a [`Search`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What is in the part that was asked for, in order.
    pub ids: Vec<(Kind, String)>,
    /// How many match in all.
    pub total: i64,
    /// Where the next part begins; none where this is the last.
    pub next: Option<Position>,
}

/// A kind that is searched, and how many of it match.
struct Searched<'a> {
    kind: Kind,
    sought: &'a Sought,
    total: i64,
}

/// Finds a part of what a connection may see of its node.
pub async fn find(tx: &mut Tx, node: NodeId, search: &Search) -> Result<Found> {
    let kinds = [(Kind::Person, &search.people), (Kind::Team, &search.teams)];
    let mut searched = Vec::new();
    for (kind, sought) in kinds {
        if let Some(sought) = sought {
            let total = count(tx, node, kind, sought).await?;
            searched.push(Searched {
                kind,
                sought,
                total,
            });
        }
    }
    let total = searched.iter().map(|one| one.total).sum();
    if search.take <= 0 {
        return Ok(Found {
            total,
            ..Found::default()
        });
    }
    let mut found = if searched.iter().any(|one| one.sought.sort.is_some()) {
        sorted(tx, node, search, &searched).await?
    } else {
        in_line(tx, node, search, &searched).await?
    };
    // One more than asked for was looked for, to know whether there is a next part.
    let take = usize::try_from(search.take).unwrap_or(usize::MAX);
    let has_more = found.len() > take;
    found.truncate(take);
    Ok(Found {
        next: found.last().filter(|_| has_more).cloned(),
        ids: found.into_iter().map(|one| (one.kind, one.id)).collect(),
        total,
    })
}

async fn count(tx: &mut Tx, node: NodeId, kind: Kind, sought: &Sought) -> Result<i64> {
    let mut built = Built::of(table(kind), node);
    let matching = built.matching(sought.condition.as_ref())?;
    let counted = tx
        .all_built::<(i64,)>(format!("SELECT count(*) {matching}"), built.args)
        .await?;
    Ok(counted.first().map_or(0, |row| row.0))
}

/// In the order of the ids, one kind after the other.
async fn in_line(
    tx: &mut Tx,
    node: NodeId,
    search: &Search,
    searched: &[Searched<'_>],
) -> Result<Vec<Position>> {
    let (mut skip, after) = match &search.start {
        Start::Skip(skip) => (*skip, None),
        Start::After(after) => (0, after.as_ref()),
    };
    let mut found = Vec::new();
    let mut left = search.take.saturating_add(1);
    for one in searched {
        if after.is_some_and(|after| after.kind > one.kind) || skip >= one.total {
            skip = (skip - one.total).max(0);
            continue;
        }
        let mut built = Built::of(table(one.kind), node);
        let alias = built.alias();
        let mut matching = built.matching(one.sought.condition.as_ref())?;
        if let Some(after) = after.filter(|after| after.kind == one.kind) {
            matching = format!("{matching} AND {alias}.id > {}", built.bind(&after.id));
        }
        let (take, offset) = (built.bind(left), built.bind(skip));
        let sql = format!(
            "SELECT {alias}.id {matching} ORDER BY {alias}.id LIMIT {take} OFFSET {offset}"
        );
        let ids = tx.all_built::<(String,)>(sql, built.args).await?;
        left -= i64::try_from(ids.len()).unwrap_or(left);
        skip = 0;
        found.extend(ids.into_iter().map(|(id,)| Position {
            key: None,
            kind: one.kind,
            id,
        }));
        if left <= 0 {
            break;
        }
    }
    Ok(found)
}

/// In the order of a key; what is equal by it in the order of the ids.
async fn sorted(
    tx: &mut Tx,
    node: NodeId,
    search: &Search,
    searched: &[Searched<'_>],
) -> Result<Vec<Position>> {
    let fields = searched.iter().filter_map(|one| one.sought.sort.as_ref());
    let is_number = fields
        .clone()
        .all(|field| matches!(field, Field::Created | Field::Updated | Field::Active));
    let mut built = Built::of(Table::Users, node);
    let mut parts = Vec::new();
    for one in searched {
        built.table = table(one.kind);
        let key = built.key(one.sought.sort.as_ref(), is_number)?;
        let (alias, kind) = (built.alias(), number(one.kind));
        let matching = built.matching(one.sought.condition.as_ref())?;
        parts.push(format!(
            "SELECT CAST({kind} AS BIGINT) AS kind, {alias}.id AS id, {key} AS key {matching}"
        ));
    }
    let (after, skip) = match &search.start {
        Start::Skip(skip) => (String::from("TRUE"), *skip),
        Start::After(None) => (String::from("TRUE"), 0),
        Start::After(Some(after)) => (built.after(after, search.order, is_number)?, 0),
    };
    let order = match search.order {
        Order::Ascending => "f.key ASC NULLS LAST",
        Order::Descending => "f.key DESC NULLS FIRST",
    };
    let (take, skip) = (built.bind(search.take.saturating_add(1)), built.bind(skip));
    let sql = format!(
        "SELECT f.kind, f.id, CAST(f.key AS TEXT) FROM ({}) f WHERE {after}
         ORDER BY {order}, f.kind, f.id LIMIT {take} OFFSET {skip}",
        parts.join(" UNION ALL ")
    );
    let rows = tx
        .all_built::<(i64, String, Option<String>)>(sql, built.args)
        .await?;
    let positions = rows.into_iter().map(|(kind, id, key)| Position {
        key,
        kind: if kind == number(Kind::Person) {
            Kind::Person
        } else {
            Kind::Team
        },
        id,
    });
    Ok(positions.collect())
}

impl Built {
    fn of(table: Table, node: NodeId) -> Self {
        Self {
            table,
            args: vec![node.into()],
            items: Items::Values,
        }
    }

    /// What a row is sorted by; nothing where its kind has no such field.
    fn key(&mut self, field: Option<&Field>, is_number: bool) -> Result<String> {
        let Some(field) = field else {
            let kind = if is_number { "BIGINT" } else { "TEXT" };
            return Ok(format!("CAST(NULL AS {kind})"));
        };
        let column = match self.column(field) {
            Some(column) => column,
            None => self.sort_value(field)?,
        };
        Ok(match field {
            Field::Active => format!("CAST(CASE WHEN {column} THEN 1 ELSE 0 END AS BIGINT)"),
            _ if is_number => column,
            _ => format!("substr({column}, 1, {SORTED_LETTERS})"),
        })
    }

    /// What comes after a position.
    fn after(&mut self, position: &Position, order: Order, is_number: bool) -> Result<String> {
        let (kind, id) = (self.bind(number(position.kind)), self.bind(&position.id));
        let same = format!("(f.kind, f.id) > ({kind}, {id})");
        let Some(key) = &position.key else {
            return Ok(match order {
                Order::Ascending => format!("(f.key IS NULL AND {same})"),
                Order::Descending => format!("(f.key IS NOT NULL OR {same})"),
            });
        };
        let key = if is_number {
            let number = key.parse::<i64>();
            Arg::from(number.map_err(|_| Error::invalid("cursor", "This is no number."))?)
        } else {
            Arg::from(key)
        };
        let key = self.bind(key);
        Ok(match order {
            Order::Ascending => {
                format!("(f.key > {key} OR f.key IS NULL OR (f.key = {key} AND {same}))")
            }
            Order::Descending => format!("(f.key < {key} OR (f.key = {key} AND {same}))"),
        })
    }
}

fn table(kind: Kind) -> Table {
    match kind {
        Kind::Person => Table::Users,
        Kind::Team => Table::Teams,
    }
}

fn number(kind: Kind) -> i64 {
    match kind {
        Kind::Person => 0,
        Kind::Team => 1,
    }
}
