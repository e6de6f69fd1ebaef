//! *Test connection*: reads what a provider says of itself, and names the first thing that is wrong.

use std::time::Duration;

use directory::model::sign_in_method::{Algorithm, Method, TestResult};
use http::StatusCode;
use http::header::LOCATION;
use openidconnect::HttpResponse;
use serde_json::Value;

use super::keys;
use crate::outbound::{Failed, Outbound};

/// The whole test ends by then (B-93).
const WITHIN: Duration = Duration::from_secs(5);
/// The longest part of an answer that is shown.
const SHOWN: usize = 200;
/// What a provider must name (OpenID Connect Discovery 1.0, section 3).
const ENDPOINTS: [&str; 3] = ["authorization_endpoint", "token_endpoint", "jwks_uri"];

/// What was found, and what the provider answered.
pub type Tested = (TestResult, String);

/// Tests the provider of a method. What is fine says by which algorithms.
pub async fn test(outbound: &Outbound, method: &Method) -> Tested {
    match tokio::time::timeout(WITHIN, look(outbound, method)).await {
        Ok(Ok(found)) => (TestResult::Fine, found),
        Ok(Err(wrong)) => wrong,
        Err(_) => (TestResult::TooSlow, String::new()),
    }
}

async fn look(outbound: &Outbound, method: &Method) -> Result<String, Tested> {
    let address = format!(
        "{}/.well-known/openid-configuration",
        method.issuer.trim_end_matches('/')
    );
    let said = read(outbound, &address).await?;
    let issuer = said["issuer"].as_str().unwrap_or_default();
    if issuer != method.issuer {
        return Err((TestResult::OtherIssuer, shortened(issuer)));
    }
    if let Some(missing) = ENDPOINTS.iter().find(|name| !said[**name].is_string()) {
        return Err((TestResult::NoEndpoint, (*missing).to_owned()));
    }
    let common = algorithms(&said, &method.allowed())?;
    let address = said["jwks_uri"].as_str().unwrap_or_default();
    let found = read(outbound, address).await.map_err(|(why, detail)| {
        let words = why.as_str().replace('_', " ");
        let detail = if detail.is_empty() { words } else { detail };
        (TestResult::NoKeys, detail)
    })?;
    let found = found["keys"].as_array().map_or(&[][..], Vec::as_slice);
    if found.is_empty() {
        return Err((TestResult::NoKeys, String::new()));
    }
    match keys::wrong(found) {
        Some(wrong) => Err((TestResult::NoKeys, wrong)),
        None => Ok(common),
    }
}

/// The algorithms of both sides.
fn algorithms(said: &Value, allowed: &[Algorithm]) -> Result<String, Tested> {
    let offered: Vec<&str> = said["id_token_signing_alg_values_supported"]
        .as_array()
        .map(|offered| offered.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let common: Vec<&str> = allowed
        .iter()
        .map(|algorithm| algorithm.as_str())
        .filter(|word| offered.contains(word))
        .collect();
    if common.is_empty() {
        Err((TestResult::NoAlgorithm, shortened(&offered.join(", "))))
    } else {
        Ok(common.join(", "))
    }
}

async fn read(outbound: &Outbound, address: &str) -> Result<Value, Tested> {
    let answer = outbound.get(address).await.map_err(failed)?;
    check_status(&answer)?;
    serde_json::from_slice::<Value>(answer.body())
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| {
            let begins = String::from_utf8_lossy(answer.body());
            (TestResult::NotJson, shortened(begins.trim()))
        })
}

fn check_status(answer: &HttpResponse) -> Result<(), Tested> {
    let status = answer.status();
    if status == StatusCode::OK {
        return Ok(());
    }
    if status == StatusCode::NOT_FOUND || status == StatusCode::GONE {
        return Err((TestResult::NotFound, status.as_u16().to_string()));
    }
    if status.is_redirection() {
        let to = answer
            .headers()
            .get(LOCATION)
            .and_then(|to| to.to_str().ok());
        return Err((TestResult::Elsewhere, shortened(to.unwrap_or_default())));
    }
    Err((TestResult::Failed, status.as_u16().to_string()))
}

fn failed(failed: Failed) -> Tested {
    match failed {
        Failed::NotAllowed => (TestResult::NotAllowed, String::new()),
        Failed::TooLong => (TestResult::TooLong, String::new()),
        Failed::NoSuchName => (TestResult::NoSuchName, String::new()),
        Failed::Refused => (TestResult::Refused, String::new()),
        Failed::TooSlow => (TestResult::TooSlow, String::new()),
        Failed::Tls(why) => (TestResult::Tls, shortened(&why)),
        Failed::Unreachable(why) => (TestResult::Unreachable, shortened(&why)),
    }
}

fn shortened(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(SHOWN)
        .collect()
}
