//! A filter's text as words, texts and brackets. Length and depth are bounded here, before anything
//! recurses.

use super::parser::{Fault, Problem};
use super::{MAX_DEPTH, MAX_LENGTH};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    OpenItem,
    CloseItem,
    Word(&'a str),
    Text(String),
}

/// A token and the column at which it starts, counted in characters from 1.
pub(super) type Placed<'a> = (usize, Token<'a>);

pub(super) fn tokens(text: &str) -> Result<Vec<Placed<'_>>, Fault> {
    if text.len() > MAX_LENGTH {
        return Err(Fault::new(1, Problem::TooLong));
    }
    let mut lexer = Lexer {
        rest: text,
        column: 1,
        depth: 0,
        tokens: Vec::new(),
    };
    while lexer.next()? {}
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    column: usize,
    depth: usize,
    tokens: Vec<Placed<'a>>,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Result<bool, Fault> {
        let blank = self.rest.len() - self.rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.take(blank);
        let column = self.column;
        if blank == 0 && self.needs_space() {
            return Err(Fault::new(column, Problem::Space));
        }
        let token = match self.rest.chars().next() {
            None => return Ok(false),
            Some('(') => self.bracket(Token::Open)?,
            Some('[') => self.bracket(Token::OpenItem)?,
            Some(')') => self.bracket(Token::Close)?,
            Some(']') => self.bracket(Token::CloseItem)?,
            Some('"') => self.text()?,
            Some(_) => self.word(),
        };
        self.tokens.push((column, token));
        Ok(true)
    }

    /// The grammar wants a space before a word and a text, except at the start, inside of a bracket,
    /// and before the part behind an item; before a parenthesis only behind `and` and `or`.
    fn needs_space(&self) -> bool {
        let last = self.tokens.last().map(|(_, token)| token);
        match self.rest.chars().next() {
            None | Some(')' | '[' | ']') => false,
            Some('(') => {
                matches!(last, Some(Token::Word(word)) if !word.eq_ignore_ascii_case("not"))
            }
            Some('.') => !matches!(last, None | Some(Token::CloseItem)),
            Some(_) => !matches!(last, None | Some(Token::Open | Token::OpenItem)),
        }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.column += taken.chars().count();
        taken
    }

    fn bracket(&mut self, token: Token<'a>) -> Result<Token<'a>, Fault> {
        if matches!(token, Token::Open | Token::OpenItem) {
            self.depth += 1;
        } else {
            self.depth = self.depth.saturating_sub(1);
        }
        if self.depth > MAX_DEPTH {
            return Err(Fault::new(self.column, Problem::TooDeep));
        }
        self.take(1);
        Ok(token)
    }

    fn word(&mut self) -> Token<'a> {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '"');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        // Whitespace that JSON does not know is a word of its own, and no name.
        let end = if end == 0 {
            self.rest.chars().next().map_or(0, char::len_utf8)
        } else {
            end
        };
        Token::Word(self.take(end))
    }

    /// A text with JSON's escapes; U+0000 is refused because no database can compare it.
    fn text(&mut self) -> Result<Token<'a>, Fault> {
        let column = self.column;
        let unreadable = || Fault::new(column, Problem::Text);
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        });
        let quoted = self.take(end.ok_or_else(unreadable)? + 2);
        let text: String = serde_json::from_str(quoted).map_err(|_| unreadable())?;
        if text.contains('\0') {
            Err(unreadable())
        } else {
            Ok(Token::Text(text))
        }
    }
}
