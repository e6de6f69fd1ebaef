//! The grammar of filters and of PATCH paths (RFC 7644 §3.4.2.2, §3.5.2, figures 1 and 7).

use super::lexer::{Placed, Token, tokens};
use super::{Filter, MAX_DEPTH, MAX_LENGTH, MAX_TERMS, Operator, Value, instant};
use crate::path::Path;
use crate::schema::{self, Attribute, AttributePath, Resource, Type};

/// Why a filter or path cannot be read, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    column: usize,
    problem: Problem,
    /// Whether it lies between brackets, where a path holds a filter.
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    InItem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    TooLong,
    TooDeep,
    TooManyTerms,
    Text,
    Attribute,
    Operator,
    Value,
    Date,
    Mismatch,
    Parenthesis,
    Bracket,
    NotAnItem,
    Space,
    Trailing,
}

impl Fault {
    pub(super) fn new(column: usize, problem: Problem) -> Self {
        Self {
            column,
            problem,
            place: Place::Outside,
        }
    }

    /// Whether a filter in brackets is at fault, and not merely its end missing.
    pub(crate) fn is_about_a_filter(&self) -> bool {
        self.place == Place::InItem
    }

    /// The refusal as a sentence; `what` is "filter" or "path".
    pub(crate) fn sentence(&self, what: &str) -> String {
        let cure = match self.problem {
            Problem::TooLong => format!("use at most {MAX_LENGTH} bytes"),
            Problem::TooDeep => format!("nest parentheses at most {MAX_DEPTH} deep"),
            Problem::TooManyTerms => format!("use at most {MAX_TERMS} comparisons"),
            Problem::Text => "write a text as in JSON, between double quotes".into(),
            Problem::Attribute => "name an attribute that /Schemas declares".into(),
            Problem::Operator => "use eq, ne, co, sw, ew, gt, ge, lt, le or pr here".into(),
            Problem::Value => "write a text in double quotes, true, false or null here".into(),
            Problem::Date => "write an instant here, for example \"2026-03-01T12:00:00Z\"".into(),
            Problem::Mismatch => "use an operator and a value that fit the attribute's type".into(),
            Problem::Parenthesis => "close the parenthesis here".into(),
            Problem::Bracket => "close the bracket here".into(),
            Problem::NotAnItem => "use brackets only after an attribute with parts".into(),
            Problem::Space => "put a space here".into(),
            Problem::Trailing => "use and, or, or the end here".into(),
        };
        format!(
            "The {what} cannot be read at column {}: {cure}.",
            self.column
        )
    }
}

pub(super) fn filter(text: &str, names: schema::Scope) -> Result<Filter, Fault> {
    let mut parser = Parser::new(text, names)?;
    let filter = parser.or(None)?;
    parser.end()?;
    Ok(filter)
}

/// Reads a PATCH path: an attribute, perhaps a filter in brackets, perhaps a part.
pub(crate) fn path(text: &str, resource: Resource) -> Result<Path, Fault> {
    let mut parser = Parser::new(text, resource.into())?;
    let (column, name) = parser.name()?;
    let attribute = parser.resolve(column, name, None)?;
    let mut path = Path {
        attribute,
        filter: None,
    };
    if parser.peek() == Some(&Token::OpenItem) {
        path.filter = Some(parser.item(attribute)?);
        if let Some(part) = parser.part_after(attribute)? {
            path.attribute = part;
        }
    }
    parser.end()?;
    Ok(path)
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Placed<'a>>>,
    /// The column behind the last character.
    end: usize,
    /// Whose attributes may be named.
    names: schema::Scope,
    terms: usize,
}

/// The attribute whose item is being filtered; `None` outside of brackets.
type Scope = Option<AttributePath>;

impl<'a> Parser<'a> {
    fn new(text: &'a str, names: schema::Scope) -> Result<Self, Fault> {
        let tokens = tokens(text)?.into_iter().peekable();
        Ok(Self {
            tokens,
            end: text.chars().count() + 1,
            names,
            terms: 0,
        })
    }

