//! A mail as it leaves: RFC 5322, multipart/alternative, no pictures, nothing that tells whether it was read.

use super::letter::{Letter, Words, message_id};
use crate::base::Time;
use crate::lang::{Language, Message};
use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message as Mime};
use std::time::{Duration, UNIX_EPOCH};

/// A mail in its language.
#[derive(Clone)]
pub struct Rendered {
    /// To whom.
    pub to: String,
    /// In one line.
    pub subject: String,
    /// For those who read text.
    pub text: String,
    /// For those who read HTML.
    pub html: String,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none")]
struct Text<'a>(&'a Body);

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a>(&'a Body);

struct Body {
    language: Language,
    brand: String,
    subject: Message,
    before: Vec<Message>,
    action: Option<(Message, String)>,
    after: Vec<Message>,
    footer: Message,
}

impl Rendered {
    /// Puts a mail in words.
    pub(super) fn of(letter: &Letter, brand: &str, issuer: &str) -> Self {
        let language = Language::for_tag(&letter.language).unwrap_or(Language::ENGLISH);
        let say = |message: &Message| message.clone().in_language(language).name("brand", brand);
        let say_all = |all: &[Message]| all.iter().map(say).collect();
        let Words { subject, before, action, after } = letter.words();
        let body = Body {
            language,
            brand: brand.to_owned(),
            subject: say(&subject),
            before: say_all(&before),
            action: action.map(|(what, link)| (say(&what), link)),
            after: say_all(&after),
            footer: say(&Message::new("mail-footer").name("issuer", issuer)),
        };
        Rendered {
            to: letter.to.clone(),
            subject: line(&body.subject.plain()),
            // The templates are ours and write into memory.
            text: Text(&body).render().unwrap_or_default(),
            html: Html(&body).render().unwrap_or_default(),
        }
    }

    /// RFC 5322, RFC 3834 §5: nobody's vacation answers it.
    pub(super) fn mime(&self, id: &str, from: &Mailbox, domain: &str, now: Time) -> Result<Mime, String> {
        // An address is parsed, never pasted: it can't bring headers or further recipients.
        let to: Address = self.to.trim().parse().map_err(|why| format!("the address can't be written to: {why}"))?;
        let sent = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or_default());
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Mime::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .date(sent)
            .message_id(Some(message_id(id, domain)))
            .subject(self.subject.as_str())
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(self.text.clone(), self.html.clone()))
            .map_err(|why| why.to_string())
    }
}

/// In one line, and without the invisible characters that isolate names: some programs show them in subjects.
fn line(text: &str) -> String {
    let plain = text.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}'));
    plain.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Says;

    fn reset(to: &str, language: &str) -> Rendered {
        let says = Says::Reset { link: "https://id.example/recover/new?token=t".to_owned(), minutes: 30 };
        let letter = Letter { to: to.to_owned(), language: language.to_owned(), says };
        Rendered::of(&letter, "Acme & <Söhne>\r\nBcc: eve@evil.example", "https://id.example")
    }

    #[test]
    fn names_and_addresses_bring_no_headers_and_no_markup() {
        let from: Mailbox = "Acme <no-reply@id.example>".parse().expect("an address");
        let mail = reset("ada@example.com", "en");
        assert!(!mail.html.contains("<Söhne>") && mail.html.contains("&#60;Söhne&#62;"), "{}", mail.html);
        let mime = mail.mime("1", &from, "id.example", Time::from_secs(1_700_000_000)).expect("a mail");
        let text = String::from_utf8(mime.formatted()).expect("ASCII");
        let head = text.split("\r\n\r\n").next().expect("a head");
        assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
        assert_eq!(mime.envelope().to().len(), 1);
        for bad in [
            "ada@example.com\r\nBcc: eve@evil.example",
            "ada@example.com, eve@evil.example",
            "a b@c",
            "ada@example.com>\r\nRCPT TO:<eve@evil.example",
        ] {
            assert!(reset(bad, "en").mime("1", &from, "id.example", Time::from_secs(0)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn every_language_has_its_direction_and_the_link_on_a_line_of_its_own() {
        for (language, direction) in [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")] {
            let mail = reset("ada@example.com", language);
            assert!(mail.html.contains(&format!("dir=\"{direction}\"")), "{}", mail.html);
            assert!(mail.text.lines().any(|line| line == "https://id.example/recover/new?token=t"), "{}", mail.text);
            assert!(!mail.html.contains("<img") && !mail.html.contains("src="), "no pictures");
        }
    }
}
