//! Text as people write it, made comparable, and the rules for names.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};

/// The most characters a name has: of a node, a team, a connection, a token.
pub const NAME_LIMIT: usize = 255;

/// What `=`, `LIKE` and sorting compare: full case folding under NFKC, so that neither case nor the way
/// a letter was typed matters (SCM-1).
///
/// NFKC and case folding are repeated because each can undo the other; ASCII needs neither.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = fold_once(text);
    loop {
        let again = fold_once(&folded);
        if again == folded {
            return folded;
        }
        folded = again;
    }
}

fn fold_once(text: &str) -> String {
    text.nfkc().default_case_fold().nfkc().collect()
}

/// A pattern for `LIKE … ESCAPE '\'` that finds the folded text anywhere.
pub fn anywhere(text: &str) -> String {
    literally(&fold(text))
}

/// A pattern for `LIKE … ESCAPE '\'` that finds the text anywhere, as it is: nothing in it is a sign.
pub fn literally(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A name as it is kept: without space around it, 1 to 255 characters, no control characters.
///
/// # Errors
/// [`Error::Invalid`] for the field, with what to do.
pub fn name(field: &'static str, text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() {
        return Err(Error::invalid(field, "Type a name."));
    }
    if name.chars().count() > NAME_LIMIT {
        return Err(Error::invalid(
            field,
            format!("Use at most {NAME_LIMIT} characters."),
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            "Use letters, digits and signs only: there is a control character in it.",
        ));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{anywhere, fold, name};

    #[test]
    fn folding_forgets_case_width_and_composition() {
        assert_eq!(fold("STRASSE"), fold("straße"));
        assert_eq!(fold("Ｏｐｓ"), "ops");
        assert_eq!(fold("e\u{301}"), fold("É"));
    }

    #[test]
    fn a_pattern_takes_its_text_literally() {
        assert_eq!(anywhere("50%_\\"), "%50\\%\\_\\\\%");
    }

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(name("name", "  Ops "), Ok("Ops".to_owned()));
        assert!(name("name", " ").is_err());
        assert!(name("name", "a\0b").is_err());
        assert!(name("name", &"é".repeat(255)).is_ok());
        assert!(name("name", &"é".repeat(256)).is_err());
    }
}
