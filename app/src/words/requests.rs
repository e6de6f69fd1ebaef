//! A SCIM request as a sentence: what came of it, who asked, why it was refused and what to do.

use super::causes::{self, Cause};
use directory::model::request::{Body, Client, Part, Request};

/// What came of a request, or the sentence with which it was refused.
pub fn said(request: &Request) -> String {
    match (&request.detail, &request.said) {
        (Some(detail), _) if is_refused(request.status) => detail.clone(),
        (_, Some(said)) => said.clone(),
        _ if is_refused(request.status) => "Refused without a word".to_owned(),
        _ => "Answered".to_owned(),
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

/// Who asked, as a sentence calls them: by the name the client gives itself, or by what the connection is called.
pub fn client(request: &Request, connection: &str) -> String {
    let name = request.client.name();
    name.map_or_else(|| connection.to_owned(), str::to_owned)
}

/// Who asked, in a filter.
pub fn client_choice(client: Client) -> &'static str {
    client.name().unwrap_or("Another client")
}

/// The cause of a refusal, or what is worth knowing of an answer.
pub fn cause(request: &Request) -> Option<&'static Cause> {
    causes::by_word(request.cause.as_deref()?)
}

/// A path as a person reads it: the few escapes that filters carry are undone, for showing alone.
pub fn readable(path: &str) -> String {
    path.replace("%20", " ")
        .replace('+', " ")
        .replace("%22", "\"")
        .replace("%40", "@")
        .replace("%5B", "[")
        .replace("%5D", "]")
}

/// How much of a body is kept, where that is not all of it.
pub fn kept(body: &Body) -> Option<String> {
    let size = size(body.bytes);
    Some(match body.kept {
        Part::Whole => return None,
        Part::Beginning => format!("The beginning of {size}; the rest is not kept."),
        Part::Sensitive => format!(
            "Not kept ({size}): it names a secret, and is too long or too broken to mask it for certain."
        ),
        Part::Crowded => {
            "Not kept: so many requests came in this second that only their lines are.".to_owned()
        }
        Part::Unread => "Not read: the token was refused first.".to_owned(),
    })
}

/// `740 bytes`, `12 KB`, `1.4 MB`.
pub fn size(bytes: i64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        ..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{} KB", bytes / 1_024),
        _ => format!(
            "{}.{} MB",
            bytes / 1_048_576,
            bytes % 1_048_576 * 10 / 1_048_576
        ),
    }
}

/// JSON with a line for each value, in the order it was sent, even where its end is missing; anything else as it is.
pub fn pretty(text: &str) -> String {
    if !text.trim_start().starts_with(['{', '[']) {
        return text.to_owned();
    }
    let mut made = String::with_capacity(text.len() * 2);
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if in_text {
            made.push(letter);
            in_text = is_escaped || letter != '"';
            is_escaped = !is_escaped && letter == '\\';
            continue;
        }
        match letter {
            letter if letter.is_whitespace() => {}
            '{' | '[' => {
                while letters.next_if(|next| next.is_whitespace()).is_some() {}
                made.push(letter);
                if let Some(end) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    made.push(end);
                } else {
                    depth += 1;
                    new_line(&mut made, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut made, depth);
                made.push(letter);
            }
            ',' => {
                made.push(letter);
                new_line(&mut made, depth);
            }
            ':' => made.push_str(": "),
            letter => {
                in_text = letter == '"';
                made.push(letter);
            }
        }
    }
    made
}

fn new_line(made: &mut String, depth: usize) {
    made.push('\n');
    made.push_str(&"  ".repeat(depth.min(20)));
}

/// The request as a command for a shell; the token is a variable to be set first.
pub fn curl(request: &Request, base: &str, media: Option<&str>, body: &Body) -> String {
    let mut lines = vec![format!(
        "curl -i -X {} {}",
        request.method,
        quoted(&format!("{base}{}", request.path))
    )];
    lines.push("  -H \"Authorization: Bearer $TOKEN\"".to_owned());
    if !body.text.is_empty() {
        let media = media.unwrap_or("application/scim+json");
        lines.push(format!(
            "  -H {}",
            quoted(&format!("Content-Type: {media}"))
        ));
        lines.push(format!("  --data-raw {}", quoted(&body.text)));
    }
    lines.join(" \\\n")
}

/// A word for a shell in which nothing is a sign.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use directory::model::id::ConnectionId;
    use directory::model::timestamp::Timestamp;

    fn request(method: &str, path: &str) -> Request {
        Request {
            id: "0190".to_owned(),
            connection_id: ConnectionId::from("c"),
            token_id: None,
            at: Timestamp(0),
            method: method.to_owned(),
            path: path.to_owned(),
            status: 400,
            scim_type: None,
            detail: None,
            took_us: 250,
            agent: None,
            ip: None,
            client: Client::Other,
            cause: None,
            subject_kind: None,
            subject_id: None,
            said: None,
            changed: 0,
        }
    }

    #[test]
    fn a_filter_is_read_without_escapes() {
        assert_eq!(
            readable("/Users?filter=userName%20eq%20%22ada%40acme.example%22"),
            "/Users?filter=userName eq \"ada@acme.example\""
        );
    }

    #[test]
    fn a_command_holds_what_was_sent_and_no_token() {
        let body = Body {
            text: "{\"displayName\":\"Ada's team; $(rm)\"}".to_owned(),
            ..Body::default()
        };
        let command = curl(
            &request("POST", "/Groups"),
            "https://m.example/v2/2",
            None,
            &body,
        );
        assert_eq!(
            command,
            "curl -i -X POST 'https://m.example/v2/2/Groups' \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n  \
             -H 'Content-Type: application/scim+json' \\\n  --data-raw '{\"displayName\":\"Ada'\\''s team; $(rm)\"}'"
        );
        assert!(!curl(&request("GET", "/Users"), "", None, &Body::default()).contains("--data"));
    }

    #[test]
    fn json_is_shown_line_by_line_in_the_order_it_was_sent_even_without_its_end() {
        assert_eq!(
            pretty(r#"{"b":[1, {}],"a":"x: \"{,\\","c":[ ]}"#),
            "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": \"x: \\\"{,\\\\\",\n  \"c\": []\n}"
        );
        assert_eq!(pretty(r#"{"a":["b"#), "{\n  \"a\": [\n    \"b");
        assert_eq!(pretty("no json: {"), "no json: {");
    }

    #[test]
    fn a_size_is_said_in_the_largest_unit_that_fits() {
        for (bytes, words) in [
            (1, "1 byte"),
            (740, "740 bytes"),
            (12_900, "12 KB"),
            (1_500_000, "1.4 MB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }
}
