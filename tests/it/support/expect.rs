//! What a browser may be shown: a page, or an answer for the client at the URI that it registered.

use super::browser::View;
use super::{Browser, Client};
use std::collections::BTreeMap;

impl View {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|v| v.to_str().expect("ASCII")).unwrap_or_default()
    }

    /// PAGE(status): a page for people that sends nobody anywhere.
    #[track_caller]
    pub fn is_page(&self, status: u16) {
        assert_eq!(self.status, status, "{} {} {}", self.url, self.location(), self.body);
        assert_eq!(self.location(), "");
        assert!(self.header("content-type").starts_with("text/html"), "{}", self.header("content-type"));
        assert!(self.error_code().is_some(), "{}", self.body);
    }

    /// The members of an answer that was sent to the client's redirect URI by `query`; it holds nothing else.
    #[track_caller]
    pub fn answer_to(&self, client: &Client) -> BTreeMap<String, String> {
        assert_eq!(self.status, 303, "{} {}", self.url, self.body);
        assert_eq!(self.header("cache-control"), "no-store");
        let rest = self.location().strip_prefix(&client.redirect_uri);
        let rest = rest.unwrap_or_else(|| panic!("sent to {}", self.location()));
        let query = rest.strip_prefix(if client.redirect_uri.contains('?') { '&' } else { '?' }).expect("a query");
        assert!(!query.contains('#'));
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let answer: BTreeMap<String, String> = pairs.iter().cloned().collect();
        assert_eq!(answer.len(), pairs.len(), "{query}");
        // RFC 9207 §2
        assert_eq!(answer.get("iss"), Some(&client.url));
        answer
    }

    /// RED(error): this refusal, for the client, with the state of its request.
    #[track_caller]
    pub fn refuses(&self, client: &Client, error: &str) {
        let answer = self.answer_to(client);
        assert_eq!(answer.get("error").map(String::as_str), Some(error), "{} {answer:?}", self.url);
        assert!(answer.keys().all(|name| ["error", "error_description", "state", "iss"].contains(&name.as_str())));
        let said = &answer["error_description"];
        // RFC 6749 §4.1.2.1
        assert!(said.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{said}");
        assert_eq!(self.body, "");
    }

    /// RED(error), as an answer to a request with the usual state.
    #[track_caller]
    pub fn is_refusal(&self, client: &Client, error: &str) {
        self.refuses(client, error);
        assert_eq!(self.sent("state").as_deref(), Some("af0ifjsldkj"));
    }

    /// It is the answer with a code, for the client.
    #[track_caller]
    pub fn has_code(&self, client: &Client) -> String {
        let mut answer = self.answer_to(client);
        let code = answer.remove("code").unwrap_or_else(|| panic!("{} {answer:?}", self.url));
        assert!(answer.keys().all(|name| ["state", "iss"].contains(&name.as_str())));
        code
    }

    /// The `go` of the page that it was sent to, or that it shows.
    #[track_caller]
    pub fn go(&self) -> String {
        let url = if self.location().is_empty() { &self.url } else { self.location() };
        let go = url.split_once("?go=").unwrap_or_else(|| panic!("no page that waits: {url} {}", self.body)).1;
        go.to_owned()
    }
}

impl Browser {
    /// Signs in at our own page, on the way to nowhere.
    pub async fn arrives_as(&mut self, name: &str) {
        let view = self.get("/login").await;
        let home = self.signs_in(&view, name).await;
        assert_eq!(home.status, 200, "{}", home.body);
    }
}
