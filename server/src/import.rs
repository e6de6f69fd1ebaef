//! People from a file: what a form sends becomes rows, or a sentence that says why not.

use app::error::AppError;
use app::server::{Asking, keep_flash};
use app::visit::{Flash, Refused};
use axum::body::Bytes;
use axum::extract::{Multipart, State};
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use csv::{ReaderBuilder, StringRecord};
use directory::admin::import;
use directory::error::Error;
use directory::model::id::NodeId;
use directory::model::import::{FileRow, MOST_ROWS};
use tower_sessions::Session;

use crate::functions::see_other;
use crate::pages;
use crate::state::AppState;

/// The page of the form, and of the review.
const PAGE: &str = "/users/import";
/// What the form is called where it comes back.
const FORM: &str = "import";
/// So much of what was pasted comes back with a refusal.
const KEPT: usize = 20_000;
/// A file to begin with.
const SAMPLE: &str = "\u{feff}email,name,node\r\ngrace@company.example,Grace Hopper,\r\n\"linus@company.example\",\"Pauling, Linus\",\r\n";

/// Where files are taken, and the one to begin with.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/users/import/file", post(take))
        .route("/users/import/sample.csv", get(sample))
        .route_layer(from_fn_with_state(state.clone(), pages::gate))
}

async fn sample() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename*=UTF-8''sample.csv",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, SAMPLE).into_response()
}

/// What the form sent.
#[derive(Default)]
struct Sent {
    node: String,
    pasted: String,
    file: Bytes,
}

/// Takes a file or a text, and leads to its review; or back to the form with what was wrong.
async fn take(
    State(state): State<AppState>,
    session: Session,
    Extension(asking): Extension<Asking>,
    form: Multipart,
) -> Response {
    let sent = match read(form).await {
        Ok(sent) => sent,
        Err(error) => return refuse(&session, &Sent::default(), error).await,
    };
    let node = NodeId(sent.node.trim().parse().unwrap_or_default());
    let bytes = if sent.file.is_empty() {
        sent.pasted.as_bytes()
    } else {
        &sent.file
    };
    let kept = match rows(bytes) {
        Ok((rows, unread)) => import::keep(state.db(), &asking.admin, node, rows, unread).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(()) => see_other(PAGE),
        Err(error) => refuse(&session, &sent, error).await,
    }
}

async fn read(mut form: Multipart) -> Result<Sent, Error> {
    let broken = |_| {
        Error::invalid(
            "file",
            "The file is larger than 1 MB, or did not arrive whole. Split it, or send it again.",
        )
    };
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "node" => sent.node = field.text().await.map_err(broken)?,
            "pasted" => sent.pasted = field.text().await.map_err(broken)?,
            "file" => sent.file = field.bytes().await.map_err(broken)?,
            _ => {}
        }
    }
    Ok(sent)
}

async fn refuse(session: &Session, sent: &Sent, error: Error) -> Response {
    let error = AppError::from(error);
    let pasted: String = sent.pasted.chars().take(KEPT).collect();
    let refused = Refused {
        form: FORM.to_owned(),
        values: vec![
            ("node".to_owned(), sent.node.clone()),
            ("pasted".to_owned(), pasted),
        ],
        errors: vec![(error.field().to_owned(), error.to_string())],
    };
    let flash = Flash {
        toasts: Vec::new(),
        refused: Some(refused),
    };
    // Without the notice the person still sees the form again.
    let _ = keep_flash(session, &flash).await;
    see_other(&format!("{PAGE}?another=1"))
}

/// The columns of a file that are read, by their places.
#[derive(Default)]
struct Columns {
    email: Option<usize>,
    name: Option<usize>,
    given: Option<usize>,
    family: Option<usize>,
    node: Option<usize>,
}

