//! The log of requests, as an administrator reads it: a page of it, one request, what was said about somebody.

use serde_json::json;

use crate::access::Admin;
use crate::error::{Error, Result};
use crate::model::connection::Connection;
use crate::model::event::{Code, Target};
use crate::model::id::{NodeId, TeamId, UserId};
use crate::model::request::{
    Client, Holder, Kept, LogPage, LogQuery, Mention, Request, RequestDetail, Subject,
};
use crate::model::role::Privilege;
use crate::model::timestamp::Timestamp;
use crate::provisioning::requests::{DAYS, USUAL_DAYS, days as days_kept};
use crate::store::db::{Db, Tx};
use crate::store::request_log::{self, Direction};
use crate::store::{connections, events, nodes, settings};

const THIS: Error = Error::NotFound("This request");
/// How many requests a page shows.
pub const ROWS: usize = 50;
/// How many requests the page of a person or a team shows.
const MENTIONS: usize = 15;
/// For how many days requests can be kept.
const CHOICE: std::ops::RangeInclusive<i64> = 1..=365;

/// A page of the log of a node's connection, the newest first.
pub async fn list(db: &Db, admin: &Admin, node: NodeId, query: &LogQuery) -> Result<LogPage> {
    let mut tx = db.read().await?;
    let connection = visible(&mut tx, admin, node).await?;
    let newest = request_log::newest(&mut tx, &connection.id).await?;
    let (rows, newer, older, searched_to) = if query.after.is_empty() {
        back(&mut tx, &connection, query).await?
    } else {
        forth(&mut tx, &connection, query).await?
    };
    Ok(LogPage {
        rows,
        newer,
        older,
        searched_to,
        newest,
        days: days_kept(&mut tx).await?,
        about: about_whom(&mut tx, admin, &query.about).await?,
    })
}

/// The clients whose requests were noted lately, to choose from.
pub async fn clients(db: &Db, admin: &Admin, node: NodeId) -> Result<Vec<Client>> {
    let mut tx = db.read().await?;
    let connection = visible(&mut tx, admin, node).await?;
    request_log::clients(&mut tx, &connection.id).await
}

/// One request with everything its page shows.
pub async fn get(db: &Db, admin: &Admin, node: NodeId, id: &str) -> Result<RequestDetail> {
    let mut tx = db.read().await?;
    let connection = visible(&mut tx, admin, node).await?;
    let request = request_log::find(&mut tx, &connection.id, id)
        .await?
        .ok_or(THIS)?;
    let kept = request_log::kept(&mut tx, id).await?;
    let kept: Kept = kept
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_else(line_alone);
    let token_name = match &request.token_id {
        Some(token) => connections::tokens(&mut tx, &connection.id)
            .await?
            .into_iter()
            .find(|known| known.id == *token)
            .map(|known| known.name),
        None => None,
    };
    let path = nodes::path(&mut tx, node).await?;
    Ok(RequestDetail {
        subjects: seen_by(&mut tx, admin, subjects(&request, &kept)).await?,
        holder: holder(&mut tx, admin, &request).await?,
        path: admin.path(path),
        token_name,
        request,
        kept,
        connection,
    })
}

/// What identity providers said lately about a person or a team, as far as the administrator may read their logs.
pub async fn about(db: &Db, admin: &Admin, id: &str) -> Result<Vec<Mention>> {
    let mut tx = db.read().await?;
    let rows = request_log::about(&mut tx, id, 4 * 15).await?;
    let mentions = rows
        .into_iter()
        .filter(|row| admin.may(Privilege::ManageConnections, row.node_id))
        .take(MENTIONS)
        .map(|row| Mention {
            request: row.request,
            node: row.node_id,
            connection_name: row.connection_name,
        });
    Ok(mentions.collect())
}

/// For how many days requests are kept.
pub async fn days(db: &Db, admin: &Admin) -> Result<i64> {
    admin.require(Privilege::ManageConnections, NodeId::ROOT)?;
    days_kept(&mut db.read().await?).await
}

/// Keeps requests for so many days from now on.
///
/// # Errors
/// `Invalid` for less than one day or more than a year.
pub async fn keep_days(db: &Db, admin: &Admin, days: i64) -> Result<()> {
    admin.require(Privilege::ManageConnections, NodeId::ROOT)?;
    if !CHOICE.contains(&days) {
        return Err(Error::invalid(
            "days",
            "Enter a number of days from 1 to 365.",
        ));
    }
    let mut tx = db.write().await?;
    let before = settings::hold(&mut tx, DAYS, &USUAL_DAYS.to_string()).await?;
    if settings::put(&mut tx, DAYS, &days.to_string()).await? {
        let target = Target::new("setting", DAYS, "Days that requests are kept");
        let details = json!({ "before": before, "value": days }).to_string();
        let node = Some(NodeId::ROOT);
        events::record(
            &mut tx,
            &admin.actor(),
            Code::SettingChanged,
            node,
            target,
            details,
        )
        .await?;
    }
    tx.commit().await
}

async fn visible(tx: &mut Tx, admin: &Admin, node: NodeId) -> Result<Connection> {
    admin.require(Privilege::ManageConnections, node)?;
    let connection = connections::find(tx, node).await?;
    connection.ok_or(Error::NotFound("This SCIM connection"))
}

