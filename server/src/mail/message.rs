//! A letter as a message: text and HTML, under an id that is the same for each try.

use directory::delivery::Leaving;
use directory::model::letter::Letter;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

/// Said to other mail programs: no person wrote this, so no holiday notice is wanted (RFC 3834, section 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The message of a mail.
///
/// # Errors
/// Where the recipient's address is none that mail can be sent to: a sentence.
pub fn message(mail: &Leaving, from: &Mailbox, public_url: &str) -> Result<Message, String> {
    let to: Address = mail
        .recipient
        .parse()
        .map_err(|_| format!("{} is no address that mail can be sent to.", mail.recipient))?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&mail.letter.subject))
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(
            text(&mail.letter, public_url),
            html(&mail.letter, public_url),
        ))
        .map_err(|error| format!("The mail could not be written: {error}."))
}

/// A letter as text.
pub fn text(letter: &Letter, public_url: &str) -> String {
    let mut parts = vec![letter.heading.clone()];
    parts.extend(letter.paragraphs.iter().cloned());
    if let Some(way) = &letter.way {
        parts.push(format!("{}:\n{public_url}{}", way.words, way.page));
    }
    parts.push(letter.note.clone());
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

/// A letter as HTML: one column, no picture, nothing to load.
pub fn html(letter: &Letter, public_url: &str) -> String {
    let paragraphs: Vec<String> = letter
        .paragraphs
        .iter()
        .map(|text| format!("<p>{}</p>\n", escaped(text)))
        .collect();
    let paragraphs = paragraphs.concat();
    let way = letter.way.as_ref().map_or_else(String::new, |way| {
        let link = escaped(&format!("{public_url}{}", way.page));
        format!(
            "<p style=\"margin:28px 0\"><a href=\"{link}\" style=\"background:#3d5afe;color:#fff;text-decoration:none;\
             padding:12px 20px;border-radius:8px;font-weight:600;display:inline-block\">{}</a></p>\n\
             <p style=\"font-size:13px;color:#5b6472\">If the button does not work, open this address:<br>{link}</p>\n",
            escaped(&way.words)
        )
    });
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title></head>\n\
         <body style=\"margin:0;padding:32px 20px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5\">\n\
         <div style=\"max-width:520px;margin:0 auto\">\n\
         <h1 style=\"font-size:22px;line-height:1.3\">{}</h1>\n{paragraphs}{way}\
         <p style=\"font-size:13px;color:#5b6472;border-top:1px solid #d8dce3;padding-top:16px\">{}</p>\n\
         </div></body></html>\n",
        escaped(&letter.subject),
        escaped(&letter.heading),
        escaped(&letter.note)
    )
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
        safe
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use directory::model::letter::Way;

    use super::*;

    fn letter() -> Letter {
        Letter {
            subject: "Acme\r\nBcc: everybody@acme.example".to_owned(),
            heading: "Hello <b>Grace</b>,".to_owned(),
            paragraphs: vec!["One.".to_owned(), "Two & three.".to_owned()],
            way: Some(Way {
                words: "Come in".to_owned(),
                page: "/invitation?token=t".to_owned(),
            }),
            note: "Bye.".to_owned(),
        }
    }

    #[test]
    fn a_letter_says_the_same_in_text_and_in_html() {
        let text = text(&letter(), "https://muster.acme.example");
        assert_eq!(
            text,
            "Hello <b>Grace</b>,\n\nOne.\n\nTwo & three.\n\nCome in:\nhttps://muster.acme.example/invitation?token=t\n\nBye.\n"
        );
        let html = html(&letter(), "https://muster.acme.example");
        assert!(
            html.contains("Hello &lt;b&gt;Grace&lt;/b&gt;,")
                && html.contains("<p>Two &amp; three.</p>")
        );
        assert_eq!(html.matches("<a href=").count(), 1);
        assert!(!html.contains("<img") && !html.contains("<script"));
    }

    #[test]
    fn no_subject_adds_a_header() {
        let one: Mailbox = "Acme <muster@acme.example>".parse().unwrap();
        assert_eq!(
            one_line(&letter().subject),
            "Acme Bcc: everybody@acme.example"
        );
        assert_eq!(one.email.domain(), "acme.example");
    }
}
