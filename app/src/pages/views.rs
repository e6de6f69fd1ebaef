//! Views of a list that somebody saved: a menu of them, and a form that saves the one being looked at.

use crate::components::icon::Icon;
use crate::components::link::{Href, Query};
use crate::error::AppError;
use directory::model::saved_view::{ListShown, SavedView};
use leptos::prelude::*;
use server_fn::ServerFn;

/// What a list's own address narrows and sorts it by.
const KEPT: [&str; 4] = ["q", "state", "node", "sort"];

/// The menu of somebody's views of the list at `here`.
#[component]
pub fn SavedViews(of: ListShown, here: Query) -> impl IntoView {
    let query = KEPT
        .iter()
        .fold(Query::of(""), |query, key| {
            query.and(key, here.value(key).unwrap_or_default())
        })
        .query_string();
    Suspend::new(async move {
        // A list is shown all the same where its views cannot be read.
        let views = my_views(of).await.unwrap_or_default();
        view! { <Views of views query /> }
    })
}

#[component]
fn Views(of: ListShown, views: Vec<SavedView>, query: String) -> impl IntoView {
    let is_narrowed = !query.is_empty();
    let here = views.iter().find(|view| view.query == query);
    let words = here.map_or_else(|| "Views".to_owned(), |view| view.name.clone());
    let is_saved = here.is_some();
    let is_empty = views.is_empty();
    let rows = views
        .into_iter()
        .map(|view| {
            let href = Href::internal(format!("/{}{}", of.as_str(), view.query));
            let is_here = view.query == query;
            view! {
                <li>
                    <a href=href.as_text() aria-current=is_here.then_some("true")>
                        <Icon name="filter" />
                        {view.name.clone()}
                    </a>
                    <form method="post" action=RemoveView::url()>
                        <input type="hidden" name="of" value=of.as_str() />
                        <input type="hidden" name="id" value=view.id />
                        <button aria-label=format!("Remove the view {}", view.name)>
                            <Icon name="x" />
                        </button>
                    </form>
                </li>
            }
        })
        .collect_view();
    let save = (is_narrowed && !is_saved).then(|| {
        view! {
            <form class="save" method="post" action=SaveView::url()>
                <input type="hidden" name="of" value=of.as_str() />
                <input type="hidden" name="narrowed" value=query.clone() />
                <input class="input" name="name" required maxlength="60" aria-label="Name of this view" placeholder="Name of this view" />
                <button class="button small">"Save"</button>
            </form>
        }
    });
    let why = (!is_narrowed && is_empty).then(|| {
        view! { <p class="why">"Search, filter or sort the list, then save it here as a view of your own."</p> }
    });
    view! {
        <button class="button" type="button" popovertarget="views">
            <Icon name="filter" />
            {words}
        </button>
        <div class="menu views" id="views" popover>
            <ul aria-label="Saved views">{rows}</ul>
            {save}
            {why}
        </div>
    }
}

#[server(endpoint = "me/views")]
pub async fn my_views(of: ListShown) -> Result<Vec<SavedView>, AppError> {
    let (db, user) = crate::server::user().await?;
    Ok(directory::saved_views::of(&db, &user.id, of).await?)
}

#[server(endpoint = "me/save_view")]
pub async fn save_view(of: ListShown, name: String, narrowed: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, user};
    let (db, user) = user().await?;
    let saved = directory::saved_views::save(&db, &user.id, of, &name, &narrowed).await;
    let page = Href::internal(format!("/{}{narrowed}", of.as_str())).as_text();
    let done = |()| Done::at(page.clone()).says(format!("The view {} was saved.", name.trim()));
    answer(Form::button(page.clone()), saved.map(done)).await
}

#[server(endpoint = "me/remove_view")]
pub async fn remove_view(of: ListShown, id: String) -> Result<(), AppError> {
    use crate::server::{Done, Form, answer, user};
    let (db, user) = user().await?;
    let page = format!("/{}", of.as_str());
    let removed = directory::saved_views::remove(&db, &user.id, &id).await;
    let done = |()| Done::at(page.clone()).says("The view was removed.");
    answer(Form::button(page.clone()), removed.map(done)).await
}
