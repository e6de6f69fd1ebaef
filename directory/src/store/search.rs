//! A condition from `model/query.rs` becomes a WHERE clause of known words and bound values: the
//! only SQL that is built.

mod across;
mod members;

use super::db::{Arg, Row, Tx};
use crate::error::{Error, Result};
use crate::model::id::{NodeId, TeamId, UserId};
use crate::model::query::{Case, Comparison, Condition, Field, Order, Slice, Value};
use crate::text::fold;

pub use across::{Found, find};
use members::is_of_members;

/// How many ids one statement names at the most.
pub const CHUNK: usize = 500;

/// How many bytes a text may have that something else contains. No text that is kept folded is as long, and
/// SQLite takes no pattern of more than 50,000.
const LONGEST: usize = 24_000;

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// People, as `u`.
    Users,
    /// Teams, as `t`.
    Teams,
}

/// Something that is kept as its text.
pub trait TextId {
    /// The text.
    fn text(&self) -> &str;
}

impl TextId for UserId {
    fn text(&self) -> &str {
        &self.0
    }
}

impl TextId for TeamId {
    fn text(&self) -> &str {
        &self.0
    }
}

impl TextId for String {
    fn text(&self) -> &str {
        self
    }
}

/// Runs `head ($n, …) tail`, the list naming these ids.
pub async fn among<T: Row, I: TextId>(
    tx: &mut Tx,
    head: &'static str,
    tail: &'static str,
    mut args: Vec<Arg>,
    ids: &[I],
) -> Result<Vec<T>> {
    let Some(last) = ids.last() else {
        return Ok(Vec::new());
    };
    // Rounded up to a power of two by naming the last one again, so that few statements are prepared.
    let places = ids.len().next_power_of_two();
    let names = (args.len() + 1..=args.len() + places)
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(", ");
    args.extend((0..places).map(|n| Arg::from(ids.get(n).unwrap_or(last).text())));
    tx.all_built(format!("{head} ({names}) {tail}"), args).await
}

/// A slice of what a connection may see of its node, and how many match.
pub async fn slice<T: Row>(
    tx: &mut Tx,
    table: Table,
    columns: &'static str,
    node: NodeId,
    slice: &Slice,
) -> Result<(Vec<T>, i64)> {
    let mut built = Built {
        table,
        args: vec![node.into()],
        items: Items::Values,
    };
    let matching = built.matching(slice.condition.as_ref())?;
    let alias = built.alias();
    let last = format!("max({alias}.id)");
    let last = if slice.skip > 0 {
        last.as_str()
    } else {
        "NULL"
    };
    let counted = tx
        .all_built::<(i64, Option<String>)>(
            format!("SELECT count(*), CAST({last} AS TEXT) {matching}"),
            built.args.clone(),
        )
        .await?;
    let (total, last) = counted.into_iter().next().unwrap_or_default();
    if slice.take <= 0 || slice.skip >= total {
        return Ok((Vec::new(), total));
    }
    let order = built.order(slice.sort.as_ref())?;
    // Skipping happens on narrow index rows; the wide ones are read for this slice alone.
    let ids = match last {
        // From the nearer end, so that the last page costs what the first does. Who came since they were counted
        // stands behind the last one then.
        Some(last) if slice.sort.is_none() && slice.skip > total / 2 => {
            let rows = slice.take.min(total - slice.skip);
            let last = built.bind(last);
            let (take, skip) = (built.bind(rows), built.bind(total - slice.skip - rows));
            format!(
                "SELECT {alias}.id {matching} AND {alias}.id <= {last} ORDER BY {alias}.id DESC LIMIT {take} OFFSET {skip}"
            )
        }
        _ => {
            let (take, skip) = (built.bind(slice.take), built.bind(slice.skip));
            format!("SELECT {alias}.id {matching} ORDER BY {order} LIMIT {take} OFFSET {skip}")
        }
    };
    let table = built.table_name();
    let sql = format!(
        "SELECT {columns} FROM {table} {alias} WHERE {alias}.id IN ({ids}) ORDER BY {order}"
    );
    Ok((tx.all_built(sql, built.args).await?, total))
}

