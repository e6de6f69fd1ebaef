//! What a sign-in address is.

use std::str::FromStr;

use email_address::{EmailAddress, Options};

/// An address a person can sign in with (SCM-1, SCM-2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// As it was given, without the space around it.
    pub text: String,
    /// What makes it unique: lower case, the domain in its ASCII form.
    pub key: String,
}

impl Address {
    /// Reads an address: ASCII before the `@`, a domain name with a dot behind it, 254 bytes at most.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let is_plain = local.is_ascii() && !local.starts_with('"') && text.len() <= 254;
        let ascii = idna::domain_to_ascii_strict(domain)
            .ok()
            .filter(|_| is_plain)?;
        let options = Options::default()
            .without_domain_literal()
            .with_required_tld()
            .without_display_text();
        let address = format!("{local}@{ascii}");
        EmailAddress::parse_with_options(&address, options).ok()?;
        Some(Self {
            text: text.to_owned(),
            key: address.to_lowercase(),
        })
    }
}

impl FromStr for Address {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::parse(text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        for good in [
            "ada@acme.example",
            " Ada.Lovelace+x@Acme.Example ",
            "bob@bücher.de",
            "o'brien@a-b.example",
        ] {
            assert!(Address::parse(good).is_some(), "{good}");
        }
        let long = format!("{}@acme.example", "a".repeat(65));
        let bad = [
            "",
            "ada",
            "a@b",
            "a@[127.0.0.1]",
            "\"x y\"@d.example",
            "a@d.",
            "a\r\nBcc:x@y@d.example",
            &long,
            "аdmin@corp.com",
            "ada@acme..example",
            "Ada <ada@acme.example>",
            "a b@acme.example",
            "ada\u{200d}@acme.example",
        ];
        for bad in bad {
            assert!(Address::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_key_knows_neither_case_nor_the_spelling_of_a_domain() {
        let key = |text| Address::parse(text).map(|address| address.key);
        assert_eq!(key("Bob@Corp.com"), key("bob@corp.COM"));
        assert_eq!(key("bob@bücher.de"), key("bob@xn--bcher-kva.de"));
    }
}
