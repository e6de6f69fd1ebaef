//! Lists: real tables that turn into cards when narrow; order, filter and place are in the address.

use super::choose_all::ChooseAll;
use super::icon::Icon;
use super::link::{Href, Query};
use super::text::thousands;
use leptos::prelude::*;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Words,
    Numbers,
    Picks,
    More,
    Act,
}

/// The head of a column.
#[derive(Debug, Clone)]
pub struct Column {
    title: String,
    holds: Holds,
    sorted_by: Option<&'static str>,
}

impl Column {
    fn new(title: impl Into<String>, holds: Holds) -> Self {
        Self {
            title: title.into(),
            holds,
            sorted_by: None,
        }
    }

    /// A column with a title.
    pub fn named(title: impl Into<String>) -> Self {
        Self::new(title, Holds::Words)
    }

    /// A column of numbers or times, set to the end; its cells have the class `number`.
    pub fn number(title: impl Into<String>) -> Self {
        Self::new(title, Holds::Numbers)
    }

    /// The boxes that choose a row; the label is of the box that chooses all on this page.
    pub fn pick(label: impl Into<String>) -> Self {
        Self::new(label, Holds::Picks)
    }

    /// The menu of each row.
    pub fn more() -> Self {
        Self::new("", Holds::More)
    }

    /// The one button of each row.
    pub fn act() -> Self {
        Self::new("", Holds::Act)
    }

    /// Makes the title a link that sorts by this key (`?sort=key`, the other way round `?sort=-key`).
    #[must_use]
    pub fn sorted_by(mut self, key: &'static str) -> Self {
        self.sorted_by = Some(key);
        self
    }
}

/// A table with its heads. The rows are written by the page: `<tr>` with `<th scope="row">` first, then `<td>`, each
/// with `data-label="…"` (named in a card) or the class `solo`, `brief`, `wide`, `pick`, `more` or `act`
/// (see `style/components/table.css`).
#[component]
pub fn DataTable(
    columns: Vec<Column>,
    /// The address of the page, when a column can be sorted.
    #[prop(optional)]
    here: Query,
    /// The order when the address names none, such as `name` or `-at`.
    #[prop(optional)]
    usual_sort: &'static str,
    children: Children,
) -> impl IntoView {
    let sort = here.value("sort").unwrap_or_else(|| usual_sort.to_owned());
    let heads = columns
        .into_iter()
        .map(|column| head(column, &here, &sort))
        .collect_view();
    view! {
        <table class="table">
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    }
    .into_any()
}

fn head(column: Column, here: &Query, sort: &str) -> AnyView {
    match column.holds {
        Holds::Picks => view! {
            <td class="pick">
                <ChooseAll label=column.title />
            </td>
        }
        .into_any(),
        Holds::More => view! { <td class="more"></td> }.into_any(),
        Holds::Act => view! { <td class="act"></td> }.into_any(),
        Holds::Words | Holds::Numbers => title(column, here, sort).into_any(),
    }
}

/// The order a list has now, as seen from one column.
fn title(column: Column, here: &Query, sort: &str) -> impl IntoView {
    let class = (column.holds == Holds::Numbers).then_some("number");
    let Some(key) = column.sorted_by else {
        return view! {
            <th scope="col" class=class>
                {column.title}
            </th>
        }
        .into_any();
    };
    let is_up = sort == key;
    let is_down = sort.strip_prefix('-') == Some(key);
    let (order, icon) = if is_up {
        (Some("ascending"), Some("asc"))
    } else if is_down {
        (Some("descending"), Some("desc"))
    } else {
        (None, None)
    };
    let link = here.with(
        "sort",
        if is_up {
            format!("-{key}")
        } else {
            key.to_owned()
        },
    );
    view! {
        <th scope="col" class=class aria-sort=order>
            <a href=link.as_text()>{column.title} {icon.map(|name| view! { <Icon name /> })}</a>
        </th>
    }
    .into_any()
}

/// What a list stands in. Inside: a [`DataTable`], perhaps a [`Bulk`], a [`ListFoot`]; where rows can be chosen, all
/// of it in one `<form method="post">`.
#[component]
pub fn List(children: Children) -> impl IntoView {
    view! { <div class="list">{children()}</div> }
}

/// The box that chooses a row.
#[component]
pub fn Pick(
    /// The name the form sends.
    #[prop(into)]
    name: String,
    #[prop(into)] value: String,
    /// Such as *Choose Ada Lovelace*.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <td class="pick">
            <label>
                <input class="check" type="checkbox" name=name value=value aria-label=label />
            </label>
        </td>
    }
}

/// Who a row is about: initials, name as a link, and a second line.
#[component]
pub fn Who(
    #[prop(into)] name: String,
    #[prop(into)] href: Href,
    /// The address, or whatever tells two people of one name apart.
    #[prop(optional, into)]
    second: Option<String>,
) -> impl IntoView {
    view! {
        <span class="who">
            <super::icon::Monogram name=name.clone() />
            <span>
                <a href=href.as_text()>{name}</a>
                {second.map(|second| view! { <small>{second}</small> })}
            </span>
        </span>
    }
    .into_any()
}

/// What to do with the chosen rows; only seen while some are. The count is made by the stylesheet.
#[component]
pub fn Bulk(children: Children) -> impl IntoView {
    view! {
        <div class="bulk">
            <span class="chosen">"chosen"</span>
            <div class="end">{children()}</div>
        </div>
    }
}

/// Which part of a list is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// The place of the first row, from 1; 0 when there is none.
    pub first: u64,
    /// The place of the last row.
    pub last: u64,
    /// All that match.
    pub total: u64,
    pub previous: Option<Href>,
    pub next: Option<Href>,
}

/// How much is shown of how many, and the way on.
#[component]
pub fn ListFoot(part: Part, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let words = if part.total == 0 {
        "0 of 0".to_owned()
    } else {
        format!(
            "{}–{} of {}",
            thousands(part.first),
            thousands(part.last),
            thousands(part.total)
        )
    };
    view! {
        <div class="list-foot">
            <span class="num">{words}</span>
            <div class="end">
                {children.map(|children| children())} <Way to=part.previous rel="prev" words="Previous" />
                <Way to=part.next rel="next" words="Next" />
            </div>
        </div>
    }
    .into_any()
}

/// The ways on from a list that is read by the order of arrival: how many there are in all is not counted.
#[component]
pub fn WayFoot(
    /// The word and the address of the way back.
    previous: (&'static str, Option<Href>),
    /// The word and the address of the way on.
    next: (&'static str, Option<Href>),
    /// What is shown.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="list-foot">
            <span class="num">{children()}</span>
            <div class="end">
                <Way to=previous.1 rel="prev" words=previous.0 />
                <Way to=next.1 rel="next" words=next.0 />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Way(to: Option<Href>, rel: &'static str, words: &'static str) -> impl IntoView {
    match to {
        Some(to) => view! {
            <a class="button small" href=to.as_text() rel=rel>
                {words}
            </a>
        }
        .into_any(),
        None => view! {
            <span class="button small" aria-disabled="true">
                {words}
            </span>
        }
        .into_any(),
    }
}