    fn peek(&mut self) -> Option<&Token<'a>> {
        self.tokens.peek().map(|(_, token)| token)
    }

    fn column(&mut self) -> usize {
        self.tokens.peek().map_or(self.end, |(column, _)| *column)
    }

    fn fault<T>(&mut self, problem: Problem) -> Result<T, Fault> {
        Err(Fault::new(self.column(), problem))
    }

    fn end(&mut self) -> Result<(), Fault> {
        if self.peek().is_some() {
            self.fault(Problem::Trailing)
        } else {
            Ok(())
        }
    }

    fn expect(&mut self, token: &Token<'a>, problem: Problem) -> Result<(), Fault> {
        if self.peek() != Some(token) {
            return self.fault(problem);
        }
        self.tokens.next();
        Ok(())
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_word = |(_, token): &Placed<'a>| matches!(token, Token::Word(found) if found.eq_ignore_ascii_case(word));
        self.tokens.next_if(is_word).is_some()
    }

    fn or(&mut self, scope: Scope) -> Result<Filter, Fault> {
        let mut filters = vec![self.and(scope)?];
        while self.take_word("or") {
            filters.push(self.and(scope)?);
        }
        Ok(Filter::any(filters))
    }

    fn and(&mut self, scope: Scope) -> Result<Filter, Fault> {
        let mut filters = vec![self.term(scope)?];
        while self.take_word("and") {
            filters.push(self.term(scope)?);
        }
        Ok(Filter::all(filters))
    }

    /// The only function that leads back to [`Self::or`]: always behind a bracket, and the lexer has
    /// counted those.
    fn term(&mut self, scope: Scope) -> Result<Filter, Fault> {
        if self.take_word("not") {
            return Ok(Filter::Not(Box::new(self.group(scope)?)));
        }
        if self.peek() == Some(&Token::Open) {
            return self.group(scope);
        }
        let (column, name) = self.name()?;
        let path = self.resolve(column, name, scope)?;
        if self.peek() != Some(&Token::OpenItem) {
            return self.comparison(path, column);
        }
        if scope.is_some() {
            return self.fault(Problem::NotAnItem);
        }
        let filter = self.item(path)?;
        let item = |filter| Filter::Item {
            path,
            filter: Box::new(filter),
        };
        let Some(part) = self.part_after(path)? else {
            return Ok(item(filter));
        };
        let comparison = self.comparison(part, column)?;
        Ok(item(Filter::all(vec![filter, comparison])))
    }

    fn group(&mut self, scope: Scope) -> Result<Filter, Fault> {
        self.expect(&Token::Open, Problem::Parenthesis)?;
        let filter = self.or(scope)?;
        self.expect(&Token::Close, Problem::Parenthesis)?;
        Ok(filter)
    }

    fn item(&mut self, path: AttributePath) -> Result<Filter, Fault> {
        if path.is_extension() || path.part.is_some() || path.attribute.kind != Type::Complex {
            return self.fault(Problem::NotAnItem);
        }
        self.expect(&Token::OpenItem, Problem::Bracket)?;
        let in_item = |fault| Fault {
            place: Place::InItem,
            ..fault
        };
        let filter = self.or(Some(path)).map_err(in_item)?;
        self.expect(&Token::CloseItem, Problem::Bracket)?;
        Ok(filter)
    }

    /// The part behind an item, `.value` in `emails[type eq "work"].value`. In a filter this is not
    /// in the RFC's grammar; one widespread client sends it.
    fn part_after(&mut self, path: AttributePath) -> Result<Option<AttributePath>, Fault> {
        let column = self.column();
        let Some(Token::Word(word)) = self.peek() else {
            return Ok(None);
        };
        let Some(name) = word.strip_prefix('.') else {
            return Ok(None);
        };
        let part = path
            .with_part(name)
            .ok_or(Fault::new(column, Problem::Attribute))?;
        self.tokens.next();
        Ok(Some(part))
    }

    fn name(&mut self) -> Result<(usize, &'a str), Fault> {
        let column = self.column();
        match self.tokens.next() {
            Some((_, Token::Word(name))) => Ok((column, name)),
            _ => Err(Fault::new(column, Problem::Attribute)),
        }
    }

    fn resolve(&self, column: usize, name: &str, scope: Scope) -> Result<AttributePath, Fault> {
        let path = match scope {
            None => self.names.resolve(name),
            Some(whole) => whole.with_part(name),
        };
        path.ok_or(Fault::new(column, Problem::Attribute))
    }

    fn comparison(&mut self, path: AttributePath, column: usize) -> Result<Filter, Fault> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(Fault::new(column, Problem::TooManyTerms));
        }
        if path.is_extension() {
            return Err(Fault::new(column, Problem::Attribute));
        }
        if self.take_word("pr") {
            return Ok(Filter::Present(path));
        }
        let path = path.or_value();
        let operator_column = self.column();
        let operator = match self.tokens.next() {
            Some((_, Token::Word(word))) => Operator::read(word),
            _ => None,
        };
        let operator = operator.ok_or(Fault::new(operator_column, Problem::Operator))?;
        let value_column = self.column();
        let token = self.tokens.next().map(|(_, token)| token);
        let value = operand(path.leaf(), operator, token)
            .map_err(|problem| Fault::new(value_column, problem))?;
        Ok(Filter::Compare {
            path,
            operator,
            value,
        })
    }
}

/// The value of a comparison in the attribute's type. `"True"` counts as a boolean, because one
/// client sends it.
fn operand(
    attribute: &Attribute,
    operator: Operator,
    token: Option<Token<'_>>,
) -> Result<Value, Problem> {
    let value = literal(token)?;
    let equality = matches!(operator, Operator::Eq | Operator::Ne);
    let order = matches!(
        operator,
        Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le
    );
    match (attribute.kind, value) {
        (Type::Complex, _) => Err(Problem::Mismatch),
        (_, Value::Null) if equality => Ok(Value::Null),
        (Type::Boolean, Value::Bool(value)) if equality => Ok(Value::Bool(value)),
        (Type::Boolean, Value::Text(text)) if equality => {
            truth(&text).map(Value::Bool).ok_or(Problem::Mismatch)
        }
        (Type::DateTime, Value::Text(text)) if equality || order => instant::read(&text)
            .map(Value::Instant)
            .ok_or(Problem::Date),
        (Type::Binary, Value::Text(_)) if order => Err(Problem::Mismatch),
        (Type::String | Type::Reference | Type::Binary, text @ Value::Text(_)) => Ok(text),
        _ => Err(Problem::Mismatch),
    }
}

fn literal(token: Option<Token<'_>>) -> Result<Value, Problem> {
    match token {
        Some(Token::Text(text)) => Ok(Value::Text(text)),
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("null") => Ok(Value::Null),
        Some(Token::Word(word)) => truth(word).map(Value::Bool).ok_or(Problem::Value),
        _ => Err(Problem::Value),
    }
}

fn truth(word: &str) -> Option<bool> {
    match word {
        _ if word.eq_ignore_ascii_case("true") => Some(true),
        _ if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
