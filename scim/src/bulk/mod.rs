//! Bulk: many operations in one body, which may name what others of them create (RFC 7644 §3.7).
//!
//! A body that cannot be understood whole is refused whole; what one operation says is that operation's own affair.

mod order;
mod reference;

pub use order::{Step, order};
pub use reference::{Known, later, resolve, resolve_path};

use crate::body::member;
use crate::error::Error;
use crate::json;
use crate::urn;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// How many operations one request may hold.
pub const MAX_OPERATIONS: usize = 1_000;
/// How many bytes the body of one request may have.
pub const MAX_PAYLOAD: usize = 1024 * 1024;

/// A bulk request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// After so many failed operations the rest is not begun; none for no such limit.
    pub fail_on_errors: Option<u64>,
    /// What is to be done, in the order of the body.
    pub operations: Vec<Operation>,
}

/// One operation of a bulk request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// What is done.
    pub method: Method,
    /// What others of the same request call the resource that this one creates.
    pub bulk_id: Option<String>,
    /// The version that the client means to change.
    pub version: Option<String>,
    /// Where: `/Users`, `/Groups/{id}` and the like.
    pub path: String,
    /// The body that the same request would have alone.
    pub data: Option<Value>,
}

/// The methods of bulk operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Create.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

/// What became of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was done.
    pub method: Method,
    /// What the request called it.
    pub bulk_id: Option<String>,
    /// Where the resource is, unless none was made.
    pub location: Option<String>,
    /// The resource's version now.
    pub version: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// The refusal, where it is one.
    pub response: Option<Value>,
}

impl Method {
    /// The word in the body, and of HTTP.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Post, Self::Put, Self::Patch, Self::Delete]
            .into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(word))
    }
}

impl Bulk {
    /// Reads the body of a bulk request. A body without `schemas` is taken, as with PATCH.
    pub fn read(body: &[u8]) -> Result<Self, Error> {
        let body = json::read(body)?;
        check_schemas(&body)?;
        let fail_on_errors = fail_on_errors(&body)?;
        let operations = match member(&body, "Operations") {
            Some(Value::Array(operations)) if !operations.is_empty() => operations,
            _ => {
                let detail = "Send Operations as a list with at least one operation.";
                return Err(Error::invalid_syntax(detail));
            }
        };
        if operations.len() > MAX_OPERATIONS {
            return Err(too_large());
        }
        let mut names = HashSet::new();
        let operations = operations.iter().enumerate().map(|(index, operation)| {
            Operation::read(operation, &mut names).map_err(|error| error.in_operation(index))
        });
        Ok(Self {
            fail_on_errors,
            operations: operations.collect::<Result<_, _>>()?,
        })
    }
}

/// 413: more than one request may hold, with both limits told (RFC 7644 §3.7.4).
pub fn too_large() -> Error {
    Error::too_large(format!(
        "Send at most {MAX_OPERATIONS} operations (maxOperations) and {MAX_PAYLOAD} bytes (maxPayloadSize) in one bulk request."
    ))
}

impl Operation {
    fn read(operation: &Value, names: &mut HashSet<String>) -> Result<Self, Error> {
        let Value::Object(operation) = operation else {
            return Err(Error::invalid_syntax("Send each operation as an object."));
        };
        let method = text(operation, "method")?
            .and_then(|word| Method::read(&word))
            .ok_or_else(|| Error::invalid_syntax("Send method as POST, PUT, PATCH or DELETE."))?;
        let bulk_id = text(operation, "bulkId")?;
        if method == Method::Post && bulk_id.is_none() {
            return Err(Error::invalid_syntax("Send a bulkId with each POST."));
        }
        if let Some(bulk_id) = &bulk_id
            && !names.insert(bulk_id.clone())
        {
            return Err(Error::invalid_syntax("Use each bulkId for one operation."));
        }
        let path = text(operation, "path")?.ok_or_else(|| {
            Error::invalid_syntax("Send a path: /Users, /Groups, or one of them with an id.")
        })?;
        Ok(Self {
            method,
            bulk_id,
            version: text(operation, "version")?,
            path,
            data: member(operation, "data")
                .filter(|data| !data.is_null())
                .cloned(),
        })
    }
}

impl Outcome {
    /// Whether the operation was refused.
    pub fn is_refused(&self) -> bool {
        self.status >= 400
    }

    fn to_json(&self) -> Value {
        let mut map = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                map.insert(name.to_owned(), value);
            }
        };
        put("method", Some(json!(self.method.as_str())));
        put("bulkId", self.bulk_id.as_ref().map(|id| json!(id)));
        put("location", self.location.as_ref().map(|at| json!(at)));
        put("version", self.version.as_ref().map(|tag| json!(tag)));
        put("status", Some(json!(self.status.to_string())));
        put("response", self.response.clone());
        Value::Object(map)
    }
}

/// The body of the answer.
pub fn response(outcomes: &[Outcome]) -> Value {
    json!({
        "schemas": [urn::BULK_RESPONSE],
        "Operations": outcomes.iter().map(Outcome::to_json).collect::<Vec<_>>(),
    })
}

fn check_schemas(body: &Map<String, Value>) -> Result<(), Error> {
    let is_ours = |schema: &Value| {
        schema
            .as_str()
            .is_some_and(|sent| urn::is(sent, urn::BULK_REQUEST))
    };
    match member(body, "schemas") {
        None => Ok(()),
        Some(Value::Array(schemas)) if schemas.iter().any(is_ours) => Ok(()),
        Some(_) => Err(Error::invalid_syntax(format!(
            "Send schemas as a list that contains {}.",
            urn::BULK_REQUEST
        ))),
    }
}

fn fail_on_errors(body: &Map<String, Value>) -> Result<Option<u64>, Error> {
    match member(body, "failOnErrors") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .filter(|count| *count > 0)
            .map(Some)
            .ok_or_else(|| {
                Error::invalid_value("Send failOnErrors as a whole number from 1, or not at all.")
            }),
    }
}

fn text(operation: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match member(operation, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::invalid_syntax(format!("Send {name} as a text."))),
    }
}
