//! The cursors of RFC 9865: a place in a list, sealed, so that only what this server gave out for this query is taken.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use directory::model::query::{Kind, Position};
use directory::model::timestamp::Timestamp;
use directory::secret::Secrets;
use scim::error::Error;
use scim::list::CURSOR_TIMEOUT;

/// Until when it is good, and the position: key, whether it is a team, id.
type Payload = (i64, Option<String>, bool, String);

/// A list whose cursors these are.
pub struct List<'a> {
    /// What cursors are sealed with.
    pub secrets: &'a Secrets,
    /// Everything a client must say again to go on: whose list, filter and order.
    pub query: String,
    /// The instant of the request.
    pub now: Timestamp,
}

impl List<'_> {
    /// The cursor of a position, in letters that a URL needs not escape.
    pub fn write(&self, position: Position) -> String {
        let until = self.now.0 + CURSOR_TIMEOUT * 1_000;
        let payload: Payload = (
            until,
            position.key,
            position.kind == Kind::Team,
            position.id,
        );
        let payload = serde_json::to_vec(&payload).unwrap_or_default();
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let seal = self.secrets.seal(&self.sealed(&payload));
        format!("{payload}.{seal}")
    }

    /// The position of a cursor; none for the empty one, which asks for the first page.
    ///
    /// # Errors
    /// 400 `invalidCursor` and `expiredCursor`.
    pub fn read(&self, cursor: &str) -> Result<Option<Position>, Error> {
        if cursor.trim().is_empty() {
            return Ok(None);
        }
        let invalid = || {
            Error::invalid_cursor(
                "This cursor was not given out for this query. Begin again with an empty cursor.",
            )
        };
        let (payload, seal) = cursor.split_once('.').ok_or_else(invalid)?;
        if !self.secrets.is_sealed(&self.sealed(payload), seal) {
            return Err(invalid());
        }
        let bytes = URL_SAFE_NO_PAD.decode(payload).map_err(|_| invalid())?;
        let read = serde_json::from_slice::<Payload>(&bytes).map_err(|_| invalid())?;
        let (until, key, is_team, id) = read;
        if until < self.now.0 {
            return Err(Error::expired_cursor(
                "This cursor is too old. Begin again with an empty cursor.",
            ));
        }
        let kind = if is_team { Kind::Team } else { Kind::Person };
        Ok(Some(Position { key, kind, id }))
    }

    fn sealed(&self, payload: &str) -> String {
        format!("cursor\n{}\n{payload}", self.query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list<'a>(secrets: &'a Secrets, query: &str, now: i64) -> List<'a> {
        List {
            secrets,
            query: query.to_owned(),
            now: Timestamp(now),
        }
    }

    #[test]
    fn a_cursor_is_good_for_its_query_and_its_time() {
        let secrets = Secrets::generate();
        let position = Position {
            key: Some("ä\n".to_owned()),
            kind: Kind::Team,
            id: "7".to_owned(),
        };
        let cursor = list(&secrets, "a", 1_000).write(position.clone());
        let is_unreserved =
            |letter: char| letter.is_ascii_alphanumeric() || "-._~".contains(letter);
        assert!(cursor.chars().all(is_unreserved), "RFC 9865, section 2");
        let end = 1_000 + CURSOR_TIMEOUT * 1_000;
        assert_eq!(list(&secrets, "a", end).read(&cursor), Ok(Some(position)));
        let word = |list: List<'_>, cursor: &str| {
            let word = list.read(cursor).unwrap_err().scim_type;
            word.unwrap().as_str()
        };
        assert_eq!(word(list(&secrets, "a", end + 1), &cursor), "expiredCursor");
        assert_eq!(word(list(&secrets, "b", end), &cursor), "invalidCursor");
        let others = Secrets::generate();
        assert_eq!(word(list(&others, "a", end), &cursor), "invalidCursor");
        for wrong in ["x", ".", "a.b", &cursor[1..], &cursor[..cursor.len() - 1]] {
            assert_eq!(word(list(&secrets, "a", end), wrong), "invalidCursor");
        }
        assert_eq!(list(&secrets, "a", end).read(""), Ok(None));
    }
}
