//! Single sign-on as the console tells of it: how far a method is, what a test found, what the DNS says of a domain.

use crate::components::badge::{self, Standing, Tone};
use directory::model::sign_in_method::{
    Domain, DomainState, Finding, Method, MethodState, TestResult,
};

const ON: Standing = Standing {
    tone: Tone::Good,
    glyph: "active",
    word: "On",
};
const OFF: Standing = Standing {
    tone: Tone::None,
    glyph: "later",
    word: "Off",
};
const VERIFIED: Standing = Standing {
    tone: Tone::Info,
    glyph: "active",
    word: "Verified",
};
const OWNED: Standing = Standing {
    tone: Tone::Good,
    glyph: "active",
    word: "Verified",
};
const REQUESTED: Standing = Standing {
    tone: Tone::Wait,
    glyph: "pending",
    word: "Requested",
};

/// What a method is called, and what happens next.
pub fn of_method(state: MethodState) -> (Standing, Option<&'static str>) {
    match state {
        MethodState::Draft => (badge::DRAFT, Some("sign in with it once to verify")),
        MethodState::Verified => (VERIFIED, Some("switch it on")),
        MethodState::On => (ON, None),
        MethodState::Off => (OFF, Some("nobody signs in with it")),
    }
}

/// What a test of the connection found: what happened, and what to do about it.
pub fn of_test(method: &Method) -> (String, &'static str) {
    let (issuer, detail) = (&method.issuer, &method.test_detail);
    let happened = match method.test_result {
        TestResult::Untested => "Nobody has tested the connection.".to_owned(),
        TestResult::Fine => {
            format!("The provider answers, and signs with {detail}, which is allowed here.")
        }
        TestResult::NotAllowed => "This server may not call that address.".to_owned(),
        TestResult::NoSuchName => format!("The name in {issuer} is unknown to the DNS."),
        TestResult::Refused => "The connection was refused: nothing listens there.".to_owned(),
        TestResult::Tls => format!("The encrypted connection failed: {detail}."),
        TestResult::TooSlow => "There was no answer within 5 seconds.".to_owned(),
        TestResult::NotFound => format!("There is no discovery document ({detail})."),
        TestResult::Elsewhere => format!("The provider leads on to {detail}."),
        TestResult::Failed => format!("The provider answered with the error {detail}."),
        TestResult::TooLong => "The answer is longer than a megabyte.".to_owned(),
        TestResult::NotJson => {
            format!("The answer is no JSON: it begins with “{}”.", brief(detail))
        }
        TestResult::OtherIssuer => format!("The provider calls itself {detail}, not {issuer}."),
        TestResult::NoEndpoint => format!("The discovery document names no {detail}."),
        TestResult::NoAlgorithm if detail.is_empty() => {
            "The provider does not say how it signs.".to_owned()
        }
        TestResult::NoAlgorithm => {
            format!("The provider signs with {detail}; none of these is allowed here.")
        }
        TestResult::NoKeys if detail.is_empty() => "The provider shows no keys.".to_owned(),
        TestResult::NoKeys => format!("The keys of the provider cannot be read ({detail})."),
        TestResult::Unreachable => format!("The provider could not be reached: {detail}."),
    };
    (happened, advice(method.test_result))
}

fn advice(result: TestResult) -> &'static str {
    match result {
        TestResult::Untested => "Test it before somebody signs in.",
        TestResult::Fine => "",
        TestResult::NotAllowed => {
            "The issuer must begin with https:// and lead to a public address. A private one is named in the settings file: outbound_allow."
        }
        TestResult::NoSuchName => "Compare the issuer letter by letter with the provider's page.",
        TestResult::Refused => "Check the port, and whether the provider is running.",
        TestResult::Tls => {
            "The certificate must bear this name, be within its time, and be issued by somebody whom this server trusts."
        }
        TestResult::TooSlow | TestResult::Unreachable => {
            "Check whether a firewall stands between this server and the provider, and test again."
        }
        TestResult::NotFound => {
            "Compare the issuer with the provider's page: below it must lie .well-known/openid-configuration."
        }
        TestResult::Elsewhere => "Enter the issuer that stands there; nothing is followed.",
        TestResult::Failed | TestResult::TooLong => {
            "Open the discovery address in a browser to see what the provider says."
        }
        TestResult::NotJson => "This is a page for people. Copy the issuer, not a sign-in address.",
        TestResult::OtherIssuer => {
            "Enter the issuer exactly as the provider names itself: a slash at the end counts."
        }
        TestResult::NoEndpoint => "The provider is not set up as an OpenID Connect provider.",
        TestResult::NoAlgorithm => {
            "Let the application sign with RS256, ES256 or EdDSA, or allow another one of these here."
        }
        TestResult::NoKeys => "The provider must show its keys at the address it names.",
    }
}

fn brief(detail: &str) -> String {
    detail.chars().take(40).collect()
}

/// What a domain is called, and what happens next.
pub fn of_domain(domain: &Domain) -> (Standing, Option<&'static str>) {
    match (domain.state, domain.finding) {
        (DomainState::Verified, Finding::Missing | Finding::Other) => {
            (OWNED, Some("its record is gone: put it back"))
        }
        (DomainState::Verified, _) => (OWNED, None),
        (DomainState::Requested, Finding::Missing) => (REQUESTED, Some("no TXT record there yet")),
        (DomainState::Requested, Finding::Other) => {
            (REQUESTED, Some("the TXT record says something else"))
        }
        (DomainState::Requested, Finding::Unreachable) => {
            (REQUESTED, Some("the name server did not answer"))
        }
        (DomainState::Requested, _) => (REQUESTED, Some("waits for its TXT record")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use directory::model::id::{MethodId, NodeId};
    use directory::model::timestamp::Timestamp;

    #[test]
    fn every_way_a_test_can_fail_has_a_sentence_and_an_advice() {
        for result in TestResult::ALL {
            let method = Method {
                id: MethodId("1".to_owned()),
                node_id: NodeId(2),
                name: "Okta".to_owned(),
                word: None,
                issuer: "https://acme.okta.example".to_owned(),
                client_id: "muster".to_owned(),
                has_secret: true,
                scopes: "openid".to_owned(),
                algorithms: "RS256".to_owned(),
                just_in_time: true,
                below: false,
                trusts_addresses: false,
                state: MethodState::Draft,
                revision: 1,
                created_at: Timestamp(0),
                verified_at: None,
                verified_as: None,
                tested_at: None,
                test_result: *result,
                test_detail: "PS512".to_owned(),
            };
            let (happened, advice) = of_test(&method);
            assert!(happened.ends_with('.'), "{result:?}: {happened}");
            assert_eq!(advice.is_empty(), *result == TestResult::Fine, "{result:?}");
        }
    }
}