/// The rows of a file, and the columns nobody reads.
///
/// # Errors
/// `Invalid` with what to do.
fn rows(bytes: &[u8]) -> Result<(Vec<FileRow>, Vec<String>), Error> {
    let text = text(bytes)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .from_reader(text.as_bytes());
    let head = reader.headers().map_err(|_| unreadable())?.clone();
    let (columns, unread) = columns(&head)?;
    let mut lines = Lines::of(text);
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| unreadable())?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(Error::invalid(
                "file",
                format!(
                    "The file has more than {MOST_ROWS} rows. Split it, and bring in one part after the other."
                ),
            ));
        }
        let line = lines.of_record(record.position().map_or(0, csv::Position::byte));
        rows.push(row(&columns, &head, &record, line));
    }
    Ok((rows, unread))
}

/// The lines of a text, read once: the places that are asked for come in their order.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: i64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line on which a record stands that the reader began at a byte. The reader itself knows lines by `\n` alone, and
    /// begins a record inside the `\r\n` that ends the one before.
    fn of_record(&mut self, byte: u64) -> i64 {
        let from = usize::try_from(byte).map_or(self.text.len(), |at| at.min(self.text.len()));
        let ends = self.text[from..].iter();
        let begin = from
            + ends
                .take_while(|sign| matches!(sign, b'\r' | b'\n'))
                .count();
        while self.at < begin {
            let next = self.text.get(self.at + 1);
            let is_end = match self.text[self.at] {
                b'\n' => true,
                b'\r' => next != Some(&b'\n'),
                _ => false,
            };
            self.line += i64::from(is_end);
            self.at += 1;
        }
        self.line
    }
}

fn unreadable() -> Error {
    Error::invalid(
        "file",
        "This cannot be read as a table. Save it as CSV, with a line for each person.",
    )
}

/// The text of a file. A spreadsheet that saves something else is told how.
fn text(bytes: &[u8]) -> Result<&str, Error> {
    let how = "In a spreadsheet choose Save as, then CSV UTF-8.";
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || bytes.iter().take(64).any(|byte| *byte == 0);
    if is_utf16 {
        let sentence = format!("The file is saved as UTF-16, or is no text. {how}");
        return Err(Error::invalid("file", sentence));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::invalid("file", format!("The file is not saved as UTF-8. {how}")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        let sentence = "Choose a file, or paste its lines.";
        return Err(Error::invalid("file", sentence));
    }
    Ok(text)
}

/// What stands between the cells: whichever of the three the first line has most of.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().find(|line| !line.trim().is_empty());
    let head = head.unwrap_or_default();
    let count = |sign: u8| head.matches(char::from(sign)).count();
    let mut most = b',';
    for sign in [b';', b'\t'] {
        if count(sign) > count(most) {
            most = sign;
        }
    }
    most
}

fn columns(head: &StringRecord) -> Result<(Columns, Vec<String>), Error> {
    let (mut columns, mut unread) = (Columns::default(), Vec::new());
    for (at, title) in head.iter().enumerate() {
        let letters = title.chars().filter(|letter| letter.is_alphanumeric());
        let word: String = letters.flat_map(char::to_lowercase).collect();
        let place = match word.as_str() {
            "email" | "emailaddress" | "mail" | "address" | "username" | "login" => {
                &mut columns.email
            }
            "name" | "fullname" | "displayname" => &mut columns.name,
            "givenname" | "given" | "firstname" => &mut columns.given,
            "familyname" | "family" | "lastname" | "surname" => &mut columns.family,
            "node" | "nodename" => &mut columns.node,
            "" => continue,
            _ => {
                unread.push(title.trim().chars().take(60).collect());
                continue;
            }
        };
        if place.replace(at).is_some() {
            let sentence = format!(
                "Two columns are read as {}. Keep one of them.",
                title.trim()
            );
            return Err(Error::invalid("file", sentence));
        }
    }
    unread.truncate(20);
    let has_name = columns.name.or(columns.given).or(columns.family).is_some();
    match (columns.email, has_name) {
        (None, _) => Err(Error::invalid(
            "file",
            "The first line names no column with the e-mail address. Write its name there: email.",
        )),
        (_, false) => Err(Error::invalid(
            "file",
            "The first line names no column with the name. Write its name there: name, or given name and family name.",
        )),
        _ => Ok((columns, unread)),
    }
}

