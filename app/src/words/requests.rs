//! A SCIM request as a sentence: what it asked, how it was answered; and after a refusal, what to do.

use directory::model::connection::Request;

/// What a request asked for, or the sentence with which it was refused.
pub fn said(request: &Request) -> String {
    match &request.detail {
        Some(detail) if is_refused(request.status) => detail.clone(),
        _ if is_refused(request.status) => refused(request.status).to_owned(),
        _ => super::sentence(&asked(&request.method, &request.path)),
    }
}

/// Whether an answer of this status is a refusal.
pub fn is_refused(status: i64) -> bool {
    status >= 400
}

/// How long it took: `3 ms`, `0.4 ms`.
pub fn took(request: &Request) -> String {
    if request.took_us >= 1_000 {
        return format!("{} ms", request.took_us / 1_000);
    }
    format!("0.{} ms", request.took_us.max(0) / 100)
}

/// Why a request was refused, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    pub why: &'static str,
    pub steps: &'static [&'static str],
}

/// What to do about a refusal; nothing where it was none.
pub fn advice(request: &Request) -> Option<Advice> {
    let advice = match (request.status, request.scim_type.as_deref()) {
        (401, _) => Advice {
            why: "The token is missing, wrong, expired or revoked, or the connection was not saved.",
            steps: &[
                "Look at the tokens above: one must be active.",
                "If none is, generate a token and save the connection.",
                "Paste the token into the identity provider and test again.",
            ],
        },
        (403, _) => Advice {
            why: "An identity provider may not do this to an administrator.",
            steps: &["Make the change in this console, or give the role to somebody else first."],
        },
        (404, _) if request.path.starts_with("/Groups") => Advice {
            why: "The team was removed here or belongs to another node. The identity provider keeps the old id.",
            steps: &[
                "Unlink the pushed group in the identity provider.",
                "Push the group again: it gets a new id.",
            ],
        },
        (404, _) => Advice {
            why: "Nobody of this node has this id. The person belongs to another node, or was deleted.",
            steps: &[
                "Import or reassign the person in the identity provider.",
                "It looks the person up by userName and finds or creates them.",
            ],
        },
        (409, _) => Advice {
            why: "The address, the external id or the name is taken. An address is unique across all nodes.",
            steps: &[
                "Search for the address in this console.",
                "Change it at one of the two, then retry in the identity provider.",
            ],
        },
        (400, Some("invalidFilter")) => Advice {
            why: "The filter uses something this service does not support.",
            steps: &["Match people by userName or externalId, and groups by displayName."],
        },
        (400, Some("mutability")) => Advice {
            why: "The attribute cannot be changed by an identity provider.",
            steps: &["Remove the attribute from the mapping, or make the change in this console."],
        },
        (400, _) => Advice {
            why: "A value is missing, or not of the form that was expected.",
            steps: &[
                "Read the sentence above: it names the attribute.",
                "Correct the attribute mapping in the identity provider and retry.",
            ],
        },
        (429, _) => Advice {
            why: "More requests came than the limit allows.",
            steps: &["Nothing: the identity provider waits and tries again."],
        },
        (status, _) if status >= 500 => Advice {
            why: "The fault is on this side; nothing was changed.",
            steps: &[
                "Read the log of the server at this time.",
                "The identity provider tries again by itself.",
            ],
        },
        (status, _) if is_refused(status) => Advice {
            why: "The request was not understood.",
            steps: &["Compare what the identity provider sends with the set-up guide."],
        },
        _ => return None,
    };
    Some(advice)
}

fn refused(status: i64) -> &'static str {
    match status {
        401 => "The token is not good",
        403 => "This is not allowed",
        404 => "There is no such thing",
        409 => "It is there already",
        429 => "Too many requests",
        500.. => "The server failed",
        _ => "The request was not understood",
    }
}

fn asked(method: &str, path: &str) -> String {
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let mut steps = place.trim_matches('/').splitn(2, '/');
    let (kind, id) = (
        steps.next().unwrap_or_default(),
        steps.next().unwrap_or_default(),
    );
    let (one, many) = match kind {
        "Users" => ("a person", "people"),
        "Groups" => ("a group", "groups"),
        "ServiceProviderConfig" | "ResourceTypes" | "Schemas" => {
            return "read what this service supports".to_owned();
        }
        _ => return format!("asked for {place}"),
    };
    let is_search = query.split('&').any(|pair| pair.starts_with("filter="));
    match (method, id.is_empty()) {
        ("GET", true) if is_search => format!("looked for {one}"),
        ("GET", true) => format!("listed {many}"),
        ("GET", false) => format!("read {one}"),
        ("POST", _) => format!("created {one}"),
        ("PUT", _) => format!("replaced {one}"),
        ("PATCH", _) => format!("changed {one}"),
        ("DELETE", _) => format!("deleted {one}"),
        _ => format!("asked for {many}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_said_in_words() {
        for (method, path, words) in [
            (
                "GET",
                "/Users?filter=userName%20eq%20%22ada%22",
                "looked for a person",
            ),
            ("GET", "/Users?startIndex=1&count=100", "listed people"),
            ("POST", "/Users", "created a person"),
            ("PATCH", "/Groups/0190", "changed a group"),
            (
                "GET",
                "/ServiceProviderConfig",
                "read what this service supports",
            ),
        ] {
            assert_eq!(asked(method, path), words);
        }
    }
}
