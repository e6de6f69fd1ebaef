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

fn once(text: &str) -> String {
    let composed: String = text.nfkc().collect();
    caseless::default_case_fold_str(&composed).nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_width_and_composition_do_not_matter() {
        assert_eq!(fold("Ada@ACME.example"), "ada@acme.example");
        assert_eq!(fold("STRASSE"), fold("Straße"));
        assert_eq!(fold("Zoe\u{308}"), fold("ZOË"));
        assert_eq!(fold("ＡＤＡ"), "ada");
        assert_ne!(fold("ada"), fold("аda"), "a Cyrillic а is another letter");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["İstanbul", "ŉ", "ΐ", "ﬁ", "ᾳ", "K", "Å"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }
}
