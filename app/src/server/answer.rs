//! How a form is answered: on to a page, or back with what was wrong; and what is left to be said there.

use axum::http::Uri;
use tower_sessions::Session;

use super::{parts, who};
use crate::error::AppError;
use crate::visit::{Flash, Refused, Toast, ToastKind};

/// Where the flash lies in a session.
const FLASH: &str = "flash";

/// A longer address of the console is none of ours.
const LONGEST_PATH: usize = 2_000;

/// A form, should it have to be shown again.
pub struct Form {
    page: String,
    refused: Refused,
}

impl Form {
    /// A form by its name on a page, and the address of that page.
    pub fn new(form: impl Into<String>, page: impl Into<String>) -> Self {
        let refused = Refused {
            form: form.into(),
            values: Vec::new(),
            errors: Vec::new(),
        };
        Self {
            page: page.into(),
            refused,
        }
    }

    /// A button alone, at the address of its page: why it was refused is said at the bottom of the page.
    pub fn button(page: impl Into<String>) -> Self {
        Self::new("", page)
    }

    /// Keeps what was typed into a field. Never call it for a secret.
    #[must_use]
    pub fn keeps(mut self, field: &str, value: &str) -> Self {
        self.refused
            .values
            .push((field.to_owned(), value.to_owned()));
        self
    }
}

/// What was asked for was done: where the browser goes on, and what is said there.
pub struct Done {
    page: String,
    toasts: Vec<Toast>,
}

impl Done {
    /// Goes on at a page of the console.
    pub fn at(page: impl Into<String>) -> Self {
        Self {
            page: page.into(),
            toasts: Vec::new(),
        }
    }

    /// Says in one sentence what was done, at the bottom of that page.
    #[must_use]
    pub fn says(self, text: impl Into<String>) -> Self {
        self.notes(ToastKind::Done, text)
    }

    /// Says a sentence of another kind; several stand one below the other.
    #[must_use]
    pub fn notes(mut self, kind: ToastKind, text: impl Into<String>) -> Self {
        self.toasts.push(Toast {
            kind,
            text: text.into(),
            more: None,
        });
        self
    }

    /// Says several sentences, each of its kind.
    #[must_use]
    pub fn reports(self, notes: impl IntoIterator<Item = (ToastKind, String)>) -> Self {
        notes
            .into_iter()
            .fold(self, |done, (kind, text)| done.notes(kind, text))
    }

    /// Adds a link to what was said last.
    #[must_use]
    pub fn with_more(mut self, page: impl Into<String>, words: impl Into<String>) -> Self {
        if let Some(toast) = self.toasts.last_mut() {
            toast.more = Some((page.into(), words.into()));
        }
        self
    }
}

/// Ends a server function that a form posted to: a redirect (303) in either case.
///
/// # Errors
/// Where the flash cannot be kept. A refusal is no error here: the page of the form says it.
pub async fn answer(form: Form, result: Result<Done, impl Into<AppError>>) -> Result<(), AppError> {
    let session = who::session(&parts()?)?;
    let (page, flash) = match result {
        Ok(done) => (
            done.page,
            Flash {
                toasts: done.toasts,
                refused: None,
            },
        ),
        Err(error) => refusal(form, &error.into()),
    };
    if !flash.is_empty() {
        keep_flash(&session, &flash).await?;
    }
    leptos_axum::redirect(&own_path(&page));
    Ok(())
}

fn refusal(form: Form, error: &AppError) -> (String, Flash) {
    let mut refused = form.refused;
    if refused.form.is_empty() {
        return (form.page, Toast::failed(error.to_string()).into());
    }
    refused
        .errors
        .push((error.field().to_owned(), error.to_string()));
    (
        form.page,
        Flash {
            toasts: Vec::new(),
            refused: Some(refused),
        },
    )
}

/// Leaves something to be said on the next page.
///
/// # Errors
/// Where the session cannot be used.
pub async fn keep_flash(session: &Session, flash: &Flash) -> Result<(), AppError> {
    session
        .insert(FLASH, flash)
        .await
        .map_err(who::session_failed)
}

/// What was left to be said, once. A session that holds nothing is not written.
///
/// # Errors
/// Where the session cannot be used.
pub async fn take_flash(session: &Session) -> Result<Flash, AppError> {
    if session
        .get_value(FLASH)
        .await
        .map_err(who::session_failed)?
        .is_none()
    {
        return Ok(Flash::default());
    }
    // A flash that an older version wrote differently is not worth an error.
    Ok(session
        .remove::<Flash>(FLASH)
        .await
        .ok()
        .flatten()
        .unwrap_or_default())
}

/// The path of one of our own pages, or `/`: whatever could lead elsewhere is dropped (B-89).
pub fn own_path(path: &str) -> String {
    let is_ours = path.len() <= LONGEST_PATH
        && path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/api/")
        // What begins there leaves for a provider, and may connect an account.
        && !path.starts_with("/sign-in/")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let parsed = is_ours.then(|| path.parse::<Uri>().ok()).flatten();
    match parsed {
        Some(uri) if uri.scheme().is_none() && uri.authority().is_none() => uri
            .path_and_query()
            .map_or_else(|| "/".to_owned(), ToString::to_string),
        _ => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn a_return_address_leads_nowhere_but_here() {
        let long = format!("/{}", "a".repeat(10_000));
        for foreign in [
            "",
            "evil",
            "/sign-in/okta?for=connect",
            "//evil",
            "/\\evil",
            "https:evil",
            "https://evil",
            "javascript:alert(1)",
            "%2f%2fevil",
            "/a\r\nb",
            "/ b",
            "/é",
            "\\\\evil",
            "/api/nodes/add",
            &long,
        ] {
            assert_eq!(own_path(foreign), "/", "{foreign:?}");
        }
    }

    #[test]
    fn an_own_page_keeps_its_query() {
        for own in [
            "/",
            "/users?status=invited&q=a%20b",
            "/nodes/2/connection",
            "/%2f%2fevil",
        ] {
            assert_eq!(own_path(own), own);
        }
    }
}
