//! Why requests are refused, and what to do: the first row of the table whose condition holds is the cause.

mod table;

use directory::Error;
use directory::model::request::{Client, Remark};
pub use table::CAUSES;

/// What is known of an answer when its cause is looked for.
#[derive(Debug)]
pub struct Seen<'a> {
    pub status: u16,
    pub scim_type: Option<&'a str>,
    pub method: &'a str,
    /// Below the node, with its query.
    pub path: &'a str,
    pub has_good_token: bool,
    /// What the directory refused, if it was the directory.
    pub refusal: Option<&'a Error>,
    pub remark: Option<Remark>,
}

/// A cause in plain words. `{client}` stands for the name of the client.
#[derive(Debug)]
pub struct Cause {
    /// What it is kept as.
    pub word: &'static str,
    when: fn(&Seen) -> bool,
    pub why: &'static str,
    pub cure: &'static [&'static str],
    /// The cure for some clients, in the words of their screens.
    at: &'static [(Client, &'static [&'static str])],
}

/// The word of the cause of an answer; none where there is nothing to say.
pub fn word_of(seen: &Seen) -> Option<&'static str> {
    // What a refused token was is told where the log is written.
    if seen.status == 401 {
        return None;
    }
    CAUSES
        .iter()
        .find(|cause| (cause.when)(seen))
        .map(|cause| cause.word)
}

/// A cause by its word.
pub fn by_word(word: &str) -> Option<&'static Cause> {
    CAUSES.iter().find(|cause| cause.word == word)
}

impl Cause {
    /// Why, with the client's name.
    pub fn why(&self, client: &str) -> String {
        named(self.why, client)
    }

    /// What to do, step by step, in the words of the client's own screens where they are known.
    pub fn cure(&self, client: Client, name: &str) -> Vec<String> {
        let own = self.at.iter().find(|(at, _)| *at == client);
        let steps = own.map_or(self.cure, |(_, steps)| steps);
        steps.iter().map(|step| named(step, name)).collect()
    }
}

fn named(words: &str, client: &str) -> String {
    super::sentence(&words.replace("{client}", client))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(status: u16, scim_type: Option<&'static str>, path: &'static str) -> Seen<'static> {
        Seen {
            status,
            scim_type,
            method: "GET",
            path,
            has_good_token: true,
            refusal: None,
            remark: None,
        }
    }

    #[test]
    fn every_refusal_has_a_cause_and_no_plain_answer_has_one() {
        for status in (400..600).filter(|status| *status != 401) {
            assert!(word_of(&seen(status, None, "/Users")).is_some(), "{status}");
        }
        assert_eq!(word_of(&seen(200, None, "/Users")), None);
    }

    #[test]
    fn words_are_told_once() {
        for (place, cause) in CAUSES.iter().enumerate() {
            assert!(
                CAUSES[..place].iter().all(|other| other.word != cause.word),
                "{}",
                cause.word
            );
        }
    }

    #[test]
    fn a_cause_speaks_of_the_client_in_the_words_of_its_screens() {
        let cause = by_word("not_saved").unwrap();
        assert!(
            cause
                .why("Okta")
                .starts_with("Okta tested the connection before Save was pressed.")
        );
        assert!(
            cause
                .cure(Client::Okta, "Okta")
                .join(" ")
                .contains("Test Connector Configuration")
        );
        assert_eq!(
            cause.cure(Client::Other, "Acme IdP")[1],
            "Then test again in Acme IdP."
        );
    }

    #[test]
    fn what_is_taken_is_told_apart_by_what_was_sent() {
        assert_eq!(
            word_of(&seen(409, Some("uniqueness"), "/Users")),
            Some("taken")
        );
        assert_eq!(
            word_of(&seen(409, Some("uniqueness"), "/Groups/7")),
            Some("team_taken")
        );
        assert_eq!(
            word_of(&seen(404, None, "/Groups/7?x=1")),
            Some("team_unknown")
        );
        assert_eq!(
            word_of(&seen(404, None, "/scim/Users")),
            Some("nothing_there")
        );
    }
}
