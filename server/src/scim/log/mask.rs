//! What is secret in a request never reaches the log: passwords, tokens and the like, wherever they stand.

use directory::secret::shortened as text;
use serde_json::Value;

/// What stands where something secret stood.
const MASK: &str = "•••";
/// What a name contains whose value is secret.
const WORDS: [&str; 6] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "credential",
];

/// A path with its query: the values of secret names, and a filter on a secret attribute, are masked.
pub fn path(path: &str) -> String {
    let Some((place, query)) = path.split_once('?') else {
        return text(path);
    };
    if !names_a_secret(query) && !query.contains('%') {
        return text(path);
    }
    let pairs = query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
        let is_secret = decoded.is_some_and(|(name, value)| {
            names_a_secret(&name) || (name.eq_ignore_ascii_case("filter") && names_a_secret(&value))
        });
        if is_secret && !value.is_empty() {
            format!("{name}={MASK}")
        } else {
            pair.to_owned()
        }
    });
    text(&format!("{place}?{}", pairs.collect::<Vec<_>>().join("&")))
}

/// A body as it may be stored; none where something secret may stand in it that cannot be found.
pub fn body(body: &str, is_whole: bool) -> Option<String> {
    // An escape may spell a secret name in other letters.
    if !names_a_secret(body) && !body.contains("\\u") {
        return Some(text(body));
    }
    if !is_whole {
        return None;
    }
    let mut value: Value = serde_json::from_str(body).ok()?;
    // What names no secret after all stays as it was sent; what does is kept as it was read, for a member that stands
    // there twice was read once.
    if mask(&mut value) {
        Some(text(&value.to_string()))
    } else {
        Some(text(body))
    }
}

/// Hides what is secret; whether anything was called so.
fn mask(value: &mut Value) -> bool {
    let mut named = false;
    match value {
        Value::Object(members) => {
            let path = members
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case("path"));
            let is_path_secret = path
                .and_then(|(_, path)| path.as_str())
                .is_some_and(names_a_secret);
            for (name, value) in members.iter_mut() {
                // Of an attribute with its URN the name comes last.
                let own = name.rsplit(':').next().unwrap_or_default();
                let is_named = names_a_secret(own);
                let is_filter = name.eq_ignore_ascii_case("filter")
                    && value.as_str().is_some_and(names_a_secret);
                let is_target = is_path_secret && name.eq_ignore_ascii_case("value");
                if is_named || is_filter || is_target {
                    hide(value);
                    named = true;
                } else {
                    named |= mask(value);
                }
            }
            // A path with a filter on a secret holds it itself.
            let path = members
                .iter_mut()
                .find(|(name, _)| name.eq_ignore_ascii_case("path"));
            if is_path_secret
                && let Some((_, Value::String(path))) = path
                && path.contains('"')
            {
                MASK.clone_into(path);
                named = true;
            }
        }
        Value::Array(items) => {
            for item in items {
                named |= mask(item);
            }
        }
        _ => {}
    }
    named
}

/// What is empty or says only yes or no gives nothing away.
fn hide(value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::String(text) if text.is_empty() => {}
        other => *other = Value::String(MASK.to_owned()),
    }
}

fn names_a_secret(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        // Most letters begin none of the words: a long body is looked through in one go.
        matches!(byte | 0x20, b'p' | b's' | b't' | b'c')
            && WORDS.iter().any(|word| {
                let there = bytes.get(at..at + word.len());
                there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "scimc_AAAAAAAAAAAA_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG012345";

    #[test]
    fn a_password_is_masked_wherever_it_stands() {
        for sent in [
            r#"{"userName":"a","password":"canary"}"#,
            r#"{"Operations":[{"op":"replace","value":{"PassWord":"canary"}}]}"#,
            r#"{"Operations":[{"op":"replace","value":"canary","path":"password"}]}"#,
            r#"{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"canary"}]}"#,
            r#"{"urn:ietf:params:scim:schemas:core:2.0:User:Password":"canary"}"#,
            r#"{"password":"canary","a":1,"password":"canary"}"#,
            r#"{"Operations":[{"op":"remove","path":"x[password eq \"canary\"]"}]}"#,
            r#"{"Operations":[{"method":"POST","path":"/Users","data":{"p\u0061ssword":"canary"}}]}"#,
            r#"{"filter":"password eq \"canary\""}"#,
            r#"{"client_secret":["canary"],"a":{"accessToken":{"x":"canary"}}}"#,
        ] {
            let kept = body(sent, true).unwrap();
            assert!(!kept.contains("canary"), "{kept}");
            assert!(kept.contains(MASK), "{kept}");
        }
    }

    #[test]
    fn what_stands_there_twice_is_kept_as_it_was_read() {
        for last in ["null", "true", "\"\""] {
            let sent = format!(r#"{{"password":"canary","password":{last}}}"#);
            let kept = body(&sent, true).unwrap();
            assert!(!kept.contains("canary"), "{kept}");
        }
    }

    #[test]
    fn what_cannot_be_searched_is_not_kept() {
        assert_eq!(body(r#"{"password":"can"#, false), None);
        assert_eq!(body(r#"{"password":"canary""#, true), None, "no JSON");
        assert_eq!(body(r#"{"p\u0061ssword":"can"#, false), None);
        assert_eq!(body(r#"{"a":"b"#, false).as_deref(), Some(r#"{"a":"b"#));
    }

    #[test]
    fn a_body_without_secrets_stays_as_it_was_sent() {
        for sent in [
            r#"{ "userName" : "ada" }"#,
            r#"{"name":"Ren\u00e9"}"#,
            "not json",
        ] {
            assert_eq!(body(sent, true).as_deref(), Some(sent));
        }
    }

    #[test]
    fn a_token_is_shortened_to_its_public_part_wherever_it_stands() {
        let shown = "scimc_AAAAAAAAAAAA•••";
        assert_eq!(
            text(&format!("Bearer {TOKEN}.")),
            format!("Bearer {shown}.")
        );
        assert_eq!(
            path(&format!("/Users?x={TOKEN}&y=1")),
            format!("/Users?x={shown}&y=1")
        );
        assert_eq!(text("scimc_short and scimc_ä"), "scimc_short and scimc_ä");
    }

    #[test]
    fn a_query_that_names_a_secret_is_masked() {
        for sent in [
            "/Users?access_token=canary&count=1",
            "/Users?filter=password%20eq%20%22canary%22&count=1",
            "/Users?filter=p%61ssword%20eq%20%22canary%22&count=1",
            "/Users?p%61ssword=canary&count=1",
        ] {
            let kept = path(sent);
            assert!(!kept.contains("canary"), "{kept}");
            assert!(kept.ends_with("&count=1"), "{kept}");
        }
        let plain = "/Users?filter=userName%20eq%20%22ada%40acme.example%22";
        assert_eq!(path(plain), plain);
    }
}
