//! The views people save of lists: each sees and changes their own alone.

use crate::error::{Error, Result};
use crate::model::id::UserId;
use crate::model::saved_view::{LONGEST_NAME, LONGEST_QUERY, ListShown, MOST, SavedView};
use crate::store::db::Db;
use crate::store::{people, saved_views};

/// Somebody's views of a list, by name; at most [`MOST`].
///
/// # Errors
/// Where the database could not be read.
pub async fn of(db: &Db, user: &UserId, list: ListShown) -> Result<Vec<SavedView>> {
    saved_views::of(&mut db.read().await?, user, list).await
}

/// Saves a view; one of the same name is replaced, so that to save it twice changes nothing.
///
/// # Errors
/// `Invalid` for a name that is empty or too long; `Conflict` where the list is not narrowed, where its filter is too
/// long, and where there are too many already.
pub async fn save(db: &Db, user: &UserId, list: ListShown, name: &str, query: &str) -> Result<()> {
    let name = name.trim();
    let is_name = !name.is_empty() && !name.chars().any(char::is_control);
    if !is_name || name.chars().count() > LONGEST_NAME {
        let sentence = format!("Give the view a name of at most {LONGEST_NAME} characters.");
        return Err(Error::invalid("name", sentence));
    }
    if !query.starts_with('?') || query.len() < 2 {
        let sentence = "Search, filter or sort the list first, then save the view.";
        return Err(Error::Conflict(sentence.to_owned()));
    }
    if query.len() > LONGEST_QUERY {
        let sentence = "This filter is too long to be saved. Search for less text.";
        return Err(Error::Conflict(sentence.to_owned()));
    }
    let mut tx = db.write().await?;
    // Two at once are counted one after the other.
    people::hold(&mut tx, user).await?;
    let there = saved_views::of(&mut tx, user, list).await?;
    let is_new = there.iter().all(|view| view.name != name);
    if is_new && i64::try_from(there.len()).unwrap_or(i64::MAX) >= MOST {
        let sentence = format!("You have saved {MOST} views of this list. Remove one first.");
        return Err(Error::Conflict(sentence));
    }
    saved_views::keep(&mut tx, user, list, name, query).await?;
    tx.commit().await
}

/// Removes a view of somebody's own. One that is gone, or is somebody else's, is not theirs any more either way.
///
/// # Errors
/// Where the database could not be used.
pub async fn remove(db: &Db, user: &UserId, id: &str) -> Result<()> {
    let mut tx = db.write().await?;
    saved_views::forget(&mut tx, user, id).await?;
    tx.commit().await
}
