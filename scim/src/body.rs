//! The body of a POST or PUT: its schemas, and its members by the attributes they mean.

use crate::error::Error;
use crate::json;
use crate::password;
use crate::schema::{AttributePath, Resource, resolve};
use crate::urn;
use crate::values::Warnings;
use serde_json::{Map, Value};

/// How many URNs `schemas` may hold.
const MAX_SCHEMAS: usize = 100;

/// The members of a body by what they are.
pub(crate) struct Members {
    /// Those that `/Schemas` declares. Members inside of the extension come last, so that they win over the same
    /// attribute sent without the extension's URN.
    pub known: Vec<(AttributePath, Value)>,
    /// The password of a person, which a connection takes or not.
    pub password: Option<Value>,
    /// Remarks about the others.
    pub warnings: Warnings,
}

/// Takes a body apart.
pub(crate) fn read(body: &[u8], resource: Resource) -> Result<Members, Error> {
    let map = json::read(body)?;
    check_schemas(&map, resource)?;
    let mut warnings = Warnings::default();
    let (mut known, mut password) = (Vec::new(), None);
    for (name, value) in map {
        match resolve(resource, &name) {
            Some(path) => known.push((path, value)),
            None if resource == Resource::User && password::is_meant(&name) => {
                password = Some(value);
            }
            None => warnings.ignored("", &name, "this attribute is not known"),
        }
    }
    known.sort_by_key(|(path, _): &(AttributePath, Value)| path.is_extension());
    Ok(Members {
        known,
        password,
        warnings,
    })
}

/// A member of an object by its name in any case.
pub(crate) fn member<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    map.iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn check_schemas(map: &Map<String, Value>, resource: Resource) -> Result<(), Error> {
    let refused = || {
        let (urn, name) = (resource.urn(), resource.name());
        Error::invalid_syntax(format!(
            "Send schemas as a list that contains {urn} for a {name}."
        ))
    };
    let Some(Value::Array(schemas)) = member(map, "schemas") else {
        return Err(refused());
    };
    let ours = |schema: &Value| {
        schema
            .as_str()
            .is_some_and(|sent| urn::is(sent, resource.urn()))
    };
    if schemas.len() > MAX_SCHEMAS || !schemas.iter().all(Value::is_string) {
        return Err(refused());
    }
    if schemas.iter().any(ours) {
        Ok(())
    } else {
        Err(refused())
    }
}
