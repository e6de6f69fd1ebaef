//! Text as it is compared: without regard to case, width or composition.

use unicode_normalization::UnicodeNormalization;

/// The form under which two texts that a person would call the same are equal: NFKC and full case
/// folding, repeated because each can undo the other (RFC 7643 §2.2, `caseExact` false).
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = once(text);
    loop {
        let again = once(&folded);
        if again == folded {
            return folded;
        }
        folded = again;
    }
}

/// Whether two texts are equal when folded. Plain ASCII, which most are, is compared in place, so that
/// a long list and many operations on it stay cheap.
pub(crate) fn same(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    fold(one) == fold(other)
}

fn once(text: &str) -> String {
    let composed: String = text.nfkc().collect();
    caseless::default_case_fold_str(&composed).nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::{fold, same};

    #[test]
    fn case_width_and_composition_do_not_matter() {
        assert_eq!(fold("Ada@ACME.example"), "ada@acme.example");
        assert_eq!(fold("STRASSE"), fold("Straße"));
        assert_eq!(fold("Zoe\u{308}"), fold("ZOË"));
        assert_eq!(fold("ＡＤＡ"), "ada");
        assert_ne!(fold("ada"), fold("аda"), "a Cyrillic а is another letter");
    }

    #[test]
    fn texts_are_the_same_as_their_folded_forms_are() {
        for (one, other) in [
            ("Ada", "aDA"),
            ("ada", "adb"),
            ("K", "k"),
            ("Straße", "STRASSE"),
            ("", ""),
        ] {
            assert_eq!(same(one, other), fold(one) == fold(other), "{one} {other}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["İstanbul", "ŉ", "ΐ", "ﬁ", "ᾳ", "K", "Å"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }
}
