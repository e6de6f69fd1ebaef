//! Conditions over who is in what.

use super::{Built, Items, Table};
use crate::error::Result;
use crate::model::query::{Case, Comparison, Field, Value};
use crate::text::fold;

/// The other side of memberships: its columns, and how it is joined to the row that is searched.
pub(super) struct Members {
    id: &'static str,
    name: &'static str,
    pub(super) other: &'static str,
}

/// Whether a field is one of memberships.
pub(super) fn is_of_members(field: &Field) -> bool {
    matches!(
        field,
        Field::Members | Field::MemberNames | Field::MemberAddresses(_) | Field::MemberWord(_)
    )
}

impl Built {
    /// A membership whose other side meets the comparison; within brackets that of the item.
    pub(super) fn member_exists(
        &mut self,
        field: &Field,
        test: Option<(Comparison, &Value)>,
    ) -> Result<String> {
        let test = match test {
            Some((comparison, value)) => {
                let (column, case) = self.member_column(field);
                self.test(&column, case, comparison, value)?
            }
            None => "TRUE".to_owned(),
        };
        Ok(match self.items {
            Items::Memberships => test,
            Items::Values => {
                let other = self.members().other;
                format!("EXISTS (SELECT 1 FROM memberships m {other} AND {test})")
            }
        })
    }

    /// What is known of a membership's other side.
    fn member_column(&mut self, field: &Field) -> (String, Case) {
        let Members { id, name, .. } = self.members();
        match field {
            Field::MemberNames => (name.to_owned(), Case::Folded),
            Field::MemberAddresses(before) => (self.address(before, id), Case::Exact),
            Field::MemberWord(word) => {
                let word = self.bind(fold(word));
                (format!("CAST({word} AS TEXT)"), Case::Folded)
            }
            _ => (id.to_owned(), Case::Exact),
        }
    }

    pub(super) fn address(&mut self, before: &str, id: &str) -> String {
        format!("(CAST({} AS TEXT) || {id})", self.bind(before))
    }

    pub(super) fn members(&self) -> Members {
        match self.table {
            Table::Users => Members {
                id: "m.team_id",
                name: "g.name_key",
                other: "JOIN teams g ON g.id = m.team_id WHERE m.user_id = u.id AND g.recycled_at IS NULL",
            },
            Table::Teams => Members {
                id: "m.user_id",
                name: "p.label_key",
                other: "JOIN users p ON p.id = m.user_id WHERE m.team_id = t.id AND NOT p.hidden_from_connection AND p.recycled_at IS NULL",
            },
        }
    }
}