fn row(columns: &Columns, head: &StringRecord, record: &StringRecord, line: i64) -> FileRow {
    let cell = |place: Option<usize>| {
        let cell = place.and_then(|at| record.get(at)).unwrap_or_default();
        cell.trim().to_owned()
    };
    let mut name = cell(columns.name);
    if name.is_empty() {
        name = format!("{} {}", cell(columns.given), cell(columns.family));
    }
    let fault = if record.len() > head.len() {
        format!(
            "This line has {} cells, and the first line names {}. Put a cell that holds the sign between cells into quotes.",
            record.len(),
            head.len()
        )
    } else {
        String::new()
    };
    FileRow {
        line,
        name: name.trim().to_owned(),
        email: cell(columns.email),
        node: cell(columns.node),
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, String)> {
        let (rows, _) = rows(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        rows.into_iter()
            .map(|row| (row.name, row.email, row.node))
            .collect()
    }

    fn one(name: &str, email: &str, node: &str) -> Vec<(String, String, String)> {
        vec![(name.to_owned(), email.to_owned(), node.to_owned())]
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_case_and_separator() {
        let grace = one("Grace Hopper", "grace@acme.example", "Berlin");
        for text in [
            "email,name,node\ngrace@acme.example,Grace Hopper,Berlin\n",
            "\u{feff}NODE;Name;E-Mail Address\r\nBerlin;Grace Hopper;grace@acme.example\r\n",
            "Family name\tGiven_Name\tnode\tMail\nHopper\tGrace\tBerlin\tgrace@acme.example",
            "email,name,node,shoe size\n\n grace@acme.example ,\"Grace Hopper\", Berlin ,38\n,,,\n",
        ] {
            assert_eq!(read(text), grace, "{text:?}");
        }
    }

    #[test]
    fn a_cell_is_text_whatever_is_in_it() {
        assert_eq!(
            read("email,name\n=1+1,\"Hopper, \"\"Amazing\"\"\nGrace\"\n"),
            one("Hopper, \"Amazing\"\nGrace", "=1+1", "")
        );
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let text = "email,name|a@b.example,A||c@d.example,\"C|D\"|e@f.example,E|,|g@h.example,G";
        for end in ["\n", "\r\n", "\r"] {
            let (rows, _) = rows(text.replace('|', end).as_bytes()).unwrap_or_default();
            let lines: Vec<i64> = rows.iter().map(|row| row.line).collect();
            assert_eq!(lines, [2, 4, 6, 8], "{end:?}");
        }
        let (rows, _) = rows(b"\nemail,name\r\na@b.example,A\rc@d.example,C\ne@f.example,E")
            .unwrap_or_default();
        let lines: Vec<i64> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 4, 5], "mixed");
    }

    #[test]
    fn what_is_no_table_of_people_says_what_to_do() {
        for (bytes, part) in [
            (&b"\xff\xfee\0m\0"[..], "UTF-16"),
            (b"e\0m\0a\0i\0l\0", "UTF-16"),
            (b"email,name\nzo\xeb@acme.example,Zo\xeb\n", "CSV UTF-8"),
            (b"", "Choose a file"),
            (b"name\nGrace\n", "e-mail address"),
            (b"email\ngrace@acme.example\n", "the name"),
            (b"email,mail,name\na,b,c\n", "Two columns"),
        ] {
            let refused = rows(bytes).map(|_| ()).map_err(|error| error.to_string());
            assert!(
                refused.as_ref().is_err_and(|said| said.contains(part)),
                "{part}: {refused:?}"
            );
        }
        let (rows, unread) =
            rows(b"email,name,size\na@b.example,Hopper, Grace,3\n").unwrap_or_default();
        assert_eq!(unread, ["size"]);
        assert!(rows[0].fault.contains("4 cells"), "{rows:?}");
    }
}
