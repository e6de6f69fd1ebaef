//! The way to take a list away as a file: all that its filter matches.

use super::link::Query;
use super::menu::{Menu, MenuLink};
use leptos::prelude::*;

/// What a list's own query string narrows it by.
const NARROWS: [&str; 3] = ["q", "state", "node"];

/// A menu with the list as CSV and as JSON.
#[component]
pub fn Export(
    /// The name of the list, as in `/exports/users.csv`.
    list: &'static str,
    /// The page that shows it.
    here: Query,
) -> impl IntoView {
    let file = move |ending: &str| {
        let file = Query::of(format!("/exports/{list}.{ending}"));
        let narrowed = NARROWS.iter().fold(file, |query, key| {
            query.and(key, here.value(key).unwrap_or_default())
        });
        narrowed.href()
    };
    let (csv, json) = (file("csv"), file("json"));
    view! {
        <Menu id="export" label="Export this list">
            <MenuLink icon="download" href=csv>
                "Export as CSV"
            </MenuLink>
            <MenuLink icon="download" href=json>
                "Export as JSON"
            </MenuLink>
        </Menu>
    }
}