struct Built {
    table: Table,
    args: Vec<Arg>,
    /// What the parts of an item stand for.
    items: Items,
}

/// What the items of a multi-valued attribute are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Items {
    /// Rows of `user_values`.
    Values,
    /// Memberships.
    Memberships,
}

impl Built {
    /// What a connection may see of its node, whose number is the first argument, narrowed by a condition.
    fn matching(&mut self, condition: Option<&Condition>) -> Result<String> {
        let from = match self.table {
            Table::Users => {
                "FROM users u WHERE u.node_id = $1 AND NOT u.hidden_from_connection AND u.recycled_at IS NULL"
            }
            Table::Teams => "FROM teams t WHERE t.node_id = $1 AND t.recycled_at IS NULL",
        };
        Ok(match condition {
            Some(condition) => format!("{from} AND {}", self.condition(condition)?),
            None => from.to_owned(),
        })
    }

    fn bind(&mut self, arg: impl Into<Arg>) -> String {
        self.args.push(arg.into());
        format!("${}", self.args.len())
    }

    fn alias(&self) -> &'static str {
        match self.table {
            Table::Users => "u",
            Table::Teams => "t",
        }
    }

    fn table_name(&self) -> &'static str {
        match self.table {
            Table::Users => "users",
            Table::Teams => "teams",
        }
    }

    fn order(&mut self, sort: Option<&(Field, Order)>) -> Result<String> {
        let alias = self.alias();
        let Some((field, order)) = sort else {
            return Ok(format!("{alias}.id"));
        };
        let direction = match order {
            Order::Ascending => "ASC",
            Order::Descending => "DESC",
        };
        let key = match self.column(field) {
            Some(column) => column,
            None => self.sort_value(field)?,
        };
        // RFC 7644 3.4.2.3: what has no value comes last ascending, first descending.
        let nulls = match order {
            Order::Ascending => "NULLS LAST",
            Order::Descending => "NULLS FIRST",
        };
        Ok(format!("{key} {direction} {nulls}, {alias}.id"))
    }

    /// The primary, or else the first, value of an attribute.
    fn sort_value(&mut self, field: &Field) -> Result<String> {
        let (Field::Attribute(attribute, part, case), Table::Users) = (field, self.table) else {
            return Err(Error::invalid(
                "sortBy",
                "This attribute cannot be sorted by.",
            ));
        };
        let (attribute, part) = (self.bind(attribute.as_str()), self.bind(part.as_str()));
        let column = text_column(*case);
        Ok(format!(
            "(SELECT coalesce(v.{column}, CASE WHEN v.flag THEN '1' WHEN NOT v.flag THEN '0' END) FROM user_values v
              WHERE v.user_id = u.id AND v.attribute = {attribute} AND v.part = {part}
              ORDER BY (SELECT p.flag FROM user_values p WHERE p.user_id = v.user_id AND p.attribute = v.attribute
                        AND p.item = v.item AND p.part = 'primary') DESC NULLS LAST, v.item LIMIT 1)"
        ))
    }

    fn condition(&mut self, condition: &Condition) -> Result<String> {
        match condition {
            Condition::All(all) => self.joined(all, " AND ", "TRUE"),
            Condition::Any(any) => self.joined(any, " OR ", "FALSE"),
            Condition::Not(not) => Ok(format!("NOT ({})", self.condition(not)?)),
            Condition::Compare(field, comparison, value) => self.compare(field, *comparison, value),
            Condition::Present(field) => self.present(field),
            Condition::Item(attribute, inner) => self.item(attribute, inner),
        }
    }

    fn joined(&mut self, conditions: &[Condition], word: &str, empty: &str) -> Result<String> {
        let parts = conditions
            .iter()
            .map(|one| self.condition(one))
            .collect::<Result<Vec<_>>>()?;
        Ok(if parts.is_empty() {
            empty.to_owned()
        } else {
            format!("({})", parts.join(word))
        })
    }

    /// The column of a field that has one, and is compared as it stands.
    fn column(&self, field: &Field) -> Option<String> {
        let alias = self.alias();
        let column = match (self.table, field) {
            (_, Field::Id) => "id",
            (_, Field::ExternalId) => "external_id",
            (_, Field::Created) => "created_at",
            (_, Field::Updated) => "updated_at",
            (Table::Users, Field::UserName) => "user_name_key",
            (Table::Teams, Field::Name) => "name_key",
            (Table::Users, Field::Active) => {
                return Some("(NOT u.locked_by_admin AND NOT u.locked_by_idp)".to_owned());
            }
            _ => return None,
        };
        Some(format!("{alias}.{column}"))
    }

    fn compare(&mut self, field: &Field, comparison: Comparison, value: &Value) -> Result<String> {
        if *value == Value::Null {
            let present = self.present(field)?;
            return Ok(if comparison == Comparison::Equal {
                format!("NOT ({present})")
            } else {
                present
            });
        }
        if comparison == Comparison::NotEqual {
            return self.not_equal(field, value);
        }
        if let Field::Address(before) = field {
            let address = self.address(before, &format!("{}.id", self.alias()));
            return self.test(&address, Case::Exact, comparison, value);
        }
        if let Some(column) = self.column(field) {
            let case = if matches!(field, Field::UserName | Field::Name) {
                Case::Folded
            } else {
                Case::Exact
            };
            let test = self.test(&column, case, comparison, value)?;
            // A missing value compares as false, also under NOT.
            return Ok(if *field == Field::ExternalId {
                format!("coalesce({test}, FALSE)")
            } else {
                test
            });
        }
        self.value_exists(field, Some((comparison, value)))
    }

    /// True where there is no value, and where any value differs.
    fn not_equal(&mut self, field: &Field, value: &Value) -> Result<String> {
        if self.column(field).is_some() || matches!(field, Field::Address(_)) {
            let equal = self.compare(field, Comparison::Equal, value)?;
            return Ok(format!("NOT ({equal})"));
        }
        let present = self.present(field)?;
        let differs = self.value_exists(field, Some((Comparison::NotEqual, value)))?;
        Ok(format!("(NOT ({present}) OR {differs})"))
    }

    fn present(&mut self, field: &Field) -> Result<String> {
        match field {
            Field::ExternalId => Ok(format!("{}.external_id IS NOT NULL", self.alias())),
            Field::Address(_) => Ok("TRUE".to_owned()),
            _ if self.column(field).is_some() => Ok("TRUE".to_owned()),
            _ => self.value_exists(field, None),
        }
    }

    /// A row of `user_values`, or of `memberships`, that meets the comparison.
    fn value_exists(
        &mut self,
        field: &Field,
        test: Option<(Comparison, &Value)>,
    ) -> Result<String> {
        if is_of_members(field) {
            return self.member_exists(field, test);
        }
        match field {
            Field::Attribute(attribute, part, case) if self.table == Table::Users => {
                let (attribute, part) = (self.bind(attribute.as_str()), self.bind(part.as_str()));
                let test = self.value_test("v", *case, test)?;
                Ok(format!(
                    "EXISTS (SELECT 1 FROM user_values v WHERE v.user_id = u.id AND v.attribute = {attribute}
                     AND v.part = {part} AND {test})"
                ))
            }
            Field::Part(part, case) if self.items == Items::Values => {
                let part = self.bind(part.as_str());
                let test = self.value_test("w", *case, test)?;
                Ok(format!(
                    "EXISTS (SELECT 1 FROM user_values w WHERE w.user_id = i.user_id AND w.attribute = i.attribute
                     AND w.item = i.item AND w.part = {part} AND {test})"
                ))
            }
            _ => Err(Error::invalid(
                "filter",
                "This attribute cannot be filtered by.",
            )),
        }
    }

    fn item(&mut self, attribute: &str, inner: &Condition) -> Result<String> {
        if matches!(attribute, "members" | "groups") {
            let other = self.members().other;
            self.items = Items::Memberships;
            let inner = self.condition(inner);
            self.items = Items::Values;
            return Ok(format!(
                "EXISTS (SELECT 1 FROM memberships m {other} AND {})",
                inner?
            ));
        }
        let attribute = self.bind(attribute);
        let inner = self.condition(inner)?;
        Ok(format!(
            "EXISTS (SELECT 1 FROM user_values i WHERE i.user_id = u.id AND i.attribute = {attribute} AND {inner})"
        ))
    }

    fn value_test(
        &mut self,
        row: &str,
        case: Case,
        test: Option<(Comparison, &Value)>,
    ) -> Result<String> {
        let Some((comparison, value)) = test else {
            return Ok("TRUE".to_owned());
        };
        let column = match value {
            Value::Flag(_) => "flag",
            Value::Instant(_) => "instant",
            Value::Text(_) | Value::Null => text_column(case),
        };
        self.test(&format!("{row}.{column}"), case, comparison, value)
    }

    fn test(
        &mut self,
        column: &str,
        case: Case,
        comparison: Comparison,
        value: &Value,
    ) -> Result<String> {
        let place = match value {
            Value::Flag(flag) => self.bind(*flag),
            Value::Instant(instant) => self.bind(*instant),
            Value::Null => {
                return Err(Error::invalid(
                    "filter",
                    "null can only be compared with eq and ne.",
                ));
            }
            Value::Text(text) => return Ok(self.text_test(column, case, comparison, text)),
        };
        match sign(comparison) {
            Some(sign) => Ok(format!("{column} {sign} {place}")),
            None => Err(Error::invalid("filter", "This comparison needs text.")),
        }
    }

    fn text_test(
        &mut self,
        column: &str,
        case: Case,
        comparison: Comparison,
        text: &str,
    ) -> String {
        let text = if column.ends_with(".name_key") && sign(comparison).is_some() {
            // The key of a name is without the spaces around it.
            fold(text.trim())
        } else if case == Case::Folded {
            fold(text)
        } else {
            text.to_owned()
        };
        if let Some(sign) = sign(comparison) {
            let place = self.bind(text);
            return format!("{column} {sign} {place}");
        }
        if text.len() > LONGEST {
            return "FALSE".to_owned();
        }
        if case == Case::Folded {
            let escaped = text
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_");
            let (before, after) = match comparison {
                Comparison::StartsWith => ("", "%"),
                Comparison::EndsWith => ("%", ""),
                _ => ("%", "%"),
            };
            let place = self.bind(format!("{before}{escaped}{after}"));
            return format!("{column} LIKE {place} ESCAPE '\\'");
        }
        // LIKE ignores case on one of the two databases, so exact text is compared by its parts.
        let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let (place, length) = (
            self.bind(text),
            format!("CAST({} AS INTEGER)", self.bind(length)),
        );
        match comparison {
            Comparison::StartsWith => format!("substr({column}, 1, {length}) = {place}"),
            Comparison::EndsWith => format!(
                "length({column}) >= {length} AND substr({column}, length({column}) - {length} + 1) = {place}"
            ),
            _ => format!(
                "({column} IS NOT NULL AND ({length} = 0 OR length(replace({column}, {place}, '')) < length({column})))"
            ),
        }
    }
}

fn text_column(case: Case) -> &'static str {
    match case {
        Case::Exact => "text",
        Case::Folded => "folded",
    }
}

fn sign(comparison: Comparison) -> Option<&'static str> {
    match comparison {
        Comparison::Equal => Some("="),
        Comparison::Greater => Some(">"),
        Comparison::GreaterOrEqual => Some(">="),
        Comparison::Less => Some("<"),
        Comparison::LessOrEqual => Some("<="),
        Comparison::NotEqual => Some("<>"),
        Comparison::Contains | Comparison::StartsWith | Comparison::EndsWith => None,
    }
}
