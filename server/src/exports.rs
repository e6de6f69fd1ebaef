//! Lists as files: CSV for spreadsheets, JSON for machines, all that the list's own query string matches (EXP-1, EXP-2).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use app::error::AppError;
use app::server::Asking;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use directory::access::Admin;
use directory::admin::exports::{self, List};
use directory::model::event::Event;
use directory::model::id::{NodeId, UserId};
use directory::model::query::ListQuery;
use directory::model::timestamp::Timestamp;
use directory::model::user::UserInList;
use directory::store::db::Db;
use futures::StreamExt as _;
use futures::stream::{self, try_unfold};
use serde_json::{Value, json};
use tower_sessions::Session;

use crate::fresh;
use crate::pages;
use crate::state::AppState;

/// Where lists are taken away.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/exports/{file}", get(export))
        .route_layer(from_fn_with_state(state.clone(), pages::gate))
}

/// Who takes a list away at this moment: one at a time each (EXP-2).
#[derive(Clone, Default)]
pub struct Busy(Arc<Mutex<HashSet<UserId>>>);

/// Somebody's turn, until it is dropped.
pub struct Turn(Busy, UserId);

impl Busy {
    /// The turn of somebody; none while another export of theirs is running.
    pub fn turn(&self, who: &UserId) -> Option<Turn> {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.insert(who.clone())
            .then(|| Turn(self.clone(), who.clone()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut busy = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.1);
    }
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

impl Form {
    fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

/// The same words as the list's page.
#[derive(serde::Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    node: String,
}

impl Asked {
    /// What it asks for; none where the node is no number.
    fn query(self) -> Option<ListQuery> {
        let node = match self.node.trim() {
            "" => None,
            number => Some(NodeId(number.parse().ok()?)),
        };
        Some(ListQuery {
            q: self.q,
            state: self.state,
            node,
            ..ListQuery::default()
        })
    }
}

async fn export(
    State(state): State<AppState>,
    Path(file): Path<String>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    Extension(asking): Extension<Asking>,
    session: Session,
    request: Request,
) -> Response {
    if is_from_elsewhere(request.headers()) {
        return refusal(
            StatusCode::FORBIDDEN,
            "This request came from another site.",
        );
    }
    let Some((list, form)) = what(&file) else {
        return refusal(StatusCode::NOT_FOUND, "There is no such list.");
    };
    let Some(query) = asked.ok().and_then(|Query(asked)| asked.query()) else {
        return refusal(
            StatusCode::BAD_REQUEST,
            "The filter cannot be read. Open the list, and export it from there.",
        );
    };
    let admin = asking.admin;
    match many_without_proof(state.db(), &admin, &session, list, &query).await {
        Ok(false) => {}
        Ok(true) => {
            let narrowed = request.uri().query().unwrap_or_default();
            let page = format!("/{}?{narrowed}", list.as_str());
            return fresh::prove_first(&session, page.trim_end_matches('?')).await;
        }
        Err(error) => return refused(&error),
    }
    let Some(turn) = state.exports.turn(&admin.user_id) else {
        let sentence =
            "An export of yours is still running. Wait until it has ended, then try again.";
        return (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, "10")],
            sentence,
        )
            .into_response();
    };
    if let Err(error) = exports::begin(state.db(), &admin, list, &query, &file).await {
        return failed(error);
    }
    let mut rows = Rows {
        db: state.db().clone(),
        admin,
        query,
        list,
        form,
        place: Place::Start,
        _turn: turn,
    };
    let headers = [
        (header::CONTENT_TYPE, form.media().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{file}"),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    // What cannot be read at all is refused; later on only the end of the connection can say so.
    let first = match rows.next().await {
        Ok(first) => stream::iter(first.map(Ok)),
        Err(error) => return failed(error),
    };
    let portions = try_unfold(rows, |mut rows| async move {
        let portion = rows.next().await?;
        Ok::<_, directory::Error>(portion.map(|bytes| (bytes, rows)))
    });
    (headers, Body::from_stream(first.chain(portions))).into_response()
}

/// Whether more rows would leave than may without a fresh proof of who takes them (AUZ-6).
async fn many_without_proof(
    db: &Db,
    admin: &Admin,
    session: &Session,
    list: List,
    query: &ListQuery,
) -> Result<bool, AppError> {
    Ok(fresh::is_old(session).await? && exports::is_large(db, admin, list, query).await?)
}

fn failed(error: directory::Error) -> Response {
    refused(&AppError::from(error))
}

fn refused(error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    refusal(status, &error.to_string())
}

fn refusal(status: StatusCode, sentence: &str) -> Response {
    (status, sentence.to_owned()).into_response()
}

/// Whether another site made the browser ask. Old browsers do not say; a link that was typed or kept says `none`.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none")
}

/// The list and the form of a file name such as `users.csv`.
fn what(file: &str) -> Option<(List, Form)> {
    let (list, ending) = file.split_once('.')?;
    let form = match ending {
        "csv" => Form::Csv,
        "json" => Form::Json,
        _ => return None,
    };
    Some((List::of(list)?, form))
}

/// Where the next portion begins.
enum Place {
    Start,
    After(String),
    Over,
}

/// A list that is being written.
struct Rows {
    db: Db,
    admin: Admin,
    query: ListQuery,
    list: List,
    form: Form,
    place: Place,
    _turn: Turn,
}

impl Rows {
    /// The next portion as it is sent; none after the last.
    async fn next(&mut self) -> directory::Result<Option<Bytes>> {
        let after = match &self.place {
            Place::Start => None,
            Place::After(id) => Some(id.clone()),
            Place::Over => return Ok(None),
        };
        let rows = match self.list {
            List::Users => {
                let after = after.clone().map(UserId);
                let found =
                    exports::users(&self.db, &self.admin, &self.query, after.as_ref()).await?;
                found.iter().map(user).collect::<Vec<_>>()
            }
            List::Events => {
                let found =
                    exports::events(&self.db, &self.admin, &self.query, after.as_deref()).await?;
                found.iter().map(event).collect()
            }
        };
        let is_first = after.is_none();
        self.place = match rows.last().and_then(|row| row[0].as_str()) {
            Some(id) => Place::After(id.to_owned()),
            None => Place::Over,
        };
        Ok(Some(match self.form {
            Form::Csv => csv_of(self.list, &rows, is_first)?,
            Form::Json => json_of(self.list, &rows, is_first),
        }))
    }
}

/// The columns of a list; the id comes first.
fn columns(list: List) -> &'static [&'static str] {
    match list {
        List::Users => &[
            "id",
            "name",
            "email",
            "status",
            "state",
            "consent",
            "consent_expires",
            "locked_by_administrator",
            "locked_by_identity_provider",
            "locked_by",
            "node_id",
            "node",
            "teams",
            "pending_teams",
            "kept_by",
            "last_sign_in",
        ],
        List::Events => &[
            "id",
            "at",
            "code",
            "actor_kind",
            "actor_id",
            "actor",
            "node_id",
            "target_kind",
            "target_id",
            "target",
            "details",
            "act",
        ],
    }
}