/// Rows, where newer and older ones begin, and how far back was searched where the search stopped early.
type Found = (
    Vec<Request>,
    Option<String>,
    Option<String>,
    Option<Timestamp>,
);

/// From the newest, or from a place, to older ones.
async fn back(tx: &mut Tx, connection: &Connection, query: &LogQuery) -> Result<Found> {
    let mut rows =
        request_log::page(tx, &connection.id, query, Direction::Back, limit(ROWS + 1)).await?;
    let has_more = rows.len() > ROWS;
    rows.truncate(ROWS);
    // A search that found too little looked only so far.
    let end =
        if has_more || query.is_plain() || !query.about.is_empty() || query.outcome == "refused" {
            None
        } else {
            request_log::window_end(tx, &connection.id, &query.before).await?
        };
    let older = match (&end, rows.last()) {
        (Some((id, _)), _) => Some(id.clone()),
        (None, Some(last)) if has_more => Some(last.id.clone()),
        _ => None,
    };
    let first = rows
        .first()
        .map_or(&query.before, |first| &first.id)
        .clone();
    let is_place = !query.before.is_empty();
    let newer = if is_place && request_log::is_newer_than(tx, &connection.id, &first).await? {
        Some(first)
    } else {
        None
    };
    Ok((rows, newer, older, end.map(|(_, at)| at)))
}

/// From a place to newer ones.
async fn forth(tx: &mut Tx, connection: &Connection, query: &LogQuery) -> Result<Found> {
    let mut rows =
        request_log::page(tx, &connection.id, query, Direction::Forth, limit(ROWS + 1)).await?;
    let has_more = rows.len() > ROWS;
    rows.truncate(ROWS);
    rows.reverse();
    let newer = rows
        .first()
        .filter(|_| has_more)
        .map(|first| first.id.clone());
    let older = rows
        .last()
        .map_or_else(|| query.after.clone(), |last| last.id.clone());
    Ok((rows, newer, Some(older), None))
}

fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Of a request that came in a crowd, only the line is kept.
fn line_alone() -> Kept {
    use crate::model::request::{Body, Part};
    let crowded = Body {
        kept: Part::Crowded,
        ..Body::default()
    };
    Kept {
        asked: crowded.clone(),
        answered: crowded,
        ..Kept::default()
    }
}

/// Whom a request was about, and whom it touched beside.
fn subjects(request: &Request, kept: &Kept) -> Vec<Subject> {
    let mut all = kept.subjects.clone();
    if let (Some(kind), Some(id)) = (&request.subject_kind, &request.subject_id)
        && !all.iter().any(|known| known.id == *id)
    {
        all.insert(
            0,
            Subject {
                kind: kind.clone(),
                id: id.clone(),
                name: String::new(),
            },
        );
    }
    all
}

async fn about_whom(tx: &mut Tx, admin: &Admin, id: &str) -> Result<Option<Subject>> {
    if id.is_empty() {
        return Ok(None);
    }
    let of = |kind: &str| Subject {
        kind: kind.to_owned(),
        id: id.to_owned(),
        name: String::new(),
    };
    let found = seen_by(tx, admin, vec![of("user"), of("team")]).await?;
    Ok(found.into_iter().next())
}

/// Those of them whose pages the administrator may open, by the names they have now.
async fn seen_by(tx: &mut Tx, admin: &Admin, subjects: Vec<Subject>) -> Result<Vec<Subject>> {
    let of = |kind: &'static str| subjects.iter().filter(move |one| one.kind == kind);
    let users = of("user")
        .map(|one| UserId(one.id.clone()))
        .collect::<Vec<_>>();
    let teams = of("team")
        .map(|one| TeamId(one.id.clone()))
        .collect::<Vec<_>>();
    let people = request_log::people(tx, &users).await?;
    let groups = request_log::teams(tx, &teams).await?;
    let seen = subjects.iter().filter_map(|one| {
        let (rows, privilege) = if one.kind == "user" {
            (&people, Privilege::ManageUsers)
        } else {
            (&groups, Privilege::ManageTeams)
        };
        let (_, node, name) = rows.iter().find(|(id, _, _)| *id == one.id)?;
        admin.may(privilege, *node).then(|| Subject {
            name: name.clone(),
            ..one.clone()
        })
    });
    Ok(seen.collect())
}

/// Who has the address, userName or externalId that was taken: told to those who may see them (behaviour.md 6 #20).
async fn holder(tx: &mut Tx, admin: &Admin, request: &Request) -> Result<Option<Holder>> {
    let (409, Some("user"), Some(id)) = (
        request.status,
        request.subject_kind.as_deref(),
        &request.subject_id,
    ) else {
        return Ok(None);
    };
    let rows = request_log::people(tx, &[UserId(id.clone())]).await?;
    let Some((id, node, name)) = rows.into_iter().next() else {
        return Ok(None);
    };
    if !admin.may(Privilege::ManageUsers, node) {
        return Ok(None);
    }
    let node_name = nodes::find(tx, node).await?.map(|node| node.name);
    Ok(Some(Holder {
        who: Subject {
            kind: "user".to_owned(),
            id,
            name,
        },
        node_name: node_name.unwrap_or_default(),
    }))
}
