//! Tokens as the console tells of them: their state, and their end before it comes.

use super::counted;
use crate::components::badge::{self, Standing, Tone};
use directory::model::connection::{Token, TokenState};
use directory::model::timestamp::{DAY, Timestamp};

const NOT_SAVED: Standing = Standing {
    tone: Tone::Info,
    glyph: "invited",
    word: "New",
};

const EXPIRED: Standing = Standing {
    tone: Tone::Stop,
    glyph: "warn",
    word: "Expired",
};

const REVOKED: Standing = Standing {
    tone: Tone::None,
    glyph: "blocked",
    word: "Revoked",
};

/// What a token is called, and what happens next.
pub fn of_token(token: &Token, now: Timestamp) -> (Standing, Option<&'static str>) {
    match token.state {
        TokenState::Draft => (NOT_SAVED, Some("not saved: every request is refused")),
        TokenState::Active if token.expires_at <= now => {
            (EXPIRED, Some("every request is refused"))
        }
        TokenState::Active => (badge::ACTIVE, None),
        TokenState::Revoked
            if token
                .revoked_at
                .is_some_and(|revoked| revoked >= token.expires_at) =>
        {
            (EXPIRED, None)
        }
        TokenState::Revoked => (REVOKED, None),
    }
}

/// The token in use ends soon, or has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenEnding {
    pub tone: Tone,
    pub title: String,
}

/// What there is to say about the end of the token that a connection uses: from 30 days before, more urgently from 7
/// days before, and as an alarm in the last day (TOK-5).
pub fn token_ending(name: &str, ends_at: Option<Timestamp>, now: Timestamp) -> Option<TokenEnding> {
    let Some(ends_at) = ends_at else {
        return Some(TokenEnding {
            tone: Tone::Stop,
            title: format!("{name} has no good token: every request is refused"),
        });
    };
    let left = ends_at.0 - now.0;
    let days = left / DAY;
    let (tone, title) = match left {
        ..=0 => (
            Tone::Stop,
            format!("The token of {name} has expired: every request is refused"),
        ),
        left if left <= DAY => (Tone::Stop, format!("The token of {name} ends within a day")),
        left if left <= 7 * DAY => (
            Tone::Wait,
            format!(
                "The token of {name} ends in {}",
                counted(days, "day", "days")
            ),
        ),
        left if left <= 30 * DAY => (
            Tone::Info,
            format!(
                "The token of {name} ends in {}",
                counted(days, "day", "days")
            ),
        ),
        _ => return None,
    };
    Some(TokenEnding { tone, title })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_token_is_told_a_month_a_week_and_a_day_before() {
        let now = Timestamp(1_800_000_000_000);
        let told = |left: i64| {
            token_ending("Okta", Some(now.plus(left)), now)
                .map(|ending| (ending.tone, ending.title))
        };
        let said = |tone, title: &str| Some((tone, title.to_owned()));
        assert_eq!(told(31 * DAY), None);
        assert_eq!(
            told(30 * DAY),
            said(Tone::Info, "The token of Okta ends in 30 days")
        );
        assert_eq!(
            told(7 * DAY),
            said(Tone::Wait, "The token of Okta ends in 7 days")
        );
        assert_eq!(
            told(DAY),
            said(Tone::Stop, "The token of Okta ends within a day")
        );
        assert_eq!(
            told(0),
            said(
                Tone::Stop,
                "The token of Okta has expired: every request is refused"
            )
        );
        assert_eq!(
            token_ending("Okta", None, now).map(|ending| ending.tone),
            Some(Tone::Stop)
        );
    }
}