/// What stands in the columns.
type Row = Vec<Value>;

fn user(one: &UserInList) -> Row {
    vec![
        json!(one.id),
        json!(one.label),
        json!(one.login),
        json!(one.status().as_str()),
        json!(one.state.as_str()),
        json!(one.consent.as_str()),
        json!(one.consent_expires_at.map(Timestamp::rfc3339)),
        json!(one.locked_by_admin),
        json!(one.locked_by_idp),
        json!(one.locked_by),
        json!(one.node_id),
        json!(one.node_name),
        json!(one.teams),
        json!(one.pending),
        json!(one.kept_by),
        json!(one.last_sign_in_at.map(Timestamp::rfc3339)),
    ]
}

fn event(one: &Event) -> Row {
    vec![
        json!(one.id),
        json!(one.at.rfc3339()),
        json!(one.code.as_str()),
        json!(one.actor_kind.as_str()),
        json!(one.actor_id),
        json!(one.actor_name),
        json!(one.node_id),
        json!(one.target_kind),
        json!(one.target_id),
        json!(one.target_name),
        serde_json::from_str(&one.details).unwrap_or_default(),
        json!(one.act),
    ]
}

/// RFC 4180; the names of the columns come first.
fn csv_of(list: List, rows: &[Row], is_first: bool) -> directory::Result<Bytes> {
    let failed = |error: String| directory::Error::Store(error);
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    if is_first {
        writer
            .write_record(columns(list))
            .map_err(|error| failed(error.to_string()))?;
    }
    for row in rows {
        let cells = row.iter().map(cell);
        writer
            .write_record(cells)
            .map_err(|error| failed(error.to_string()))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| failed(error.to_string()))?;
    Ok(Bytes::from(bytes))
}

/// A value in a cell. A spreadsheet takes what begins with one of these signs for a formula; the apostrophe keeps it text.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is_formula = text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
    ]);
    if is_formula { format!("'{text}") } else { text }
}

/// A piece of an array: the last piece has no row.
fn json_of(list: List, rows: &[Row], is_first: bool) -> Bytes {
    let mut text = String::new();
    if is_first {
        text.push('[');
    }
    for (at, row) in rows.iter().enumerate() {
        text.push_str(if is_first && at == 0 { "\n" } else { ",\n" });
        let names = columns(list).iter().map(|name| (*name).to_owned());
        let object = names.zip(row.iter().cloned()).collect();
        text.push_str(&Value::Object(object).to_string());
    }
    if rows.is_empty() {
        text.push_str("\n]\n");
    }
    Bytes::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in [
            "=cmd|'/C calc'!A0",
            "+1",
            "-1",
            "@x",
            "\t=1",
            "＝x",
            "\r=1",
            "\0=",
        ] {
            assert_eq!(cell(&json!(text)), format!("'{text}"), "B-117");
        }
        assert_eq!(cell(&json!("Ada = Lovelace")), "Ada = Lovelace");
        assert_eq!(cell(&Value::Null), "");
        assert_eq!(cell(&json!(7)), "7");
    }
}
