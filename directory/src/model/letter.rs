//! What a mail says, before it is made into text and HTML; and names made harmless for it.

/// The longest a name is in a mail, in characters.
const LONGEST_NAME: usize = 64;

/// What a mail says. Names in it have gone through [`plain_name`]; the one link is made of the server's own address.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// The line above the text.
    pub heading: String,
    /// The text.
    pub paragraphs: Vec<String>,
    /// Where it leads, if anywhere.
    pub way: Option<Way>,
    /// What stands in small letters below.
    pub note: String,
}

/// The one link of a letter.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Way {
    /// What the button says.
    pub words: String,
    /// A page of the console, from the slash on.
    pub page: String,
}

/// A name without control characters, without words that look like a link or an address, and not too long
/// (INV-3): names come from whoever pushed them, and the only address in a mail is our own.
pub fn plain_name(name: &str, otherwise: &str) -> String {
    let spaced: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let kept: Vec<&str> = spaced
        .split_whitespace()
        .filter(|word| !is_like_a_link(word))
        .collect();
    let kept: String = kept
        .join(" ")
        .chars()
        .filter(|c| !matches!(c, '<' | '>'))
        .take(LONGEST_NAME)
        .collect();
    let kept = kept.trim();
    if kept.is_empty() {
        otherwise.to_owned()
    } else {
        kept.to_owned()
    }
}

/// Whether a mail program might turn a word into a link: a scheme, a slash, an `@`, or a dot within it as in `acme.example`.
pub fn is_like_a_link(word: &str) -> bool {
    // Full-width dots and slashes are read as the plain ones.
    let is_dot = |c: char| matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}');
    let ends = word.rsplit_once(is_dot);
    let is_host = ends.is_some_and(|(before, end)| {
        !before.is_empty() && end.chars().filter(|c| c.is_alphanumeric()).count() >= 2
    });
    let has_sign = word.contains(['/', '\\', '@', '\u{ff0f}', '\u{ff20}']) || word.contains("://");
    let scheme = word.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty() && scheme.chars().all(char::is_alphanumeric)
    });
    is_host || has_sign || scheme
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn a_name_brings_no_link_and_no_line_into_a_mail() {
        for (name, left) in [
            (
                "Your account is locked, see http://evil.example now",
                "Your account is locked, see now",
            ),
            ("<a href=https://evil.example>Acme</a>", "a"),
            ("Acme\r\nBcc: x@evil.example", "Acme Bcc:"),
            ("www.evil.example", "there"),
            ("evil。example", "there"),
            ("javascript:alert(1)", "there"),
            ("J. R. R. Tolkien", "J. R. R. Tolkien"),
            ("  Ada \u{0} Lovelace ", "Ada Lovelace"),
            ("", "there"),
        ] {
            assert_eq!(plain_name(name, "there"), left, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(plain_name(&"A\n".repeat(200), "").chars().count(), 63);
    }
}
